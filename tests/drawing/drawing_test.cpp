// SPDX-License-Identifier: MIT
/* What is drawn of a call graph, on which sheet, and where. */
#include "chart/hot_path.h"
#include "drawing/gazetteer.h"
#include "drawing/heading.h"
#include "drawing/sheets.h"
#include "support/program.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <dlfcn.h>
#include <memory>
#include <set>

namespace
{

size_t failing_stream = 0; /* the number of the next memory stream that fails; 0: none does */

} // namespace

/* Stands before that of the C library. */
extern "C" FILE *open_memstream(char **text, size_t *size) noexcept
{
    static const auto next =
        reinterpret_cast<FILE *(*)(char **, size_t *)>(dlsym(RTLD_NEXT, "open_memstream"));

    if (failing_stream == 0 || --failing_stream > 0)
        return next(text, size);
    errno = ENOMEM;
    return nullptr;
}

namespace
{

using namespace test;

/* --- What is drawn ------------------------------------------------------------------------- */

struct Chart {
    hp_chart chart{};

    hp_report_options options;

    Chart(hp_profile *profile, size_t max_nodes, const hp_report_options &wanted = {})
        : options(wanted)
    {
        hp_error error{};
        if (hp_chart_build(&chart, profile, &options, max_nodes, hp_chart_threshold, &error) !=
            HP_OK)
            throw std::runtime_error(error.message);
    }
    ~Chart()
    {
        hp_chart_free(&chart);
    }
    Chart(const Chart &) = delete;
    Chart &operator=(const Chart &) = delete;

    std::vector<const hp_chart_arc *> arcs_to(uint32_t callee) const
    {
        std::vector<const hp_chart_arc *> arcs;
        for (uint32_t i = 0; i < chart.arc_count; i++)
            if (chart.arcs[i].callee == callee)
                arcs.push_back(&chart.arcs[i]);
        return arcs;
    }
};

hp_report_options everything()
{
    hp_report_options options{};
    options.node_threshold = options.edge_threshold = {true, 0};
    return options;
}

TEST(Chart, ShowsTheHeaviestFunctions)
{
    const Builder program = tree(300, 3, 200);
    const Chart chart(program.get(), 40, everything());
    ASSERT_EQ(chart.chart.node_count, 40U);
    const hp_callgraph &graph = chart.chart.graph;
    uint64_t lightest = UINT64_MAX;
    std::set<uint32_t> drawn;
    for (uint32_t i = 0; i < 40; i++) {
        drawn.insert(chart.chart.nodes[i].node);
        lightest = std::min(lightest, graph.nodes[chart.chart.nodes[i].node].inclusive);
    }
    for (uint32_t i = 0; i < graph.node_count; i++)
        if (drawn.count(i) == 0) {
            EXPECT_LE(graph.nodes[i].inclusive, lightest);
        }
}

TEST(Chart, ShowsEachFunctionsHeaviestCallerAndOneAndAHalfCallsForEach)
{
    const Builder program = tree(300, 3, 2000);
    const Chart chart(program.get(), 100, everything());
    EXPECT_LE(chart.chart.arc_count, 150U);
    EXPECT_GT(chart.chart.arc_count, 130U);
    for (uint32_t i = 1; i < chart.chart.node_count; i++) {
        const auto arcs = chart.arcs_to(i);
        ASSERT_FALSE(arcs.empty()) << i;
        const auto heaviest = *std::max_element(arcs.begin(), arcs.end(), [](auto *a, auto *b) {
            return a->share < b->share;
        });
        EXPECT_TRUE(heaviest->heaviest);
    }
}

TEST(Chart, ShowsFewerFunctionsAsIfItWereBuiltWithThem)
{
    const Builder program = tree(300, 3, 2000);
    hp_error error{};
    Chart large(program.get(), 200, everything());
    for (const uint32_t count : {20U, 150U, 1000U}) {
        ASSERT_EQ(hp_chart_show(&large.chart, count, &error), HP_OK);
        const Chart small(program.get(), std::min(count, 200U), everything());
        ASSERT_EQ(large.chart.node_count, small.chart.node_count);
        ASSERT_EQ(large.chart.arc_count, small.chart.arc_count);
        EXPECT_STREQ(large.chart.subtitle, small.chart.subtitle);
        for (uint32_t i = 0; i < small.chart.arc_count; i++) {
            EXPECT_EQ(large.chart.arcs[i].caller, small.chart.arcs[i].caller);
            EXPECT_EQ(large.chart.arcs[i].callee, small.chart.arcs[i].callee);
            EXPECT_EQ(large.chart.arcs[i].heaviest, small.chart.arcs[i].heaviest);
        }
    }
}

TEST(Chart, CountsTheCallsToWhatIsNotDrawn)
{
    const Builder program = star(101);
    const Chart chart(program.get(), 41, everything());
    EXPECT_EQ(chart.chart.nodes[0].others, 60U);
    double drawn = 0;
    for (uint32_t i = 1; i < 41; i++)
        drawn += chart.chart.nodes[i].share;
    EXPECT_NEAR(
        chart.chart.nodes[0].others_share + drawn,
        1 - 0.01 * hp_callgraph_percent(&chart.chart.graph, chart.chart.graph.nodes[0].self), 1e-9);
}

TEST(Chart, LeavesOutWhatIsBelowTheThresholds)
{
    const Builder program = tree(300, 3, 200);
    hp_report_options options = everything();
    options.node_threshold.percent = 2;
    options.edge_threshold.percent = 3;
    const Chart chart(program.get(), 1000, options);
    EXPECT_GT(chart.chart.node_count, 5U);
    EXPECT_LT(chart.chart.node_count, 100U);
    for (uint32_t i = 0; i < chart.chart.node_count; i++)
        EXPECT_GE(chart.chart.nodes[i].share, 0.02);
    for (uint32_t i = 0; i < chart.chart.arc_count; i++)
        EXPECT_TRUE(chart.chart.arcs[i].heaviest || chart.chart.arcs[i].share >= 0.03);
}

TEST(Chart, ShowsTenFunctionsHoweverLightUnlessAThresholdIsGiven)
{
    const Builder program = star(5000);
    EXPECT_EQ(Chart(program.get(), 100).chart.node_count, 10U);
    hp_report_options options{};
    options.node_threshold = {true, 0.5};
    EXPECT_EQ(Chart(program.get(), 100, options).chart.node_count, 1U);
}

/* A profile and its base, each with the functions of both. */
struct Aligned {
    hotprof::profile_ptr now, base;

