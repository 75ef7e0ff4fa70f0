// SPDX-License-Identifier: MIT
/* A progress line on standard error. */
#ifndef HP_PROGRESS_H
#define HP_PROGRESS_H

#include "hotprof.h"

#include <time.h>

typedef struct hp_progress_line {
    char *name;            /* name of the file, escaped; NULL: no file is being read */
    bool shown, at_once;   /* at_once: do not wait for half a second */
    struct timespec start; /* of the work */
    struct timespec last;  /* when the line was printed */
} hp_progress_line;

/* Starts the clock. name: of the file to read, or NULL. hp_progress_line_end is needed. */
void hp_progress_line_start(hp_progress_line *line, const char *name);

/* An hp_progress; line is the hp_progress_line. Prints nothing in the first half second, unless
 * at_once is set, and then at most ten times a second. */
bool hp_progress_line_update(void *line, uint64_t done, uint64_t total);

/* The same for work of unknown length. */
void hp_progress_line_working(hp_progress_line *line, const char *what);

/* Erases the line to print something else. It is printed again when it is due. */
void hp_progress_line_wipe(hp_progress_line *line);

/* Erases the line and frees the name. */
void hp_progress_line_end(hp_progress_line *line);

#endif
