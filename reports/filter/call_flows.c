// SPDX-License-Identifier: MIT
#include "filter/call_flows.h"

#include <stdlib.h>

/* What the calls of a call site cost if they are not nested. */
static double typical_cost(const hp_profile *profile, const hp_call *call, size_t event)
{
    double inclusive = (double)hp_profile_function_inclusive(profile, call->callee)[event];
    uint64_t calls = hp_profile_function(profile, call->callee)->calls;

    return calls == 0 || calls == HP_UNKNOWN || call->count == HP_UNKNOWN
               ? inclusive
               : inclusive * ((double)call->count / (double)calls);
}

/* Shares what a function costs beyond itself and its calls. */
static void share_rest(hp_call_flows *flows, const hp_profile *profile, hp_function_id f,
                       size_t event)
{
    size_t events = hp_profile_event_count(profile), first;
    size_t count = hp_profile_calls_from(profile, f, &first);
    double rest = (double)hp_profile_function_inclusive(profile, f)[event] -
                  (double)hp_profile_function_self(profile, f)[event];
    double weight = 0;

    for (size_t i = first; i < first + count; i++) {
        const hp_call *call = hp_profile_call(profile, i);

        if (call->callee == f)
            continue;
        rest -= flows->flows[i * events + event];
        if (flows->cycles[call->callee] == flows->cycles[f])
            weight += typical_cost(profile, call, event);
    }
    for (size_t i = first; rest > 0 && weight > 0 && i < first + count; i++) {
        const hp_call *call = hp_profile_call(profile, i);

        if (call->callee != f && flows->cycles[call->callee] == flows->cycles[f])
            flows->flows[i * events + event] += rest * typical_cost(profile, call, event) / weight;
    }
}

hp_status hp_call_flows_find(hp_call_flows *flows, const hp_profile *profile, hp_error *error)
{
    size_t functions = hp_profile_function_count(profile), calls = hp_profile_call_count(profile);
    size_t events = hp_profile_event_count(profile);
    uint32_t count;

    flows->flows = malloc((calls * events + 1) * sizeof *flows->flows);
    flows->cycles = malloc((functions + 1) * sizeof *flows->cycles);
    if (!flows->flows || !flows->cycles)
        return hp_no_memory(error);
    if (hp_profile_cycles(profile, flows->cycles, &count, error) != HP_OK)
        return HP_NO_MEMORY;
    for (size_t i = 0; i < calls; i++)
        for (size_t e = 0; e < events; e++)
            flows->flows[i * events + e] = (double)hp_profile_call_inclusive(profile, i)[e];
    for (hp_function_id f = 0; f < functions; f++)
        for (size_t e = 0; flows->cycles[f] > 0 && e < events; e++)
            share_rest(flows, profile, f, e);
    return HP_OK;
}

void hp_call_flows_free(hp_call_flows *flows)
{
    free(flows->flows);
    free(flows->cycles);
}
