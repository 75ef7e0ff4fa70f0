// SPDX-License-Identifier: MIT
/* Makes the calls of a dump add up.
 *
 * A component is a set of functions that call each other in a circle, or one function that is in no
 * circle. A call from another component is never nested in another call of its callee: its recorded
 * cost is exact. What these leave of a function's inclusive cost belongs to the calls from within
 * its component and to the interpreter.
 *
 * Cost is conserved: what goes into a component, by calls, is the self cost of its members and what
 * goes out. Where that does not hold, functions were lost, and <not recorded> takes their place: a
 * component that more goes into than comes out of called it; one that more comes out of did not
 * make all these calls itself. */
#include "model/scc.h"
#include "pstats/dump.h"

#include <stdlib.h>
#include <string.h>

struct node {
    uint32_t component;
    bool entry;       /* the interpreter calls it */
    bool open;        /* its inclusive cost is not known, only its calls are */
    bool nested;      /* no call from within its component is primitive */
    uint64_t missing; /* calls of it that no caller made; or HP_UNKNOWN */
    uint64_t outside; /* cost of the timed calls from other components */
    uint64_t outside_count;
    uint64_t inner; /* recorded cost of the calls from its component, but for its own */
    uint64_t inner_count;
    uint64_t out, out_beyond; /* recorded cost of its calls of others, and of other components */
    uint64_t entry_cost;      /* of the interpreter's calls */
    uint64_t entry_max;       /* it may be as much; then entry_cost is the least */
};

struct balance {
    hp_dump *dump;
    struct node *nodes;
    size_t count; /* of nodes: the functions, then <not recorded>, which may have no calls */
    uint32_t lost;
    uint64_t total;
    bool timed; /* all calls are */
    size_t *first,
        *into; /* the calls into each function: into[first[f]] to into[first[f + 1] - 1] */
    size_t component_count;
    size_t *first_member;
    uint32_t *members; /* of each component, likewise */
};

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void add(uint64_t *sum, uint64_t number)
{
    *sum = hp_add_counts(*sum, number);
}

static uint64_t known(uint64_t count)
{
    return count == HP_UNKNOWN ? 0 : count;
}

/* Divides a number in proportion to weights, exactly: the last one gets the rest. */
struct shares {
    uint64_t left, weight; /* of the number, and the sum of the weights to come */
};

static uint64_t take_share(struct shares *shares, uint64_t weight)
{
    uint64_t share = shares->left;

    if (shares->left == shares->weight)
        share = weight;
    else if (weight < shares->weight)
        share = smaller((uint64_t)((double)share * ((double)weight / (double)shares->weight) + 0.5),
                        share);
    shares->left -= share;
    shares->weight -= smaller(weight, shares->weight);
    return share;
}

static bool is_inner(const struct balance *balance, const hp_dump_call *call)
{
    return balance->nodes[call->caller].component == balance->nodes[call->callee].component;
}

/* --- The graph ----------------------------------------------------------------------------- */

/* The calls by callee, from calls, where there is room for one more. */
static void index_calls(struct balance *balance)
{
    const hp_dump *dump = balance->dump;
    size_t *first = balance->first;

    memset(first, 0, (balance->count + 2) * sizeof *first);
    for (size_t i = 0; i < dump->call_count; i++)
        first[dump->calls[i].callee + 2]++;
    for (size_t f = 2; f <= balance->count; f++)
        first[f + 1] += first[f];
    for (size_t i = 0; i < dump->call_count; i++)
        balance->into[first[dump->calls[i].callee + 1]++] = i;
}

/* Walks from callees to callers. False without memory. */
static bool find_components(struct balance *balance)
{
    const hp_dump *dump = balance->dump;
    uint32_t *callers = malloc((dump->call_count + 1) * sizeof *callers);
    uint32_t *components = malloc(balance->count * sizeof *components), count;
    bool whole = callers && components;

    for (size_t i = 0; whole && i < dump->call_count; i++)
        callers[i] = dump->calls[balance->into[i]].caller;
    whole =
        whole && hp_find_components(&(hp_graph){(uint32_t)balance->count, balance->first, callers},
                                    components, &count);
    for (size_t f = 0; whole && f < balance->count; f++)
        balance->nodes[f].component = components[f];
    if (whole)
        balance->component_count = count;
    free(callers);
    free(components);
    return whole;
}

