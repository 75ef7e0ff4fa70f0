// SPDX-License-Identifier: MIT
/* From a trace of events (a function entered, left, a line reached, time passed) to costs. Knows
 * the call stack and nothing of bytes or names.
 *
 * Time that passes is charged to the position that was current before it passed. A cell holds the
 * self cost of one line of one function; the number of a cell is a call site, too. Inclusive cost
 * needs no counter at each event: on the outermost entry of a function the running clock is
 * subtracted from the sum of its call, on the matching exit it is added. */
#ifndef HP_TRACE_H
#define HP_TRACE_H

#include "hotprof.h"
#include "model/index.h"

#define HP_FRAMES_MAX 1000000

struct hp_trace_cell {
    uint64_t time, hits;
};

struct hp_trace_function {
    uint64_t first_line, primitive;
    uint32_t *cells; /* of the lines from the first one on; 0: none yet, or to be looked up */
    size_t span;     /* how many lines cells has */
    uint32_t first_cell;
    uint32_t active; /* how often it is on the stack */
};

struct hp_trace_call {
    uint64_t count, time, hits;
    uint32_t caller, callee;
    uint32_t site; /* where the caller stands */
};

typedef struct hp_trace {
    uint64_t clock;   /* time so far */
    uint64_t hits;    /* lines so far */
    uint32_t here;    /* the cell of the current line */
    uint32_t current; /* the function at the top of the stack */
    size_t depth;

    struct hp_trace_cell *cells;
    hp_line *lines;                      /* what each cell is the cell of */
    struct hp_trace_function *functions; /* numbered as they were added; 0 is the bottom */
    struct hp_trace_call *calls;         /* from 1 on */
    uint32_t *frames;                    /* the calls that are open */

    size_t cell_count, cell_capacity, line_capacity, function_count, function_capacity;
    size_t call_count, call_capacity, frame_capacity;
    size_t span_left; /* how many more lines the tables of all functions may have */
    hp_index far_cells, call_index;
} hp_trace;

/* How many lines the tables of all functions may have, so that they take no more memory than a few
 * times the size of the input. */
#define HP_TABLE_LINES(input_size) (65536 + (input_size) / 4)

/* Begins an empty trace. The function 0 is at the bottom of its stack. hp_trace_free is needed even
 * if there was no memory (false). */
bool hp_trace_init(hp_trace *trace, uint64_t bottom_line, size_t table_lines);
void hp_trace_free(hp_trace *trace);

/* Adds a function, which gets the next number; false without memory. */
bool hp_trace_add_function(hp_trace *trace, uint64_t first_line);

/* Finds or makes the cell of a line of the current function; false without memory. */
bool hp_trace_find_cell(hp_trace *trace, uint64_t line, uint32_t *cell);

/* Finds or makes the call of a function from the current line; false without memory.
 */
bool hp_trace_find_call(hp_trace *trace, hp_function_id callee, uint32_t *call);

/* Adds a trace, whose frames are all left, of what went on from here, with this trace's current
 * frame as its bottom and that frame's position as the bottom's first cell. functions: which of
 * this trace's functions each of its own is, the bottom's being set here; no two are the same.
 * False without memory. */
bool hp_trace_append(hp_trace *trace, const hp_trace *next, hp_function_id *functions,
                     bool lines_timed);

/* About how much memory the trace, and the profile made from it, take at most. */
size_t hp_trace_memory(const hp_trace *trace);

/* Makes room for one more frame, of HP_FRAMES_MAX at most; false without memory. */
bool hp_trace_grow_frames(hp_trace *trace);

/* Time passes, on the current line or, where lines are not timed, on the function's first one. The
 * clock must not overflow. */
static inline void hp_trace_pass(hp_trace *trace, uint64_t time, bool lines_timed)
{
    uint32_t cell = lines_timed ? trace->here : trace->functions[trace->current].first_cell;

    trace->clock += time;
    trace->cells[cell].time += time;
}

/* A line, whose cell that is, is reached, and hit. */
static inline void hp_trace_line(hp_trace *trace, uint32_t cell)
{
    trace->here = cell;
    trace->cells[cell].hits++;
    trace->hits++;
}

/* A function is entered by a call. There must be room for a frame. */
static inline void hp_trace_enter(hp_trace *trace, uint32_t number)
{
    struct hp_trace_call *call = &trace->calls[number];
    struct hp_trace_function *function = &trace->functions[call->callee];

    trace->frames[trace->depth++] = number;
    call->count++;
    if (function->active++ == 0) {
        function->primitive++;
        call->time -= trace->clock;
        call->hits -= trace->hits;
    }
    trace->current = call->callee;
    trace->here = function->first_cell;
}

/* The current function is left. The stack must not be empty. */
static inline void hp_trace_leave(hp_trace *trace)
{
    struct hp_trace_call *call = &trace->calls[trace->frames[--trace->depth]];

    if (--trace->functions[trace->current].active == 0) {
        call->time += trace->clock;
        call->hits += trace->hits;
    }
    trace->here = call->site;
    trace->current = call->caller;
}

/* How often a function was entered or left, and a line reached; exits with an empty stack, which
 * the trace does not see, are not among them. */
uint64_t hp_trace_events(const hp_trace *trace);

/* Ends a trace: leaves all open frames and adds everything to the profile, whose events, in this
 * order, are Time or Ticks if timed, scale of them to a unit of the clock, and Hits if any line was
 * hit. */
hp_status hp_trace_finish(hp_trace *trace, hp_profile *profile, bool timed, hp_unit unit,
                          uint64_t scale, hp_error *error);

#endif
