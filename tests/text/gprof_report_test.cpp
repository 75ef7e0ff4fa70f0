// SPDX-License-Identifier: MIT
/* The reports flat, callgraph and gprof say what the profile holds, in gprof's layout. */
#include "support/comma_locale.h"
#include "support/command.h"
#include "support/gprof_check.h"
#include "support/gprof_parser.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace
{

using namespace test;

class GprofReport : public testing::TestWithParam<std::string>
{
};

TEST_P(GprofReport, SaysWhatTheProfileHolds)
{
    check_gprof(load_file(data_path("hotshot/" + GetParam() + ".prof")).profile.get());
}

TEST_P(GprofReport, IsItsTwoParts)
{
    const Loaded loaded = load_file(data_path("hotshot/" + GetParam() + ".prof"));
    EXPECT_EQ(report("gprof", loaded.profile.get()), report("flat", loaded.profile.get()) + "\f\n" +
                                                         report("callgraph", loaded.profile.get()));
}

TEST_P(GprofReport, ExplanationsAreAdditions)
{
    const Loaded loaded = load_file(data_path("hotshot/" + GetParam() + ".prof"));
    std::istringstream brief(brief_report(loaded.profile.get(), "gprof"));
    std::istringstream whole(report("gprof", loaded.profile.get()));
    std::string wanted, line;
    while (std::getline(brief, wanted)) {
        if (wanted == "\t\t\tCall graph")
            wanted = "\t\t     Call graph (explanation follows)";
        while (std::getline(whole, line) && line != wanted)
            ;
        ASSERT_EQ(line, wanted);
    }
}

INSTANTIATE_TEST_SUITE_P(Samples, GprofReport, testing::ValuesIn(samples("hotshot", ".prof")),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* --- The layout --------------------------------------------------------------------------- */

/* main calls work and itself; work and rest call each other. */
Builder small_profile()
{
    Builder builder;
    const auto interpreter = builder.function(HP_INTERPRETER, "", 0, 0, 0, {0}, {100000000});
    const auto main = builder.function("main", "m.py", 1, 2, 1, {20000000}, {100000000});
    const auto work = builder.function("work", "m.py", 5, 30, 10, {50000000}, {80000000});
    const auto rest = builder.function("rest", "lib/n.py", 7, 20, 10, {30000000}, {40000000});
    builder.call(interpreter, main, 1, {100000000});
    builder.call(main, main, 1, {0});
    builder.call(main, work, 10, {80000000});
    builder.call(work, rest, 20, {40000000});
    builder.call(rest, work, 20, {0});
    return builder;
}

TEST(GprofLayout, IsThis)
{
    const std::string graph = R"(			Call graph


Times are measured: 0.10 seconds in all.

index % time    self  children    called     name
                                                 <spontaneous>
[1]    100.0    0.00    0.10                 <interpreter> [1]
                0.02    0.08       1/1           main (m.py:1) [2]
-----------------------------------------------
                                   1             main (m.py:1) [2]
                0.02    0.08       1/1           <interpreter> [1]
[2]    100.0    0.02    0.08       1+1       main (m.py:1) [2]
                0.05    0.03      10/10          work (m.py:5) <cycle 1> [4]
                                   1             main (m.py:1) [2]
-----------------------------------------------
[3]     80.0    0.08    0.00      10+40      <cycle 1 as a whole> [3]
                0.05    0.03      30             work (m.py:5) <cycle 1> [4]
                0.03    0.01      20             rest (n.py:7) <cycle 1> [5]
-----------------------------------------------
                0.00    0.00      20             rest (n.py:7) <cycle 1> [5]
                0.05    0.03      10/10          main (m.py:1) [2]
[4]     80.0    0.05    0.03      30         work (m.py:5) <cycle 1> [4]
                0.03    0.01      20             rest (n.py:7) <cycle 1> [5]
-----------------------------------------------
                0.03    0.01      20             work (m.py:5) <cycle 1> [4]
[5]     40.0    0.03    0.01      20         rest (n.py:7) <cycle 1> [5]
                0.00    0.00      20             work (m.py:5) <cycle 1> [4]
-----------------------------------------------
)"
                              "\f\n"
                              R"(Index by function name

   [1] <interpreter>           [5] rest (n.py:7)           [3] <cycle 1>
   [2] main (m.py:1)           [4] work (m.py:5)
)";
    const std::string flat = R"(Flat profile:

Times are measured: 0.10 seconds in all.
  %   cumulative   self              self     total
 time   seconds   seconds    calls  ms/call  ms/call  name
 50.00      0.05     0.05       30     1.67     8.00  work (m.py:5)
 30.00      0.08     0.03       20     1.50     4.00  rest (n.py:7)
 20.00      0.10     0.02        2    10.00   100.00  main (m.py:1)
  0.00      0.10     0.00                             <interpreter>
)";
    const Builder builder = small_profile();
    EXPECT_EQ(brief_report(builder.get(), "flat"), flat);
    EXPECT_EQ(brief_report(builder.get(), "callgraph"), graph);
}

