// SPDX-License-Identifier: MIT
#include "layout/lay_out.h"

#include "layout/blocks.h"
#include "layout/call_tree.h"
#include "layout/notes.h"
#include "layout/text_size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The most functions of a chain that are stacked, and the height at which a stack ends. */
enum { STACK_MAX = 6 };
static const double stack_height = 150;

/* The lines of the note above a group that there is room for. */
enum { HEADER_LINES = 5 };

/* Calls of this share stay on one sheet if possible. */
static const double heavy_share = 0.2;

/* The part of a cell that a group of several units has at most: two of them have room, and gaps. */
static const double group_height = 0.47;

/* The width of a box, in lanes. */
enum { BOX_MIN = 7, BOX_MAX = 11 };

/* Where a trunk is in its lane, and the radius of its turns. */
static const double trunk = 4, turn = 4;

/* Between the lines of a trunk, and how wide that may make it. */
static const double line_distance = 0.06, trunk_width = 2;

/* What stands on top of a cell is not lower than this. */
static const double top_gap = 14;

/* The length of arrow heads. */
static const double arrow = 4;

/* A stack of functions. It is the block of the same number. */
struct unit {
    uint32_t first, last; /* functions */
    uint32_t parent;      /* HP_NO_BLOCK: a root */
    uint32_t next_cut;    /* the next unit that was cut off from the same one */
    uint32_t first_cut;   /* units that were cut off */
    double area;          /* of the blocks below it that are not cut off */
};

/* Units with the same caller on another sheet, or one without a caller. */
struct group {
    uint32_t block;
    double area;
};

struct plan {
    const hp_chart *chart;
    const hp_room *room;
    hp_layout *layout;
    hp_call_tree tree;
    hp_notes notes;
    hp_blocks blocks;
    hp_size cell;           /* a sheet, or of a large one a part; boxes stay within it */
    uint32_t rows, columns; /* of cells on a sheet */
    struct unit *units;
    uint32_t unit_count;
    uint32_t *unit_of; /* of each function */
    uint32_t *below;   /* of each function, the next one in its stack; HP_NO_NODE: none */
    struct group *groups;
    uint32_t group_count;
    uint32_t *cells; /* the block of each cell, sheet by sheet */
    uint32_t cell_count;
    uint32_t *cell_of; /* of each block, found when it is placed */
};

/* --- Boxes --------------------------------------------------------------------------------- */

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

/* The width that nearly all boxes need; text of the others has more lines. Returns 0 without
 * memory. */
static uint32_t box_lanes(const hp_chart *chart, double most)
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

static bool measure_box(struct plan *plan, uint32_t node)
{
    const hp_chart *chart = plan->chart;
    hp_box *box = &plan->layout->boxes[node];
    double width = plan->blocks.box * HP_LANE;
    char step[24] = "", *name;

    box->step = plan->tree.steps[node];
    if (box->step)
        snprintf(step, sizeof step, "%u. ", (unsigned)box->step);
    name = join(step, "", chart->nodes[node].name);
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

/* --- Units --------------------------------------------------------------------------------- */

/* A function whose only drawn callee has no other drawn caller is stacked on it. */
static bool is_chained(const struct plan *plan, uint32_t node)
{
    uint32_t caller = plan->tree.parents[node];

    return caller != HP_NO_NODE && plan->notes.callers[node] == 1 &&
           plan->notes.callees[caller] == 1;
}

/* Negative: out of memory. */
static double head_of(const struct plan *plan, uint32_t number)
{
    const struct unit *unit = &plan->units[number];
    double above = hp_notes_height_above(&plan->notes, unit->first);
    double below = hp_notes_height_below(&plan->notes, unit->last), height = above + below;

    for (uint32_t node = unit->first; node != HP_NO_NODE; node = plan->below[node])
        height += plan->layout->boxes[node].size.height;
    return above < 0 || below < 0 ? -1 : height;
}

/* Stacks functions to units, and adds their blocks. */
static bool make_units(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->chart->node_count; i++) {
        uint32_t node = plan->tree.order[i], caller = plan->tree.parents[node], depth = 0;
        double height = 0;

        plan->below[node] = HP_NO_NODE;
        if (is_chained(plan, node)) {
            struct unit *unit = &plan->units[plan->unit_of[caller]];

            for (uint32_t at = unit->first; at != HP_NO_NODE; at = plan->below[at]) {
                height += plan->layout->boxes[at].size.height;
                depth++;
            }
            if (depth < STACK_MAX && height < stack_height) {
                plan->below[unit->last] = node;
                unit->last = node;
                plan->unit_of[node] = plan->unit_of[caller];
                continue;
            }
        }
        plan->unit_of[node] = plan->unit_count;
        plan->units[plan->unit_count++] = (struct unit){
            .first = node,
            .last = node,
            .parent = caller == HP_NO_NODE ? HP_NO_BLOCK : plan->unit_of[caller],
            .next_cut = HP_NO_BLOCK,
            .first_cut = HP_NO_BLOCK,
        };
    }
    for (uint32_t i = 0; i < plan->unit_count; i++) {
        double head = head_of(plan, i);

        if (head < 0 || hp_blocks_add(&plan->blocks, head) == HP_NO_BLOCK)
            return false;
    }
    return true;
}

