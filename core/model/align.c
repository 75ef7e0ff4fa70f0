// SPDX-License-Identifier: MIT
#include "model/profile.h"

static void clear_costs(struct hp_table *table, size_t width)
{
    if (table->count && width)
        memset(table->costs, 0, table->count * width * sizeof *table->costs);
}

/* Leaves the rows and forgets all numbers and inputs. */
static void clear(hp_profile *profile)
{
    clear_costs(&profile->function_table, 2 * profile->event_count);
    clear_costs(&profile->line_table, profile->event_count);
    clear_costs(&profile->call_table, profile->event_count);
    clear_costs(&profile->stack_table, profile->event_count);
    for (size_t i = 0; i < profile->function_table.count; i++)
        profile->functions[i].calls = profile->functions[i].primitive = 0;
    for (size_t i = 0; i < profile->call_table.count; i++) {
        profile->calls[i].count = 0;
        profile->calls[i].estimated = false;
    }
    for (size_t e = 0; e < profile->event_count; e++)
        profile->total[e] = 0;
    profile->bound = 0;
    profile->input_count = profile->info_count = 0;
}

/* One of the profiles that all was merged from, with all rows of that. */
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
