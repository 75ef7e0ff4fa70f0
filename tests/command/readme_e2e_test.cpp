// SPDX-License-Identifier: MIT
/* The README is true: its commands print what it shows, and what it names exists. */
#include "support/command.h"
#include "support/support.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace
{

using namespace test;
namespace fs = std::filesystem;

const std::string top = HP_SOURCE_DIR;

/* A line "    $ command" of the README, and the indented lines after it. */
struct Example {
    std::string command, output;
};

std::vector<Example> examples()
{
    std::vector<Example> examples;
    std::string blank; /* lines that belong to the output if more of it follows */
    bool inside = false;
    for (const std::string &line : lines_of(read_file(top + "/README.md"))) {
        if (line.rfind("    $ ", 0) == 0) {
            examples.push_back({line.substr(6), ""});
            inside = true;
            blank.clear();
        } else if (line.empty()) {
            blank += "\n";
        } else if (inside && line.rfind("    ", 0) == 0) {
            examples.back().output += blank + line.substr(4) + "\n";
            blank.clear();
        } else {
            inside = false;
        }
    }
    return examples;
}

/* Words in `quotes` of the README. */
std::set<std::string> quoted()
{
    const std::string readme = read_file(top + "/README.md");
    const std::regex word("`([^`\n]+)`");
    std::set<std::string> words;
    for (std::sregex_iterator at(readme.begin(), readme.end(), word), end; at != end; ++at)
        words.insert((*at)[1]);
    return words;
}

TEST(Readme, CommandsPrintWhatItShows)
{
    if (!fs::exists(HP_BUILD_DIR "/" HP_LIBDIR "/hotprof/hotreport-draw.so"))
        GTEST_SKIP() << "built without drawings";
    const TemporaryDirectory directory;
    fs::create_directory_symlink(top + "/tests", directory.file("tests"));
    Surroundings around;
    around.directory = directory.path();
    around.environment = {{"PATH", HP_BIN_DIR ":" + std::string(getenv("PATH"))}};

    const std::vector<Example> all = examples();
    EXPECT_GE(all.size(), 5u);
    for (const Example &example : all) {
        const Result result = run({"sh", "-c", example.command}, around);
        EXPECT_EQ(result.status, 0) << example.command;
        EXPECT_EQ(result.out + result.err, example.output) << example.command;
        std::smatch file;
        if (!std::regex_search(example.command, file, std::regex("(?:-o |--output=)([^ ]+)")))
            continue;
        EXPECT_GT(fs::file_size(directory.file(file[1])), 0u) << example.command;
    }
}

TEST(Readme, IsShort)
{
    EXPECT_LE(lines_of(read_file(top + "/README.md")).size(), 200u);
}

TEST(Readme, NamesFilesThatExist)
{
    const std::string readme = read_file(top + "/README.md");
    std::set<std::string> paths;
    const std::regex picture("!\\[[^\\]]*\\]\\(([^)]+)\\)");
    for (std::sregex_iterator at(readme.begin(), readme.end(), picture), end; at != end; ++at)
        paths.insert((*at)[1]);
    for (const std::string &word : quoted())
        if (word.find("NAME") == std::string::npos &&
            std::regex_match(word, std::regex("(core|reports|plugins|tests|packaging)/[^ ]*")))
            paths.insert(word);
    EXPECT_GE(paths.size(), 10u);
    for (const std::string &path : paths)
        EXPECT_TRUE(fs::exists(top + "/" + path)) << path;
}

TEST(Readme, ShowsEveryRoomOfTheSource)
{
    const std::string readme = read_file(top + "/README.md");
    const size_t start = readme.find("## The source"), end = readme.find("### ", start);
    ASSERT_NE(end, std::string::npos);
    const std::string source = readme.substr(start, end - start);
    std::set<std::string> rooms;
    for (const char *area : {"core", "reports"})
        for (const fs::directory_entry &entry : fs::directory_iterator(top + "/" + area))
            if (entry.is_directory())
                rooms.insert(entry.path().filename());
    for (const std::string &room : rooms)
        EXPECT_NE(source.find(" " + room + "/"), std::string::npos) << room;
}

TEST(Readme, NamesEveryManual)
{
    const std::set<std::string> words = quoted();
    for (const fs::directory_entry &entry : fs::directory_iterator(HP_MANUALS)) {
        const std::string page = entry.path().filename();
        std::smatch part;
        if (entry.is_symlink() || !std::regex_match(page, part, std::regex("(.*)\\.([1-8])")))
            continue;
        EXPECT_EQ(words.count(part[1].str() + "(" + part[2].str() + ")"), 1u) << page;
    }
}

TEST(Readme, ListsEveryFormatAndReport)
{
    const std::string readme = read_file(top + "/README.md");
    for (const char *table : {"%readme-formats%\n", "%readme-reports%\n"}) {
        Surroundings around;
        around.input = table;
        const Result result = run({HP_BUILD_DIR "/packaging/describe"}, around);
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_NE(readme.find("\n\n" + result.out + "\n"), std::string::npos)
            << "README.md should have this table:\n"
            << result.out;
    }
}

} // namespace
