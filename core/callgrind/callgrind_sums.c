// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_sums.h"

#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>

void hp_callgrind_sums_start(hp_callgrind_sums *sums, hp_profile *profile, const hp_scan *scan,
                             size_t room)
{
    memset(sums, 0, sizeof *sums);
    sums->profile = profile;
    sums->scan = scan;
    sums->room = room;
    sums->line.function = HP_NO_FUNCTION;
}

void hp_callgrind_sums_free(hp_callgrind_sums *sums)
{
    free(sums->told);
    free(sums->moves);
}

static void add(uint64_t *sums, const uint64_t *costs, size_t count)
{
    for (size_t e = 0; e < count; e++)
        sums[e] += costs[e];
}

static bool can_add(const uint64_t *sums, const uint64_t *costs, size_t count)
{
    for (size_t e = 0; e < count; e++)
        if (costs[e] > UINT64_MAX - sums[e])
            return false;
    return true;
}

/* Known numbers of calls must not add up to what reads as an unknown one. */
static bool can_count(uint64_t sum, uint64_t count)
{
    return sum == HP_UNKNOWN || count == HP_UNKNOWN || hp_add_counts(sum, count) != HP_UNKNOWN;
}

/* Few costs of very many events would take far more memory than their text does. */
static bool has_room(hp_callgrind_sums *sums, const char *start)
{
    const hp_profile *profile = sums->profile;
    size_t rows =
        2 * profile->function_table.count + profile->line_table.count + profile->call_table.count;

    if (rows * profile->event_count <= sums->room)
        return true;
    sums->exhausted = true;
    return hp_scan_corrupt(sums->scan, start, "fewer costs, as there are so many events");
}

/* A row for the line, which may have others that were not met lately; HP_NO_ROW without memory. */
static uint32_t find_line(hp_callgrind_sums *sums)
{
    struct hp_callgrind_recent *recent = &sums->recent[sums->line.line % HP_CALLGRIND_RECENT];

    if (recent->row == 0 || recent->line.line != sums->line.line ||
        recent->line.function != sums->line.function) {
        if (!hp_reserve_new_rows(sums->profile, HP_LINE_TABLE, 1))
            return HP_NO_ROW;
        recent->line = sums->line;
        recent->row = hp_append_line(sums->profile, sums->line) + 1;
    }
    return recent->row - 1;
}

/* The total, which is no less than any sum of self costs, has them already. */
static bool flush(hp_callgrind_sums *sums)
{
    hp_profile *profile = sums->profile;
    size_t events = profile->event_count;
    uint32_t row;

    if (!sums->gathered)
        return true;
    row = find_line(sums);
    if (row == HP_NO_ROW)
        return hp_scan_no_memory(sums->scan);
    add(hp_row_costs(profile, &profile->line_table, row), sums->self, events);
    add(hp_function_costs(profile, sums->line.function), sums->self, events);
    memset(sums->self, 0, events * sizeof *sums->self);
    sums->gathered = false;
    return true;
}

bool hp_callgrind_add_self(hp_callgrind_sums *sums, const char *start, hp_line line,
                           const uint64_t *costs)
{
    uint64_t *total = sums->profile->total, any = 0;
    size_t events = sums->profile->event_count;

    if (!can_add(total, costs, events))
        return hp_scan_corrupt(sums->scan, start, "costs whose sum fits into 64 bits");
    if (sums->line.line != line.line || sums->line.function != line.function) {
        if (!flush(sums) || !has_room(sums, start))
            return false;
        sums->line = line;
    }
    for (size_t e = 0; e < events; e++) {
        any |= costs[e];
        sums->self[e] += costs[e];
        total[e] += costs[e];
    }
    sums->gathered = sums->gathered || any;
    return true;
}

/* Appends rows as long as all sums are sure to fit, which sorting joins. */
static bool find_call(hp_callgrind_sums *sums, hp_call call, const uint64_t *costs, uint32_t *row)
{
    hp_profile *profile = sums->profile;

    if (!sums->joined && (!can_count(sums->calls, call.count) ||
                          !can_add(sums->inclusive, costs, profile->event_count))) {
        if (!hp_join_calls(profile))
            return false;
        sums->joined = true;
    }
    if (sums->joined ? !hp_reserve_rows(profile, HP_CALL_TABLE, 1)
                     : !hp_reserve_new_rows(profile, HP_CALL_TABLE, 1))
        return false;
    *row = sums->joined ? hp_insert_call(profile, call) : hp_append_call(profile, call);
    return true;
}

bool hp_callgrind_add_call(hp_callgrind_sums *sums, const char *start, hp_call call,
                           const uint64_t *costs)
{
    hp_profile *profile = sums->profile;
    size_t events = profile->event_count;
    uint64_t *sum, *count;
    uint32_t row;

    if (!find_call(sums, call, costs, &row))
        return hp_scan_no_memory(sums->scan);
    sum = hp_row_costs(profile, &profile->call_table, row);
    count = &profile->calls[row].count;
    if (!can_count(*count, call.count))
        return hp_scan_corrupt(sums->scan, start, "calls whose sum fits into 64 bits");
    if (!can_add(sum, costs, events))
        return hp_scan_corrupt(sums->scan, start, "costs of calls whose sum fits into 64 bits");
    if (!sums->joined) {
        add(sums->inclusive, costs, events);
        sums->calls += call.count == HP_UNKNOWN ? 0 : call.count;
    }
    *count = hp_add_counts(*count, call.count);
    add(sum, costs, events);
    return has_room(sums, start);
}

