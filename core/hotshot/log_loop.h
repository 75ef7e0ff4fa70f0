// SPDX-License-Identifier: MIT
/* The fast way through the ordinary events of a hotshot log; log_reader.c takes all events. */
#ifndef HP_LOG_LOOP_H
#define HP_LOG_LOOP_H

#include "hotshot/trace.h"

/* A call found lately. Its key is the bytes of its ENTER without the time, at most six, below the
 * low 16 bits of the generation of names. An entry whose bits are all set is free. */
struct hp_recent_call {
    uint64_t key;
    uint32_t site, call; /* see hp_trace_find_call */
};

enum { HP_RECENT_BITS = 15, HP_RECENT_CALLS = 1 << HP_RECENT_BITS, HP_KEY_BYTES = 6 };

/* The place of a call in a table of HP_RECENT_CALLS, each of which has one place. */
static inline uint32_t hp_recent_place(uint64_t key, uint32_t site)
{
    return ((uint32_t)key * 0x9e3779b1u ^ site * 0x85ebca6bu) >> (32 - HP_RECENT_BITS);
}

/* The clock goes up by less than HP_STRETCH_TIME in HP_STRETCH bytes of ordinary events. */
#define HP_STRETCH ((size_t)1 << 20)
#define HP_STRETCH_TIME ((uint64_t)1 << 40)

/* Events to take: those from at on that lie wholly before end. */
struct hp_log_span {
    const uint8_t *at, *end;
    const struct hp_recent_call *recent;
    uint64_t generation; /* as it stands in their keys */
};

/* Takes events as long as they are ordinary: no number takes more than three bytes, the line was
 * reached before, the call is a recent one. Frames must be timed. Returns the start of the first
 * record that it did not take. */
const uint8_t *hp_log_loop(hp_trace *trace, struct hp_log_span span, bool lines_timed);

#endif
