// SPDX-License-Identifier: MIT
/* Finds what a dump does not hold, by what does not add up.
 *
 * If the calls into a component cost more than its functions and the calls that leave it, it called
 * functions that the dump does not hold. If they cost less, such functions made a part of its
 * calls: they have the same file, line and name as one of its functions. One function, lost, stands
 * for all of them. */
#include "pstats/balance.h"
#include "pstats/shares.h"

/* Of what is lost; costs that are recorded are below it, too. */
#define LOST_MAX ((uint64_t)1 << 62)

/* What goes into a component, and what comes out of it. */
struct flow {
    uint64_t in, out;
    uint64_t least, most; /* what the interpreter's calls add to in */
    size_t costs;         /* how many costs these are */
};

/* Nobody calls it who is recorded: so the interpreter does, or a lost function. */
static bool is_forced(const hp_balance_node *node)
{
    return node->open || (node->entry && node->entry_count == 0);
}

static bool is_alone(const hp_balance *balance, uint32_t f)
{
    const size_t *first = balance->graph.members.first;
    size_t component = balance->graph.component[f];

    return first[component + 1] == first[component] + 1;
}

static struct flow flow_of(const hp_balance *balance, size_t component)
{
    const hp_call_graph *graph = &balance->graph;
    struct flow flow = {.costs =
                            graph->leaving.first[component + 1] - graph->leaving.first[component]};

    for (size_t m = graph->members.first[component]; m < graph->members.first[component + 1]; m++) {
        size_t f = graph->members.items[m];
        const hp_balance_node *node = &balance->nodes[f];

        hp_add(&flow.in, node->outside);
        hp_add(&flow.out, balance->dump->functions[f].self);
        hp_add(&flow.out, node->leaving);
        hp_add(&flow.least, node->entry_cost);
        hp_add(&flow.most, node->entry_most);
        flow.costs += 2 + graph->into.first[f + 1] - graph->into.first[f];
    }
    return flow;
}

/* What the interpreter's calls may cost beyond the least, for the component to conserve cost. */
static uint64_t wish(const struct flow *flow)
{
    return hp_minus(hp_smaller(hp_minus(flow->out, flow->in), flow->most), flow->least);
}

/* Makes the interpreter's calls of a component cost so much together. */
static void enter_for(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *members = &balance->graph.members;
    size_t first = members->first[component], end = members->first[component + 1];
    hp_shares shares = {cost, 0};

    for (size_t m = first; m < end; m++) {
        const hp_balance_node *node = &balance->nodes[members->items[m]];

        shares.left -= hp_smaller(shares.left, node->entry_cost);
        hp_add(&shares.weight, node->entry_most - node->entry_cost);
    }
    for (size_t m = first; m < end; m++) {
        hp_balance_node *node = &balance->nodes[members->items[m]];

        node->entry_cost += hp_take_share(&shares, node->entry_most - node->entry_cost);
    }
}

/* What the entries of all components cost beyond the least. */
struct entries {
    hp_shares wished;    /* no more than it takes for the total to be all self costs */
    size_t heaviest;     /* the component of the function with the largest inclusive cost */
    uint64_t more_of_it; /* what it takes for the total to be that */
};

static struct entries plan_entries(const hp_balance *balance)
{
    const hp_dump *dump = balance->dump;
    struct entries entries = {0};
    uint64_t entered = 0, self = balance->self + dump->functions[balance->lost].self;
    size_t heaviest = 0;

    for (size_t c = 0; c < balance->graph.component_count; c++) {
        struct flow flow = flow_of(balance, c);

        hp_add(&entered, flow.least);
        hp_add(&entries.wished.weight, wish(&flow));
    }
    entries.wished.left = hp_smaller(hp_minus(self, entered), entries.wished.weight);
    if (entries.wished.weight - entries.wished.left <=
        hp_balance_tolerance(balance, dump->call_count))
        entries.wished.left = entries.wished.weight;
    for (size_t f = 0; f < dump->function_count; f++)
        if (dump->functions[f].inclusive > dump->functions[heaviest].inclusive)
            heaviest = f;
    entries.heaviest = balance->graph.component[heaviest];
    if (!dump->repeated)
        entries.more_of_it = hp_minus(dump->functions[heaviest].inclusive,
                                      hp_add_counts(entered, entries.wished.left));
    return entries;
}

