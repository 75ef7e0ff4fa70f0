// SPDX-License-Identifier: MIT
/* The call stacks of a profile, for reports that show stacks. */
#ifndef HP_CALL_STACKS_H
#define HP_CALL_STACKS_H

#include "hotprof.h"

/* Where a function was: at a line, or 0 if that is not known. */
typedef struct hp_place {
    hp_function_id function;
    uint64_t line;
} hp_place;

/* In the same order as those of the profile (hp_profile_stack). */
typedef struct hp_call_stacks {
    const hp_profile *profile;
    size_t count;
    uint32_t *depths; /* how many functions are on each stack, without <interpreter> */
    size_t deepest;
    uint64_t frames;  /* on all stacks that cost something, together */
    hp_place *places; /* all that are on a stack, by function and line */
    size_t place_count;
    uint32_t *tops; /* of each stack, the place on top */
} hp_call_stacks;

/* Finds the stacks of a profile, to be freed with hp_call_stacks_free even after an error.
 * HP_LIMIT: all stacks together have more functions than a report can take. */
HP_NODISCARD hp_status hp_call_stacks_find(hp_call_stacks *stacks, const hp_profile *profile,
                                           hp_error *error);
void hp_call_stacks_free(hp_call_stacks *stacks);

/* Whether a stack costs something. */
bool hp_call_stack_costs(const hp_call_stacks *stacks, size_t index);

/* Writes the places of a stack, by number, the innermost first, and returns how many there are.
 * places has room for the deepest stack. <interpreter> is left out, except where it is alone. */
size_t hp_call_stack_places(const hp_call_stacks *stacks, size_t index, uint32_t *places);

#endif
