// SPDX-License-Identifier: MIT
/* What the fuzz targets share. */
#ifndef HP_FUZZ_H
#define HP_FUZZ_H

#include "report.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: it is off where speed counts. */
static inline void check(bool holds)
{
    if (!holds)
        abort();
}

/* The text of a report, to be freed; *status is what became of it. */
static inline char *write_report(const char *report, hp_profile *profile,
                                 const hp_report_options *options, size_t *size, hp_status *status)
{
    hp_error error = {0};
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    check(out != NULL);
    *status = hp_report_write(hp_report_find(report), profile, options, out, &error);
    check(*status == error.status);
    check(fclose(out) == 0 && (*size > 0 || *status != HP_OK || hp_report_find(report)->stacks));
    return text;
}

/* The same where nothing can be wrong. */
static inline char *written(const char *report, hp_profile *profile, size_t *size)
{
    const hp_report_options options = {0};
    hp_status status;
    char *text = write_report(report, profile, &options, size, &status);

    check(status == HP_OK);
    return text;
}

#endif
