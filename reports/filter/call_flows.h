// SPDX-License-Identifier: MIT
/* What flows through the calls of a profile.
 *
 * A nested call costs nothing: what happens in it belongs to the outermost call of the function.
 * So in recursion a function can cost more than itself and its calls together. Filters need to know
 * where that went: it is shared among its calls into its own cycle, in proportion to what as many
 * calls of the callee cost on average. Without recursion the flow of a call is its cost. */
#ifndef HP_CALL_FLOWS_H
#define HP_CALL_FLOWS_H

#include "hotprof.h"

typedef struct hp_call_flows {
    double *flows;    /* for each call, one number an event */
    uint32_t *cycles; /* of each function, see hp_profile_cycles */
} hp_call_flows;

/* To be freed even after HP_NO_MEMORY, the only error. The profile must be sorted. */
hp_status hp_call_flows_find(hp_call_flows *flows, const hp_profile *profile, hp_error *error);
void hp_call_flows_free(hp_call_flows *flows);

#endif
