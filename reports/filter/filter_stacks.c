// SPDX-License-Identifier: MIT
/* Filters of call stacks. They are exact, as a stack holds all its callers. */
#include "filter/filter_steps.h"

#include <stdlib.h>
#include <string.h>

typedef struct stack_filter {
    const hp_profile *from;
    hp_profile *to;
    const bool *matched;
    uint32_t *places; /* where the cost of each stack goes; HP_NO_STACK: it is dropped */
    bool *inside;     /* whether a function of the stack matches */
} stack_filter;

static hp_status add(const stack_filter *stacks, hp_stack stack, uint32_t *place, hp_error *error)
{
    static const uint64_t nothing[HP_EVENTS_MAX];

    return hp_profile_add_stack(stacks->to, stack, nothing, place, error);
}

/* Decides where a stack goes. Its caller has been placed before. */
static hp_status place_part(stack_filter *stacks, hp_part part, size_t index, hp_error *error)
{
    const hp_stack *stack = hp_profile_stack(stacks->from, index);
    bool called = stack->caller != HP_NO_STACK;
    bool below = called && stacks->inside[stack->caller];
    uint32_t caller = called ? stacks->places[stack->caller] : HP_NO_STACK;
    bool goes = true;

    stacks->inside[index] = below || stacks->matched[stack->function];
    stacks->places[index] = HP_NO_STACK;
    switch (part) {
    case HP_PART_ROOT:
        goes = stacks->inside[index];
        break;
    case HP_PART_LEAF:
        if (below)
            stacks->places[index] = caller;
        goes = !below;
        break;
    case HP_PART_FOCUS:
        break;
    case HP_PART_IGNORE:
        goes = !stacks->inside[index];
        break;
    }
    return goes ? add(stacks, (hp_stack){stack->function, caller, stack->line},
                      &stacks->places[index], error)
                : HP_OK;
}

/* Hidden functions that nobody calls are part of <interpreter>. */
static hp_status place_interpreter(const stack_filter *stacks, uint32_t *place, hp_error *error)
{
    hp_function_id id;
    hp_status status = hp_profile_add_interpreter(stacks->to, &id, error);

    return status == HP_OK ? add(stacks, (hp_stack){id, HP_NO_STACK, 0}, place, error) : status;
}

static hp_status place_hidden(stack_filter *stacks, size_t index, hp_error *error)
{
    const hp_stack *stack = hp_profile_stack(stacks->from, index);
    uint32_t caller = stack->caller != HP_NO_STACK ? stacks->places[stack->caller] : HP_NO_STACK;

    stacks->inside[index] = false;
    stacks->places[index] = caller;
    if (!stacks->matched[stack->function])
        return add(stacks, (hp_stack){stack->function, caller, stack->line}, &stacks->places[index],
                   error);
    return caller == HP_NO_STACK ? place_interpreter(stacks, &stacks->places[index], error) : HP_OK;
}

/* Whether the cost of a stack is kept. */
static bool stays(const stack_filter *stacks, const hp_part *part, size_t index)
{
    bool needs_match = part && *part != HP_PART_IGNORE;

    return stacks->places[index] != HP_NO_STACK && (!needs_match || stacks->inside[index]);
}

hp_status hp_filter_stacks(const hp_profile *from, const hp_part *part, const bool *matched,
                           hp_profile *to, hp_error *error)
{
    size_t count = hp_profile_stack_count(from);
    stack_filter stacks = {.from = from,
                           .to = to,
                           .matched = matched,
                           .places = malloc((count + 1) * sizeof *stacks.places),
                           .inside = malloc((count + 1) * sizeof *stacks.inside)};
    hp_status status = HP_OK;

    if (!stacks.places || !stacks.inside)
        status = hp_no_memory(error);
    for (size_t i = 0; status == HP_OK && i < count; i++) {
        status = part ? place_part(&stacks, *part, i, error) : place_hidden(&stacks, i, error);
        if (status == HP_OK && stays(&stacks, part, i)) {
            uint32_t place = stacks.places[i];

            status = hp_profile_add_stack(to, *hp_profile_stack(to, place),
                                          hp_profile_stack_self(from, i), &place, error);
        }
    }
    free(stacks.places);
    free(stacks.inside);
    return status;
}
