// SPDX-License-Identifier: MIT
/* Adds up the costs and the calls of one part of a callgrind file. Costs are one number an event.
 *
 * All functions that return bool return false after an error, which the scan has then; what does
 * not fit into 64 bits is such an error and is not added. */
#ifndef HP_CALLGRIND_SUMS_H
#define HP_CALLGRIND_SUMS_H

#include "input/scan.h"

enum { HP_CALLGRIND_RECENT = 1024 };

typedef struct hp_callgrind_sums {
    hp_profile *profile;
    const hp_scan *scan;
    size_t room;    /* how many costs there may be */
    bool exhausted; /* there are more: reading must stop */

    /* Costs of one line gather here until another line comes. */
    hp_line line;
    bool gathered;
    uint64_t self[HP_EVENTS_MAX];
    struct hp_callgrind_recent {
        uint32_t row; /* plus one; 0: none */
        hp_line line;
    } recent[HP_CALLGRIND_RECENT]; /* lines met lately, by their number */

    uint64_t calls;                    /* of all call sites */
    uint64_t inclusive[HP_EVENTS_MAX]; /* of all call sites */
    bool joined;                       /* these do not fit: equal call sites have one row, and each
                                          row is checked */
    bool *told;                        /* by function: the file says its calls and inclusive cost */
    size_t told_capacity;
    struct hp_callgrind_move {
        hp_function_id from, to;
    } * moves;
    size_t move_count, move_capacity;
} hp_callgrind_sums;

/* profile has the events, and nothing else. */
void hp_callgrind_sums_start(hp_callgrind_sums *sums, hp_profile *profile, const hp_scan *scan,
                             size_t room);
void hp_callgrind_sums_free(hp_callgrind_sums *sums);

/* start: where this stands in the text, for errors. */
bool hp_callgrind_add_self(hp_callgrind_sums *sums, const char *start, hp_line line,
                           const uint64_t *costs);
bool hp_callgrind_add_call(hp_callgrind_sums *sums, const char *start, hp_call call,
                           const uint64_t *costs);

/* What the file says of a function as a whole. It is kept as it is, whatever else the file says. */
bool hp_callgrind_add_told(hp_callgrind_sums *sums, const char *start, hp_function_id id,
                           uint64_t calls, uint64_t primitive, const uint64_t *inclusive);

/* All calls of one function so far are calls of another one. */
bool hp_callgrind_move_calls(hp_callgrind_sums *sums, hp_function_id from, hp_function_id to);

/* Ends the part: what the file does not say of a function as a whole follows from the calls. */
bool hp_callgrind_sums_finish(hp_callgrind_sums *sums);

#endif
