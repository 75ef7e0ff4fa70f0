// SPDX-License-Identifier: MIT
/* What a drawing of the call graph shows: the functions and calls that stay legible, their texts
 * and colours. It is the same for DOT and for paper. Nothing is drawn here. */
#ifndef HP_CHART_H
#define HP_CHART_H

#include "chart/look.h"
#include "graph/callgraph.h"
#include "report.h"
#include "text/number.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_chart_node {
    uint32_t node;       /* number in the call graph */
    char *name;          /* shortened; with line breaks */
    char *place;         /* "module:12"; may be "" */
    char *numbers;       /* "INCLUSIVE% (SELF%) CALLS×"; without calls if they are unknown */
    double share;        /* as for hp_look_of_node */
    uint32_t others;     /* functions that it calls and that are not drawn */
    double others_share; /* of the calls to them; 0 with a base */
} hp_chart_node;

typedef struct hp_chart_arc {
    uint32_t caller, callee; /* in hp_chart.nodes */
    char *label;             /* inclusive share and calls; NULL: no label, as it is heavy for none,
                                or its callee has no other caller */
    double share;
    bool heaviest; /* it is the heaviest call of its callee */
} hp_chart_arc;

typedef struct hp_chart {
    hp_callgraph graph;
    const hp_report_options *options;
    hp_chart_node *nodes;          /* the heaviest first */
    uint32_t node_count, node_max; /* how many are drawn, and can be */
    hp_chart_arc *arcs;            /* by caller, then callee */
    uint32_t arc_count;
    char *title;    /* names of the inputs, or options.title */
    char *subtitle; /* total, event and what is left out */
    hp_palette palette;
} hp_chart;

/* Writes the name of a function without line breaks, isolated if it is read from right to left;
 * like snprintf. */
#define HP_CHART_NAME_SIZE 400
void hp_chart_name(const hp_chart_node *node, char *name, size_t size);

/* Fills order with the numbers of all functions, sorted by name; false: out of memory. */
bool hp_chart_order_by_name(const hp_chart *chart, uint32_t *order);

/* Builds the chart of a sorted profile, which must outlive it, as must the options. It has the
 * max_nodes heaviest functions, each with its heaviest caller, and the heaviest of the other calls,
 * up to 1.5 calls a function. Thresholds are those of options; least: the one of functions if none
 * is given. With a base, weight is the change of the inclusive cost, so what was removed is drawn.
 * hp_chart_free is needed even after an error. */
HP_NODISCARD hp_status hp_chart_build(hp_chart *chart, const hp_profile *profile,
                                      const hp_report_options *options, size_t max_nodes,
                                      double least, hp_error *error);

/* The default threshold of functions, in percent. */
extern const double hp_chart_threshold;

/* Draws only so many of the functions that the chart was built with, from now on. */
HP_NODISCARD hp_status hp_chart_show(hp_chart *chart, uint32_t count, hp_error *error);

/* "8.12%", or with a base the change: "+8.12%". */
hp_shown_number hp_chart_share_text(const hp_chart *chart, double share);

void hp_chart_free(hp_chart *chart);

#ifdef __cplusplus
}
#endif

#endif
