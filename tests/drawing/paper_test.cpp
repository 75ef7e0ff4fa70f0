// SPDX-License-Identifier: MIT
/* Sheets of paper: sizes that are read, and drawings that are cut. */
#include "chart/grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace
{

hp_size size_of(const char *text)
{
    hp_size size{};
    return hp_paper_parse_size(text, &size) ? size : hp_size{};
}

TEST(PaperSize, IsANameOrTwoLengthsInWholePoints)
{
    const std::pair<const char *, hp_size> sizes[] = {
        {"a4", {595, 842}},       {"A4", {595, 842}},        {"letter", {612, 792}},
        {"a3", {842, 1191}},      {"210x297mm", {595, 842}}, {"297x210mm", {595, 842}},
        {"8.5x11in", {612, 792}}, {"500x700pt", {500, 700}}, {"500.4x700", {500, 700}},
    };
    for (const auto &[text, expected] : sizes) {
        EXPECT_EQ(size_of(text).width, expected.width) << text;
        EXPECT_EQ(size_of(text).height, expected.height) << text;
    }
}

TEST(PaperSize, IsNothingElse)
{
    for (const char *text :
         {"", "a5", "210", "210x", "x297", "210x297cm", "10x10mm", "-1x-1mm", "1e9x1e9", "nanxnan",
          "infxinf", "210x297mm ", "9999999x9999999", "0x500", "20000x20000"})
        EXPECT_EQ(size_of(text).width, 0) << text;
}

TEST(PaperLength, HasAUnitOrIsInPoints)
{
    hp_length length{};
    EXPECT_TRUE(hp_paper_parse_length("1in", &length));
    EXPECT_TRUE(length.given);
    EXPECT_EQ(length.points, 72);
    EXPECT_TRUE(hp_paper_parse_length("25.4mm", &length));
    EXPECT_NEAR(length.points, 72, 1e-9);
    EXPECT_TRUE(hp_paper_parse_length("0", &length));
    EXPECT_EQ(length.points, 0);
    for (const char *text : {"", "mm", "-1", "1ft", "1 mm"})
        EXPECT_FALSE(hp_paper_parse_length(text, &length)) << text;
}

TEST(Paper, IsWantedByWhoeverSpeaksOfIt)
{
    hp_paper none{};
    EXPECT_FALSE(hp_paper_wanted(&none));
    EXPECT_EQ(hp_paper_pages(&none), 1U);
    hp_paper pages{}, grid{}, landscape{}, atlas{}, overview{};
    pages.pages = 1;
    grid.rows = 2;
    grid.columns = 3;
    landscape.orientation = HP_LANDSCAPE;
    atlas.paging = HP_ATLAS;
    overview.overview = true;
    for (const hp_paper &paper : {pages, grid, landscape, atlas, overview})
        EXPECT_TRUE(hp_paper_wanted(&paper));
    EXPECT_EQ(hp_paper_pages(&grid), 6U);
}

/* Drawings of many shapes, on many papers. */
struct Case {
    hp_paper paper;
    size_t pages;
    hp_poster poster;
};

std::vector<Case> cases()
{
    std::vector<Case> all;
    for (size_t pages = 1; pages <= 12; pages++)
        for (const hp_orientation orientation : {HP_ORIENTATION_AUTO, HP_PORTRAIT, HP_LANDSCAPE})
            for (const double width : {80.0, 700.0, 2000.0, 9000.0})
                for (const double height : {40.0, 900.0, 8000.0})
                    for (const double heading : {0.0, 60.0}) {
                        Case one{};
                        one.paper.orientation = orientation;
                        one.pages = pages;
                        one.poster = {{width, height}, {80, 40}, heading, pages > 1 ? 16.0 : 0, 4};
                        all.push_back(one);
                    }
    return all;
}

TEST(Grid, HoldsTheDrawingBelowItsHeading)
{
    for (const Case &one : cases()) {
        const hp_grid grid = hp_paper_grid(&one.paper, one.pages, &one.poster);
        const hp_size size = hp_grid_size(&grid);
        EXPECT_GT(grid.scale, 0);
        EXPECT_LE(grid.scale * one.poster.drawing.width, size.width + 1e-6);
        EXPECT_LE(grid.scale * one.poster.drawing.height + one.poster.heading, size.height + 1e-6);
    }
}

TEST(Grid, OverlapsByAPieceSoThatEachIsWholeOnOneSheet)
{
    for (const Case &one : cases()) {
        const hp_grid grid = hp_paper_grid(&one.paper, one.pages, &one.poster);
        if (grid.columns > 1) {
            EXPECT_GE(grid.overlap.width, grid.scale * one.poster.piece.width - 1e-6);
        }
        if (grid.rows > 1) {
            EXPECT_GE(grid.overlap.height, grid.scale * one.poster.piece.height - 1e-6);
        }
        EXPECT_LT(grid.overlap.width, grid.tile.width);
        EXPECT_LT(grid.overlap.height, grid.tile.height);
    }
}

TEST(Grid, TilesLeaveTheMarginOfTheirSheet)
{
    for (const Case &one : cases()) {
        const hp_grid grid = hp_paper_grid(&one.paper, one.pages, &one.poster);
        EXPECT_EQ(grid.landscape, grid.sheet.width > grid.sheet.height);
        EXPECT_EQ(grid.tile.width, grid.sheet.width - 2 * HP_MARGIN);
        EXPECT_EQ(grid.tile.height, grid.sheet.height - 2 * HP_MARGIN - one.poster.footer);
        if (one.paper.orientation != HP_ORIENTATION_AUTO) {
            EXPECT_EQ(grid.landscape, one.paper.orientation == HP_LANDSCAPE);
        }
    }
}

bool is_prime(size_t number)
{
    for (size_t i = 2; i < number; i++)
        if (number % i == 0)
            return false;
    return number > 1;
}

TEST(Grid, HasAllPagesUnlessTheirNumberIsPrimeAndFewerShowMore)
{
    bool any_fewer = false;
    for (const Case &one : cases()) {
        const hp_grid grid = hp_paper_grid(&one.paper, one.pages, &one.poster);
        const size_t used = grid.rows * grid.columns;
        if (used != one.pages) {
            EXPECT_TRUE(is_prime(one.pages));
            EXPECT_LT(used, one.pages);
            hp_paper row = one.paper, column = one.paper;
            row.rows = column.columns = 1;
            row.columns = column.rows = one.pages;
            EXPECT_GT(grid.scale, hp_paper_grid(&row, one.pages, &one.poster).scale);
            EXPECT_GT(grid.scale, hp_paper_grid(&column, one.pages, &one.poster).scale);
            any_fewer = true;
        }
    }
    EXPECT_TRUE(any_fewer);
}

TEST(Grid, IsTheBestOfAllThatHaveSoManyPages)
{
    for (const Case &one : cases()) {
        const hp_grid best = hp_paper_grid(&one.paper, one.pages, &one.poster);
        for (size_t rows = 1; rows <= one.pages; rows++) {
            if (one.pages % rows != 0)
                continue;
            hp_paper given = one.paper;
            given.rows = rows;
            given.columns = one.pages / rows;
            const hp_grid grid = hp_paper_grid(&given, one.pages, &one.poster);
            EXPECT_EQ(grid.rows, rows);
            EXPECT_LE(grid.scale, 1.02 * best.scale);
        }
    }
}

TEST(Grid, TakesTheOverlapThatIsGiven)
{
    hp_paper paper{};
    paper.overlap = {true, 30};
    const hp_poster poster = {{3000, 3000}, {80, 40}, 0, 16, 4};
    const hp_grid grid = hp_paper_grid(&paper, 4, &poster);
    EXPECT_EQ(grid.overlap.width, 30);
    EXPECT_EQ(grid.overlap.height, 30);
    paper.overlap.points = 1e6;
    const hp_grid wide = hp_paper_grid(&paper, 4, &poster);
    EXPECT_LT(wide.overlap.width, wide.tile.width);
    EXPECT_GT(wide.scale, 0);
}

} // namespace
