// SPDX-License-Identifier: MIT
/* The filters that filter.c applies. */
#ifndef HP_FILTER_STEPS_H
#define HP_FILTER_STEPS_H

#include "hotprof.h"

typedef enum hp_part { HP_PART_ROOT, HP_PART_LEAF, HP_PART_FOCUS, HP_PART_IGNORE } hp_part;

/* Copies events, inputs and functions to a new profile. */
hp_status hp_filter_copy_frame(const hp_profile *from, hp_profile *to, hp_error *error);

/* Both fill a profile with what stays of another. It must have the events, inputs and functions of
 * the other in the same order, and no costs and calls. matched, hidden: one flag a function. */
hp_status hp_filter_part(const hp_profile *from, hp_part part, const bool *matched, hp_profile *to,
                         hp_error *error);
hp_status hp_filter_hide(const hp_profile *from, const bool *hidden, hp_profile *to,
                         hp_error *error);

/* The same for the stacks of the profile. part: NULL hides the functions that match. */
hp_status hp_filter_stacks(const hp_profile *from, const hp_part *part, const bool *matched,
                           hp_profile *to, hp_error *error);

#endif
