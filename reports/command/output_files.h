// SPDX-License-Identifier: MIT
/* The output files of a report: one, or one for each page. */
#ifndef HP_OUTPUT_FILES_H
#define HP_OUTPUT_FILES_H

#include "command/output_file.h"

typedef struct hp_output_files {
    const char *pattern;          /* name of the file */
    bool several;                 /* "%d" in the pattern is the number of the page, from 1 */
    struct hp_output_page *pages; /* the last one is first */
    size_t count;
} hp_output_files;

/* Opens the next file and closes the one before. Without several there is only one. NULL: an error,
 * which is set. */
FILE *hp_output_files_next(void *files, hp_error *error);

/* Put all files in place, or remove them. After an error, everything is as it was before. */
HP_NODISCARD hp_status hp_output_files_commit(hp_output_files *files, hp_error *error);
void hp_output_files_abandon(hp_output_files *files);

#endif
