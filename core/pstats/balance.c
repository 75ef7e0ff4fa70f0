// SPDX-License-Identifier: MIT
/* Makes the calls of a dump add up.
 *
 * What the calls from other components leave of a function's inclusive cost belongs to the calls
 * from its own component and to the interpreter. lost.c has filled in what the dump does not hold,
 * so that this is enough for the whole to add up. */
#include "pstats/balance.h"

#include "pstats/shares.h"

#include <stdlib.h>

uint64_t hp_balance_tolerance(const hp_balance *balance, size_t costs)
{
    return (uint64_t)(balance->dump->rounding * (double)(costs + 2));
}

/* --- What is recorded ---------------------------------------------------------------------- */

static void sum_calls(hp_balance *balance)
{
    const hp_dump *dump = balance->dump;

    for (size_t f = 0; f < dump->function_count; f++) {
        hp_balance_node *node = &balance->nodes[f];

        node->outside = node->outside_count = node->inner = node->inner_count = 0;
        node->own = node->out = node->leaving = 0;
    }
    for (size_t i = 0; i < dump->call_count; i++) {
        const hp_dump_call *call = &dump->calls[i];
        hp_balance_node *caller = &balance->nodes[call->caller];
        hp_balance_node *callee = &balance->nodes[call->callee];

        if (call->caller == call->callee) {
            hp_add(&callee->own, call->cost);
            continue;
        }
        hp_add(&caller->out, call->cost);
        if (hp_is_inner(&balance->graph, call)) {
            hp_add(&callee->inner, call->cost);
            hp_add(&callee->inner_count, hp_known(call->count));
        } else {
            hp_add(&caller->leaving, call->cost);
            hp_add(&callee->outside, call->cost);
            hp_add(&callee->outside_count, hp_known(call->count));
        }
    }
}

bool hp_balance_survey(hp_balance *balance)
{
    hp_call_graph_free(&balance->graph);
    if (!hp_call_graph_find(&balance->graph, balance->dump))
        return false;
    sum_calls(balance);
    return true;
}

static bool is_called(const hp_balance *balance, size_t f)
{
    return balance->graph.into.first[f] < balance->graph.into.first[f + 1];
}

/* --- The interpreter ----------------------------------------------------------------------- */

/* Several functions were made one, and called each other: what these calls cost was counted
 * twice. */
static void count_own_once(hp_balance *balance, uint32_t f, bool unknown, uint64_t recorded)
{
    hp_dump_function *function = &balance->dump->functions[f];
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t accounted = hp_add_counts(function->self, node->out);
    uint64_t outermost = hp_add_counts(hp_add_counts(node->outside_count, node->inner_count),
                                       hp_minus(function->calls, recorded));

    if (unknown || function->primitive > outermost)
        function->inclusive -= hp_smaller(node->own, hp_minus(function->inclusive, accounted));
}

/* Calls that no caller accounts for are the interpreter's. */
static void find_entry(hp_balance *balance, uint32_t f)
{
    const hp_dump *dump = balance->dump;
    const hp_dump_function *function = &dump->functions[f];
    const hp_groups *into = &balance->graph.into;
    hp_balance_node *node = &balance->nodes[f];
    uint64_t recorded = 0;
    bool unknown;

    for (size_t i = into->first[f]; i < into->first[f + 1]; i++)
        hp_add(&recorded, dump->calls[into->items[i]].count);
    unknown = function->calls == HP_UNKNOWN || recorded == HP_UNKNOWN;
    node->open = !function->whole || (!is_called(balance, f) && function->calls == 0 &&
                                      function->inclusive == function->self);
    if (!node->open)
        count_own_once(balance, f, unknown, recorded);
    if (!unknown)
        node->entry_count = hp_minus(function->calls, recorded);
    else if (!is_called(balance, f) ||
             function->inclusive >
                 hp_add_counts(node->outside, node->inner) +
                     hp_balance_tolerance(balance, into->first[f + 1] - into->first[f]))
        node->entry_count = HP_UNKNOWN;
    node->entry = node->entry_count > 0;
}

