// SPDX-License-Identifier: MIT
/* The events of profiles: which ones two profiles have together, and in what order. */
#ifndef HP_EVENTS_H
#define HP_EVENTS_H

#include "model/profile.h"

/* The index of the event of that name; count if there is none. */
size_t hp_find_event(const hp_event *events, size_t count, const char *name);

/* The events of both profiles, in the order that hp_profile_merge describes, in events, which has
 * room for HP_EVENTS_MAX. HP_MISMATCH, HP_LIMIT: as for hp_profile_merge. */
hp_status hp_union_events(const hp_profile *profile, const hp_profile *other, hp_event *events,
                          size_t *count, hp_error *error);

/* Gives the profile these events, which must contain its own; the others cost 0. There must be room
 * for the strings. false without memory, and nothing is changed. */
bool hp_spread_events(hp_profile *profile, const hp_event *events, size_t count);

#endif
