// SPDX-License-Identifier: MIT
#include "model/profile.h"

/* Leaves the rows and forgets all numbers and inputs. */
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
    profile->input_count = profile->info_count = 0;
}

/* One of the two profiles that all was merged from, with the rows of all. */
static hp_profile *spread(const hp_profile *one, const hp_profile *all, hp_error *error)
{
    hp_profile *wide = hp_profile_new();

    if (!wide)
        hp_no_memory(error);
    else if (hp_profile_merge(wide, all, error) == HP_OK) {
        clear(wide);
        if (hp_profile_merge(wide, one, error) == HP_OK) {
            wide->sorted = true; /* the rows are where they are in all */
            return wide;
        }
    }
    hp_profile_free(wide);
    return NULL;
}

hp_status hp_profile_align(const hp_profile *profile, const hp_profile *other, hp_profile **aligned,
                           hp_profile **other_aligned, hp_error *error)
{
    hp_profile *all = hp_profile_new();
    hp_error found = {0};

    *aligned = *other_aligned = NULL;
    if (!all)
        hp_no_memory(&found);
    else if (hp_profile_merge(all, profile, &found) == HP_OK &&
             hp_profile_merge(all, other, &found) == HP_OK &&
             hp_profile_sort(all, &found) == HP_OK &&
             (*aligned = spread(profile, all, &found)) != NULL)
        *other_aligned = spread(other, all, &found);
    hp_profile_free(all);
    if (found.status == HP_OK)
        return HP_OK;
    hp_profile_free(*aligned);
    *aligned = NULL;
    return hp_error_set(error, found.status, 0, "%s", found.message);
}
