// SPDX-License-Identifier: MIT
#include "model/profile.h"
#include "model/array.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

hp_profile *hp_profile_new(void)
{
    return calloc(1, sizeof(hp_profile));
}

void hp_profile_free(hp_profile *profile)
{
    if (!profile)
        return;
    while (profile->chunks) {
        struct hp_chunk *next = profile->chunks->next;

        free(profile->chunks);
        profile->chunks = next;
    }
    hp_index_free(&profile->string_index);
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++) {
        struct hp_table *table = hp_table_of(profile, t);

        free(hp_items_of(profile, t));
        free(table->costs);
        hp_index_free(&table->index);
    }
    free(profile->events);
    free(profile->total);
    free(profile->strings);
    free(profile->inputs);
    free(profile->infos);
    free(profile);
}

/* --- Tables ------------------------------------------------------------------------------- */

static uint32_t function_hash(const void *item)
{
    const hp_function *key = item;

    return hp_hash_numbers((uintptr_t)key->file.data + 3 * (uintptr_t)key->object.data,
                           key->line_unknown ? UINT64_MAX : key->line, (uintptr_t)key->name.data);
}

static uint32_t line_hash(const void *item)
{
    const hp_line *key = item;

    return hp_hash_numbers(key->function, key->line, 0);
}

static uint32_t call_hash(const void *item)
{
    const hp_call *key = item;

    return hp_hash_numbers(key->caller, key->line, key->callee);
}

static uint32_t stack_hash(const void *item)
{
    const hp_stack *key = item;

    return hp_hash_numbers(key->caller, key->function, key->line);
}

#define TABLE(table, items, vectors, hash)                                                         \
    {                                                                                              \
        offsetof(hp_profile, table), offsetof(hp_profile, items),                                  \
            sizeof *((hp_profile *)NULL)->items, vectors, hash                                     \
    }

const struct hp_table_type hp_table_types[HP_TABLE_COUNT] = {
    [HP_FUNCTION_TABLE] = TABLE(function_table, functions, 2, function_hash),
    [HP_LINE_TABLE] = TABLE(line_table, lines, 1, line_hash),
    [HP_CALL_TABLE] = TABLE(call_table, calls, 1, call_hash),
    [HP_STACK_TABLE] = TABLE(stack_table, stacks, 1, stack_hash),
};

/* --- Room --------------------------------------------------------------------------------- */

bool hp_reserve_strings(hp_profile *profile, size_t count, size_t bytes)
{
    struct hp_chunk *chunk = profile->chunks;

    if (!hp_array_reserve(&profile->strings, &profile->string_capacity,
                          profile->string_count + count, sizeof *profile->strings) ||
        !hp_index_reserve(&profile->string_index, count))
        return false;
    bytes += count;
    if (chunk && chunk->size - chunk->used >= bytes)
        return true;

    size_t size = !chunk                            ? 4096
                  : chunk->size < ((size_t)1 << 20) ? chunk->size * 2
                                                    : (size_t)1 << 20;

    if (size < bytes)
        size = bytes;
    chunk = malloc(sizeof *chunk + size);
    if (!chunk)
        return false;
    *chunk = (struct hp_chunk){profile->chunks, 0, size};
    profile->chunks = chunk;
    return true;
}

bool hp_reserve_strings_of(hp_profile *profile, const hp_profile *other)
{
    size_t bytes = 0;

    for (size_t i = 0; i < other->string_count; i++)
        bytes += other->strings[i].size;
    return hp_reserve_strings(profile, other->string_count, bytes);
}

bool hp_reserve_new_rows(hp_profile *profile, enum hp_table_name name, size_t more)
{
    struct hp_table *table = hp_table_of(profile, name);
    size_t width = hp_table_width(profile, name), count = table->count + more;
    void *items;
    bool whole;

    if (count <= table->item_capacity && (width == 0 || count <= table->cost_capacity))
        return true;
    items = hp_items_of(profile, name);
    whole = hp_array_reserve(&items, &table->item_capacity, count, hp_table_types[name].item_size);
    hp_set_items(profile, name, items);
    return whole && (width == 0 || hp_array_reserve(&table->costs, &table->cost_capacity, count,
                                                    width * sizeof(uint64_t)));
}

