// SPDX-License-Identifier: MIT
/* Hiding functions: the self cost and the calls of a hidden function become those of its callers,
 * at the lines that call it. Each caller gets a share as large as the cost of its calls.
 *
 * A bundle holds what a hidden function passes on: the self cost of it and of all hidden functions
 * below it, and their calls of functions that stay. Bundles are made callees first. If hidden
 * functions call each other in a cycle, a call back to an outer one is part of the call of that
 * one. */
#include "filter/callers_first.h"
#include "filter/filter_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row of numbers has one cost for each event and then a count of calls. They are fractions, as
 * they are shared out. */
typedef struct cost_bundle {
    double *self;
    double *calls; /* a row for each callee */
    hp_function_id *callees;
    size_t callee_count;
} cost_bundle;

typedef struct hide_filter {
    const hp_profile *from;
    hp_profile *to;
    const bool *hidden;
    size_t functions, events;
    size_t *place;        /* in callers_first order, of each function */
    double *into;         /* a row for each function: the sum of the calls that hand it over */
    cost_bundle *bundles; /* of each hidden function */

    cost_bundle made; /* the current one, with room for all callees */
    size_t *row_of;   /* of each function, its row in made.calls plus one; 0: none */

    double handed[HP_EVENTS_MAX]; /* cost handed to callers so far, exactly */
    uint64_t given[HP_EVENTS_MAX],
        all[HP_EVENTS_MAX]; /* the same in whole numbers; and what it must come to */
    hp_line last;
    bool estimated; /* some call is estimated: then all calls that are handed over are */
} hide_filter;

/* Whether the callee is hidden and part of it goes to the caller. */
static bool hands_over(const hide_filter *hide, const hp_call *call)
{
    return hide->hidden[call->callee] && call->caller != call->callee &&
           (!hide->hidden[call->caller] || hide->place[call->caller] < hide->place[call->callee]);
}

/* A number of the row of a call site. An unknown count is infinite. */
static double number(const hide_filter *hide, size_t call, size_t column)
{
    uint64_t count = hp_profile_call(hide->from, call)->count;

    if (column < hide->events)
        return (double)hp_profile_call_inclusive(hide->from, call)[column];
    return count == HP_UNKNOWN ? INFINITY : (double)count;
}

/* The same as a weight: an unknown count weighs as much as one call. */
static double weight(const hide_filter *hide, size_t call, size_t column)
{
    double of = number(hide, call, column);

    return isinf(of) ? 1 : of;
}

/* The share of the callee that a call site gets, by cost, or by count if no call costs anything.
 * Counts are shared out like the first event. */
static double share(const hide_filter *hide, size_t call, size_t column)
{
    const double *into =
        &hide->into[hp_profile_call(hide->from, call)->callee * (hide->events + 1)];

    if (column == hide->events)
        column = 0;
    if (into[column] <= 0)
        column = hide->events;
    return into[column] > 0 ? weight(hide, call, column) / into[column] : 0;
}

/* --- Bundles ------------------------------------------------------------------------------- */

static double *row_of(hide_filter *hide, hp_function_id callee)
{
    size_t columns = hide->events + 1;

    if (hide->row_of[callee] == 0) {
        hide->made.callees[hide->made.callee_count++] = callee;
        hide->row_of[callee] = hide->made.callee_count;
        memset(&hide->made.calls[(hide->made.callee_count - 1) * columns], 0,
               columns * sizeof(double));
    }
    return &hide->made.calls[(hide->row_of[callee] - 1) * columns];
}

/* Zero times infinity is 0. */
static double part_of(double number, double share)
{
    return share > 0 ? number * share : 0;
}

static void add_bundle(hide_filter *hide, const cost_bundle *inner, size_t call)
{
    size_t columns = hide->events + 1;

    for (size_t c = 0; c < columns; c++) {
        double part = share(hide, call, c);

        hide->made.self[c] += part * inner->self[c];
        for (size_t i = 0; i < inner->callee_count; i++)
            row_of(hide, inner->callees[i])[c] += part_of(inner->calls[i * columns + c], part);
    }
}

