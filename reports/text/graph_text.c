// SPDX-License-Identifier: MIT
#include "text/graph_text.h"

#include "text/columns.h"
#include "text/terminal_color.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- Numbers and names --------------------------------------------------------------------- */

hp_number hp_graph_cost(const hp_graph_text *text, uint64_t cost)
{
    hp_number number = hp_scale_cost(&text->scale, cost);

    number.point_zero = !text->scale.time;
    return number;
}

void hp_begin_line(hp_graph_text *text, double percent)
{
    if (text->options->color)
        hp_add_text(text, hp_terminal_color(percent));
    text->line = text->lines.size;
}

void hp_end_line(hp_graph_text *text)
{
    enum { BLOCK_SIZE = 1 << 16 };

    if (text->options->color)
        hp_add_text(text, HP_COLOR_END);
    hp_add_text(text, "\n");
    if (text->lines.size >= BLOCK_SIZE)
        hp_write_lines(text);
}

void hp_write_lines(hp_graph_text *text)
{
    if (text->lines.size > 0)
        fwrite(text->lines.text, 1, text->lines.size, text->out);
    hp_buffer_clear(&text->lines);
}

/* Shortens the label that ends the line from start on, and stands at this column. */
static void shorten_label(hp_graph_text *text, size_t start, size_t column, size_t more)
{
    /* On a narrow terminal, a broken line is better than no name. */
    size_t width = text->options->width, used = column + more;
    size_t columns = width > used + 12 ? width - used : 12;
    hp_buffer *line = &text->lines;

    if (!line->failed && hp_columns_of(line->text + start) > columns) {
        char *shortened = hp_shortened(strdup(line->text + start), columns);

        line->failed |= !shortened;
        line->size = start;
        hp_add_text(text, shortened ? shortened : "");
        free(shortened);
    }
}

void hp_add_label(hp_graph_text *text, hp_function_id function, int more)
{
    const size_t start = text->lines.size;

    hp_label_add(&text->labels, function, &text->lines);
    if (text->options->width)
        shorten_label(text, start, start - text->line, (size_t)more);
}

void hp_add_node(hp_graph_text *text, uint32_t node)
{
    const hp_node *n = &text->graph.nodes[node];
    char more[80];
    int length;

    if (n->function == HP_NO_FUNCTION)
        length = snprintf(more, sizeof more, "<cycle %" PRIu32 " as a whole> [%" PRIu32 "]",
                          n->cycle, node + 1);
    else if (n->cycle)
        length = snprintf(more, sizeof more, "%s <cycle %" PRIu32 "> [%" PRIu32 "]",
                          hp_presence_mark(n), n->cycle, node + 1);
    else
        length = snprintf(more, sizeof more, "%s [%" PRIu32 "]", hp_presence_mark(n), node + 1);
    if (n->function != HP_NO_FUNCTION)
        hp_add_label(text, n->function, length);
    hp_add_text(text, more);
    hp_end_line(text);
}

/* --- Parts --------------------------------------------------------------------------------- */

uint32_t hp_entry_count(const hp_graph_text *text)
{
    size_t limit = text->options->limit;

    return limit && limit < text->graph.node_count ? (uint32_t)limit : text->graph.node_count;
}

static void print_pruned_cost(const hp_graph_text *text)
{
    const hp_callgraph *graph = &text->graph;

    if (graph->base)
        fprintf(text->out, "The functions that are not shown differ by %s%s in all.\n",
                hp_number_shown(
                    hp_scale_change(&text->scale, graph->pruned_self, graph->pruned_base_self))
                    .text,
                text->scale.time ? " seconds" : "");
    else if (graph->pruned_self > 0)
        fprintf(
            text->out, "The functions that are not shown cost %s%s themselves (%s %%).\n",
            hp_number_shown(hp_scale_cost(&text->scale, graph->pruned_self)).text,
            text->scale.time ? " seconds" : "",
            hp_number_shown(hp_number_rounded(hp_callgraph_percent(graph, graph->pruned_self), 2))
                .text);
}

void hp_print_pruned(const hp_graph_text *text)
{
    const hp_callgraph *graph = &text->graph;
    size_t functions = hp_profile_function_count(graph->profile);

    if (graph->pruned_functions || graph->pruned_arcs) {
        fprintf(text->out,
                "%zu of %zu functions and %" PRIu32 " of %" PRIu32
                " pairs of caller and callee; the others are not shown.\n",
                functions - graph->pruned_functions, functions, graph->arc_count,
                graph->arc_count + graph->pruned_arcs);
        print_pruned_cost(text);
    }
    if (hp_entry_count(text) < graph->node_count)
        fprintf(text->out, "%" PRIu32 " of %" PRIu32 " entries; the others are not shown.\n",
                hp_entry_count(text), graph->node_count);
}

