// SPDX-License-Identifier: MIT
/* Python's marshal format, versions 0 to 5, as a stream of values in the order in which they stand
 * in the input. Knows no profiles. References are followed: what they refer to comes as if it stood
 * there again. Nothing is copied; the memory used is the places of values that can be referred to.
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
    HP_MARSHAL_NONE,    /* and whatever is of no use here: complex numbers, ... */
    HP_MARSHAL_INTEGER, /* True and False too */
    HP_MARSHAL_FLOAT,
    HP_MARSHAL_STRING,   /* bytes or text */
    HP_MARSHAL_SEQUENCE, /* a tuple or list: its items follow, then HP_MARSHAL_END */
    HP_MARSHAL_DICT,     /* its keys, each before its value, follow, then HP_MARSHAL_END */
    HP_MARSHAL_CODE,     /* a code object: hp_marshal_read_code, or its parts follow as in a
                            sequence */
    HP_MARSHAL_END
} hp_marshal_kind;

typedef struct hp_marshal_value {
    hp_marshal_kind kind;
    size_t offset; /* where it is; of a value that is referred to, the reference */
    size_t place;  /* numbers the values that can be referred to, from 1; 0: it cannot be */
    bool text;     /* a string that is UTF-8, with surrogates in it too. Python 2 may have bytes */
    bool negative; /* an integer below zero */
    union {
        uint64_t integer; /* without its sign */
        double number;
        hp_string string;
        uint64_t count; /* of a sequence's items */
    };
} hp_marshal_value;

#define HP_MARSHAL_DEPTH 100

/* References may make an input stand for so many times its size. (A path of 4096 bytes in each key
 * of a profile is a hundred times.) */
#define HP_MARSHAL_EXPANSION 128

/* All zero but for `in`, to begin with. */
typedef struct hp_marshal {
    hp_cursor in;
    size_t depth; /* of dicts and sequences that are not at their end */
    struct hp_marshal_open {
        size_t start, back; /* back: where to go on after what was referred to, else 0 */
        uint64_t left;      /* items; of a dict always more than there can be */
        bool dict, code;
        uint64_t parts, line; /* of a code object */
    } open[HP_MARSHAL_DEPTH];
    struct hp_marshal_places {
        size_t *starts;
        size_t count, capacity;
    } flagged, interned; /* what `r`, what Python 2's `R` refers to */
    unsigned replays;    /* how many of open are references */
    unsigned codes;      /* how many of open are code objects */
    uint64_t expansion;
} hp_marshal;

/* The next value; false at the end of the outermost value, and after an error. */
bool hp_marshal_next(hp_marshal *marshal, hp_marshal_value *value);

/* Leaves a sequence or dict, if the value that came last is one that is referred to. */
void hp_marshal_skip(hp_marshal *marshal);

/* What a code object is called. */
typedef struct hp_marshal_code {
    hp_string file, name;
    uint64_t line;
} hp_marshal_code;

/* Reads a code object to its end, if the value that came last is one; false after an error. */
bool hp_marshal_read_code(hp_marshal *marshal, hp_marshal_code *code);

/* Names a value in messages: "a string". */
const char *hp_marshal_kind_name(hp_marshal_kind kind);

void hp_marshal_free(hp_marshal *marshal);

#endif
