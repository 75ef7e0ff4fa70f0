// SPDX-License-Identifier: MIT
#include "layout/piles.h"

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

/* A function whose only drawn callee has no other drawn caller is stacked on it. */
static bool is_chained(const hp_piles *piles, uint32_t node)
{
    uint32_t caller = piles->tree->parents[node];

    return caller != HP_NO_NODE && piles->notes->callers[node] == 1 &&
           piles->notes->callees[caller] == 1;
}

/* Negative: out of memory. */
static double head_of(const hp_piles *piles, uint32_t number)
{
    const hp_pile *pile = &piles->piles[number];
    double above = hp_notes_height_above(piles->notes, pile->first);
    double below = hp_notes_height_below(piles->notes, pile->last), height = above + below;

    for (uint32_t node = pile->first; node != HP_NO_NODE; node = piles->below[node])
        height += piles->boxes[node].size.height;
    return above < 0 || below < 0 ? -1 : height;
}

bool hp_piles_stack(hp_piles *piles, const hp_chart *chart, const hp_call_tree *tree,
                    const hp_box *boxes, hp_notes *notes, hp_blocks *blocks)
{
    size_t count = (size_t)chart->node_count + 1;

    *piles = (hp_piles){
        .chart = chart,
        .tree = tree,
        .boxes = boxes,
        .notes = notes,
        .blocks = blocks,
        .piles = malloc(count * sizeof *piles->piles),
        .pile_of = malloc(count * sizeof *piles->pile_of),
        .below = malloc(count * sizeof *piles->below),
    };
    if (!piles->piles || !piles->pile_of || !piles->below)
        return false;
    for (uint32_t i = 0; i < chart->node_count; i++) {
        uint32_t node = tree->order[i], caller = tree->parents[node], depth = 0;
        double height = 0;

        piles->below[node] = HP_NO_NODE;
        if (is_chained(piles, node)) {
            hp_pile *pile = &piles->piles[piles->pile_of[caller]];

            for (uint32_t at = pile->first; at != HP_NO_NODE; at = piles->below[at]) {
                height += boxes[at].size.height;
                depth++;
            }
            if (depth < STACK_MAX && height < stack_height) {
                piles->below[pile->last] = node;
                pile->last = node;
                piles->pile_of[node] = piles->pile_of[caller];
                continue;
            }
        }
        piles->pile_of[node] = piles->count;
        piles->piles[piles->count++] = (hp_pile){
            .first = node,
            .last = node,
            .parent = caller == HP_NO_NODE ? HP_NO_BLOCK : piles->pile_of[caller],
            .next_cut = HP_NO_BLOCK,
            .first_cut = HP_NO_BLOCK,
        };
    }
    for (uint32_t i = 0; i < piles->count; i++) {
        double head = head_of(piles, i);

        if (head < 0 || hp_blocks_add(blocks, head) == HP_NO_BLOCK)
            return false;
    }
    return true;
}

void hp_piles_free(hp_piles *piles)
{
    free(piles->piles);
    free(piles->pile_of);
    free(piles->below);
}

bool hp_pile_is_hot(const hp_piles *piles, uint32_t pile)
{
    return piles->tree->steps[piles->piles[pile].first] > 0;
}

double hp_pile_top(const hp_piles *piles, uint32_t pile)
{
    return piles->boxes[piles->piles[pile].first].corner.y;
}

double hp_pile_bottom(const hp_piles *piles, uint32_t pile)
{
    const hp_box *last = &piles->boxes[piles->piles[pile].last];

    return last->corner.y + last->size.height;
}

/* The share of the call that leads to a pile. */
static double share_of(const hp_piles *piles, uint32_t pile)
{
    uint32_t arc = piles->tree->arcs[piles->piles[pile].first];

    return arc == HP_NO_NODE ? 0 : fabs(piles->chart->arcs[arc].share);
}

struct child {
    uint32_t pile, step;
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
    return (a->pile > b->pile) - (a->pile < b->pile);
}

bool hp_piles_plant(hp_piles *piles)
{
    struct child *children = malloc((piles->count + 1) * sizeof *children);
    bool ok = children != NULL;

    for (uint32_t i = 0; ok && i < piles->count; i++)
        children[i] =
            (struct child){i, piles->tree->steps[piles->piles[i].first], share_of(piles, i)};
    if (ok)
        qsort(children, piles->count, sizeof *children, order_children);
    for (uint32_t i = 0; ok && i < piles->count; i++) {
        uint32_t parent = piles->piles[children[i].pile].parent;

        if (parent == HP_NO_BLOCK)
            continue;
        piles->blocks->blocks[parent].is_rail |= children[i].step > 0;
        ok = hp_block_adopt(piles->blocks, parent, children[i].pile);
    }
    free(children);
    return ok;
}

