// SPDX-License-Identifier: MIT
/* The filters that take a part of a profile: root, leaf, focus and ignore.
 *
 * Of all that happened in a function, a share happened with a matching function further out on the
 * stack, or the function itself matching: that is inside. The rest is outside. Of the cost of what
 * is outside, a share is the cost of matching functions further in: that leads to them. The shares
 * follow from one another along the calls, down for inside and outside, up for leading, weighted by
 * cost. Where functions call each other in circles they are computed again until they stay. */
#include "filter/callers_first.h"
#include "filter/filter_steps.h"

#include <stdlib.h>

enum { ROUNDS_MAX = 200 };

typedef struct share_table {
    double *inside, *outside; /* of a matching function, outside is the share entered from there */
    double *leading;
    double *gathered; /* of a matching function: its inclusive cost, over its own and its calls' */
} share_table;

typedef struct part_filter {
    const hp_profile *from;
    hp_profile *to;
    hp_part part;
    const bool *matched;
    size_t functions, calls, events;
    hp_function_id *order;
    size_t *into, *first_into; /* the calls of each function, by callee */
    bool *leads;               /* whether calls lead from a function to a matching one */
    share_table *shares;       /* of each event; of one where there are none */
} part_filter;

/* --- Shares -------------------------------------------------------------------------------- */

static double weight(const part_filter *part, size_t call, size_t event)
{
    return part->events ? (double)hp_profile_call_inclusive(part->from, call)[event] : 0;
}

/* The share of a function that its callers hand down, which have the shares given; -1 if nobody
 * else calls it. Where the calls cost nothing their number counts, an unknown one as 1. */
static double handed_down(const part_filter *part, hp_function_id f, size_t event,
                          const double *share, bool from_outside)
{
    double sum = 0, whole = 0, count_sum = 0, count_whole = 0;

    for (size_t i = part->first_into[f]; i < part->first_into[f + 1]; i++) {
        const hp_call *call = hp_profile_call(part->from, part->into[i]);
        double cost = weight(part, part->into[i], event);
        double count = call->count == HP_UNKNOWN ? 1 : (double)call->count;

        if (call->caller == f)
            continue;
        whole += cost;
        count_whole += count;
        if (from_outside && part->matched[call->caller])
            continue;
        sum += cost * share[call->caller];
        count_sum += count * share[call->caller];
    }
    if (whole > 0)
        return sum / whole;
    return count_whole > 0 ? count_sum / count_whole : -1;
}

static double handed_up(const part_filter *part, hp_function_id f, size_t event,
                        const double *leading)
{
    double whole = part->events ? (double)hp_profile_function_self(part->from, f)[event] : 0;
    double sum = 0;
    size_t first, count = hp_profile_calls_from(part->from, f, &first);

    for (size_t i = first; i < first + count; i++) {
        hp_function_id callee = hp_profile_call(part->from, i)->callee;

        if (callee != f) {
            whole += weight(part, i, event);
            sum += weight(part, i, event) * leading[callee];
        }
    }
    return whole > 0 ? sum / whole : 0;
}

/* Other than 1 only where there is recursion. */
static double gathered(const part_filter *part, hp_function_id f, size_t event)
{
    double whole = part->events ? (double)hp_profile_function_self(part->from, f)[event] : 0;
    size_t first, count = hp_profile_calls_from(part->from, f, &first);

    for (size_t i = first; i < first + count; i++)
        whole += weight(part, i, event);
    if (whole <= 0)
        return 1;
    return (double)hp_profile_function_inclusive(part->from, f)[event] / whole;
}

/* Whether that makes a difference that could be seen. */
static bool move(double *share, double to)
{
    double by = *share - to;

    *share = to;
    return by < -1e-9 || by > 1e-9;
}

static void find_shares(const part_filter *part, size_t event, share_table *shares)
{
    bool changed = true;

    for (hp_function_id f = 0; f < part->functions; f++) {
        shares->inside[f] = shares->leading[f] = part->matched[f];
        shares->outside[f] = !part->matched[f];
    }
    for (hp_function_id f = 0; f < part->functions; f++)
        shares->gathered[f] = gathered(part, f, event);
    for (int round = 0; round < ROUNDS_MAX && changed; round++) {
        changed = false;
        for (size_t i = 0; i < part->functions; i++) {
            hp_function_id f = part->order[i];
            double inside = handed_down(part, f, event, shares->inside, false);
            double outside = handed_down(part, f, event, shares->outside, true);

            if (part->matched[f])
                inside = 1;
            inside = inside < 0 ? 0 : inside;
            outside = outside < 0 ? 1 : outside;
            changed |= move(&shares->inside[f], inside);
            changed |= move(&shares->outside[f], outside);
        }
        for (size_t i = part->functions; i-- > 0;) {
            hp_function_id f = part->order[i];

            if (!part->matched[f])
                changed |= move(&shares->leading[f], handed_up(part, f, event, shares->leading));
        }
    }
}

