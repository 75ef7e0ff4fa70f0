// SPDX-License-Identifier: MIT
/* Text on cairo's surfaces, through Pango: measured as it is drawn, whatever the surface, embedded,
 * and found again by those who search a PDF. Lengths are in points; strings are UTF-8. */
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

/* How a text is set. */
typedef struct hp_font {
    double size;
    bool bold;
    double width;  /* lines are broken at it, and aligned within; 0: as long as they are */
    bool one_line; /* what is longer than the width loses its middle instead */
    PangoAlignment alignment;
} hp_font;

hp_size hp_pen_measure(hp_pen *pen, const hp_font *font, const char *text);

/* Writes a text whose top left corner is x, y, in the colour that cairo has; returns its size. */
hp_size hp_pen_write(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double y,
                     const char *text);

/* The colour of what is drawn next. */
void hp_set_color(cairo_t *cairo, hp_color color);

#ifdef __cplusplus
}
#endif

#endif
