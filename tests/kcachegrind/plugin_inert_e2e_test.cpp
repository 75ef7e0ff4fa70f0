// SPDX-License-Identifier: MIT
/* What the plugin costs a Qt program that it is not meant for, and one that it is meant for. */
#include "support/command.h"
#include "support/support.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>

namespace
{

class PluginInert : public testing::Test
{
  protected:
    PluginInert()
    {
        std::filesystem::create_directory(directory.file("files"));
        for (int i = 0; i < files; i++)
            directory.write("files/" + std::to_string(i), text);
    }

    /* What the program says, by the word in front. */
    std::map<std::string, std::string> program(const std::string &plugins, const std::string &apps)
    {
        test::Surroundings around;
        around.environment = {{"QT_QPA_PLATFORM", "offscreen"},
                              {"QT_PLUGIN_PATH", plugins},
                              {"HOTPROF_PLUGIN_APPS", apps},
                              {"XDG_RUNTIME_DIR", directory.path()}};
        const test::Result result = test::run(
            {HP_QT_PROGRAM, test::data_path("hotshot/fib-lines.prof"), directory.file("files")},
            around);
        EXPECT_EQ(result.status, 0) << result.err;
        std::map<std::string, std::string> said;
        for (const std::string &line : test::lines_of(result.out))
            said[line.substr(0, line.find(": "))] = line.substr(line.find(": ") + 2);
        for (const char *name : {"reads", "bytes read", "microseconds"})
            RecordProperty(plugins.empty() ? "without"
                           : apps.empty()  ? "inert"
                                           : "meant",
                           std::string(name) + " " + said[name]);
        EXPECT_EQ(said["files"], std::to_string(files));
        EXPECT_EQ(said["size"], std::to_string(files * text.size()));
        return said;
    }

    static constexpr int files = 10000;
    const std::string text = std::string(6000, 'x');
    test::TemporaryDirectory directory;
};

TEST_F(PluginInert, ReadsNothingUnlessItIsMeantForTheProgram)
{
    auto without = program("", ""), inert = program(HP_PLUGINS, ""),
         meant = program(HP_PLUGINS, "another,qt_program");
    EXPECT_EQ(inert["plugin"], "loaded");
    EXPECT_EQ(meant["plugin"], "loaded");

    EXPECT_EQ(inert["image formats"], without["image formats"]);
    EXPECT_EQ(meant["image formats"], without["image formats"]);

    const std::string log = "130f686f7473686f742d76657273696f", report = /* "# callgrind form" */
                                                                "232063616c6c6772696e6420666f726d";
    EXPECT_EQ(without["first bytes"], log);
    EXPECT_EQ(inert["first bytes"], log);
    EXPECT_EQ(meant["first bytes"], report);

    EXPECT_EQ(inert["reads"], without["reads"]);
    /* What KCachegrind looks at to know its own files, and what the library looks at. */
    EXPECT_EQ(std::stol(meant["reads"]) - std::stol(without["reads"]), 2 * files);
    EXPECT_LT(std::stol(meant["bytes read"]) - std::stol(without["bytes read"]), files * 6200L);
}

} // namespace
