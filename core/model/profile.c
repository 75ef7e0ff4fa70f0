// SPDX-License-Identifier: MIT
#include "model/profile.h"
#include "model/array.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

hp_profile *hp_profile_new(void)
{
    return calloc(1, sizeof(hp_profile));
}

static void table_free(struct hp_table *table)
{
    free(table->costs);
    hp_index_free(&table->index);
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
    table_free(&profile->function_table);
    table_free(&profile->line_table);
    table_free(&profile->call_table);
    table_free(&profile->stack_table);
    free(profile->events);
    free(profile->total);
    free(profile->strings);
    free(profile->functions);
    free(profile->lines);
    free(profile->calls);
    free(profile->stacks);
    free(profile->inputs);
    free(profile->infos);
    free(profile);
}

/* --- Room: after these, adding cannot fail for want of memory ------------------------------ */

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

static bool reserve_rows(struct hp_table *table, void *items, size_t item_size, size_t width,
                         size_t more)
{
    return hp_array_reserve(items, &table->item_capacity, table->count + more, item_size) &&
           (width == 0 || hp_array_reserve(&table->costs, &table->cost_capacity,
                                           table->count + more, width * sizeof(uint64_t)));
}

/* Room in the index for all rows that it does not know yet, and more. */
static bool reserve_index(struct hp_table *table, size_t more)
{
    return hp_index_reserve(&table->index, table->count - table->index.count + more);
}

static uint32_t function_hash(const hp_function *key)
{
    return hp_hash_numbers((uintptr_t)key->file.data + 3 * (uintptr_t)key->object.data, key->line,
                           (uintptr_t)key->name.data);
}

static uint32_t line_hash(const hp_line *key)
{
    return hp_hash_numbers(key->function, key->line, 0);
}

static uint32_t call_hash(const hp_call *key)
{
    return hp_hash_numbers(key->caller, key->line, key->callee);
}

static uint32_t stack_hash(const hp_stack *key)
{
    return hp_hash_numbers(key->caller, key->function, 0);
}

bool hp_reserve_functions(hp_profile *profile, size_t more)
{
    struct hp_table *table = &profile->function_table;

    if (!reserve_rows(table, &profile->functions, sizeof(hp_function), 2 * profile->event_count,
                      more) ||
        !reserve_index(table, more))
        return false;
    for (size_t i = table->index.count; i < table->count; i++)
        hp_index_add(&table->index, function_hash(&profile->functions[i]), (uint32_t)i);
    return true;
}

bool hp_reserve_new_lines(hp_profile *profile, size_t more)
{
    return reserve_rows(&profile->line_table, &profile->lines, sizeof(hp_line),
                        profile->event_count, more);
}

bool hp_reserve_new_calls(hp_profile *profile, size_t more)
{
    return reserve_rows(&profile->call_table, &profile->calls, sizeof(hp_call),
                        profile->event_count, more);
}

bool hp_reserve_lines(hp_profile *profile, size_t more)
{
    struct hp_table *table = &profile->line_table;

    if (!hp_reserve_new_lines(profile, more) || !reserve_index(table, more))
        return false;
    for (size_t i = table->index.count; i < table->count; i++)
        hp_index_add(&table->index, line_hash(&profile->lines[i]), (uint32_t)i);
    return true;
}

bool hp_reserve_calls(hp_profile *profile, size_t more)
{
    struct hp_table *table = &profile->call_table;

    if (!hp_reserve_new_calls(profile, more) || !reserve_index(table, more))
        return false;
    for (size_t i = table->index.count; i < table->count; i++)
        hp_index_add(&table->index, call_hash(&profile->calls[i]), (uint32_t)i);
    return true;
}

