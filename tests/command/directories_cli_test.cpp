// SPDX-License-Identifier: MIT
/* What hotreport finds below directories. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace
{

using namespace test;
namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

std::string log_of(uint64_t microseconds)
{
    return LogWriter::with_header(true, true).enter(1, 1, 2).exit(microseconds).bytes();
}

class Directory : public testing::Test
{
  protected:
    /* The names of the inputs of a report, relative to the directory. */
    Arguments read_inputs(const Arguments &arguments, const Arguments &launcher = {})
    {
        Arguments command(launcher);
        command.insert(command.end(), {HP_BIN_DIR "/hotreport", "-v", "-f", "flat"});
        command.insert(command.end(), arguments.begin(), arguments.end());
        result = run(command);
        Arguments names;
        const std::string start = "hotreport: " + directory.path() + "/", end = ": hotshot, ";
        for (const std::string &line : lines_of(result.err))
            if (line.rfind(start, 0) == 0 && line.find(end) != std::string::npos)
                names.push_back(line.substr(start.size(), line.find(end) - start.size()));
        return names;
    }

    TemporaryDirectory directory;
    Result result;
};

TEST_F(Directory, IsReadWithoutHiddenFiles)
{
    for (const char *name : {"a", ".a", ".hotreport-1-0"})
        directory.write(name, log_of(1));
    fs::create_directory(directory.file(".below"));
    directory.write(".below/a", log_of(1));
    EXPECT_EQ(read_inputs({directory.path()}), Arguments{"a"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(read_inputs({directory.file(".a"), directory.file(".below")}),
              (Arguments{".a", ".below/a"}));
}

TEST_F(Directory, HasAFileOnceWhateverLeadsToIt)
{
    fs::create_directory(directory.file("below"));
    directory.write("below/b", log_of(1));
    directory.write("c", log_of(1));
    fs::create_symlink("below/b", directory.file("a"));
    fs::create_symlink("a", directory.file("d"));
    fs::create_hard_link(directory.file("c"), directory.file("below/e"));
    fs::create_symlink(directory.path(), directory.file("below/up"));
    EXPECT_EQ(read_inputs({directory.path()}), (Arguments{"below/b", "below/e"}));
    EXPECT_EQ(result.status, 0) << result.err;

    /* What is asked for twice is read twice. */
    EXPECT_EQ(read_inputs({directory.file("a"), directory.file("below"), directory.file("below")}),
              (Arguments{"a", "below/b", "below/e", "below/b", "below/e"}));

    /* A link alone is as good as the file. */
    const TemporaryDirectory outside;
    fs::rename(directory.file("below/b"), outside.file("b"));
    fs::remove(directory.file("a"));
    fs::create_symlink(outside.file("b"), directory.file("a"));
    EXPECT_EQ(read_inputs({directory.path()}), (Arguments{"a", "below/e"}));
}

TEST_F(Directory, HasOtherThingsThanFiles)
{
    directory.write("a", log_of(1));
    fs::create_symlink("missing", directory.file("dead"));
    ASSERT_EQ(mkfifo(directory.file("fifo").c_str(), 0600), 0);
    fs::create_symlink("fifo", directory.file("link"));
    fs::create_symlink("/dev/zero", directory.file("zero"));
    EXPECT_EQ(read_inputs({directory.path()}), Arguments{"a"});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
}

TEST_F(Directory, TellsWhatCannotBeReached)
{
    directory.write("a", log_of(1));
    fs::create_symlink("loop", directory.file("loop"));
    EXPECT_EQ(read_inputs({directory.path()}), Arguments{"a"});
    EXPECT_EQ(result.status, 3);
    EXPECT_NE(result.err.find("hotreport: " + directory.file("loop") +
                              ": cannot be read: Too many levels of symbolic links\n"),
              std::string::npos)
        << result.err;
    fs::remove(directory.file("loop"));
    EXPECT_EQ(read_inputs({directory.path()}), Arguments{"a"});
    EXPECT_EQ(result.status, 0);
}

TEST_F(Directory, TellsWhatMayNotBeEntered)
{
    const Arguments launcher =
        geteuid() != 0 ? Arguments{}
                       : Arguments{"setpriv", "--inh-caps=-dac_override,-dac_read_search",
                                   "--bounding-set=-dac_override,-dac_read_search"};
    directory.write("a", log_of(1));
    for (const mode_t mode : {0444u, 0111u, 0u}) {
        fs::create_directory(directory.file("below"));
        directory.write("below/b", log_of(1));
        directory.write("below/c", log_of(1));
        ASSERT_EQ(chmod(directory.file("below").c_str(), mode), 0);
        EXPECT_EQ(read_inputs({directory.path()}, launcher), Arguments{"a"});
        EXPECT_EQ(result.status, 3);
        const Arguments lines = lines_of(result.err);
        ASSERT_EQ(lines.size(), 2u) << result.err;
        EXPECT_EQ(lines[1],
                  "hotreport: " + directory.file("below") + ": cannot be read: Permission denied");

        EXPECT_EQ(read_inputs({directory.file("below")}, launcher), Arguments{});
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
        chmod(directory.file("below").c_str(), 0755);
        fs::remove_all(directory.file("below"));
    }
}

TEST_F(Directory, TellsWhatHasTooLongAName)
{
    const std::string name(200, 'n');
    directory.write("a", log_of(1));
    int at = open(directory.path().c_str(), O_DIRECTORY);
    for (size_t length = directory.path().size(); length < PATH_MAX; length += 1 + name.size()) {
        ASSERT_EQ(mkdirat(at, name.c_str(), 0755), 0);
        const int below = openat(at, name.c_str(), O_DIRECTORY);
        close(at);
        at = below;
    }
    close(at);
    EXPECT_EQ(read_inputs({directory.path()}), Arguments{"a"});
    EXPECT_EQ(result.status, 3);
    const Arguments lines = lines_of(result.err);
    ASSERT_EQ(lines.size(), 2u) << result.err;
    EXPECT_NE(lines[1].find("/" + name + ": cannot be read: File name too long"),
              std::string::npos);
    run({"rm", "-r", directory.file(name)});
}

TEST_F(Directory, HasCompressedFilesWithLongHeaders)
{
    std::string named = gzip(log_of(1)), extra = named;
    named[3] = 8; /* a name */
    named.insert(10, std::string(50000, 'n') + '\0');
    extra[3] = 4;
    extra.insert(10, std::string("\xff\xff", 2) + std::string(65535, 'x'));
    directory.write("named.gz", named);
    directory.write("extra.gz", extra);
    std::string other = gzip("no profile");
    other[3] = 8;
    directory.write("other.gz", other.insert(10, std::string(50000, 'n') + '\0'));
    EXPECT_EQ(read_inputs({directory.path()}), (Arguments{"extra.gz", "named.gz"}));
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(lines_of(result.err).size(), 2u) << result.err;
}

/* As many threads as files can be open. */
TEST_F(Directory, IsReadWithFewFilesOpen)
{
    for (int i = 0; i < 100; i++)
        directory.write(std::to_string(i), log_of(uint64_t(i)));
    const Result expected = hotreport({"-f", "callgrind", directory.path()});
    ASSERT_EQ(expected.status, 0);
    for (const std::string files : {"8", "16", "64"})
        for (const std::string threads : {"1", "16", "64"}) {
            result = run({"sh", "-c", "exec 3<&0 4<&0; ulimit -n " + files + "; exec \"$@\"", "sh",
                          HP_BIN_DIR "/hotreport", "-f", "callgrind", "--threads", threads,
                          directory.path()});
            EXPECT_EQ(result.status, 0);
            EXPECT_EQ(result.err, "");
            EXPECT_EQ(result.out, expected.out);
        }
}

/* For numbers of things, 0 is not all of them. */
TEST(Limits, AreNotZero)
{
    const std::string log = data_path("hotshot/fib-calls.prof");
    for (const std::string option : {"--limit", "--file-limit", "--threads", "--max-nodes"}) {
        const Result result = hotreport({option + "=0", log});
        EXPECT_EQ(result.status, 2);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, "hotreport: " + option + ": expected a number from 1, found '0'\n");
    }
}

} // namespace