bool hp_reserve_rows(hp_profile *profile, enum hp_table_name name, size_t more)
{
    const struct hp_table_type *type = &hp_table_types[name];
    struct hp_table *table = hp_table_of(profile, name);

    if (!hp_reserve_new_rows(profile, name, more) ||
        !hp_index_reserve(&table->index, table->count - table->index.count + more))
        return false;

    const char *items = hp_items_of(profile, name);

    for (size_t i = table->index.count; i < table->count; i++)
        hp_index_add(&table->index, type->hash(items + i * type->item_size), (uint32_t)i);
    return true;
}

bool hp_reserve_infos(hp_profile *profile, size_t more)
{
    return hp_array_reserve(&profile->infos, &profile->info_capacity, profile->info_count + more,
                            sizeof *profile->infos);
}

bool hp_reserve_inputs(hp_profile *profile, size_t more)
{
    return hp_array_reserve(&profile->inputs, &profile->input_capacity, profile->input_count + more,
                            sizeof *profile->inputs);
}

/* --- Keys --------------------------------------------------------------------------------- */

static uint32_t find_string(const hp_profile *profile, hp_string string, uint32_t hash)
{
    uint32_t row;
    size_t probe = 0;

    while ((row = hp_index_next(&profile->string_index, hash, &probe)) != HP_NO_ROW)
        if (profile->strings[row].size == string.size &&
            (string.size == 0 || memcmp(profile->strings[row].data, string.data, string.size) == 0))
            break;
    return row;
}

uint32_t hp_find_string(const hp_profile *profile, hp_string string)
{
    return find_string(profile, string, hp_hash_bytes(string.data, string.size));
}

uint32_t hp_insert_string(hp_profile *profile, hp_string string)
{
    uint32_t hash = hp_hash_bytes(string.data, string.size);
    uint32_t row = find_string(profile, string, hash);
    struct hp_chunk *chunk = profile->chunks;
    char *copy;

    if (row != HP_NO_ROW)
        return row;
    copy = chunk->data + chunk->used;
    assert(chunk->size - chunk->used > string.size);
    if (string.size)
        memcpy(copy, string.data, string.size);
    copy[string.size] = '\0';
    chunk->used += string.size + 1;
    hp_index_add(&profile->string_index, hash, (uint32_t)profile->string_count);
    profile->strings[profile->string_count] = (hp_string){copy, string.size};
    return (uint32_t)profile->string_count++;
}

/* Known counts must not add up to what reads as an unknown one. */
static bool add_count(uint64_t *sum, uint64_t count)
{
    bool known = *sum != HP_UNKNOWN && count != HP_UNKNOWN;

    *sum = hp_add_counts(*sum, count);
    return !known || *sum != HP_UNKNOWN;
}

hp_status hp_add_costs(hp_profile *profile, uint64_t *costs, const uint64_t *more, hp_error *error)
{
    for (size_t e = 0; e < profile->event_count; e++) {
        if (more[e] > UINT64_MAX - costs[e])
            return hp_overflow(error);
        costs[e] += more[e];
    }
    return HP_OK;
}

/* --- Building ----------------------------------------------------------------------------- */

hp_input *hp_insert_input(hp_profile *profile, const hp_input *input)
{
    struct hp_input_record *added = &profile->inputs[profile->input_count++];

    *added = (struct hp_input_record){*input, profile->info_count};
    added->input.name = hp_intern(profile, hp_text(input->name)).data;
    added->input.format = hp_intern(profile, hp_text(input->format)).data;
    return &added->input;
}

void hp_insert_info(hp_profile *profile, hp_info info)
{
    profile->infos[profile->info_count++] = (struct hp_info_rows){
        hp_insert_string(profile, info.key), hp_insert_string(profile, info.value)};
}

void hp_insert_inputs(hp_profile *profile, const hp_profile *other)
{
    size_t count = other->input_count; /* the profile may be the other */

    for (size_t i = 0; i < count; i++) {
        size_t infos = hp_profile_info_count(other, i);

        hp_insert_input(profile, &other->inputs[i].input);
        for (size_t k = 0; k < infos; k++)
            hp_insert_info(profile, hp_profile_info(other, i, k));
    }
}

