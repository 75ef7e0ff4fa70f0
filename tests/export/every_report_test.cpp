// SPDX-License-Identifier: MIT
/* What holds for every report on a profile of every format. Under valgrind, too (memory_e2e_test).
 */
#include "report.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

using namespace test;

class EveryReport : public testing::TestWithParam<std::tuple<std::string, std::string>>
{
  protected:
    const hp_report *const report = hp_report_find(std::get<0>(GetParam()).c_str());
    const std::string path = data_path(std::get<1>(GetParam()));

    /* What is written for the sample, or the reason why it cannot be. */
    std::string written(hp_status *status) const
    {
        const hotprof::profile_ptr profile(hp_profile_new());
        hp_load_options loading = HP_LOAD_OPTIONS_INIT;
        loading.stacks = report->stacks;
        hp_error error{};
        const hp_status loaded = hp_profile_load(profile.get(), path.c_str(), &loading, nullptr);
        EXPECT_TRUE(loaded == HP_OK || loaded == HP_TRUNCATED || loaded == HP_CORRUPT);
        const hp_report_options options{};
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        *status = hp_report_write(report, profile.get(), &options, out, &error);
        fclose(out);
        const std::string result = *status == HP_OK ? std::string(text, size) : error.message;
        free(text);
        return result;
    }
};

TEST_P(EveryReport, IsTheSameBytesEveryTimeAndTextUnlessItIsBinary)
{
    hp_status status = HP_OK;
    const std::string once = written(&status), again = written(&status);
    EXPECT_TRUE(once == again);
    if (status != HP_OK) {
        EXPECT_EQ(status, HP_MISMATCH);
        EXPECT_NE(once.find("a pstats dump can hold times only"), std::string::npos) << once;
    } else if (!report->binary && !once.empty()) {
        EXPECT_EQ(once.back(), '\n');
        EXPECT_TRUE(std::all_of(once.begin(), once.end(), [](unsigned char c) {
            return c >= ' ' || c == '\n' || c == '\t' || c == '\f';
        }));
    } else {
        EXPECT_TRUE(!once.empty() || report->stacks);
    }
}

INSTANTIATE_TEST_SUITE_P(, EveryReport,
                         testing::Combine(testing::ValuesIn(undrawn_reports()),
                                          testing::ValuesIn(samples_of_every_format(4, 20000))),
                         [](const auto &instance) {
                             return std::get<0>(instance.param) + "_" +
                                    test_name(std::get<1>(instance.param));
                         });

} // namespace
