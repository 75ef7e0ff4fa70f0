// SPDX-License-Identifier: MIT
#include "layout/notes.h"

#include "layout/text_size.h"
#include "text/columns.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many calls that are not heavy have a note each, if they cost this share. */
enum { SINGLE_FROM = 3, SINGLE_TO = 5 };
static const double single_share = 0.01;

/* The width of names in notes. */
enum { NAME_COLUMNS = 60 };

/* So many sheets are named in a note of several calls, on at most so many lines. */
enum { SHEETS_NAMED = 5, MORE_LINES = 2 };

/* Notes stand to the right of the trunk, and at this distance from boxes. */
static const double indent = 12, gap = 1.5;

/* What a note will tell. */
struct item {
    hp_note_kind kind;
    bool incoming;
    const uint32_t *arcs; /* the calls */
    uint32_t count;
    double share;
};

/* --- Calls --------------------------------------------------------------------------------- */

static bool is_drawn(const hp_notes *notes, uint32_t arc)
{
    return notes->tree->arcs[notes->chart->arcs[arc].callee] == arc && !notes->is_cut[arc];
}

/* Cut calls of the tree are told above their callees by the header of the group. */
static bool is_told(const hp_notes *notes, uint32_t arc, bool incoming)
{
    if (incoming)
        return notes->tree->arcs[notes->chart->arcs[arc].callee] != arc;
    return !is_drawn(notes, arc);
}

/* Collects what is to be told of a function; items has room for all of its calls and one more. arcs
 * has room for its calls. */
static uint32_t collect(const hp_notes *notes, uint32_t node, bool incoming, struct item *items,
                        uint32_t *arcs)
{
    const hp_chart *chart = notes->chart;
    const uint32_t *all =
        incoming ? notes->to + notes->calls_to[node] : notes->from + notes->calls_from[node];
    uint32_t degree = incoming ? notes->callers[node] : notes->callees[node];
    uint32_t count = 0, told = 0, single = 0, most = incoming ? SINGLE_FROM : SINGLE_TO;

    if (incoming && degree > 1 && notes->tree->arcs[node] != HP_NO_NODE)
        items[count++] = (struct item){HP_NOTE_SHARE, true, &notes->tree->arcs[node], 1,
                                       chart->arcs[notes->tree->arcs[node]].share};
    for (uint32_t i = 0; i < degree; i++)
        if (is_told(notes, all[i], incoming))
            arcs[told++] = all[i];
    while (single < told &&
           (told - single == 1 ||
            hp_look_is_heavy(&chart->palette, chart->arcs[arcs[single]].share) ||
            (single < most && fabs(chart->arcs[arcs[single]].share) >= single_share))) {
        items[count++] = (struct item){incoming ? HP_NOTE_FROM : HP_NOTE_TO, incoming,
                                       &arcs[single], 1, chart->arcs[arcs[single]].share};
        single++;
    }
    if (single < told) {
        struct item *item = &items[count++];

        *item = (struct item){HP_NOTE_MORE, incoming, &arcs[single], told - single, 0};
        for (uint32_t i = single; i < told; i++)
            item->share += chart->arcs[arcs[i]].share;
    }
    return count;
}

/* --- Texts --------------------------------------------------------------------------------- */

static const char *sheet_name(const hp_notes *notes, uint32_t node, char *name)
{
    if (!notes->placed)
        return notes->widest_sheet;
    hp_atlas_sheet_name(&notes->layout->atlas, notes->layout->atlas.sheets[node], name,
                        HP_SHEET_NAME_SIZE);
    return name;
}