static uint64_t choose_entry(size_t component, const struct flow *flow, struct entries *entries)
{
    uint64_t cost = hp_add_counts(flow->least, hp_take_share(&entries->wished, wish(flow)));

    return component == entries->heaviest
               ? hp_smaller(hp_add_counts(cost, entries->more_of_it), flow->most)
               : cost;
}

/* --- Calls of and by lost functions -------------------------------------------------------- */

static bool add_call(hp_balance *balance, uint32_t caller, uint32_t callee, uint64_t count,
                     uint64_t cost, bool estimated)
{
    hp_dump_call *call;

    if (cost == 0)
        return true;
    balance->lost_calls = true;
    call = hp_dump_add_call(balance->dump);
    if (call)
        *call = (hp_dump_call){.caller = caller,
                               .callee = callee,
                               .count = count,
                               .cost = cost,
                               .timed = true,
                               .estimated = estimated};
    return call != NULL;
}

/* What a function cost beyond all that is recorded of its calls. */
static uint64_t lacks(const hp_balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];

    return hp_minus(function->inclusive, hp_add_counts(function->self, balance->nodes[f].out));
}

/* How many of a function's calls of itself are primitive, at the least. */
static uint64_t count_primitive(const hp_dump_function *function, const hp_dump_call *own)
{
    bool known = own->count != HP_UNKNOWN && function->calls != HP_UNKNOWN;
    uint64_t others = hp_minus(function->calls, own->count);

    return known ? hp_smaller(hp_minus(function->primitive, others), own->count) : 0;
}

bool hp_balance_settle_own_calls(hp_balance *balance)
{
    hp_dump *dump = balance->dump;
    bool whole = true;

    for (size_t i = 0, count = dump->call_count; whole && i < count; i++) {
        hp_dump_call *call = &dump->calls[i];
        hp_dump_function *function = &dump->functions[call->callee];
        uint64_t cost = call->cost, more, primitive;

        if (call->caller != call->callee)
            continue;
        more = lacks(balance, call->callee);
        primitive = count_primitive(function, call);
        if (dump->repeated && more > hp_balance_tolerance(balance, 0)) {
            /* Both functions were made one, and the calls of one by the other count twice. */
            if (primitive > 0 || function->primitive == HP_UNKNOWN)
                function->inclusive -= hp_smaller(more, cost);
        } else if (primitive > 0 && (!dump->repeated || is_alone(balance, call->callee))) {
            /* The dump does not hold the other one. */
            call->count -= primitive;
            call->cost = 0;
            whole = add_call(balance, balance->lost, call->callee, primitive, cost, true);
        }
    }
    return whole && (!balance->lost_calls || hp_balance_survey(balance));
}

/* What it cost beyond what left its component. */
static uint64_t may_lack(const hp_balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];

    return hp_minus(function->inclusive, hp_add_counts(function->self, balance->nodes[f].leaving));
}

/* Functions of the component called lost ones: first those that lack a cost for certain. */
static bool call_lost(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *members = &balance->graph.members;
    size_t first = members->first[component], end = members->first[component + 1];
    hp_shares certain = {0}, rest = {0};
    bool whole = true;

    for (size_t m = first; m < end; m++) {
        hp_add(&certain.weight, lacks(balance, (uint32_t)members->items[m]));
        hp_add(&rest.weight, may_lack(balance, (uint32_t)members->items[m]));
    }
    certain.left = hp_smaller(cost, certain.weight);
    rest.left = cost - certain.left;
    for (size_t m = first; whole && m < end; m++) {
        uint32_t f = (uint32_t)members->items[m];
        uint64_t known = hp_take_share(&certain, lacks(balance, f));
        uint64_t shared = hp_take_share(&rest, may_lack(balance, f));

        whole = f == balance->lost || add_call(balance, f, balance->lost, HP_UNKNOWN,
                                               hp_add_counts(known, shared), shared > 0);
    }
    return whole;
}

