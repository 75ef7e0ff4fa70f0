// SPDX-License-Identifier: MIT
/* The regular expressions of filters mean what those of POSIX do, and take bounded time. */
#include "filter/pattern.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <regex.h>
#include <string>

namespace
{

using Pattern = std::unique_ptr<hp_pattern, decltype(&hp_pattern_free)>;

Pattern compiled(const std::string &text, hp_error *error)
{
    hp_pattern *pattern = nullptr;
    const hp_status status = hp_pattern_new(&pattern, text.c_str(), error);
    EXPECT_EQ(status == HP_OK, pattern != nullptr) << text;
    return {pattern, hp_pattern_free};
}

bool finds(const std::string &text, const std::string &name)
{
    hp_error error{};
    const Pattern pattern = compiled(text, &error);
    bool found = false;
    EXPECT_STREQ(error.message, "") << text;
    if (pattern) {
        EXPECT_EQ(hp_pattern_find(pattern.get(), {name.data(), name.size()}, &found, &error), HP_OK)
            << text;
    }
    return found;
}

/* What the C library says. */
bool posix_finds(const std::string &text, const std::string &name)
{
    regex_t regex;
    EXPECT_EQ(regcomp(&regex, text.c_str(), REG_EXTENDED | REG_NOSUB), 0) << text;
    const bool found = regexec(&regex, name.c_str(), 0, nullptr, 0) == 0;
    regfree(&regex);
    return found;
}

const char *const names[] = {"",      "a",      "b",    "ab",          "aab)",     "abab",
                             "a.b",   "a\\b",   "b[a]", "main (a.py)", "a b",      "_ab",
                             "ab ba", "x{,2}y", "^a$",  "a+b",         "<module>", "aaaa:b"};

TEST(Pattern, MeansWhatItDoesInPosix)
{
    for (const std::string text :
         {"^a",          "b$",           "a|b)",     "[\\.]",     "[]a]", "[^]a]", "[a\\]",
          "[[:alpha:]]", "[[:digit:]b]", "a{,1}b",   "a{2,}",     "\\<b", "b\\>",  "\\<ab\\>",
          "\\.",         "a\\+b",        "<module>", "\\w+ \\w+", "\\bb", "^$",    "()",
          "a||b",        "[ab[]",        "x\\{",     "\\^a",      "a.b",  "[a-]"}) {
        for (const char *const name : names)
            EXPECT_EQ(finds(text, name), posix_finds(text, name)) << text << " in " << name;
    }
}

class Writer
{
  public:
    explicit Writer(unsigned seed) : random_(seed) {}
    std::string alternatives(unsigned depth, bool outermost = true)
    {
        std::string text;
        for (unsigned branch = 0; branch < 1 + pick(3) / 2; branch++) {
            text += branch ? "|" : "";
            text += outermost && pick(6) == 0 ? "^" : ""; /* in what repeats the C library errs */
            for (unsigned i = 0; i < 1 + pick(3); i++)
                text += piece(depth);
            text += outermost && pick(6) == 0 ? "$" : "";
        }
        return text;
    }

  private:
    unsigned pick(unsigned below)
    {
        return random_() % below;
    }
    std::string piece(unsigned depth)
    {
        static const char *const atoms[] = {"a",   "b",    ".",     "[ab]", "[^a]", "[\\]", "[]b]",
                                            "\\.", "\\\\", "[a-c]", "\\[",  "_",    " "};
        static const char *const repeats[] = {"", "", "", "*", "+", "?", "{2}", "{,2}", "{1,}"};
        if (depth > 0 && pick(4) == 0)
            return "(" + alternatives(depth - 1, false) + ")" + repeats[pick(9)];
        return atoms[pick(13)] + std::string(repeats[pick(9)]);
    }

