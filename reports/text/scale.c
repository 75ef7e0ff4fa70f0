// SPDX-License-Identifier: MIT
#include "text/scale.h"

hp_scale hp_scale_of(const hp_callgraph *graph)
{
    bool time = hp_profile_event_count(graph->profile) == 0 ||
                hp_profile_event(graph->profile, graph->event)->unit == HP_NANOSECONDS;
    hp_scale scale = {time, 2, 1, time ? "time" : "cost"};
    uint64_t total = graph->total > graph->base_total ? graph->total : graph->base_total;
    uint64_t step = hp_power_of_ten(7); /* all costs are multiples of it */

    for (const hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++)
        while (node->self % step != 0 || node->inclusive % step != 0 ||
               node->base_self % step != 0 || node->base_inclusive % step != 0)
            step /= 10;
    while (scale.decimals < 9 && hp_power_of_ten(9 - scale.decimals) > total / 10000 &&
           step % hp_power_of_ten(9 - scale.decimals) != 0)
        scale.decimals++;
    if (time)
        scale.unit = hp_power_of_ten(9 - scale.decimals);
    else
        scale.decimals = 0;
    return scale;
}

hp_number hp_scale_cost(const hp_scale *scale, uint64_t cost)
{
    const uint64_t unit = scale->unit;

    return hp_number_fixed(cost / unit + (cost % unit >= unit - unit / 2), scale->decimals);
}

hp_number hp_scale_change(const hp_scale *scale, uint64_t cost, uint64_t base)
{
    return hp_number_with_sign((cost > base) - (cost < base),
                               hp_scale_cost(scale, hp_distance(cost, base)));
}
