// SPDX-License-Identifier: MIT
/* Text in the layout of GNU gprof, so that what reads gprof's reads this: the flat profile, the
 * call graph, and the index of functions by name. */
#include "callgraph.h"
#include "display.h"
#include "reports.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct text {
    FILE *out;
    const hp_report_options *options;
    hp_callgraph graph;
    char **labels; /* of the functions */

    hp_scale scale;
    int index_width, cost_width, calls_width;
} text;

static hp_number cost(const text *text, uint64_t value)
{
    return hp_scale_cost(&text->scale, value);
}

/* In the call graph, whose readers insist on a decimal point, counts have one too. */
static hp_number graph_cost(const text *text, uint64_t value)
{
    hp_number number = cost(text, value);

    if (!text->scale.time)
        strcat(number.text, ".0");
    return number;
}

static int wider(int width, hp_number number)
{
    int needed = (int)strlen(number.text);

    return needed > width ? needed : width;
}

static void begin_color(const text *text, uint64_t part)
{
    if (text->options->color)
        fputs(hp_color_of(hp_callgraph_percent(&text->graph, part)), text->out);
}

static void end_line(const text *text)
{
    fputs(text->options->color ? HP_COLOR_END "\n" : "\n", text->out);
}

/* What begins at that column and is followed by so much more. */
static void print_label(const text *text, const char *label, int column, int more)
{
    size_t used = (size_t)column + (size_t)more, width = text->options->width;

    /* On a narrow terminal a line more is better than no name. */
    hp_print_shortened(text->out, label, !width ? SIZE_MAX : width > used + 12 ? width - used : 12);
}

/* "name <cycle 1> [2]", the end of a line */
static void print_name(const text *text, uint32_t node, int column)
{
    const hp_node *n = &text->graph.nodes[node];
    char more[64];
    int length;

    if (n->function == HP_NO_FUNCTION)
        length = snprintf(more, sizeof more, "<cycle %" PRIu32 " as a whole> [%" PRIu32 "]",
                          n->cycle, node + 1);
    else if (n->cycle)
        length =
            snprintf(more, sizeof more, " <cycle %" PRIu32 "> [%" PRIu32 "]", n->cycle, node + 1);
    else
        length = snprintf(more, sizeof more, " [%" PRIu32 "]", node + 1);
    if (n->function != HP_NO_FUNCTION)
        print_label(text, text->labels[n->function], column, length);
    fputs(more, text->out);
    end_line(text);
}

/* --- Flat profile ------------------------------------------------------------------------ */

typedef struct row {
    const hp_node *node;
    const char *label;
    uint64_t calls, primitive;
} row;

static int order_numbers(uint64_t a, uint64_t b)
{
    return (a < b) - (a > b);
}

static int order_labels(const row *a, const row *b)
{
    int by = strcmp(a->label, b->label);

    return by != 0 ? by : (a->node > b->node) - (a->node < b->node);
}

static int order_by_name(const void *a, const void *b)
{
    return order_labels(a, b);
}

static int order_by_calls(const void *left, const void *right)
{
    const row *a = left, *b = right;
    int by = order_numbers(a->calls, b->calls);

    return by != 0 ? by : order_labels(a, b);
}

static int order_by_self(const void *left, const void *right)
{
    int by = order_numbers(((const row *)left)->node->self, ((const row *)right)->node->self);

    return by != 0 ? by : order_by_calls(left, right);
}

static int order_by_inclusive(const void *left, const void *right)
{
    int by =
        order_numbers(((const row *)left)->node->inclusive, ((const row *)right)->node->inclusive);

    return by != 0 ? by : order_by_self(left, right);
}

/* The unit of times a call: the largest in which the longest is at least 1, and so many decimals
 * that the shortest is not 0. */
typedef struct per_call {
    const char *name;
    double unit;
    unsigned decimals;
    int width;
} per_call;

