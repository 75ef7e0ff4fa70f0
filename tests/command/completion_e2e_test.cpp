// SPDX-License-Identifier: MIT
/* What a tab does behind hotreport, in bash and in zsh. */
#include "report.h"
#include "support/command.h"
#include "support/support.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <regex>

namespace
{

using namespace test;
using Words = std::vector<std::string>;

const char *const TAB = "\t", *const ALL = "^A";

class Completion : public testing::TestWithParam<std::string>
{
  protected:
    /* The words of the command line after these keys. */
    Words typed(const std::string &keys)
    {
        const std::string file = GetParam() == "bash" ? "hotreport.bash" : "_hotreport";
        Surroundings around;
        around.directory = directory.path();
        around.environment = {{"PATH", HP_BIN_DIR ":" + std::string(getenv("PATH"))},
                              {"LC_ALL", "C.UTF-8"}};
        const Result result = run({"python3", HP_SOURCE_DIR "/tests/command/complete.py",
                                   GetParam(), HP_SOURCE_DIR "/packaging/completion/" + file, keys},
                                  around);
        EXPECT_EQ(result.status, 0) << result.err;
        return lines_of(result.out);
    }

    TemporaryDirectory directory;
};

INSTANTIATE_TEST_SUITE_P(Shell, Completion, testing::Values("bash", "zsh"),
                         [](const auto &instance) {
                             return instance.param;
                         });

TEST_P(Completion, FinishesOptionsAndTheirValues)
{
    EXPECT_EQ(typed(std::string("hotreport --form") + TAB + "ann" + TAB),
              (Words{"hotreport", "--format=annotate"}));
    EXPECT_EQ(typed(std::string("hotreport --brie") + TAB + "--color=alw" + TAB),
              (Words{"hotreport", "--brief", "--color=always"}));
    EXPECT_EQ(typed(std::string("hotreport --sort incl") + TAB + "-f json"),
              (Words{"hotreport", "--sort", "inclusive", "-f", "json"}));
    EXPECT_EQ(typed(std::string("hotreport --pagi") + TAB + "atl" + TAB + "--orientation po" + TAB),
              (Words{"hotreport", "--paging=atlas", "--orientation", "portrait"}));
    EXPECT_EQ(typed(std::string("hotshot2cachegrind --verb") + TAB),
              (Words{"hotshot2cachegrind", "--verbose"}));
}

TEST_P(Completion, OffersEveryReport)
{
    Words expected{"hotreport", "-f"};
    for (size_t i = 0; hp_report_at(i); i++)
        expected.emplace_back(hp_report_at(i)->name);
    std::sort(expected.begin() + 2, expected.end());
    EXPECT_EQ(typed(std::string("hotreport -f ") + ALL), expected);
}

TEST_P(Completion, OffersEveryOption)
{
    const std::string help = hotreport({"--help"}).out;
    Words expected{"hotreport"};
    const std::regex option("\n +(-., )?(--[a-z-]+)");
    for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at)
        expected.push_back((*at)[2]);
    EXPECT_GT(expected.size(), 20u);
    std::sort(expected.begin() + 1, expected.end());

    Words offered = typed(std::string("hotreport --") + ALL);
    for (std::string &word : offered)
        word = word.substr(0, word.find('='));
    std::sort(offered.begin() + 1, offered.end());
    EXPECT_EQ(offered, expected);
}

TEST_P(Completion, FindsFilesAndDirectories)
{
    std::filesystem::create_directory(directory.file("sources"));
    directory.write("source.prof", "");
    EXPECT_EQ(typed(std::string("hotreport sour") + ALL),
              (Words{"hotreport", "source.prof", "sources"}));
    const std::string directory_option = typed(std::string("hotreport --source-path=so") + TAB)[1];
    EXPECT_EQ(directory_option.substr(0, 21), "--source-path=sources");
    EXPECT_EQ(typed(std::string("hotreport -o source.") + TAB),
              (Words{"hotreport", "-o", "source.prof"}));
}

} // namespace