std::string rows_of(const std::string &text)
{
    std::string names;
    const GprofText parsed = parse_gprof(text);

    for (const GprofRow &row : parsed.flat->rows)
        names += row.name.substr(0, row.name.find(' ')) + ' ';
    return names;
}

TEST(GprofOptions, SortTheFlatProfile)
{
    const Builder builder = small_profile();
    hp_report_options options{};
    EXPECT_EQ(rows_of(brief_report(builder.get(), "flat", options)),
              "work rest main <interpreter> ");
    options.sort = HP_SORT_INCLUSIVE;
    EXPECT_EQ(rows_of(brief_report(builder.get(), "flat", options)),
              "main <interpreter> work rest ");
    options.sort = HP_SORT_CALLS;
    EXPECT_EQ(rows_of(brief_report(builder.get(), "flat", options)),
              "work rest main <interpreter> ");
    options.sort = HP_SORT_NAME;
    EXPECT_EQ(rows_of(brief_report(builder.get(), "flat", options)),
              "<interpreter> main rest work ");
}

TEST(GprofOptions, LimitTellsWhatIsLeftOut)
{
    const Builder builder = small_profile();
    hp_report_options options{};
    options.limit = 2;
    const std::string text = brief_report(builder.get(), "flat", options);
    EXPECT_EQ(rows_of(text), "work rest ");
    EXPECT_NE(text.find("\n2 of 4 functions; the others are not shown.\n"), std::string::npos);
    options.limit = 4;
    EXPECT_EQ(brief_report(builder.get(), "flat", options), brief_report(builder.get(), "flat"));
}

TEST(GprofOptions, LimitIsOneOfTheCallGraphToo)
{
    const Builder builder = small_profile();
    hp_report_options options{};
    const std::string all = brief_report(builder.get(), "callgraph", options);
    options.limit = 2;
    const std::string text = brief_report(builder.get(), "callgraph", options);
    EXPECT_NE(text.find("\n2 of 5 entries; the others are not shown.\n"), std::string::npos)
        << text;
    const GprofText some = parse_gprof(text), whole = parse_gprof(all);
    ASSERT_EQ(some.entries.size(), 2u);
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQ(some.entries[i].name, whole.entries[i].name);
        EXPECT_EQ(some.entries[i].parents.size(), whole.entries[i].parents.size());
        EXPECT_EQ(some.entries[i].children.size(), whole.entries[i].children.size());
    }
    const std::string index = text.substr(text.find("Index by function name"));
    EXPECT_NE(index.find("[2]"), std::string::npos) << index;
    EXPECT_EQ(index.find("[3]"), std::string::npos) << index;
    options.limit = 5;
    EXPECT_EQ(brief_report(builder.get(), "callgraph", options), all);
    options.base = builder.get();
    options.limit = 1;
    const std::string difference = brief_report(builder.get(), "callgraph", options);
    EXPECT_NE(difference.find("\n1 of 5 entries; the others are not shown.\n"), std::string::npos);
    EXPECT_NE(difference.find("\n[1] "), std::string::npos);
    EXPECT_EQ(difference.find("\n[2] "), std::string::npos);
}

