// SPDX-License-Identifier: MIT
/* Messages about a word that is none of those expected. */
#ifndef HP_WORDS_H
#define HP_WORDS_H

#include <stddef.h>

/* A word of a list, or NULL after the last one. list: as given to the functions below. */
typedef const char *hp_word_at(const void *list, size_t index);

/* The word that was probably meant: one that begins with the misspelt one, or else the one with the
 * fewest letters to change. NULL if none is similar. Upper and lower case are the same. */
const char *hp_word_nearest(hp_word_at *at, const void *list, const char *misspelt);

/* Writes "expected a, b or c, found 'd'; did you mean a?", escaped; without what was found if that
 * is NULL. A long list is cut off. */
void hp_word_expected(char *buffer, size_t size, hp_word_at *at, const void *list,
                      const char *found);

#endif
