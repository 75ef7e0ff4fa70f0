// SPDX-License-Identifier: MIT
#include "drawing/picture.h"

#include "drawing/index_sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const hp_font name_font = {.size = HP_TYPE_SIZE, .bold = true};
static const hp_font detail_font = {.size = HP_TYPE_SIZE};
static const hp_color rail = {0.75, 0, 0}, faint = {0.35, 0.35, 0.35};

/* The border of boxes on the hot path. */
static const double rail_width = 1.6;

/* --- Text ---------------------------------------------------------------------------------- */

/* Writes one line with its top left corner at x, y. Type that is wider than it was taken for is
 * made narrower. */
static void write_line(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double y,
                       double width, const char *line)
{
    hp_size size = hp_pen_measure(pen, font, line);

    cairo_save(cairo);
    cairo_translate(cairo, x, y + (HP_LINE_HEIGHT - size.height) / 2);
    if (size.width > width && width > 0)
        cairo_scale(cairo, width / size.width, 1);
    hp_pen_write(pen, cairo, font, 0, 0, line);
    cairo_restore(cairo);
}

/* Writes lines one below the other, none wider than width. */
static void write_lines(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double y,
                        double width, const char *text)
{
    char line[1024];

    while (*text) {
        size_t length = strcspn(text, "\n");
        size_t kept = length < sizeof line ? length : sizeof line - 1;

        memcpy(line, text, kept);
        line[kept] = '\0';
        write_line(pen, cairo, font, x, y, width, line);
        y += HP_LINE_HEIGHT;
        text += length + (text[length] == '\n');
    }
}

/* --- Lines --------------------------------------------------------------------------------- */

static void draw_arrow(cairo_t *cairo, hp_point from, hp_point tip, double width)
{
    double angle = atan2(tip.y - from.y, tip.x - from.x);
    double length = hypot(tip.x - from.x, tip.y - from.y), half = fmax(2, 0.9 * width);

    cairo_save(cairo);
    cairo_translate(cairo, tip.x, tip.y);
    cairo_rotate(cairo, angle);
    cairo_move_to(cairo, 0, 0);
    cairo_line_to(cairo, -length, half);
    cairo_line_to(cairo, -length, -half);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    cairo_restore(cairo);
}

static void draw_curve(const hp_picture *picture, const hp_curve *curve, cairo_t *cairo)
{
    const hp_point *points = picture->print->layout.points + curve->first_point;
    hp_arc_look look = hp_look_of_arc(&picture->print->chart.palette, curve->share);
    static const double less_dashes[] = {7, 3};

    cairo_set_dash(cairo, less_dashes, look.less ? 2 : 0, 0);
    hp_set_color(cairo, look.color);
    cairo_set_line_width(cairo, look.width);
    cairo_move_to(cairo, points[0].x, points[0].y);
    for (size_t i = 1; i + 2 < curve->point_count; i += 3)
        cairo_curve_to(cairo, points[i].x, points[i].y, points[i + 1].x, points[i + 1].y,
                       points[i + 2].x, points[i + 2].y);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    if (curve->arrow)
        draw_arrow(cairo, points[curve->point_count - 1], curve->tip, look.width);
}

/* The lightest calls first: heavy ones are drawn over them. */
static void draw_curves(const hp_picture *picture, uint32_t sheet, cairo_t *cairo)
{
    static const double steps[] = {0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, INFINITY};
    const hp_layout *layout = &picture->print->layout;

    for (size_t step = 0; step + 1 < sizeof steps / sizeof *steps; step++)
        for (uint32_t i = 0; i < layout->curve_count; i++) {
            double share = fabs(layout->curves[i].share);

            if (layout->curves[i].sheet == sheet && share >= steps[step] && share < steps[step + 1])
                draw_curve(picture, &layout->curves[i], cairo);
        }
}

/* --- Boxes and notes ----------------------------------------------------------------------- */

static void draw_box(const hp_picture *picture, uint32_t node, hp_pen *pen, cairo_t *cairo)
{
    const hp_box *box = &picture->print->layout.boxes[node];
    const hp_chart *chart = &picture->print->chart;
    hp_node_look look = hp_look_of_node(&chart->palette, chart->nodes[node].share);
    double x = box->corner.x + HP_PADDING_X, y = box->corner.y + HP_PADDING_Y;
    double width = box->size.width - 2 * HP_PADDING_X;
    char destination[40];

    snprintf(destination, sizeof destination, "name='" HP_FUNCTION_LINK "'", (unsigned)node);
    if (picture->links)
        cairo_tag_begin(cairo, CAIRO_TAG_DEST, destination);
    cairo_rectangle(cairo, box->corner.x, box->corner.y, box->size.width, box->size.height);
    hp_fill_box(cairo, &look, box->corner.x, box->corner.y, box->size);
    hp_set_color(cairo, box->step ? rail : look.border);
    cairo_set_line_width(cairo, box->step ? rail_width : 0.6);
    cairo_stroke(cairo);
    if (chart->graph.nodes[chart->nodes[node].node].cycle) {
        cairo_set_line_width(cairo, 0.4);
        cairo_rectangle(cairo, box->corner.x + 1.5, box->corner.y + 1.5, box->size.width - 3,
                        box->size.height - 3);
        cairo_stroke(cairo);
    }
    if (picture->text) {
        hp_set_color(cairo, look.text);
        write_lines(pen, cairo, &name_font, x, y, width, box->name);
        write_lines(pen, cairo, &detail_font, x, y + (double)box->name_lines * HP_LINE_HEIGHT,
                    width, box->details);
    }
    if (picture->links)
        cairo_tag_end(cairo, CAIRO_TAG_DEST);
}

/* Heavy calls are written in the colour of their lines. */
static hp_color color_of(const hp_picture *picture, const hp_note *note)
{
    const hp_palette *palette = &picture->print->chart.palette;

    return note->kind != HP_NOTE_SHARE && hp_look_is_heavy(palette, note->share)
               ? hp_look_of_arc(palette, note->share).color
               : faint;
}

static void draw_note(const hp_picture *picture, const hp_note *note, hp_pen *pen, cairo_t *cairo)
{
    bool linked = picture->links && note->target != HP_NO_NODE;
    char link[40];

    if (linked) {
        snprintf(link, sizeof link, "dest='" HP_FUNCTION_LINK "'", (unsigned)note->target);
        cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
    }
    hp_set_color(cairo, color_of(picture, note));
    write_lines(pen, cairo, &detail_font, note->corner.x, note->corner.y, note->size.width,
                note->text);
    if (linked)
        cairo_tag_end(cairo, CAIRO_TAG_LINK);
}

void hp_picture_draw(const hp_picture *picture, uint32_t sheet, hp_pen *pen, cairo_t *cairo)
{
    const hp_layout *layout = &picture->print->layout;

    draw_curves(picture, sheet, cairo);
    for (uint32_t i = 0; i < layout->box_count; i++)
        if (layout->boxes[i].sheet == sheet && !layout->boxes[i].step)
            draw_box(picture, i, pen, cairo);
    for (uint32_t i = 0; i < layout->box_count; i++)
        if (layout->boxes[i].sheet == sheet && layout->boxes[i].step)
            draw_box(picture, i, pen, cairo);
    for (uint32_t i = 0; picture->text && i < layout->note_count; i++)
        if (layout->notes[i].sheet == sheet)
            draw_note(picture, &layout->notes[i], pen, cairo);
}
