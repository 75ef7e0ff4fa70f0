// SPDX-License-Identifier: MIT
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_functions(const void *a, const void *b)
{
    const hp_function *one = *(const hp_function *const *)a;
    const hp_function *two = *(const hp_function *const *)b;
    int order = hp_string_compare(one->recorded_file, two->recorded_file);

    if (order == 0)
        order = compare_numbers(one->line, two->line);
    if (order == 0)
        order = hp_string_compare(one->name, two->name);
    if (order == 0)
        order = hp_string_compare(one->file, two->file);
    return order ? order : hp_string_compare(one->object, two->object);
}

static bool any_cost(const uint64_t *costs, size_t count)
{
    for (size_t e = 0; e < count; e++)
        if (costs[e])
            return true;
    return false;
}

static bool is_call(const hp_profile *profile, size_t row)
{
    return profile->calls[row].count ||
           any_cost(hp_profile_call_inclusive(profile, row), profile->event_count);
}

/* The functions that have a cost, a call or a stack, in order; ranks tells where each one went.
 * NULL without memory. */
static uint32_t *sort_functions(const hp_profile *profile, hp_function_id *ranks, size_t *kept)
{
    size_t all = profile->function_table.count;
    const hp_function **order = malloc((all + 1) * sizeof *order);
    uint32_t *rows = malloc((all + 1) * sizeof *rows);

    *kept = 0;
    if (!order || !rows) {
        free(order);
        free(rows);
        return NULL;
    }
    for (hp_function_id i = 0; i < all; i++)
        ranks[i] = profile->functions[i].calls ||
                           any_cost(hp_function_costs(profile, i), 2 * profile->event_count)
                       ? 0
                       : HP_NO_FUNCTION;
    for (size_t i = 0; i < profile->call_table.count; i++)
        if (is_call(profile, i))
            ranks[profile->calls[i].caller] = ranks[profile->calls[i].callee] = 0;
    for (size_t i = 0; i < profile->stack_table.count; i++)
        ranks[profile->stacks[i].function] = 0;
    for (hp_function_id i = 0; i < all; i++)
        if (ranks[i] != HP_NO_FUNCTION)
            order[(*kept)++] = &profile->functions[i];
    qsort(order, *kept, sizeof *order, compare_functions);
    for (size_t i = 0; i < *kept; i++) {
        rows[i] = (uint32_t)(order[i] - profile->functions);
        ranks[rows[i]] = (hp_function_id)i;
    }
    free(order);
    return rows;
}

/* What the lines and the calls of one function are sorted by. */
struct key {
    uint64_t line;
    uint32_t callee, row;
};

static int compare_keys(const void *a, const void *b)
{
    const struct key *one = a, *two = b;
    int order = compare_numbers(one->line, two->line);

    return order ? order : compare_numbers(one->callee, two->callee);
}

/* How the rows of a table are sorted. */
struct order {
    /* The function that a row belongs to; HP_NO_FUNCTION if the row is left out. */
    hp_function_id (*place)(const hp_profile *profile, const hp_function_id *ranks, uint32_t row);
    struct key (*key)(const hp_profile *profile, const hp_function_id *ranks, uint32_t row);
    /* Adds a row to one with the same key, and makes it one that is left out; NULL: all differ. */
    hp_status (*join)(hp_profile *profile, uint32_t row, uint32_t other, hp_error *error);
};

static hp_function_id place_line(const hp_profile *profile, const hp_function_id *ranks,
                                 uint32_t row)
{
    return any_cost(hp_profile_line_self(profile, row), profile->event_count)
               ? ranks[profile->lines[row].function]
               : HP_NO_FUNCTION;
}

static struct key key_of_line(const hp_profile *profile, const hp_function_id *ranks, uint32_t row)
{
    (void)ranks;
    return (struct key){profile->lines[row].line, 0, row};
}

