// SPDX-License-Identifier: MIT
/* Eight bytes are loaded at once, and one masked comparison tells whether a record is an event of
 * the commonest shape: its type, and where each of its numbers ends. Other ordinary shapes are
 * decoded with more care. What is new (a line, a call) or odd is left to the caller. So no event
 * here hashes names, allocates memory or looks for the end of the input. */
#include "hotshot/log_loop.h"

#include "hotshot/log_records.h"

/* The bytes that an event may take, and those of a load behind an ENTER. */
enum { EVENT_MAX = 8 + 8 };

/* The loops keep this in registers: all functions that change it are expanded in them. */
struct loop {
    struct hp_trace_state state;
    const struct hp_recent_call *recent;
    uint64_t generation;
    const uint8_t *at;
};

HP_INLINE struct loop start(const hp_trace *trace, const struct hp_log_span *span)
{
    return (struct loop){trace->state, span->recent, span->generation, span->at};
}

/* Compilers make one load of it. */
HP_INLINE uint64_t load(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

/* The take_ functions take an event. If they cannot, they change nothing and return false. */

HP_INLINE bool take_line(struct loop *loop, uint64_t line, uint64_t time, enum hp_trace_lines lines)
{
    const struct hp_trace_function *function = loop->state.current;
    uint64_t place = line - function->first_line;

    if (place >= function->span || function->cells[place] == 0)
        return false;
    if (lines == HP_TRACE_TIMED_LINES)
        hp_trace_pass(&loop->state, time, lines);
    hp_trace_line(&loop->state, function->cells[place]);
    return true;
}

HP_INLINE bool take_exit(struct loop *loop, uint64_t time, enum hp_trace_lines lines)
{
    if (loop->state.top == loop->state.bottom)
        return false;
    hp_trace_pass(&loop->state, time, lines);
    hp_trace_leave(&loop->state, lines);
    return true;
}

/* An ENTER: its key, its time, where it ends, and the byte there (and any above that byte). */
struct enter {
    uint64_t key, time, next;
    const uint8_t *end; /* NULL: it is too long */
};

/* The recent call that an ENTER is; NULL: none. */
HP_INLINE const struct hp_recent_call *find_recent(const struct loop *loop, uint64_t key,
                                                   enum hp_trace_lines lines)
{
    uint32_t site = hp_trace_site(&loop->state, lines);
    const struct hp_recent_call *found;

    key |= loop->generation;
    found = &loop->recent[hp_recent_place(key, site)];
    return found->key == key && found->site == site ? found : NULL;
}

/* gcc makes better code of these if they look for room first. */

HP_INLINE bool take_enter(struct loop *loop, const struct enter *enter, enum hp_trace_lines lines)
{
    const struct hp_recent_call *found;

    if (loop->state.top == loop->state.limit || !(found = find_recent(loop, enter->key, lines)))
        return false;
    hp_trace_pass(&loop->state, enter->time, lines);
    hp_trace_enter(&loop->state, found->call, lines);
    return true;
}

/* A function that is entered and left at once. There have been no lines. */
HP_INLINE bool take_leaf(struct loop *loop, const struct enter *enter, uint64_t time)
{
    const struct hp_recent_call *found;

    if (loop->state.top == loop->state.limit ||
        !(found = find_recent(loop, enter->key, HP_TRACE_NO_LINES)))
        return false;
    hp_trace_pass(&loop->state, enter->time, HP_TRACE_NO_LINES);
    hp_trace_leaf(&loop->state, found->call, time);
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

HP_INLINE struct enter one_byte_time(const uint8_t *at, uint64_t word, unsigned key_bytes)
{
    uint64_t rest = word >> 8 * key_bytes;

    return (struct enter){word & (((uint64_t)1 << 8 * key_bytes) - 1), rest & 0x7f, rest >> 8,
                          at + key_bytes + 1};
}

HP_INLINE struct enter decode_enter(const uint8_t *at, uint64_t word)
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

LOOP take_calls(hp_trace *trace, struct hp_log_span span)
{
    const uint8_t *last = span.end - EVENT_MAX;
    struct loop loop = start(trace, &span);

    while (loop.at <= last) {
        uint64_t word = load(loop.at);

        if ((word & 3) == ENTER) {
            struct enter enter = decode_enter(loop.at, word);

            if (!enter.end)
                break;
            if ((enter.next & 0x83) == EXIT) {
                if (!take_leaf(&loop, &enter, enter.next >> 2 & 0x1f))
                    break;
                enter.end++;
            } else if (!take_enter(&loop, &enter, HP_TRACE_NO_LINES)) {
                break;
            }
            loop.at = enter.end;
        } else if ((word & 0x83) == EXIT) {
            if (!take_exit(&loop, word >> 2 & 0x1f, HP_TRACE_NO_LINES))
                break;
            loop.at++;
        } else if ((word & 3) == EXIT) {
            struct numbers numbers = decode(loop.at, false);

            if (!numbers.end || !take_exit(&loop, numbers.first, HP_TRACE_NO_LINES))
                break;
            loop.at = numbers.end;
        } else {
            break;
        }
    }
    trace->state = loop.state;
    return loop.at;
}

HP_INLINE const uint8_t *run_lines(hp_trace *trace, struct hp_log_span span,
                                   const enum hp_trace_lines lines)
{
    const uint8_t *last = span.end - EVENT_MAX;
    struct loop loop = start(trace, &span);
    const uint64_t shape = lines == HP_TRACE_TIMED_LINES ? 0x808083 : 0x8083;

    while (loop.at <= last) {
        const uint8_t *at = loop.at;
        uint64_t word = load(at);

        if (__builtin_expect((word & shape) == (0x80 | LINENO), 1)) {
            uint64_t line = (word >> 2 & 0x1f) | (uint64_t)at[1] << 5;

            if (!take_line(&loop, line, lines == HP_TRACE_TIMED_LINES ? at[2] : 0, lines))
                break;
            loop.at += lines == HP_TRACE_TIMED_LINES ? 3 : 2;
        } else if ((word & 0x83) == EXIT) {
            if (!take_exit(&loop, word >> 2 & 0x1f, lines))
                break;
            loop.at++;
        } else if ((word & 3) == ENTER) {
            struct enter enter = decode_enter(at, word);

            if (!enter.end || !take_enter(&loop, &enter, lines))
                break;
            loop.at = enter.end;
        } else if ((word & 3) != 3) {
            bool line = (word & 3) == LINENO;
            struct numbers numbers = decode(at, line && lines == HP_TRACE_TIMED_LINES);

            if (!numbers.end || !(line ? take_line(&loop, numbers.first, numbers.second, lines)
                                       : take_exit(&loop, numbers.first, lines)))
                break;
            loop.at = numbers.end;
        } else {
            break;
        }
    }
    trace->state = loop.state;
    return loop.at;
}

LOOP take_lines(hp_trace *trace, struct hp_log_span span)
{
    return run_lines(trace, span, HP_TRACE_LINES);
}

LOOP take_line_times(hp_trace *trace, struct hp_log_span span)
{
    return run_lines(trace, span, HP_TRACE_TIMED_LINES);
}

const uint8_t *hp_log_loop(hp_trace *trace, struct hp_log_span span, bool lines_timed)
{
    if (span.end - span.at < EVENT_MAX)
        return span.at;
    if (trace->state.hits == 0) {
        span.at = take_calls(trace, span);
        hp_trace_settle(&trace->state);
        return span.at;
    }
    return (lines_timed ? take_line_times : take_lines)(trace, span);
}