/* Backwards from the matching functions. */
static bool find_leads(part_filter *part)
{
    hp_function_id *open = malloc((part->functions + 1) * sizeof *open);
    size_t count = 0;

    if (!open)
        return false;
    for (hp_function_id f = 0; f < part->functions; f++)
        if (part->matched[f]) {
            part->leads[f] = true;
            open[count++] = f;
        }
    while (count > 0) {
        hp_function_id f = open[--count];

        for (size_t i = part->first_into[f]; i < part->first_into[f + 1]; i++) {
            hp_function_id caller = hp_profile_call(part->from, part->into[i])->caller;

            if (!part->leads[caller]) {
                part->leads[caller] = true;
                open[count++] = caller;
            }
        }
    }
    free(open);
    return true;
}

/* --- What stays ---------------------------------------------------------------------------- */

/* The share that stays of a function's own cost, */
static double self_share(const part_filter *part, const share_table *shares, hp_function_id f)
{
    switch (part->part) {
    case HP_PART_ROOT:
    case HP_PART_FOCUS:
        return shares->inside[f];
    case HP_PART_LEAF:
        return part->matched[f] ? shares->outside[f] * shares->gathered[f] : 0;
    case HP_PART_IGNORE:
        return part->matched[f] ? 0 : shares->outside[f];
    }
    return 0;
}

/* of its inclusive cost, */
static double inclusive_share(const part_filter *part, const share_table *shares, hp_function_id f)
{
    switch (part->part) {
    case HP_PART_ROOT:
        return shares->inside[f];
    case HP_PART_LEAF:
        return shares->outside[f] * shares->leading[f];
    case HP_PART_FOCUS:
        return part->matched[f] ? 1 : shares->inside[f] + shares->outside[f] * shares->leading[f];
    case HP_PART_IGNORE:
        return shares->outside[f] * (1 - shares->leading[f]);
    }
    return 0;
}

/* and of a call; leading: the callee's share, or for the number of calls 0 or 1. */
static double call_share(const part_filter *part, const share_table *shares, const hp_call *call,
                         double leading)
{
    double inside = shares->inside[call->caller];
    double outside = part->matched[call->caller] ? 0 : shares->outside[call->caller];

    switch (part->part) {
    case HP_PART_ROOT:
        return inside;
    case HP_PART_LEAF:
        return outside * leading;
    case HP_PART_FOCUS:
        return inside + outside * leading;
    case HP_PART_IGNORE:
        return part->matched[call->callee] ? 0 : outside * (1 - leading);
    }
    return 0;
}

static uint64_t scale(uint64_t number, double share)
{
    /* Sums of shares may be beyond what they can be by a little. */
    return share >= 1 ? number : share > 0 ? (uint64_t)((double)number * share + 0.5) : 0;
}

/* Sums of costs are scaled, so that what stays of a function does not hang on how many lines it
 * has. */
typedef struct running_sums {
    hp_function_id function;
    uint64_t before[HP_EVENTS_MAX];
} running_sums;

static hp_status add_cost(const part_filter *part, hp_line line, const uint64_t *costs,
                          running_sums *sums, hp_error *error)
{
    uint64_t scaled[HP_EVENTS_MAX];

    if (sums->function != line.function)
        *sums = (running_sums){.function = line.function};
    for (size_t e = 0; e < part->events; e++) {
        double share = self_share(part, &part->shares[e], line.function);

        scaled[e] = scale(sums->before[e] + costs[e], share) - scale(sums->before[e], share);
        sums->before[e] += costs[e];
    }
    return hp_profile_add_cost(part->to, line, scaled, error);
}

/* What matching functions call becomes their own cost, at the line of the call, if they are to be
 * leaves. */
static hp_status add_costs(const part_filter *part, hp_error *error)
{
    hp_status status = HP_OK;
    running_sums sums = {.function = HP_NO_FUNCTION};

    for (size_t i = 0; status == HP_OK && i < hp_profile_line_count(part->from); i++)
        status = add_cost(part, *hp_profile_line(part->from, i),
                          hp_profile_line_self(part->from, i), &sums, error);
    sums.function = HP_NO_FUNCTION;
    for (size_t i = 0; status == HP_OK && part->part == HP_PART_LEAF && i < part->calls; i++) {
        const hp_call *call = hp_profile_call(part->from, i);

        if (part->matched[call->caller])
            status = add_cost(part, (hp_line){call->caller, call->line},
                              hp_profile_call_inclusive(part->from, i), &sums, error);
    }
    return status;
}

