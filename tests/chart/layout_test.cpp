// SPDX-License-Identifier: MIT
/* Where functions and calls are on paper, for programs of all shapes. */
#include "layout/print.h"
#include "support/program.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace
{

using namespace test;

class Print
{
  public:
    Print(hp_profile *profile, const hp_report_options &wanted, bool on_paper = true)
        : options(wanted)
    {
        hp_error error{};
        options.listener = {this, warn, nullptr};
        if (hp_print_make(&print, profile, &options, on_paper, &error) != HP_OK)
            throw std::runtime_error(error.message);
    }
    ~Print()
    {
        hp_print_free(&print);
    }
    Print(const Print &) = delete;
    Print &operator=(const Print &) = delete;

    const hp_chart &chart() const
    {
        return print.chart;
    }
    const hp_layout &layout() const
    {
        return print.layout;
    }
    std::string sheet_of(uint32_t node) const
    {
        char name[HP_SHEET_NAME_SIZE];
        hp_atlas_sheet_name(&layout().atlas, layout().atlas.sheets[node], name, sizeof name);
        return name;
    }

    hp_print print{};
    hp_report_options options;
    std::vector<std::string> warnings;

  private:
    static void warn(void *context, const char *message)
    {
        static_cast<Print *>(context)->warnings.emplace_back(message);
    }
};

hp_report_options paper(size_t pages, hp_paging paging, bool all = true)
{
    hp_report_options options{};
    options.paper.pages = pages;
    options.paper.paging = paging;
    if (all)
        options.node_threshold = options.edge_threshold = {true, 0};
    return options;
}

/* --- Programs ------------------------------------------------------------------------------ */

/* One function calls the next one in a circle. */
Builder ring(size_t functions)
{
    Builder builder;
    std::vector<hp_function_id> ids;
    for (size_t i = 0; i < functions; i++)
        ids.push_back(builder.function("turn_" + std::to_string(i), "f.py", i, 2, 1, {100},
                                       {100 * functions}));
    for (size_t i = 0; i < functions; i++)
        builder.call(ids[i], ids[(i + 1) % functions], 1, {100 * functions - 100});
    builder.sort();
    return builder;
}

/* Each function calls the ones to the right of it and below it. */
Builder lattice(size_t side)
{
    Builder builder;
    std::vector<hp_function_id> ids;
    for (size_t i = 0; i < side * side; i++) {
        const uint64_t inclusive = (side - i / side) * (side - i % side) * 100;
        ids.push_back(
            builder.function("cell_" + std::to_string(i), "grid.py", i, 1, 1, {100}, {inclusive}));
    }
    for (size_t i = 0; i < side * side; i++) {
        if (i % side + 1 < side)
            builder.call(ids[i], ids[i + 1], 1, {100});
        if (i / side + 1 < side)
            builder.call(ids[i], ids[i + side], 1, {100});
    }
    builder.sort();
    return builder;
}

/* All functions call the same two. */
Builder hub(size_t functions)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 1, 1, {0}, {100 * functions});
    const auto length =
        builder.function("len", "~", 0, functions, functions, {10 * functions}, {10 * functions});
    for (size_t i = 0; i < functions; i++) {
        const auto one =
            builder.function("user_" + std::to_string(i), "m.py", i + 2, 1, 1, {100 - 10}, {100});
        builder.call(main, one, 1, {100});
        builder.call(one, length, 1, {10});
    }
    builder.sort();
    return builder;
}

Builder alone(size_t functions)
{
    Builder builder;
    for (size_t i = 0; i < functions; i++)
        builder.function("alone_" + std::to_string(i), "f.py", 1, 1, 1, {100}, {100});
    builder.sort();
    return builder;
}

struct Shape {
    const char *name;
    Builder (*make)();
};

/* With sanitizers large ones take minutes. */
constexpr size_t many(size_t functions)
{
    return HP_SANITIZED ? functions / 8 : functions;
}

const Shape shapes[] = {
    {"Nothing",
     [] {
         return alone(0);
     }},
    {"One",
     [] {
         return tree(1, 1);
     }},
    {"Tree",
     [] {
         return tree(many(600), 3, 400);
     }},
    {"Bush",
     [] {
         return tree(many(600), 20, 1000, 7);
     }},
    {"Chain",
     [] {
         return chain(300);
     }},
    {"Star",
     [] {
         return star(many(2000));
     }},
    {"Lattice",
     [] {
         return lattice(15);
     }},
    {"Ring",
     [] {
         return ring(200);
     }},
    {"Hub",
     [] {
         return hub(100);
     }},
    {"WithoutCalls",
     [] {
         return alone(40);
     }},
};

