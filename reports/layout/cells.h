// SPDX-License-Identifier: MIT
/* The cells of a layout: which piles share a sheet, and on which part of which one they are.
 *
 * Large sheets are divided into cells, each like a sheet of usual size: what is on it is easier to
 * overlook, and takes less time to find. Piles that were cut off from the same one stand together
 * in groups, below a note that tells who calls them; each root stands in a group of its own,
 * without a note. The groups are packed into the cells. Both groups and cells are blocks. */
#ifndef HP_CELLS_H
#define HP_CELLS_H

#include "layout/piles.h"
#include "layout/room.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Piles with the same caller on another sheet, or one without a caller. */
typedef struct hp_group {
    uint32_t block; /* its children are the piles */
    double area;
} hp_group;

typedef struct hp_cells {
    const hp_room *room;
    const hp_piles *piles;
    hp_size size;           /* of a cell; boxes stay within it */
    uint32_t rows, columns; /* of cells on a sheet */
    hp_group *groups;
    uint32_t group_count;
    uint32_t *blocks;  /* of each cell with groups its block, sheet by sheet */
    uint32_t count;    /* of these */
    uint32_t *cell_of; /* of each block, when the cells are numbered */
} hp_cells;

/* Divides the sheets of a room, which must outlive the cells. Nothing is in them yet. */
void hp_cells_begin(hp_cells *cells, const hp_room *room);
void hp_cells_free(hp_cells *cells);

/* How many cells the room has. */
uint32_t hp_cells_max(const hp_cells *cells);

/* Makes groups of piles that are cut (piles.h) and must outlive the cells, and packs them: each
 * into the first cell that has room. Adds groups and cells to the blocks of the piles. *fits:
 * whether the cells of the room are enough; if not, some groups are in none. To be called once.
 * false: out of memory. */
bool hp_cells_fill(hp_cells *cells, const hp_piles *piles, bool *fits);

/* How many sheets are needed. */
uint32_t hp_cells_sheets(const hp_cells *cells);

/* Orders the cells, if all fits: those of the hot path go down from the first one, the others
 * follow as the heaviest of their functions do. To be called once. false: out of memory. */
bool hp_cells_number(hp_cells *cells);

/* The sheet of a block, when the cells are numbered. */
uint32_t hp_sheet_of(const hp_cells *cells, uint32_t block);

/* The corner of a cell on its sheet. */
hp_point hp_cell_corner(const hp_cells *cells, uint32_t cell);

/* The cell below another one, on the same sheet or the one below it; HP_NO_BLOCK: none. */
uint32_t hp_cell_below(const hp_cells *cells, uint32_t cell);

#ifdef __cplusplus
}
#endif

#endif
