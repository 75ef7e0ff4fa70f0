// SPDX-License-Identifier: MIT
/* The calls by the interpreter, which no profiler records. */
#include "pstats/balance.h"
#include "pstats/shares.h"

#include <stdlib.h>

/* --- Which there are ------------------------------------------------------------------------ */

/* Calls that no caller accounts for are the interpreter's. Where their number is not known, the
 * cost of the others shows whether there are any. */
static void find_entry(hp_balance *balance, uint32_t f)
{
    const hp_dump *dump = balance->dump;
    const hp_dump_function *function = &dump->functions[f];
    const hp_groups *into = &balance->graph.into;
    size_t first = into->first[f], end = into->first[f + 1];
    hp_balance_node *node = &balance->nodes[f];
    uint64_t recorded = 0;
    bool timed = true, unknown;

    for (size_t i = first; i < end; i++) {
        hp_add(&recorded, dump->calls[into->items[i]].count);
        timed = timed && dump->calls[into->items[i]].timed;
    }
    unknown = function->calls == HP_UNKNOWN || recorded == HP_UNKNOWN;
    node->open = !function->whole ||
                 (first == end && function->calls == 0 && function->inclusive == function->self);
    if (!unknown)
        node->entry_count = hp_minus(function->calls, recorded);
    else if (first == end ||
             (timed && hp_minus(function->inclusive, hp_add_counts(node->outside, node->inner)) >
                           hp_balance_tolerance(balance, end - first)))
        node->entry_count = HP_UNKNOWN;
    node->entry = node->entry_count > 0;
}

/* The interpreter calls the heaviest function of a component that nobody calls. */
static void enter_component(hp_balance *balance, size_t component)
{
    const hp_call_graph *graph = &balance->graph;
    const hp_dump *dump = balance->dump;
    size_t first = graph->members.first[component], end = graph->members.first[component + 1];
    size_t heaviest = graph->members.items[first];
    bool reached = false;

    for (size_t m = first; m < end && !reached; m++) {
        size_t f = graph->members.items[m];

        for (size_t i = graph->into.first[f]; i < graph->into.first[f + 1] && !reached; i++)
            reached = !hp_is_inner(graph, &dump->calls[graph->into.items[i]]);
        reached = reached || balance->nodes[f].entry;
        if (dump->functions[f].inclusive > dump->functions[heaviest].inclusive)
            heaviest = f;
    }
    if (!reached)
        balance->nodes[heaviest].entry = true;
}

void hp_balance_find_entries(hp_balance *balance, size_t count)
{
    const hp_groups *members = &balance->graph.members;

    for (uint32_t f = 0; f < count; f++)
        find_entry(balance, f);
    for (size_t c = 0; c < balance->graph.component_count; c++)
        if (members->items[members->first[c]] < count)
            enter_component(balance, c);
    for (uint32_t f = 0; f < count; f++)
        hp_balance_bound_entry(balance, f);
}

void hp_balance_bound_entry(hp_balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];
    hp_balance_node *node = &balance->nodes[f];
    uint64_t entered = hp_known(node->entry_count);
    uint64_t outermost = hp_add_counts(node->outside_count, entered);

    node->nested =
        (node->entry && node->entry_count == 0) ||
        (!node->unknown && (function->primitive == outermost || function->primitive == entered));
    node->entry_most = node->entry ? hp_minus(function->inclusive, node->outside) : 0;
    node->entry_cost = node->nested
                           ? node->entry_most
                           : hp_minus(node->entry_most, hp_add_counts(node->inner, node->own));
}

/* --- What they cost ------------------------------------------------------------------------ */

/* What the self cost of its callee takes of a call. */
static uint64_t needs(const hp_dump *dump, const hp_dump_call *call)
{
    const hp_dump_function *callee = &dump->functions[call->callee];

    return hp_minus(callee->self, callee->inclusive - call->cost);
}

/* Makes the interpreter's calls, which begin at entries, cost no more than the total. */
static void lower_entries(hp_balance *balance, size_t entries)
{
    hp_dump *dump = balance->dump;
    uint64_t tolerance = hp_balance_tolerance(balance, dump->function_count);
    uint64_t all = 0, needed = 0;
    hp_shares shares;

    for (size_t i = entries; i < dump->call_count; i++) {
        hp_add(&all, dump->calls[i].cost);
        hp_add(&needed, needs(dump, &dump->calls[i]));
    }
    if (all <= dump->total)
        return;
    shares = (hp_shares){dump->total - needed, all - needed};
    for (size_t i = entries; i < dump->call_count; i++) {
        hp_dump_call *call = &dump->calls[i];
        uint64_t need = needs(dump, call);
        uint64_t less = hp_minus(call->cost - need, hp_take_share(&shares, call->cost - need));

        dump->functions[call->callee].inclusive -= less;
        call->cost -= less;
        call->estimated = call->estimated || less > tolerance;
    }
}

/* Makes them cost as much as the total: by the heaviest call of a component that nobody else
 * calls. */
static bool raise_entries(hp_balance *balance, size_t entries)
{
    hp_dump *dump = balance->dump;
    const hp_call_graph *graph = &balance->graph;
    bool *called = calloc(graph->component_count + 1, sizeof *called);
    hp_dump_call *heaviest = NULL;
    uint64_t missing = dump->total, more;

    if (!called)
        return false;
    for (size_t i = 0; i < entries; i++)
        if (!hp_is_inner(graph, &dump->calls[i]))
            called[graph->component[dump->calls[i].callee]] = true;
    for (size_t i = entries; i < dump->call_count; i++) {
        hp_dump_call *call = &dump->calls[i];

        missing = hp_minus(missing, call->cost);
        if (!called[graph->component[call->callee]] &&
            (!heaviest ||
             dump->functions[call->callee].inclusive > dump->functions[heaviest->callee].inclusive))
            heaviest = call;
    }
    free(called);
    if (!heaviest)
        return true;
    more = hp_smaller(missing, dump->total - dump->functions[heaviest->callee].inclusive);
    dump->functions[heaviest->callee].inclusive += more;
    heaviest->cost += more;
    missing -= more;
    heaviest->estimated = heaviest->estimated || missing > 0;
    for (size_t i = graph->into.first[heaviest->callee];
         i < graph->into.first[heaviest->callee + 1]; i++) {
        hp_dump_call *call = &dump->calls[graph->into.items[i]];

        more = hp_smaller(missing, call->cost);
        call->cost -= more;
        call->estimated = call->estimated || more > 0;
        heaviest->cost += more;
        missing -= more;
    }
    return true;
}

bool hp_balance_fit_entries(hp_balance *balance, size_t entries)
{
    lower_entries(balance, entries);
    return raise_entries(balance, entries);
}