static int order_numbers(uint64_t a, uint64_t base_a, uint64_t b, uint64_t base_b)
{
    uint64_t first = hp_distance(a, base_a), second = hp_distance(b, base_b);

    if (first == second) {
        first = a;
        second = b;
    }
    return (first < second) - (first > second);
}

static int order_by_name(const void *left, const void *right)
{
    const hp_flat_row *a = left, *b = right;

    return hp_label_compare(&a->text->labels, a->node->function, b->node->function);
}

/* Unknown numbers come last. */
static uint64_t known(uint64_t calls)
{
    return calls == HP_UNKNOWN ? 0 : calls;
}

static int order_by_calls(const void *left, const void *right)
{
    const hp_flat_row *a = left, *b = right;
    int by =
        order_numbers(known(a->calls), known(a->base_calls), known(b->calls), known(b->base_calls));

    return by != 0 ? by : order_by_name(a, b);
}

static int order_by_self(const void *left, const void *right)
{
    const hp_node *a = ((const hp_flat_row *)left)->node, *b = ((const hp_flat_row *)right)->node;
    int by = order_numbers(a->self, a->base_self, b->self, b->base_self);

    return by != 0 ? by : order_by_calls(left, right);
}

static int order_by_inclusive(const void *left, const void *right)
{
    const hp_node *a = ((const hp_flat_row *)left)->node, *b = ((const hp_flat_row *)right)->node;
    int by = order_numbers(a->inclusive, a->base_inclusive, b->inclusive, b->base_inclusive);

    return by != 0 ? by : order_by_self(left, right);
}

static int order_rows(const void *left, const void *right)
{
    static int (*const orders[])(const void *, const void *) = {
        [HP_SORT_SELF] = order_by_self,
        [HP_SORT_INCLUSIVE] = order_by_inclusive,
        [HP_SORT_CALLS] = order_by_calls,
    };
    const hp_flat_row *a = left, *b = right;

    if (a->by != b->by)
        return a->by > b->by ? -1 : 1;
    return orders[a->text->options->sort](a, b);
}

static uint64_t sorted_by(const hp_flat_row *row, hp_sort sort)
{
    const hp_node *node = row->node;

    switch (sort) {
    case HP_SORT_SELF:
        return hp_distance(node->self, node->base_self);
    case HP_SORT_INCLUSIVE:
        return hp_distance(node->inclusive, node->base_inclusive);
    case HP_SORT_CALLS:
        return hp_distance(known(row->calls), known(row->base_calls));
    default:
        return 0;
    }
}

static hp_flat_row *rows_new(hp_graph_text *text, hp_sort sort, size_t *count)
{
    const hp_callgraph *graph = &text->graph;
    hp_flat_row *rows = malloc((graph->node_count + 1) * sizeof *rows);

    *count = 0;
    for (uint32_t i = 0; rows && i < graph->node_count; i++) {
        const hp_node *node = &graph->nodes[i];
        hp_flat_row *row = &rows[*count];

        if (node->function == HP_NO_FUNCTION)
            continue;
        *row = (hp_flat_row){
            .node = node,
            .text = text,
            .calls = hp_profile_function(graph->profile, node->function)->calls,
            .base_calls = graph->base ? hp_profile_function(graph->base, node->function)->calls : 0,
        };
        row->by = sorted_by(row, sort);
        ++*count;
    }
    if (rows)
        qsort(rows, *count, sizeof *rows, sort == HP_SORT_NAME ? order_by_name : order_rows);
    return rows;
}

hp_flat_row *hp_flat_rows_new(hp_graph_text *text, size_t *count)
{
    return rows_new(text, text->options->sort, count);
}

/* The label of a function, or "<cycle 1>" in number. */
static const char *index_name(hp_graph_text *text, const hp_node *node, char number[32])
{
    if (node->function != HP_NO_FUNCTION)
        return hp_label(&text->labels, node->function);
    snprintf(number, 32, "<cycle %" PRIu32 ">", node->cycle);
    return number;
}

