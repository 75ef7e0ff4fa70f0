// SPDX-License-Identifier: MIT
#include "layout/lay_out.h"

#include "layout/blocks.h"
#include "layout/boxes.h"
#include "layout/call_tree.h"
#include "layout/cells.h"
#include "layout/curves.h"
#include "layout/notes.h"
#include "layout/piles.h"

#include <math.h>
#include <stdlib.h>

struct plan {
    const hp_chart *chart;
    const hp_room *room;
    hp_layout *layout;
    hp_call_tree tree;
    hp_notes notes;
    hp_blocks blocks;
    hp_piles piles;
    hp_cells cells;
};

static bool place_boxes(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->piles.count; i++) {
        double above = hp_notes_height_above(&plan->notes, plan->piles.piles[i].first);
        double y = plan->blocks.blocks[i].corner.y + above;

        if (above < 0)
            return false;

        for (uint32_t node = plan->piles.piles[i].first; node != HP_NO_NODE;
             node = plan->piles.below[node]) {
            hp_box *box = &plan->layout->boxes[node];

            box->sheet = plan->layout->atlas.sheets[node] = hp_sheet_of(&plan->cells, i);
            box->corner = (hp_point){plan->blocks.blocks[i].corner.x, y};
            y += box->size.height;
        }
    }
    return true;
}

/* Adds the notes beside a pile, and draws the lines that lead from it. */
static bool finish_pile(struct plan *plan, uint32_t number)
{
    const hp_pile *pile = &plan->piles.piles[number];
    hp_point corner = plan->blocks.blocks[number].corner;
    uint32_t first;

    if (!hp_notes_add_above(&plan->notes, pile->first, corner))
        return false;
    first = plan->layout->note_count;
    corner.y = hp_pile_bottom(&plan->piles, number);
    if (!hp_notes_add_below(&plan->notes, pile->last, corner) ||
        !hp_curves_draw(plan->layout, &plan->cells, number, corner.y, first, HP_NO_NODE))
        return false;
    hp_curves_draw_rails(plan->layout, &plan->cells, number);
    return true;
}

static bool finish_group(struct plan *plan, const hp_group *group)
{
    const hp_block *block = &plan->blocks.blocks[group->block];

    return block->is_plain ||
           (hp_notes_add_header(&plan->notes, plan->piles.piles[block->children[0]].first,
                                block->corner) &&
            hp_curves_draw(plan->layout, &plan->cells, group->block, block->corner.y + block->head,
                           plan->layout->note_count, plan->layout->note_count - 1));
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

    if (!hp_curves_begin(layout, plan->chart) || !hp_cells_number(&plan->cells))
        return false;
    layout->atlas.columns = plan->room->columns;
    layout->path = plan->tree.path; /* which passes to the layout */
    layout->path_length = plan->tree.path_length;
    plan->tree.path = NULL;
    for (uint32_t i = 0; i < plan->cells.count; i++)
        if (!hp_block_place(&plan->blocks, plan->cells.blocks[i], hp_cell_corner(&plan->cells, i)))
            return false;
    if (!place_boxes(plan))
        return false;
    plan->notes.placed = true;
    for (uint32_t i = 0; i < plan->cells.group_count; i++)
        if (!finish_group(plan, &plan->cells.groups[i]))
            return false;
    for (uint32_t i = 0; i < plan->piles.count; i++)
        if (!finish_pile(plan, i))
            return false;
    find_size(layout);
    return true;
}

static bool lay_out(struct plan *plan, bool trial)
{
    const hp_chart *chart = plan->chart;
    hp_layout *layout = plan->layout;
    hp_size cell = plan->cells.size;
    uint32_t lanes = hp_boxes_lanes(chart, cell.width);
    double box = lanes * HP_LANE, height = 0;
    double paper = cell.height * hp_cells_max(&plan->cells) * cell.width / box;

    if (lanes == 0)
        return false;
    hp_blocks_begin(&plan->blocks, lanes, (uint32_t)floor(cell.width / HP_LANE), cell.height);
    if (!hp_notes_begin(&plan->notes, layout, chart, &plan->tree, box, plan->room))
        return false;
    for (uint32_t i = 0; i < chart->node_count; i++) {
        layout->box_count++;
        if (!hp_box_measure(&layout->boxes[i], chart, i, plan->tree.steps[i], box))
            return false;
        height += layout->boxes[i].size.height;
        if (height > plan->room->filled * paper)
            return true;
    }
    if (!hp_piles_stack(&plan->piles, chart, &plan->tree, layout->boxes, &plan->notes,
                        &plan->blocks))
        return false;
    height = 0;
    for (uint32_t i = 0; i < plan->piles.count; i++)
        height += plan->blocks.blocks[i].head;
    if (height > plan->room->filled * paper)
        return true;
    if (!hp_piles_plant(&plan->piles) ||
        !hp_piles_cut(&plan->piles, cell.height, plan->room->piece) ||
        !hp_cells_fill(&plan->cells, &plan->piles, &layout->fits))
        return false;
    layout->atlas.sheet_count = hp_cells_sheets(&plan->cells);
    return trial || !layout->fits || finish(plan);
}

hp_status hp_layout_build(hp_layout *layout, const hp_chart *chart, const hp_room *room, bool trial,
                          hp_error *error)
{
    size_t count = (size_t)chart->node_count + 1;
    struct plan plan = {.chart = chart, .room = room, .layout = layout};
    hp_status status;

    *layout = (hp_layout){.boxes = calloc(count, sizeof *layout->boxes)};
    status = hp_call_tree_build(&plan.tree, chart, error);
    layout->atlas.sheets = calloc(count, sizeof *layout->atlas.sheets);
    hp_cells_begin(&plan.cells, room);
    if (status == HP_OK && (!layout->boxes || !layout->atlas.sheets || !lay_out(&plan, trial)))
        status = hp_no_memory(error);
    hp_call_tree_free(&plan.tree);
    hp_notes_free(&plan.notes);
    hp_blocks_free(&plan.blocks);
    hp_piles_free(&plan.piles);
    hp_cells_free(&plan.cells);
    return status;
}
