// SPDX-License-Identifier: MIT
/* Drawing needs libgvc, cairo and Pango. The module hotreport-draw.so contains all that uses them;
 * it is loaded only for drawings, so nothing else needs these libraries or waits for them. */
#ifndef HP_DRAWING_H
#define HP_DRAWING_H

#include "chart/grid.h"
#include "report.h"

typedef enum hp_drawing_kind { HP_DRAW_PDF, HP_DRAW_PS, HP_DRAW_SVG, HP_DRAW_PNG } hp_drawing_kind;

/* How much is drawn on paper, and on which grid. */
typedef struct hp_drawing_plan {
    hp_grid *grids; /* one, or one for each sheet of an atlas; to be freed */
    size_t grid_count;
    size_t functions;
    bool sparse; /* as for hp_chart_build */
} hp_drawing_plan;

/* What the module exports as hp_drawing_module. */
typedef struct hp_drawing {
    /* Like hp_report.write. */
    hp_status (*write)(hp_drawing_kind kind, const hp_profile *profile,
                       const hp_report_options *options, FILE *out, hp_error *error);

    /* Finds how much of a sorted profile is legible on the paper of the options, and the grid with
     * the largest drawing. */
    hp_status (*plan)(const hp_profile *profile, const hp_report_options *options,
                      hp_drawing_plan *plan, hp_error *error);
} hp_drawing;

/* Loads the module. NULL: it or a library that it needs is not installed; the message says what to
 * install. */
const hp_drawing *hp_drawing_load(hp_error *error);

#endif
