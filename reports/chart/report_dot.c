// SPDX-License-Identifier: MIT
/* The call graph for Graphviz (https://graphviz.org/doc/info/lang.html): one graph, one graph that
 * plain dot prints on several sheets, or an atlas with one graph a sheet. The attributes for paper
 * were tried with Graphviz 2.42. */
#include "chart/atlas.h"
#include "chart/chart.h"
#include "chart/drawing.h"
#include "report_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Strings ------------------------------------------------------------------------------- */

/* For strings in quotes: dot has its own escapes with backslashes, and reads entities even there.
 */
static void print_quoted(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '"':
        case '\\':
            fprintf(out, "\\%c", *text);
            break;
        case '\n':
            fputs("\\n", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            putc(*text, out);
        }
}

static void print_html(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\\': /* dot replaces \N by the name of the node */
            fputs("&#92;", out);
            break;
        default:
            putc(*text, out);
        }
}

static void print_color(FILE *out, const char *attribute, hp_color color)
{
    fprintf(out, "%s=\"#%02x%02x%02x\"", attribute, (unsigned)round(255 * color.red),
            (unsigned)round(255 * color.green), (unsigned)round(255 * color.blue));
}

/* Not printf, which takes the decimal point from the locale. */
static void print_number(FILE *out, double number)
{
    long hundredths = lround(100 * number);

    fprintf(out, "%ld.%02ld", hundredths / 100, hundredths % 100);
}

/* --- Parts of a graph ---------------------------------------------------------------------- */

static void print_legend(FILE *out, const hp_palette *palette)
{
    const hp_legend *legend = hp_look_legend(palette);

    fputs("<table border=\"0\" cellspacing=\"0\" cellpadding=\"3\"><tr><td>", out);
    fputs(legend->shares, out);
    fputs("</td>", out);
    for (size_t i = 0; i < HP_LEGEND_COUNT; i++) {
        hp_node_look look = hp_look_of_node(palette, legend->share[i]);

        fputs("<td border=\"1\" ", out);
        print_color(out, "bgcolor", look.fill);
        fputs("><font ", out);
        print_color(out, "color", look.text);
        fprintf(out, ">%s</font></td>", legend->text[i]);
    }
    fprintf(out, "<td>%s</td></tr></table>", legend->boxes);
}

static void print_heading(FILE *out, const hp_chart *chart, const char *title)
{
    fputs("    label=<<table border=\"0\"><tr><td align=\"left\"><font point-size=\"14\"><b>", out);
    print_html(out, title);
    fputs("</b></font></td></tr><tr><td align=\"left\">", out);
    print_html(out, chart->subtitle);
    fputs("</td></tr><tr><td align=\"left\">", out);
    print_legend(out, &chart->palette);
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
    print_quoted(out, node->name);
    if (*node->place) {
        fputs("\\n", out);
        print_quoted(out, node->place);
    }
    fputs("\\n", out);
    print_quoted(out, node->numbers);
    fputs("\", ", out);
    print_color(out, "fillcolor", look.fill);
    print_color(out, ", fontcolor", look.text);
    print_color(out, ", color", look.border);
    fputs(", penwidth=", out);
    print_number(out, look.border_width);
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
        print_quoted(out, arc->label);
        fputs("\", ", out);
    }
    print_color(out, "color", look.color);
    fputs(", penwidth=", out);
    print_number(out, look.width);
    if (look.less)
        fputs(", style=dashed", out);
    fprintf(out, ", weight=%ld];\n", 1 + lround(20 * fabs(arc->share)));
}

/* --- On paper ------------------------------------------------------------------------------ */

/* Prints the name of the output file as a shell reads it. */
static void print_file_name(FILE *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._-/+,:=@%";

    if (!name || strcmp(name, "-") == 0 || strpbrk(name, "\n\r"))
        name = "callgraph.dot";
    if (*name == '-')
        fputs("./", out);
    if (name[strspn(name, plain)] == '\0') {
        fputs(name, out);
        return;
    }
    putc('\'', out);
    for (; *name; name++)
        if (*name == '\'')
            fputs("'\\''", out);
        else
            putc(*name, out);
    putc('\'', out);
}

/* Prints a length in inches with six decimals. It is rounded down or up: a millionth of an inch
 * more of the drawing, or less of the paper, would need another row of sheets. */
static void print_inches(FILE *out, double points, bool up)
{
    double millionths = points / 72 * 1e6;
    long number = lround(up ? ceil(millionths) : floor(millionths));

    fprintf(out, "%ld.%06ld", number / 1000000, number % 1000000);
}

static void print_size(FILE *out, const char *name, hp_size size, bool up)
{
    fprintf(out, "%s=\"", name);
    print_inches(out, size.width, up);
    putc(',', out);
    print_inches(out, size.height, up);
}

