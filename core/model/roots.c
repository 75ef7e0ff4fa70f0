// SPDX-License-Identifier: MIT
#include "model/roots.h"

#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

struct node {
    uint64_t recorded;    /* calls by all callers */
    size_t callers, next; /* the first of its callers but itself, and the one to look at */
    uint32_t order, low;  /* of Tarjan's search for cycles; order 0: not reached yet */
    bool closed;          /* its cycle is known */
    bool entered;         /* <interpreter> calls it */
};

struct graph {
    hp_profile *profile;
    size_t width, count;
    struct node *nodes; /* one more than functions, so that callers end where the next's begin */
    hp_function_id *callers;
    hp_function_id *path, *open; /* Tarjan's stacks: the way to a node, and nodes of no cycle yet */
    size_t depth, opened;
    uint64_t *others; /* inclusive costs of calls by all callers but itself */
};

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static void gather_callers(struct graph *graph)
{
    size_t calls = hp_profile_call_count(graph->profile);

    for (size_t i = 0; i < calls; i++) {
        const hp_call *call = hp_profile_call(graph->profile, i);
        const uint64_t *cost = hp_profile_call_inclusive(graph->profile, i);
        struct node *callee = &graph->nodes[call->callee];

        callee->recorded = plus(callee->recorded, call->count);
        if (call->caller == call->callee)
            continue;
        callee->callers++;
        for (size_t e = 0; e < graph->width; e++) {
            uint64_t *others = &graph->others[call->callee * graph->width + e];

            *others = plus(*others, cost[e]);
        }
    }
    for (size_t i = 0; i < graph->count; i++)
        graph->nodes[i + 1].callers += graph->nodes[i].callers;
    for (size_t i = calls; i-- > 0;) {
        const hp_call *call = hp_profile_call(graph->profile, i);

        if (call->caller != call->callee)
            graph->callers[--graph->nodes[call->callee].callers] = call->caller;
    }
}

/* What <interpreter> has to make up for: the number of calls, and the inclusive costs. */
static uint64_t unaccounted(const struct graph *graph, hp_function_id id, uint64_t *cost)
{
    const uint64_t *inclusive = hp_profile_function_inclusive(graph->profile, id);
    uint64_t count =
        minus(hp_profile_function(graph->profile, id)->calls, graph->nodes[id].recorded);
    bool any = count > 0;

    for (size_t e = 0; e < graph->width; e++) {
        cost[e] = minus(inclusive[e], graph->others[id * graph->width + e]);
        any = any || cost[e];
    }
    if (!any)
        memcpy(cost, inclusive, graph->width * sizeof *cost);
    return count;
}

static uint64_t weight(const struct graph *graph, hp_function_id id)
{
    return *hp_profile_function_inclusive(graph->profile, id);
}

/* What is open from `first` on: the members of one cycle, or a single function. All of their
 * callers are closed or members. */
static void close_cycle(struct graph *graph, size_t first)
{
    hp_function_id heaviest = graph->open[first];
    bool reached = graph->opened - first == 1;

    for (size_t m = first; m < graph->opened; m++) {
        hp_function_id id = graph->open[m];
        size_t end = graph->nodes[id + 1].callers;

        reached = reached || graph->nodes[id].entered;
        for (size_t i = graph->nodes[id].callers; i < end && !reached; i++)
            reached = graph->nodes[graph->callers[i]].closed;
        if (weight(graph, id) > weight(graph, heaviest) ||
            (weight(graph, id) == weight(graph, heaviest) && id < heaviest))
            heaviest = id;
    }
    while (graph->opened > first)
        graph->nodes[graph->open[--graph->opened]].closed = true;
    if (!reached)
        graph->nodes[heaviest].entered = true;
}

/* Goes on to a caller of the node at the end of the path. */
static void follow(struct graph *graph, hp_function_id id)
{
    struct node *node = &graph->nodes[id];
    hp_function_id caller = graph->callers[node->next++];

    if (graph->nodes[caller].order == 0)
        graph->path[graph->depth++] = caller;
    else if (!graph->nodes[caller].closed && graph->nodes[caller].order < node->low)
        node->low = graph->nodes[caller].order;
}

