// SPDX-License-Identifier: MIT
/* What the parts of hp_dump_balance share.
 *
 * Cost is conserved: what the calls into a component cost is the self cost of its members and the
 * cost of the calls that leave it. */
#ifndef HP_BALANCE_H
#define HP_BALANCE_H

#include "pstats/call_graph.h"

typedef struct hp_balance_node {
    bool open;   /* the dump does not have its inclusive cost, only calls that it made */
    bool entry;  /* the interpreter calls it */
    bool nested; /* no call from its own component is primitive: these cost nothing */

    /* How often the interpreter calls it, or HP_UNKNOWN; 0 if only nobody else can. What these
     * calls cost is between entry_cost and entry_most. */
    uint64_t entry_count;
    uint64_t entry_cost, entry_most;

    /* Sums of what is recorded. Unknown counts count as 0. */
    uint64_t outside, outside_count; /* calls of it from other components */
    uint64_t inner, inner_count;     /* calls of it from its component, not by itself */
    uint64_t own;                    /* calls of it by itself */
    bool unknown;                    /* some counts of these are */
    uint64_t out, leaving;           /* its calls of others, and of those of other components */
} hp_balance_node;

typedef struct hp_balance {
    hp_dump *dump;
    hp_call_graph graph;
    hp_balance_node *nodes; /* for each function */
    uint32_t lost;          /* the function that stands for those that the dump does not hold */
    bool lost_calls;        /* there are calls by or of it that the dump does not have */
    uint64_t self;          /* sum, without that of lost */
} hp_balance;

static inline uint64_t hp_minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static inline uint64_t hp_smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t hp_larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Sums saturate. */
static inline void hp_add(uint64_t *sum, uint64_t number)
{
    *sum = hp_add_counts(*sum, number);
}

static inline uint64_t hp_known(uint64_t count)
{
    return count == HP_UNKNOWN ? 0 : count;
}

/* The most by which that many costs, and two more, may miss their sum. */
uint64_t hp_balance_tolerance(const hp_balance *balance, size_t costs);

/* Sums what is recorded of the calls that there are now. The components must be known. */
void hp_balance_sum_calls(hp_balance *balance);

/* Finds the components of the calls that there are now, and sums these. Returns false without
 * memory. */
bool hp_balance_survey(hp_balance *balance);

/* Settles calls of functions by themselves that are primitive, which calls from within the same
 * function never are: another function of that file, line and name made them. Returns false without
 * memory. */
bool hp_balance_settle_own_calls(hp_balance *balance);

/* Finds which of the first count functions the interpreter calls. */
void hp_balance_find_entries(hp_balance *balance, size_t count);

/* Sets what the interpreter's calls of a function cost: what the other calls leave, if the calls
 * from its component are nested; else within bounds. */
void hp_balance_bound_entry(hp_balance *balance, uint32_t f);

/* Makes the calls of a function from other components cost no more than it, and as much if no other
 * call costs anything. Returns what they cost. */
uint64_t hp_balance_fit_outside(hp_balance *balance, uint32_t f);

/* Adds calls by and of lost where cost is not conserved, and sets the costs of lost. Chooses what
 * the interpreter's calls cost. Returns false without memory. */
bool hp_balance_find_lost(hp_balance *balance);

/* Makes the calls of a function, without those by the interpreter, cost so much together. Returns
 * false if there are none. */
bool hp_balance_share_recorded(hp_balance *balance, uint32_t f, uint64_t cost);

/* Makes the calls of each function cost what it cost, and adds those by the interpreter. Returns
 * false without memory. */
bool hp_balance_distribute(hp_balance *balance);

/* Makes the interpreter's calls, which are those from number entries on, cost the total. */
void hp_balance_fit_entries(hp_balance *balance, size_t entries);

#endif
