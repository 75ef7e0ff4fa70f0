// SPDX-License-Identifier: MIT
/* What the numbers of files and lines stand for in a hotshot log. */
#ifndef HP_HOTSHOT_NAMES_H
#define HP_HOTSHOT_NAMES_H

#include "hotshot/hotshot_records.h"
#include "model/index.h"

struct hp_file {
    uint64_t number;
    hp_string name;
};

struct hp_site { /* a file and a line, where a function begins */
    uint64_t file, line;
    hp_string name;
    bool defined;
    uint32_t generation; /* of function */
    hp_function_id function;
};

struct hp_names {
    struct hp_file *files;
    struct hp_site *sites;
    size_t file_count, file_capacity, site_count, site_capacity;
    hp_index file_index, site_index;
    hp_string directory;
    uint32_t generation; /* goes up when a name changes that a function has already */
    bool unnamed;        /* a function has a file of no name */
};

/* Of what has no name. */
extern const hp_string hp_no_name;

void hp_names_free(struct hp_names *names);

/* A copy, to be freed even if there was no memory for it (false). */
bool hp_names_copy(const struct hp_names *names, struct hp_names *copy);

/* NULL: there is none. */
struct hp_file *hp_find_file(const struct hp_names *names, uint64_t number);
struct hp_site *hp_find_site(const struct hp_names *names, uint64_t file, uint64_t line);

/* Finds or adds; NULL without memory. */
struct hp_site *hp_need_site(struct hp_names *names, uint64_t file, uint64_t line);

/* Take a DEFINE_FUNC and a DEFINE_FILE; false without memory. */
bool hp_define_function(struct hp_names *names, const struct hp_record *record);
bool hp_define_file(struct hp_names *names, const struct hp_record *record);

#endif
