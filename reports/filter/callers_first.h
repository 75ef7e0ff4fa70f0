// SPDX-License-Identifier: MIT
#ifndef HP_CALLERS_FIRST_H
#define HP_CALLERS_FIRST_H

#include "hotprof.h"

/* All functions, each before those that it calls, except within a cycle. To be freed; NULL without
 * memory. */
hp_function_id *hp_callers_first(const hp_profile *profile);

#endif