static hp_status join_lines(hp_profile *profile, uint32_t row, uint32_t other, hp_error *error)
{
    uint64_t *more = hp_row_costs(profile, &profile->line_table, other);
    hp_status status =
        hp_add_costs(profile, hp_row_costs(profile, &profile->line_table, row), more, error);

    memset(more, 0, profile->event_count * sizeof *more);
    return status;
}

static hp_function_id place_call(const hp_profile *profile, const hp_function_id *ranks,
                                 uint32_t row)
{
    return is_call(profile, row) ? ranks[profile->calls[row].caller] : HP_NO_FUNCTION;
}

static struct key key_of_call(const hp_profile *profile, const hp_function_id *ranks, uint32_t row)
{
    return (struct key){profile->calls[row].line, ranks[profile->calls[row].callee], row};
}

static hp_status join_calls(hp_profile *profile, uint32_t row, uint32_t other, hp_error *error)
{
    uint64_t *more = hp_row_costs(profile, &profile->call_table, other);
    hp_call *one = &profile->calls[row], *two = &profile->calls[other];
    hp_status status = hp_add_calls(profile, row, two->count, more, error);

    one->estimated = one->estimated || two->estimated;
    two->count = 0;
    if (profile->event_count)
        memset(more, 0, profile->event_count * sizeof *more);
    return status;
}

static hp_function_id place_stack(const hp_profile *profile, const hp_function_id *ranks,
                                  uint32_t row)
{
    return ranks[profile->stacks[row].function];
}

static const struct order line_order = {place_line, key_of_line, join_lines},
                          call_order = {place_call, key_of_call, join_calls},
                          stack_order = {place_stack, NULL, NULL};

/* Sorts rows of one function, which mostly are in order, and makes one of those that are equal;
 * *count is how many are left. There must be as many keys. */
static hp_status sort_within(hp_profile *profile, const hp_function_id *ranks,
                             const struct order *order, uint32_t *rows, size_t *count,
                             struct key *keys, hp_error *error)
{
    size_t all = *count, left = 0;
    hp_status status = HP_OK;
    bool rising = true;

    for (size_t i = 0; i < all; i++) {
        keys[i] = order->key(profile, ranks, rows[i]);
        rising = rising && (i == 0 || compare_keys(&keys[i - 1], &keys[i]) < 0);
    }
    if (rising)
        return HP_OK;
    qsort(keys, all, sizeof *keys, compare_keys);
    for (size_t i = 0; status == HP_OK && i < all; i++)
        if (i > 0 && compare_keys(&keys[i - 1], &keys[i]) == 0)
            status = order->join(profile, rows[left - 1], keys[i].row, error);
        else
            rows[left++] = keys[i].row;
    *count = left;
    return status;
}

/* The rows that are kept, in order; NULL without memory or if a sum is too large. By function
 * first, without comparing: there are many rows, and but few of each function. */
static uint32_t *sort_rows(hp_profile *profile, const hp_function_id *ranks, size_t functions,
                           size_t count, const struct order *order, size_t *kept, hp_error *error)
{
    size_t *ends = calloc(functions + 2, sizeof *ends), most = 0;
    uint32_t *rows = malloc((count + 1) * sizeof *rows);
    struct key *keys = NULL;
    hp_status status = HP_OK;
    hp_function_id function;

    for (uint32_t i = 0; ends && rows && i < count; i++)
        if ((function = order->place(profile, ranks, i)) != HP_NO_FUNCTION) {
            size_t of_function = ++ends[function + 1];

            most = most < of_function ? of_function : most;
        }
    if (ends && rows)
        keys = malloc((most + 1) * sizeof *keys);
    if (!keys) {
        free(ends);
        free(rows);
        return NULL;
    }
    for (size_t f = 0; f < functions; f++)
        ends[f + 1] += ends[f];
    for (uint32_t i = 0; i < count; i++)
        if ((function = order->place(profile, ranks, i)) != HP_NO_FUNCTION)
            rows[ends[function]++] = i;
    *kept = 0;
    for (size_t f = 0, first = 0; status == HP_OK && f < functions; first = ends[f++]) {
        size_t of_function = ends[f] - first;

        if (order->key)
            status = sort_within(profile, ranks, order, rows + first, &of_function, keys, error);
        if (*kept < first)
            memmove(rows + *kept, rows + first, of_function * sizeof *rows);
        *kept += of_function;
    }
    free(keys);
    free(ends);
    if (status != HP_OK) {
        free(rows);
        rows = NULL;
    }
    return rows;
}

