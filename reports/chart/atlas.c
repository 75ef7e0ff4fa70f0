// SPDX-License-Identifier: MIT
#include "chart/atlas.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* State of the partition. Functions that have the same root form a group. */
struct parts {
    const hp_chart *chart;
    uint32_t count;    /* number of functions */
    uint32_t *parents; /* the heaviest caller of each function; HP_NO_NODE: a root */
    uint32_t *depths;  /* of each function, below its root */
    uint32_t *order;   /* all functions, the deepest first */
    uint32_t *groups;  /* of each function */
    uint32_t *sizes;   /* number of functions of each group, or of each subtree */
    double *weights;   /* of the calls between the smallest group and each other group */
    uint32_t group_count, capacity;
};

/* How much a call that leads to another sheet costs the reader. */
static double weight_of(const hp_chart_arc *arc)
{
    return 1 + 20 * fabs(arc->share);
}

static bool is_below(const struct parts *parts, uint32_t node, uint32_t root)
{
    while (node != root && node != HP_NO_NODE)
        node = parts->parents[node];
    return node == root;
}

static void plant_trees(struct parts *parts)
{
    const hp_chart *chart = parts->chart;
    uint32_t deepest = 0, placed = 0;

    for (uint32_t i = 0; i < parts->count; i++)
        parts->parents[i] = HP_NO_NODE;
    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++)
        if (arc->heaviest && !is_below(parts, arc->caller, arc->callee))
            parts->parents[arc->callee] = arc->caller;
    for (uint32_t i = 0; i < parts->count; i++) {
        parts->depths[i] = 0;
        for (uint32_t up = parts->parents[i]; up != HP_NO_NODE; up = parts->parents[up])
            parts->depths[i]++;
        if (parts->depths[i] > deepest)
            deepest = parts->depths[i];
    }
    for (uint32_t depth = deepest + 1; depth-- > 0;)
        for (uint32_t i = 0; i < parts->count; i++)
            if (parts->depths[i] == depth)
                parts->order[placed++] = i;
}

/* The child of a function that has the largest subtree. */
static uint32_t largest_below(const struct parts *parts, uint32_t node)
{
    uint32_t largest = HP_NO_NODE;

    for (uint32_t i = 0; i < parts->count; i++)
        if (parts->parents[i] == node &&
            (largest == HP_NO_NODE || parts->sizes[i] > parts->sizes[largest]))
            largest = i;
    return largest;
}

/* Cuts the trees into pieces that are not larger than the capacity of a sheet: the root of what is
 * cut off has no parent any more. */
static void cut_trees(struct parts *parts)
{
    for (uint32_t i = 0; i < parts->count; i++)
        parts->sizes[i] = 1;
    for (uint32_t i = 0; i < parts->count; i++) {
        uint32_t node = parts->order[i];

        while (parts->sizes[node] > parts->capacity) {
            uint32_t child = largest_below(parts, node);

            parts->parents[child] = HP_NO_NODE;
            parts->sizes[node] -= parts->sizes[child];
        }
        if (parts->parents[node] != HP_NO_NODE)
            parts->sizes[parts->parents[node]] += parts->sizes[node];
    }
}

static void number_groups(struct parts *parts)
{
    for (uint32_t i = parts->count; i-- > 0;) { /* roots first */
        uint32_t node = parts->order[i], parent = parts->parents[node];

        if (parent != HP_NO_NODE) {
            parts->groups[node] = parts->groups[parent];
        } else {
            parts->groups[node] = parts->group_count;
            parts->group_count++;
        }
    }
    memset(parts->sizes, 0, parts->count * sizeof *parts->sizes);
    for (uint32_t i = 0; i < parts->count; i++)
        parts->sizes[parts->groups[i]]++;
}

/* Splits the largest group in two: the subtree is cut off that is nearest to half of it. */
static void split_largest(struct parts *parts, uint32_t *below)
{
    uint32_t largest = 0, best = HP_NO_NODE, distance = UINT32_MAX;

    for (uint32_t g = 1; g < parts->group_count; g++)
        if (parts->sizes[g] > parts->sizes[largest])
            largest = g;
    for (uint32_t i = 0; i < parts->count; i++)
        below[i] = 1;
    for (uint32_t i = 0; i < parts->count; i++) {
        uint32_t node = parts->order[i], parent = parts->parents[node];
        uint32_t twice = 2 * below[node], size = parts->sizes[largest];

        if (parts->groups[node] != largest || parent == HP_NO_NODE)
            continue;
        below[parent] += below[node];
        if ((twice > size ? twice - size : size - twice) < distance) {
            distance = twice > size ? twice - size : size - twice;
            best = node;
        }
    }
    parts->parents[best] = HP_NO_NODE;
    parts->sizes[parts->group_count] = 0;
    for (uint32_t i = parts->count; i-- > 0;) {
        uint32_t node = parts->order[i], parent = parts->parents[node];

        if (node != best && (parent == HP_NO_NODE || parts->groups[node] != largest ||
                             parts->groups[parent] != parts->group_count))
            continue;
        parts->groups[node] = parts->group_count;
        parts->sizes[parts->group_count]++;
        parts->sizes[largest]--;
    }
    parts->group_count++;
}

