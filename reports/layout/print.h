// SPDX-License-Identifier: MIT
/* A chart on paper: how many functions are drawn, how large, and where. */
#ifndef HP_PRINT_H
#define HP_PRINT_H

#include "chart/chart.h"
#include "layout/grid.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_print {
    hp_chart chart;
    hp_layout layout;
    hp_grid grid; /* of paper */
    double scale; /* of the layout */
} hp_print;

/* Chooses what is drawn of a sorted profile, and lays it out. Both the profile and the options must
 * outlive the print.
 *
 * on_paper: on the sheets that the options ask for. They are filled: with as many functions as fit
 * in the smallest type that is legible; if all fit, in larger type; if that is large, on fewer
 * sheets. If the options ask for a number of functions, these are drawn, in any type. Warnings go
 * to the listener of the options. hp_print_free is needed even after an error. */
HP_NODISCARD hp_status hp_print_make(hp_print *print, const hp_profile *profile,
                                     const hp_report_options *options, bool on_paper,
                                     hp_error *error);
void hp_print_free(hp_print *print);

/* The size of the type. */
double hp_print_type(const hp_print *print);

#ifdef __cplusplus
}
#endif

#endif