TEST(GprofOptions, EventsAreFoundInCapitalsOrNot)
{
    const Loaded loaded = load_file(data_path("hotshot/fib-lines.prof"));
    hp_report_options options{};
    options.event = "hits";
    const std::string text = brief_report(loaded.profile.get(), "gprof", options);
    EXPECT_NE(text.find("Costs are counts of Hits: "), std::string::npos);
    options.event = "HITS";
    EXPECT_EQ(brief_report(loaded.profile.get(), "gprof", options), text);
}

TEST(GprofOptions, AnUnknownEventIsAWrongCommandLine)
{
    const Result result = hotreport({"--event=Ir\n", data_path("hotshot/fib-lines.prof")});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "hotreport: --event: expected Time or Hits, found 'Ir\\x0a'\n");
    EXPECT_EQ(hotreport({"--sort=size", data_path("hotshot/fib-lines.prof")}).status, 2);
    EXPECT_EQ(hotreport({"-n", "-1", data_path("hotshot/fib-lines.prof")}).status, 2);
}

/* --- Terminals ---------------------------------------------------------------------------- */

size_t characters(const std::string &line)
{
    return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (c & 0xc0) != 0x80;
    }));
}

TEST(GprofTerminal, NamesAreShortenedInTheMiddle)
{
    for (const char *sample : {"lib2to3-linetimes", "filenames-lines", "manyfiles-calls"}) {
        const Loaded loaded = load_file(data_path(std::string("hotshot/") + sample + ".prof"));
        const std::vector<std::string> whole = lines_of(brief_report(loaded.profile.get(), "flat"));
        for (size_t width : {100, 90, 20}) {
            hp_report_options options{};
            options.width = width;
            const std::vector<std::string> lines =
                lines_of(brief_report(loaded.profile.get(), "flat", options));
            ASSERT_EQ(lines.size(), whole.size());
            for (size_t i = 0; i < lines.size(); i++) {
                EXPECT_LE(characters(lines[i]), std::max<size_t>(width, 80));
                EXPECT_EQ(lines[i].substr(0, 55), whole[i].substr(0, 55));
                EXPECT_EQ(lines[i].substr(lines[i].size() - std::min<size_t>(lines[i].size(), 5)),
                          whole[i].substr(whole[i].size() - std::min<size_t>(whole[i].size(), 5)));
            }
            for (const std::string &line :
                 lines_of(brief_report(loaded.profile.get(), "callgraph", options)))
                EXPECT_LE(characters(line), std::max<size_t>(width, 95));
        }
    }
}

TEST(GprofTerminal, WideCharactersTakeTwoColumnsAndAccentsNone)
{
    const std::string wide = "\xe4\xb8\xad", accent = "\xcc\x81";
    const auto columns = [&](const std::string &line) {
        size_t sum = characters(line);
        for (size_t at = 0; (at = line.find(wide, at)) != std::string::npos; at++)
            sum++;
        for (size_t at = 0; (at = line.find(accent, at)) != std::string::npos; at++)
            sum--;
        return sum;
    };
    std::string chinese, accented;
    for (int i = 0; i < 40; i++) {
        chinese += wide;
        accented += "e" + accent;
    }
    Builder builder;
    builder.function(chinese, "", 0, 1, 1, {4}, {4});
    builder.function("a" + chinese, "", 0, 1, 1, {3}, {3});
    builder.function(accented, "", 0, 1, 1, {2}, {2});
    builder.function("short", "", 0, 1, 1, {1}, {1});
    for (size_t width = 90; width < 140; width++) {
        hp_report_options options{};
        options.width = width;
        for (const std::string &line : lines_of(brief_report(builder.get(), "flat", options))) {
            EXPECT_LE(columns(line), width);
            if (line.find("...") != std::string::npos) {
                EXPECT_GE(columns(line) + 2, width) << line;
                EXPECT_EQ(std::count(line.begin(), line.end(), '\xe4'),
                          std::count(line.begin(), line.end(), '\xad'));
                EXPECT_EQ(line.find("..." + accent), std::string::npos);
                EXPECT_EQ(line.find("e..."), std::string::npos);
            }
        }
    }
}