/* Takes those calls out of a call site that cost so much, but one of them if it is not all. */
static uint64_t take_count(hp_dump_call *call, uint64_t cost)
{
    hp_shares shares = {call->count, call->cost};
    uint64_t count = hp_take_share(&shares, cost);

    if (call->count == HP_UNKNOWN)
        return HP_UNKNOWN;
    if (cost < call->cost)
        count = hp_smaller(count, hp_minus(call->count, 1));
    call->count -= count;
    return count ? count : HP_UNKNOWN;
}

/* Makes lost the caller of a part of the calls that leave a component, in proportion. */
static bool move_calls(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *leaving = &balance->graph.leaving;
    size_t first = leaving->first[component], end = leaving->first[component + 1];
    hp_shares shares = {0};
    bool whole = true;

    for (size_t i = first; i < end; i++)
        hp_add(&shares.weight, balance->dump->calls[leaving->items[i]].cost);
    shares.left = hp_smaller(cost, shares.weight);
    for (size_t i = first; whole && i < end; i++) {
        hp_dump_call *call = &balance->dump->calls[leaving->items[i]];
        uint64_t moved = hp_smaller(hp_take_share(&shares, call->cost), call->cost);
        uint64_t count;

        if (moved == 0 || call->caller == balance->lost)
            continue;
        count = take_count(call, moved);
        call->cost -= moved;
        call->estimated = true;
        whole = add_call(balance, balance->lost, call->callee, count, moved, true);
    }
    return whole;
}

/* What the calls of a function that cost something, but not how much is known, cost together. */
static uint64_t rest_of(const hp_balance *balance, uint32_t f)
{
    const hp_balance_node *node = &balance->nodes[f];
    uint64_t inclusive = node->open ? node->out : balance->dump->functions[f].inclusive;

    if (f == balance->lost || (!is_forced(node) && (node->nested || node->inner == 0)))
        return 0;
    return hp_minus(inclusive, hp_add_counts(node->outside, node->entry_cost));
}

/* Lost functions entered the component: their calls were taken for those of its own functions. The
 * heaviest function is called for as much as can be, so that there are few such calls. What remains
 * are calls that leave it. */
static bool let_lost_call(hp_balance *balance, size_t component, uint64_t cost)
{
    const hp_groups *members = &balance->graph.members;
    size_t first = members->first[component], end = members->first[component + 1];
    uint32_t heaviest = (uint32_t)members->items[first];
    hp_shares others = {0};
    uint64_t most = 0;
    bool whole;

    for (size_t m = first; m < end; m++) {
        uint64_t rest = rest_of(balance, (uint32_t)members->items[m]);

        hp_add(&others.weight, rest);
        if (rest > most) {
            most = rest;
            heaviest = (uint32_t)members->items[m];
        }
    }
    others.weight -= most;
    most = hp_smaller(most, cost);
    cost -= most;
    others.left = hp_smaller(cost, others.weight);
    cost -= others.left;
    whole = add_call(balance, balance->lost, heaviest, HP_UNKNOWN, most, true);
    for (size_t m = first; whole && others.left > 0 && m < end; m++) {
        uint32_t f = (uint32_t)members->items[m];

        if (f != heaviest)
            whole = add_call(balance, balance->lost, f, HP_UNKNOWN,
                             hp_take_share(&others, rest_of(balance, f)), true);
    }
    return whole && move_calls(balance, component, cost);
}

