// SPDX-License-Identifier: MIT
#include "chart/chart.h"

#include "chart/box_names.h"
#include "chart/choice.h"
#include "escape.h"
#include "tell_apart.h"
#include "text/columns.h"
#include "text/labels.h"
#include "text/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* With more functions, labels of calls would overlap, and slow the layout down. */
enum { LABELLED_MAX = 400 };

/* Defaults, in percent. DRAWN_MIN functions are drawn whatever they cost. */
const double hp_chart_threshold = 0.5;
static const double edge_threshold = 0.1;
enum { DRAWN_MIN = 10 };

/* --- What is written ----------------------------------------------------------------------- */

HP_PRINTF(1, 2) static char *format(const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text = malloc((size_t)length + 1);
    if (!text)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

/* Writes "3+10×", 10 of the calls being by the function itself; "" if a number is unknown. */
static void print_calls(char *text, size_t size, uint64_t calls, uint64_t recursive)
{
    if (calls == HP_UNKNOWN || recursive == HP_UNKNOWN)
        *text = '\0';
    else if (recursive)
        snprintf(text, size, "%" PRIu64 "+%" PRIu64 "×", calls, recursive);
    else
        snprintf(text, size, "%" PRIu64 "×", calls);
}

static hp_shown_number percent(double number)
{
    return hp_number_shown(hp_number_rounded(number, 2));
}

static hp_shown_number change(const hp_callgraph *graph, uint64_t cost, uint64_t base_cost)
{
    return hp_number_shown(
        hp_number_signed(hp_callgraph_change_percent(graph, cost, base_cost), 2));
}

static char *compared_numbers_of(const hp_callgraph *graph, const hp_node *node)
{
    char calls[80], base_calls[80];

    print_calls(calls, sizeof calls, node->calls, node->recursive);
    print_calls(base_calls, sizeof base_calls, node->base_calls, node->base_recursive);
    bool counted = *calls && *base_calls;

    return format("%s%% (%s%%)\n%s%% -> %s%%%s%s%s%s",
                  change(graph, node->inclusive, node->base_inclusive).text,
                  change(graph, node->self, node->base_self).text,
                  percent(hp_callgraph_base_percent(graph, node->base_inclusive)).text,
                  percent(hp_callgraph_percent(graph, node->inclusive)).text, counted ? ", " : "",
                  counted ? base_calls : "", counted ? " -> " : "", counted ? calls : "");
}

static char *numbers_of(const hp_callgraph *graph, const hp_node *node)
{
    char calls[80] = "";

    if (graph->base)
        return compared_numbers_of(graph, node);
    if (node->calls || node->recursive)
        print_calls(calls, sizeof calls, node->calls, node->recursive);
    if (graph->total == 0)
        return format("%s", calls);
    return format("%s%% (%s%%)%s%s", percent(hp_callgraph_percent(graph, node->inclusive)).text,
                  percent(hp_callgraph_percent(graph, node->self)).text, *calls ? " " : "", calls);
}

static bool is_light(const hp_callgraph *graph, uint64_t cost, uint64_t base_cost, double percent)
{
    return 100 * fabs(hp_choice_share(graph, cost, base_cost)) < percent;
}

static bool write_node(const hp_callgraph *graph, uint32_t number, hp_chart_node *node)
{
    const hp_node *from = &graph->nodes[number];

    *node = (hp_chart_node){
        .node = number,
        .numbers = numbers_of(graph, from),
        .share = hp_choice_share(graph, from->inclusive, from->base_inclusive),
    };
    return node->numbers;
}

/* Names all functions, which must be chosen. */
static bool name_nodes(hp_chart *chart)
{
    const hp_callgraph *graph = &chart->graph;
    hp_function_id *functions = malloc((chart->node_count + 1) * sizeof *functions);
    hp_box_name *names = malloc((chart->node_count + 1) * sizeof *names);
    bool whole = functions && names;

    for (uint32_t i = 0; whole && i < chart->node_count; i++)
        functions[i] = graph->nodes[chart->nodes[i].node].function;
    if (whole) {
        whole = hp_box_names_make(graph->profile, functions, chart->node_count, names);
        for (uint32_t i = 0; i < chart->node_count; i++) {
            hp_chart_node *node = &chart->nodes[i];

            node->name = names[i].name;
            node->place =
                hp_name_append(names[i].place, "%s", hp_presence_mark(&graph->nodes[node->node]));
            whole = whole && node->place;
        }
    }
    free(functions);
    free(names);
    return whole;
}

/* "a.prof", "a.prof and 3 more" or a given title, up to so many columns. */
static char *name_of_profile(const hp_profile *profile, const char *title, size_t columns)
{
    size_t inputs = hp_profile_input_count(profile);
    const char *input = inputs ? hp_profile_input(profile, 0)->name : "profile";
    const char *base = strrchr(input, '/'), *name = title ? title : base ? base + 1 : input;
    char *shown = hp_isolated(hp_shortened(hp_escaped(hp_string_of(name)), columns));

    return title || inputs < 2 ? shown : hp_name_append(shown, " and %zu more", inputs - 1);
}

static char *title_of(const hp_profile *profile, const hp_report_options *options)
{
    char *title = name_of_profile(profile, options->title, options->base ? 60 : 90);
    char *base = title && options->base ? name_of_profile(options->base, NULL, 60) : NULL;

    if (!options->base)
        return title;
    if (base)
        title = hp_name_append(title, ", compared with %s", base);
    else
        free(title);
    free(base);
    return base ? title : NULL;
}

static char *subtitle_of(const hp_chart *chart, const hp_report_options *options)
{
    const hp_callgraph *graph = &chart->graph;
    hp_scale scale = hp_scale_of(graph);
    uint32_t functions = graph->node_count - graph->cycle_count;
    uint64_t self = graph->total,
             base_self = graph->base_total; /* of the functions that are not drawn */
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (uint32_t i = 0; i < chart->node_count; i++) {
        self -= graph->nodes[chart->nodes[i].node].self;
        base_self -= graph->nodes[chart->nodes[i].node].base_self;
    }
    hp_print_totals(out, graph, &scale, options);
    fprintf(out, "%" PRIu32 " of %" PRIu32 " functions, %" PRIu32 " of %" PRIu32 " calls",
            chart->node_count, functions, chart->arc_count, graph->arc_count);
    if (graph->base && (self || base_self))
        fprintf(out, "; left out: %s%% self", change(graph, self, base_self).text);
    else if (self)
        fprintf(out, "; left out: %s%% self", percent(hp_callgraph_percent(graph, self)).text);
    if (graph->estimated_count)
        fputs("; some costs are estimated", out);
    if (graph->unknown_count && graph->unknown_count == graph->arc_count)
        fputs("; numbers of calls are unknown", out);
    if (fclose(out) != 0 || !text) { /* fclose may succeed without the memory for the text */
        free(text);
        return NULL;
    }
    for (char *c = text; (c = strchr(c, '\n'));)
        *c = ' ';
    return text;
}

/* --- What is drawn ------------------------------------------------------------------------- */

static double percent_of(hp_threshold threshold, double otherwise)
{
    return threshold.given ? threshold.percent : otherwise;
}

static bool choose_nodes(hp_chart *chart, size_t max_nodes, double least)
{
    const hp_callgraph *graph = &chart->graph;
    hp_threshold threshold = chart->options->node_threshold;
    const hp_choice choice = {max_nodes, threshold.given ? 0 : DRAWN_MIN,
                              percent_of(threshold, least)};
    uint32_t *chosen = malloc((max_nodes + 1) * sizeof *chosen);
    size_t count = chosen ? hp_choice_make(graph, &choice, chosen) : SIZE_MAX;
    bool whole = count != SIZE_MAX;

    for (size_t i = 0; whole && i < count; i++) {
        chart->node_max = ++chart->node_count;
        whole = write_node(graph, chosen[i], &chart->nodes[i]);
    }
    free(chosen);
    return whole && name_nodes(chart);
}

/* A call that may be drawn. */
struct candidate {
    const hp_arc *arc;
    double share;
    bool heaviest;
};

static int order_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->heaviest != b->heaviest)
        return b->heaviest - a->heaviest;
    if (fabs(a->share) != fabs(b->share))
        return fabs(a->share) < fabs(b->share) ? 1 : -1;
    if (a->arc->count != b->arc->count)
        return a->arc->count < b->arc->count ? 1 : -1;
    return a->arc < b->arc ? -1 : a->arc > b->arc;
}

