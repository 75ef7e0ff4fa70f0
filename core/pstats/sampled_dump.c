// SPDX-License-Identifier: MIT
#include "pstats/sampled_dump.h"

#include "pstats/balance.h"
#include "pstats/shares.h"

#include <stdlib.h>
#include <string.h>

/* --- Whether it is one ---------------------------------------------------------------------- */

/* Whether a cost is a number of intervals, which may have been rounded as a float. */
static bool is_multiple(uint64_t cost, uint64_t count, uint64_t interval)
{
    double expected = (double)count * (double)interval;
    double distance = expected - (double)cost;

    return (distance < 0 ? -distance : distance) <= 1 + expected * 1e-14;
}

bool hp_dump_has_samples(const hp_dump *dump, uint64_t *interval)
{
    bool sampled = false;

    *interval = 0;
    for (size_t i = 0; i < dump->call_count; i++)
        if (dump->calls[i].timed)
            return false;
    for (size_t f = 0; f < dump->function_count; f++) {
        const hp_dump_function *function = &dump->functions[f];

        if (!function->whole)
            continue;
        if (function->calls == HP_UNKNOWN || function->primitive > function->calls ||
            function->calls == 0)
            return false;
        if (*interval == 0) /* in whole microseconds */
            *interval = (function->inclusive / function->calls + 500) / 1000 * 1000;
        if (*interval == 0 || !is_multiple(function->inclusive, function->calls, *interval) ||
            !is_multiple(function->self, function->primitive, *interval)) {
            *interval = 0;
            return false;
        }
        /* No function that was called has so few primitive calls. */
        sampled = sampled || function->primitive < function->calls;
    }
    return sampled;
}

/* --- Code that is not Python ---------------------------------------------------------------- */

/* <native> is one location, wherever it was called from: as a function it would call all that it
 * calls from everywhere. So it is left out. What it calls is called by one of its callers, or by
 * the interpreter. Which one is not recorded: the one that called it about as often is likely, if
 * that makes no circle. */
struct bridges {
    uint64_t *left; /* of each location, how often it called <native> and it is not known what that
                       called; the last one is for stacks that begin with <native> */
    bool *reached;
    uint64_t steps; /* that finding these took */
};

/* After so many steps the interpreter calls all of it. */
enum { STEPS_MAX = 1 << 26 };

/* Finds what a location calls, directly or through others. */
static void find_reached(const hp_dump *dump, const hp_location *locations, uint32_t from,
                         struct bridges *bridges)
{
    bool *reached = bridges->reached;

    memset(reached, 0, dump->function_count * sizeof *reached);
    reached[from] = true;
    for (bool more = true; more;) {
        more = false;
        bridges->steps += dump->call_count;
        for (size_t i = 0; i < dump->call_count; i++) {
            const hp_dump_call *call = &dump->calls[i];

            if (call->caller == HP_NO_FUNCTION || !reached[call->caller] || reached[call->callee] ||
                locations[call->callee].native)
                continue;
            reached[call->callee] = more = true;
        }
    }
}

/* The location that is likely to have called another through <native>; count: the interpreter. */
static uint32_t likely_caller(const struct bridges *bridges, size_t count, uint64_t calls)
{
    uint32_t best = (uint32_t)count;

    for (uint32_t f = 0; f < count; f++)
        if (bridges->left[f] >= calls && !bridges->reached[f] &&
            (bridges->left[best] < calls || bridges->left[f] <= bridges->left[best]))
            best = f;
    return best;
}

/* Of how many stacks <native> is the first frame. */
static uint64_t begun_by_native(const hp_dump *dump, const hp_location *locations, bool *called)
{
    uint64_t begun = 0;

    memset(called, 0, dump->function_count * sizeof *called);
    for (size_t i = 0; i < dump->call_count; i++)
        called[dump->calls[i].callee] = true;
    for (size_t f = 0; f < dump->function_count; f++)
        hp_add(&begun, locations[f].self);
    for (size_t f = 0; f < dump->function_count; f++)
        if (!called[f] && !locations[f].native)
            begun = hp_minus(begun, hp_known(dump->functions[f].calls));
    return begun;
}