/* Merges the smallest group into another one: of those with room, the one that it shares the
 * heaviest calls with. */
static void merge_smallest(struct parts *parts)
{
    const hp_chart *chart = parts->chart;
    uint32_t smallest = 0, best = HP_NO_NODE, last = parts->group_count - 1;

    for (uint32_t g = 1; g < parts->group_count; g++)
        if (parts->sizes[g] < parts->sizes[smallest])
            smallest = g;
    memset(parts->weights, 0, parts->group_count * sizeof *parts->weights);
    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++) {
        uint32_t a = parts->groups[arc->caller], b = parts->groups[arc->callee];

        if (a == smallest || b == smallest)
            parts->weights[a == smallest ? b : a] += weight_of(arc);
    }
    for (uint32_t g = 0; g < parts->group_count; g++) {
        if (g == smallest)
            continue;
        if (best == HP_NO_NODE) {
            best = g;
            continue;
        }

        bool room = parts->sizes[g] + parts->sizes[smallest] <= parts->capacity;
        bool best_room = parts->sizes[best] + parts->sizes[smallest] <= parts->capacity;

        if (room != best_room ? room
            : room && parts->weights[g] != parts->weights[best]
                ? parts->weights[g] > parts->weights[best]
                : parts->sizes[g] < parts->sizes[best])
            best = g;
    }
    for (uint32_t i = 0; i < parts->count; i++)
        if (parts->groups[i] == smallest)
            parts->groups[i] = best;
    parts->sizes[best] += parts->sizes[smallest];
    /* The last group takes the free number. */
    for (uint32_t i = 0; i < parts->count; i++)
        if (parts->groups[i] == last)
            parts->groups[i] = smallest;
    parts->sizes[smallest] = parts->sizes[last];
    parts->group_count--;
}

/* Moves functions to the groups that they share heavier calls with, as long as that helps. weights
 * has room for a row for each function: the weight of its calls from and to each group. */
static void refine(struct parts *parts, double *weights)
{
    const hp_chart *chart = parts->chart;
    uint32_t least = parts->count / parts->group_count / 2;
    enum { PASSES = 8 };

    memset(weights, 0, (size_t)parts->count * parts->group_count * sizeof *weights);
    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++) {
        weights[(size_t)arc->caller * parts->group_count + parts->groups[arc->callee]] +=
            weight_of(arc);
        weights[(size_t)arc->callee * parts->group_count + parts->groups[arc->caller]] +=
            weight_of(arc);
    }
    for (int pass = 0; pass < PASSES; pass++) {
        bool moved = false;

        for (uint32_t i = 0; i < parts->count; i++) {
            const double *row = weights + (size_t)i * parts->group_count;
            uint32_t from = parts->groups[i], to = from;

            if (parts->sizes[from] <= least + 1)
                continue;
            for (uint32_t g = 0; g < parts->group_count; g++)
                if (row[g] > row[to] + 1e-9 && parts->sizes[g] < parts->capacity)
                    to = g;
            if (to == from)
                continue;
            for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count;
                 arc++) {
                if (arc->caller != i && arc->callee != i)
                    continue;

                uint32_t other = arc->caller == i ? arc->callee : arc->caller;
                double *others = weights + (size_t)other * parts->group_count;

                others[from] -= weight_of(arc);
                others[to] += weight_of(arc);
            }
            parts->groups[i] = to;
            parts->sizes[from]--;
            parts->sizes[to]++;
            moved = true;
        }
        if (!moved)
            break;
    }
}

/* Numbers the sheets so that the heaviest functions come first. numbers has room for one number a
 * group. */
static void number_sheets(const struct parts *parts, uint32_t *numbers, uint32_t *sheets)
{
    uint32_t next = 0;

    for (uint32_t g = 0; g < parts->group_count; g++)
        numbers[g] = HP_NO_NODE;
    for (uint32_t i = 0; i < parts->count; i++) {
        uint32_t *number = &numbers[parts->groups[i]];

        if (*number == HP_NO_NODE)
            *number = next++;
        sheets[i] = *number;
    }
}

static void part(struct parts *parts, uint32_t sheets, double *weights, uint32_t *space)
{
    /* A fifth more than the mean, to keep together what belongs together. */
    parts->capacity = (uint32_t)ceil(1.2 * parts->count / sheets);
    plant_trees(parts);
    cut_trees(parts);
    number_groups(parts);
    while (parts->group_count > sheets)
        merge_smallest(parts);
    while (parts->group_count < sheets)
        split_largest(parts, space);
    refine(parts, weights);
}

