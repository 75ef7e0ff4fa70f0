// SPDX-License-Identifier: MIT
/* Memory that runs out: in place of the malloc of glibc, which does the work. Linked into a test,
 * or as a library that LD_PRELOAD puts before a program; the program's environment then says
 *     HP_FAIL_AT=N      the N-th allocation of the program fails
 *     HP_FAIL_MARK=PATH a file that is made when it does */
#ifndef HP_FAILING_MALLOC_H
#define HP_FAILING_MALLOC_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From now on the n-th allocation fails, and, if it is the last one, all that follow. */
void failing_malloc_start(size_t n, bool last);

/* No allocation fails any more. Returns whether one did. */
bool failing_malloc_stop(void);

/* So many of the allocations of the whole program are not freed yet. */
size_t failing_malloc_live(void);

#ifdef __cplusplus
}
#endif

#endif
