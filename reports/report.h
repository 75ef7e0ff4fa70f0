// SPDX-License-Identifier: MIT
/* What a report is, and the table of them. To add a report: write its file with one hp_report, and
 * give it a row in the table of report.c; --help and --format take it from there. */
#ifndef HP_REPORT_H
#define HP_REPORT_H

#include "filter.h"
#include "hotprof.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hp_sort { HP_SORT_SELF, HP_SORT_INCLUSIVE, HP_SORT_CALLS, HP_SORT_NAME } hp_sort;

/* All zero is every report's default. */
typedef struct hp_report_options {
    const char *event;       /* to rank by; NULL: the first */
    hp_sort sort;            /* of the flat profile */
    size_t limit;            /* rows of the flat profile; 0: all */
    double node_threshold;   /* percent; functions of the call graph that cost less are left out */
    double edge_threshold;   /* likewise what all calls from one function to another cost */
    bool brief;              /* without explanations */
    bool all;                /* lines of annotated sources, not only those near a cost */
    const char *source_path; /* directory where sources are looked for; NULL: none */
    size_t width;            /* of the terminal, for which names are shortened; 0: none */
    bool color;              /* by share of the cost */
    hp_filters filters;
    const hp_profile *unfiltered; /* for reports: what the filters were applied to; NULL: none */
} hp_report_options;

typedef struct hp_report {
    const char *name;        /* "callgrind" */
    const char *description; /* "for KCachegrind and callgrind_annotate" */

    /* Writes a sorted profile. Write errors need not be looked for. */
    hp_status (*write)(const hp_profile *profile, const hp_report_options *options, FILE *out,
                       hp_error *error);
} hp_report;

/* The index-th report of the table, or NULL behind the last; the first one is the default. */
const hp_report *hp_report_at(size_t index);

/* The report of that name, or NULL. */
const hp_report *hp_report_find(const char *name);

/* Sorts the profile and writes the report. HP_IO: out has an error, told with errno's text. The
 * same profile gives the same bytes. */
HP_NODISCARD hp_status hp_report_write(const hp_report *report, hp_profile *profile,
                                       const hp_report_options *options, FILE *out,
                                       hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
