// SPDX-License-Identifier: MIT
#include "drawing/picture.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const hp_font name_font = {.size = 10, .bold = true, .alignment = PANGO_ALIGN_CENTER};
static const hp_font detail_font = {.size = HP_PICTURE_FONT_SIZE, .alignment = PANGO_ALIGN_CENTER};

/* Distances between the border of a box and its text, and between lines. */
static const double padding = 6, padding_above = 4, line_gap = 1;

/* The limit of computing time for a layout, before a simpler picture is tried. */
enum { LAYOUT_SECONDS = 4 };

/* With more boxes only one layout is tried, as each takes long. */
enum { CHOOSY_MAX = 300 };

/* --- What is in it ------------------------------------------------------------------------- */

static bool is_here(const hp_picture *picture, uint32_t node, uint32_t sheet)
{
    return !picture->atlas || picture->atlas->sheets[node] == sheet;
}

static void reference_text(const hp_picture *picture, const hp_box *box, size_t index, char *text,
                           size_t size)
{
    hp_atlas_reference_text(picture->atlas, picture->chart, box->references[index].node,
                            box->incoming, text, size);
}

static double reference_height(hp_pen *pen)
{
    return hp_pen_measure(pen, &detail_font, "p").height;
}

static hp_size box_size(const hp_picture *picture, const hp_box *box, hp_pen *pen)
{
    hp_size size = {0, 0};

    if (box->references) {
        for (size_t i = 0; i < box->reference_count; i++) {
            char text[HP_ATLAS_REFERENCE_SIZE];

            reference_text(picture, box, i, text, sizeof text);
            size.width = fmax(size.width, hp_pen_measure(pen, &detail_font, text).width);
            size.height += reference_height(pen);
        }
        return (hp_size){size.width + 4, size.height + 2};
    }

    const hp_chart_node *node = &picture->chart->nodes[box->node];
    hp_size name = hp_pen_measure(pen, &name_font, node->name);
    hp_size place = hp_pen_measure(pen, &detail_font, node->place);
    hp_size numbers = hp_pen_measure(pen, &detail_font, node->numbers);

    size.width = fmax(name.width, fmax(place.width, numbers.width)) + 2 * padding;
    size.height = name.height + line_gap + numbers.height + 2 * padding_above;
    if (*node->place)
        size.height += place.height + line_gap;
    return size;
}

static void add_box(hp_picture *picture, hp_box box, hp_pen *pen)
{
    hp_size size = box_size(picture, &box, pen);

    picture->largest.width = fmax(picture->largest.width, size.width);
    picture->largest.height = fmax(picture->largest.height, size.height);
    picture->layout.nodes[picture->box_count].size = size;
    picture->boxes[picture->box_count++] = box;
}

/* The distance between a curve and its label. Graphviz does not consider the width of lines. */
static double label_gap(const hp_picture *picture, const hp_chart_arc *arc)
{
    return 2 + hp_look_of_arc(&picture->chart->palette, arc->share).width / 2;
}

static void add_edge(hp_picture *picture, uint32_t from, uint32_t to, const hp_chart_arc *arc,
                     hp_pen *pen)
{
    hp_layout_edge *edge = &picture->layout.edges[picture->layout.edge_count];

    *edge = (hp_layout_edge){.from = from, .to = to, .rows = 1, .weight = 1};
    if (arc) {
        edge->weight += round(20 * fabs(arc->share));
        if (arc->label) {
            edge->label = hp_pen_measure(pen, &detail_font, arc->label);
            edge->label.width += 2 * label_gap(picture, arc);
        }
    }
    picture->arcs[picture->layout.edge_count++] = arc;
}

static bool add_references(hp_picture *picture, uint32_t box, bool incoming, hp_pen *pen)
{
    uint32_t node = picture->boxes[box].node;
    hp_reference *references = malloc((picture->chart->arc_count + 1) * sizeof *references);
    size_t count;

    if (!references)
        return false;
    count = hp_atlas_references(picture->atlas, picture->chart, node, incoming, references);
    if (count == 0) {
        free(references);
        return true;
    }

    uint32_t other = (uint32_t)picture->box_count;

    add_box(picture, (hp_box){node, references, count, incoming}, pen);
    add_edge(picture, incoming ? other : box, incoming ? box : other, NULL, pen);
    return true;
}

