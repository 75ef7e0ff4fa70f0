// SPDX-License-Identifier: MIT
#include "escape.h"

#include <stdint.h>
#include <stdlib.h>

static bool is_plain(char byte)
{
    return byte >= ' ' && byte <= '~';
}

/* How many bytes at the start of a string are plain: most strings are throughout, and eight at a
 * time are quickly looked at. */
static size_t plain_size(hp_string string)
{
    static const uint64_t each = UINT64_MAX / 0xff; /* 1 in each of eight bytes */
    size_t at = 0;

    for (uint64_t eight; at + sizeof eight <= string.size; at += sizeof eight) {
        memcpy(&eight, string.data + at, sizeof eight);
        if (((eight - each * ' ') | (eight + each) | eight) & each * 0x80)
            break;
    }
    while (at < string.size && is_plain(string.data[at]))
        at++;
    return at;
}

void hp_add_escaped(hp_buffer *buffer, hp_string string)
{
    for (;;) {
        hp_string plain = {string.data, plain_size(string)}, other = {string.data + plain.size, 0};
        char *added;

        hp_buffer_add(buffer, plain);
        while (plain.size + other.size < string.size && !is_plain(other.data[other.size]))
            other.size++;
        if (other.size == 0)
            return;
        added = hp_buffer_grow(buffer, hp_string_escape(other, NULL, 0));
        if (added)
            hp_string_escape(other, added, 4 * other.size + 1);
        string.data += plain.size + other.size;
        string.size -= plain.size + other.size;
    }
}

void hp_escape_from(hp_buffer *buffer, size_t start)
{
    if (buffer->failed || buffer->size == start)
        return;

    hp_string raw = {buffer->text + start, buffer->size - start};
    hp_buffer escaped = {0};

    if (plain_size(raw) == raw.size)
        return;
    hp_add_escaped(&escaped, raw);
    buffer->size = start;
    buffer->failed = escaped.failed;
    hp_buffer_add(buffer, (hp_string){escaped.text, escaped.size});
    free(escaped.text);
}

char *hp_escaped(hp_string string)
{
    hp_buffer escaped = {0};

    hp_add_escaped(&escaped, string);
    return hp_buffer_take(&escaped);
}

/* The bytes of the blank at the start of a string; 0: there is none. */
static size_t blank_size(const char *data, size_t size)
{
    const unsigned char *at = (const unsigned char *)data;
    uint32_t three;

    if (size > 0 && at[0] == ' ')
        return 1;
    if (size > 1 && at[0] == 0xc2 && at[1] == 0xa0) /* U+00A0 */
        return 2;
    if (size < 3)
        return 0;
    three = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    return three == 0xe19a80 || (three >= 0xe28080 && three <= 0xe2808a) || three == 0xe280af ||
                   three == 0xe2819f || three == 0xe38080
               ? 3 /* U+1680, U+2000 to U+200A, U+202F, U+205F, U+3000 */
               : 0;
}

/* A blank is " ", or begins and ends with bytes beyond ASCII. */
static bool is_part_of_blank(char byte)
{
    return byte == ' ' || (byte & 0x80);
}

static hp_string without_blanks_at_ends(hp_string string)
{
    if (string.size == 0 ||
        !(is_part_of_blank(*string.data) || is_part_of_blank(string.data[string.size - 1])))
        return string; /* as usual */
    for (size_t blank; (blank = blank_size(string.data, string.size)) > 0;)
        string = (hp_string){string.data + blank, string.size - blank};
    for (size_t blank = 1; blank <= 3 && blank <= string.size;) {
        bool ends = blank_size(string.data + string.size - blank, blank) == blank;

        string.size -= ends ? blank : 0;
        blank = ends ? 1 : blank + 1;
    }
    return string;
}

static void add_bytes(hp_buffer *buffer, const char *from, const char *to)
{
    for (; from < to; from++) {
        char byte[5];

        snprintf(byte, sizeof byte, "\\x%02x", (unsigned)(unsigned char)*from);
        hp_buffer_add_text(buffer, byte);
    }
}

hp_string hp_shown_part(hp_string name)
{
    hp_string middle = without_blanks_at_ends(name);

    return middle.size > 0 ? middle : (hp_string){"???", 3};
}

void hp_add_shown_name(hp_buffer *buffer, hp_string name, bool exact)
{
    hp_string middle = without_blanks_at_ends(name);

    if (name.size == 0 || !exact) {
        hp_add_escaped(buffer, hp_shown_part(name));
        return;
    }
    add_bytes(buffer, name.data, middle.data);
    for (hp_string left = middle; left.size > 0;) {
        const char *slash = memchr(left.data, '\\', left.size);
        size_t plain = slash ? (size_t)(slash - left.data) : left.size;

        hp_add_escaped(buffer, (hp_string){left.data, plain});
        add_bytes(buffer, left.data + plain, left.data + plain + (slash != NULL));
        left.data += plain + (slash != NULL);
        left.size -= plain + (slash != NULL);
    }
    add_bytes(buffer, middle.data + middle.size, name.data + name.size);
}

char *hp_shown_name(hp_string name, bool exact)
{
    hp_buffer shown = {0};

    hp_add_shown_name(&shown, name, exact);
    return hp_buffer_take(&shown);
}

bool hp_is_right_to_left(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at < 0xd6)
            continue;
        if ((*at == 0xd6 && at[1] >= 0x90) || (*at >= 0xd7 && *at <= 0xdf)) /* U+0590 to U+07FF */
            return true;
        if (*at == 0xe0 && at[1] >= 0xa0 && at[1] <= 0xa3) /* U+0800 to U+08FF */
            return true;
        if (*at == 0xef &&
            ((at[1] == 0xac && at[2] >= 0x9d) || (at[1] > 0xac && at[1] < 0xb8) ||
             (at[1] >= 0xb9 && at[1] <= 0xbb))) /* U+FB1D to U+FDFF, U+FE40 to U+FEFF */
            return true;
        if (*at == 0xf0 && ((at[1] == 0x90 && at[2] >= 0xa0) ||
                            (at[1] == 0x9e && at[2] >= 0xa0))) /* U+10800, U+1E800 and on */
            return true;
    }
    return false;
}

char *hp_isolated(char *text)
{
    char *isolated;

    if (!text || !hp_is_right_to_left(text))
        return text;
    isolated = malloc(strlen(text) + sizeof HP_ISOLATE HP_ISOLATED);
    if (isolated)
        stpcpy(stpcpy(stpcpy(isolated, HP_ISOLATE), text), HP_ISOLATED);
    free(text);
    return isolated;
}

void hp_write_exact(FILE *out, hp_string string)
{
    for (size_t i = 0; i < string.size; i++) {
        unsigned char byte = (unsigned char)string.data[i];

        if (byte < 0x20 || byte >= 0x7f || byte == '\\' || byte == ';')
            fprintf(out, "\\x%02x", byte);
        else
            putc(byte, out);
    }
}
