// SPDX-License-Identifier: MIT
/* Filters make a smaller profile of a profile, so that every report can be of a part.
 *
 * A profile has calls, not stacks: it tells what a function cost, and what the calls from one
 * function to another cost, but not what the callee's own calls cost for one caller alone. Where
 * functions have several callers, their cost is shared among these in proportion to what their
 * calls cost, and so on down. Of a profile that was loaded with its stacks, these are filtered too,
 * exactly. */
#ifndef HP_FILTER_H
#define HP_FILTER_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Extended regular expressions of POSIX, looked for in "name" and in "file:name", as reports write
 * them; NULL: none. They are applied in this order. <interpreter> cannot be hidden. */
typedef struct hp_filters {
    const char *root;   /* what these functions call; they have no callers */
    const char *leaf;   /* what calls these functions; their cost is what they and all below cost */
    const char *focus;  /* calls on a path through these functions: callers and callees */
    const char *ignore; /* without these functions and what only they call */
    const char *hide;   /* these functions become part of what called them */
    const char *show;   /* all others do */
} hp_filters;

bool hp_filters_any(const hp_filters *filters);

/* Makes a new sorted profile of a sorted one. HP_UNRECOGNISED: a filter is no regular expression or
 * matches no function; the message begins with the option's name. */
HP_NODISCARD hp_status hp_filters_apply(const hp_filters *filters, const hp_profile *profile,
                                        hp_profile **filtered, hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
