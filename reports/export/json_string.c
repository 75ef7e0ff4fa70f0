// SPDX-License-Identifier: MIT
#include "export/json_string.h"

#include "escape.h"

#include <stdlib.h>

bool hp_write_json_string(FILE *out, hp_string string)
{
    char *escaped = hp_escaped(string);

    if (!escaped)
        return false;
    putc('"', out);
    for (const char *c = escaped; *c; c++) {
        if (*c == '"' || *c == '\\')
            putc('\\', out);
        putc(*c, out);
    }
    putc('"', out);
    free(escaped);
    return true;
}
