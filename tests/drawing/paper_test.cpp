// SPDX-License-Identifier: MIT
/* Sheets of paper: sizes that are read, and drawings that are cut. */
#include "layout/grid.h"

#include <gtest/gtest.h>

#include <algorithm>
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

hp_paper tiles()
{
    hp_paper paper{};
    paper.paging = HP_TILE;
    return paper;
}

TEST(Grid, HasAllPagesInTheShapeThatIsNearestToASquareOfThem)
{
    const hp_paper paper = tiles();
    const std::pair<size_t, std::pair<size_t, size_t>> expected[] = {
        {1, {1, 1}}, {4, {2, 2}}, {9, {3, 3}}, {12, {3, 4}}, {16, {4, 4}}};
    for (const auto &[pages, shape] : expected) {
        const hp_grid grid = hp_paper_grid(&paper, pages);
        EXPECT_EQ(std::min(grid.rows, grid.columns), shape.first) << pages;
        EXPECT_EQ(std::max(grid.rows, grid.columns), shape.second) << pages;
    }
    for (size_t pages = 1; pages < 40; pages++) {
        const hp_grid grid = hp_paper_grid(&paper, pages);
        EXPECT_EQ(grid.rows * grid.columns, pages);
    }
}

TEST(Grid, HasTheRowsAndColumnsThatAreGiven)
{
    hp_paper paper = tiles();
    paper.rows = 2;
    paper.columns = 6;
    const hp_grid grid = hp_paper_grid(&paper, 12);
    EXPECT_EQ(grid.rows, 2U);
    EXPECT_EQ(grid.columns, 6U);
}

TEST(Grid, OfAnAtlasIsOneColumn)
{
    hp_paper paper{};
    paper.paging = HP_ATLAS;
    const hp_grid grid = hp_paper_grid(&paper, 6);
    EXPECT_EQ(grid.columns, 1U);
    EXPECT_EQ(grid.rows, 6U);
}

TEST(Grid, TilesLeaveTheMarginOfTheirSheetAndRoomForAHeading)
{
    for (const hp_orientation orientation : {HP_ORIENTATION_AUTO, HP_PORTRAIT, HP_LANDSCAPE})
        for (const hp_size size : {hp_size{0, 0}, hp_size{144, 144}, hp_size{2384, 3370}}) {
            hp_paper paper = tiles();
            paper.orientation = orientation;
            paper.size = size;
            const hp_grid grid = hp_paper_grid(&paper, 4);
            EXPECT_EQ(grid.landscape, orientation == HP_LANDSCAPE);
            EXPECT_EQ(grid.tile.width, grid.sheet.width - 2 * HP_MARGIN);
            EXPECT_LT(grid.tile.height, grid.sheet.height - 2 * HP_MARGIN);
            EXPECT_EQ(grid.area.width, grid.tile.width);
            EXPECT_EQ(grid.area.height, grid.tile.height - grid.heading);
            EXPECT_GT(grid.area.height, grid.tile.height / 2);
        }
}

TEST(Grid, TilesDoNotOverlapUnlessThatIsWanted)
{
    hp_paper paper = tiles();
    const hp_grid grid = hp_paper_grid(&paper, 4);
    EXPECT_EQ(hp_grid_size(&grid).width, 2 * grid.tile.width);
    EXPECT_EQ(hp_grid_size(&grid).height, 2 * grid.tile.height);
    paper.overlap = {true, 30};
    const hp_grid overlapping = hp_paper_grid(&paper, 4);
    EXPECT_EQ(hp_grid_size(&overlapping).width, 2 * grid.tile.width - 30);
    EXPECT_EQ(hp_grid_size(&overlapping).height, 2 * grid.tile.height - 30);
    /* Boxes are where only one tile is. */
    EXPECT_EQ(overlapping.area.width, grid.tile.width - 60);
    EXPECT_EQ(hp_grid_corner(&overlapping, 0, 1).x, grid.tile.width);
    EXPECT_EQ(hp_grid_corner(&overlapping, 1, 0).y, grid.tile.height + grid.heading);
    paper.overlap.points = 1e6;
    EXPECT_GT(hp_paper_grid(&paper, 4).area.width, 0);
}

} // namespace
