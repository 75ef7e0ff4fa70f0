// SPDX-License-Identifier: MIT
/* Names as every report shows them. */
#include "hotprof.h"
#include "support/facts.h"
#include "support/unsafe_characters.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

std::string escaped_by_library(const std::string &bytes)
{
    std::string buffer(4 * bytes.size() + 1, '#');
    buffer.resize(hp_string_escape({bytes.data(), bytes.size()}, buffer.data(), buffer.size()));
    return buffer;
}

TEST(Escaping, LeavesTextAndWritesTheRestInHex)
{
    EXPECT_EQ(escaped_by_library("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8d C:\\x"),
              "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8d C:\\x");
    EXPECT_EQ(escaped_by_library(std::string("a\0b\n\t\x1f\x7f", 7)),
              "a\\x00b\\x0a\\x09\\x1f\\x7f");
    EXPECT_EQ(escaped_by_library("\xe9"), "\\xe9");
    EXPECT_EQ(escaped_by_library("\xe2\x82"), "\\xe2\\x82");
    EXPECT_EQ(escaped_by_library("\xc0\x80"), "\\xc0\\x80");                   /* overlong */
    EXPECT_EQ(escaped_by_library("\xed\xa0\x80"), "\\xed\\xa0\\x80");          /* a surrogate */
    EXPECT_EQ(escaped_by_library("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"); /* > U+10FFFF */
    EXPECT_EQ(escaped_by_library("\xff\xc3\xa9"), "\\xff\xc3\xa9");
}

TEST(Escaping, WritesEachByteOfCharactersThatSteerTerminalsOrTurnText)
{
    for (const std::string &character : unsafe_characters()) {
        std::string expected;
        for (const unsigned char byte : character) {
            char digits[8];
            snprintf(digits, sizeof digits, "\\x%02x", byte);
            expected += digits;
        }
        EXPECT_EQ(escaped_by_library("a" + character + "b"), "a" + expected + "b");
    }
    /* Their neighbours are text. */
    for (const char *text : {" ", "~", "\u00a0", "\u061b", "\u061d", "\u200d", "\u2010", "\u2027",
                             "\u202f", "\u2065", "\u206a", "\ufefe", "\uff00"})
        EXPECT_EQ(escaped_by_library(text), text);
}

TEST(Escaping, AgreesWithThisTestsOwnOnRandomBytes)
{
    uint32_t state = 1;
    for (int i = 0; i < 20000; i++) {
        std::string bytes;
        for (int k = 0; k < 6; k++) {
            state = state * 1664525 + 1013904223;
            bytes += static_cast<char>(state >> 24);
            if (state % 5 == 0)
                bytes += *std::next(unsafe_characters().begin(),
                                    (state >> 8) % unsafe_characters().size());
        }
        ASSERT_EQ(escaped_by_library(bytes), escape(bytes));
    }
}

TEST(Escaping, CutsBetweenCharactersOnlyAndTellsTheWholeLength)
{
    const std::string bytes = "a\xc3\xa9\n\xf0\x9f\x90\x8d\u202e";
    const std::string whole = escape(bytes);
    EXPECT_EQ(hp_string_escape({bytes.data(), bytes.size()}, nullptr, 0), whole.size());
    const std::vector<size_t> boundaries{0, 1, 3, 7, 11, 23};
    for (size_t size = 1; size <= whole.size() + 1; size++) {
        std::string buffer(size + 1, '#');
        EXPECT_EQ(hp_string_escape({bytes.data(), bytes.size()}, buffer.data(), size),
                  whole.size());
        size_t expected = 0;
        for (const size_t boundary : boundaries)
            if (boundary < size)
                expected = boundary;
        EXPECT_STREQ(buffer.c_str(), whole.substr(0, expected).c_str()) << size;
        EXPECT_EQ(buffer[size], '#') << "written beyond the buffer";
    }
}

} // namespace