/* dot cuts the drawing for upright paper only. */
static void print_tile_attributes(FILE *out, const hp_grid *grid)
{
    hp_size size = {(double)grid->columns * grid->tile.width,
                    (double)grid->rows * grid->tile.height};
    hp_size sheet =
        grid->landscape ? (hp_size){grid->sheet.height, grid->sheet.width} : grid->sheet;

    fputs("    ", out);
    print_size(out, "page", sheet, true);
    fputs("\"; margin=\"", out);
    print_inches(out, HP_MARGIN, false);
    fprintf(out, "\"; pagedir=%s;%s\n    ", grid->landscape ? "RB" : "TL",
            grid->landscape ? " rotate=90;" : "");
    print_size(out, "size", size, false);
    fprintf(out, "!\"; viewport=\"%.0f,%.0f\";\n", size.width, size.height);
}

static void write_graph(FILE *out, const hp_chart *chart, const hp_grid *grid,
                        const char *output_name)
{
    if (grid) {
        fprintf(out, "// On %zu sheets of paper: dot -Tps ", grid->rows * grid->columns);
        print_file_name(out, output_name);
        fprintf(out,
                " | ps2pdf -dDEVICEWIDTHPOINTS=%.0f -dDEVICEHEIGHTPOINTS=%.0f - callgraph.pdf\n",
                fmin(grid->sheet.width, grid->sheet.height),
                fmax(grid->sheet.width, grid->sheet.height));
    }
    fputs("digraph callgraph {\n", out);
    if (grid)
        print_tile_attributes(out, grid);
    print_heading(out, chart, chart->title);
    print_defaults(out);
    for (uint32_t i = 0; i < chart->node_count; i++)
        print_node(out, chart, i);
    for (uint32_t i = 0; i < chart->arc_count; i++)
        print_arc(out, chart, &chart->arcs[i]);
    fputs("}\n", out);
}

/* --- An atlas ------------------------------------------------------------------------------ */

/* Lets dot make the sheet smaller to fit on the paper, but never larger. */
static void print_sheet_attributes(FILE *out, const hp_grid *grid)
{
    fputs("    ", out);
    print_size(out, "size", grid->tile, false);
    fprintf(out, "\"; viewport=\"%.0f,%.0f\"; margin=\"", grid->tile.width, grid->tile.height);
    print_inches(out, HP_MARGIN, false);
    fputs("\";\n", out);
}

static void print_references(FILE *out, const hp_chart *chart, const hp_atlas *atlas, uint32_t node,
                             bool incoming, hp_reference *references)
{
    size_t count = hp_atlas_references(atlas, chart, node, incoming, references);

    if (count == 0)
        return;
    fprintf(out,
            "    %s%" PRIu32
            " [shape=plaintext, style=\"\", margin=0, fontcolor=\"#0d3399\", label=\"",
            incoming ? "from" : "to", node);
    for (size_t i = 0; i < count; i++) {
        char text[HP_ATLAS_REFERENCE_SIZE];

        hp_atlas_reference_text(atlas, chart, references[i].node, incoming, text, sizeof text);
        fputs(i ? "\\n" : "", out);
        print_quoted(out, text);
    }
    fputs("\"];\n", out);
    if (incoming)
        fprintf(out, "    from%" PRIu32 " -> n%" PRIu32, node, node);
    else
        fprintf(out, "    n%" PRIu32 " -> to%" PRIu32, node, node);
    fputs(" [style=dashed, color=\"#8c8c8c\"];\n", out);
}

static void write_sheet(FILE *out, const hp_chart *chart, const hp_atlas *atlas,
                        const hp_grid *grid, uint32_t sheet, hp_reference *references)
{
    char title[HP_ATLAS_TITLE_SIZE];

    hp_atlas_title(atlas, chart, sheet, title, sizeof title);
    fprintf(out, "digraph p%" PRIu32 " {\n", sheet + 1);
    print_sheet_attributes(out, grid);
    print_heading(out, chart, title);
    print_defaults(out);
    for (uint32_t i = 0; i < chart->node_count; i++)
        if (atlas->sheets[i] == sheet) {
            print_node(out, chart, i);
            print_references(out, chart, atlas, i, true, references);
            print_references(out, chart, atlas, i, false, references);
        }
    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
        if (atlas->sheets[arc->caller] == sheet && atlas->sheets[arc->callee] == sheet)
            print_arc(out, chart, arc);
    fputs("}\n", out);
}

