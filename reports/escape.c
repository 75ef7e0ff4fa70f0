// SPDX-License-Identifier: MIT
#include "escape.h"

#include <stdlib.h>

char *hp_escaped(hp_string string)
{
    size_t size = hp_string_escape(string, NULL, 0) + 1;
    char *escaped = malloc(size);

    if (escaped)
        hp_string_escape(string, escaped, size);
    return escaped;
}
