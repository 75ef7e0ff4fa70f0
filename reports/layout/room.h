// SPDX-License-Identifier: MIT
/* The room that a layout has. Lengths are as in layout.h. */
#ifndef HP_ROOM_H
#define HP_ROOM_H

#include "geometry.h"

#include <stdint.h>

/* The paper that is to be filled. */
typedef struct hp_room {
    hp_size area;     /* of a sheet; a height of 0: as high as need be */
    uint32_t sheets;  /* at most */
    uint32_t columns; /* of the poster that the sheets make; 0: they are an atlas */
    double above;     /* what is between the area and the sheet above */
    double border;    /* the height at which the sheet below begins */
    double piece;     /* the part of the height of a sheet that a piece of the tree has at most */
    double filled; /* the part of the paper that boxes and notes may take: if it is more, no way to
                      fit is sought */
} hp_room;

#endif
