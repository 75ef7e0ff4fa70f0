// SPDX-License-Identifier: MIT
/* The calls by the interpreter, which no profiler records. */
#include "pstats/balance.h"
#include "pstats/shares.h"

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

/* What the calls of a function by others cost. */
static uint64_t cost_of_others(const hp_dump *dump, const hp_dump_call *entry)
{
    return dump->functions[entry->callee].inclusive - entry->cost;
}

/* What the self cost of its callee takes of a call. */
static uint64_t needs(const hp_dump *dump, const hp_dump_call *entry)
{
    return hp_minus(dump->functions[entry->callee].self, cost_of_others(dump, entry));
}

static void change_entry(const hp_balance *balance, hp_dump_call *entry, uint64_t cost)
{
    uint64_t change = hp_larger(cost, entry->cost) - hp_smaller(cost, entry->cost);

    entry->cost = cost;
    if (change > hp_balance_tolerance(balance, balance->dump->function_count))
        entry->estimated = true;
}

static uint64_t sum_entries(const hp_dump *dump, size_t entries)
{
    uint64_t sum = 0;

    for (size_t i = entries; i < dump->call_count; i++)
        hp_add(&sum, dump->calls[i].cost);
    return sum;
}

/* Makes the interpreter's calls cost that much less, and other calls of the same functions more, as
 * far as there are any. */
static void hand_over(hp_balance *balance, size_t entries, uint64_t excess)
{
    hp_dump *dump = balance->dump;
    const size_t *first = balance->graph.into.first;
    hp_shares shares = {0};

    for (size_t i = entries; i < dump->call_count; i++)
        if (first[dump->calls[i].callee] < first[dump->calls[i].callee + 1])
            hp_add(&shares.weight, dump->calls[i].cost);
    shares.left = hp_smaller(excess, shares.weight);
    for (size_t i = entries; shares.left > 0 && i < dump->call_count; i++) {
        hp_dump_call *entry = &dump->calls[i];
        uint32_t f = entry->callee;
        uint64_t less;

        if (first[f] == first[f + 1])
            continue;
        less = hp_smaller(hp_take_share(&shares, entry->cost), entry->cost);
        if (less > 0 && hp_balance_share_recorded(balance, f, cost_of_others(dump, entry) + less))
            change_entry(balance, entry, entry->cost - less);
    }
}

/* The other way round. */
static void take_over(hp_balance *balance, size_t entries, uint64_t missing)
{
    hp_dump *dump = balance->dump;
    hp_shares shares = {0};

    for (size_t i = entries; i < dump->call_count; i++)
        hp_add(&shares.weight, cost_of_others(dump, &dump->calls[i]));
    shares.left = hp_smaller(missing, shares.weight);
    for (size_t i = entries; shares.left > 0 && i < dump->call_count; i++) {
        hp_dump_call *entry = &dump->calls[i];
        uint64_t others = cost_of_others(dump, entry);
        uint64_t more = hp_smaller(hp_take_share(&shares, others), others);

        if (more > 0 && hp_balance_share_recorded(balance, entry->callee, others - more))
            change_entry(balance, entry, entry->cost + more);
    }
}

/* Makes functions that nobody else calls cost less, but not less than themselves. */
static void lower_functions(hp_balance *balance, size_t entries, uint64_t total)
{
    hp_dump *dump = balance->dump;
    uint64_t needed = 0;
    hp_shares shares;

    for (size_t i = entries; i < dump->call_count; i++)
        hp_add(&needed, needs(dump, &dump->calls[i]));
    shares = (hp_shares){total - needed, sum_entries(dump, entries) - needed};
    for (size_t i = entries; i < dump->call_count; i++) {
        hp_dump_call *entry = &dump->calls[i];
        uint64_t need = needs(dump, entry);
        uint64_t less = hp_minus(entry->cost - need, hp_take_share(&shares, entry->cost - need));

        dump->functions[entry->callee].inclusive -= less;
        change_entry(balance, entry, entry->cost - less);
    }
}

/* Makes the heaviest function cost more, but not more than the total. */
static void raise_function(hp_balance *balance, size_t entries, uint64_t missing)
{
    hp_dump *dump = balance->dump;
    hp_dump_call *heaviest = &dump->calls[entries];
    hp_dump_function *function;

    for (size_t i = entries; i < dump->call_count; i++)
        if (dump->functions[dump->calls[i].callee].inclusive >
            dump->functions[heaviest->callee].inclusive)
            heaviest = &dump->calls[i];
    function = &dump->functions[heaviest->callee];
    missing = hp_smaller(missing, dump->total - function->inclusive);
    function->inclusive += missing;
    change_entry(balance, heaviest, heaviest->cost + missing);
}

void hp_balance_fit_entries(hp_balance *balance, size_t entries)
{
    hp_dump *dump = balance->dump;
    uint64_t total = dump->total;

    hand_over(balance, entries, hp_minus(sum_entries(dump, entries), total));
    if (sum_entries(dump, entries) > total)
        lower_functions(balance, entries, total);
    take_over(balance, entries, hp_minus(total, sum_entries(dump, entries)));
    if (sum_entries(dump, entries) < total)
        raise_function(balance, entries, total - sum_entries(dump, entries));
}
