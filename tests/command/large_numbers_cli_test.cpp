// SPDX-License-Identifier: MIT
/* Inputs whose numbers are so large that sums with them do not fit. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

using namespace test;

std::string log_of(uint64_t microseconds)
{
    return LogWriter::with_header(true, true).enter(1, 1, 2).exit(microseconds).bytes();
}

TEST(LargeNumbers, MakeNoOtherInputFail)
{
    const TemporaryDirectory directory;
    std::vector<std::string> paths{directory.write("a.prof", log_of(600)),
                                   directory.write("b.prof", log_of(UINT64_MAX / 1000 - 500)),
                                   directory.write("c.prof", log_of(UINT64_MAX / 1000 - 400)),
                                   directory.write("d.prof", log_of(1000))};
    const Result small = hotreport({"-f", "callgrind", paths[0], paths[3]});
    ASSERT_EQ(small.status, 0);
    do {
        const Result result =
            hotreport({"-f", "callgrind", paths[0], paths[1], paths[2], paths[3]});
        EXPECT_EQ(result.status, 3);
        EXPECT_EQ(result.out, small.out);
        EXPECT_EQ(result.err,
                  "hotreport: " + directory.file("b.prof") +
                      ": a sum of costs or calls does not fit into 64 bits\nhotreport: " +
                      directory.file("c.prof") +
                      ": a sum of costs or calls does not fit into 64 bits\n");
    } while (std::next_permutation(paths.begin(), paths.end()));
}

TEST(LargeNumbers, AreReadIfTheyFit)
{
    const TemporaryDirectory directory;
    const std::string large = directory.write("a.prof", log_of(UINT64_MAX / 1000 - 1000)),
                      small = directory.write("b.prof", log_of(100));
    const Result one = hotreport({"-f", "callgrind", large, small}),
                 other = hotreport({"-f", "callgrind", small, large}),
                 alone = hotreport({"-f", "flat", large});
    for (const Result &result : {one, other, alone}) {
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.err, "");
    }
    EXPECT_EQ(one.out, other.out);
    EXPECT_NE(alone.out.find(" 18446744073.71 seconds in all"), std::string::npos) << alone.out;
}

} // namespace
