// SPDX-License-Identifier: MIT
/* Names that differ: each of many things has the shortest of its names that no other one has. */
#ifndef HP_TELL_APART_H
#define HP_TELL_APART_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The name of a thing, from level 0, the shortest, to the last one, on which all names must differ.
 * To be freed; NULL without memory. */
typedef char *hp_name_on_level(const void *context, size_t thing, unsigned level);

/* Sets the hash of such a name; false without memory. */
typedef bool hp_hash_on_level(void *context, size_t thing, unsigned level, uint64_t *hash);

/* Finds the level of the name of each of so many things: names that are equal are made those of the
 * next level, until all differ. Names of the same hash count as equal: two that differ nevertheless
 * become longer than they would have to be, and still differ. Takes a few hashes a thing, whatever
 * the names are. To be freed; NULL without memory. */
unsigned char *hp_levels_new(size_t count, hp_hash_on_level *hash, void *context, unsigned last);

/* The names themselves. rests: a string for each thing, or NULL: then names differ together with
 * what follows them in rests. To be freed with hp_told_apart_free; NULL without memory. */
char **hp_tell_apart(size_t count, hp_name_on_level *name, const void *context, unsigned last,
                     char *const *rests);

/* Appends to a name, for names by their level, and returns it. NULL if there is no memory, the name
 * being freed then, or if name is NULL. */
HP_PRINTF(2, 3) char *hp_name_append(char *name, const char *format, ...);

void hp_told_apart_free(char **names, size_t count);

#ifdef __cplusplus
}
#endif

#endif
