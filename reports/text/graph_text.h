// SPDX-License-Identifier: MIT
/* What all texts of a call graph share: labels, widths of columns, the rows of the flat profile,
 * the index of names. */
#ifndef HP_GRAPH_TEXT_H
#define HP_GRAPH_TEXT_H

#include "graph/callgraph.h"
#include "report.h"
#include "text/labels.h"
#include "text/scale.h"

typedef struct hp_graph_text {
    FILE *out;
    const hp_report_options *options;
    hp_callgraph graph;
    hp_labels labels;
    hp_buffer lines; /* what is not yet written. If it has failed, lines are missing. */
    size_t line;     /* where the line begins that is put together */

    hp_scale scale;
    int index_width, cost_width, calls_width; /* of all numbers of the graph, with signs */
} hp_graph_text;

/* Builds the graph and measures it; in_order: as hp_callgraph_build does it, or else as
 * hp_callgraph_gather does. hp_graph_text_end is needed even after an error. */
hp_status hp_graph_text_begin(hp_graph_text *text, const hp_profile *profile,
                              const hp_report_options *options, bool in_order, FILE *out,
                              hp_error *error);
void hp_graph_text_end(hp_graph_text *text);

/* Whether memory ran out meanwhile. */
bool hp_graph_text_failed(const hp_graph_text *text);

/* A cost in the call graph. Programs that read it expect a decimal point, so counts have one, too.
 */
hp_number hp_graph_cost(const hp_graph_text *text, uint64_t cost);

/* Begin and end a line in the colour of a percentage of the total. */
void hp_begin_line(hp_graph_text *text, double percent);
void hp_end_line(hp_graph_text *text);

/* Writes the lines, before something else is printed. */
void hp_write_lines(hp_graph_text *text);

/* Adds text to the line; or a blank and then a number at the right of so many columns. */
static inline void hp_add_text(hp_graph_text *text, const char *more)
{
    hp_buffer_add_text(&text->lines, more);
}

static inline void hp_add_number(hp_graph_text *text, int width, hp_number number)
{
    hp_buffer_add_number(&text->lines, 1, width, number);
}

/* Adds a label, shortened so that the line fits on the terminal with more columns after the label.
 */
void hp_add_label(hp_graph_text *text, hp_function_id function, int more);

/* Adds "name <cycle 1> [2]" and ends the line. */
void hp_add_node(hp_graph_text *text, uint32_t node);

/* A row of the flat profile. */
typedef struct hp_flat_row {
    const hp_node *node;
    hp_graph_text *text;
    uint64_t by;                /* what the rows are sorted by first, in descending order */
    uint64_t calls, base_calls; /* including those by itself; or HP_UNKNOWN */
} hp_flat_row;

/* All functions in the order of options.sort; with a base, by how much the numbers differ. To be
 * freed; NULL without memory. */
hp_flat_row *hp_flat_rows_new(hp_graph_text *text, size_t *count);

/* How many nodes of the graph, from the first, have an entry: options.limit, or all. */
uint32_t hp_entry_count(const hp_graph_text *text);

/* Prints what was pruned, and how many entries are left out; nothing if nothing was. */
void hp_print_pruned(const hp_graph_text *text);

/* Prints the index of names of the entries; false: out of memory. */
bool hp_print_index(hp_graph_text *text);

#endif
