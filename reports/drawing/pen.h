// SPDX-License-Identifier: MIT
/* Text on cairo surfaces, set by Pango. It has the same size on every surface; in a PDF the fonts
 * are embedded and the text can be searched. Lengths are in points, strings are UTF-8. */
#ifndef HP_PEN_H
#define HP_PEN_H

#include "chart/look.h"
#include "geometry.h"
#include "hotprof.h"

#include <pango/pangocairo.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_pen {
    PangoContext *context;
    PangoLayout *layout;
} hp_pen;

/* hp_pen_close is needed even after an error. */
HP_NODISCARD hp_status hp_pen_open(hp_pen *pen, hp_error *error);
void hp_pen_close(hp_pen *pen);

/* The font and the layout of a text. */
typedef struct hp_font {
    double size;
    bool bold;
    double width;  /* of lines, which are broken and aligned; 0: no limit */
    bool one_line; /* a longer text loses its middle */
    PangoAlignment alignment;
} hp_font;

hp_size hp_pen_measure(hp_pen *pen, const hp_font *font, const char *text);

/* Writes a text with its top left corner at x, y in the current colour; returns its size. */
hp_size hp_pen_write(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double y,
                     const char *text);

/* Fills the current rectangular path as a box looks, and keeps it. x, y and size are those of the
 * path. */
void hp_fill_box(cairo_t *cairo, const hp_node_look *look, double x, double y, hp_size size);

/* Sets the current colour. */
void hp_set_color(cairo_t *cairo, hp_color color);

#ifdef __cplusplus
}
#endif

#endif
