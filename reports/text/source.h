// SPDX-License-Identifier: MIT
/* The source files that a profile speaks of, where they can be found. */
#ifndef HP_SOURCE_H
#define HP_SOURCE_H

#include "hotprof.h"

typedef struct hp_source {
    char *path; /* NULL: not found */
    char *data;
    size_t size;
    size_t *ends; /* of the lines */
    size_t line_count;
    bool newer; /* than an input of the profile */
} hp_source;

enum { HP_PATH_ENTRIES_MAX = 1000 };

/* Where sources are looked for. */
typedef struct hp_source_path {
    const hp_profile *profile;
    const char *directory;                  /* before all others; NULL: none */
    hp_string entries[HP_PATH_ENTRIES_MAX]; /* the first that inputs call sys-path-entry */
    size_t entry_count;
} hp_source_path;

/* The path holds pointers into the profile and to the directory. */
void hp_source_path_init(hp_source_path *path, const hp_profile *profile, const char *directory);

/* Looks for a function's file below the path's directory, where its name is the end of the file's,
 * as much of it as possible; then under the file's own name; then in the entries. What is no
 * regular file, or larger than HP_SOURCE_MAX bytes, is passed over. */
HP_NODISCARD hp_status hp_source_find(hp_source *source, const hp_source_path *path,
                                      const hp_function *function, hp_error *error);
void hp_source_free(hp_source *source);

/* A line, counted from 1, without its end; empty beyond the end of the file. */
hp_string hp_source_line(const hp_source *source, uint64_t line);

#define HP_SOURCE_MAX ((size_t)64 << 20)

#endif
