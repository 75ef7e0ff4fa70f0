// SPDX-License-Identifier: MIT
/* Sizes and points. Lengths are in points, 72 to the inch. */
#ifndef HP_GEOMETRY_H
#define HP_GEOMETRY_H

typedef struct hp_size {
    double width, height;
} hp_size;

typedef struct hp_point {
    double x, y; /* from the top left corner */
} hp_point;

#endif
