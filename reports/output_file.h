// SPDX-License-Identifier: MIT
/* An output file that appears whole or not at all: written to a temporary file beside it and
 * renamed at the end. What is no regular file (a device, a pipe) is written directly. */
#ifndef HP_OUTPUT_FILE_H
#define HP_OUTPUT_FILE_H

#include "hotprof.h"

#include <stdio.h>

typedef struct hp_output_file {
    FILE *stream;    /* to write to */
    char *path;      /* where it shall stand in the end; NULL: written directly */
    char *temporary; /* where it stands so far */
} hp_output_file;

/* Opens path; "-" is standard output. One file at a time: a signal that ends the program removes
 * the temporary file of the last one opened. */
HP_NODISCARD hp_status hp_output_file_open(hp_output_file *file, const char *path, hp_error *error);

/* Puts the whole file in its place. After an error all is as it was before. */
HP_NODISCARD hp_status hp_output_file_commit(hp_output_file *file, hp_error *error);

/* Removes what was written. */
void hp_output_file_abandon(hp_output_file *file);

#endif
