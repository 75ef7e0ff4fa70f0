// SPDX-License-Identifier: MIT
/* The inside of a profile, shared by profile.c, merge.c, sort.c and readers of large inputs. */
#ifndef HP_PROFILE_H
#define HP_PROFILE_H

#include "model/error.h"
#include "model/index.h"
#include "model/text.h"

/* Strings are interned, so that equal ones have the same address, and live in chunks that never
 * move. */
struct hp_chunk {
    struct hp_chunk *next;
    size_t used, size;
    char data[];
};

/* The rows of a table, but for the items themselves: how many, their costs, and where they are. The
 * index knows the first index.count rows; making room for more brings it up to date. */
struct hp_table {
    size_t count, item_capacity, cost_capacity;
    uint64_t *costs;
    hp_index index;
};

struct hp_input_record {
    hp_input input;
    size_t first_info;
};

struct hp_profile {
    hp_event *events;
    size_t event_count;
    uint64_t *total;
    uint64_t bound; /* no number in the profile is above it */

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
    hp_info *infos;
    size_t info_count, info_capacity;
};

/* Room for so many more; afterwards so many can be inserted without fail. */
bool hp_reserve_strings(hp_profile *profile, size_t count, size_t bytes);
bool hp_reserve_functions(hp_profile *profile, size_t more);
bool hp_reserve_lines(hp_profile *profile, size_t more);
bool hp_reserve_calls(hp_profile *profile, size_t more);
bool hp_reserve_stacks(hp_profile *profile, size_t more);
bool hp_reserve_inputs(hp_profile *profile, size_t more);
bool hp_reserve_infos(hp_profile *profile, size_t more);

/* Room for rows that are appended; the index is not told of them. */
bool hp_reserve_new_lines(hp_profile *profile, size_t more);
bool hp_reserve_new_calls(hp_profile *profile, size_t more);

/* A new row with no costs and no calls, for which there must be room, without a look whether there
 * is one already: to sort the profile, which must come before all else, makes one row of equal
 * ones. */
uint32_t hp_append_line(hp_profile *profile, hp_line line);
uint32_t hp_append_call(hp_profile *profile, hp_call call);

/* Makes one row of equal ones, whose sums fit, so that calls can be inserted; false without memory.
 */
bool hp_join_calls(hp_profile *profile);

/* Add to the costs of a row, and to a call. */
hp_status hp_add_costs(hp_profile *profile, uint64_t *costs, const uint64_t *more, hp_error *error);
hp_status hp_add_calls(hp_profile *profile, uint32_t row, uint64_t count, const uint64_t *inclusive,
                       hp_error *error);

/* Find or add; there must be room. */
hp_string hp_intern(hp_profile *profile, hp_string string);
hp_function_id hp_insert_function(hp_profile *profile, const hp_function *key);
uint32_t hp_insert_line(hp_profile *profile, hp_line line);
uint32_t hp_insert_call(hp_profile *profile, hp_call call);
uint32_t hp_insert_stack(hp_profile *profile, hp_stack stack);
hp_input *hp_insert_input(hp_profile *profile, const hp_input *input);
void hp_insert_info(hp_profile *profile, hp_info info);

/* Adds to the calls of a function. */
hp_status hp_profile_add_counts(hp_profile *profile, hp_function_id id, uint64_t calls,
                                uint64_t primitive, hp_error *error);

/* hp_profile_add_cost and hp_profile_add_call for a line and a call that are new, without a look
 * whether they are. */
hp_status hp_profile_add_new_cost(hp_profile *profile, hp_line line, const uint64_t *self,
                                  hp_error *error);
hp_status hp_profile_add_new_call(hp_profile *profile, hp_call call, const uint64_t *inclusive,
                                  hp_error *error);

/* Without events there may be no costs to point into. */
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
