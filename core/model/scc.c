// SPDX-License-Identifier: MIT
/* Tarjan's algorithm. Its recursion is an array, as paths may be as long as the graph is large. */
#include "model/scc.h"

#include <assert.h>
#include <stdlib.h>

#define NO_COMPONENT UINT32_MAX

struct node {
    size_t next;    /* the edge to follow next */
    uint32_t order; /* of the visit, from 1; 0: not visited yet */
    uint32_t low;   /* the least order, of nodes with no component yet, known to be reached */
};

struct search {
    const hp_graph *graph;
    uint32_t *components, component_count;
    struct node *nodes;
    uint32_t *path; /* from a root to the node that is visited */
    uint32_t *open; /* nodes that have no component yet, in the order of their visits */
    uint32_t depth, opened, visited;
};

static void enter(struct search *search, uint32_t id)
{
    uint32_t order = ++search->visited;

    search->nodes[id] = (struct node){search->graph->first[id], order, order};
    search->components[id] = NO_COMPONENT;
    search->path[search->depth++] = id;
    search->open[search->opened++] = id;
}

static void lower(struct node *node, uint32_t low)
{
    node->low = low < node->low ? low : node->low;
}

static void follow_edge(struct search *search, struct node *node)
{
    uint32_t target = search->graph->targets[node->next++];

    if (search->nodes[target].order == 0)
        enter(search, target);
    else if (search->components[target] == NO_COMPONENT)
        lower(node, search->nodes[target].order);
}

/* Goes back from the node at the end of the path, whose edges are all followed. If it reaches no
 * open node from before its visit, those opened since are its component. */
static void leave(struct search *search)
{
    uint32_t id = search->path[--search->depth];
    const struct node *node = &search->nodes[id];

    if (search->depth > 0)
        lower(&search->nodes[search->path[search->depth - 1]], node->low);
    if (node->low < node->order)
        return;
    do {
        assert(search->opened > 0);
        search->components[search->open[--search->opened]] = search->component_count;
    } while (search->open[search->opened] != id);
    search->component_count++;
}

bool hp_find_components(const hp_graph *graph, uint32_t *components, uint32_t *component_count)
{
    size_t count = graph->node_count;
    struct search search = {.graph = graph,
                            .nodes = calloc(count + 1, sizeof *search.nodes),
                            .path = malloc((count + 1) * sizeof *search.path),
                            .open = malloc((count + 1) * sizeof *search.open)};
    bool whole = search.nodes && search.path && search.open;

    search.components = components;
    for (uint32_t root = 0; whole && root < count; root++) {
        if (search.nodes[root].order == 0)
            enter(&search, root);
        while (search.depth > 0) {
            uint32_t id = search.path[search.depth - 1];
            struct node *node = &search.nodes[id];

            if (node->next < graph->first[id + 1])
                follow_edge(&search, node);
            else
                leave(&search);
        }
    }
    assert(search.opened == 0);
    *component_count = search.component_count;
    free(search.nodes);
    free(search.path);
    free(search.open);
    return whole;
}
