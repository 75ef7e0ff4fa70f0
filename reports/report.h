// SPDX-License-Identifier: MIT
/* What a report is, and the table of them. To add a report, write a file with one hp_report and
 * give it a row in reports.def: --format, --help, the manual, the README's table, completion, the
 * fuzz target and the tests over every report follow from these two. */
#ifndef HP_REPORT_H
#define HP_REPORT_H

#include "filter/filter.h"
#include "hotprof.h"
#include "paper.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Colours of call graphs: of heat, or greys. */
typedef enum hp_theme { HP_THEME_HEAT, HP_THEME_PRINT } hp_theme;

/* A share below which something is left out, if it is given. */
typedef struct hp_threshold {
    bool given;
    double percent;
} hp_threshold;

typedef enum hp_sort { HP_SORT_SELF, HP_SORT_INCLUSIVE, HP_SORT_CALLS, HP_SORT_NAME } hp_sort;

/* Who is told what the writing of a report comes to; all may be NULL. */
typedef struct hp_listener {
    void *context;
    void (*warn)(void *context, const char *message); /* one line */
    void (*working)(void *context, const char *what); /* now and then */
} hp_listener;

/* Where a report of several files gets them from: the next one, which the caller of the report
 * closes; NULL: it cannot be opened, and the error is set. */
typedef struct hp_files {
    void *context;
    FILE *(*next)(void *context, hp_error *error); /* NULL: there is but one */
} hp_files;

/* All zero is every report's default. */
typedef struct hp_report_options {
    const char *event; /* to rank by; NULL: the first */
    hp_sort sort;      /* of the flat profile */
    size_t limit;      /* rows of the flat profile; 0: all */
    hp_threshold
        node_threshold; /* for functions of the call graph; default: 0.5 where it is drawn */
    hp_threshold edge_threshold; /* for what all calls from one function to another cost; 0.1 */
    size_t max_nodes;            /* so many functions are drawn; 0: HP_FUNCTIONS_A_SHEET a page */
    const char *title;           /* of drawings; NULL: the names of the inputs */
    hp_theme theme;
    hp_paper paper;
    const char *output_name; /* what the file will be called; NULL: not known */
    hp_files files;          /* for reports of one file a page */
    hp_listener listener;
    bool brief;              /* without explanations */
    bool all;                /* lines of annotated sources, not only those near a cost */
    const char *source_path; /* directory where sources are looked for; NULL: none */
    size_t width;            /* of the terminal, for which names are shortened; 0: none */
    bool color;              /* by share of the cost */
    hp_filters filters;

    /* A sorted profile to subtract; NULL: none. What a report is given is aligned with its profile
     * (hp_profile_align). */
    const hp_profile *base;

    /* For reports: what the filters were applied to; NULL: none. */
    const hp_profile *unfiltered, *unfiltered_base;
} hp_report_options;

typedef struct hp_report {
    const char *name;        /* "callgrind" */
    const char *description; /* "for KCachegrind and callgrind_annotate", a line */
    const char *manual;      /* what the manual says of it: plain text, the first word in small
                                letters, no full stop at the end; "gzip(1)" is a manual page */

    /* Writes a sorted profile. Write errors need not be looked for. */
    hp_status (*write)(const hp_profile *profile, const hp_report_options *options, FILE *out,
                       hp_error *error);
    bool binary;      /* not text */
    bool drawn;       /* by the drawing module, which may not be installed */
    bool stacks;      /* wants a profile that was loaded with its stacks */
    bool file_a_page; /* takes its files from options.files, if these are several */
} hp_report;

/* The index-th report of the table, or NULL behind the last; the first one is the default. */
const hp_report *hp_report_at(size_t index);

/* The report of that name, or NULL. */
const hp_report *hp_report_find(const char *name);

/* Sorts the profile and writes the report. HP_UNRECOGNISED: the options ask for what there is not:
 * an event, a function that a filter matches, a report of a difference. HP_MISMATCH: the profile
 * counts other things than the base or than the report can tell. HP_IO: out has an error, told with
 * errno's text, or else something that draws cannot be used. The same profile gives the same
 * bytes. */
HP_NODISCARD hp_status hp_report_write(const hp_report *report, hp_profile *profile,
                                       const hp_report_options *options, FILE *out,
                                       hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
