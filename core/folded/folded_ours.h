// SPDX-License-Identifier: MIT
/* The comments in the folded stacks that hotreport writes, which say what the stacks do not
 * (report_folded.c). */
#ifndef HP_FOLDED_OURS_H
#define HP_FOLDED_OURS_H

#include "folded/folded_frames.h"

typedef struct hp_folded_ours {
    bool started; /* "# hotprof: folded;" was read */
    bool ended;   /* "# hotprof: total=;" was read, and is the sum of what came before */
} hp_folded_ours;

/* Reads a comment; any other than these is skipped. The first one sets the event and the number of
 * columns, and starts the samples. total: of the stacks so far. False after an error, which is set.
 */
bool hp_folded_read_comment(hp_folded_ours *ours, hp_folded_table *table, hp_string line);

#endif
