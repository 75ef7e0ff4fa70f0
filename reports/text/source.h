// SPDX-License-Identifier: MIT
/* Finds and reads the source files of a profile. */
#ifndef HP_SOURCE_H
#define HP_SOURCE_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_source {
    char *path; /* NULL: not found */
    char *data;
    size_t size;
    size_t *ends; /* offset of the end of each line */
    size_t line_count;
    bool newer; /* modified after an input of the profile */
} hp_source;

/* The names and the entries of a log may be made to be many. */
enum { HP_PATH_ENTRIES_MAX = 1000, HP_SOURCE_TRIES_MAX = 1000000 };

/* Where source files are searched for. */
typedef struct hp_source_path {
    const hp_profile *profile;
    const char *directory;                  /* searched first; NULL: none */
    hp_string entries[HP_PATH_ENTRIES_MAX]; /* values of sys-path-entry in the inputs */
    bool is_directory[HP_PATH_ENTRIES_MAX]; /* each entry; others are not searched */
    size_t entry_count;
    size_t tries; /* so many files were looked for in entries */
} hp_source_path;

/* The path keeps pointers to the profile and the directory. */
void hp_source_path_init(hp_source_path *path, const hp_profile *profile, const char *directory);

/* Finds the source file of a function. It is searched for below path->directory, by as many of the
 * last parts of its name as match; then by its own name; then in path->entries, until that has been
 * tried HP_SOURCE_TRIES_MAX times. If it is not found, source->path is NULL. Anything but a regular
 * file of at most HP_SOURCE_MAX bytes is skipped. */
HP_NODISCARD hp_status hp_source_find(hp_source *source, hp_source_path *path,
                                      const hp_function *function, hp_error *error);
void hp_source_free(hp_source *source);

/* A line without its end, numbered from 1; "" beyond the last one. */
hp_string hp_source_line(const hp_source *source, uint64_t line);

#define HP_SOURCE_MAX ((size_t)64 << 20)

#ifdef __cplusplus
}
#endif

#endif
