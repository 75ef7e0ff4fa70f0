// SPDX-License-Identifier: MIT
/* The call graph of a dump, and its components: sets of functions that all call each other,
 * directly or through others. A function that is in no recursion is a component of its own.
 *
 * A call is inner if its caller and its callee are in the same component. Other calls are never
 * nested in another call of their callee. */
#ifndef HP_CALL_GRAPH_H
#define HP_CALL_GRAPH_H

#include "pstats/dump.h"

/* Numbers in groups: those of group g are items[first[g]] up to, not including,
 * items[first[g + 1]]. */
typedef struct hp_groups {
    size_t *first, *items;
} hp_groups;

typedef struct hp_call_graph {
    size_t component_count;
    uint32_t *component; /* of each function */
    hp_groups members;   /* the functions of each component */
    hp_groups into;      /* the calls into each function */
    hp_groups leaving;   /* the calls that leave each component */
} hp_call_graph;

/* Finds the graph of a dump's functions and calls, in linear time. Returns false without memory. In
 * any case hp_call_graph_free is to follow; it may also free a graph that is all zero. */
bool hp_call_graph_find(hp_call_graph *graph, const hp_dump *dump);
void hp_call_graph_free(hp_call_graph *graph);

static inline bool hp_is_inner(const hp_call_graph *graph, const hp_dump_call *call)
{
    return graph->component[call->caller] == graph->component[call->callee];
}

#endif