/* A new row with no costs. */
static inline uint32_t add_row(hp_profile *profile, enum hp_table_name name)
{
    struct hp_table *table = hp_table_of(profile, name);
    size_t width = hp_table_width(profile, name);
    uint32_t row = (uint32_t)table->count++;

    assert(row < table->item_capacity && (width == 0 || row < table->cost_capacity));
    if (width)
        memset(table->costs + width * row, 0, width * sizeof(uint64_t));
    profile->sorted = false;
    return row;
}

uint32_t hp_append_line(hp_profile *profile, hp_line line)
{
    uint32_t row = add_row(profile, HP_LINE_TABLE);

    assert(line.function < profile->function_table.count);
    profile->lines[row] = line;
    return row;
}

uint32_t hp_append_call(hp_profile *profile, hp_call call)
{
    uint32_t row = add_row(profile, HP_CALL_TABLE);

    assert(call.caller < profile->function_table.count &&
           call.callee < profile->function_table.count);
    call.count = 0;
    profile->calls[row] = call;
    return row;
}

uint32_t hp_find_function(const hp_profile *profile, const hp_function *key)
{
    uint32_t hash = function_hash(key), row;
    size_t probe = 0;

    while ((row = hp_index_next(&profile->function_table.index, hash, &probe)) != HP_NO_ROW) {
        const hp_function *found = &profile->functions[row];

        if (found->line_unknown == key->line_unknown &&
            (key->line_unknown || found->line == key->line) && found->name.data == key->name.data &&
            found->file.data == key->file.data && found->object.data == key->object.data)
            break;
    }
    return row;
}

uint32_t hp_find_line(const hp_profile *profile, hp_line line)
{
    uint32_t hash = line_hash(&line), row;
    size_t probe = 0;

    while ((row = hp_index_next(&profile->line_table.index, hash, &probe)) != HP_NO_ROW)
        if (profile->lines[row].function == line.function && profile->lines[row].line == line.line)
            break;
    return row;
}

uint32_t hp_find_call(const hp_profile *profile, const hp_call *call)
{
    uint32_t hash = call_hash(call), row;
    size_t probe = 0;

    while ((row = hp_index_next(&profile->call_table.index, hash, &probe)) != HP_NO_ROW) {
        const hp_call *found = &profile->calls[row];

        if (found->caller == call->caller && found->line == call->line &&
            found->callee == call->callee)
            break;
    }
    return row;
}

uint32_t hp_find_stack(const hp_profile *profile, hp_stack stack)
{
    uint32_t hash = stack_hash(&stack), row;
    size_t probe = 0;

    while ((row = hp_index_next(&profile->stack_table.index, hash, &probe)) != HP_NO_ROW)
        if (profile->stacks[row].caller == stack.caller &&
            profile->stacks[row].function == stack.function &&
            profile->stacks[row].line == stack.line)
            break;
    return row;
}

hp_function hp_intern_function(hp_profile *profile, const hp_function *key)
{
    hp_function own = *key;
    bool as_recorded =
        key->recorded_file.data == key->file.data && key->recorded_file.size == key->file.size;

    own.name = hp_intern(profile, key->name);
    own.file = hp_intern(profile, key->file);
    own.object = hp_intern(profile, key->object);
    own.recorded_file = as_recorded ? own.file : hp_intern(profile, key->recorded_file);
    return own;
}

void hp_join_function(hp_profile *profile, hp_function_id id, const hp_function *key)
{
    hp_function *function = &profile->functions[id];

    function->estimated |= key->estimated;
    if (!hp_string_equal(function->recorded_file, key->recorded_file)) {
        function->recorded_file = function->file;
        profile->sorted = false;
    }
    if (key->line && (function->line == 0 || key->line < function->line)) {
        function->line = key->line;
        profile->sorted = false;
    }
}

