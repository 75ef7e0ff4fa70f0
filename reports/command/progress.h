// SPDX-License-Identifier: MIT
/* A line on standard error that tells how far the work is. */
#ifndef HP_PROGRESS_H
#define HP_PROGRESS_H

#include "hotprof.h"

#include <time.h>

typedef struct hp_progress_line {
    char *name;            /* of the file, escaped; NULL: no file is read */
    bool shown, at_once;   /* at_once: also if the work is short */
    struct timespec start; /* of the work */
    struct timespec last;  /* when the line was written */
} hp_progress_line;

/* Begins the work, which hp_progress_line_end ends; name: of a file that is read, or NULL. */
void hp_progress_line_start(hp_progress_line *line, const char *name);

/* An hp_progress whose context is an hp_progress_line. Writes nothing during the first half second,
 * unless at_once, and then ten times a second. */
bool hp_progress_line_update(void *line, uint64_t done, uint64_t total);

/* Likewise, for work of which nobody knows how much there is. */
void hp_progress_line_working(hp_progress_line *line, const char *what);

/* Makes room for another line: this one comes again when it is due. */
void hp_progress_line_wipe(hp_progress_line *line);

/* Wipes the line out. */
void hp_progress_line_end(hp_progress_line *line);

#endif