/* Writes the index: one node that is a table of functions, sorted by name, and their sheets. */
static void write_index(FILE *out, const hp_chart *chart, const hp_atlas *atlas,
                        const hp_grid *grid, const uint32_t *order)
{
    enum { COLUMNS = 3 };
    uint32_t rows = (chart->node_count + COLUMNS - 1) / COLUMNS;

    fputs("digraph index {\n", out);
    print_sheet_attributes(out, grid);
    print_heading(out, chart, chart->title);
    print_defaults(out);
    fputs("    index [shape=plaintext, style=\"\", label=<<table border=\"0\" cellspacing=\"0\" "
          "cellpadding=\"1\">\n",
          out);
    for (uint32_t row = 0; row < rows; row++) {
        fputs("        <tr>", out);
        for (uint32_t i = row; i < chart->node_count; i += rows) {
            char name[HP_CHART_NAME_SIZE];

            hp_chart_name(&chart->nodes[order[i]], name, sizeof name);
            fputs("<td align=\"left\">", out);
            print_html(out, name);
            fprintf(out, "</td><td align=\"right\">p%" PRIu32 "  </td>",
                    atlas->sheets[order[i]] + 1);
        }
        fputs("</tr>\n", out);
    }
    fputs("    </table>>];\n}\n", out);
}

static void print_atlas_commands(FILE *out, size_t graphs, const char *output_name)
{
    fprintf(out, "// On %zu sheets of paper: dot -Tpdf -O ", graphs);
    print_file_name(out, output_name);
    fputs("\n// and then: pdfunite ", out);
    for (size_t i = 1; i <= graphs; i++) {
        print_file_name(out, output_name);
        if (i > 1)
            fprintf(out, ".%zu", i);
        fputs(".pdf ", out);
    }
    fputs("callgraph.pdf\n", out);
}

static hp_status write_atlas(FILE *out, const hp_chart *chart, const hp_drawing_plan *plan,
                             const hp_report_options *options, hp_error *error)
{
    bool index = !options->paper.no_index && chart->node_count > 0;
    hp_atlas atlas;
    hp_status status = hp_atlas_build(&atlas, chart, hp_paper_pages(&options->paper), error);
    hp_reference *references = malloc((chart->arc_count + 1) * sizeof *references);
    uint32_t *order = malloc((chart->node_count + 1) * sizeof *order);

    if (status == HP_OK && (!references || !order || !hp_chart_order_by_name(chart, order)))
        status = hp_no_memory(error);
    if (status == HP_OK) {
        print_atlas_commands(out, atlas.sheet_count + (size_t)index, options->output_name);
        if (index)
            write_index(out, chart, &atlas, &plan->grids[0], order);
        for (uint32_t i = 0; i < atlas.sheet_count; i++)
            write_sheet(out, chart, &atlas, &plan->grids[i < plan->grid_count ? i : 0], i,
                        references);
    }
    free(references);
    free(order);
    hp_atlas_free(&atlas);
    return status;
}

/* --- The report ---------------------------------------------------------------------------- */

/* Without the drawing module, nobody knows the shape of the drawing: the grid is as nearly square
 * as possible. */
static hp_status plan_blindly(const hp_report_options *options, size_t functions,
                              hp_drawing_plan *plan, hp_error *error)
{
    const hp_poster square = {{1000, 1000}, {1, 1}, 0, 0, 1};
    size_t pages = options->paper.paging == HP_TILE ? hp_paper_pages(&options->paper) : 1;

    *plan = (hp_drawing_plan){malloc(sizeof *plan->grids), 1, functions, false};
    if (!plan->grids)
        return hp_no_memory(error);
    plan->grids[0] = hp_paper_grid(&options->paper, pages, &square);
    return HP_OK;
}

static hp_status write_dot(const hp_profile *profile, const hp_report_options *options, FILE *out,
                           hp_error *error)
{
    size_t functions = options->max_nodes ? options->max_nodes
                                          : HP_FUNCTIONS_A_SHEET * hp_paper_pages(&options->paper);
    hp_drawing_plan plan = {.functions = functions};
    hp_chart chart;
    hp_status status = HP_OK;

    if (hp_paper_wanted(&options->paper)) {
        const hp_drawing *drawing = hp_drawing_load(NULL);

        status = drawing ? drawing->plan(profile, options, &plan, error)
                         : plan_blindly(options, functions, &plan, error);
    }
    if (status == HP_OK) {
        status = hp_chart_build(&chart, profile, options, plan.functions, plan.sparse, error);
        if (status == HP_OK && plan.grids && options->paper.paging == HP_ATLAS)
            status = write_atlas(out, &chart, &plan, options, error);
        else if (status == HP_OK)
            write_graph(out, &chart, plan.grids, options->output_name);
        hp_chart_free(&chart);
    }
    free(plan.grids);
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
