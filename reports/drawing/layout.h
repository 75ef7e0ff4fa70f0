// SPDX-License-Identifier: MIT
/* Lays out graphs with Graphviz's dot. It runs in a process of its own, so that it can be stopped
 * if it takes too long, and can harm neither memory nor standard error. The process ends with the
 * thread that waits for it. */
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
    uint32_t from, to; /* given: nodes */
    uint32_t rows;     /* given: to is at least this many ranks below from */
    double weight;     /* given: the ends of heavy edges are drawn together */
    hp_size label;     /* given: size; 0: no label */

    hp_point label_centre; /* found */
    size_t first_point;    /* found: in hp_layout.points; a Bezier curve of 3 n + 1 points */
    size_t point_count;    /* found; 0: from and to are the same node, or Graphviz lost the curve */
    bool arrow;            /* found: whether an arrow head leads from the last point to tip */
    hp_point tip;
} hp_layout_edge;

typedef struct hp_layout {
    hp_layout_node *nodes; /* owned by the caller */
    size_t node_count;
    hp_layout_edge *edges; /* owned by the caller */
    size_t edge_count;
    bool sideways; /* given: edges lead to the right, not down */

    hp_size size;     /* found */
    hp_point *points; /* found */
} hp_layout;

/* Called now and then while the layout is running; may be NULL. */
typedef void hp_working(void *context, const char *what);

/* Lays out a graph. HP_LIMIT: it would take more seconds of computing time. The points are to be
 * freed by hp_layout_free. */
HP_NODISCARD hp_status hp_layout_run(hp_layout *layout, unsigned seconds, hp_working *working,
                                     void *context, hp_error *error);

void hp_layout_free(hp_layout *layout);

#ifdef __cplusplus
}
#endif

#endif
