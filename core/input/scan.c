// SPDX-License-Identifier: MIT
#include "input/scan.h"

bool hp_scan_no_memory(const hp_scan *scan)
{
    hp_no_memory(scan->error);
    return false;
}

bool hp_scan_corrupt(const hp_scan *scan, const char *at, const char *expected)
{
    size_t offset = (size_t)(at - scan->data), size = (size_t)(scan->end - at);
    const char *newline = memchr(at, '\n', size);
    char found[64];

    hp_string_escape((hp_string){at, newline ? (size_t)(newline - at) : size}, found, sizeof found);
    hp_error_set(scan->error, HP_CORRUPT, offset, "offset %zu: expected %s, found '%s'", offset,
                 expected, found);
    return false;
}

hp_string hp_trimmed(hp_string text)
{
    while (text.size && hp_is_blank(*text.data)) {
        text.data++;
        text.size--;
    }
    while (text.size && hp_is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

hp_string hp_take_line(const char **at, const char *end)
{
    const char *start = *at, *newline = memchr(start, '\n', (size_t)(end - start));
    size_t size = (size_t)((newline ? newline : end) - start);

    *at = newline ? newline + 1 : end;
    return (hp_string){start, size - (size && start[size - 1] == '\r')};
}

bool hp_take_word(hp_string *text, hp_string *word)
{
    size_t size = 0;

    *text = hp_trimmed(*text);
    while (size < text->size && !hp_is_blank(text->data[size]))
        size++;
    *word = (hp_string){text->data, size};
    text->data += size;
    text->size -= size;
    return size > 0;
}

bool hp_take_until(hp_string *text, char separator, hp_string *taken)
{
    const char *found = text->size ? memchr(text->data, separator, text->size) : NULL;

    if (!found)
        return false;
    *taken = (hp_string){text->data, (size_t)(found - text->data)};
    text->size -= taken->size + 1;
    text->data = found + 1;
    return true;
}

static unsigned hex_value(char c)
{
    char lower = c | 0x20;

    return hp_is_digit(c)                 ? (unsigned)(c - '0')
           : lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10
                                          : 16;
}

bool hp_take_long_number(const char **at, uint64_t *number)
{
    bool hex = (*at)[0] == '0' && (*at)[1] == 'x';
    const char *start = *at + (hex ? 2 : 0), *digit = start;
    uint64_t sum = 0;

    if (hex) {
        for (unsigned value; (value = hex_value(*digit)) < 16; digit++) {
            if (sum >> 60)
                return false;
            sum = sum << 4 | value;
        }
    } else {
        for (; hp_is_digit(*digit); digit++) {
            unsigned value = (unsigned)(*digit - '0');

            if (digit - start >= 19 && sum > (UINT64_MAX - value) / 10)
                return false;
            sum = sum * 10 + value;
        }
    }
    *number = sum;
    *at = digit;
    return digit > start;
}
