// SPDX-License-Identifier: MIT
/* Whatever the bytes are: no crash, and what was read adds up and can be written. */
#include "hotprof.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: it is off where speed counts. */
static void check(bool holds)
{
    if (!holds)
        abort();
}

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

static void write_report(const hp_report *report, hp_profile *profile, hp_filters filters)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const hp_report_options options = {.filters = filters};
    check(out != NULL);
    hp_error error = {0};
    const hp_status status = hp_report_write(report, profile, &options, out, &error);
    /* Sums of what other formats claim need not fit. */
    check(status == HP_OK || status == HP_OVERFLOW ||
          (status == HP_MISMATCH && strcmp(report->name, "pstats") == 0)); /* Ticks are no times */
    check(fclose(out) == 0 && (size > 0 || status != HP_OK));
    for (size_t i = 0; i < size && strcmp(report->name, "pstats") != 0; i++)
        check((unsigned char)text[i] >= 0x20 || strchr("\n\t\f", text[i]));
    free(text);
}

/* Every report, and one of a part. */
static void write_reports(hp_profile *profile, size_t which)
{
    static const hp_filters filters[] = {{.root = "f"},   {.leaf = "f"}, {.focus = "f"},
                                         {.ignore = "f"}, {.hide = "f"}, {.show = "f"}};
    const hp_filters *filter = &filters[which % (sizeof filters / sizeof *filters)];
    hp_profile *part = NULL;
    hp_error error = {0};

    for (size_t r = 0; hp_report_at(r); r++)
        write_report(hp_report_at(r), profile, (hp_filters){0});
    if (hp_filters_apply(filter, profile, &part, &error) == HP_OK)
        write_report(hp_report_find("gprof"), profile, *filter);
    else
        check(error.status == HP_UNRECOGNISED || error.status == HP_OVERFLOW);
    hp_profile_free(part);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hp_profile *profile = hp_profile_new();
    hp_error error = {0};
    check(profile != NULL);
    const hp_status status = hp_profile_load_bytes(profile, "fuzz", data, size, NULL, &error);
    check(status == error.status);
    check((status == HP_OK) == (error.message[0] == '\0'));
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        check(hp_profile_input_count(profile) == 1);
        check(hp_profile_sort(profile, NULL) == HP_OK);
        /* Other formats carry numbers that need not add up. */
        if (strcmp(hp_profile_input(profile, 0)->format, "hotshot") == 0)
            check_sums(profile);
        write_reports(profile, size);
    } else {
        check(hp_profile_input_count(profile) == 0 && hp_profile_function_count(profile) == 0);
    }
    hp_profile_free(profile);
    return 0;
}
