// SPDX-License-Identifier: MIT
/* Reads numbers and bytes from an input and never beyond its end. A read that fails leaves the
 * cursor where it is, sets the error unless one is set, and returns false. what: what is read, for
 * the message. */
#ifndef HP_CURSOR_H
#define HP_CURSOR_H

#include "hotprof.h"

typedef struct hp_cursor {
    const uint8_t *data;
    size_t size;
    size_t offset;
    hp_error *error;
} hp_cursor;

bool hp_cursor_u8(hp_cursor *cursor, const char *what, uint8_t *value);

/* The next size bytes, in place. */
bool hp_cursor_bytes(hp_cursor *cursor, const char *what, uint64_t size, const uint8_t **bytes);

/* A little-endian integer of size bytes, at most 8. */
bool hp_cursor_little_endian(hp_cursor *cursor, const char *what, unsigned size, uint64_t *value);

/* A packed integer: seven bits a byte, the least significant first; bit 7 is set if more follow.
 * The low skip bits of the first byte are not part of it: in a hotshot log they are the type of a
 * record. More than 64 bits are HP_CORRUPT. */
bool hp_cursor_packed(hp_cursor *cursor, const char *what, unsigned skip, uint64_t *value);

#endif
