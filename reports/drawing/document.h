// SPDX-License-Identifier: MIT
/* A call graph on sheets of paper: which sheets there are, how large, and what is on them. */
#ifndef HP_DOCUMENT_H
#define HP_DOCUMENT_H

#include "chart/atlas.h"
#include "chart/chart.h"
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

/* How an index is set: entries are functions in order of their names. */
typedef struct hp_index_plan {
    uint32_t *entries; /* functions of the chart */
    double type;       /* its size */
    size_t columns, rows;
    double top; /* where the columns begin */
    bool brief; /* only a heading stands above: the rest would leave too little room */
} hp_index_plan;

typedef struct hp_document {
    const hp_report_options *options;
    hp_pen pen;
    hp_chart chart;
    hp_atlas atlas;
    hp_picture *pictures; /* one; of an atlas one a sheet */
    hp_grid *grids;       /* of each picture */
    size_t picture_count;
    bool sparse; /* only the heaviest caller of each function is drawn */
    hp_index_plan index;
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

/* The size of a sheet, and what is on it: cairo's surface must be as large. */
hp_size hp_document_sheet_size(hp_document *document, const hp_sheet *sheet);
void hp_document_draw(hp_document *document, const hp_sheet *sheet, cairo_t *cairo);

/* The heading of a drawing: title, total, what was left out, legend. Returns its height; draws
 * nothing without cairo. */
double hp_document_heading(hp_document *document, cairo_t *cairo, double x, double y, double width);

/* The destination of links to a sheet of an atlas. */
#define HP_SHEET_LINK "sheet%u"

/* Where a poster's drawing begins below a heading of such a height: in the middle. */
hp_point hp_document_corner(const hp_document *document, double heading);

/* Plans an index, and draws a sheet of it; area is the paper less margins. */
HP_NODISCARD hp_status hp_index_plan_make(hp_document *document, hp_size area, hp_error *error);
void hp_index_draw(hp_document *document, const hp_sheet *sheet, hp_size area, cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