/* It calls the heaviest function of a component that nobody calls. */
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
        balance->nodes[heaviest].entry = balance->nodes[heaviest].nested = true;
}

void hp_balance_bound_entry(hp_balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];
    hp_balance_node *node = &balance->nodes[f];
    uint64_t outermost = hp_add_counts(node->outside_count, hp_known(node->entry_count));

    if (node->open)
        return;
    node->nested = (node->entry && node->entry_count == 0) ||
                   (function->primitive != HP_UNKNOWN && function->primitive <= outermost);
    node->entry_most = node->entry ? hp_minus(function->inclusive, node->outside) : 0;
    node->entry_cost = node->nested ? node->entry_most : hp_minus(node->entry_most, node->inner);
}

/* --- The calls of each function ------------------------------------------------------------ */

/* What a call has a share by. Calls of a function by itself have none: they are nested. */
typedef uint64_t weigher(const hp_balance *balance, const hp_dump_call *call);

static uint64_t weigh_cost(const hp_balance *balance, const hp_dump_call *call)
{
    (void)balance;
    return call->caller == call->callee ? 0 : call->cost;
}

static uint64_t weigh_outside(const hp_balance *balance, const hp_dump_call *call)
{
    return hp_is_inner(&balance->graph, call) ? 0 : call->cost;
}

static uint64_t weigh_outside_count(const hp_balance *balance, const hp_dump_call *call)
{
    return hp_is_inner(&balance->graph, call) ? 0 : hp_known(call->count);
}

static uint64_t weigh_outside_evenly(const hp_balance *balance, const hp_dump_call *call)
{
    return !hp_is_inner(&balance->graph, call);
}

static uint64_t weigh_inner(const hp_balance *balance, const hp_dump_call *call)
{
    return weigh_cost(balance, call) - weigh_outside(balance, call);
}

static uint64_t weigh_inner_count(const hp_balance *balance, const hp_dump_call *call)
{
    return call->caller != call->callee && hp_is_inner(&balance->graph, call)
               ? hp_known(call->count)
               : 0;
}

/* Calls whose cost is not recorded: by their number, of inner ones by how many may be primitive. */
static uint64_t weigh_untimed(const hp_balance *balance, const hp_dump_call *call)
{
    const hp_balance_node *node = &balance->nodes[call->callee];
    uint64_t outermost = hp_add_counts(node->outside_count, hp_known(node->entry_count));
    hp_shares primitive = {0, node->inner_count};

    if (call->timed || call->caller == call->callee)
        return 0;
    if (!hp_is_inner(&balance->graph, call))
        return hp_known(call->count);
    primitive.left = hp_smaller(
        hp_minus(balance->dump->functions[call->callee].primitive, outermost), node->inner_count);
    return hp_take_share(&primitive, hp_known(call->count));
}

static uint64_t weigh_inner_evenly(const hp_balance *balance, const hp_dump_call *call)
{
    return call->caller != call->callee && hp_is_inner(&balance->graph, call);
}

static uint64_t weigh_untimed_evenly(const hp_balance *balance, const hp_dump_call *call)
{
    (void)balance;
    return !call->timed && call->caller != call->callee;
}

/* Shares a cost among the calls into a function; returns false if none has a weight. Something else
 * of the weight rest_weight gets *rest. */
static bool share(hp_balance *balance, uint32_t f, uint64_t cost, weigher *weigh,
                  uint64_t rest_weight, uint64_t *rest)
{
    const hp_groups *into = &balance->graph.into;
    size_t first = into->first[f], end = into->first[f + 1], sharers = rest_weight > 0;
    uint64_t tolerance = hp_balance_tolerance(balance, end - first);
    hp_shares shares = {cost, rest_weight};
    bool weighty = false;

    for (size_t i = first; i < end; i++) {
        uint64_t weight = weigh(balance, &balance->dump->calls[into->items[i]]);

        hp_add(&shares.weight, weight);
        sharers += weight > 0;
        weighty = weighty || weight > 0;
    }
    for (size_t i = first; weighty && i < end; i++) {
        hp_dump_call *call = &balance->dump->calls[into->items[i]];
        uint64_t weight = weigh(balance, call), recorded = call->cost;

        if (weight == 0)
            continue;
        call->cost = hp_take_share(&shares, weight);
        if (sharers > 1 &&
            hp_larger(call->cost, recorded) - hp_smaller(call->cost, recorded) > tolerance)
            call->estimated = true;
    }
    *rest = shares.left;
    return weighty;
}

