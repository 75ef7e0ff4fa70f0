// SPDX-License-Identifier: MIT
#include "graph/callgraph.h"

#include "words.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool add(uint64_t *sum, uint64_t more)
{
    *sum += more;
    return *sum >= more;
}

/* Known counts must not add up to what reads as an unknown one. */
static bool add_count(uint64_t *sum, uint64_t more)
{
    bool known = *sum != HP_UNKNOWN && more != HP_UNKNOWN;

    *sum = hp_add_counts(*sum, more);
    return !known || *sum != HP_UNKNOWN;
}

static uint64_t take_calls(uint64_t from, uint64_t calls)
{
    if (from == HP_UNKNOWN || calls == HP_UNKNOWN)
        return HP_UNKNOWN;
    return from > calls ? from - calls : 0;
}

/* An hp_word_at. */
static const char *event_name(const void *profile, size_t index)
{
    return index < hp_profile_event_count(profile) ? hp_profile_event(profile, index)->name : NULL;
}

hp_status hp_event_find(const hp_profile *profile, const char *name, size_t *event, hp_error *error)
{
    size_t count = hp_profile_event_count(profile);

    *event = 0;
    while (name && *event < count && strcasecmp(name, hp_profile_event(profile, *event)->name) != 0)
        ++*event;
    if (!name || *event < count)
        return HP_OK;

    char expected[sizeof error->message];

    if (count == 0)
        return hp_error_set(error, HP_UNRECOGNISED, 0, "--event: the profile has no events");
    hp_word_expected(expected, sizeof expected, event_name, profile, name);
    return hp_error_set(error, HP_UNRECOGNISED, 0, "--event: %s", expected);
}

static uint64_t cost(const hp_callgraph *graph, const uint64_t *costs)
{
    return graph->has_event ? costs[graph->event] : 0;
}

/* One node a function, in the order of the profile. */
static void add_functions(hp_callgraph *graph)
{
    const hp_profile *base = graph->base;
    const size_t count = hp_profile_function_count(graph->profile);

    for (hp_function_id i = 0; i < count; i++) {
        hp_node *node = &graph->nodes[graph->node_count++];

        *node = (hp_node){
            .function = i,
            .next_member = HP_NO_NODE,
            .calls = hp_profile_function(graph->profile, i)->calls,
            .self = cost(graph, hp_profile_function_self(graph->profile, i)),
            .inclusive = cost(graph, hp_profile_function_inclusive(graph->profile, i)),
        };
        if (base) {
            node->base_calls = hp_profile_function(base, i)->calls;
            node->base_self = cost(graph, hp_profile_function_self(base, i));
            node->base_inclusive = cost(graph, hp_profile_function_inclusive(base, i));
        }
    }
}

static uint64_t call_cost(const hp_callgraph *graph, const hp_profile *profile, size_t site)
{
    return cost(graph, hp_profile_call_inclusive(profile, site));
}

static void count_arc(hp_callgraph *graph, const hp_arc *arc)
{
    graph->estimated_count += arc->estimated;
    graph->unknown_count += arc->count == HP_UNKNOWN || arc->base_count == HP_UNKNOWN;
}

/* Makes one arc of all call sites with the same caller and callee. false: a sum does not fit.
 * latest has room for one number a node. */
static bool add_arcs(hp_callgraph *graph, uint32_t *latest)
{
    size_t site = 0, sites = hp_profile_call_count(graph->profile);
    bool fits = true;

    memset(latest, 0xff, graph->node_count * sizeof *latest);
    for (uint32_t i = 0; i < graph->node_count; i++) {
        hp_node *node = &graph->nodes[i];

        node->first_callee = graph->arc_count;
        for (const hp_call *call;
             site < sites && (call = hp_profile_call(graph->profile, site))->caller == i; site++) {
            /* A call of a function by itself costs nothing more, whatever the input says. */
            const bool costs = call->callee != i;
            uint32_t *number = &latest[call->callee];

            if (*number == UINT32_MAX || *number < node->first_callee) {
                *number = graph->arc_count++;
                graph->callees[*number] = (hp_arc){.caller = i, .callee = call->callee};
            }

            hp_arc *arc = &graph->callees[*number];

            arc->estimated |= call->estimated;
            fits &= add_count(&arc->count, call->count);
            fits &= add(&arc->inclusive, costs ? call_cost(graph, graph->profile, site) : 0);
            if (graph->base) {
                arc->estimated |= hp_profile_call(graph->base, site)->estimated;
                fits &= add_count(&arc->base_count, hp_profile_call(graph->base, site)->count);
                fits &= add(&arc->base_inclusive, costs ? call_cost(graph, graph->base, site) : 0);
            }
        }
        node->callee_count = graph->arc_count - node->first_callee;
    }
    for (const hp_arc *arc = graph->callees; arc < graph->callees + graph->arc_count; arc++)
        count_arc(graph, arc);
    return fits;
}

