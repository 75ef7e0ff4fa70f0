// SPDX-License-Identifier: MIT
/* The numbers of files and functions in a log. A log knows a function by the number of its file and
 * its first line; where several functions begin at one line, their file has one number for each of
 * them. The number of a code object is kept in the code object. */
#ifndef HP_NAMES_H
#define HP_NAMES_H

#include "python.h"

#include "map.h"

struct hp_file_name {
    char *name;
    size_t size;
};

struct hp_function_name {
    uint8_t enter[15]; /* the ENTER record, without the time */
    uint8_t enter_size;
    uint32_t file, line;
    char *name;
    size_t size;
};

struct hp_names {
    struct hp_map map;
    struct hp_file_name *files;
    struct hp_function_name *functions;
    uint32_t file_count, function_count;
    size_t file_capacity, function_capacity;
    char *directory; /* of relative file names */
    uintptr_t base;  /* what code objects of this recording have is their number and this */
};

/* Gets what the interpreter must give once. False: an exception is set. */
bool hp_names_prepare(void);

void hp_names_free(struct hp_names *names);

/* Begins or goes on with a recording, after which no other one adds numbers until it stops. */
void hp_names_resume(struct hp_names *names);

/* The place in code objects where their numbers are. */
extern Py_ssize_t hp_code_index;

/* Gives a code object its number; false without memory. Leaves the current exception alone. */
bool hp_names_add_code(struct hp_names *names, PyCodeObject *code, uint32_t *number);

/* Finds or adds a function written in C, under the name that cProfile gives it. */
bool hp_names_find_builtin(struct hp_names *names, PyObject *function, uint32_t *number);

static inline bool hp_names_find_code(struct hp_names *names, PyCodeObject *code, uint32_t *number)
{
    void *extra = NULL;
    uintptr_t place;

    HP_GET_CODE_EXTRA((PyObject *)code, hp_code_index, &extra);
    place = (uintptr_t)extra - names->base;
    if (place < names->function_count) {
        *number = (uint32_t)place;
        return true;
    }
    return hp_names_add_code(names, code, number);
}

#endif
