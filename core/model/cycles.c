// SPDX-License-Identifier: MIT
/* The cycles of a profile's call graph. */
#include "hotprof.h"
#include "model/scc.h"

#include <stdlib.h>
#include <string.h>

/* Makes the graph of who calls whom: first and targets are to be filled in. */
static void gather_calls(const hp_profile *profile, size_t *first, uint32_t *targets)
{
    size_t functions = hp_profile_function_count(profile), calls = hp_profile_call_count(profile);

    memset(first, 0, (functions + 1) * sizeof *first);
    for (size_t i = 0; i < calls; i++)
        first[hp_profile_call(profile, i)->caller]++;
    for (size_t i = 0; i < functions; i++)
        first[i + 1] += first[i];
    for (size_t i = calls; i-- > 0;) {
        const hp_call *call = hp_profile_call(profile, i);

        targets[--first[call->caller]] = call->callee;
    }
}

/* From the numbers of components to those of cycles. sizes has room for a number a function. */
static uint32_t number_cycles(uint32_t *cycles, size_t functions, uint32_t *sizes)
{
    uint32_t count = 0;

    memset(sizes, 0, functions * sizeof *sizes);
    for (size_t i = 0; i < functions; i++)
        sizes[cycles[i]]++;
    for (size_t i = 0; i < functions; i++)
        sizes[i] = sizes[i] > 1 ? ++count : 0;
    for (size_t i = 0; i < functions; i++)
        cycles[i] = sizes[cycles[i]];
    return count;
}

hp_status hp_profile_cycles(const hp_profile *profile, uint32_t *cycles, uint32_t *count,
                            hp_error *error)
{
    size_t functions = hp_profile_function_count(profile), calls = hp_profile_call_count(profile);
    size_t *first = malloc((functions + 1) * sizeof *first);
    uint32_t *targets = malloc((calls + 1) * sizeof *targets);
    uint32_t *sizes = malloc((functions + 1) * sizeof *sizes);
    bool whole = first && targets && sizes;

    if (whole) {
        const hp_graph graph = {(uint32_t)functions, first, targets};

        gather_calls(profile, first, targets);
        whole = hp_find_components(&graph, cycles, count);
    }
    if (whole)
        *count = number_cycles(cycles, functions, sizes);
    free(first);
    free(targets);
    free(sizes);
    return whole ? HP_OK : hp_no_memory(error);
}