hp_status hp_picture_make(hp_picture *picture, const hp_chart *chart, const hp_atlas *atlas,
                          uint32_t sheet, hp_pen *pen, hp_error *error)
{
    size_t nodes = chart->node_count, edges = chart->arc_count;
    uint32_t *places = malloc((nodes + 1) * sizeof *places), functions;
    bool ok;

    *picture = (hp_picture){.chart = chart, .atlas = atlas};
    /* Each function may have references above and below it. */
    picture->boxes = malloc((3 * nodes + 1) * sizeof *picture->boxes);
    picture->layout.nodes = calloc(3 * nodes + 1, sizeof *picture->layout.nodes);
    picture->layout.edges = malloc((edges + 2 * nodes + 1) * sizeof *picture->layout.edges);
    picture->arcs = malloc((edges + 2 * nodes + 1) * sizeof *picture->arcs);
    ok =
        places && picture->boxes && picture->layout.nodes && picture->layout.edges && picture->arcs;
    for (uint32_t i = 0; ok && i < nodes; i++)
        if (is_here(picture, i, sheet)) {
            places[i] = (uint32_t)picture->box_count;
            add_box(picture, (hp_box){.node = i}, pen);
        }
    functions = (uint32_t)picture->box_count;
    for (uint32_t i = 0; ok && i < edges; i++) {
        const hp_chart_arc *arc = &chart->arcs[i];

        if (is_here(picture, arc->caller, sheet) && is_here(picture, arc->callee, sheet))
            add_edge(picture, places[arc->caller], places[arc->callee], arc, pen);
    }
    for (uint32_t i = 0; atlas && ok && i < functions; i++)
        ok = add_references(picture, i, true, pen) && add_references(picture, i, false, pen);
    picture->layout.node_count = picture->box_count;
    free(places);
    return ok ? HP_OK : hp_no_memory(error);
}

void hp_picture_free(hp_picture *picture)
{
    for (size_t i = 0; i < picture->box_count; i++)
        free(picture->boxes[i].references);
    free(picture->boxes);
    free(picture->layout.nodes);
    free(picture->layout.edges);
    free(picture->arcs);
    hp_layout_free(&picture->layout);
    *picture = (hp_picture){0};
}

/* --- Where it is --------------------------------------------------------------------------- */

/* Leaves with one caller stand side by side. Staggered in several rows they take less width. */
static bool stagger_leaves(hp_layout *layout, uint32_t rows)
{
    struct ends {
        uint32_t callers, callees, leaves;
    } *ends = calloc(layout->node_count + 1, sizeof *ends);

    if (!ends)
        return false;
    for (size_t i = 0; i < layout->edge_count; i++) {
        ends[layout->edges[i].from].callees++;
        ends[layout->edges[i].to].callers++;
    }
    for (size_t i = 0; i < layout->edge_count; i++) {
        hp_layout_edge *edge = &layout->edges[i];

        edge->rows = 1;
        if (ends[edge->to].callers == 1 && ends[edge->to].callees == 0)
            edge->rows += ends[edge->from].leaves++ % rows;
    }
    free(ends);
    return true;
}

/* The layouts that are tried, the usual one first. */
static const struct way {
    bool sideways;
    uint32_t rows;
} ways[] = {{false, 1}, {false, 2}, {false, 3}, {true, 1}, {false, 5}};
enum { WAY_COUNT = sizeof ways / sizeof *ways };

static hp_status try_way(hp_picture *picture, const struct way *way, hp_working *working,
                         void *context, hp_error *error)
{
    if (!stagger_leaves(&picture->layout, way->rows))
        return hp_no_memory(error);
    picture->layout.sideways = way->sideways;
    return hp_layout_run(&picture->layout, LAYOUT_SECONDS, working, context, error);
}

hp_status hp_picture_lay_out(hp_picture *picture, hp_fit *fit, const void *fit_context,
                             hp_working *working, void *context, hp_error *error)
{
    const struct way *best = &ways[0], *last = best;
    double best_scale = 0;
    hp_status status = HP_OK;

    for (const struct way *way = ways; way < ways + WAY_COUNT; way++) {
        hp_layout_free(&picture->layout);
        status = try_way(picture, way, working, context, error);
        if (status != HP_OK)
            return status;
        last = way;

        double scale = fit(fit_context, picture->layout.size, picture->largest);

        /* A layout other than the usual one must be worth it. */
        if (scale > 1.1 * best_scale) {
            best_scale = scale;
            best = way;
        }
        if (scale * HP_PICTURE_FONT_SIZE >= 10 || picture->box_count > CHOOSY_MAX)
            break;
    }
    if (last == best)
        return HP_OK;
    hp_layout_free(&picture->layout);
    return try_way(picture, best, working, context, error);
}