/* The stacks, each before those that it called, and these in the order of their functions. *places,
 * to be freed, tells where each one went. NULL without memory. */
static uint32_t *sort_stacks(hp_profile *profile, const hp_function_id *ranks, size_t functions,
                             uint32_t **places, hp_error *error)
{
    size_t count = profile->stack_table.count, ranked = 0;
    uint32_t *rows = sort_rows(profile, ranks, functions, count, &stack_order, &ranked, error);
    uint32_t *first = malloc((count + 1) * sizeof *first); /* of what each one called */
    uint32_t *next = malloc((count + 1) * sizeof *next), roots = HP_NO_STACK;

    *places = malloc((count + 1) * sizeof **places);
    if (!rows || !first || !next || !*places) {
        free(rows);
        free(first);
        free(next);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        first[i] = HP_NO_STACK;
    for (size_t i = count; i-- > 0;) {
        uint32_t caller = profile->stacks[rows[i]].caller;
        uint32_t *list = caller == HP_NO_STACK ? &roots : &first[caller];

        next[rows[i]] = *list;
        *list = rows[i];
    }
    ranked = 0;
    for (uint32_t at = roots; at != HP_NO_STACK;) {
        rows[ranked] = at;
        (*places)[at] = (uint32_t)ranked++;
        if (first[at] != HP_NO_STACK) {
            at = first[at];
            continue;
        }
        while (at != HP_NO_STACK && next[at] == HP_NO_STACK)
            at = profile->stacks[at].caller;
        if (at != HP_NO_STACK)
            at = next[at];
    }
    free(first);
    free(next);
    return rows;
}

/* The rows of an array in a new order, in a new array; NULL without memory. Inline, so that a size
 * that is known is copied in few steps. */
static inline void *gather(const void *items, size_t item_size, const uint32_t *rows, size_t count)
{
    char *gathered = malloc((count + 1) * item_size);

    for (size_t i = 0; gathered && i < count; i++)
        memcpy(gathered + i * item_size, (const char *)items + rows[i] * item_size, item_size);
    return gathered;
}

static uint64_t *gather_costs(const uint64_t *costs, size_t width, const uint32_t *rows,
                              size_t count)
{
    uint64_t *gathered = malloc((count * width + 1) * sizeof *gathered);

    for (size_t i = 0; gathered && i < count; i++)
        for (size_t e = 0; e < width; e++)
            gathered[i * width + e] = costs[rows[i] * width + e];
    return gathered;
}

static void replace(struct hp_table *table, void *items, void *new_items, uint64_t *new_costs,
                    size_t count)
{
    void *old;

    memcpy(&old, items, sizeof old);
    free(old);
    memcpy(items, &new_items, sizeof new_items);
    free(table->costs);
    table->costs = new_costs;
    table->count = table->item_capacity = table->cost_capacity = count;
    hp_index_free(&table->index);
}

enum { TABLES = 4 };

hp_status hp_profile_sort(hp_profile *profile, hp_error *error)
{
    struct hp_table *functions = &profile->function_table, *lines = &profile->line_table;
    struct hp_table *calls = &profile->call_table, *stacks = &profile->stack_table;
    size_t width = profile->event_count, kept[TABLES] = {0};
    hp_function_id *ranks;
    uint32_t *rows[TABLES] = {NULL}, *places = NULL;
    void *items[TABLES] = {NULL};
    uint64_t *costs[TABLES] = {NULL};
    hp_status status = HP_OK;
    hp_error failed = {0};
    bool whole;

    if (profile->sorted)
        return HP_OK;
    ranks = malloc((functions->count + 1) * sizeof *ranks);
    if (ranks)
        rows[0] = sort_functions(profile, ranks, &kept[0]);
    if (rows[0])
        rows[1] = sort_rows(profile, ranks, kept[0], lines->count, &line_order, &kept[1], &failed);
    if (rows[1])
        rows[2] = sort_rows(profile, ranks, kept[0], calls->count, &call_order, &kept[2], &failed);
    if (rows[2]) {
        rows[3] = sort_stacks(profile, ranks, kept[0], &places, &failed);
        kept[3] = stacks->count;
    }
    whole = rows[3] != NULL;
    if (whole) {
        items[0] = gather(profile->functions, sizeof(hp_function), rows[0], kept[0]);
        items[1] = gather(profile->lines, sizeof(hp_line), rows[1], kept[1]);
        items[2] = gather(profile->calls, sizeof(hp_call), rows[2], kept[2]);
        items[3] = gather(profile->stacks, sizeof(hp_stack), rows[3], kept[3]);
        costs[0] = gather_costs(functions->costs, 2 * width, rows[0], kept[0]);
        costs[1] = gather_costs(lines->costs, width, rows[1], kept[1]);
        costs[2] = gather_costs(calls->costs, width, rows[2], kept[2]);
        costs[3] = gather_costs(stacks->costs, width, rows[3], kept[3]);
    }
    for (size_t t = 0; t < TABLES; t++)
        whole = whole && items[t] && costs[t];
    if (whole) {
        replace(functions, &profile->functions, items[0], costs[0], kept[0]);
        replace(lines, &profile->lines, items[1], costs[1], kept[1]);
        replace(calls, &profile->calls, items[2], costs[2], kept[2]);
        replace(stacks, &profile->stacks, items[3], costs[3], kept[3]);
        for (size_t i = 0; i < kept[1]; i++)
            profile->lines[i].function = ranks[profile->lines[i].function];
        for (size_t i = 0; i < kept[2]; i++) {
            profile->calls[i].caller = ranks[profile->calls[i].caller];
            profile->calls[i].callee = ranks[profile->calls[i].callee];
        }
        for (size_t i = 0; i < kept[3]; i++) {
            hp_stack *stack = &profile->stacks[i];

            stack->function = ranks[stack->function];
            if (stack->caller != HP_NO_STACK)
                stack->caller = places[stack->caller];
        }
        profile->sorted = true;
    } else {
        hp_no_memory(&failed);
        status = hp_error_set(error, failed.status, 0, "%s", failed.message);
        for (size_t t = 0; t < TABLES; t++) {
            free(items[t]);
            free(costs[t]);
        }
    }
    free(ranks);
    free(places);
    for (size_t t = 0; t < TABLES; t++)
        free(rows[t]);
    return status;
}

/* Where items of this function, or of one behind it, begin; items are sorted by a function that is
 * their first member. */
static size_t lower_bound(const void *items, size_t item_size, size_t count, uint64_t id)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        hp_function_id at;

        memcpy(&at, (const char *)items + middle * item_size, sizeof at);
        if (at < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t range(const void *items, size_t item_size, size_t count, hp_function_id id,
                    size_t *first)
{
    *first = lower_bound(items, item_size, count, id);
    return lower_bound(items, item_size, count, (uint64_t)id + 1) - *first;
}

size_t hp_profile_lines_of(const hp_profile *profile, hp_function_id id, size_t *first)
{
    _Static_assert(offsetof(hp_line, function) == 0, "range looks there");
    return range(profile->lines, sizeof(hp_line), profile->line_table.count, id, first);
}

size_t hp_profile_calls_from(const hp_profile *profile, hp_function_id id, size_t *first)
{
    _Static_assert(offsetof(hp_call, caller) == 0, "range looks there");
    return range(profile->calls, sizeof(hp_call), profile->call_table.count, id, first);
}
