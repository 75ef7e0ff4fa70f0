// SPDX-License-Identifier: MIT
/* The index of the sheets of an atlas or a poster: the hot path, the sheets, and the sheet of each
 * function. It may take several sheets itself. */
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
    const uint32_t *path; /* functions on the hot path, in order */
    uint32_t path_length;
    uint32_t path_shown; /* how many of them have room */
    bool *is_on_path;    /* of each function */
    char **lines;        /* texts, one for each sheet; none if there are too many */
    uint32_t line_count;
    char **names;         /* of the functions, as short as the columns */
    uint32_t *entries;    /* functions of the chart, sorted by name */
    double font_size;     /* of the entries */
    double top, next_top; /* of the columns: on the first sheet, on the others */
    size_t columns;
    size_t path_rows;       /* of a column */
    size_t rows, next_rows; /* likewise, below the path: on the first sheet, on the others */
} hp_index_sheet;

/* The name of a sheet that links lead to, and that of a function. */
#define HP_SHEET_LINK "sheet%u"
#define HP_FUNCTION_LINK "f%u"

/* Plans the index for sheets whose area within the margins is given. path: the hot path. smallest:
 * the smallest legible font size. All must outlive the index. hp_index_sheet_free is needed even
 * after an error. */
HP_NODISCARD hp_status hp_index_sheet_make(hp_index_sheet *index, const hp_chart *chart,
                                           const hp_atlas *atlas, const uint32_t *path,
                                           uint32_t path_length, hp_pen *pen, hp_size area,
                                           double smallest, hp_error *error);
void hp_index_sheet_free(hp_index_sheet *index);

/* How many entries are on the sheet that begins with the given one. */
size_t hp_index_sheet_entries(const hp_index_sheet *index, size_t first_entry);

/* Draws the sheet whose first entry is this one. */
void hp_index_sheet_draw(const hp_index_sheet *index, size_t first_entry, hp_size area,
                         cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
