// SPDX-License-Identifier: MIT
/* Takes lines of text apart. Each hp_take_ function takes something from the start of a text, moves
 * the start behind it, and returns whether it was there. */
#ifndef HP_SCAN_H
#define HP_SCAN_H

#include "model/text.h"

#include <string.h>

/* A text of whole lines, and the error to set if something is wrong with it. */
typedef struct hp_scan {
    const char *data, *end; /* end: behind the last newline */
    hp_error *error;
} hp_scan;

/* These set the error and return false. at: where the text is wrong. expected: what should be
 * there. */
bool hp_scan_corrupt(const hp_scan *scan, const char *at, const char *expected);
bool hp_scan_no_memory(const hp_scan *scan);

static inline bool hp_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static inline bool hp_is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* The text without blanks at both ends. */
hp_string hp_trimmed(hp_string text);

/* The line at *at, without its end. Moves *at to the next line. */
hp_string hp_take_line(const char **at, const char *end);

/* Everything up to a blank, without blanks before it. */
bool hp_take_word(hp_string *text, hp_string *word);

/* Everything before a separator. Takes the separator, too. */
bool hp_take_until(hp_string *text, char separator, hp_string *taken);

/* Inline, so that comparing with a constant takes few instructions. */
static inline bool hp_take_prefix(hp_string *text, hp_string prefix)
{
    if (text->size < prefix.size || memcmp(text->data, prefix.data, prefix.size) != 0)
        return false;
    text->data += prefix.size;
    text->size -= prefix.size;
    return true;
}
#define HP_TAKE(text, prefix) hp_take_prefix(text, (hp_string){prefix, sizeof(prefix) - 1})

/* A number of up to 64 bits at *at: decimal digits, or 0x and hexadecimal digits. Moves *at behind
 * it. Only a byte that is no digit stops the reading, so there must be one, such as a newline. */
bool hp_take_long_number(const char **at, uint64_t *number);

static inline bool hp_take_number(const char **at, uint64_t *number)
{
    const char *digit = *at;
    uint64_t sum = 0;

    while (hp_is_digit(*digit) && digit - *at < 19)
        sum = sum * 10 + (uint64_t)(*digit++ - '0');
    if (digit == *at || hp_is_digit(*digit) || *digit == 'x')
        return hp_take_long_number(at, number);
    *number = sum;
    *at = digit;
    return true;
}

#endif
