// SPDX-License-Identifier: MIT
/* From a trace of events (a function entered or left, a line reached, time passed) to costs. Knows
 * the call stack, and nothing of bytes or names.
 *
 * Time that passes is charged to the position that was current before it passed. A cell holds the
 * self cost of one line of one function; its number is a call site, too. Inclusive cost needs no
 * counter at each event: on the outermost entry of a function the clock is subtracted from the sum
 * of its call, on the matching exit it is added. */
#ifndef HP_TRACE_H
#define HP_TRACE_H

#include "hotprof.h"
#include "model/index.h"

#include <assert.h>

#define HP_FRAMES_MAX 1000000

struct hp_trace_cell {
    uint64_t time, hits;
};

struct hp_trace_function {
    uint64_t first_line, primitive;
    uint32_t *cells; /* of the first line and those behind it; 0: none yet, or in far_cells */
    size_t span;     /* the number of lines in cells */
    uint32_t first_cell;
    uint32_t active; /* the number of its frames on the stack */
};

struct hp_trace_call {
    uint64_t count, time, hits;
    uint32_t caller, callee;
    uint32_t site; /* the cell where the caller stands */
};

/* All that an ordinary event reads and changes: one whose function, line and call are known. A loop
 * over many of them keeps a copy in registers. */
struct hp_trace_state {
    uint64_t clock;                    /* time so far */
    uint64_t hits;                     /* lines so far */
    struct hp_trace_cell *here;        /* of the current line */
    struct hp_trace_function *current; /* on top of the stack */
    uint32_t *top;                     /* of the stack: behind its last frame */

    struct hp_trace_cell *cells;
    struct hp_trace_function *functions; /* numbered as they were added; 0 is the bottom */
    struct hp_trace_call *calls;         /* from 1 on */
    uint32_t *bottom, *limit;            /* of the stack, which holds the calls that are open */
};

typedef struct hp_trace {
    struct hp_trace_state state;
    hp_line *lines; /* the line of each cell */
    size_t cell_count, cell_capacity, line_capacity, function_count, function_capacity;
    size_t call_count, call_capacity;
    size_t span_left; /* by which the spans of all functions may still grow */
    hp_index far_cells, call_index;
} hp_trace;

/* A limit for the spans of all functions together, so that their cells take no more memory than a
 * few times the size of the input. */
#define HP_TABLE_LINES(input_size) (65536 + (input_size) / 4)

/* Begins an empty trace, with function 0 at the bottom of its stack. table_lines: see
 * HP_TABLE_LINES. hp_trace_free frees it, also after false: there was not enough memory. */
bool hp_trace_init(hp_trace *trace, uint64_t bottom_line, size_t table_lines);
void hp_trace_free(hp_trace *trace);

/* Adds a function, which has the next number; false without memory. */
bool hp_trace_add_function(hp_trace *trace, uint64_t first_line);

/* Finds or makes the cell of a line of a function; false without memory. */
bool hp_trace_find_cell(hp_trace *trace, hp_function_id function, uint64_t line, uint32_t *cell);

/* Finds or makes the call of a function from a cell; false without memory. */
bool hp_trace_find_call(hp_trace *trace, uint32_t site, hp_function_id callee, uint32_t *call);

/* Adds a trace of the events that follow, and leaves its frames, which are open in this one then.
 * Its bottom is the current frame of this trace, and the bottom's first cell is that frame's
 * position. functions: the number in this trace of each of its functions, all of them different;
 * functions[0], the bottom's, is set here. Both together have at most HP_FRAMES_MAX frames. False
 * without memory. */
bool hp_trace_append(hp_trace *trace, hp_trace *next, hp_function_id *functions, bool lines_timed);

/* The memory that the trace and the profile made from it take at most, roughly, in bytes. */
size_t hp_trace_memory(const hp_trace *trace);

/* Makes room for one more frame, up to HP_FRAMES_MAX; false without memory. */
bool hp_trace_grow_frames(hp_trace *trace);

static inline size_t hp_trace_depth(const hp_trace *trace)
{
    return (size_t)(trace->state.top - trace->state.bottom);
}

