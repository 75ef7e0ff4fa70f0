// SPDX-License-Identifier: MIT
#include "chart/choice.h"

#include <math.h>
#include <stdlib.h>

struct choosing {
    const hp_callgraph *graph;
    size_t most, count;
    uint32_t *chosen;
    bool *is_chosen; /* of each node of the graph */
    bool *is_passed; /* likewise: on the way to the root */
    uint32_t *way;   /* the nodes on it */
};

double hp_choice_share(const hp_callgraph *graph, uint64_t cost, uint64_t base_cost)
{
    return (graph->base ? hp_callgraph_change_percent(graph, cost, base_cost)
                        : hp_callgraph_percent(graph, cost)) /
           100;
}

/* The heaviest caller that is not on the way; HP_NO_NODE: none. */
static uint32_t caller_of(const struct choosing *choosing, const hp_node *node)
{
    for (uint32_t c = node->caller_count; c-- > 0;) { /* the heaviest one is last */
        uint32_t caller = choosing->graph->callers[node->first_caller + c].caller;

        if (!choosing->is_passed[caller])
            return caller;
    }
    return HP_NO_NODE;
}

static void choose(struct choosing *choosing, uint32_t node)
{
    if (choosing->is_chosen[node] || choosing->count == choosing->most)
        return;
    choosing->is_chosen[node] = true;
    choosing->chosen[choosing->count++] = node;
}

/* Chooses the callers of a node from the root on, then the node. */
static void choose_with_callers(struct choosing *choosing, uint32_t node)
{
    size_t length = 0;

    for (uint32_t at = node; at != HP_NO_NODE && !choosing->is_chosen[at];
         at = caller_of(choosing, &choosing->graph->nodes[at])) {
        choosing->is_passed[at] = true;
        choosing->way[length++] = at;
    }
    for (size_t i = length; i-- > 0;) {
        choosing->is_passed[choosing->way[i]] = false;
        choose(choosing, choosing->way[i]);
    }
}

size_t hp_choice_make(const hp_callgraph *graph, const hp_choice *choice, uint32_t *chosen)
{
    size_t nodes = (size_t)graph->node_count + 1;
    struct choosing choosing = {.graph = graph,
                                .most = choice->most,
                                .is_chosen = calloc(nodes, sizeof *choosing.is_chosen),
                                .is_passed = calloc(nodes, sizeof *choosing.is_passed),
                                .way = malloc(nodes * sizeof *choosing.way)};
    bool whole = choosing.is_chosen && choosing.is_passed && choosing.way;

    choosing.chosen = chosen;
    for (uint32_t i = 0; whole && i < graph->node_count && choosing.count < choice->most; i++) {
        const hp_node *node = &graph->nodes[i];
        double share = hp_choice_share(graph, node->inclusive, node->base_inclusive);

        if (node->function == HP_NO_FUNCTION ||
            (choosing.count >= choice->least && 100 * fabs(share) < choice->percent))
            continue;
        if (graph->base)
            choose_with_callers(&choosing, i);
        else
            choose(&choosing, i);
    }
    free(choosing.is_chosen);
    free(choosing.is_passed);
    free(choosing.way);
    return whole ? choosing.count : SIZE_MAX;
}
