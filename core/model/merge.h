// SPDX-License-Identifier: MIT
/* Adding one profile to another. */
#ifndef HP_MERGE_H
#define HP_MERGE_H

#include "hotprof.h"

/* Moves everything from fresh to profile: by a merge, or at once if profile is empty. */
hp_status hp_profile_adopt(hp_profile *profile, hp_profile *fresh, hp_error *error);

/* hp_profile_merge of two profiles, without the inputs of the other. */
hp_status hp_merge_numbers(hp_profile *profile, const hp_profile *other, hp_error *error);

#endif
