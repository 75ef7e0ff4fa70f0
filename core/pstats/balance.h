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

    /* Of the interpreter's calls. Where it is not known what they cost, it is between entry_cost
     * and entry_most. */
    uint64_t entry_count; /* or HP_UNKNOWN */
    uint64_t entry_cost, entry_most;

    /* Sums of what is recorded. Unknown counts count as 0. */
    uint64_t outside, outside_count; /* calls of it from other components */
    uint64_t inner, inner_count;     /* calls of it from its component, not by itself */
    uint64_t own;                    /* calls of it by itself */
    uint64_t out, leaving;           /* its calls of others, and of those of other components */
} hp_balance_node;

typedef struct hp_balance {
    hp_dump *dump;
    hp_call_graph graph;
    hp_balance_node *nodes; /* for each function */
    uint32_t lost;          /* the function that stands for those that the dump does not hold */
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

/* Finds the components, and sums what is recorded, for the calls that there are now. Returns false
 * without memory. */
bool hp_balance_survey(hp_balance *balance);

/* What the interpreter's calls of a function cost: what the other calls leave, if the calls from
 * its component are nested; else within bounds. */
void hp_balance_bound_entry(hp_balance *balance, uint32_t f);

/* Whether the dump mixes threads: then what functions called costs more than they did themselves,
 * and nothing else accounts for it. */
bool hp_balance_is_mixed(const hp_balance *balance);

/* Adds calls by and of lost where cost is not conserved, and sets the costs of lost. Chooses the
 * interpreter's entry costs. Returns false without memory. */
bool hp_balance_find_lost(hp_balance *balance);

#endif
