// SPDX-License-Identifier: MIT
#include "filter/callers_first.h"

#include <stdlib.h>

/* A depth-first walk along the calls. The order is the reverse of the one in which it leaves the
 * functions. */
hp_function_id *hp_callers_first(const hp_profile *profile)
{
    size_t count = hp_profile_function_count(profile), left = count, depth = 0;
    hp_function_id *order = malloc((count + 1) * sizeof *order);
    hp_function_id *path = malloc((count + 1) * sizeof *path);
    size_t *next = calloc(count + 1, sizeof *next);
    bool *called = calloc(2 * (count + 1), sizeof *called), *seen = called + count + 1;
    bool ok = order && path && next && called;

    for (size_t i = 0; ok && i < hp_profile_call_count(profile); i++)
        called[hp_profile_call(profile, i)->callee] = true;
    /* Roots first, so that cycles are entered from outside. */
    for (size_t i = 0; ok && i < 2 * count; i++) {
        hp_function_id root = (hp_function_id)(i % count);

        if (!seen[root] && (i >= count || !called[root])) {
            seen[root] = true;
            path[depth++] = root;
        }
        while (depth > 0) {
            size_t first, calls = hp_profile_calls_from(profile, path[depth - 1], &first);

            if (next[path[depth - 1]] < calls) {
                hp_function_id callee =
                    hp_profile_call(profile, first + next[path[depth - 1]]++)->callee;

                if (!seen[callee]) {
                    seen[callee] = true;
                    path[depth++] = callee;
                }
            } else {
                order[--left] = path[--depth];
            }
        }
    }
    free(path);
    free(next);
    free(called);
    if (ok)
        return order;
    free(order);
    return NULL;
}
