// SPDX-License-Identifier: MIT
/* On a terminal a report is shown with a pager, as git does. */
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <csignal>

namespace
{

using namespace test;

class Pager : public testing::Test
{
  protected:
    Pager()
    {
        around.terminal = true;
        around.environment = {{"HOTREPORT_PAGER", "sed 's/^/paged: /'"}, {"TERM", "dumb"}};
    }

    /* What the pager above makes of a text. */
    static std::string paged(const std::string &text)
    {
        std::string result;
        for (const std::string &line : lines_of(text))
            result += "paged: " + line + "\n";
        return result;
    }

    const std::string log = data_path("hotshot/fib-calls.prof"),
                      cut = data_path("hotshot/json-linetimes-cut1.prof");
    const std::string report = hotreport({log}).out;
    TemporaryDirectory directory;
    Surroundings around;
};

TEST_F(Pager, ShowsTheReport)
{
    const Result result = hotreport({"--color=never", log}, around);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, paged(report));
    EXPECT_EQ(result.err, "");
}

TEST_F(Pager, IsTheOneOfTheProgramOrElseOfTheUserOrElseLess)
{
    around.environment = {{"PAGER", "sed 's/^/paged: /'"}};
    EXPECT_EQ(hotreport({"--color=never", log}, around).out, paged(report));
    around.environment["HOTREPORT_PAGER"] = "wc -l";
    EXPECT_EQ(std::stoul(hotreport({log}, around).out), lines_of(report).size());

    directory.write("less", "#!/bin/sh\necho $LESS $LV\nwc -l\n");
    Surroundings less;
    less.terminal = true;
    const std::vector<std::string> command{"sh",
                                           "-c",
                                           "unset PAGER HOTREPORT_PAGER LESS LV; chmod +x less;"
                                           "PATH=.:$PATH; exec \"$@\"",
                                           "sh",
                                           HP_BIN_DIR "/hotreport",
                                           log};
    less.directory = directory.path();
    const Result result = run(command, less);
    ASSERT_EQ(lines_of(result.out).size(), 2u) << result.out;
    EXPECT_EQ(lines_of(result.out)[0], "FRX -c");
    EXPECT_EQ(std::stoul(lines_of(result.out)[1]), lines_of(report).size());
}

TEST_F(Pager, IsStartedWithTheOptionsThatTheUserHasSet)
{
    around.environment = {{"PAGER", "sh -c 'echo $LESS; cat >/dev/null'"}, {"LESS", "-S"}};
    EXPECT_EQ(hotreport({log}, around).out, "-S\n");
}

TEST_F(Pager, IsNotStartedWhereNoneIsWanted)
{
    const std::vector<std::string> plain{"--color=never", log};
    EXPECT_EQ(hotreport({"--no-pager", "--color=never", log}, around).out, report);
    for (const char *none : {"", "cat", "no-such-pager"}) {
        around.environment["HOTREPORT_PAGER"] = none;
        const Result result = hotreport(plain, around);
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.out, report) << none;
        EXPECT_EQ(result.err, "") << none;
    }
}

TEST_F(Pager, IsNotStartedWhereTheReportGoesElsewhere)
{
    const std::string output = directory.file("out");
    EXPECT_EQ(hotreport({"-o", output, log}, around).out, "");
    EXPECT_EQ(read_file(output), report);
    EXPECT_EQ(hotreport({"--help"}, around).out, hotreport({"--help"}).out);
    around.terminal = false;
    EXPECT_EQ(hotreport({log}, around).out, report);
}

TEST_F(Pager, LeavesTheExitStatus)
{
    around.environment["HOTREPORT_PAGER"] = "cat >/dev/null; exit 7";
    EXPECT_EQ(hotreport({log}, around).status, 0);
    const Result damaged = hotreport({cut}, around);
    EXPECT_EQ(damaged.status, 3);
    EXPECT_EQ(lines_of(damaged.err).size(), 1u);
    EXPECT_EQ(hotreport({"--event=none", log}, around).status, 2);
    EXPECT_EQ(hotreport({directory.file("missing")}, around).status, 1);
}

/* The text does not fit into a pipe: it cannot all be written. */
TEST_F(Pager, MayBeLeftBeforeTheEnd)
{
    std::string functions = "events: Ir\n";
    for (int i = 0; i < 20000; i++)
        functions += "fn=f" + std::to_string(i) + "\n1 1\n";
    const std::string large = directory.write("large", functions);
    ASSERT_GT(hotreport({"-f", "json", large}).out.size(), 1u << 20);
    for (const char *pager : {"true", "head -n 1; exit 1"}) {
        around.environment["HOTREPORT_PAGER"] = pager;
        const Result result = hotreport({"-f", "json", large}, around);
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.err, "");
    }
}

/* What the interrupt key sends is for the pager, which is waited for. */
TEST_F(Pager, GetsTheInterruptsOfTheTerminal)
{
    around.environment["HOTREPORT_PAGER"] =
        "trap 'echo interrupted; exit' INT; kill -INT 0; cat >/dev/null; echo not interrupted";
    const Result result = hotreport({log}, around);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, "interrupted\n");
}

} // namespace
