// SPDX-License-Identifier: MIT
/* The call graph on paper for Graphviz: a poster that is cut into sheets, or one graph for each
 * sheet of an atlas. All boxes and lines have their places, which neato -n2 keeps. */
#ifndef HP_DOT_SHEETS_H
#define HP_DOT_SHEETS_H

#include "report.h"

/* Like hp_report.write. */
HP_NODISCARD hp_status hp_dot_sheets_write(const hp_profile *profile,
                                           const hp_report_options *options, FILE *out,
                                           hp_error *error);

#endif