static int order_arcs(const void *left, const void *right)
{
    const hp_chart_arc *a = left, *b = right;

    return a->caller != b->caller ? (a->caller > b->caller) - (a->caller < b->caller)
                                  : (a->callee > b->callee) - (a->callee < b->callee);
}

static size_t find_candidates(const hp_chart *chart, double threshold, const uint32_t *places,
                              struct candidate *candidates)
{
    const hp_callgraph *graph = &chart->graph;
    size_t count = 0;

    for (uint32_t i = 0; i < chart->node_count; i++) {
        const hp_node *node = &graph->nodes[chart->nodes[i].node];
        bool heaviest = true;

        for (uint32_t c = node->caller_count; c-- > 0;) { /* the heaviest one is last */
            const hp_arc *arc = &graph->callers[node->first_caller + c];

            if (places[arc->caller] == HP_NO_NODE || arc->caller == arc->callee ||
                (!heaviest && is_light(graph, arc->inclusive, arc->base_inclusive, threshold)))
                continue;
            candidates[count++] = (struct candidate){
                arc, hp_choice_share(graph, arc->inclusive, arc->base_inclusive), heaviest};
            heaviest = false;
        }
    }
    return count;
}

static char *arc_label(const hp_callgraph *graph, const hp_arc *arc)
{
    hp_shown_number share = graph->base ? change(graph, arc->inclusive, arc->base_inclusive)
                                        : percent(hp_callgraph_percent(graph, arc->inclusive));

    if (arc->count == HP_UNKNOWN || arc->base_count == HP_UNKNOWN)
        return format("%s%%", share.text);
    if (graph->base)
        return format("%s%%\n%" PRIu64 " -> %" PRIu64 "×", share.text, arc->base_count, arc->count);
    return format("%s%%\n%" PRIu64 "×", share.text, arc->count);
}

