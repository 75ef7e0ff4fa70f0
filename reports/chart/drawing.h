// SPDX-License-Identifier: MIT
/* What needs Graphviz's library, cairo and Pango lives in a module of its own, hotreport-draw.so,
 * that is loaded when a drawing is asked for: nothing else waits for these libraries, or needs
 * them. */
#ifndef HP_DRAWING_H
#define HP_DRAWING_H

#include "chart/grid.h"
#include "report.h"

typedef enum hp_drawing_kind { HP_DRAW_PDF, HP_DRAW_PS, HP_DRAW_SVG, HP_DRAW_PNG } hp_drawing_kind;

/* What is drawn on paper, and how it is cut. */
typedef struct hp_drawing_plan {
    hp_grid *grids; /* one, or one a sheet of an atlas; to be freed */
    size_t grid_count;
    size_t functions;
    bool sparse; /* see hp_chart_build */
} hp_drawing_plan;

/* The module exports one, hp_drawing_module. */
typedef struct hp_drawing {
    /* Writes a sorted profile. */
    hp_status (*write)(hp_drawing_kind kind, const hp_profile *profile,
                       const hp_report_options *options, FILE *out, hp_error *error);

    /* Finds out how much of a sorted profile stays legible on the paper of the options, and the
     * grid on which it is largest. */
    hp_status (*plan)(const hp_profile *profile, const hp_report_options *options,
                      hp_drawing_plan *plan, hp_error *error);
} hp_drawing;

/* NULL: the module, or a library that it needs, is not installed; the error says what to do. */
const hp_drawing *hp_drawing_load(hp_error *error);

#endif
