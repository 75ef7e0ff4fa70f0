// SPDX-License-Identifier: MIT
#include "chart/grid.h"

#include <math.h>

static const hp_size a4 = {595, 842};

/* At most this part of a side overlaps, so that every tile shows something new. */
#define OVERLAP_MAX 0.5

/* The scale at which a drawing fits on a row of tiles, one of which has a margin. Unless the
 * overlap is given, it is as large as a piece of the drawing. */
static double fit(const hp_length *overlap, size_t count, double tile, double length, double piece,
                  double margin)
{
    double others = (double)(count - 1), all = (double)count * tile - margin;

    if (overlap->given)
        return (all - others * fmin(overlap->points, OVERLAP_MAX * tile)) / length;
    if (count == 1)
        return all / length;
    return fmin(all / (length + others * piece), OVERLAP_MAX * tile / piece);
}

static double overlap_of(const hp_length *overlap, double scale, double tile, double piece)
{
    return overlap->given ? fmin(overlap->points, OVERLAP_MAX * tile) : scale * piece;
}

static hp_grid cut(const hp_paper *paper, const hp_poster *poster, size_t rows, size_t columns,
                   bool landscape)
{
    hp_size size = paper->size.width > 0 ? paper->size : a4;
    hp_grid grid = {.rows = rows, .columns = columns, .landscape = landscape};

    grid.sheet = landscape ? (hp_size){size.height, size.width} : size;
    grid.tile = (hp_size){grid.sheet.width - 2 * HP_MARGIN,
                          grid.sheet.height - 2 * HP_MARGIN - poster->footer};
    grid.scale = fmin(fit(&paper->overlap, columns, grid.tile.width, poster->drawing.width,
                          poster->piece.width, 0),
                      fit(&paper->overlap, rows, grid.tile.height, poster->drawing.height,
                          poster->piece.height, poster->heading));
    grid.scale = fmin(grid.scale, poster->scale_max);
    if (columns > 1)
        grid.overlap.width =
            overlap_of(&paper->overlap, grid.scale, grid.tile.width, poster->piece.width);
    if (rows > 1)
        grid.overlap.height =
            overlap_of(&paper->overlap, grid.scale, grid.tile.height, poster->piece.height);
    return grid;
}

static bool is_prime(size_t number)
{
    for (size_t i = 2; i * i <= number; i++)
        if (number % i == 0)
            return false;
    return number > 1;
}

/* A smaller difference is not seen. */
static bool is_better(const hp_grid *grid, const hp_grid *than)
{
    return than->rows == 0 || grid->scale > 1.01 * than->scale;
}

static hp_grid best_of(const hp_paper *paper, const hp_poster *poster, size_t pages)
{
    hp_grid best = {0};

    for (int landscape = 0; landscape < 2; landscape++) {
        if (paper->orientation == (landscape ? HP_PORTRAIT : HP_LANDSCAPE))
            continue;
        for (size_t rows = 1; rows <= pages; rows++) {
            if (pages % rows != 0 || (paper->rows && paper->rows != rows))
                continue;

            hp_grid grid = cut(paper, poster, rows, pages / rows, landscape);

            if (is_better(&grid, &best))
                best = grid;
        }
    }
    return best;
}

hp_grid hp_paper_grid(const hp_paper *paper, size_t pages, const hp_poster *poster)
{
    hp_grid best = best_of(paper, poster, pages);

    if (!paper->rows && is_prime(pages))
        for (size_t fewer = pages - 1; fewer > 1 && fewer + 2 >= pages; fewer--) {
            hp_grid grid = best_of(paper, poster, fewer);

            if (is_better(&grid, &best))
                best = grid;
        }
    return best;
}

hp_size hp_grid_size(const hp_grid *grid)
{
    return (hp_size){
        (double)grid->columns * grid->tile.width -
            (double)(grid->columns - 1) * grid->overlap.width,
        (double)grid->rows * grid->tile.height - (double)(grid->rows - 1) * grid->overlap.height,
    };
}
