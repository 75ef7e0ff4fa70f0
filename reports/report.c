// SPDX-License-Identifier: MIT
#include "report.h"

#include "reports.h"

#include <errno.h>
#include <string.h>

static const hp_report *const reports[] = {
    &hp_report_gprof,     &hp_report_flat, &hp_report_callgraph, &hp_report_annotate,
    &hp_report_callgrind, &hp_report_json, &hp_report_pstats,    &hp_report_dot,
    &hp_report_pdf,       &hp_report_ps,   &hp_report_svg,       &hp_report_png,
};
enum { REPORT_COUNT = sizeof reports / sizeof *reports };

const hp_report *hp_report_at(size_t index)
{
    return index < REPORT_COUNT ? reports[index] : NULL;
}

const hp_report *hp_report_find(const char *name)
{
    for (size_t i = 0; i < REPORT_COUNT; i++)
        if (strcmp(reports[i]->name, name) == 0)
            return reports[i];
    return NULL;
}

hp_status hp_report_write(const hp_report *report, hp_profile *profile,
                          const hp_report_options *options, FILE *out, hp_error *error)
{
    hp_status status = hp_profile_sort(profile, error);
    hp_report_options with_filters = *options;
    hp_profile *filtered = NULL;

    if (status == HP_OK && hp_filters_any(&options->filters)) {
        status = hp_filters_apply(&options->filters, profile, &filtered, error);
        with_filters.unfiltered = profile;
    }
    if (status == HP_OK)
        status = report->write(filtered ? filtered : profile, &with_filters, out, error);
    hp_profile_free(filtered);
    /* Of several files out was only the first: who gives them closes them. */
    if (status == HP_OK && !options->files.next && (fflush(out) != 0 || ferror(out)))
        status = hp_error_set(error, HP_IO, 0, "cannot be written: %s", strerror(errno));
    return status;
}
