// SPDX-License-Identifier: MIT
/* Takes the place of functions of the C library and does without what some file systems lack: files
 * without a name, and the exchange of two files. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

typedef int open_function(const char *path, int flags, ...);

/* The mode is there if a file may be made; if not, passing it on does no harm. */
static int open_named(const char *function, const char *path, int flags, va_list arguments)
{
    open_function *real = (open_function *)dlsym(RTLD_NEXT, function);

    if ((flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return real(path, flags, flags & O_CREAT ? va_arg(arguments, mode_t) : 0);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    int file;

    va_start(arguments, flags);
    file = open_named("open", path, flags, arguments);
    va_end(arguments);
    return file;
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    int file;

    va_start(arguments, flags);
    file = open_named("open64", path, flags, arguments);
    va_end(arguments);
    return file;
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to,
              unsigned flags)
{
    if (flags == 0)
        return renameat(from_directory, from, to_directory, to);
    errno = EINVAL;
    return -1;
}
