// SPDX-License-Identifier: MIT
/* The piles of a layout: which functions stand together in a stack, and which stacks stand below
 * their callers on one sheet or are cut off from them.
 *
 * A pile is the block of the same number. Its block has for children the piles that it calls and
 * that are not cut off. */
#ifndef HP_PILES_H
#define HP_PILES_H

#include "layout/blocks.h"
#include "layout/call_tree.h"
#include "layout/layout.h"
#include "layout/notes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A stack of functions. */
typedef struct hp_pile {
    uint32_t first, last; /* functions */
    uint32_t parent;      /* HP_NO_BLOCK: a root */
    uint32_t next_cut;    /* the next pile that was cut off from the same one, or HP_NO_BLOCK */
    uint32_t first_cut;   /* piles that were cut off from this one */
    double area;          /* of it and what is below it and not cut off, when all is cut */
} hp_pile;

typedef struct hp_piles {
    const hp_chart *chart;
    const hp_call_tree *tree;
    const hp_box *boxes; /* of each function */
    hp_notes *notes;
    hp_blocks *blocks;
    hp_pile *piles;
    uint32_t count;
    uint32_t *pile_of; /* of each function */
    uint32_t *below;   /* of each function, the next one in its stack; HP_NO_NODE: none */
} hp_piles;

/* Stacks the functions of a chart, and adds the blocks of the piles, which have no children yet.
 * What is given must outlive the piles; boxes: of each function, measured; blocks: there are none
 * yet. hp_piles_free is needed even if this returns false, as it is out of memory. */
bool hp_piles_stack(hp_piles *piles, const hp_chart *chart, const hp_call_tree *tree,
                    const hp_box *boxes, hp_notes *notes, hp_blocks *blocks);
void hp_piles_free(hp_piles *piles);

/* Puts all piles below their callers: the one on the hot path first, then the heaviest. To be
 * called once. false: out of memory. */
bool hp_piles_plant(hp_piles *piles);

/* Cuts piles off where that costs the reader least, until what stays together fits in a cell
 * (cells.h), and tells the notes. Measures the blocks, and finds the areas. height: of a cell;
 * piece: the part of it that what is not heavy has at most. To be called once. false: out of
 * memory. */
bool hp_piles_cut(hp_piles *piles, double height, double piece);

/* Whether a pile begins with a function on the hot path. */
bool hp_pile_is_hot(const hp_piles *piles, uint32_t pile);

/* Where the boxes of a pile begin and end, between its notes, when they are placed. */
double hp_pile_top(const hp_piles *piles, uint32_t pile);
double hp_pile_bottom(const hp_piles *piles, uint32_t pile);

#ifdef __cplusplus
}
#endif

#endif
