// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_parts.h"

#include "model/events.h"

void hp_callgrind_parts_start(hp_callgrind_parts *parts, hp_profile *whole, const hp_scan *scan)
{
    parts->scan = scan;
    parts->whole = whole;
    parts->room = ((size_t)1 << 17) + 2 * (size_t)(scan->end - scan->data);
}

static void forget_part(hp_callgrind_parts *parts)
{
    if (!parts->profile)
        return;
    hp_callgrind_sums_free(&parts->sums);
    if (parts->profile != parts->whole)
        hp_profile_free(parts->profile);
    parts->profile = NULL;
}

void hp_callgrind_parts_free(hp_callgrind_parts *parts)
{
    forget_part(parts);
}

hp_profile *hp_callgrind_begin_part(hp_callgrind_parts *parts)
{
    parts->profile = parts->count++ ? hp_profile_new() : parts->whole;
    if (parts->profile)
        hp_callgrind_sums_start(&parts->sums, parts->profile, parts->scan, parts->room);
    return parts->profile;
}

static size_t rows_of(const hp_profile *profile)
{
    return 2 * profile->function_table.count + profile->line_table.count +
           profile->call_table.count;
}

/* Few costs of one part and many events of another would take far more memory than their text. */
static hp_status check_room(const hp_callgrind_parts *parts, hp_error *error)
{
    hp_event events[HP_EVENTS_MAX];
    size_t count, rows = rows_of(parts->whole) + rows_of(parts->profile);
    hp_status status = hp_union_events(parts->whole, parts->profile, events, &count, error);

    if (status == HP_OK && rows * count > parts->room)
        return hp_error_set(error, HP_LIMIT, 0, "too many costs for so many events");
    return status;
}

/* Equal rows of the whole must be one before others are added to them. */
static hp_status add_part(hp_callgrind_parts *parts, hp_error *error)
{
    hp_status status = hp_profile_sort(parts->profile, error);

    if (status == HP_OK && parts->count == 2)
        status = hp_profile_sort(parts->whole, error);
    if (status == HP_OK)
        status = check_room(parts, error);
    return status == HP_OK ? hp_profile_merge(parts->whole, parts->profile, error) : status;
}

bool hp_callgrind_end_part(hp_callgrind_parts *parts, const char *start)
{
    bool added = hp_callgrind_sums_finish(&parts->sums);

    if (added && parts->profile != parts->whole) {
        hp_error problem = {0};
        size_t offset = (size_t)(start - parts->scan->data);

        added = add_part(parts, &problem) == HP_OK;
        if (problem.status == HP_NO_MEMORY)
            hp_no_memory(parts->scan->error);
        else if (!added)
            hp_error_set(parts->scan->error, HP_CORRUPT, offset,
                         "offset %zu: expected a part that can be added to those before: %s",
                         offset, problem.message);
    }
    forget_part(parts);
    return added;
}
