// SPDX-License-Identifier: MIT
/* The inside of a profile, for the rest of the model and for readers of large inputs. */
#ifndef HP_PROFILE_H
#define HP_PROFILE_H

#include "model/error.h"
#include "model/index.h"
#include "model/text.h"

/* Strings are interned: equal ones have the same address. They live in chunks that never move. */
struct hp_chunk {
    struct hp_chunk *next;
    size_t used, size;
    char data[];
};

/* A table has rows; a row is an item, such as an hp_line, and its costs. The items are in a typed
 * array of the profile. The index finds the first index.count rows by their keys; the functions
 * that make room bring it up to date. */
struct hp_table {
    size_t count, item_capacity, cost_capacity;
    uint64_t *costs;
    hp_index index;
};

enum hp_table_name {
    HP_FUNCTION_TABLE,
    HP_LINE_TABLE,
    HP_CALL_TABLE,
    HP_STACK_TABLE,
    HP_TABLE_COUNT
};

struct hp_input_record {
    hp_input input;
    size_t first_info;
};

/* Where the strings of an info are in the profile's: there may be millions. */
struct hp_info_rows {
    uint32_t key, value;
};

struct hp_profile {
    hp_event *events;
    size_t event_count;
    uint64_t *total;

    struct hp_chunk *chunks;
    hp_string *strings;
    size_t string_count, string_capacity;
    hp_index string_index;

    hp_function *functions; /* costs: self, then inclusive */
    hp_line *lines;
    hp_call *calls;
    hp_stack *stacks;
    struct hp_table function_table, line_table, call_table, stack_table;
    bool sorted;

    struct hp_input_record *inputs;
    size_t input_count, input_capacity;
    struct hp_info_rows *infos;
    size_t info_count, info_capacity;
};

/* What differs from table to table, for code that treats all of them alike. */
struct hp_table_type {
    size_t table, items; /* where in a profile: the struct hp_table, the pointer to the items */
    size_t item_size;
    size_t vectors; /* how many costs a row has of each event */
    uint32_t (*hash)(const void *item);
};
extern const struct hp_table_type hp_table_types[HP_TABLE_COUNT];

static inline struct hp_table *hp_table_of(hp_profile *profile, enum hp_table_name name)
{
    return (struct hp_table *)((char *)profile + hp_table_types[name].table);
}

static inline const struct hp_table *hp_table_in(const hp_profile *profile, enum hp_table_name name)
{
    return (const struct hp_table *)((const char *)profile + hp_table_types[name].table);
}

/* The items of a table, and a new array in their place. */
static inline void *hp_items_of(const hp_profile *profile, enum hp_table_name name)
{
    void *items;

    memcpy(&items, (const char *)profile + hp_table_types[name].items, sizeof items);
    return items;
}

static inline void hp_set_items(hp_profile *profile, enum hp_table_name name, void *items)
{
    memcpy((char *)profile + hp_table_types[name].items, &items, sizeof items);
}

/* How many costs a row of a table has. */
static inline size_t hp_table_width(const hp_profile *profile, enum hp_table_name name)
{
    return hp_table_types[name].vectors * profile->event_count;
}

/* An info, counted over all inputs. */
static inline hp_info hp_info_at(const hp_profile *profile, size_t index)
{
    const struct hp_info_rows *rows = &profile->infos[index];

    return (hp_info){profile->strings[rows->key], profile->strings[rows->value]};
}

/* Room for more. Afterwards inserting as many cannot fail. false without memory. */
bool hp_reserve_strings(hp_profile *profile, size_t count, size_t bytes);
bool hp_reserve_strings_of(hp_profile *profile, const hp_profile *other); /* all of them */
bool hp_reserve_rows(hp_profile *profile, enum hp_table_name name, size_t more);
bool hp_reserve_inputs(hp_profile *profile, size_t more);
bool hp_reserve_infos(hp_profile *profile, size_t more);

