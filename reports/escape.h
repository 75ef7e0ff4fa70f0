// SPDX-License-Identifier: MIT
/* Strings as reports and messages show them: see hp_string_escape. What is shown of the names of
 * functions is decided here. */
#ifndef HP_ESCAPE_H
#define HP_ESCAPE_H

#include "hotprof.h"

#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline hp_string hp_string_of(const char *text)
{
    return (hp_string){text, strlen(text)};
}

/* The escaped string, to be freed; NULL without memory. */
char *hp_escaped(hp_string string);

/* A name as texts and drawings show it: escaped, without blanks at its ends, "???" if nothing is
 * left. exact: so that two different names never look alike; backslashes and blanks at the ends are
 * escaped, too. To be freed; NULL without memory. */
char *hp_shown_name(hp_string name, bool exact);

/* Writes a string so that its bytes can be restored: those that are not printed, backslashes and
 * semicolons as \xnn. */
void hp_write_exact(FILE *out, hp_string string);

#ifdef __cplusplus
}
#endif

#endif