/* --- What holds for all -------------------------------------------------------------------- */

struct Rectangle {
    double left, top, right, bottom;
};

Rectangle rectangle(hp_point corner, hp_size size)
{
    return {corner.x, corner.y, corner.x + size.width, corner.y + size.height};
}

bool overlap(const Rectangle &a, const Rectangle &b)
{
    const double touch = 0.01;
    return a.left < b.right - touch && b.left < a.right - touch && a.top < b.bottom - touch &&
           b.top < a.bottom - touch;
}

/* Every box and note is on a sheet, within its borders, and covers no other. */
void expect_apart(const Print &print)
{
    const hp_layout &layout = print.layout();
    const double width = print.print.grid.area.width / print.print.scale;
    const double height = print.print.grid.area.height / print.print.scale;
    std::map<uint32_t, std::vector<Rectangle>> sheets;
    ASSERT_EQ(layout.box_count, print.chart().node_count);
    for (uint32_t i = 0; i < layout.box_count; i++)
        sheets[layout.boxes[i].sheet].push_back(
            rectangle(layout.boxes[i].corner, layout.boxes[i].size));
    for (uint32_t i = 0; i < layout.note_count; i++)
        sheets[layout.notes[i].sheet].push_back(
            rectangle(layout.notes[i].corner, layout.notes[i].size));
    EXPECT_EQ(sheets.size(), layout.box_count ? layout.atlas.sheet_count : 0);
    for (const auto &[sheet, all] : sheets) {
        EXPECT_LT(sheet, layout.atlas.sheet_count);
        for (size_t i = 0; i < all.size(); i++) {
            EXPECT_GE(all[i].left, -1e-6);
            EXPECT_GE(all[i].top, -1e-6);
            EXPECT_LE(all[i].right, width + 1e-6);
            EXPECT_LE(all[i].bottom, height + 1e-6);
            for (size_t j = 0; j < i; j++)
                EXPECT_FALSE(overlap(all[i], all[j])) << sheet << ": " << i << ", " << j;
        }
    }
}

using Line = std::vector<hp_point>;

/* Straight pieces of a curve. */
Line line_of(const hp_layout &layout, const hp_curve &curve)
{
    const hp_point *points = layout.points + curve.first_point;
    Line line = {points[0]};
    for (size_t i = 0; i + 3 < curve.point_count; i += 3)
        for (int step = 1; step <= 8; step++) {
            const double t = step / 8.0, u = 1 - t;
            const double a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
            line.push_back(
                {a * points[i].x + b * points[i + 1].x + c * points[i + 2].x + d * points[i + 3].x,
                 a * points[i].y + b * points[i + 1].y + c * points[i + 2].y +
                     d * points[i + 3].y});
        }
    return line;
}