/* Room for rows that are appended. Does not bring the index up to date. */
bool hp_reserve_new_rows(hp_profile *profile, enum hp_table_name name, size_t more);

/* Append a row with no costs and no calls, whether or not the table has an equal one. There must be
 * room. Sorting, which must come before all else, joins equal rows. */
uint32_t hp_append_line(hp_profile *profile, hp_line line);
uint32_t hp_append_call(hp_profile *profile, hp_call call);

/* Joins equal rows, whose sums must fit, so that calls can be inserted. false without memory. */
bool hp_join_calls(hp_profile *profile);

/* Add to the costs of a row, and to a call. */
hp_status hp_add_costs(hp_profile *profile, uint64_t *costs, const uint64_t *more, hp_error *error);
hp_status hp_add_calls(hp_profile *profile, uint32_t row, uint64_t count, const uint64_t *inclusive,
                       hp_error *error);

/* Find a row; HP_NO_ROW if there is none. The index must be up to date. The strings of a function
 * must be in the profile. */
uint32_t hp_find_string(const hp_profile *profile, hp_string string);
uint32_t hp_find_function(const hp_profile *profile, const hp_function *key);
uint32_t hp_find_line(const hp_profile *profile, hp_line line);
uint32_t hp_find_call(const hp_profile *profile, const hp_call *call);
uint32_t hp_find_stack(const hp_profile *profile, hp_stack stack);

/* Find or add. There must be room. */
uint32_t hp_insert_string(hp_profile *profile, hp_string string);
hp_function_id hp_insert_function(hp_profile *profile, const hp_function *key);
uint32_t hp_insert_line(hp_profile *profile, hp_line line);
uint32_t hp_insert_call(hp_profile *profile, hp_call call);
uint32_t hp_insert_stack(hp_profile *profile, hp_stack stack);
hp_input *hp_insert_input(hp_profile *profile, const hp_input *input);
void hp_insert_info(hp_profile *profile, hp_info info);
void hp_insert_inputs(hp_profile *profile, const hp_profile *other);

/* The profile's own string that is equal. There must be room. */
static inline hp_string hp_intern(hp_profile *profile, hp_string string)
{
    return profile->strings[hp_insert_string(profile, string)];
}

/* hp_insert_function of a function with the profile's own strings. */
hp_function_id hp_insert_own_function(hp_profile *profile, const hp_function *key);

/* Joins what else is known of a function with its row: recorded file, first line, estimates. */
void hp_join_function(hp_profile *profile, hp_function_id id, const hp_function *key);

/* A function with the profile's own strings. There must be room for four. */
hp_function hp_intern_function(hp_profile *profile, const hp_function *key);

/* Adds to the calls of a function. */
hp_status hp_profile_add_counts(hp_profile *profile, hp_function_id id, uint64_t calls,
                                uint64_t primitive, hp_error *error);

/* hp_profile_add_cost and hp_profile_add_call for a line and a call that the profile does not have.
 * They do not check that; calls that are the same are one when the profile is sorted. */
hp_status hp_profile_add_new_cost(hp_profile *profile, hp_line line, const uint64_t *self,
                                  hp_error *error);
hp_status hp_profile_add_new_call(hp_profile *profile, hp_call call, const uint64_t *inclusive,
                                  hp_error *error);

/* The costs of a row. Without events there are none to point to. */
static inline uint64_t *hp_function_costs(const hp_profile *profile, hp_function_id id)
{
    size_t at = 2 * profile->event_count * (size_t)id;

    return at ? profile->function_table.costs + at : profile->function_table.costs;
}

static inline uint64_t *hp_inclusive_costs(const hp_profile *profile, hp_function_id id)
{
    uint64_t *costs = hp_function_costs(profile, id);

    return profile->event_count ? costs + profile->event_count : costs;
}

static inline uint64_t *hp_row_costs(const hp_profile *profile, const struct hp_table *table,
                                     size_t row)
{
    size_t at = profile->event_count * row;

    return at ? table->costs + at : table->costs;
}

#endif
