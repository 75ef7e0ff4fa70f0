// SPDX-License-Identifier: MIT
/* Filters make a smaller profile of a profile, so that every report can show a part.
 *
 * A profile holds calls, not stacks. It says what a function cost and what the calls from one
 * function to another cost, but not what those calls cost further down. If a function has several
 * callers, its cost is shared among them in proportion to the cost of their calls, and so on down.
 * The stacks of a profile that was loaded with them are filtered exactly. */
#ifndef HP_FILTER_H
#define HP_FILTER_H

#include "hotprof.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Regular expressions, see filter/pattern.h. Each is searched for in "name" and in "file:name",
 * escaped as reports show them; NULL: none. The filters are applied in this order. <interpreter>
 * cannot be hidden. */
typedef struct hp_filters {
    const char *root;   /* keep these functions and what they call; they lose their callers */
    const char *leaf;   /* keep these functions and what calls them; what they call is their cost */
    const char *focus;  /* keep the calls on paths through these functions */
    const char *ignore; /* drop these functions and what only they call */
    const char *hide;   /* make these functions part of their callers */
    const char *show;   /* make all other functions part of their callers */
} hp_filters;

bool hp_filters_any(const hp_filters *filters);

/* Makes a new sorted profile of a sorted one, to be freed; *filtered is NULL without any filter and
 * after an error. HP_UNRECOGNISED: a filter is no regular expression or matches no function.
 * HP_LIMIT: it takes too long to look for. The message begins with the name of the option. */
HP_NODISCARD hp_status hp_filters_apply(const hp_filters *filters, const hp_profile *profile,
                                        hp_profile **filtered, hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
