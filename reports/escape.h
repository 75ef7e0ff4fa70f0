// SPDX-License-Identifier: MIT
/* Strings as reports and messages show them: see hp_string_escape. What is shown of the names of
 * functions is decided here. */
#ifndef HP_ESCAPE_H
#define HP_ESCAPE_H

#include "buffer.h"
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

/* Adds the escaped string. */
void hp_add_escaped(hp_buffer *buffer, hp_string string);

/* Escapes what a buffer has from start on. */
void hp_escape_from(hp_buffer *buffer, size_t start);

/* The escaped string, to be freed; NULL without memory. */
char *hp_escaped(hp_string string);

/* Adds a name as texts and drawings show it: escaped, without blanks at its ends, "???" if nothing
 * is left. exact: so that two different names never look alike; backslashes and blanks at the ends
 * are escaped, too. */
void hp_add_shown_name(hp_buffer *buffer, hp_string name, bool exact);

/* The part of a name that is shown if it need not be exact. */
hp_string hp_shown_part(hp_string name);

/* A name as hp_add_shown_name adds it, to be freed; NULL without memory. */
char *hp_shown_name(hp_string name, bool exact);

/* Whether UTF-8 has letters of Hebrew, Arabic and other scripts that are read from right to left.
 * In drawings they would turn around what stands beside them, if the text were not isolated. */
bool hp_is_right_to_left(const char *text);

/* What isolates a text: U+2068 before, U+2069 behind it. */
#define HP_ISOLATE "\xe2\x81\xa8"
#define HP_ISOLATED "\xe2\x81\xa9"

/* The text, isolated if it has to be. Frees text, which may be NULL; NULL without memory. */
char *hp_isolated(char *text);

/* Writes a string so that its bytes can be restored: those that are not printed, backslashes and
 * semicolons as \xnn. */
void hp_write_exact(FILE *out, hp_string string);

#ifdef __cplusplus
}
#endif

#endif
