// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE /* MADV_HUGEPAGE */
#include "command/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void hp_heap_prepare(void)
{
#if defined __GLIBC__ && defined MADV_HUGEPAGE
    enum { SIZE = 16 << 20, USUAL_THRESHOLD = 128 << 10 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *block;

    /* So that the block is a part of the heap, and remains so. */
    if (!mallopt(M_MMAP_THRESHOLD, SIZE))
        return;
    mallopt(M_TRIM_THRESHOLD, 2 * SIZE);
    block = malloc(SIZE - page);
    if (block) {
        size_t before = (page - (uintptr_t)block % page) % page;

        (void)madvise(block + before, SIZE - page - before, MADV_HUGEPAGE);
    }
    free(block);
    mallopt(M_MMAP_THRESHOLD, USUAL_THRESHOLD); /* which grows no more, now that it was set */
#endif
}
