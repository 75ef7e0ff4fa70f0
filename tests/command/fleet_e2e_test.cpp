// SPDX-License-Identifier: MIT
/* The recipes of hotprof-fleet(7), as they stand there: many profiles added up in parts are the
 * profile of all of them at once. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <regex>

namespace
{

using namespace test;
namespace fs = std::filesystem;

/* The commands behind '.\" recipe NAME' in the manual page. */
std::string recipe(const std::string &name)
{
    const std::string page = read_file(HP_MANUALS "/hotprof-fleet.7");
    const size_t mark = page.find(".\\\" recipe " + name + "\n");
    EXPECT_NE(mark, std::string::npos) << name;
    const size_t start = page.find(".EX\n", mark) + 4;
    std::string text = page.substr(start, page.find(".EE\n", start) - start);
    text = std::regex_replace(text, std::regex("(^|\n)    "), "$1");
    text = std::regex_replace(text, std::regex("\\\\-"), "-");
    text = std::regex_replace(text, std::regex("\\\\\\(aq"), "'");
    return std::regex_replace(text, std::regex("\\\\e"), "\\");
}

/* A program that is run again and again by one version and another: some functions are everywhere,
 * some on a few machines only, and the numbers differ. */
std::string log_of_machine(unsigned machine)
{
    LogWriter log = LogWriter::with_header(true, machine % 3 != 0);
    log.define_file(1, "serve.py").define_file(2, "handler" + std::to_string(machine % 7) + ".py");
    log.define_function(1, 1, "<module>").define_function(2, 10 + machine % 5, "handle");
    log.enter(1, 1, machine + 1);
    for (unsigned i = 0; i <= machine % 4; i++)
        log.enter(2, 10 + machine % 5, 17).exit(1000 + 31 * machine);
    log.exit(3);
    return log.bytes();
}

class Fleet : public testing::Test
{
  protected:
    static constexpr unsigned count = 350;

    Fleet()
    {
        fs::create_directories(directory.file("logs/more of them"));
        std::string names;
        for (unsigned i = 0; i < count; i++) {
            std::string log = log_of_machine(i);
            if (i % 50 == 7)
                log.resize(log.size() - 2);
            const std::string name = (i % 2 ? "logs/" : "logs/more of them/") + std::to_string(i);
            directory.write(name + ".prof", log);
            names += name + ".prof\n";
        }
        directory.write("logs.txt", names);
        around.directory = directory.path();
        around.environment = {{"PATH", HP_BIN_DIR ":" + std::string(getenv("PATH"))}};
        const Result once = hotreport({"-q", "-f", "callgrind", "logs"}, around);
        EXPECT_EQ(once.status, 3);
        all_at_once = once.out;
    }

    void sh(const std::string &commands)
    {
        const Result result = run({"sh", "-e", "-c", commands}, around);
        EXPECT_EQ(result.status, 0) << commands << result.out << result.err;
    }

    bool is_all_of_them()
    {
        return read_file(directory.file("all.callgrind")) == all_at_once;
    }

    size_t parts()
    {
        return size_t(std::distance(fs::directory_iterator(directory.file("parts")), {}));
    }

    TemporaryDirectory directory;
    Surroundings around;
    std::string all_at_once;
};

TEST_F(Fleet, WithXargs)
{
    sh(recipe("xargs"));
    EXPECT_EQ(parts(), (count + 99) / 100);
    EXPECT_TRUE(is_all_of_them());
}

TEST_F(Fleet, WithParallel)
{
    ASSERT_TRUE(is_installed("parallel"));
    sh(recipe("parallel"));
    EXPECT_EQ(parts(), (count + 99) / 100);
    EXPECT_TRUE(is_all_of_them());
}

TEST_F(Fleet, WithTheTasksOfASlurmArray)
{
    directory.write("task", recipe("slurm"));
    sh("for SLURM_ARRAY_TASK_ID in 0 1 2; do"
       "    export SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT=3; sh task; done\n"
       "hotreport -q -f callgrind -o all.callgrind parts");
    EXPECT_EQ(parts(), 3 * ((count / 3 + 99) / 100));
    EXPECT_TRUE(is_all_of_them());
}

TEST_F(Fleet, WithLinesThroughPipes)
{
    directory.write("profile-map", recipe("map"));
    directory.write("profile-combine", recipe("combine"));
    sh("split -l 40 logs.txt names.\n"
       "for names in names.*; do sh profile-map <$names; done | sort -r >parts.txt\n"
       "[ $(wc -l <parts.txt) -eq 9 ]\n"
       "split -l 4 parts.txt parts.\n"
       "mkdir all\n"
       "for part in parts.a?; do sh profile-combine <$part; done | sed 's/$/\t/' |"
       "    sh profile-combine >all/part-00000\n" +
       recipe("decode"));
    EXPECT_TRUE(is_all_of_them());

    sh("sh profile-map </dev/null >nothing; sh profile-combine </dev/null >>nothing");
    EXPECT_EQ(read_file(directory.file("nothing")), "");
}

TEST_F(Fleet, TellsWhereNothingCouldBeRead)
{
    directory.write("profile-map", recipe("map"));
    const Result result = run({"sh", "-c", "echo missing.prof | sh profile-map"}, around);
    EXPECT_NE(result.status, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err.rfind("hotreport: missing.prof: ", 0), 0u) << result.err;
}

} // namespace
