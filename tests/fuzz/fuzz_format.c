// SPDX-License-Identifier: MIT
/* Reads any bytes. If they are of the format HP_FUZZED_FORMAT, compressed or not: what was read
 * adds up, a cut of the input gives no more than the whole, a merge with itself doubles it, and
 * every report that is not drawn can be written. If they are of no format, nothing was added. */
#include "fuzz/fuzz.h"

static bool is_read(hp_status status)
{
    return status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT;
}

static hp_profile *load(const char *name, const void *data, size_t size, bool stacks,
                        hp_status *status)
{
    const hp_load_options options = {.size = sizeof options, .stacks = stacks};
    hp_profile *profile = hp_profile_new();
    hp_error error = {0};

    check(profile != NULL);
    *status = hp_profile_load_bytes(profile, name, data, size, &options, &error);
    check(*status == error.status);
    check((*status == HP_OK) == (error.message[0] == '\0'));
    check(*status != HP_MISMATCH && *status != HP_IO && *status != HP_CANCELLED);
    if (is_read(*status))
        check(hp_profile_input_count(profile) == 1);
    else
        check(hp_profile_input_count(profile) == 0 && hp_profile_function_count(profile) == 0);
    return profile;
}

/* --- Numbers that add up ------------------------------------------------------------------ */

static void check_primitive(const hp_profile *profile)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);

        check(function->primitive <= function->calls);
    }
}

/* Inclusive costs are between self costs and totals. */
static void check_bounds(const hp_profile *profile)
{
    const uint64_t *total = hp_profile_total(profile);

    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        for (size_t e = 0; e < hp_profile_event_count(profile); e++) {
            const uint64_t inclusive = hp_profile_function_inclusive(profile, id)[e];

            check(hp_profile_function_self(profile, id)[e] <= inclusive && inclusive <= total[e]);
        }
}

/* The calls of each function cost what the function costs. */
static void check_incoming(const hp_profile *profile)
{
    const size_t events = hp_profile_event_count(profile);
    const size_t functions = hp_profile_function_count(profile);
    const uint64_t *total = hp_profile_total(profile);
    uint64_t *incoming = calloc(functions * events + 1, sizeof *incoming);

    check(incoming != NULL);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        for (size_t e = 0; e < events; e++)
            incoming[hp_profile_call(profile, i)->callee * events + e] +=
                hp_profile_call_inclusive(profile, i)[e];
    for (hp_function_id id = 0; id < functions; id++)
        for (size_t e = 0; e < events; e++)
            check((hp_profile_function(profile, id)->calls > 0
                       ? incoming[id * events + e]
                       : total[e]) == hp_profile_function_inclusive(profile, id)[e]);
    free(incoming);
}

/* The calls of each function are all there. */
static void check_calls(const hp_profile *profile, const uint8_t *data, size_t size)
{
    const size_t functions = hp_profile_function_count(profile);
    uint64_t *counts = calloc(functions + 1, sizeof *counts);

    (void)data, (void)size;
    check(counts != NULL);
    check_primitive(profile);
    check_bounds(profile);
    check_incoming(profile);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        check(hp_profile_call(profile, i)->count > 0);
        counts[hp_profile_call(profile, i)->callee] += hp_profile_call(profile, i)->count;
    }
    for (hp_function_id id = 0; id < functions; id++)
        check(counts[id] == hp_profile_function(profile, id)->calls);
    free(counts);
}

/* No function is called more often than its callers say; costs stand on its first line. */
static void check_callers(const hp_profile *profile, const uint8_t *data, size_t size)
{
    const size_t functions = hp_profile_function_count(profile);
    uint64_t *calls = calloc(functions + 1, sizeof *calls);

    (void)data, (void)size;
    check(calls != NULL);
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);

        check(hp_profile_input(profile, 0)->sampled ||
              line->line == hp_profile_function(profile, line->function)->line);
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);

        check(call->count > 0 || *hp_profile_call_inclusive(profile, i) > 0);
        calls[call->callee] = call->count > UINT64_MAX - calls[call->callee]
                                  ? UINT64_MAX
                                  : calls[call->callee] + call->count;
    }
    for (hp_function_id id = 0; id < functions; id++) {
        const hp_function *function = hp_profile_function(profile, id);

        check(calls[id] >= function->calls || function->calls == HP_UNKNOWN ||
              strcmp(function->name.data, HP_INTERPRETER) == 0);
    }
    free(calls);
}

/* Primitive calls are calls, but for what a report of hotreport says. */
static void check_callgrind(const hp_profile *profile, const uint8_t *data, size_t size)
{
    static const char ours[] = "# hotprof: ";
    const size_t length = sizeof ours - 1;
    bool foreign = size > 0 && data[0] != 0x1f;

    for (size_t at = 0; foreign && at + length <= size; at++)
        foreign = memcmp(data + at, ours, length) != 0;
    if (foreign)
        check_primitive(profile);
}

/* Of stacks that were sampled, all adds up, and no number of calls is known. */
static void check_sampled(const hp_profile *profile, const uint8_t *data, size_t size)
{
    (void)data, (void)size;
    check_bounds(profile);
    check_incoming(profile);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        check(hp_profile_call(profile, i)->count == HP_UNKNOWN);
}

