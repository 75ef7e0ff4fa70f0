// SPDX-License-Identifier: MIT
/* What texts of a call graph have in common: the names of its functions, how wide columns are, the
 * index by name. */
#ifndef HP_GRAPH_TEXT_H
#define HP_GRAPH_TEXT_H

#include "graph/callgraph.h"
#include "report.h"
#include "text/scale.h"

typedef struct hp_graph_text {
    FILE *out;
    const hp_report_options *options;
    hp_callgraph graph;
    char **labels; /* of the functions */

    hp_scale scale;
    int index_width, cost_width, calls_width; /* for all numbers of the graph, with their signs */
} hp_graph_text;

/* Builds the graph; hp_graph_text_end is needed even after an error. */
hp_status hp_graph_text_begin(hp_graph_text *text, const hp_profile *profile,
                              const hp_report_options *options, FILE *out, hp_error *error);
void hp_graph_text_end(hp_graph_text *text);

/* A cost as the call graph shows it: its readers insist on a decimal point, so counts have one. */
hp_number hp_graph_cost(const hp_graph_text *text, uint64_t cost);

/* Begin and end a line that has the colour of a share of the cost, in percent. */
void hp_begin_line(const hp_graph_text *text, double percent);
void hp_end_line(const hp_graph_text *text);

/* A name that begins at that column and is followed by so much more. */
void hp_print_label(const hp_graph_text *text, const char *label, int column, int more);

/* "name <cycle 1> [2]", the end of a line */
void hp_print_node(const hp_graph_text *text, uint32_t node, int column);

/* A function of the flat profile. */
typedef struct hp_flat_row {
    const hp_node *node;
    const char *label;
    uint64_t calls, base_calls; /* with those by itself; or HP_UNKNOWN */
} hp_flat_row;

/* All functions, in the order that the options ask for; of a difference, by how much the numbers
 * differ. To be freed; NULL without memory. */
hp_flat_row *hp_flat_rows_new(const hp_graph_text *text, size_t *count);

/* What was pruned. */
void hp_print_pruned(const hp_graph_text *text);

/* The index of functions by name; false without memory. */
bool hp_print_index(const hp_graph_text *text);

#endif
