// SPDX-License-Identifier: MIT
/* The width of text on a terminal. */
#ifndef HP_COLUMNS_H
#define HP_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/* The columns that a UTF-8 string takes: a wide character takes two, one that is drawn onto the
 * character before it none. */
size_t hp_columns_of(const char *string);

/* Prints a string on at most this many columns: "..." replaces the middle of a longer one. */
void hp_print_shortened(FILE *out, const char *string, size_t columns);

/* The same as a new string. Frees string, which may be NULL; NULL without memory. */
char *hp_shortened(char *string, size_t columns);

#endif
