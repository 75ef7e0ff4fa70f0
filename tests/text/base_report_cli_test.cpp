// SPDX-License-Identifier: MIT
/* What reports tell of the difference from a base, and how --base is read. */
#include "report.h"
#include "support/command.h"
#include "support/log_writer.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace
{

using namespace test;
using nlohmann::json;

std::string base_report(const std::string &format, hp_profile *profile, const hp_profile *base,
                        hp_report_options options = {})
{
    char *text = nullptr;
    size_t size = 0;
    hp_error error{};
    FILE *out = open_memstream(&text, &size);
    options.base = base;
    options.brief = true;
    const hp_status status =
        hp_report_write(hp_report_find(format.c_str()), profile, &options, out, &error);
    fclose(out);
    std::string result(text, size);
    free(text);
    if (status != HP_OK)
        throw std::runtime_error(error.message);
    return result;
}

/* A program before and after it was changed: old is gone, fresh is new. */
struct Versions {
    Builder now, before;

    Versions()
    {
        const auto main = now.function("main", "m.py", 1, 1, 1, {1000000}, {10000000});
        const auto both = now.function("both", "m.py", 2, 3, 3, {6000000}, {6000000});
        const auto fresh = now.function("fresh", "m.py", 3, 1, 1, {3000000}, {3000000});
        now.call(main, both, 3, {6000000});
        now.call(main, fresh, 1, {3000000});
        now.input("now.prof");
        now.sort();
        const auto main_before = before.function("main", "m.py", 1, 1, 1, {1000000}, {8000000});
        const auto both_before = before.function("both", "m.py", 2, 1, 1, {6500000}, {6500000});
        const auto old = before.function("old", "m.py", 9, 1, 1, {500000}, {500000});
        before.call(main_before, both_before, 1, {6500000});
        before.call(main_before, old, 1, {500000});
        before.input("before.prof");
        before.sort();
    }
};

TEST(BaseReport, FlatTellsChangeBaseAndNowByHowMuchSelfChanged)
{
    const Versions versions;
    EXPECT_EQ(
        base_report("flat", versions.now.get(), versions.before.get()),
        "Flat profile, less that of the base:\n"
        "\n"
        "Times are measured: 0.0100 seconds in all, 0.0080 in the base: +0.0020 (+25.00 %).\n"
        "       %       self      self      self  inclusive inclusive inclusive   calls  calls "
        " calls\n"
        "  change     change      base       now     change      base       now  change   base "
        "   now  name\n"
        "  +37.50    +0.0030    0.0000    0.0030    +0.0030    0.0000    0.0030      +1      0 "
        "     1  fresh (m.py:3) <added>\n"
        "   -6.25    -0.0005    0.0065    0.0060    -0.0005    0.0065    0.0060      +2      1 "
        "     3  both (m.py:2)\n"
        "   -6.25    -0.0005    0.0005    0.0000    -0.0005    0.0005    0.0000      -1      1 "
        "     0  old (m.py:9) <removed>\n"
        "    0.00     0.0000    0.0010    0.0010    +0.0020    0.0080    0.0100       0      1 "
        "     1  main (m.py:1)\n");
}

TEST(BaseReport, FlatIsInTheOrderThatIsAskedFor)
{
    const Versions versions;
    hp_report_options options{};
    const std::pair<hp_sort, const char *> firsts[] = {{HP_SORT_SELF, "fresh"},
                                                       {HP_SORT_INCLUSIVE, "fresh"},
                                                       {HP_SORT_CALLS, "both"},
                                                       {HP_SORT_NAME, "both"}};
    for (const auto &[sort, first] : firsts) {
        options.sort = sort;
        const std::string line =
            lines_of(base_report("flat", versions.now.get(), versions.before.get(), options)).at(5);
        EXPECT_NE(line.find(std::string(" ") + first + " (m.py"), std::string::npos) << sort;
    }
}

TEST(BaseReport, CallgraphTellsChangeBaseAndNowOfFunctionsAndCalls)
{
    const Versions versions;
    const std::string text = base_report("callgraph", versions.now.get(), versions.before.get());
    EXPECT_NE(
        text.find(
            "-----------------------------------------------\n"
            "[2]      +25.00   +0.0020    0.0000    0.0080    0.0100        0        1        "
            "1 main (m.py:1) [2]\n"
            "                  +0.0030   +0.0030    0.0000    0.0030       +1        0        "
            "1     fresh (m.py:3) <added> [1]\n"
            "                  -0.0005   -0.0005    0.0065    0.0060       +2        1        "
            "3     both (m.py:2) [3]\n"
            "                  -0.0005   -0.0005    0.0005    0.0000       -1        1        "
            "0     old (m.py:9) <removed> [4]\n"
            "-----------------------------------------------\n"),
        std::string::npos)
        << text;
    EXPECT_NE(text.find("  [4] old (m.py:9)\n"), std::string::npos);
}

/* The line of a DOT graph that has such a text. */
std::string line_with(const std::string &dot, const std::string &text)
{
    for (const std::string &line : lines_of(dot))
        if (line.find(text) != std::string::npos)
            return line;
    return "";
}

TEST(BaseReport, DotTellsChangesAndColoursThemBySign)
{
    const Versions versions;
    const std::string dot = base_report("dot", versions.now.get(), versions.before.get());
    EXPECT_NE(line_with(dot, "\"main")
                  .find("label=\"main\\nm:1\\n+25.00% (0.00%)\\n"
                        "100.00% -> 100.00%, 1× -> 1×\""),
              std::string::npos)
        << dot;
    const std::string fresh = line_with(dot, "\"fresh");
    EXPECT_NE(fresh.find("fresh\\nm:3 <added>\\n+37.50% (+37.50%)\\n0.00% -> 30.00%, 0× -> 1×"),
              std::string::npos)
        << fresh;
    const std::string old = line_with(dot, "\"old");
    EXPECT_NE(old.find("old\\nm:9 <removed>\\n-6.25% (-6.25%)\\n6.25% -> 0.00%, 1× -> 0×"),
              std::string::npos)
        << old;

    /* Red outweighs blue where more is spent, blue where less is. */
    const auto fill = [](const std::string &line) {
        return line.substr(line.find("fillcolor=\"#") + 12, 6);
    };
    EXPECT_GT(fill(fresh).substr(0, 2), fill(fresh).substr(4, 2));
    EXPECT_LT(fill(old).substr(0, 2), fill(old).substr(4, 2));
    EXPECT_NE(dot.find("change, of the base's total"), std::string::npos);
}

TEST(BaseReport, CallgraphTellsWhatItDoesNotShow)
{
    const Versions versions;
    hp_report_options options{};
    options.node_threshold = {true, 7};
    const std::string text =
        base_report("callgraph", versions.now.get(), versions.before.get(), options);
    EXPECT_NE(
        text.find("2 of 4 functions and 1 of 3 pairs of caller and callee; the others are not "
                  "shown.\n"
                  "The functions that are not shown differ by -0.0010 seconds in all.\n"),
        std::string::npos)
        << text;
}

TEST(BaseReport, ColourIsThatOfTheSign)
{
    const Versions versions;
    hp_report_options options{};
    options.color = true;
    const auto lines =
        lines_of(base_report("flat", versions.now.get(), versions.before.get(), options));
    EXPECT_EQ(lines.at(5).rfind("\x1b[1;31m", 0), 0U);
    EXPECT_EQ(lines.at(6).rfind("\x1b[32m", 0), 0U);
    EXPECT_EQ(lines.at(8).rfind("    0.00", 0), 0U);
}

TEST(BaseReport, AnnotateTellsHowMuchLinesDiffer)
{
    const Versions versions;
    const std::string text = base_report("annotate", versions.now.get(), versions.before.get());
    EXPECT_NE(text.find("m.py: self +0.0020 (+25.00 %)\n"), std::string::npos) << text;
    EXPECT_NE(text.find("-- both: +2 calls, self -0.0005 (-6.25 %), inclusive -0.0005 (-6.25 %)\n"
                        "  -0.0005    -6.25        .         .       2\n"
                        "-- fresh <added>: +1 call, self +0.0030 (+37.50 %), inclusive +0.0030 "
                        "(+37.50 %)\n"
                        "  +0.0030   +37.50        .         .       3\n"
                        "-- old <removed>: -1 calls, self -0.0005 (-6.25 %), inclusive -0.0005 "
                        "(-6.25 %)\n"
                        "  -0.0005    -6.25        .         .       9\n"),
              std::string::npos)
        << text;
}

TEST(BaseReport, JsonHoldsDifferencesAndTheBase)
{
    const Versions versions;
    const json root = json::parse(base_report("json", versions.now.get(), versions.before.get()));
    EXPECT_EQ(root.at("inputs")[0].at("file"), "now.prof");
    EXPECT_EQ(root.at("base").at("inputs")[0].at("file"), "before.prof");
    EXPECT_EQ(root.at("total"), json({2000000}));
    EXPECT_EQ(root.at("base").at("total"), json({8000000}));
    EXPECT_EQ(root.at("functions")[1],
              json::parse(R"({"name": "both", "line": 2, "file": "m.py", "path": "m.py", "calls": 2,
                              "primitive": 2, "self": [-500000], "inclusive": [-500000],
                              "base": {"calls": 1, "primitive": 1, "self": [6500000],
                                       "inclusive": [6500000]}})"));
    EXPECT_EQ(root.at("calls")[2], json::parse(R"({"caller": 0, "line": 1, "callee": 3, "count": -1,
                              "inclusive": [-500000],
                              "base": {"count": 1, "inclusive": [500000]}})"));
    EXPECT_EQ(root.at("lines")[3], json::parse(R"({"function": 3, "line": 9, "self": [-500000],
                              "base": {"self": [500000]}})"));
}

/* Over the corpus, through the reports: nothing is lost between the profile and its difference. */
TEST(BaseReport, JsonAddsUpToTheProfileForAllSamples)
{
    Loaded before = load_file(data_path("hotshot/pystone-linetimes.prof"));
    for (const std::string &name : samples("hotshot", ".prof")) {
        Loaded now = load_file(data_path("hotshot/" + name + ".prof"));
        if (hp_profile_event_count(now.profile.get()) == 0 ||
            hp_profile_event(now.profile.get(), 0)->unit == HP_TICKS)
            continue;
        const json root = json::parse(base_report("json", now.profile.get(), before.profile.get()));
        const json alone = json::parse(report("json", now.profile.get()));
        const size_t events = root.at("events").size();
        std::vector<int64_t> self(events);
        for (const json &function : root.at("functions"))
            for (size_t e = 0; e < events; e++)
                self[e] += function.at("self")[e].get<int64_t>();
        size_t e = 0;
        for (size_t k = 0; k < events; k++) {
            EXPECT_EQ(self[k], root.at("total")[k].get<int64_t>()) << name;
            if (root.at("events")[k] != alone.at("events")[e])
                continue;
            EXPECT_EQ(root.at("total")[k].get<int64_t>() +
                          root.at("base").at("total")[k].get<int64_t>(),
                      alone.at("total")[e].get<int64_t>())
                << name;
            e += e + 1 < alone.at("events").size();
        }
    }
}

TEST(BaseReport, OfTheSameProfileIsAllZeroForAllSamples)
{
    for (const std::string &name : samples("hotshot", ".prof")) {
        const Loaded loaded = load_file(data_path("hotshot/" + name + ".prof"));
        json root = json::parse(base_report("json", loaded.profile.get(), loaded.profile.get()));
        for (const json &cost : root.at("total"))
            EXPECT_EQ(cost, 0);
        for (const char *list : {"functions", "lines", "calls"})
            for (json &row : root.at(list)) {
                for (const char *member : {"calls", "primitive", "count"})
                    EXPECT_EQ(row.value(member, 0), 0) << name << row;
                for (const char *member : {"self", "inclusive"})
                    for (const json &cost : row.value(member, json::array()))
                        EXPECT_EQ(cost, 0) << name << row;
            }
    }
}

TEST(BaseReport, CallgrindHasEachEventTwiceAndComesBack)
{
    const Versions versions;
    const Loaded loaded =
        load_bytes(base_report("callgrind", versions.now.get(), versions.before.get()));
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const hp_profile *profile = loaded.profile.get();
    ASSERT_EQ(hp_profile_event_count(profile), 2U);
    EXPECT_STREQ(hp_profile_event(profile, 0)->name, "Time");
    EXPECT_STREQ(hp_profile_event(profile, 1)->name, "Base_Time");
    EXPECT_EQ(hp_profile_event(profile, 1)->unit, HP_NANOSECONDS);
    EXPECT_EQ(hp_profile_total(profile)[0], 10000000U);
    EXPECT_EQ(hp_profile_total(profile)[1], 8000000U);
    ASSERT_EQ(hp_profile_function_count(profile), 4U);
    EXPECT_EQ(hp_profile_function_inclusive(profile, 0)[1], 8000000U);
    EXPECT_EQ(hp_profile_function(profile, 3)->calls, 0U);
    EXPECT_EQ(hp_profile_function_self(profile, 3)[1], 500000U);
}

TEST(BaseReport, CallgrindRefusesADifferenceOfDifferences)
{
    const Versions versions;
    const Loaded loaded =
        load_bytes(base_report("callgrind", versions.now.get(), versions.before.get()));
    try {
        base_report("callgrind", loaded.profile.get(), loaded.profile.get());
        FAIL();
    } catch (const std::runtime_error &error) {
        EXPECT_STREQ(error.what(),
                     "--base: expected events that are no difference yet, found Base_Time");
    }
}

TEST(BaseReport, FiltersWorkOnBothSidesAndNeedMatchInOneOnly)
{
    const Versions versions;
    hp_report_options options{};
    options.filters.focus = "old";
    const json root =
        json::parse(base_report("json", versions.now.get(), versions.before.get(), options));
    EXPECT_EQ(root.at("total"), json({-500000}));
    ASSERT_EQ(root.at("functions").size(), 2U);
    EXPECT_EQ(root.at("functions")[0].at("inclusive"), json({-500000}));
    const std::string text =
        base_report("flat", versions.now.get(), versions.before.get(), options);
    EXPECT_NE(text.find("The filters left out 0.0100 of 0.0100 seconds (100.00 %).\n"
                        "Of the base they left out 0.0075 of 0.0080 seconds (93.75 %).\n"),
              std::string::npos)
        << text;
}

/* --- The command --------------------------------------------------------------------------- */

const std::string pystone = data_path("hotshot/pystone-linetimes.prof");
const std::string fib = data_path("hotshot/fib-linetimes.prof");

TEST(BaseOption, ReadsOtherFormatsAndDirectoriesAndAddsBasesUp)
{
    const TemporaryDirectory directory;
    directory.write("a.prof", read_file(pystone));
    directory.write("b.prof", gzip(read_file(pystone)));
    const std::string both = hotreport({"--format=json", "--base=" + directory.path(), fib}).out;
    EXPECT_EQ(json::parse(both).at("base").at("total"), json({2 * 3474000, 2 * 35518}));
    const json twice =
        json::parse(hotreport({"--format=json", "--base=" + pystone, "--base", pystone, fib}).out);
    EXPECT_EQ(twice.at("base").at("total"), json({2 * 3474000, 2 * 35518}));
    const std::string dump = data_path("pstats/json-3.13.prof");
    const json other = json::parse(hotreport({"--format=json", "--base=" + dump, fib}).out);
    EXPECT_EQ(other.at("base").at("total")[0], hp_profile_total(load_file(dump).profile.get())[0]);
}

TEST(BaseOption, WhatCountsOtherThingsIsRefusedNamingBoth)
{
    const std::string other = data_path("callgrind/cachegrind.out");
    const Result result = hotreport({"--base=" + other, fib});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "hotreport: --base: " + other +
                              ": counts Ir, which do not go with the Time of " + fib + "\n");
}

