// SPDX-License-Identifier: MIT
#include "input/cursor.h"

#include <assert.h>

static bool ends_early(hp_cursor *cursor, const char *what)
{
    hp_error_set(cursor->error, HP_TRUNCATED, cursor->size,
                 "offset %zu: expected %s, found the end of the input", cursor->size, what);
    return false;
}

bool hp_cursor_u8(hp_cursor *cursor, const char *what, uint8_t *value)
{
    if (cursor->offset == cursor->size)
        return ends_early(cursor, what);
    *value = cursor->data[cursor->offset++];
    return true;
}

bool hp_cursor_bytes(hp_cursor *cursor, const char *what, uint64_t size, const uint8_t **bytes)
{
    assert(cursor->offset <= cursor->size);
    if (size > cursor->size - cursor->offset)
        return ends_early(cursor, what);
    *bytes = cursor->data + cursor->offset;
    cursor->offset += (size_t)size;
    return true;
}

bool hp_cursor_little_endian(hp_cursor *cursor, const char *what, unsigned size, uint64_t *value)
{
    const uint8_t *bytes;

    if (!hp_cursor_bytes(cursor, what, size, &bytes))
        return false;
    *value = 0;
    while (size-- > 0)
        *value = *value << 8 | bytes[size];
    return true;
}

bool hp_cursor_packed(hp_cursor *cursor, const char *what, unsigned skip, uint64_t *value)
{
    uint64_t result = 0;
    unsigned shift = 0;

    for (size_t at = cursor->offset; at < cursor->size; at++) {
        uint64_t bits = (cursor->data[at] & 0x7fu) >> skip;

        if (shift > 63 || bits << shift >> shift != bits) {
            hp_error_set(cursor->error, HP_CORRUPT, cursor->offset,
                         "offset %zu: expected %s, found a number of more than 64 bits",
                         cursor->offset, what);
            return false;
        }
        result |= bits << shift;
        shift += 7 - skip;
        skip = 0;
        if (!(cursor->data[at] & 0x80)) {
            cursor->offset = at + 1;
            *value = result;
            return true;
        }
    }
    return ends_early(cursor, what);
}