    std::mt19937 random_;
};

TEST(Pattern, MeansWhatItDoesInPosixIfItIsAnyExpression)
{
    size_t found = 0, compared = 0;
    for (unsigned seed = 0; seed < 3000; seed++) {
        const std::string text = Writer(seed).alternatives(1);
        for (const char *const name : names) {
            const bool expected = posix_finds(text, name);
            ASSERT_EQ(finds(text, name), expected) << text << " in " << name;
            found += expected;
            compared++;
        }
    }
    EXPECT_GT(found, compared / 10);
    EXPECT_LT(found, compared * 9 / 10);
}

TEST(Pattern, MayUseWhatPcreHas)
{
    EXPECT_TRUE(finds("(?i)MAIN", "main"));
    EXPECT_TRUE(finds("\\d{2}", "a42"));
    EXPECT_FALSE(finds("^(?!test_)", "test_a"));
    EXPECT_TRUE(finds("^.$", "\xc3\xa9")) << "one character";
    EXPECT_TRUE(finds("\xe9|a", "a")) << "no UTF-8";
}

TEST(Pattern, IsRefusedIfItIsNone)
{
    for (const std::string text : {"(", "[a", "*a", "a{2,1}", "\\"}) {
        hp_error error{};
        EXPECT_FALSE(compiled(text, &error)) << text;
        EXPECT_EQ(error.status, HP_UNRECOGNISED) << text;
        EXPECT_STRNE(error.message, "") << text;
    }
}

std::string repeated(const std::string &text, size_t times)
{
    std::string all;
    for (size_t i = 0; i < times; i++)
        all += text;
    return all;
}

/* The C library ran out of stack, and of memory, with these. */
TEST(Pattern, IsRefusedIfItIsTooLarge)
{
    for (const std::string &text :
         {repeated("(", 60000) + "a" + repeated(")", 60000),
          repeated("(", 300) + "a" + repeated(")", 300), repeated("a", HP_PATTERN_MAX + 1),
          repeated("(", 6) + "x" + repeated("{255})", 6)}) {
        hp_error error{};
        EXPECT_FALSE(compiled(text, &error));
        EXPECT_EQ(error.status, HP_UNRECOGNISED);
    }
    hp_error error{};
    EXPECT_TRUE(compiled(repeated("a", HP_PATTERN_MAX), &error));
    EXPECT_TRUE(compiled(repeated("(", HP_PATTERN_DEPTH_MAX) + repeated(")", HP_PATTERN_DEPTH_MAX),
                         &error));
}

/* Each "a" doubles the ways to match. */
TEST(Pattern, IsGivenUpIfItTakesTooLong)
{
    hp_error error{};
    const Pattern pattern = compiled("^(a|a)*[!?]$", &error);
    const std::string name = repeated("a", 60);
    bool found = true;
    EXPECT_EQ(hp_pattern_find(pattern.get(), {name.data(), name.size()}, &found, &error), HP_LIMIT);
    EXPECT_FALSE(found);
    EXPECT_STREQ(error.message, "it takes too long to look for");
}

TEST(Pattern, RepeatsWhatIsRepeatedAsPosixDoes)
{
    const auto finds = [](const std::string &expression, const std::string &text) {
        hp_error error{};
        hp_pattern *pattern = nullptr;
        EXPECT_EQ(hp_pattern_new(&pattern, expression.c_str(), &error), HP_OK) << error.message;
        bool found = false;
        EXPECT_EQ(hp_pattern_find(pattern, {text.data(), text.size()}, &found, &error), HP_OK);
        hp_pattern_free(pattern);
        return found;
    };
    EXPECT_TRUE(finds(".*+foo", "foofoo"));
    EXPECT_TRUE(finds("(foo)++foo", "foofoo"));
    EXPECT_TRUE(finds("C++C", "CC"));
    EXPECT_TRUE(finds("^a?+$", "aaa"));
    EXPECT_TRUE(finds("^a**$", "aaa"));
    EXPECT_TRUE(finds("^\xc3\xa9++$", "\xc3\xa9\xc3\xa9"));
    EXPECT_TRUE(finds("a{,b", "a{,bar"));
    EXPECT_TRUE(finds("^a{,2}$", "aa"));
    EXPECT_FALSE(finds("^a{,2}$", "aaa"));
    EXPECT_TRUE(finds("\\<\xc3\xa9t\xc3\xa9\\>", "un \xc3\xa9t\xc3\xa9."));
    EXPECT_TRUE(finds("^(?:ab)+?$", "abab"));
}

} // namespace
