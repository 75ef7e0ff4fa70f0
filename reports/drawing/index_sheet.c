// SPDX-License-Identifier: MIT
#include "drawing/index_sheet.h"

#include "chart/short_name.h"
#include "drawing/heading.h"
#include "layout/grid.h"
#include "text/columns.h"
#include "text/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const hp_font text_font = {.size = 9}, bold_font = {.size = 9, .bold = true};

/* The font of the entries is as large as lets all of them fit on one sheet, up to this. */
static const double largest_font = 9, line_height = 1.25;
enum { COLUMNS_MAX = 4, GUTTER = 14, NAME_COLUMNS_MIN = 8 };

/* Narrower columns would show only the ends of names. On small paper two are narrower. */
static const double column_width_min = 180, two_columns_width_min = 234;

/* Between the hot path and the entries, and between the parts of an entry. */
static const double part_gap = 10, word_gap = 5;

static const char entries_title[] = "Functions by name, those of the hot path in bold";

/* With more sheets than this there is no table of them. */
enum { TABLE_MAX = 24 };

/* --- What stands above the entries --------------------------------------------------------- */

/* Prints "; calls p2 (3), p4 (1)": the sheets that a sheet calls, and how many calls lead there. */
static void print_calls(FILE *out, const hp_index_sheet *index, uint32_t sheet)
{
    const hp_chart *chart = index->chart;
    bool any = false;

    for (uint32_t to = 0; to < index->atlas->sheet_count; to++) {
        char name[HP_SHEET_NAME_SIZE];
        unsigned calls = 0;

        for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
            calls += index->atlas->sheets[arc->caller] == sheet &&
                     index->atlas->sheets[arc->callee] == to;
        if (to == sheet || calls == 0)
            continue;
        hp_atlas_sheet_name(index->atlas, to, name, sizeof name);
        fprintf(out, "%s%s (%u)", any ? ", " : "; calls ", name, calls);
        any = true;
    }
}

