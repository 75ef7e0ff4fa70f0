// SPDX-License-Identifier: MIT
/* Whatever the bytes are: no crash, and what was read adds up, with itself too, and can be
 * written as the report that the number of bytes chooses. */
#include "fuzz/fuzz.h"

static void check_sums(const hp_profile *profile)
{
    const size_t events = hp_profile_event_count(profile);
    const size_t functions = hp_profile_function_count(profile);
    const uint64_t *total = hp_profile_total(profile);
    uint64_t *lines = calloc(events + 1, sizeof *lines);
    uint64_t *incoming = calloc(functions * events + 1, sizeof *incoming);
    uint64_t *counts = calloc(functions + 1, sizeof *counts);
    check(lines && incoming && counts);

    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        check(hp_profile_line(profile, i)->function < functions);
        for (size_t e = 0; e < events; e++)
            lines[e] += hp_profile_line_self(profile, i)[e];
    }
    for (size_t e = 0; e < events; e++)
        check(lines[e] == total[e]);

    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        check(call->caller < functions && call->callee < functions && call->count > 0);
        counts[call->callee] += call->count;
        for (size_t e = 0; e < events; e++)
            incoming[call->callee * events + e] += hp_profile_call_inclusive(profile, i)[e];
    }
    for (hp_function_id id = 0; id < functions; id++) {
        const hp_function *function = hp_profile_function(profile, id);
        check(counts[id] == function->calls && function->primitive <= function->calls);
        for (size_t e = 0; e < events; e++) {
            const uint64_t inclusive = hp_profile_function_inclusive(profile, id)[e];
            check(hp_profile_function_self(profile, id)[e] <= inclusive && inclusive <= total[e]);
            if (function->calls > 0)
                check(incoming[id * events + e] == inclusive);
            else
                check(inclusive == total[e]);
        }
    }
    free(lines);
    free(incoming);
    free(counts);
}

/* Drawn on paper it would be by a module of its own. */
static bool is_drawn(const hp_report *report)
{
    static const char *const names[] = {"pdf", "ps", "svg", "png"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(report->name, names[i]) == 0)
            return true;
    return false;
}

static void write_one(hp_profile *profile, size_t which)
{
    const hp_report_options options = {0};
    const hp_report *report;
    size_t count = 0, size;
    hp_status status;

    while (hp_report_at(count) && !is_drawn(hp_report_at(count)))
        count++;
    report = hp_report_at(which % count);

    char *text = write_report(report->name, profile, &options, &size, &status);

    /* Sums of what other formats claim need not fit; ticks are no times, and few inputs have
     * stacks.
     */
    check(status == HP_OK || status == HP_OVERFLOW ||
          (status == HP_MISMATCH && (report->stacks || strcmp(report->name, "pstats") == 0)));
    for (size_t i = 0; i < size && strcmp(report->name, "pstats") != 0; i++)
        check((unsigned char)text[i] >= 0x20 || strchr("\n\t\f", text[i]));
    free(text);
}

static void merge_with_itself(const hp_profile *profile)
{
    hp_profile *sum = hp_profile_new(), *aligned = NULL, *base = NULL;
    const size_t functions = hp_profile_function_count(profile);

    check(sum && hp_profile_merge(sum, profile, NULL) == HP_OK);
    const hp_status status = hp_profile_merge(sum, profile, NULL);
    check(status == HP_OK || status == HP_OVERFLOW);
    check(hp_profile_sort(sum, NULL) == HP_OK && hp_profile_function_count(sum) == functions);
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        check(hp_profile_total(sum)[e] == (status == HP_OK ? 2 : 1) * hp_profile_total(profile)[e]);
    const hp_status apart = hp_profile_align(profile, sum, &aligned, &base, NULL);
    check(apart == HP_OK || apart == HP_OVERFLOW);
    if (apart == HP_OK)
        check(hp_profile_function_count(aligned) == functions &&
              hp_profile_function_count(base) == functions);
    hp_profile_free(aligned);
    hp_profile_free(base);
    hp_profile_free(sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hp_profile *profile = hp_profile_new();
    hp_error error = {0};
    check(profile != NULL);
    const hp_load_options options = {.stacks = size % 2};
    const hp_status status = hp_profile_load_bytes(profile, "fuzz", data, size, &options, &error);
    check(status == error.status);
    check((status == HP_OK) == (error.message[0] == '\0'));
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        check(hp_profile_input_count(profile) == 1);
        check(hp_profile_sort(profile, NULL) == HP_OK);
        /* Other formats carry numbers that need not add up. */
        if (strcmp(hp_profile_input(profile, 0)->format, "hotshot") == 0)
            check_sums(profile);
        merge_with_itself(profile);
        write_one(profile, size);
    } else {
        check(hp_profile_input_count(profile) == 0 && hp_profile_function_count(profile) == 0);
    }
    hp_profile_free(profile);
    return 0;
}
