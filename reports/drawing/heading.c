// SPDX-License-Identifier: MIT
#include "drawing/heading.h"

#include <math.h>

static const hp_font title_font = {.size = 14, .bold = true}, text_font = {.size = 9};
static const hp_color ink = {0, 0, 0};

/* cairo NULL, here and below: only measures. */
static hp_size write(hp_pen *pen, cairo_t *cairo, hp_font font, double x, double y, double width,
                     const char *text)
{
    font.width = width;
    return cairo ? hp_pen_write(pen, cairo, &font, x, y, text) : hp_pen_measure(pen, &font, text);
}

static void draw_share(const hp_chart *chart, hp_pen *pen, cairo_t *cairo, double x, double y,
                       hp_size size, size_t share)
{
    const hp_legend *legend = hp_look_legend(&chart->palette);
    hp_node_look look = hp_look_of_node(&chart->palette, legend->share[share]);

    cairo_rectangle(cairo, x, y, size.width, size.height);
    hp_fill_box(cairo, &look, x, y, size);
    hp_set_color(cairo, look.border);
    cairo_set_line_width(cairo, 0.6);
    cairo_stroke(cairo);
    hp_set_color(cairo, look.text);
    hp_pen_write(pen, cairo, &text_font, x + 4, y + 2, legend->text[share]);
    hp_set_color(cairo, ink);
}

static hp_size draw_legend(const hp_chart *chart, hp_pen *pen, cairo_t *cairo, double y)
{
    const hp_legend *legend = hp_look_legend(&chart->palette);
    hp_size size = write(pen, cairo, text_font, 0, y + 2, 0, legend->shares);

    size.width += 6;
    size.height += 4;
    for (size_t i = 0; i < HP_LEGEND_COUNT; i++) {
        double width = hp_pen_measure(pen, &text_font, legend->text[i]).width + 8;

        if (cairo)
            draw_share(chart, pen, cairo, size.width, y, (hp_size){width, size.height}, i);
        size.width += width;
    }
    size.width += 12;
    size.width += write(pen, cairo, text_font, size.width, y + 2, 0, legend->boxes).width;
    return size;
}

double hp_heading_draw(const hp_chart *chart, hp_pen *pen, cairo_t *cairo, double x, double y,
                       double width)
{
    /* The legend is one line. On narrower paper everything is smaller. */
    double scale = fmin(1, width / draw_legend(chart, pen, NULL, 0).width), height;

    width /= scale;
    if (cairo) {
        cairo_save(cairo);
        cairo_translate(cairo, x, y);
        cairo_scale(cairo, scale, scale);
        hp_set_color(cairo, ink);
    }
    height = write(pen, cairo, title_font, 0, 0, width, chart->title).height;
    height += write(pen, cairo, text_font, 0, height, width, chart->subtitle).height + 4;
    height += draw_legend(chart, pen, cairo, height).height + 10;
    if (cairo)
        cairo_restore(cairo);
    return scale * height;
}

void hp_sheet_heading_draw(const hp_chart *chart, hp_pen *pen, cairo_t *cairo, const char *name,
                           hp_point corner, hp_size size)
{
    static const hp_font name_font = {.size = 12, .bold = true, .one_line = true};
    static const hp_font line_font = {.size = 8, .one_line = true};
    /* The three lines at scale 1; the legend is wider than high paper of half the size. */
    const double height = 42, legend_scale = 8.0 / 9;
    double scale = size.height / height, width = size.width / scale;
    hp_size legend = draw_legend(chart, pen, NULL, 0);
    double shrunk = fmin(legend_scale, width / legend.width), y;
    hp_font title = line_font;

    cairo_save(cairo);
    cairo_translate(cairo, corner.x, corner.y);
    cairo_scale(cairo, scale, scale);
    hp_set_color(cairo, ink);
    title.alignment = PANGO_ALIGN_RIGHT;
    if (*name) {
        y = write(pen, cairo, name_font, 0, 0, 0.65 * width, name).height;
        title.width = 0.33 * width;
        hp_pen_write(pen, cairo, &title, 0.67 * width, 3, chart->title);
    } else {
        y = write(pen, cairo, name_font, 0, 0, width, chart->title).height;
    }
    y += 2;
    write(pen, cairo, line_font, 0, y, width, chart->subtitle);
    cairo_translate(cairo, 0, y + 10.5);
    cairo_scale(cairo, shrunk, shrunk);
    draw_legend(chart, pen, cairo, 0);
    cairo_restore(cairo);
}
