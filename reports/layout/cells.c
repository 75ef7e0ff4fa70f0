// SPDX-License-Identifier: MIT
#include "layout/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The part of a cell that a group of several piles has at most: two of them have room, and gaps. */
static const double group_height = 0.47;

/* --- Groups -------------------------------------------------------------------------------- */

static bool add_group(hp_cells *cells, uint32_t pile, double head)
{
    const hp_piles *piles = cells->piles;
    hp_group *group = &cells->groups[cells->group_count];

    if (head < 0)
        return false;
    group->block = hp_blocks_add(piles->blocks, head);
    if (group->block == HP_NO_BLOCK || !hp_block_adopt(piles->blocks, group->block, pile))
        return false;
    cells->group_count++;
    group->area = piles->piles[pile].area;
    piles->blocks->blocks[group->block].is_plain = head <= 0;
    piles->blocks->blocks[group->block].is_rail = hp_pile_is_hot(piles, pile);
    return hp_block_measure(piles->blocks, group->block);
}

/* Adds a pile to the last group, or if that becomes too large to a new one. */
static bool add_to_group(hp_cells *cells, uint32_t pile, bool *is_first)
{
    const hp_piles *piles = cells->piles;

    if (!*is_first) {
        hp_group *group = &cells->groups[cells->group_count - 1];
        hp_block *block = &piles->blocks->blocks[group->block];

        if (!hp_block_adopt(piles->blocks, group->block, pile))
            return false;
        /* There is surely room. */
        if (group->area + piles->piles[pile].area < 0.15 * cells->size.height * cells->size.width) {
            group->area += piles->piles[pile].area;
            return true;
        }
        if (!hp_block_measure(piles->blocks, group->block))
            return false;
        if (hp_block_height(piles->blocks, group->block) <= group_height * cells->size.height) {
            group->area += piles->piles[pile].area;
            return true;
        }
        block->child_count--;
        if (!hp_block_measure(piles->blocks, group->block))
            return false;
    }
    *is_first = false;
    return add_group(cells, pile, hp_notes_header_height(piles->notes, piles->piles[pile].first));
}

static int order_groups(const void *left, const void *right)
{
    const hp_group *a = left, *b = right;

    if (a->area != b->area)
        return a->area < b->area ? 1 : -1;
    return (a->block > b->block) - (a->block < b->block);
}

static bool make_groups(hp_cells *cells)
{
    const hp_piles *piles = cells->piles;

    for (uint32_t i = 0; i < piles->count; i++)
        if (piles->piles[i].parent == HP_NO_BLOCK && !add_group(cells, i, 0))
            return false;
    for (uint32_t i = 0; i < piles->count; i++) {
        bool is_first = true;

        /* What is on the hot path comes first, and so becomes the spine. */
        for (int hot = 1; hot >= 0; hot--)
            for (uint32_t cut = piles->piles[i].first_cut; cut != HP_NO_BLOCK;
                 cut = piles->piles[cut].next_cut)
                if (hp_pile_is_hot(piles, cut) == hot && !add_to_group(cells, cut, &is_first))
                    return false;
        if (!is_first &&
            !hp_block_measure(piles->blocks, cells->groups[cells->group_count - 1].block))
            return false;
    }
    /* The first one is that of the heaviest function. */
    if (cells->group_count > 1)
        qsort(cells->groups + 1, cells->group_count - 1, sizeof *cells->groups, order_groups);
    return true;
}

/* --- Cells --------------------------------------------------------------------------------- */

void hp_cells_begin(hp_cells *cells, const hp_room *room)
{
    const hp_size least = {500, 700};

    *cells = (hp_cells){.room = room, .size = room->area, .rows = 1, .columns = 1};
    if (room->area.height > 0) {
        cells->columns = (uint32_t)fmax(1, floor(room->area.width / least.width));
        cells->rows = (uint32_t)fmax(1, floor(room->area.height / least.height));
        cells->size.width = room->area.width / cells->columns;
        cells->size.height = room->area.height / cells->rows;
    } else {
        cells->size.height = INFINITY;
    }
}

void hp_cells_free(hp_cells *cells)
{
    free(cells->groups);
    free(cells->blocks);
    free(cells->cell_of);
}

uint32_t hp_cells_max(const hp_cells *cells)
{
    return cells->room->sheets * cells->rows * cells->columns;
}

uint32_t hp_cells_sheets(const hp_cells *cells)
{
    uint32_t all = cells->rows * cells->columns;

    return (cells->count + all - 1) / all;
}

uint32_t hp_sheet_of(const hp_cells *cells, uint32_t block)
{
    return cells->cell_of[block] / (cells->rows * cells->columns);
}

hp_point hp_cell_corner(const hp_cells *cells, uint32_t cell)
{
    uint32_t number = cell % (cells->rows * cells->columns), row = number / cells->columns;

    return (hp_point){number % cells->columns * cells->size.width,
                      cells->rows > 1 ? row * cells->size.height : 0};
}

uint32_t hp_cell_below(const hp_cells *cells, uint32_t cell)
{
    uint32_t all = cells->rows * cells->columns, sheet = cell / all, number = cell % all;

    if (number + cells->columns < all)
        return cell + cells->columns;
    return cells->room->columns ? (sheet + cells->room->columns) * all + number % cells->columns
                                : HP_NO_BLOCK;
}

