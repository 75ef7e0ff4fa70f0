// SPDX-License-Identifier: MIT
#include "chart/hot_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Calls that cost less lead nowhere. */
static const double share_min = 0.005;

static const hp_node *node_of(const hp_chart *chart, uint32_t place)
{
    return &chart->graph.nodes[chart->nodes[place].node];
}

static uint32_t start_of(const hp_chart *chart)
{
    uint32_t spontaneous = HP_NO_NODE;

    for (uint32_t i = 0; i < chart->node_count; i++) {
        const hp_node *node = node_of(chart, i);

        if (hp_function_is_interpreter(hp_profile_function(chart->graph.profile, node->function)))
            return i;
        if (node->caller_count == 0 && spontaneous == HP_NO_NODE)
            spontaneous = i;
    }
    return spontaneous == HP_NO_NODE ? 0 : spontaneous;
}

/* A path that is being found. */
struct finding {
    const hp_chart *chart;
    uint32_t *first_arcs; /* of each function, in chart.arcs; one more at the end */
    uint32_t *numbers;    /* in the chart, of each node of its graph */
    uint32_t *steps;      /* of each function its place on the path, from 1; 0: it is not on it */
    uint32_t *path;
    uint32_t length;
};

/* The heaviest call from a function on the path to one that is not on it yet, that costs not more
 * than most; NULL if there is none that is heavy or costs at least so much. */
static const hp_chart_arc *heaviest_call(const struct finding *finding, uint32_t from, double most,
                                         double least)
{
    const hp_chart *chart = finding->chart;
    const hp_chart_arc *heaviest = NULL;

    for (uint32_t i = finding->first_arcs[from]; i < finding->first_arcs[from + 1]; i++) {
        const hp_chart_arc *arc = &chart->arcs[i];

        if (!finding->steps[arc->callee] && fabs(arc->share) <= most &&
            (!heaviest || fabs(arc->share) > fabs(heaviest->share)))
            heaviest = arc;
    }
    return heaviest && (hp_look_is_heavy(&chart->palette, heaviest->share) ||
                        fabs(heaviest->share) >= least)
               ? heaviest
               : NULL;
}

/* The first step on the path that a function calls back, or the length of the path. */
static uint32_t step_back(const struct finding *finding, uint32_t from)
{
    const hp_node *node = node_of(finding->chart, from);
    uint32_t back = finding->length;

    for (uint32_t c = 0; c < node->callee_count; c++) {
        uint32_t to = finding->chart->graph.callees[node->first_callee + c].callee;
        uint32_t number = finding->numbers[to];

        if (number != HP_NO_NODE && number != from && finding->steps[number] &&
            finding->steps[number] < back)
            back = finding->steps[number];
    }
    return back;
}

/* What a call back costs is not known: profilers count recursion once. */
static const hp_chart_arc *next_call(const struct finding *finding, uint32_t from)
{
    const hp_chart *chart = finding->chart;
    const hp_node *node = node_of(chart, from);
    double share = fabs(chart->nodes[from].share);
    double self = share * (double)node->self / fmax((double)node->inclusive, 1);
    const hp_chart_arc *call = heaviest_call(finding, from, INFINITY, fmax(self, share_min));
    const hp_chart_arc *best = call;

    if (!node->cycle || node->self > node->inclusive / 2 || (call && fabs(call->share) > share / 2))
        return call;
    for (uint32_t step = step_back(finding, from); step < finding->length; step++) {
        const hp_chart_arc *next =
            heaviest_call(finding, finding->path[step - 1], 1.001 * share, 1);

        if (next && (!best || fabs(next->share) > fabs(best->share)))
            best = next;
    }
    return best;
}

static void find(struct finding *finding)
{
    const hp_chart *chart = finding->chart;
    uint32_t node = start_of(chart);

    for (uint32_t i = 0; i < chart->arc_count; i++)
        finding->first_arcs[chart->arcs[i].caller + 1]++;
    memset(finding->numbers, 0xff, chart->graph.node_count * sizeof *finding->numbers);
    for (uint32_t i = 0; i < chart->node_count; i++) {
        finding->first_arcs[i + 1] += finding->first_arcs[i];
        finding->numbers[chart->nodes[i].node] = i;
    }
    for (const hp_chart_arc *call = NULL;; node = call->callee) {
        finding->path[finding->length++] = node;
        finding->steps[node] = finding->length;
        call = next_call(finding, node);
        if (!call)
            break;
    }
}

uint32_t hp_hot_path_find(const hp_chart *chart, uint32_t *path)
{
    size_t count = (size_t)chart->node_count + 2;
    struct finding finding = {
        .chart = chart,
        .first_arcs = calloc(count, sizeof *finding.first_arcs),
        .numbers = malloc(((size_t)chart->graph.node_count + 1) * sizeof *finding.numbers),
        .steps = calloc(count, sizeof *finding.steps)};
    bool ok = finding.first_arcs && finding.numbers && finding.steps;

    finding.path = path;
    if (ok && chart->node_count > 0)
        find(&finding);
    free(finding.first_arcs);
    free(finding.numbers);
    free(finding.steps);
    return ok ? finding.length : UINT32_MAX;
}
