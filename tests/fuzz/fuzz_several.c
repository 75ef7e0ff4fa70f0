// SPDX-License-Identifier: MIT
/* Reads several inputs into one profile, which so holds something when the next one comes. The
 * first four bytes say which filters there are, whether call stacks are kept, and whether the last
 * input is a base. Inputs are separated by a line "====". What is read adds up, in any order; what
 * is refused changes nothing; the callgrind report is read back as it was; filters keep no more
 * than there is; and every report that is not drawn is written or refused. */
#include "filter/filter.h"
#include "fuzz/fuzz.h"

enum { INPUTS_MAX = 5 };
static const char separator[] = "\n====\n";

typedef struct input {
    const uint8_t *data;
    size_t size;
    hp_status status; /* of reading it alone */
    hp_profile *profile;
} input;

static bool is_read(hp_status status)
{
    return status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT;
}

static size_t find_separator(const uint8_t *data, size_t size)
{
    const size_t length = sizeof separator - 1;

    for (size_t at = 0; at + length <= size; at++)
        if (memcmp(data + at, separator, length) == 0)
            return at;
    return size;
}

static size_t split(const uint8_t *data, size_t size, input *inputs)
{
    size_t count = 0;

    while (count < INPUTS_MAX) {
        const size_t end = find_separator(data, size);

        inputs[count++] = (input){.data = data, .size = end};
        if (end == size)
            break;
        data += end + sizeof separator - 1;
        size -= end + sizeof separator - 1;
    }
    return count;
}

static hp_status load(hp_profile *profile, const input *from, bool stacks)
{
    const hp_load_options options = {.size = sizeof options, .stacks = stacks};
    hp_error error = {0};
    const hp_status status =
        hp_profile_load_bytes(profile, "fuzz", from->data, from->size, &options, &error);

    check(status == error.status);
    return status;
}

/* --- What must hold ----------------------------------------------------------------------- */

static char *written(const char *name, hp_profile *profile, size_t *size)
{
    const hp_report_options options = {0};
    hp_status status;
    char *text = write_report(hp_report_find(name), profile, &options, size, &status);

    check(status == HP_OK);
    return text;
}

static void check_equal(hp_profile *one, hp_profile *other)
{
    size_t size, other_size;
    char *text = written("callgrind", one, &size), *copy = written("callgrind", other, &other_size);

    check(size == other_size && memcmp(text, copy, size) == 0);
    free(text);
    free(copy);
}

static uint64_t total_of(const hp_profile *profile, const char *event)
{
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        if (strcmp(hp_profile_event(profile, e)->name, event) == 0)
            return hp_profile_total(profile)[e];
    return 0;
}

/* Reads all inputs that can be, last first or not. *all: whether all could be that can be alone. */
static hp_profile *load_all(const input *inputs, size_t count, bool stacks, bool reversed,
                            bool *all)
{
    hp_profile *profile = hp_profile_new();
    const char *names[HP_EVENTS_MAX];
    uint64_t sums[HP_EVENTS_MAX];

    check(profile != NULL);
    *all = true;
    for (size_t i = 0; i < count; i++) {
        const input *next = &inputs[reversed ? count - 1 - i : i];
        const size_t before = hp_profile_input_count(profile),
                     functions = hp_profile_function_count(profile);
        const size_t events = hp_profile_event_count(profile);

        for (size_t e = 0; e < events; e++) {
            names[e] = hp_profile_event(profile, e)->name;
            sums[e] = hp_profile_total(profile)[e] + total_of(next->profile, names[e]);
        }

        const hp_status status = load(profile, next, stacks);

        if (!is_read(status)) {
            check(before == hp_profile_input_count(profile) &&
                  functions == hp_profile_function_count(profile) &&
                  events == hp_profile_event_count(profile));
            *all = *all && !is_read(next->status);
            continue;
        }
        check(status == next->status && hp_profile_input_count(profile) == before + 1);
        for (size_t e = 0; e < events; e++)
            check(total_of(profile, names[e]) == sums[e]);
    }
    check(hp_profile_sort(profile, NULL) == HP_OK);
    check_adds_up(profile);
    return profile;
}