/* --- Cuts ---------------------------------------------------------------------------------- */

/* How much it costs the reader that a pile is on another sheet than its caller, for the room that
 * this gains. */
static double cost_of_cut(const hp_piles *piles, uint32_t pile)
{
    double share = share_of(piles, pile);
    double cost = share * share + 0.001;

    if (hp_pile_is_hot(piles, pile))
        cost *= 4;
    return cost / piles->piles[pile].area;
}

static void cut_off(hp_piles *piles, uint32_t child)
{
    uint32_t parent = piles->piles[child].parent, index = 0;
    hp_block *block = &piles->blocks->blocks[parent];

    while (block->children[index] != child)
        index++;
    memmove(block->children + index, block->children + index + 1,
            (block->child_count - index - 1) * sizeof *block->children);
    block->child_count--;
    if (index == 0)
        block->is_rail = block->child_count > 0 && hp_pile_is_hot(piles, block->children[0]);
    hp_notes_cut(piles->notes, piles->tree->arcs[piles->piles[child].first]);
    piles->piles[child].next_cut = piles->piles[parent].first_cut;
    piles->piles[parent].first_cut = child;
}

/* Finds what is best cut off below a pile; HP_NO_BLOCK: there is nothing. stack has room for all
 * piles. */
static uint32_t best_cut(const hp_piles *piles, uint32_t number, uint32_t *stack)
{
    uint32_t best = HP_NO_BLOCK;
    size_t count = 0;
    double least = INFINITY;

    stack[count++] = number;
    while (count > 0) {
        const hp_block *block = &piles->blocks->blocks[stack[--count]];

        for (uint32_t i = 0; i < block->child_count; i++) {
            uint32_t child = block->children[i];
            double cost = cost_of_cut(piles, child);

            if (cost < least) {
                least = cost;
                best = child;
            }
            stack[count++] = child;
        }
    }
    return best;
}

/* Cuts a pile off below another one, and measures again what is between them. */
static bool cut_between(hp_piles *piles, uint32_t child, uint32_t number)
{
    uint32_t at = piles->piles[child].parent;
    double area = piles->piles[child].area;

    cut_off(piles, child);
    piles->blocks->blocks[at].head = head_of(piles, at);
    if (piles->blocks->blocks[at].head < 0)
        return false;
    for (; at != number; at = piles->piles[at].parent) {
        piles->piles[at].area -= area;
        if (!hp_block_measure(piles->blocks, at))
            return false;
    }
    piles->piles[number].area -= area;
    return true;
}

/* Cuts piles off below a pile until the others fit on one sheet: several at once if much is too
 * much. stack as for best_cut. */
static bool cut_pile(hp_piles *piles, uint32_t number, double limit, uint32_t *stack)
{
    hp_pile *pile = &piles->piles[number];
    const hp_block *block = &piles->blocks->blocks[number];

    pile->area = block->head * piles->blocks->box * HP_LANE;
    for (uint32_t i = 0; i < block->child_count; i++)
        pile->area += piles->piles[block->children[i]].area;
    if (!hp_block_measure(piles->blocks, number))
        return false;
    while (hp_block_height(piles->blocks, number) > limit && block->child_count > 0) {
        double height = hp_block_height(piles->blocks, number);
        double area = pile->area * (1 - 0.7 * (height - limit) / height);

        do
            if (!cut_between(piles, best_cut(piles, number, stack), number))
                return false;
        while (pile->area > area && block->child_count > 0);
        if (!hp_block_measure(piles->blocks, number))
            return false;
    }
    return true;
}

/* What is heavy is kept together as long as it fits on a sheet; other pieces may have to be
 * smaller. */
bool hp_piles_cut(hp_piles *piles, double height, double piece)
{
    double whole = height - HEADER_LINES * HP_LINE_HEIGHT - 12;
    uint32_t *stack = malloc((piles->count + 1) * sizeof *stack);
    bool ok = stack != NULL;

    for (uint32_t i = piles->count; ok && i-- > 0;) {
        double share = piles->piles[i].parent == HP_NO_BLOCK
                           ? fabs(piles->chart->nodes[piles->piles[i].first].share)
                           : share_of(piles, i);

        ok = cut_pile(piles, i, share >= heavy_share ? whole : piece * whole, stack);
    }
    free(stack);
    return ok;
}
