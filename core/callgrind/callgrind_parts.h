// SPDX-License-Identifier: MIT
/* The parts of a callgrind file. They are added up as files are: each is a profile of its own until
 * it ends. */
#ifndef HP_CALLGRIND_PARTS_H
#define HP_CALLGRIND_PARTS_H

#include "callgrind/callgrind_sums.h"

typedef struct hp_callgrind_parts {
    const hp_scan *scan;
    hp_profile *whole;   /* what has been read; the first part is read into it */
    hp_profile *profile; /* of the current part; NULL between parts */
    hp_callgrind_sums sums;
    size_t count, room;
} hp_callgrind_parts;

/* whole is empty. */
void hp_callgrind_parts_start(hp_callgrind_parts *parts, hp_profile *whole, const hp_scan *scan);
void hp_callgrind_parts_free(hp_callgrind_parts *parts);

/* The profile of a new part, without events; NULL without memory. */
hp_profile *hp_callgrind_begin_part(hp_callgrind_parts *parts);

/* Ends the current part and adds it to the whole. start: where it begins in the text, for errors.
 * false after an error, which the scan has then. If that is HP_CORRUPT, the part cannot be added to
 * those before and is left out. */
bool hp_callgrind_end_part(hp_callgrind_parts *parts, const char *start);

#endif
