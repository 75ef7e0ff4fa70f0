// SPDX-License-Identifier: MIT
/* A drawn call graph: its sheets, their sizes and what they show. */
#ifndef HP_DOCUMENT_H
#define HP_DOCUMENT_H

#include "drawing/index_sheet.h"
#include "drawing/pen.h"
#include "layout/print.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hp_sheet_kind {
    HP_SHEET_PICTURE,  /* everything, not on paper */
    HP_SHEET_TILE,     /* of a poster */
    HP_SHEET_OVERVIEW, /* the whole poster, with the edges of its tiles */
    HP_SHEET_ATLAS,    /* a part of an atlas */
    HP_SHEET_INDEX     /* of an atlas or a poster */
} hp_sheet_kind;

typedef struct hp_sheet {
    hp_sheet_kind kind;
    uint32_t number;    /* of a tile or in an atlas: in the layout */
    size_t first_entry; /* of an index */
    char name[32];      /* "A2", "3", "Index" */
} hp_sheet;

typedef struct hp_document {
    const hp_report_options *options;
    hp_pen pen;
    hp_print print;
    bool on_paper;
    hp_index_sheet index; /* of several sheets */
    hp_sheet *sheets;
    size_t sheet_count;
} hp_document;

/* Builds the document of a sorted profile, which must outlive it. on_paper: on sheets of paper even
 * if the options do not ask for them. Warnings go to the listener of the options. hp_document_free
 * is needed even after an error. */
HP_NODISCARD hp_status hp_document_make(hp_document *document, const hp_profile *profile,
                                        const hp_report_options *options, bool on_paper,
                                        hp_error *error);
void hp_document_free(hp_document *document);

hp_size hp_document_sheet_size(hp_document *document, const hp_sheet *sheet);

#ifdef __cplusplus
}
#endif

#endif
