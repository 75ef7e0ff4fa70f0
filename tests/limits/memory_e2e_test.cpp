// SPDX-License-Identifier: MIT
/* Nothing is read before it is written, and all memory is given back. The sanitizers of the other
 * build see wrong addresses, but not wrong contents. */
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

Result under_valgrind(const std::vector<std::string> &command, const Surroundings &around = {})
{
    std::vector<std::string> all{"valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
                                 "--errors-for-leak-kinds=definite,possible"};
    all.insert(all.end(), command.begin(), command.end());
    return run(all, around);
}

/* A report on a sample. */
using Written = std::pair<std::string, std::string>;

class Memory : public testing::TestWithParam<Written>
{
};

TEST_P(Memory, IsUsedAsItShould)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const auto &[format, sample] = GetParam();
    const Result result = under_valgrind(
        {HP_BIN_DIR "/hotreport", "-q", "-f", format, "-o", "/dev/null", data_path(sample)});
    EXPECT_TRUE(result.status == 0 || result.status == 1 || result.status == 3)
        << result.status << result.err;
    EXPECT_EQ(result.err.find("=="), std::string::npos) << result.err;
}

/* Those of the library that are quick: one of every so many that the filter matches. */
struct QuickTests {
    const char *name, *program, *filter, *every = "1";
};

class MemoryOfTests : public testing::TestWithParam<QuickTests>
{
};

TEST_P(MemoryOfTests, IsUsedAsItShould)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const QuickTests &tests = GetParam();
    Surroundings around;
    around.environment = {{"GTEST_TOTAL_SHARDS", tests.every}, {"GTEST_SHARD_INDEX", "0"}};
    const Result result = under_valgrind({HP_TESTS_DIR "/" + std::string(tests.program),
                                          "--gtest_filter=" + std::string(tests.filter)},
                                         around);
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    EXPECT_EQ(result.out.find("Running 0 tests"), std::string::npos) << tests.filter;
    EXPECT_EQ(result.err, "");
}

/* Each report on a log, and one report on a few inputs of each format and on some unusual ones. The
 * rest is what EveryReport does, which is below. */
std::vector<Written> commands()
{
    std::vector<Written> commands;
    for (const std::string &format : undrawn_reports())
        commands.emplace_back(format, "hotshot/unittest-calls.prof");
    std::vector<std::string> inputs = samples_of_every_format(2);
    for (const char *name : {"coverage", "windows-qpc", "json-linetimes-cut1", "huge-deltas"})
        inputs.push_back(std::string("hotshot/") + name + ".prof");
    for (const std::string &name : list_directory(data_path("crash")))
        inputs.push_back("crash/" + name);
    for (const std::string &input : inputs)
        commands.emplace_back("callgrind", input);
    return commands;
}

INSTANTIATE_TEST_SUITE_P(, Memory, testing::ValuesIn(commands()), [](const auto &instance) {
    return instance.param.first + "_" + test_name(instance.param.second);
});

INSTANTIATE_TEST_SUITE_P(, MemoryOfTests,
                         testing::Values(QuickTests{"base", "core_test",
                                                    "Base*:-BaseCorpus.Aligned*"},
                                         QuickTests{"threads", "core_test", "LibraryInThreads*"},
                                         QuickTests{"crash", "core_test", "*InputsThatOnce*"},
                                         QuickTests{"foreign", "core_test", "ProfilesOfOther*"},
                                         QuickTests{"marshal", "core_test", "Marshal*"},
                                         QuickTests{"merge", "core_test", "Merging*:*OfTwoInputs*"},
                                         QuickTests{"pstats", "core_test", "Pstats*:-*EveryDump*"},
                                         QuickTests{"report", "reports_test", "PstatsReport*"},
                                         QuickTests{"every", "reports_test", "*EveryReport*", "2"}),
                         [](const auto &instance) {
                             return std::string(instance.param.name);
                         });

} // namespace