/* The title of a sheet and what it calls; NULL without memory. */
static char *new_sheet_line(const hp_index_sheet *index, uint32_t sheet)
{
    char title[HP_ATLAS_TITLE_SIZE], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    hp_atlas_title(index->atlas, index->chart, sheet, title, sizeof title);
    fputs(title, out);
    print_calls(out, index, sheet);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static bool write_lines(hp_index_sheet *index)
{
    uint32_t sheets = index->atlas->sheet_count;
    bool ok = (index->lines = calloc((size_t)sheets + 1, sizeof *index->lines)) != NULL;

    while (ok && sheets <= TABLE_MAX && index->line_count < sheets) {
        uint32_t sheet = index->line_count;

        ok = (index->lines[sheet] = new_sheet_line(index, sheet)) != NULL;
        index->line_count += ok;
    }
    return ok;
}

/* cairo NULL, here and below: only measures. */
static double draw_text(const hp_index_sheet *index, cairo_t *cairo, const hp_font *font, double y,
                        const char *text)
{
    return cairo ? hp_pen_write(index->pen, cairo, font, HP_MARGIN, y, text).height
                 : hp_pen_measure(index->pen, font, text).height;
}

static double draw_sheet_line(const hp_index_sheet *index, cairo_t *cairo, uint32_t sheet,
                              double width, double y)
{
    hp_font font = text_font;
    char link[64];
    double height;

    font.width = width;
    if (cairo) {
        snprintf(link, sizeof link, "dest='" HP_SHEET_LINK "'", (unsigned)sheet);
        cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    }
    height = draw_text(index, cairo, &font, y, index->lines[sheet]);
    if (cairo)
        cairo_tag_end(cairo, CAIRO_TAG_LINK);
    return height;
}

/* Draws what stands above the columns, and returns the y below it. */
static double draw_top(const hp_index_sheet *index, cairo_t *cairo, double width, bool first)
{
    double y =
        HP_MARGIN + hp_heading_draw(index->chart, index->pen, cairo, HP_MARGIN, HP_MARGIN, width);
    hp_font font = bold_font;
    char text[160];

    font.width = width;
    for (uint32_t i = 0; first && i < index->line_count; i++)
        y += draw_sheet_line(index, cairo, i, width, y);
    y += first && index->line_count ? part_gap : 0;
    if (!first)
        snprintf(text, sizeof text, "Functions, continued. Hot path and sheets: see Index");
    else if (index->path_shown == 0)
        snprintf(text, sizeof text, "Functions");
    else if (index->path_shown < index->path_length)
        snprintf(text, sizeof text, "Hot path, the first %u of %u functions",
                 (unsigned)index->path_shown, (unsigned)index->path_length);
    else
        snprintf(text, sizeof text, "Hot path, from the start to where the cost is");
    return y + draw_text(index, cairo, &font, y, text) + 4;
}

/* --- Entries ------------------------------------------------------------------------------- */

static size_t divided(size_t count, size_t columns)
{
    return (count + columns - 1) / columns;
}

static size_t rows_in(double height, double font_size)
{
    return (size_t)fmax(0, height / (line_height * font_size));
}

/* Finds out what fits in columns of this number and type. */
static void plan(hp_index_sheet *index, size_t columns, double font_size, double height)
{
    double row = line_height * font_size, bottom = HP_MARGIN + height;
    double title = draw_text(index, NULL, &bold_font, 0, entries_title) + 2;
    size_t most = rows_in((bottom - index->top) / 2, font_size);

    index->columns = columns;
    index->font_size = font_size;
    index->path_rows = divided(index->path_length, columns);
    if (index->path_rows > most)
        index->path_rows = most;
    index->path_shown = index->path_rows * columns < index->path_length
                            ? (uint32_t)(index->path_rows * columns)
                            : index->path_length;
    if (most == 0)
        index->path_shown = 0;
    index->rows =
        rows_in(bottom - index->top - (double)index->path_rows * row - part_gap - title, font_size);
    index->next_rows = rows_in(bottom - index->next_top, font_size);
    index->rows += index->rows == 0;
    index->next_rows += index->next_rows == 0;
}

/* A name, shortened by its parts as far as it is wider. Only if that is no use its middle is left
 * out. To be freed; NULL without memory. */
static char *fitting_name(const hp_index_sheet *index, const char *name, const hp_font *font,
                          double width)
{
    size_t columns = hp_columns_of(name);

    for (;;) {
        char *shortened = hp_short_name(name, columns, 0);
        double wide = shortened ? hp_pen_measure(index->pen, font, shortened).width : 0;

        if (wide <= width || columns <= NAME_COLUMNS_MIN)
            return shortened;
        free(shortened);
        columns = (size_t)fmax(fmin((double)columns - 1, (double)columns * width / wide + 2),
                               NAME_COLUMNS_MIN);
    }
}

/* With room for some of the place, if the name is whole then. */
static char *new_entry_name(const hp_index_sheet *index, uint32_t node, double width)
{
    const hp_chart_node *function = &index->chart->nodes[node];
    hp_font font = {.size = index->font_size, .bold = index->is_on_path[node]};
    double place = hp_pen_measure(index->pen, &font, function->place).width + word_gap;
    char name[HP_CHART_NAME_SIZE], *beside;

    hp_chart_name(function, name, sizeof name);
    beside = fitting_name(index, name, &font, width - fmin(place, 5 * font.size));
    if (!beside || !strstr(beside, "...") || strstr(name, "..."))
        return beside;
    free(beside);
    return fitting_name(index, name, &font, width);
}

static double column_width(const hp_index_sheet *index, double width)
{
    return (width - (double)(index->columns - 1) * GUTTER) / (double)index->columns;
}

struct entry {
    const char *name;
    uint32_t node;
};

static int order_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int by = strcasecmp(a->name, b->name);

    return by != 0 ? by : (a->node > b->node) - (a->node < b->node);
}

