// SPDX-License-Identifier: MIT
#include "input/escaped_bytes.h"

#include <string.h>

/* The byte that a surrogate stands for; 0 if there is none at that place. */
static unsigned char escaped_byte(hp_string text, size_t at)
{
    const unsigned char *data = (const unsigned char *)text.data + at;

    if (text.size - at < 3 || data[0] != 0xed || (data[1] != 0xb2 && data[1] != 0xb3) ||
        (data[2] & 0xc0) != 0x80)
        return 0;
    return (unsigned char)(data[1] << 6 | (data[2] & 0x3f));
}

bool hp_has_escaped_bytes(hp_string text)
{
    const char *end = text.data + text.size;

    for (const char *at = text.data; at < end && (at = memchr(at, 0xed, (size_t)(end - at))); at++)
        if (escaped_byte(text, (size_t)(at - text.data)))
            return true;
    return false;
}

size_t hp_unescape_bytes(hp_string text, char *bytes)
{
    size_t size = 0;

    for (size_t at = 0; at < text.size;) {
        unsigned char byte = escaped_byte(text, at);

        bytes[size++] = byte ? (char)byte : text.data[at];
        at += byte ? 3 : 1;
    }
    return size;
}
