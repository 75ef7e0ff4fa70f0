// SPDX-License-Identifier: MIT
#include "drawing/pdf_objects.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The size of an entry of the table: "0000000015 00000 n \n". */
enum { ENTRY_SIZE = 20 };

/* Where the last line "startxref" says that the table is; size if there is none. */
static size_t table_at(const char *pdf, size_t size)
{
    static const char start[] = "startxref\n";
    size_t length = sizeof start - 1;

    for (size_t at = size > length ? size - length : 0; at > 0; at--)
        if (memcmp(pdf + at, start, length) == 0)
            return strtoul(pdf + at + length, NULL, 10);
    return size;
}

static bool is_object(const char *pdf, size_t size, size_t at, size_t number)
{
    char start[32];
    size_t length = (size_t)snprintf(start, sizeof start, "%zu 0 obj", number);

    return at < size && length <= size - at && memcmp(pdf + at, start, length) == 0;
}

void hp_pdf_free_objects(char *pdf, size_t size)
{
    static const char free_entry[] = "0000000000 65535 f";
    size_t at = table_at(pdf, size), count;
    char *entries;

    if (at >= size || strncmp(pdf + at, "xref\n0 ", 7) != 0)
        return;
    count = strtoul(pdf + at + 7, &entries, 10);
    entries++; /* the end of the line */
    for (size_t i = 1; i < count && (size_t)(pdf + size - entries) >= (i + 1) * ENTRY_SIZE; i++)
        if (!is_object(pdf, size, strtoul(entries + i * ENTRY_SIZE, NULL, 10), i))
            memcpy(entries + i * ENTRY_SIZE, free_entry, sizeof free_entry - 1);
}