TEST(BaseOption, WithoutAReadableBaseThereIsNoReport)
{
    const TemporaryDirectory directory;
    const std::string out = directory.file("out");
    const Result result = hotreport({"--base=" + directory.file("none"), "--output=" + out, fib});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err, "hotreport: " + directory.file("none") +
                              ": cannot be opened: No such file or directory\n");
    EXPECT_EQ(list_directory(directory.path()).size(), 0U);
}

TEST(BaseOption, ADamagedBaseIsToldAndMakesStatusThree)
{
    const Result result = hotreport(
        {"--format=flat", "--base=" + data_path("hotshot/json-linetimes-cut1.prof"), fib});
    EXPECT_EQ(result.status, 3);
    EXPECT_NE(result.err.find("json-linetimes-cut1.prof: offset"), std::string::npos) << result.err;
    EXPECT_NE(result.out.find("Flat profile, less that of the base"), std::string::npos);
}

TEST(BaseOption, PstatsCannotHoldADifference)
{
    const Result result = hotreport({"--format=pstats", "--base=" + pystone, fib});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.err, "hotreport: --base: a pstats dump cannot hold differences; json and "
                          "callgrind can\n");
    EXPECT_EQ(result.out, "");
}

TEST(EventOption, EveryReportRefusesAnEventThatThereIsNot)
{
    for (size_t i = 0; hp_report_at(i); i++) {
        const Result result = hotreport({"-q", "-f", hp_report_at(i)->name, "--event=Tme", fib});
        EXPECT_EQ(result.status, 2) << hp_report_at(i)->name;
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, "hotreport: --event: expected Time or Hits, found 'Tme'; did you "
                              "mean Time?\n");
    }
}

} // namespace
