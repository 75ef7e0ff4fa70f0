// SPDX-License-Identifier: MIT
#include "filter/filter.h"

#include "escape.h"
#include "filter/filter_steps.h"
#include "filter/pattern.h"

#include <stdlib.h>
#include <string.h>

bool hp_filters_any(const hp_filters *filters)
{
    return filters->root || filters->leaf || filters->focus || filters->ignore || filters->hide ||
           filters->show;
}

/* --- Which functions match ----------------------------------------------------------------- */

static hp_status match_function(const hp_pattern *pattern, const hp_function *function,
                                bool *matches, hp_error *error)
{
    char *name = hp_escaped(function->name), *file = hp_escaped(function->file);
    char *both = name && file ? malloc(strlen(file) + strlen(name) + 2) : NULL;
    hp_status status =
        both ? hp_pattern_find(pattern, hp_string_of(name), matches, error) : hp_no_memory(error);

    if (status == HP_OK && !*matches) {
        stpcpy(stpcpy(stpcpy(both, file), ":"), name);
        status = hp_pattern_find(pattern, hp_string_of(both), matches, error);
    }
    free(both);
    free(file);
    free(name);
    return status;
}

static hp_status match_all(const hp_profile *profile, const hp_pattern *pattern, bool *matched,
                           size_t *matches, hp_error *error)
{
    hp_status status = HP_OK;

    for (hp_function_id i = 0; status == HP_OK && i < hp_profile_function_count(profile); i++) {
        status = match_function(pattern, hp_profile_function(profile, i), &matched[i], error);
        *matches += matched[i];
    }
    return status;
}

/* Sets *matched to one flag a function, to be freed even after an error. */
static hp_status match(const hp_profile *profile, const char *option, const char *pattern,
                       bool **matched, hp_error *error)
{
    size_t matches = 0;
    hp_pattern *compiled;
    hp_error why = {0};
    char escaped[100];
    hp_status status = hp_pattern_new(&compiled, pattern, &why);

    *matched = calloc(hp_profile_function_count(profile) + 1, sizeof **matched);
    hp_string_escape(hp_string_of(pattern), escaped, sizeof escaped);
    if (status == HP_UNRECOGNISED)
        hp_error_set(error, HP_UNRECOGNISED, 0, "--%s: '%s' is no regular expression: %s", option,
                     escaped, why.message);
    else if (status == HP_OK && *matched)
        status = match_all(profile, compiled, *matched, &matches, &why);
    hp_pattern_free(compiled);
    if (status == HP_NO_MEMORY || !*matched)
        return hp_no_memory(error);
    if (status == HP_OK && matches == 0)
        status = hp_error_set(error, HP_UNRECOGNISED, 0, "--%s: no function matches '%s'", option,
                              escaped);
    if (status == HP_LIMIT)
        status = hp_error_set(error, HP_LIMIT, 0, "--%s: '%s': %s", option, escaped, why.message);
    return status;
}

/* --- One filter after the other ------------------------------------------------------------ */

hp_status hp_filter_copy_frame(const hp_profile *from, hp_profile *to, hp_error *error)
{
    hp_event events[HP_EVENTS_MAX];
    size_t count = hp_profile_event_count(from);
    hp_status status;

    for (size_t i = 0; i < count; i++)
        events[i] = *hp_profile_event(from, i);
    status = hp_profile_set_events(to, events, count, error);
    if (status == HP_OK)
        status = hp_profile_add_inputs(to, from, error);
    for (hp_function_id i = 0; status == HP_OK && i < hp_profile_function_count(from); i++) {
        hp_function function = *hp_profile_function(from, i);
        hp_function_id id;

        function.calls = function.primitive = 0;
        status = hp_profile_add_function(to, &function, &id, error);
    }
    return status;
}

typedef struct filter_step {
    const char *option, *pattern;
    bool hides, others; /* hide the functions that match, or the others; if not, keep a part */
    hp_part part;
} filter_step;

static hp_status apply(const filter_step *step, const hp_profile *from, hp_profile **filtered,
                       hp_error *error)
{
    bool *matched = NULL;
    hp_status status = match(from, step->option, step->pattern, &matched, error);
    hp_profile *to = hp_profile_new();

    if (status == HP_OK && !to)
        status = hp_no_memory(error);
    if (status == HP_OK)
        status = hp_filter_copy_frame(from, to, error);
    for (hp_function_id i = 0; status == HP_OK && i < hp_profile_function_count(from); i++)
        if (step->hides)
            matched[i] = matched[i] != step->others &&
                         !hp_function_is_interpreter(hp_profile_function(from, i));
    if (status == HP_OK)
        status = step->hides ? hp_filter_hide(from, matched, to, error)
                             : hp_filter_part(from, step->part, matched, to, error);
    if (status == HP_OK)
        status = hp_filter_stacks(from, step->hides ? NULL : &step->part, matched, to, error);
    if (status == HP_OK)
        status = hp_profile_sort(to, error);
    free(matched);
    if (status == HP_OK) {
        *filtered = to;
    } else {
        hp_profile_free(to);
        *filtered = NULL;
    }
    return status;
}

hp_status hp_filters_apply(const hp_filters *filters, const hp_profile *profile,
                           hp_profile **filtered, hp_error *error)
{
    const filter_step steps[] = {
        {"root", filters->root, false, false, HP_PART_ROOT},
        {"leaf", filters->leaf, false, false, HP_PART_LEAF},
        {"focus", filters->focus, false, false, HP_PART_FOCUS},
        {"ignore", filters->ignore, false, false, HP_PART_IGNORE},
        {"hide", filters->hide, true, false, 0},
        {"show", filters->show, true, true, 0},
    };
    hp_status status = HP_OK;

    *filtered = NULL;
    for (size_t i = 0; status == HP_OK && i < sizeof steps / sizeof *steps; i++)
        if (steps[i].pattern) {
            hp_profile *before = *filtered;

            status = apply(&steps[i], before ? before : profile, filtered, error);
            hp_profile_free(before);
        }
    return status;
}
