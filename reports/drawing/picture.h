// SPDX-License-Identifier: MIT
/* A chart, or the part of it on one sheet of an atlas, as boxes and curves that are measured, laid
 * out and drawn. Lengths are in points at scale 1. */
#ifndef HP_PICTURE_H
#define HP_PICTURE_H

#include "chart/atlas.h"
#include "chart/chart.h"
#include "drawing/layout.h"
#include "drawing/pen.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function, or its references to callers or callees on other sheets. */
typedef struct hp_box {
    uint32_t node;            /* of the chart */
    hp_reference *references; /* NULL: it is a function */
    size_t reference_count;
    bool incoming; /* they are callers, and stand above the function */
} hp_box;

typedef struct hp_picture {
    const hp_chart *chart;
    const hp_atlas *atlas; /* NULL: everything is on one sheet */
    hp_box *boxes;         /* as in layout.nodes */
    size_t box_count;
    const hp_chart_arc **arcs; /* as in layout.edges; NULL: an edge to references */
    hp_layout layout;
    hp_size largest; /* of all boxes */
} hp_picture;

/* The smallest font in a picture. */
#define HP_PICTURE_FONT_SIZE 9.0

/* Builds the picture of a sheet of an atlas, or of the whole chart if atlas is NULL. Both must
 * outlive it. hp_picture_free is needed even after an error. */
HP_NODISCARD hp_status hp_picture_make(hp_picture *picture, const hp_chart *chart,
                                       const hp_atlas *atlas, uint32_t sheet, hp_pen *pen,
                                       hp_error *error);
void hp_picture_free(hp_picture *picture);

/* Lays it out so that it is large on a sheet. fit returns the scale at which a drawing of this size
 * fits, whose largest box is piece. HP_LIMIT: it takes too long. */
typedef double hp_fit(const void *context, hp_size drawing, hp_size piece);
HP_NODISCARD hp_status hp_picture_lay_out(hp_picture *picture, hp_fit *fit, const void *context,
                                          hp_working *working, void *working_context,
                                          hp_error *error);

/* The part of a picture to draw, in its own coordinates. */
typedef struct hp_view {
    hp_point corner;
    hp_size size;
    bool text;              /* false: only boxes and curves */
    const uint32_t *sheets; /* of each function; links lead to those of this sheet. NULL: to none */
    uint32_t sheet;
} hp_view;

/* Draws it with its top left corner at the origin. Whatever is outside the view is not drawn, so
 * that its text is not found there. */
void hp_picture_draw(const hp_picture *picture, const hp_view *view, hp_pen *pen, cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