static inline hp_function_id hp_trace_current(const hp_trace *trace)
{
    return (hp_function_id)(trace->state.current - trace->state.functions);
}

/* --- Events ------------------------------------------------------------------------------- */

/* Which lines a trace has. Where these functions are expanded in a loop it is a constant, so that
 * the loop does not test it. */
enum hp_trace_lines {
    /* None: each position is the first line of a function, and the state's here and hits are not
     * kept up to date. hp_trace_settle does that at the end. */
    HP_TRACE_NO_LINES,
    HP_TRACE_LINES,      /* time passes on the first line of the current function */
    HP_TRACE_TIMED_LINES /* time passes on the current line */
};

#define HP_INLINE __attribute__((always_inline)) static inline

/* The number of the current cell. */
HP_INLINE uint32_t hp_trace_site(const struct hp_trace_state *state, enum hp_trace_lines lines)
{
    return lines == HP_TRACE_NO_LINES ? state->current->first_cell
                                      : (uint32_t)(state->here - state->cells);
}

HP_INLINE void hp_trace_settle(struct hp_trace_state *state)
{
    state->here = state->cells + state->current->first_cell;
}

/* Time passes. The clock must not overflow. */
HP_INLINE void hp_trace_pass(struct hp_trace_state *state, uint64_t time, enum hp_trace_lines lines)
{
    struct hp_trace_cell *cell =
        lines == HP_TRACE_TIMED_LINES ? state->here : state->cells + state->current->first_cell;

    cell->time += time;
    state->clock += time;
}

/* A line of the current function, whose cell that is, is reached and hit. */
HP_INLINE void hp_trace_line(struct hp_trace_state *state, uint32_t cell)
{
    state->here = state->cells + cell;
    state->here->hits++;
    state->hits++;
}

/* A function is entered by a call. There must be room for a frame. */
HP_INLINE void hp_trace_enter(struct hp_trace_state *state, uint32_t number,
                              enum hp_trace_lines lines)
{
    struct hp_trace_call *call = &state->calls[number];

    assert(state->top < state->limit);
    *state->top++ = number;
    state->current = state->functions + call->callee;
    call->count++;
    if (state->current->active++ == 0) {
        state->current->primitive++;
        call->time -= state->clock;
        if (lines != HP_TRACE_NO_LINES)
            call->hits -= state->hits;
    }
    if (lines != HP_TRACE_NO_LINES)
        hp_trace_settle(state);
}

/* The current function is left. The stack must not be empty. */
HP_INLINE void hp_trace_leave(struct hp_trace_state *state, enum hp_trace_lines lines)
{
    assert(state->top > state->bottom);

    struct hp_trace_call *call = &state->calls[*--state->top];

    assert(state->current == state->functions + call->callee && state->current->active > 0);
    if (--state->current->active == 0) {
        call->time += state->clock;
        if (lines != HP_TRACE_NO_LINES)
            call->hits += state->hits;
    }
    if (lines != HP_TRACE_NO_LINES)
        state->here = state->cells + call->site;
    state->current = state->functions + call->caller;
}

/* hp_trace_enter, hp_trace_pass and hp_trace_leave in one. There are no lines. */
HP_INLINE void hp_trace_leaf(struct hp_trace_state *state, uint32_t number, uint64_t time)
{
    struct hp_trace_call *call = &state->calls[number];
    struct hp_trace_function *callee = state->functions + call->callee;

    call->count++;
    state->cells[callee->first_cell].time += time;
    state->clock += time;
    if (callee->active == 0) {
        callee->primitive++;
        call->time += time;
    }
}

/* --- The end ------------------------------------------------------------------------------ */

/* The number of events so far, without exits with an empty stack, which the trace does not see. */
uint64_t hp_trace_events(const hp_trace *trace);

/* Ends a trace: leaves all open frames and adds everything to a profile without events. Its events
 * are then Time or Ticks, if timed, and Hits, if any line was hit. scale: what one unit of the
 * clock is in Time or Ticks. */
hp_status hp_trace_finish(hp_trace *trace, hp_profile *profile, bool timed, hp_unit unit,
                          uint64_t scale, hp_error *error);

#endif
