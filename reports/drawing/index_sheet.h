// SPDX-License-Identifier: MIT
/* The index of an atlas: the hot path, the sheets, and on which sheet each function is. */
#ifndef HP_INDEX_SHEET_H
#define HP_INDEX_SHEET_H

#include "chart/atlas.h"
#include "drawing/pen.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_index_sheet {
    const hp_chart *chart;
    const hp_atlas *atlas;
    hp_pen *pen;
    char *hot_path; /* text; NULL: the chart has no functions */
    char **lines;   /* text, one a sheet; none if the sheets are many */
    uint32_t line_count;
    uint32_t *entries; /* functions of the chart in order of their names */
    double font_size;  /* of the entries */
    size_t columns, rows;
    double top; /* where the columns begin */
    bool brief; /* only a heading stands above: the rest would leave too little room */
} hp_index_sheet;

/* The destination of links to a sheet of an atlas. */
#define HP_SHEET_LINK "sheet%u"

/* Plans the index for sheets whose size without margins is area; smallest: the smallest type that
 * is legible. The chart, the atlas and the pen must outlive it. hp_index_sheet_free is needed in
 * any case. */
HP_NODISCARD hp_status hp_index_sheet_make(hp_index_sheet *index, const hp_chart *chart,
                                           const hp_atlas *atlas, hp_pen *pen, hp_size area,
                                           double smallest, hp_error *error);
void hp_index_sheet_free(hp_index_sheet *index);

/* Draws the sheet that begins with that entry. */
void hp_index_sheet_draw(const hp_index_sheet *index, size_t first_entry, hp_size area,
                         cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