static void forget_arcs(hp_chart *chart)
{
    for (uint32_t i = 0; i < chart->arc_count; i++)
        free(chart->arcs[i].label);
    chart->arc_count = 0;
}

/* Labels the heavy calls of functions that others call as well: elsewhere the box tells the same.
 */
static bool label_arcs(hp_chart *chart, const struct candidate *candidates, const uint32_t *places)
{
    uint32_t *callers = calloc((size_t)chart->node_count + 1, sizeof *callers);
    bool ok = callers != NULL;

    for (uint32_t i = 0; ok && i < chart->arc_count; i++)
        callers[places[candidates[i].arc->callee]]++;
    for (uint32_t i = 0; ok && i < chart->arc_count; i++)
        if (callers[chart->arcs[i].callee] > 1 &&
            hp_look_is_heavy(&chart->palette, chart->arcs[i].share))
            ok = (chart->arcs[i].label = arc_label(&chart->graph, candidates[i].arc)) != NULL;
    free(callers);
    return ok;
}

/* places: of each node of the graph its number in the chart, or HP_NO_NODE. */
static bool choose_arcs(hp_chart *chart, const uint32_t *places)
{
    const hp_callgraph *graph = &chart->graph;
    double threshold = percent_of(chart->options->edge_threshold, edge_threshold);
    struct candidate *candidates = malloc((graph->arc_count + 1) * sizeof *candidates);
    size_t count, max = (size_t)chart->node_count + chart->node_count / 2;
    bool ok = true;

    if (!candidates)
        return false;
    count = find_candidates(chart, threshold, places, candidates);
    qsort(candidates, count, sizeof *candidates, order_candidates);
    for (size_t i = 0; i < count && i < max; i++) {
        const hp_arc *arc = candidates[i].arc;

        chart->arcs[chart->arc_count++] = (hp_chart_arc){
            .caller = places[arc->caller],
            .callee = places[arc->callee],
            .share = candidates[i].share,
            .heaviest = candidates[i].heaviest,
        };
    }
    if (chart->node_count <= LABELLED_MAX)
        ok = label_arcs(chart, candidates, places);
    free(candidates);
    qsort(chart->arcs, chart->arc_count, sizeof *chart->arcs, order_arcs);
    return ok;
}

/* Adds up the calls to functions that are not drawn. */
static void count_others(hp_chart *chart, const uint32_t *places)
{
    const hp_callgraph *graph = &chart->graph;

    for (hp_chart_node *drawn = chart->nodes; drawn < chart->nodes + chart->node_count; drawn++) {
        const hp_node *node = &graph->nodes[drawn->node];

        drawn->others = 0;
        drawn->others_share = 0;
        for (uint32_t c = 0; !graph->base && c < node->callee_count; c++) {
            const hp_arc *arc = &graph->callees[node->first_callee + c];

            if (places[arc->callee] == HP_NO_NODE) {
                drawn->others++;
                drawn->others_share += hp_choice_share(graph, arc->inclusive, arc->base_inclusive);
            }
        }
    }
}

