// SPDX-License-Identifier: MIT
#include "model/samples.h"

#include "model/array.h"
#include "model/profile.h"

#include <assert.h>
#include <stdlib.h>

/* --- The stack ------------------------------------------------------------------------------ */

static uint64_t *weights_at(const hp_samples *samples, size_t depth)
{
    size_t at = depth * samples->profile->event_count;

    return at ? samples->weights + at : samples->weights;
}

/* The row of a stack on top of the innermost frame's. */
static hp_status find_stack(const hp_samples *samples, hp_line at, uint32_t *row, hp_error *error)
{
    hp_profile *profile = samples->profile;
    const hp_stack stack = {.function = at.function,
                            .caller = samples->depth ? samples->path[samples->depth - 1].stack
                                                     : HP_NO_STACK,
                            .line = at.line};

    *row = hp_find_stack(profile, stack);
    if (*row != HP_NO_ROW)
        return HP_OK;
    if (profile->stack_table.count >= samples->stack_limit)
        return hp_error_set(error, HP_LIMIT, 0, "has more than %zu distinct call stacks",
                            samples->stack_limit);
    if (!hp_reserve_rows(profile, HP_STACK_TABLE, 1))
        return hp_no_memory(error);
    *row = hp_insert_stack(profile, stack);
    return HP_OK;
}

static hp_status check_rows(const hp_samples *samples, hp_error *error)
{
    const hp_profile *profile = samples->profile;
    size_t count =
        profile->function_table.count + profile->line_table.count + profile->call_table.count;

    return count < samples->row_limit
               ? HP_OK
               : hp_error_set(error, HP_LIMIT, 0,
                              "has more than %zu distinct functions, lines and calls, which is too "
                              "many for its size",
                              samples->row_limit);
}

/* The row of a call that the innermost frame makes. */
static hp_status find_call(const hp_samples *samples, hp_function_id callee, uint32_t *row,
                           hp_error *error)
{
    hp_profile *profile = samples->profile;
    hp_line caller = profile->lines[samples->path[samples->depth - 1].frame];
    const hp_call call = {.caller = caller.function, .callee = callee, .line = caller.line};

    *row = hp_find_call(profile, &call);
    if (*row != HP_NO_ROW)
        return HP_OK;
    if (check_rows(samples, error) != HP_OK)
        return HP_LIMIT;
    if (!hp_reserve_rows(profile, HP_CALL_TABLE, 1))
        return hp_no_memory(error);
    *row = hp_insert_call(profile, call);
    profile->calls[*row].count = HP_UNKNOWN;
    return HP_OK;
}

static hp_status push(hp_samples *samples, hp_frame frame, hp_error *error)
{
    struct hp_samples_entry entry = {.frame = frame};
    size_t width = samples->profile->event_count;
    hp_function_id function = samples->profile->lines[frame].function;
    hp_status status = HP_OK;

    if (!hp_array_reserve(&samples->path, &samples->capacity, samples->depth + 1,
                          sizeof *samples->path) ||
        !hp_array_reserve(&samples->weights, &samples->weight_capacity,
                          (samples->depth + 1) * width, sizeof *samples->weights))
        return hp_no_memory(error);
    if (samples->depth)
        status = find_call(samples, function, &entry.call, error);
    if (status == HP_OK && samples->stacks)
        status = find_stack(samples, samples->profile->lines[frame], &entry.stack, error);
    if (status != HP_OK)
        return status;
    if (width)
        memset(weights_at(samples, samples->depth), 0, width * sizeof *samples->weights);
    samples->active[function]++;
    samples->path[samples->depth++] = entry;
    return HP_OK;
}

/* No sum is larger than the total, which fits. */
static void add(uint64_t *sums, const uint64_t *weights, size_t width)
{
    for (size_t e = 0; e < width; e++)
        sums[e] += weights[e];
}

