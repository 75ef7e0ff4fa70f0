// SPDX-License-Identifier: MIT
/* How a drawing is cut into sheets of paper. */
#ifndef HP_GRID_H
#define HP_GRID_H

#include "paper.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The margin of a sheet, which printers cannot reach. */
#define HP_MARGIN 28.0

/* A grid of sheets. */
typedef struct hp_grid {
    size_t rows, columns;
    bool landscape;
    hp_size sheet;   /* the paper, turned if landscape */
    hp_size tile;    /* the paper within margins and footer */
    hp_size overlap; /* of neighbouring tiles */
    double scale;    /* of the drawing */
} hp_grid;

/* What is cut. */
typedef struct hp_poster {
    hp_size drawing;
    hp_size piece;  /* the largest part to be whole on some sheet; a given overlap may cut it */
    double heading; /* above the drawing, not scaled */
    double footer;  /* below each tile, not scaled */
    double scale_max;
} hp_poster;

/* Finds the grid of this number of pages on which the drawing is largest. For a prime number the
 * grid may have fewer pages, if the drawing is larger then. Of equally good grids it is the one
 * with upright paper. */
hp_grid hp_paper_grid(const hp_paper *paper, size_t pages, const hp_poster *poster);

/* The size of all tiles together, without what overlaps. */
hp_size hp_grid_size(const hp_grid *grid);

#ifdef __cplusplus
}
#endif

#endif