static bool is_callgrind_or_dump(const hp_profile *profile)
{
    for (size_t i = 0; i < hp_profile_input_count(profile); i++) {
        const char *format = hp_profile_input(profile, i)->format;

        if (strcmp(format, "callgrind") == 0 || strcmp(format, "pstats") == 0)
            return true;
    }
    return false;
}

/* Other tools say how much is inclusive; of events and samples it is found out. */
static void check_bounds(const hp_profile *profile)
{
    if (is_callgrind_or_dump(profile))
        return;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        for (size_t e = 0; e < hp_profile_event_count(profile); e++) {
            const uint64_t inclusive = hp_profile_function_inclusive(profile, id)[e];

            check(hp_profile_function_self(profile, id)[e] <= inclusive &&
                  inclusive <= hp_profile_total(profile)[e]);
        }
}

static void check_read_back(hp_profile *profile)
{
    size_t size;
    char *text = written("callgrind", profile, &size);
    const input again = {.data = (const uint8_t *)text, .size = size};
    hp_profile *copy = hp_profile_new();

    check(copy && load(copy, &again, false) == HP_OK);
    check_equal(profile, copy);
    hp_profile_free(copy);
    free(text);
}

static void check_filtered(const hp_filters *filters, const hp_profile *profile)
{
    hp_profile *part = NULL;
    const hp_status status = hp_filters_apply(filters, profile, &part, NULL);
    const bool keeps_all = !filters->root && !filters->leaf && !filters->focus && !filters->ignore;

    check(status == HP_OK || status == HP_UNRECOGNISED || status == HP_OVERFLOW);
    if (part) {
        check_adds_up(part);
        for (size_t e = 0; e < hp_profile_event_count(part); e++) {
            const uint64_t kept = hp_profile_total(part)[e], all = hp_profile_total(profile)[e];

            check(kept <= all && (!keeps_all || kept == all));
        }
    }
    hp_profile_free(part);
}

/* --- All of it ---------------------------------------------------------------------------- */

static hp_filters filters_of(uint8_t which, uint8_t pattern)
{
    static const char *const patterns[] = {".", "a", "f$", "^m", "^<", "[0-9]", "main", "(run|g)"};
    const char *chosen = patterns[pattern % (sizeof patterns / sizeof *patterns)];

    return (hp_filters){.root = which & 1 ? chosen : NULL,
                        .leaf = which & 2 ? chosen : NULL,
                        .focus = which & 4 ? chosen : NULL,
                        .ignore = which & 8 ? chosen : NULL,
                        .hide = which & 16 ? chosen : NULL,
                        .show = which & 32 ? chosen : NULL};
}

static void check_all(const input *inputs, size_t count, const uint8_t *choices)
{
    const bool stacks = choices[2] & 1, compared = (choices[2] & 2) && count > 1;
    const size_t added = count - compared;
    hp_report_options options = {.filters = filters_of(choices[0], choices[1])};
    bool all, all_reversed, base_read = false;
    hp_profile *profile = load_all(inputs, added, stacks, false, &all);
    hp_profile *reversed = load_all(inputs, added, stacks, true, &all_reversed), *base = NULL;

    if (all && all_reversed)
        check_equal(profile, reversed);
    hp_profile_free(reversed);
    check_bounds(profile);
    check_read_back(profile);
    check_filtered(&options.filters, profile);
    if (compared)
        base = load_all(inputs + added, 1, stacks, false, &base_read);
    options.base = base;
    write_all(profile, &options);
    hp_profile_free(base);
    hp_profile_free(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input inputs[INPUTS_MAX];
    size_t count;

    if (size < 4)
        return -1;
    count = split(data + 4, size - 4, inputs);
    for (size_t i = 0; i < count; i++) {
        inputs[i].profile = hp_profile_new();
        check(inputs[i].profile != NULL);
        inputs[i].status = load(inputs[i].profile, &inputs[i], data[2] & 1);
    }
    check_all(inputs, count, data);
    for (size_t i = 0; i < count; i++)
        hp_profile_free(inputs[i].profile);
    return 0;
}
