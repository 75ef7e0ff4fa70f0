// SPDX-License-Identifier: MIT
/* Finds the components of a dump, and sums what it records of the calls. */
#include "pstats/balance.h"

uint64_t hp_balance_tolerance(const hp_balance *balance, size_t costs)
{
    return (uint64_t)(balance->dump->rounding * (double)(costs + 2));
}

void hp_balance_sum_calls(hp_balance *balance)
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
    hp_balance_sum_calls(balance);
    return true;
}
