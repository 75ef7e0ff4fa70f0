// SPDX-License-Identifier: MIT
/* Strongly connected components of a directed graph: the largest sets of nodes that all reach each
 * other. */
#ifndef HP_SCC_H
#define HP_SCC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The edges of node n lead to targets[first[n]] up to, not including, targets[first[n + 1]]; so
 * first has node_count + 1 numbers. Edges may repeat, and may lead to the node that they leave. */
typedef struct hp_graph {
    uint32_t node_count; /* less than UINT32_MAX */
    const size_t *first;
    const uint32_t *targets;
} hp_graph;

/* Sets components[n] to the number of node n's component, from 0. No edge leads to a component with
 * a greater number than that of the node that it leaves: who calls others comes after them. Takes
 * time and memory linear in the size of the graph, however long its paths are. False without
 * memory. */
bool hp_find_components(const hp_graph *graph, uint32_t *components, uint32_t *component_count);

#endif