/* The calls by <native>, the most frequent first. */
static int order_calls(const void *a, const void *b)
{
    const hp_dump_call *one = *(hp_dump_call *const *)a, *two = *(hp_dump_call *const *)b;

    return one->count != two->count ? (one->count < two->count) - (one->count > two->count)
                                    : (one > two) - (one < two);
}

/* Lets the callers of <native> have its own samples. */
static void share_native(hp_location *locations, size_t count, const uint64_t *left)
{
    hp_shares shares = {0, 0};

    for (size_t f = 0; f < count; f++) {
        shares.left += locations[f].native ? locations[f].self : 0;
        hp_add(&shares.weight, left[f]);
    }
    for (size_t f = 0; f < count && shares.weight; f++)
        if (locations[f].native)
            locations[f].self = 0;
        else if (left[f])
            locations[f].self += hp_take_share(&shares, left[f]);
}

/* Takes <native> out of the calls. */
static bool bridge_native(hp_dump *dump, hp_location *locations)
{
    size_t count = dump->function_count, calls = dump->call_count;
    struct bridges bridges = {calloc(count + 1, sizeof *bridges.left), malloc(count + 1), 0};
    hp_dump_call **natives = malloc((calls + 1) * sizeof *natives);
    bool whole = bridges.left && bridges.reached && natives;
    size_t kept = 0, native_calls = 0;

    for (size_t i = 0; whole && i < calls; i++) {
        hp_dump_call *call = &dump->calls[i];
        bool from = locations[call->caller].native, to = locations[call->callee].native;

        if (to && !from)
            hp_add(&bridges.left[call->caller], hp_known(call->count));
        if (from && !to)
            natives[native_calls++] = call;
    }
    if (whole) {
        bridges.left[count] = begun_by_native(dump, locations, bridges.reached);
        qsort(natives, native_calls, sizeof *natives, order_calls);
    }
    for (size_t i = 0; whole && i < native_calls; i++)
        natives[i]->caller = HP_NO_FUNCTION;
    for (size_t i = 0; whole && i < native_calls && bridges.steps < STEPS_MAX; i++) {
        uint32_t caller;

        find_reached(dump, locations, natives[i]->callee, &bridges);
        caller = likely_caller(&bridges, count, hp_known(natives[i]->count));
        bridges.left[caller] = hp_minus(bridges.left[caller], hp_known(natives[i]->count));
        natives[i]->caller = caller < count ? caller : HP_NO_FUNCTION;
        natives[i]->estimated = true;
    }
    for (size_t i = 0; whole && i < calls; i++)
        if (dump->calls[i].caller != HP_NO_FUNCTION && !locations[dump->calls[i].callee].native &&
            !locations[dump->calls[i].caller].native)
            dump->calls[kept++] = dump->calls[i];
    if (whole) {
        dump->call_count = kept;
        share_native(locations, count, bridges.left);
    }
    free(bridges.left);
    free(bridges.reached);
    free(natives);
    return whole;
}

/* --- Functions ------------------------------------------------------------------------------ */

/* Adds the calls of the new dump. */
static bool join_calls(const hp_dump *dump, const hp_location *locations, hp_function_id first,
                       hp_dump *joined)
{
    for (size_t i = 0; i < dump->call_count; i++) {
        const hp_dump_call *call = &dump->calls[i];
        hp_dump_call *added = hp_dump_add_call(joined);

        if (!added)
            return false;
        *added = (hp_dump_call){.caller = locations[call->caller].function - first,
                                .callee = locations[call->callee].function - first,
                                .line = locations[call->caller].line,
                                .count = HP_UNKNOWN,
                                .cost = hp_known(call->count),
                                .timed = true,
                                .estimated = call->estimated};
    }
    return true;
}

