// SPDX-License-Identifier: MIT
/* Makes the calls of a dump add up: finds the calls by the interpreter, then the functions that the
 * dump does not hold, and shares the cost of each function among its calls. */
#include "pstats/balance.h"

#include <stdlib.h>

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
    hp_balance_sum_calls(balance);
    if (conserved && !hp_balance_find_lost(balance))
        return false;
    dump->total = balance->self + dump->functions[balance->lost].self;
    entries = dump->call_count;
    if (!hp_balance_distribute(balance))
        return false;
    hp_balance_fit_entries(balance, entries);
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
