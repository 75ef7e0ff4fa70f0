// SPDX-License-Identifier: MIT
/* Whatever ends the writing of a report, the output is whole or as it was, and nothing is left
 * beside it. */
#include "report.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace
{

using namespace test;
namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

std::string log_path(const char *name)
{
    return data_path(std::string("hotshot/") + name + ".prof");
}

class OutputOf : public testing::TestWithParam<std::string>
{
  protected:
    const std::string log = log_path("fib-calls");
    TemporaryDirectory directory;
    const std::string output = directory.write("out", "before");

    void expect_untouched(const Result &result) const
    {
        EXPECT_EQ(result.status, 1) << result.err;
        EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
        EXPECT_EQ(read_file(output), "before");
        EXPECT_EQ(list_directory(directory.path()), Arguments{"out"});
    }
};

TEST_P(OutputOf, AFullDeviceIsAnErrorOfOneLine)
{
    Surroundings around;
    around.output = "/dev/full";
    for (const Result &result : {hotreport({"-f", GetParam(), "-o", "/dev/full", log}),
                                 hotreport({"-f", GetParam(), log}, around)}) {
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
    }
}

TEST_P(OutputOf, ALimitOfFilesSizeIsAnErrorLikewise)
{
    expect_untouched(run({"sh", "-c", "ulimit -f 0; exec \"$@\"", "sh", HP_BIN_DIR "/hotreport",
                          "-f", GetParam(), "-o", output, log}));
}

TEST_P(OutputOf, AClosedStandardOutputIsAnErrorLikewise)
{
    /* What tells leaks apart for a sanitizer does not start, or end, without standard output. */
    expect_untouched(run({"sh", "-c", "ASAN_OPTIONS=detect_leaks=0 exec \"$@\" >&-", "sh",
                          HP_BIN_DIR "/hotreport", "-f", GetParam(), log}));
}

TEST_P(OutputOf, ADirectoryThatIsNotWritableIsAnErrorLikewise)
{
    Arguments command{HP_BIN_DIR "/hotreport", "-f", GetParam(), "-o", output, log};
    if (geteuid() == 0) {
        const Arguments as_nobody{"setpriv", "--reuid=65534", "--clear-groups"};
        Arguments version(as_nobody);
        version.insert(version.end(), {HP_BIN_DIR "/hotreport", "--version"});
        if (run(version).status != 0)
            GTEST_SKIP() << "root may write anywhere, and nobody else run hotreport here";
        command.insert(command.begin(), as_nobody.begin(), as_nobody.end());
    }
    ASSERT_EQ(chmod(directory.path().c_str(), 0555), 0);
    expect_untouched(run(command));
    chmod(directory.path().c_str(), 0755);
}

TEST_P(OutputOf, AFullDiskIsAnErrorLikewise)
{
    if (run({"unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"}).status != 0)
        GTEST_SKIP() << "no file system can be mounted here";
    const Result result = run({"unshare", "-rm", "sh", "-c",
                               "mount -t tmpfs -o size=8k none /mnt && echo before >/mnt/out &&"
                               "head -c 4096 /dev/zero >/mnt/fill;"
                               "\"$@\"; echo $?; cat /mnt/out; ls /mnt",
                               "sh", HP_BIN_DIR "/hotreport", "-f", GetParam(), "-o", "/mnt/out",
                               log_path("lib2to3-lines")});
    EXPECT_EQ(result.out, "1\nbefore\nfill\nout\n");
    EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
}

INSTANTIATE_TEST_SUITE_P(, OutputOf, testing::ValuesIn(reports()), [](const auto &instance) {
    return instance.param;
});

/* Of type that is too small a report warns while it is written. */
TEST(Messages, GoIntoNoFileWhereStandardErrorIsClosed)
{
    const TemporaryDirectory directory;
    const Arguments small_type{HP_BIN_DIR "/hotreport",
                               "-f",
                               "svg",
                               "--pages=1",
                               "--max-nodes=200",
                               "-o",
                               directory.file("out"),
                               log_path("lib2to3-lines")};
    const Result result = run(small_type);
    if (result.status != 0)
        GTEST_SKIP() << result.err;
    ASSERT_EQ(lines_of(result.err).size(), 1u);
    const std::string expected = read_file(directory.file("out"));
    Arguments closing{"sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"};
    closing.insert(closing.end(), small_type.begin(), small_type.end());
    EXPECT_EQ(run(closing).status, 0);
    EXPECT_TRUE(read_file(directory.file("out")) == expected);
}

TEST(OutputOfSeveralFiles, IsNotBegunWhereOneCannotBeWritten)
{
    const TemporaryDirectory directory;
    directory.write("page-1.svg", "before");
    fs::create_directory(directory.file("page-2.svg"));
    const Result result = hotreport({"-f", "svg", "--pages=3", "--paging=atlas", "-o",
                                     directory.file("page-%d.svg"), log_path("lib2to3-lines")});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
    EXPECT_EQ(read_file(directory.file("page-1.svg")), "before");
    EXPECT_EQ(list_directory(directory.path()), (Arguments{"page-1.svg", "page-2.svg"}));
}

/* --- Signals ------------------------------------------------------------------------------ */

/* A signal comes as soon as there are more files than there were. false: it came too late. */
bool interrupted(const Arguments &command, const std::string &directory, int signal_number)
{
    const size_t before = list_directory(directory).size();
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char *> arguments;
        for (const std::string &argument : command)
            arguments.push_back(const_cast<char *>(argument.c_str()));
        arguments.push_back(nullptr);
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    int status = 0;
    bool sent = false;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (!sent && list_directory(directory).size() > before)
            sent = kill(child, signal_number) == 0;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return WIFSIGNALED(status) && WTERMSIG(status) == signal_number;
}

class Signal : public testing::TestWithParam<int>
{
};

/* Large enough that the report takes a while. */
std::string large_profile()
{
    std::string text = "events: Ir\n";
    for (int i = 0; i < 100000; i++)
        text += "fn=f" + std::to_string(i) + "\n1 1\n";
    return text;
}

TEST_P(Signal, MidwayLeavesTheOutputAsItWasAndNothingBeside)
{
    const TemporaryDirectory inputs, outputs;
    const std::string profile = inputs.write("large", large_profile());
    const struct {
        const char *format, *output;
    } cases[] = {{"json", "page"}, {"svg", "page-%d.svg"}};
    for (const auto &[format, output] : cases) {
        bool done = false;
        outputs.write("page", "before");
        outputs.write("page-1.svg", "before");
        for (int attempt = 0; !done && attempt < 100; attempt++)
            done = interrupted({HP_BIN_DIR "/hotreport", "-f", format, "-o", outputs.file(output),
                                "--pages=4", profile},
                               outputs.path(), GetParam());
        EXPECT_TRUE(done);
        EXPECT_EQ(read_file(outputs.file("page")), "before");
        EXPECT_EQ(list_directory(outputs.path()), (Arguments{"page", "page-1.svg"}));
    }
}

INSTANTIATE_TEST_SUITE_P(, Signal, testing::Values(SIGINT, SIGTERM, SIGHUP, SIGABRT),
                         [](const auto &instance) {
                             return std::string(sigabbrev_np(instance.param));
                         });

TEST(SignalWhileReading, LeavesTheOutputAsItWas)
{
    const TemporaryDirectory directory;
    const std::string output = directory.write("out", "before"), fifo = directory.file("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    Surroundings around;
    around.environment["INPUT"] = log_path("fib-calls");
    const Result result = run({"sh", "-c",
                               "\"$@\" & exec 3>\"$0\"; head -c 1000 \"$INPUT\" >&3;"
                               "kill -TERM $!; wait $!",
                               fifo, HP_BIN_DIR "/hotreport", "-o", output, fifo},
                              around);
    EXPECT_EQ(result.status, 128 + SIGTERM) << result.err;
    EXPECT_EQ(read_file(output), "before");
    EXPECT_EQ(list_directory(directory.path()), (Arguments{"fifo", "out"}));
}

} // namespace
