// SPDX-License-Identifier: MIT
/* The events of a profile: which ones two profiles have together, and their order. */
#ifndef HP_EVENTS_H
#define HP_EVENTS_H

#include "model/profile.h"

/* The index of the event of that name; count if there is none. */
size_t hp_find_event(const hp_event *events, size_t count, const char *name);

/* The events of both profiles, in order, in events, which has room for HP_EVENTS_MAX. HP_MISMATCH,
 * HP_LIMIT: as for hp_profile_merge. */
hp_status hp_union_events(const hp_profile *profile, const hp_profile *other, hp_event *events,
                          size_t *count, hp_error *error);

/* Changes the events to a larger set, whose names there must be room for; false without memory, and
 * nothing is changed. */
bool hp_widen(hp_profile *profile, const hp_event *events, size_t count);

#endif
