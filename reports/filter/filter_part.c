// SPDX-License-Identifier: MIT
/* Keeping a part of a profile: root, leaf, focus and ignore.
 *
 * The time in a function is divided into two shares. Inside: it matches, or a function further out
 * on the stack does. Outside: the rest. Of the cost of what is outside, another share leads to
 * matching functions further in. All shares follow from each other along the calls, weighted by
 * what flows through them: inside and outside from callers to callees, leading from callees to
 * callers. In cycles they are computed again until they no longer change, and then fitted to what
 * the matching functions cost. */
#include "filter/call_flows.h"
#include "filter/callers_first.h"
#include "filter/filter_steps.h"

#include <stdlib.h>

enum { ROUNDS_MAX = 200 };

typedef struct share_table {
    double *inside;
    double *outside; /* of a matching function: the share that is entered from outside */
    double *leading;
    double *gathered; /* of a matching function that becomes a leaf: the share of its self cost and
                         of that of its calls that makes up what it costs then */
    double *entering; /* what flows into it from inside */
} share_table;

typedef struct part_filter {
    const hp_profile *from;
    hp_profile *to;
    hp_part part;
    const bool *matched;
    size_t functions, calls, events;
    hp_call_flows flows;
    hp_function_id *order;
    size_t *into;        /* the calls, by callee */
    size_t *first_into;  /* those of f: from into[first_into[f]] to before first_into[f + 1] */
    bool *leads;         /* whether a chain of calls leads from a function to a matching one */
    share_table *shares; /* one for each event, or one if there are no events */
} part_filter;

/* --- Shares -------------------------------------------------------------------------------- */

static double weight(const part_filter *part, size_t call, size_t event)
{
    return part->events ? part->flows.flows[call * part->events + event] : 0;
}

/* The mean share of the callers of a function, weighted by the flow of their calls, or by count if
 * nothing flows; -1 without callers. from_outside: matching callers count as 0. */
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

/* Whether the share has changed enough to go on. */
static bool move(double *share, double to)
{
    double by = *share - to;

    *share = to;
    return by < -1e-9 || by > 1e-9;
}

/* What the matching functions cost: all that is entered from outside, and at least the heaviest. */
static double matching_cost(const part_filter *part, size_t event, const double *outside)
{
    double sum = 0, heaviest = 0, total = (double)hp_profile_total(part->from)[event];

    for (hp_function_id f = 0; f < part->functions; f++)
        if (part->matched[f]) {
            double cost = (double)hp_profile_function_inclusive(part->from, f)[event];

            sum += cost * outside[f];
            heaviest = cost > heaviest ? cost : heaviest;
        }
    sum = sum > heaviest ? sum : heaviest;
    return sum < total ? sum : total;
}

/* In recursion the shares are estimates. Makes what is inside cost what it must. */
static void fit(const part_filter *part, size_t event, share_table *shares)
{
    double missing = matching_cost(part, event, shares->outside), inside = 0, rest = 0;
    double slack = 1e-9 * (double)hp_profile_total(part->from)[event];

    for (hp_function_id f = 0; f < part->functions; f++) {
        double self = (double)hp_profile_function_self(part->from, f)[event];

        missing -= self * shares->inside[f];
        if (!part->matched[f] && shares->inside[f] > 0) {
            inside += self * shares->inside[f];
            rest += self * (1 - shares->inside[f]);
        }
    }
    for (hp_function_id f = 0; f < part->functions; f++) {
        double *share = &shares->inside[f];

        if (part->matched[f] || *share <= 0)
            continue;
        if (missing > slack && rest > 0)
            *share += (1 - *share) * (missing < rest ? missing / rest : 1);
        else if (missing < -slack && inside > 0)
            *share *= missing > -inside ? 1 + missing / inside : 0;
        else
            continue;
        shares->outside[f] = 1 - *share;
    }
}

