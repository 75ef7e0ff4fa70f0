// SPDX-License-Identifier: MIT
#include "chart/hot_path.h"

#include <math.h>
#include <stdlib.h>

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

/* The heaviest call from a function, or with HP_NO_NODE from any on the path, to one that is not on
 * the path yet; NULL if there is none that costs at least so much. */
static const hp_chart_arc *heaviest_call(const hp_chart *chart, uint32_t from, const bool *passed,
                                         double least)
{
    const hp_chart_arc *heaviest = NULL;

    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
        if ((from == HP_NO_NODE ? passed[arc->caller] : arc->caller == from) &&
            !passed[arc->callee] && (!heaviest || fabs(arc->share) > fabs(heaviest->share)))
            heaviest = arc;
    return heaviest && (hp_look_is_heavy(&chart->palette, heaviest->share) ||
                        fabs(heaviest->share) >= least)
               ? heaviest
               : NULL;
}

static const hp_chart_arc *next_call(const hp_chart *chart, uint32_t from, const bool *passed)
{
    const hp_node *node = node_of(chart, from);
    double self =
        fabs(chart->nodes[from].share) * (double)node->self / fmax((double)node->inclusive, 1);
    const hp_chart_arc *call = heaviest_call(chart, from, passed, fmax(self, share_min));

    return !node->cycle || node->self > node->inclusive / 2 ||
                   (call && fabs(call->share) > fabs(chart->nodes[from].share) / 2)
               ? call
               : heaviest_call(chart, HP_NO_NODE, passed, 1);
}

uint32_t hp_hot_path_find(const hp_chart *chart, uint32_t *path)
{
    bool *passed = calloc((size_t)chart->node_count + 1, sizeof *passed);
    uint32_t length = 0;

    if (!passed)
        return UINT32_MAX;
    if (chart->node_count > 0)
        path[length++] = start_of(chart);
    for (const hp_chart_arc *call; length > 0; path[length++] = call->callee) {
        passed[path[length - 1]] = true;
        call = next_call(chart, path[length - 1], passed);
        if (!call)
            break;
    }
    free(passed);
    return length;
}
