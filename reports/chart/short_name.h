// SPDX-License-Identifier: MIT
/* Short names of functions, for the boxes of call graphs. */
#ifndef HP_SHORT_NAME_H
#define HP_SHORT_NAME_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The name in at most so many columns; to be freed. NULL without memory. Of a C++ name it leaves
 * out, until it fits: template arguments that are within so many others (depth; 0: all),
 * parameters, the return type, the parameters of functions around it, and leading namespaces. The
 * function's own identifier stays. Only if that is too long, or in other languages, there is "..."
 * in the middle.
 */
char *hp_short_name(const char *name, size_t columns, size_t depth);

#ifdef __cplusplus
}
#endif

#endif