/* The same, with nothing else to share it, by the first weight that any call has. */
static bool share_all(hp_balance *balance, uint32_t f, uint64_t cost, weigher *const *weights,
                      size_t count)
{
    uint64_t rest;

    for (size_t w = 0; w < count; w++)
        if (share(balance, f, cost, weights[w], 0, &rest))
            return true;
    return false;
}

static bool share_outside(hp_balance *balance, uint32_t f, uint64_t cost)
{
    static weigher *const weights[] = {weigh_outside, weigh_outside_count, weigh_outside_evenly};

    return share_all(balance, f, cost, weights, sizeof weights / sizeof *weights);
}

/* Makes the calls from other components cost no more than the function, and as much if no other
 * call costs anything. */
static void fit_outside(hp_balance *balance, uint32_t f)
{
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t inclusive = balance->dump->functions[f].inclusive;
    bool all = !node->entry && (node->nested || (node->inner == 0 && node->inner_count == 0));

    if (node->outside > inclusive || (all && node->outside < inclusive))
        (void)share_outside(balance, f, inclusive);
}

/* Shares what is left of a function's cost among the calls whose cost is not recorded; returns the
 * part of the interpreter. */
static uint64_t share_untimed(hp_balance *balance, uint32_t f, uint64_t left)
{
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t entered;

    if (share(balance, f, left, weigh_untimed, hp_known(node->entry_count), &entered) ||
        node->entry)
        return entered;
    (void)share(balance, f, left, weigh_untimed_evenly, 0, &entered);
    return 0;
}

/* Shares it among the calls from the function's component; returns the part of the interpreter. */
static uint64_t share_timed(hp_balance *balance, uint32_t f, uint64_t left)
{
    static weigher *const inner[] = {weigh_inner, weigh_inner_count, weigh_inner_evenly};
    const hp_groups *into = &balance->graph.into;
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t entered = node->entry ? hp_smaller(node->entry_cost, left) : 0, rest;

    left -= entered;
    if (left > 0 && !node->nested && share_all(balance, f, left, inner, 3))
        return entered;
    for (size_t i = into->first[f]; i < into->first[f + 1]; i++) {
        hp_dump_call *call = &balance->dump->calls[into->items[i]];

        if (hp_is_inner(&balance->graph, call))
            call->cost = 0;
    }
    if (node->entry)
        return entered + left;
    if (left > 0 && !share_outside(balance, f, balance->dump->functions[f].inclusive))
        (void)share(balance, f, left, weigh_inner_evenly, 0, &rest);
    return 0;
}

static bool enter(hp_balance *balance, uint32_t f, uint64_t cost)
{
    const hp_balance_node *node = &balance->nodes[f];
    hp_dump_call *call = hp_dump_add_call(balance->dump);

    if (call)
        *call = (hp_dump_call){.caller = balance->dump->interpreter,
                               .callee = f,
                               .count = node->entry_count,
                               .cost = cost,
                               .timed = true,
                               .estimated = node->entry_cost < node->entry_most};
    return call != NULL;
}

/* Makes the calls into a function cost what it cost. */
static bool distribute(hp_balance *balance, uint32_t f)
{
    hp_dump_function *function = &balance->dump->functions[f];
    const hp_groups *into = &balance->graph.into;
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t timed = 0, entered, rest;
    bool has_untimed = false;

    function->inclusive = hp_smaller(function->inclusive, balance->dump->total);
    for (size_t i = into->first[f]; i < into->first[f + 1]; i++) {
        hp_dump_call *call = &balance->dump->calls[into->items[i]];

        call->estimated = call->estimated || !call->timed;
        if (call->caller == f)
            call->cost = 0;
        else if (call->timed)
            hp_add(&timed, call->cost);
        else
            has_untimed = true;
    }
    if (has_untimed) {
        if (timed > function->inclusive)
            (void)share(balance, f, function->inclusive, weigh_cost, 0, &rest);
        entered = share_untimed(balance, f, hp_minus(function->inclusive, timed));
    } else {
        fit_outside(balance, f);
        entered = share_timed(balance, f, hp_minus(function->inclusive, node->outside));
    }
    return !node->entry || enter(balance, f, entered);
}

