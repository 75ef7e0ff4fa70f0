// SPDX-License-Identifier: MIT
#include "export/call_stacks.h"

#include <inttypes.h>
#include <stdlib.h>

/* With deep recursion the stacks grow with the square of the log. */
#define FRAMES_MAX ((uint64_t)1 << 29)

static bool is_bottom(const hp_profile *profile, const hp_stack *stack)
{
    return stack->caller == HP_NO_STACK &&
           hp_function_is_interpreter(hp_profile_function(profile, stack->function));
}

static int compare_places(const void *one, const void *other)
{
    const hp_place *a = one, *b = other;

    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

static hp_place place_of(const hp_profile *profile, size_t index)
{
    const hp_stack *stack = hp_profile_stack(profile, index);

    return (hp_place){stack->function, stack->line};
}

/* False without memory. */
static bool find_places(hp_call_stacks *stacks)
{
    stacks->places = malloc((stacks->count + 1) * sizeof *stacks->places);
    stacks->tops = malloc((stacks->count + 1) * sizeof *stacks->tops);
    if (!stacks->places || !stacks->tops)
        return false;
    for (size_t i = 0; i < stacks->count; i++)
        stacks->places[i] = place_of(stacks->profile, i);
    qsort(stacks->places, stacks->count, sizeof *stacks->places, compare_places);
    for (size_t i = 0; i < stacks->count; i++)
        if (i == 0 || compare_places(&stacks->places[i - 1], &stacks->places[i]) != 0)
            stacks->places[stacks->place_count++] = stacks->places[i];
    for (size_t i = 0; i < stacks->count; i++) {
        hp_place place = place_of(stacks->profile, i);
        const hp_place *found = bsearch(&place, stacks->places, stacks->place_count,
                                        sizeof *stacks->places, compare_places);

        stacks->tops[i] = (uint32_t)(found - stacks->places);
    }
    return true;
}

hp_status hp_call_stacks_find(hp_call_stacks *stacks, const hp_profile *profile, hp_error *error)
{
    *stacks = (hp_call_stacks){.profile = profile, .count = hp_profile_stack_count(profile)};
    stacks->depths = malloc((stacks->count + 1) * sizeof *stacks->depths);
    if (!stacks->depths || !find_places(stacks))
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
    if (stacks->frames > FRAMES_MAX)
        return hp_error_set(error, HP_LIMIT, 0,
                            "the stacks are deep, and have more than %" PRIu64
                            " functions; --root, --focus, --leaf or --hide make them less",
                            FRAMES_MAX);
    return HP_OK;
}

void hp_call_stacks_free(hp_call_stacks *stacks)
{
    free(stacks->depths);
    free(stacks->places);
    free(stacks->tops);
}

bool hp_call_stack_costs(const hp_call_stacks *stacks, size_t index)
{
    const uint64_t *self = hp_profile_stack_self(stacks->profile, index);

    for (size_t e = 0; e < hp_profile_event_count(stacks->profile); e++)
        if (self[e])
            return true;
    return false;
}

size_t hp_call_stack_places(const hp_call_stacks *stacks, size_t index, uint32_t *places)
{
    uint32_t at = (uint32_t)index;
    size_t count = 0;

    do {
        const hp_stack *stack = hp_profile_stack(stacks->profile, at);

        if (count == 0 || !is_bottom(stacks->profile, stack))
            places[count++] = stacks->tops[at];
        at = stack->caller;
    } while (at != HP_NO_STACK);
    return count;
}
