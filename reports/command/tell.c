// SPDX-License-Identifier: MIT
#include "command/tell.h"

#include "escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hp_tell(const char *file, const char *format, ...)
{
    va_list arguments;

    fputs("hotreport: ", stderr);
    if (file) {
        char *name = hp_escaped((hp_string){file, strlen(file)});

        fprintf(stderr, "%s: ", name ? name : "?");
        free(name);
    }
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    putc('\n', stderr);
}
