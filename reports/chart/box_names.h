// SPDX-License-Identifier: MIT
/* What the boxes of a call graph call their functions. */
#ifndef HP_BOX_NAMES_H
#define HP_BOX_NAMES_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_box_name {
    char *name;  /* with line breaks */
    char *place; /* "module:12"; may be "" */
} hp_box_name;

/* Names these functions of a profile: names has room for all of them. Name and place together
 * differ.
 *
 * A name is shortened as hp_short_name does, to as few columns as keep different names different.
 * If a function has no name, its object is shown; of code at the level of a module the module,
 * "driver <module>", and no place. A module is the shortest end of a path that no other path has.
 *
 * False without memory. The strings, which are NULL then if they are missing, are to be freed. */
bool hp_box_names_make(const hp_profile *profile, const hp_function_id *functions, size_t count,
                       hp_box_name *names);

#ifdef __cplusplus
}
#endif

#endif