static void group_members(struct balance *balance)
{
    size_t *first = balance->first_member;

    memset(first, 0, (balance->component_count + 2) * sizeof *first);
    for (uint32_t f = 0; f < balance->count; f++)
        first[balance->nodes[f].component + 2]++;
    for (size_t c = 2; c <= balance->component_count; c++)
        first[c + 1] += first[c];
    for (uint32_t f = 0; f < balance->count; f++)
        balance->members[first[balance->nodes[f].component + 1]++] = f;
}

/* Sums what is recorded of the calls by and of each function. */
static void sum_calls(struct balance *balance)
{
    for (uint32_t f = 0; f < balance->count; f++) {
        struct node *node = &balance->nodes[f];

        node->outside = node->outside_count = node->inner = node->inner_count = 0;
        node->out = node->out_beyond = 0;
    }
    for (size_t i = 0; i < balance->dump->call_count; i++) {
        const hp_dump_call *call = &balance->dump->calls[i];
        struct node *caller = &balance->nodes[call->caller],
                    *callee = &balance->nodes[call->callee];

        if (call->caller == call->callee)
            continue;
        add(&caller->out, call->cost);
        if (is_inner(balance, call)) {
            add(&callee->inner, call->cost);
            add(&callee->inner_count, known(call->count));
        } else {
            add(&caller->out_beyond, call->cost);
            add(&callee->outside_count, known(call->count));
            add(&callee->outside, call->cost);
        }
    }
}

/* Finds components anew, for the calls that there are now. */
static bool survey(struct balance *balance)
{
    free(balance->into);
    balance->into = malloc((balance->dump->call_count + 1) * sizeof *balance->into);
    if (!balance->into)
        return false;
    index_calls(balance);
    if (!find_components(balance))
        return false;
    group_members(balance);
    sum_calls(balance);
    return true;
}

/* --- The interpreter ----------------------------------------------------------------------- */

/* The interpreter calls what no caller accounts for, and of each component that nobody calls the
 * member with the largest inclusive cost. */
static void find_entries(struct balance *balance)
{
    const hp_dump *dump = balance->dump;

    for (uint32_t f = 0; f < balance->lost; f++) {
        const hp_dump_function *function = &dump->functions[f];
        struct node *node = &balance->nodes[f];
        uint64_t recorded = 0;
        bool called = balance->first[f] < balance->first[f + 1];

        for (size_t i = balance->first[f]; i < balance->first[f + 1]; i++)
            add(&recorded, dump->calls[balance->into[i]].count);
        node->missing = function->calls == HP_UNKNOWN ? (called ? 0 : HP_UNKNOWN)
                                                      : minus(function->calls, recorded);
        node->entry = node->missing > 0;
        node->open = !function->whole ||
                     (!called && function->calls == 0 && function->inclusive == function->self);
    }
    for (size_t c = 0; c < balance->component_count; c++) {
        uint32_t heaviest = balance->members[balance->first_member[c]];
        bool reached = false;

        for (size_t m = balance->first_member[c]; m < balance->first_member[c + 1]; m++) {
            uint32_t f = balance->members[m];

            for (size_t i = balance->first[f]; i < balance->first[f + 1] && !reached; i++)
                reached = !is_inner(balance, &dump->calls[balance->into[i]]);
            reached = reached || balance->nodes[f].entry;
            if (dump->functions[f].inclusive > dump->functions[heaviest].inclusive)
                heaviest = f;
        }
        if (!reached && heaviest != balance->lost) {
            balance->nodes[heaviest].entry = true;
            balance->nodes[heaviest].nested = true;
        }
    }
}

/* What the interpreter's calls cost: what the others leave if these are nested, else within
 * bounds. */
