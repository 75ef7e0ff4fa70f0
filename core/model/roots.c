// SPDX-License-Identifier: MIT
#include "model/roots.h"

#include "model/profile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct node {
    uint64_t recorded; /* calls by all callers */
    uint32_t cycle;    /* as of hp_profile_cycles */
    bool called;       /* by another function */
    bool entered;      /* <interpreter> calls it */
};

struct cycle {
    hp_function_id heaviest; /* its member with the largest cost; HP_NO_FUNCTION: not known yet */
    bool reached;            /* by a call from outside of it */
};

struct graph {
    hp_profile *profile;
    size_t width, count;
    struct node *nodes;
    struct cycle *cycles;
    uint32_t cycle_count;
    uint64_t *others; /* inclusive costs of the calls by all other functions */
};

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static void gather_calls(struct graph *graph)
{
    for (size_t i = 0; i < hp_profile_call_count(graph->profile); i++) {
        const hp_call *call = hp_profile_call(graph->profile, i);
        const uint64_t *cost = hp_profile_call_inclusive(graph->profile, i);
        struct node *callee = &graph->nodes[call->callee];

        callee->recorded = hp_add_counts(callee->recorded, call->count);
        if (call->caller == call->callee)
            continue;
        callee->called = true;
        if (graph->nodes[call->caller].cycle != callee->cycle)
            graph->cycles[callee->cycle].reached = true;
        for (size_t e = 0; e < graph->width; e++) {
            uint64_t *others = &graph->others[call->callee * graph->width + e];

            *others = hp_add_counts(*others, cost[e]);
        }
    }
}

/* Returns the number of calls, and sets cost to the inclusive costs, that <interpreter> has to make
 * up for. */
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

/* Functions that nothing in the profile accounts for. */
static void enter_unaccounted(struct graph *graph, hp_function_id interpreter)
{
    uint64_t cost[HP_EVENTS_MAX];

    for (hp_function_id id = 0; id < graph->count; id++) {
        struct node *node = &graph->nodes[id];
        bool any = unaccounted(graph, id, cost) > 0;

        for (size_t e = 0; e < graph->width && !node->called; e++)
            any = any || cost[e];
        node->entered = any && id != interpreter;
    }
}

/* The heaviest member of each cycle that is not reached otherwise. */
static void enter_cycles(struct graph *graph)
{
    for (hp_function_id id = 0; id < graph->count; id++) {
        struct cycle *cycle = &graph->cycles[graph->nodes[id].cycle];

        if (graph->nodes[id].cycle == 0)
            continue;
        cycle->reached = cycle->reached || graph->nodes[id].entered;
        if (cycle->heaviest == HP_NO_FUNCTION || weight(graph, id) > weight(graph, cycle->heaviest))
            cycle->heaviest = id;
    }
    for (uint32_t i = 1; i <= graph->cycle_count; i++) {
        assert(graph->cycles[i].heaviest != HP_NO_FUNCTION);
        if (!graph->cycles[i].reached)
            graph->nodes[graph->cycles[i].heaviest].entered = true;
    }
}

/* Cycle 0 stands for the functions that are in none. */
static hp_status find_cycles(struct graph *graph, hp_error *error)
{
    uint32_t *numbers = malloc(graph->count * sizeof *numbers);
    hp_status status = numbers
                           ? hp_profile_cycles(graph->profile, numbers, &graph->cycle_count, error)
                           : hp_no_memory(error);

    if (status == HP_OK) {
        graph->cycles = malloc((graph->cycle_count + 1) * sizeof *graph->cycles);
        if (!graph->cycles)
            status = hp_no_memory(error);
    }
    for (uint32_t i = 0; status == HP_OK && i <= graph->cycle_count; i++)
        graph->cycles[i] = (struct cycle){.heaviest = HP_NO_FUNCTION};
    for (size_t i = 0; status == HP_OK && i < graph->count; i++)
        graph->nodes[i].cycle = numbers[i];
    free(numbers);
    return status;
}

hp_status hp_profile_add_roots(hp_profile *profile, hp_error *error)
{
    hp_function_id interpreter;
    hp_status status = hp_profile_add_interpreter(profile, &interpreter, error);
    struct graph graph = {.profile = profile,
                          .width = hp_profile_event_count(profile),
                          .count = hp_profile_function_count(profile)};

    if (status != HP_OK)
        return status;
    graph.nodes = calloc(graph.count, sizeof *graph.nodes);
    graph.others = calloc(graph.count * graph.width + 1, sizeof *graph.others);
    status = graph.nodes && graph.others ? find_cycles(&graph, error) : hp_no_memory(error);
    if (status == HP_OK) {
        gather_calls(&graph);
        enter_unaccounted(&graph, interpreter);
        enter_cycles(&graph);
        status = enter_all(&graph, interpreter, error);
    }
    free(graph.nodes);
    free(graph.cycles);
    free(graph.others);
    return status;
}
