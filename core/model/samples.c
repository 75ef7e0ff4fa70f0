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
    size_t count = profile->function_table.count + profile->line_table.count + samples->site_count;

    return count < samples->row_limit
               ? HP_OK
               : hp_error_set(error, HP_LIMIT, 0,
                              "has more than %zu distinct functions, lines and calls, which is too "
                              "many for its size",
                              samples->row_limit);
}

hp_status hp_samples_check_depth(const hp_samples *samples, size_t depth, hp_error *error)
{
    return depth <= samples->row_limit
               ? HP_OK
               : hp_error_set(error, HP_LIMIT, 0,
                              "has a call stack of more than %zu frames, which is too many for its "
                              "size",
                              samples->row_limit);
}

/* A call site: its number, and its costs. */
static uint64_t *site_at(const hp_samples *samples, size_t site)
{
    return samples->sites + site * (1 + samples->profile->event_count);
}

static uint64_t site_key(hp_frame caller, hp_function_id callee)
{
    return (uint64_t)caller << 32 | callee;
}

/* Half of the finaliser of MurmurHash3, which is good enough for two small numbers. */
static uint32_t site_hash(const hp_samples *samples, uint64_t key)
{
    key = (key ^ samples->site_seed) * 0xff51afd7ed558ccdu;
    key = (key ^ key >> 32) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(key >> 32);
}

static hp_status add_site(hp_samples *samples, uint64_t key, uint32_t hash, hp_error *error)
{
    size_t width = 1 + samples->profile->event_count;

    if (check_rows(samples, error) != HP_OK)
        return HP_LIMIT;
    if (!hp_index_reserve(&samples->site_index, 1) ||
        !hp_array_reserve(&samples->sites, &samples->site_capacity, samples->site_count + 1,
                          width * sizeof *samples->sites))
        return hp_no_memory(error);
    hp_index_add(&samples->site_index, hash, (uint32_t)samples->site_count);
    memset(site_at(samples, samples->site_count), 0, width * sizeof *samples->sites);
    *site_at(samples, samples->site_count++) = key;
    return HP_OK;
}

/* The site of a call that a frame makes. */
static inline hp_status find_site(hp_samples *samples, hp_frame caller, hp_function_id callee,
                                  uint32_t hash, uint32_t *site, hp_error *error)
{
    uint64_t key = site_key(caller, callee);
    size_t probe = 0;

    while ((*site = hp_index_next(&samples->site_index, hash, &probe)) != HP_NO_ROW)
        if (*site_at(samples, *site) == key)
            return HP_OK;
    *site = (uint32_t)samples->site_count;
    return add_site(samples, key, hash, error);
}

static struct hp_samples_entry entry_of(const hp_samples *samples, hp_frame frame)
{
    return (struct hp_samples_entry){.frame = frame,
                                     .function = samples->profile->lines[frame].function};
}

/* Puts the entry behind the top of the stack on it. */
static inline hp_status push(hp_samples *samples, hp_error *error)
{
    struct hp_samples_entry *entry = &samples->path[samples->depth];
    hp_status status = HP_OK;

    if (samples->stacks)
        status = find_stack(samples, samples->profile->lines[entry->frame], &entry->stack, error);
    if (status != HP_OK)
        return status;
    samples->active[entry->function]++;
    samples->depth++;
    return HP_OK;
}

static hp_status push_bottom(hp_samples *samples, hp_error *error)
{
    samples->path[0] = entry_of(samples, samples->bottom);
    return push(samples, error);
}

/* Where a site is looked for first. */
static inline const struct hp_index_slot *site_slot(const hp_samples *samples, uint32_t hash)
{
    return &samples->site_index.slots[hash & (samples->site_index.capacity - 1)];
}

/* Stacks that are unlike those before need memory that is far away: all of it is asked for before
 * any of it is used. */
static hp_status push_all(hp_samples *samples, const hp_frame *frames, size_t count,
                          hp_error *error)
{
    struct hp_samples_entry *entry = &samples->path[samples->depth], *caller = entry - 1;
    hp_status status = HP_OK;

    for (size_t i = 0; i < count; i++) {
        entry[i] = entry_of(samples, frames[i]);
        entry[i].site = site_hash(samples, site_key(caller[i].frame, entry[i].function));
        __builtin_prefetch(site_slot(samples, entry[i].site));
    }
    for (size_t i = 0; i < count; i++) {
        const struct hp_index_slot *slot = site_slot(samples, entry[i].site);

        if (slot->row && slot->hash == entry[i].site)
            __builtin_prefetch(site_at(samples, slot->row - 1), 1);
    }
    for (size_t i = 0; status == HP_OK && i < count; i++) {
        status = find_site(samples, caller[i].frame, entry[i].function, entry[i].site,
                           &entry[i].site, error);
        if (status == HP_OK)
            status = push(samples, error);
    }
    return status;
}

