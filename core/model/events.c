// SPDX-License-Identifier: MIT
#include "model/events.h"

#include <stdlib.h>

size_t hp_find_event(const hp_event *events, size_t count, const char *name)
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

hp_status hp_union_events(const hp_profile *profile, const hp_profile *other, hp_event *events,
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
            if ((at = hp_find_event(events, *count, event.name)) < *count) {
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
        place[e] = hp_find_event(events, count, profile->events[e].name);
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

hp_status hp_profile_set_events(hp_profile *profile, const hp_event *events, size_t count,
                                hp_error *error)
{
    size_t bytes = 0;

    for (size_t e = 0; e < count; e++)
        bytes += strlen(events[e].name);
    if (!hp_reserve_strings(profile, count, bytes) || !hp_widen(profile, events, count))
        return hp_no_memory(error);
    return HP_OK;
}
