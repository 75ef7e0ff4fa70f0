// SPDX-License-Identifier: MIT
#include "layout/call_tree.h"

#include "chart/hot_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The calls from functions in the tree, as a heap with the heaviest on top. */
struct frontier {
    const hp_chart *chart;
    uint32_t *arcs;
    size_t count;
    uint32_t *first_arcs; /* of each function, in chart.arcs; one more at the end */
};

static bool is_heavier(const hp_chart *chart, uint32_t a, uint32_t b)
{
    double left = fabs(chart->arcs[a].share), right = fabs(chart->arcs[b].share);

    return left != right ? left > right : a < b;
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t c = *a;

    *a = *b;
    *b = c;
}

static void push(struct frontier *frontier, uint32_t arc)
{
    uint32_t *heap = frontier->arcs;
    size_t at = frontier->count++;

    heap[at] = arc;
    for (; at > 0 && is_heavier(frontier->chart, heap[at], heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&heap[at], &heap[(at - 1) / 2]);
}

static uint32_t pop(struct frontier *frontier)
{
    uint32_t *heap = frontier->arcs, top = heap[0];
    size_t count = --frontier->count;

    heap[0] = heap[count];
    for (size_t at = 0, child; child = 2 * at + 1, child < count; at = child) {
        if (child + 1 < count && is_heavier(frontier->chart, heap[child + 1], heap[child]))
            child++;
        if (!is_heavier(frontier->chart, heap[child], heap[at]))
            break;
        swap(&heap[child], &heap[at]);
    }
    return top;
}

static void add(hp_call_tree *tree, struct frontier *frontier, uint32_t *added, uint32_t node,
                uint32_t arc)
{
    const hp_chart *chart = frontier->chart;

    tree->arcs[node] = arc;
    tree->parents[node] = arc == HP_NO_NODE ? HP_NO_NODE : chart->arcs[arc].caller;
    tree->order[(*added)++] = node;
    for (uint32_t i = frontier->first_arcs[node]; i < frontier->first_arcs[node + 1]; i++)
        push(frontier, i);
}

/* Adds the functions on the hot path, each with the heaviest call from those before it. */
static void add_path(hp_call_tree *tree, struct frontier *frontier, uint32_t *added, uint32_t *best)
{
    const hp_chart *chart = frontier->chart;

    for (uint32_t i = 0; i < tree->path_length; i++)
        tree->steps[tree->path[i]] = i + 1;
    memset(best, 0xff, chart->node_count * sizeof *best);
    for (uint32_t i = 0; i < chart->arc_count; i++) {
        const hp_chart_arc *arc = &chart->arcs[i];

        if (tree->steps[arc->caller] && tree->steps[arc->caller] < tree->steps[arc->callee] &&
            (best[arc->callee] == HP_NO_NODE || is_heavier(chart, i, best[arc->callee])))
            best[arc->callee] = i;
    }
    for (uint32_t i = 0; i < tree->path_length; i++)
        add(tree, frontier, added, tree->path[i], best[tree->path[i]]);
}

static void grow(hp_call_tree *tree, struct frontier *frontier, bool *is_in, uint32_t *best)
{
    const hp_chart *chart = frontier->chart;
    uint32_t added = 0;

    add_path(tree, frontier, &added, best);
    for (uint32_t i = 0; i < tree->path_length; i++)
        is_in[tree->path[i]] = true;
    /* Functions that none in the tree calls are roots, too: those that nobody calls first. */
    for (uint32_t next = 0; next < 2 * chart->node_count + 1; next++) {
        while (frontier->count > 0) {
            uint32_t arc = pop(frontier), node = chart->arcs[arc].callee;

            if (is_in[node])
                continue;
            is_in[node] = true;
            add(tree, frontier, &added, node, arc);
        }

        uint32_t root = next % chart->node_count;

        if (is_in[root] ||
            (next < chart->node_count && !chart->graph.nodes[chart->nodes[root].node].spontaneous))
            continue;
        is_in[root] = true;
        add(tree, frontier, &added, root, HP_NO_NODE);
    }
}

hp_status hp_call_tree_build(hp_call_tree *tree, const hp_chart *chart, hp_error *error)
{
    size_t count = (size_t)chart->node_count + 1;
    struct frontier frontier = {.chart = chart};
    bool *is_in = calloc(count, sizeof *is_in);
    uint32_t *best;
    bool ok;

    *tree = (hp_call_tree){.arcs = malloc(count * sizeof *tree->arcs),
                           .parents = malloc(count * sizeof *tree->parents),
                           .steps = calloc(count, sizeof *tree->steps),
                           .path = malloc(count * sizeof *tree->path),
                           .order = malloc(count * sizeof *tree->order)};
    frontier.arcs = malloc(((size_t)chart->arc_count + 1) * sizeof *frontier.arcs);
    frontier.first_arcs = calloc(count + 1, sizeof *frontier.first_arcs);
    best = malloc(count * sizeof *best);
    ok = is_in && tree->arcs && tree->parents && tree->steps && tree->path && tree->order &&
         frontier.arcs && frontier.first_arcs && best;
    if (ok && chart->node_count > 0) {
        for (uint32_t i = 0; i < chart->arc_count; i++)
            frontier.first_arcs[chart->arcs[i].caller + 1]++;
        for (uint32_t i = 0; i < chart->node_count; i++)
            frontier.first_arcs[i + 1] += frontier.first_arcs[i];
        tree->path_length = hp_hot_path_find(chart, tree->path);
        ok = tree->path_length != UINT32_MAX;
    }
    if (ok && chart->node_count > 0)
        grow(tree, &frontier, is_in, best);
    free(is_in);
    free(frontier.arcs);
    free(frontier.first_arcs);
    free(best);
    return ok ? HP_OK : hp_no_memory(error);
}

void hp_call_tree_free(hp_call_tree *tree)
{
    free(tree->arcs);
    free(tree->parents);
    free(tree->steps);
    free(tree->path);
    free(tree->order);
    *tree = (hp_call_tree){0};
}
