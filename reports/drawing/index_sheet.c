// SPDX-License-Identifier: MIT
#include "drawing/index_sheet.h"

#include "chart/grid.h"
#include "drawing/heading.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const hp_font text_font = {.size = 9}, bold_font = {.size = 9, .bold = true};

/* The font of the entries is as large as lets all of them fit on one sheet, up to this. */
static const double largest_font = 9, line_height = 1.25;
enum { COLUMNS_MAX = 4, GUTTER = 14 };

/* Narrower columns would show only the ends of names. */
static const double column_width_min = 110;

/* With more sheets than this there is no table of them. */
enum { TABLE_MAX = 24 };

/* --- What stands above the entries --------------------------------------------------------- */

enum { PATH_STEPS_MAX = 40 };

/* Closes a memory stream and returns its text, to be freed; NULL without memory. */
static char *finish_text(FILE *out, char **text)
{
    if (fclose(out) != 0) {
        free(*text);
        *text = NULL;
    }
    return *text;
}

/* The heaviest call from a function, or with HP_NO_NODE from any on the path, to one that is not on
 * the path yet; NULL if that is not heavy. */
static const hp_chart_arc *heaviest_call(const hp_chart *chart, uint32_t from, const bool *passed)
{
    const hp_chart_arc *heaviest = NULL;

    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
        if ((from == HP_NO_NODE ? passed[arc->caller] : arc->caller == from) &&
            !passed[arc->callee] && (!heaviest || fabs(arc->share) > fabs(heaviest->share)))
            heaviest = arc;
    return heaviest && hp_look_is_heavy(&chart->palette, heaviest->share) ? heaviest : NULL;
}

/* The call with which the path goes on from a function. If most of what it cost in a cycle is
 * neither its own nor that of one call, it called a function back that is on the path: a program
 * that imports modules does. */
static const hp_chart_arc *next_call(const hp_chart *chart, uint32_t from, const bool *passed)
{
    const hp_chart_arc *call = heaviest_call(chart, from, passed);
    const hp_chart_node *drawn = &chart->nodes[from];
    const hp_node *node = &chart->graph.nodes[drawn->node];

    return !node->cycle || node->self > node->inclusive / 2 ||
                   (call && fabs(call->share) > fabs(drawn->share) / 2)
               ? call
               : heaviest_call(chart, HP_NO_NODE, passed);
}

static void print_step(FILE *out, const hp_index_sheet *index, uint32_t node)
{
    char name[HP_ATLAS_NAME_SIZE];

    hp_atlas_name(index->atlas, index->chart, node, name, sizeof name);
    fprintf(out, "%s (p%u)", name, (unsigned)index->atlas->sheets[node] + 1);
}

/* The hot path: from the heaviest function along the heaviest calls. NULL without memory. */
static char *new_hot_path(const hp_index_sheet *index)
{
    const hp_chart *chart = index->chart;
    bool *passed = calloc(chart->node_count + 1, sizeof *passed);
    char *text = NULL;
    size_t size;
    FILE *out = passed ? open_memstream(&text, &size) : NULL;
    uint32_t node = 0, steps = 1;

    if (out) {
        fputs("Hot path: ", out);
        print_step(out, index, node);
        for (const hp_chart_arc *call; passed[node] = true, call = next_call(chart, node, passed);
             node = call->callee) {
            fputs(" → ", out);
            if (steps++ == PATH_STEPS_MAX) {
                fputs("…", out);
                break;
            }
            if (call->caller != node) {
                print_step(out, index, call->caller);
                fputs(" → ", out);
            }
            print_step(out, index, call->callee);
        }
        finish_text(out, &text);
    }
    free(passed);
    return text;
}