/* Adds a node for each cycle behind those of the functions. cycles has room for one number a node.
 */
static hp_status find_cycles(hp_callgraph *graph, uint32_t *cycles, hp_error *error)
{
    uint32_t functions = graph->node_count;
    hp_status status = hp_profile_cycles(graph->profile, cycles, &graph->cycle_count, error);

    if (status != HP_OK)
        return status;
    for (uint32_t i = 0; i < functions; i++)
        graph->nodes[i].cycle = cycles[i];
    for (uint32_t i = 1; i <= graph->cycle_count; i++)
        graph->nodes[graph->node_count++] =
            (hp_node){.function = HP_NO_FUNCTION, .cycle = i, .next_member = HP_NO_NODE};
    return HP_OK;
}

/* Separates the recursive calls of each function from the others, and adds up the cycles. false: a
 * sum does not fit. */
static bool add_up(hp_callgraph *graph)
{
    uint32_t functions = graph->node_count - graph->cycle_count;
    hp_node *wholes = graph->nodes + functions;
    bool fits = true;

    for (hp_node *node = graph->nodes; node < graph->nodes + functions; node++)
        if (node->cycle) {
            hp_node *whole = &wholes[node->cycle - 1];

            fits &= add(&whole->self, node->self);
            fits &= add(&whole->inclusive, node->self);
            fits &= add_count(&whole->calls, node->calls);
            fits &= add(&whole->base_self, node->base_self);
            fits &= add(&whole->base_inclusive, node->base_self);
            fits &= add_count(&whole->base_calls, node->base_calls);
        }
    for (const hp_arc *arc = graph->callees; arc < graph->callees + graph->arc_count; arc++) {
        hp_node *caller = &graph->nodes[arc->caller];

        if (arc->caller == arc->callee) {
            caller->recursive = arc->count;
            caller->calls = take_calls(caller->calls, arc->count);
            caller->base_recursive = arc->base_count;
            caller->base_calls = take_calls(caller->base_calls, arc->base_count);
        }
        if (caller->cycle == 0)
            continue;

        hp_node *whole = &wholes[caller->cycle - 1];

        if (caller->cycle == graph->nodes[arc->callee].cycle) {
            fits &= add_count(&whole->recursive, arc->count);
            whole->calls = take_calls(whole->calls, arc->count);
            fits &= add_count(&whole->base_recursive, arc->base_count);
            whole->base_calls = take_calls(whole->base_calls, arc->base_count);
        } else {
            fits &= add(&whole->inclusive, arc->inclusive);
            fits &= add(&whole->base_inclusive, arc->base_inclusive);
        }
    }
    return fits;
}

static bool any_cost(const hp_callgraph *graph, const uint64_t *costs)
{
    for (size_t e = 0; e < hp_profile_event_count(graph->profile); e++)
        if (costs[e])
            return true;
    return false;
}

/* Marks the functions that one of the two profiles does not have: they cost nothing in it, are not
 * called and call nothing. */
