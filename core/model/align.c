// SPDX-License-Identifier: MIT
#include "model/events.h"
#include "model/merge.h"
#include "model/profile.h"

/* Leaves the rows and forgets all numbers. */
static void clear(hp_profile *profile)
{
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++) {
        struct hp_table *table = hp_table_of(profile, t);
        size_t numbers = table->count * hp_table_width(profile, t);

        if (numbers)
            memset(table->costs, 0, numbers * sizeof *table->costs);
    }
    for (size_t i = 0; i < profile->function_table.count; i++) {
        profile->functions[i].calls = profile->functions[i].primitive = 0;
        profile->functions[i].estimated = false;
    }
    for (size_t i = 0; i < profile->call_table.count; i++) {
        profile->calls[i].count = 0;
        profile->calls[i].estimated = false;
    }
    for (size_t e = 0; e < profile->event_count; e++)
        profile->total[e] = 0;
}

/* Makes wide, which has all rows, hold the numbers of one. */
static hp_status fill(hp_profile *wide, const hp_profile *one, hp_error *error)
{
    hp_status status;

    clear(wide);
    status = hp_profile_merge(wide, one, error);
    for (enum hp_table_name t = 0; t < HP_TABLE_COUNT; t++)
        hp_index_free(&hp_table_of(wide, t)->index);
    wide->sorted = true; /* the rows are where they were */
    return status;
}

hp_status hp_profile_align(const hp_profile *profile, const hp_profile *other, hp_profile **aligned,
                           hp_profile **other_aligned, hp_error *error)
{
    hp_profile *all = hp_profile_new(), *copy = hp_profile_new();
    hp_event events[HP_EVENTS_MAX];
    hp_error found = {0};
    size_t count;

    *aligned = *other_aligned = NULL;
    if (!all || !copy)
        hp_no_memory(&found);
    else if (hp_union_events(profile, other, events, &count, &found) == HP_OK &&
             hp_merge_numbers(all, profile, &found) == HP_OK &&
             hp_merge_numbers(all, other, &found) == HP_OK &&
             hp_profile_sort(all, &found) == HP_OK &&
             hp_merge_numbers(copy, all, &found) == HP_OK && fill(copy, profile, &found) == HP_OK &&
             fill(all, other, &found) == HP_OK) {
        *aligned = copy;
        *other_aligned = all;
        return HP_OK;
    }
    hp_profile_free(all);
    hp_profile_free(copy);
    return hp_error_set(error, found.status, 0, "%s", found.message);
}
