// SPDX-License-Identifier: MIT
/* A bounded look at bytes. Every read is checked; a failed one leaves the cursor where it is, sets
 * the error (the first one wins) and returns false. `what` names the thing read, for the message.
 */
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

/* A little-endian integer of that many bytes, at most 8. */
bool hp_cursor_little_endian(hp_cursor *cursor, const char *what, unsigned size, uint64_t *value);

/* A packed integer: seven bits a byte, least significant first, bit 7 set when more follow. With
 * skip > 0 the first byte gives up its low skip bits (the type of a hotshot record). At most 64
 * bits; longer ones are HP_CORRUPT. */
bool hp_cursor_packed(hp_cursor *cursor, const char *what, unsigned skip, uint64_t *value);

#endif
