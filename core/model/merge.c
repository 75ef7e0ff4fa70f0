// SPDX-License-Identifier: MIT
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

static size_t find_event(const hp_event *events, size_t count, const char *name)
{
    size_t e = 0;

    while (e < count && strcmp(events[e].name, name) != 0)
        e++;
    return e;
}

/* Ours come first, in this order; then those of other tools. */
static const hp_event own_events[] = {
    {"Time", HP_NANOSECONDS}, {"Ticks", HP_TICKS}, {"Hits", HP_COUNT}};
enum { TIME, TICKS, HITS, FOREIGN };

static unsigned event_rank(const hp_event *event)
{
    unsigned rank = TIME;

    while (rank < FOREIGN && (strcmp(event->name, own_events[rank].name) != 0 ||
                              event->unit != own_events[rank].unit))
        rank++;
    return rank;
}

static hp_status union_events(const hp_profile *profile, const hp_profile *other, hp_event *events,
                              size_t *count, hp_error *error)
{
    const hp_profile *const both[] = {profile, other};
    bool has[2][FOREIGN + 1] = {{false}}, differ = false;

    *count = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t e = 0; e < both[p]->event_count; e++) {
            hp_event event = both[p]->events[e];
            unsigned rank = event_rank(&event);
            size_t at;

            has[p][rank] = true;
            if ((at = find_event(events, *count, event.name)) < *count) {
                differ = differ || events[at].unit != event.unit;
                continue;
            }
            if (*count == HP_EVENTS_MAX)
                return hp_error_set(error, HP_LIMIT, 0, "more than %d events", HP_EVENTS_MAX);
            for (; at > 0 && event_rank(&events[at - 1]) > rank; at--)
                events[at] = events[at - 1];
            events[at] = event;
            ++*count;
        }
    for (size_t p = 0; p < 2; p++) {
        const bool *one = has[p], *two = has[!p];

        if (differ || (one[TIME] && two[TICKS]) ||
            (one[FOREIGN] && !two[FOREIGN] && (two[TIME] || two[TICKS] || two[HITS])))
            return hp_error_set(
                error, HP_MISMATCH, 0, "counts %s, which do not go with the %s of %s",
                other->events[0].name, profile->events[0].name,
                profile->input_count ? profile->inputs[0].input.name : "the profile");
    }
    return HP_OK;
}

/* Spreads costs of one set of events over a larger one: place[e] is where event e goes. */
static void spread(const uint64_t *costs, size_t count, const size_t *place, uint64_t *wide,
                   size_t wide_count)
{
    memset(wide, 0, wide_count * sizeof *wide);
    for (size_t e = 0; e < count; e++)
        wide[place[e]] = costs[e];
}

static uint64_t *widened(const struct hp_table *table, size_t vectors, const hp_profile *profile,
                         const size_t *place, size_t wide_count)
{
    size_t width = profile->event_count; /* 0: there are no costs yet, not even a place for them */
    uint64_t *wide = calloc(table->item_capacity * vectors * wide_count + 1, sizeof *wide);

    for (size_t i = 0; wide && width && i < table->count * vectors; i++)
        spread(table->costs + i * width, width, place, wide + i * wide_count, wide_count);
    return wide;
}

enum { TABLES = 4 };

bool hp_widen(hp_profile *profile, const hp_event *events, size_t count)
{
    struct hp_table *const tables[] = {&profile->function_table, &profile->line_table,
                                       &profile->call_table, &profile->stack_table};
    static const size_t vectors[TABLES] = {2, 1, 1, 1};
    uint64_t *costs[TABLES], *total = calloc(count + 1, sizeof *total);
    hp_event *copy = calloc(count + 1, sizeof *copy);
    size_t place[HP_EVENTS_MAX];
    bool whole = total && copy;

    for (size_t e = 0; e < profile->event_count; e++)
        place[e] = find_event(events, count, profile->events[e].name);
    for (size_t t = 0; t < TABLES; t++) {
        costs[t] = widened(tables[t], vectors[t], profile, place, count);
        whole = whole && costs[t];
    }
    if (!whole) {
        for (size_t t = 0; t < TABLES; t++)
            free(costs[t]);
        free(total);
        free(copy);
        return false;
    }
    for (size_t t = 0; t < TABLES; t++) {
        free(tables[t]->costs);
        tables[t]->costs = costs[t];
        tables[t]->cost_capacity = tables[t]->item_capacity;
    }
    spread(profile->total, profile->event_count, place, total, count);
    for (size_t e = 0; e < count; e++)
        copy[e] = (hp_event){hp_intern(profile, hp_text(events[e].name)).data, events[e].unit};
    free(profile->events);
    free(profile->total);
    profile->events = copy;
    profile->total = total;
    profile->event_count = count;
    return true;
}

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
    hp_status status = union_events(profile, other, events, &count, error);
    hp_function_id *ids;
    uint32_t *stacks;

    if (status != HP_OK)
        return status;
    if (profile->bound > UINT64_MAX - other->bound)
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
        place[e] = find_event(events, count, other->events[e].name);

    profile->bound += other->bound;
    add_spread(profile->total, other->total, place, width);
    for (hp_function_id i = 0; i < other->function_table.count; i++) {
        ids[i] = hp_insert_function(profile, &other->functions[i]);
        profile->functions[ids[i]].calls += other->functions[i].calls;
        profile->functions[ids[i]].primitive += other->functions[i].primitive;
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
        profile->calls[row].count += call.count;
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
