// SPDX-License-Identifier: MIT
/* The regular expressions of filters. They are POSIX extended ones and may use what PCRE2 has
 * beyond that, such as \d, \b, (?i) and lookaround. What they take is bounded, whatever they are.
 */
#ifndef HP_PATTERN_H
#define HP_PATTERN_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The longest one, in bytes, and how deep its parentheses may be. */
#define HP_PATTERN_MAX 10000
#define HP_PATTERN_DEPTH_MAX 250

typedef struct hp_pattern hp_pattern;

/* Compiles one, to be freed. HP_UNRECOGNISED: it is none, is too large, or this build has no PCRE2;
 * the message says why. HP_NO_MEMORY. *pattern is NULL after an error. */
HP_NODISCARD hp_status hp_pattern_new(hp_pattern **pattern, const char *text, hp_error *error);

/* pattern may be NULL. */
void hp_pattern_free(hp_pattern *pattern);

/* Whether it is found in a text, which must be UTF-8. HP_LIMIT: that takes too long or too much
 * memory to find out. HP_NO_MEMORY. */
HP_NODISCARD hp_status hp_pattern_find(const hp_pattern *pattern, hp_string text, bool *found,
                                       hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
