// SPDX-License-Identifier: MIT
/* Eight bytes are loaded at once, and one masked comparison tells that a record is an event of the
 * commonest shape: its type, and that each of its numbers ends where it mostly does. Other ordinary
 * shapes are decoded with more care, and whatever is new (a line, a call) or odd is left to the
 * caller. So no event here hashes names, allocates or looks for the end of the input. */
#include "hotshot_loop.h"

/* The functions below are parts of the two loops, which keep all of struct state in registers. */
#define INLINE __attribute__((always_inline)) static inline

enum { ENTER = 0, EXIT = 1, LINENO = 2 };

/* What an event may take, and a load behind the leaf call before it. */
enum { EVENT_MAX = 8 + 8 };

struct state {
    const struct hp_recent_call *recent;
    uint64_t generation;
    struct hp_trace_cell *cells;
    struct hp_trace_function *functions;
    struct hp_trace_call *calls;
    uint32_t *frames;
    size_t frame_capacity;

    const uint8_t *at;
    struct hp_trace_cell *position;
    struct hp_trace_function *function;
    uint64_t clock, hits;
    size_t depth;
};

INLINE struct state start(hp_trace *trace, const uint8_t *at, const struct hp_recent_call *recent,
                          uint64_t generation)
{
    return (struct state){.recent = recent,
                          .generation = generation,
                          .cells = trace->cells,
                          .functions = trace->functions,
                          .calls = trace->calls,
                          .frames = trace->frames,
                          .frame_capacity = trace->frame_capacity,
                          .at = at,
                          .position = trace->cells + trace->here,
                          .function = trace->functions + trace->current,
                          .clock = trace->clock,
                          .hits = trace->hits,
                          .depth = trace->depth};
}

/* Gives the state back to the trace. */
INLINE void stop(const struct state *state, hp_trace *trace)
{
    trace->clock = state->clock;
    trace->hits = state->hits;
    trace->here = (uint32_t)(state->position - state->cells);
    trace->current = (uint32_t)(state->function - state->functions);
    trace->depth = state->depth;
}

