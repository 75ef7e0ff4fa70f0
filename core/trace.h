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
#include "index.h"

#define HP_FRAMES_MAX 1000000

struct hp_trace_cell {
    uint64_t time, hits;
};

struct hp_trace_function {
    uint64_t first_line, calls, primitive;
    uint32_t *cells; /* of the lines from the first one on; 0: none yet, or to be looked up */
    size_t span;     /* how many lines cells has */
    uint32_t first_cell;
    uint32_t active; /* how often it is on the stack */
};

struct hp_trace_call {
    uint64_t count, time, hits;
    uint32_t site, callee;
};

struct hp_trace_frame {
    uint32_t site; /* where the caller stands */
    uint32_t call;
};

#define HP_RECENT_CALLS 4096

typedef struct hp_trace {
    hp_profile *profile;
    uint64_t clock;   /* time so far */
    uint64_t hits;    /* lines so far */
    uint32_t here;    /* the cell of the current line */
    uint32_t current; /* the function at the top of the stack */
    size_t depth;

    struct hp_trace_cell *cells;
    hp_line *lines;                      /* what each cell is the cell of */
    struct hp_trace_function *functions; /* numbered as in the profile; 0 is <interpreter> */
    struct hp_trace_call *calls;
    struct hp_trace_frame *frames;
    struct hp_trace_recent {
        uint32_t site, callee, call;
    } * recent; /* calls found lately; 0 is none */

    size_t cell_count, cell_capacity, line_capacity, function_count, function_capacity;
    size_t call_count, call_capacity, frame_capacity;
    size_t span_left; /* how many more lines the tables of all functions may have */
    hp_index far_cells, call_index;
} hp_trace;

/* Begins an empty trace, which shall use no more memory for tables of lines than a few times
 * input_size. hp_trace_free is needed even if there was no memory (false). */
bool hp_trace_init(hp_trace *trace, hp_profile *profile, size_t input_size);
void hp_trace_free(hp_trace *trace);

/* The slow ways, each false without memory: the cell of a line of the current function; a call from
 * the current line. */
bool hp_trace_find_cell(hp_trace *trace, uint64_t line, uint32_t *cell);
bool hp_trace_find_call(hp_trace *trace, hp_function_id callee, uint32_t *call);
bool hp_trace_grow_frames(hp_trace *trace);

/* Time passes, on the current line or, where lines are not timed, on the function's first one. The
 * clock must not overflow. */
static inline void hp_trace_pass(hp_trace *trace, uint64_t time, bool lines_timed)
{
    uint32_t cell = lines_timed ? trace->here : trace->functions[trace->current].first_cell;

    trace->clock += time;
    trace->cells[cell].time += time;
}

/* A line is reached, and hit. */
static inline bool hp_trace_line(hp_trace *trace, uint64_t line)
{
    const struct hp_trace_function *function = &trace->functions[trace->current];
    uint64_t at = line - function->first_line;

    if (at < function->span && function->cells[at])
        trace->here = function->cells[at];
    else if (!hp_trace_find_cell(trace, line, &trace->here))
        return false;
    trace->cells[trace->here].hits++;
    trace->hits++;
    return true;
}

/* A function is entered, from the current line. Fewer than HP_FRAMES_MAX frames must be open. */
static inline bool hp_trace_enter(hp_trace *trace, hp_function_id callee)
{
    struct hp_trace_recent *recent =
        &trace->recent[(trace->here * 0x9e3779b1u ^ callee * 0x85ebca6bu) >> 20];
    uint32_t number = recent->call;

    if (recent->site != trace->here || recent->callee != callee || number == 0) {
        if (!hp_trace_find_call(trace, callee, &number))
            return false;
        *recent = (struct hp_trace_recent){trace->here, callee, number};
    }
    if (trace->depth == trace->frame_capacity && !hp_trace_grow_frames(trace))
        return false;
    trace->frames[trace->depth++] = (struct hp_trace_frame){trace->here, number};

    struct hp_trace_call *call = &trace->calls[number];
    struct hp_trace_function *function = &trace->functions[callee];

    call->count++;
    if (function->active++ == 0) {
        function->primitive++;
        call->time -= trace->clock;
        call->hits -= trace->hits;
    }
    trace->current = callee;
    trace->here = function->first_cell;
    return true;
}

/* The current function is left. The stack must not be empty. */
static inline void hp_trace_leave(hp_trace *trace)
{
    struct hp_trace_frame frame = trace->frames[--trace->depth];
    struct hp_trace_call *call = &trace->calls[frame.call];

    if (--trace->functions[trace->current].active == 0) {
        call->time += trace->clock;
        call->hits += trace->hits;
    }
    trace->here = frame.site;
    trace->current = trace->lines[frame.site].function;
}

/* Leaves all open frames and adds everything to the profile, whose events, in this order, are Time
 * or Ticks if timed and Hits if any line was hit. */
hp_status hp_trace_finish(hp_trace *trace, bool timed, hp_unit unit, hp_error *error);

#endif
