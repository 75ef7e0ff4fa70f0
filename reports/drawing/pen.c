// SPDX-License-Identifier: MIT
#include "drawing/pen.h"

#include <string.h>

#define FAMILY "Helvetica, Arial, DejaVu Sans, Sans"

hp_status hp_pen_open(hp_pen *pen, hp_error *error)
{
    cairo_font_options_t *options = cairo_font_options_create();
    bool ok = cairo_font_options_status(options) == CAIRO_STATUS_SUCCESS;

    /* Paper has no pixels to align letters with. */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pen->context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    pango_cairo_context_set_font_options(pen->context, options);
    pango_cairo_context_set_resolution(pen->context, 72);
    pango_context_set_round_glyph_positions(pen->context, FALSE);
    cairo_font_options_destroy(options);
    pen->layout = pango_layout_new(pen->context);
    /* The first letters, which may be of Hebrew, say nothing of the line as a whole. */
    pango_layout_set_auto_dir(pen->layout, FALSE);
    return ok ? HP_OK : hp_no_memory(error);
}

void hp_pen_close(hp_pen *pen)
{
    g_object_unref(pen->layout);
    g_object_unref(pen->context);
}

static hp_size set(hp_pen *pen, const hp_font *font, const char *text)
{
    PangoFontDescription *description = pango_font_description_from_string(FAMILY);
    int width, height;

    pango_font_description_set_absolute_size(description, font->size * PANGO_SCALE);
    pango_font_description_set_weight(description,
                                      font->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(pen->layout, description);
    pango_font_description_free(description);
    pango_layout_set_width(pen->layout, font->width > 0 ? (int)(font->width * PANGO_SCALE) : -1);
    pango_layout_set_wrap(pen->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(pen->layout, font->alignment);
    pango_layout_set_ellipsize(pen->layout,
                               font->one_line ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_text(pen->layout, text, -1);
    pango_layout_get_size(pen->layout, &width, &height);
    return (hp_size){(double)width / PANGO_SCALE, (double)height / PANGO_SCALE};
}

hp_size hp_pen_measure(hp_pen *pen, const hp_font *font, const char *text)
{
    return set(pen, font, text);
}

/* If no font has a character, Pango draws its number, which nobody could search for. cairo's own
 * text draws an empty box and keeps the character. */
static void write_plainly(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double y)
{
    PangoLayoutIter *lines = pango_layout_get_iter(pen->layout);
    const char *text = pango_layout_get_text(pen->layout);

    cairo_select_font_face(cairo, "Sans", CAIRO_FONT_SLANT_NORMAL,
                           font->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, font->size);
    do {
        PangoLayoutLine *line = pango_layout_iter_get_line_readonly(lines);
        int start = pango_layout_line_get_start_index(line);
        char *part = g_strndup(text + start, (gsize)pango_layout_line_get_length(line));
        PangoRectangle place;

        pango_layout_iter_get_line_extents(lines, NULL, &place);
        cairo_move_to(cairo, x + (double)place.x / PANGO_SCALE,
                      y + (double)pango_layout_iter_get_baseline(lines) / PANGO_SCALE);
        cairo_show_text(cairo, part);
        g_free(part);
    } while (pango_layout_iter_next_line(lines));
    pango_layout_iter_free(lines);
}

hp_size hp_pen_write(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double y,
                     const char *text)
{
    hp_size size = set(pen, font, text);

    if (pango_layout_get_unknown_glyphs_count(pen->layout) > 0) {
        write_plainly(pen, cairo, font, x, y);
    } else {
        cairo_move_to(cairo, x, y);
        pango_cairo_show_layout(cairo, pen->layout);
    }
    return size;
}

void hp_fill_box(cairo_t *cairo, const hp_node_look *look, double x, double y, hp_size size)
{
    const double distance = 5;
    cairo_path_t *box;

    hp_set_color(cairo, look->fill);
    cairo_fill_preserve(cairo);
    if (!look->less)
        return;
    box = cairo_copy_path(cairo);
    cairo_save(cairo);
    cairo_clip(cairo);
    for (double at = distance; at < size.width + size.height; at += distance) {
        cairo_move_to(cairo, x + at, y);
        cairo_line_to(cairo, x + at - size.height, y + size.height);
    }
    hp_set_color(cairo, hp_darker(look->fill));
    cairo_set_line_width(cairo, 0.8);
    cairo_stroke(cairo);
    cairo_restore(cairo);
    cairo_append_path(cairo, box);
    cairo_path_destroy(box);
}

void hp_set_color(cairo_t *cairo, hp_color color)
{
    cairo_set_source_rgb(cairo, color.red, color.green, color.blue);
}
