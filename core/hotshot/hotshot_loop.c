// SPDX-License-Identifier: MIT
/* Eight bytes are loaded at once, and one masked comparison tells that a record is an event of the
 * commonest shape: its type, and that each of its numbers ends where it mostly does. Other ordinary
 * shapes are decoded with more care, and whatever is new (a line, a call) or odd is left to the
 * caller. So no event here hashes names, allocates or looks for the end of the input. */
#include "hotshot/hotshot_loop.h"

/* The functions below are parts of the loops, which keep all of struct state in registers. */
#define INLINE __attribute__((always_inline)) static inline

enum { ENTER = 0, EXIT = 1, LINENO = 2 };

/* What a log records. As long as there are no lines, each position is a function's first line. */
enum kind { CALLS, LINES, LINE_TIMES };

/* What an event may take, and a load behind the leaf call before it. */
enum { EVENT_MAX = 8 + 8 };

struct state {
    const struct hp_recent_call *recent;
    uint64_t generation;
    struct hp_trace_cell *cells;
    struct hp_trace_function *functions;
    struct hp_trace_call *calls;
    uint32_t *bottom, *limit; /* of the stack */

    const uint8_t *at;
    struct hp_trace_cell *position;
    struct hp_trace_function *function;
    uint64_t clock, hits;
    uint32_t *top;
};

INLINE struct state start(const hp_trace *trace, const struct hp_hotshot_span *span)
{
    return (struct state){.recent = span->recent,
                          .generation = span->generation,
                          .cells = trace->cells,
                          .functions = trace->functions,
                          .calls = trace->calls,
                          .bottom = trace->frames,
                          .limit = trace->frames + trace->frame_capacity,
                          .at = span->at,
                          .position = trace->cells + trace->here,
                          .function = trace->functions + trace->current,
                          .clock = trace->clock,
                          .hits = trace->hits,
                          .top = trace->frames + trace->depth};
}