static void bound_entry(const struct balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];
    struct node *node = &balance->nodes[f];
    uint64_t left = minus(function->inclusive, node->outside);
    uint64_t outer = hp_add_counts(node->outside_count, known(node->missing));

    node->nested =
        node->nested || (function->primitive != HP_UNKNOWN && function->primitive <= outer);
    node->entry_cost = node->entry_max = 0;
    if (!node->entry || node->open)
        return;
    node->entry_max = left;
    node->entry_cost = node->nested || node->inner_count == 0 ? left : minus(left, node->inner);
}

/* --- What was lost ------------------------------------------------------------------------- */

/* Each cost may be wrong by half a nanosecond. */
static uint64_t tolerance(size_t costs)
{
    return 1 + costs / 2;
}

static bool add_lost_call(struct balance *balance, uint32_t caller, uint32_t callee, uint64_t count,
                          uint64_t cost, bool estimated)
{
    hp_dump_call *call = cost ? hp_dump_add_call(balance->dump) : NULL;

    if (call)
        *call = (hp_dump_call){.caller = caller,
                               .callee = callee,
                               .count = count,
                               .cost = cost,
                               .timed = true,
                               .estimated = estimated};
    return call || !cost;
}

/* Makes <not recorded> the caller of a part of the calls that members make of other components:
 * of one member, or of all of them. */
static bool move_calls(struct balance *balance, const size_t *calls, size_t count, uint64_t excess)
{
    struct shares shares = {excess, 0};

    for (size_t i = 0; i < count; i++)
        add(&shares.weight, balance->dump->calls[calls[i]].cost);
    shares.left = smaller(shares.left, shares.weight);
    for (size_t i = 0; i < count; i++) {
        hp_dump_call *call = &balance->dump->calls[calls[i]];
        uint64_t cost = smaller(take_share(&shares, call->cost), call->cost), moved = call->count;
        uint32_t callee = call->callee;

        if (cost == 0)
            continue;
        if (moved != HP_UNKNOWN && cost < call->cost)
            moved = (uint64_t)((double)moved * ((double)cost / (double)call->cost) + 0.5);
        call->cost -= cost;
        call->count -= call->count == HP_UNKNOWN ? 0 : moved;
        call->estimated = true;
        if (!add_lost_call(balance, balance->lost, callee, moved, cost, true))
            return false;
    }
    return true;
}

/* The calls of other components that each function makes. */
struct beyond {
    size_t *first, *calls;
};

static bool index_beyond(const struct balance *balance, struct beyond *beyond)
{
    const hp_dump *dump = balance->dump;

    beyond->first = calloc(balance->count + 2, sizeof *beyond->first);
    beyond->calls = malloc((dump->call_count + 1) * sizeof *beyond->calls);
    if (!beyond->first || !beyond->calls)
        return false;
    for (size_t i = 0; i < dump->call_count; i++)
        if (!is_inner(balance, &dump->calls[i]))
            beyond->first[balance->nodes[dump->calls[i].caller].component + 2]++;
    for (size_t c = 2; c <= balance->component_count; c++)
        beyond->first[c + 1] += beyond->first[c];
    for (size_t i = 0; i < dump->call_count; i++)
        if (!is_inner(balance, &dump->calls[i]))
            beyond->calls[beyond->first[balance->nodes[dump->calls[i].caller].component + 1]++] = i;
    return true;
}

/* What a component lacks for certain: members that cost more than they and their calls account
 * for called something that was lost. */
static bool call_lost(struct balance *balance, uint32_t f, size_t costs, uint64_t *lacking)
{
    const hp_dump_function *function = &balance->dump->functions[f];
    uint64_t accounted = hp_add_counts(function->self, balance->nodes[f].out);
    uint64_t lost = minus(function->inclusive, accounted);

    if (balance->nodes[f].open || lost <= tolerance(costs))
        return true;
    add(lacking, lost);
    return add_lost_call(balance, f, balance->lost, HP_UNKNOWN, lost, false);
}

struct inner_rest {
    uint32_t function;
    uint64_t cost;
};

