// SPDX-License-Identifier: MIT
/* Numbers and names as people read them, the same in every text. */
#ifndef HP_DISPLAY_H
#define HP_DISPLAY_H

#include "graph/callgraph.h"
#include "report.h"

#include <stdio.h>

/* A number with a decimal point, whatever the locale: hp_number_fixed(...).text. */
typedef struct hp_number {
    char text[40];
} hp_number;

/* value / 10^decimals */
hp_number hp_number_fixed(uint64_t value, unsigned decimals);
hp_number hp_number_rounded(double value, unsigned decimals);

/* With a sign, unless it is 0: how a number differs from what it is in the base. */
hp_number hp_number_change(uint64_t value, uint64_t base);
hp_number hp_number_signed(double value, unsigned decimals);

/* How the costs of a call graph are shown: times as seconds, with so many decimals (2 to 9) that
 * two of them differ whose shares of the total differ by a hundredth of a percent, but no more than
 * the clock had; others as counts. */
typedef struct hp_scale {
    bool time;
    unsigned decimals;
    const char *noun; /* "time" or "cost" */
} hp_scale;

hp_scale hp_scale_of(const hp_callgraph *graph);
hp_number hp_scale_cost(const hp_scale *scale, uint64_t cost);
hp_number hp_scale_change(const hp_scale *scale, uint64_t cost, uint64_t base);

/* What is counted, how much in all, and what filters left out. */
void hp_print_heading(FILE *out, const hp_callgraph *graph, const hp_scale *scale,
                      const hp_report_options *options);

/* How far the costs of calls are estimated, if they are. */
void hp_print_estimates(FILE *out, const hp_callgraph *graph, const hp_scale *scale);

/* How many columns of a screen a string of UTF-8 takes: wide characters take two, and those that
 * are drawn onto the one before none. */
size_t hp_columns_of(const char *string);

/* Prints a string on at most so many columns: if it is longer, "..." stands for its middle. */
void hp_print_shortened(FILE *out, const char *string, size_t columns);

/* " <added>", " <removed>" or nothing */
const char *hp_presence_mark(const hp_node *node);

/* The escape sequence that begins the colour of a share of the cost, or of what it differs by, and
 * the one that ends it. */
const char *hp_color_of(double percent);
#define HP_COLOR_END "\x1b[0m"

/* The names of all functions of a profile, by number: "name (file.py:12)", only the name of what is
 * in no file. The file has its directories where several files have the same name. NULL: no memory.
 */
char **hp_labels_new(const hp_profile *profile);
void hp_labels_free(char **labels, const hp_profile *profile);

#endif
