// SPDX-License-Identifier: MIT
/* Names that keep functions apart in KCachegrind, which takes a function's name followed by the
 * base name of its file, as one string, for the function. */
#ifndef HP_UNIQUE_NAMES_H
#define HP_UNIQUE_NAMES_H

#include "hotprof.h"

/* One escaped name a function: "name" while that is unique, else "name:line", else "name:line
 * (directory)", else that with a number. files are the escaped names of the functions' files. To be
 * freed by hp_unique_names_free; NULL without memory. */
char **hp_unique_names_new(const hp_profile *profile, char *const *files);
void hp_unique_names_free(const hp_profile *profile, char **names);

#endif
