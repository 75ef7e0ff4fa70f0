// SPDX-License-Identifier: MIT
#include "model/profile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Functions of the same recorded file. */
static int compare_functions(const void *a, const void *b)
{
    const hp_function *one = *(const hp_function *const *)a;
    const hp_function *two = *(const hp_function *const *)b;
    int order = compare_numbers(one->line, two->line);

    if (order == 0)
        order = hp_string_compare(one->name, two->name);
    if (order == 0)
        order = hp_string_compare(one->file, two->file);
    if (order == 0)
        order = hp_string_compare(one->object, two->object);
    return order ? order : one->line_unknown - two->line_unknown;
}

/* A recorded file of functions. */
struct file {
    hp_string name;
    uint32_t number; /* in the order in which they were found */
    size_t count;    /* of its functions */
};

static int compare_files(const void *a, const void *b)
{
    return hp_string_compare(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* The files of functions; numbers: gets the number of each one's. There is room for as many files
 * as functions. False without memory. */
static bool find_files(const hp_function *const *functions, size_t count, struct file *files,
                       size_t *file_count, uint32_t *numbers)
{
    hp_index index = {0}; /* by address: strings are interned */

    *file_count = 0;
    for (size_t i = 0; i < count; i++) {
        hp_string name = functions[i]->recorded_file;
        uint32_t hash = hp_hash_numbers((uintptr_t)name.data, 0, 0), file;
        size_t probe = 0;

        while ((file = hp_index_next(&index, hash, &probe)) != HP_NO_ROW &&
               files[file].name.data != name.data)
            ;
        if (file == HP_NO_ROW) {
            if (!hp_index_reserve(&index, 1)) {
                hp_index_free(&index);
                return false;
            }
            file = (uint32_t)(*file_count)++;
            hp_index_add(&index, hash, file);
            files[file] = (struct file){name, file, 0};
        }
        files[file].count++;
        numbers[i] = file;
    }
    hp_index_free(&index);
    return true;
}

/* Puts functions in order: the files first, which are few, then the functions of each one. False
 * without memory. */
static bool order_functions(const hp_function *const *functions, size_t count,
                            const hp_function **order)
{
    struct file *files = malloc((count + 1) * sizeof *files);
    uint32_t *numbers = malloc((count + 1) * sizeof *numbers);
    size_t *ends = malloc((count + 1) * sizeof *ends), file_count;
    bool whole =
        files && numbers && ends && find_files(functions, count, files, &file_count, numbers);

    if (whole) {
        qsort(files, file_count, sizeof *files, compare_files);
        for (size_t i = 0, first = 0; i < file_count; first += files[i++].count)
            ends[files[i].number] = first;
        for (size_t i = 0; i < count; i++)
            order[ends[numbers[i]]++] = functions[i];
        for (size_t i = 0, first = 0; i < file_count; first += files[i++].count)
            qsort(order + first, files[i].count, sizeof *order, compare_functions);
    }
    free(files);
    free(numbers);
    free(ends);
    return whole;
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
           any_cost(hp_row_costs(profile, &profile->call_table, row), profile->event_count);
}

/* The functions that have a cost, a call or a stack, in order. ranks gets the new number of each
 * function. NULL without memory. */
static uint32_t *sort_functions(const hp_profile *profile, hp_function_id *ranks, size_t *kept)
{
    size_t all = profile->function_table.count;
    const hp_function **functions = malloc((all + 1) * sizeof *functions);
    const hp_function **order = malloc((all + 1) * sizeof *order);
    uint32_t *rows = malloc((all + 1) * sizeof *rows);
    bool whole = functions && order && rows;

    *kept = 0;
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
        if (whole && ranks[i] != HP_NO_FUNCTION)
            functions[(*kept)++] = &profile->functions[i];
    whole = whole && order_functions(functions, *kept, order);
    for (size_t i = 0; whole && i < *kept; i++) {
        rows[i] = (uint32_t)(order[i] - profile->functions);
        ranks[rows[i]] = (hp_function_id)i;
    }
    free(functions);
    free(order);
    if (!whole) {
        free(rows);
        rows = NULL;
    }
    return rows;
}

/* How the rows of a table are sorted: by function, then by line, then by callee. */
struct order {
    enum hp_table_name table;
    size_t function, line, callee; /* where in an item; no callee: 0 */
    bool (*keeps)(const hp_profile *profile, size_t row);
    /* Adds a row to one with the same key, and clears it. NULL: no two rows have the same key. */
    hp_status (*join)(hp_profile *profile, uint32_t row, uint32_t other, hp_error *error);
};

static bool keeps_line(const hp_profile *profile, size_t row)
{
    return any_cost(hp_row_costs(profile, &profile->line_table, row), profile->event_count);
}

static hp_status join_lines(hp_profile *profile, uint32_t row, uint32_t other, hp_error *error)
{
    uint64_t *more = hp_row_costs(profile, &profile->line_table, other);
    hp_status status =
        hp_add_costs(profile, hp_row_costs(profile, &profile->line_table, row), more, error);

    memset(more, 0, profile->event_count * sizeof *more);
    return status;
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

static bool keeps_stack(const hp_profile *profile, size_t row)
{
    (void)profile;
    (void)row;
    return true;
}

static const struct order line_order = {HP_LINE_TABLE,
                                        offsetof(hp_line, function),
                                        offsetof(hp_line, line),
                                        0,
                                        keeps_line,
                                        join_lines},
                          call_order = {HP_CALL_TABLE,
                                        offsetof(hp_call, caller),
                                        offsetof(hp_call, line),
                                        offsetof(hp_call, callee),
                                        is_call,
                                        join_calls},
                          stack_order = {HP_STACK_TABLE,
                                         offsetof(hp_stack, function),
                                         offsetof(hp_stack, line),
                                         0,
                                         keeps_stack,
                                         NULL};

/* The rows of a table, and the new numbers of functions. */
struct rows {
    const struct order *order;
    const char *items;
    size_t item_size, functions;
    const hp_function_id *ranks;
};

/* The new number of a function that a row has at that place of its item. */
static inline hp_function_id function_in(const struct rows *rows, uint32_t row, size_t place)
{
    hp_function_id id;

    memcpy(&id, rows->items + row * rows->item_size + place, sizeof id);
    assert(rows->ranks[id] < rows->functions);
    return rows->ranks[id];
}

/* Sorts rows by a function that they have, by counting: first come those of function 0. Rows of the
 * same one stay in their order. ends: gets the end of each function's. */
static void sort_by_function(const struct rows *rows, size_t place, const uint32_t *from,
                             size_t count, uint32_t *to, size_t *ends)
{
    memset(ends, 0, (rows->functions + 1) * sizeof *ends);
    for (size_t i = 0; i < count; i++)
        ends[function_in(rows, from[i], place) + 1]++;
    for (size_t f = 0; f < rows->functions; f++)
        ends[f + 1] += ends[f];
    for (size_t i = 0; i < count; i++)
        to[ends[function_in(rows, from[i], place)]++] = from[i];
}

/* What the rows of a function are sorted by. */
struct key {
    uint64_t line;
    uint32_t callee, row;
};

static struct key key_of(const struct rows *rows, uint32_t row)
{
    const struct order *order = rows->order;
    struct key key = {.row = row};

    memcpy(&key.line, rows->items + row * rows->item_size + order->line, sizeof key.line);
    if (order->callee)
        key.callee = function_in(rows, row, order->callee);
    else if (!order->join)
        key.callee = row;
    return key;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *one = a, *two = b;
    int order = compare_numbers(one->line, two->line);

    return order ? order : compare_numbers(one->callee, two->callee);
}

/* Whether the rows of a function are in order, as they usually are, and none are equal. */
static bool is_sorted(const struct rows *rows, const uint32_t *of_function, size_t count)
{
    struct key last = {0}, key;

    for (size_t i = 0; i < count; i++, last = key) {
        key = key_of(rows, of_function[i]);
        if (i > 0 && compare_keys(&last, &key) >= 0)
            return false;
    }
    return true;
}

/* Sorts the rows of a function and joins equal ones. *count becomes the number of those that are
 * left. HP_NO_MEMORY sets no error. */
static hp_status sort_within(hp_profile *profile, const struct rows *rows, uint32_t *of_function,
                             size_t *count, hp_error *error)
{
    size_t all = *count, left = 0;
    hp_status status = HP_OK;
    struct key *keys;

    if (is_sorted(rows, of_function, all))
        return HP_OK;
    keys = malloc(all * sizeof *keys);
    if (!keys)
        return HP_NO_MEMORY;
    for (size_t i = 0; i < all; i++)
        keys[i] = key_of(rows, of_function[i]);
    qsort(keys, all, sizeof *keys, compare_keys);
    for (size_t i = 0; status == HP_OK && i < all; i++)
        if (i > 0 && compare_keys(&keys[i - 1], &keys[i]) == 0)
            status = rows->order->join(profile, of_function[left - 1], keys[i].row, error);
        else
            of_function[left++] = keys[i].row;
    *count = left;
    free(keys);
    return status;
}

/* The rows that are kept, in order. NULL without memory or if a sum is too large. There are many
 * rows, but few of each function, and most have the line of that function: so it sorts by callee
 * first, then by function, and only then those of each function. */
static uint32_t *sort_rows(hp_profile *profile, const hp_function_id *ranks, size_t functions,
                           const struct order *order, size_t *kept, hp_error *error)
{
    const struct rows rows = {order, hp_items_of(profile, order->table),
                              hp_table_types[order->table].item_size, functions, ranks};
    size_t all = hp_table_in(profile, order->table)->count, count = 0;
    size_t *ends = malloc((functions + 1) * sizeof *ends);
    uint32_t *sorted = malloc((all + 1) * sizeof *sorted);
    uint32_t *other = malloc((all + 1) * sizeof *other);
    hp_status status = ends && sorted && other ? HP_OK : HP_NO_MEMORY;

    *kept = 0;
    if (status == HP_OK) {
        uint32_t *from = order->callee ? sorted : other;

        for (uint32_t i = 0; i < all; i++)
            if (order->keeps(profile, i))
                from[count++] = i;
        if (order->callee)
            sort_by_function(&rows, order->callee, sorted, count, other, ends);
        sort_by_function(&rows, order->function, other, count, sorted, ends);
    }
    free(other);
    for (size_t f = 0, first = 0; status == HP_OK && f < functions; first = ends[f++]) {
        size_t of_function = ends[f] - first;

        status = sort_within(profile, &rows, sorted + first, &of_function, error);
        if (*kept < first)
            memmove(sorted + *kept, sorted + first, of_function * sizeof *sorted);
        *kept += of_function;
    }
    free(ends);
    if (status != HP_OK) {
        free(sorted);
        sorted = NULL;
    }
    return sorted;
}

/* The stacks: each before those that it called, and these in the order of their functions
 * and lines. *places, which is to be freed, gets the new number of each stack. NULL without
 * memory. */
static uint32_t *sort_stacks(hp_profile *profile, const hp_function_id *ranks, size_t functions,
                             uint32_t **places, hp_error *error)
{
    size_t count = profile->stack_table.count, ranked = 0;
    uint32_t *rows = sort_rows(profile, ranks, functions, &stack_order, &ranked, error);
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

/* The rows of a table in a new order, or without some. */
struct sorted_table {
    uint32_t *rows;
    size_t count;
};

/* A row that is out of its table. */
struct held {
    hp_function item; /* the largest */
    uint64_t costs[2 * HP_EVENTS_MAX];
};

/* Puts the rows of a table in order where they are: a second table would double the memory that
 * sorting takes. The row of place i is held, so that the one that belongs there can move in, and so
 * on, until the place of one becomes free where the held one belongs. If that is of a row that is
 * left out, nothing but it knows who wants the held one: this moves there, and rows[i] tells. */
static void put_in_order(hp_profile *profile, enum hp_table_name name, struct sorted_table *sorted)
{
    struct hp_table *table = hp_table_of(profile, name);
    size_t size = hp_table_types[name].item_size;
    size_t costs_size = hp_table_width(profile, name) * sizeof *table->costs;
    char *items = hp_items_of(profile, name), *costs = (char *)table->costs;
    uint32_t *rows = sorted->rows;
    struct held held;

    for (uint32_t i = 0; i < sorted->count; i++) {
        uint32_t at = i, from;

        if (rows[i] == i)
            continue;
        memcpy(&held.item, items + i * size, size);
        if (costs_size)
            memcpy(held.costs, costs + i * costs_size, costs_size);
        for (; at < sorted->count; at = from) {
            from = rows[at] < i ? rows[rows[at]] : rows[at];
            rows[at] = at;
            if (from == i)
                break;
            memcpy(items + at * size, items + from * size, size);
            if (costs_size)
                memcpy(costs + at * costs_size, costs + from * costs_size, costs_size);
        }
        memcpy(items + at * size, &held.item, size);
        if (costs_size)
            memcpy(costs + at * costs_size, held.costs, costs_size);
        if (at >= sorted->count)
            rows[i] = at;
    }
    table->count = sorted->count;
}

/* Finds the new order of all tables. ranks and *places get the new number of each function and of
 * each stack. false without memory or if a sum is too large. */
static bool sort_tables(hp_profile *profile, hp_function_id *ranks, uint32_t **places,
                        struct sorted_table *sorted, hp_error *error)
{
    size_t functions;

    sorted[HP_FUNCTION_TABLE].rows =
        sort_functions(profile, ranks, &sorted[HP_FUNCTION_TABLE].count);
    functions = sorted[HP_FUNCTION_TABLE].count;
    if (sorted[HP_FUNCTION_TABLE].rows)
        sorted[HP_LINE_TABLE].rows =
            sort_rows(profile, ranks, functions, &line_order, &sorted[HP_LINE_TABLE].count, error);
    if (sorted[HP_LINE_TABLE].rows)
        sorted[HP_CALL_TABLE].rows =
            sort_rows(profile, ranks, functions, &call_order, &sorted[HP_CALL_TABLE].count, error);
    if (sorted[HP_CALL_TABLE].rows)
        sorted[HP_STACK_TABLE].rows = sort_stacks(profile, ranks, functions, places, error);
    sorted[HP_STACK_TABLE].count = profile->stack_table.count;
    return sorted[HP_STACK_TABLE].rows != NULL;
}

static void renumber(hp_profile *profile, const hp_function_id *ranks, const uint32_t *places)
{
    for (size_t i = 0; i < profile->line_table.count; i++)
        profile->lines[i].function = ranks[profile->lines[i].function];
    for (size_t i = 0; i < profile->call_table.count; i++) {
        profile->calls[i].caller = ranks[profile->calls[i].caller];
        profile->calls[i].callee = ranks[profile->calls[i].callee];
    }
    for (size_t i = 0; i < profile->stack_table.count; i++) {
        hp_stack *stack = &profile->stacks[i];

        stack->function = ranks[stack->function];
        if (stack->caller != HP_NO_STACK)
            stack->caller = places[stack->caller];
    }
}

#ifndef NDEBUG
/* Whether all self costs add up to the total. */
static bool adds_up(const hp_profile *profile)
{
    uint64_t sums[HP_EVENTS_MAX] = {0};
    size_t size = profile->event_count * sizeof *sums;

    for (size_t i = 0; i < profile->line_table.count; i++)
        for (size_t e = 0; e < profile->event_count; e++)
            sums[e] += hp_profile_line_self(profile, i)[e];
    return size == 0 || memcmp(sums, profile->total, size) == 0;
}
#endif

hp_status hp_profile_sort(hp_profile *profile, hp_error *error)
{
    hp_function_id *ranks;
    uint32_t *places = NULL;
    struct sorted_table sorted[HP_TABLE_COUNT] = {0};
    hp_error failed = {0};
    bool whole;

    if (profile->sorted)
        return HP_OK;
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++)
        hp_index_free(&hp_table_of(profile, t)->index);
    ranks = malloc((profile->function_table.count + 1) * sizeof *ranks);
    whole = ranks && sort_tables(profile, ranks, &places, sorted, &failed);
    if (whole) {
        for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++)
            put_in_order(profile, t, &sorted[t]);
        renumber(profile, ranks, places);
        profile->sorted = true;
        assert(adds_up(profile));
    }
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++)
        free(sorted[t].rows);
    free(ranks);
    free(places);
    if (whole)
        return HP_OK;
    hp_no_memory(&failed);
    return hp_error_set(error, failed.status, 0, "%s", failed.message);
}

/* The index of the first item of this function or of a later one. Items are sorted by function,
 * which is their first member. */
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
    assert(profile->sorted && id < profile->function_table.count);
    return range(profile->lines, sizeof(hp_line), profile->line_table.count, id, first);
}

size_t hp_profile_calls_from(const hp_profile *profile, hp_function_id id, size_t *first)
{
    _Static_assert(offsetof(hp_call, caller) == 0, "range looks there");
    assert(profile->sorted && id < profile->function_table.count);
    return range(profile->calls, sizeof(hp_call), profile->call_table.count, id, first);
}