static bool make_bundle(hide_filter *hide, hp_function_id function, cost_bundle *bundle)
{
    size_t columns = hide->events + 1;
    size_t first, calls = hp_profile_calls_from(hide->from, function, &first);

    hide->made.callee_count = 0;
    hide->made.self[hide->events] = 0;
    for (size_t e = 0; e < hide->events; e++)
        hide->made.self[e] = (double)hp_profile_function_self(hide->from, function)[e];
    for (size_t i = first; i < first + calls; i++) {
        const hp_call *call = hp_profile_call(hide->from, i);

        if (hands_over(hide, call)) {
            add_bundle(hide, &hide->bundles[call->callee], i);
        } else if (!hide->hidden[call->callee]) {
            double *row = row_of(hide, call->callee);

            for (size_t c = 0; c < columns; c++)
                row[c] += number(hide, i, c);
        }
    }
    for (size_t i = 0; i < hide->made.callee_count; i++)
        hide->row_of[hide->made.callees[i]] = 0;

    size_t count = hide->made.callee_count;

    bundle->callee_count = count;
    bundle->self = malloc((count + 1) * columns * sizeof *bundle->self);
    bundle->callees = malloc((count + 1) * sizeof *bundle->callees);
    if (!bundle->self || !bundle->callees)
        return false;
    bundle->calls = bundle->self + columns;
    memcpy(bundle->self, hide->made.self, columns * sizeof *bundle->self);
    memcpy(bundle->calls, hide->made.calls, count * columns * sizeof *bundle->calls);
    memcpy(bundle->callees, hide->made.callees, count * sizeof *bundle->callees);
    return true;
}

/* --- What callers get ---------------------------------------------------------------------- */

/* Adds to a line what was handed over since the last time. */
static hp_status give(hide_filter *hide, hp_line line, hp_error *error)
{
    uint64_t costs[HP_EVENTS_MAX];

    for (size_t e = 0; e < hide->events; e++) {
        uint64_t given = hide->given[e];

        if (hide->handed[e] >= (double)hide->all[e])
            hide->given[e] = hide->all[e];
        else
            hide->given[e] = (uint64_t)(hide->handed[e] + 0.5);
        costs[e] = hide->given[e] - given;
    }
    hide->last = line;
    return hp_profile_add_cost(hide->to, line, costs, error);
}

/* Rounding errors may make the fractions more than the whole. */
static uint64_t rounded(double number, uint64_t most)
{
    return number + 0.5 < (double)most ? (uint64_t)(number + 0.5) : most;
}

/* At least one call; calls may be infinite. */
static uint64_t count_of(double calls, double share)
{
    double count = calls * share;

    if (isinf(calls))
        return HP_UNKNOWN;
    return count < 1 ? 1 : rounded(count, HP_UNKNOWN - 1);
}

/* Gives a bundle to a caller, or with call, the share of that call site. */
static hp_status hand(hide_filter *hide, hp_line line, const cost_bundle *bundle,
                      const size_t *call, hp_error *error)
{
    size_t columns = hide->events + 1;
    hp_status status;

    for (size_t e = 0; e < hide->events; e++)
        hide->handed[e] += bundle->self[e] * (call ? share(hide, *call, e) : 1);
    status = give(hide, line, error);
    for (size_t i = 0; status == HP_OK && i < bundle->callee_count; i++) {
        const double *row = &bundle->calls[i * columns];
        double called = call ? share(hide, *call, hide->events) : 1;
        uint64_t costs[HP_EVENTS_MAX];

        for (size_t e = 0; e < hide->events; e++)
            costs[e] = rounded(row[e] * (call ? share(hide, *call, e) : 1),
                               hp_profile_total(hide->from)[e]);
        status = hp_profile_add_call(hide->to,
                                     (hp_call){.caller = line.function,
                                               .callee = bundle->callees[i],
                                               .line = line.line,
                                               .count = count_of(row[hide->events], called),
                                               .estimated = hide->estimated},
                                     costs, error);
    }
    return status;
}

/* Hidden functions that nobody calls are part of <interpreter>. */
static hp_status hand_roots(hide_filter *hide, hp_error *error)
{
    hp_status status = HP_OK;
    hp_function_id id = HP_NO_FUNCTION;

    for (hp_function_id f = 0; status == HP_OK && f < hide->functions; f++) {
        if (!hide->hidden[f] || hide->into[f * (hide->events + 1) + hide->events] > 0)
            continue;
        status = hp_profile_add_interpreter(hide->to, &id, error);
        if (status == HP_OK)
            status = hp_profile_add_inclusive(hide->to, id,
                                              hp_profile_function_inclusive(hide->from, f), error);
        if (status == HP_OK)
            status = hand(hide, (hp_line){id, 0}, &hide->bundles[f], NULL, error);
    }
    return status;
}

