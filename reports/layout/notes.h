// SPDX-License-Identifier: MIT
/* The notes of a layout: beside the boxes of functions, what they call and who calls them that no
 * drawn line tells. Heavy calls have a note each, many light ones share one. */
#ifndef HP_NOTES_H
#define HP_NOTES_H

#include "layout/call_tree.h"
#include "layout/layout.h"
#include "layout/room.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_notes {
    hp_layout *layout;
    const hp_chart *chart;
    const hp_call_tree *tree;
    double width;                          /* of their lines */
    char widest_sheet[HP_SHEET_NAME_SIZE]; /* stands for the names of sheets that are not known */
    bool placed;                           /* the sheets of the layout are known */
    uint32_t *callers, *callees;           /* how many callers and callees each function has */
    uint32_t *calls_from, *calls_to;       /* of each function the first of its calls, in order */
    uint32_t *from, *to; /* the numbers of all calls, by caller and by callee, the heaviest first */
    bool *is_cut;        /* of each call */
    bool *is_namesake;   /* of each function: others have the same name */
} hp_notes;

/* A box is so wide. Nothing is cut off yet. hp_notes_free is needed even if it returns false, as it
 * is out of memory. */
bool hp_notes_begin(hp_notes *notes, hp_layout *layout, const hp_chart *chart,
                    const hp_call_tree *tree, double box, const hp_room *room);
void hp_notes_free(hp_notes *notes);

/* From now on, a call of the tree is not drawn from box to box. */
void hp_notes_cut(hp_notes *notes, uint32_t arc);

/* The height of the notes that stand above or below the box of a function; negative: out of memory.
 */
double hp_notes_height_above(const hp_notes *notes, uint32_t node);
double hp_notes_height_below(const hp_notes *notes, uint32_t node);

/* Adds these notes to the layout, whose sheets are known, from a corner on. false: out of memory.
 */
bool hp_notes_add_above(hp_notes *notes, uint32_t node, hp_point corner);
bool hp_notes_add_below(hp_notes *notes, uint32_t node, hp_point corner);

/* The same, where negative means out of memory, too, of the note that begins a group of functions
 * that one on another sheet calls. node: the first one of the group. */
double hp_notes_header_height(const hp_notes *notes, uint32_t node);
bool hp_notes_add_header(hp_notes *notes, uint32_t node, hp_point corner);

#ifdef __cplusplus
}
#endif

#endif