/* Compilers make one load of it. */
INLINE uint64_t load(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

INLINE void pass(struct state *state, uint64_t time, enum kind kind)
{
    (kind == LINE_TIMES ? state->position : state->cells + state->function->first_cell)->time +=
        time;
    state->clock += time;
}

INLINE uint32_t site(const struct state *state, enum kind kind)
{
    return kind == CALLS ? state->function->first_cell : (uint32_t)(state->position - state->cells);
}

/* Gives the state back to the trace. */
INLINE void stop(const struct state *state, hp_trace *trace, enum kind kind)
{
    trace->clock = state->clock;
    if (kind != CALLS)
        trace->hits = state->hits;
    trace->here = site(state, kind);
    trace->current = (uint32_t)(state->function - state->functions);
    trace->depth = (size_t)(state->top - state->bottom);
}

/* The take_ functions take an event, or nothing and say false. */

INLINE bool take_line(struct state *state, uint64_t line, uint64_t time, enum kind kind)
{
    uint64_t place = line - state->function->first_line;

    if (place >= state->function->span || state->function->cells[place] == 0)
        return false;
    if (kind == LINE_TIMES)
        pass(state, time, kind);
    state->position = state->cells + state->function->cells[place];
    state->position->hits++;
    state->hits++;
    return true;
}

INLINE bool take_exit(struct state *state, uint64_t time, enum kind kind)
{
    if (state->top == state->bottom)
        return false;

    struct hp_trace_call *call = &state->calls[*--state->top];

    pass(state, time, kind);
    if (--state->function->active == 0) {
        call->time += state->clock;
        if (kind != CALLS)
            call->hits += state->hits;
    }
    if (kind != CALLS)
        state->position = state->cells + call->site;
    state->function = state->functions + call->caller;
    return true;
}

/* An ENTER: its key, its time, where it ends, and the byte there (and any above that byte). */
struct enter {
    uint64_t key, time, next;
    const uint8_t *end; /* NULL: it is too long */
};

INLINE const struct hp_recent_call *find_recent(const struct state *state, uint64_t key,
                                                enum kind kind)
{
    uint32_t from = site(state, kind);
    const struct hp_recent_call *found;

    key |= state->generation;
    found = &state->recent[hp_recent_place(key, from)];
    return found->key == key && found->site == from ? found : NULL;
}

INLINE bool take_enter(struct state *state, const struct enter *enter, enum kind kind)
{
    const struct hp_recent_call *found = find_recent(state, enter->key, kind);

    if (!found || state->top == state->limit)
        return false;
    pass(state, enter->time, kind);

    struct hp_trace_call *call = &state->calls[found->call];

    *state->top++ = found->call;
    state->function = state->functions + call->callee;
    call->count++;
    if (state->function->active++ == 0) {
        state->function->primitive++;
        call->time -= state->clock;
        if (kind != CALLS)
            call->hits -= state->hits;
    }
    if (kind != CALLS)
        state->position = state->cells + state->function->first_cell;
    return true;
}

/* A function that is entered and left at once. There have been no lines. */
INLINE bool take_leaf(struct state *state, const struct enter *enter, uint64_t time)
{
    const struct hp_recent_call *found = find_recent(state, enter->key, CALLS);

    if (!found || state->top == state->limit)
        return false;
    pass(state, enter->time, CALLS);

    struct hp_trace_call *call = &state->calls[found->call];
    struct hp_trace_function *callee = state->functions + call->callee;

    call->count++;
    state->cells[callee->first_cell].time += time;
    state->clock += time;
    if (callee->active == 0) {
        callee->primitive++;
        call->time += time;
    }
    return true;
}

/* A number of up to three bytes; NULL if it is longer. */
static const uint8_t *packed(const uint8_t *at, unsigned skip, uint64_t *value)
{
    uint64_t byte = *at++;

    *value = (byte & 0x7f) >> skip;
    for (unsigned shift = 7 - skip; byte & 0x80; shift += 7) {
        if (shift > 14)
            return NULL;
        byte = *at++;
        *value |= (byte & 0x7f) << shift;
    }
    return at;
}

/* Any other ENTER. This and decode are out of line, so that the loops keep their registers. */
__attribute__((noinline)) static struct enter decode_odd_enter(const uint8_t *at)
{
    struct enter enter = {0, 0, 0, NULL};
    uint64_t number;
    const uint8_t *line = packed(at, 2, &number), *time = line ? packed(line, 0, &number) : NULL;

    if (time && time - at <= HP_KEY_BYTES) {
        enter.key = load(at) & (((uint64_t)1 << 8 * (time - at)) - 1);
        enter.end = packed(time, 0, &enter.time);
        if (enter.end)
            enter.next = *enter.end;
    }
    return enter;
}

INLINE struct enter one_byte_time(const uint8_t *at, uint64_t word, unsigned key_bytes)
{
    uint64_t rest = word >> 8 * key_bytes;

    return (struct enter){word & (((uint64_t)1 << 8 * key_bytes) - 1), rest & 0x7f, rest >> 8,
                          at + key_bytes + 1};
}

INLINE struct enter decode_enter(const uint8_t *at, uint64_t word)
{
    if ((word & 0x80808083) == 0x00008000) /* a file of one byte, a line of two */
        return one_byte_time(at, word, 3);
    if ((word & 0x808083) == 0) /* one, one */
        return one_byte_time(at, word, 2);
    if ((word & 0x80808083) == 0x00000080) /* two, one */
        return one_byte_time(at, word, 3);
    if ((word & 0x8080808083) == 0x0000800080) /* two, two */
        return one_byte_time(at, word, 4);
    return decode_odd_enter(at);
}

struct numbers {
    const uint8_t *end; /* NULL: they are too long */
    uint64_t first, second;
};

/* The numbers of an EXIT or a LINENO. */
__attribute__((noinline)) static struct numbers decode(const uint8_t *at, bool two)
{
    struct numbers numbers = {NULL, 0, 0};

    numbers.end = packed(at, 2, &numbers.first);
    if (numbers.end && two)
        numbers.end = packed(numbers.end, 0, &numbers.second);
    return numbers;
}

/* A loop for each kind of log: so it has no test for that, and all registers. */
#define LOOP __attribute__((noinline)) static const uint8_t *

LOOP take_calls(hp_trace *trace, struct hp_hotshot_span span)
{
    const uint8_t *last = span.end - EVENT_MAX;
    struct state state = start(trace, &span);

    while (state.at <= last) {
        uint64_t word = load(state.at);

        if ((word & 3) == ENTER) {
            struct enter enter = decode_enter(state.at, word);

            if (!enter.end)
                break;
            if ((enter.next & 0x83) == EXIT) {
                if (!take_leaf(&state, &enter, enter.next >> 2 & 0x1f))
                    break;
                enter.end++;
            } else if (!take_enter(&state, &enter, CALLS)) {
                break;
            }
            state.at = enter.end;
        } else if ((word & 0x83) == EXIT) {
            if (!take_exit(&state, word >> 2 & 0x1f, CALLS))
                break;
            state.at++;
        } else if ((word & 3) == EXIT) {
            struct numbers numbers = decode(state.at, false);

            if (!numbers.end || !take_exit(&state, numbers.first, CALLS))
                break;
            state.at = numbers.end;
        } else {
            break;
        }
    }
    stop(&state, trace, CALLS);
    return state.at;
}

INLINE const uint8_t *run_lines(hp_trace *trace, struct hp_hotshot_span span, const enum kind kind)
{
    const uint8_t *last = span.end - EVENT_MAX;
    struct state state = start(trace, &span);
    const uint64_t shape = kind == LINE_TIMES ? 0x808083 : 0x8083;

    while (state.at <= last) {
        const uint8_t *at = state.at;
        uint64_t word = load(at);

        if (__builtin_expect((word & shape) == (0x80 | LINENO), 1)) {
            uint64_t line = (word >> 2 & 0x1f) | (uint64_t)at[1] << 5;

            if (!take_line(&state, line, kind == LINE_TIMES ? at[2] : 0, kind))
                break;
            state.at += kind == LINE_TIMES ? 3 : 2;
        } else if ((word & 0x83) == EXIT) {
            if (!take_exit(&state, word >> 2 & 0x1f, kind))
                break;
            state.at++;
        } else if ((word & 3) == ENTER) {
            struct enter enter = decode_enter(at, word);

            if (!enter.end || !take_enter(&state, &enter, kind))
                break;
            state.at = enter.end;
        } else if ((word & 3) != 3) {
            bool line = (word & 3) == LINENO;
            struct numbers numbers = decode(at, line && kind == LINE_TIMES);

            if (!numbers.end || !(line ? take_line(&state, numbers.first, numbers.second, kind)
                                       : take_exit(&state, numbers.first, kind)))
                break;
            state.at = numbers.end;
        } else {
            break;
        }
    }
    stop(&state, trace, kind);
    return state.at;
}

LOOP take_lines(hp_trace *trace, struct hp_hotshot_span span)
{
    return run_lines(trace, span, LINES);
}

LOOP take_line_times(hp_trace *trace, struct hp_hotshot_span span)
{
    return run_lines(trace, span, LINE_TIMES);
}

const uint8_t *hp_hotshot_loop(hp_trace *trace, struct hp_hotshot_span span, bool lines_timed)
{
    if (span.end - span.at < EVENT_MAX)
        return span.at;
    if (trace->hits == 0)
        return take_calls(trace, span);
    return (lines_timed ? take_line_times : take_lines)(trace, span);
}
