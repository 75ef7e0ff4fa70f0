// SPDX-License-Identifier: MIT
/* The index of an atlas: the hot path, the sheets, and the sheet of each function. */
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
    char *hot_path; /* text; NULL if the chart has no functions */
    char **lines;   /* texts, one for each sheet; none if there are too many */
    uint32_t line_count;
    uint32_t *entries; /* functions of the chart, sorted by name */
    double font_size;  /* of the entries */
    size_t columns, rows;
    double top; /* of the columns */
    bool brief; /* only the heading is above the columns, as the rest would need too much room */
} hp_index_sheet;

/* The name of a sheet of an atlas that links lead to. */
#define HP_SHEET_LINK "sheet%u"

/* Plans the index for sheets whose area within the margins is given. smallest: the smallest legible
 * font size. The chart, the atlas and the pen must outlive it. hp_index_sheet_free is needed even
 * after an error. */
HP_NODISCARD hp_status hp_index_sheet_make(hp_index_sheet *index, const hp_chart *chart,
                                           const hp_atlas *atlas, hp_pen *pen, hp_size area,
                                           double smallest, hp_error *error);
void hp_index_sheet_free(hp_index_sheet *index);

/* Draws the sheet whose first entry is this one. */
void hp_index_sheet_draw(const hp_index_sheet *index, size_t first_entry, hp_size area,
                         cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
