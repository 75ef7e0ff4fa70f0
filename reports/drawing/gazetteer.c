// SPDX-License-Identifier: MIT
#include "drawing/gazetteer.h"

#include "drawing/index_sheet.h"
#include "text/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double row_height = 11, column_width_min = 170, gutter = 12, gap_above = 8;
static const hp_font row_font = {.size = 8.5, .one_line = true};
static const hp_font mark_font = {.size = 7.5, .bold = true};
static const hp_color ink = {0, 0, 0}, paper = {1, 1, 1};

void hp_gazetteer_choose(hp_gazetteer *gazetteer, const hp_chart *chart, const hp_atlas *atlas,
                         hp_pen *pen)
{
    *gazetteer = (hp_gazetteer){.chart = chart, .atlas = atlas, .pen = pen};
    for (uint32_t i = 0; i < chart->node_count; i++) {
        size_t at = gazetteer->count;

        /* Of equal ones the first comes first. */
        while (at > 0 &&
               fabs(chart->nodes[i].share) > fabs(chart->nodes[gazetteer->nodes[at - 1]].share))
            at--;
        if (at == HP_GAZETTEER_MAX)
            continue;
        if (gazetteer->count < HP_GAZETTEER_MAX)
            gazetteer->count++;
        memmove(&gazetteer->nodes[at + 1], &gazetteer->nodes[at],
                (gazetteer->count - at - 1) * sizeof *gazetteer->nodes);
        gazetteer->nodes[at] = i;
    }
}

void hp_gazetteer_fit(hp_gazetteer *gazetteer, hp_size list)
{
    while (gazetteer->count > 0 &&
           hp_gazetteer_draw(gazetteer, NULL, 0, 0, list.width) > list.height)
        gazetteer->count--;
}

static void draw_row(const hp_gazetteer *gazetteer, cairo_t *cairo, size_t number, double x,
                     double y, double width)
{
    const hp_chart *chart = gazetteer->chart;
    uint32_t node = gazetteer->nodes[number];
    double percent = 100 * chart->nodes[node].share, end;
    hp_shown_number share = hp_number_shown(chart->graph.base ? hp_number_signed(percent, 1)
                                                              : hp_number_rounded(percent, 1));
    char text[80], name[HP_ATLAS_NAME_SIZE], sheet[HP_SHEET_NAME_SIZE], link[40];
    hp_font font = row_font;

    hp_atlas_sheet_name(gazetteer->atlas, gazetteer->atlas->sheets[node], sheet, sizeof sheet);
    hp_atlas_name(gazetteer->atlas, chart, node, name, sizeof name);
    snprintf(link, sizeof link, "dest='" HP_FUNCTION_LINK "'", (unsigned)node);
    snprintf(text, sizeof text, "%s  %s %%", sheet, share.text);
    cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    end = x + width - hp_pen_measure(gazetteer->pen, &row_font, text).width;
    hp_pen_write(gazetteer->pen, cairo, &row_font, end, y, text);
    snprintf(text, sizeof text, "%zu", number + 1);
    hp_pen_write(gazetteer->pen, cairo, &row_font, x, y, text);
    x += 2 * row_font.size;
    font.width = fmax(end - x - 4, 1);
    hp_pen_write(gazetteer->pen, cairo, &font, x, y, name);
    cairo_tag_end(cairo, CAIRO_TAG_LINK);
}

double hp_gazetteer_draw(const hp_gazetteer *gazetteer, cairo_t *cairo, double x, double y,
                         double width)
{
    double fitting = floor((width + gutter) / (column_width_min + gutter));
    size_t columns = (size_t)fmax(1, fitting);
    size_t rows = (gazetteer->count + columns - 1) / columns;
    double column = (width - (double)(columns - 1) * gutter) / (double)columns;

    if (cairo)
        hp_set_color(cairo, ink);
    for (size_t i = 0; cairo && i < gazetteer->count; i++) {
        size_t at = i / rows;

        draw_row(gazetteer, cairo, i, x + (double)at * (column + gutter),
                 y + gap_above + (double)(i % rows) * row_height, column);
    }
    return rows > 0 ? (double)rows * row_height + gap_above : 0;
}

void hp_gazetteer_mark(const hp_gazetteer *gazetteer, cairo_t *cairo, size_t number, hp_point place)
{
    char text[16];
    hp_size size;
    double radius;

    snprintf(text, sizeof text, "%zu", number + 1);
    size = hp_pen_measure(gazetteer->pen, &mark_font, text);
    radius = hypot(size.width, 0.8 * size.height) / 2 + 1;
    cairo_new_path(cairo);
    cairo_arc(cairo, place.x, place.y, radius, 0, 4 * acos(0));
    hp_set_color(cairo, paper);
    cairo_fill_preserve(cairo);
    hp_set_color(cairo, ink);
    cairo_set_line_width(cairo, 0.6);
    cairo_stroke(cairo);
    hp_pen_write(gazetteer->pen, cairo, &mark_font, place.x - size.width / 2,
                 place.y - size.height / 2, text);
}
