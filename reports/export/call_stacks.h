// SPDX-License-Identifier: MIT
/* The call stacks of a profile, for reports that show stacks. */
#ifndef HP_CALL_STACKS_H
#define HP_CALL_STACKS_H

#include "hotprof.h"

/* In the same order as those of the profile (hp_profile_stack). */
typedef struct hp_call_stacks {
    const hp_profile *profile;
    size_t count;
    uint32_t *depths; /* how many functions are on each stack, without <interpreter> */
    size_t deepest;
    uint64_t frames; /* on all stacks that cost something, together */
} hp_call_stacks;

/* HP_MISMATCH: an input of the profile has no stacks. */
HP_NODISCARD hp_status hp_call_stacks_check(const hp_profile *profile, hp_error *error);

/* Finds the stacks of a profile, to be freed with hp_call_stacks_free even after an error.
 * HP_MISMATCH: as hp_call_stacks_check. */
HP_NODISCARD hp_status hp_call_stacks_find(hp_call_stacks *stacks, const hp_profile *profile,
                                           hp_error *error);
void hp_call_stacks_free(hp_call_stacks *stacks);

/* Whether a stack costs something. */
bool hp_call_stack_costs(const hp_call_stacks *stacks, size_t index);

/* Writes the functions of a stack, the innermost first, and returns how many there are. functions
 * has room for the deepest stack. <interpreter> is left out, except where it is alone. */
size_t hp_call_stack_functions(const hp_call_stacks *stacks, size_t index,
                               hp_function_id *functions);

#endif
