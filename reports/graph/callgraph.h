// SPDX-License-Identifier: MIT
/* The call graph of a profile: the costs of one event, one arc for each pair of caller and callee,
 * cycles, all in order. It prints nothing, and what prints it computes no costs.
 *
 * A profile may be compared with a base. Then the graph has the functions and calls of both, and
 * each number stands beside that of the base; what one of the two does not have is 0 there. Cycles
 * are found in both together. Order and pruning depend on how much the two numbers differ. */
#ifndef HP_CALLGRAPH_H
#define HP_CALLGRAPH_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HP_NO_NODE UINT32_MAX

/* By how much two numbers differ. */
static inline uint64_t hp_distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* Whether only the profile has a function (HP_ADDED), or only the base (HP_REMOVED). */
typedef enum hp_presence { HP_IN_BOTH, HP_ADDED, HP_REMOVED } hp_presence;

/* A function, or a cycle as a whole: functions that call each other in a circle.
 *
 * The inclusive cost of a cycle is the self cost of its members and the cost of what they call
 * outside. If a profile knows all calls, that is the cost of the calls that enter the cycle. */
typedef struct hp_node {
    hp_function_id function; /* HP_NO_FUNCTION: a cycle as a whole */
    uint32_t cycle;          /* number of its cycle, from 1; 0: none */
    uint32_t next_member; /* the next function of its cycle; of a cycle as a whole, the first one;
                             HP_NO_NODE: none */
    uint64_t self, inclusive;
    uint64_t calls;     /* by others; of a cycle, from outside it; or HP_UNKNOWN */
    uint64_t recursive; /* by itself; of a cycle, between its members; or HP_UNKNOWN */
    uint64_t base_self, base_inclusive, base_calls, base_recursive;
    hp_presence presence;                /* of a function */
    bool spontaneous;                    /* no other function calls it */
    uint32_t first_caller, caller_count; /* in hp_callgraph.callers */
    uint32_t first_callee, callee_count; /* in hp_callgraph.callees */
} hp_node;

/* All calls from one function to another, or to itself. */
typedef struct hp_arc {
    uint32_t caller, callee;   /* nodes */
    uint64_t count, inclusive; /* count may be HP_UNKNOWN, also in the base */
    uint64_t base_count, base_inclusive;
    bool estimated;
} hp_arc;

typedef struct hp_callgraph {
    const hp_profile *profile, *base; /* base: NULL: there is none, and its numbers are all 0 */
    size_t event;                     /* number of the event; 0 if there are no events */
    bool has_event;                   /* or else all costs are 0 */
    uint64_t total, base_total;       /* of the whole profile */

    /* In descending order of inclusive cost, with a base of its difference; a cycle before its
     * members. */
    hp_node *nodes;
    uint32_t node_count;
    uint32_t *wholes; /* the node of each cycle as a whole, from cycle 1 on */
    uint32_t cycle_count;

    hp_arc *callees; /* by caller, then in descending order of cost or difference */
    hp_arc *callers; /* the same arcs by callee, then in ascending order */
    uint32_t arc_count;
    uint32_t estimated_count; /* arcs whose cost is estimated, at least in part */
    uint32_t unknown_count;   /* arcs whose number of calls is unknown */

    /* What hp_callgraph_prune left out. */
    uint32_t pruned_functions, pruned_arcs;
    uint64_t pruned_self, pruned_base_self; /* self cost of these functions */
} hp_callgraph;

/* Finds an event by name, in capitals or not; NULL: the first one. HP_UNRECOGNISED: the profile has
 * no such event. */
HP_NODISCARD hp_status hp_event_find(const hp_profile *profile, const char *name, size_t *event,
                                     hp_error *error);

/* Builds the call graph of a sorted profile. base: NULL or a profile aligned with it
 * (hp_profile_align). Both must outlive the graph. event: as for hp_event_find. hp_callgraph_free
 * is needed even after an error. */
HP_NODISCARD hp_status hp_callgraph_build(hp_callgraph *graph, const hp_profile *profile,
                                          const hp_profile *base, const char *event,
                                          hp_error *error);

/* The same, but only what takes neither cycles nor sorting: the functions by their numbers, with
 * all of their calls, and the arcs by caller. Of a node, cycle, next_member, recursive, spontaneous
 * and the callers are not set. */
HP_NODISCARD hp_status hp_callgraph_gather(hp_callgraph *graph, const hp_profile *profile,
                                           const hp_profile *base, const char *event,
                                           hp_error *error);

void hp_callgraph_free(hp_callgraph *graph);

/* Removes nodes and arcs whose cost, or difference (hp_callgraph_change_percent), is below a
 * percentage of the total, and all arcs of the nodes removed. The others keep their numbers and
 * their sums, which still include what was removed. A function may stay whose cycle as a whole is
 * removed. */
void hp_callgraph_prune(hp_callgraph *graph, double node_percent, double arc_percent);

/* The percentage of the total; of the base's cost, of the base's total. */
double hp_callgraph_percent(const hp_callgraph *graph, uint64_t cost);
double hp_callgraph_base_percent(const hp_callgraph *graph, uint64_t cost);

/* The difference of a cost from the base's, in percent of the base's total, or of the profile's if
 * that is 0. So the differences of all self costs add up to that of the totals. */
double hp_callgraph_change_percent(const hp_callgraph *graph, uint64_t cost, uint64_t base_cost);

/* The part of the inclusive cost of an arc that is self cost of the callee: the same share as in
 * all of the callee. */
uint64_t hp_callgraph_arc_self(const hp_callgraph *graph, const hp_arc *arc);
uint64_t hp_callgraph_arc_base_self(const hp_callgraph *graph, const hp_arc *arc);

#ifdef __cplusplus
}
#endif

#endif