/* Whether a group finds room in a cell. If it does, it is there. */
static bool try_cell(hp_cells *cells, uint32_t cell, const hp_group *group, bool *ok)
{
    hp_blocks *blocks = cells->piles->blocks;

    if (!hp_block_adopt(blocks, cell, group->block) || !hp_block_measure(blocks, cell)) {
        *ok = false;
        return false;
    }
    if (hp_block_height(blocks, cell) <= cells->size.height)
        return true;
    blocks->blocks[cell].child_count--;
    *ok = hp_block_measure(blocks, cell);
    return false;
}

static bool add_cell(hp_cells *cells, bool is_rail)
{
    hp_blocks *blocks = cells->piles->blocks;
    uint32_t cell = hp_blocks_add(blocks, 0);

    if (cell == HP_NO_BLOCK)
        return false;
    cells->blocks[cells->count++] = cell;
    blocks->blocks[cell].is_plain = true;
    blocks->blocks[cell].is_rail = is_rail;
    return true;
}

/* Puts the groups into cells. Sets *fits. */
static bool fill_cells(hp_cells *cells, bool *fits)
{
    double whole = 0.95 * cells->size.height * cells->size.width;
    double *filled = calloc((size_t)hp_cells_max(cells) + 1, sizeof *filled);
    bool ok = filled != NULL;

    *fits = true;
    for (uint32_t i = 0; ok && *fits && i < cells->group_count; i++) {
        const hp_group *group = &cells->groups[i];
        uint32_t cell = 0;

        while (ok && cell < cells->count &&
               (filled[cell] + group->area > whole ||
                !try_cell(cells, cells->blocks[cell], group, &ok)))
            cell++;
        if (ok && cell == cells->count) {
            *fits = cell < hp_cells_max(cells);
            if (!*fits)
                break;
            ok = add_cell(cells, cells->piles->blocks->blocks[group->block].is_rail);
            *fits = ok && try_cell(cells, cells->blocks[cell], group, &ok);
        }
        filled[cell] += group->area;
    }
    free(filled);
    return ok;
}

bool hp_cells_fill(hp_cells *cells, const hp_piles *piles, bool *fits)
{
    cells->piles = piles;
    cells->groups = malloc(((size_t)piles->count + 1) * sizeof *cells->groups);
    cells->blocks = malloc(((size_t)hp_cells_max(cells) + 1) * sizeof *cells->blocks);
    return cells->groups && cells->blocks && make_groups(cells) && fill_cells(cells, fits);
}

/* Sets the cell of all blocks in one. */
static bool mark_cell(hp_cells *cells, uint32_t cell)
{
    uint32_t *stack = malloc((cells->piles->blocks->count + 1) * sizeof *stack);
    size_t count = 0;

    if (!stack)
        return false;
    stack[count++] = cells->blocks[cell];
    while (count > 0) {
        uint32_t number = stack[--count];
        const hp_block *block = &cells->piles->blocks->blocks[number];

        cells->cell_of[number] = cell;
        for (uint32_t i = 0; i < block->child_count; i++)
            stack[count++] = block->children[i];
    }
    free(stack);
    return true;
}

static bool mark_cells(hp_cells *cells)
{
    for (uint32_t i = 0; i < cells->count; i++)
        if (!mark_cell(cells, i))
            return false;
    return true;
}

/* order: of each cell its number until now. taken, placed: of each cell, false. */
static void order_cells(const hp_cells *cells, uint32_t *order, bool *taken, bool *placed)
{
    const hp_piles *piles = cells->piles;
    uint32_t next = 0;

    for (uint32_t i = 0; i < piles->tree->path_length; i++) {
        uint32_t cell = cells->cell_of[piles->pile_of[piles->tree->path[i]]];

        if (taken[cell])
            continue;
        if (next >= cells->count || placed[next])
            break;
        taken[cell] = placed[next] = true;
        order[next] = cell;
        next = hp_cell_below(cells, next);
    }
    next = 0;
    for (uint32_t i = 0; i < piles->chart->node_count; i++) {
        uint32_t cell = cells->cell_of[piles->pile_of[i]];

        if (taken[cell])
            continue;
        while (placed[next])
            next++;
        taken[cell] = placed[next] = true;
        order[next] = cell;
    }
}

bool hp_cells_number(hp_cells *cells)
{
    size_t count = (size_t)cells->count + 1;
    uint32_t *order = malloc(count * sizeof *order), *old = malloc(count * sizeof *old);
    bool *taken = calloc(count, sizeof *taken), *placed = calloc(count, sizeof *placed);
    bool ok = order && old && taken && placed;

    cells->cell_of = calloc((size_t)cells->piles->blocks->count + 1, sizeof *cells->cell_of);
    ok = ok && cells->cell_of && mark_cells(cells);
    if (ok) {
        order_cells(cells, order, taken, placed);
        memcpy(old, cells->blocks, cells->count * sizeof *old);
        for (uint32_t i = 0; i < cells->count; i++)
            cells->blocks[i] = old[order[i]];
        ok = mark_cells(cells);
    }
    free(order);
    free(old);
    free(taken);
    free(placed);
    return ok;
}
