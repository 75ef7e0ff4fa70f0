// SPDX-License-Identifier: MIT
/* What the fuzz targets share. */
#ifndef HP_FUZZ_H
#define HP_FUZZ_H

#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert, which is off in release builds. */
#define check(holds) ((holds) ? (void)0 : check_failed(#holds, __FILE__, __LINE__))

static inline void check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
    abort();
}

/* Text holds no control characters except those that lay it out or colour it. */
static inline void check_text(const char *text, size_t size, bool color)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];

        check(c >= 0x20 || c == '\n' || c == '\t' || c == '\f' || (color && c == '\x1b'));
    }
}

/* The self costs add up to the totals, and calls are of functions. */
static inline void check_adds_up(const hp_profile *profile)
{
    const size_t events = hp_profile_event_count(profile);
    const size_t functions = hp_profile_function_count(profile);
    const uint64_t *total = hp_profile_total(profile);
    uint64_t lines[HP_EVENTS_MAX] = {0}, self[HP_EVENTS_MAX] = {0};

    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        check(hp_profile_line(profile, i)->function < functions);
        for (size_t e = 0; e < events; e++)
            lines[e] += hp_profile_line_self(profile, i)[e];
    }
    for (hp_function_id id = 0; id < functions; id++)
        for (size_t e = 0; e < events; e++)
            self[e] += hp_profile_function_self(profile, id)[e];
    for (size_t e = 0; e < events; e++)
        check(lines[e] == total[e] && self[e] == total[e]);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);

        check(call->caller < functions && call->callee < functions);
    }
}

/* Writes a report. Returns its text, to be freed, and sets *size and *status. */
static inline char *write_report(const hp_report *report, hp_profile *profile,
                                 const hp_report_options *options, size_t *size, hp_status *status)
{
    hp_error error = {0};
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    check(out != NULL);
    *status = hp_report_write(report, profile, options, out, &error);
    check(*status == error.status);
    check((*status == HP_OK) == (error.message[0] == '\0'));
    check(fclose(out) == 0 && (*size > 0 || *status != HP_OK || report->stacks));
    if (!report->binary)
        check_text(text, *size, options->color);
    return text;
}

/* Writes every report that needs no drawing. */
static inline void write_all(hp_profile *profile, const hp_report_options *options)
{
    const hp_report *report;

    for (size_t i = 0; (report = hp_report_at(i)); i++) {
        size_t size;
        hp_status status;

        if (report->drawn)
            continue;
        free(write_report(report, profile, options, &size, &status));
        check(status == HP_OK || status == HP_OVERFLOW || status == HP_MISMATCH ||
              status == HP_UNRECOGNISED || status == HP_LIMIT);
    }
}

#endif
