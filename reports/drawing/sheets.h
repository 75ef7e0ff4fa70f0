// SPDX-License-Identifier: MIT
/* Draws the sheets of a document. */
#ifndef HP_SHEETS_H
#define HP_SHEETS_H

#include "drawing/document.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Draws a sheet on a surface of hp_document_sheet_size. */
void hp_sheet_draw(hp_document *document, const hp_sheet *sheet, cairo_t *cairo);

#ifdef __cplusplus
}
#endif

#endif