bool cross(const hp_point &a, const hp_point &b, const hp_point &c, const hp_point &d)
{
    const auto side = [](const hp_point &p, const hp_point &q, const hp_point &r) {
        return (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    };
    const double tiny = 1e-6;
    return side(a, b, c) * side(a, b, d) < -tiny && side(c, d, a) * side(c, d, b) < -tiny;
}

Rectangle bounds(const Line &line)
{
    Rectangle all = {line[0].x, line[0].y, line[0].x, line[0].y};
    for (const hp_point &point : line)
        all = {std::min(all.left, point.x), std::min(all.top, point.y),
               std::max(all.right, point.x), std::max(all.bottom, point.y)};
    return all;
}

size_t crossings(const Line &a, const Line &b)
{
    size_t count = 0;
    const Rectangle one = bounds(a), other = bounds(b);
    if (one.left > other.right || other.left > one.right || one.top > other.bottom ||
        other.top > one.bottom)
        return 0;
    for (size_t i = 0; i + 1 < a.size(); i++)
        for (size_t j = 0; j + 1 < b.size(); j++)
            count += cross(a[i], a[i + 1], b[j], b[j + 1]);
    return count;
}

/* No line crosses another one or a box. */
void expect_no_crossings(const Print &print)
{
    const hp_layout &layout = print.layout();
    std::map<uint32_t, std::vector<Line>> sheets;
    size_t found = 0, behind = 0;
    for (uint32_t i = 0; i < layout.curve_count; i++) {
        const hp_curve &curve = layout.curves[i];
        ASSERT_EQ(curve.point_count % 3, 1U);
        const Line line = line_of(layout, curve);
        for (const Line &other : sheets[curve.sheet])
            found += crossings(line, other);
        sheets[curve.sheet].push_back(line);
        for (uint32_t b = 0; b < layout.box_count; b++) {
            const Rectangle box = rectangle(layout.boxes[b].corner, layout.boxes[b].size);
            for (const hp_point &point : line)
                behind += layout.boxes[b].sheet == curve.sheet && point.x > box.left + 1 &&
                          point.x < box.right - 1 && point.y > box.top + 1 &&
                          point.y < box.bottom - 1;
        }
    }
    EXPECT_EQ(found, 0U);
    EXPECT_EQ(behind, 0U);
}

/* Whether a function stands right below its caller, in one stack. */
bool is_stacked(const hp_layout &layout, const hp_chart_arc &arc)
{
    const hp_box &caller = layout.boxes[arc.caller], &callee = layout.boxes[arc.callee];
    return caller.sheet == callee.sheet && caller.corner.x == callee.corner.x &&
           std::fabs(caller.corner.y + caller.size.height - callee.corner.y) < 1e-6;
}

/* At both ends, every call is a line or a note, unless it is within a stack. */
void expect_all_calls(const Print &print)
{
    const hp_chart &chart = print.chart();
    const hp_layout &layout = print.layout();
    std::set<uint32_t> drawn;
    std::vector<size_t> out(chart.node_count), in(chart.node_count);
    for (uint32_t i = 0; i < layout.curve_count; i++)
        if (layout.curves[i].note == HP_NO_NODE && layout.curves[i].arrow &&
            drawn.insert(layout.curves[i].arc).second) {
            const hp_chart_arc &arc = chart.arcs[layout.curves[i].arc];
            in[arc.callee]++;
            if (layout.atlas.sheets[arc.caller] == layout.atlas.sheets[arc.callee] &&
                layout.curves[i].header == HP_NO_NODE)
                out[arc.caller]++;
        }
    std::set<std::pair<uint32_t, bool>> told;
    for (uint32_t i = 0; i < layout.note_count; i++) {
        const hp_note &note = layout.notes[i];
        if (note.kind == HP_NOTE_SHARE) {
            EXPECT_EQ(chart.arcs[note.arc].callee, note.node);
            continue;
        }
        if (note.arc != HP_NO_NODE) {
            const hp_chart_arc &arc = chart.arcs[note.arc];
            EXPECT_EQ(note.incoming ? arc.callee : arc.caller, note.node);
            EXPECT_EQ(note.incoming ? arc.caller : arc.callee, note.target);
            EXPECT_TRUE(told.insert({note.arc, note.incoming}).second) << note.text;
        }
        if (!note.incoming)
            out[note.node] += note.calls;
        else if (note.arc == HP_NO_NODE || drawn.count(note.arc) == 0)
            in[note.node] += note.calls;
    }
    std::vector<size_t> calls_out(chart.node_count), calls_in(chart.node_count);
    for (uint32_t i = 0; i < chart.arc_count; i++)
        if (!is_stacked(layout, chart.arcs[i])) {
            calls_out[chart.arcs[i].caller]++;
            calls_in[chart.arcs[i].callee]++;
        }
    EXPECT_EQ(in, calls_in);
    for (uint32_t i = 0; i < chart.node_count; i++)
        EXPECT_GE(out[i], calls_out[i]) << chart.nodes[i].name;
}

/* Each note names the sheets where the functions are that it tells of. */
void expect_true_notes(const Print &print)
{
    const hp_layout &layout = print.layout();
    for (uint32_t i = 0; i < layout.note_count; i++) {
        const hp_note &note = layout.notes[i];
        if (note.target == HP_NO_NODE)
            continue;
        const std::string text = std::string(note.text) + " ";
        const std::string sheet = " " + print.sheet_of(note.target) + " ";
        EXPECT_NE(text.find(sheet), std::string::npos) << text << sheet;
        EXPECT_EQ(layout.boxes[note.target].sheet, layout.atlas.sheets[note.target]);
    }
}

class Shapes : public testing::TestWithParam<Shape>
{
};

TEST_P(Shapes, AreWholeOnTheirSheets)
{
    const Builder program = GetParam().make();
    for (const hp_paging paging : {HP_TILE, HP_ATLAS})
        for (const size_t pages : {1, 4, 9}) {
            const Print print(program.get(), paper(pages, paging));
            expect_apart(print);
            expect_no_crossings(print);
            expect_all_calls(print);
            expect_true_notes(print);
            EXPECT_GE(hp_print_type(&print.print), 6.95);
        }
}

/* A0 */
TEST_P(Shapes, AreWholeOnOneLargeSheet)
{
    const Builder program = GetParam().make();
    hp_report_options options = paper(1, HP_TILE);
    options.paper.size = {2384, 3370};
    const Print print(program.get(), options);
    expect_apart(print);
    expect_no_crossings(print);
    expect_all_calls(print);
    const Print sixteen(program.get(), paper(16, HP_TILE));
    EXPECT_GE(print.chart().node_count, sixteen.chart().node_count);
}

TEST_P(Shapes, NeverHaveFewerFunctionsOnMoreSheets)
{
    const Builder program = GetParam().make();
    for (const hp_paging paging : {HP_TILE, HP_ATLAS}) {
        uint32_t last = 0;
        for (const size_t pages : {1, 3, 4, 8, 9}) {
            const uint32_t count = Print(program.get(), paper(pages, paging)).chart().node_count;
            EXPECT_GE(count, last) << pages;
            last = count;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Shapes, testing::ValuesIn(shapes), [](const auto &instance) {
    return std::string(instance.param.name);
});

/* --- Real programs ------------------------------------------------------------------------- */

class RealProgram : public testing::TestWithParam<std::string>
{
};

TEST_P(RealProgram, FillsItsSheets)
{
    const Loaded loaded = load_file(data_path("paper/" + GetParam()));
    for (const hp_paging paging : {HP_TILE, HP_ATLAS})
        for (const size_t pages : {4, 9}) {
            const Print print(loaded.profile.get(), paper(pages, paging, false));
            const hp_layout &layout = print.layout();
            const hp_grid &grid = print.print.grid;
            const double sheet = (grid.sheet.width - 2 * HP_MARGIN) *
                                 (grid.sheet.height - 2 * HP_MARGIN) /
                                 (print.print.scale * print.print.scale);
            std::vector<double> covered(pages);
            ASSERT_EQ(layout.atlas.sheet_count, pages);
            for (uint32_t i = 0; i < layout.box_count; i++)
                covered[layout.boxes[i].sheet] +=
                    layout.boxes[i].size.width * layout.boxes[i].size.height / sheet;
            double mean = 0;
            for (const double part : covered) {
                EXPECT_GE(part, 0.08);
                mean += part / static_cast<double>(pages);
            }
            EXPECT_GE(mean, 0.2);
            EXPECT_GE(hp_print_type(&print.print), 6.95);
            EXPECT_TRUE(print.warnings.empty()) << print.warnings[0];
            expect_apart(print);
            expect_no_crossings(print);
            expect_all_calls(print);
            expect_true_notes(print);
        }
}

TEST_P(RealProgram, HasAHotPathFromItsBeginThatIsDrawn)
{
    const Loaded loaded = load_file(data_path("paper/" + GetParam()));
    const Print print(loaded.profile.get(), paper(9, HP_TILE, false));
    const hp_layout &layout = print.layout();
    const hp_chart &chart = print.chart();
    ASSERT_GT(layout.path_length, 10U);
    EXPECT_TRUE(chart.graph.nodes[chart.nodes[layout.path[0]].node].spontaneous);
    std::set<uint32_t> before = {layout.path[0]};
    std::set<uint32_t> drawn;
    for (uint32_t i = 0; i < layout.curve_count; i++)
        if (layout.curves[i].note == HP_NO_NODE)
            drawn.insert(layout.curves[i].arc);
    for (uint32_t step = 1; step < layout.path_length; step++) {
        const uint32_t node = layout.path[step];
        EXPECT_EQ(layout.boxes[node].step, step + 1);
        const std::string number = std::to_string(step + 1) + ". ";
        EXPECT_EQ(std::string(layout.boxes[node].name).rfind(number, 0), 0U);
        bool led = false;
        for (uint32_t i = 0; i < chart.arc_count; i++)
            led |= chart.arcs[i].callee == node && before.count(chart.arcs[i].caller) > 0;
        EXPECT_TRUE(led) << chart.nodes[node].name;
        before.insert(node);
    }
}

INSTANTIATE_TEST_SUITE_P(All, RealProgram,
                         testing::Values("unittest-3.8.prof", "tmpl.callgrind.gz"),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* --- Which functions, how large ------------------------------------------------------------ */

TEST(Print, OfFewFunctionsHasLargerTypeAndThenFewerSheets)
{
    const Builder program = tree(60, 3, 20);
    const Print two(program.get(), paper(2, HP_ATLAS)), nine(program.get(), paper(9, HP_ATLAS));
    EXPECT_EQ(two.chart().node_count, 60U);
    EXPECT_GT(hp_print_type(&two.print), 7.5);
    EXPECT_TRUE(two.warnings.empty());
    EXPECT_NEAR(hp_print_type(&nine.print), 11, 0.01);
    EXPECT_LT(nine.layout().atlas.sheet_count, 9U);
    ASSERT_EQ(nine.warnings.size(), 1U);
    EXPECT_EQ(nine.warnings[0], std::to_string(nine.layout().atlas.sheet_count) +
                                    " sheets, not 9: no more functions are drawn");
}

TEST(Print, LowersTheThresholdOfFunctionsIfThereIsPaper)
{
    const Builder program = tree(500, 3, 200);
    const auto lightest = [](const Print &print) {
        double share = 1;
        for (uint32_t i = 0; i < print.chart().node_count; i++)
            share = std::min(share, print.chart().nodes[i].share);
        return 100 * share;
    };
    const Print one(program.get(), paper(1, HP_TILE, false));
    const Print many(program.get(), paper(16, HP_TILE, false));
    EXPECT_GT(lightest(one), 0.5);
    EXPECT_LT(lightest(many), 0.5);
    EXPECT_GE(lightest(many), 0.1);
}

TEST(Print, DrawsTheNumberOfFunctionsThatIsGivenAndTellsOfSmallType)
{
    const Builder program = tree(600, 3, 200);
    hp_report_options options = paper(2, HP_TILE);
    options.max_nodes = 300;
    const Print small(program.get(), options);
    EXPECT_EQ(small.chart().node_count, 300U);
    expect_apart(small);
    ASSERT_EQ(small.warnings.size(), 1U);
    const size_t at = small.warnings[0].find("--pages=");
    ASSERT_NE(at, std::string::npos) << small.warnings[0];
    options.paper.pages = std::stoul(small.warnings[0].substr(at + 8));
    const Print enough(program.get(), options);
    EXPECT_EQ(enough.chart().node_count, 300U);
    EXPECT_TRUE(enough.warnings.empty()) << enough.warnings[0];
}

TEST(Print, OnSmallPaperKeepsWithinItsBorders)
{
    const Builder program = tree(200, 3, 100);
    for (const hp_size size : {hp_size{298, 420}, hp_size{144, 144}, hp_size{144, 2000}})
        for (const hp_paging paging : {HP_TILE, HP_ATLAS}) {
            hp_report_options options = paper(4, paging);
            options.paper.size = size;
            const Print print(program.get(), options);
            EXPECT_GT(print.chart().node_count, 7U);
            expect_apart(print);
        }
}

TEST(Print, WithoutPaperIsOneDrawingOfAnySize)
{
    const Builder program = tree(100, 3, 40);
    hp_report_options options{};
    options.max_nodes = 100;
    options.node_threshold = {true, 0};
    const Print print(program.get(), options, false);
    EXPECT_EQ(print.layout().atlas.sheet_count, 1U);
    EXPECT_EQ(print.layout().box_count, 100U);
    EXPECT_GT(print.layout().size.width, 300);
    EXPECT_GT(print.layout().size.height, 300);
    expect_no_crossings(print);
    expect_all_calls(print);
}

/* A function of one caller that calls nothing else is on top of the next one. */
TEST(Layout, StacksChains)
{
    const Builder program = chain(12);
    const Print print(program.get(), paper(1, HP_TILE));
    const hp_layout &layout = print.layout();
    size_t stacked = 0;
    for (uint32_t i = 1; i < layout.box_count; i++)
        stacked += std::fabs(layout.boxes[i].corner.y - layout.boxes[i - 1].corner.y -
                             layout.boxes[i - 1].size.height) < 0.01;
    EXPECT_EQ(stacked, 10U);
    EXPECT_EQ(layout.curve_count, 1U);
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
    const Print print(builder.get(), paper(1, HP_ATLAS));
    std::vector<std::string> path;
    for (uint32_t i = 0; i < print.layout().path_length; i++)
        path.push_back(print.chart().nodes[print.layout().path[i]].name);
    EXPECT_EQ(path, (std::vector<std::string>{HP_INTERPRETER, "exec", "main", "module", "work"}));
}

} // namespace
