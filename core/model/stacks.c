// SPDX-License-Identifier: MIT
#include "model/stacks.h"

#include "model/array.h"

#include <stdlib.h>

static bool add_node(hp_stacks *stacks, hp_stack stack, uint32_t hash)
{
    if (!hp_index_reserve(&stacks->index, 1) ||
        !hp_array_reserve(&stacks->nodes, &stacks->capacity, stacks->count + 1,
                          sizeof *stacks->nodes))
        return false;
    hp_index_add(&stacks->index, hash, (uint32_t)stacks->count);
    stacks->nodes[stacks->count++] = (struct hp_stacks_node){.stack = stack};
    return true;
}

static uint32_t hash_of(hp_stack stack)
{
    return hp_hash_numbers(stack.caller, stack.function, 0);
}

bool hp_stacks_init(hp_stacks *stacks)
{
    const hp_stack bottom = {.function = 0, .caller = HP_NO_STACK};

    *stacks = (hp_stacks){.limit = HP_STACKS_MAX};
    return add_node(stacks, bottom, hash_of(bottom));
}

void hp_stacks_free(hp_stacks *stacks)
{
    free(stacks->nodes);
    hp_index_free(&stacks->index);
}

/* Adds what passed since the last change to the current stack. */
static void pass(hp_stacks *stacks, uint64_t clock, uint64_t hits)
{
    stacks->nodes[stacks->current].time += clock - stacks->clock;
    stacks->nodes[stacks->current].hits += hits - stacks->hits;
    stacks->clock = clock;
    stacks->hits = hits;
}

hp_status hp_stacks_enter(hp_stacks *stacks, hp_function_id function, uint64_t clock, uint64_t hits,
                          hp_error *error)
{
    const hp_stack stack = {.function = function, .caller = stacks->current};
    uint32_t hash = hash_of(stack), row;
    size_t probe = 0;

    pass(stacks, clock, hits);
    while ((row = hp_index_next(&stacks->index, hash, &probe)) != HP_NO_ROW)
        if (stacks->nodes[row].stack.caller == stack.caller &&
            stacks->nodes[row].stack.function == function) {
            stacks->current = row;
            return HP_OK;
        }
    if (stacks->count == stacks->limit)
        return hp_error_set(error, HP_LIMIT, 0, "has more than %zu distinct call stacks",
                            stacks->limit);
    stacks->current = (uint32_t)stacks->count;
    return add_node(stacks, stack, hash) ? HP_OK : hp_no_memory(error);
}

void hp_stacks_leave(hp_stacks *stacks, uint64_t clock, uint64_t hits)
{
    pass(stacks, clock, hits);
    if (stacks->nodes[stacks->current].stack.caller != HP_NO_STACK)
        stacks->current = stacks->nodes[stacks->current].stack.caller;
}

hp_status hp_stacks_finish(hp_stacks *stacks, hp_profile *profile, bool timed, uint64_t scale,
                           uint64_t clock, uint64_t hits, hp_error *error)
{
    hp_status status = HP_OK;

    pass(stacks, clock, hits);
    if (stacks->count == 1 && clock == 0 && hits == 0) /* nothing ran */
        return HP_OK;
    for (size_t i = 0; status == HP_OK && i < stacks->count; i++) {
        const struct hp_stacks_node *node = &stacks->nodes[i];
        const uint64_t costs[] = {timed ? node->time * scale : node->hits, node->hits};
        uint32_t index;

        /* Stacks have the same numbers here and in the profile. */
        status = hp_profile_add_stack(profile, node->stack, costs, &index, error);
    }
    return status;
}
