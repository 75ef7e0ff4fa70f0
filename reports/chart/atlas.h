// SPDX-License-Identifier: MIT
/* A chart parted into sheets that refer to each other, so that few calls lead from sheet to sheet.
 */
#ifndef HP_ATLAS_H
#define HP_ATLAS_H

#include "chart/chart.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_atlas {
    uint32_t sheet_count;
    uint32_t *sheets; /* of each node of the chart, from 0 */
} hp_atlas;

/* Parts the chart into so many sheets, or as many as it has functions if these are fewer: much the
 * same number of functions on each. The sheet of the heaviest function is the first, and so on. */
HP_NODISCARD hp_status hp_atlas_build(hp_atlas *atlas, const hp_chart *chart, size_t sheets,
                                      hp_error *error);
void hp_atlas_free(hp_atlas *atlas);

/* "parse", or "parse driver:12" where its sheet has several of that name, as snprintf. */
#define HP_ATLAS_NAME_SIZE (2 * HP_CHART_NAME_SIZE)
void hp_atlas_name(const hp_atlas *atlas, const hp_chart *chart, uint32_t node, char *text,
                   size_t size);

/* "p2 of 4: parse (27 functions)": a sheet and its heaviest function, as snprintf. */
#define HP_ATLAS_TITLE_SIZE (HP_ATLAS_NAME_SIZE + 80)
void hp_atlas_title(const hp_atlas *atlas, const hp_chart *chart, uint32_t sheet, char *text,
                    size_t size);

/* The other end of a call that leaves a sheet. */
typedef struct hp_reference {
    uint32_t node; /* of the chart */
    const hp_chart_arc *arc;
} hp_reference;

/* "to p3 parse", as snprintf. */
#define HP_ATLAS_REFERENCE_SIZE (HP_ATLAS_NAME_SIZE + 80)
void hp_atlas_reference_text(const hp_atlas *atlas, const hp_chart *chart, uint32_t node,
                             bool incoming, char *text, size_t size);

/* The callers (if incoming) or callees of a function that are on other sheets, the heaviest first,
 * in references, which has room for all arcs of the chart; returns how many. */
size_t hp_atlas_references(const hp_atlas *atlas, const hp_chart *chart, uint32_t node,
                           bool incoming, hp_reference *references);

#ifdef __cplusplus
}
#endif

#endif
