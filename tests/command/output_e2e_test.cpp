// SPDX-License-Identifier: MIT
/* Writing reports where files cannot be without a name. */
#include "command/interrupt.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace
{

using namespace test;
using Arguments = std::vector<std::string>;

class PlainFileSystem : public testing::Test
{
  protected:
    static Arguments command(const Arguments &arguments)
    {
        Arguments all{"/usr/bin/env", "LD_PRELOAD=" HP_PLAIN_FILE_SYSTEM};
        all.push_back(HP_BIN_DIR "/hotreport");
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    }

    const std::string log = data_path("hotshot/lib2to3-lines.prof");
    TemporaryDirectory directory;
};

TEST_F(PlainFileSystem, HasTheSameReports)
{
    const std::string expected = hotreport({"-f", "json", log}).out;
    for (int round = 0; round < 2; round++) {
        const Result result = run(command({"-f", "json", "-o", directory.file("out"), log}));
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_EQ(read_file(directory.file("out")), expected);
    }
    EXPECT_EQ(list_directory(directory.path()), Arguments{"out"});
}

TEST_F(PlainFileSystem, HasAllPagesOrNone)
{
    const Arguments arguments{"-f", "svg", "--pages=3", "-o", directory.file("page-%d.svg"), log};
    std::vector<std::string> written;
    ASSERT_EQ(run(command(arguments)).status, 0);
    const Arguments pages = list_directory(directory.path());
    ASSERT_GE(pages.size(), 3u);
    for (const std::string &page : pages) {
        written.push_back(read_file(directory.file(page)));
        directory.write(page, "before");
    }
    ASSERT_EQ(run(command(arguments)).status, 0);
    EXPECT_EQ(list_directory(directory.path()), pages);
    for (size_t i = 0; i < pages.size(); i++)
        EXPECT_EQ(read_file(directory.file(pages[i])), written[i]);
    for (const std::string &page : pages)
        directory.write(page, "before");
    std::filesystem::remove(directory.file(pages[0]));
    std::filesystem::create_directories(directory.file("page-1.svg/full"));
    const Result result = run(command(arguments));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
    EXPECT_EQ(list_directory(directory.path()), pages);
    for (size_t i = 1; i < pages.size(); i++)
        EXPECT_EQ(read_file(directory.file(pages[i])), "before");
}

TEST_F(PlainFileSystem, IsCleanAfterASignal)
{
    const TemporaryDirectory inputs;
    const std::string profile = inputs.write("large", large_profile());
    directory.write("out", "before");
    for (const int signal_number :
         {SIGTERM, SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGSYS, SIGSEGV}) {
        bool done = false;
        for (int attempt = 0; !done && attempt < 100; attempt++)
            done = interrupted(command({"-f", "json", "-o", directory.file("out"), profile}),
                               directory.path(), signal_number);
        EXPECT_TRUE(done);
        EXPECT_EQ(read_file(directory.file("out")), "before");
        EXPECT_EQ(list_directory(directory.path()), Arguments{"out"}) << signal_number;
    }
}

/* What is left of a part counts for nothing where the parts are added up. */
TEST_F(PlainFileSystem, LeavesNothingThatCountsWhenItIsKilled)
{
    const TemporaryDirectory inputs;
    const std::string profile = inputs.write("large", large_profile());
    const Arguments sum{"-f", "callgrind", directory.path()};
    ASSERT_EQ(run(command({"-f", "callgrind", "-o", directory.file("1"), profile})).status, 0);
    const std::string whole = hotreport(sum).out;
    bool done = false;
    for (int attempt = 0; !done && attempt < 100; attempt++)
        done = interrupted(command({"-f", "callgrind", "-o", directory.file("1"), profile}),
                           directory.path(), SIGKILL);
    EXPECT_TRUE(done);
    const Arguments names = list_directory(directory.path());
    ASSERT_EQ(names.size(), 2u);
    EXPECT_EQ(names[0].rfind(".hotreport-", 0), 0u) << names[0];
    const Result again = hotreport(sum);
    EXPECT_EQ(again.status, 0);
    EXPECT_EQ(again.err, "");
    EXPECT_TRUE(again.out == whole);

    /* Nor if it is a whole report. */
    write_file(directory.file(names[0]), read_file(directory.file("1")));
    EXPECT_TRUE(hotreport(sum).out == whole);
}

} // namespace
