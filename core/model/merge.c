// SPDX-License-Identifier: MIT
#include "model/merge.h"

#include "model/events.h"
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

struct merge {
    hp_profile *profile;
    const hp_profile *other;
    uint32_t
        *rows[HP_TABLE_COUNT]; /* of the profile, for each row of the other; HP_NO_ROW: a new one */
    size_t place[HP_EVENTS_MAX]; /* of each of the other's events in the profile */
    bool inputs;                 /* those of the other are added, too */
};

/* --- Before anything is changed -------------------------------------------------------------- */

static uint32_t find_line(const struct merge *merge, hp_line line)
{
    line.function = merge->rows[HP_FUNCTION_TABLE][line.function];
    return line.function == HP_NO_FUNCTION ? HP_NO_ROW : hp_find_line(merge->profile, line);
}

static uint32_t find_call(const struct merge *merge, hp_call call)
{
    call.caller = merge->rows[HP_FUNCTION_TABLE][call.caller];
    call.callee = merge->rows[HP_FUNCTION_TABLE][call.callee];
    return call.caller == HP_NO_FUNCTION || call.callee == HP_NO_FUNCTION
               ? HP_NO_ROW
               : hp_find_call(merge->profile, &call);
}

static uint32_t find_stack(const struct merge *merge, hp_stack stack)
{
    stack.function = merge->rows[HP_FUNCTION_TABLE][stack.function];
    if (stack.function == HP_NO_FUNCTION)
        return HP_NO_ROW;
    if (stack.caller != HP_NO_STACK) {
        stack.caller = merge->rows[HP_STACK_TABLE][stack.caller];
        if (stack.caller == HP_NO_ROW)
            return HP_NO_ROW;
    }
    return hp_find_stack(merge->profile, stack);
}

/* The row of the profile that a row of the other is added to. */
static uint32_t find_row(const struct merge *merge, enum hp_table_name name, size_t i)
{
    hp_function key;

    switch (name) {
    case HP_FUNCTION_TABLE:
        key = hp_intern_function(merge->profile, &merge->other->functions[i]);
        return hp_find_function(merge->profile, &key);
    case HP_LINE_TABLE:
        return find_line(merge, merge->other->lines[i]);
    case HP_CALL_TABLE:
        return find_call(merge, merge->other->calls[i]);
    case HP_STACK_TABLE:
        return find_stack(merge, merge->other->stacks[i]);
    case HP_TABLE_COUNT:
        break;
    }
    return HP_NO_ROW;
}

/* Finds all rows, and makes room for the new ones and for all else. false without memory. */
static bool find_rows(struct merge *merge)
{
    hp_profile *profile = merge->profile;
    const hp_profile *other = merge->other;
    bool whole = hp_reserve_strings_of(profile, other);

    if (merge->inputs)
        whole = whole && hp_reserve_inputs(profile, other->input_count) &&
                hp_reserve_infos(profile, other->info_count);

    for (enum hp_table_name t = 0; whole && t < HP_TABLE_COUNT; t++) {
        size_t count = hp_table_in(other, t)->count, fresh = 0;

        merge->rows[t] = malloc((count + 1) * sizeof *merge->rows[t]);
        whole = merge->rows[t] && hp_reserve_rows(profile, t, 0);
        for (size_t i = 0; whole && i < count; i++) {
            merge->rows[t][i] = find_row(merge, t, i);
            fresh += merge->rows[t][i] == HP_NO_ROW;
        }
        whole = whole && hp_reserve_rows(profile, t, fresh);
    }
    return whole;
}

static bool counts_fit(uint64_t a, uint64_t b)
{
    return a == HP_UNKNOWN || b == HP_UNKNOWN || hp_add_counts(a, b) != HP_UNKNOWN;
}

/* from[e]: the profile's event that is the other's event e; event_count if it has none. */
static bool costs_fit(const struct merge *merge, const size_t *from, const uint64_t *sums,
                      const uint64_t *costs)
{
    for (size_t e = 0; e < merge->other->event_count; e++)
        if (from[e] < merge->profile->event_count && costs[e] > UINT64_MAX - sums[from[e]])
            return false;
    return true;
}

/* Whether all sums fit into 64 bits. */
static bool all_fits(const struct merge *merge)
{
    const hp_profile *profile = merge->profile, *other = merge->other;
    size_t from[HP_EVENTS_MAX];
    bool fits, costs = profile->event_count && other->event_count;

    for (size_t e = 0; e < other->event_count; e++)
        from[e] = hp_find_event(profile->events, profile->event_count, other->events[e].name);
    fits = costs_fit(merge, from, profile->total, other->total);
    for (enum hp_table_name t = 0; costs && t < HP_TABLE_COUNT; t++) {
        const struct hp_table *more = hp_table_in(other, t);
        const uint64_t *sums = hp_table_in(profile, t)->costs;
        size_t vectors = hp_table_types[t].vectors;

        for (size_t i = 0; fits && i < more->count; i++)
            for (size_t v = 0; fits && v < vectors && merge->rows[t][i] != HP_NO_ROW; v++)
                fits = costs_fit(merge, from,
                                 sums + (merge->rows[t][i] * vectors + v) * profile->event_count,
                                 more->costs + (i * vectors + v) * other->event_count);
    }
    for (size_t i = 0; fits && i < other->function_table.count; i++) {
        uint32_t row = merge->rows[HP_FUNCTION_TABLE][i];
        const hp_function *function = &other->functions[i];

        fits = row == HP_NO_ROW ||
               (counts_fit(profile->functions[row].calls, function->calls) &&
                counts_fit(profile->functions[row].primitive, function->primitive));
    }
    for (size_t i = 0; fits && i < other->call_table.count; i++) {
        uint32_t row = merge->rows[HP_CALL_TABLE][i];

        fits = row == HP_NO_ROW || counts_fit(profile->calls[row].count, other->calls[i].count);
    }
    return fits;
}