/* The share of the call that leads to a unit. */
static double share_of(const struct plan *plan, uint32_t unit)
{
    uint32_t arc = plan->tree.arcs[plan->units[unit].first];

    return arc == HP_NO_NODE ? 0 : fabs(plan->chart->arcs[arc].share);
}

struct child {
    uint32_t unit, step;
    double share;
};

/* The one of the hot path first, then the heaviest. */
static int order_children(const void *left, const void *right)
{
    const struct child *a = left, *b = right;

    if (a->step != b->step)
        return a->step < b->step ? 1 : -1;
    if (a->share != b->share)
        return a->share < b->share ? 1 : -1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

static bool plant_units(struct plan *plan)
{
    struct child *children = malloc((plan->unit_count + 1) * sizeof *children);
    bool ok = children != NULL;

    for (uint32_t i = 0; ok && i < plan->unit_count; i++)
        children[i] = (struct child){i, plan->tree.steps[plan->units[i].first], share_of(plan, i)};
    if (ok)
        qsort(children, plan->unit_count, sizeof *children, order_children);
    for (uint32_t i = 0; ok && i < plan->unit_count; i++) {
        uint32_t parent = plan->units[children[i].unit].parent;

        if (parent == HP_NO_BLOCK)
            continue;
        plan->blocks.blocks[parent].is_rail |= children[i].step > 0;
        ok = hp_block_adopt(&plan->blocks, parent, children[i].unit);
    }
    free(children);
    return ok;
}

/* --- Cuts ---------------------------------------------------------------------------------- */

/* How much it costs the reader that a unit is on another sheet than its caller, for the room that
 * this gains. */
static double cost_of_cut(const struct plan *plan, uint32_t unit)
{
    double share = share_of(plan, unit);
    double cost = share * share + 0.001;

    if (plan->tree.steps[plan->units[unit].first])
        cost *= 4;
    return cost / plan->units[unit].area;
}

static void cut_off(struct plan *plan, uint32_t child)
{
    uint32_t parent = plan->units[child].parent, index = 0;
    hp_block *block = &plan->blocks.blocks[parent];

    while (block->children[index] != child)
        index++;
    memmove(block->children + index, block->children + index + 1,
            (block->child_count - index - 1) * sizeof *block->children);
    block->child_count--;
    if (index == 0)
        block->is_rail =
            block->child_count > 0 && plan->tree.steps[plan->units[block->children[0]].first] > 0;
    hp_notes_cut(&plan->notes, plan->tree.arcs[plan->units[child].first]);
    plan->units[child].next_cut = plan->units[parent].first_cut;
    plan->units[parent].first_cut = child;
}

/* Finds what is best cut off below a unit; HP_NO_BLOCK: there is nothing. stack has room for all
 * units. */
static uint32_t best_cut(const struct plan *plan, uint32_t number, uint32_t *stack)
{
    uint32_t best = HP_NO_BLOCK;
    size_t count = 0;
    double least = INFINITY;

    stack[count++] = number;
    while (count > 0) {
        const hp_block *block = &plan->blocks.blocks[stack[--count]];

        for (uint32_t i = 0; i < block->child_count; i++) {
            uint32_t child = block->children[i];
            double cost = cost_of_cut(plan, child);

            if (cost < least) {
                least = cost;
                best = child;
            }
            stack[count++] = child;
        }
    }
    return best;
}

/* Cuts a unit off below another one, and measures again what is between them. */
static bool cut_between(struct plan *plan, uint32_t child, uint32_t number)
{
    uint32_t at = plan->units[child].parent;
    double area = plan->units[child].area;

    cut_off(plan, child);
    plan->blocks.blocks[at].head = head_of(plan, at);
    if (plan->blocks.blocks[at].head < 0)
        return false;
    for (; at != number; at = plan->units[at].parent) {
        plan->units[at].area -= area;
        if (!hp_block_measure(&plan->blocks, at))
            return false;
    }
    plan->units[number].area -= area;
    return true;
}

/* Cuts units off below a unit until the others fit on one sheet: several at once if much is too
 * much. stack as for best_cut. */
static bool cut_unit(struct plan *plan, uint32_t number, double limit, uint32_t *stack)
{
    struct unit *unit = &plan->units[number];
    const hp_block *block = &plan->blocks.blocks[number];

    unit->area = block->head * plan->blocks.box * HP_LANE;
    for (uint32_t i = 0; i < block->child_count; i++)
        unit->area += plan->units[block->children[i]].area;
    if (!hp_block_measure(&plan->blocks, number))
        return false;
    while (hp_block_height(&plan->blocks, number) > limit && block->child_count > 0) {
        double height = hp_block_height(&plan->blocks, number);
        double area = unit->area * (1 - 0.7 * (height - limit) / height);

        do
            if (!cut_between(plan, best_cut(plan, number, stack), number))
                return false;
        while (unit->area > area && block->child_count > 0);
        if (!hp_block_measure(&plan->blocks, number))
            return false;
    }
    return true;
}

/* What is heavy is kept together as long as it fits on a sheet; other pieces may have to be
 * smaller.
 */
static bool cut_units(struct plan *plan)
{
    double whole = plan->cell.height - HEADER_LINES * HP_LINE_HEIGHT - 12;
    uint32_t *stack = malloc((plan->unit_count + 1) * sizeof *stack);
    bool ok = stack != NULL;

    for (uint32_t i = plan->unit_count; ok && i-- > 0;) {
        double share = plan->units[i].parent == HP_NO_BLOCK
                           ? fabs(plan->chart->nodes[plan->units[i].first].share)
                           : share_of(plan, i);

        ok = cut_unit(plan, i, share >= heavy_share ? whole : plan->room->piece * whole, stack);
    }
    free(stack);
    return ok;
}

/* --- Groups -------------------------------------------------------------------------------- */

static bool add_group(struct plan *plan, uint32_t unit, double head)
{
    struct group *group = &plan->groups[plan->group_count];

    if (head < 0)
        return false;
    group->block = hp_blocks_add(&plan->blocks, head);
    if (group->block == HP_NO_BLOCK || !hp_block_adopt(&plan->blocks, group->block, unit))
        return false;
    plan->group_count++;
    group->area = plan->units[unit].area;
    plan->blocks.blocks[group->block].is_plain = head <= 0;
    plan->blocks.blocks[group->block].is_rail = plan->tree.steps[plan->units[unit].first] > 0;
    return hp_block_measure(&plan->blocks, group->block);
}

/* Adds a unit to the last group, or if that becomes too large to a new one. */
static bool add_to_group(struct plan *plan, uint32_t unit, bool *is_first)
{
    if (!*is_first) {
        struct group *group = &plan->groups[plan->group_count - 1];
        hp_block *block = &plan->blocks.blocks[group->block];

        if (!hp_block_adopt(&plan->blocks, group->block, unit))
            return false;
        /* There is surely room. */
        if (group->area + plan->units[unit].area < 0.15 * plan->cell.height * plan->cell.width) {
            group->area += plan->units[unit].area;
            return true;
        }
        if (!hp_block_measure(&plan->blocks, group->block))
            return false;
        if (hp_block_height(&plan->blocks, group->block) <= group_height * plan->cell.height) {
            group->area += plan->units[unit].area;
            return true;
        }
        block->child_count--;
        if (!hp_block_measure(&plan->blocks, group->block))
            return false;
    }
    *is_first = false;
    return add_group(plan, unit, hp_notes_header_height(&plan->notes, plan->units[unit].first));
}

static int order_groups(const void *left, const void *right)
{
    const struct group *a = left, *b = right;

    if (a->area != b->area)
        return a->area < b->area ? 1 : -1;
    return (a->block > b->block) - (a->block < b->block);
}

static bool make_groups(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->unit_count; i++)
        if (plan->units[i].parent == HP_NO_BLOCK && !add_group(plan, i, 0))
            return false;
    for (uint32_t i = 0; i < plan->unit_count; i++) {
        bool is_first = true;

        /* What is on the hot path comes first, and so becomes the spine. */
        for (int hot = 1; hot >= 0; hot--)
            for (uint32_t cut = plan->units[i].first_cut; cut != HP_NO_BLOCK;
                 cut = plan->units[cut].next_cut)
                if ((plan->tree.steps[plan->units[cut].first] > 0) == hot &&
                    !add_to_group(plan, cut, &is_first))
                    return false;
        if (!is_first &&
            !hp_block_measure(&plan->blocks, plan->groups[plan->group_count - 1].block))
            return false;
    }
    /* The first one is that of the heaviest function. */
    if (plan->group_count > 1)
        qsort(plan->groups + 1, plan->group_count - 1, sizeof *plan->groups, order_groups);
    return true;
}

