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

/* Colours of drawn call graphs: heat or greys. */
typedef enum hp_theme { HP_THEME_HEAT, HP_THEME_PRINT } hp_theme;

/* A threshold in percent, if one was given. */
typedef struct hp_threshold {
    bool given;
    double percent;
} hp_threshold;

typedef enum hp_sort { HP_SORT_SELF, HP_SORT_INCLUSIVE, HP_SORT_CALLS, HP_SORT_NAME } hp_sort;

/* Called while a report is written; all may be NULL. */
typedef struct hp_listener {
    void *context;
    void (*warn)(void *context, const char *message); /* one line */
    void (*working)(void *context, const char *what); /* now and then */
} hp_listener;

/* The files of a report that has one for each page. next opens the next one, which the caller of
 * hp_report_write closes; NULL: an error, which is set. */
typedef struct hp_files {
    void *context;
    FILE *(*next)(void *context, hp_error *error); /* NULL: there is only one file */
} hp_files;

/* All zero is the default of every report. */
typedef struct hp_report_options {
    const char *event;           /* event to sort and colour by; NULL: the first one */
    hp_sort sort;                /* of the flat profile */
    size_t limit;                /* functions of the flat profile and of the call graph; 0: all */
    hp_threshold node_threshold; /* of functions in call graphs; default 0, drawn 0.5 */
    hp_threshold edge_threshold; /* of the calls between two functions; default 0, drawn 0.1 */
    size_t max_nodes;            /* most functions to draw; 0: as many as the paper holds */
    const char *title;           /* of drawings; NULL: the names of the inputs */
    hp_theme theme;
    hp_paper paper;
    const char *output_name; /* name of the output file; NULL: not known */
    hp_files files;          /* for reports of one file a page */
    hp_listener listener;
    bool brief;              /* without explanations */
    bool all;                /* all lines of annotated sources, not only those near a cost; the
                                profile was loaded with native (hp_load_options) */
    const char *source_path; /* directory to search for sources first; NULL: none */
    size_t width;            /* of the terminal, to which names are shortened; 0: no limit */
    bool color;              /* colour lines by their share of the cost */
    hp_filters filters;

    /* A sorted profile to subtract; NULL: none. hp_report_write aligns it with the profile
     * (hp_profile_align) for the report. */
    const hp_profile *base;

    bool unrolled; /* for reports of stacks: they are estimated (filter/unroll.h) */

    /* For reports: the profiles before the filters; NULL: there are no filters. */
    const hp_profile *unfiltered, *unfiltered_base;
} hp_report_options;

/* Which options a report uses, of those that not every report does. */
enum {
    HP_USES_EVENT = 1 << 0,
    HP_USES_SORT = 1 << 1,
    HP_USES_LIMIT = 1 << 2,
    HP_USES_THRESHOLDS = 1 << 3,
    HP_USES_TEXT = 1 << 4,    /* brief, width, color */
    HP_USES_SOURCES = 1 << 5, /* source_path */
    HP_USES_CHART = 1 << 6,   /* max_nodes, title, theme, and paper except what follows */
    HP_USES_SHEETS = 1 << 7,  /* paper.overlap, paper.overview */
};

typedef struct hp_report {
    const char *name;        /* "callgrind" */
    const char *description; /* "for KCachegrind and callgrind_annotate", a line */
    const char *manual;      /* what the manual says of it: plain text, the first word in small
                                letters, no full stop at the end; "gzip(1)" is a manual page */

    /* Writes a sorted profile. It need not check for write errors. */
    hp_status (*write)(const hp_profile *profile, const hp_report_options *options, FILE *out,
                       hp_error *error);
    unsigned uses; /* HP_USES_... */
    const char
        *files;  /* how names of its files end, or begin if there is no dot in front, separated
                    by blanks: ".callgrind callgrind.out"; NULL: no name stands for it */
    bool binary; /* not text */
    bool drawn;  /* by the drawing module, which may not be installed */
    bool stacks; /* needs a profile loaded with its stacks, or hp_report_write estimates them */
    bool file_a_page; /* one file for each page, from options.files */
} hp_report;

/* The report at an index of the table, or NULL after the last one. The first one is the default. */
const hp_report *hp_report_at(size_t index);

/* The report with this name, or NULL. */
const hp_report *hp_report_find(const char *name);

/* The report that the name of a file stands for, in upper or lower case: pdf for "dir/out.pdf"; or
 * NULL. A ".gz" at the end does not matter. */
const hp_report *hp_report_for_file(const char *path);

/* Sorts the profile and writes the report. The same profile gives the same bytes. HP_UNRECOGNISED:
 * the options name an event or a function that does not exist, or a difference that the report
 * cannot show. HP_MISMATCH: the profile does not count what the base or the report does. HP_IO:
 * writing to out failed, with errno's text, or the drawing module cannot be used. */
HP_NODISCARD hp_status hp_report_write(const hp_report *report, hp_profile *profile,
                                       const hp_report_options *options, FILE *out,
                                       hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
