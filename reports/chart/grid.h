// SPDX-License-Identifier: MIT
/* How a drawing is cut into sheets of paper. */
#ifndef HP_GRID_H
#define HP_GRID_H

#include "paper.h"

#ifdef __cplusplus
extern "C" {
#endif

/* White around the sheet, which printers cannot reach. */
#define HP_MARGIN 28.0

/* A drawing cut into rows x columns sheets. */
typedef struct hp_grid {
    size_t rows, columns;
    bool landscape;
    hp_size sheet;   /* the paper as it is looked at */
    hp_size tile;    /* the part of the drawing on one sheet, on paper */
    hp_size overlap; /* of neighbouring tiles */
    double scale;    /* of the drawing */
} hp_grid;

/* What shall be cut. */
typedef struct hp_poster {
    hp_size drawing;
    hp_size piece;  /* what shall be whole on one sheet at least, unless overlap is given */
    double heading; /* above the drawing, on paper */
    double footer;  /* below each tile, on paper */
    double scale_max;
} hp_poster;

/* The grid of so many pages in which the drawing is largest. Where the number of pages is prime,
 * and fewer give a larger drawing, it has fewer. Of grids that are as good the one that needs the
 * least turning of the paper. */
hp_grid hp_paper_grid(const hp_paper *paper, size_t pages, const hp_poster *poster);

/* How much drawing the tiles hold beside each other, on paper. */
hp_size hp_grid_size(const hp_grid *grid);

#ifdef __cplusplus
}
#endif

#endif
