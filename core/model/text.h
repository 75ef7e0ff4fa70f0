// SPDX-License-Identifier: MIT
/* Strings of C, and strings that are known when the library is built. */
#ifndef HP_TEXT_H
#define HP_TEXT_H

#include "hotprof.h"

#include <string.h>

/* A string that ends with a NUL. */
static inline hp_string hp_text(const char *text)
{
    return (hp_string){text, strlen(text)};
}

/* The string of a literal, also to initialise one. */
#define HP_LITERAL(text)                                                                           \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

/* Whether a string is the literal. */
#define HP_IS(string, text) hp_string_equal(string, (hp_string)HP_LITERAL(text))

#endif
