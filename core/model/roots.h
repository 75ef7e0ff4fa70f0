// SPDX-License-Identifier: MIT
/* Calls by <interpreter>, for inputs that do not tell what is called from nowhere. */
#ifndef HP_ROOTS_H
#define HP_ROOTS_H

#include "hotprof.h"

/* Adds calls by <interpreter> of what nothing else in the profile accounts for:
 *
 * - a function with more calls than its callers make, with the inclusive cost that the calls by
 *   other functions leave;
 * - a function with a cost that no other function calls;
 * - of each cycle that is not called from outside of it, the member with the largest inclusive cost
 *   of the first event.
 *
 * The profile must have an event. HP_NO_MEMORY, HP_OVERFLOW. */
HP_NODISCARD hp_status hp_profile_add_roots(hp_profile *profile, hp_error *error);

#endif
