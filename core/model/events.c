// SPDX-License-Identifier: MIT
#include "model/events.h"

#include <assert.h>
#include <stdlib.h>

size_t hp_find_event(const hp_event *events, size_t count, const char *name)
{
    size_t e = 0;

    while (e < count && strcmp(events[e].name, name) != 0)
        e++;
    return e;
}

/* --- The canonical order -------------------------------------------------------------------- */

/* The events of Python profiles. */
static const hp_event own_events[] = {
    {"Time", HP_NANOSECONDS}, {"Ticks", HP_TICKS}, {"Samples", HP_SAMPLES}, {"Hits", HP_COUNT}};
enum { TIME, TICKS, SAMPLES, HITS, FOREIGN };

/* The events of Valgrind's tools, as these order them. */
static const char *const valgrind_events[] = {
    "Ir",   "Dr",   "Dw", "I1mr", "D1mr", "D1mw", "I2mr", "D2mr",     "D2mw",    "ILmr",
    "DLmr", "DLmw", "Bc", "Bcm",  "Bi",   "Bim",  "Ge",   "sysCount", "sysTime", "sysCpuTime"};
enum { VALGRIND_EVENTS = sizeof valgrind_events / sizeof *valgrind_events };

static unsigned own_rank(const hp_event *event)
{
    unsigned rank = TIME;

    while (rank < FOREIGN && (strcmp(event->name, own_events[rank].name) != 0 ||
                              event->unit != own_events[rank].unit))
        rank++;
    return rank;
}

static unsigned rank_of(const hp_event *event)
{
    unsigned rank = own_rank(event);

    if (rank == FOREIGN)
        while (rank - FOREIGN < VALGRIND_EVENTS &&
               strcmp(event->name, valgrind_events[rank - FOREIGN]) != 0)
            rank++;
    return rank;
}

static int compare_events(const void *a, const void *b)
{
    const hp_event *one = a, *two = b;
    unsigned rank = rank_of(one), other = rank_of(two);

    return rank != other ? (rank > other) - (rank < other) : strcmp(one->name, two->name);
}

/* --- The events of two profiles ------------------------------------------------------------ */

/* Whether profiles of which one has these kinds of events, and the other those, can be added up. */
static bool go_together(const bool *one, const bool *two)
{
    bool own = two[TIME] || two[TICKS] || two[SAMPLES] || two[HITS];

    if (one[TIME] && two[TICKS])
        return false;
    /* Samples of an unknown time would count as none. */
    if (one[SAMPLES] && !one[TIME] && !one[TICKS] && (two[TIME] || two[TICKS]))
        return false;
    return !one[FOREIGN] || two[FOREIGN] || !own;
}

static bool same_events(const hp_profile *profile, const hp_profile *other)
{
    bool same = profile->event_count == other->event_count;

    for (size_t e = 0; same && e < profile->event_count; e++)
        same = strcmp(profile->events[e].name, other->events[e].name) == 0;
    return same;
}

/* The length of the ticks of dumps, 0 if it is not known. */
static unsigned tick_digits(const hp_profile *profile)
{
    unsigned digits = 0;

    for (size_t i = 0; i < profile->input_count && digits == 0; i++)
        digits = profile->inputs[i].input.tick_digits;
    return digits;
}

hp_status hp_union_events(const hp_profile *profile, const hp_profile *other, hp_event *events,
                          size_t *count, hp_error *error)
{
    const hp_profile *const both[] = {profile, other};
    unsigned digits = tick_digits(profile), other_digits = tick_digits(other);
    bool has[2][FOREIGN + 1] = {{false}};
    bool together = digits == 0 || other_digits == 0 || digits == other_digits;

    *count = 0;
    for (size_t p = 0; p < 2; p++)
        for (size_t e = 0; e < both[p]->event_count; e++) {
            hp_event event = both[p]->events[e];
            size_t at = hp_find_event(events, *count, event.name);

            has[p][own_rank(&event)] = true;
            if (at < *count) {
                together = together && events[at].unit == event.unit;
                continue;
            }
            if (*count == HP_EVENTS_MAX)
                return hp_error_set(error, HP_LIMIT, 0, "more than %d events", HP_EVENTS_MAX);
            events[(*count)++] = event;
        }
    if (!together || !go_together(has[0], has[1]) || !go_together(has[1], has[0]))
        return hp_error_set(error, HP_MISMATCH, 0, "counts %s, which do not go with the %s of %s",
                            other->events[0].name, profile->events[0].name,
                            profile->input_count ? profile->inputs[0].input.name : "the profile");
    if (profile->event_count && other->event_count && !same_events(profile, other))
        qsort(events, *count, sizeof *events, compare_events);
    return HP_OK;
}

/* --- Changing the events of a profile ------------------------------------------------------- */

/* Spreads costs over a larger set of events: place[e] is where event e goes. */
static void spread(const uint64_t *costs, size_t count, const size_t *place, uint64_t *wide,
                   size_t wide_count)
{
    memset(wide, 0, wide_count * sizeof *wide);
    for (size_t e = 0; e < count; e++)
        wide[place[e]] = costs[e];
}

/* The costs of a table, spread, in a new array. NULL without memory. */
static uint64_t *spread_table(const hp_profile *profile, enum hp_table_name name,
                              const size_t *place, size_t wide_count)
{
    const struct hp_table *table = hp_table_in(profile, name);
    size_t vectors = hp_table_types[name].vectors, width = profile->event_count;
    uint64_t *wide = calloc(table->item_capacity * vectors * wide_count + 1, sizeof *wide);

    for (size_t i = 0; wide && width && i < table->count * vectors; i++)
        spread(table->costs + i * width, width, place, wide + i * wide_count, wide_count);
    return wide;
}

bool hp_spread_events(hp_profile *profile, const hp_event *events, size_t count)
{
    uint64_t *costs[HP_TABLE_COUNT], *total = calloc(count + 1, sizeof *total);
    hp_event *copy = calloc(count + 1, sizeof *copy);
    size_t place[HP_EVENTS_MAX];
    bool whole = total && copy;

    for (size_t e = 0; e < profile->event_count; e++)
        place[e] = hp_find_event(events, count, profile->events[e].name);
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++) {
        costs[t] = spread_table(profile, t, place, count);
        whole = whole && costs[t];
    }
    if (!whole) {
        for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++)
            free(costs[t]);
        free(total);
        free(copy);
        return false;
    }
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++) {
        struct hp_table *table = hp_table_of(profile, t);

        free(table->costs);
        table->costs = costs[t];
        table->cost_capacity = table->item_capacity;
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

    if (count > HP_EVENTS_MAX)
        return hp_error_set(error, HP_LIMIT, 0, "more than %d events", HP_EVENTS_MAX);
    assert(profile->event_count == 0);
    for (size_t e = 0; e < count; e++) {
        assert(hp_find_event(events, count, events[e].name) == e);
        bytes += strlen(events[e].name);
    }
    if (!hp_reserve_strings(profile, count, bytes) || !hp_spread_events(profile, events, count))
        return hp_no_memory(error);
    return HP_OK;
}