/* --- Cells --------------------------------------------------------------------------------- */

/* Large sheets are divided into cells, each like a sheet of usual size: what is on it is easier to
 * overlook, and takes less time to find. */
static void divide_sheets(struct plan *plan)
{
    const hp_room *room = plan->room;
    const hp_size least = {500, 700};

    plan->cell = room->area;
    plan->rows = plan->columns = 1;
    if (room->area.height > 0) {
        plan->columns = (uint32_t)fmax(1, floor(room->area.width / least.width));
        plan->rows = (uint32_t)fmax(1, floor(room->area.height / least.height));
        plan->cell.width = room->area.width / plan->columns;
        plan->cell.height = room->area.height / plan->rows;
    } else {
        plan->cell.height = INFINITY;
    }
}

static uint32_t cells_max(const struct plan *plan)
{
    return plan->room->sheets * plan->rows * plan->columns;
}

static uint32_t sheet_of(const struct plan *plan, uint32_t block)
{
    return plan->cell_of[block] / (plan->rows * plan->columns);
}

/* The corner of a cell on its sheet. */
static hp_point cell_corner(const struct plan *plan, uint32_t cell)
{
    uint32_t number = cell % (plan->rows * plan->columns);

    return (hp_point){number % plan->columns * plan->cell.width,
                      plan->rows > 1 ? number / plan->columns * plan->cell.height : 0};
}

