// SPDX-License-Identifier: MIT
/* Adds up what a callgrind file tells of costs and calls. Each function returns whether it could;
 * what does not fit into 64 bits is corrupt and is not added. Costs are one number an event. */
#ifndef HP_CALLGRIND_SUMS_H
#define HP_CALLGRIND_SUMS_H

#include "input/scan.h"

enum { HP_CALLGRIND_RECENT = 1024 };

typedef struct hp_callgrind_sums {
    hp_profile *profile;
    const hp_scan *scan;
    size_t room; /* for how many numbers */

    /* Costs of one line gather here until another line comes. */
    hp_line line;
    bool gathered;
    uint64_t self[HP_EVENTS_MAX];
    struct hp_callgrind_recent {
        uint32_t row; /* plus one; 0: none */
        hp_line line;
    } recent[HP_CALLGRIND_RECENT]; /* lines met lately, by their number */

    uint64_t calls;                    /* of all functions */
    uint64_t inclusive[HP_EVENTS_MAX]; /* of all calls */
    bool joined; /* that does not fit: there is one row for equal calls, of which each is looked at
                  */
    bool *told;  /* of each function: its calls and inclusive cost were told */
    size_t told_capacity;
} hp_callgrind_sums;

void hp_callgrind_sums_start(hp_callgrind_sums *sums, hp_profile *profile, const hp_scan *scan);
void hp_callgrind_sums_free(hp_callgrind_sums *sums);

/* start: where it stands in the text, for errors. */
bool hp_callgrind_add_self(hp_callgrind_sums *sums, const char *start, hp_line line,
                           const uint64_t *costs);
bool hp_callgrind_add_call(hp_callgrind_sums *sums, const char *start, hp_call call,
                           const uint64_t *costs);

/* What the input tells of a function as a whole. */
bool hp_callgrind_add_told(hp_callgrind_sums *sums, const char *start, hp_function_id id,
                           uint64_t calls, uint64_t primitive, const uint64_t *inclusive);

/* Ends it: of functions of which nothing was told as a whole, the calls tell. */
bool hp_callgrind_sums_finish(hp_callgrind_sums *sums);

#endif
