// SPDX-License-Identifier: MIT
/* Makes the calls of a dump add up: finds the calls by the interpreter, then the functions that the
 * dump does not hold, and shares the cost of each function among its calls. */
#include "pstats/balance.h"

#include <stdlib.h>

uint64_t hp_balance_tolerance(const hp_balance *balance, size_t costs)
{
    return (uint64_t)(balance->dump->rounding * (double)(costs + 2));
}

static void sum_calls(hp_balance *balance)
{
    const hp_dump *dump = balance->dump;

    for (size_t f = 0; f < dump->function_count; f++) {
        hp_balance_node *node = &balance->nodes[f];

        node->outside = node->outside_count = node->inner = node->inner_count = 0;
        node->own = node->out = node->leaving = 0;
        node->unknown = false;
    }
    for (size_t i = 0; i < dump->call_count; i++) {
        const hp_dump_call *call = &dump->calls[i];
        hp_balance_node *caller = &balance->nodes[call->caller];
        hp_balance_node *callee = &balance->nodes[call->callee];

        if (call->caller == call->callee) {
            hp_add(&callee->own, call->cost);
            continue;
        }
        callee->unknown = callee->unknown || call->count == HP_UNKNOWN;
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

static bool is_timed(const hp_dump *dump)
{
    for (size_t i = 0; i < dump->call_count; i++)
        if (!dump->calls[i].timed)
            return false;
    return true;
}

/* cProfile counts a call when it ends: one that never ended is another thread's. */
static bool has_unended_call(const hp_dump *dump)
{
    for (size_t i = 0; i < dump->call_count; i++)
        if (dump->calls[i].count == 0)
            return true;
    return false;
}

/* The first count functions are those of the dump. */
static bool run(hp_balance *balance, size_t count)
{
    hp_dump *dump = balance->dump;
    bool timed = is_timed(dump), conserved;
    size_t entries;

    dump->mixed_threads = timed && has_unended_call(dump);
    conserved = timed && !dump->mixed_threads;
    if (!hp_balance_survey(balance) || (conserved && !hp_balance_settle_own_calls(balance)))
        return false;
    hp_balance_find_entries(balance, count);
    for (uint32_t f = 0; timed && f < count; f++)
        (void)hp_balance_fit_outside(balance, f);
    sum_calls(balance);
    if (conserved && !hp_balance_find_lost(balance))
        return false;
    dump->total = balance->self + dump->functions[balance->lost].self;
    entries = dump->call_count;
    if (!hp_balance_distribute(balance) || !hp_balance_fit_entries(balance, entries))
        return false;
    for (size_t i = 0; dump->mixed_threads && i < dump->call_count; i++)
        dump->calls[i].estimated = true;
    return true;
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
