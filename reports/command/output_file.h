// SPDX-License-Identifier: MIT
/* An output file that appears whole or not at all. It is written to a temporary file in the same
 * directory, which takes its name at the end. Where that cannot be, the finished report is copied
 * into the file that is there. A device, a pipe and an open descriptor, such as /dev/stdout, are
 * written directly. */
#ifndef HP_OUTPUT_FILE_H
#define HP_OUTPUT_FILE_H

#include "command/temporary_file.h"
#include "hotprof.h"

#include <stdio.h>

typedef struct hp_output_file {
    FILE *stream;         /* NULL once it is closed */
    char *path;           /* where it appears in the end; NULL: it is written directly */
    hp_temporary content; /* the new content, beside path; once exchanged, what it replaced */
    bool exchanged;
    hp_temporary before; /* the file that it replaced without that */
    FILE *copy;          /* the new content, if nothing can be made beside path */
    FILE *copy_before;   /* the old content, after it was overwritten */
    bool placed;
} hp_output_file;

/* Opens path; "-" is standard output. The struct must not move until the file is removed or
 * finished: a signal that ends the program removes the temporary files. After an error there is
 * nothing to be removed. */
HP_NODISCARD hp_status hp_output_file_open(hp_output_file *file, const char *path, hp_error *error);

/* Closes the file without putting it in place. */
HP_NODISCARD hp_status hp_output_file_close(hp_output_file *file, hp_error *error);

/* Closes the file and puts it in place. can_undo: keeps what was there until the file is finished.
 * After an error everything is as it was before. */
HP_NODISCARD hp_status hp_output_file_place(hp_output_file *file, bool can_undo, hp_error *error);

/* Leaves the file in place, and frees what belongs to it. */
void hp_output_file_finish(hp_output_file *file);

/* Removes what was written, and puts back what was there. */
void hp_output_file_remove(hp_output_file *file);

#endif
