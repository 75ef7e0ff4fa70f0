// SPDX-License-Identifier: MIT
/* An output file that appears whole or not at all: written to a temporary file beside it and
 * renamed at the end. What is no regular file (a device, a pipe) is written directly. */
#ifndef HP_OUTPUT_FILE_H
#define HP_OUTPUT_FILE_H

#include "hotprof.h"

#include <stdio.h>

typedef struct hp_output_file {
    FILE *stream;                /* to write to; NULL once it is closed */
    char *path;                  /* where it shall stand in the end; NULL: written directly */
    char *temporary;             /* where it stands so far */
    struct hp_output_file *next; /* that is unfinished */
} hp_output_file;

/* Opens path; "-" is standard output. Until it is committed or abandoned the file must stay where
 * it is in memory: a signal that ends the program removes the temporary files of all. */
HP_NODISCARD hp_status hp_output_file_open(hp_output_file *file, const char *path, hp_error *error);

/* Ends the writing; nothing is in its place yet. After an error the file can only be abandoned. */
HP_NODISCARD hp_status hp_output_file_close(hp_output_file *file, hp_error *error);

/* Puts the whole file in its place. After an error all is as it was before. */
HP_NODISCARD hp_status hp_output_file_commit(hp_output_file *file, hp_error *error);

/* Removes what was written, unless it was committed. */
void hp_output_file_abandon(hp_output_file *file);

#endif