/* Names the entries as they are shown in columns, and sorts them by these names. */
static bool write_entries(hp_index_sheet *index, double width)
{
    uint32_t count = index->chart->node_count;
    struct entry *sorted = malloc(((size_t)count + 1) * sizeof *sorted);
    /* The number of a sheet, a share, and a step of the hot path. */
    double room = column_width(index, width) - 7 * index->font_size;
    bool ok = sorted != NULL;

    for (uint32_t i = 0; ok && i < count; i++) {
        ok = (index->names[i] = new_entry_name(index, i, room)) != NULL;
        sorted[i] = (struct entry){index->names[i], i};
    }
    if (ok) {
        qsort(sorted, count, sizeof *sorted, order_entries);
        for (uint32_t i = 0; i < count; i++)
            index->entries[i] = sorted[i].node;
    }
    free(sorted);
    return ok;
}

/* Chooses the largest type and the fewest columns in which all fits on one sheet. */
static void plan_sheet(hp_index_sheet *index, hp_size area, double smallest)
{
    double fitting = floor((area.width + GUTTER) / (column_width_min + GUTTER));
    size_t columns_max =
        (size_t)fmin(fmax(area.width >= two_columns_width_min ? 2 : 1, fitting), COLUMNS_MAX);

    for (double size = largest_font;; size -= 0.5) {
        for (size_t columns = columns_max < 2 ? 1 : 2; columns <= columns_max; columns++) {
            plan(index, columns, size, area.height);
            if (index->path_shown == index->path_length &&
                index->rows * columns >= index->chart->node_count)
                return;
        }
        if (size - 0.5 < smallest || size - 0.5 <= 0)
            return;
    }
}

hp_status hp_index_sheet_make(hp_index_sheet *index, const hp_chart *chart, const hp_atlas *atlas,
                              const uint32_t *path, uint32_t path_length, hp_pen *pen, hp_size area,
                              double smallest, hp_error *error)
{
    uint32_t count = chart->node_count;

    *index = (hp_index_sheet){.chart = chart,
                              .atlas = atlas,
                              .pen = pen,
                              .path = path,
                              .path_length = path_length,
                              .path_shown = path_length};
    index->entries = malloc(((size_t)count + 1) * sizeof *index->entries);
    index->names = calloc((size_t)count + 1, sizeof *index->names);
    index->is_on_path = calloc((size_t)count + 1, sizeof *index->is_on_path);
    if (!index->entries || !index->names || !index->is_on_path || !write_lines(index))
        return hp_no_memory(error);
    for (uint32_t i = 0; i < path_length; i++)
        index->is_on_path[path[i]] = true;
    index->top = draw_top(index, NULL, area.width, true);
    if (index->top - HP_MARGIN > area.height / 2) { /* the table would need too much room */
        while (index->line_count > 0)
            free(index->lines[--index->line_count]);
        index->top = draw_top(index, NULL, area.width, true);
    }
    index->next_top = draw_top(index, NULL, area.width, false);
    plan_sheet(index, area, smallest);
    return write_entries(index, area.width) ? HP_OK : hp_no_memory(error);
}

size_t hp_index_sheet_entries(const hp_index_sheet *index, size_t first_entry)
{
    size_t left = index->chart->node_count - first_entry;
    size_t room = index->columns * (first_entry == 0 ? index->rows : index->next_rows);

    return left < room ? left : room;
}

/* Writes a name and as much of its place as there is room for. */
static void draw_name(const hp_index_sheet *index, uint32_t node, const hp_font *font, double x,
                      double y, double width, cairo_t *cairo)
{
    hp_font part = *font;
    double taken = hp_pen_measure(index->pen, font, index->names[node]).width;
    const char *place = index->chart->nodes[node].place;

    part.width = fmax(width, 1);
    part.one_line = true;
    hp_pen_write(index->pen, cairo, &part, x, y, index->names[node]);
    part.width = width - taken - word_gap;
    if (*place && part.width > font->size)
        hp_pen_write(index->pen, cairo, &part, x + taken + word_gap, y, place);
}

/* The step of the hot path that calls one, if that is not the one before; 0: it is. */
static uint32_t caller_of_step(const hp_index_sheet *index, uint32_t step)
{
    const hp_chart *chart = index->chart;
    const hp_chart_arc *heaviest = NULL;
    uint32_t caller = 0;

    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++) {
        if (arc->callee != index->path[step])
            continue;
        for (uint32_t i = 0; i < step; i++) {
            if (arc->caller != index->path[i])
                continue;
            if (i + 1 == step)
                return 0;
            if (!heaviest || fabs(arc->share) > fabs(heaviest->share)) {
                heaviest = arc;
                caller = i + 1;
            }
        }
    }
    return caller;
}

