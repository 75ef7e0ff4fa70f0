// SPDX-License-Identifier: MIT
/* The boxes of functions: how wide they are, what each of them says, and how high that makes it. */
#ifndef HP_BOXES_H
#define HP_BOXES_H

#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The width of all boxes of a chart, in lanes (blocks.h): that which nearly all of them need; the
 * text of the others has more lines. most: the points that there are. 0: out of memory. */
uint32_t hp_boxes_lanes(const hp_chart *chart, double most);

/* Sets the texts, the step and the size of the box of a function of the chart, in this width of
 * points. step: its place on the hot path, from 1; 0: it is not on it. The texts belong to the box,
 * even if this returns false, as it is out of memory. */
bool hp_box_measure(hp_box *box, const hp_chart *chart, uint32_t node, uint32_t step, double width);

#ifdef __cplusplus
}
#endif

#endif