/* What formats promise beyond what holds for all of them. */
static void check_promises(const hp_profile *profile, const uint8_t *data, size_t size)
{
    static const struct {
        const char *format;
        void (*hold)(const hp_profile *profile, const uint8_t *data, size_t size);
    } promises[] = {{"hotshot", check_calls},       {"pstats", check_callers},
                    {"callgrind", check_callgrind}, {"folded", check_sampled},
                    {"speedscope", check_sampled},  {"pyinstrument", check_sampled}};

    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (strcmp(HP_FUZZED_FORMAT, promises[i].format) == 0)
            promises[i].hold(profile, data, size);
}

/* --- What becomes of a profile ------------------------------------------------------------ */

static void check_merge_with_itself(const hp_profile *profile)
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

/* What was read of a part counts no more than what was read of the whole. */
static void check_cut(const hp_profile *whole, const uint8_t *data, size_t size)
{
    size_t cut = size * data[size / 2] / 256;
    hp_status status;
    hp_profile *part;

    /* In these texts a number that is cut may count more, and reading goes on behind damage. What
     * the numbers of folded stacks mean depends on the first lines. */
    if (strcmp(HP_FUZZED_FORMAT, "folded") == 0 && cut < HP_HEAD_SIZE)
        return;
    if (strcmp(HP_FUZZED_FORMAT, "callgrind") == 0 || strcmp(HP_FUZZED_FORMAT, "folded") == 0) {
        if (hp_profile_input(whole, 0)->error.status != HP_OK)
            return;
        while (cut > 0 && data[cut - 1] != '\n')
            cut--;
    }
    part = load("fuzz", data, cut, false, &status);
    if (!is_read(status) || strcmp(hp_profile_input(part, 0)->format, HP_FUZZED_FORMAT) != 0) {
        hp_profile_free(part); /* not enough to know what it is */
        return;
    }
    /* Whether a log has times is told by all of it, and what the weights of py-spy mean by the
     * version that stands behind them. */
    if (hp_profile_input(part, 0)->coverage != hp_profile_input(whole, 0)->coverage ||
        (strcmp(HP_FUZZED_FORMAT, "speedscope") == 0 &&
         hp_profile_info_count(part, 0) != hp_profile_info_count(whole, 0))) {
        hp_profile_free(part);
        return;
    }
    for (size_t e = 0; e < hp_profile_event_count(part); e++)
        for (size_t w = 0; w < hp_profile_event_count(whole); w++)
            if (strcmp(hp_profile_event(part, e)->name, hp_profile_event(whole, w)->name) == 0)
                /* What a cut dump does not hold costs something, too: <not recorded>. */
                check(strcmp(HP_FUZZED_FORMAT, "pstats") == 0 ||
                      hp_profile_total(part)[e] <= hp_profile_total(whole)[w]);
    hp_profile_free(part);
}

/* A dump of pstats holds signed numbers. */
static bool is_signed(const hp_profile *profile)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);

        if (function->line > INT64_MAX || function->calls > INT64_MAX)
            return false;
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        if (hp_profile_call(profile, i)->count > INT64_MAX)
            return false;
    return true;
}

/* A report that has the name of a format is an input of it. Callgrind's holds all of a profile. */
static void check_read_back(const hp_report *report, const char *text, size_t size,
                            const hp_profile *profile)
{
    const hp_report_options options = {0};
    const hp_format *format = hp_format_recognise(text, size);
    hp_status status;
    hp_profile *copy;

    if (size == 0 && hp_profile_event_count(profile) == 0)
        return; /* there are no costs to fold */
    copy = load("copy", text, size, false, &status);
    check(format && strcmp(format->name, report->name) == 0);
    check(status == HP_OK || (strcmp(format->name, "pstats") == 0 && !is_signed(profile)));
    check(hp_profile_function_count(copy) <= hp_profile_function_count(profile) + 1);
    if (strcmp(report->name, "callgrind") == 0) {
        size_t again_size;
        char *again = write_report(report, copy, &options, &again_size, &status);

        check(status == HP_OK && size == again_size && memcmp(text, again, size) == 0);
        free(again);
    }
    hp_profile_free(copy);
}

static bool is_format(const char *name)
{
    const hp_format *format;

    for (size_t i = 0; (format = hp_format_at(i)); i++)
        if (strcmp(format->name, name) == 0)
            return true;
    return false;
}

static void check_reports(hp_profile *profile)
{
    const hp_report_options options = {0};
    const hp_report *report;

    for (size_t i = 0; (report = hp_report_at(i)); i++) {
        size_t size;
        hp_status status;

        if (report->drawn)
            continue;

        char *text = write_report(report, profile, &options, &size, &status);

        /* Sums of what other formats claim need not fit, stacks may be too deep, and a dump of
         * pstats holds times only. */
        check(status == HP_OK || status == HP_OVERFLOW || (status == HP_LIMIT && report->stacks) ||
              (status == HP_MISMATCH && strcmp(report->name, "pstats") == 0));
        if (status == HP_OK && is_format(report->name))
            check_read_back(report, text, size, profile);
        free(text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const hp_format *format = hp_format_recognise(data, size);
    hp_status status;

    if (format && strcmp(format->name, HP_FUZZED_FORMAT) != 0)
        return -1;

    hp_profile *profile = load("fuzz", data, size, size % 2, &status);

    if (is_read(status)) {
        check(format && strcmp(hp_profile_input(profile, 0)->format, format->name) == 0);
        check_adds_up(profile);
        check_promises(profile, data, size);
        check_cut(profile, data, size);
        check_merge_with_itself(profile);
        check_reports(profile);
    } else {
        check(format || status == HP_UNRECOGNISED);
    }
    hp_profile_free(profile);
    return 0;
}