static int order_rests(const void *left, const void *right)
{
    const struct inner_rest *a = left, *b = right;

    if (a->cost != b->cost)
        return a->cost < b->cost ? 1 : -1;
    return (a->function > b->function) - (a->function < b->function);
}

/* Lost functions called members: these calls take the place of calls by other members, of which it
 * is not known what they cost. Returns what remains in *excess. */
static bool call_members(struct balance *balance, const uint32_t *members, size_t count,
                         uint64_t *excess)
{
    struct inner_rest *rests = malloc((count + 1) * sizeof *rests);
    bool whole = rests != NULL;

    for (size_t m = 0; whole && m < count; m++) {
        const struct node *node = &balance->nodes[members[m]];
        uint64_t rest = minus(balance->dump->functions[members[m]].inclusive, node->outside);

        rest = node->nested || node->inner == 0 ? 0 : minus(rest, node->entry_cost);
        rests[m] = (struct inner_rest){members[m], rest};
    }
    if (whole)
        qsort(rests, count, sizeof *rests, order_rests);
    for (size_t m = 0; whole && m < count && *excess && rests[m].cost; m++) {
        uint64_t cost = smaller(*excess, rests[m].cost);

        whole = add_lost_call(balance, balance->lost, rests[m].function, HP_UNKNOWN, cost, true);
        *excess -= cost;
    }
    free(rests);
    return whole;
}

/* Members called lost functions, but it is not known which did. */
static bool share_lost(struct balance *balance, const uint32_t *members, size_t count,
                       uint64_t lost)
{
    struct shares shares = {lost, 0};
    bool whole = true;

    for (int pass = 0; pass < 2; pass++)
        for (size_t m = 0; whole && m < count; m++) {
            const hp_dump_function *function = &balance->dump->functions[members[m]];
            uint64_t weight =
                minus(function->inclusive,
                      hp_add_counts(function->self, balance->nodes[members[m]].out_beyond));

            if (pass == 0)
                add(&shares.weight, weight);
            else if (shares.weight)
                whole = add_lost_call(balance, members[m], balance->lost, HP_UNKNOWN,
                                      take_share(&shares, weight), true);
        }
    return whole;
}

/* Several functions that call each other in circles. */
static bool conserve_circle(struct balance *balance, size_t component, const struct beyond *beyond)
{
    const uint32_t *members = balance->members + balance->first_member[component];
    size_t count = balance->first_member[component + 1] - balance->first_member[component];
    const size_t *calls = beyond->calls + beyond->first[component];
    size_t call_count = beyond->first[component + 1] - beyond->first[component];
    uint64_t in = 0, out = 0, least = 0, most = 0, lacking = 0;
    struct shares shares = {0, 0};

    for (size_t m = 0; m < count; m++) {
        const struct node *node = &balance->nodes[members[m]];

        add(&in, node->outside);
        add(&out, hp_add_counts(balance->dump->functions[members[m]].self, node->out_beyond));
        add(&least, node->entry_cost);
        add(&most, node->entry_max);
        if (!call_lost(balance, members[m], call_count + count, &lacking))
            return false;
    }
    add(&out, lacking);

    /* The interpreter's calls bring in what is missing, as far as they may. */
    uint64_t entered = minus(out, in);

    entered = entered < least ? least : smaller(entered, most);
    shares = (struct shares){entered - least, most - least};
    for (size_t m = 0; m < count; m++) {
        struct node *node = &balance->nodes[members[m]];
        uint64_t more = take_share(&shares, node->entry_max - node->entry_cost);

        node->entry_cost += more;
    }
    add(&in, entered);

    uint64_t excess = minus(out, in);

    if (in - smaller(in, out) > tolerance(call_count + count))
        return share_lost(balance, members, count, in - out);
    if (excess <= tolerance(call_count + count))
        return true;
    return call_members(balance, members, count, &excess) &&
           (excess == 0 || move_calls(balance, calls, call_count, excess));
}

