// SPDX-License-Identifier: MIT
/* Where the boxes and curves of a graph lie: Graphviz's dot, in a process of its own, so that it
 * can be stopped when it takes too long, and whatever it does to memory and standard error stays
 * there. The process ends with the thread that waits for it. */
#ifndef HP_LAYOUT_H
#define HP_LAYOUT_H

#include "geometry.h"
#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_layout_node {
    hp_size size;    /* given */
    hp_point centre; /* found */
} hp_layout_node;

typedef struct hp_layout_edge {
    uint32_t from, to; /* given: numbers of nodes */
    uint32_t rows;     /* given: how many ranks to lies below from, at least */
    double weight;     /* given: of heavy edges the ends are drawn together */
    hp_size label;     /* given: its size; 0: none */

    hp_point label_centre; /* found */
    size_t first_point;    /* found: in hp_layout.points, a Bezier curve of 3 n + 1 points */
    size_t point_count;    /* 0: from and to are the same box, or the curve was lost */
    bool arrow;            /* found: there is an arrow head from the last point to tip */
    hp_point tip;
} hp_layout_edge;

typedef struct hp_layout {
    hp_layout_node *nodes; /* the caller's */
    size_t node_count;
    hp_layout_edge *edges; /* the caller's */
    size_t edge_count;
    bool sideways; /* given: callees right of their callers, not below */

    hp_size size;     /* found */
    hp_point *points; /* found */
} hp_layout;

/* Tells now and then that the work goes on; NULL: nobody wants to know. */
typedef void hp_working(void *context, const char *what);

/* Lays out a graph. HP_LIMIT: it would take more than so many seconds of computing. The points are
 * to be freed by hp_layout_free. */
HP_NODISCARD hp_status hp_layout_run(hp_layout *layout, unsigned seconds, hp_working *working,
                                     void *context, hp_error *error);

void hp_layout_free(hp_layout *layout);

#ifdef __cplusplus
}
#endif

#endif
