// SPDX-License-Identifier: MIT
/* The flat profile, the call graph and the index of names in the layout of GNU gprof, for programs
 * that read that. */
#include "report_table.h"
#include "text/difference.h"
#include "text/graph_text.h"
#include "text/summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static hp_number cost(const hp_graph_text *text, uint64_t value)
{
    return hp_scale_cost(&text->scale, value);
}

static const hp_number none = {0};

static void begin_line(hp_graph_text *text, uint64_t part)
{
    hp_begin_line(text, hp_callgraph_percent(&text->graph, part));
}

/* --- Flat profile ------------------------------------------------------------------------ */

static bool has_calls(const hp_flat_row *row)
{
    return row->calls && row->calls != HP_UNKNOWN;
}

/* Only if has_calls. */
static uint64_t primitive_calls(const hp_graph_text *text, const hp_flat_row *row)
{
    uint64_t calls = hp_profile_function(text->graph.profile, row->node->function)->primitive;

    return calls && calls != HP_UNKNOWN ? calls : row->calls;
}

/* The unit of times per call: the largest one in which the longest time is at least 1, with as many
 * decimals as the shortest time needs not to be 0. */
typedef struct per_call {
    const char *name;
    double unit;
    unsigned decimals;
    int width;
} per_call;

static per_call per_call_for(const hp_graph_text *text, const hp_flat_row *rows, size_t count)
{
    static const per_call units[] = {{"s/call", 1e9, 9, 8},
                                     {"ms/call", 1e6, 6, 8},
                                     {"us/call", 1e3, 3, 8},
                                     {"ns/call", 1, 2, 8}};
    double longest = 0, shortest = 1e30;
    per_call chosen = {"cost/call", 1, 2, 9};

    for (const hp_flat_row *r = rows; r < rows + count; r++) {
        double self = has_calls(r) ? (double)r->node->self / (double)r->calls : 0;
        double total =
            has_calls(r) ? (double)r->node->inclusive / (double)primitive_calls(text, r) : 0;

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
    chosen.width =
        hp_number_widen(chosen.width, hp_number_rounded(longest / chosen.unit, chosen.decimals));
    return chosen;
}

static hp_number cost_per_call(const per_call *per, uint64_t cost, uint64_t calls)
{
    return hp_number_rounded((double)cost / (double)calls / per->unit, per->decimals);
}

static void print_flat_rows(hp_graph_text *text, const hp_flat_row *rows, size_t count,
                            size_t limit)
{
    per_call per = per_call_for(text, rows, count);
    int width = text->cost_width > 8 ? text->cost_width : 8, calls_width = 8;
    uint64_t cumulative = 0, most_calls = 0;

    for (const hp_flat_row *r = rows; r < rows + count; r++)
        most_calls = r->calls > most_calls && r->calls != HP_UNKNOWN ? r->calls : most_calls;
    calls_width = hp_number_widen(calls_width, hp_number_calls(most_calls));
    fprintf(text->out, "  %%   %*s%*s%*s%*s%*s\n", width + 2, "cumulative", width + 1, "self  ",
            calls_width + 1, "", per.width + 1, "self  ", per.width, "total");
    fprintf(text->out, " %-4s%*s%*s%*s%*s%*s  name\n", text->scale.noun, width + 2,
            text->scale.time ? "seconds" : "cost", width + 2, text->scale.time ? "seconds" : "cost",
            calls_width + 1, "calls", per.width + 1, per.name, per.width + 1, per.name);
    for (const hp_flat_row *r = rows; r < rows + limit; r++) {
        const double share = hp_callgraph_percent(&text->graph, r->node->self);

        cumulative += r->node->self;
        hp_begin_line(text, share);
        hp_buffer_add_number(&text->lines, 0, 6, hp_number_rounded(share, 2));
        hp_add_number(text, width + 1, cost(text, cumulative));
        hp_add_number(text, width, cost(text, r->node->self));
        hp_add_number(text, calls_width, has_calls(r) ? hp_number_calls(r->calls) : none);
        hp_add_number(text, per.width,
                      has_calls(r) ? cost_per_call(&per, r->node->self, r->calls) : none);
        hp_add_number(text, per.width,
                      has_calls(r)
                          ? cost_per_call(&per, r->node->inclusive, primitive_calls(text, r))
                          : none);
        hp_add_text(text, "  ");
        hp_add_label(text, r->node->function, 0);
        hp_end_line(text);
    }
    hp_write_lines(text);
    if (limit < count)
        fprintf(text->out, "\n%zu of %zu functions; the others are not shown.\n", limit, count);
}

static void explain_flat(const hp_graph_text *text)
{
    fprintf(text->out,
            "\n"
            "What the columns mean:\n"
            "\n"
            "%% %s      self, in percent of all %s\n"
            "cumulative  sum of self of this line and of all lines above it\n"
            "self        %s of the function itself, without what it called\n"
            "calls       how often it was called, also by itself\n"
            "self/call   self, divided by calls\n"
            "total/call  average %s from its start to its end, with all that it called;\n"
            "            a call from within the function is part of the outer call\n"
            "name        with its file and first line, if they are known\n",
            text->scale.noun, text->scale.noun, text->scale.noun, text->scale.noun);
}

static bool print_flat(hp_graph_text *text)
{
    size_t count, limit = text->options->limit;
    hp_flat_row *rows = hp_flat_rows_new(text, &count);

    if (!rows)
        return false;
    fputs("Flat profile:\n\n", text->out);
    hp_print_totals(text->out, &text->graph, &text->scale, text->options);
    hp_print_unknown_calls(text->out, &text->graph);
    print_flat_rows(text, rows, count, limit && limit < count ? limit : count);
    if (!text->options->brief)
        explain_flat(text);
    free(rows);
    return true;
}

/* --- Call graph -------------------------------------------------------------------------- */

/* The column where names begin. Those of callers and callees begin 4 columns further right. */
static int names_column(const hp_graph_text *text)
{
    return text->index_width + 11 + 2 * text->cost_width + 2 * text->calls_width;
}

/* Adds what is behind a number of calls. */
static void add_more_calls(hp_graph_text *text, const char *sign, hp_number more)
{
    hp_add_text(text, sign);
    hp_buffer_add_left(&text->lines, text->calls_width, hp_number_shown(more).text);
}

static void print_arc(hp_graph_text *text, const hp_arc *arc, uint32_t other)
{
    const hp_callgraph *graph = &text->graph;
    const hp_node *caller = &graph->nodes[arc->caller], *callee = &graph->nodes[arc->callee];
    uint64_t self = hp_callgraph_arc_self(graph, arc);
    uint64_t calls = callee->calls;
    int width = text->cost_width;

    if (callee->cycle)
        calls = graph->nodes[graph->wholes[callee->cycle - 1]].calls;
    begin_line(text, arc->inclusive);
    hp_buffer_add_right(&text->lines, text->index_width + 6, "");
    hp_add_number(text, width, caller == callee ? none : hp_graph_cost(text, self));
    hp_add_number(text, width,
                  caller == callee ? none : hp_graph_cost(text, arc->inclusive - self));
    hp_add_number(text, text->calls_width, hp_number_calls(arc->count));
    if (caller == callee || (callee->cycle && caller->cycle == callee->cycle) ||
        arc->count == HP_UNKNOWN || calls == HP_UNKNOWN)
        add_more_calls(text, " ", none);
    else
        add_more_calls(text, "/", hp_number_calls(calls));
    hp_add_text(text, "     ");
    hp_add_node(text, other);
}

/* Adds "calls+recursive"; blanks if there are no calls or they are unknown. */
static void add_calls(hp_graph_text *text, const hp_node *node)
{
    bool unknown = node->calls == HP_UNKNOWN || node->recursive == HP_UNKNOWN;

    if (unknown || (node->calls == 0 && node->recursive == 0)) {
        hp_add_number(text, text->calls_width, none);
        add_more_calls(text, " ", none);
    } else {
        hp_add_number(text, text->calls_width, hp_number_calls(node->calls));
        add_more_calls(text, node->recursive ? "+" : " ",
                       node->recursive ? hp_number_calls(node->recursive) : none);
    }
}

/* Adds the costs and the calls of a function or a cycle. */
static void add_costs(hp_graph_text *text, const hp_node *node)
{
    uint64_t children = node->inclusive > node->self ? node->inclusive - node->self : 0;

    hp_add_number(text, text->cost_width, hp_graph_cost(text, node->self));
    hp_add_number(text, text->cost_width, hp_graph_cost(text, children));
    add_calls(text, node);
}

static void print_entry(hp_graph_text *text, uint32_t index)
{
    const hp_callgraph *graph = &text->graph;
    const hp_node *node = &graph->nodes[index];
    char number[16];

    if (node->function != HP_NO_FUNCTION && node->spontaneous) {
        hp_buffer_add_right(&text->lines, names_column(text) + 4, "");
        hp_add_text(text, "<spontaneous>\n");
    }
    for (uint32_t i = 0; i < node->caller_count; i++) {
        const hp_arc *arc = &graph->callers[node->first_caller + i];

        print_arc(text, arc, arc->caller);
    }

    snprintf(number, sizeof number, "[%" PRIu32 "]", index + 1);
    begin_line(text, node->inclusive);
    hp_buffer_add_left(&text->lines, text->index_width, number);
    hp_add_number(text, 5, hp_number_rounded(hp_callgraph_percent(graph, node->inclusive), 1));
    add_costs(text, node);
    hp_add_text(text, " ");
    hp_add_node(text, index);

    for (uint32_t i = 0; i < node->callee_count; i++) {
        const hp_arc *arc = &graph->callees[node->first_callee + i];

        print_arc(text, arc, arc->callee);
    }
    for (uint32_t i = node->next_member; node->function == HP_NO_FUNCTION && i != HP_NO_NODE;
         i = graph->nodes[i].next_member) {
        const hp_node *member = &graph->nodes[i];

        begin_line(text, member->inclusive);
        hp_buffer_add_right(&text->lines, text->index_width + 6, "");
        add_costs(text, member);
        hp_add_text(text, "     ");
        hp_add_node(text, i);
    }
    hp_add_text(text, "-----------------------------------------------\n");
}

static void explain_graph(const hp_graph_text *text)
{
    fprintf(text->out,
            "\n"
            "How to read an entry:\n"
            "\n"
            "An entry, from one line of dashes to the next, describes the function whose\n"
            "line begins with a number in brackets. Its callers are above that line, what\n"
            "it calls is below; in both lists the most expensive one is next to the line.\n"
            "The numbers in brackets lead to other entries, which are in order of cost.\n"
            "\n"
            "The line of the function:\n"
            "  %% time    %s of the function and what it called, in percent of the total\n"
            "  self      %s of the function itself\n"
            "  children  %s of what it called\n"
            "  called    calls by others + calls by itself\n"
            "\n"
            "A line above, of a caller:\n"
            "  self      the function's self for calls by this caller\n"
            "  children  the function's children for calls by this caller; the sum of both\n"
            "            is recorded, and divided like self and children of the function\n"
            "  called    calls by this caller / calls by all others\n"
            "\n"
            "A line below, of a function that is called:\n"
            "  self      the callee's self for calls by the function\n"
            "  children  the callee's children for calls by the function\n"
            "  called    calls by the function / calls by all others\n"
            "\n"
            "<spontaneous>: the callers are not known. %s is not a\n"
            "function of the program: it is what ran outside of all functions, and calls\n"
            "those that nothing else called.\n"
            "\n"
            "Functions that call each other in a circle are a cycle. Its entry as a whole\n"
            "lists the members; its calls are those from outside + those between members.\n"
            "For a member, the number after the / counts all calls that enter the cycle.\n"
            "A call between members has no /. It costs nothing more if the called function\n"
            "is already running.\n",
            text->scale.noun, text->scale.noun, text->scale.noun, HP_INTERPRETER);
}

static void print_graph(hp_graph_text *text)
{
    int index = text->index_width, width = text->cost_width, calls = text->calls_width;

    fputs(text->options->brief ? "\t\t\tCall graph\n\n\n"
                               : "\t\t     Call graph (explanation follows)\n\n\n",
          text->out);
    hp_print_totals(text->out, &text->graph, &text->scale, text->options);
    hp_print_estimates(text->out, &text->graph, &text->scale);
    hp_print_unknown_calls(text->out, &text->graph);
    hp_print_pruned(text);
    fprintf(text->out, "\n%-*s%% time %*s %*s %*s %*s\n", index, "index", width, "self", width + 2,
            "children", calls + 2, "called", calls + 1, "name");
    for (uint32_t i = 0; i < hp_entry_count(text); i++)
        print_entry(text, i);
    hp_write_lines(text);
    if (!text->options->brief)
        explain_graph(text);
}

/* --- The reports ------------------------------------------------------------------------- */

static hp_status write_text(const hp_profile *profile, const hp_report_options *options, FILE *out,
                            bool flat, bool graph, hp_error *error)
{
    bool (*const print_one)(hp_graph_text *) =
        options->base ? hp_print_flat_difference : print_flat;
    void (*const print_other)(hp_graph_text *) =
        options->base ? hp_print_graph_difference : print_graph;
    hp_graph_text text;
    hp_status status = hp_graph_text_begin(&text, profile, options, graph, out, error);
    bool whole = true;

    if (status == HP_OK && flat)
        whole = print_one(&text);
    if (status == HP_OK && whole && flat && graph)
        fputs("\f\n", out);
    if (status == HP_OK && whole && graph) {
        hp_callgraph_prune(&text.graph, options->node_threshold.percent,
                           options->edge_threshold.percent);
        print_other(&text);
        fputs("\f\n", out);
        whole = hp_print_index(&text);
    }
    whole = whole && !hp_graph_text_failed(&text);
    hp_graph_text_end(&text);
    return whole ? status : hp_no_memory(error);
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
    .description = "flat profile and call graph, in the layout of gprof",
    .manual =
        "the flat profile and the call graph, in the layout of GNU gprof(1); this is the default",
    .write = write_gprof,
    .uses = HP_USES_EVENT | HP_USES_SORT | HP_USES_LIMIT | HP_USES_THRESHOLDS | HP_USES_TEXT,
};
const hp_report hp_report_flat = {
    .name = "flat",
    .description = "flat profile: functions by cost",
    .manual = "the flat profile: functions in order of their self cost",
    .write = write_flat,
    .uses = HP_USES_EVENT | HP_USES_SORT | HP_USES_LIMIT | HP_USES_TEXT,
};
const hp_report hp_report_callgraph = {
    .name = "callgraph",
    .description = "call graph: callers and callees of each function",
    .manual = "the call graph: each function between its callers and its callees",
    .write = write_callgraph,
    .uses = HP_USES_EVENT | HP_USES_LIMIT | HP_USES_THRESHOLDS | HP_USES_TEXT,
};
