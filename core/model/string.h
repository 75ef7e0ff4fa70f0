// SPDX-License-Identifier: MIT
/* Comparing strings. */
#ifndef HP_TEXT_H
#define HP_TEXT_H

#include "hotprof.h"

bool hp_equals(hp_string a, hp_string b);

/* Whether a string is the literal text. */
#define HP_IS(string, text) hp_equals(string, (hp_string){text, sizeof(text) - 1})

#endif
