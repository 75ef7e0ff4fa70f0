// SPDX-License-Identifier: MIT
/* The steps of filter.c, one a filter. */
#ifndef HP_FILTER_STEPS_H
#define HP_FILTER_STEPS_H

#include "hotprof.h"

typedef enum hp_part { HP_PART_ROOT, HP_PART_LEAF, HP_PART_FOCUS, HP_PART_IGNORE } hp_part;

/* Both add to a profile that has the events, inputs and functions of the other, in the same order,
 * but no costs and calls. matched: one truth a function. */
hp_status hp_filter_part(const hp_profile *from, hp_part part, const bool *matched, hp_profile *to,
                         hp_error *error);
hp_status hp_filter_hide(const hp_profile *from, const bool *hidden, hp_profile *to,
                         hp_error *error);

/* The same for the stacks of the profile; part: NULL to hide functions. */
hp_status hp_filter_stacks(const hp_profile *from, const hp_part *part, const bool *matched,
                           hp_profile *to, hp_error *error);

#endif