TEST(GprofTerminal, ColoursAreOnlyAdded)
{
    const Loaded loaded = load_file(data_path("hotshot/json-calls.prof"));
    hp_report_options options{};
    options.color = true;
    std::string text = brief_report(loaded.profile.get(), "gprof", options);
    EXPECT_NE(text.find("\x1b[1;31m"), std::string::npos);
    for (size_t start; (start = text.find('\x1b')) != std::string::npos;)
        text.erase(start, text.find('m', start) + 1 - start);
    EXPECT_EQ(text, brief_report(loaded.profile.get(), "gprof"));
}

TEST(GprofTerminal, ColoursAreForTerminalsUnlessAskedFor)
{
    const std::string path = data_path("hotshot/json-calls.prof");
    EXPECT_EQ(hotreport({path}).out.find('\x1b'), std::string::npos);
    EXPECT_NE(hotreport({"--color=always", path}).out.find('\x1b'), std::string::npos);
    EXPECT_EQ(hotreport({"--color=never", path}).out.find('\x1b'), std::string::npos);
    EXPECT_EQ(hotreport({"--color=blue", path}).status, 2);
}

/* --- Profiles that are hard to show ------------------------------------------------------- */

TEST(GprofExtremes, NothingButAHeader)
{
    const std::vector<hp_event> no_events;
    Builder none(no_events);
    check_gprof(none.get());
    EXPECT_NE(brief_report(none.get(), "gprof").find("No costs were recorded, only calls.\n"),
              std::string::npos);
}

TEST(GprofExtremes, CallsWithoutCosts)
{
    const std::vector<hp_event> no_events;
    Builder builder(no_events);
    const auto main = builder.function("main", "m.py", 1, 0, 0, {}, {});
    const auto work = builder.function("work", "m.py", 2, 3, 3, {}, {});
    builder.call(main, work, 3, {});
    check_gprof(builder.get());
}

TEST(GprofExtremes, NamesThatHurt)
{
    const std::vector<std::string> names{"two\nlines",
                                         "tab\there",
                                         "\f",
                                         "",
                                         " ",
                                         " leading",
                                         "trailing ",
                                         "[1] name [2]",
                                         "name <cycle 7>",
                                         "<cycle 1 as a whole>",
                                         "<spontaneous>",
                                         "-----",
                                         "0.10 0.20 3/4 name",
                                         "caf\xc3\xa9",
                                         "\xff\xfe",
                                         std::string("a\0b", 3),
                                         "(1)",
                                         "%s%n",
                                         "\x1b[31mred",
                                         std::string(100000, 'x')};
    for (bool with_file : {false, true}) {
        Builder builder;
        hp_function_id previous =
            builder.function("main", "", 0, 0, 0, {1000}, {1000 * (names.size() + 1)});
        for (size_t i = 0; i < names.size(); i++) {
            const uint64_t rest = 1000 * (names.size() - i);
            const hp_function_id id = builder.function(names[i], with_file ? names[i] + ".py" : "",
                                                       with_file ? i + 1 : 0, 1, 1, {1000}, {rest});
            builder.call(previous, id, 1, {rest});
            previous = id;
        }
        const std::string text = brief_report(builder.get(), "gprof");
        EXPECT_EQ(text.find_first_of(std::string("\0\x1b\x7f", 3)), std::string::npos);
        EXPECT_EQ(std::count(text.begin(), text.end(), '\f'), 2);
        if (with_file)
            check_gprof(builder.get());
    }
}

TEST(GprofExtremes, LargeNumbersDoNotRunTogether)
{
    const uint64_t large = UINT64_MAX / 4;
    for (const hp_event &event :
         std::vector<hp_event>{{"Time", HP_NANOSECONDS}, {"Ir", HP_COUNT}}) {
        Builder builder({event});
        const auto main = builder.function("main", "m.py", 1, 0, 0, {large}, {4 * large});
        const auto work = builder.function("work", "m.py", 2, large, large, {large}, {3 * large});
        const auto leaf =
            builder.function("leaf", "m.py", 3, large, large, {2 * large}, {2 * large});
        builder.call(main, work, large, {3 * large});
        builder.call(work, leaf, large, {2 * large});
        check_gprof(builder.get());
    }
}

