// SPDX-License-Identifier: MIT
/* Strings, colours and numbers as dot reads them. */
#ifndef HP_DOT_TEXT_H
#define HP_DOT_TEXT_H

#include "chart/look.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A string in quotes, without them; what breaks lines: "\\n" centres them, "\\l" does not. */
void hp_dot_quoted(FILE *out, const char *text, const char *line_break);

/* Text in an HTML-like label. */
void hp_dot_html(FILE *out, const char *text);

/* attribute="#rrggbb" */
void hp_dot_color(FILE *out, const char *attribute, hp_color color);

/* With two decimals and a decimal point in every locale. */
void hp_dot_number(FILE *out, double number);

/* The legend, as a table of an HTML-like label. */
void hp_dot_legend(FILE *out, const hp_palette *palette);

#ifdef __cplusplus
}
#endif

#endif
