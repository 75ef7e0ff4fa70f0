// SPDX-License-Identifier: MIT
/* Packs trees of boxes into little height, within a given width. Below a box stand its children: in
 * columns to the right of a trunk that leads down from it, and the child that matters most, the
 * spine, right below it at the end of the trunk. No two lines cross, whatever the tree.
 *
 * All boxes have the same width. Widths are numbers of HP_LANE points, the room that a trunk has;
 * heights are in points. */
#ifndef HP_BLOCKS_H
#define HP_BLOCKS_H

#include "geometry.h"
#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HP_LANE 12.0

#define HP_NO_BLOCK UINT32_MAX

/* How the children of a block stand in a given width. */
typedef struct hp_block_way {
    float height;      /* of the block with all that is below it */
    uint16_t columns;  /* of the children that are no spine; 0: there are none */
    uint16_t spine;    /* the width index of the spine if it stands beside the columns */
    bool spine_beside; /* else it stands below them */
    bool spine_in;     /* it is one of the children in columns */
    bool no_lane;      /* there is one column, right below the block */
} hp_block_way;

/* The line from a block to its parent: down the trunk of the parent, if bus > 0 there to the right,
 * down at lane, and to the right into the block at y; the spine's ends on top of it. */
typedef struct hp_block_line {
    bool straight; /* it only leads down, to the spine */
    double bus, lane;
} hp_block_line;

typedef struct hp_block {
    double head;        /* given: the height of what stands at the top of it */
    bool is_plain;      /* given: no lines lead from it, so it needs no trunk */
    bool is_rail;       /* given: the first child is always the spine */
    uint32_t *children; /* given: owned by the blocks; the first one matters most */
    uint32_t child_count;
    hp_block_way *ways; /* found: one for each width index */

    hp_point corner;    /* found: top left */
    hp_block_line line; /* found */
} hp_block;

typedef struct hp_blocks {
    hp_block *blocks;
    uint32_t count, capacity;
    uint32_t box;        /* the width of a box */
    uint32_t step;       /* width index i stands for box + i * step */
    uint32_t ways_count; /* number of widths */
    double enough;       /* of larger heights it does not matter how large they are */
    double *heights;     /* scratch */
    size_t heights_size;
} hp_blocks;

/* Begins without blocks. box: in lanes; most: the width that is there; enough: the height. Heights
 * that are larger may be wrong, but are still larger. hp_blocks_free is needed even after an error.
 */
void hp_blocks_begin(hp_blocks *blocks, uint32_t box, uint32_t most, double enough);
void hp_blocks_free(hp_blocks *blocks);

/* Adds a block without children; HP_NO_BLOCK without memory. */
uint32_t hp_blocks_add(hp_blocks *blocks, double head);

/* Adds a child to a block, as its last one. false: out of memory. */
bool hp_block_adopt(hp_blocks *blocks, uint32_t block, uint32_t child);

/* Finds the ways of a block whose children have theirs. false: out of memory. */
bool hp_block_measure(hp_blocks *blocks, uint32_t block);

/* The least height, which it has in the full width. */
double hp_block_height(const hp_blocks *blocks, uint32_t block);

/* Sets the corners and lines of a block and all below it. */
bool hp_block_place(hp_blocks *blocks, uint32_t block, hp_point corner);

#ifdef __cplusplus
}
#endif

#endif
