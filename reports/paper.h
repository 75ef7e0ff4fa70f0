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

/* A length, if the user gave one. */
typedef struct hp_length {
    bool given;
    double points;
} hp_length;

/* All zero is one sheet of A4. */
typedef struct hp_paper {
    size_t pages;         /* 0: rows x columns, or 1 */
    size_t rows, columns; /* of the grid; 0: whatever is most like a square */
    hp_paging paging;
    hp_size size; /* of a sheet held upright, in whole points; 0: A4 */
    hp_orientation orientation;
    hp_length overlap; /* of neighbouring tiles; not given: none */
    bool overview;     /* one more sheet, which shows all tiles */
    bool no_index;     /* no index sheet */
    double min_font;   /* the smallest legible font size; 0: 7 */
} hp_paper;

/* This many functions are legible on a sheet. */
#define HP_FUNCTIONS_A_SHEET 25
#define HP_PAGES_MAX 1000

/* Whether the user asked for sheets of paper. If not, a drawing may have any size. */
bool hp_paper_wanted(const hp_paper *paper);

/* The number of sheets, at least 1, and the smallest legible font size. */
size_t hp_paper_pages(const hp_paper *paper);
double hp_paper_min_font(const hp_paper *paper);

/* Parses "a4", "letter", "a3" or "WxH" with the unit mm, in or pt (the default); false: it is none
 * of them. The shorter side becomes the width. */
bool hp_paper_parse_size(const char *text, hp_size *size);

/* Parses a length: "12mm", "0.5in", "30pt" or "30"; false: it is none. */
bool hp_paper_parse_length(const char *text, hp_length *length);

#ifdef __cplusplus
}
#endif

#endif