/* What is known of each function, and of the components of functions in recursion. */
struct bounds {
    uint64_t *most;   /* samples of a function's most frequent location */
    uint64_t *outer;  /* of calls from other components and, of what nobody calls, the samples */
    uint64_t *inside; /* how often each location is called */
    uint64_t *component;
};

static void add_locations(const hp_dump *dump, const hp_location *locations, hp_function_id first,
                          const hp_call_graph *graph, const struct bounds *bounds)
{
    for (size_t i = 0; i < dump->call_count; i++) {
        const hp_dump_call *call = &dump->calls[i];
        uint32_t caller = locations[call->caller].function - first;
        uint32_t callee = locations[call->callee].function - first;

        hp_add(&bounds->inside[call->callee], hp_known(call->count));
        if (graph->component[caller] != graph->component[callee])
            hp_add(&bounds->outer[callee], hp_known(call->count));
    }
    for (size_t f = 0; f < dump->function_count; f++) {
        uint32_t function = locations[f].function - first;
        uint64_t samples = hp_larger(hp_known(dump->functions[f].calls), locations[f].self);

        if (locations[f].native)
            continue;
        bounds->most[function] = hp_larger(bounds->most[function], samples);
        if (bounds->inside[f] == 0)
            hp_add(&bounds->outer[function], samples);
    }
}

/* Sets the inclusive cost of each function. In recursion it is between what its most frequent
 * location has and what enters its component, and cannot be told better. */
static bool find_inclusive(const hp_dump *dump, const hp_location *locations, hp_function_id first,
                           hp_dump *joined)
{
    size_t count = joined->function_count;
    hp_call_graph graph = {0};
    struct bounds bounds = {
        calloc(count + 1, sizeof(uint64_t)), calloc(count + 1, sizeof(uint64_t)),
        calloc(dump->function_count + 1, sizeof(uint64_t)), calloc(count + 1, sizeof(uint64_t))};
    bool whole = bounds.most && bounds.outer && bounds.inside && bounds.component &&
                 hp_call_graph_find(&graph, joined);

    if (whole)
        add_locations(dump, locations, first, &graph, &bounds);
    for (size_t f = 0; whole && f < count; f++)
        hp_add(&bounds.component[graph.component[f]], bounds.outer[f]);
    for (size_t f = 0; whole && f < count; f++) {
        uint32_t component = graph.component[f];
        bool alone = graph.members.first[component + 1] - graph.members.first[component] == 1;
        hp_dump_function *function = &joined->functions[f];
        uint64_t least = hp_larger(hp_larger(bounds.most[f], function->self), bounds.outer[f]);

        function->estimated = !alone && least < bounds.component[component];
        function->inclusive = function->estimated ? least : bounds.component[component];
    }
    for (size_t i = 0; whole && i < joined->call_count; i++) {
        hp_dump_call *call = &joined->calls[i];

        if (joined->functions[call->callee].estimated && call->caller != call->callee &&
            hp_is_inner(&graph, call))
            call->estimated = true;
    }
    hp_call_graph_free(&graph);
    free(bounds.most);
    free(bounds.outer);
    free(bounds.inside);
    free(bounds.component);
    return whole;
}

bool hp_dump_join_locations(hp_dump *dump, hp_location *locations, hp_function_id first,
                            uint32_t count, hp_dump *joined)
{
    if (!bridge_native(dump, locations) || !hp_dump_need_functions(joined, count))
        return false;
    for (size_t f = 0; f < dump->function_count; f++) {
        hp_dump_function *function = &joined->functions[locations[f].function - first];

        function->self += locations[f].self;
        function->calls = function->primitive = HP_UNKNOWN;
        function->whole = function->whole || dump->functions[f].whole;
    }
    joined->repeated = true;
    joined->not_recorded = HP_NO_FUNCTION;
    return join_calls(dump, locations, first, joined) &&
           find_inclusive(dump, locations, first, joined);
}
