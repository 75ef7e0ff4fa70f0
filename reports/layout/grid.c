// SPDX-License-Identifier: MIT
#include "layout/grid.h"

#include <math.h>

static const hp_size a4 = {595, 842};

/* The heading takes this much of paper that is wide enough, and on small paper less. */
static const double heading_height = 42, heading_width = 420;

/* Room for the line below a tile that names its neighbours. */
static const double footer_height = 16;

/* At most this part of a side overlaps, so that every tile shows something new. */
static const double overlap_max = 0.25;

static double overlap_of(const hp_length *overlap, size_t count, double tile)
{
    return overlap->given && count > 1 ? fmin(overlap->points, overlap_max * tile) : 0;
}

/* How far the shape of a poster is from that of a sheet. */
static double distance(size_t rows, size_t columns)
{
    return fabs(log((double)rows / (double)columns));
}

hp_grid hp_paper_grid(const hp_paper *paper, size_t pages)
{
    double footer = paper->paging == HP_TILE && pages > 1 ? footer_height : 0;
    hp_size size = paper->size.width > 0 ? paper->size : a4;
    bool landscape = paper->orientation == HP_LANDSCAPE;
    hp_grid grid = {.rows = pages, .columns = 1, .landscape = landscape};

    grid.sheet = landscape ? (hp_size){size.height, size.width} : size;
    grid.tile =
        (hp_size){grid.sheet.width - 2 * HP_MARGIN, grid.sheet.height - 2 * HP_MARGIN - footer};
    if (paper->paging == HP_TILE && paper->rows && paper->rows * paper->columns == pages) {
        grid.rows = paper->rows;
        grid.columns = paper->columns;
    } else if (paper->paging == HP_TILE) {
        for (size_t rows = 1; rows <= pages; rows++)
            if (pages % rows == 0 &&
                distance(rows, pages / rows) < distance(grid.rows, grid.columns)) {
                grid.rows = rows;
                grid.columns = pages / rows;
            }
        grid.overlap = (hp_size){0, 0};
    }
    grid.overlap.width = overlap_of(&paper->overlap, grid.columns, grid.tile.width);
    grid.overlap.height =
        paper->paging == HP_TILE ? overlap_of(&paper->overlap, grid.rows, grid.tile.height) : 0;
    grid.heading = heading_height * fmin(1, grid.tile.width / heading_width);
    grid.area = (hp_size){grid.tile.width - 2 * grid.overlap.width,
                          grid.tile.height - 2 * grid.overlap.height - grid.heading};
    return grid;
}

hp_size hp_grid_size(const hp_grid *grid)
{
    return (hp_size){
        (double)grid->columns * grid->tile.width -
            (double)(grid->columns - 1) * grid->overlap.width,
        (double)grid->rows * grid->tile.height - (double)(grid->rows - 1) * grid->overlap.height,
    };
}

hp_point hp_grid_corner(const hp_grid *grid, size_t row, size_t column)
{
    return (hp_point){(double)column * (grid->tile.width - grid->overlap.width) +
                          grid->overlap.width,
                      (double)row * (grid->tile.height - grid->overlap.height) +
                          grid->overlap.height + grid->heading};
}
