// SPDX-License-Identifier: MIT
#include "input/cursor.h"

void hp_cursor_end(const hp_cursor *cursor, const char *what)
{
    hp_error_set(cursor->error, HP_TRUNCATED, cursor->size,
                 "offset %zu: expected %s, found the end of the input", cursor->size, what);
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
    return hp_cursor_end(cursor, what), false;
}
