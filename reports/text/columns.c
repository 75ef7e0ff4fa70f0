// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700 /* wcwidth */
#include "text/columns.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static bool is_ascii(const char *string)
{
    while (*string && !(*string & 0x80))
        string++;
    return !*string;
}

/* Returns where the text goes on that does not fit on this many columns, and sets *taken to the
 * columns before it. What is drawn onto the last character still belongs to it.
 *
 * Only locales of the C library know how wide characters are. This thread uses one for a moment, so
 * that the program's locale does not matter, and no other thread sees a change. */
static const char *skip(const char *string, size_t columns, size_t *taken)
{
    locale_t utf8 =
        is_ascii(string) ? (locale_t)0 : newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;

    *taken = 0;
    for (size_t size, width; *string; string += size, *taken += width) {
        mbstate_t state = {0};
        wchar_t character;

        size = utf8 ? mbrtowc(&character, string, 4, &state) : 0;
        if (size >= 1 && size <= 4) {
            int known = wcwidth(character);

            width = known < 0 ? 1 : (size_t)known;
        } else {
            size = 1;
            width = (*string & 0xc0) != 0x80;
        }
        if (width > columns - *taken)
            break;
    }
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return string;
}

size_t hp_columns_of(const char *string)
{
    size_t columns;

    skip(string, SIZE_MAX, &columns);
    return columns;
}

void hp_print_shortened(FILE *out, const char *string, size_t columns)
{
    size_t all = hp_columns_of(string), kept = columns > 3 ? columns - 3 : 0, taken;

    if (all <= columns) {
        fputs(string, out);
        return;
    }

    const char *head = skip(string, kept / 2, &taken);
    size_t left_out = all - (kept - kept / 2);
    const char *tail = skip(string, left_out, &taken);

    if (taken < left_out)
        tail = skip(tail, 2, &taken); /* only one column is left for a wide character */
    fprintf(out, "%.*s...%s", (int)(head - string), string, tail);
}

char *hp_shortened(char *string, size_t columns)
{
    char *text = NULL;
    size_t size;
    FILE *stream = string ? open_memstream(&text, &size) : NULL;

    if (stream) {
        hp_print_shortened(stream, string, columns);
        if (fclose(stream) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(string);
    return text;
}
