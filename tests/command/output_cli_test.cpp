// SPDX-License-Identifier: MIT
/* Whatever ends the writing of a report, the output is whole or as it was, and nothing is left
 * beside it. */
#include "command/interrupt.h"
#include "report.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <sys/stat.h>
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

/* As a user who is not root, and so may not do everything. Empty if that cannot be. */
Arguments as_nobody(const Arguments &command)
{
    Arguments all{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
    if (geteuid() != 0)
        return {};
    Arguments version(all);
    version.insert(version.end(), {HP_BIN_DIR "/hotreport", "--version"});
    if (run(version).status != 0)
        return {};
    all.insert(all.end(), command.begin(), command.end());
    return all;
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
    if (geteuid() == 0)
        command = as_nobody(command);
    if (command.empty())
        GTEST_SKIP() << "root may write anywhere, and nobody else run hotreport here";
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

/* The first page is of another user, in a directory like /tmp: others may make files there, but not
 * replace those of each other. */
TEST(OutputOfSeveralFiles, IsAsItWasWhereOneCannotBeReplaced)
{
    const TemporaryDirectory directory;
    const Arguments command = as_nobody({HP_BIN_DIR "/hotreport", "-f", "svg", "--pages=4", "-o",
                                         directory.file("page-%d.svg"), log_path("lib2to3-lines")});
    if (command.empty())
        GTEST_SKIP() << "root may write anywhere, and nobody else run hotreport here";
    ASSERT_EQ(chmod(directory.path().c_str(), 01777), 0);
    for (const int locked : {1, 3, 4}) {
        for (int page = 1; page <= 3; page++) {
            const std::string path =
                directory.write("page-" + std::to_string(page) + ".svg", "before");
            ASSERT_EQ(chown(path.c_str(), 65534, 65534), 0);
        }
        /* This one is overwritten. */
        const std::string open_to_all = directory.write("page-2.svg", "before");
        ASSERT_EQ(chown(open_to_all.c_str(), 0, 0), 0);
        ASSERT_EQ(chmod(open_to_all.c_str(), 0666), 0);
        const std::string path = directory.write("page-" + std::to_string(locked) + ".svg", "root");
        ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
        const Result result = run(command);
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
        for (int page = 1; page <= 4; page++) {
            const std::string name = "page-" + std::to_string(page) + ".svg";
            if (page == 4 && locked != 4) {
                EXPECT_FALSE(fs::exists(directory.file(name)));
            } else {
                EXPECT_EQ(read_file(directory.file(name)), page == locked ? "root" : "before");
            }
        }
        EXPECT_EQ(list_directory(directory.path()).size(), locked == 4 ? 4u : 3u);
    }
}

TEST(OutputOfSeveralFiles, ReplacesAllPages)
{
    const TemporaryDirectory directory, other;
    const auto write = [](const TemporaryDirectory &to) {
        const Result result = hotreport({"-f", "svg", "--pages=4", "--no-index", "-o",
                                         to.file("page-%d.svg"), log_path("lib2to3-lines")});
        EXPECT_EQ(result.status, 0) << result.err;
    };
    for (const char *name : {"page-1.svg", "page-3.svg"})
        directory.write(name, "before");
    write(directory);
    write(other);
    const Arguments pages = list_directory(other.path());
    EXPECT_GE(pages.size(), 4u);
    EXPECT_EQ(list_directory(directory.path()), pages);
    for (const std::string &page : pages)
        EXPECT_EQ(read_file(directory.file(page)), read_file(other.file(page)));
}

/* --- What is there already ---------------------------------------------------------------- */

class OutputFile : public testing::Test
{
  protected:
    Result write(const std::string &path) const
    {
        return hotreport({"-f", "json", "-o", path, log});
    }

    void expect_written(const std::string &path) const
    {
        const Result result = write(path);
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_EQ(result.err, "");
        EXPECT_EQ(read_file(path), expected);
    }

    void expect_error(const std::string &path, const std::string &reason) const
    {
        const Arguments before = list_directory(directory.path());
        const Result result = write(path);
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(result.err, "hotreport: " + path + ": cannot be created: " + reason + "\n");
        EXPECT_EQ(list_directory(directory.path()), before);
    }

    const std::string log = log_path("fib-calls");
    const std::string expected = hotreport({"-f", "json", log}).out;
    TemporaryDirectory directory;
};

TEST_F(OutputFile, ThroughALinkIsItsTarget)
{
    fs::create_directory(directory.file("below"));
    fs::create_symlink("below/second", directory.file("first"));
    fs::create_symlink("../third", directory.file("below/second"));
    fs::create_symlink(directory.file("target"), directory.file("third"));
    for (int round = 0; round < 2; round++) { /* which the first makes, and the second replaces */
        expect_written(directory.file("first"));
        EXPECT_TRUE(fs::is_symlink(directory.file("first")));
        EXPECT_TRUE(fs::is_symlink(directory.file("below/second")));
        EXPECT_TRUE(fs::is_symlink(directory.file("third")));
        EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(directory.file("target"))));
        EXPECT_EQ(list_directory(directory.path()),
                  (Arguments{"below", "first", "target", "third"}));
    }
}

