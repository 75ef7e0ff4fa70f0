// SPDX-License-Identifier: MIT
#ifndef HP_MERGE_H
#define HP_MERGE_H

#include "hotprof.h"

/* Moves all of fresh into profile, by a merge unless profile is empty. */
hp_status hp_profile_adopt(hp_profile *profile, hp_profile *fresh, hp_error *error);

#endif
