// SPDX-License-Identifier: MIT
/* Threads use different profiles at the same time, and read one together. The thread sanitizer
 * finds what they would share. */
#include "report.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <thread>

namespace
{

using namespace test;

const char *const inputs[] = {"hotshot/json-linetimes.prof", "hotshot/fib-calls.prof",
                              "hotshot/json-linetimes-cut1.prof", "pstats/small-profile-3.10.prof",
                              "callgrind/everything.out"};

const char *const formats[] = {"gprof", "annotate", "callgrind", "json", "dot"};

/* Runs it in several threads at once. */
template <typename Work> void in_threads(const Work &work)
{
    std::vector<std::thread> threads;
    for (size_t i = 0; i < 4; i++)
        threads.emplace_back(work, i);
    for (std::thread &thread : threads)
        thread.join();
}

TEST(LibraryInThreads, LoadMergeAndReportOnDifferentProfiles)
{
    std::vector<std::string> alone;
    for (const char *input : inputs)
        for (const char *format : formats)
            alone.push_back(report(format, load_file(data_path(input)).profile.get()));
    in_threads([&](size_t) {
        size_t at = 0;
        for (const char *input : inputs)
            for (const char *format : formats)
                EXPECT_EQ(report(format, load_file(data_path(input)).profile.get()), alone[at++]);
    });
}

TEST(LibraryInThreads, FilterDifferentProfiles)
{
    hp_report_options options{};
    options.filters.root = "fib";
    in_threads([&](size_t) {
        const Loaded loaded = load_file(data_path("hotshot/fib-calls.prof"));
        hp_profile *part = nullptr;
        EXPECT_EQ(hp_filters_apply(&options.filters, loaded.profile.get(), &part, nullptr), HP_OK);
        hp_profile_free(part);
    });
}

TEST(LibraryInThreads, ReadOneProfileTogether)
{
    const Loaded loaded = load_file(data_path("hotshot/json-linetimes.prof"));
    hp_profile *profile = loaded.profile.get();
    const std::string alone = report("json", profile);
    in_threads([&](size_t) {
        const hotprof::profile_ptr sum(hp_profile_new());
        for (int i = 0; i < 3; i++)
            EXPECT_EQ(hp_profile_merge(sum.get(), profile, nullptr), HP_OK);
        EXPECT_EQ(*hp_profile_total(sum.get()), 3 * *hp_profile_total(profile));
        EXPECT_EQ(report("json", profile), alone);
    });
}

/* Each adds what it read to one of its own, and these become one in the end, as in a fleet. */
TEST(LibraryInThreads, AddUpPartsThatOneAddsUp)
{
    hotprof::profile_ptr parts[4], sum(hp_profile_new());
    in_threads([&](size_t i) {
        parts[i].reset(hp_profile_new());
        for (const char *input : {"hotshot/fib-calls.prof", "hotshot/fib-linetimes.prof"}) {
            const hp_status status =
                hp_profile_load(parts[i].get(), data_path(input).c_str(), nullptr, nullptr);
            EXPECT_EQ(status, HP_OK);
        }
    });
    for (const hotprof::profile_ptr &part : parts)
        ASSERT_EQ(hp_profile_merge(sum.get(), part.get(), nullptr), HP_OK);
    EXPECT_EQ(*hp_profile_total(sum.get()), 4 * *hp_profile_total(parts[0].get()));
}

} // namespace
