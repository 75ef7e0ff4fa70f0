// SPDX-License-Identifier: MIT
/* Mends what cairo writes into a PDF. */
#ifndef HP_PDF_OBJECTS_H
#define HP_PDF_OBJECTS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* With links, cairo 1.16 lists objects that it never writes, so that the file counts as damaged.
 * This lists them as free ones. A file without a plain table of objects stays as it is. */
void hp_pdf_free_objects(char *pdf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