static void find_entering(const part_filter *part, size_t event, share_table *shares)
{
    for (hp_function_id f = 0; f < part->functions; f++)
        shares->entering[f] = 0;
    for (size_t i = 0; i < part->calls; i++) {
        const hp_call *call = hp_profile_call(part->from, i);

        if (call->caller != call->callee)
            shares->entering[call->callee] += weight(part, i, event) * shares->inside[call->caller];
    }
}

/* What a matching function and its calls cost. That is not its inclusive cost if there is
 * recursion, or if the calls that another tool tells of cost more than the function that makes
 * them. */
static double with_calls(const part_filter *part, hp_function_id f, size_t event)
{
    double whole = (double)hp_profile_function_self(part->from, f)[event];
    size_t first, count = hp_profile_calls_from(part->from, f, &first);

    for (size_t i = first; i < first + count; i++)
        whole += (double)hp_profile_call_inclusive(part->from, i)[event];
    return whole;
}

/* Makes leaves of the matching functions: what they cost becomes their own. All of them together
 * must not cost more than all there is. */
static void gather(const part_filter *part, size_t event, share_table *shares)
{
    double sum = 0, total = (double)hp_profile_total(part->from)[event];

    for (hp_function_id f = 0; f < part->functions; f++) {
        double *share = &shares->gathered[f], whole;

        if (!part->matched[f])
            continue;
        whole = with_calls(part, f, event);
        *share = shares->outside[f];
        if (whole > 0)
            *share *= (double)hp_profile_function_inclusive(part->from, f)[event] / whole;
        *share = *share < 1 ? *share : 1;
        sum += *share * whole;
    }
    for (hp_function_id f = 0; sum > total && f < part->functions; f++)
        if (part->matched[f]) {
            shares->gathered[f] *= total / sum;
            shares->leading[f] = total / sum;
        }
}

static void find_shares(const part_filter *part, size_t event, share_table *shares)
{
    bool changed = true;

    for (hp_function_id f = 0; f < part->functions; f++) {
        shares->inside[f] = shares->leading[f] = part->matched[f];
        shares->outside[f] = !part->matched[f];
    }
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
    if (part->events)
        fit(part, event, shares);
    if (part->events && part->part == HP_PART_LEAF)
        gather(part, event, shares);
    find_entering(part, event, shares);
}

/* Follows the calls backwards from the matching functions. */
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

/* The shares that stay of a function: of its self cost, */
static double self_share(const part_filter *part, const share_table *shares, hp_function_id f)
{
    switch (part->part) {
    case HP_PART_ROOT:
    case HP_PART_FOCUS:
        return shares->inside[f];
    case HP_PART_LEAF:
        return part->matched[f] ? shares->gathered[f] : 0;
    case HP_PART_IGNORE:
        return part->matched[f] ? 0 : shares->outside[f];
    }
    return 0;
}

/* of its inclusive cost */
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

/* and of a call. leading: the share of the callee, or 0 or 1 for the number of calls. */
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
    /* Rounding errors may make a share larger than 1. */
    return share >= 1 ? number : share > 0 ? (uint64_t)((double)number * share + 0.5) : 0;
}

/* What stays of a function must not depend on how many lines it has: running sums are scaled, not
 * each line. Rounded up, they are not to be more than all there is. */
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
        uint64_t before = sums->before[e], now = hp_add_counts(before, costs[e]);
        uint64_t left = hp_profile_total(part->from)[e] - hp_profile_total(part->to)[e];

        scaled[e] = scale(now, share) - scale(before, share);
        scaled[e] = scaled[e] < left ? scaled[e] : left;
        sums->before[e] = now;
    }
    return hp_profile_add_cost(part->to, line, scaled, error);
}

/* If matching functions are to be leaves, the cost of their calls becomes their own, at the lines
 * of the calls. */
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

/* What a call costs that stays. Below the roots, calls of a function cost together what it does:
 * those that were nested may be outermost now. Calls of roots by what they called are nested. */
