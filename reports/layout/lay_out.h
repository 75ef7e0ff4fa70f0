// SPDX-License-Identifier: MIT
/* Finds the layout of a chart: measures the boxes (boxes.h), stacks them to piles that it cuts
 * where they need more than a sheet (piles.h), packs these into cells (cells.h), and when all has
 * its place, adds the notes (notes.h) and draws the curves (curves.h). */
#ifndef HP_LAY_OUT_H
#define HP_LAY_OUT_H

#include "layout/layout.h"
#include "layout/room.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lays a chart out, which must outlive the layout. If it does not fit, and for a trial, nothing but
 * fits is set. hp_layout_free is needed even after an error. */
HP_NODISCARD hp_status hp_layout_build(hp_layout *layout, const hp_chart *chart,
                                       const hp_room *room, bool trial, hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
