// SPDX-License-Identifier: MIT
/* Strings as reports and messages show them: see hp_string_escape. */
#ifndef HP_ESCAPE_H
#define HP_ESCAPE_H

#include "hotprof.h"

#include <stdio.h>
#include <string.h>

static inline hp_string hp_string_of(const char *text)
{
    return (hp_string){text, strlen(text)};
}

/* The escaped string, to be freed; NULL without memory. */
char *hp_escaped(hp_string string);

/* Writes a string so that its bytes can be restored: those that are not printed, backslashes and
 * semicolons as \xnn. */
void hp_write_exact(FILE *out, hp_string string);

#endif