    Aligned(const Builder &one, const Builder &other)
    {
        hp_profile *aligned = nullptr, *other_aligned = nullptr;
        hp_error error{};
        if (hp_profile_align(one.get(), other.get(), &aligned, &other_aligned, &error) != HP_OK)
            throw std::runtime_error(error.message);
        now.reset(aligned);
        base.reset(other_aligned);
    }
};

std::set<std::string> drawn_names(const hp_chart &chart)
{
    std::set<std::string> names;
    for (uint32_t i = 0; i < chart.node_count; i++)
        names.insert(chart.nodes[i].name);
    return names;
}

/* Twelve functions are slower by 1 % each, twelve as before, one of 2 % is gone. */
Aligned changed_program()
{
    Builder now, before;
    const auto add = [](Builder &builder, const std::string &name, uint64_t cost,
                        hp_function_id main) {
        builder.call(main, builder.function(name, "m.py", 5, 1, 1, {cost}, {cost}), 1, {cost});
    };
    const auto main_now = now.function("main", "m.py", 1, 1, 1, {0}, {11000});
    const auto main_before = before.function("main", "m.py", 1, 1, 1, {0}, {10000});
    for (int i = 0; i < 12; i++) {
        add(now, "slower" + std::to_string(i), 500, main_now);
        add(before, "slower" + std::to_string(i), 400, main_before);
        add(now, "same" + std::to_string(i), 400, main_now);
        add(before, "same" + std::to_string(i), 400, main_before);
    }
    add(before, "gone", 200, main_before);
    now.cost(main_now, 1, {200});
    before.cost(main_before, 1, {200});
    now.sort();
    before.sort();
    return Aligned(now, before);
}

TEST(Chart, WithABaseShowsWhatChangedAndWhatWasRemoved)
{
    const Aligned program = changed_program();
    hp_report_options options{};
    options.base = program.base.get();
    options.node_threshold = {true, 0.5};
    const Chart chart(program.now.get(), 1000, options);
    std::set<std::string> expected = {"main", "gone"};
    for (int i = 0; i < 12; i++)
        expected.insert("slower" + std::to_string(i));
    EXPECT_EQ(drawn_names(chart.chart), expected);
    EXPECT_EQ(chart.chart.arc_count, 13U);
    options.node_threshold = {true, 1.5};
    EXPECT_EQ(drawn_names(Chart(program.now.get(), 1000, options).chart),
              (std::set<std::string>{"main", "gone"}));
}

TEST(Chart, WithABaseShowsWhatWasRemovedAlsoBeyondTheTenFunctionsThatAreAlwaysDrawn)
{
    const Aligned program = changed_program();
    hp_report_options options{};
    options.base = program.base.get();
    const Chart chart(program.now.get(), 1000, options);
    EXPECT_EQ(drawn_names(chart.chart).count("gone"), 1U);
    EXPECT_EQ(chart.chart.node_count, 14U);
}

/* What changed hangs in the air without the functions that led to it, which did not change. */
TEST(Chart, WithABaseShowsTheCallersOfWhatChangedUpToTheRoot)
{
    Builder now, base;
    for (const bool is_base : {false, true}) {
        Builder &builder = is_base ? base : now;
        const uint64_t changed = is_base ? 100 : 5;
        std::vector<hp_function_id> chain;
        /* What the other function costs makes up for what the changed one saves. */
        for (const char *name : {"main", "run", "load", "parse"}) {
            chain.push_back(builder.function(name, "m.py", chain.size() + 1, 1, 1, {10}, {1000}));
            if (chain.size() > 1)
                builder.call(chain[chain.size() - 2], chain.back(), 1, {1000});
        }
        const auto less = builder.function("less", "m.py", 8, 1, 1, {changed}, {changed});
        const auto more =
            builder.function("more", "m.py", 9, 1, 1, {105 - changed}, {105 - changed});
        builder.call(chain.back(), less, 1, {changed});
        builder.call(chain.back(), more, 1, {105 - changed});
        builder.input(is_base ? "/p/old.prof" : "/p/new.prof");
        builder.sort();
    }
    const Aligned program(now, base);
    hp_report_options options{};
    options.base = program.base.get();
    options.node_threshold = {true, 1};
    const Chart chart(program.now.get(), 1000, options);
    EXPECT_EQ(drawn_names(chart.chart),
              (std::set<std::string>{"main", "run", "load", "parse", "less", "more"}));
    ASSERT_EQ(chart.chart.arc_count, 5U);
    for (uint32_t i = 0; i < chart.chart.arc_count; i++)
        EXPECT_EQ(hp_look_is_heavy(&chart.chart.palette, chart.chart.arcs[i].share),
                  chart.chart.nodes[chart.chart.arcs[i].callee].share != 0);
    EXPECT_STREQ(chart.chart.title, "new.prof, compared with old.prof");
    options.title = "Parser";
    EXPECT_STREQ(Chart(program.now.get(), 1000, options).chart.title,
                 "Parser, compared with old.prof");
}

TEST(Chart, WithABaseTellsByHowMuchWhatIsLeftOutDiffers)
{
    const Aligned program = changed_program();
    hp_report_options options{};
    options.base = program.base.get();
    options.node_threshold = {true, 1.5};
    const std::string subtitle = Chart(program.now.get(), 1000, options).chart.subtitle;
    EXPECT_NE(subtitle.find("2 of 26 functions, 1 of 25 calls; left out: +12.00% self"),
              std::string::npos)
        << subtitle;
}

TEST(Chart, TellsOfEachFunctionAndCall)
{
    Builder builder;
    const auto main = builder.function("main", "/p/pack/__init__.py", 3, 1, 1, {2500}, {10000});
    const auto work = builder.function("work", "/p/work.py", 12, 5, 3, {7500}, {7500});
    builder.call(main, work, 3, {7500});
    builder.call(work, work, 2, {0}, 13);
    builder.sort();
    const Chart chart(builder.get(), 10);
    ASSERT_EQ(chart.chart.node_count, 2U);
    EXPECT_STREQ(chart.chart.nodes[0].name, "main");
    EXPECT_STREQ(chart.chart.nodes[0].place, "pack/__init__:3");
    EXPECT_STREQ(chart.chart.nodes[0].numbers, "100.00% (25.00%) 1×");
    EXPECT_STREQ(chart.chart.nodes[1].place, "work:12");
    EXPECT_STREQ(chart.chart.nodes[1].numbers, "75.00% (75.00%) 3+2×");
    ASSERT_EQ(chart.chart.arc_count, 1U);
    EXPECT_EQ(chart.chart.arcs[0].label, nullptr); /* the box of work says the same */
    EXPECT_EQ(std::string(chart.chart.subtitle),
              "Times are measured: 0.0000100 seconds in all. 2 of 2 functions, 1 of 2 calls");
}

TEST(Chart, TellsWhatWasLeftOut)
{
    const Builder program = tree(300, 3);
    const std::string subtitle = Chart(program.get(), 25).chart.subtitle;
    EXPECT_NE(subtitle.find("25 of 300 functions, 24 of 299 calls; left out: "), std::string::npos)
        << subtitle;
}

std::string drawn_name(const std::string &name)
{
    Builder builder;
    builder.function(name, "/p/m.py", 1, 1, 1, {100}, {100});
    builder.sort();
    return Chart(builder.get(), 10).chart.nodes[0].name;
}

TEST(Chart, BreaksLongNamesBehindDotsAndUnderscores)
{
    EXPECT_EQ(drawn_name("a_name_of_twenty_six_chars"), "a_name_of_twenty_six_chars");
    EXPECT_EQ(drawn_name("find_and_load_unlocked_with_frames_removed"),
              "find_and_load_unlocked_\nwith_frames_removed");
    EXPECT_EQ(drawn_name("<built-in method builtins.isinstance>"),
              "<built-in method builtins.\nisinstance>");
    EXPECT_EQ(drawn_name(std::string(40, 'x')), std::string(26, 'x') + "\n" + std::string(14, 'x'));
}

TEST(Chart, ShortensVeryLongNamesInTheMiddle)
{
    std::string name = drawn_name("head" + std::string(5000, 'x') + "tail");
    EXPECT_LT(name.size(), 90U);
    EXPECT_EQ(name.substr(0, 4), "head");
    EXPECT_EQ(name.substr(name.size() - 4), "tail");
    EXPECT_NE(name.find("..."), std::string::npos);
    EXPECT_EQ(drawn_name(""), "???");
    EXPECT_EQ(drawn_name("a\nb\x01\xff"), "a\\x0ab\\x01\\xff");
}

TEST(Chart, IsolatesNamesFromRightToLeftInALine)
{
    Builder builder;
    builder.function("\u05e9\u05dc\u05d5\u05dd", "/p/m.py", 1, 1, 1, {100}, {100});
    builder.function("\u0645" + std::string(HP_CHART_NAME_SIZE, 'x'), "/p/m.py", 2, 1, 1, {10},
                     {10});
    builder.function("f", "/p/m.py", 3, 1, 1, {1}, {1});
    builder.sort();
    const Chart chart(builder.get(), 10);
    char name[HP_CHART_NAME_SIZE], small[20];
    hp_chart_name(&chart.chart.nodes[0], name, sizeof name);
    EXPECT_STREQ(name, "\u2068\u05e9\u05dc\u05d5\u05dd\u2069");
    hp_chart_name(&chart.chart.nodes[1], small, sizeof small);
    EXPECT_STREQ(small, "\u2068\u0645xxxxxxxxxxx\u2069");
    hp_chart_name(&chart.chart.nodes[2], name, sizeof name);
    EXPECT_STREQ(name, "f");
}

/* --- An atlas ------------------------------------------------------------------------------ */

TEST(Atlas, TellsFunctionsOfOneNameApart)
{
    Builder builder;
    const auto main = builder.function("main", "/p/main.py", 1, 1, 1, {10}, {100});
    const auto one = builder.function("run", "/p/one.py", 2, 1, 1, {40}, {40});
    const auto two = builder.function("run", "/p/two.py", 3, 1, 1, {30}, {30});
    const auto other = builder.function("stop", "/p/one.py", 9, 1, 1, {20}, {20});
    for (const auto &[callee, cost] :
         {std::pair(one, 40U), std::pair(two, 30U), std::pair(other, 20U)})
        builder.call(main, callee, 1, {cost});
    builder.sort();
    const Chart chart(builder.get(), 10);
    const auto text = [&chart](std::vector<uint32_t> sheets, uint32_t node) {
        const hp_atlas atlas = {2, sheets.data(), 0};
        char buffer[HP_ATLAS_NAME_SIZE];
        hp_atlas_name(&atlas, &chart.chart, node, buffer, sizeof buffer);
        return std::string(buffer);
    };
    const std::vector<uint32_t> together = {0, 1, 1, 1}, apart = {0, 1, 0, 1};
    EXPECT_EQ(text(together, 1), "run one:2");
    EXPECT_EQ(text(together, 2), "run two:3");
    EXPECT_EQ(text(together, 3), "stop");
    EXPECT_EQ(text(apart, 1), "run");
    const auto title = [&chart](std::vector<uint32_t> sheets) {
        const hp_atlas atlas = {2, sheets.data(), 0};
        char buffer[HP_ATLAS_TITLE_SIZE];
        hp_atlas_title(&atlas, &chart.chart, 1, buffer, sizeof buffer);
        return std::string(buffer);
    };
    EXPECT_EQ(title(together), "p2 of 2: run one:2 (3 functions)");
    EXPECT_EQ(title(apart), "p2 of 2: run (2 functions)");
}

TEST(Atlas, NamesItsSheetsByNumberOrByTheirPlaceInThePoster)
{
    const auto name = [](uint32_t columns, uint32_t sheet) {
        const hp_atlas atlas = {1000, nullptr, columns};
        char buffer[HP_SHEET_NAME_SIZE];
        hp_atlas_sheet_name(&atlas, sheet, buffer, sizeof buffer);
        return std::string(buffer);
    };
    EXPECT_EQ(name(0, 0), "p1");
    EXPECT_EQ(name(0, 11), "p12");
    EXPECT_EQ(name(3, 0), "A1");
    EXPECT_EQ(name(3, 5), "B3");
    EXPECT_EQ(name(1, 26), "AA1");
    EXPECT_EQ(name(1, 701), "ZZ1");
}

/* --- Sheets -------------------------------------------------------------------------------- */

struct Warnings {
    std::vector<std::string> lines;

