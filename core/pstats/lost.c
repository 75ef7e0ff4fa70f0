// SPDX-License-Identifier: MIT
/* Finds what a dump does not hold, by what does not add up.
 *
 * If the calls into a component cost more than its functions and the calls that leave it, it called
 * functions that the dump does not hold. If they cost less, such functions made a part of its
 * calls: they have the same file, line and name as one of its functions. One function, lost, stands
 * for all of them. */
#include "pstats/balance.h"
#include "pstats/shares.h"
#include <stdio.h>
#include <stdlib.h>

/* Of what is lost; costs that are recorded are below it, too. */
#define LOST_MAX ((uint64_t)1 << 62)

/* What goes into a component, and what comes out of it. */
struct flow {
    uint64_t in, out;
    uint64_t least, most; /* what the interpreter's calls add to in */
    size_t costs;         /* how many costs these are */
};

static struct flow flow_of(const hp_balance *balance, size_t component)
{
    const hp_call_graph *graph = &balance->graph;
    struct flow flow = {.costs =
                            graph->leaving.first[component + 1] - graph->leaving.first[component]};

    for (size_t m = graph->members.first[component]; m < graph->members.first[component + 1]; m++) {
        size_t f = graph->members.items[m];
        const hp_balance_node *node = &balance->nodes[f];

        hp_add(&flow.in, node->outside);
        hp_add(&flow.out, balance->dump->functions[f].self);
        hp_add(&flow.out, node->leaving);
        hp_add(&flow.least, node->entry_cost);
        hp_add(&flow.most, node->entry_most);
        flow.costs += 2 + graph->into.first[f + 1] - graph->into.first[f];
    }
    return flow;
}

/* The interpreter's calls bring in what is missing, as far as they may. */
static uint64_t choose_entry(const struct flow *flow)
{
    uint64_t missing = hp_minus(flow->out, flow->in);

    return hp_larger(flow->least, hp_smaller(missing, flow->most));
}

static void settle_entries(hp_balance *balance, size_t component, struct flow *flow)
{
    const hp_groups *members = &balance->graph.members;
    uint64_t chosen = choose_entry(flow);
    hp_shares shares = {chosen - flow->least, flow->most - flow->least};

    for (size_t m = members->first[component]; m < members->first[component + 1]; m++) {
        hp_balance_node *node = &balance->nodes[members->items[m]];

        node->entry_cost += hp_take_share(&shares, node->entry_most - node->entry_cost);
    }
    hp_add(&flow->in, chosen);
}

/* cProfile counts a call when it ends: one that never ended is another thread's. */
static bool has_unended_call(const hp_dump *dump)
{
    for (size_t i = 0; i < dump->call_count; i++)
        if (dump->calls[i].count == 0)
            return true;
    return false;
}

bool hp_balance_is_mixed(const hp_balance *balance)
{
    uint64_t lacking = 0, excess = 0;

    for (size_t c = 0; c < balance->graph.component_count; c++) {
        struct flow flow = flow_of(balance, c);

        hp_add(&flow.in, choose_entry(&flow));
        hp_add(&lacking, hp_minus(flow.in, flow.out));
        hp_add(&excess, hp_minus(flow.out, flow.in));
    }
    if (getenv("DBG"))
        fprintf(stderr, "unended %d lacking %lu excess %lu self %lu\n",
                has_unended_call(balance->dump), lacking, excess, balance->self);
    return has_unended_call(balance->dump);
}

/* --- Calls of and by lost functions -------------------------------------------------------- */

static bool add_call(hp_balance *balance, uint32_t caller, uint32_t callee, uint64_t count,
                     uint64_t cost, bool estimated)
{
    hp_dump_call *call;

    if (cost == 0)
        return true;
    call = hp_dump_add_call(balance->dump);
    if (call)
        *call = (hp_dump_call){.caller = caller,
                               .callee = callee,
                               .count = count,
                               .cost = cost,
                               .timed = true,
                               .estimated = estimated};
    return call != NULL;
}

