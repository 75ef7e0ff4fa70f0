// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "failing_malloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static atomic_size_t countdown, live; /* countdown 0: none fails */
static atomic_bool failed, all_that_follow;
static const char *mark;

void failing_malloc_start(size_t n, bool last)
{
    failed = false;
    all_that_follow = last;
    countdown = n;
}

bool failing_malloc_stop(void)
{
    countdown = 0;
    all_that_follow = false;
    return failed;
}

size_t failing_malloc_live(void)
{
    return live;
}

__attribute__((constructor)) static void start_as_told(void)
{
    const char *at = getenv("HP_FAIL_AT");

    mark = getenv("HP_FAIL_MARK");
    if (at)
        failing_malloc_start(strtoul(at, NULL, 10), false);
}

static bool fails(void)
{
    size_t left = countdown;

    while (left > 0 && !atomic_compare_exchange_weak(&countdown, &left, left - 1))
        ;
    if (left != 1 && !(failed && all_that_follow))
        return false;
    failed = true;
    if (mark)
        close(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    errno = ENOMEM;
    return true;
}

static void *counted(void *memory)
{
    if (memory)
        live++;
    return memory;
}

void *malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *memory, size_t size)
{
    if (fails())
        return NULL;
    return memory ? __libc_realloc(memory, size) : counted(__libc_realloc(NULL, size));
}

void free(void *memory)
{
    if (memory)
        live--;
    __libc_free(memory);
}