/* Prints "; calls p2 (3), p4 (1)": the sheets that a sheet calls, and how many calls lead there. */
static void print_calls(FILE *out, const hp_index_sheet *index, uint32_t sheet)
{
    const hp_chart *chart = index->chart;
    bool any = false;

    for (uint32_t to = 0; to < index->atlas->sheet_count; to++) {
        unsigned calls = 0;

        for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
            calls += index->atlas->sheets[arc->caller] == sheet &&
                     index->atlas->sheets[arc->callee] == to;
        if (to == sheet || calls == 0)
            continue;
        fprintf(out, "%sp%u (%u)", any ? ", " : "; calls ", (unsigned)to + 1, calls);
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
    return finish_text(out, &text);
}

static bool write_top(hp_index_sheet *index)
{
    uint32_t sheets = index->atlas->sheet_count;
    bool ok = true;

    if (index->chart->node_count > 0)
        ok = (index->hot_path = new_hot_path(index)) != NULL;
    ok = ok && (index->lines = calloc(sheets, sizeof *index->lines)) != NULL;
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

/* Returns the y below it. */
static double draw_top(const hp_index_sheet *index, cairo_t *cairo, double width)
{
    double y =
        HP_MARGIN + hp_heading_draw(index->chart, index->pen, cairo, HP_MARGIN, HP_MARGIN, width);
    hp_font font = bold_font;

    if (index->brief)
        return y;
    font.width = width;
    if (index->hot_path)
        y += draw_text(index, cairo, &font, y, index->hot_path) + 8;
    for (uint32_t i = 0; i < index->line_count; i++)
        y += draw_sheet_line(index, cairo, i, width, y);
    return y + 10;
}

/* --- Entries ------------------------------------------------------------------------------- */

hp_status hp_index_sheet_make(hp_index_sheet *index, const hp_chart *chart, const hp_atlas *atlas,
                              hp_pen *pen, hp_size area, double smallest, hp_error *error)
{
    uint32_t count = chart->node_count;
    double bottom = HP_MARGIN + area.height;
    double fitting = floor((area.width + GUTTER) / (column_width_min + GUTTER));
    size_t columns_max = (size_t)fmin(fmax(1, fitting), COLUMNS_MAX);

    *index = (hp_index_sheet){.chart = chart, .atlas = atlas, .pen = pen};
    index->entries = malloc((count + 1) * sizeof *index->entries);
    if (!index->entries || !hp_chart_order_by_name(chart, index->entries) || !write_top(index))
        return hp_no_memory(error);
    index->top = draw_top(index, NULL, area.width);
    index->brief = index->top - HP_MARGIN > area.height / 2;
    if (index->brief)
        index->top = draw_top(index, NULL, area.width);
    for (index->font_size = largest_font; index->font_size > 0; index->font_size -= 0.5) {
        index->rows = (size_t)fmax(1, (bottom - index->top) / (line_height * index->font_size));
        for (index->columns = columns_max < 2 ? 1 : 2; index->columns <= columns_max;
             index->columns++)
            if (index->rows * index->columns >= count)
                return HP_OK;
        index->columns = columns_max;
        if (index->font_size - 0.5 < smallest)
            break;
    }
    return HP_OK;
}

static void draw_entry(const hp_index_sheet *index, uint32_t node, double x, double y, double width,
                       cairo_t *cairo)
{
    const hp_chart_node *function = &index->chart->nodes[node];
    hp_font font = {.size = index->font_size};
    char name[HP_CHART_NAME_SIZE], sheet[16], link[40], text[2 * HP_CHART_NAME_SIZE];
    double sheet_width;

    hp_chart_name(function, name, sizeof name);
    snprintf(text, sizeof text, "%s  %s", name, function->place);
    snprintf(sheet, sizeof sheet, "p%u", (unsigned)index->atlas->sheets[node] + 1);
    snprintf(link, sizeof link, "dest='f%u'", (unsigned)node);
    sheet_width = hp_pen_measure(index->pen, &font, sheet).width;
    cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    hp_pen_write(index->pen, cairo, &font, x + width - sheet_width, y, sheet);
    font.width = width - sheet_width - 4;
    font.one_line = true;
    hp_pen_write(index->pen, cairo, &font, x, y, text);
    cairo_tag_end(cairo, CAIRO_TAG_LINK);
}

void hp_index_sheet_free(hp_index_sheet *index)
{
    for (uint32_t i = 0; i < index->line_count; i++)
        free(index->lines[i]);
    free(index->lines);
    free(index->hot_path);
    free(index->entries);
}

void hp_index_sheet_draw(const hp_index_sheet *index, size_t first_entry, hp_size area,
                         cairo_t *cairo)
{
    double width = (area.width - (double)(index->columns - 1) * GUTTER) / (double)index->columns;
    size_t count = index->chart->node_count - first_entry;

    cairo_set_source_rgb(cairo, 0, 0, 0);
    draw_top(index, cairo, area.width);
    for (size_t i = 0; i < count && i < index->rows * index->columns; i++) {
        size_t column = i / index->rows, row = i % index->rows;

        draw_entry(index, index->entries[first_entry + i],
                   HP_MARGIN + (double)column * (width + GUTTER),
                   index->top + (double)row * line_height * index->font_size, width, cairo);
    }
}
