// SPDX-License-Identifier: MIT
#include "paper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const hp_size a4 = {595, 842};

bool hp_paper_wanted(const hp_paper *paper)
{
    return paper->pages || paper->rows || paper->size.width > 0 || paper->overview ||
           paper->paging == HP_ATLAS || paper->orientation != HP_ORIENTATION_AUTO;
}

size_t hp_paper_pages(const hp_paper *paper)
{
    if (paper->rows)
        return paper->rows * paper->columns;
    return paper->pages ? paper->pages : 1;
}

double hp_paper_min_font(const hp_paper *paper)
{
    return paper->min_font > 0 ? paper->min_font : 6;
}

/* Reads a number of at most six digits before the point; NULL: there is none, or one that strtod
 * reads otherwise, such as 0x1p91 and 1e300. */
static const char *parse_number(const char *text, double *number)
{
    size_t digits = strspn(text, "0123456789"), all = digits;
    char *end;

    if (text[all] == '.')
        all += 1 + strspn(text + all + 1, "0123456789");
    *number = strtod(text, &end);
    return digits <= 6 && end > text && end == text + all ? end : NULL;
}

static bool parse_unit(const char *text, double *points)
{
    *points = strcmp(text, "mm") == 0                    ? 72 / 25.4
              : strcmp(text, "in") == 0                  ? 72
              : *text == '\0' || strcmp(text, "pt") == 0 ? 1
                                                         : 0;
    return *points > 0;
}

bool hp_paper_parse_size(const char *text, hp_size *size)
{
    static const struct {
        const char *name;
        hp_size size;
    } known[] = {{"a4", {595, 842}}, {"letter", {612, 792}}, {"a3", {842, 1191}}};
    enum { SHORTEST = 144, LONGEST = 14400 }; /* PDF knows no longer pages */
    double width, height, unit;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(text, known[i].name) == 0) {
            *size = known[i].size;
            return true;
        }
    text = parse_number(text, &width);
    if (!text || (*text != 'x' && *text != 'X'))
        return false;
    text = parse_number(text + 1, &height);
    if (!text || !parse_unit(text, &unit))
        return false;
    /* A fraction of a point would be a row of sheets more. */
    width = round(width * unit);
    height = round(height * unit);
    *size = (hp_size){fmin(width, height), fmax(width, height)};
    return size->width >= SHORTEST && size->height <= LONGEST;
}

bool hp_paper_parse_length(const char *text, hp_length *length)
{
    double number, unit;

    text = parse_number(text, &number);
    if (!text || !parse_unit(text, &unit))
        return false;
    *length = (hp_length){true, number * unit};
    return true;
}

/* So much of a side overlaps at most: tiles shall show something new. */
#define OVERLAP_MAX 0.5

/* The scale at which a drawing so long fits on so many tiles side by side, below a margin. A piece
 * of it is not larger than the overlap, unless that is given. */
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

/* Larger by more than the eye sees. */
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
