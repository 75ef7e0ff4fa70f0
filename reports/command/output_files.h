// SPDX-License-Identifier: MIT
/* The files that a report is written to: one, or one a page. */
#ifndef HP_OUTPUT_FILES_H
#define HP_OUTPUT_FILES_H

#include "command/output_file.h"

typedef struct hp_output_files {
    const char *pattern;          /* the name */
    bool several;                 /* "%d" in the name stands for the number of the page, from 1 */
    struct hp_output_page *pages; /* the last one first */
    size_t count;
} hp_output_files;

/* Opens the next file, and closes the one before, of which there must be several then. NULL: it
 * cannot be opened, or that one not be written, and the error is set. */
FILE *hp_output_files_next(void *files, hp_error *error);

/* Puts all files in their places, or removes them. */
HP_NODISCARD hp_status hp_output_files_commit(hp_output_files *files, hp_error *error);
void hp_output_files_abandon(hp_output_files *files);

#endif
