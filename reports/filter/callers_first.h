// SPDX-License-Identifier: MIT
#ifndef HP_CALLERS_FIRST_H
#define HP_CALLERS_FIRST_H

#include "hotprof.h"

/* The numbers of all functions, callers before callees but where they call each other in a circle;
 * to be freed; NULL without memory. */
hp_function_id *hp_callers_first(const hp_profile *profile);

#endif
