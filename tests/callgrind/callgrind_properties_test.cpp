// SPDX-License-Identifier: MIT
/* What holds for every callgrind file, tried on all that are among the samples. */
#include "support/support.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

namespace
{

using namespace test;

/* The paths of all samples that are callgrind files, but for those of whole programs, which take
 * minutes here. */
std::vector<std::string> callgrind_samples()
{
    std::vector<std::string> paths;
    for (const std::string &folder : list_directory(data_path("")))
        if (folder != "paper" && std::filesystem::is_directory(data_path(folder)))
            for (const std::string &name : list_directory(data_path(folder))) {
                const std::string text = read_file(data_path(folder + "/" + name));
                const hp_format *format =
                    hp_format_recognise(text.data(), std::min<size_t>(text.size(), HP_HEAD_SIZE));
                if (format && std::string(format->name) == "callgrind")
                    paths.push_back(folder + "/" + name);
            }
    return paths;
}

nlohmann::json model(const Loaded &loaded)
{
    nlohmann::json json = nlohmann::json::parse(report("json", loaded.profile.get()));
    json.erase("inputs");
    return json;
}

/* Our report of inputs that are loaded in this order; "" if they do not go together. */
std::string merged(const std::vector<std::string> &inputs)
{
    hotprof::profile_ptr profile(hp_profile_new());
    for (const std::string &input : inputs)
        if (hp_profile_load_bytes(profile.get(), "input", input.data(), input.size(), nullptr,
                                  nullptr) == HP_MISMATCH)
            return "";
    EXPECT_EQ(hp_profile_sort(profile.get(), nullptr), HP_OK);
    return report("callgrind", profile.get());
}

TEST(CallgrindSamples, AreMany)
{
    EXPECT_GT(callgrind_samples().size(), 30u);
}

class CallgrindSample : public testing::TestWithParam<std::string>
{
  protected:
    const std::string text = read_file(data_path(GetParam()));
};

INSTANTIATE_TEST_SUITE_P(, CallgrindSample, testing::ValuesIn(callgrind_samples()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* Samples without damage. */
class WholeCallgrindSample : public CallgrindSample
{
};

std::vector<std::string> whole_samples()
{
    std::vector<std::string> paths;
    for (const std::string &path : callgrind_samples())
        if (load_file(data_path(path)).status == HP_OK)
            paths.push_back(path);
    return paths;
}

INSTANTIATE_TEST_SUITE_P(, WholeCallgrindSample, testing::ValuesIn(whole_samples()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST_P(CallgrindSample, ComesBackFromOurReportNumberByNumber)
{
    const Loaded loaded = load_bytes(text);
    const std::string once = report("callgrind", loaded.profile.get());
    const Loaded back = load_bytes(once);
    EXPECT_STREQ(back.error.message, "");
    EXPECT_EQ(model(loaded), model(back));
    EXPECT_EQ(report("callgrind", back.profile.get()), once);
}

TEST_P(CallgrindSample, MergesWithAllOthersInEitherOrder)
{
    const std::string once = merged({text});
    int together = 0;
    for (const std::string &path : callgrind_samples()) {
        const std::string other = read_file(data_path(path)), both = merged({text, other});
        EXPECT_EQ(merged({other, text}), both) << path;
        if (both.empty())
            continue;
        together++;
        EXPECT_EQ(merged({once, other}), both) << path;
        EXPECT_EQ(merged({merged({other}), once}), both) << path;
    }
    EXPECT_GT(together, 1);
}

TEST_P(CallgrindSample, HasTwoPartsBehindAReport)
{
    const std::string once = merged({text});
    for (const std::string &path : callgrind_samples()) {
        const std::string other = read_file(data_path(path)), both = merged({text, other});
        if (both.empty() || load_bytes(other).status != HP_OK)
            continue;
        EXPECT_EQ(merged({once + merged({other})}), both) << path;
        EXPECT_EQ(merged({gzip(once) + gzip(merged({other}))}), both) << path;
    }
}

std::string last_line_of(const std::string &text)
{
    return text.substr(text.rfind('\n') + 1);
}

size_t words_in(const std::string &line)
{
    std::istringstream in(line);
    return static_cast<size_t>(std::distance(std::istream_iterator<std::string>(in), {}));
}

bool must_end_with_totals(const std::string &text)
{
    return text.find("creator: callgrind-") != std::string::npos ||
           text.find("# hotprof: events=") != std::string::npos;
}

bool ends_with_totals(const std::string &text)
{
    const std::string lines = text.substr(0, text.find_last_not_of('\n') + 1);
    return last_line_of(lines).rfind("totals:", 0) == 0;
}

/* Of all events together, as parts may count other events than the first one. */
uint64_t total_of(const Loaded &loaded)
{
    uint64_t sum = 0;
    for (size_t e = 0; e < hp_profile_event_count(loaded.profile.get()); e++)
        sum += hp_profile_total(loaded.profile.get())[e];
    return sum;
}

TEST_P(WholeCallgrindSample, CutBetweenLinesIsToldWhereItMustEndWithTotals)
{
    for (size_t end = text.find('\n') + 1; end > 0 && end < text.size();
         end = text.find('\n', end) + 1) {
        const std::string head = text.substr(0, end);
        const Loaded cut = load_bytes(head);
        if (cut.status == HP_UNRECOGNISED)
            continue;
        ASSERT_TRUE(cut.status == HP_OK || cut.status == HP_TRUNCATED) << head;
        EXPECT_EQ(cut.status == HP_OK, cut.error.message[0] == '\0') << head;
        if (must_end_with_totals(head) && head.find("\nfn=") != std::string::npos) {
            EXPECT_EQ(cut.status, ends_with_totals(head) ? HP_OK : HP_TRUNCATED) << head;
        }
    }
}

TEST_P(WholeCallgrindSample, CutInALineGivesAllLinesBefore)
{
    uint64_t last = 0;
    for (size_t size = 1; size < text.size(); size++) {
        const std::string head = text.substr(0, size), line = last_line_of(head),
                          rest = text.substr(size, text.find('\n', size) - size);
        const Loaded cut = load_bytes(head);
        if (line.empty() || cut.status == HP_UNRECOGNISED)
            continue;
        ASSERT_TRUE(cut.status == HP_OK || cut.status == HP_TRUNCATED) << head;
        EXPECT_GE(total_of(cut), last) << head;
        last = total_of(cut);
        /* Whether the last number or name is cut, too, cannot be told. */
        if (words_in(line) == words_in(line + rest))
            continue;
        if (line[0] != '#' && line.rfind("totals:", 0) != 0 && line.rfind("summary:", 0) != 0) {
            EXPECT_EQ(cut.status, HP_TRUNCATED) << head;
        }
        const Loaded lines = load_bytes(head.substr(0, size - line.size()));
        if (lines.status != HP_UNRECOGNISED) {
            EXPECT_EQ(model(cut), model(lines)) << head;
        }
    }
    EXPECT_LE(last, total_of(load_bytes(text)));
}

/* --- Our own reports one behind the other ------------------------------------------------- */

TEST(OwnReportsStrungTogether, AreTwoParts)
{
    const std::vector<std::string> paths = {"hotshot/fib-lines.prof",
                                            "hotshot/json-linetimes.prof",
                                            "hotshot/unbalanced-calls.prof",
                                            "pstats/small-3.6.prof",
                                            "pstats/small-profile-2.7.prof",
                                            "callgrind/everything.out",
                                            "dialects/yappi-no-newline.callgrind",
                                            "hotshot/filenames-lines.prof"};
    int together = 0;
    for (const std::string &one : paths)
        for (const std::string &two : paths) {
            const std::string first = read_file(data_path(one)), second = read_file(data_path(two));
            const std::string both = merged({first, second});
            if (both.empty())
                continue;
            together++;
            EXPECT_EQ(merged({merged({first}) + merged({second})}), both) << one << " " << two;
            EXPECT_EQ(merged({gzip(merged({first})) + gzip(merged({second}))}), both)
                << one << " " << two;
        }
    EXPECT_GT(together, 30);
}

TEST(OwnReportsStrungTogether, OfWhichOneIsCutAreToldSo)
{
    const std::string one = merged({read_file(data_path("hotshot/fib-calls.prof"))}),
                      two = merged({read_file(data_path("hotshot/json-calls.prof"))}),
                      cut = one.substr(0, one.rfind("\ntotals:") + 1);
    const Loaded loaded = load_bytes(cut + two);
    EXPECT_EQ(loaded.status, HP_TRUNCATED);
    EXPECT_NE(std::string(loaded.error.message)
                  .find("expected more costs and totals:, found "
                        "another part"),
              std::string::npos)
        << loaded.error.message;
    EXPECT_EQ(report("callgrind", loaded.profile.get()), merged({one, two}));
    EXPECT_EQ(load_bytes(two + cut).status, HP_TRUNCATED);
}

TEST(OwnReportsStrungTogether, ThatDoNotGoTogetherKeepTheFirst)
{
    const std::string one = merged({read_file(data_path("hotshot/fib-calls.prof"))}),
                      two = merged({read_file(data_path("dialects/perf.callgrind"))});
    const Loaded loaded = load_bytes(one + two + one);
    EXPECT_EQ(loaded.status, HP_CORRUPT);
    EXPECT_NE(std::string(loaded.error.message).find("which do not go with the Time"),
              std::string::npos)
        << loaded.error.message;
    EXPECT_EQ(report("callgrind", loaded.profile.get()), merged({one, one}));
}

/* --- Numbers that cannot be ----------------------------------------------------------------- */

TEST(OwnNumbers, ThatDoNotFitTheOthersAreKept)
{
    const std::string text = "# callgrind format\nversion: 1\ncreator: hotreport 1.0.0\n"
                             "cmd: Python profile\npositions: line\n"
                             "# hotprof: events=0 unmatched-exits=0 open-frames=0\n"
                             "event: Time : Time (ns)\nevents: Time\n\n"
                             "fl=(1) a.py\nfn=(1) f\n"
                             "# hotprof: line=1 calls=2 primitive=9 inclusive=3\n1 10\n"
                             "cfi=(1)\ncfn=(2) g\ncalls=7 5\n1 18446744073709551615\n\n"
                             "fl=(1)\nfn=(2)\n"
                             "# hotprof: line=5 calls=18446744073709551614 primitive=? "
                             "inclusive=18446744073709551615\n5 20\n\ntotals: 30\n";
    std::string expected = text;
    expected.replace(expected.find("hotreport 1.0.0"), 15,
                     std::string("hotreport ") + hp_version());
    const Loaded loaded = load_bytes(text);
    EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;
    EXPECT_EQ(report("callgrind", loaded.profile.get()), expected);
}

} // namespace
