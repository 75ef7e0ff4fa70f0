// SPDX-License-Identifier: MIT
/* Names that keep functions apart in programs that know a function by its name and little more. All
 * are escaped, and to be freed with hp_told_apart_free; NULL without memory. */
#ifndef HP_UNIQUE_NAMES_H
#define HP_UNIQUE_NAMES_H

#include "hotprof.h"
#include "tell_apart.h"

/* For KCachegrind, whose key for a function is one string: the name without blanks at its ends,
 * "???" being none, then the base names of file and object. "name" if that is unique, or
 * "name:line", "name:line (directory)" or "name:line (directory, number)". files and objects are
 * the escaped files and objects of the functions. */
char **hp_unique_names_new(const hp_profile *profile, char *const *files, char *const *objects);

/* For programs that know a function by name, file and line, or these and its object (by_object).
 * "name" if that is unique, or with "\x5c" for backslashes in the name, or "name [object]", with or
 * without the object's directory, or "name #number". */
char **hp_key_names_new(const hp_profile *profile, bool by_object);

#endif
