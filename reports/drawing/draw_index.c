// SPDX-License-Identifier: MIT
#include "drawing/document.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const hp_type text_type = {.size = 9}, bold_type = {.size = 9, .bold = true};

/* Type of the entries is as large as lets all stand on one sheet, within these. */
static const double largest_type = 9, line_height = 1.25;
enum { COLUMNS_MAX = 4, GUTTER = 14 };

/* What a column must have to show more of a name than its ends. */
static const double column_width_min = 110;

/* Of more sheets than this no table is made. */
enum { TABLE_MAX = 24 };

/* --- The hot path -------------------------------------------------------------------------- */

/* So many functions of it are told. */
enum { PATH_MAX_STEPS = 12 };

/* The heaviest call of a function to one that is not on the path yet. */
static const hp_chart_arc *heaviest_call(const hp_chart *chart, uint32_t from, const bool *passed)
{
    const hp_chart_arc *heaviest = NULL;

    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
        if (arc->caller == from && !passed[arc->callee] &&
            (!heaviest || fabs(arc->share) > fabs(heaviest->share)))
            heaviest = arc;
    return heaviest;
}

static void print_step(FILE *out, const hp_document *document, uint32_t node)
{
    char name[HP_ATLAS_NAME_SIZE];

    hp_atlas_name(&document->atlas, &document->chart, node, name, sizeof name);
    fprintf(out, "%s (p%u)", name, (unsigned)document->atlas.sheets[node] + 1);
}