bool hp_callgrind_add_told(hp_callgrind_sums *sums, const char *start, hp_function_id id,
                           uint64_t calls, uint64_t primitive, const uint64_t *inclusive)
{
    hp_profile *profile = sums->profile;
    hp_function *function = &profile->functions[id];
    size_t had = sums->told_capacity, events = profile->event_count;
    uint64_t *sum = hp_inclusive_costs(profile, id);

    if (!hp_array_reserve(&sums->told, &sums->told_capacity, id + (size_t)1, sizeof(bool)))
        return hp_scan_no_memory(sums->scan);
    memset(sums->told + had, 0, (sums->told_capacity - had) * sizeof(bool));
    if (!can_count(function->calls, calls) || !can_count(function->primitive, primitive) ||
        !can_add(sum, inclusive, events))
        return hp_scan_corrupt(sums->scan, start, "calls and costs whose sums fit into 64 bits");
    sums->told[id] = true;
    function->calls = hp_add_counts(function->calls, calls);
    function->primitive = hp_add_counts(function->primitive, primitive);
    add(sum, inclusive, events);
    return true;
}

bool hp_callgrind_move_calls(hp_callgrind_sums *sums, hp_function_id from, hp_function_id to)
{
    if (!hp_array_reserve(&sums->moves, &sums->move_capacity, sums->move_count + 1,
                          sizeof *sums->moves))
        return hp_scan_no_memory(sums->scan);
    sums->moves[sums->move_count++] = (struct hp_callgrind_move){from, to};
    return true;
}

/* --- The end of a part ---------------------------------------------------------------------- */

/* A function may move more than once: backwards, each move knows where the next one led to. Rows
 * that were joined stay as they are: their sums may not fit once they are equal. */
static bool move_calls(hp_callgrind_sums *sums)
{
    hp_profile *profile = sums->profile;
    size_t functions = profile->function_table.count;
    hp_function_id *places;

    if (sums->move_count == 0 || sums->joined)
        return true;
    places = malloc(functions * sizeof *places);
    if (!places)
        return false;
    for (hp_function_id id = 0; id < functions; id++)
        places[id] = id;
    for (size_t m = sums->move_count; m-- > 0;)
        places[sums->moves[m].from] = places[sums->moves[m].to];
    for (size_t i = 0; i < profile->call_table.count; i++)
        profile->calls[i].callee = places[profile->calls[i].callee];
    free(places);
    return true;
}

static bool is_told(const hp_callgrind_sums *sums, hp_function_id id)
{
    return id < sums->told_capacity && sums->told[id];
}

static void add_up_to_max(uint64_t *sums, const uint64_t *costs, size_t count)
{
    for (size_t e = 0; e < count; e++)
        sums[e] = hp_add_counts(sums[e], costs[e]);
}

/* Sums of what the file counts stay known numbers. */
static void count_calls(uint64_t *sum, uint64_t count)
{
    *sum = can_count(*sum, count) ? hp_add_counts(*sum, count) : HP_UNKNOWN - 1;
}

static void count_all_calls(const hp_callgrind_sums *sums, uint64_t *counts)
{
    const hp_profile *profile = sums->profile;

    for (size_t i = 0; i < profile->call_table.count; i++) {
        const hp_call *call = &profile->calls[i];
        hp_function *callee = &profile->functions[call->callee];

        count_calls(&counts[call->callee], call->count);
        if (is_told(sums, call->callee))
            continue;
        count_calls(&callee->calls, call->count);
        if (call->caller != call->callee)
            count_calls(&callee->primitive, call->count);
    }
}

/* Adds to costs, which are 0, the calls of each function by others or, if it was not called, its
 * own cost and its calls of others. */
static void add_calls(const hp_callgrind_sums *sums, const uint64_t *counts, uint64_t *costs)
{
    const hp_profile *profile = sums->profile;
    size_t events = profile->event_count;

    for (size_t i = 0; i < profile->call_table.count; i++) {
        const hp_call *call = &profile->calls[i];
        const uint64_t *inclusive = hp_row_costs(profile, &profile->call_table, i);

        if (call->caller == call->callee)
            continue;
        if (counts[call->callee])
            add_up_to_max(costs + call->callee * events, inclusive, events);
        if (!counts[call->caller])
            add_up_to_max(costs + call->caller * events, inclusive, events);
    }
    for (hp_function_id id = 0; id < profile->function_table.count; id++)
        if (!counts[id])
            add_up_to_max(costs + id * events, hp_function_costs(profile, id), events);
}

bool hp_callgrind_sums_finish(hp_callgrind_sums *sums)
{
    hp_profile *profile = sums->profile;
    size_t functions = profile->function_table.count, events = profile->event_count;
    uint64_t *costs = calloc(functions * events + 1, sizeof *costs);
    uint64_t *counts = calloc(functions + 1, sizeof *counts);
    bool whole = costs && counts && flush(sums) && move_calls(sums);

    if (whole) {
        count_all_calls(sums, counts);
        add_calls(sums, counts, costs);
        for (hp_function_id id = 0; id < functions && events; id++)
            if (!is_told(sums, id))
                memcpy(hp_inclusive_costs(profile, id), costs + id * events,
                       events * sizeof *costs);
    }
    free(costs);
    free(counts);
    return whole || hp_scan_no_memory(sums->scan);
}