/* step: on the hot path, from 0; UINT32_MAX: an entry of the list by name. */
static void draw_entry(const hp_index_sheet *index, uint32_t node, uint32_t step, double x,
                       double y, double width, cairo_t *cairo)
{
    const hp_chart *chart = index->chart;
    double percent = 100 * chart->nodes[node].share, sheet_x, share_x;
    hp_shown_number share = hp_number_shown(chart->graph.base ? hp_number_signed(percent, 1)
                                                              : hp_number_rounded(percent, 1));
    hp_font font = {.size = index->font_size,
                    .bold = step == UINT32_MAX && index->is_on_path[node]};
    char sheet[HP_SHEET_NAME_SIZE], link[40], number[40];

    hp_atlas_sheet_name(index->atlas, index->atlas->sheets[node], sheet, sizeof sheet);
    strcat(share.text, " %");
    sheet_x = x + width - hp_pen_measure(index->pen, &font, sheet).width;
    /* Shares stand in a column. */
    share_x = fmin(sheet_x - word_gap, x + width - 2.2 * index->font_size) -
              hp_pen_measure(index->pen, &font, share.text).width;
    snprintf(link, sizeof link, "dest='" HP_FUNCTION_LINK "'", (unsigned)node);
    cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    if (step != UINT32_MAX) {
        uint32_t caller = caller_of_step(index, step);

        snprintf(number, sizeof number, caller ? "%u (by %u)" : "%u", (unsigned)step + 1,
                 (unsigned)caller);
        x += fmax(hp_pen_write(index->pen, cairo, &font, x, y, number).width + word_gap,
                  2 * index->font_size);
    }
    draw_name(index, node, &font, x, y, share_x - word_gap - x, cairo);
    hp_pen_write(index->pen, cairo, &font, share_x, y, share.text);
    hp_pen_write(index->pen, cairo, &font, sheet_x, y, sheet);
    cairo_tag_end(cairo, CAIRO_TAG_LINK);
}

void hp_index_sheet_free(hp_index_sheet *index)
{
    for (uint32_t i = 0; i < index->line_count; i++)
        free(index->lines[i]);
    free(index->lines);
    for (uint32_t i = 0; index->names && i < index->chart->node_count; i++)
        free(index->names[i]);
    free(index->names);
    free(index->is_on_path);
    free(index->entries);
}

/* Draws entries, or with path steps of it, in columns of equal length. */
static void draw_columns(const hp_index_sheet *index, bool path, size_t first, size_t count,
                         double top, double width, cairo_t *cairo)
{
    size_t rows = divided(count, index->columns);
    double column = column_width(index, width);

    for (size_t i = 0; i < count; i++) {
        size_t at = i / rows;

        draw_entry(index, path ? index->path[i] : index->entries[first + i],
                   path ? (uint32_t)i : UINT32_MAX, HP_MARGIN + (double)at * (column + GUTTER),
                   top + (double)(i % rows) * line_height * index->font_size, column, cairo);
    }
}

void hp_index_sheet_draw(const hp_index_sheet *index, size_t first_entry, hp_size area,
                         cairo_t *cairo)
{
    bool first = first_entry == 0;
    hp_font title = {.size = 9, .bold = true, .one_line = true};
    double y;

    cairo_set_source_rgb(cairo, 0, 0, 0);
    y = draw_top(index, cairo, area.width, first);
    if (first) {
        draw_columns(index, true, 0, index->path_shown, y, area.width, cairo);
        y += (double)index->path_rows * line_height * index->font_size + part_gap;
    }
    if (first && index->path_shown > 0) {
        title.width = area.width;
        y += draw_text(index, cairo, &title, y, entries_title) + 2;
    }
    draw_columns(index, false, first_entry, hp_index_sheet_entries(index, first_entry), y,
                 area.width, cairo);
}
