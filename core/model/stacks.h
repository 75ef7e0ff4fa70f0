// SPDX-License-Identifier: MIT
/* The call stacks of a trace, as a tree: a stack is a function on top of the stack that called it.
 * A stack has the time that passed and the number of lines that were hit while it was the current
 * one. */
#ifndef HP_STACKS_H
#define HP_STACKS_H

#include "hotprof.h"
#include "model/index.h"

typedef struct hp_stacks {
    struct hp_stacks_node {
        hp_stack stack;
        uint64_t time, hits;
    } * nodes;                     /* the first one is <interpreter> alone */
    size_t count, capacity, limit; /* limit: HP_STACKS_MAX, except in tests */
    hp_index index;
    uint32_t current;
    uint64_t clock, hits; /* of the trace, when the current stack became the current one */
} hp_stacks;

/* Begins with <interpreter>, which must be function 0. false without memory; even then
 * hp_stacks_free is needed. */
bool hp_stacks_init(hp_stacks *stacks);
void hp_stacks_free(hp_stacks *stacks);

/* Enters a function, or leaves the current one, if any, at this clock and number of hits of the
 * trace. HP_LIMIT: there are more stacks than the limit. */
HP_NODISCARD hp_status hp_stacks_enter(hp_stacks *stacks, hp_function_id function, uint64_t clock,
                                       uint64_t hits, hp_error *error);
void hp_stacks_leave(hp_stacks *stacks, uint64_t clock, uint64_t hits);

/* Adds all stacks to the profile that the finished trace was added to; see hp_trace_finish. */
HP_NODISCARD hp_status hp_stacks_finish(hp_stacks *stacks, hp_profile *profile, bool timed,
                                        uint64_t scale, uint64_t clock, uint64_t hits,
                                        hp_error *error);

#endif