/* From the heaviest function down the heaviest calls; to be freed; NULL: no memory. */
static char *hot_path(const hp_document *document)
{
    const hp_chart *chart = &document->chart;
    bool *passed = calloc(chart->node_count + 1, sizeof *passed);
    char *text = NULL;
    size_t size;
    FILE *out = passed ? open_memstream(&text, &size) : NULL;
    uint32_t node = 0, steps = 1;

    if (out) {
        fputs("Hot path: ", out);
        print_step(out, document, node);
        for (const hp_chart_arc *arc;
             passed[node] = true, (arc = heaviest_call(chart, node, passed)) &&
                                      hp_look_is_heavy(&chart->palette, arc->share);
             node = arc->callee) {
            fputs(" → ", out);
            if (steps++ == PATH_MAX_STEPS) {
                fputs("…", out);
                break;
            }
            print_step(out, document, arc->callee);
        }
        if (fclose(out) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(passed);
    return text;
}

/* --- What stands above the entries --------------------------------------------------------- */

/* Writes "calls p2 (3), p4 (1)": the sheets that one calls, and from how many places. */
static void print_calls(FILE *out, const hp_document *document, uint32_t sheet)
{
    const hp_chart *chart = &document->chart;
    bool any = false;

    for (uint32_t to = 0; to < document->atlas.sheet_count; to++) {
        unsigned calls = 0;

        for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
            calls += document->atlas.sheets[arc->caller] == sheet &&
                     document->atlas.sheets[arc->callee] == to;
        if (to == sheet || calls == 0)
            continue;
        fprintf(out, "%sp%u (%u)", any ? ", " : "; calls ", (unsigned)to + 1, calls);
        any = true;
    }
}

static double write_line(hp_document *document, cairo_t *cairo, const hp_type *type, double x,
                         double y, const char *text)
{
    return cairo ? hp_pen_write(&document->pen, cairo, type, x, y, text).height
                 : hp_pen_measure(&document->pen, type, text).height;
}

static double draw_sheet_line(hp_document *document, cairo_t *cairo, uint32_t sheet, double width,
                              double y)
{
    hp_type type = text_type;
    char title[HP_ATLAS_TITLE_SIZE], link[64], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    double height = 0;

    if (!out)
        return 0;
    hp_atlas_title(&document->atlas, &document->chart, sheet, title, sizeof title);
    fputs(title, out);
    print_calls(out, document, sheet);
    type.width = width;
    if (fclose(out) == 0 && text) {
        if (cairo) {
            snprintf(link, sizeof link, "dest='" HP_SHEET_LINK "'", (unsigned)sheet);
            cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
        }
        height = write_line(document, cairo, &type, HP_MARGIN, y, text);
        if (cairo)
            cairo_tag_end(cairo, CAIRO_TAG_LINK);
    }
    free(text);
    return height;
}

/* Returns where it ends; draws nothing without cairo. */
static double draw_top(hp_document *document, cairo_t *cairo, double width)
{
    double y = HP_MARGIN + hp_document_heading(document, cairo, HP_MARGIN, HP_MARGIN, width);
    hp_type type = bold_type;

    if (document->index.brief)
        return y;

    char *path = document->chart.node_count ? hot_path(document) : NULL;

    type.width = width;
    if (path)
        y += write_line(document, cairo, &type, HP_MARGIN, y, path) + 8;
    free(path);
    for (uint32_t i = 0;
         i < document->atlas.sheet_count && document->atlas.sheet_count <= TABLE_MAX; i++)
        y += draw_sheet_line(document, cairo, i, width, y);
    return y + 10;
}

/* --- Entries ------------------------------------------------------------------------------- */

hp_status hp_index_plan_make(hp_document *document, hp_size area, hp_error *error)
{
    hp_index_plan *plan = &document->index;
    uint32_t count = document->chart.node_count;
    double smallest = hp_paper_min_font(&document->options->paper),
           bottom = HP_MARGIN + area.height;
    double fitting = floor((area.width + GUTTER) / (column_width_min + GUTTER));
    size_t columns_max = (size_t)fmin(fmax(1, fitting), COLUMNS_MAX);

    plan->entries = malloc((count + 1) * sizeof *plan->entries);
    if (!plan->entries || !hp_chart_order_by_name(&document->chart, plan->entries))
        return hp_error_set(error, HP_NO_MEMORY, 0, "out of memory");
    plan->top = draw_top(document, NULL, area.width);
    plan->brief = plan->top - HP_MARGIN > area.height / 2;
    if (plan->brief)
        plan->top = draw_top(document, NULL, area.width);
    for (plan->type = largest_type; plan->type > 0; plan->type -= 0.5) {
        plan->rows = (size_t)fmax(1, (bottom - plan->top) / (line_height * plan->type));
        for (plan->columns = columns_max < 2 ? 1 : 2; plan->columns <= columns_max; plan->columns++)
            if (plan->rows * plan->columns >= count)
                return HP_OK;
        plan->columns = columns_max;
        if (plan->type - 0.5 < smallest)
            break;
    }
    return HP_OK;
}

static void draw_entry(hp_document *document, uint32_t node, double x, double y, double width,
                       cairo_t *cairo)
{
    const hp_chart_node *function = &document->chart.nodes[node];
    hp_type type = {.size = document->index.type};
    char name[HP_CHART_NAME_SIZE], sheet[16], link[40], text[2 * HP_CHART_NAME_SIZE];
    double sheet_width;

    hp_chart_name(function, name, sizeof name);
    snprintf(text, sizeof text, "%s  %s", name, function->place);
    snprintf(sheet, sizeof sheet, "p%u", (unsigned)document->atlas.sheets[node] + 1);
    snprintf(link, sizeof link, "dest='f%u'", (unsigned)node);
    sheet_width = hp_pen_measure(&document->pen, &type, sheet).width;
    cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    hp_pen_write(&document->pen, cairo, &type, x + width - sheet_width, y, sheet);
    type.width = width - sheet_width - 4;
    type.one_line = true;
    hp_pen_write(&document->pen, cairo, &type, x, y, text);
    cairo_tag_end(cairo, CAIRO_TAG_LINK);
}

void hp_index_draw(hp_document *document, const hp_sheet *sheet, hp_size area, cairo_t *cairo)
{
    const hp_index_plan *plan = &document->index;
    double width = (area.width - (double)(plan->columns - 1) * GUTTER) / (double)plan->columns;
    size_t count = document->chart.node_count - sheet->first_entry;

    cairo_set_source_rgb(cairo, 0, 0, 0);
    draw_top(document, cairo, area.width);
    for (size_t i = 0; i < count && i < plan->rows * plan->columns; i++) {
        size_t column = i / plan->rows, row = i % plan->rows;

        draw_entry(document, plan->entries[sheet->first_entry + i],
                   HP_MARGIN + (double)column * (width + GUTTER),
                   plan->top + (double)row * line_height * plan->type, width, cairo);
    }
}
