// SPDX-License-Identifier: MIT
/* The sentences above the numbers of a report: what was counted and what is missing. */
#ifndef HP_SUMMARY_H
#define HP_SUMMARY_H

#include "report.h"
#include "text/scale.h"

/* The event and its total, the base's total and the difference, and what filters left out. */
void hp_print_totals(FILE *out, const hp_callgraph *graph, const hp_scale *scale,
                     const hp_report_options *options);

/* How many costs of calls are estimates; nothing if none are. */
void hp_print_estimates(FILE *out, const hp_callgraph *graph, const hp_scale *scale);

/* How many numbers of calls are unknown; nothing if none are. */
void hp_print_unknown_calls(FILE *out, const hp_callgraph *graph);

#endif
