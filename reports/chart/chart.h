// SPDX-License-Identifier: MIT
/* What is drawn of a call graph: so many functions and calls as stay legible, what is written in
 * and beside them, and their colours. The same for DOT and for paper; it draws nothing itself. */
#ifndef HP_CHART_H
#define HP_CHART_H

#include "chart/look.h"
#include "graph/callgraph.h"
#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_chart_node {
    uint32_t node; /* of the call graph */
    char *name;    /* shortened; '\n' where it is wrapped */
    char *place;   /* "module:12", cycle; may be empty */
    char *numbers; /* inclusive %, (self %), calls */
    double share;  /* of the total, as for hp_look_of_node */
} hp_chart_node;

typedef struct hp_chart_arc {
    uint32_t caller, callee; /* in hp_chart.nodes */
    char *label;             /* inclusive %, calls; NULL where that would be clutter */
    double share;
    bool heaviest; /* of the calls of its callee */
} hp_chart_arc;

typedef struct hp_chart {
    hp_callgraph graph;
    hp_chart_node *nodes; /* the heaviest first */
    uint32_t node_count;
    hp_chart_arc *arcs; /* by caller, then callee */
    uint32_t arc_count;
    char *title;    /* what it is a graph of */
    char *subtitle; /* total, event, and what was left out */
    hp_palette palette;
} hp_chart;

/* The name without line breaks, as snprintf. */
#define HP_CHART_NAME_SIZE 400
void hp_chart_name(const hp_chart_node *node, char *name, size_t size);

/* Fills order, which has room for all functions, with their numbers in order of their names; false
 * without memory. */
bool hp_chart_order_by_name(const hp_chart *chart, uint32_t *order);

/* Makes the chart of a sorted profile, which must outlive it: at most max_nodes functions, the
 * heaviest ones, each with its heaviest caller, and the heaviest of the other calls up to 1.5 a
 * function; if it shall be sparse, no other calls and no labels. Thresholds as in options. With a
 * base, a function is as heavy as its inclusive cost has changed, so what was removed is drawn;
 * likewise a call. */
HP_NODISCARD hp_status hp_chart_build(hp_chart *chart, const hp_profile *profile,
                                      const hp_report_options *options, size_t max_nodes,
                                      bool sparse, hp_error *error);

/* Frees what hp_chart_build allocated, whether it failed or not. */
void hp_chart_free(hp_chart *chart);

#ifdef __cplusplus
}
#endif

#endif
