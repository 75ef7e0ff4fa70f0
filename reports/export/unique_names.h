// SPDX-License-Identifier: MIT
/* Names that keep functions apart in KCachegrind, which takes a function's name followed by the
 * base names of its file and object, as one string, for the function. */
#ifndef HP_UNIQUE_NAMES_H
#define HP_UNIQUE_NAMES_H

#include "hotprof.h"

/* One escaped name a function: "name" while that is unique, else "name:line", else "name:line
 * (directory)", else that with a number. files and objects are the escaped names of the functions'
 * files and objects. To be freed by hp_unique_names_free; NULL without memory. */
char **hp_unique_names_new(const hp_profile *profile, char *const *files, char *const *objects);
void hp_unique_names_free(const hp_profile *profile, char **names);

#endif
