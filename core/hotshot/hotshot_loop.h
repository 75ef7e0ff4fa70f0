// SPDX-License-Identifier: MIT
/* The fast way through the events of a hotshot log; read_hotshot.c is the whole way. */
#ifndef HP_HOTSHOT_LOOP_H
#define HP_HOTSHOT_LOOP_H

#include "hotshot/trace.h"

/* Calls found lately. The key of a call are the bytes of its ENTER but the time, at most six, with
 * the generation of names above them; an entry whose bytes are all ones is free. */
struct hp_recent_call {
    uint64_t key;
    uint32_t site, call;
};

enum { HP_RECENT_BITS = 15, HP_RECENT_CALLS = 1 << HP_RECENT_BITS, HP_KEY_BYTES = 6 };

/* Where such a call is, if it is among the recent ones. */
static inline uint32_t hp_recent_place(uint64_t key, uint32_t site)
{
    return ((uint32_t)key * 0x9e3779b1u ^ site * 0x85ebca6bu) >> (32 - HP_RECENT_BITS);
}

/* So much may the clock go up in a stretch of HP_STRETCH bytes. */
#define HP_STRETCH ((size_t)1 << 20)
#define HP_STRETCH_TIME ((uint64_t)1 << 40)

/* Events to take: from at on, wholly before end. */
struct hp_hotshot_span {
    const uint8_t *at, *end;
    const struct hp_recent_call *recent;
    uint64_t generation; /* as in their keys */
};

/* Takes events as long as they are ordinary: no number of more than three bytes, of a line and a
 * call that were met before. Frames must be timed. Returns where the first record left is. */
const uint8_t *hp_hotshot_loop(hp_trace *trace, struct hp_hotshot_span span, bool lines_timed);

#endif