/* The cell below another one, on the same sheet or the one below it; HP_NO_BLOCK: none. */
static uint32_t cell_below(const struct plan *plan, uint32_t cell)
{
    uint32_t all = plan->rows * plan->columns, sheet = cell / all, number = cell % all;

    if (number + plan->columns < all)
        return cell + plan->columns;
    return plan->room->columns ? (sheet + plan->room->columns) * all + number % plan->columns
                               : HP_NO_BLOCK;
}

/* Whether a group finds room in a cell. If it does, it is there. */
static bool try_cell(struct plan *plan, uint32_t cell, const struct group *group, bool *ok)
{
    if (!hp_block_adopt(&plan->blocks, cell, group->block) ||
        !hp_block_measure(&plan->blocks, cell)) {
        *ok = false;
        return false;
    }
    if (hp_block_height(&plan->blocks, cell) <= plan->cell.height)
        return true;
    plan->blocks.blocks[cell].child_count--;
    *ok = hp_block_measure(&plan->blocks, cell);
    return false;
}

static bool add_cell(struct plan *plan, bool is_rail)
{
    uint32_t cell = hp_blocks_add(&plan->blocks, 0);

    if (cell == HP_NO_BLOCK)
        return false;
    plan->cells[plan->cell_count++] = cell;
    plan->blocks.blocks[cell].is_plain = true;
    plan->blocks.blocks[cell].is_rail = is_rail;
    return true;
}

