// SPDX-License-Identifier: MIT
#include "model/events.h"
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

static bool reserve_all(hp_profile *profile, const hp_profile *other)
{
    size_t bytes = 0;

    for (size_t i = 0; i < other->string_count; i++)
        bytes += other->strings[i].size;
    return hp_reserve_strings(profile, other->string_count, bytes) &&
           hp_reserve_functions(profile, other->function_table.count) &&
           hp_reserve_lines(profile, other->line_table.count) &&
           hp_reserve_calls(profile, other->call_table.count) &&
           hp_reserve_stacks(profile, other->stack_table.count) &&
           hp_reserve_inputs(profile, other->input_count) &&
           hp_reserve_infos(profile, other->info_count);
}

static void add_spread(uint64_t *sums, const uint64_t *costs, const size_t *place, size_t count)
{
    for (size_t e = 0; e < count; e++)
        sums[place[e]] += costs[e];
}

hp_status hp_profile_merge(hp_profile *profile, const hp_profile *other, hp_error *error)
{
    hp_event events[HP_EVENTS_MAX];
    size_t place[HP_EVENTS_MAX], count, width = other->event_count;
    hp_status status = hp_union_events(profile, other, events, &count, error);
    hp_function_id *ids;
    uint32_t *stacks;

    if (status != HP_OK)
        return status;
    if (hp_add_counts(profile->bound, other->bound) == UINT64_MAX)
        return hp_overflow(error);
    ids = malloc((other->function_table.count + 1) * sizeof *ids);
    stacks = malloc((other->stack_table.count + 1) * sizeof *stacks);
    if (!ids || !stacks || !reserve_all(profile, other) ||
        (count > profile->event_count && !hp_widen(profile, events, count))) {
        free(ids);
        free(stacks);
        return hp_no_memory(error);
    }
    for (size_t e = 0; e < width; e++)
        place[e] = hp_find_event(events, count, other->events[e].name);

    profile->bound += other->bound;
    add_spread(profile->total, other->total, place, width);
    for (hp_function_id i = 0; i < other->function_table.count; i++) {
        const hp_function *from = &other->functions[i];
        hp_function *to;

        ids[i] = hp_insert_function(profile, from);
        to = &profile->functions[ids[i]];
        to->calls = hp_add_counts(to->calls, from->calls);
        to->primitive = hp_add_counts(to->primitive, from->primitive);
        add_spread(hp_function_costs(profile, ids[i]), hp_function_costs(other, i), place, width);
        add_spread(hp_inclusive_costs(profile, ids[i]), hp_inclusive_costs(other, i), place, width);
    }
    for (size_t i = 0; i < other->line_table.count; i++) {
        hp_line line = other->lines[i];

        line.function = ids[line.function];
        add_spread(hp_row_costs(profile, &profile->line_table, hp_insert_line(profile, line)),
                   hp_row_costs(other, &other->line_table, i), place, width);
    }
    for (size_t i = 0; i < other->call_table.count; i++) {
        hp_call call = other->calls[i];
        uint32_t row;

        call.caller = ids[call.caller];
        call.callee = ids[call.callee];
        row = hp_insert_call(profile, call);
        profile->calls[row].count = hp_add_counts(profile->calls[row].count, call.count);
        add_spread(hp_row_costs(profile, &profile->call_table, row),
                   hp_row_costs(other, &other->call_table, i), place, width);
    }
    for (size_t i = 0; i < other->stack_table.count; i++) {
        hp_stack stack = other->stacks[i];

        stack.function = ids[stack.function];
        if (stack.caller != HP_NO_STACK)
            stack.caller = stacks[stack.caller];
        stacks[i] = hp_insert_stack(profile, stack);
        add_spread(hp_row_costs(profile, &profile->stack_table, stacks[i]),
                   hp_row_costs(other, &other->stack_table, i), place, width);
    }
    for (size_t i = 0; i < other->input_count; i++) {
        hp_insert_input(profile, &other->inputs[i].input);
        for (size_t k = 0; k < hp_profile_info_count(other, i); k++)
            hp_insert_info(profile, hp_profile_info(other, i, k));
    }
    free(ids);
    free(stacks);
    return HP_OK;
}

hp_status hp_profile_adopt(hp_profile *profile, hp_profile *fresh, hp_error *error)
{
    if (profile->input_count || profile->function_table.count)
        return hp_profile_merge(profile, fresh, error);

    hp_profile empty = *profile;

    *profile = *fresh;
    *fresh = empty;
    return HP_OK;
}