/* Open functions cost what they called. */
static bool distribute_open(hp_balance *balance)
{
    hp_dump *dump = balance->dump;
    size_t call_count = balance->graph.into.first[dump->function_count];
    bool whole = true;

    for (size_t f = 0; f < dump->function_count; f++)
        if (balance->nodes[f].open)
            dump->functions[f].inclusive = dump->functions[f].self;
    for (size_t i = 0; i < call_count; i++) {
        const hp_dump_call *call = &dump->calls[i];

        if (balance->nodes[call->caller].open)
            hp_add(&dump->functions[call->caller].inclusive, call->cost);
    }
    for (uint32_t f = 0; whole && f < dump->function_count; f++)
        whole = !balance->nodes[f].open || distribute(balance, f);
    return whole;
}

/* --- The calls of the interpreter ---------------------------------------------------------- */

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
        heaviest->cost += more;
        missing -= more;
    }
    return true;
}

/* --- The whole ----------------------------------------------------------------------------- */

static bool is_timed(const hp_dump *dump)
{
    for (size_t i = 0; i < dump->call_count; i++)
        if (!dump->calls[i].timed)
            return false;
    return true;
}

static bool run(hp_balance *balance, size_t count)
{
    hp_dump *dump = balance->dump;
    bool whole = hp_balance_survey(balance), timed = is_timed(dump);
    size_t entries;

    for (uint32_t f = 0; whole && f < count; f++)
        find_entry(balance, f);
    for (size_t c = 0; whole && c < balance->graph.component_count; c++)
        if (balance->graph.members.items[balance->graph.members.first[c]] < count)
            enter_component(balance, c);
    for (uint32_t f = 0; whole && f < count; f++) {
        hp_balance_bound_entry(balance, f);
        if (timed)
            fit_outside(balance, f);
    }
    if (!whole)
        return false;
    sum_calls(balance);
    for (size_t f = 0; f < count; f++)
        if (balance->nodes[f].open)
            dump->functions[f].inclusive =
                hp_add_counts(dump->functions[f].self, balance->nodes[f].out);
    dump->mixed_threads = timed && hp_balance_is_mixed(balance);
    if (timed && !dump->mixed_threads)
        whole = hp_balance_find_lost(balance);
    dump->total = balance->self + dump->functions[balance->lost].self;
    entries = dump->call_count;
    for (uint32_t f = 0; whole && f < dump->function_count; f++)
        whole = balance->nodes[f].open || distribute(balance, f);
    whole = whole && distribute_open(balance);
    lower_entries(balance, entries);
    whole = whole && raise_entries(balance, entries);
    for (size_t i = 0; dump->mixed_threads && i < dump->call_count; i++)
        dump->calls[i].estimated = true;
    return whole;
}

hp_status hp_dump_balance(hp_dump *dump, hp_error *error)
{
    size_t count = dump->function_count;
    hp_balance balance = {.dump = dump, .nodes = calloc(count + 2, sizeof *balance.nodes)};
    bool whole = balance.nodes && hp_dump_need_functions(dump, count + 2);

    balance.lost = dump->not_recorded == HP_NO_FUNCTION ? (uint32_t)count : dump->not_recorded;
    dump->not_recorded = HP_NO_FUNCTION;
    dump->interpreter = (uint32_t)count + 1;
    for (uint32_t f = 0; whole && f < count; f++) {
        hp_dump_function *function = &dump->functions[f];

        function->inclusive = hp_larger(function->inclusive, function->self);
        balance.self += f == balance.lost ? 0 : function->self;
    }
    whole = whole && run(&balance, count);
    hp_call_graph_free(&balance.graph);
    free(balance.nodes);
    return whole ? HP_OK : hp_no_memory(error);
}
