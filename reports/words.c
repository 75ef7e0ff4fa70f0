// SPDX-License-Identifier: MIT
#include "words.h"

#include "escape.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LETTERS_MAX = 32, LIST_MAX = 120, WORD_MAX = 80 };

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters to insert, remove, replace, or swap with the next. Both words have at most
 * LETTERS_MAX letters. */
static unsigned distance(const char *one, const char *two)
{
    unsigned table[LETTERS_MAX + 1][LETTERS_MAX + 1];
    size_t rows = strlen(one), columns = strlen(two);

    for (unsigned i = 0; i <= rows; i++)
        for (unsigned j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            table[i][j] = smaller(table[i - 1][j - 1] + !same(one[i - 1], two[j - 1]),
                                  smaller(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && same(one[i - 1], two[j - 2]) && same(one[i - 2], two[j - 1]))
                table[i][j] = smaller(table[i][j], table[i - 2][j - 2] + 1);
        }
    return table[rows][columns];
}

const char *hp_word_nearest(hp_word_at *at, const void *list, const char *misspelt)
{
    size_t length = strlen(misspelt);
    unsigned least = (unsigned)length / 3 + 2; /* what differs as much is not similar */
    const char *nearest = NULL, *word;

    if (length == 0 || length > LETTERS_MAX)
        return NULL;
    if (length < 3)
        least = 2;
    for (size_t i = 0; (word = at(list, i)); i++) {
        unsigned letters = least;

        if (strncasecmp(word, misspelt, length) == 0)
            letters = 0;
        else if (strlen(word) <= LETTERS_MAX)
            letters = distance(misspelt, word);
        if (letters < least && letters < length) {
            least = letters;
            nearest = word;
        }
    }
    return nearest;
}

/* Adds escaped text at length; returns the new length. */
static size_t add(char *buffer, size_t size, size_t length, const char *text)
{
    if (length < size)
        length += hp_string_escape(hp_string_of(text), buffer + length, size - length);
    return length < size ? length : size - 1;
}

void hp_word_expected(char *buffer, size_t size, hp_word_at *at, const void *list,
                      const char *found)
{
    const char *nearest, *word;
    char shown[WORD_MAX];
    size_t length = add(buffer, size, 0, "expected ");

    for (size_t i = 0; (word = at(list, i)); i++) {
        if (length > LIST_MAX) {
            length = add(buffer, size, length, ", ...");
            break;
        }
        if (i > 0)
            length = add(buffer, size, length, at(list, i + 1) ? ", " : " or ");
        length = add(buffer, size, length, word);
    }
    if (!found)
        return;
    nearest = hp_word_nearest(at, list, found);
    hp_string_escape(hp_string_of(found), shown, sizeof shown);
    length = add(buffer, size, length, ", found '");
    length = add(buffer, size, length, shown);
    length = add(buffer, size, length, "'");
    if (nearest) {
        length = add(buffer, size, length, "; did you mean ");
        length = add(buffer, size, length, nearest);
        add(buffer, size, length, "?");
    }
}