static bool conserve_single(struct balance *balance, uint32_t f, const struct beyond *beyond)
{
    const hp_dump_function *function = &balance->dump->functions[f];
    const struct node *node = &balance->nodes[f];
    const size_t *calls = beyond->calls + beyond->first[node->component];
    size_t call_count = beyond->first[node->component + 1] - beyond->first[node->component];
    uint64_t lacking = 0,
             excess = minus(hp_add_counts(function->self, node->out), function->inclusive);

    if (node->open)
        return true;
    if (excess > tolerance(call_count))
        return move_calls(balance, calls, call_count, excess);
    return call_lost(balance, f, call_count, &lacking);
}

/* Lets <not recorded> make up for what the dump does not hold. */
static bool find_lost(struct balance *balance)
{
    struct beyond beyond = {NULL, NULL};
    bool whole = index_beyond(balance, &beyond);

    for (size_t c = 0; whole && c < balance->component_count; c++) {
        size_t first = balance->first_member[c];

        whole = balance->first_member[c + 1] - first > 1
                    ? conserve_circle(balance, c, &beyond)
                    : conserve_single(balance, balance->members[first], &beyond);
    }
    free(beyond.first);
    free(beyond.calls);
    return whole;
}

/* The costs of <not recorded>, of whose calls all but the interpreter's are known. False without
 * memory. */
static bool add_up_lost(struct balance *balance)
{
    hp_dump_function *lost = &balance->dump->functions[balance->lost];
    struct node *node = &balance->nodes[balance->lost];
    uint64_t in = 0, out = 0;

    for (size_t i = 0; i < balance->dump->call_count; i++) {
        const hp_dump_call *call = &balance->dump->calls[i];

        add(call->callee == balance->lost ? &in : &out,
            call->callee == balance->lost || call->caller == balance->lost ? call->cost : 0);
    }
    *lost = (hp_dump_function){minus(in, out), larger(in, out), HP_UNKNOWN, HP_UNKNOWN, true};
    if (!survey(balance))
        return false;
    node->entry_cost = minus(out, in);
    node->missing = node->entry_cost ? HP_UNKNOWN : 0;
    node->entry = node->entry_cost > 0;
    add(&balance->total, lost->self);

    /* Of calls that are nested in each other only the outermost counts. */
    uint64_t outermost = hp_add_counts(node->outside, node->entry_cost);

    lost->inclusive = smaller(lost->inclusive, balance->total);
    lost->inclusive = larger(larger(lost->inclusive, outermost), lost->self);
    return true;
}

/* --- The calls of each function ------------------------------------------------------------ */

static bool enter(struct balance *balance, uint32_t f, uint64_t count, uint64_t cost)
{
    const struct node *node = &balance->nodes[f];
    hp_dump_call *call = node->entry || cost ? hp_dump_add_call(balance->dump) : NULL;

    if (call)
        *call = (hp_dump_call){.caller = HP_NO_FUNCTION,
                               .callee = f,
                               .count = count,
                               .cost = cost,
                               .timed = true,
                               .estimated = node->entry_cost < node->entry_max};
    return call || !(node->entry || cost);
}

/* What a call has a share by. */
typedef uint64_t weigher(const struct balance *balance, const hp_dump_call *call);

static uint64_t weigh_outside(const struct balance *balance, const hp_dump_call *call)
{
    return is_inner(balance, call) ? 0 : call->cost;
}

static uint64_t weigh_inner(const struct balance *balance, const hp_dump_call *call)
{
    return call->caller != call->callee && is_inner(balance, call) ? call->cost : 0;
}

static uint64_t weigh_inner_count(const struct balance *balance, const hp_dump_call *call)
{
    return call->caller != call->callee && is_inner(balance, call) ? known(call->count) : 0;
}

/* Calls whose cost is not recorded: by their number, of inner ones by how many may be primitive. */
static uint64_t weigh_untimed(const struct balance *balance, const hp_dump_call *call)
{
    const struct node *node = &balance->nodes[call->callee];
    uint64_t primitive = balance->dump->functions[call->callee].primitive;
    uint64_t outer = hp_add_counts(node->outside_count, known(node->missing));

    if (call->timed || call->caller == call->callee)
        return 0;
    if (!is_inner(balance, call) || node->inner_count == 0)
        return known(call->count);
    primitive = smaller(minus(primitive, outer), node->inner_count);
    return (uint64_t)((double)known(call->count) * ((double)primitive / (double)node->inner_count) +
                      0.5);
}