    static void warn(void *context, const char *message)
    {
        static_cast<Warnings *>(context)->lines.emplace_back(message);
    }
};

class Document
{
  public:
    Document(hp_profile *profile, const hp_report_options &wanted, bool on_paper = true)
        : options(wanted)
    {
        hp_error error{};
        options.listener = {&warnings, Warnings::warn, nullptr};
        if (hp_document_make(&document, profile, &options, on_paper, &error) != HP_OK)
            throw std::runtime_error(error.message);
    }
    ~Document()
    {
        hp_document_free(&document);
    }
    Document(const Document &) = delete;
    Document &operator=(const Document &) = delete;

    hp_document document{};
    hp_report_options options;
    Warnings warnings;
};

hp_report_options paper(size_t pages, hp_paging paging = HP_TILE)
{
    hp_report_options options{};
    options.paper.pages = pages;
    options.paper.paging = paging;
    return options;
}

TEST(Document, HasAnIndexOrAnOverviewInFrontIfThatIsWanted)
{
    const Builder program = tree(200, 3, 100);
    hp_report_options options = paper(4, HP_ATLAS);
    const Document atlas(program.get(), options);
    ASSERT_GT(atlas.document.sheet_count, 4U);
    EXPECT_EQ(atlas.document.sheets[0].kind, HP_SHEET_INDEX);
    EXPECT_STREQ(atlas.document.sheets[atlas.document.sheet_count - 1].name, "p4");
    EXPECT_STREQ(atlas.document.sheets[atlas.document.sheet_count - 4].name, "p1");
    options.paper.no_index = true;
    const Document bare(program.get(), options);
    EXPECT_EQ(bare.document.sheet_count, 4U);
    options = paper(4);
    options.paper.rows = options.paper.columns = 2;
    options.paper.overview = true;
    const Document tiles(program.get(), options);
    const size_t all = tiles.document.sheet_count;
    ASSERT_GT(all, 5U);
    EXPECT_EQ(tiles.document.sheets[0].kind, HP_SHEET_OVERVIEW);
    EXPECT_EQ(tiles.document.sheets[1].kind, HP_SHEET_INDEX);
    EXPECT_STREQ(tiles.document.sheets[all - 4].name, "A1");
    EXPECT_STREQ(tiles.document.sheets[all - 1].name, "B2");
    options.paper.no_index = true;
    EXPECT_EQ(Document(program.get(), options).document.sheet_count, 5U);
}

TEST(Document, IsNotMadeWithoutMemoryForEachOfItsTexts)
{
    const Builder program = tree(3, 2);
    const hp_report_options options = paper(2, HP_ATLAS);
    hp_status status = HP_NO_MEMORY;
    size_t failures = 0;
    for (size_t n = 1; status != HP_OK && !HasFailure(); n++) {
        hp_document document;
        hp_error error{};
        failing_stream = n;
        status = hp_document_make(&document, program.get(), &options, true, &error);
        hp_document_free(&document);
        const bool failed = failing_stream == 0;
        failing_stream = 0;
        failures += failed;
        EXPECT_EQ(status, failed ? HP_NO_MEMORY : HP_OK) << n;
        EXPECT_EQ(error.status, status);
    }
    /* Names and places of three functions, and their names in the index; title, subtitle, the line
     * of their sheet. */
    EXPECT_EQ(failures, 3U * 3 + 2 + 1);
}

std::vector<std::string> hot_path_of(hp_profile *profile)
{
    const Chart chart(profile, 1000, everything());
    std::vector<uint32_t> path(chart.chart.node_count);
    path.resize(hp_hot_path_find(&chart.chart, path.data()));
    std::vector<std::string> names;
    for (const uint32_t node : path)
        names.push_back(chart.chart.nodes[node].name);
    return names;
}

/* A recursive function costs more than all: it was not first for that. */
TEST(HotPath, BeginsWhereNobodyCalls)
{
    Builder builder;
    const auto start = builder.function("start", "m.py", 1, 1, 1, {0}, {100});
    const auto compile = builder.function("compile", "m.py", 5, 3, 3, {60}, {130});
    const auto term = builder.function("term", "m.py", 9, 2, 2, {40}, {70});
    builder.call(start, compile, 1, {100});
    builder.call(compile, term, 2, {70});
    builder.call(term, compile, 2, {30});
    builder.sort();
    EXPECT_EQ(hot_path_of(builder.get()), (std::vector<std::string>{"start", "compile", "term"}));
}

/* Light as the calls become, the cost is further down. */
TEST(HotPath, LeadsToTheLeafWhereTheCostIs)
{
    Builder builder;
    std::vector<hp_function_id> chain;
    const auto main = builder.function("main", "m.py", 1, 1, 1, {0}, {1000});
    for (int i = 0; i < 25; i++)
        builder.call(main, builder.function("f" + std::to_string(i), "m.py", 2, 1, 1, {39}, {39}),
                     1, {39});
    const auto pass = builder.function("pass", "m.py", 5, 1, 1, {1}, {45});
    const auto leaf = builder.function("leaf", "m.py", 6, 1, 1, {44}, {44});
    builder.call(main, pass, 1, {45});
    builder.call(pass, leaf, 1, {44});
    builder.sort();
    EXPECT_EQ(hot_path_of(builder.get()), (std::vector<std::string>{"main", "pass", "leaf"}));
}

TEST(Gazetteer, HasTheHeaviestFunctionsInOrder)
{
    const Builder program = tree(300, 3, 200);
    const Chart chart(program.get(), 120, everything());
    hp_gazetteer gazetteer;
    hp_gazetteer_choose(&gazetteer, &chart.chart, nullptr, nullptr);
    ASSERT_EQ(gazetteer.count, static_cast<size_t>(HP_GAZETTEER_MAX));
    std::vector<double> shares, listed;
    for (uint32_t i = 0; i < chart.chart.node_count; i++)
        shares.push_back(chart.chart.nodes[i].share);
    std::sort(shares.rbegin(), shares.rend());
    shares.resize(HP_GAZETTEER_MAX);
    for (const uint32_t node : gazetteer.nodes)
        listed.push_back(chart.chart.nodes[node].share);
    EXPECT_EQ(listed, shares);
    EXPECT_EQ(std::set<uint32_t>(gazetteer.nodes, gazetteer.nodes + HP_GAZETTEER_MAX).size(),
              static_cast<size_t>(HP_GAZETTEER_MAX));
}

TEST(Document, IsInkOnEverySheet)
{
    const Builder program = tree(200, 3, 100);
    const hp_size a4 = {595, 842}, a6 = {298, 420}, smallest = {144, 144};
    const std::pair<hp_size, hp_report_options> papers[] = {
        {a4, paper(6)},       {a4, paper(4, HP_ATLAS)}, {a6, paper(24, HP_ATLAS)},
        {smallest, paper(1)}, {smallest, paper(4)},     {smallest, paper(4, HP_ATLAS)}};
    for (auto [size_of_paper, options] : papers) {
        options.paper.overview = true;
        options.paper.size = size_of_paper;
        Document document(program.get(), options);
        for (size_t i = 0; i < document.document.sheet_count; i++) {
            const hp_sheet *sheet = &document.document.sheets[i];
            const hp_size size = hp_document_sheet_size(&document.document, sheet);
            cairo_surface_t *surface =
                cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, nullptr);
            cairo_t *cairo = cairo_create(surface);
            double x = 0, y = 0, width = 0, height = 0;
            hp_sheet_draw(&document.document, sheet, cairo);
            cairo_recording_surface_ink_extents(surface, &x, &y, &width, &height);
            EXPECT_EQ(cairo_status(cairo), CAIRO_STATUS_SUCCESS);
            EXPECT_GT(width * height, size.width * size.height / 20) << sheet->name;
            EXPECT_GE(x, 0);
            EXPECT_GE(y, 0);
            EXPECT_LE(x + width, size.width + 1);
            EXPECT_LE(y + height, size.height + 1);
            cairo_destroy(cairo);
            cairo_surface_destroy(surface);
        }
    }
}