/* Puts the groups into cells. Sets *fits. */
static bool fill_cells(struct plan *plan, bool *fits)
{
    double whole = 0.95 * plan->cell.height * plan->cell.width;
    double *filled = calloc((size_t)cells_max(plan) + 1, sizeof *filled);
    bool ok = filled != NULL;

    *fits = true;
    for (uint32_t i = 0; ok && *fits && i < plan->group_count; i++) {
        const struct group *group = &plan->groups[i];
        uint32_t cell = 0;

        while (
            ok && cell < plan->cell_count &&
            (filled[cell] + group->area > whole || !try_cell(plan, plan->cells[cell], group, &ok)))
            cell++;
        if (ok && cell == plan->cell_count) {
            *fits = cell < cells_max(plan);
            if (!*fits)
                break;
            ok = add_cell(plan, plan->blocks.blocks[group->block].is_rail);
            *fits = ok && try_cell(plan, plan->cells[cell], group, &ok);
        }
        filled[cell] += group->area;
    }
    free(filled);
    return ok;
}

static bool mark_cell(struct plan *plan, uint32_t cell)
{
    uint32_t *stack = malloc((plan->blocks.count + 1) * sizeof *stack);
    size_t count = 0;

    if (!stack)
        return false;
    stack[count++] = plan->cells[cell];
    while (count > 0) {
        uint32_t number = stack[--count];
        const hp_block *block = &plan->blocks.blocks[number];

        plan->cell_of[number] = cell;
        for (uint32_t i = 0; i < block->child_count; i++)
            stack[count++] = block->children[i];
    }
    free(stack);
    return true;
}

static bool mark_cells(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->cell_count; i++)
        if (!mark_cell(plan, i))
            return false;
    return true;
}

/* Orders the cells: those of the hot path go down from the first one, the others follow as the
 * heaviest of their functions do. order: of each cell its number until now. taken, placed: of each
 * cell, false. */
static void order_cells(const struct plan *plan, uint32_t *order, bool *taken, bool *placed)
{
    uint32_t next = 0;

    for (uint32_t i = 0; i < plan->tree.path_length; i++) {
        uint32_t cell = plan->cell_of[plan->unit_of[plan->tree.path[i]]];

        if (taken[cell])
            continue;
        if (next >= plan->cell_count || placed[next])
            break;
        taken[cell] = placed[next] = true;
        order[next] = cell;
        next = cell_below(plan, next);
    }
    next = 0;
    for (uint32_t i = 0; i < plan->chart->node_count; i++) {
        uint32_t cell = plan->cell_of[plan->unit_of[i]];

        if (taken[cell])
            continue;
        while (placed[next])
            next++;
        taken[cell] = placed[next] = true;
        order[next] = cell;
    }
}

static bool number_cells(struct plan *plan)
{
    size_t count = (size_t)plan->cell_count + 1;
    uint32_t *order = malloc(count * sizeof *order), *old = malloc(count * sizeof *old);
    bool *taken = calloc(count, sizeof *taken), *placed = calloc(count, sizeof *placed);
    bool ok = order && old && taken && placed;

    plan->cell_of = calloc((size_t)plan->blocks.count + 1, sizeof *plan->cell_of);
    ok = ok && plan->cell_of && mark_cells(plan);
    if (ok) {
        order_cells(plan, order, taken, placed);
        memcpy(old, plan->cells, plan->cell_count * sizeof *old);
        for (uint32_t i = 0; i < plan->cell_count; i++)
            plan->cells[i] = old[order[i]];
        ok = mark_cells(plan);
    }
    free(order);
    free(old);
    free(taken);
    free(placed);
    return ok;
}

