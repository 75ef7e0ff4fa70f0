// SPDX-License-Identifier: MIT
/* How the costs of a call graph are shown: in which unit, with how many decimals. */
#ifndef HP_SCALE_H
#define HP_SCALE_H

#include "graph/callgraph.h"
#include "text/number.h"

/* Times are shown in seconds, other costs as whole numbers. Times have as many decimals as are
 * needed to tell two of them apart whose shares of the total differ by 0.01 %, but at least 2, and
 * no more than the clock had. */
typedef struct hp_scale {
    bool time;
    unsigned decimals;
    uint64_t unit;    /* of the last digit */
    const char *noun; /* "time" or "cost" */
} hp_scale;

hp_scale hp_scale_of(const hp_callgraph *graph);

hp_number hp_scale_cost(const hp_scale *scale, uint64_t cost);

/* cost - base with its sign. */
hp_number hp_scale_change(const hp_scale *scale, uint64_t cost, uint64_t base);

#endif
