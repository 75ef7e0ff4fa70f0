// SPDX-License-Identifier: MIT
/* Eight bytes are loaded at once, and one masked comparison tells that a record is an event of the
 * commonest shape: its type, and that each of its numbers ends where it mostly does. Whatever is
 * not of such a shape is decoded number by number, and whatever is new (a line, a call) or odd is
 * left to the caller. So no event here hashes names, allocates or looks for the end of the input.
 */
#include "hotshot_loop.h"

enum { ENTER = 0, EXIT = 1, LINENO = 2 };

/* What an event may take: three numbers of up to three bytes, and a load at the last of them. */
enum { EVENT_MAX = 9 + 8 };

/* Compilers make one load of it. */
static inline uint64_t load(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24 |
           (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
           (uint64_t)at[7] << 56;
}

/* A packed integer of up to three bytes; NULL if it is longer. */
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

/* The number of an EXIT or, without a time, a LINENO; then the time of a timed LINENO. Kept out of
 * line, so that the loop keeps its registers. */
__attribute__((noinline)) static const uint8_t *decode(const uint8_t *at, bool two,
                                                       uint64_t *number, uint64_t *time)
{
    at = packed(at, 2, number);
    return at && two ? packed(at, 0, time) : at;
}

__attribute__((noinline)) static const uint8_t *decode_enter(const uint8_t *at, uint64_t *key,
                                                             uint64_t *time)
{
    const uint8_t *start = at;
    uint64_t number;

    at = packed(at, 2, &number);
    at = at ? packed(at, 0, &number) : NULL;
    if (!at || at - start > HP_KEY_BYTES)
        return NULL;
    *key = load(start) & (((uint64_t)1 << 8 * (at - start)) - 1);
    return packed(at, 0, time);
}

/* Inlined for each kind of log, so that the loop has no test for lines_timed. */
__attribute__((always_inline)) static inline size_t
run(hp_trace *trace, const uint8_t *data, size_t offset, size_t end, const bool lines_timed,
    const struct hp_recent_call *recent, uint64_t generation, uint64_t *events)
{
    const uint8_t *at = data + offset, *const last = data + end - EVENT_MAX, *next;
    struct hp_trace_cell *const cells = trace->cells;
    struct hp_trace_function *function = &trace->functions[trace->current];
    uint64_t clock = trace->clock, hits = trace->hits, exits = 0;
    struct hp_trace_cell *position = cells + trace->here;
    size_t depth = trace->depth;

    for (; at <= last; at = next) {
        uint64_t word = load(at), number, time = 0, odd_number, odd_time;

        if ((word & (lines_timed ? 0x808083 : 0x8083)) == 0x0082) {
            number = (word >> 2 & 0x1f) | (word >> 3 & 0xfe0);
            if (lines_timed)
                time = word >> 16 & 0x7f;
            next = at + (lines_timed ? 3 : 2);
        line:
            number -= function->first_line;
            if (number >= function->span || function->cells[number] == 0)
                break;
            if (lines_timed) {
                position->time += time;
                clock += time;
            }
            position = cells + function->cells[number];
            position->hits++;
            hits++;
            continue;
        }
        if ((word & 0x83) == EXIT) {
            time = word >> 2 & 0x1f;
            next = at + 1;
        exit:
            if (depth == 0)
                break;

            struct hp_trace_call *call = &trace->calls[trace->frames[--depth]];

            (lines_timed ? position : cells + function->first_cell)->time += time;
            clock += time;
            if (--function->active == 0) {
                call->time += clock;
                call->hits += hits;
            }
            position = cells + call->site;
            function = &trace->functions[call->caller];
            exits++;
            continue;
        }
        if ((word & 3) == ENTER) {
            uint32_t site = (uint32_t)(position - cells);

            if ((word & 0x80808080) == 0x00008000) {
                number = word & 0xffffff;
                time = word >> 24 & 0x7f;
                next = at + 4;
            } else if ((word & 0x808080) == 0) {
                number = word & 0xffff;
                time = word >> 16 & 0x7f;
                next = at + 3;
            } else if ((next = decode_enter(at, &odd_number, &odd_time))) {
                number = odd_number;
                time = odd_time;
            } else {
                break;
            }
            number |= generation;

            const struct hp_recent_call *found = &recent[hp_recent_place(number, site)];

            if (found->key != number || found->site != site || depth == trace->frame_capacity)
                break;
            (lines_timed ? position : cells + function->first_cell)->time += time;
            clock += time;

            struct hp_trace_call *call = &trace->calls[found->call];

            trace->frames[depth++] = found->call;
            function = &trace->functions[call->callee];
            call->count++;
            if (function->active++ == 0) {
                function->primitive++;
                call->time -= clock;
                call->hits -= hits;
            }
            position = cells + function->first_cell;
            continue;
        }
        if ((word & 3) == 3 ||
            !(next = decode(at, lines_timed && (word & 3) == LINENO, &odd_number, &odd_time)))
            break;
        number = time = odd_number;
        if ((word & 3) == EXIT)
            goto exit;
        if (lines_timed)
            time = odd_time;
        goto line;
    }
    *events += hits - trace->hits + 2 * exits + depth - trace->depth;
    trace->clock = clock;
    trace->hits = hits;
    trace->here = (uint32_t)(position - cells);
    trace->current = (uint32_t)(function - trace->functions);
    trace->depth = depth;
    return (size_t)(at - data);
}

size_t hp_hotshot_loop(hp_trace *trace, const uint8_t *data, size_t offset, size_t end,
                       bool lines_timed, const struct hp_recent_call *recent, uint64_t generation,
                       uint64_t *events)
{
    if (end - offset < EVENT_MAX)
        return offset;
    return lines_timed ? run(trace, data, offset, end, true, recent, generation, events)
                       : run(trace, data, offset, end, false, recent, generation, events);
}
