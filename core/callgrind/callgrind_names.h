// SPDX-License-Identifier: MIT
/* The names in a callgrind file: what their numbers stand for, and which functions they are. */
#ifndef HP_CALLGRIND_NAMES_H
#define HP_CALLGRIND_NAMES_H

#include "input/scan.h"
#include "model/index.h"

/* Names of one kind by their numbers. All zero is none. */
typedef struct hp_callgrind_ids {
    struct hp_callgrind_id *rows;
    size_t count, capacity;
    uint32_t *places; /* rows plus one, by number, of numbers that are small for the input */
    size_t place_capacity;
    hp_index index; /* of the others */
} hp_callgrind_ids;

typedef struct hp_callgrind_names {
    hp_profile *profile;
    const hp_scan *scan;
    hp_callgrind_ids objects, files, functions;
    struct hp_callgrind_exact *exact;
    size_t exact_count, exact_capacity;
    size_t spent; /* bytes of the names of functions */
} hp_callgrind_names;

void hp_callgrind_names_free(hp_callgrind_names *names);

/* Looks through a report of our own, from at on, for what its functions are exactly: calls of them
 * may come before that is told. */
bool hp_callgrind_read_exact(hp_callgrind_names *names, const char *at);

/* "NAME", "(ID) NAME" or "(ID)", of a file or an object. */
bool hp_callgrind_read_place(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                             hp_string *place);

/* Likewise of a function that is in this object and file. */
bool hp_callgrind_read_function(hp_callgrind_names *names, hp_string text, hp_string object,
                                hp_string file, hp_function_id *function);

/* Likewise of a function that does not matter but for its ID. */
bool hp_callgrind_skip_function(hp_callgrind_names *names, hp_string text);

#endif