/* No sum is larger than the total, which fits. */
static inline void add(uint64_t *sums, const uint64_t *weights, size_t width)
{
    for (size_t e = 0; e < width; e++)
        sums[e] += weights[e];
}

/* Leaves no more than that many frames on the stack, at least one. */
static void pop_to(hp_samples *samples, size_t depth)
{
    const hp_samples was = *samples; /* a sum cannot change it, as the compiler sees */
    size_t width = was.profile->event_count;

    if (was.depth <= depth)
        return;
    for (size_t i = was.depth - 1; i >= depth; i--) {
        const struct hp_samples_entry *entry = &was.path[i];
        const uint64_t *weights = weights_at(&was, i);

        if (--was.active[entry->function] == 0)
            add(site_at(&was, entry->site) + 1, weights, width);
        add(weights_at(&was, i - 1), weights, width);
    }
    samples->depth = depth;
}

/* --- Samples -------------------------------------------------------------------------------- */

hp_status hp_samples_start(hp_samples *samples, hp_profile *profile, bool stacks, size_t row_limit,
                           hp_error *error)
{
    hp_function_id interpreter;
    hp_status status;

    *samples =
        (hp_samples){.profile = profile,
                     .stacks = stacks,
                     .stack_limit = row_limit < HP_STACKS_MAX / 2 ? 2 * row_limit : HP_STACKS_MAX,
                     .row_limit = row_limit,
                     .site_seed = hp_hash_numbers(0, 0, 0)};
    if (!hp_index_reserve(&samples->site_index, 1))
        return hp_no_memory(error);
    status = hp_profile_add_interpreter(profile, &interpreter, error);
    return status == HP_OK ? hp_samples_frame(samples, interpreter, 0, &samples->bottom, error)
                           : status;
}

void hp_samples_free(hp_samples *samples)
{
    free(samples->path);
    free(samples->weights);
    free(samples->active);
    free(samples->sites);
    hp_index_free(&samples->site_index);
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
    if (hp_samples_check_depth(samples, kept + count, error) != HP_OK)
        return HP_LIMIT;
    if (!hp_array_reserve(&samples->path, &samples->capacity, kept + 1 + count,
                          sizeof *samples->path) ||
        !hp_array_reserve(&samples->weights, &samples->weight_capacity, (kept + 1 + count) * width,
                          sizeof *samples->weights))
        return hp_no_memory(error);
    pop_to(samples, kept + 1);
    if (width)
        memset(weights_at(samples, samples->depth), 0,
               (kept + 1 + count - samples->depth) * width * sizeof *samples->weights);
    if (samples->depth == 0)
        status = push_bottom(samples, error);
    if (status == HP_OK)
        status = push_all(samples, frames, count, error);
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

hp_status hp_samples_finish(hp_samples *samples, hp_error *error)
{
    hp_profile *profile = samples->profile;
    size_t width = profile->event_count;

    pop_to(samples, 1);
    if (samples->depth)
        add(hp_inclusive_costs(profile, samples->path[0].function), profile->total, width);
    hp_index_free(&samples->site_index);
    if (!hp_reserve_new_rows(profile, HP_CALL_TABLE, samples->site_count))
        return hp_no_memory(error);
    for (size_t i = 0; i < samples->site_count; i++) {
        const uint64_t *site = site_at(samples, i);
        hp_line caller = profile->lines[*site >> 32];
        hp_function_id id = (uint32_t)*site;
        const hp_call call = {.caller = caller.function, .callee = id, .line = caller.line};
        hp_function *callee = &profile->functions[id];
        uint32_t row = hp_append_call(profile, call);

        profile->calls[row].count = callee->calls = callee->primitive = HP_UNKNOWN;
        add(hp_row_costs(profile, &profile->call_table, row), site + 1, width);
        add(hp_inclusive_costs(profile, id), site + 1, width);
    }
    return HP_OK;
}
