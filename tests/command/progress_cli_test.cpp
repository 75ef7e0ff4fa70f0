// SPDX-License-Identifier: MIT
/* What hotreport shows while it reads. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <regex>

namespace
{

using namespace test;

/* Nobody knows how much will come out of a pipe. */
TEST(ProgressOfHotreport, HasNoShareOfAPipeUntilAllIsRead)
{
    std::string log = LogWriter::with_header(true, true).bytes();
    const std::string call =
        LogWriter().enter(1, 1, 2).exit(3).bytes().substr(LogWriter().bytes().size());
    while (log.size() < 4 << 20)
        log += call;
    Surroundings around;
    around.input = log;
    const Result result = hotreport({"--progress=always", "-f", "flat", "-"}, around);
    EXPECT_EQ(result.status, 0);
    const std::regex first("\r\x1b\\[K-: 0 MB"), later("\r\x1b\\[K-: [0-9]+ MB, [0-9]+ MB/s"),
        share("\r\x1b\\[K-: [0-9]+ %, [0-9]+ MB/s, [0-9]+ s left");
    EXPECT_EQ(
        std::regex_replace(std::regex_replace(std::regex_replace(result.err, share, ""), later, ""),
                           first, ""),
        "\r\x1b[K");
    EXPECT_TRUE(std::regex_search(result.err, first)) << result.err;
}

} // namespace