/* --- How it looks -------------------------------------------------------------------------- */

static void draw_arrow(cairo_t *cairo, hp_point from, hp_point tip, double width)
{
    double angle = atan2(tip.y - from.y, tip.x - from.x);
    double length = hypot(tip.x - from.x, tip.y - from.y), half = fmax(2.2, 1.2 * width);

    cairo_save(cairo);
    cairo_translate(cairo, tip.x, tip.y);
    cairo_rotate(cairo, angle);
    cairo_move_to(cairo, 0, 0);
    cairo_line_to(cairo, -length, half);
    cairo_line_to(cairo, -length, -half);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    cairo_restore(cairo);
}

static void draw_edge(const hp_picture *picture, size_t number, cairo_t *cairo)
{
    static const double dashes[] = {3, 2}, less_dashes[] = {7, 3};
    const hp_layout_edge *edge = &picture->layout.edges[number];
    const hp_point *points = picture->layout.points + edge->first_point;
    const hp_chart_arc *arc = picture->arcs[number];
    hp_arc_look look = hp_look_of_arc(&picture->chart->palette, arc ? arc->share : 0);

    if (edge->point_count < 4)
        return;
    hp_set_color(cairo, look.color);
    cairo_set_line_width(cairo, look.width);
    if (look.less)
        cairo_set_dash(cairo, less_dashes, 2, 0);
    else
        cairo_set_dash(cairo, dashes, arc ? 0 : 2, 0);
    cairo_move_to(cairo, points[0].x, points[0].y);
    for (size_t i = 1; i + 2 < edge->point_count; i += 3)
        cairo_curve_to(cairo, points[i].x, points[i].y, points[i + 1].x, points[i + 1].y,
                       points[i + 2].x, points[i + 2].y);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    if (edge->arrow)
        draw_arrow(cairo, points[edge->point_count - 1], edge->tip, look.width);
}

static void draw_label(const hp_picture *picture, size_t number, hp_pen *pen, cairo_t *cairo)
{
    const hp_layout_edge *edge = &picture->layout.edges[number];
    const hp_chart_arc *arc = picture->arcs[number];

    if (!arc || !arc->label)
        return;
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    hp_pen_write(pen, cairo, &detail_font,
                 edge->label_centre.x - edge->label.width / 2 + label_gap(picture, arc),
                 edge->label_centre.y - edge->label.height / 2, arc->label);
}

/* Writes a centred text and moves y below it. */
static void write_centred(hp_pen *pen, cairo_t *cairo, const hp_font *font, double x, double *y,
                          const char *text)
{
    double left = x - hp_pen_measure(pen, font, text).width / 2;

    *y += hp_pen_write(pen, cairo, font, left, *y, text).height + line_gap;
}

/* is_target: links lead to it. pen NULL: without text. */
static void draw_function(const hp_picture *picture, const hp_box *box, const hp_layout_node *place,
                          bool is_target, hp_pen *pen, cairo_t *cairo)
{
    const hp_chart_node *node = &picture->chart->nodes[box->node];
    hp_node_look look = hp_look_of_node(&picture->chart->palette, node->share);
    double x = place->centre.x - place->size.width / 2;
    double y = place->centre.y - place->size.height / 2;
    char destination[40];

    snprintf(destination, sizeof destination, "name='f%" PRIu32 "'", box->node);
    if (is_target)
        cairo_tag_begin(cairo, CAIRO_TAG_DEST, destination);
    cairo_rectangle(cairo, x, y, place->size.width, place->size.height);
    hp_fill_box(cairo, &look, x, y, place->size);
    hp_set_color(cairo, look.border);
    cairo_set_line_width(cairo, look.border_width);
    cairo_stroke(cairo);
    if (picture->chart->graph.nodes[node->node].cycle) {
        cairo_set_line_width(cairo, 0.6);
        cairo_rectangle(cairo, x + 2, y + 2, place->size.width - 4, place->size.height - 4);
        cairo_stroke(cairo);
    }
    if (pen) {
        hp_set_color(cairo, look.text);
        y += padding_above;
        write_centred(pen, cairo, &name_font, place->centre.x, &y, node->name);
        if (*node->place)
            write_centred(pen, cairo, &detail_font, place->centre.x, &y, node->place);
        write_centred(pen, cairo, &detail_font, place->centre.x, &y, node->numbers);
    }
    if (is_target)
        cairo_tag_end(cairo, CAIRO_TAG_DEST);
}

