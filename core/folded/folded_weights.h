// SPDX-License-Identifier: MIT
/* From the numbers behind a folded stack to its costs. */
#ifndef HP_FOLDED_WEIGHTS_H
#define HP_FOLDED_WEIGHTS_H

#include "folded/folded_style.h"

#define HP_FOLDED_EVENTS_MAX 5

/* The events that go with these weights. Returns how many there are; 0 for HP_FOLDED_OURS. */
size_t hp_folded_events(hp_folded_weights weights, hp_event *events);

/* What becomes of numbers that are no costs. */
typedef struct hp_folded_oddities {
    uint64_t impossible; /* negative ones, which count as 0 */
    uint64_t rounded;    /* ones with a fraction */
} hp_folded_oddities;

/* The costs of a stack, one for each event. False if a number is too large. */
bool hp_folded_costs(const hp_folded_style *style, const hp_string *numbers, uint64_t *costs,
                     hp_folded_oddities *oddities);

#endif
