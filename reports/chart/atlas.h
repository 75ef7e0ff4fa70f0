// SPDX-License-Identifier: MIT
/* Divides a chart into sheets that refer to each other, with few calls from sheet to sheet. */
#ifndef HP_ATLAS_H
#define HP_ATLAS_H

#include "chart/chart.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_atlas {
    uint32_t sheet_count;
    uint32_t *sheets; /* of each node of the chart, its sheet, from 0 */
    uint32_t columns; /* of the poster that the sheets make, row by row; 0: they make none */
} hp_atlas;

/* Divides a chart into sheets with about the same number of functions; there are no more sheets
 * than functions. The heaviest function is on the first sheet, and so on. hp_atlas_free is needed
 * even after an error. */
HP_NODISCARD hp_status hp_atlas_build(hp_atlas *atlas, const hp_chart *chart, size_t sheets,
                                      hp_error *error);
void hp_atlas_free(hp_atlas *atlas);

/* Writes "p3", or "B1" of a poster: the first sheet of its second row; like snprintf. */
#define HP_SHEET_NAME_SIZE 24
void hp_atlas_sheet_name(const hp_atlas *atlas, uint32_t sheet, char *text, size_t size);

/* Writes "parse", or "parse driver:12" if several functions of the sheet have that name; like
 * snprintf. */
#define HP_ATLAS_NAME_SIZE (2 * HP_CHART_NAME_SIZE)
void hp_atlas_name(const hp_atlas *atlas, const hp_chart *chart, uint32_t node, char *text,
                   size_t size);

/* Writes "p2 of 4: parse (27 functions)": the sheet, its heaviest function and its size; like
 * snprintf. */
#define HP_ATLAS_TITLE_SIZE (HP_ATLAS_NAME_SIZE + 80)
void hp_atlas_title(const hp_atlas *atlas, const hp_chart *chart, uint32_t sheet, char *text,
                    size_t size);

/* The other end of a call that leads to another sheet. */
typedef struct hp_reference {
    uint32_t node; /* of the chart */
    const hp_chart_arc *arc;
} hp_reference;

/* Writes "to p3 parse" or "from p1 run"; like snprintf. */
#define HP_ATLAS_REFERENCE_SIZE (HP_ATLAS_NAME_SIZE + 80)
void hp_atlas_reference_text(const hp_atlas *atlas, const hp_chart *chart, uint32_t node,
                             bool incoming, char *text, size_t size);

/* Finds the callers (incoming) or callees of a function on other sheets, the heaviest calls first,
 * and returns how many there are. references needs room for all arcs of the chart. */
size_t hp_atlas_references(const hp_atlas *atlas, const hp_chart *chart, uint32_t node,
                           bool incoming, hp_reference *references);

#ifdef __cplusplus
}
#endif

#endif