static hp_status add_seen(hide_filter *hide, hp_error *error)
{
    hp_status status = HP_OK;

    for (hp_function_id f = 0; status == HP_OK && f < hide->functions; f++)
        if (!hide->hidden[f]) {
            hp_function_id id;

            status =
                hp_profile_add_function(hide->to, hp_profile_function(hide->from, f), &id, error);
            if (status == HP_OK)
                status = hp_profile_add_inclusive(
                    hide->to, id, hp_profile_function_inclusive(hide->from, f), error);
        }
    for (size_t i = 0; status == HP_OK && i < hp_profile_line_count(hide->from); i++) {
        const hp_line *line = hp_profile_line(hide->from, i);

        if (!hide->hidden[line->function])
            status =
                hp_profile_add_cost(hide->to, *line, hp_profile_line_self(hide->from, i), error);
    }
    for (size_t i = 0; status == HP_OK && i < hp_profile_call_count(hide->from); i++) {
        const hp_call *call = hp_profile_call(hide->from, i);

        if (hide->hidden[call->caller])
            continue;
        if (hide->hidden[call->callee])
            status = hand(hide, (hp_line){call->caller, call->line}, &hide->bundles[call->callee],
                          &i, error);
        else
            status = hp_profile_add_call(hide->to, *call, hp_profile_call_inclusive(hide->from, i),
                                         error);
    }
    return status;
}

static hp_status add_all(hide_filter *hide, hp_error *error)
{
    hp_status status = add_seen(hide, error);

    if (status == HP_OK)
        status = hand_roots(hide, error);
    /* Make up for rounding errors. */
    for (size_t e = 0; e < hide->events; e++)
        hide->handed[e] = (double)hide->all[e];
    return status == HP_OK && hide->events ? give(hide, hide->last, error) : status;
}

/* --- All of it ----------------------------------------------------------------------------- */

static bool prepare(hide_filter *hide, const hp_function_id *order)
{
    size_t columns = hide->events + 1;

    for (size_t i = 0; i < hide->functions; i++)
        hide->place[order[i]] = i;
    for (size_t i = 0; i < hp_profile_call_count(hide->from); i++) {
        const hp_call *call = hp_profile_call(hide->from, i);

        hide->estimated |= call->estimated;
        for (size_t c = 0; c < columns && hands_over(hide, call); c++)
            hide->into[call->callee * columns + c] += weight(hide, i, c);
    }
    for (size_t i = hide->functions; i-- > 0;) {
        hp_function_id f = order[i];

        if (!hide->hidden[f])
            continue;
        for (size_t e = 0; e < hide->events; e++)
            hide->all[e] += hp_profile_function_self(hide->from, f)[e];
        if (!make_bundle(hide, f, &hide->bundles[f]))
            return false;
    }
    return true;
}

hp_status hp_filter_hide(const hp_profile *from, const bool *hidden, hp_profile *to,
                         hp_error *error)
{
    size_t functions = hp_profile_function_count(from), events = hp_profile_event_count(from);
    size_t columns = events + 1;
    hp_function_id *order = hp_callers_first(from);
    hide_filter hide = {.from = from,
                        .to = to,
                        .hidden = hidden,
                        .functions = functions,
                        .events = events,
                        .place = malloc((functions + 1) * sizeof *hide.place),
                        .into = calloc((functions + 1) * columns, sizeof *hide.into),
                        .bundles = calloc(functions + 1, sizeof *hide.bundles),
                        .made = {.self = malloc((functions + 1) * columns * sizeof *hide.made.self),
                                 .callees = malloc((functions + 1) * sizeof *hide.made.callees)},
                        .row_of = calloc(functions + 1, sizeof *hide.row_of)};
    hp_status status = HP_NO_MEMORY;

    hide.made.calls = hide.made.self + columns;
    if (order && hide.place && hide.into && hide.bundles && hide.made.self && hide.made.callees &&
        hide.row_of && prepare(&hide, order))
        status = add_all(&hide, error);
    for (hp_function_id f = 0; hide.bundles && f < functions; f++) {
        free(hide.bundles[f].self);
        free(hide.bundles[f].callees);
    }
    free(order);
    free(hide.place);
    free(hide.into);
    free(hide.bundles);
    free(hide.made.self);
    free(hide.made.callees);
    free(hide.row_of);
    return status == HP_NO_MEMORY ? hp_no_memory(error) : status;
}