/* --- Curves -------------------------------------------------------------------------------- */

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

/* Of the boxes of a unit, between its notes. */
static double top_of(const struct plan *plan, uint32_t unit)
{
    return plan->layout->boxes[plan->units[unit].first].corner.y;
}

static double bottom_of(const struct plan *plan, uint32_t unit)
{
    const hp_box *last = &plan->layout->boxes[plan->units[unit].last];

    return last->corner.y + last->size.height;
}

/* The lines that lead down one trunk. They are drawn side by side, as close as one line, in the
 * order in which they leave it, so that they do not cross. */
struct trunk {
    double x, y;     /* where it begins */
    double distance; /* of two lines */
    uint32_t lines;  /* that have not left it yet */
    uint32_t header; /* as of a curve */
};

/* Draws the call that leads to a unit. */
static void draw_call(struct plan *plan, uint32_t number, struct trunk *from)
{
    const struct unit *unit = &plan->units[number];
    const hp_block *block = &plan->blocks.blocks[number];
    uint32_t arc = plan->tree.arcs[unit->first];
    double share = plan->chart->arcs[arc].share, top = top_of(plan, number);
    double aside = from->distance * --from->lines;
    struct path path = begin_path(plan->layout, from->x + aside, from->y);
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
    end_path(&path, arc, share, sheet_of(plan, number), tip);
}

/* Draws the short line from a unit down to a note that stands below it. */
static void draw_stub(struct plan *plan, uint32_t note, struct trunk *from)
{
    const hp_note *to = &plan->layout->notes[note];
    struct path path = begin_path(plan->layout, from->x + from->distance * --from->lines, from->y);
    hp_point tip = {to->corner.x - 1, to->corner.y + HP_LINE_HEIGHT / 2};

    branch_to(&path, tip.x - arrow, tip.y);
    path.curve.note = note;
    end_path(&path, to->arc, to->share, to->sheet, tip);
}

struct leaving {
    uint32_t unit;
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

/* Draws the lines from a block: to the notes from first on, and to its children. */
static bool draw_lines(struct plan *plan, uint32_t number, double y, uint32_t first,
                       uint32_t header)
{
    const hp_block *block = &plan->blocks.blocks[number];
    uint32_t count = plan->layout->note_count - first, lines = count + block->child_count;
    struct trunk from = {block->corner.x + trunk, y, fmin(line_distance, trunk_width / (lines + 1)),
                         lines, header};
    struct leaving *leaving = malloc((block->child_count + 1) * sizeof *leaving);

    if (!leaving)
        return false;
    for (uint32_t note = first; note < first + count; note++)
        draw_stub(plan, note, &from);
    for (uint32_t i = 0; i < block->child_count; i++) {
        const hp_block *child = &plan->blocks.blocks[block->children[i]];

        leaving[i] = (struct leaving){block->children[i], child->line.straight, child->line.lane,
                                      child->corner.y};
    }
    qsort(leaving, block->child_count, sizeof *leaving, order_leaving);
    for (uint32_t i = 0; i < block->child_count; i++)
        draw_call(plan, leaving[i].unit, &from);
    free(leaving);
    return true;
}

/* The group on top of the cell below that a call on the hot path leads to, which is drawn then: its
 * ends are at the left of both cells. NULL: it does not lead there. */
static const hp_block *rail_down(const struct plan *plan, uint32_t caller, uint32_t callee)
{
    const hp_block *from = &plan->blocks.blocks[caller];
    hp_point above = cell_corner(plan, plan->cell_of[caller]);
    hp_point below = cell_corner(plan, plan->cell_of[callee]);

    if (!plan->tree.steps[plan->units[callee].first] ||
        plan->cell_of[callee] != cell_below(plan, plan->cell_of[caller]) || from->child_count > 0 ||
        from->corner.x > above.x)
        return NULL;
    for (uint32_t i = 0; i < plan->group_count; i++) {
        const hp_block *group = &plan->blocks.blocks[plan->groups[i].block];

        if (group->children[0] == callee)
            return group->corner.x <= below.x && group->corner.y <= below.y + top_gap ? group
                                                                                      : NULL;
    }
    return NULL;
}

/* The trunk of the group goes on where it ends. */
static void draw_rail(struct plan *plan, uint32_t caller, uint32_t callee, const hp_block *group)
{
    double x = plan->blocks.blocks[caller].corner.x + trunk;
    uint32_t arc = plan->tree.arcs[plan->units[callee].first];
    double share = plan->chart->arcs[arc].share;
    struct path path = begin_path(plan->layout, x, bottom_of(plan, caller));

    if (sheet_of(plan, caller) != sheet_of(plan, callee)) {
        down_to(&path, plan->room->border);
        end_path(&path, arc, share, sheet_of(plan, caller), (hp_point){0, 0});
        plan->layout->curves[plan->layout->curve_count - 1].arrow = false;
        path = begin_path(plan->layout, x, -plan->room->above);
    }
    down_to(&path, group->corner.y + group->head - arrow);
    end_path(&path, arc, share, sheet_of(plan, callee),
             (hp_point){x, group->corner.y + group->head});
}

/* --- The whole ----------------------------------------------------------------------------- */

static bool place_boxes(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->unit_count; i++) {
        double above = hp_notes_height_above(&plan->notes, plan->units[i].first);
        double y = plan->blocks.blocks[i].corner.y + above;

        if (above < 0)
            return false;

        for (uint32_t node = plan->units[i].first; node != HP_NO_NODE; node = plan->below[node]) {
            hp_box *box = &plan->layout->boxes[node];

            box->sheet = plan->layout->atlas.sheets[node] = sheet_of(plan, i);
            box->corner = (hp_point){plan->blocks.blocks[i].corner.x, y};
            y += box->size.height;
        }
    }
    return true;
}

