// SPDX-License-Identifier: MIT
#include "layout/boxes.h"

#include "layout/blocks.h"
#include "layout/text_size.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The width of a box, in lanes. */
enum { BOX_MIN = 7, BOX_MAX = 11 };

static double natural_width(const hp_chart_node *node)
{
    double width = hp_text_width(node->name, HP_TYPE_SIZE, true);

    width = fmax(width, hp_text_width(node->place, HP_TYPE_SIZE, false));
    return fmax(width, hp_text_width(node->numbers, HP_TYPE_SIZE, false)) + 2 * HP_PADDING_X;
}

static int compare_widths(const void *left, const void *right)
{
    const double *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

uint32_t hp_boxes_lanes(const hp_chart *chart, double most)
{
    double *widths = malloc((chart->node_count + 1) * sizeof *widths), width;

    if (!widths)
        return 0;
    for (uint32_t i = 0; i < chart->node_count; i++)
        widths[i] = natural_width(&chart->nodes[i]);
    qsort(widths, chart->node_count, sizeof *widths, compare_widths);
    width = chart->node_count ? widths[(chart->node_count - 1) * 19 / 20] : 0;
    free(widths);
    width = fmin(fmax(ceil(width / HP_LANE), BOX_MIN), BOX_MAX);
    return (uint32_t)fmax(fmin(width, floor(most / HP_LANE)), 1);
}

/* Joins two texts with a separator; NULL without memory. */
static char *join(const char *left, const char *separator, const char *right)
{
    size_t size = strlen(left) + strlen(separator) + strlen(right) + 1;
    char *text = malloc(size);

    if (text)
        snprintf(text, size, "%s%s%s", left, separator, right);
    return text;
}

/* Place and numbers side by side if there is room, and what is not drawn. */
static char *details_of(const hp_chart *chart, const hp_chart_node *node, double width)
{
    double both = hp_text_width(node->place, HP_TYPE_SIZE, false) +
                  hp_text_width("  ", HP_TYPE_SIZE, false) +
                  hp_text_width(node->numbers, HP_TYPE_SIZE, false);
    const char *separator = !*node->place ? "" : both <= width ? "  " : "\n";
    char *text = join(node->place, separator, node->numbers), *wrapped, others[80];

    if (text && node->others_share >= 0.005) {
        snprintf(others, sizeof others, "\n+%u other%s %s", (unsigned)node->others,
                 node->others == 1 ? "" : "s", hp_chart_share_text(chart, node->others_share).text);
        wrapped = join(text, "", others);
        free(text);
        text = wrapped;
    }
    wrapped = text ? hp_text_wrapped(text, width, HP_TYPE_SIZE, false) : NULL;
    free(text);
    return wrapped;
}

bool hp_box_measure(hp_box *box, const hp_chart *chart, uint32_t node, uint32_t step, double width)
{
    char number[24] = "", *name;

    box->step = step;
    if (step)
        snprintf(number, sizeof number, "%u. ", (unsigned)step);
    name = join(number, "", chart->nodes[node].name);
    box->name = name ? hp_text_wrapped(name, width - 2 * HP_PADDING_X, HP_TYPE_SIZE, true) : NULL;
    free(name);
    box->details = details_of(chart, &chart->nodes[node], width - 2 * HP_PADDING_X);
    if (!box->name || !box->details)
        return false;
    box->name_lines = hp_text_lines(box->name);
    box->size =
        (hp_size){width, 2 * HP_PADDING_Y + HP_LINE_HEIGHT * (double)(box->name_lines +
                                                                      hp_text_lines(box->details))};
    return true;
}
