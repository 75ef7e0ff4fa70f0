// SPDX-License-Identifier: MIT
/* The sheets of paper that a drawing is printed on. */
#ifndef HP_GRID_H
#define HP_GRID_H

#include "paper.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The margin of a sheet, which printers cannot reach. Sheets of a poster are glued on it. */
#define HP_MARGIN 28.0

/* A grid of sheets; of an atlas, one column of them. */
typedef struct hp_grid {
    size_t rows, columns;
    bool landscape;
    hp_size sheet;   /* the paper, turned if landscape */
    hp_size tile;    /* the paper within margins and footer */
    hp_size overlap; /* of neighbouring tiles */
    double heading;  /* on top of each tile */
    hp_size area;    /* of a tile, for boxes: below the heading, and without what overlaps */
} hp_grid;

/* The grid of this number of pages whose poster is nearest to a sheet in shape. */
hp_grid hp_paper_grid(const hp_paper *paper, size_t pages);

/* The size of all tiles together, without what overlaps. */
hp_size hp_grid_size(const hp_grid *grid);

/* Where the area of a tile begins in the poster. */
hp_point hp_grid_corner(const hp_grid *grid, size_t row, size_t column);

#ifdef __cplusplus
}
#endif

#endif
