// SPDX-License-Identifier: MIT
/* Names of functions in boxes keep what tells them apart. */
#include "chart/short_name.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

std::string short_name(const std::string &name, size_t columns, size_t depth = 0)
{
    char *text = hp_short_name(name.c_str(), columns, depth);
    std::string result = text ? text : "no memory";

    free(text);
    return result;
}

struct Case {
    const char *name;
    size_t columns;
    const char *expected;
};

void PrintTo(const Case &test, std::ostream *out)
{
    *out << test.name;
}

class ShortNames : public testing::TestWithParam<Case>
{
};

TEST_P(ShortNames, KeepTheIdentifier)
{
    EXPECT_EQ(short_name(GetParam().name, GetParam().columns), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    , ShortNames,
    testing::Values(
        Case{"f(std::vector<int>)", 30, "f(std::vector<int>)"},
        Case{"std::map<int, std::vector<char> >::find(int const&)", 28,
             "std::map<>::find(int const&)"},
        Case{"std::map<int, std::vector<char> >::find(int const&)", 20, "std::map<>::find()"},
        Case{"void std::swap<std::tuple<> >(std::tuple<>&)", 24, "void std::swap<>()"},
        Case{"void std::swap<std::tuple<> >(std::tuple<>&)", 13, "std::swap<>()"},
        Case{"void std::swap<std::tuple<> >(std::tuple<>&)", 8, "swap<>()"},
        Case{"(anonymous namespace)::parse(char const*)", 30, "(anonymous namespace)::parse()"},
        Case{"(anonymous namespace)::parse(char const*)", 10, "parse()"},
        Case{"std::ostream& std::operator<< <char>(std::ostream&, char)", 16, "operator<< <>()"},
        Case{"a::Range::operator()(unsigned long) const", 20, "operator()() const"},
        Case{"long a::operator-<char const*, b::vector<char> >(c<char> const&)", 20,
             "a::operator-<>()"},
        Case{"bool a::operator< <int, b<int> >(c<char> const&)", 20, "a::operator< <>()"},
        Case{"a::Pointer<int>::operator->*<int>(int) const", 24, "operator->*<>() const"},
        Case{"a::Pointer<int>::operator->() const", 29, "Pointer<>::operator->() const"},
        Case{"app::Pool::operator new(unsigned long)", 14, "operator new()"},
        Case{"main::{lambda(std::pair<int, int>)#1}::operator()() const", 20, "operator()() const"},
        Case{"int const& a::f(char) const::{lambda(int)#1}::operator()(int) const", 56,
             "a::f(char) const::{lambda(int)#1}::operator()() const"},
        Case{"a::b::c::d<e::f>::g", 10, "c::d<>::g"},
        Case{"std::function<bool (char)>::function(bool (*)(char))", 30,
             "std::function<>::function()"},
        Case{"less<int>::operator<(int) const [clone .isra.0]", 36,
             "operator<() const [clone .isra.0]"},
        Case{"bool a::Matcher<int>::apply(char, std::true_type) "
             "const::{lambda(int)#1}::operator()() "
             "const",
             61, "a::Matcher<>::apply() const::{lambda()#1}::operator()() const"},
        Case{"a::apply(char, std::true_type) const::{lambda(int)#1}::operator()(int) const", 35,
             "{lambda()#1}::operator()() const"},
        Case{"app::Value::operator std::string() const", 30, "operator std::string() const"},
        Case{"<module>", 5, "<...>"}, Case{"a_rather_long_name_of_python", 11, "a_ra...thon"},
        Case{"<built-in method builtins.exec>", 20, "<built-i...ins.exec>"},
        Case{"Class.method.<locals>.<lambda>", 40, "Class.method.<locals>.<lambda>"},
        Case{"a::unclosed<int", 9, "unc...int"}, Case{"f(", 9, "f("}, Case{"", 9, ""}));

TEST(ShortName, KeepsTemplateArgumentsOfSomeDepth)
{
    const std::string name = "bool a::operator!=<b::c<d<int>, e> const*>(f<g<int> > const&)";
    EXPECT_EQ(short_name(name, 50, 0), "bool a::operator!=<>(f<> const&)");
    EXPECT_EQ(short_name(name, 50, 1), "bool a::operator!=<b::c<> const*>(f<g<> > const&)");
    EXPECT_EQ(short_name(name, 40, 1), "bool a::operator!=<b::c<> const*>()");
    EXPECT_EQ(short_name(name, 50, 2), "bool a::operator!=<b::c<d<>, e> const*>()");
    EXPECT_EQ(short_name(name, 20, 2), "operator!=<>()");
    EXPECT_EQ(short_name("a<b<>, c->d>::e(int)", 17, 1), "a<b<>, c->d>::e()");
}

TEST(ShortName, IsNeverWiderThanAsked)
{
    for (const char *name :
         {"std::map<int, std::vector<char> >::find(int const&)", "operator<<(",
          "a::b::", "((((((((", ">>>>>>>>>>>>", "operator", "x<y>(z)::{w", "::::::::::::"})
        for (size_t columns = 5; columns < 60; columns++)
            for (size_t depth = 0; depth < 3; depth++)
                EXPECT_LE(short_name(name, columns, depth).size(), columns) << name;
}

TEST(NamesInACallGraph, DifferThoughTheyAreShortened)
{
    const std::string many(80, 'x');
    test::Builder builder;
    const auto main = builder.function("main", "", 0, 1, 1, {0}, {3});
    for (const std::string argument : {"int", "char", "long"}) {
        const auto callee = builder.function("convert<" + argument + ">(std::map<" + many + ", " +
                                                 many + "> const&)",
                                             "", 0, 1, 1, {1}, {1});
        builder.call(main, callee, 1, {1});
    }
    builder.sort();
    const std::string dot = test::report("dot", builder.get());
    for (const char *name : {"convert<int>", "convert<char>", "convert<long>"})
        EXPECT_NE(dot.find(name), std::string::npos) << dot;
}

TEST(NamesInACallGraph, OfSymbolsWithoutOneAreTheirObjects)
{
    test::Builder builder;
    hp_function symbol = {};
    symbol.object = {"/lib/libm.so.6", 14};
    hp_function_id id = 0;
    const uint64_t cost = 1;
    ASSERT_EQ(hp_profile_add_function(builder.get(), &symbol, &id, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_add_cost(builder.get(), {id, 0}, &cost, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_add_inclusive(builder.get(), id, &cost, nullptr), HP_OK);
    builder.sort();
    EXPECT_NE(test::report("dot", builder.get()).find("??? in libm.so.6"), std::string::npos);
}

} // namespace
