// SPDX-License-Identifier: MIT
/* Drawing needs cairo and Pango. The module hotreport-draw.so contains all that uses them;
 * it is loaded only for drawings, so nothing else needs these libraries or waits for them. */
#ifndef HP_DRAWING_H
#define HP_DRAWING_H

#include "report.h"

typedef enum hp_drawing_kind { HP_DRAW_PDF, HP_DRAW_PS, HP_DRAW_SVG, HP_DRAW_PNG } hp_drawing_kind;

/* What the module exports as hp_drawing_module. */
typedef struct hp_drawing {
    /* Like hp_report.write. */
    hp_status (*write)(hp_drawing_kind kind, const hp_profile *profile,
                       const hp_report_options *options, FILE *out, hp_error *error);
} hp_drawing;

/* Loads the module. NULL: it or a library that it needs is not installed; the message says what to
 * install. */
const hp_drawing *hp_drawing_load(hp_error *error);

#endif
