// SPDX-License-Identifier: MIT
/* Which functions of a call graph are drawn. */
#ifndef HP_CHOICE_H
#define HP_CHOICE_H

#include "graph/callgraph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is to be chosen. */
typedef struct hp_choice {
    size_t most;    /* so many functions at most */
    size_t least;   /* so many whatever they cost */
    double percent; /* the others have at least this share of the total */
} hp_choice;

/* The share of a cost in the total, from 0 to 1; with a base the change, as a share of the total of
 * the base, from -1 to 1. */
double hp_choice_share(const hp_callgraph *graph, uint64_t cost, uint64_t base_cost);

/* Chooses functions, the heaviest first, and writes their numbers in the graph. With a base, those
 * are the heaviest that changed most, removed ones too, and before each come its callers up to the
 * root, as these may not have changed. chosen needs room for the most. Returns how many there are,
 * or SIZE_MAX without memory. */
size_t hp_choice_make(const hp_callgraph *graph, const hp_choice *choice, uint32_t *chosen);

#ifdef __cplusplus
}
#endif

#endif
