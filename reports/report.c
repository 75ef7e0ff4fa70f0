// SPDX-License-Identifier: MIT
#include "report.h"

#include "filter/unroll.h"
#include "graph/callgraph.h"

#include <errno.h>
#include <string.h>

/* A profile and its base, which may be NULL. */
typedef struct profile_pair {
    hp_profile *profile, *base;
} profile_pair;

static void pair_free(const profile_pair *pair)
{
    hp_profile_free(pair->profile);
    hp_profile_free(pair->base);
}

static hp_status align(const hp_profile *profile, const hp_profile *base, profile_pair *aligned,
                       hp_error *error)
{
    hp_error found = {0};
    hp_status status = hp_profile_align(profile, base, &aligned->profile, &aligned->base, &found);
    char name[100] = "";

    if (status == HP_OK)
        return HP_OK;
    if (hp_profile_input_count(base)) {
        const char *input = hp_profile_input(base, 0)->name;

        hp_string_escape((hp_string){input, strlen(input)}, name, sizeof name);
    }
    return hp_error_set(error, status, 0, "--base: %s: %s", name, found.message);
}

/* Filters both. A filter must match in one of them only, and so they are aligned again. */
static hp_status filter(const hp_filters *filters, const hp_profile *profile,
                        const hp_profile *base, profile_pair *filtered, hp_error *error)
{
    profile_pair part = {NULL, NULL};
    hp_status status = hp_filters_apply(filters, profile, &part.profile, error);

    if (status == HP_OK && base) {
        status = hp_filters_apply(filters, base, &part.base, error);
        if (status == HP_OK)
            status = align(part.profile, part.base, filtered, error);
        pair_free(&part);
    } else {
        *filtered = part;
    }
    return status;
}

/* Whether stacks were estimated by the report that an input is. profile may be NULL. */
static bool any_unrolled(const hp_profile *profile)
{
    for (size_t i = 0; profile && i < hp_profile_input_count(profile); i++)
        if (hp_profile_input(profile, i)->unrolled)
            return true;
    return false;
}

/* Estimates the stacks of both. */
static hp_status unroll(const hp_profile *profile, const hp_profile *base, profile_pair *unrolled,
                        hp_error *error)
{
    profile_pair part = {NULL, NULL};
    hp_status status = hp_profile_unroll(profile, &part.profile, error);

    if (status == HP_OK && base) {
        status = hp_profile_unroll(base, &part.base, error);
        if (status == HP_OK)
            status = align(part.profile, part.base, unrolled, error);
        pair_free(&part);
    } else {
        *unrolled = part;
    }
    return status;
}

hp_status hp_report_write(const hp_report *report, hp_profile *profile,
                          const hp_report_options *options, FILE *out, hp_error *error)
{
    hp_status status = hp_profile_sort(profile, error);
    hp_report_options given = *options;
    profile_pair aligned = {NULL, NULL}, filtered = {NULL, NULL}, unrolled = {NULL, NULL};
    const hp_profile *written = profile;
    hp_profile *base = NULL;
    size_t event;

    if (status == HP_OK && options->base) {
        status = hp_profile_relocate(profile, options->base, &base, error);
        if (status == HP_OK)
            status = align(profile, base, &aligned, error);
        hp_profile_free(base);
        written = aligned.profile;
        given.base = aligned.base;
    }
    if (status == HP_OK)
        status = hp_event_find(written, options->event, &event, error);
    if (status == HP_OK && hp_filters_any(&options->filters)) {
        given.unfiltered = written;
        given.unfiltered_base = given.base;
        status = filter(&options->filters, written, given.base, &filtered, error);
        written = filtered.profile;
        given.base = filtered.base;
    }
    if (status == HP_OK && report->stacks &&
        !(hp_has_stacks(written) && (!given.base || hp_has_stacks(given.base)))) {
        if (options->listener.warn)
            options->listener.warn(options->listener.context,
                                   "not all inputs have call stacks: they are estimated from the "
                                   "calls, in proportion");
        status = unroll(written, given.base, &unrolled, error);
        written = unrolled.profile;
        given.base = unrolled.base;
        given.unrolled = true;
    }
    given.unrolled = given.unrolled || any_unrolled(written) || any_unrolled(given.base);
    if (status == HP_OK)
        status = report->write(written, &given, out, error);
    pair_free(&aligned);
    pair_free(&filtered);
    pair_free(&unrolled);
    /* If there are several files, out is only the first, and their owner has closed it. */
    if (status == HP_OK && !options->files.next && (fflush(out) != 0 || ferror(out)))
        status = hp_error_set(error, HP_IO, 0, "cannot be written: %s", strerror(errno));
    return status;
}
