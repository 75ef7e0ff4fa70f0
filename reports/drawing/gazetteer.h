// SPDX-License-Identifier: MIT
/* The heaviest functions of an overview whose boxes are too small to be read: numbers in their
 * places, and a list of these, "7 walk B2 30.0 %". */
#ifndef HP_GAZETTEER_H
#define HP_GAZETTEER_H

#include "chart/atlas.h"
#include "drawing/pen.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HP_GAZETTEER_MAX 24

typedef struct hp_gazetteer {
    const hp_chart *chart;
    const hp_atlas *atlas;
    hp_pen *pen;
    uint32_t nodes[HP_GAZETTEER_MAX]; /* of the chart, the heaviest first */
    size_t count;
} hp_gazetteer;

/* Chooses the functions. Chart, atlas and pen must outlive it. */
void hp_gazetteer_choose(hp_gazetteer *gazetteer, const hp_chart *chart, const hp_atlas *atlas,
                         hp_pen *pen);

/* Leaves out the lightest ones that have no place in a list of this size. */
void hp_gazetteer_fit(hp_gazetteer *gazetteer, hp_size list);

/* Draws the list with its top left corner at x, y, and returns its height. cairo NULL: only
 * measures. */
double hp_gazetteer_draw(const hp_gazetteer *gazetteer, cairo_t *cairo, double x, double y,
                         double width);

/* Draws the number of a function, from 0, with its centre at a place. */
void hp_gazetteer_mark(const hp_gazetteer *gazetteer, cairo_t *cairo, size_t number,
                       hp_point place);

#ifdef __cplusplus
}
#endif

#endif
