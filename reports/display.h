// SPDX-License-Identifier: MIT
/* Numbers and names as people read them, the same in every text. */
#ifndef HP_DISPLAY_H
#define HP_DISPLAY_H

#include "hotprof.h"

#include <stdio.h>

/* A number with a decimal point, whatever the locale: hp_number_seconds(...).text. */
typedef struct hp_number {
    char text[40];
} hp_number;

/* value / 10^decimals */
hp_number hp_number_fixed(uint64_t value, unsigned decimals);
hp_number hp_number_rounded(double value, unsigned decimals);
hp_number hp_number_seconds(uint64_t nanoseconds, unsigned decimals);

/* How many decimals seconds need, 2 to 9: for two costs to differ whose shares of the total differ
 * by a hundredth of a percent, but no more than show multiples of step nanoseconds. */
unsigned hp_seconds_decimals(uint64_t total, uint64_t step);

/* How many columns of a screen a string takes: one a character. */
size_t hp_columns_of(const char *string);

/* Prints a string on at most so many columns: if it is longer, "..." stands for its middle. */
void hp_print_shortened(FILE *out, const char *string, size_t columns);

/* The escape sequence that begins the colour of a share of the cost, and the one that ends it. */
const char *hp_color_of(double percent);
#define HP_COLOR_END "\x1b[0m"

/* The names of all functions of a profile, by number: "name (file.py:12)", only the name of what is
 * in no file. The file has its directories where several files have the same name. NULL: no memory.
 */
char **hp_labels_new(const hp_profile *profile);
void hp_labels_free(char **labels, const hp_profile *profile);

#endif