/* Goes back from the node at the end of the path, of which all callers are known. */
static void leave(struct graph *graph, hp_function_id id)
{
    const struct node *node = &graph->nodes[id];
    size_t first = graph->opened - 1;

    if (--graph->depth > 0) {
        struct node *before = &graph->nodes[graph->path[graph->depth - 1]];

        before->low = node->low < before->low ? node->low : before->low;
    }
    if (node->low < node->order)
        return;
    while (graph->open[first] != id)
        first--;
    close_cycle(graph, first);
}

/* Tarjan's strongly connected components, walking from callees to callers. */
static void find_cycles(struct graph *graph)
{
    uint32_t order = 0;

    for (hp_function_id root = 0; root < graph->count; root++) {
        if (graph->nodes[root].order == 0)
            graph->path[graph->depth++] = root;
        while (graph->depth > 0) {
            hp_function_id id = graph->path[graph->depth - 1];
            struct node *node = &graph->nodes[id];

            if (node->order == 0) {
                node->order = node->low = ++order;
                node->next = node->callers;
                graph->open[graph->opened++] = id;
            }
            if (node->next < node[1].callers)
                follow(graph, id);
            else
                leave(graph, id);
        }
    }
}

static hp_status enter_all(struct graph *graph, hp_function_id interpreter, hp_error *error)
{
    uint64_t cost[HP_EVENTS_MAX];
    bool any = false, own = false;

    for (hp_function_id id = 0; id < graph->count; id++) {
        hp_call call = {.caller = interpreter, .callee = id};
        hp_status status;

        if (!graph->nodes[id].entered)
            continue;
        call.count = unaccounted(graph, id, cost);
        status = hp_profile_add_call(graph->profile, call, cost, error);
        if (status != HP_OK)
            return status;
        any = true;
    }
    for (size_t e = 0; e < graph->width; e++)
        own = own || hp_profile_function_inclusive(graph->profile, interpreter)[e];
    return any && !own ? hp_profile_add_inclusive(graph->profile, interpreter,
                                                  hp_profile_total(graph->profile), error)
                       : HP_OK;
}

static void mark_entered(struct graph *graph, hp_function_id interpreter)
{
    uint64_t cost[HP_EVENTS_MAX];

    for (hp_function_id id = 0; id < graph->count; id++) {
        struct node *node = &graph->nodes[id];
        bool any = unaccounted(graph, id, cost) > 0;

        if (node[0].callers == node[1].callers)
            for (size_t e = 0; e < graph->width; e++)
                any = any || cost[e];
        node->entered = any && id != interpreter;
    }
}

hp_status hp_profile_add_roots(hp_profile *profile, hp_error *error)
{
    static const hp_string none = {"", 0};
    const hp_function key = {
        .name = {HP_INTERPRETER, strlen(HP_INTERPRETER)}, .file = none, .recorded_file = none};
    hp_function_id interpreter;
    hp_status status = hp_profile_add_function(profile, &key, &interpreter, error);
    size_t calls = hp_profile_call_count(profile);
    struct graph graph = {.profile = profile,
                          .width = hp_profile_event_count(profile),
                          .count = hp_profile_function_count(profile)};

    if (status != HP_OK)
        return status;
    graph.nodes = calloc(graph.count + 1, sizeof *graph.nodes);
    graph.callers = malloc((calls + 1) * sizeof *graph.callers);
    graph.path = calloc(graph.count, sizeof *graph.path);
    graph.open = calloc(graph.count, sizeof *graph.open);
    graph.others = calloc(graph.count * graph.width + 1, sizeof *graph.others);
    if (graph.nodes && graph.callers && graph.path && graph.open && graph.others) {
        gather_callers(&graph);
        mark_entered(&graph, interpreter);
        find_cycles(&graph);
        status = enter_all(&graph, interpreter, error);
    } else {
        status = hp_no_memory(error);
    }
    free(graph.nodes);
    free(graph.callers);
    free(graph.path);
    free(graph.open);
    free(graph.others);
    return status;
}