/* No function costs more than all that goes into its component. */
static void count_once(hp_balance *balance, size_t component, uint64_t in)
{
    const hp_groups *members = &balance->graph.members;

    for (size_t m = members->first[component]; m < members->first[component + 1]; m++) {
        hp_dump_function *function = &balance->dump->functions[members->items[m]];

        function->inclusive = hp_larger(hp_smaller(function->inclusive, in), function->self);
    }
}

static bool conserve(hp_balance *balance, size_t component, struct entries *entries)
{
    struct flow flow = flow_of(balance, component);
    uint64_t tolerance = hp_balance_tolerance(balance, flow.costs);
    uint64_t entered = choose_entry(component, &flow, entries);

    enter_for(balance, component, entered);
    hp_add(&flow.in, entered);
    if (component == balance->graph.component[balance->lost] && is_alone(balance, balance->lost))
        return true;
    if (balance->dump->repeated)
        count_once(balance, component, flow.in);
    if (hp_minus(flow.in, flow.out) > tolerance)
        return call_lost(balance, component, flow.in - flow.out);
    return hp_minus(flow.out, flow.in) <= tolerance ||
           let_lost_call(balance, component, flow.out - flow.in);
}

/* --- The lost function itself -------------------------------------------------------------- */

static void bound_entry(hp_balance *balance, uint32_t f)
{
    hp_balance_bound_entry(balance, f);
    if (is_forced(&balance->nodes[f]))
        balance->nodes[f].entry_cost = 0;
}

/* Sets its costs so that its component conserves cost. */
static void close_lost(hp_balance *balance)
{
    hp_dump_function *lost = &balance->dump->functions[balance->lost];
    hp_balance_node *node = &balance->nodes[balance->lost];
    const hp_groups *members = &balance->graph.members;
    size_t component = balance->graph.component[balance->lost];
    uint64_t called = hp_add_counts(node->outside, node->inner), entered = 0, missing;
    struct flow flow;

    lost->self = 0;
    node->nested = false;
    node->entry_cost = node->entry_most = 0;
    for (size_t m = members->first[component]; m < members->first[component + 1]; m++) {
        uint32_t f = (uint32_t)members->items[m];

        hp_add(&entered, balance->nodes[f].entry_cost);
        if (f != balance->lost)
            bound_entry(balance, f);
    }

    /* Calls by way of lost functions may be nested: the entries may cost more than before. */
    flow = flow_of(balance, component);
    entered = hp_larger(entered, hp_minus(flow.out, flow.in));
    entered = hp_larger(hp_smaller(entered, flow.most), flow.least);
    enter_for(balance, component, entered);
    hp_add(&flow.in, entered);
    missing = hp_smaller(hp_minus(flow.out, flow.in), LOST_MAX);
    node->entry = flow.in == 0 || missing > hp_balance_tolerance(balance, flow.costs);
    node->entry_cost = node->entry_most = node->entry ? missing : 0;
    node->entry_count = node->entry ? HP_UNKNOWN : 0;
    *lost = (hp_dump_function){.self = hp_smaller(hp_minus(flow.in, flow.out), LOST_MAX),
                               .calls = HP_UNKNOWN,
                               .primitive = HP_UNKNOWN,
                               .whole = true};
    lost->inclusive = hp_larger(lost->self, hp_add_counts(called, node->entry_cost));
}

bool hp_balance_find_lost(hp_balance *balance)
{
    hp_dump *dump = balance->dump;
    struct entries entries;
    bool whole = true;

    for (uint32_t f = 0; f < dump->function_count; f++) {
        hp_dump_function *function = &dump->functions[f];

        if (balance->nodes[f].open)
            function->inclusive = hp_add_counts(function->self, balance->nodes[f].out);
        bound_entry(balance, f);
    }
    entries = plan_entries(balance);
    for (size_t c = 0; whole && c < balance->graph.component_count; c++)
        whole = conserve(balance, c, &entries);
    if (!whole || !balance->lost_calls)
        return whole;
    if (!hp_balance_survey(balance))
        return false;
    close_lost(balance);
    dump->not_recorded = balance->lost;
    return true;
}
