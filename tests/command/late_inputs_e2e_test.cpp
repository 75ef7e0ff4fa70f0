// SPDX-License-Identifier: MIT
/* Inputs that come while others are read, and are cut short as soon as they are mapped. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace
{

using namespace test;

class LateInput : public testing::Test
{
  protected:
    /* hotreport reads a pipe and then the late file. When it has opened the pipe, the commands run,
     * and then the pipe is filled. */
    Result read_after(const std::string &commands) const
    {
        return run({"sh", "-c",
                    "LD_PRELOAD=" HP_CUT_WHEN_MAPPED " " HP_BIN_DIR
                    "/hotreport --threads=1 -f callgrind \"$1\" \"$2\" &"
                    "exec 3>\"$1\";" +
                        commands + "; cat \"$0\" >&3; exec 3>&-; wait $!",
                    log, pipe, late});
    }

    TemporaryDirectory directory;
    const std::string log =
        directory.write("log", LogWriter::with_header(true, true).enter(1, 1, 2).exit(3).bytes());
    const std::string pipe = directory.file("pipe"), late = directory.file("late");
};

TEST_F(LateInput, IsReadLikeAnyOther)
{
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const Result result = read_after("cp \"$0\" \"$2\"");
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.out, hotreport({"-f", "callgrind", log, log}).out);
}

/* One that has been there is mapped. */
TEST_F(LateInput, IsCutShortIfItIsMapped)
{
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    write_file(late, read_file(log));
    const Result result = read_after(":");
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.err, "hotreport: " + late + ": was cut short while it was read\n");
    EXPECT_EQ(result.out, hotreport({"-f", "callgrind", log}).out);
}

} // namespace
