// SPDX-License-Identifier: MIT
#include "text/difference.h"

#include "text/summary.h"

#include <stdlib.h>
#include <string.h>

static double change_percent(const hp_graph_text *text, uint64_t cost, uint64_t base)
{
    return hp_callgraph_change_percent(&text->graph, cost, base);
}

/* --- Flat profile -------------------------------------------------------------------------- */

/* Adds two blanks and "CHANGE BASE NOW". */
static void add_costs(hp_graph_text *text, int width, uint64_t cost, uint64_t base)
{
    hp_add_text(text, " ");
    hp_add_number(text, width, hp_scale_change(&text->scale, cost, base));
    hp_add_number(text, width, hp_scale_cost(&text->scale, base));
    hp_add_number(text, width, hp_scale_cost(&text->scale, cost));
}

/* The same of numbers of calls, but with one blank. */
static void add_calls(hp_graph_text *text, int width, uint64_t calls, uint64_t base)
{
    hp_add_number(text, width, hp_number_calls_change(calls, base));
    hp_add_number(text, width, hp_number_calls(base));
    hp_add_number(text, width, hp_number_calls(calls));
}

static void print_flat_row(hp_graph_text *text, const hp_flat_row *row, int width, int calls_width)
{
    const hp_node *node = row->node;
    double percent = change_percent(text, node->self, node->base_self);
    const char *mark = hp_presence_mark(node);

    hp_begin_line(text, percent);
    hp_buffer_add_number(&text->lines, 0, 8, hp_number_signed(percent, 2));
    add_costs(text, width, node->self, node->base_self);
    add_costs(text, width, node->inclusive, node->base_inclusive);
    hp_add_text(text, " ");
    add_calls(text, calls_width, row->calls, row->base_calls);
    hp_add_text(text, "  ");
    hp_add_label(text, node->function, (int)strlen(mark));
    hp_add_text(text, mark);
    hp_end_line(text);
}

static void explain_flat(const hp_graph_text *text)
{
    fprintf(text->out,
            "\n"
            "What the columns mean:\n"
            "\n"
            "%%          change of self, in percent of the base's total; the sum of this column\n"
            "           is the change of the total\n"
            "self       %s of the function itself, without what it called\n"
            "inclusive  %s of the function with all that it called\n"
            "calls      how often it was called, also by itself\n"
            "change     the number now, less the number in the base\n"
            "name       with its file and first line, if they are known\n"
            "\n"
            "<added>: only the new profile has the function; <removed>: only the base has it.\n"
            "Functions may have moved to other lines.\n",
            text->scale.noun, text->scale.noun);
}

bool hp_print_flat_difference(hp_graph_text *text)
{
    int width = text->cost_width > 9 ? text->cost_width : 9, calls_width = 6;
    size_t count, shown = text->options->limit;
    hp_flat_row *rows = hp_flat_rows_new(text, &count);

    if (!rows)
        return false;
    for (const hp_flat_row *r = rows; r < rows + count; r++) {
        calls_width = hp_number_widen(calls_width, hp_number_calls_change(r->calls, r->base_calls));
        calls_width = hp_number_widen(calls_width, hp_number_calls(r->calls));
        calls_width = hp_number_widen(calls_width, hp_number_calls(r->base_calls));
    }
    shown = shown && shown < count ? shown : count;
    fputs("Flat profile, less that of the base:\n\n", text->out);
    hp_print_totals(text->out, &text->graph, &text->scale, text->options);
    hp_print_unknown_calls(text->out, &text->graph);
    fprintf(text->out, "%8s  %*s %*s %*s  %*s %*s %*s  %*s %*s %*s\n", "%", width, "self", width,
            "self", width, "self", width, "inclusive", width, "inclusive", width, "inclusive",
            calls_width, "calls", calls_width, "calls", calls_width, "calls");
    fprintf(text->out, "%8s  %*s %*s %*s  %*s %*s %*s  %*s %*s %*s  name\n", "change", width,
            "change", width, "base", width, "now", width, "change", width, "base", width, "now",
            calls_width, "change", calls_width, "base", calls_width, "now");
    for (size_t i = 0; i < shown; i++)
        print_flat_row(text, &rows[i], width, calls_width);
    hp_write_lines(text);
    if (shown < count)
        fprintf(text->out, "\n%zu of %zu functions; the others are not shown.\n", shown, count);
    if (!text->options->brief)
        explain_flat(text);
    free(rows);
    return true;
}

/* --- Call graph ---------------------------------------------------------------------------- */

typedef struct numbers {
    uint64_t self, inclusive, calls;
} numbers;

