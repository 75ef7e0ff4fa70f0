// SPDX-License-Identifier: MIT
#include "model/text.h"

#include <stdio.h>
#include <string.h>

/* Bytes of the valid UTF-8 character at data, 0 if there is none (Unicode 15, table 3-7). */
static size_t utf8_length(const unsigned char *data, size_t size)
{
    unsigned char first = data[0], low = 0x80, high = 0xbf;
    size_t length;

    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    if (size < length || data[1] < low || data[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (data[i] < 0x80 || data[i] > 0xbf)
            return 0;
    return length;
}

size_t hp_string_escape(hp_string string, char *buffer, size_t size)
{
    const unsigned char *data = (const unsigned char *)string.data;
    size_t length = 0, written = 0;

    for (size_t at = 0; at < string.size;) {
        size_t taken = utf8_length(data + at, string.size - at), given = taken;
        bool escaped = taken == 0 || data[at] < 0x20 || data[at] == 0x7f;

        if (escaped) {
            taken = 1;
            given = 4;
        }
        if (written == length && length + given < size) {
            if (escaped)
                snprintf(buffer + length, 5, "\\x%02x", data[at]);
            else
                memcpy(buffer + length, data + at, taken);
            written += given;
        }
        at += taken;
        length += given;
    }
    if (size)
        buffer[written] = '\0';
    return length;
}

bool hp_string_equal(hp_string a, hp_string b)
{
    return a.size == b.size &&
           (a.size == 0 || a.data == b.data || memcmp(a.data, b.data, a.size) == 0);
}

int hp_string_compare(hp_string a, hp_string b)
{
    size_t both = a.size < b.size ? a.size : b.size;
    int order = both == 0 || a.data == b.data ? 0 : memcmp(a.data, b.data, both);

    return order ? order : (a.size > b.size) - (a.size < b.size);
}
