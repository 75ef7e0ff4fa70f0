// SPDX-License-Identifier: MIT
/* Takes the place of mmap, and cuts a file short when it is mapped if "late" is in its name. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset)
{
    void *(*real)(void *, size_t, int, int, int, off64_t) =
        (void *(*)(void *, size_t, int, int, int, off64_t))dlsym(RTLD_NEXT, "mmap64");
    void *map = real(address, size, protection, flags, file, offset);
    char link[64], path[4096];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = file < 0 ? 0 : readlink(link, path, sizeof path - 1);
    if (length > 0) {
        path[length] = '\0';
        if (strstr(path, "late") && truncate(path, 0) != 0)
            perror(path);
    }
    return map;
}
