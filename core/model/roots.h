// SPDX-License-Identifier: MIT
/* <interpreter>, for inputs that do not say what is called from nowhere. */
#ifndef HP_ROOTS_H
#define HP_ROOTS_H

#include "hotprof.h"

/* Lets <interpreter> call what nothing else in the profile accounts for: the calls of a function
 * that no caller made, with the inclusive cost that the calls from other functions leave; functions
 * with a cost that none but themselves call; and of each cycle that nobody outside calls the member
 * with the largest inclusive cost of the first event. */
HP_NODISCARD hp_status hp_profile_add_roots(hp_profile *profile, hp_error *error);

#endif
