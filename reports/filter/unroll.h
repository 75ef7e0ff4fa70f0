// SPDX-License-Identifier: MIT
/* Call stacks for profiles that hold none, estimated from the calls.
 *
 * Such a profile says what a function cost and what its calls cost, not by which of its callers it
 * was called for them. So each stack shares its cost among what the function on top did, in
 * proportion, whoever called it: that of the total between <interpreter> and its calls, and so on
 * up. A function that is on the stack already is not entered again. The heaviest stacks are found
 * first; of calls behind the first HP_UNROLLED_MAX stacks the cost stays with the callee. */
#ifndef HP_UNROLL_H
#define HP_UNROLL_H

#include "hotprof.h"

#define HP_UNROLLED_MAX 10000

/* Whether the stacks of all inputs were kept. */
bool hp_has_stacks(const hp_profile *profile);

/* Makes a sorted profile of a sorted one, to be freed: without calls, with the same functions,
 * totals and self costs of functions, and with estimated stacks, whose costs add up to the total
 * exactly. *unrolled is NULL after an error. */
HP_NODISCARD hp_status hp_profile_unroll(const hp_profile *profile, hp_profile **unrolled,
                                         hp_error *error);

/* The same with the stacks of the profile, made one where they differ in lines only. */
HP_NODISCARD hp_status hp_profile_drop_stack_lines(const hp_profile *profile, hp_profile **dropped,
                                                   hp_error *error);

#endif
