// SPDX-License-Identifier: MIT
/* No report shows a character that could steer a terminal or turn text around, wherever an input
 * has it. */
#include "report.h"
#include "support/facts.h"
#include "support/profile_builder.h"
#include "support/support.h"
#include "support/unsafe_characters.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace
{

using namespace test;

/* A function for each of them, in a file of its own; inputs, infos and calls that have them too. */
Builder hostile_program()
{
    Builder builder;
    const auto main =
        builder.function("main", "main.py", 1, 1, 1, {0}, {100 * unsafe_characters().size()});
    uint64_t line = 2;
    for (const std::string &character : unsafe_characters()) {
        const auto id = builder.function("f" + character + "g", "d" + character + "/m" + character,
                                         line++, 1, 1, {100}, {100});
        builder.call(main, id, 1, {100});
    }
    for (const std::string &character : unsafe_characters())
        if (character != std::string(1, '\0')) {
            builder.input("in" + character + "put");
            builder.info("k" + character + "ey", "val" + character + "ue");
        }
    builder.sort();
    return builder;
}

/* What a report is, or says. */
std::string written(const hp_report *report, hp_profile *profile, hp_report_options options)
{
    char *text = nullptr;
    size_t size = 0;
    hp_error error{};
    FILE *out = open_memstream(&text, &size);
    const hp_status status = hp_report_write(report, profile, &options, out, &error);
    fclose(out);
    const std::string result = status == HP_OK ? std::string(text, size) : error.message;
    free(text);
    return result;
}

/* Whether a text is there; formats have their own ways to write a backslash. */
bool shows(const std::string &text, const std::string &what)
{
    static const std::regex backslash("\\\\\\\\|&#92;");
    return std::regex_replace(text, backslash, "\\").find(what) != std::string::npos;
}

class UnsafeCharacters : public testing::TestWithParam<const char *>
{
};

TEST_P(UnsafeCharacters, AreInNoReport)
{
    const Builder program = hostile_program();
    std::string title = "ti";
    for (const std::string &character : unsafe_characters())
        title += character == std::string(1, '\0') ? "" : character;
    hp_report_options options{};
    options.title = title.c_str();
    options.node_threshold = options.edge_threshold = {true, 0};
    options.max_nodes = 1000;
    for (const bool compared : {false, true}) {
        options.base = compared ? program.get() : nullptr;
        const std::string text = written(hp_report_find(GetParam()), program.get(), options);
        EXPECT_GT(text.size(), 3000U) << text;
        EXPECT_EQ(unsafe_in(text, "\n\t\f"), "");
        EXPECT_TRUE(shows(text, "\\xc2\\x9b"));
        EXPECT_TRUE(shows(text, "\\xe2\\x80\\xae"));
    }
}

INSTANTIATE_TEST_SUITE_P(, UnsafeCharacters,
                         testing::Values("gprof", "flat", "callgraph", "annotate", "callgrind",
                                         "json", "dot"));

TEST(UnsafeCharactersOfStacks, AreInNoReport)
{
    Builder builder;
    uint32_t stack = HP_NO_STACK;
    for (const std::string &character : unsafe_characters()) {
        const auto id = builder.function("f" + character + "g", "m.py", 1, 1, 1, {1}, {1});
        const uint64_t self = 1;
        ASSERT_EQ(hp_profile_add_stack(builder.get(), {id, stack, 0}, &self, &stack, nullptr),
                  HP_OK);
    }
    builder.sort();
    const std::string text = written(hp_report_find("folded"), builder.get(), {});
    EXPECT_GT(text.size(), 3000U);
    EXPECT_EQ(unsafe_in(text), "");
}

TEST(UnsafeCharactersOfEvents, AreInNoTextAndNoMessage)
{
    const std::string name = "Ti\xc2\x9bme\u202e";
    Builder builder({{name.c_str(), HP_COUNT}});
    builder.function("f", "m.py", 1, 1, 1, {1}, {1});
    builder.sort();
    for (const char *format : {"gprof", "annotate", "json", "dot"}) {
        const std::string text = written(hp_report_find(format), builder.get(), {});
        EXPECT_EQ(unsafe_in(text, "\n\t\f"), "") << format;
        EXPECT_TRUE(shows(text, "\\xc2\\x9bme\\xe2\\x80\\xae")) << text;
    }
    hp_report_options options{};
    options.event = "\xc2\x9b";
    EXPECT_EQ(written(hp_report_find("flat"), builder.get(), options),
              "--event: expected Ti\\xc2\\x9bme\\xe2\\x80\\xae, found '\\xc2\\x9b'");
}

TEST(UnsafeCharactersOfSources, AreNotShown)
{
    const TemporaryDirectory directory;
    std::string source = "first\n";
    for (const std::string &character : unsafe_characters())
        if (character != "\n" && character != "\t")
            source += "def f" + character + "(): pass\n";
    const std::string path = directory.write("m.py", source);
    Builder builder;
    const auto id = builder.function("f", path, 1, 1, 1, {1}, {100});
    for (uint64_t line = 2; line < 100; line++)
        builder.cost(id, line, {1});
    builder.sort();
    const std::string text = report("annotate", builder.get());
    EXPECT_EQ(unsafe_in(text), "");
    EXPECT_NE(text.find("def f\\xe2\\x80\\xae(): pass"), std::string::npos) << text;
}

TEST(UnsafeCharactersOfPstats, AreInNoName)
{
    const Builder program = hostile_program();
    const std::string dump = written(hp_report_find("pstats"), program.get(), {});
    const Loaded loaded = load_bytes(dump);
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const size_t count = hp_profile_function_count(loaded.profile.get());
    ASSERT_GT(count, unsafe_characters().size());
    for (hp_function_id id = 0; id < count; id++) {
        const hp_function *function = hp_profile_function(loaded.profile.get(), id);
        EXPECT_EQ(unsafe_in({function->name.data, function->name.size}, ""), "");
        EXPECT_EQ(unsafe_in({function->file.data, function->file.size}, ""), "");
    }
}

TEST(UnsafeCharactersOfCallgrind, ComeBackExactly)
{
    const Builder program = hostile_program();
    const std::string first = report("callgrind", program.get());
    const Loaded loaded = load_bytes(first);
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    std::set<std::pair<std::string, std::string>> expected, found;
    for (const auto &[profile, set] :
         {std::pair(program.get(), &expected), std::pair(loaded.profile.get(), &found)})
        for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
            const hp_function *function = hp_profile_function(profile, id);
            set->emplace(std::string(function->name.data, function->name.size),
                         std::string(function->file.data, function->file.size));
        }
    EXPECT_EQ(expected.size(), unsafe_characters().size() + 1);
    EXPECT_EQ(found, expected);
    const std::string again = report("callgrind", loaded.profile.get());
    EXPECT_TRUE(again.substr(again.find("\n\n")) == first.substr(first.find("\n\n")));
}

/* KCachegrind knows a function by its name and the base names of its file and object. */
TEST(UnsafeCharactersOfCallgrind, DoNotMakeNamesEqual)
{
    Builder builder;
    for (const char *name : {"f\xc2\x9b", "f\\xc2\\x9b"})
        builder.function(name, "m.py", 1, 1, 1, {1}, {1});
    builder.sort();
    const std::string text = report("callgrind", builder.get());
    std::set<std::string> names;
    for (size_t at = 0; (at = text.find("\nfn=", at)) != std::string::npos; at++)
        names.insert(text.substr(at, text.find('\n', at + 1) - at));
    EXPECT_EQ(names.size(), 2U) << text;
    const Loaded loaded = load_bytes(text);
    ASSERT_EQ(hp_profile_function_count(loaded.profile.get()), 2U);
    EXPECT_FALSE(hp_string_equal(hp_profile_function(loaded.profile.get(), 0)->name,
                                 hp_profile_function(loaded.profile.get(), 1)->name));
}

} // namespace
