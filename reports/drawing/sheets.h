// SPDX-License-Identifier: MIT
/* What is on each sheet of a document. */
#ifndef HP_SHEETS_H
#define HP_SHEETS_H

#include "drawing/document.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Draws a sheet on a surface of the size that hp_document_sheet_size gives. */
void hp_sheet_draw(hp_document *document, const hp_sheet *sheet, cairo_t *cairo);

/* The top left corner of a poster's drawing below a heading of that height: it is centred. */
hp_point hp_poster_corner(const hp_document *document, double heading);

#ifdef __cplusplus
}
#endif

#endif
