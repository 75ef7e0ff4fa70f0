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

    Chart(hp_profile *profile, size_t max_nodes, const hp_report_options &options = {},
          bool sparse = false)
    {
        hp_error error{};
        if (hp_chart_build(&chart, profile, &options, max_nodes, sparse, &error) != HP_OK)
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
    const Chart sparse(program.get(), 100, everything(), true);
    EXPECT_EQ(sparse.chart.arc_count, 99U);
    for (uint32_t i = 0; i < sparse.chart.arc_count; i++)
        EXPECT_EQ(sparse.chart.arcs[i].label, nullptr);
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
    EXPECT_NE(subtitle.find("2 of 26 functions and 1 of 25 calls; what is left out differs by "
                            "+12.00% itself"),
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
    EXPECT_STREQ(chart.chart.arcs[0].label, "75.00%\n3×");
    EXPECT_EQ(std::string(chart.chart.subtitle),
              "Times are measured: 0.0000100 seconds in all. 2 of 2 functions and 1 of 2 calls");
}

TEST(Chart, TellsWhatWasLeftOut)
{
    const Builder program = tree(300, 3);
    const std::string subtitle = Chart(program.get(), 25).chart.subtitle;
    EXPECT_NE(subtitle.find("25 of 300 functions and 24 of 299 calls; what is left out costs "),
              std::string::npos)
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

struct Atlas {
    hp_atlas atlas{};

    Atlas(const hp_chart &chart, size_t sheets)
    {
        hp_error error{};
        if (hp_atlas_build(&atlas, &chart, sheets, &error) != HP_OK)
            throw std::runtime_error(error.message);
    }
    ~Atlas()
    {
        hp_atlas_free(&atlas);
    }
    Atlas(const Atlas &) = delete;
    Atlas &operator=(const Atlas &) = delete;
};

size_t crossing(const hp_chart &chart, const std::function<size_t(uint32_t)> &sheet)
{
    size_t count = 0;
    for (uint32_t i = 0; i < chart.arc_count; i++)
        count += sheet(chart.arcs[i].caller) != sheet(chart.arcs[i].callee);
    return count;
}

TEST(Atlas, PutsMuchTheSameNumberOfFunctionsOnEachSheet)
{
    for (const size_t sheets : {1, 2, 3, 4, 7, 12})
        for (unsigned seed = 1; seed < 6; seed++) {
            const Builder program = tree(25 * sheets, 1 + seed, 12 * sheets, seed);
            const Chart chart(program.get(), 10000, everything());
            const Atlas atlas(chart.chart, sheets);
            ASSERT_EQ(atlas.atlas.sheet_count, sheets);
            std::vector<size_t> sizes(sheets);
            for (uint32_t i = 0; i < chart.chart.node_count; i++)
                sizes.at(atlas.atlas.sheets[i])++;
            for (const size_t size : sizes) {
                EXPECT_GE(size, 8U);
                EXPECT_LE(size, 45U);
            }
        }
}

TEST(Atlas, LetsFewCallsLeadFromSheetToSheet)
{
    const Builder program = tree(100, 3, 50);
    const Chart chart(program.get(), 100, everything());
    const Atlas atlas(chart.chart, 4);
    const size_t cut = crossing(chart.chart, [&](uint32_t i) {
        return atlas.atlas.sheets[i];
    });
    const size_t naive = crossing(chart.chart, [](uint32_t i) {
        return i / 25;
    });
    EXPECT_LT(cut, naive / 2);
}

TEST(Atlas, BeginsWithTheHeaviestFunctionAndHasNoMoreSheetsThanFunctions)
{
    const Builder program = tree(100, 3, 50);
    const Chart chart(program.get(), 100, everything()), few(program.get(), 3, everything());
    const Atlas atlas(chart.chart, 4), small(few.chart, 12);
    EXPECT_EQ(atlas.atlas.sheets[0], 0U);
    EXPECT_EQ(small.atlas.sheet_count, 3U);
}

TEST(Atlas, ReferencesNameEveryCallThatLeavesASheetAtBothEnds)
{
    const Builder program = tree(100, 3, 80);
    const Chart chart(program.get(), 100, everything());
    const Atlas atlas(chart.chart, 4);
    std::set<const hp_chart_arc *> out, in, crossing;
    for (uint32_t i = 0; i < chart.chart.arc_count; i++) {
        const hp_chart_arc &arc = chart.chart.arcs[i];
        if (atlas.atlas.sheets[arc.caller] != atlas.atlas.sheets[arc.callee])
            crossing.insert(&arc);
    }
    for (uint32_t i = 0; i < chart.chart.node_count; i++)
        for (const bool incoming : {false, true}) {
            std::vector<hp_reference> references(chart.chart.arc_count + 1);
            references.resize(
                hp_atlas_references(&atlas.atlas, &chart.chart, i, incoming, references.data()));
            for (const hp_reference &reference : references) {
                EXPECT_EQ(incoming ? reference.arc->callee : reference.arc->caller, i);
                EXPECT_EQ(incoming ? reference.arc->caller : reference.arc->callee, reference.node);
                (incoming ? in : out).insert(reference.arc);
            }
        }
    EXPECT_FALSE(crossing.empty());
    EXPECT_EQ(out, crossing);
    EXPECT_EQ(in, crossing);
}

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
    const auto text = [&chart](const std::vector<uint32_t> &sheets, uint32_t node, bool incoming) {
        std::vector<uint32_t> copy = sheets;
        const hp_atlas atlas = {2, copy.data(), 0};
        char buffer[HP_ATLAS_REFERENCE_SIZE];
        hp_atlas_reference_text(&atlas, &chart.chart, node, incoming, buffer, sizeof buffer);
        return std::string(buffer);
    };
    const std::vector<uint32_t> together = {0, 1, 1, 1}, apart = {0, 1, 0, 1};
    EXPECT_EQ(text(together, 1, false), "to p2 run one:2");
    EXPECT_EQ(text(together, 2, false), "to p2 run two:3");
    EXPECT_EQ(text(together, 3, false), "to p2 stop");
    EXPECT_EQ(text(apart, 1, false), "to p2 run");
    EXPECT_EQ(text(apart, 0, true), "from p1 main");
    const auto title = [&chart](std::vector<uint32_t> sheets) {
        const hp_atlas atlas = {2, sheets.data(), 0};
        char buffer[HP_ATLAS_TITLE_SIZE];
        hp_atlas_title(&atlas, &chart.chart, 1, buffer, sizeof buffer);
        return std::string(buffer);
    };
    EXPECT_EQ(title(together), "p2 of 2: run one:2 (3 functions)");
    EXPECT_EQ(title(apart), "p2 of 2: run (2 functions)");
}

TEST(Atlas, CopesWithStarsChainsAndCyclesAndNothing)
{
    Builder cycle, empty;
    std::vector<hp_function_id> ids;
    for (size_t i = 0; i < 50; i++)
        ids.push_back(cycle.function("f" + std::to_string(i), "m.py", i, 1, 1, {10}, {500}));
    for (size_t i = 0; i < 50; i++)
        cycle.call(ids[i], ids[(i + 1) % 50], 1, {500});
    cycle.sort();
    const Builder a = star(2000), b = chain(1000);
    for (hp_profile *profile : {a.get(), b.get(), cycle.get(), empty.get()}) {
        const Chart chart(profile, 10000, everything());
        const Atlas atlas(chart.chart, 6);
        std::set<uint32_t> used;
        for (uint32_t i = 0; i < chart.chart.node_count; i++)
            used.insert(atlas.atlas.sheets[i]);
        EXPECT_EQ(used.size(), std::min<size_t>(6, chart.chart.node_count));
    }
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

/* Whether a box at centre lies wholly on a tile of a poster whose drawing begins at corner. */
bool is_whole(const hp_grid &grid, hp_point corner, const hp_layout_node &box)
{
    const double left = corner.x + grid.scale * (box.centre.x - box.size.width / 2);
    const double top = corner.y + grid.scale * (box.centre.y - box.size.height / 2);
    bool column = false, row = false;
    for (size_t c = 0; c < grid.columns; c++) {
        const double from = c * (grid.tile.width - grid.overlap.width);
        column |= left >= from - 1e-3 &&
                  left + grid.scale * box.size.width <= from + grid.tile.width + 1e-3;
    }
    for (size_t r = 0; r < grid.rows; r++) {
        const double from = r * (grid.tile.height - grid.overlap.height);
        row |= top >= from - 1e-3 &&
               top + grid.scale * box.size.height <= from + grid.tile.height + 1e-3;
    }
    return column && row;
}

void expect_whole(Document &document)
{
    const hp_grid &grid = document.document.grids[0];
    const hp_picture &picture = document.document.pictures[0];
    const double heading = hp_heading_draw(&document.document.chart, &document.document.pen,
                                           nullptr, 0, 0, grid.tile.width);
    const hp_point corner = hp_poster_corner(&document.document, heading);
    for (size_t i = 0; i < picture.box_count; i++)
        EXPECT_TRUE(is_whole(grid, corner, picture.layout.nodes[i]))
            << document.document.chart.nodes[picture.boxes[i].node].name;
}

void expect_drawn_or_referenced(const hp_document &document)
{
    std::set<const hp_chart_arc *> drawn;
    size_t functions = 0;
    for (size_t p = 0; p < document.picture_count; p++) {
        const hp_picture &picture = document.pictures[p];
        for (size_t i = 0; i < picture.layout.edge_count; i++) {
            EXPECT_GE(picture.layout.edges[i].point_count, 4U);
            if (picture.arcs[i])
                drawn.insert(picture.arcs[i]);
        }
        for (size_t i = 0; i < picture.box_count; i++) {
            const hp_box &box = picture.boxes[i];
            functions += box.references == nullptr;
            for (size_t r = 0; r < box.reference_count; r++)
                drawn.insert(box.references[r].arc);
        }
    }
    EXPECT_EQ(functions, document.chart.node_count);
    EXPECT_EQ(drawn.size(), document.chart.arc_count);
}

class DrawnSample : public testing::TestWithParam<std::string>
{
};

TEST_P(DrawnSample, HasEveryFunctionWholeAndEveryCallOnASheet)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    for (const size_t pages : {1, 4}) {
        Document tiles(loaded.profile.get(), paper(pages));
        expect_whole(tiles);
        expect_drawn_or_referenced(tiles.document);
        Document atlas(loaded.profile.get(), paper(pages, HP_ATLAS));
        expect_drawn_or_referenced(atlas.document);
    }
}

std::vector<std::string> drawn_samples()
{
    std::vector<std::string> names;
    for (const char *name : {"pystone-linetimes", "json-linetimes", "fib-calls", "deep-lines"})
        names.push_back("hotshot/" + std::string(name) + ".prof");
    for (const char *name : {"cProfile-raw-2.7", "json-3.12", "names-3.13", "profile-raw-3.8"})
        names.push_back("pstats/" + std::string(name) + ".prof");
    names.push_back("callgrind/everything.out");
    return names;
}

INSTANTIATE_TEST_SUITE_P(Samples, DrawnSample, testing::ValuesIn(drawn_samples()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST(Document, PutsPostersOfAllShapesOnTheirSheets)
{
    const Builder programs[] = {tree(100, 3, 60), star(60),   chain(60),
                                tree(100, 1, 10), tree(1, 1), tree(2, 1)};
    for (const Builder &program : programs)
        for (const size_t pages : {1, 2, 5, 6, 9}) {
            Document document(program.get(), paper(pages));
            expect_whole(document);
            expect_drawn_or_referenced(document.document);
            const size_t tiles =
                document.document.grids[0].rows * document.document.grids[0].columns;
            const hp_sheet *sheets = document.document.sheets;
            const auto count = [&](hp_sheet_kind kind) {
                return static_cast<size_t>(std::count_if(
                    sheets, sheets + document.document.sheet_count, [kind](const hp_sheet &sheet) {
                        return sheet.kind == kind;
                    }));
            };
            EXPECT_EQ(count(HP_SHEET_TILE), tiles);
            EXPECT_EQ(count(HP_SHEET_INDEX) > 0, tiles > 1);
            EXPECT_EQ(count(HP_SHEET_TILE) + count(HP_SHEET_INDEX), document.document.sheet_count);
        }
}

TEST(Document, KeepsItsTypeLegible)
{
    const Builder programs[] = {tree(3000, 3, 2000), star(3000), chain(3000)};
    for (const Builder &program : programs)
        for (const hp_paging paging : {HP_TILE, HP_ATLAS}) {
            hp_report_options options = paper(4, paging);
            options.node_threshold = {true, 0};
            Document document(program.get(), options);
            for (size_t i = 0; i < document.document.picture_count; i++)
                EXPECT_GE(document.document.grids[i].scale * HP_PICTURE_FONT_SIZE, 6 - 0.05);
            EXPECT_TRUE(document.warnings.lines.empty()) << document.warnings.lines[0];
        }
}

TEST(Document, SaysHowManyPagesWouldBeLegible)
{
    const Builder program = tree(3000, 3, 2000);
    hp_report_options options = paper(2);
    options.node_threshold = {true, 0};
    options.max_nodes = 200;
    Document small(program.get(), options);
    ASSERT_EQ(small.warnings.lines.size(), 1U);
    const std::string &line = small.warnings.lines[0];
    const size_t at = line.find("--pages=");
    ASSERT_NE(at, std::string::npos) << line;
    options.paper.pages = std::stoul(line.substr(at + 8));
    EXPECT_GT(options.paper.pages, 2U);
    Document enough(program.get(), options);
    EXPECT_TRUE(enough.warnings.lines.empty()) << enough.warnings.lines[0];
    EXPECT_EQ(enough.document.chart.node_count, 200U);
}

TEST(Document, UsesABetterNumberOfSheetsThanAPrimeOneAndSaysSo)
{
    /* As high as wide, more or less. */
    const Builder program = tree(40, 2, 20);
    hp_report_options options = paper(11);
    options.node_threshold = {true, 0};
    Document document(program.get(), options);
    const size_t sheets = document.document.sheet_count - 1; /* without the index */
    EXPECT_TRUE(sheets == 9 || sheets == 10) << sheets;
    ASSERT_EQ(document.warnings.lines.size(), 1U);
    EXPECT_EQ(document.warnings.lines[0].find(std::to_string(sheets) + " sheets ("), 0U)
        << document.warnings.lines[0];
}

TEST(Document, SaysSoIfAnAtlasHasFewerSheetsForLackOfFunctions)
{
    const Builder program = tree(3, 2);
    const Document few(program.get(), paper(5, HP_ATLAS)),
        enough(program.get(), paper(3, HP_ATLAS));
    EXPECT_EQ(few.document.picture_count, 3U);
    EXPECT_EQ(few.warnings.lines, (std::vector<std::string>{
                                      "an atlas of 3 sheets, not 5: no more functions are drawn"}));
    EXPECT_TRUE(enough.warnings.lines.empty());
}

TEST(Document, HasAnIndexOrAnOverviewInFrontIfThatIsWanted)
{
    const Builder program = tree(200, 3, 100);
    hp_report_options options = paper(4, HP_ATLAS);
    const Document atlas(program.get(), options);
    ASSERT_EQ(atlas.document.sheet_count, 5U);
    EXPECT_EQ(atlas.document.sheets[0].kind, HP_SHEET_INDEX);
    EXPECT_STREQ(atlas.document.sheets[4].name, "p4");
    options.paper.no_index = true;
    const Document bare(program.get(), options);
    EXPECT_EQ(bare.document.sheet_count, 4U);
    options = paper(4);
    options.paper.rows = options.paper.columns = 2;
    options.paper.overview = true;
    const Document tiles(program.get(), options);
    ASSERT_EQ(tiles.document.sheet_count, 6U);
    EXPECT_EQ(tiles.document.sheets[0].kind, HP_SHEET_OVERVIEW);
    EXPECT_EQ(tiles.document.sheets[1].kind, HP_SHEET_INDEX);
    EXPECT_STREQ(tiles.document.sheets[2].name, "A1");
    EXPECT_STREQ(tiles.document.sheets[5].name, "B2");
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
    /* Names and places of three functions, and their names in the index; title, subtitle, two lines
     * of sheets. */
    EXPECT_EQ(failures, 3U * 3 + 2 + 2);
}

/* exec runs main, which calls exec again: that calls the module where the time goes. */
TEST(HotPath, GoesOnWhereACycleCameFrom)
{
    Builder builder;
    const auto root = builder.function(HP_INTERPRETER, "", 0, 0, 0, {0}, {100});
    const auto exec = builder.function("exec", "~", 0, 2, 1, {1}, {100});
    const auto main = builder.function("main", "m.py", 1, 1, 1, {2}, {99});
    const auto module = builder.function("module", "n.py", 1, 1, 1, {3}, {90});
    const auto work = builder.function("work", "n.py", 5, 1, 1, {87}, {87});
    const auto other = builder.function("other", "n.py", 9, 1, 1, {7}, {7});
    builder.call(root, exec, 1, {100});
    builder.call(exec, main, 1, {99});
    builder.call(main, exec, 1, {0});
    builder.call(main, other, 1, {7});
    builder.call(exec, module, 1, {90});
    builder.call(module, work, 1, {87});
    builder.call(module, exec, 0, {0});
    builder.sort();
    Document document(builder.get(), paper(4, HP_ATLAS));
    const hp_index_sheet &index = document.document.index;
    std::vector<std::string> path;
    for (uint32_t i = 0; i < index.path_length; i++)
        path.push_back(document.document.chart.nodes[index.path[i]].name);
    EXPECT_EQ(path, (std::vector<std::string>{HP_INTERPRETER, "exec", "main", "module", "work"}));
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

TEST(Document, HasALargerDrawingThanHeadingOnTheSmallestPaper)
{
    const Builder program = tree(200, 3, 100);
    const std::string title(5000, 'W');
    hp_report_options options = paper(1);
    options.paper.size = {144, 144};
    options.title = title.c_str();
    Document document(program.get(), options);
    const hp_grid &grid = document.document.grids[0];
    EXPECT_GT(grid.scale, 0);
    EXPECT_LT(hp_heading_draw(&document.document.chart, &document.document.pen, nullptr, 0, 0,
                              grid.tile.width),
              grid.tile.height / 2);
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
    const hp_size drawing = document.document.pictures[0].layout.size;
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
