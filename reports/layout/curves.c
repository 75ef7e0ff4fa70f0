// SPDX-License-Identifier: MIT
#include "layout/curves.h"

#include <math.h>
#include <stdlib.h>

/* Where a trunk is in its lane, and the radius of its turns. */
static const double trunk = 4, turn = 4;

/* Between the lines of a trunk, and how wide that may make it. */
static const double line_distance = 0.06, trunk_width = 2;

/* What stands on top of a cell is not lower than this. */
static const double top_gap = 14;

/* The length of arrow heads. */
static const double arrow = 4;

/* A curve has at most four straight pieces and three turns. */
enum { POINTS_MAX = 1 + 3 * 7 };

bool hp_curves_begin(hp_layout *layout, const hp_chart *chart)
{
    size_t count = 2 * (2 * ((size_t)chart->arc_count + chart->node_count) + 1);

    layout->curves = malloc(count * sizeof *layout->curves);
    layout->points = malloc(count * POINTS_MAX * sizeof *layout->points);
    return layout->curves && layout->points;
}

/* A line that is being drawn. */
struct path {
    hp_layout *layout;
    hp_curve curve;
};

static void add_point(struct path *path, double x, double y)
{
    path->layout->points[path->layout->point_count++] = (hp_point){x, y};
    path->curve.point_count++;
}

static hp_point last_point(const struct path *path)
{
    return path->layout->points[path->layout->point_count - 1];
}

static struct path begin_path(hp_layout *layout, double x, double y)
{
    struct path path = {
        layout, {.note = HP_NO_NODE, .header = HP_NO_NODE, .first_point = layout->point_count}};

    add_point(&path, x, y);
    return path;
}

static void line_to(struct path *path, double x, double y)
{
    hp_point from = last_point(path);

    add_point(path, from.x + (x - from.x) / 3, from.y + (y - from.y) / 3);
    add_point(path, from.x + 2 * (x - from.x) / 3, from.y + 2 * (y - from.y) / 3);
    add_point(path, x, y);
}

/* Turns from one direction into the other, in a corner. */
static void turn_at(struct path *path, double corner_x, double corner_y, double x, double y)
{
    hp_point from = last_point(path);

    add_point(path, from.x + (corner_x - from.x) * 0.55, from.y + (corner_y - from.y) * 0.55);
    add_point(path, x + (corner_x - x) * 0.55, y + (corner_y - y) * 0.55);
    add_point(path, x, y);
}

static void down_to(struct path *path, double y)
{
    line_to(path, last_point(path).x, y);
}

/* Down, and to the right up to x. */
static void branch_to(struct path *path, double x, double y)
{
    double at = last_point(path).x, radius = fmin(turn, x - at);

    if (y - radius > last_point(path).y)
        down_to(path, y - radius);
    turn_at(path, at, y, at + radius, y);
    if (x > at + radius)
        line_to(path, x, y);
}

/* To the right, and down. */
static void bend_to(struct path *path, double x, double y)
{
    hp_point from = last_point(path);

    if (x - turn > from.x)
        line_to(path, x - turn, from.y);
    turn_at(path, x, from.y, x, fmin(from.y + turn, y));
}

static void end_path(struct path *path, uint32_t arc, double share, uint32_t sheet, hp_point tip)
{
    path->curve.arc = arc;
    path->curve.share = share;
    path->curve.sheet = sheet;
    path->curve.arrow = true;
    path->curve.tip = tip;
    path->layout->curves[path->layout->curve_count++] = path->curve;
}

/* The lines that lead down one trunk. They are drawn side by side, as close as one line, in the
 * order in which they leave it, so that they do not cross. */
struct trunk {
    double x, y;     /* where it begins */
    double distance; /* of two lines */
    uint32_t lines;  /* that have not left it yet */
    uint32_t header; /* as of a curve */
};

/* Draws the call that leads to a pile. */
static void draw_call(hp_layout *layout, const hp_cells *cells, uint32_t number, struct trunk *from)
{
    const hp_piles *piles = cells->piles;
    const hp_pile *pile = &piles->piles[number];
    const hp_block *block = &piles->blocks->blocks[number];
    uint32_t arc = piles->tree->arcs[pile->first];
    double share = piles->chart->arcs[arc].share, top = hp_pile_top(piles, number);
    double aside = from->distance * --from->lines;
    struct path path = begin_path(layout, from->x + aside, from->y);
    hp_point tip = {block->corner.x, top + HP_PADDING_Y + HP_LINE_HEIGHT / 2};

    if (block->line.straight) {
        tip = (hp_point){from->x + aside, top};
        down_to(&path, top - arrow);
    } else {
        if (block->line.bus > 0) {
            branch_to(&path, last_point(&path).x + turn, block->line.bus - aside);
            bend_to(&path, block->line.lane + trunk + aside, tip.y);
        }
        branch_to(&path, tip.x - arrow, tip.y);
    }
    path.curve.header = from->header;
    end_path(&path, arc, share, hp_sheet_of(cells, number), tip);
}