hp_status hp_chart_show(hp_chart *chart, uint32_t count, hp_error *error)
{
    size_t nodes = (size_t)chart->graph.node_count + 1;
    uint32_t *places = malloc(nodes * sizeof *places);
    bool ok = places != NULL;

    chart->node_count = count < chart->node_max ? count : chart->node_max;
    forget_arcs(chart);
    free(chart->subtitle);
    chart->subtitle = NULL;
    if (ok) {
        memset(places, 0xff, nodes * sizeof *places);
        for (uint32_t i = 0; i < chart->node_count; i++)
            places[chart->nodes[i].node] = i;
        ok = choose_arcs(chart, places) && (chart->subtitle = subtitle_of(chart, chart->options));
        count_others(chart, places);
    }
    free(places);
    return ok ? HP_OK : hp_no_memory(error);
}

hp_shown_number hp_chart_share_text(const hp_chart *chart, double share)
{
    hp_shown_number shown = hp_number_shown(chart->graph.base ? hp_number_signed(100 * share, 2)
                                                              : hp_number_rounded(100 * share, 2));

    strcat(shown.text, "%");
    return shown;
}

hp_status hp_chart_build(hp_chart *chart, const hp_profile *profile,
                         const hp_report_options *options, size_t max_nodes, double least,
                         hp_error *error)
{
    hp_status status;

    *chart = (hp_chart){.options = options, .palette = {options->theme, options->base != NULL}};
    status = hp_callgraph_build(&chart->graph, profile, options->base, options->event, error);
    if (status != HP_OK)
        return status;
    if (max_nodes > chart->graph.node_count)
        max_nodes = chart->graph.node_count;
    chart->nodes = malloc((max_nodes + 1) * sizeof *chart->nodes);
    chart->arcs = malloc((max_nodes + max_nodes / 2 + 1) * sizeof *chart->arcs);
    if (!chart->nodes || !chart->arcs || !choose_nodes(chart, max_nodes, least) ||
        !(chart->title = title_of(profile, options)))
        return hp_no_memory(error);
    return hp_chart_show(chart, chart->node_max, error);
}

void hp_chart_free(hp_chart *chart)
{
    for (uint32_t i = 0; i < chart->node_max; i++) {
        free(chart->nodes[i].name);
        free(chart->nodes[i].place);
        free(chart->nodes[i].numbers);
    }
    forget_arcs(chart);
    free(chart->nodes);
    free(chart->arcs);
    free(chart->title);
    free(chart->subtitle);
    hp_callgraph_free(&chart->graph);
    *chart = (hp_chart){0};
}

void hp_chart_name(const hp_chart_node *node, char *name, size_t size)
{
    const char *from = node->name;
    bool isolated = hp_is_right_to_left(from) && size > sizeof HP_ISOLATE HP_ISOLATED;
    size_t start = isolated ? strlen(strcpy(name, HP_ISOLATE)) : 0, length = start;

    size -= isolated ? strlen(HP_ISOLATED) : 0;
    for (; *from && length + 1 < size; from++)
        if (*from != '\n')
            name[length++] = *from;
    while (length > start && (*from & 0xc0) == 0x80) /* do not cut a character */
        from = &name[--length];
    strcpy(name + length, isolated ? HP_ISOLATED : "");
}

struct entry {
    char name[HP_CHART_NAME_SIZE];
    uint32_t node;
};

static int order_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int by = strcasecmp(a->name, b->name);

    return by != 0 ? by : (a->node > b->node) - (a->node < b->node);
}

bool hp_chart_order_by_name(const hp_chart *chart, uint32_t *order)
{
    struct entry *entries = malloc(((size_t)chart->node_count + 1) * sizeof *entries);

    if (!entries)
        return false;
    for (uint32_t i = 0; i < chart->node_count; i++) {
        hp_chart_name(&chart->nodes[i], entries[i].name, sizeof entries[i].name);
        entries[i].node = i;
    }
    qsort(entries, chart->node_count, sizeof *entries, order_entries);
    for (uint32_t i = 0; i < chart->node_count; i++)
        order[i] = entries[i].node;
    free(entries);
    return true;
}
