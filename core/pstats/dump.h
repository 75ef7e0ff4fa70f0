// SPDX-License-Identifier: MIT
/* A pstats dump as it was read: its functions and calls as numbers, which need not add up.
 *
 * cProfile records for a function what it cost, and for each of its callers what the calls from
 * there cost. These do not add up by themselves:
 *
 * - In recursion, a call that is nested in another call of the same function counts again, unless
 *   both have the same caller.
 * - Of several functions with the same file, line and name, the dump holds only one. The calls that
 *   the others made are added to those of the one; the calls of them are lost.
 * - The first caller of all, the interpreter, is not recorded.
 * - Python 3.12 and later record the calls of all threads as if they were those of one.
 *
 * hp_dump_balance makes them add up. */
#ifndef HP_DUMP_H
#define HP_DUMP_H

#include "hotprof.h"

typedef struct hp_dump_function {
    uint64_t self, inclusive;
    uint64_t calls, primitive; /* or HP_UNKNOWN */
    bool whole; /* the dump has an entry of it; if not, only calls that it made are known */
} hp_dump_function;

typedef struct hp_dump_call {
    uint32_t caller, callee;
    uint64_t line;
    uint64_t count; /* or HP_UNKNOWN */
    uint64_t cost;
    bool timed;     /* the dump has the cost */
    bool estimated; /* the cost is a share, in proportion to what is known of other calls */
} hp_dump_call;

typedef struct hp_dump {
    hp_dump_function *functions;
    size_t function_count, function_capacity;
    hp_dump_call *calls;
    size_t call_count, call_capacity;

    /* From hp_dump_balance: the numbers of two functions that are added behind the others. */
    uint32_t interpreter;
    uint32_t not_recorded; /* HP_NO_FUNCTION: nothing was lost */
    bool mixed_threads;    /* the calls of several threads are recorded as those of one */
} hp_dump;

void hp_dump_free(hp_dump *dump);

/* Room for that many functions and calls; false without memory. New functions are all 0. */
bool hp_dump_need_functions(hp_dump *dump, size_t count);
hp_dump_call *hp_dump_add_call(hp_dump *dump); /* NULL without memory */

/* Changes the costs of calls, and adds calls by the interpreter and by and of a function that
 * stands for what the dump does not hold, so that
 *
 * - the calls into each function cost what the function's inclusive cost is,
 * - the calls by the interpreter cost the total, which is the sum of all self costs,
 * - no inclusive cost is above the total or below the self cost.
 *
 * Calls from outside the recursion that a function is in are exact, and stay as they are recorded.
 * Costs must be below 2^62, and so must be the sum of all self costs. HP_NO_MEMORY. */
HP_NODISCARD hp_status hp_dump_balance(hp_dump *dump, hp_error *error);

#endif
