// SPDX-License-Identifier: MIT
/* What is drawn as a tree of a chart: of the calls to each function one, such that no call leads
 * back; and the hot path, on which the cost is found. */
#ifndef HP_CALL_TREE_H
#define HP_CALL_TREE_H

#include "chart/chart.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_call_tree {
    uint32_t *arcs;    /* of each function the number of the call in chart.arcs that leads to it;
                          HP_NO_NODE: a root */
    uint32_t *parents; /* the caller in that call, or HP_NO_NODE */
    uint32_t *steps;   /* the place of each function on the hot path, from 1; 0: not on it */
    uint32_t *path;    /* the functions on the hot path */
    uint32_t path_length;
    uint32_t *order; /* all functions, each after its parent */
} hp_call_tree;

/* Builds the tree of a chart. All calls on the hot path (hot_path.h) are in it. Then each call that
 * is added is the heaviest one from a function in the tree to one that is not. hp_call_tree_free is
 * needed even after an error. */
HP_NODISCARD hp_status hp_call_tree_build(hp_call_tree *tree, const hp_chart *chart,
                                          hp_error *error);
void hp_call_tree_free(hp_call_tree *tree);

#ifdef __cplusplus
}
#endif

#endif