/* What a function cost beyond all that is recorded of its calls. */
static uint64_t lacks(const hp_balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];

    return hp_minus(function->inclusive, hp_add_counts(function->self, balance->nodes[f].out));
}

/* What it cost beyond what left its component. */
static uint64_t may_lack(const hp_balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];

    return hp_minus(function->inclusive, hp_add_counts(function->self, balance->nodes[f].leaving));
}

/* Functions of the component called lost ones: first those that lack a cost for certain. */
static bool call_lost(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *members = &balance->graph.members;
    size_t first = members->first[component], end = members->first[component + 1];
    hp_shares certain = {0}, rest = {0};
    bool whole = true;

    for (size_t m = first; m < end; m++) {
        hp_add(&certain.weight, lacks(balance, (uint32_t)members->items[m]));
        hp_add(&rest.weight, may_lack(balance, (uint32_t)members->items[m]));
    }
    certain.left = hp_smaller(cost, certain.weight);
    rest.left = cost - certain.left;
    for (size_t m = first; whole && m < end; m++) {
        uint32_t f = (uint32_t)members->items[m];
        uint64_t known = hp_take_share(&certain, lacks(balance, f));
        uint64_t shared = hp_take_share(&rest, may_lack(balance, f));

        whole = f == balance->lost || add_call(balance, f, balance->lost, HP_UNKNOWN,
                                               hp_add_counts(known, shared), shared > 0);
    }
    return whole;
}

/* Makes lost the caller of a part of the calls that leave a component, in proportion. */
static bool move_calls(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *leaving = &balance->graph.leaving;
    size_t first = leaving->first[component], end = leaving->first[component + 1];
    hp_shares shares = {0};
    bool whole = true;

    for (size_t i = first; i < end; i++)
        hp_add(&shares.weight, balance->dump->calls[leaving->items[i]].cost);
    shares.left = hp_smaller(cost, shares.weight);
    for (size_t i = first; whole && i < end; i++) {
        hp_dump_call *call = &balance->dump->calls[leaving->items[i]];
        uint64_t moved = hp_smaller(hp_take_share(&shares, call->cost), call->cost);
        uint64_t count = call->count;

        if (moved == 0 || call->caller == balance->lost)
            continue;
        if (count != HP_UNKNOWN && moved < call->cost) {
            hp_shares counts = {count, call->cost};

            count = hp_take_share(&counts, moved);
        }
        call->cost -= moved;
        call->count -= call->count == HP_UNKNOWN ? 0 : count;
        call->estimated = true;
        whole = add_call(balance, balance->lost, call->callee, count, moved, true);
    }
    return whole;
}

/* Lost functions entered the component, in place of one of its own functions whose call was taken
 * for this; or they made calls that leave it. */
static bool let_lost_call(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *members = &balance->graph.members;
    uint32_t heaviest = balance->lost;
    uint64_t most = 0;

    for (size_t m = members->first[component]; m < members->first[component + 1]; m++) {
        uint32_t f = (uint32_t)members->items[m];
        const hp_balance_node *node = &balance->nodes[f];
        uint64_t rest = hp_minus(balance->dump->functions[f].inclusive,
                                 hp_add_counts(node->outside, node->entry_cost));

        if (rest > most && !node->nested && node->inner > 0 && f != balance->lost) {
            most = rest;
            heaviest = f;
        }
    }
    most = hp_smaller(most, cost);
    return add_call(balance, balance->lost, heaviest, HP_UNKNOWN, most, true) &&
           move_calls(balance, component, cost - most);
}

static bool conserve(hp_balance *balance, size_t component)
{
    const hp_groups *members = &balance->graph.members;
    struct flow flow = flow_of(balance, component);
    uint64_t tolerance = hp_balance_tolerance(balance, flow.costs);

    if (balance->nodes[members->items[members->first[component]]].open)
        return true;
    settle_entries(balance, component, &flow);
    if (hp_minus(flow.in, flow.out) > tolerance)
        return call_lost(balance, component, flow.in - flow.out);
    return hp_minus(flow.out, flow.in) <= tolerance ||
           let_lost_call(balance, component, flow.out - flow.in);
}

