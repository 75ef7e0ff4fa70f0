// SPDX-License-Identifier: MIT
/* The call graph of a profile as reports show it: one event's numbers, call sites joined to arcs,
 * cycles found, everything in order. It prints nothing, and what prints computes no cost.
 *
 * A profile may be compared with a base. Then the graph has the functions and calls of both, and
 * beside each number of the profile the base's; what one of them does not have is 0 there. Cycles
 * are those of both together. Order and pruning go by how much the two numbers differ. */
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

/* A function, or a cycle as a whole: functions that call each other in a circle.
 *
 * The inclusive cost of a cycle is what its members cost themselves and what they call outside. A
 * profile that knows of every call gives the same for the calls that enter the cycle. */
typedef enum hp_presence { HP_IN_BOTH, HP_ADDED, HP_REMOVED } hp_presence;

typedef struct hp_node {
    hp_function_id function; /* HP_NO_FUNCTION: a cycle as a whole */
    uint32_t cycle;          /* the number of the cycle, from 1; 0: in none */
    uint32_t next_member;    /* of the cycle; of a cycle as a whole the first; HP_NO_NODE: none */
    uint64_t self, inclusive;
    uint64_t calls;     /* by others; of a cycle, from outside; each may be HP_UNKNOWN */
    uint64_t recursive; /* calls by the function itself; of a cycle, by its members */
    uint64_t base_self, base_inclusive, base_calls, base_recursive;
    hp_presence presence; /* of a function: whether the base, or only the base, has it */
    bool spontaneous;     /* no other function calls it */
    uint32_t first_caller, caller_count; /* in hp_callgraph.callers */
    uint32_t first_callee, callee_count; /* in hp_callgraph.callees */
} hp_node;

/* All calls of one function by one other (or by itself). */
typedef struct hp_arc {
    uint32_t caller, callee;   /* nodes */
    uint64_t count, inclusive; /* count: or HP_UNKNOWN */
    uint64_t base_count, base_inclusive;
    bool estimated;
} hp_arc;

typedef struct hp_callgraph {
    const hp_profile *profile, *base; /* base: NULL if there is none; then all its numbers are 0 */
    size_t event; /* number of the event whose costs these are; 0 too if there are no events */
    uint64_t total, base_total; /* cost of the whole profile */

    /* In descending order of inclusive cost, or of its difference from the base's; a cycle before
     * its members. */
    hp_node *nodes;
    uint32_t node_count;
    uint32_t *wholes; /* the node of each cycle as a whole; cycle 1 is the first */
    uint32_t cycle_count;

    hp_arc *callees; /* by caller, then in descending order of cost or difference */
    hp_arc *callers; /* the same arcs by callee, then in ascending order */
    uint32_t arc_count;
    uint32_t estimated_count; /* of the arcs, those whose cost is estimated in part or whole */
    uint32_t uncounted_count; /* of the arcs, those whose number of calls is unknown */

    /* What hp_callgraph_prune left out. */
    uint32_t pruned_functions, pruned_arcs;
    uint64_t pruned_self, pruned_base_self; /* cost of these functions */
} hp_callgraph;

/* The number of an event of that name, in capitals or not; NULL: of the first one.
 * HP_UNRECOGNISED: the profile has no such event. */
HP_NODISCARD hp_status hp_event_find(const hp_profile *profile, const char *name, size_t *event,
                                     hp_error *error);

/* The call graph of a sorted profile. base: NULL, or a profile that is aligned with it
 * (hp_profile_align). Both must outlive the graph. event: as for hp_event_find. */
HP_NODISCARD hp_status hp_callgraph_build(hp_callgraph *graph, const hp_profile *profile,
                                          const hp_profile *base, const char *event,
                                          hp_error *error);

/* Frees what hp_callgraph_build allocated, whether it failed or not. */
void hp_callgraph_free(hp_callgraph *graph);

/* Leaves out nodes and arcs that cost, or differ by, less than so many percent of the total (as for
 * hp_callgraph_change_percent), and all arcs of what was left out. The other nodes keep their
 * numbers, and what they say of all their calls; a member that is left may tell of a cycle that is
 * not. */
void hp_callgraph_prune(hp_callgraph *graph, double node_percent, double arc_percent);

/* The share of the total, in percent; and of what the base costs, of its own total. */
double hp_callgraph_percent(const hp_callgraph *graph, uint64_t cost);
double hp_callgraph_base_percent(const hp_callgraph *graph, uint64_t cost);

/* By how much a cost differs from what it is in the base, in percent of the base's total, or of the
 * profile's where the base's is 0. So the changes of all self costs add up to the total's. */
double hp_callgraph_change_percent(const hp_callgraph *graph, uint64_t cost, uint64_t base_cost);

/* The part of an arc's inclusive cost that the callee spent itself: as large a share of the
 * callee's self cost as the arc has of its inclusive cost. */
uint64_t hp_callgraph_arc_self(const hp_callgraph *graph, const hp_arc *arc);
uint64_t hp_callgraph_arc_base_self(const hp_callgraph *graph, const hp_arc *arc);

#ifdef __cplusplus
}
#endif

#endif
