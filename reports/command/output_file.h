// SPDX-License-Identifier: MIT
/* An output file that appears whole or not at all. It is written to a temporary file beside it,
 * which is renamed at the end. A device or a pipe is written directly. */
#ifndef HP_OUTPUT_FILE_H
#define HP_OUTPUT_FILE_H

#include "hotprof.h"

#include <stdio.h>

typedef struct hp_output_file {
    FILE *stream;                /* NULL once it is closed */
    char *path;                  /* where it appears in the end; NULL: it is written directly */
    char *temporary;             /* where it is until then */
    struct hp_output_file *next; /* in the list of unfinished files */
} hp_output_file;

/* Opens path; "-" is standard output. The struct must not move until the file is committed or
 * abandoned: a signal that ends the program removes the temporary files. */
HP_NODISCARD hp_status hp_output_file_open(hp_output_file *file, const char *path, hp_error *error);

/* Closes the file without putting it in place. After an error it can only be abandoned. */
HP_NODISCARD hp_status hp_output_file_close(hp_output_file *file, hp_error *error);

/* Puts the file in place. After an error, everything is as it was before. */
HP_NODISCARD hp_status hp_output_file_commit(hp_output_file *file, hp_error *error);

/* Removes what was written. Does nothing after hp_output_file_commit. */
void hp_output_file_abandon(hp_output_file *file);

#endif
