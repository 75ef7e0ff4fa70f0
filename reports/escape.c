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

void hp_write_exact(FILE *out, hp_string string)
{
    for (size_t i = 0; i < string.size; i++) {
        unsigned char byte = (unsigned char)string.data[i];

        if (byte < 0x20 || byte >= 0x7f || byte == '\\' || byte == ';')
            fprintf(out, "\\x%02x", byte);
        else
            putc(byte, out);
    }
}
