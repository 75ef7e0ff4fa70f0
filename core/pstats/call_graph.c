// SPDX-License-Identifier: MIT
#include "pstats/call_graph.h"

#include "model/scc.h"

#include <stdlib.h>

#define NO_GROUP SIZE_MAX

struct grouping {
    const hp_dump *dump;
    const hp_call_graph *graph;
};

typedef size_t group_of(const struct grouping *grouping, size_t item);

static size_t group_by_callee(const struct grouping *grouping, size_t call)
{
    return grouping->dump->calls[call].callee;
}

static size_t group_by_component(const struct grouping *grouping, size_t function)
{
    return grouping->graph->component[function];
}

static size_t group_leaving(const struct grouping *grouping, size_t call)
{
    const hp_dump_call *leaving = &grouping->dump->calls[call];

    return hp_is_inner(grouping->graph, leaving) ? NO_GROUP
                                                 : grouping->graph->component[leaving->caller];
}

/* Counts the items of each group two places on. When each is then put one place on, first holds the
 * beginnings in the end. */
static inline bool make_groups(hp_groups *groups, const struct grouping *grouping,
                               size_t group_count, size_t item_count, group_of *find)
{
    size_t *first = calloc(group_count + 2, sizeof *first);
    size_t *items = malloc((item_count + 1) * sizeof *items);

    *groups = (hp_groups){first, items};
    if (!first || !items)
        return false;
    for (size_t i = 0; i < item_count; i++) {
        size_t group = find(grouping, i);

        if (group != NO_GROUP)
            first[group + 2]++;
    }
    for (size_t g = 2; g < group_count + 2; g++)
        first[g] += first[g - 1];
    for (size_t i = 0; i < item_count; i++) {
        size_t group = find(grouping, i);

        if (group != NO_GROUP)
            items[first[group + 1]++] = i;
    }
    return true;
}

/* Follows calls from callees to callers. */
static bool find_components(hp_call_graph *graph, const hp_dump *dump)
{
    uint32_t *callers = malloc((dump->call_count + 1) * sizeof *callers), count = 0;
    const hp_graph reversed = {(uint32_t)dump->function_count, graph->into.first, callers};
    bool whole;

    graph->component = malloc((dump->function_count + 1) * sizeof *graph->component);
    whole = callers && graph->component;
    for (size_t i = 0; whole && i < dump->call_count; i++)
        callers[i] = dump->calls[graph->into.items[i]].caller;
    whole = whole && hp_find_components(&reversed, graph->component, &count);
    graph->component_count = count;
    free(callers);
    return whole;
}

bool hp_call_graph_find(hp_call_graph *graph, const hp_dump *dump)
{
    const struct grouping grouping = {dump, graph};

    *graph = (hp_call_graph){0};
    return make_groups(&graph->into, &grouping, dump->function_count, dump->call_count,
                       group_by_callee) &&
           find_components(graph, dump) &&
           make_groups(&graph->members, &grouping, graph->component_count, dump->function_count,
                       group_by_component) &&
           make_groups(&graph->leaving, &grouping, graph->component_count, dump->call_count,
                       group_leaving);
}

void hp_call_graph_free(hp_call_graph *graph)
{
    free(graph->component);
    free(graph->members.first);
    free(graph->members.items);
    free(graph->into.first);
    free(graph->into.items);
    free(graph->leaving.first);
    free(graph->leaving.items);
    *graph = (hp_call_graph){0};
}