/* Adds the columns between the percentage and the name. */
static void add_numbers(hp_graph_text *text, bool costs, numbers now, numbers base)
{
    int width = text->cost_width;

    if (costs) {
        hp_add_number(text, width, hp_scale_change(&text->scale, now.inclusive, base.inclusive));
        hp_add_number(text, width, hp_scale_change(&text->scale, now.self, base.self));
        hp_add_number(text, width, hp_scale_cost(&text->scale, base.inclusive));
        hp_add_number(text, width, hp_scale_cost(&text->scale, now.inclusive));
    } else {
        hp_buffer_add_right(&text->lines, 4 * (width + 1), "");
    }
    add_calls(text, text->calls_width, now.calls, base.calls);
    hp_add_text(text, " ");
}

static void print_node(hp_graph_text *text, uint32_t index, bool primary)
{
    const hp_node *node = &text->graph.nodes[index];
    double percent = change_percent(text, node->inclusive, node->base_inclusive);
    char number[16] = "";

    if (primary)
        snprintf(number, sizeof number, "[%u]", index + 1);
    hp_begin_line(text, percent);
    hp_buffer_add_left(&text->lines, text->index_width, number);
    hp_add_number(text, 8, primary ? hp_number_signed(percent, 2) : (hp_number){0});
    add_numbers(text, true,
                (numbers){node->self, node->inclusive, hp_add_counts(node->calls, node->recursive)},
                (numbers){node->base_self, node->base_inclusive,
                          hp_add_counts(node->base_calls, node->base_recursive)});
    hp_add_text(text, primary ? "" : "    ");
    hp_add_node(text, index);
}

static void print_arc(hp_graph_text *text, const hp_arc *arc, uint32_t other)
{
    hp_begin_line(text, change_percent(text, arc->inclusive, arc->base_inclusive));
    hp_buffer_add_right(&text->lines, text->index_width + 9, "");
    add_numbers(text, arc->caller != arc->callee,
                (numbers){hp_callgraph_arc_self(&text->graph, arc), arc->inclusive, arc->count},
                (numbers){hp_callgraph_arc_base_self(&text->graph, arc), arc->base_inclusive,
                          arc->base_count});
    hp_add_text(text, "    ");
    hp_add_node(text, other);
}

static void print_entry(hp_graph_text *text, uint32_t index)
{
    const hp_callgraph *graph = &text->graph;
    const hp_node *node = &graph->nodes[index];

    for (uint32_t i = 0; i < node->caller_count; i++)
        print_arc(text, &graph->callers[node->first_caller + i],
                  graph->callers[node->first_caller + i].caller);
    print_node(text, index, true);
    for (uint32_t i = 0; i < node->callee_count; i++)
        print_arc(text, &graph->callees[node->first_callee + i],
                  graph->callees[node->first_callee + i].callee);
    if (node->function == HP_NO_FUNCTION)
        for (uint32_t i = node->next_member; i != HP_NO_NODE; i = graph->nodes[i].next_member)
            print_node(text, i, false);
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
            "it calls is below; in both lists the one that changed most is next to the\n"
            "line. The numbers in brackets lead to other entries; those that changed most\n"
            "come first.\n"
            "\n"
            "%%          change of inclusive, in percent of the base's total\n"
            "inclusive  %s of the function with all that it called; above and below the\n"
            "           line of the function, of the calls by that caller or of that callee\n"
            "self       the part of inclusive in the function, or the callee, itself\n"
            "calls      how often it was called, also by itself\n"
            "change     the number now, less the number in the base\n"
            "\n"
            "<added>: only the new profile has the function; <removed>: only the base has it.\n"
            "Functions may have moved to other lines.\n"
            "\n"
            "Functions that call each other in a circle, in one of the two profiles or in\n"
            "both together, are a cycle. It has an entry as a whole, with its members.\n",
            text->scale.noun);
}

void hp_print_graph_difference(hp_graph_text *text)
{
    int index = text->index_width, width = text->cost_width, calls = text->calls_width;

    fputs(text->options->brief
              ? "\t\tCall graph, less that of the base\n\n\n"
              : "\t\tCall graph, less that of the base (explanation follows)\n\n\n",
          text->out);
    hp_print_totals(text->out, &text->graph, &text->scale, text->options);
    hp_print_estimates(text->out, &text->graph, &text->scale);
    hp_print_unknown_calls(text->out, &text->graph);
    hp_print_pruned(text);
    fprintf(text->out, "\n%-*s %8s %*s %*s %*s %*s %*s %*s %*s\n", index, "", "%", width,
            "inclusive", width, "self", width, "inclusive", width, "inclusive", calls, "calls",
            calls, "calls", calls, "calls");
    fprintf(text->out, "%-*s %8s %*s %*s %*s %*s %*s %*s %*s name\n", index, "index", "change",
            width, "change", width, "change", width, "base", width, "now", calls, "change", calls,
            "base", calls, "now");
    for (uint32_t i = 0; i < hp_entry_count(text); i++)
        print_entry(text, i);
    hp_write_lines(text);
    if (!text->options->brief)
        explain_graph(text);
}
