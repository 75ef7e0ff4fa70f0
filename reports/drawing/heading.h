// SPDX-License-Identifier: MIT
/* The heading of a drawing: title, subtitle and legend. */
#ifndef HP_HEADING_H
#define HP_HEADING_H

#include "chart/chart.h"
#include "drawing/pen.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Draws it at x, y and returns its height; with cairo NULL it only measures. */
double hp_heading_draw(const hp_chart *chart, hp_pen *pen, cairo_t *cairo, double x, double y,
                       double width);

/* Draws the heading of one of several sheets into a height at x, y: its name and the profile's,
 * what is drawn, and the legend, a line each. */
void hp_sheet_heading_draw(const hp_chart *chart, hp_pen *pen, cairo_t *cairo, const char *name,
                           hp_point corner, hp_size size);

#ifdef __cplusplus
}
#endif

#endif