bool hp_reserve_stacks(hp_profile *profile, size_t more)
{
    struct hp_table *table = &profile->stack_table;

    if (!reserve_rows(table, &profile->stacks, sizeof(hp_stack), profile->event_count, more) ||
        !reserve_index(table, more))
        return false;
    for (size_t i = table->index.count; i < table->count; i++)
        hp_index_add(&table->index, stack_hash(&profile->stacks[i]), (uint32_t)i);
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

hp_string hp_intern(hp_profile *profile, hp_string string)
{
    uint32_t hash = hp_hash_bytes(string.data, string.size), row;
    size_t probe = 0;

    while ((row = hp_index_next(&profile->string_index, hash, &probe)) != HP_NO_ROW)
        if (profile->strings[row].size == string.size &&
            (string.size == 0 || memcmp(profile->strings[row].data, string.data, string.size) == 0))
            return profile->strings[row];

    struct hp_chunk *chunk = profile->chunks;
    char *copy = chunk->data + chunk->used;

    if (string.size)
        memcpy(copy, string.data, string.size);
    copy[string.size] = '\0';
    chunk->used += string.size + 1;
    hp_index_add(&profile->string_index, hash, (uint32_t)profile->string_count);
    return profile->strings[profile->string_count++] = (hp_string){copy, string.size};
}

static bool add(hp_profile *profile, uint64_t *sum, uint64_t number)
{
    if (number > UINT64_MAX - *sum)
        return false;
    *sum += number;
    if (*sum > profile->bound)
        profile->bound = *sum;
    return true;
}

/* A sum of known counts that would read as an unknown one is too large. */
static bool add_count(hp_profile *profile, uint64_t *sum, uint64_t count)
{
    if (*sum == HP_UNKNOWN || count == HP_UNKNOWN) {
        *sum = HP_UNKNOWN;
        return true;
    }
    return hp_add_counts(*sum, count) != HP_UNKNOWN && add(profile, sum, count);
}

hp_status hp_add_costs(hp_profile *profile, uint64_t *costs, const uint64_t *more, hp_error *error)
{
    for (size_t e = 0; e < profile->event_count; e++)
        if (!add(profile, &costs[e], more[e]))
            return hp_overflow(error);
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
    profile->infos[profile->info_count++] =
        (hp_info){hp_intern(profile, info.key), hp_intern(profile, info.value)};
}

/* A new row, with no costs. */
static uint32_t add_row(hp_profile *profile, struct hp_table *table, size_t width)
{
    uint32_t row = (uint32_t)table->count++;

    if (width)
        memset(table->costs + width * row, 0, width * sizeof(uint64_t));
    profile->sorted = false;
    return row;
}

uint32_t hp_append_line(hp_profile *profile, hp_line line)
{
    uint32_t row = add_row(profile, &profile->line_table, profile->event_count);

    profile->lines[row] = line;
    return row;
}

uint32_t hp_append_call(hp_profile *profile, hp_call call)
{
    uint32_t row = add_row(profile, &profile->call_table, profile->event_count);

    call.count = 0;
    profile->calls[row] = call;
    return row;
}

hp_function_id hp_insert_function(hp_profile *profile, const hp_function *key)
{
    struct hp_table *table = &profile->function_table;
    hp_function added = {.name = hp_intern(profile, key->name),
                         .file = hp_intern(profile, key->file),
                         .line = key->line,
                         .object = hp_intern(profile, key->object)};
    uint32_t hash = function_hash(&added), row;
    size_t probe = 0;

    added.recorded_file =
        key->recorded_file.data == key->file.data && key->recorded_file.size == key->file.size
            ? added.file
            : hp_intern(profile, key->recorded_file);

    while ((row = hp_index_next(&table->index, hash, &probe)) != HP_NO_ROW) {
        hp_function *found = &profile->functions[row];

        if (found->line != added.line || found->name.data != added.name.data ||
            found->file.data != added.file.data || found->object.data != added.object.data)
            continue;
        if (found->recorded_file.data != added.recorded_file.data) {
            found->recorded_file = added.file;
            profile->sorted = false;
        }
        return row;
    }
    row = add_row(profile, table, 2 * profile->event_count);
    profile->functions[row] = added;
    hp_index_add(&table->index, hash, row);
    return row;
}

uint32_t hp_insert_line(hp_profile *profile, hp_line line)
{
    struct hp_table *table = &profile->line_table;
    uint32_t hash = line_hash(&line), row;
    size_t probe = 0;

    while ((row = hp_index_next(&table->index, hash, &probe)) != HP_NO_ROW)
        if (profile->lines[row].function == line.function && profile->lines[row].line == line.line)
            return row;
    row = hp_append_line(profile, line);
    hp_index_add(&table->index, hash, row);
    return row;
}

uint32_t hp_insert_call(hp_profile *profile, hp_call call)
{
    struct hp_table *table = &profile->call_table;
    uint32_t hash = call_hash(&call), row;
    size_t probe = 0;

    while ((row = hp_index_next(&table->index, hash, &probe)) != HP_NO_ROW) {
        hp_call *found = &profile->calls[row];

        if (found->caller == call.caller && found->line == call.line &&
            found->callee == call.callee) {
            found->estimated = found->estimated || call.estimated;
            return row;
        }
    }
    row = hp_append_call(profile, call);
    hp_index_add(&table->index, hash, row);
    return row;
}

bool hp_join_calls(hp_profile *profile)
{
    struct hp_table *table = &profile->call_table;
    size_t count = table->count, size = profile->event_count * sizeof(uint64_t);
    uint64_t moved[HP_EVENTS_MAX];

    if (!hp_reserve_calls(profile, 0))
        return false;
    memset(table->index.slots, 0, table->index.capacity * sizeof *table->index.slots);
    table->index.count = table->count = 0;
    for (size_t i = 0; i < count; i++) {
        const hp_call call = profile->calls[i];
        uint32_t row;

        memcpy(moved, hp_row_costs(profile, table, i), size);
        row = hp_insert_call(profile, call); /* not behind i */
        (void)hp_add_calls(profile, row, call.count, moved, NULL);
    }
    return true;
}

uint32_t hp_insert_stack(hp_profile *profile, hp_stack stack)
{
    struct hp_table *table = &profile->stack_table;
    uint32_t hash = stack_hash(&stack), row;
    size_t probe = 0;

    while ((row = hp_index_next(&table->index, hash, &probe)) != HP_NO_ROW)
        if (profile->stacks[row].caller == stack.caller &&
            profile->stacks[row].function == stack.function)
            return row;
    row = add_row(profile, table, profile->event_count);
    profile->stacks[row] = stack;
    hp_index_add(&table->index, hash, row);
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
    if (!hp_reserve_strings(profile, 2, key.size + value.size) || !hp_reserve_infos(profile, 1))
        return hp_no_memory(error);
    hp_insert_info(profile, (hp_info){key, value});
    return HP_OK;
}

hp_status hp_profile_add_counts(hp_profile *profile, hp_function_id id, uint64_t calls,
                                uint64_t primitive, hp_error *error)
{
    hp_function *function = &profile->functions[id];

    return add_count(profile, &function->calls, calls) &&
                   add_count(profile, &function->primitive, primitive)
               ? HP_OK
               : hp_overflow(error);
}

hp_status hp_profile_add_function(hp_profile *profile, const hp_function *key, hp_function_id *id,
                                  hp_error *error)
{
    if (!hp_reserve_strings(profile, 4,
                            key->name.size + key->file.size + key->recorded_file.size +
                                key->object.size) ||
        !hp_reserve_functions(profile, 1))
        return hp_no_memory(error);
    *id = hp_insert_function(profile, key);
    return hp_profile_add_counts(profile, *id, key->calls, key->primitive, error);
}

hp_status hp_profile_add_inclusive(hp_profile *profile, hp_function_id id,
                                   const uint64_t *inclusive, hp_error *error)
{
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
    if (!hp_reserve_lines(profile, 1))
        return hp_no_memory(error);
    return add_self(profile, hp_insert_line(profile, line), self, error);
}

hp_status hp_profile_add_new_cost(hp_profile *profile, hp_line line, const uint64_t *self,
                                  hp_error *error)
{
    if (!hp_reserve_new_lines(profile, 1))
        return hp_no_memory(error);
    return add_self(profile, hp_append_line(profile, line), self, error);
}

hp_status hp_add_calls(hp_profile *profile, uint32_t row, uint64_t count, const uint64_t *inclusive,
                       hp_error *error)
{
    if (!add_count(profile, &profile->calls[row].count, count))
        return hp_overflow(error);
    return hp_add_costs(profile, hp_row_costs(profile, &profile->call_table, row), inclusive,
                        error);
}

hp_status hp_profile_add_call(hp_profile *profile, hp_call call, const uint64_t *inclusive,
                              hp_error *error)
{
    if (!hp_reserve_calls(profile, 1))
        return hp_no_memory(error);
    return hp_add_calls(profile, hp_insert_call(profile, call), call.count, inclusive, error);
}

hp_status hp_profile_add_new_call(hp_profile *profile, hp_call call, const uint64_t *inclusive,
                                  hp_error *error)
{
    if (!hp_reserve_new_calls(profile, 1))
        return hp_no_memory(error);
    return hp_add_calls(profile, hp_append_call(profile, call), call.count, inclusive, error);
}

hp_status hp_profile_add_stack(hp_profile *profile, hp_stack stack, const uint64_t *self,
                               uint32_t *index, hp_error *error)
{
    if (!hp_reserve_stacks(profile, 1))
        return hp_no_memory(error);
    *index = hp_insert_stack(profile, stack);
    return hp_add_costs(profile, hp_row_costs(profile, &profile->stack_table, *index), self, error);
}

/* --- What a profile holds ----------------------------------------------------------------- */

size_t hp_profile_input_count(const hp_profile *profile)
{
    return profile->input_count;
}

const hp_input *hp_profile_input(const hp_profile *profile, size_t index)
{
    return &profile->inputs[index].input;
}

static void add_remark(char *text, size_t size, uint64_t count, const char *one, const char *more)
{
    size_t length = strlen(text);

    if (count)
        snprintf(text + length, size - length, "%s%" PRIu64 " %s", length ? "; " : "", count,
                 count == 1 ? one : more);
}

size_t hp_input_remarks(const hp_input *input, char *buffer, size_t size)
{
    char text[sizeof input->error.message + 256];

    snprintf(text, sizeof text, "%s", input->error.message);
    add_remark(text, sizeof text, input->unmatched_exits, "unmatched exit", "unmatched exits");
    add_remark(text, sizeof text, input->open_frames, "frame left open", "frames left open");
    add_remark(text, sizeof text, input->impossible_numbers, "impossible number counted as 0",
               "impossible numbers counted as 0");
    add_remark(text, sizeof text, input->estimated_calls, "call site with an estimated time",
               "call sites with estimated times");
    return (size_t)snprintf(buffer, size, "%s", text);
}

size_t hp_profile_info_count(const hp_profile *profile, size_t input)
{
    size_t end = input + 1 < profile->input_count ? profile->inputs[input + 1].first_info
                                                  : profile->info_count;

    return end - profile->inputs[input].first_info;
}

hp_info hp_profile_info(const hp_profile *profile, size_t input, size_t index)
{
    return profile->infos[profile->inputs[input].first_info + index];
}

size_t hp_profile_event_count(const hp_profile *profile)
{
    return profile->event_count;
}

const hp_event *hp_profile_event(const hp_profile *profile, size_t index)
{
    return &profile->events[index];
}

const uint64_t *hp_profile_total(const hp_profile *profile)
{
    return profile->total;
}

size_t hp_profile_function_count(const hp_profile *profile)
{
    return profile->function_table.count;
}

const hp_function *hp_profile_function(const hp_profile *profile, hp_function_id id)
{
    return &profile->functions[id];
}

const uint64_t *hp_profile_function_self(const hp_profile *profile, hp_function_id id)
{
    return hp_function_costs(profile, id);
}

const uint64_t *hp_profile_function_inclusive(const hp_profile *profile, hp_function_id id)
{
    return hp_inclusive_costs(profile, id);
}

size_t hp_profile_line_count(const hp_profile *profile)
{
    return profile->line_table.count;
}

const hp_line *hp_profile_line(const hp_profile *profile, size_t index)
{
    return &profile->lines[index];
}

const uint64_t *hp_profile_line_self(const hp_profile *profile, size_t index)
{
    return hp_row_costs(profile, &profile->line_table, index);
}

size_t hp_profile_call_count(const hp_profile *profile)
{
    return profile->call_table.count;
}

const hp_call *hp_profile_call(const hp_profile *profile, size_t index)
{
    return &profile->calls[index];
}

const uint64_t *hp_profile_call_inclusive(const hp_profile *profile, size_t index)
{
    return hp_row_costs(profile, &profile->call_table, index);
}

size_t hp_profile_stack_count(const hp_profile *profile)
{
    return profile->stack_table.count;
}

const hp_stack *hp_profile_stack(const hp_profile *profile, size_t index)
{
    return &profile->stacks[index];
}

const uint64_t *hp_profile_stack_self(const hp_profile *profile, size_t index)
{
    return hp_row_costs(profile, &profile->stack_table, index);
}
