// SPDX-License-Identifier: MIT
/* How much room text takes on paper. It is known without any font: letters have the widths of
 * Helvetica, which the fonts that stand for it share, so that a drawing has the same layout
 * whoever prints it. Lengths are in points, strings are UTF-8. */
#ifndef HP_TEXT_SIZE_H
#define HP_TEXT_SIZE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The width of the widest of the lines of a text. */
double hp_text_width(const char *text, double size, bool bold);

/* The number of lines of a text, at least 1. */
size_t hp_text_lines(const char *text);

/* Breaks the lines of a text that are wider than this: behind the last blank, dot, underscore or
 * other such character that fits, or within a word that does not fit at all. What goes on is
 * indented by a blank. To be freed; NULL without memory. */
char *hp_text_wrapped(const char *text, double width, double size, bool bold);

#ifdef __cplusplus
}
#endif

#endif
