// SPDX-License-Identifier: MIT
/* The paper that a call graph is drawn on, as the user wants it. */
#ifndef HP_PAPER_H
#define HP_PAPER_H

#include "geometry.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hp_paging { HP_TILE, HP_ATLAS } hp_paging;
typedef enum hp_orientation { HP_ORIENTATION_AUTO, HP_PORTRAIT, HP_LANDSCAPE } hp_orientation;

/* A length that may be left to choose. */
typedef struct hp_length {
    bool given;
    double points;
} hp_length;

/* What the user wants. All zero is one sheet of A4. */
typedef struct hp_paper {
    size_t pages;         /* 0: one, or rows x columns */
    size_t rows, columns; /* of the grid; 0: the best */
    hp_paging paging;
    hp_size size; /* of a sheet, upright, in whole points; 0: A4 */
    hp_orientation orientation;
    hp_length overlap; /* of neighbouring tiles */
    bool overview;     /* a sheet more that shows all tiles */
    bool no_index;     /* without the sheet that lists where functions are */
    double min_font;   /* the smallest type that is legible; 0: 6 */
} hp_paper;

/* So many functions stay legible on a sheet, and so many calls are drawn for each. */
#define HP_FUNCTIONS_A_SHEET 25
#define HP_PAGES_MAX 1000

/* Whether the user asked for sheets of paper; if not, a drawing may have any size. */
bool hp_paper_wanted(const hp_paper *paper);

size_t hp_paper_pages(const hp_paper *paper);
double hp_paper_min_font(const hp_paper *paper);

/* Reads "a4", "letter", "a3" or "WxH" with a unit of mm, in or pt; false: it is none of them. The
 * shorter side becomes the width. */
bool hp_paper_parse_size(const char *text, hp_size *size);

/* Reads a length such as "12mm", "0.5in", "30pt" or "30". */
bool hp_paper_parse_length(const char *text, hp_length *length);

#ifdef __cplusplus
}
#endif

#endif