/* Compilers make one load of it. */
INLINE uint64_t load(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

INLINE void pass(struct state *state, uint64_t time, bool lines_timed)
{
    (lines_timed ? state->position : state->cells + state->function->first_cell)->time += time;
    state->clock += time;
}

/* The take_ functions take an event, or nothing and say false. */

INLINE bool take_line(struct state *state, uint64_t line, uint64_t time, bool lines_timed)
{
    uint64_t place = line - state->function->first_line;

    if (place >= state->function->span || state->function->cells[place] == 0)
        return false;
    if (lines_timed)
        pass(state, time, true);
    state->position = state->cells + state->function->cells[place];
    state->position->hits++;
    state->hits++;
    return true;
}

INLINE bool take_exit(struct state *state, uint64_t time, bool lines_timed)
{
    if (state->depth == 0)
        return false;

    struct hp_trace_call *call = &state->calls[state->frames[--state->depth]];

    pass(state, time, lines_timed);
    if (--state->function->active == 0) {
        call->time += state->clock;
        call->hits += state->hits;
    }
    state->position = state->cells + call->site;
    state->function = state->functions + call->caller;
    return true;
}

/* An ENTER: its key, its time, and where it ends. */
struct enter {
    uint64_t key, time;
    const uint8_t *end; /* NULL: it is too long */
};

INLINE const struct hp_recent_call *find_recent(const struct state *state, uint64_t key)
{
    uint32_t site = (uint32_t)(state->position - state->cells);
    const struct hp_recent_call *found;

    key |= state->generation;
    found = &state->recent[hp_recent_place(key, site)];
    return found->key == key && found->site == site ? found : NULL;
}

INLINE bool take_enter(struct state *state, const struct enter *enter, bool lines_timed)
{
    const struct hp_recent_call *found = find_recent(state, enter->key);

    if (!found || state->depth == state->frame_capacity)
        return false;
    pass(state, enter->time, lines_timed);

    struct hp_trace_call *call = &state->calls[found->call];

    state->frames[state->depth++] = found->call;
    state->function = state->functions + call->callee;
    call->count++;
    if (state->function->active++ == 0) {
        state->function->primitive++;
        call->time -= state->clock;
        call->hits -= state->hits;
    }
    state->position = state->cells + state->function->first_cell;
    return true;
}

/* A function that is entered and left at once. There have been no lines. */
INLINE bool take_leaf(struct state *state, const struct enter *enter, uint64_t time)
{
    const struct hp_recent_call *found = find_recent(state, enter->key);

    if (!found || state->depth == state->frame_capacity)
        return false;
    pass(state, enter->time, true);

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
    struct enter enter = {0, 0, NULL};
    uint64_t number;
    const uint8_t *line = packed(at, 2, &number), *time = line ? packed(line, 0, &number) : NULL;

    if (time && time - at <= HP_KEY_BYTES) {
        enter.key = load(at) & (((uint64_t)1 << 8 * (time - at)) - 1);
        enter.end = packed(time, 0, &enter.time);
    }
    return enter;
}

INLINE struct enter decode_enter(const uint8_t *at, uint64_t word)
{
    if ((word & 0x80808083) == 0x00008000) /* a file of one byte, a line of two */
        return (struct enter){word & 0xffffff, word >> 24 & 0x7f, at + 4};
    if ((word & 0x808083) == 0) /* one, one */
        return (struct enter){word & 0xffff, word >> 16 & 0x7f, at + 3};
    if ((word & 0x80808083) == 0x00000080) /* two, one */
        return (struct enter){word & 0xffffff, word >> 24 & 0x7f, at + 4};
    if ((word & 0x8080808083) == 0x0000800080) /* two, two */
        return (struct enter){word & 0xffffffff, word >> 32 & 0x7f, at + 5};
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

/* Inlined for each kind of log, so that the loop has no test for lines_timed. */
INLINE void run_lines(struct state *state, const uint8_t *last, const bool lines_timed)
{
    const uint64_t shape = lines_timed ? 0x808083 : 0x8083;

    while (state->at <= last) {
        const uint8_t *at = state->at;
        uint64_t word = load(at);

        if (__builtin_expect((word & shape) == (0x80 | LINENO), 1)) {
            uint64_t line = (word >> 2 & 0x1f) | (uint64_t)at[1] << 5;

            if (!take_line(state, line, lines_timed ? at[2] : 0, lines_timed))
                break;
            state->at += lines_timed ? 3 : 2;
        } else if ((word & 0x83) == EXIT) {
            if (!take_exit(state, word >> 2 & 0x1f, lines_timed))
                break;
            state->at++;
        } else if ((word & 3) == ENTER) {
            struct enter enter = decode_enter(at, word);

            if (!enter.end || !take_enter(state, &enter, lines_timed))
                break;
            state->at = enter.end;
        } else if ((word & 3) != 3) {
            bool line = (word & 3) == LINENO;
            struct numbers numbers = decode(at, line && lines_timed);

            if (!numbers.end ||
                !(line ? take_line(state, numbers.first, numbers.second, lines_timed)
                       : take_exit(state, numbers.first, lines_timed)))
                break;
            state->at = numbers.end;
        } else {
            break;
        }
    }
}

/* As long as there are no lines, every position is a function's first line. */
INLINE void run_calls(struct state *state, const uint8_t *last)
{
    while (state->at <= last) {
        uint64_t word = load(state->at);

        if ((word & 3) == ENTER) {
            struct enter enter = decode_enter(state->at, word);

            if (!enter.end)
                break;
            if ((*enter.end & 0x83) == EXIT) {
                if (!take_leaf(state, &enter, *enter.end >> 2))
                    break;
                enter.end++;
            } else if (!take_enter(state, &enter, true)) {
                break;
            }
            state->at = enter.end;
        } else if ((word & 0x83) == EXIT) {
            if (!take_exit(state, word >> 2 & 0x1f, true))
                break;
            state->at++;
        } else if ((word & 3) == EXIT) {
            struct numbers numbers = decode(state->at, false);

            if (!numbers.end || !take_exit(state, numbers.first, true))
                break;
            state->at = numbers.end;
        } else {
            break;
        }
    }
}

size_t hp_hotshot_loop(hp_trace *trace, const uint8_t *data, size_t offset, size_t end,
                       bool lines_timed, const struct hp_recent_call *recent, uint64_t generation)
{
    struct state state = start(trace, data + offset, recent, generation);

    if (end - offset < EVENT_MAX)
        return offset;
    if (trace->hits == 0)
        run_calls(&state, data + end - EVENT_MAX);
    else if (lines_timed)
        run_lines(&state, data + end - EVENT_MAX, true);
    else
        run_lines(&state, data + end - EVENT_MAX, false);
    stop(&state, trace);
    return (size_t)(state.at - data);
}
