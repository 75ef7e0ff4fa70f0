// SPDX-License-Identifier: MIT
/* Names that keep functions apart in KCachegrind. Its key for a function is one string: the name,
 * then the base names of file and object. */
#ifndef HP_UNIQUE_NAMES_H
#define HP_UNIQUE_NAMES_H

#include "hotprof.h"

/* The escaped name of each function: "name" if that is unique, or "name:line", "name:line
 * (directory)" or "name:line (directory, number)". files and objects are the escaped files and
 * objects of the functions. To be freed with hp_unique_names_free; NULL without memory. */
char **hp_unique_names_new(const hp_profile *profile, char *const *files, char *const *objects);
void hp_unique_names_free(const hp_profile *profile, char **names);

#endif