/* Who called open functions is not known: the interpreter, as far as its other calls do not cost
 * what all functions did; else lost ones. */
static bool call_open(hp_balance *balance, size_t function_count)
{
    hp_dump *dump = balance->dump;
    uint64_t entered = 0, self = balance->self, cost = 0;
    hp_shares shares;
    bool whole = true;

    for (uint32_t f = 0; f < function_count; f++) {
        if (balance->nodes[f].open)
            hp_add(&cost, dump->functions[f].inclusive);
        else
            hp_add(&entered, balance->nodes[f].entry_cost);
        if (f == balance->lost)
            hp_add(&self, dump->functions[f].self);
    }
    shares = (hp_shares){hp_smaller(cost, hp_minus(self, entered)), cost};
    if (cost - shares.left <= hp_balance_tolerance(balance, function_count))
        shares.left = cost;
    for (uint32_t f = 0; whole && f < function_count; f++) {
        hp_balance_node *node = &balance->nodes[f];
        uint64_t inclusive = dump->functions[f].inclusive;

        if (!node->open)
            continue;
        node->entry_cost = node->entry_most = hp_take_share(&shares, inclusive);
        whole = add_call(balance, balance->lost, f, HP_UNKNOWN,
                         hp_minus(inclusive, node->entry_cost), true);
    }
    return whole;
}

/* --- The lost function itself -------------------------------------------------------------- */

/* Sets its costs so that its component conserves cost. */
static void close_lost(hp_balance *balance)
{
    hp_dump *dump = balance->dump;
    hp_dump_function *lost = &dump->functions[balance->lost];
    hp_balance_node *node = &balance->nodes[balance->lost];
    const hp_call_graph *graph = &balance->graph;
    size_t component = graph->component[balance->lost];
    uint64_t called = hp_add_counts(node->outside, node->inner), entry;
    struct flow flow;

    lost->self = 0;
    node->entry_cost = node->entry_most = 0;
    for (size_t m = graph->members.first[component]; m < graph->members.first[component + 1]; m++)
        if (graph->members.items[m] != balance->lost)
            hp_balance_bound_entry(balance, (uint32_t)graph->members.items[m]);
    flow = flow_of(balance, component);

    /* What the calls by lost leave of the calls of it, the other members' entries bring in, too. */
    flow.in = hp_minus(flow.in, hp_minus(called, node->out));
    settle_entries(balance, component, &flow);
    hp_add(&flow.in, hp_minus(called, node->out));
    lost->self = hp_smaller(hp_minus(flow.in, flow.out), LOST_MAX);
    entry = hp_smaller(hp_minus(flow.out, flow.in), LOST_MAX);
    node->entry = called == 0 || entry > hp_balance_tolerance(balance, flow.costs);
    node->entry_cost = node->entry_most = node->entry ? entry : 0;
    node->entry_count = node->entry ? HP_UNKNOWN : 0;
    lost->inclusive = hp_larger(lost->self, hp_add_counts(called, node->entry_cost));
    lost->calls = lost->primitive = HP_UNKNOWN;
    lost->whole = true;
}

bool hp_balance_find_lost(hp_balance *balance)
{
    hp_dump *dump = balance->dump;
    size_t call_count = dump->call_count, component_count = balance->graph.component_count;
    bool whole = true;

    for (size_t c = 0; whole && c < component_count; c++)
        whole = conserve(balance, c);
    whole = whole && call_open(balance, dump->function_count);
    if (!whole || dump->call_count == call_count)
        return whole;
    if (!hp_balance_survey(balance))
        return false;
    close_lost(balance);
    dump->not_recorded = balance->lost;
    return true;
}