/* *calls: of each function, how many of the calls that are known of it stay. */
static hp_status add_calls(const part_filter *part, uint64_t *calls, hp_error *error)
{
    hp_status status = HP_OK;
    uint64_t costs[HP_EVENTS_MAX];

    for (size_t i = 0; status == HP_OK && i < part->calls; i++) {
        hp_call call = *hp_profile_call(part->from, i);
        bool leads = part->leads[call.callee];
        double share =
            call_share(part, &part->shares[0], &call, part->part == HP_PART_IGNORE ? 0 : leads);

        if (share <= 0)
            continue;
        for (size_t e = 0; e < part->events; e++) {
            uint64_t total = hp_profile_total(part->to)[e];

            costs[e] = scale(
                hp_profile_call_inclusive(part->from, i)[e],
                call_share(part, &part->shares[e], &call, part->shares[e].leading[call.callee]));
            costs[e] = costs[e] < total ? costs[e] : total;
        }
        if (call.count != HP_UNKNOWN) {
            call.count = scale(call.count, share);
            call.count += call.count == 0;
        }
        calls[call.callee] = hp_add_counts(calls[call.callee], call.count);
        status = hp_profile_add_call(part->to, call, costs, error);
    }
    return status;
}

static hp_status add_functions(const part_filter *part, const uint64_t *calls, hp_error *error)
{
    hp_status status = HP_OK;
    uint64_t costs[HP_EVENTS_MAX];

    for (hp_function_id f = 0; status == HP_OK && f < part->functions; f++) {
        hp_function function = *hp_profile_function(part->from, f);
        uint64_t known = 0, before = function.calls, stay = calls[f];
        hp_function_id id;

        for (size_t i = part->first_into[f]; i < part->first_into[f + 1]; i++)
            known = hp_add_counts(known, hp_profile_call(part->from, part->into[i])->count);
        if (part->part == HP_PART_ROOT && part->matched[f])
            stay = before;
        else if (before > known &&
                 (part->part == HP_PART_IGNORE ? !part->matched[f] : part->leads[f]))
            stay = hp_add_counts(stay, before == HP_UNKNOWN ? before : before - known);
        function.calls = stay < before || stay == HP_UNKNOWN ? stay : before;
        if (function.calls && (function.calls == HP_UNKNOWN || function.primitive == HP_UNKNOWN)) {
            function.primitive = HP_UNKNOWN;
        } else {
            function.primitive =
                before ? scale(function.primitive, (double)function.calls / (double)before) : 0;
            function.primitive += function.primitive == 0 && function.calls > 0;
        }
        status = hp_profile_add_function(part->to, &function, &id, error);
        for (size_t e = 0; e < part->events; e++) {
            uint64_t total = hp_profile_total(part->to)[e];

            costs[e] = scale(hp_profile_function_inclusive(part->from, f)[e],
                             inclusive_share(part, &part->shares[e], f));
            costs[e] = costs[e] < total ? costs[e] : total;
        }
        if (status == HP_OK)
            status = hp_profile_add_inclusive(part->to, f, costs, error);
    }
    return status;
}

/* --- All of it ----------------------------------------------------------------------------- */

static void find_callers(part_filter *part)
{
    for (size_t i = 0; i < part->calls; i++)
        part->first_into[hp_profile_call(part->from, i)->callee]++;
    for (size_t f = 0; f < part->functions; f++)
        part->first_into[f + 1] += part->first_into[f];
    for (size_t i = part->calls; i-- > 0;)
        part->into[--part->first_into[hp_profile_call(part->from, i)->callee]] = i;
}

static hp_status add_all(const part_filter *part, uint64_t *calls, hp_error *error)
{
    hp_status status = add_costs(part, error);

    if (status == HP_OK)
        status = add_calls(part, calls, error);
    return status == HP_OK ? add_functions(part, calls, error) : status;
}

hp_status hp_filter_part(const hp_profile *from, hp_part which, const bool *matched, hp_profile *to,
                         hp_error *error)
{
    size_t functions = hp_profile_function_count(from), calls = hp_profile_call_count(from);
    size_t events = hp_profile_event_count(from), tables = events ? events : 1;
    part_filter part = {.from = from,
                        .to = to,
                        .part = which,
                        .matched = matched,
                        .functions = functions,
                        .calls = calls,
                        .events = events,
                        .order = hp_callers_first(from),
                        .into = malloc((calls + 1) * sizeof *part.into),
                        .first_into = calloc(functions + 1, sizeof *part.first_into),
                        .leads = calloc(functions + 1, sizeof *part.leads),
                        .shares = calloc(tables, sizeof *part.shares)};
    uint64_t *stay = calloc(functions + 1, sizeof *stay);
    double *numbers = malloc((4 * tables * functions + 1) * sizeof *numbers);
    hp_status status = HP_NO_MEMORY;

    if (part.order && part.into && part.first_into && part.leads && part.shares && stay &&
        numbers) {
        find_callers(&part);
        if (find_leads(&part))
            status = HP_OK;
        for (size_t e = 0; status == HP_OK && e < tables; e++) {
            double *table = numbers + 4 * e * functions;

            part.shares[e] = (share_table){table, table + functions, table + 2 * functions,
                                           table + 3 * functions};
            find_shares(&part, e, &part.shares[e]);
        }
        if (status == HP_OK)
            status = add_all(&part, stay, error);
    }
    free(part.order);
    free(part.into);
    free(part.first_into);
    free(part.leads);
    free(part.shares);
    free(stay);
    free(numbers);
    return status == HP_NO_MEMORY ? hp_no_memory(error) : status;
}
