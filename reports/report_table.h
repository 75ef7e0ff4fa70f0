// SPDX-License-Identifier: MIT
/* The reports that there are, for the table in report.c alone. */
#ifndef HP_REPORTS_H
#define HP_REPORTS_H

#include "report.h"

extern const hp_report hp_report_gprof;
extern const hp_report hp_report_flat;
extern const hp_report hp_report_callgraph;
extern const hp_report hp_report_annotate;
extern const hp_report hp_report_callgrind;
extern const hp_report hp_report_folded;
extern const hp_report hp_report_json;
extern const hp_report hp_report_pstats;
extern const hp_report hp_report_dot;
extern const hp_report hp_report_pdf;
extern const hp_report hp_report_ps;
extern const hp_report hp_report_svg;
extern const hp_report hp_report_png;

#endif
