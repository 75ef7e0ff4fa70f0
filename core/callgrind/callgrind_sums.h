// SPDX-License-Identifier: MIT
/* Adds up the costs and calls in a callgrind file. Costs are arrays of one number for each event.
 * Functions that return bool return false after setting the error: a sum of more than 64 bits is
 * HP_CORRUPT, and is not added. start: where the costs stand in the text, for errors. */
#ifndef HP_CALLGRIND_SUMS_H
#define HP_CALLGRIND_SUMS_H

#include "input/scan.h"

enum { HP_CALLGRIND_RECENT = 1024 };

typedef struct hp_callgrind_sums {
    hp_profile *profile;
    const hp_scan *scan;
    size_t room; /* the most numbers that the profile may have */

    /* The costs of one line, until another line comes. */
    hp_line line;
    bool gathered; /* some are not 0 */
    uint64_t self[HP_EVENTS_MAX];
    struct hp_callgrind_recent {
        uint32_t row; /* plus one; 0: none */
        hp_line line;
    } recent[HP_CALLGRIND_RECENT]; /* lines with costs lately, by their number */

    uint64_t calls;                    /* of all functions */
    uint64_t inclusive[HP_EVENTS_MAX]; /* of all calls */
    bool joined; /* inclusive would be too large, so calls of one site share a row, whose sums are
                    checked one by one */
    bool *exact; /* for each function: whether hp_callgrind_add_exact was called */
    size_t exact_capacity;
} hp_callgrind_sums;

void hp_callgrind_sums_start(hp_callgrind_sums *sums, hp_profile *profile, const hp_scan *scan);
void hp_callgrind_sums_free(hp_callgrind_sums *sums);

/* Adds self costs of a line. */
bool hp_callgrind_add_self(hp_callgrind_sums *sums, const char *start, hp_line line,
                           const uint64_t *costs);

/* Adds calls and their inclusive costs. */
bool hp_callgrind_add_call(hp_callgrind_sums *sums, const char *start, hp_call call,
                           const uint64_t *costs);

/* Adds the calls and the inclusive cost of a function, of which our own report tells. */
bool hp_callgrind_add_exact(hp_callgrind_sums *sums, const char *start, hp_function_id id,
                            uint64_t calls, uint64_t primitive, const uint64_t *inclusive);

/* Adds what remains, and sets the calls and the inclusive cost of each other function to what its
 * calls say. */
bool hp_callgrind_sums_finish(hp_callgrind_sums *sums);

#endif
