// SPDX-License-Identifier: MIT
#include "layout/text_size.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Of the characters from blank to "~", in thousandths of the size. */
enum { FIRST = 0x20, LAST = 0x7e };
static const uint16_t regular_widths[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};
static const uint16_t bold_widths[] = {
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584};

/* Of all others: as wide as the widest letters of Europe, or as a character of East Asia. */
enum { OTHER = 722, WIDE = 1000 };

static size_t size_of(const char *character)
{
    size_t size = 1;

    while ((character[size] & 0xc0) == 0x80)
        size++;
    return size;
}

static double width_of(const char *character, double size, bool bold)
{
    unsigned char c = (unsigned char)*character;
    unsigned width = c >= 0xe1 ? WIDE : OTHER;

    if (c >= FIRST && c <= LAST)
        width = (bold ? bold_widths : regular_widths)[c - FIRST];
    return width * size / 1000;
}

double hp_text_width(const char *text, double size, bool bold)
{
    double widest = 0, width = 0;

    for (; *text; text += size_of(text)) {
        width = *text == '\n' ? 0 : width + width_of(text, size, bold);
        widest = fmax(widest, width);
    }
    return widest;
}

size_t hp_text_lines(const char *text)
{
    size_t lines = 1;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static bool may_end(const char *text, const char *at)
{
    bool number = at > text && at[-1] >= '0' && at[-1] <= '9' && at[1] >= '0' && at[1] <= '9';

    return strchr("._/:,>", *at) && !number;
}

/* The length of the first line of a text that is broken at this width: behind a blank, if that is
 * not far to the left. */
static size_t line_of(const char *text, double width, double size, bool bold)
{
    const char *at = text, *end = NULL, *blank = NULL;

    for (double taken = 0; *at && *at != '\n'; at += size_of(at)) {
        taken += width_of(at, size, bold);
        if (taken > width && at > text)
            break;
        if (*at == ' ' && taken > width / 2)
            blank = at + 1;
        else if (taken > width / 3 && may_end(text, at))
            end = at + 1;
    }
    if (*at == '\0' || *at == '\n')
        return (size_t)(at - text);
    return (size_t)((*at == ' ' ? at : blank ? blank : end ? end : at) - text);
}

char *hp_text_wrapped(const char *text, double width, double size, bool bold)
{
    char *wrapped = malloc(3 * strlen(text) + 1), *to = wrapped;
    double room = width, indent = width_of(" ", size, bold);

    while (wrapped && *text) {
        size_t length = line_of(text, room, size, bold);

        memcpy(to, text, length);
        to += length;
        text += length;
        room = width;
        if (*text == '\n') {
            *to++ = *text++;
        } else if (*text) {
            *to++ = '\n';
            *to++ = ' ';
            room = width - indent;
        }
    }
    if (wrapped)
        *to = '\0';
    return wrapped;
}