TEST_F(OutputFile, ThroughALinkToNowhereIsAnError)
{
    fs::create_symlink("missing/file", directory.file("link"));
    fs::create_symlink("loop", directory.file("loop"));
    expect_error(directory.file("link"), "No such file or directory");
    expect_error(directory.file("loop"), "Too many levels of symbolic links");
}

TEST_F(OutputFile, MayHaveALongName)
{
    for (const size_t length : {size_t(240), size_t(250), size_t(255)})
        expect_written(directory.file(std::string(length, 'n')));
    expect_error(directory.file(std::string(256, 'n')), "File name too long");
    EXPECT_EQ(list_directory(directory.path()).size(), 3u);
}

TEST_F(OutputFile, NeedsAName)
{
    expect_error(directory.file("new/"), "Is a directory");
    const Result result = write("");
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "hotreport: : cannot be created: No such file or directory\n");
}

TEST_F(OutputFile, HasTheModeOfANewFileOrTheOldOne)
{
    struct stat about;
    const std::string path = directory.file("out");
    const mode_t mask = umask(027);
    expect_written(path);
    umask(mask);
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0640u);
    ASSERT_EQ(chmod(path.c_str(), 0604), 0);
    expect_written(path);
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0604u);
}

TEST_F(OutputFile, StaysItsOwners)
{
    struct stat about;
    const std::string path = directory.write("out", "before");
    if (geteuid() != 0)
        GTEST_SKIP() << "only root may give files away";
    ASSERT_EQ(chown(path.c_str(), 65534, 12345), 0);
    ASSERT_EQ(chmod(path.c_str(), 0640), 0);
    expect_written(path);
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_uid, 65534u);
    EXPECT_EQ(about.st_gid, 12345u);
    EXPECT_EQ(about.st_mode & 07777, 0640u);
}

/* Who may write to a directory may replace the files of others in it. The new one is not open to a
 * group that the old one was not open to. */
TEST_F(OutputFile, OfAnotherOwnerIsNotOpenToAnotherGroup)
{
    struct stat about;
    const std::string path = directory.write("out", "before");
    const Arguments command = as_nobody({HP_BIN_DIR "/hotreport", "-f", "json", "-o", path, log});
    if (command.empty())
        GTEST_SKIP() << "root may write anywhere, and nobody else run hotreport here";
    ASSERT_EQ(chmod(directory.path().c_str(), 0777), 0);
    ASSERT_EQ(chmod(path.c_str(), 06664), 0);
    const Result result = run(command);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(read_file(path), expected);
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777, 0604u);
}

