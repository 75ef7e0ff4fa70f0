// SPDX-License-Identifier: MIT
/* Other programs survive numbers of calls that are unknown. */
#include "support/command.h"
#include "support/support.h"
#include "support/unknown_calls.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

class UnknownCallsElsewhere : public testing::Test
{
  protected:
    const TemporaryDirectory directory;
    const std::string callgrind =
        directory.write("callgrind.out", report("callgrind", sampled_program().get()));
};

/* Like those of pyinstrument, which writes -1 too. */
TEST_F(UnknownCallsElsewhere, ArePrintedByPstats)
{
    if (!is_installed("python3"))
        GTEST_SKIP() << "no python3";
    const std::string dump = directory.file("run.pstats");
    ASSERT_EQ(hotreport({"--format=pstats", "-o", dump, callgrind}).status, 0);
    const Result result =
        run({"python3", "-c",
             "import pstats, sys\n"
             "stats = pstats.Stats(sys.argv[1])\n"
             "stats.sort_stats('cumulative').print_stats().print_callers().print_callees()\n",
             dump});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.out.find("       -1    0.600   -0.600    0.600   -0.600 m.py:5(work)\n"),
              std::string::npos)
        << result.out;
}

TEST_F(UnknownCallsElsewhere, AreReadByCallgrindAnnotate)
{
    const Result result =
        run({"callgrind_annotate", "--inclusive=yes", "--threshold=100", callgrind});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    for (const char *row :
         {"1,000,000,000 (100.0%)  m.py:main\n", "600,000,000 (60.00%)  m.py:work\n",
          "300,000,000 (30.00%)  m.py:ping\n", "100,000,000 (10.00%)  m.py:pong\n"})
        EXPECT_NE(result.out.find(row), std::string::npos) << result.out;
}

} // namespace
