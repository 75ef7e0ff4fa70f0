// SPDX-License-Identifier: MIT
/* A chart, or the part of it that one sheet of an atlas shows, as a graph of boxes that are
 * measured, laid out and drawn. Lengths are in points at scale 1. */
#ifndef HP_PICTURE_H
#define HP_PICTURE_H

#include "chart/atlas.h"
#include "chart/chart.h"
#include "drawing/layout.h"
#include "drawing/pen.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function, or the references at one of its ends to functions on other sheets. */
typedef struct hp_box {
    uint32_t node;            /* of the chart */
    hp_reference *references; /* NULL: the box is the function itself */
    size_t reference_count;
    bool incoming; /* they are callers, and stand above */
} hp_box;

typedef struct hp_picture {
    const hp_chart *chart;
    const hp_atlas *atlas; /* NULL: all is on one sheet */
    hp_box *boxes;         /* as in layout.nodes */
    size_t box_count;
    const hp_chart_arc **arcs; /* as in layout.edges; NULL: to or from references */
    hp_layout layout;
    hp_size largest; /* box */
} hp_picture;

/* The smallest type in a picture. */
#define HP_PICTURE_FONT_SIZE 9.0

/* Makes the picture of a sheet of an atlas, or of the whole chart if atlas is NULL; both must
 * outlive it. Frees nothing on failure: hp_picture_free is needed in any case. */
HP_NODISCARD hp_status hp_picture_make(hp_picture *picture, const hp_chart *chart,
                                       const hp_atlas *atlas, uint32_t sheet, hp_pen *pen,
                                       hp_error *error);
void hp_picture_free(hp_picture *picture);

/* Lays it out so that it is large on a sheet of such a shape: as fit says, of a size, how large
 * that would be. HP_LIMIT: it takes too long. */
typedef double hp_fit(const void *context, hp_size drawing, hp_size piece);
HP_NODISCARD hp_status hp_picture_lay_out(hp_picture *picture, hp_fit *fit, const void *context,
                                          hp_working *working, void *working_context,
                                          hp_error *error);

/* What of a picture is seen, in its own coordinates. */
typedef struct hp_view {
    hp_point corner;
    hp_size size;
    bool text; /* or only boxes and curves */
} hp_view;

/* Draws it with its top left corner at the origin. What is wholly out of view is left out, so that
 * nobody finds its text there. */
void hp_picture_draw(const hp_picture *picture, const hp_view *view, hp_pen *pen, cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
