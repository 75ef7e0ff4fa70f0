// SPDX-License-Identifier: MIT
/* The names in a callgrind file: what their numbers (IDs) stand for, and which functions they are.
 * Functions that return bool return false after setting the error. */
#ifndef HP_CALLGRIND_NAMES_H
#define HP_CALLGRIND_NAMES_H

#include "input/scan.h"
#include "model/index.h"

/* Names of one kind by their numbers. All zero: none. */
typedef struct hp_callgrind_ids {
    struct hp_callgrind_id *rows;
    size_t count, capacity;
    uint32_t *places; /* rows plus one of small numbers (in relation to the input), by number */
    size_t place_capacity;
    hp_index index; /* of the rows of other numbers */
} hp_callgrind_ids;

typedef struct hp_callgrind_names {
    hp_profile *profile;
    const hp_scan *scan;
    hp_callgrind_ids objects, files, functions;
    struct hp_callgrind_exact *exact;
    size_t exact_count, exact_capacity;
    size_t spent; /* the bytes of all names of functions so far */
} hp_callgrind_names;

void hp_callgrind_names_free(hp_callgrind_names *names);

/* Reads what our own report says, from at on, about what its functions are exactly. That is needed
 * before all else, as a call may stand before the function it calls. */
bool hp_callgrind_read_exact(hp_callgrind_names *names, const char *at);

/* Sets *place to the name of a file or an object: "NAME", "(ID) NAME" or "(ID)". ids: of its kind.
 */
bool hp_callgrind_read_place(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                             hp_string *place);

/* Sets *function to the function with such a name that is in this object and file. */
bool hp_callgrind_read_function(hp_callgrind_names *names, hp_string text, hp_string object,
                                hp_string file, hp_function_id *function);

/* Reads such a name of a function only for its ID. */
bool hp_callgrind_skip_function(hp_callgrind_names *names, hp_string text);

#endif