TEST_F(OutputFile, LeavesOtherNamesOfTheOldOneAlone)
{
    const std::string path = directory.write("out", "before");
    fs::create_hard_link(path, directory.file("other"));
    expect_written(path);
    EXPECT_EQ(read_file(directory.file("other")), "before");
}

TEST_F(OutputFile, IsOverwrittenWhereNoOtherCanBeMade)
{
    struct stat before, after;
    const std::string path = directory.write("out", std::string(5000, 'b'));
    const Arguments command = as_nobody({HP_BIN_DIR "/hotreport", "-f", "json", "-o", path, log});
    if (command.empty())
        GTEST_SKIP() << "root may write anywhere, and nobody else run hotreport here";
    ASSERT_EQ(chmod(path.c_str(), 0666), 0);
    ASSERT_EQ(chmod(directory.path().c_str(), 0555), 0);
    ASSERT_EQ(stat(path.c_str(), &before), 0);
    const Result result = run(command);
    chmod(directory.path().c_str(), 0755);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(read_file(path), expected);
    ASSERT_EQ(stat(path.c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
    EXPECT_EQ(list_directory(directory.path()), Arguments{"out"});
}

/* A file of root in a directory like /tmp, which all may write to. */
TEST_F(OutputFile, IsOverwrittenWhereItCannotBeReplaced)
{
    const std::string path = directory.write("out", "before");
    const Arguments command = as_nobody({HP_BIN_DIR "/hotreport", "-f", "json", "-o", path, log});
    if (command.empty())
        GTEST_SKIP() << "root may write anywhere, and nobody else run hotreport here";
    ASSERT_EQ(chmod(path.c_str(), 0666), 0);
    ASSERT_EQ(chmod(directory.path().c_str(), 01777), 0);
    const Result result = run(command);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(read_file(path), expected);
    EXPECT_EQ(list_directory(directory.path()), Arguments{"out"});
}

TEST_F(OutputFile, MayBeTheInput)
{
    const std::string path = directory.write("run.prof", read_file(log));
    const Arguments arguments{"-f", "callgrind", path, path};
    const std::string sum = hotreport(arguments).out;
    for (const char *threads : {"1", "8"}) {
        directory.write("run.prof", read_file(log));
        Arguments writing(arguments);
        writing.insert(writing.end(), {"--threads", threads, "-o", path});
        const Result result = hotreport(writing);
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_EQ(read_file(path), sum);
    }
}

/* --- Open files --------------------------------------------------------------------------- */

TEST_F(OutputFile, ThatIsOpenIsWrittenWhereItStands)
{
    const std::string file = directory.file("out");
    for (const std::string name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
        for (const std::string redirection : {">", ">>"}) {
            directory.write("out", "");
            const Result result =
                run({"sh", "-c", "{ echo first; \"$@\"; echo last; } " + redirection + " \"$0\"",
                     file, HP_BIN_DIR "/hotreport", "-f", "json", "-o", name, log});
            EXPECT_EQ(result.err, "");
            EXPECT_EQ(read_file(file), "first\n" + expected + "last\n") << name << redirection;
        }
        const Result piped = write(name);
        EXPECT_EQ(piped.status, 0);
        EXPECT_EQ(piped.out, expected);
    }
    EXPECT_EQ(list_directory(directory.path()), Arguments{"out"});
    const Result closed = write("/dev/fd/77");
    EXPECT_EQ(closed.status, 1);
    EXPECT_EQ(closed.err, "hotreport: /dev/fd/77: cannot be opened: Bad file descriptor\n");
}

/* --- Signals ------------------------------------------------------------------------------ */

class Signal : public testing::TestWithParam<int>
{
};

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

INSTANTIATE_TEST_SUITE_P(, Signal,
                         testing::Values(SIGINT, SIGTERM, SIGHUP, SIGABRT, SIGKILL, SIGALRM,
                                         SIGXCPU, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGSYS),
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