/* Prints a name, shortened, and its place if others have the same name. NULL without memory. */
static char *new_name(const hp_notes *notes, uint32_t node)
{
    char name[HP_CHART_NAME_SIZE], *text = NULL;
    const hp_chart_node *drawn = &notes->chart->nodes[node];
    const char *place = notes->is_namesake[node] ? drawn->place : "";
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    hp_chart_name(drawn, name, sizeof name);
    hp_print_shortened(out, name, NAME_COLUMNS);
    fprintf(out, "%s%s", *place ? " " : "", place);
    if (fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    return text;
}

static bool is_above(const hp_call_tree *tree, uint32_t node, uint32_t below)
{
    while (below != HP_NO_NODE && below != node)
        below = tree->parents[below];
    return below == node;
}

static uint32_t target_of(const hp_notes *notes, const struct item *item, uint32_t call)
{
    const hp_chart_arc *arc = &notes->chart->arcs[item->arcs[call]];

    return item->incoming ? arc->caller : arc->callee;
}

static bool print_single(const hp_notes *notes, const struct item *item, char *text, size_t size)
{
    const hp_chart_arc *arc = &notes->chart->arcs[item->arcs[0]];
    uint32_t target = target_of(notes, item, 0);
    bool up = !item->incoming && is_above(notes->tree, target, arc->caller);
    char *name = new_name(notes, target), sheet[HP_SHEET_NAME_SIZE];

    if (name)
        snprintf(text, size, "%s %s %s %s",
                 item->incoming ? "from"
                 : up           ? "up to"
                                : "to",
                 sheet_name(notes, target, sheet), name,
                 hp_chart_share_text(notes->chart, item->share).text);
    free(name);
    return name != NULL;
}

static void print_several(const hp_notes *notes, const struct item *item, char *text, size_t size)
{
    uint32_t named[SHEETS_NAMED], count = 0;
    int length = snprintf(text, size, "%s %" PRIu32 " more %s:", item->incoming ? "from" : "to",
                          item->count, hp_chart_share_text(notes->chart, item->share).text);

    for (uint32_t i = 0; notes->placed && i < item->count; i++) {
        uint32_t target = target_of(notes, item, i), known = 0;
        uint32_t sheet = notes->layout->atlas.sheets[target];
        char name[HP_SHEET_NAME_SIZE];

        while (known < count && named[known] != sheet)
            known++;
        if (known < count)
            continue;
        if (count == SHEETS_NAMED) {
            snprintf(text + length, size - (size_t)length, " ...");
            break;
        }
        named[count++] = sheet;
        length +=
            snprintf(text + length, size - (size_t)length, " %s", sheet_name(notes, target, name));
    }
}

/* To be freed; NULL without memory. */
static char *text_of(const hp_notes *notes, const struct item *item)
{
    char text[HP_ATLAS_NAME_SIZE + 160];

    if (item->kind == HP_NOTE_SHARE)
        snprintf(text, sizeof text, "%s", hp_chart_share_text(notes->chart, item->share).text);
    else if (item->kind == HP_NOTE_MORE)
        print_several(notes, item, text, sizeof text);
    else if (!print_single(notes, item, text, sizeof text))
        return NULL;
    return hp_text_wrapped(text, notes->width, HP_TYPE_SIZE, false);
}

/* --- Heights and places -------------------------------------------------------------------- */

/* Negative: out of memory. */
static double height_of(const hp_notes *notes, const struct item *item)
{
    char *text = text_of(notes, item);
    double lines = !text                                          ? -1
                   : item->kind == HP_NOTE_MORE && !notes->placed ? MORE_LINES
                                                                  : (double)hp_text_lines(text);

    free(text);
    return HP_LINE_HEIGHT * lines;
}

static bool add(hp_notes *notes, const struct item *item, uint32_t node, hp_point corner)
{
    hp_layout *layout = notes->layout;
    hp_note *note = &layout->notes[layout->note_count];
    char *text = text_of(notes, item);
    bool one = item->count == 1;

    if (!text)
        return false;
    *note = (hp_note){
        .kind = item->kind,
        .node = node,
        .target = one && item->kind != HP_NOTE_SHARE ? target_of(notes, item, 0) : HP_NO_NODE,
        .arc = one ? item->arcs[0] : HP_NO_NODE,
        .calls = item->count,
        .incoming = item->incoming,
        .share = item->share,
        .sheet = layout->atlas.sheets[node],
        .corner = corner,
        .size = {hp_text_width(text, HP_TYPE_SIZE, false),
                 HP_LINE_HEIGHT * (double)hp_text_lines(text)},
        .text = text,
    };
    layout->note_count++;
    return true;
}

/* Adds up the heights of notes or, with corner, adds them. Negative: out of memory. */
static double walk(const hp_notes *notes, hp_notes *adding, uint32_t node, bool incoming,
                   hp_point corner)
{
    uint32_t degree = incoming ? notes->callers[node] : notes->callees[node], count;
    struct item *items = malloc((degree + 2) * sizeof *items);
    uint32_t *arcs = malloc((degree + 1) * sizeof *arcs);
    double height = 0;
    bool ok = items && arcs;

    count = ok ? collect(notes, node, incoming, items, arcs) : 0;
    corner.y += incoming ? 0 : gap;
    for (uint32_t i = 0; ok && i < count; i++) {
        if (adding)
            ok = add(adding, &items[i], node, (hp_point){corner.x + indent, corner.y + height});

        double more = height_of(notes, &items[i]);

        ok = ok && more > 0;
        height += more;
    }
    free(items);
    free(arcs);
    return !ok ? -1 : count > 0 ? height + gap : 0;
}

double hp_notes_height_above(const hp_notes *notes, uint32_t node)
{
    return walk(notes, NULL, node, true, (hp_point){0, 0});
}

double hp_notes_height_below(const hp_notes *notes, uint32_t node)
{
    return walk(notes, NULL, node, false, (hp_point){0, 0});
}

bool hp_notes_add_above(hp_notes *notes, uint32_t node, hp_point corner)
{
    return walk(notes, notes, node, true, corner) >= 0;
}

bool hp_notes_add_below(hp_notes *notes, uint32_t node, hp_point corner)
{
    return walk(notes, notes, node, false, corner) >= 0;
}

static struct item header_of(const hp_notes *notes, uint32_t node)
{
    const uint32_t *arc = &notes->tree->arcs[node];

    return (struct item){HP_NOTE_FROM, true, arc, 1, notes->chart->arcs[*arc].share};
}

double hp_notes_header_height(const hp_notes *notes, uint32_t node)
{
    struct item item = header_of(notes, node);

    return height_of(notes, &item);
}

bool hp_notes_add_header(hp_notes *notes, uint32_t node, hp_point corner)
{
    struct item item = header_of(notes, node);

    return add(notes, &item, node, corner);
}

/* --- All calls ----------------------------------------------------------------------------- */

struct call {
    uint32_t arc, end;
    double share;
};

static int order_calls(const void *left, const void *right)
{
    const struct call *a = left, *b = right;

    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    if (fabs(a->share) != fabs(b->share))
        return fabs(a->share) < fabs(b->share) ? 1 : -1;
    return (a->arc > b->arc) - (a->arc < b->arc);
}

/* Orders the calls by one of their ends, and counts them for each function. */
static bool order_by_end(const hp_chart *chart, bool callee, uint32_t *arcs, uint32_t *counts,
                         uint32_t *firsts)
{
    struct call *calls = malloc((chart->arc_count + 1) * sizeof *calls);

    if (!calls)
        return false;
    for (uint32_t i = 0; i < chart->arc_count; i++) {
        const hp_chart_arc *arc = &chart->arcs[i];

        calls[i] = (struct call){i, callee ? arc->callee : arc->caller, arc->share};
        counts[calls[i].end]++;
    }
    qsort(calls, chart->arc_count, sizeof *calls, order_calls);
    for (uint32_t i = 0; i < chart->arc_count; i++)
        arcs[i] = calls[i].arc;
    for (uint32_t i = 0, first = 0; i < chart->node_count; i++) {
        firsts[i] = first;
        first += counts[i];
    }
    free(calls);
    return true;
}

static int compare_nodes(const void *left, const void *right)
{
    const hp_chart_node *const *a = left, *const *b = right;

    return strcmp((*a)->name, (*b)->name);
}

static bool find_namesakes(const hp_chart *chart, bool *is_namesake)
{
    const hp_chart_node **order = malloc((chart->node_count + 1) * sizeof *order);

    if (!order)
        return false;
    for (uint32_t i = 0; i < chart->node_count; i++)
        order[i] = &chart->nodes[i];
    qsort(order, chart->node_count, sizeof *order, compare_nodes);
    for (uint32_t i = 0; i + 1 < chart->node_count; i++)
        if (compare_nodes(&order[i], &order[i + 1]) == 0)
            is_namesake[order[i] - chart->nodes] = is_namesake[order[i + 1] - chart->nodes] = true;
    free(order);
    return true;
}

bool hp_notes_begin(hp_notes *notes, hp_layout *layout, const hp_chart *chart,
                    const hp_call_tree *tree, double box, const hp_room *room)
{
    size_t nodes = (size_t)chart->node_count + 1, arcs = (size_t)chart->arc_count + 1;
    hp_atlas widest = {.columns = room->columns};

    *notes = (hp_notes){.layout = layout,
                        .chart = chart,
                        .tree = tree,
                        .width = fmax(box - indent, 24),
                        .callers = calloc(nodes, sizeof *notes->callers),
                        .callees = calloc(nodes, sizeof *notes->callees),
                        .calls_from = calloc(nodes, sizeof *notes->calls_from),
                        .calls_to = calloc(nodes, sizeof *notes->calls_to),
                        .from = malloc(arcs * sizeof *notes->from),
                        .to = malloc(arcs * sizeof *notes->to),
                        .is_cut = calloc(arcs, sizeof *notes->is_cut),
                        .is_namesake = calloc(nodes, sizeof *notes->is_namesake)};
    hp_atlas_sheet_name(&widest, room->sheets > 99 ? room->sheets : 99, notes->widest_sheet,
                        sizeof notes->widest_sheet);
    for (char *letter = notes->widest_sheet; *letter >= 'A' && *letter <= 'Z'; letter++)
        *letter = 'M';
    /* Of each function all callers and callees, or of one the header and all at both ends. */
    layout->notes = malloc((3 * arcs + 4 * nodes) * sizeof *layout->notes);
    return notes->callers && notes->callees && notes->calls_from && notes->calls_to &&
           notes->from && notes->to && notes->is_cut && notes->is_namesake && layout->notes &&
           order_by_end(chart, false, notes->from, notes->callees, notes->calls_from) &&
           order_by_end(chart, true, notes->to, notes->callers, notes->calls_to) &&
           find_namesakes(chart, notes->is_namesake);
}

void hp_notes_free(hp_notes *notes)
{
    free(notes->callers);
    free(notes->callees);
    free(notes->calls_from);
    free(notes->calls_to);
    free(notes->from);
    free(notes->to);
    free(notes->is_cut);
    free(notes->is_namesake);
    *notes = (hp_notes){0};
}

void hp_notes_cut(hp_notes *notes, uint32_t arc)
{
    notes->is_cut[arc] = true;
}