TEST(Document, HasAnIndexOfFewSheetsAndWideColumnsOnSmallPaper)
{
    const Builder program = tree(200, 3, 100);
    hp_report_options options = paper(24, HP_ATLAS);
    options.paper.size = {298, 420};
    options.max_nodes = 200;
    options.node_threshold = {true, 0};
    const Document document(program.get(), options);
    EXPECT_EQ(document.document.index.columns, 2U);
    EXPECT_LE(document.document.sheet_count, 24U + 5U);
}

TEST(Document, IsAsLargeAsItsGraphWithoutPaper)
{
    const Builder program = tree(25, 3);
    Document document(program.get(), {}, false);
    ASSERT_EQ(document.document.sheet_count, 1U);
    const hp_size drawing = document.document.print.layout.size;
    const hp_size size = hp_document_sheet_size(&document.document, document.document.sheets);
    EXPECT_GE(size.width, drawing.width);
    EXPECT_GT(size.height, drawing.height);
    EXPECT_LT(size.height, drawing.height + 200);
}

/* --- Colours ------------------------------------------------------------------------------- */

double lightness(hp_color color)
{
    return 0.30 * color.red + 0.59 * color.green + 0.11 * color.blue;
}

TEST(Look, IsDarkerTheLargerTheShareAlsoInGrey)
{
    for (const hp_theme theme : {HP_THEME_HEAT, HP_THEME_PRINT}) {
        const hp_palette palette = {theme, false};
        double last = 2;
        for (double share = 0; share <= 1; share += 0.01) {
            const hp_node_look look = hp_look_of_node(&palette, share);
            EXPECT_LT(lightness(look.fill), last);
            last = lightness(look.fill);
            EXPECT_GT(std::fabs(lightness(look.fill) - lightness(look.text)), 0.4) << share;
        }
    }
}

TEST(Look, TellsMoreFromLess)
{
    const hp_palette palette = {HP_THEME_HEAT, true};
    for (const double share : {0.01, 0.1, 0.5, 1.0, 20.0}) {
        const hp_color more = hp_look_of_node(&palette, share).fill;
        const hp_color less = hp_look_of_node(&palette, -share).fill;
        EXPECT_GT(more.red, more.blue);
        EXPECT_LT(less.red, less.blue);
    }
    EXPECT_NEAR(lightness(hp_look_of_node(&palette, 0).fill), 1, 1e-9);
}

} // namespace