hp_function_id hp_insert_own_function(hp_profile *profile, const hp_function *key)
{
    uint32_t row = hp_find_function(profile, key);

    if (row == HP_NO_ROW) {
        row = add_row(profile, HP_FUNCTION_TABLE);
        profile->functions[row] = *key;
        profile->functions[row].calls = profile->functions[row].primitive = 0;
        hp_index_add(&profile->function_table.index, function_hash(key), row);
    } else {
        hp_join_function(profile, row, key);
    }
    return row;
}

hp_function_id hp_insert_function(hp_profile *profile, const hp_function *key)
{
    const hp_function own = hp_intern_function(profile, key);

    return hp_insert_own_function(profile, &own);
}

uint32_t hp_insert_line(hp_profile *profile, hp_line line)
{
    uint32_t row = hp_find_line(profile, line);

    if (row == HP_NO_ROW) {
        row = hp_append_line(profile, line);
        hp_index_add(&profile->line_table.index, line_hash(&line), row);
    }
    return row;
}

uint32_t hp_insert_call(hp_profile *profile, hp_call call)
{
    uint32_t row = hp_find_call(profile, &call);

    if (row == HP_NO_ROW) {
        row = hp_append_call(profile, call);
        hp_index_add(&profile->call_table.index, call_hash(&call), row);
    } else {
        profile->calls[row].estimated |= call.estimated;
    }
    return row;
}

bool hp_join_calls(hp_profile *profile)
{
    struct hp_table *table = &profile->call_table;
    size_t count = table->count, size = profile->event_count * sizeof(uint64_t);
    uint64_t moved[HP_EVENTS_MAX];

    if (!hp_reserve_rows(profile, HP_CALL_TABLE, 0))
        return false;
    memset(table->index.slots, 0, table->index.capacity * sizeof *table->index.slots);
    table->index.count = table->count = 0;
    for (size_t i = 0; i < count; i++) {
        const hp_call call = profile->calls[i];
        uint32_t row;

        if (size)
            memcpy(moved, hp_row_costs(profile, table, i), size);
        row = hp_insert_call(profile, call); /* not behind i */
        (void)hp_add_calls(profile, row, call.count, moved, NULL);
    }
    return true;
}

uint32_t hp_insert_stack(hp_profile *profile, hp_stack stack)
{
    uint32_t row = hp_find_stack(profile, stack);

    if (row == HP_NO_ROW) {
        row = add_row(profile, HP_STACK_TABLE);
        assert(stack.function < profile->function_table.count);
        assert(stack.caller == HP_NO_STACK || stack.caller < row);
        profile->stacks[row] = stack;
        hp_index_add(&profile->stack_table.index, stack_hash(&stack), row);
    }
    return row;
}

hp_status hp_profile_add_input(hp_profile *profile, const char *name, const char *format,
                               hp_input **input, hp_error *error)
{
    if (!hp_reserve_strings(profile, 2, strlen(name) + strlen(format)) ||
        !hp_reserve_inputs(profile, 1))
        return hp_no_memory(error);
    *input = hp_insert_input(profile, &(hp_input){.name = name, .format = format});
    return HP_OK;
}

hp_status hp_profile_add_info(hp_profile *profile, hp_string key, hp_string value, hp_error *error)
{
    assert(profile->input_count > 0);
    if (!hp_reserve_strings(profile, 2, key.size + value.size) || !hp_reserve_infos(profile, 1))
        return hp_no_memory(error);
    hp_insert_info(profile, (hp_info){key, value});
    return HP_OK;
}

hp_status hp_profile_add_inputs(hp_profile *profile, const hp_profile *other, hp_error *error)
{
    if (!hp_reserve_strings_of(profile, other) || !hp_reserve_inputs(profile, other->input_count) ||
        !hp_reserve_infos(profile, other->info_count))
        return hp_no_memory(error);
    hp_insert_inputs(profile, other);
    return HP_OK;
}

hp_status hp_profile_add_counts(hp_profile *profile, hp_function_id id, uint64_t calls,
                                uint64_t primitive, hp_error *error)
{
    hp_function *function = &profile->functions[id];

    assert(id < profile->function_table.count);
    return add_count(&function->calls, calls) && add_count(&function->primitive, primitive)
               ? HP_OK
               : hp_overflow(error);
}