/* Shares a cost among the calls into a function; false if none has a weight. more is the weight of
 * what has the rest, *rest. */
static bool share_calls(struct balance *balance, uint32_t f, uint64_t cost, weigher *weigh,
                        uint64_t more, uint64_t *rest)
{
    struct shares shares = {cost, more};
    size_t weighty = 0;

    for (size_t i = balance->first[f]; i < balance->first[f + 1]; i++) {
        uint64_t weight = weigh(balance, &balance->dump->calls[balance->into[i]]);

        add(&shares.weight, weight);
        weighty += weight > 0;
    }
    for (size_t i = balance->first[f]; weighty && i < balance->first[f + 1]; i++) {
        hp_dump_call *call = &balance->dump->calls[balance->into[i]];
        uint64_t weight = weigh(balance, call), recorded = call->cost;

        if (weight == 0)
            continue;
        call->cost = take_share(&shares, weight);
        call->estimated =
            call->estimated || !call->timed || (call->cost != recorded && weighty + (more > 0) > 1);
    }
    *rest = shares.left;
    return weighty > 0;
}

static void clear_inner(struct balance *balance, uint32_t f)
{
    for (size_t i = balance->first[f]; i < balance->first[f + 1]; i++) {
        hp_dump_call *call = &balance->dump->calls[balance->into[i]];

        if (is_inner(balance, call))
            call->cost = 0;
        call->estimated = call->estimated || !call->timed;
    }
}

/* Makes the calls into a function cost what it cost. */
static bool distribute(struct balance *balance, uint32_t f)
{
    const hp_dump_function *function = &balance->dump->functions[f];
    const struct node *node = &balance->nodes[f];
    uint64_t outside = node->outside, entered, rest, left;
    bool has_untimed = false;

    for (size_t i = balance->first[f]; i < balance->first[f + 1]; i++) {
        hp_dump_call *call = &balance->dump->calls[balance->into[i]];

        has_untimed = has_untimed || !call->timed;
        if (call->caller == f)
            call->cost = 0;
    }
    if (outside > function->inclusive) {
        (void)share_calls(balance, f, function->inclusive, weigh_outside, 0, &rest);
        outside = function->inclusive;
    }
    left = function->inclusive - outside;
    if (has_untimed) {
        uint64_t missing = node->entry ? known(node->missing) : 0;
        bool any = share_calls(balance, f, left, weigh_untimed, missing, &entered);

        return any || left ? enter(balance, f, known(node->missing), any ? entered : left)
                           : enter(balance, f, known(node->missing), 0);
    }
    entered = smaller(node->entry_cost, left);
    left -= entered;
    if (left == 0)
        clear_inner(balance, f);
    else if (!share_calls(balance, f, left, weigh_inner, 0, &rest) &&
             !share_calls(balance, f, left, weigh_inner_count, 0, &rest))
        entered += left;
    return enter(balance, f, node->missing, entered);
}

/* Functions that were called and never left cost what they called. */
static bool close_open(struct balance *balance, size_t call_count)
{
    const hp_dump *dump = balance->dump;
    bool whole = true;

    for (size_t i = 0; i < call_count; i++) {
        const hp_dump_call *call = &dump->calls[i];

        if (balance->nodes[call->caller].open)
            add(&dump->functions[call->caller].inclusive, call->cost);
    }
    for (uint32_t f = 0; whole && f < balance->count; f++)
        if (balance->nodes[f].open) {
            hp_dump_function *function = &dump->functions[f];

            function->inclusive = smaller(function->inclusive, balance->total);
            whole = enter(balance, f, known(balance->nodes[f].missing), function->inclusive);
        }
    return whole;
}

/* Where several threads are mixed, the interpreter's calls may cost more than the total: then each,
 * and its callee, gets less, but not less than the callee's self cost takes. */