static void mark_absent(hp_callgraph *graph, const hp_profile *from, hp_presence mark)
{
    for (hp_function_id i = 0; i < hp_profile_function_count(from); i++)
        if (graph->nodes[i].presence == HP_IN_BOTH && !hp_profile_function(from, i)->calls &&
            !any_cost(graph, hp_profile_function_self(from, i)) &&
            !any_cost(graph, hp_profile_function_inclusive(from, i)))
            graph->nodes[i].presence = mark;
    for (size_t i = 0; i < hp_profile_call_count(from); i++) {
        const hp_call *call = hp_profile_call(from, i);

        if (call->count || any_cost(graph, hp_profile_call_inclusive(from, i))) {
            hp_node *caller = &graph->nodes[call->caller], *callee = &graph->nodes[call->callee];

            caller->presence = caller->presence == mark ? HP_IN_BOTH : caller->presence;
            callee->presence = callee->presence == mark ? HP_IN_BOTH : callee->presence;
        }
    }
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int order_nodes(const void *left, const void *right)
{
    const hp_node *a = left, *b = right;
    int by = compare(hp_distance(b->inclusive, b->base_inclusive),
                     hp_distance(a->inclusive, a->base_inclusive));

    if (by == 0)
        by = compare(b->inclusive, a->inclusive);
    if (by == 0)
        by = compare(a->function != HP_NO_FUNCTION, b->function != HP_NO_FUNCTION);
    if (by == 0)
        by = compare(a->self, b->self); /* in a chain of calls, the caller first */
    if (by == 0)
        by = compare(a->function, b->function);
    return by != 0 ? by : compare(a->cycle, b->cycle);
}

static int order_callees(const void *left, const void *right)
{
    const hp_arc *a = left, *b = right;
    int by = compare(a->caller, b->caller);

    if (by == 0)
        by = compare(hp_distance(b->inclusive, b->base_inclusive),
                     hp_distance(a->inclusive, a->base_inclusive));
    if (by == 0)
        by = compare(b->inclusive, a->inclusive);
    if (by == 0)
        by = compare(a->callee == a->caller, b->callee == b->caller);
    if (by == 0)
        by = compare(b->count, a->count);
    return by != 0 ? by : compare(a->callee, b->callee);
}

static int order_callers(const void *left, const void *right)
{
    const hp_arc *a = left, *b = right;
    int by = compare(a->callee, b->callee);

    if (by == 0)
        by = compare(hp_distance(a->inclusive, a->base_inclusive),
                     hp_distance(b->inclusive, b->base_inclusive));
    if (by == 0)
        by = compare(a->inclusive, b->inclusive);
    if (by == 0)
        by = compare(b->callee == b->caller, a->callee == a->caller);
    if (by == 0)
        by = compare(a->count, b->count);
    return by != 0 ? by : compare(b->caller, a->caller);
}

/* Sets the ranges of arcs of all nodes. */
static void find_arcs(hp_callgraph *graph)
{
    for (hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++)
        node->caller_count = node->callee_count = 0;
    for (uint32_t i = graph->arc_count; i-- > 0;) {
        hp_node *caller = &graph->nodes[graph->callees[i].caller];
        hp_node *callee = &graph->nodes[graph->callers[i].callee];

        caller->first_callee = i;
        caller->callee_count++;
        callee->first_caller = i;
        callee->caller_count++;
    }
}

/* Sorts nodes and arcs and updates the numbers that refer to nodes. places has room for one number
 * a node. */
static void sort(hp_callgraph *graph, uint32_t *places)
{
    hp_arc *callees = graph->callees, *callers = graph->callers;

    qsort(graph->nodes, graph->node_count, sizeof *graph->nodes, order_nodes);
    for (uint32_t i = graph->node_count; i-- > 0;)
        if (graph->nodes[i].function != HP_NO_FUNCTION)
            places[graph->nodes[i].function] = i;
    for (uint32_t i = 0; i < graph->arc_count; i++) {
        callees[i].caller = places[callees[i].caller];
        callees[i].callee = places[callees[i].callee];
    }
    qsort(callees, graph->arc_count, sizeof *callees, order_callees);
    memcpy(callers, callees, graph->arc_count * sizeof *callers);
    qsort(callers, graph->arc_count, sizeof *callers, order_callers);
    find_arcs(graph);
    for (hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++)
        node->spontaneous = node->caller_count == (node->recursive > 0);

    /* Number the cycles in the new order. */
    for (uint32_t i = 0, cycle = 0; i < graph->node_count; i++)
        if (graph->nodes[i].function == HP_NO_FUNCTION) {
            graph->wholes[cycle] = i;
            places[graph->nodes[i].cycle] = ++cycle;
        }
    for (uint32_t i = graph->node_count; i-- > 0;) {
        hp_node *node = &graph->nodes[i];

        if (node->cycle) {
            node->cycle = places[node->cycle];
            if (node->function != HP_NO_FUNCTION) {
                hp_node *whole = &graph->nodes[graph->wholes[node->cycle - 1]];

                node->next_member = whole->next_member;
                whole->next_member = i;
            }
        }
    }
}

static hp_status too_large(hp_error *error)
{
    return hp_error_set(error, HP_OVERFLOW, 0, "the costs of several calls are too large together");
}

hp_status hp_callgraph_gather(hp_callgraph *graph, const hp_profile *profile,
                              const hp_profile *base, const char *event, hp_error *error)
{
    size_t functions = hp_profile_function_count(profile), calls = hp_profile_call_count(profile);

    *graph = (hp_callgraph){
        .profile = profile, .base = base, .has_event = hp_profile_event_count(profile) > 0};

    hp_status status = hp_event_find(profile, event, &graph->event, error);

    if (status != HP_OK)
        return status;
    graph->total = cost(graph, hp_profile_total(profile));
    graph->base_total = base ? cost(graph, hp_profile_total(base)) : 0;
    graph->nodes = malloc((functions + functions / 2 + 1) * sizeof *graph->nodes);
    graph->callees = malloc((calls + 1) * sizeof *graph->callees);

    uint32_t *space = malloc((functions + 1) * sizeof *space);

    if (!graph->nodes || !graph->callees || !space) {
        free(space);
        return hp_no_memory(error);
    }
    add_functions(graph);

    bool fits = add_arcs(graph, space);

    free(space);
    if (base) {
        mark_absent(graph, profile, HP_REMOVED);
        mark_absent(graph, base, HP_ADDED);
    }
    return fits ? HP_OK : too_large(error);
}

hp_status hp_callgraph_build(hp_callgraph *graph, const hp_profile *profile, const hp_profile *base,
                             const char *event, hp_error *error)
{
    hp_status status = hp_callgraph_gather(graph, profile, base, event, error);

    if (status != HP_OK)
        return status;
    graph->wholes = malloc((graph->node_count / 2 + 1) * sizeof *graph->wholes);
    graph->callers = malloc((graph->arc_count + 1) * sizeof *graph->callers);

    uint32_t *space = malloc((graph->node_count + 1) * sizeof *space);

    if (!graph->wholes || !graph->callers || !space)
        status = hp_no_memory(error);
    else
        status = find_cycles(graph, space, error);
    if (status == HP_OK && !add_up(graph))
        status = too_large(error);
    if (status == HP_OK)
        sort(graph, space);
    free(space);
    return status;
}

void hp_callgraph_free(hp_callgraph *graph)
{
    free(graph->nodes);
    free(graph->wholes);
    free(graph->callees);
    free(graph->callers);
    *graph = (hp_callgraph){0};
}

static double whole(const hp_callgraph *graph)
{
    return (double)(graph->base_total ? graph->base_total : graph->total);
}

static bool is_below(const hp_callgraph *graph, uint64_t part, uint64_t base_part, double percent)
{
    return 100 * (double)hp_distance(part, base_part) < percent * whole(graph);
}

/* Returns how many arcs are left. */
static uint32_t prune_arcs(const hp_callgraph *graph, hp_arc *arcs, double percent)
{
    uint32_t kept = 0;

    for (const hp_arc *arc = arcs; arc < arcs + graph->arc_count; arc++)
        if (arc->caller < graph->node_count && arc->callee < graph->node_count &&
            !is_below(graph, arc->inclusive, arc->base_inclusive, percent))
            arcs[kept++] = *arc;
    return kept;
}

void hp_callgraph_prune(hp_callgraph *graph, double node_percent, double arc_percent)
{
    uint32_t arcs;

    for (; graph->node_count > 0; graph->node_count--) {
        const hp_node *last = &graph->nodes[graph->node_count - 1];

        if (!is_below(graph, last->inclusive, last->base_inclusive, node_percent))
            break;
        if (last->function == HP_NO_FUNCTION) {
            graph->cycle_count--;
        } else {
            graph->pruned_functions++;
            graph->pruned_self += last->self;
            graph->pruned_base_self += last->base_self;
        }
    }
    for (hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++)
        if (node->next_member >= graph->node_count)
            node->next_member = HP_NO_NODE;
    arcs = prune_arcs(graph, graph->callees, arc_percent);
    prune_arcs(graph, graph->callers, arc_percent);
    graph->pruned_arcs += graph->arc_count - arcs;
    graph->arc_count = arcs;
    graph->estimated_count = graph->unknown_count = 0;
    for (const hp_arc *arc = graph->callees; arc < graph->callees + arcs; arc++)
        count_arc(graph, arc);
    find_arcs(graph);
}

static double percent_of(uint64_t part, double all)
{
    return all > 0 ? 100.0 * (double)part / all : 0;
}

double hp_callgraph_percent(const hp_callgraph *graph, uint64_t part)
{
    return percent_of(part, (double)graph->total);
}

double hp_callgraph_base_percent(const hp_callgraph *graph, uint64_t part)
{
    return percent_of(part, (double)graph->base_total);
}

double hp_callgraph_change_percent(const hp_callgraph *graph, uint64_t part, uint64_t base_part)
{
    double percent = percent_of(hp_distance(part, base_part), whole(graph));

    return part < base_part ? -percent : percent;
}

static uint64_t arc_self(uint64_t self, uint64_t inclusive, uint64_t of_arc)
{
    double share = inclusive ? (double)self / (double)inclusive : 0;
    uint64_t part = share < 1 ? (uint64_t)(share * (double)of_arc + 0.5) : of_arc;

    return part < of_arc ? part : of_arc;
}

uint64_t hp_callgraph_arc_self(const hp_callgraph *graph, const hp_arc *arc)
{
    const hp_node *callee = &graph->nodes[arc->callee];

    return arc_self(callee->self, callee->inclusive, arc->inclusive);
}

uint64_t hp_callgraph_arc_base_self(const hp_callgraph *graph, const hp_arc *arc)
{
    const hp_node *callee = &graph->nodes[arc->callee];

    return arc_self(callee->base_self, callee->base_inclusive, arc->base_inclusive);
}
