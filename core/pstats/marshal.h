// SPDX-License-Identifier: MIT
/* Reads Python's marshal format, versions 0 to 5, as a stream of values in the order of the input.
 * Knows nothing of profiles. A value that is referred to comes again in place of the reference.
 * Nothing is copied; the only memory used is for the offsets of values that can be referred to.
 *
 *     hp_marshal marshal = {.in = {data, size, 0, error}};
 *     hp_marshal_value value;
 *     while (hp_marshal_next(&marshal, &value))
 *         ...
 *     hp_marshal_free(&marshal);
 */
#ifndef HP_MARSHAL_H
#define HP_MARSHAL_H

#include "input/cursor.h"

typedef enum hp_marshal_kind {
    HP_MARSHAL_NONE,
    HP_MARSHAL_INTEGER, /* True and False too */
    HP_MARSHAL_FLOAT,
    HP_MARSHAL_STRING,   /* bytes, or text as UTF-8, which may contain surrogates */
    HP_MARSHAL_SEQUENCE, /* a tuple or list: its items follow, then HP_MARSHAL_END */
    HP_MARSHAL_DICT,     /* each key and its value follow, then HP_MARSHAL_END */
    HP_MARSHAL_END
} hp_marshal_kind;

typedef struct hp_marshal_value {
    hp_marshal_kind kind;
    size_t offset; /* in the input; of a value that is referred to, that of the reference */
    union {
        int64_t integer;
        double number;
        hp_string string;
        uint64_t count; /* of the items of a sequence */
    };
} hp_marshal_value;

#define HP_MARSHAL_DEPTH 100

/* With its references resolved, an input may be at most so many times as large: the limit is
 * HP_LIMIT. (A path of 4096 bytes in each key of a profile makes it a hundred times.) */
#define HP_MARSHAL_EXPANSION 128

/* At the start everything but in is zero. */
typedef struct hp_marshal {
    hp_cursor in;
    size_t depth; /* the number of open dicts and sequences: those not at their end */
    struct hp_marshal_open {
        size_t start,
            back;      /* back: where to go on behind a reference to it; 0: it is not referred to */
        uint64_t left; /* items to come; for a dict more than there can be */
        bool dict;
    } open[HP_MARSHAL_DEPTH];
    struct hp_marshal_places {
        size_t *starts;
        size_t count, capacity;
    } flagged, interned; /* what the types r and, in Python 2, R refer to */
    unsigned replays;    /* the number of open ones that are referred to */
    uint64_t expansion;  /* values, and bytes of strings, that were referred to */
} hp_marshal;

/* Reads the next value; false at the end of the outermost value, and on an error. */
bool hp_marshal_next(hp_marshal *marshal, hp_marshal_value *value);

/* The name of a kind in messages: "a string". */
const char *hp_marshal_kind_name(hp_marshal_kind kind);

/* Frees the offsets, not the marshal itself. */
void hp_marshal_free(hp_marshal *marshal);

#endif