hp_status hp_profile_add_function(hp_profile *profile, const hp_function *key, hp_function_id *id,
                                  hp_error *error)
{
    if (!hp_reserve_strings(profile, 4,
                            key->name.size + key->file.size + key->recorded_file.size +
                                key->object.size) ||
        !hp_reserve_rows(profile, HP_FUNCTION_TABLE, 1))
        return hp_no_memory(error);
    *id = hp_insert_function(profile, key);
    return hp_profile_add_counts(profile, *id, key->calls, key->primitive, error);
}

hp_status hp_profile_add_interpreter(hp_profile *profile, hp_function_id *id, hp_error *error)
{
    static const hp_function interpreter = {.name = HP_LITERAL(HP_INTERPRETER),
                                            .file = HP_LITERAL(""),
                                            .recorded_file = HP_LITERAL(""),
                                            .object = HP_LITERAL("")};

    return hp_profile_add_function(profile, &interpreter, id, error);
}

bool hp_function_is_interpreter(const hp_function *function)
{
    return function->line == 0 && function->file.size == 0 && function->object.size == 0 &&
           HP_IS(function->name, HP_INTERPRETER);
}

hp_status hp_profile_add_inclusive(hp_profile *profile, hp_function_id id,
                                   const uint64_t *inclusive, hp_error *error)
{
    assert(id < profile->function_table.count);
    return hp_add_costs(profile, hp_inclusive_costs(profile, id), inclusive, error);
}

static hp_status add_self(hp_profile *profile, uint32_t row, const uint64_t *self, hp_error *error)
{
    uint64_t *costs = hp_row_costs(profile, &profile->line_table, row);

    if (hp_add_costs(profile, profile->total, self, error) != HP_OK ||
        hp_add_costs(profile, costs, self, error) != HP_OK)
        return HP_OVERFLOW;
    return hp_add_costs(profile, hp_function_costs(profile, profile->lines[row].function), self,
                        error);
}

hp_status hp_profile_add_cost(hp_profile *profile, hp_line line, const uint64_t *self,
                              hp_error *error)
{
    if (!hp_reserve_rows(profile, HP_LINE_TABLE, 1))
        return hp_no_memory(error);
    return add_self(profile, hp_insert_line(profile, line), self, error);
}

hp_status hp_profile_add_new_cost(hp_profile *profile, hp_line line, const uint64_t *self,
                                  hp_error *error)
{
    if (!hp_reserve_new_rows(profile, HP_LINE_TABLE, 1))
        return hp_no_memory(error);
    return add_self(profile, hp_append_line(profile, line), self, error);
}

hp_status hp_add_calls(hp_profile *profile, uint32_t row, uint64_t count, const uint64_t *inclusive,
                       hp_error *error)
{
    if (!add_count(&profile->calls[row].count, count))
        return hp_overflow(error);
    return hp_add_costs(profile, hp_row_costs(profile, &profile->call_table, row), inclusive,
                        error);
}

hp_status hp_profile_add_call(hp_profile *profile, hp_call call, const uint64_t *inclusive,
                              hp_error *error)
{
    if (!hp_reserve_rows(profile, HP_CALL_TABLE, 1))
        return hp_no_memory(error);
    return hp_add_calls(profile, hp_insert_call(profile, call), call.count, inclusive, error);
}

hp_status hp_profile_add_new_call(hp_profile *profile, hp_call call, const uint64_t *inclusive,
                                  hp_error *error)
{
    if (!hp_reserve_new_rows(profile, HP_CALL_TABLE, 1))
        return hp_no_memory(error);
    return hp_add_calls(profile, hp_append_call(profile, call), call.count, inclusive, error);
}

hp_status hp_profile_add_stack(hp_profile *profile, hp_stack stack, const uint64_t *self,
                               uint32_t *index, hp_error *error)
{
    if (!hp_reserve_rows(profile, HP_STACK_TABLE, 1))
        return hp_no_memory(error);
    *index = hp_insert_stack(profile, stack);
    return hp_add_costs(profile, hp_row_costs(profile, &profile->stack_table, *index), self, error);
}
