// SPDX-License-Identifier: MIT
/* Nothing is read before it is written, and all memory is given back. The sanitizers of the other
 * build see wrong addresses, but not wrong contents. */
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

Result under_valgrind(const std::vector<std::string> &command)
{
    std::vector<std::string> all{"valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
                                 "--errors-for-leak-kinds=definite,possible"};
    all.insert(all.end(), command.begin(), command.end());
    Surroundings around;
    around.timeout_ms = 110000;
    return run(all, around);
}

class Memory : public testing::TestWithParam<std::string>
{
};

TEST_P(Memory, IsUsedAsItShould)
{
    ASSERT_TRUE(is_installed("valgrind"));
    for (const char *format : {"json", "callgrind", "gprof", "annotate"}) {
        const Result result = under_valgrind({HP_BIN_DIR "/hotreport", "-q", "-f", format, "-o",
                                              "/dev/null", data_path(GetParam())});
        EXPECT_LT(result.status, 99) << result.err;
        EXPECT_EQ(result.err.find("=="), std::string::npos) << result.err;
    }
}

/* Those of the library that are quick. */
struct QuickTests {
    const char *name, *program, *filter;
};

class MemoryOfTests : public testing::TestWithParam<QuickTests>
{
};

TEST_P(MemoryOfTests, IsUsedAsItShould)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const QuickTests &tests = GetParam();
    const Result result = under_valgrind({HP_TESTS_DIR "/" + std::string(tests.program),
                                          "--gtest_filter=" + std::string(tests.filter)});
    EXPECT_EQ(result.status, 0) << result.out << result.err;
    EXPECT_EQ(result.out.find("Running 0 tests"), std::string::npos) << tests.filter;
    EXPECT_EQ(result.err, "");
}

std::vector<std::string> inputs()
{
    std::vector<std::string> inputs;
    for (const char *name : {"seed-linetimes", "coverage", "windows-qpc", "filenames-lines",
                             "json-linetimes-cut1", "unittest-calls", "manyfiles-linetimes",
                             "redefined-function", "huge-deltas", "header-only"})
        inputs.push_back(std::string("hotshot/") + name + ".prof");
    for (const std::string &name : list_directory(data_path("crash")))
        inputs.push_back("crash/" + name);
    return inputs;
}

INSTANTIATE_TEST_SUITE_P(, Memory, testing::ValuesIn(inputs()), [](const auto &info) {
    return test_name(info.param);
});

INSTANTIATE_TEST_SUITE_P(, MemoryOfTests,
                         testing::Values(QuickTests{"base", "core_test", "Base*"},
                                         QuickTests{"threads", "core_test", "LibraryInThreads*"},
                                         QuickTests{"crash", "core_test", "*InputsThatOnce*"},
                                         QuickTests{"foreign", "core_test", "ProfilesOfOther*"},
                                         QuickTests{"marshal", "core_test", "Marshal*"},
                                         QuickTests{"merge", "core_test", "Merging*:*OfTwoInputs*"},
                                         QuickTests{"pstats", "core_test", "Pstats*"},
                                         QuickTests{"roots", "core_test", "Interpreter*"},
                                         QuickTests{"report", "reports_test", "PstatsReport*"}),
                         [](const auto &info) {
                             return std::string(info.param.name);
                         });

} // namespace