/* Adds "[number] name" in a cell of this width. */
static void add_cell(hp_graph_text *text, const hp_node *node, size_t columns)
{
    size_t used = text->index_width + 1, start;
    char number[32];
    const char *name;

    snprintf(number, sizeof number, "[%td]", node - text->graph.nodes + 1);
    hp_buffer_add_right(&text->lines, text->index_width, number);
    hp_add_text(text, " ");
    name = index_name(text, node, number);
    start = text->lines.size;
    hp_add_text(text, name);
    if (text->options->width)
        shorten_label(text, start, used, 0);
    used += hp_columns_of(name);
    if (used < columns)
        hp_buffer_add_right(&text->lines, (int)(columns - used), "");
}

bool hp_print_index(hp_graph_text *text)
{
    const hp_callgraph *graph = &text->graph;
    size_t count, all;
    hp_flat_row *rows = rows_new(text, HP_SORT_NAME, &count);
    char number[32];

    if (!rows)
        return false;
    for (uint32_t i = 0; i < graph->cycle_count; i++)
        rows[count++] = (hp_flat_row){.node = &graph->nodes[graph->wholes[i]]};
    all = count;
    count = 0;
    for (size_t i = 0; i < all; i++)
        if (rows[i].node < graph->nodes + hp_entry_count(text))
            rows[count++] = rows[i];

    size_t cell = 28;

    for (size_t i = 0; i < count; i++) {
        size_t needed =
            text->index_width + 2 + hp_columns_of(index_name(text, rows[i].node, number));

        cell = needed > cell ? needed : cell;
    }

    /* As in gprof, the blanks after the last name of a line may stand beyond its edge. */
    size_t page = text->options->width ? text->options->width : 80;
    size_t columns = cell <= (page + 4) / 2 ? (page + 4) / cell : 1;
    size_t lines = (count + columns - 1) / columns;

    fputs("Index by function name\n\n", text->out);
    for (size_t line = 0; line < lines; line++) {
        for (size_t at = line; at < count; at += lines)
            add_cell(text, rows[at].node, at + lines < count ? cell : 0);
        hp_add_text(text, "\n");
        hp_write_lines(text);
    }
    free(rows);
    return true;
}

/* --- All of it ----------------------------------------------------------------------------- */

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t more_calls(uint64_t most, uint64_t calls, uint64_t base_calls)
{
    most = calls == HP_UNKNOWN ? most : larger(most, calls);
    return base_calls == HP_UNKNOWN ? most : larger(most, base_calls);
}

/* Sets the widths of the columns of the call graph. */
static void measure(hp_graph_text *text)
{
    const hp_callgraph *graph = &text->graph;
    uint64_t largest = larger(graph->total, graph->base_total), calls = 0;
    int sign = graph->base != NULL;

    text->scale = hp_scale_of(graph);
    for (const hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++) {
        largest = larger(largest, larger(node->inclusive, node->base_inclusive));
        calls = more_calls(calls, node->calls, node->base_calls);
        calls = more_calls(calls, node->recursive, node->base_recursive);
    }
    for (const hp_arc *arc = graph->callees; arc < graph->callees + graph->arc_count; arc++) {
        largest = larger(largest, larger(arc->inclusive, arc->base_inclusive));
        calls = more_calls(calls, arc->count, arc->base_count);
    }
    text->index_width = hp_number_widen(4, hp_number_fixed(graph->node_count, 0)) + 2;
    text->cost_width = hp_number_widen(7 + sign, hp_graph_cost(text, largest)) + sign;
    text->calls_width = hp_number_widen(7, hp_number_calls(calls)) + sign;
}

hp_status hp_graph_text_begin(hp_graph_text *text, const hp_profile *profile,
                              const hp_report_options *options, bool in_order, FILE *out,
                              hp_error *error)
{
    *text = (hp_graph_text){.out = out, .options = options};

    hp_status status = (in_order ? hp_callgraph_build : hp_callgraph_gather)(
        &text->graph, profile, options->base, options->event, error);

    if (status != HP_OK)
        return status;
    measure(text);
    return hp_labels_init(&text->labels, profile, false) ? HP_OK : hp_no_memory(error);
}

bool hp_graph_text_failed(const hp_graph_text *text)
{
    return text->lines.failed || text->labels.one.failed || text->labels.other.failed;
}

void hp_graph_text_end(hp_graph_text *text)
{
    hp_labels_free(&text->labels);
    free(text->lines.text);
    hp_callgraph_free(&text->graph);
}
