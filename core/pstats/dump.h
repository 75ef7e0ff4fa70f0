// SPDX-License-Identifier: MIT
/* A pstats dump as it was read: its functions and calls as numbers, which need not add up.
 *
 * cProfile records for a function what it cost, and for each of its callers what the calls from
 * there cost. These do not add up by themselves:
 *
 * - In recursion, a call that is nested in another call of the same function counts again, unless
 *   both have the same caller.
 * - Of several functions with the same file, line and name, the dump holds only one. The calls that
 *   the others made are added to those of the one; the calls of the others are lost.
 * - The first caller of all, the interpreter, is not recorded.
 * - Python 3.12 and later record the calls of all threads as if they were those of one.
 * - Stats.strip_dirs makes one function of several with the same name. If these call each other,
 *   their costs are counted twice. Some other profilers always count nested calls again.
 *
 * hp_dump_balance makes them add up. */
#ifndef HP_DUMP_H
#define HP_DUMP_H

#include "hotprof.h"

typedef struct hp_dump_function {
    uint64_t self, inclusive;
    uint64_t calls, primitive; /* or HP_UNKNOWN */
    bool whole;     /* the dump has an entry of it; if not, only calls that it made are known */
    bool estimated; /* the inclusive cost is */
} hp_dump_function;

typedef struct hp_dump_call {
    uint32_t caller, callee;
    uint64_t line;  /* in dumps of samples: of the caller */
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
    double rounding; /* each cost may be wrong by this much */
    bool repeated;   /* nested calls may be counted again, as Stats.strip_dirs does */

    /* The number of the function that stands for those that the dump does not hold. Before
     * hp_dump_balance, HP_NO_FUNCTION unless the dump has one already; after it, HP_NO_FUNCTION
     * if nothing is missing. */
    uint32_t not_recorded;

    /* From hp_dump_balance. */
    uint32_t interpreter; /* the number of the interpreter, which is added behind the others */
    uint64_t total;
    bool mixed_threads; /* the calls of several threads are recorded as those of one */
} hp_dump;

void hp_dump_free(hp_dump *dump);

/* Makes sure that there are that many functions; new ones are all 0. Returns false without memory.
 */
bool hp_dump_need_functions(hp_dump *dump, size_t count);

/* Adds a call that is all 0. Returns NULL without memory. */
hp_dump_call *hp_dump_add_call(hp_dump *dump);

/* Changes the costs of calls, and adds calls by the interpreter and by and of the function that
 * stands for what the dump does not hold, so that
 *
 * - the calls into each function cost what the function's inclusive cost is,
 * - the calls by the interpreter cost the total, which is the sum of all self costs,
 * - no inclusive cost is above the total or below the self cost.
 *
 * Calls from outside the recursion that a function is in are exact, and stay as they are recorded,
 * unless they contradict other numbers of the dump. Takes linear time. Costs must be below 2^62,
 * and so must be the sum of all self costs. HP_NO_MEMORY is the only error. */
HP_NODISCARD hp_status hp_dump_balance(hp_dump *dump, hp_error *error);

#endif
