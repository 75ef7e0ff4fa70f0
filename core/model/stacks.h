// SPDX-License-Identifier: MIT
/* The call stacks of a trace, as a tree: each distinct stack is what called it and a function on
 * top. A stack has what time passed, and how many lines were hit, while it was the current one. */
#ifndef HP_STACKS_H
#define HP_STACKS_H

#include "hotprof.h"
#include "model/index.h"

typedef struct hp_stacks {
    struct hp_stacks_node {
        hp_stack stack;
        uint64_t time, hits;
    } * nodes;                     /* the first one is <interpreter> alone */
    size_t count, capacity, limit; /* limit: to how many; HP_STACKS_MAX but for tests */
    hp_index index;
    uint32_t current;
    uint64_t clock, hits; /* of the trace, when the current stack became that */
} hp_stacks;

/* Begins with <interpreter>, the function 0; hp_stacks_free is needed even without memory (false).
 */
bool hp_stacks_init(hp_stacks *stacks);
void hp_stacks_free(hp_stacks *stacks);

/* A function is entered, or left if there is one, when the trace has come so far. HP_LIMIT: there
 * are more stacks than the limit. */
HP_NODISCARD hp_status hp_stacks_enter(hp_stacks *stacks, hp_function_id function, uint64_t clock,
                                       uint64_t hits, hp_error *error);
void hp_stacks_leave(hp_stacks *stacks, uint64_t clock, uint64_t hits);

/* Adds all to a profile that a finished trace was added to; see hp_trace_finish. */
HP_NODISCARD hp_status hp_stacks_finish(hp_stacks *stacks, hp_profile *profile, bool timed,
                                        uint64_t scale, uint64_t clock, uint64_t hits,
                                        hp_error *error);

#endif