/* Adds the notes beside a unit, and draws the lines that lead from it. */
static bool finish_unit(struct plan *plan, uint32_t number)
{
    const struct unit *unit = &plan->units[number];
    hp_point corner = plan->blocks.blocks[number].corner;
    uint32_t first;

    if (!hp_notes_add_above(&plan->notes, unit->first, corner))
        return false;
    first = plan->layout->note_count;
    corner.y = bottom_of(plan, number);
    if (!hp_notes_add_below(&plan->notes, unit->last, corner) ||
        !draw_lines(plan, number, corner.y, first, HP_NO_NODE))
        return false;
    for (uint32_t cut = unit->first_cut; cut != HP_NO_BLOCK; cut = plan->units[cut].next_cut) {
        const hp_block *group = rail_down(plan, number, cut);

        if (group)
            draw_rail(plan, number, cut, group);
    }
    return true;
}

static bool finish_group(struct plan *plan, const struct group *group)
{
    const hp_block *block = &plan->blocks.blocks[group->block];

    return block->is_plain ||
           (hp_notes_add_header(&plan->notes, plan->units[block->children[0]].first,
                                block->corner) &&
            draw_lines(plan, group->block, block->corner.y + block->head, plan->layout->note_count,
                       plan->layout->note_count - 1));
}

static void find_size(hp_layout *layout)
{
    for (uint32_t i = 0; i < layout->box_count; i++) {
        const hp_box *box = &layout->boxes[i];

        layout->size.width = fmax(layout->size.width, box->corner.x + box->size.width);
        layout->size.height = fmax(layout->size.height, box->corner.y + box->size.height);
    }
    for (uint32_t i = 0; i < layout->note_count; i++) {
        const hp_note *note = &layout->notes[i];

        layout->size.width = fmax(layout->size.width, note->corner.x + note->size.width);
        layout->size.height = fmax(layout->size.height, note->corner.y + note->size.height);
    }
}