static void draw_references(const hp_picture *picture, const hp_box *box,
                            const hp_layout_node *place, hp_pen *pen, cairo_t *cairo)
{
    double y = place->centre.y - place->size.height / 2 + 1, height = reference_height(pen);

    for (size_t i = 0; i < box->reference_count; i++, y += height) {
        char text[HP_ATLAS_REFERENCE_SIZE], link[160];
        double x = place->centre.x - place->size.width / 2 + 2;

        reference_text(picture, box, i, text, sizeof text);
        snprintf(link, sizeof link, "dest='f%" PRIu32 "'", box->references[i].node);
        cairo_tag_begin(cairo, CAIRO_TAG_LINK, link);
        cairo_set_source_rgb(cairo, 0.05, 0.2, 0.6);
        hp_pen_write(pen, cairo, &detail_font,
                     x + (place->size.width - 4) / 2 -
                         hp_pen_measure(pen, &detail_font, text).width / 2,
                     y, text);
        cairo_tag_end(cairo, CAIRO_TAG_LINK);
    }
}

static bool is_in_view(const hp_view *view, hp_point low, hp_point high)
{
    return high.x >= view->corner.x && low.x <= view->corner.x + view->size.width &&
           high.y >= view->corner.y && low.y <= view->corner.y + view->size.height;
}

static bool is_box_in_view(const hp_view *view, hp_point centre, hp_size size)
{
    return is_in_view(view, (hp_point){centre.x - size.width / 2, centre.y - size.height / 2},
                      (hp_point){centre.x + size.width / 2, centre.y + size.height / 2});
}

/* A Bezier curve lies within the hull of its points. */
static bool is_edge_in_view(const hp_picture *picture, const hp_layout_edge *edge,
                            const hp_view *view)
{
    hp_point low = edge->tip, high = edge->tip;

    for (size_t i = 0; i < edge->point_count; i++) {
        hp_point point = picture->layout.points[edge->first_point + i];

        if (i == 0 && !edge->arrow)
            low = high = point;
        low = (hp_point){fmin(low.x, point.x), fmin(low.y, point.y)};
        high = (hp_point){fmax(high.x, point.x), fmax(high.y, point.y)};
    }
    return is_in_view(view, low, high);
}

static bool is_heavy(const hp_picture *picture, size_t edge)
{
    const hp_chart_arc *arc = picture->arcs[edge];

    return arc && hp_look_is_heavy(&picture->chart->palette, arc->share);
}

void hp_picture_draw(const hp_picture *picture, const hp_view *view, hp_pen *pen, cairo_t *cairo)
{
    const hp_layout *layout = &picture->layout;

    /* Light calls first: heavy ones are drawn over them. */
    for (int heavy = 0; heavy < 2; heavy++)
        for (size_t i = 0; i < layout->edge_count; i++)
            if (is_heavy(picture, i) == heavy && is_edge_in_view(picture, &layout->edges[i], view))
                draw_edge(picture, i, cairo);
    for (size_t i = 0; i < picture->box_count; i++) {
        const hp_box *box = &picture->boxes[i];
        const hp_layout_node *place = &layout->nodes[i];

        if (!is_box_in_view(view, place->centre, place->size))
            continue;
        if (box->references)
            draw_references(picture, box, place, pen, cairo);
        else
            draw_function(picture, box, place,
                          picture->atlas ||
                              (view->sheets && view->sheets[box->node] == view->sheet),
                          view->text ? pen : NULL, cairo);
    }
    for (size_t i = 0; view->text && i < layout->edge_count; i++)
        if (is_box_in_view(view, layout->edges[i].label_centre, layout->edges[i].label))
            draw_label(picture, i, pen, cairo);
}