hp_status hp_atlas_build(hp_atlas *atlas, const hp_chart *chart, size_t sheets, hp_error *error)
{
    uint32_t count = chart->node_count;
    struct parts parts = {.chart = chart, .count = count};

    *atlas = (hp_atlas){.sheet_count = sheets < count ? (uint32_t)sheets : count};
    if (count == 0)
        atlas->sheet_count = 1;

    uint32_t *space = malloc(7 * ((size_t)count + 1) * sizeof *space);
    double *weights = malloc(((size_t)count * (atlas->sheet_count + 1) + 1) * sizeof *weights);
    bool ok =
        (atlas->sheets = malloc(((size_t)count + 1) * sizeof *atlas->sheets)) && space && weights;

    if (ok && count > 0) {
        parts.parents = space;
        parts.depths = space + count;
        parts.order = parts.depths + count;
        parts.groups = parts.order + count;
        parts.sizes = parts.groups + count;
        parts.weights = weights + (size_t)count * atlas->sheet_count;
        part(&parts, atlas->sheet_count, weights, parts.sizes + count + 1);
        number_sheets(&parts, parts.order, atlas->sheets);
    }
    free(space);
    free(weights);
    return ok ? HP_OK : hp_no_memory(error);
}

void hp_atlas_free(hp_atlas *atlas)
{
    free(atlas->sheets);
    *atlas = (hp_atlas){0};
}

void hp_atlas_sheet_name(const hp_atlas *atlas, uint32_t sheet, char *text, size_t size)
{
    char letters[8];
    size_t length = 0;

    if (atlas->columns == 0) {
        snprintf(text, size, "p%" PRIu32, sheet + 1);
        return;
    }
    for (uint32_t row = sheet / atlas->columns + 1; row > 0; row = (row - 1) / 26)
        letters[length++] = (char)('A' + (row - 1) % 26);
    for (size_t i = 0; i < length / 2; i++) {
        char letter = letters[i];

        letters[i] = letters[length - 1 - i];
        letters[length - 1 - i] = letter;
    }
    snprintf(text, size, "%.*s%" PRIu32, (int)length, letters, sheet % atlas->columns + 1);
}

static bool is_namesake(const hp_atlas *atlas, const hp_chart *chart, uint32_t node, uint32_t other)
{
    return other != node && atlas->sheets[other] == atlas->sheets[node] &&
           strcmp(chart->nodes[other].name, chart->nodes[node].name) == 0;
}

void hp_atlas_name(const hp_atlas *atlas, const hp_chart *chart, uint32_t node, char *text,
                   size_t size)
{
    const char *place = "";
    char name[HP_CHART_NAME_SIZE];

    for (uint32_t i = 0; i < chart->node_count && !*place; i++)
        if (is_namesake(atlas, chart, node, i))
            place = chart->nodes[node].place;
    hp_chart_name(&chart->nodes[node], name, sizeof name);
    snprintf(text, size, "%s%s%s", name, *place ? " " : "", place);
}

void hp_atlas_title(const hp_atlas *atlas, const hp_chart *chart, uint32_t sheet, char *text,
                    size_t size)
{
    uint32_t functions = 0, heaviest = HP_NO_NODE;
    char name[HP_ATLAS_NAME_SIZE] = "", own[HP_SHEET_NAME_SIZE];

    for (uint32_t i = chart->node_count; i-- > 0;)
        if (atlas->sheets[i] == sheet) {
            functions++;
            heaviest = i;
        }
    if (heaviest != HP_NO_NODE)
        hp_atlas_name(atlas, chart, heaviest, name, sizeof name);
    hp_atlas_sheet_name(atlas, sheet, own, sizeof own);
    snprintf(text, size, "%s of %" PRIu32 ": %s (%" PRIu32 " function%s)", own, atlas->sheet_count,
             name, functions, functions == 1 ? "" : "s");
}

static int order_references(const void *left, const void *right)
{
    const hp_reference *a = left, *b = right;

    if (fabs(a->arc->share) != fabs(b->arc->share))
        return fabs(a->arc->share) < fabs(b->arc->share) ? 1 : -1;
    return (a->node > b->node) - (a->node < b->node);
}

size_t hp_atlas_references(const hp_atlas *atlas, const hp_chart *chart, uint32_t node,
                           bool incoming, hp_reference *references)
{
    size_t count = 0;

    for (const hp_chart_arc *arc = chart->arcs; arc < chart->arcs + chart->arc_count; arc++) {
        uint32_t here = incoming ? arc->callee : arc->caller;
        uint32_t there = incoming ? arc->caller : arc->callee;

        if (here == node && atlas->sheets[there] != atlas->sheets[here])
            references[count++] = (hp_reference){there, arc};
    }
    qsort(references, count, sizeof *references, order_references);
    return count;
}

void hp_atlas_reference_text(const hp_atlas *atlas, const hp_chart *chart, uint32_t node,
                             bool incoming, char *text, size_t size)
{
    char name[HP_ATLAS_NAME_SIZE];

    hp_atlas_name(atlas, chart, node, name, sizeof name);
    snprintf(text, size, "%s p%" PRIu32 " %s", incoming ? "from" : "to", atlas->sheets[node] + 1,
             name);
}
