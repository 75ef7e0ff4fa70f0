// SPDX-License-Identifier: MIT
#include "filter/unroll.h"

#include "filter/filter_steps.h"

#include <stdlib.h>
#include <string.h>

/* Bounds on time and memory: each stack is compared with all functions on it, and each expansion
 * looks at all lines and calls of a function. */
#define STEPS_MAX 100000000
#define STACKS_MAX ((size_t)4 * HP_UNROLLED_MAX)

/* A function that was entered, and what it cost there. */
typedef struct entry {
    double weight; /* the mean share of the totals */
    size_t number; /* of entries of one weight the first comes first */
    hp_function_id function;
    uint32_t caller; /* a stack of the new profile */
    uint32_t costs;  /* row */
} entry;

typedef struct unrolling {
    const hp_profile *from;
    hp_profile *to;
    size_t events;
    entry *heap; /* the heaviest entry first */
    size_t count, capacity, numbers;
    uint64_t *costs; /* of all entries; rows stay */
    size_t cost_capacity;
    size_t *on_stack; /* of each function, the expansion in which it was on the stack */
    size_t expansion, steps;
} unrolling;

bool hp_has_stacks(const hp_profile *profile)
{
    for (size_t i = 0; i < hp_profile_input_count(profile); i++)
        if (!hp_profile_input(profile, i)->stacks)
            return false;
    return true;
}

/* --- The entries, as a heap ---------------------------------------------------------------- */

static bool before(const entry *a, const entry *b)
{
    return a->weight != b->weight ? a->weight > b->weight : a->number < b->number;
}

static void swap(entry *a, entry *b)
{
    entry moved = *a;

    *a = *b;
    *b = moved;
}

