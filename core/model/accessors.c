// SPDX-License-Identifier: MIT
/* What a profile holds. */
#include "model/profile.h"

#include <assert.h>

size_t hp_profile_input_count(const hp_profile *profile)
{
    return profile->input_count;
}

const hp_input *hp_profile_input(const hp_profile *profile, size_t index)
{
    assert(index < profile->input_count);
    return &profile->inputs[index].input;
}

size_t hp_profile_info_count(const hp_profile *profile, size_t input)
{
    assert(input < profile->input_count);

    size_t end = input + 1 < profile->input_count ? profile->inputs[input + 1].first_info
                                                  : profile->info_count;

    return end - profile->inputs[input].first_info;
}

hp_info hp_profile_info(const hp_profile *profile, size_t input, size_t index)
{
    assert(index < hp_profile_info_count(profile, input));
    return hp_info_at(profile, profile->inputs[input].first_info + index);
}

size_t hp_profile_event_count(const hp_profile *profile)
{
    return profile->event_count;
}

const hp_event *hp_profile_event(const hp_profile *profile, size_t index)
{
    assert(index < profile->event_count);
    return &profile->events[index];
}

const uint64_t *hp_profile_total(const hp_profile *profile)
{
    return profile->total;
}

size_t hp_profile_function_count(const hp_profile *profile)
{
    return profile->function_table.count;
}

const hp_function *hp_profile_function(const hp_profile *profile, hp_function_id id)
{
    assert(id < profile->function_table.count);
    return &profile->functions[id];
}

const uint64_t *hp_profile_function_self(const hp_profile *profile, hp_function_id id)
{
    assert(id < profile->function_table.count);
    return hp_function_costs(profile, id);
}

const uint64_t *hp_profile_function_inclusive(const hp_profile *profile, hp_function_id id)
{
    assert(id < profile->function_table.count);
    return hp_inclusive_costs(profile, id);
}

size_t hp_profile_line_count(const hp_profile *profile)
{
    return profile->line_table.count;
}

const hp_line *hp_profile_line(const hp_profile *profile, size_t index)
{
    assert(index < profile->line_table.count);
    return &profile->lines[index];
}

const uint64_t *hp_profile_line_self(const hp_profile *profile, size_t index)
{
    assert(index < profile->line_table.count);
    return hp_row_costs(profile, &profile->line_table, index);
}

size_t hp_profile_call_count(const hp_profile *profile)
{
    return profile->call_table.count;
}

const hp_call *hp_profile_call(const hp_profile *profile, size_t index)
{
    assert(index < profile->call_table.count);
    return &profile->calls[index];
}

const uint64_t *hp_profile_call_inclusive(const hp_profile *profile, size_t index)
{
    assert(index < profile->call_table.count);
    return hp_row_costs(profile, &profile->call_table, index);
}

size_t hp_profile_stack_count(const hp_profile *profile)
{
    return profile->stack_table.count;
}

const hp_stack *hp_profile_stack(const hp_profile *profile, size_t index)
{
    assert(index < profile->stack_table.count);
    return &profile->stacks[index];
}

const uint64_t *hp_profile_stack_self(const hp_profile *profile, size_t index)
{
    assert(index < profile->stack_table.count);
    return hp_row_costs(profile, &profile->stack_table, index);
}
