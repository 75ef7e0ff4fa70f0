// SPDX-License-Identifier: MIT
/* The curves of a layout: the lines from callers to the boxes and notes below them. They follow the
 * trunks of the blocks (blocks.h), those of one trunk side by side, and do not cross.
 *
 * What they lead to is placed before: the cells have their numbers, the blocks and boxes their
 * corners. */
#ifndef HP_CURVES_H
#define HP_CURVES_H

#include "layout/cells.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes room in the layout for all curves that a chart may need. false: out of memory. */
bool hp_curves_begin(hp_layout *layout, const hp_chart *chart);

/* Draws the lines from a block, a pile or a group: to the notes of the layout from first on, and to
 * the children of the block. y: where its trunk begins; header: the note at which it does, or
 * HP_NO_NODE. false: out of memory. */
bool hp_curves_draw(hp_layout *layout, const hp_cells *cells, uint32_t block, double y,
                    uint32_t first, uint32_t header);

/* Draws the calls on the hot path from a pile to one that was cut off from it, if that is on top of
 * the cell below: the line goes on there, over the border of sheets if need be. */
void hp_curves_draw_rails(hp_layout *layout, const hp_cells *cells, uint32_t pile);

#ifdef __cplusplus
}
#endif

#endif
