// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_sums.h"

#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>

void hp_callgrind_sums_start(hp_callgrind_sums *sums, hp_profile *profile, const hp_scan *scan)
{
    sums->profile = profile;
    sums->scan = scan;
    sums->line.function = HP_NO_FUNCTION;
    sums->room = ((size_t)1 << 17) + 2 * (size_t)(scan->end - scan->data);
}

void hp_callgrind_sums_free(hp_callgrind_sums *sums)
{
    free(sums->told);
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

/* Few costs of very many events would take far more memory than their text does. */
static bool has_room(const hp_callgrind_sums *sums, const char *start)
{
    const hp_profile *profile = sums->profile;
    size_t rows =
        2 * profile->function_table.count + profile->line_table.count + profile->call_table.count;

    return rows * profile->event_count <= sums->room ||
           hp_scan_corrupt(sums->scan, start, "more costs, as there are so many events");
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

bool hp_callgrind_add_call(hp_callgrind_sums *sums, const char *start, hp_call call,
                           const uint64_t *costs)
{
    hp_profile *profile = sums->profile;
    size_t events = profile->event_count;
    uint32_t row;

    if (call.count != HP_UNKNOWN && call.count >= UINT64_MAX - sums->calls)
        return hp_scan_corrupt(sums->scan, start, "calls whose sum fits into 64 bits");
    if (!sums->joined && !can_add(sums->inclusive, costs, events)) {
        if (!hp_join_calls(profile))
            return hp_scan_no_memory(sums->scan);
        sums->joined = true;
    }
    if (!(sums->joined ? hp_reserve_rows(profile, HP_CALL_TABLE, 1)
                       : hp_reserve_new_rows(profile, HP_CALL_TABLE, 1)))
        return hp_scan_no_memory(sums->scan);
    row = sums->joined ? hp_insert_call(profile, call) : hp_append_call(profile, call);
    if (sums->joined && !can_add(hp_row_costs(profile, &profile->call_table, row), costs, events))
        return hp_scan_corrupt(sums->scan, start, "costs of calls whose sum fits into 64 bits");
    if (!sums->joined)
        add(sums->inclusive, costs, events);
    sums->calls += call.count != HP_UNKNOWN ? call.count : 0;
    profile->calls[row].count = hp_add_counts(profile->calls[row].count, call.count);
    add(hp_row_costs(profile, &profile->call_table, row), costs, events);
    return has_room(sums, start);
}

bool hp_callgrind_add_told(hp_callgrind_sums *sums, const char *start, hp_function_id id,
                           uint64_t calls, uint64_t primitive, const uint64_t *inclusive)
{
    hp_profile *profile = sums->profile;
    size_t had = sums->told_capacity, events = profile->event_count;
    uint64_t *sum = hp_function_costs(profile, id);
    hp_function *function = &profile->functions[id];

    if (events) /* else there may be no place */
        sum += events;
    if (!hp_array_reserve(&sums->told, &sums->told_capacity, id + (size_t)1, sizeof(bool)))
        return hp_scan_no_memory(sums->scan);
    memset(sums->told + had, 0, (sums->told_capacity - had) * sizeof(bool));
    if ((calls != HP_UNKNOWN && calls >= UINT64_MAX - sums->calls) ||
        !can_add(sum, inclusive, events))
        return hp_scan_corrupt(sums->scan, start, "calls and costs whose sums fit into 64 bits");
    sums->told[id] = true;
    sums->calls += calls != HP_UNKNOWN ? calls : 0;
    function->calls = hp_add_counts(function->calls, calls);
    function->primitive = hp_add_counts(function->primitive, primitive < calls ? primitive : calls);
    add(sum, inclusive, events);
    return true;
}

/* --- Inclusive costs ---------------------------------------------------------------------- */

static bool is_told(const hp_callgrind_sums *sums, hp_function_id id)
{
    return id < sums->told_capacity && sums->told[id];
}

static void add_up_to_max(uint64_t *sums, const uint64_t *costs, size_t count)
{
    for (size_t e = 0; e < count; e++)
        sums[e] = costs[e] > UINT64_MAX - sums[e] ? UINT64_MAX : sums[e] + costs[e];
}

/* Adds to costs, which are 0, the calls of each function by others, or else its calls of others;
 * called tells which. */
static void add_calls(const hp_callgrind_sums *sums, uint64_t *costs, bool *called)
{
    const hp_profile *profile = sums->profile;
    size_t events = profile->event_count, count = profile->call_table.count;

    for (size_t i = 0; i < count; i++)
        if (profile->calls[i].caller != profile->calls[i].callee)
            called[profile->calls[i].callee] = true;
    for (size_t i = 0; i < count; i++) {
        const hp_call *call = &profile->calls[i];
        const uint64_t *inclusive = hp_row_costs(profile, &profile->call_table, i);
        hp_function *callee = &profile->functions[call->callee];
        bool by_other = call->caller != call->callee;

        if (!is_told(sums, call->callee)) {
            callee->calls = hp_add_counts(callee->calls, call->count);
            callee->primitive = hp_add_counts(callee->primitive, by_other ? call->count : 0);
        }
        if (by_other)
            add_up_to_max(costs + call->callee * events, inclusive, events);
        if (by_other && !called[call->caller])
            add_up_to_max(costs + call->caller * events, inclusive, events);
    }
}

bool hp_callgrind_sums_finish(hp_callgrind_sums *sums)
{
    hp_profile *profile = sums->profile;
    size_t functions = profile->function_table.count, events = profile->event_count;
    uint64_t *costs = calloc(functions * events + 1, sizeof *costs);
    bool *called = calloc(functions + 1, sizeof *called), whole = costs && called && flush(sums);

    if (whole)
        add_calls(sums, costs, called);
    for (hp_function_id id = 0; whole && id < functions; id++)
        for (size_t e = 0; e < events; e++) {
            uint64_t *self = &hp_function_costs(profile, id)[e], *inclusive = self + events;
            uint64_t total = profile->total[e];

            if (is_told(sums, id)) /* as it was read, which need not fit the other numbers */
                continue;
            *inclusive = costs[id * events + e];
            if (!called[id])
                add_up_to_max(inclusive, self, 1);
            *inclusive = *inclusive < *self ? *self : *inclusive > total ? total : *inclusive;
        }
    free(costs);
    free(called);
    return whole || hp_scan_no_memory(sums->scan);
}
