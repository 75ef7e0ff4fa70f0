// SPDX-License-Identifier: MIT
#include "export/call_stacks.h"

#include "escape.h"

#include <stdlib.h>

hp_status hp_call_stacks_check(const hp_profile *profile, hp_error *error)
{
    for (size_t i = 0; i < hp_profile_input_count(profile); i++) {
        const hp_input *input = hp_profile_input(profile, i);
        char name[100];

        hp_string_escape(hp_string_of(input->name), name, sizeof name);
        if (!input->stacks)
            return hp_error_set(error, HP_MISMATCH, 0,
                                "%s: expected an input with call stacks, found %s: flame "
                                "graphs need hotshot logs or sampled stacks",
                                name, input->format);
    }
    return HP_OK;
}

static bool is_bottom(const hp_profile *profile, const hp_stack *stack)
{
    return stack->caller == HP_NO_STACK &&
           hp_function_is_interpreter(hp_profile_function(profile, stack->function));
}

hp_status hp_call_stacks_find(hp_call_stacks *stacks, const hp_profile *profile, hp_error *error)
{
    hp_status status = hp_call_stacks_check(profile, error);

    *stacks = (hp_call_stacks){.profile = profile, .count = hp_profile_stack_count(profile)};
    if (status != HP_OK)
        return status;
    stacks->depths = malloc((stacks->count + 1) * sizeof *stacks->depths);
    if (!stacks->depths)
        return hp_no_memory(error);
    stacks->deepest = 1;
    for (size_t i = 0; i < stacks->count; i++) {
        const hp_stack *stack = hp_profile_stack(profile, i);
        uint32_t below = stack->caller == HP_NO_STACK ? 0 : stacks->depths[stack->caller];

        stacks->depths[i] = below + !is_bottom(profile, stack);
        if (stacks->depths[i] > stacks->deepest)
            stacks->deepest = stacks->depths[i];
        if (hp_call_stack_costs(stacks, i))
            stacks->frames += stacks->depths[i];
    }
    return HP_OK;
}

void hp_call_stacks_free(hp_call_stacks *stacks)
{
    free(stacks->depths);
}

bool hp_call_stack_costs(const hp_call_stacks *stacks, size_t index)
{
    const uint64_t *self = hp_profile_stack_self(stacks->profile, index);

    for (size_t e = 0; e < hp_profile_event_count(stacks->profile); e++)
        if (self[e])
            return true;
    return false;
}

size_t hp_call_stack_functions(const hp_call_stacks *stacks, size_t index,
                               hp_function_id *functions)
{
    uint32_t at = (uint32_t)index;
    size_t count = 0;

    do {
        const hp_stack *stack = hp_profile_stack(stacks->profile, at);

        if (count == 0 || !is_bottom(stacks->profile, stack))
            functions[count++] = stack->function;
        at = stack->caller;
    } while (at != HP_NO_STACK);
    return count;
}
