// SPDX-License-Identifier: MIT
/* The names in a callgrind file: what their numbers stand for, and which functions they are. */
#ifndef HP_CALLGRIND_NAMES_H
#define HP_CALLGRIND_NAMES_H

#include "input/scan.h"
#include "model/index.h"

/* The names of one kind, by their numbers. All zero is empty. */
typedef struct hp_callgrind_ids {
    struct hp_callgrind_id *rows;
    size_t count, capacity;
    uint32_t *places; /* by number: row + 1, for numbers that are small compared to the input */
    size_t place_capacity;
    hp_index index; /* of all other numbers */
} hp_callgrind_ids;

typedef struct hp_callgrind_names {
    const hp_scan *scan;
    hp_callgrind_ids objects, files, functions;
    hp_profile *profile; /* of the current part */
    uint32_t part;       /* counts the parts; what belongs to an earlier one is not valid */
    bool own;            /* the current part is a report of our own */
    struct hp_callgrind_exact *exact;
    size_t exact_count, exact_capacity;
    uint32_t *owners; /* by function: which number stands for it */
    size_t owner_count, owner_capacity;
    size_t spent;       /* bytes of the names of functions */
    uint64_t undefined; /* how often a name was missing */
    bool exhausted;     /* the names are too long together: reading must stop */
} hp_callgrind_names;

/* A function as a line of the file names it. */
typedef struct hp_callgrind_named {
    hp_function_id id;
    hp_string file;       /* the file that its line numbers are of */
    hp_function_id moved; /* it was known as this function so far; HP_NO_FUNCTION: it was not */
    size_t row;           /* of its number, plus one; 0: it has none */
} hp_callgrind_named;

/* All functions below that return bool return false after an error, which the scan has then. A
 * number that stands for no name is no error. It is counted, and the name is unknown: empty for a
 * file or an object, "???" for a function. */

void hp_callgrind_names_free(hp_callgrind_names *names);

/* From now on functions are those of another part, which has another profile. Numbers keep their
 * names. */
void hp_callgrind_names_begin(hp_callgrind_names *names, hp_profile *profile, bool own);

/* Reads ahead, to the end of the part, what our own report says of its functions in comments: calls
 * of a function may come before. */
bool hp_callgrind_read_exact(hp_callgrind_names *names, const char *at);

/* Reads "NAME", "(NUMBER) NAME" or "(NUMBER)" of a file or an object. */
bool hp_callgrind_read_place(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                             hp_string *place);

/* Reads the same of a function. object and file say where it is if this line defines it. A number
 * that is defined already stands for one function, wherever it comes again. */
bool hp_callgrind_read_function(hp_callgrind_names *names, hp_string text, hp_string object,
                                hp_string file, hp_callgrind_named *named);

/* The same for the line before the costs of a function. Some writers define numbers in a wrong
 * file. So a function moves to this file if nothing but its number stands for it and it had no
 * costs yet. */
bool hp_callgrind_read_home(hp_callgrind_names *names, hp_string text, hp_string object,
                            hp_string file, hp_callgrind_named *named);

/* The function has costs: it no longer moves. */
void hp_callgrind_settle(hp_callgrind_names *names, const hp_callgrind_named *named);

/* A function that the file does not name. */
bool hp_callgrind_unknown_function(hp_callgrind_names *names, hp_string object, hp_string file,
                                   hp_callgrind_named *named);

#endif