static per_call per_call_for(const text *text, const row *rows, size_t count)
{
    static const per_call units[] = {{"s/call", 1e9, 9, 8},
                                     {"ms/call", 1e6, 6, 8},
                                     {"us/call", 1e3, 3, 8},
                                     {"ns/call", 1, 2, 8}};
    double longest = 0, shortest = 1e30;
    per_call chosen = {"cost/call", 1, 2, 9};

    for (const row *r = rows; r < rows + count; r++) {
        double self = r->calls ? (double)r->node->self / (double)r->calls : 0;
        double total = r->calls ? (double)r->node->inclusive / (double)r->primitive : 0;

        longest = total > longest ? total : longest;
        longest = self > longest ? self : longest;
        shortest = self > 0 && self < shortest ? self : shortest;
    }
    if (text->scale.time) {
        size_t u = 0;

        while (u < 3 && longest < units[u].unit)
            u++;
        chosen = units[u];
        chosen.decimals = 2;
        for (double least = shortest * 100; least < chosen.unit; least *= 10)
            if (chosen.decimals < units[u].decimals)
                chosen.decimals++;
    }
    chosen.width = wider(chosen.width, hp_number_rounded(longest / chosen.unit, chosen.decimals));
    return chosen;
}

static void print_flat_rows(const text *text, const row *rows, size_t count, size_t limit)
{
    per_call per = per_call_for(text, rows, count);
    int width = text->cost_width > 8 ? text->cost_width : 8, calls_width = 8;
    uint64_t cumulative = 0;

    for (const row *r = rows; r < rows + count; r++)
        calls_width = wider(calls_width, hp_number_fixed(r->calls, 0));
    fprintf(text->out, "  %%   %*s%*s%*s%*s%*s\n", width + 2, "cumulative", width + 1, "self  ",
            calls_width + 1, "", per.width + 1, "self  ", per.width, "total");
    fprintf(text->out, " %-4s%*s%*s%*s%*s%*s  name\n", text->scale.noun, width + 2,
            text->scale.time ? "seconds" : "cost", width + 2, text->scale.time ? "seconds" : "cost",
            calls_width + 1, "calls", per.width + 1, per.name, per.width + 1, per.name);
    for (const row *r = rows; r < rows + limit; r++) {
        cumulative += r->node->self;
        begin_color(text, r->node->self);
        fprintf(text->out, "%6s %*s %*s",
                hp_number_rounded(hp_callgraph_percent(&text->graph, r->node->self), 2).text,
                width + 1, cost(text, cumulative).text, width, cost(text, r->node->self).text);
        if (r->calls)
            fprintf(
                text->out, " %*" PRIu64 " %*s %*s", calls_width, r->calls, per.width,
                hp_number_rounded((double)r->node->self / (double)r->calls / per.unit, per.decimals)
                    .text,
                per.width,
                hp_number_rounded((double)r->node->inclusive / (double)r->primitive / per.unit,
                                  per.decimals)
                    .text);
        else
            fprintf(text->out, " %*s %*s %*s", calls_width, "", per.width, "", per.width, "");
        fputs("  ", text->out);
        print_label(text, r->label, 14 + 2 * width + calls_width + 2 * per.width, 0);
        end_line(text);
    }
    if (limit < count)
        fprintf(text->out, "\n%zu of %zu functions; the others are not shown.\n", limit, count);
}

static void explain_flat(const text *text)
{
    fprintf(text->out,
            "\n"
            "What the columns say:\n"
            "\n"
            "%% %s      the share of the function itself in all of the %s\n"
            "cumulative  self of this line and of all lines above it\n"
            "self        %s of the function itself, without what it called\n"
            "calls       how often it was called, by itself too\n"
            "self/call   self, divided by calls\n"
            "total/call  %s from its start to its end, with all that it called, on\n"
            "            average; calls made from within it are part of the outer call\n"
            "name        with its file and first line, where it has one\n",
            text->scale.noun, text->scale.noun, text->scale.noun, text->scale.noun);
}

static bool print_flat(const text *text)
{
    static int (*const orders[])(const void *, const void *) = {
        [HP_SORT_SELF] = order_by_self,
        [HP_SORT_INCLUSIVE] = order_by_inclusive,
        [HP_SORT_CALLS] = order_by_calls,
        [HP_SORT_NAME] = order_by_name,
    };
    const hp_callgraph *graph = &text->graph;
    size_t count = 0, limit = text->options->limit;
    row *rows = malloc((graph->node_count + 1) * sizeof *rows);

    if (!rows)
        return false;
    for (uint32_t i = 0; i < graph->node_count; i++) {
        const hp_node *node = &graph->nodes[i];

        if (node->function != HP_NO_FUNCTION) {
            const hp_function *function = hp_profile_function(graph->profile, node->function);

            rows[count++] = (row){node, text->labels[node->function], function->calls,
                                  function->primitive ? function->primitive : function->calls};
        }
    }
    qsort(rows, count, sizeof *rows, orders[text->options->sort]);
    fputs("Flat profile:\n\n", text->out);
    hp_print_heading(text->out, &text->graph, &text->scale, text->options->unfiltered);
    print_flat_rows(text, rows, count, limit && limit < count ? limit : count);
    if (!text->options->brief)
        explain_flat(text);
    free(rows);
    return true;
}