/* Draws the short line from a pile down to a note that stands below it. */
static void draw_stub(hp_layout *layout, uint32_t note, struct trunk *from)
{
    const hp_note *to = &layout->notes[note];
    struct path path = begin_path(layout, from->x + from->distance * --from->lines, from->y);
    hp_point tip = {to->corner.x - 1, to->corner.y + HP_LINE_HEIGHT / 2};

    branch_to(&path, tip.x - arrow, tip.y);
    path.curve.note = note;
    end_path(&path, to->arc, to->share, to->sheet, tip);
}

struct leaving {
    uint32_t pile;
    bool straight;
    double lane, y;
};

static int order_leaving(const void *left, const void *right)
{
    const struct leaving *a = left, *b = right;

    if (a->straight != b->straight)
        return a->straight - b->straight;
    if (a->lane != b->lane)
        return a->lane > b->lane ? -1 : 1;
    return (a->y > b->y) - (a->y < b->y);
}

bool hp_curves_draw(hp_layout *layout, const hp_cells *cells, uint32_t block, double y,
                    uint32_t first, uint32_t header)
{
    const hp_blocks *blocks = cells->piles->blocks;
    const hp_block *caller = &blocks->blocks[block];
    uint32_t count = layout->note_count - first, lines = count + caller->child_count;
    struct trunk from = {caller->corner.x + trunk, y,
                         fmin(line_distance, trunk_width / (lines + 1)), lines, header};
    struct leaving *leaving = malloc((caller->child_count + 1) * sizeof *leaving);

    if (!leaving)
        return false;
    for (uint32_t note = first; note < first + count; note++)
        draw_stub(layout, note, &from);
    for (uint32_t i = 0; i < caller->child_count; i++) {
        const hp_block *child = &blocks->blocks[caller->children[i]];

        leaving[i] = (struct leaving){caller->children[i], child->line.straight, child->line.lane,
                                      child->corner.y};
    }
    qsort(leaving, caller->child_count, sizeof *leaving, order_leaving);
    for (uint32_t i = 0; i < caller->child_count; i++)
        draw_call(layout, cells, leaving[i].pile, &from);
    free(leaving);
    return true;
}

/* The group on top of the cell below that a call on the hot path leads to, which is drawn then: its
 * ends are at the left of both cells. NULL: it does not lead there. */
static const hp_block *rail_down(const hp_cells *cells, uint32_t caller, uint32_t callee)
{
    const hp_piles *piles = cells->piles;
    const hp_block *from = &piles->blocks->blocks[caller];
    hp_point above = hp_cell_corner(cells, cells->cell_of[caller]);
    hp_point below = hp_cell_corner(cells, cells->cell_of[callee]);

    if (!hp_pile_is_hot(piles, callee) ||
        cells->cell_of[callee] != hp_cell_below(cells, cells->cell_of[caller]) ||
        from->child_count > 0 || from->corner.x > above.x)
        return NULL;
    for (uint32_t i = 0; i < cells->group_count; i++) {
        const hp_block *group = &piles->blocks->blocks[cells->groups[i].block];

        if (group->children[0] == callee)
            return group->corner.x <= below.x && group->corner.y <= below.y + top_gap ? group
                                                                                      : NULL;
    }
    return NULL;
}

/* The trunk of the group goes on where it ends. */
static void draw_rail(hp_layout *layout, const hp_cells *cells, uint32_t caller, uint32_t callee,
                      const hp_block *group)
{
    const hp_piles *piles = cells->piles;
    double x = piles->blocks->blocks[caller].corner.x + trunk;
    uint32_t arc = piles->tree->arcs[piles->piles[callee].first];
    double share = piles->chart->arcs[arc].share;
    struct path path = begin_path(layout, x, hp_pile_bottom(piles, caller));

    if (hp_sheet_of(cells, caller) != hp_sheet_of(cells, callee)) {
        down_to(&path, cells->room->border);
        end_path(&path, arc, share, hp_sheet_of(cells, caller), (hp_point){0, 0});
        layout->curves[layout->curve_count - 1].arrow = false;
        path = begin_path(layout, x, -cells->room->above);
    }
    down_to(&path, group->corner.y + group->head - arrow);
    end_path(&path, arc, share, hp_sheet_of(cells, callee),
             (hp_point){x, group->corner.y + group->head});
}

void hp_curves_draw_rails(hp_layout *layout, const hp_cells *cells, uint32_t pile)
{
    const hp_pile *piles = cells->piles->piles;

    for (uint32_t cut = piles[pile].first_cut; cut != HP_NO_BLOCK; cut = piles[cut].next_cut) {
        const hp_block *group = rail_down(cells, pile, cut);

        if (group)
            draw_rail(layout, cells, pile, cut, group);
    }
}
