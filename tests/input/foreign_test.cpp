// SPDX-License-Identifier: MIT
/* Profiles of other tools are refused by name. */
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;
using namespace std::string_literals;

std::string refusal(const std::string &content)
{
    const Loaded loaded = load_bytes(content, "file");

    EXPECT_EQ(loaded.status, HP_UNRECOGNISED);
    return loaded.error.message;
}

TEST(ProfilesOfOtherTools, AreRefusedByName)
{
    EXPECT_NE(refusal("\x80\x03"s
                      "cline_profiler\nLineStats\n")
                  .find("line_profiler"),
              std::string::npos);
    EXPECT_NE(refusal("\x80\x04\x95\x10\0\0\0"s).find("pickle"), std::string::npos);
    EXPECT_NE(refusal("gmon\1\0\0\0\0\0\0\0"s).find("gmon.out"), std::string::npos);
    EXPECT_NE(refusal("\x0a\x04\x08\x01\x10\x02\x0a\x04\x08\x03\x10\x04"s).find("pprof"),
              std::string::npos);
    EXPECT_NE(
        refusal("\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x27"s).find("gperftools"),
        std::string::npos);
    EXPECT_NE(refusal("PERFILE2\x68\0\0\0"s).find("perf.data"), std::string::npos);
    EXPECT_NE(refusal("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\"}")
                  .find("speedscope"),
              std::string::npos);
}

TEST(ProfilesOfOtherTools, AreNotSeenInWhatIsNone)
{
    EXPECT_NE(refusal("{\"a\": 1}").find("expected"), std::string::npos);
    EXPECT_NE(refusal("").find("an empty file"), std::string::npos);
    EXPECT_NE(refusal("\x80").find("expected"), std::string::npos);
}

} // namespace