static double remaining_cost(const part_filter *part, size_t i, size_t event)
{
    const share_table *shares = &part->shares[event];
    const hp_call *call = hp_profile_call(part->from, i);
    const uint32_t *cycles = part->flows.cycles;
    double cost = (double)hp_profile_call_inclusive(part->from, i)[event];

    if (part->part != HP_PART_ROOT || call->caller == call->callee || cycles[call->callee] == 0)
        return cost * call_share(part, shares, call, shares->leading[call->callee]);
    if (part->matched[call->callee])
        return cycles[call->caller] == cycles[call->callee] ? 0
                                                            : cost * shares->inside[call->caller];
    return shares->entering[call->callee] > 0
               ? (double)hp_profile_function_inclusive(part->from, call->callee)[event] *
                     shares->inside[call->callee] *
                     (weight(part, i, event) * shares->inside[call->caller] /
                      shares->entering[call->callee])
               : 0;
}

/* Adds to calls, of each function, the number of calls that stay. */
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
            double cost = remaining_cost(part, i, e);

            costs[e] = cost + 0.5 < (double)total ? (uint64_t)(cost + 0.5) : total;
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

/* The number of calls of a function that stay; stay: of those whose callers are known. */
static uint64_t remaining_calls(const part_filter *part, hp_function_id f, uint64_t stay)
{
    uint64_t before = hp_profile_function(part->from, f)->calls, known = 0;
    bool others_stay = part->part == HP_PART_IGNORE ? !part->matched[f]
                                                    : part->part != HP_PART_ROOT && part->leads[f];

    for (size_t i = part->first_into[f]; i < part->first_into[f + 1]; i++)
        known = hp_add_counts(known, hp_profile_call(part->from, part->into[i])->count);
    if (part->part == HP_PART_ROOT && part->matched[f])
        return before;
    if (before == HP_UNKNOWN)
        return stay || (known == 0 && others_stay) ? HP_UNKNOWN : 0;
    if (before > known && others_stay)
        stay = hp_add_counts(stay, before - known);
    return stay < before ? stay : before;
}

static uint64_t remaining_primitive(const hp_function *function, uint64_t calls)
{
    uint64_t primitive = function->primitive;

    if (calls == 0)
        return 0;
    if (calls == HP_UNKNOWN || primitive == HP_UNKNOWN)
        return primitive;
    primitive = scale(primitive, (double)calls / (double)function->calls);
    return primitive ? primitive : 1;
}

static hp_status add_functions(const part_filter *part, const uint64_t *calls, hp_error *error)
{
    hp_status status = HP_OK;
    uint64_t costs[HP_EVENTS_MAX];

    for (hp_function_id f = 0; status == HP_OK && f < part->functions; f++) {
        hp_function function = *hp_profile_function(part->from, f);
        uint64_t stay = remaining_calls(part, f, calls[f]);
        hp_function_id id;

        function.primitive = remaining_primitive(&function, stay);
        function.calls = stay;
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
    double *numbers = malloc((5 * tables * functions + 1) * sizeof *numbers);
    hp_status status = hp_call_flows_find(&part.flows, from, error);

    if (!part.order || !part.into || !part.first_into || !part.leads || !part.shares || !stay ||
        !numbers)
        status = HP_NO_MEMORY;
    if (status == HP_OK) {
        find_callers(&part);
        if (!find_leads(&part))
            status = HP_NO_MEMORY;
        for (size_t e = 0; status == HP_OK && e < tables; e++) {
            double *table = numbers + 5 * e * functions;

            part.shares[e] = (share_table){table, table + functions, table + 2 * functions,
                                           table + 3 * functions, table + 4 * functions};
            find_shares(&part, e, &part.shares[e]);
        }
        if (status == HP_OK)
            status = add_all(&part, stay, error);
    }
    hp_call_flows_free(&part.flows);
    free(part.order);
    free(part.into);
    free(part.first_into);
    free(part.leads);
    free(part.shares);
    free(stay);
    free(numbers);
    return status == HP_NO_MEMORY ? hp_no_memory(error) : status;
}