static bool finish(struct plan *plan)
{
    hp_layout *layout = plan->layout;
    size_t curves = 2 * ((size_t)plan->chart->arc_count + plan->chart->node_count) + 1;

    /* A curve has at most four straight pieces and three turns. */
    layout->curves = malloc(2 * curves * sizeof *layout->curves);
    layout->points = malloc(2 * curves * (1 + 3 * 7) * sizeof *layout->points);
    if (!layout->curves || !layout->points || !number_cells(plan))
        return false;
    layout->atlas.columns = plan->room->columns;
    layout->path = plan->tree.path; /* which passes to the layout */
    layout->path_length = plan->tree.path_length;
    plan->tree.path = NULL;
    for (uint32_t i = 0; i < plan->cell_count; i++)
        if (!hp_block_place(&plan->blocks, plan->cells[i], cell_corner(plan, i)))
            return false;
    if (!place_boxes(plan))
        return false;
    plan->notes.placed = true;
    for (uint32_t i = 0; i < plan->group_count; i++)
        if (!finish_group(plan, &plan->groups[i]))
            return false;
    for (uint32_t i = 0; i < plan->unit_count; i++)
        if (!finish_unit(plan, i))
            return false;
    find_size(layout);
    return true;
}

static bool lay_out(struct plan *plan, bool trial)
{
    const hp_chart *chart = plan->chart;
    double width = plan->cell.width;
    uint32_t lanes = box_lanes(chart, width);
    double paper = plan->cell.height * cells_max(plan) * width / (lanes * HP_LANE), height = 0;

    if (lanes == 0)
        return false;
    hp_blocks_begin(&plan->blocks, lanes, (uint32_t)floor(width / HP_LANE), plan->cell.height);
    if (!hp_notes_begin(&plan->notes, plan->layout, chart, &plan->tree, lanes * HP_LANE,
                        plan->room))
        return false;
    for (uint32_t i = 0; i < chart->node_count; i++) {
        plan->layout->box_count++;
        if (!measure_box(plan, i))
            return false;
        height += plan->layout->boxes[i].size.height;
        if (height > plan->room->filled * paper)
            return true;
    }
    if (!make_units(plan))
        return false;
    height = 0;
    for (uint32_t i = 0; i < plan->unit_count; i++)
        height += plan->blocks.blocks[i].head;
    if (height > plan->room->filled * paper)
        return true;
    if (!plant_units(plan) || !cut_units(plan))
        return false;
    plan->groups = malloc((plan->unit_count + 1) * sizeof *plan->groups);
    if (!plan->groups || !make_groups(plan) || !fill_cells(plan, &plan->layout->fits))
        return false;
    plan->layout->atlas.sheet_count =
        (plan->cell_count + plan->rows * plan->columns - 1) / (plan->rows * plan->columns);
    return trial || !plan->layout->fits || finish(plan);
}

hp_status hp_layout_build(hp_layout *layout, const hp_chart *chart, const hp_room *room, bool trial,
                          hp_error *error)
{
    size_t count = (size_t)chart->node_count + 1;
    struct plan plan = {.chart = chart, .room = room, .layout = layout};
    hp_status status;

    divide_sheets(&plan);

    *layout = (hp_layout){.boxes = calloc(count, sizeof *layout->boxes)};
    status = hp_call_tree_build(&plan.tree, chart, error);
    layout->atlas.sheets = calloc(count, sizeof *layout->atlas.sheets);
    plan.units = malloc(count * sizeof *plan.units);
    plan.unit_of = malloc(count * sizeof *plan.unit_of);
    plan.below = malloc(count * sizeof *plan.below);
    plan.cells = malloc(((size_t)cells_max(&plan) + 1) * sizeof *plan.cells);
    if (status == HP_OK && (!layout->boxes || !layout->atlas.sheets || !plan.units ||
                            !plan.unit_of || !plan.below || !plan.cells || !lay_out(&plan, trial)))
        status = hp_no_memory(error);
    hp_call_tree_free(&plan.tree);
    hp_notes_free(&plan.notes);
    hp_blocks_free(&plan.blocks);
    free(plan.units);
    free(plan.unit_of);
    free(plan.below);
    free(plan.groups);
    free(plan.cells);
    free(plan.cell_of);
    return status;
}