static hp_status push(unrolling *state, hp_function_id function, uint32_t caller,
                      const uint64_t *costs, hp_error *error)
{
    entry added = {.number = state->numbers, .function = function, .caller = caller};
    const uint64_t *total = hp_profile_total(state->from);

    for (size_t e = 0; e < state->events; e++)
        if (total[e])
            added.weight += (double)costs[e] / (double)total[e];
    if (added.weight <= 0)
        return HP_OK;
    if (state->count == state->capacity) {
        size_t capacity = 2 * state->capacity + 64;
        entry *heap = realloc(state->heap, capacity * sizeof *heap);

        if (!heap)
            return hp_no_memory(error);
        state->heap = heap;
        state->capacity = capacity;
    }
    if (state->numbers == state->cost_capacity) {
        size_t capacity = 2 * state->cost_capacity + 64;
        uint64_t *rows = realloc(state->costs, capacity * state->events * sizeof *rows);

        if (!rows)
            return hp_no_memory(error);
        state->costs = rows;
        state->cost_capacity = capacity;
    }
    added.costs = (uint32_t)state->numbers++;
    memcpy(state->costs + added.costs * state->events, costs, state->events * sizeof *costs);

    size_t at = state->count++;

    state->heap[at] = added;
    for (; at > 0 && before(&state->heap[at], &state->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&state->heap[at], &state->heap[(at - 1) / 2]);
    return HP_OK;
}

static entry pop(unrolling *state)
{
    entry first = state->heap[0];

    state->heap[0] = state->heap[--state->count];
    for (size_t at = 0, child; (child = 2 * at + 1) < state->count; at = child) {
        child += child + 1 < state->count && before(&state->heap[child + 1], &state->heap[child]);
        if (!before(&state->heap[child], &state->heap[at]))
            break;
        swap(&state->heap[child], &state->heap[at]);
    }
    return first;
}

/* --- Sharing ------------------------------------------------------------------------------- */

/* Costs that are shared among parts in proportion to their weights, so that the shares add up. */
typedef struct shared_costs {
    uint64_t costs[HP_EVENTS_MAX];
    uint64_t given[HP_EVENTS_MAX];
    long double whole[HP_EVENTS_MAX]; /* of the weights of all parts */
    long double weighed[HP_EVENTS_MAX];
} shared_costs;

static void weigh(shared_costs *sharing, const uint64_t *weights, size_t events)
{
    for (size_t e = 0; e < events; e++)
        sharing->whole[e] += (long double)weights[e];
}

/* The share of the next part. */
static void share(shared_costs *sharing, const uint64_t *weights, size_t events, uint64_t *shares)
{
    for (size_t e = 0; e < events; e++) {
        long double whole = sharing->whole[e], cost = (long double)sharing->costs[e];
        uint64_t until = sharing->given[e];

        sharing->weighed[e] += (long double)weights[e];
        if (whole > 0 && sharing->weighed[e] >= whole) {
            until = sharing->costs[e];
        } else if (whole > 0) {
            long double exact = cost / whole * sharing->weighed[e];

            until = exact < cost ? (uint64_t)exact : sharing->costs[e];
        }
        shares[e] = until > sharing->given[e] ? until - sharing->given[e] : 0;
        sharing->given[e] += shares[e];
    }
}

/* What no part got. */
static void rest(const shared_costs *sharing, size_t events, uint64_t *left)
{
    for (size_t e = 0; e < events; e++)
        left[e] = sharing->costs[e] - sharing->given[e];
}

/* --- Stacks -------------------------------------------------------------------------------- */

static bool any(const uint64_t *costs, size_t events)
{
    for (size_t e = 0; e < events; e++)
        if (costs[e])
            return true;
    return false;
}

static hp_status add_stack(unrolling *state, hp_function_id function, uint32_t caller,
                           uint64_t line, const uint64_t *costs, uint32_t *stack, hp_error *error)
{
    if (line == 0)
        line = hp_profile_function(state->from, function)->line;
    return hp_profile_add_stack(state->to, (hp_stack){function, caller, line}, costs, stack, error);
}

/* Marks the functions of a stack. */
static void mark(unrolling *state, hp_function_id function, uint32_t caller)
{
    state->expansion++;
    state->on_stack[function] = state->expansion;
    for (; caller != HP_NO_STACK; state->steps++) {
        const hp_stack *stack = hp_profile_stack(state->to, caller);

        state->on_stack[stack->function] = state->expansion;
        caller = stack->caller;
    }
}

/* Shares the cost of an entry among its lines and calls. */
static hp_status expand(unrolling *state, const entry *entered, hp_error *error)
{
    static const uint64_t nothing[HP_EVENTS_MAX];
    const hp_function_id function = entered->function;
    size_t first_line, lines = hp_profile_lines_of(state->from, function, &first_line);
    size_t first_call, calls = hp_profile_calls_from(state->from, function, &first_call);
    uint64_t part[HP_EVENTS_MAX];
    shared_costs shared = {0};
    hp_status status = HP_OK;
    uint32_t stack;

    memcpy(shared.costs, state->costs + entered->costs * state->events,
           state->events * sizeof *part);
    mark(state, function, entered->caller);
    state->steps += lines + calls;
    for (size_t i = first_line; i < first_line + lines; i++)
        weigh(&shared, hp_profile_line_self(state->from, i), state->events);
    for (size_t i = first_call; i < first_call + calls; i++)
        if (state->on_stack[hp_profile_call(state->from, i)->callee] != state->expansion)
            weigh(&shared, hp_profile_call_inclusive(state->from, i), state->events);
    for (size_t i = first_line; status == HP_OK && i < first_line + lines; i++) {
        share(&shared, hp_profile_line_self(state->from, i), state->events, part);
        if (any(part, state->events))
            status = add_stack(state, function, entered->caller,
                               hp_profile_line(state->from, i)->line, part, &stack, error);
    }
    for (size_t i = first_call; status == HP_OK && i < first_call + calls; i++) {
        const hp_call *call = hp_profile_call(state->from, i);

        if (state->on_stack[call->callee] == state->expansion)
            continue;
        share(&shared, hp_profile_call_inclusive(state->from, i), state->events, part);
        if (!any(part, state->events))
            continue;
        status = add_stack(state, function, entered->caller, call->line, nothing, &stack, error);
        if (status == HP_OK)
            status = push(state, call->callee, stack, part, error);
    }
    rest(&shared, state->events, part);
    if (status == HP_OK && any(part, state->events))
        status = add_stack(state, function, entered->caller, 0, part, &stack, error);
    return status;
}

/* --- All of it ----------------------------------------------------------------------------- */

/* Enters the functions whose cost is not all that of calls, which in most profiles is
 * <interpreter> alone. */
static hp_status enter_roots(unrolling *state, hp_error *error)
{
    size_t functions = hp_profile_function_count(state->from), events = state->events;
    uint64_t *roots = calloc(functions * events + 1, sizeof *roots);
    uint64_t left[HP_EVENTS_MAX];
    shared_costs shared = {0};
    hp_status status = roots ? HP_OK : hp_no_memory(error);
    hp_function_id interpreter;
    uint32_t stack;

    for (hp_function_id f = 0; roots && f < functions; f++)
        memcpy(roots + f * events, hp_profile_function_inclusive(state->from, f),
               events * sizeof *roots);
    for (size_t i = 0; roots && i < hp_profile_call_count(state->from); i++) {
        const uint64_t *inclusive = hp_profile_call_inclusive(state->from, i);
        uint64_t *root = roots + hp_profile_call(state->from, i)->callee * events;

        for (size_t e = 0; e < events; e++)
            root[e] -= inclusive[e] < root[e] ? inclusive[e] : root[e];
    }
    memcpy(shared.costs, hp_profile_total(state->from), events * sizeof *roots);
    for (hp_function_id f = 0; roots && f < functions; f++)
        weigh(&shared, roots + f * events, events);
    for (hp_function_id f = 0; status == HP_OK && f < functions; f++) {
        share(&shared, roots + f * events, events, left);
        status = push(state, f, HP_NO_STACK, left, error);
    }
    rest(&shared, events, left);
    if (status == HP_OK && any(left, events)) {
        status = hp_profile_add_interpreter(state->to, &interpreter, error);
        if (status == HP_OK)
            status = hp_profile_add_stack(state->to, (hp_stack){interpreter, HP_NO_STACK, 0}, left,
                                          &stack, error);
    }
    free(roots);
    return status;
}

static hp_status unroll(unrolling *state, hp_error *error)
{
    size_t found = 0;
    hp_status status = enter_roots(state, error);

    while (status == HP_OK && state->count > 0) {
        entry entered = pop(state);
        uint32_t stack;

        if (found++ < HP_UNROLLED_MAX && state->steps < STEPS_MAX && state->numbers < STACKS_MAX &&
            hp_profile_stack_count(state->to) < STACKS_MAX)
            status = expand(state, &entered, error);
        else
            status = add_stack(state, entered.function, entered.caller, 0,
                               state->costs + entered.costs * state->events, &stack, error);
    }
    return status;
}

/* Makes a profile with the functions and self costs of another, without calls and stacks. */
static hp_status copy_costs(const hp_profile *from, hp_profile **copy, hp_error *error)
{
    hp_profile *to = *copy = hp_profile_new();
    hp_status status = to ? hp_filter_copy_frame(from, to, error) : hp_no_memory(error);

    for (size_t i = 0; status == HP_OK && i < hp_profile_line_count(from); i++)
        status = hp_profile_add_cost(to, *hp_profile_line(from, i), hp_profile_line_self(from, i),
                                     error);
    return status;
}

/* Sorts what was made, or frees it after an error. */
static hp_status finish(hp_profile *made, hp_status status, hp_profile **result, hp_error *error)
{
    if (status == HP_OK)
        status = hp_profile_sort(made, error);
    if (status != HP_OK)
        hp_profile_free(made);
    *result = status == HP_OK ? made : NULL;
    return status;
}

hp_status hp_profile_unroll(const hp_profile *profile, hp_profile **unrolled, hp_error *error)
{
    unrolling state = {.from = profile,
                       .events = hp_profile_event_count(profile),
                       .on_stack = calloc(hp_profile_function_count(profile) + 1, sizeof(size_t))};
    hp_status status = state.on_stack ? copy_costs(profile, &state.to, error) : hp_no_memory(error);

    if (status == HP_OK && state.events)
        status = unroll(&state, error);
    free(state.heap);
    free(state.costs);
    free(state.on_stack);
    return finish(state.to, status, unrolled, error);
}

hp_status hp_profile_drop_stack_lines(const hp_profile *profile, hp_profile **dropped,
                                      hp_error *error)
{
    size_t count = hp_profile_stack_count(profile);
    uint32_t *places = malloc((count + 1) * sizeof *places);
    hp_profile *to = NULL;
    hp_status status = places ? copy_costs(profile, &to, error) : hp_no_memory(error);

    for (size_t i = 0; status == HP_OK && i < count; i++) {
        hp_stack stack = *hp_profile_stack(profile, i);

        stack.line = 0;
        if (stack.caller != HP_NO_STACK)
            stack.caller = places[stack.caller];
        status =
            hp_profile_add_stack(to, stack, hp_profile_stack_self(profile, i), &places[i], error);
    }
    free(places);
    return finish(to, status, dropped, error);
}
