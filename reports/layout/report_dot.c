// SPDX-License-Identifier: MIT
/* The call graph for Graphviz (https://graphviz.org/doc/info/lang.html): one graph that dot lays
 * out, or on paper the layout of all drawings. */
#include "chart/chart.h"
#include "layout/dot_sheets.h"
#include "layout/dot_text.h"
#include "report_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_heading(FILE *out, const hp_chart *chart)
{
    fputs("    label=<<table border=\"0\"><tr><td align=\"left\"><font point-size=\"14\"><b>", out);
    hp_dot_html(out, chart->title);
    fputs("</b></font></td></tr><tr><td align=\"left\">", out);
    hp_dot_html(out, chart->subtitle);
    fputs("</td></tr><tr><td align=\"left\">", out);
    hp_dot_legend(out, &chart->palette);
    fputs("</td></tr></table>>;\n", out);
}

static void print_defaults(FILE *out)
{
    fputs(
        "    labelloc=t; fontname=Helvetica; fontsize=9; nodesep=0.15; ranksep=0.3;\n"
        "    nslimit=2; nslimit1=2;\n"
        "    node [shape=box, style=filled, fontname=Helvetica, fontsize=9, margin=\"0.07,0.04\", "
        "height=0.2];\n"
        "    edge [fontname=Helvetica, fontsize=9, arrowsize=0.6];\n",
        out);
}

static void print_node(FILE *out, const hp_chart *chart, uint32_t number)
{
    const hp_chart_node *node = &chart->nodes[number];
    hp_node_look look = hp_look_of_node(&chart->palette, node->share);

    fprintf(out, "    n%" PRIu32 " [label=\"", number);
    hp_dot_quoted(out, node->name, "\\n");
    if (*node->place) {
        fputs("\\n", out);
        hp_dot_quoted(out, node->place, "\\n");
    }
    fputs("\\n", out);
    hp_dot_quoted(out, node->numbers, "\\n");
    fputs("\", ", out);
    hp_dot_color(out, "fillcolor", look.fill);
    hp_dot_color(out, ", fontcolor", look.text);
    hp_dot_color(out, ", color", look.border);
    fputs(", penwidth=", out);
    hp_dot_number(out, look.border_width);
    if (chart->graph.nodes[node->node].cycle)
        fputs(", peripheries=2", out);
    if (look.less)
        fputs(", style=\"filled,dashed\"", out);
    fputs("];\n", out);
}

static void print_arc(FILE *out, const hp_chart *chart, const hp_chart_arc *arc)
{
    hp_arc_look look = hp_look_of_arc(&chart->palette, arc->share);

    fprintf(out, "    n%" PRIu32 " -> n%" PRIu32 " [", arc->caller, arc->callee);
    if (arc->label) {
        fputs("label=\"  ", out); /* away from a wide line */
        hp_dot_quoted(out, arc->label, "\\n");
        fputs("\", ", out);
    }
    hp_dot_color(out, "color", look.color);
    fputs(", penwidth=", out);
    hp_dot_number(out, look.width);
    if (look.less)
        fputs(", style=dashed", out);
    fprintf(out, ", weight=%ld];\n", 1 + lround(20 * fabs(arc->share)));
}

static void write_graph(FILE *out, const hp_chart *chart)
{
    fputs("digraph callgraph {\n", out);
    print_heading(out, chart);
    print_defaults(out);
    for (uint32_t i = 0; i < chart->node_count; i++)
        print_node(out, chart, i);
    for (uint32_t i = 0; i < chart->arc_count; i++)
        print_arc(out, chart, &chart->arcs[i]);
    fputs("}\n", out);
}

static hp_status write_dot(const hp_profile *profile, const hp_report_options *options, FILE *out,
                           hp_error *error)
{
    size_t functions = options->max_nodes ? options->max_nodes : HP_FUNCTIONS_A_SHEET;
    hp_chart chart;
    hp_status status;

    if (hp_paper_wanted(&options->paper))
        return hp_dot_sheets_write(profile, options, out, error);
    status = hp_chart_build(&chart, profile, options, functions, hp_chart_threshold, error);
    if (status == HP_OK)
        write_graph(out, &chart);
    hp_chart_free(&chart);
    return status;
}

const hp_report hp_report_dot = {
    .name = "dot",
    .description = "call graph for Graphviz, on one sheet or many (--pages)",
    .manual = "the call graph for dot(1), on one sheet or many",
    .write = write_dot,
    .uses = HP_USES_EVENT | HP_USES_THRESHOLDS | HP_USES_CHART,
    .files = ".dot .gv",
};