static void pop(hp_samples *samples)
{
    hp_profile *profile = samples->profile;
    const struct hp_samples_entry *entry = &samples->path[--samples->depth];
    const uint64_t *weights = weights_at(samples, samples->depth);
    hp_function_id function = profile->lines[entry->frame].function;
    size_t width = profile->event_count;

    if (--samples->active[function] == 0) {
        add(hp_inclusive_costs(profile, function), weights, width);
        if (samples->depth)
            add(hp_row_costs(profile, &profile->call_table, entry->call), weights, width);
    }
    if (samples->depth)
        add(weights_at(samples, samples->depth - 1), weights, width);
}

/* --- Samples -------------------------------------------------------------------------------- */

hp_status hp_samples_start(hp_samples *samples, hp_profile *profile, bool stacks, size_t row_limit,
                           hp_error *error)
{
    hp_function_id interpreter;
    hp_status status;

    *samples = (hp_samples){
        .profile = profile, .stacks = stacks, .stack_limit = HP_STACKS_MAX, .row_limit = row_limit};
    status = hp_profile_add_interpreter(profile, &interpreter, error);
    return status == HP_OK ? hp_samples_frame(samples, interpreter, 0, &samples->bottom, error)
                           : status;
}

void hp_samples_free(hp_samples *samples)
{
    free(samples->path);
    free(samples->weights);
    free(samples->active);
}

hp_status hp_samples_frame(hp_samples *samples, hp_function_id function, uint64_t line,
                           hp_frame *frame, hp_error *error)
{
    hp_profile *profile = samples->profile;
    hp_function *of = &profile->functions[function];
    size_t had = samples->active_capacity;

    assert(function < profile->function_table.count);
    if (check_rows(samples, error) != HP_OK)
        return HP_LIMIT;
    if (!hp_reserve_rows(profile, HP_LINE_TABLE, 1) ||
        !hp_array_reserve(&samples->active, &samples->active_capacity, (size_t)function + 1,
                          sizeof *samples->active))
        return hp_no_memory(error);
    if (had < samples->active_capacity)
        memset(samples->active + had, 0,
               (samples->active_capacity - had) * sizeof *samples->active);
    if (of->line_unknown && line && (of->line == 0 || line < of->line))
        of->line = line;
    *frame = hp_insert_line(profile, (hp_line){function, line});
    return HP_OK;
}

hp_status hp_samples_add(hp_samples *samples, size_t kept, const hp_frame *frames, size_t count,
                         const uint64_t *weights, hp_error *error)
{
    hp_profile *profile = samples->profile;
    size_t width = profile->event_count;
    const struct hp_samples_entry *top;
    hp_status status = HP_OK;

    assert(kept <= hp_samples_depth(samples));
    for (size_t e = 0; e < width; e++)
        if (weights[e] > UINT64_MAX - profile->total[e])
            return hp_overflow(error);
    while (samples->depth > kept + 1)
        pop(samples);
    if (samples->depth == 0)
        status = push(samples, samples->bottom, error);
    for (size_t i = 0; status == HP_OK && i < count; i++)
        status = push(samples, frames[i], error);
    if (status != HP_OK)
        return status;
    top = &samples->path[samples->depth - 1];
    add(profile->total, weights, width);
    add(hp_row_costs(profile, &profile->line_table, top->frame), weights, width);
    add(hp_function_costs(profile, profile->lines[top->frame].function), weights, width);
    add(weights_at(samples, samples->depth - 1), weights, width);
    if (samples->stacks)
        add(hp_row_costs(profile, &profile->stack_table, top->stack), weights, width);
    return HP_OK;
}

size_t hp_samples_depth(const hp_samples *samples)
{
    return samples->depth ? samples->depth - 1 : 0;
}

void hp_samples_finish(hp_samples *samples)
{
    hp_profile *profile = samples->profile;

    while (samples->depth)
        pop(samples);
    for (size_t i = 0; i < profile->call_table.count; i++) {
        hp_function *callee = &profile->functions[profile->calls[i].callee];

        callee->calls = callee->primitive = HP_UNKNOWN;
    }
}
