// SPDX-License-Identifier: MIT
/* Reads numbers and bytes from an input and never beyond its end. A read that fails leaves the
 * cursor where it is, sets the error unless one is set, and returns false. what: what is read, for
 * the message. */
#ifndef HP_CURSOR_H
#define HP_CURSOR_H

#include "hotprof.h"

#include <assert.h>

typedef struct hp_cursor {
    const uint8_t *data;
    size_t size;
    size_t offset;
    hp_error *error;
} hp_cursor;

/* Sets the error that the input ends too early. */
void hp_cursor_end(const hp_cursor *cursor, const char *what);

static inline bool hp_cursor_u8(hp_cursor *cursor, const char *what, uint8_t *value)
{
    if (cursor->offset == cursor->size)
        return hp_cursor_end(cursor, what), false;
    *value = cursor->data[cursor->offset++];
    return true;
}

/* The next size bytes, in place. */
static inline bool hp_cursor_bytes(hp_cursor *cursor, const char *what, uint64_t size,
                                   const uint8_t **bytes)
{
    assert(cursor->offset <= cursor->size);
    if (size > cursor->size - cursor->offset)
        return hp_cursor_end(cursor, what), false;
    *bytes = cursor->data + cursor->offset;
    cursor->offset += (size_t)size;
    return true;
}

/* The little-endian integer that 1, 2, 4 or 8 bytes are. */
static inline uint64_t hp_little_endian(const uint8_t *bytes, unsigned size)
{
    uint64_t value = bytes[0]; /* no loop: compilers make one load of this */

    if (size >= 2)
        value |= (uint64_t)bytes[1] << 8;
    if (size >= 4)
        value |= (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
    if (size == 8)
        value |= (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 |
                 (uint64_t)bytes[7] << 56;
    return value;
}

/* The next integer of that many bytes. */
static inline bool hp_cursor_little_endian(hp_cursor *cursor, const char *what, unsigned size,
                                           uint64_t *value)
{
    const uint8_t *bytes;

    if (!hp_cursor_bytes(cursor, what, size, &bytes))
        return false;
    *value = hp_little_endian(bytes, size);
    return true;
}

/* A packed integer: seven bits a byte, the least significant first; bit 7 is set if more follow.
 * The low skip bits of the first byte are not part of it: in a hotshot log they are the type of a
 * record. More than 64 bits are HP_CORRUPT. */
bool hp_cursor_packed(hp_cursor *cursor, const char *what, unsigned skip, uint64_t *value);

#endif
