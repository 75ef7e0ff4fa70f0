// SPDX-License-Identifier: MIT
#include "model/text.h"

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

/* Of a valid UTF-8 character. */
static uint32_t code_point(const unsigned char *data, size_t length)
{
    uint32_t point = length == 1 ? data[0] : data[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++)
        point = point << 6 | (data[i] & 0x3f);
    return point;
}

/* Whether a character could steer a terminal, show text in another order than it is read in, or is
 * none: XML, and so drawings, refuse noncharacters. */
static bool is_unsafe(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f},
        {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff},
    };

    if ((point & 0xfffe) == 0xfffe)
        return true;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && point >= ranges[i].first; i++)
        if (point <= ranges[i].last)
            return true;
    return false;
}

size_t hp_string_escape(hp_string string, char *buffer, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *data = (const unsigned char *)string.data;
    size_t length = 0, written = 0;

    for (size_t at = 0; at < string.size;) {
        size_t taken = utf8_length(data + at, string.size - at);
        bool escaped = taken == 0 || is_unsafe(code_point(data + at, taken));
        size_t given;

        taken = taken ? taken : 1;
        given = escaped ? 4 * taken : taken;
        if (written == length && length + given < size) {
            for (size_t i = 0; escaped && i < taken; i++)
                memcpy(buffer + length + 4 * i,
                       (const char[4]){'\\', 'x', digits[data[at + i] >> 4],
                                       digits[data[at + i] & 15]},
                       4);
            if (!escaped)
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
