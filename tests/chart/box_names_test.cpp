// SPDX-License-Identifier: MIT
#include "chart/box_names.h"

#include "support/alike_functions.h"
#include "support/profile_builder.h"

#include <gtest/gtest.h>
#include <numeric>
#include <set>

namespace
{

using namespace test;

using Pair = std::pair<std::string, std::string>;

/* Names and places of all functions of a profile, in their order. */
std::vector<Pair> names_of(const hp_profile *profile)
{
    const size_t count = hp_profile_function_count(profile);
    std::vector<hp_function_id> functions(count);
    std::vector<hp_box_name> names(count);
    std::iota(functions.begin(), functions.end(), 0);
    EXPECT_TRUE(hp_box_names_make(profile, functions.data(), count, names.data()));
    std::vector<Pair> result;
    for (const hp_box_name &name : names) {
        result.emplace_back(name.name, name.place);
        free(name.name);
        free(name.place);
    }
    return result;
}

struct Named {
    std::string file;
    uint64_t line;
    std::string name;
};

std::vector<Pair> names_of(const std::vector<Named> &functions)
{
    Builder builder;
    for (const Named &function : functions)
        builder.function(function.name, function.file, function.line, 1, 1, {1}, {1});
    return names_of(builder.get());
}

std::string in_one_line(std::string name)
{
    name.erase(std::remove(name.begin(), name.end(), '\n'), name.end());
    return name;
}

TEST(BoxNames, OfAllFunctionsDiffer)
{
    const hotprof::profile_ptr profile = alike_functions();
    const std::vector<Pair> names = names_of(profile.get());
    ASSERT_EQ(names.size(), 2700u);
    EXPECT_EQ(std::set<Pair>(names.begin(), names.end()).size(), names.size());
}

TEST(BoxNames, HaveTheShortestEndsOfPathsThatDiffer)
{
    EXPECT_EQ(names_of({{"/a/x/driver.py", 3, "f"},
                        {"/b/x/driver.py", 3, "f"},
                        {"/b/x/driver.py", 7, "g"},
                        {"/c/y/driver.py", 3, "f"},
                        {"/c/parse.py", 0, "f"},
                        {"/p/json/__init__.py", 1, "f"},
                        {"/p/yaml/__init__.py", 1, "f"},
                        {"/p/__init__.py", 1, "f"},
                        {"~", 0, "len"}}),
              (std::vector<Pair>{{"f", "a/x/driver:3"},
                                 {"f", "b/x/driver:3"},
                                 {"g", "b/x/driver:7"},
                                 {"f", "y/driver:3"},
                                 {"f", "parse"},
                                 {"f", "json/__init__:1"},
                                 {"f", "yaml/__init__:1"},
                                 {"f", "p/__init__:1"},
                                 {"len", ""}}));
    EXPECT_EQ(names_of({{"<frozen importlib._bootstrap>", 9, "f"}, {"<string>", 1, "f"}}),
              (std::vector<Pair>{{"f", "importlib._bootstrap:9"}, {"f", "<string>:1"}}));
    EXPECT_EQ(names_of({{"driver", 1, "f"}, {"driver.py", 1, "f"}}),
              (std::vector<Pair>{{"f", "driver:1"}, {"f", "driver.py:1"}}));
}

TEST(BoxNames, OfCodeAtTheLevelOfAModuleAreThoseOfTheModule)
{
    EXPECT_EQ(names_of({{"/p/json/__init__.py", 1, "<module>"},
                        {"/a/driver.py", 1, "<module>"},
                        {"/b/driver.py", 1, "<module>"},
                        {"", 0, "<module>"}}),
              (std::vector<Pair>{{"json/__init__ <module>", ""},
                                 {"a/driver <module>", ""},
                                 {"b/driver <module>", ""},
                                 {"<module>", ""}}));
}

/* The identifiers behind the last "::". */
const std::vector<std::pair<std::string, std::string>> &names_of_templates()
{
    static const std::string traits = "std::__cxx11::regex_traits<char>";
    static const std::string list = "std::vector<std::pair<std::string, int>, "
                                    "std::allocator<std::pair<std::string, int> > >";
    static const std::vector<std::pair<std::string, std::string>> names = {
        {"std::__detail::_Compiler<" + traits + " >::_M_alternative()", "_M_alternative"},
        {"std::__detail::_Compiler<" + traits + " >::_M_alternative()'2", "_M_alternative"},
        {"void std::__detail::_Compiler<" + traits +
             " >::_M_insert_bracket_matcher<false, false>(bool)",
         "_M_insert_bracket_matcher"},
        {"void std::__detail::_Compiler<" + traits +
             " >::_M_insert_bracket_matcher<true, false>(bool)",
         "_M_insert_bracket_matcher"},
        {"std::__detail::_BracketMatcher<" + traits +
             ", false, false>::_M_apply(char, std::integral_constant<bool, false>) "
             "const::{lambda()#1}::operator()() const",
         "operator()"},
        {list + "::end() const", "end"},
        {"std::vector<char, std::allocator<char> >::end() const", "end"},
        {"__gnu_cxx::__normal_iterator<" + list + "::value_type const*, " + list +
             " >::difference_type __gnu_cxx::operator-<" + list + "::value_type const*, " + list +
             " >(__gnu_cxx::__normal_iterator<char const*, " + list + " > const&)",
         "operator-"},
        {"int std::__invoke_impl<int, main::{lambda(std::variant<int, char> const&)#2}&, "
         "std::variant<int, char> const&>(std::__invoke_other, main::{lambda(std::variant<int, "
         "char> const&)#2}&, std::variant<int, char> const&)",
         "__invoke_impl"},
        {"int std::__invoke_impl<int, engine::visitor&, std::string const&>(std::__invoke_other, "
         "engine::visitor&, std::string const&)",
         "__invoke_impl"},
    };
    return names;
}

TEST(BoxNames, OfTemplatesKeepTheirIdentifiersAndDifferWithoutTheirPlaces)
{
    std::vector<Named> functions;
    for (const auto &[name, identifier] : names_of_templates())
        functions.push_back({"regex.h", 0, name});
    const std::vector<Pair> names = names_of(functions);
    std::set<std::string> different;
    for (size_t i = 0; i < names.size(); i++) {
        different.insert(names[i].first);
        /* In one line of the box, too. */
        EXPECT_NE(names[i].first.find(names_of_templates()[i].second), std::string::npos)
            << names[i].first;
    }
    EXPECT_EQ(different.size(), names.size());
}

TEST(BoxNames, AreBrokenWithinWordsOnlyIfTheseAreLongerThanALine)
{
    EXPECT_EQ(names_of({{"", 0, "package_of_things.the_function_called_main"}})[0].first,
              "package_of_things.\nthe_function_called_main");
    EXPECT_EQ(names_of({{"", 0, "find_and_load_unlocked_with_frames_removed"}})[0].first,
              "find_and_load_unlocked_\nwith_frames_removed");
    EXPECT_EQ(names_of({{"urllib3/connectionpools.py", 1, "<module>"}})[0].first,
              "connectionpools <module>");
    EXPECT_EQ(names_of({{"package_of_things/__init__.py", 1, "<module>"}})[0].first,
              "package_of_things/\n__init__ <module>");
    EXPECT_EQ(names_of({{"", 0, "__libc_start_main@@GLIBC_2.34"}})[0].first,
              "__libc_start_main@@\nGLIBC_2.34");
}

TEST(BoxNames, ThatAreNotAloneGetTheirObjects)
{
    hotprof::profile_ptr profile(hp_profile_new());
    for (const char *object : {"/lib/liba.so", "/lib/libb.so"}) {
        hp_function function{};
        hp_function_id id = 0;
        function.name = {"f", 1};
        function.file = function.recorded_file = {"x.c", 3};
        function.object = {object, strlen(object)};
        ASSERT_EQ(hp_profile_add_function(profile.get(), &function, &id, nullptr), HP_OK);
    }
    EXPECT_EQ(names_of(profile.get()),
              (std::vector<Pair>{{"f [liba.so]", "x.c"}, {"f [libb.so]", "x.c"}}));
}

/* A line number behind letters of Hebrew would be drawn in front of them. */
TEST(BoxNames, FromRightToLeftAreIsolatedFromTheirLines)
{
    EXPECT_EQ(names_of({{"/p/\u05e9\u05dc.py", 7, "f"}})[0].second, "\u2068\u05e9\u05dc\u2069:7");
    EXPECT_EQ(names_of({{"/p/\u00e9.py", 7, "f"}})[0].second, "\u00e9:7");
}

TEST(BoxNames, OfVeryLongFunctionsStayShort)
{
    for (const auto &[name, place] : names_of({{"", 0, std::string(5000, 'x') + "1"},
                                               {"", 0, "a::b<" + std::string(5000, 'x') + ">::c"}}))
        EXPECT_LT(in_one_line(name).size(), 75u);
}

} // namespace
