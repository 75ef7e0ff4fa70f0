// SPDX-License-Identifier: MIT
/* A format and a report are added by a file and a row each: the toys of this folder appear wherever
 * formats and reports are listed, read or written. */
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

const std::string toy_folder = HP_TESTS_DIR "/toy";
const std::string toy_profile = "toy profile\nparse 300\nsort 700\n";

Result toy_hotreport(const std::vector<std::string> &arguments)
{
    std::vector<std::string> command{toy_folder + "/hotreport"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command);
}

std::string described(const std::string &in)
{
    Surroundings around;
    around.input = in;
    const Result result = run({toy_folder + "/describe"}, around);
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
}

/* The row of a table on the terminal that begins with a name. */
std::string help_row(const std::string &heading, const std::string &name)
{
    bool inside = false;
    for (const std::string &line : lines_of(toy_hotreport({"--help"}).out)) {
        inside = line.rfind(heading, 0) == 0 || (inside && !line.empty());
        if (inside && line.rfind("  " + name + " ", 0) == 0)
            return line.substr(15);
    }
    return "";
}

TEST(Toy, FormatIsReadByEveryReport)
{
    const TemporaryDirectory directory;
    const std::string path = directory.write("run.toy", toy_profile);
    EXPECT_EQ(toy_hotreport({"-f", "toy", path}).out, toy_profile);
    const Result flat = toy_hotreport({"-f", "flat", "--brief", path});
    EXPECT_EQ(flat.status, 0) << flat.err;
    EXPECT_NE(flat.out.find(" 70.00 "), std::string::npos) << flat.out;
    EXPECT_EQ(hotreport({"-f", "flat", path}).status, 1) << "the toy is in the shipped command";
}

TEST(Toy, ReportWritesEveryFormat)
{
    for (const char *sample : {"hotshot/fib-calls.prof", "pstats/small-3.12.prof"}) {
        const Result result = toy_hotreport({"-q", "-f", "toy", data_path(sample)});
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_EQ(result.out.rfind("toy profile\n", 0), 0u) << result.out;
        EXPECT_GT(lines_of(result.out).size(), 2u);
    }
}

TEST(Toy, IsListedByHelp)
{
    EXPECT_EQ(help_row("Reports:", "toy"), "functions and their cost (for tests)");
    EXPECT_EQ(help_row("Inputs", "toy"), "toy profile (for tests)");
}

TEST(Toy, IsNamedWhereNothingIsRecognised)
{
    const TemporaryDirectory directory;
    const Result result = toy_hotreport({directory.write("x", "\x01\x02")});
    EXPECT_NE(result.err.find(" or toy), found"), std::string::npos) << result.err;
}

TEST(Toy, IsInTheManual)
{
    EXPECT_NE(described("%roff-formats%\n")
                  .find(".TP 12\n.B toy\na profile that a person can write; see "
                        "\\fBtoy\\-format\\fR(5)\n"),
              std::string::npos);
    EXPECT_NE(described("%roff-reports%\n").find(".TP 12\n.B toy\na line for each function"),
              std::string::npos);
}

TEST(Toy, IsInTheTablesOfTheReadme)
{
    EXPECT_NE(described("%readme-formats%\n").find("\n| `toy` | toy profile (for tests) |\n"),
              std::string::npos);
    EXPECT_NE(described("%readme-reports%\n")
                  .find("\n| `toy` | functions and their cost (for tests) |\n"),
              std::string::npos);
}

TEST(Toy, IsKnownToTheDesktop)
{
    EXPECT_NE(described("%mime-types%\n")
                  .find("<match type=\"string\" offset=\"0\" value=\"\\x74\\x6f\\x79\\x20"),
              std::string::npos);
    EXPECT_NE(described("MimeType=%desktop-types%\n").find(";application/x-toy;\n"),
              std::string::npos);
    EXPECT_NE(described("%metainfo-types%\n").find("<mediatype>application/x-toy</mediatype>\n"),
              std::string::npos);
}

TEST(Toy, IsCompleted)
{
    for (const auto &[shell, file] : {std::pair("bash", "hotreport.bash"), {"zsh", "_hotreport"}}) {
        Surroundings around;
        around.environment = {{"PATH", toy_folder + ":" + std::string(getenv("PATH"))},
                              {"LC_ALL", "C.UTF-8"}};
        const Result result = run({"python3", HP_SOURCE_DIR "/tests/command/complete.py", shell,
                                   HP_SOURCE_DIR "/packaging/completion/" + std::string(file),
                                   "hotreport --format=to\t"},
                                  around);
        EXPECT_EQ(result.out, "hotreport\n--format=toy\n") << shell << result.err;
    }
}

} // namespace
