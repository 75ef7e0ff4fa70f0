// SPDX-License-Identifier: MIT
/* The call graph of a profile as reports show it: one event's numbers, call sites joined to arcs,
 * cycles found, everything in order. It prints nothing, and what prints computes no cost. */
#ifndef HP_CALLGRAPH_H
#define HP_CALLGRAPH_H

#include "hotprof.h"

#define HP_NO_NODE UINT32_MAX

/* A function, or a cycle as a whole: functions that call each other in a circle.
 *
 * The inclusive cost of a cycle is what its members cost themselves and what they call outside. A
 * profile that knows of every call gives the same for the calls that enter the cycle. */
typedef struct hp_node {
    hp_function_id function; /* HP_NO_FUNCTION: a cycle as a whole */
    uint32_t cycle;          /* the number of the cycle, from 1; 0: in none */
    uint32_t next_member;    /* of the cycle; of a cycle as a whole the first; HP_NO_NODE: none */
    uint64_t self, inclusive;
    uint64_t calls;     /* by others; of a cycle, from outside */
    uint64_t recursive; /* calls by the function itself; of a cycle, by its members */
    bool spontaneous;   /* no other function calls it */
    uint32_t first_caller, caller_count; /* in hp_callgraph.callers */
    uint32_t first_callee, callee_count; /* in hp_callgraph.callees */
} hp_node;

/* All calls of one function by one other (or by itself). */
typedef struct hp_arc {
    uint32_t caller, callee; /* nodes */
    uint64_t count, inclusive;
    bool estimated;
} hp_arc;

typedef struct hp_callgraph {
    const hp_profile *profile;
    size_t event;   /* number of the event whose costs these are; 0 too if there are no events */
    uint64_t total; /* cost of the whole profile */

    hp_node *nodes; /* in descending order of inclusive cost; a cycle before its members */
    uint32_t node_count;
    uint32_t *wholes; /* the node of each cycle as a whole; cycle 1 is the first */
    uint32_t cycle_count;

    hp_arc *callees; /* by caller, then in descending order of cost */
    hp_arc *callers; /* the same arcs by callee, then in ascending order of cost */
    uint32_t arc_count;
    uint32_t estimated_count; /* of the arcs, those whose cost is estimated in part or whole */

    /* What hp_callgraph_prune left out. */
    uint32_t pruned_functions, pruned_arcs;
    uint64_t pruned_self; /* cost of these functions */
} hp_callgraph;

/* The call graph of a sorted profile, which must outlive it. event is the name of the event to
 * count, in capitals or not; NULL: the first one. HP_UNRECOGNISED: the profile has no such event.
 */
HP_NODISCARD hp_status hp_callgraph_build(hp_callgraph *graph, const hp_profile *profile,
                                          const char *event, hp_error *error);

/* Frees what hp_callgraph_build allocated, whether it failed or not. */
void hp_callgraph_free(hp_callgraph *graph);

/* Leaves out nodes and arcs that cost less than so many percent of the total, and all arcs of what
 * was left out. The other nodes keep their numbers, and what they say of all their calls; a member
 * that is left may tell of a cycle that is not. */
void hp_callgraph_prune(hp_callgraph *graph, double node_percent, double arc_percent);

/* The share of the total, in percent. */
double hp_callgraph_percent(const hp_callgraph *graph, uint64_t cost);

/* The part of an arc's inclusive cost that the callee spent itself: as large a share of the
 * callee's self cost as the arc has of its inclusive cost. */
uint64_t hp_callgraph_arc_self(const hp_callgraph *graph, const hp_arc *arc);

#endif