TEST(GprofExtremes, ShortTimesHaveDecimals)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 0, 0, {1234}, {5678});
    const auto work = builder.function("work", "m.py", 2, 3, 3, {4444}, {4444});
    builder.call(main, work, 3, {4444});
    check_gprof(builder.get());
    EXPECT_NE(brief_report(builder.get(), "flat").find("0.000004444"), std::string::npos);
    EXPECT_NE(brief_report(builder.get(), "flat").find("us/call"), std::string::npos);
}

TEST(GprofExtremes, ManyFunctionsWidenTheIndex)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 0, 0, {0}, {12000000});
    for (uint64_t i = 0; i < 12000; i++)
        builder.call(main, builder.function("f", "m.py", i + 2, 1, 1, {1000}, {1000}), 1, {1000});
    const GprofText text = parse_gprof(brief_report(builder.get(), "callgraph"));
    EXPECT_EQ(text.entries.size(), 12001u);
    EXPECT_EQ(text.index.size(), 12001u);
}

/* A ring of functions, each of which calls the next. */
TEST(GprofCycles, OfAThousandFunctions)
{
    const uint64_t count = 1000;
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 0, 0, {0}, {1000 * count});
    std::vector<hp_function_id> ring;
    for (uint64_t i = 0; i < count; i++)
        ring.push_back(
            builder.function("f", "m.py", i + 2, 1 + (i == 0), 1, {1000}, {1000 * (count - i)}));
    builder.call(main, ring[0], 1, {1000 * count});
    for (uint64_t i = 0; i < count; i++)
        builder.call(ring[i], ring[(i + 1) % count], 1,
                     {i + 1 < count ? 1000 * (count - i - 1) : 0});
    check_gprof(builder.get());
}

/* Two rings that share no function are two cycles, though one calls the other. */
TEST(GprofCycles, AreToldApart)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 0, 0, {0}, {40});
    std::vector<hp_function_id> f;
    for (uint64_t i = 0; i < 4; i++)
        f.push_back(builder.function("f", "m.py", i + 2, 2, 1, {10}, {40 - 10 * i}));
    builder.call(main, f[0], 1, {40});
    for (size_t i = 0; i < 3; i++)
        builder.call(f[i], f[i + 1], 1, {30 - 10 * i});
    builder.call(f[1], f[0], 1, {0});
    builder.call(f[3], f[2], 1, {0});
    builder.call(f[0], f[2], 1, {0});
    check_gprof(builder.get());
    const GprofText text = parse_gprof(brief_report(builder.get(), "callgraph"));
    EXPECT_EQ(std::count_if(text.entries.begin(), text.entries.end(),
                            [](const GprofEntry &entry) {
                                return entry.name.empty();
                            }),
              2);
}

/* No stack of the machine may be needed for a stack of calls. */
TEST(GprofCycles, AreSoughtInChainsOfAnyDepth)
{
    const uint64_t count = 100000;
    Builder builder;
    hp_function_id previous = builder.function("main", "m.py", 1, 0, 0, {0}, {count});
    for (uint64_t i = 0; i < count; i++) {
        const auto id = builder.function("f", "m.py", i + 2, 1, 1, {1}, {count - i});
        builder.call(previous, id, 1, {count - i});
        previous = id;
    }
    EXPECT_EQ(parse_gprof(brief_report(builder.get(), "callgraph")).entries.size(), count + 1);
}

TEST(GprofReportText, DoesNotDependOnTheLocale)
{
    const Loaded loaded = load_file(data_path("hotshot/fib-linetimes.prof"));
    const std::string text = brief_report(loaded.profile.get(), "gprof");
    const CommaLocale locale;
    if (!locale.is_set())
        GTEST_SKIP() << "no localedef makes a locale with a decimal comma";
    EXPECT_EQ(brief_report(loaded.profile.get(), "gprof"), text);
}

} // namespace
