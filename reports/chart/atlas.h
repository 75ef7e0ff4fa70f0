// SPDX-License-Identifier: MIT
/* The sheets that the functions of a chart are on, and their names. */
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

/* Writes "p3", or "B1" of a poster: the first sheet of its second row; like snprintf. */
#define HP_SHEET_NAME_SIZE 24
void hp_atlas_sheet_name(const hp_atlas *atlas, uint32_t sheet, char *text, size_t size);

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

#ifdef __cplusplus
}
#endif

#endif