/* --- Call graph -------------------------------------------------------------------------- */

/* Where the names of functions begin; those of callers and callees are four columns on. */
static int names_column(const text *text)
{
    return text->index_width + 11 + 2 * text->cost_width + 2 * text->calls_width;
}

static void print_arc(const text *text, const hp_arc *arc, uint32_t other)
{
    const hp_callgraph *graph = &text->graph;
    const hp_node *caller = &graph->nodes[arc->caller], *callee = &graph->nodes[arc->callee];
    uint64_t self = hp_callgraph_arc_self(graph, arc);
    uint64_t calls = callee->calls;
    int width = text->cost_width;

    if (callee->cycle)
        calls = graph->nodes[graph->wholes[callee->cycle - 1]].calls;
    begin_color(text, arc->inclusive);
    if (caller == callee)
        fprintf(text->out, "%*s", text->index_width + 8 + 2 * width, "");
    else
        fprintf(text->out, "%*s %*s %*s", text->index_width + 6, "", width,
                graph_cost(text, self).text, width, graph_cost(text, arc->inclusive - self).text);
    fprintf(text->out, " %*" PRIu64, text->calls_width, arc->count);
    if (caller == callee || (callee->cycle && caller->cycle == callee->cycle))
        fprintf(text->out, " %*s     ", text->calls_width, "");
    else
        fprintf(text->out, "/%-*" PRIu64 "     ", text->calls_width, calls);
    print_name(text, other, names_column(text) + 4);
}

/* calls+recursive, or blanks for what nobody called */
static void print_calls(const text *text, const hp_node *node)
{
    int width = text->calls_width;

    if (node->recursive)
        fprintf(text->out, " %*" PRIu64 "+%-*" PRIu64, width, node->calls, width, node->recursive);
    else if (node->calls)
        fprintf(text->out, " %*" PRIu64 " %*s", width, node->calls, width, "");
    else
        fprintf(text->out, " %*s %*s", width, "", width, "");
}

static void print_entry(const text *text, uint32_t index)
{
    const hp_callgraph *graph = &text->graph;
    const hp_node *node = &graph->nodes[index];
    uint64_t children = node->inclusive > node->self ? node->inclusive - node->self : 0;
    int width = text->cost_width;
    char number[16];

    if (node->function != HP_NO_FUNCTION && node->spontaneous)
        fprintf(text->out, "%*s<spontaneous>\n", names_column(text) + 4, "");
    for (uint32_t i = 0; i < node->caller_count; i++) {
        const hp_arc *arc = &graph->callers[node->first_caller + i];

        print_arc(text, arc, arc->caller);
    }

    snprintf(number, sizeof number, "[%" PRIu32 "]", index + 1);
    begin_color(text, node->inclusive);
    fprintf(text->out, "%-*s %5s %*s %*s", text->index_width, number,
            hp_number_rounded(hp_callgraph_percent(graph, node->inclusive), 1).text, width,
            graph_cost(text, node->self).text, width, graph_cost(text, children).text);
    print_calls(text, node);
    fputc(' ', text->out);
    print_name(text, index, names_column(text));

    for (uint32_t i = 0; i < node->callee_count; i++) {
        const hp_arc *arc = &graph->callees[node->first_callee + i];

        print_arc(text, arc, arc->callee);
    }
    for (uint32_t i = node->next_member; node->function == HP_NO_FUNCTION && i != HP_NO_NODE;
         i = graph->nodes[i].next_member) {
        const hp_node *member = &graph->nodes[i];

        begin_color(text, member->inclusive);
        children = member->inclusive > member->self ? member->inclusive - member->self : 0;
        fprintf(text->out, "%*s %*s %*s", text->index_width + 6, "", width,
                graph_cost(text, member->self).text, width, graph_cost(text, children).text);
        print_calls(text, member);
        fputs("     ", text->out);
        print_name(text, i, names_column(text) + 4);
    }
    fputs("-----------------------------------------------\n", text->out);
}

