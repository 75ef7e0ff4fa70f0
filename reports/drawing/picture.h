// SPDX-License-Identifier: MIT
/* Draws the boxes, lines and notes of a layout. */
#ifndef HP_PICTURE_H
#define HP_PICTURE_H

#include "drawing/pen.h"
#include "layout/print.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_picture {
    const hp_print *print;
    bool text;  /* false: only boxes and lines */
    bool links; /* from notes to functions */
} hp_picture;

/* Draws a sheet with the top left corner of its area at the origin, at scale 1. */
void hp_picture_draw(const hp_picture *picture, uint32_t sheet, hp_pen *pen, cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