/* --- The merge itself ------------------------------------------------------------------------ */

static void add_costs(const struct merge *merge, uint64_t *sums, const uint64_t *costs)
{
    for (size_t e = 0; e < merge->other->event_count; e++)
        sums[merge->place[e]] += costs[e];
}

static void add_row(const struct merge *merge, enum hp_table_name name, size_t i, uint32_t row)
{
    size_t vectors = hp_table_types[name].vectors, width = merge->other->event_count;
    uint64_t *sums = hp_table_of(merge->profile, name)->costs;
    const uint64_t *costs = hp_table_in(merge->other, name)->costs;

    merge->rows[name][i] = row;
    for (size_t v = 0; width && v < vectors; v++)
        add_costs(merge, sums + (row * vectors + v) * merge->profile->event_count,
                  costs + (i * vectors + v) * width);
}

static void add_functions(const struct merge *merge)
{
    for (hp_function_id i = 0; i < merge->other->function_table.count; i++) {
        const hp_function *from = &merge->other->functions[i];
        hp_function_id id = merge->rows[HP_FUNCTION_TABLE][i];
        hp_function *to;

        if (id == HP_NO_FUNCTION)
            id = hp_insert_function(merge->profile, from);
        else
            hp_join_function(merge->profile, id, from);
        to = &merge->profile->functions[id];
        to->calls = hp_add_counts(to->calls, from->calls);
        to->primitive = hp_add_counts(to->primitive, from->primitive);
        add_row(merge, HP_FUNCTION_TABLE, i, id);
    }
}

static void add_lines(const struct merge *merge)
{
    for (size_t i = 0; i < merge->other->line_table.count; i++) {
        uint32_t row = merge->rows[HP_LINE_TABLE][i];
        hp_line line = merge->other->lines[i];

        line.function = merge->rows[HP_FUNCTION_TABLE][line.function];
        add_row(merge, HP_LINE_TABLE, i,
                row == HP_NO_ROW ? hp_insert_line(merge->profile, line) : row);
    }
}

static void add_calls(const struct merge *merge)
{
    for (size_t i = 0; i < merge->other->call_table.count; i++) {
        uint32_t row = merge->rows[HP_CALL_TABLE][i];
        hp_call call = merge->other->calls[i];
        hp_call *to;

        call.caller = merge->rows[HP_FUNCTION_TABLE][call.caller];
        call.callee = merge->rows[HP_FUNCTION_TABLE][call.callee];
        if (row == HP_NO_ROW)
            row = hp_insert_call(merge->profile, call);
        to = &merge->profile->calls[row];
        to->estimated |= call.estimated;
        to->count = hp_add_counts(to->count, call.count);
        add_row(merge, HP_CALL_TABLE, i, row);
    }
}

static void add_stacks(const struct merge *merge)
{
    for (size_t i = 0; i < merge->other->stack_table.count; i++) {
        uint32_t row = merge->rows[HP_STACK_TABLE][i];
        hp_stack stack = merge->other->stacks[i];

        stack.function = merge->rows[HP_FUNCTION_TABLE][stack.function];
        if (stack.caller != HP_NO_STACK)
            stack.caller = merge->rows[HP_STACK_TABLE][stack.caller];
        add_row(merge, HP_STACK_TABLE, i,
                row == HP_NO_ROW ? hp_insert_stack(merge->profile, stack) : row);
    }
}

static hp_status merge_two(struct merge *merge, hp_error *error)
{
    hp_profile *profile = merge->profile;
    const hp_profile *other = merge->other;
    hp_event events[HP_EVENTS_MAX];
    size_t count;
    hp_status status = hp_union_events(profile, other, events, &count, error);
    bool as_before = count == profile->event_count;

    if (status != HP_OK)
        return status;
    if (!find_rows(merge))
        return hp_no_memory(error);
    if (!all_fits(merge))
        return hp_overflow(error);
    for (size_t e = 0; as_before && e < count; e++)
        as_before = strcmp(events[e].name, profile->events[e].name) == 0;
    if (!as_before && !hp_spread_events(profile, events, count))
        return hp_no_memory(error);
    for (size_t e = 0; e < other->event_count; e++)
        merge->place[e] = hp_find_event(events, count, other->events[e].name);

    add_costs(merge, profile->total, other->total);
    add_functions(merge);
    add_lines(merge);
    add_calls(merge);
    add_stacks(merge);
    if (merge->inputs)
        hp_insert_inputs(profile, other);
    return HP_OK;
}

static hp_status merge_and_free(struct merge merge, hp_error *error)
{
    hp_status status = merge_two(&merge, error);

    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++)
        free(merge.rows[t]);
    return status;
}

hp_status hp_merge_numbers(hp_profile *profile, const hp_profile *other, hp_error *error)
{
    return merge_and_free((struct merge){.profile = profile, .other = other}, error);
}

/* A profile grows while the other is read. */
static hp_status merge_with_itself(hp_profile *profile, hp_error *error)
{
    hp_profile *copy = hp_profile_new();
    hp_status status = copy ? hp_profile_merge(copy, profile, error) : hp_no_memory(error);

    if (status == HP_OK)
        status = hp_profile_merge(profile, copy, error);
    hp_profile_free(copy);
    return status;
}

hp_status hp_profile_merge(hp_profile *profile, const hp_profile *other, hp_error *error)
{
    if (profile == other)
        return merge_with_itself(profile, error);
    return merge_and_free((struct merge){.profile = profile, .other = other, .inputs = true},
                          error);
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
