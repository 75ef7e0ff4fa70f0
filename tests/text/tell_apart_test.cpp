// SPDX-License-Identifier: MIT
#include "tell_apart.h"

#include "escape.h"

#include <gtest/gtest.h>
#include <memory>
#include <set>

namespace
{

struct Names {
    std::vector<std::string> plain;
    size_t asked = 0;
};

enum { LAST = 2 };

/* "x", "x:", or "x:NUMBER". */
char *name_of(const void *context, size_t thing, unsigned level)
{
    auto *names = static_cast<Names *>(const_cast<void *>(context));
    names->asked++;
    char *name = strdup(names->plain[thing].c_str());
    if (level >= 1)
        name = hp_name_append(name, ":");
    return level >= LAST ? hp_name_append(name, "%zu", thing) : name;
}

std::vector<std::string> told_apart(Names *names, const std::vector<std::string> &rests = {})
{
    std::vector<char *> given;
    for (const std::string &rest : rests)
        given.push_back(const_cast<char *>(rest.c_str()));
    char **found = hp_tell_apart(names->plain.size(), name_of, names, LAST,
                                 rests.empty() ? nullptr : given.data());
    const std::vector<std::string> result(found, found + names->plain.size());
    hp_told_apart_free(found, names->plain.size());
    return result;
}

TEST(TellingApart, GivesTheShortestNamesThatDiffer)
{
    Names names{{"a", "b", "b", "c", "c:"}};
    EXPECT_EQ(told_apart(&names), (std::vector<std::string>{"a", "b:1", "b:2", "c", "c:"}));
    Names met{{"c", "c", "c:"}};
    EXPECT_EQ(told_apart(&met), (std::vector<std::string>{"c:0", "c:1", "c::"}));
}

bool hash_of(void *context, size_t thing, unsigned level, uint64_t *hash)
{
    const std::unique_ptr<char, decltype(&free)> name(name_of(context, thing, level), free);
    *hash = std::hash<std::string>()(name.get());
    return true;
}

TEST(TellingApart, FindsTheLevelsByHashes)
{
    Names names{{"a", "b", "b", "c", "c:"}}, met{{"c", "c", "c:"}}, none;
    const auto levels = [](Names &of) {
        const std::unique_ptr<unsigned char, decltype(&free)> found(
            hp_levels_new(of.plain.size(), hash_of, &of, LAST), free);
        return std::vector<int>(found.get(), found.get() + of.plain.size());
    };
    EXPECT_EQ(levels(names), (std::vector<int>{0, 2, 2, 0, 0}));
    EXPECT_EQ(levels(met), (std::vector<int>{2, 2, 1}));
    EXPECT_EQ(levels(none), std::vector<int>{});
}

TEST(TellingApart, TakesNameAndRestForOneString)
{
    Names names{{"ru", "run", "go"}};
    EXPECT_EQ(told_apart(&names, {"nbc", "bc", "x"}),
              (std::vector<std::string>{"ru:", "run:", "go"}));
}

/* Each name that is made longer meets the next one. */
TEST(TellingApart, TakesAsLongForNamesThatWereMadeToMeet)
{
    Names names{{"x"}};
    for (std::string name = "x"; names.plain.size() < 500; name += ":")
        names.plain.push_back(name);
    const std::vector<std::string> apart = told_apart(&names);
    EXPECT_EQ(std::set<std::string>(apart.begin(), apart.end()).size(), 500u);
    EXPECT_LE(names.asked, 500u * (LAST + 1));
}

TEST(NamesByLevel, GrowByTextOfAnySize)
{
    for (const size_t size : {0, 1, 198, 199, 200, 201, 5000}) {
        const std::string more(size, 'y');
        char *name = hp_name_append(strdup("x"), "%s", more.c_str());
        EXPECT_EQ(name, "x" + more);
        free(name);
    }
    EXPECT_EQ(hp_name_append(nullptr, "%d", 1), nullptr);
}

std::string shown(const std::string &name, bool exact)
{
    const std::unique_ptr<char, decltype(&free)> text(
        hp_shown_name({name.data(), name.size()}, exact), free);
    return text.get();
}

TEST(Escaping, StopsNowhere)
{
    const auto escaped = [](const std::string &string) {
        const std::unique_ptr<char, decltype(&free)> text(
            hp_escaped({string.data(), string.size()}), free);
        return std::string(text.get());
    };
    /* Each byte, at each place of the eight that are looked at together. */
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 19; at++) {
            std::string string(19, 'x'), whole(4 * 19, '\0');
            string[at] = static_cast<char>(byte);
            whole.resize(hp_string_escape({string.data(), 19}, whole.data(), whole.size()));
            EXPECT_EQ(escaped(string), whole) << byte;
        }
    EXPECT_EQ(escaped(""), "");
    EXPECT_EQ(escaped("\n"), "\\x0a");
    EXPECT_EQ(escaped("\u00e9t\u00e9\x01\xc3(\u2028 ~"),
              "\u00e9t\u00e9\\x01\\xc3(\\xe2\\x80\\xa8 ~");
}

TEST(ShownNames, HaveNoBlanksAtTheirEnds)
{
    for (const char *name : {"", " ", "   ", "\u00a0", "\u2003 \u3000", "???"})
        EXPECT_EQ(shown(name, false), "???");
    EXPECT_EQ(shown("  a b\u00a0 ", false), "a b");
    EXPECT_EQ(shown("\n a", false), "\\x0a a");
    EXPECT_EQ(shown("\u05d0\u202e", false), "\u05d0\\xe2\\x80\\xae");
}

TEST(ShownNames, DifferIfTheyAreExact)
{
    EXPECT_EQ(shown("  a b\u00a0 ", true), "\\x20\\x20a b\\xc2\\xa0\\x20");
    EXPECT_EQ(shown("\u3000", true), "\\xe3\\x80\\x80");
    EXPECT_EQ(shown("f\x80", true), "f\\x80");
    EXPECT_EQ(shown("f\\x80", true), "f\\x5cx80");
    EXPECT_EQ(shown("\\", true), "\\x5c");
    EXPECT_EQ(shown("", true), "???");
}

} // namespace
