// SPDX-License-Identifier: MIT
/* A call graph on sheets of paper: which sheets there are, how large, and what is on them. */
#ifndef HP_DOCUMENT_H
#define HP_DOCUMENT_H

#include "chart/atlas.h"
#include "chart/chart.h"
#include "chart/grid.h"
#include "drawing/index_sheet.h"
#include "drawing/picture.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hp_sheet_kind {
    HP_SHEET_PICTURE,  /* all there is, not on paper */
    HP_SHEET_TILE,     /* of a poster */
    HP_SHEET_OVERVIEW, /* a poster, small, and where its tiles are */
    HP_SHEET_ATLAS,    /* one of an atlas */
    HP_SHEET_INDEX     /* of an atlas */
} hp_sheet_kind;

typedef struct hp_sheet {
    hp_sheet_kind kind;
    size_t row, column; /* of a tile */
    uint32_t picture;   /* of an atlas */
    size_t first_entry; /* of an index */
    char name[32];      /* "A2", "3", "Index" */
} hp_sheet;

typedef struct hp_document {
    const hp_report_options *options;
    hp_pen pen;
    hp_chart chart;
    hp_atlas atlas;
    hp_picture *pictures; /* one; of an atlas one a sheet */
    hp_grid *grids;       /* of each picture */
    size_t picture_count;
    bool sparse;          /* only the heaviest caller of each function is drawn */
    hp_index_sheet index; /* of an atlas */
    hp_sheet *sheets;
    size_t sheet_count;
} hp_document;

/* Makes the document of a sorted profile, which must outlive it. on_paper: sheets of paper,
 * whatever the options say. What the user should know is told to the options' listener.
 * hp_document_free is needed in any case. */
HP_NODISCARD hp_status hp_document_make(hp_document *document, const hp_profile *profile,
                                        const hp_report_options *options, bool on_paper,
                                        hp_error *error);
void hp_document_free(hp_document *document);

/* "A2" is the second tile of the first row. */
void hp_sheet_name_tile(hp_sheet *tile);

/* The size of a sheet. */
hp_size hp_document_sheet_size(hp_document *document, const hp_sheet *sheet);

#ifdef __cplusplus
}
#endif

#endif