static void limit_entries(struct balance *balance, size_t call_count)
{
    hp_dump *dump = balance->dump;
    uint64_t all = 0, needed = 0;
    struct shares shares = {0, 0};

    for (int pass = 0; pass < 3; pass++) {
        if (pass == 2) {
            if (all <= balance->total)
                return;
            shares = (struct shares){minus(balance->total, needed), all - needed};
        }
        for (size_t i = call_count; i < dump->call_count; i++) {
            hp_dump_call *call = &dump->calls[i];
            hp_dump_function *callee = &dump->functions[call->callee];
            uint64_t need = minus(callee->self, callee->inclusive - call->cost), kept;

            if (pass == 0)
                add(&all, call->cost);
            else if (pass == 1)
                add(&needed, need);
            else {
                kept = need + take_share(&shares, call->cost - need);
                callee->inclusive -= call->cost - smaller(kept, call->cost);
                call->estimated = call->estimated || kept < call->cost;
                call->cost = smaller(kept, call->cost);
            }
        }
    }
}

/* --- The whole ----------------------------------------------------------------------------- */

/* cProfile counts a call when it ends: a call that never ended is one of another thread. */
static bool has_unended(const hp_dump *dump)
{
    for (size_t i = 0; i < dump->call_count; i++)
        if (dump->calls[i].timed && dump->calls[i].count == 0)
            return true;
    return false;
}

static bool run(struct balance *balance)
{
    hp_dump *dump = balance->dump;
    size_t call_count = dump->call_count;
    bool whole = survey(balance);

    if (!whole)
        return false;
    find_entries(balance);
    for (uint32_t f = 0; f < balance->lost; f++)
        bound_entry(balance, f);
    dump->mixed_threads = has_unended(dump);
    if (balance->timed && !dump->mixed_threads) {
        whole = find_lost(balance);
        if (whole && dump->call_count > call_count)
            whole = add_up_lost(balance);
    }
    dump->not_recorded = dump->call_count > call_count ? balance->lost : HP_NO_FUNCTION;
    call_count = dump->call_count;
    for (uint32_t f = 0; whole && f < balance->count; f++) {
        dump->functions[f].inclusive = smaller(dump->functions[f].inclusive, balance->total);
        if (!balance->nodes[f].open)
            whole = distribute(balance, f);
    }
    whole = whole && close_open(balance, call_count);
    limit_entries(balance, call_count);
    if (dump->mixed_threads)
        for (size_t i = 0; i < dump->call_count; i++)
            dump->calls[i].estimated = true;
    dump->interpreter = dump->not_recorded == HP_NO_FUNCTION ? balance->lost : balance->lost + 1;
    for (size_t i = call_count; i < dump->call_count; i++)
        dump->calls[i].caller = dump->interpreter;
    return whole;
}

hp_status hp_dump_balance(hp_dump *dump, hp_error *error)
{
    struct balance balance = {.dump = dump,
                              .lost = (uint32_t)dump->function_count,
                              .count = dump->function_count + 1,
                              .timed = true};
    bool whole = hp_dump_need_functions(dump, dump->function_count + 2);

    balance.nodes = calloc(balance.count, sizeof *balance.nodes);
    balance.first = calloc(balance.count + 2, sizeof *balance.first);
    balance.first_member = calloc(balance.count + 2, sizeof *balance.first_member);
    balance.members = malloc(balance.count * sizeof *balance.members);
    whole = whole && balance.nodes && balance.first && balance.first_member && balance.members;
    if (whole) {
        dump->functions[balance.lost].whole = true;
        for (uint32_t f = 0; f < balance.lost; f++) {
            hp_dump_function *function = &dump->functions[f];

            function->inclusive = larger(function->inclusive, function->self);
            add(&balance.total, function->self);
        }
        for (size_t i = 0; i < dump->call_count; i++)
            balance.timed = balance.timed && dump->calls[i].timed;
        whole = run(&balance);
    }
    free(balance.nodes);
    free(balance.first);
    free(balance.into);
    free(balance.first_member);
    free(balance.members);
    return whole ? HP_OK : hp_no_memory(error);
}
