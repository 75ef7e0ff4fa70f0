// SPDX-License-Identifier: MIT
#include "command/tell.h"

#include "escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 1000 };

void hp_tell(const char *file, const char *format, ...)
{
    char message[MESSAGE_MAX], safe[4 * MESSAGE_MAX];
    va_list arguments;

    fputs("hotreport: ", stderr);
    if (file) {
        char *name = hp_escaped(hp_string_of(file));

        fprintf(stderr, "%s: ", name ? name : "?");
        free(name);
    }
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    /* Escaping again changes nothing. */
    hp_string_escape(hp_string_of(message), safe, sizeof safe);
    fprintf(stderr, "%s\n", safe);
}
