// SPDX-License-Identifier: MIT
/* The names in a hotshot log: what its numbers of files and lines stand for. A definition holds
 * from its record on, and a later one may replace it. */
#ifndef HP_LOG_NAMES_H
#define HP_LOG_NAMES_H

#include "hotshot/log_records.h"
#include "model/index.h"

struct hp_log_file {
    uint64_t number;
    hp_string name;
};

/* What begins at a line of a file. */
struct hp_log_function {
    uint64_t file, line;
    hp_string name;
    bool defined;        /* by a record; else the name is hp_log_no_name */
    uint32_t generation; /* of the names when it got its id */
    hp_function_id id;   /* HP_NO_FUNCTION: none yet */
};

struct hp_log_names {
    struct hp_log_file *files;
    struct hp_log_function *functions;
    size_t file_count, file_capacity, function_count, function_capacity;
    hp_index file_index, function_index;
    hp_string directory; /* of the run; empty: unknown */
    uint32_t generation; /* goes up when a name changes that a function with an id uses */
    bool unnamed;        /* a function with an id is in a file without a name */
};

/* Stands for a name that is not defined. */
extern const hp_string hp_log_no_name;

void hp_log_names_free(struct hp_log_names *names);

/* A copy, which hp_log_names_free frees, also after false: there was not enough memory. */
bool hp_log_names_copy(const struct hp_log_names *names, struct hp_log_names *copy);

/* NULL: there is none. A pointer is good until something is added. */
struct hp_log_file *hp_log_find_file(const struct hp_log_names *names, uint64_t number);
struct hp_log_function *hp_log_find_function(const struct hp_log_names *names, uint64_t file,
                                             uint64_t line);

/* Finds or adds a function; NULL without memory. */
struct hp_log_function *hp_log_need_function(struct hp_log_names *names, uint64_t file,
                                             uint64_t line);

/* Take a DEFINE_FUNC and a DEFINE_FILE; false without memory. */
bool hp_log_define_function(struct hp_log_names *names, const struct hp_log_record *record);
bool hp_log_define_file(struct hp_log_names *names, const struct hp_log_record *record);

#endif