static void explain_graph(const text *text)
{
    fprintf(text->out,
            "\n"
            "How to read an entry:\n"
            "\n"
            "An entry, from one line of dashes to the next, tells of the function whose\n"
            "line begins with a number in brackets. Above that line stand its callers,\n"
            "below it what it calls, the costliest of both nearest to it. The numbers in\n"
            "brackets lead to the entries of the others; the entries are in order of cost.\n"
            "\n"
            "The line of the function:\n"
            "  %% time    share of all the %s that passed in the function and what it called\n"
            "  self      %s of the function itself\n"
            "  children  %s of what it called\n"
            "  called    how often others called it, + how often it called itself\n"
            "\n"
            "A line above, of a caller:\n"
            "  self      the part of the function's self for calls by this caller\n"
            "  children  the part of the function's children, likewise; the sum of both is\n"
            "            measured, and parted as self and children of the function are\n"
            "  called    how often this caller called it / how often it was called by\n"
            "            other functions\n"
            "\n"
            "A line below, of a function that is called:\n"
            "  self      the part of the callee's self for calls by the function\n"
            "  children  the part of the callee's children, likewise\n"
            "  called    how often the function called it / how often others called it\n"
            "\n"
            "<spontaneous> stands for callers that are not known. %s is\n"
            "no function of the program: it is what ran outside of any, and calls those\n"
            "that were entered from nowhere.\n"
            "\n"
            "Functions that call each other in a circle are a cycle. It has an entry as a\n"
            "whole, which lists its members; its calls are those from outside + those\n"
            "between members. For a member, the number behind the / is of all calls that\n"
            "enter the cycle. A call between members has no /, and counts only while the\n"
            "called one is not running already.\n",
            text->scale.noun, text->scale.noun, text->scale.noun, HP_INTERPRETER);
}

static void tell_pruned(const text *text)
{
    const hp_callgraph *graph = &text->graph;
    size_t functions = hp_profile_function_count(graph->profile);

    if (graph->pruned_functions == 0 && graph->pruned_arcs == 0)
        return;
    fprintf(text->out,
            "%zu of %zu functions and %" PRIu32 " of %" PRIu32
            " pairs of caller and callee; the others are not shown.\n",
            functions - graph->pruned_functions, functions, graph->arc_count,
            graph->arc_count + graph->pruned_arcs);
    if (graph->pruned_self > 0)
        fprintf(text->out, "The functions that are not shown cost %s%s themselves (%s %%).\n",
                cost(text, graph->pruned_self).text, text->scale.time ? " seconds" : "",
                hp_number_rounded(hp_callgraph_percent(graph, graph->pruned_self), 2).text);
}

static void print_graph(const text *text)
{
    int index = text->index_width, width = text->cost_width, calls = text->calls_width;

    fputs(text->options->brief ? "\t\t\tCall graph\n\n\n"
                               : "\t\t     Call graph (explanation follows)\n\n\n",
          text->out);
    hp_print_heading(text->out, &text->graph, &text->scale, text->options->unfiltered);
    hp_print_estimates(text->out, &text->graph, &text->scale);
    tell_pruned(text);
    fprintf(text->out, "\n%-*s%% time %*s %*s %*s %*s\n", index, "index", width, "self", width + 2,
            "children", calls + 2, "called", calls + 1, "name");
    for (uint32_t i = 0; i < text->graph.node_count; i++)
        print_entry(text, i);
    if (!text->options->brief)
        explain_graph(text);
    fputs("\f\n", text->out);
}

/* --- Index ------------------------------------------------------------------------------- */

/* "[number] name", filled up to so many columns */
static void print_cell(const text *text, const row *row, size_t columns)
{
    size_t used = text->index_width + 1;
    char string[32];

    snprintf(string, sizeof string, "[%td]", row->node - text->graph.nodes + 1);
    fprintf(text->out, "%*s ", text->index_width, string);
    if (!row->label)
        snprintf(string, sizeof string, "<cycle %" PRIu32 ">", row->node->cycle);
    used += hp_columns_of(row->label ? row->label : string);
    print_label(text, row->label ? row->label : string, text->index_width + 1, 0);
    if (used < columns)
        fprintf(text->out, "%*s", (int)(columns - used), "");
}

