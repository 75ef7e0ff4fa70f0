// SPDX-License-Identifier: MIT
/* Takes the place of functions of the C library, which then never return: read, of a file with
 * "stuck" in its name, after as many bytes as HP_STUCK_AFTER says; and the first fopencookie, if
 * HP_STUCK_WRITING is set. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void hang(void)
{
    for (;;)
        pause();
}

ssize_t read(int file, void *buffer, size_t size)
{
    static _Thread_local long left = -1;
    char link[64], path[4096];
    const char *limit = getenv("HP_STUCK_AFTER");

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = limit ? readlink(link, path, sizeof path - 1) : 0;

    if (length > 0) {
        path[length] = '\0';
        if (strstr(path, "stuck")) {
            if (left < 0)
                left = atol(limit);
            if (left == 0)
                hang();
            if (size > 65536)
                size = 65536;
            if (size > (size_t)left)
                size = (size_t)left;
            left -= (long)size;
        }
    }
    return ((ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read"))(file, buffer, size);
}

FILE *fopencookie(void *cookie, const char *mode, cookie_io_functions_t functions)
{
    if (getenv("HP_STUCK_WRITING")) {
        unsetenv("HP_STUCK_WRITING");
        hang();
    }
    return ((FILE * (*)(void *, const char *, cookie_io_functions_t))
                dlsym(RTLD_NEXT, "fopencookie"))(cookie, mode, functions);
}
