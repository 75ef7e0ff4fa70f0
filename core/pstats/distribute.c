// SPDX-License-Identifier: MIT
/* Shares the inclusive cost of each function among the calls of it.
 *
 * What the calls from other components leave of it belongs to the calls from its own component and
 * to the interpreter. */
#include "pstats/balance.h"
#include "pstats/shares.h"

/* Which of the calls into a function share a cost. Calls of a function by itself never do: they are
 * nested. */
enum sharers { OUTSIDE, INNER, ALL, UNTIMED };

/* By what they share it. */
enum measure { COST, COUNT, EVENLY, MEASURES };

/* Of calls whose cost is not recorded: of inner ones only as many count as may be primitive. */
static uint64_t count_untimed(const hp_balance *balance, const hp_dump_call *call)
{
    const hp_balance_node *node = &balance->nodes[call->callee];
    uint64_t primitive = balance->dump->functions[call->callee].primitive;
    uint64_t outermost = hp_add_counts(node->outside_count, hp_known(node->entry_count));
    hp_shares shares = {hp_smaller(hp_minus(primitive, outermost), node->inner_count),
                        node->inner_count};

    return hp_is_inner(&balance->graph, call) ? hp_take_share(&shares, hp_known(call->count))
                                              : hp_known(call->count);
}

static uint64_t weigh(const hp_balance *balance, const hp_dump_call *call, enum sharers sharers,
                      enum measure measure)
{
    bool inner = hp_is_inner(&balance->graph, call);

    if (call->caller == call->callee || (sharers == OUTSIDE && inner) ||
        (sharers == INNER && !inner) || (sharers == UNTIMED && call->timed))
        return 0;
    if (measure == EVENLY)
        return 1;
    if (measure == COST)
        return call->cost;
    return sharers == UNTIMED ? count_untimed(balance, call) : hp_known(call->count);
}

/* Shares a cost; returns false if no call has a weight. Something else of the weight rest_weight
 * gets *rest. */
static bool share(hp_balance *balance, uint32_t f, uint64_t cost, enum sharers sharers,
                  enum measure measure, uint64_t rest_weight, uint64_t *rest)
{
    const hp_groups *into = &balance->graph.into;
    size_t first = into->first[f], end = into->first[f + 1], count = rest_weight > 0;
    uint64_t tolerance = hp_balance_tolerance(balance, end - first);
    hp_shares shares = {cost, rest_weight};
    bool weighty = false;

    for (size_t i = first; i < end; i++) {
        uint64_t weight = weigh(balance, &balance->dump->calls[into->items[i]], sharers, measure);

        hp_add(&shares.weight, weight);
        count += weight > 0;
        weighty = weighty || weight > 0;
    }
    for (size_t i = first; weighty && i < end; i++) {
        hp_dump_call *call = &balance->dump->calls[into->items[i]];
        uint64_t weight = weigh(balance, call, sharers, measure), recorded = call->cost, change;

        if (weight == 0)
            continue;
        call->cost = hp_take_share(&shares, weight);
        change = hp_larger(call->cost, recorded) - hp_smaller(call->cost, recorded);
        if (change > tolerance &&
            (count > 1 || balance->nodes[f].entry || !hp_is_inner(&balance->graph, call)))
            call->estimated = true;
    }
    *rest = shares.left;
    return weighty;
}

/* Shares all of a cost, by the first measure in which any call has a weight. */
static bool share_all(hp_balance *balance, uint32_t f, uint64_t cost, enum sharers sharers)
{
    uint64_t rest;

    for (enum measure measure = COST; measure < MEASURES; measure++)
        if (share(balance, f, cost, sharers, measure, 0, &rest))
            return true;
    return false;
}

bool hp_balance_share_recorded(hp_balance *balance, uint32_t f, uint64_t cost)
{
    return share_all(balance, f, cost, ALL);
}

uint64_t hp_balance_fit_outside(hp_balance *balance, uint32_t f)
{
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t inclusive = balance->dump->functions[f].inclusive;
    bool all = !node->entry && (node->nested || (node->inner == 0 && node->inner_count == 0));

    if ((node->outside > inclusive || (all && node->outside < inclusive)) &&
        share_all(balance, f, inclusive, OUTSIDE))
        return inclusive;
    return node->outside;
}

/* Shares what is left of a function's cost among the calls whose cost is not recorded; returns the
 * part of the interpreter. */
static uint64_t share_untimed(hp_balance *balance, uint32_t f, uint64_t left)
{
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t entered;

    if (share(balance, f, left, UNTIMED, COUNT, hp_known(node->entry_count), &entered) ||
        node->entry)
        return entered;
    (void)share(balance, f, left, UNTIMED, EVENLY, 0, &entered);
    return 0;
}

/* Shares it among the calls from the function's component; returns the part of the interpreter. */
static uint64_t share_timed(hp_balance *balance, uint32_t f, uint64_t left)
{
    const hp_groups *into = &balance->graph.into;
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t entered = node->entry ? hp_smaller(node->entry_cost, left) : 0;

    left -= entered;
    if (left > 0 && !node->nested && share_all(balance, f, left, INNER))
        return entered;
    for (size_t i = into->first[f]; i < into->first[f + 1]; i++) {
        hp_dump_call *call = &balance->dump->calls[into->items[i]];

        if (hp_is_inner(&balance->graph, call))
            call->cost = 0;
    }
    if (node->entry)
        return entered + left;
    if (left > 0 && !share_all(balance, f, balance->dump->functions[f].inclusive, OUTSIDE))
        (void)share_all(balance, f, left, INNER);
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
            (void)share(balance, f, function->inclusive, ALL, COST, 0, &rest);
        entered = share_untimed(balance, f, hp_minus(function->inclusive, timed));
    } else {
        entered = share_timed(balance, f, function->inclusive - hp_balance_fit_outside(balance, f));
    }
    return !node->entry || enter(balance, f, entered);
}

bool hp_balance_distribute(hp_balance *balance)
{
    hp_dump *dump = balance->dump;
    size_t call_count = balance->graph.into.first[dump->function_count];
    bool whole = true;

    for (uint32_t f = 0; whole && f < dump->function_count; f++)
        whole = balance->nodes[f].open || distribute(balance, f);

    /* Open functions cost what they called. */
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