static bool print_index(const text *text)
{
    const hp_callgraph *graph = &text->graph;
    uint32_t count = 0;
    row *rows = malloc((graph->node_count + 1) * sizeof *rows);

    if (!rows)
        return false;
    for (uint32_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].function != HP_NO_FUNCTION)
            rows[count++] =
                (row){.node = &graph->nodes[i], .label = text->labels[graph->nodes[i].function]};
    qsort(rows, count, sizeof *rows, order_by_name);
    for (uint32_t i = 0; i < graph->cycle_count; i++)
        rows[count++] = (row){.node = &graph->nodes[graph->wholes[i]]};

    size_t cell = 28;

    for (uint32_t i = 0; i < count; i++) {
        size_t needed = text->index_width + 2 + (rows[i].label ? hp_columns_of(rows[i].label) : 0);

        cell = needed > cell ? needed : cell;
    }

    /* As in gprof, the blanks behind the last name may be beyond the edge. */
    size_t page = text->options->width ? text->options->width : 80;
    uint32_t columns = cell <= (page + 4) / 2 ? (uint32_t)((page + 4) / cell) : 1;
    uint32_t lines = (count + columns - 1) / columns;

    fputs("Index by function name\n\n", text->out);
    for (uint32_t i = 0; i < lines * columns; i++) {
        uint32_t at = i / columns + i % columns * lines;

        if (at < count)
            print_cell(text, &rows[at], at + lines < count ? cell : 0);
        if (i % columns == columns - 1)
            fputc('\n', text->out);
    }
    free(rows);
    return true;
}

/* How wide the columns of the call graph are. */
static void measure(text *text)
{
    const hp_callgraph *graph = &text->graph;
    uint64_t largest = graph->total, most = 0;

    text->scale = hp_scale_of(graph);
    for (const hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++) {
        largest = node->inclusive > largest ? node->inclusive : largest;
        most = node->calls > most ? node->calls : most;
        most = node->recursive > most ? node->recursive : most;
    }
    for (const hp_arc *arc = graph->callees; arc < graph->callees + graph->arc_count; arc++) {
        largest = arc->inclusive > largest ? arc->inclusive : largest;
        most = arc->count > most ? arc->count : most;
    }
    text->index_width = wider(4, hp_number_fixed(graph->node_count, 0)) + 2;
    text->cost_width = wider(7, graph_cost(text, largest));
    text->calls_width = wider(7, hp_number_fixed(most, 0));
}

/* --- The reports ------------------------------------------------------------------------- */

static hp_status write_text(const hp_profile *profile, const hp_report_options *options, FILE *out,
                            bool flat, bool graph, hp_error *error)
{
    text text = {.out = out, .options = options};
    hp_status status =
        hp_callgraph_build(&text.graph, profile, options->base, options->event, error);

    if (status == HP_OK) {
        measure(&text);
        text.labels = hp_labels_new(profile);
        if (!text.labels || (flat && !print_flat(&text)))
            status = HP_NO_MEMORY;
        if (flat && graph)
            fputs("\f\n", out);
        if (status == HP_OK && graph) {
            hp_callgraph_prune(&text.graph, options->node_threshold.percent,
                               options->edge_threshold.percent);
            print_graph(&text);
            if (!print_index(&text))
                status = HP_NO_MEMORY;
        }
        if (status != HP_OK)
            hp_error_set(error, status, 0, "out of memory");
    }
    hp_labels_free(text.labels, profile);
    hp_callgraph_free(&text.graph);
    return status;
}

static hp_status write_flat(const hp_profile *profile, const hp_report_options *options, FILE *out,
                            hp_error *error)
{
    return write_text(profile, options, out, true, false, error);
}

static hp_status write_callgraph(const hp_profile *profile, const hp_report_options *options,
                                 FILE *out, hp_error *error)
{
    return write_text(profile, options, out, false, true, error);
}

static hp_status write_gprof(const hp_profile *profile, const hp_report_options *options, FILE *out,
                             hp_error *error)
{
    return write_text(profile, options, out, true, true, error);
}

const hp_report hp_report_gprof = {
    .name = "gprof",
    .description = "flat profile and call graph, as gprof prints them",
    .write = write_gprof,
};
const hp_report hp_report_flat = {
    .name = "flat",
    .description = "flat profile: the cost of each function",
    .write = write_flat,
};
const hp_report hp_report_callgraph = {
    .name = "callgraph",
    .description = "call graph: who calls whom, and what it costs",
    .write = write_callgraph,
};
