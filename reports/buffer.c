// SPDX-License-Identifier: MIT
#include "buffer.h"

#include <stdlib.h>

/* Exactly that at first, as most texts that are kept are made of one piece. */
bool hp_buffer_reserve(hp_buffer *buffer, size_t size)
{
    size_t needed = buffer->size + size + 1, room = buffer->text ? needed + needed / 2 : needed;
    char *larger = buffer->failed ? NULL : realloc(buffer->text, room);

    if (larger) {
        buffer->text = larger;
        buffer->room = room;
    }
    buffer->failed = !larger;
    return larger;
}

static void add_cell(hp_buffer *buffer, int width, hp_string text, bool right)
{
    size_t blanks = (size_t)width > text.size ? (size_t)width - text.size : 0;
    char *added = hp_buffer_grow(buffer, text.size + blanks);

    if (!added)
        return;
    memset(added + (right ? 0 : text.size), ' ', blanks);
    memcpy(added + (right ? blanks : 0), text.data, text.size);
}

void hp_buffer_add_right(hp_buffer *buffer, int width, const char *text)
{
    add_cell(buffer, width, (hp_string){text, strlen(text)}, true);
}

void hp_buffer_add_left(hp_buffer *buffer, int width, const char *text)
{
    add_cell(buffer, width, (hp_string){text, strlen(text)}, false);
}

void hp_buffer_clear(hp_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->text)
        *buffer->text = '\0';
}

char *hp_buffer_take(hp_buffer *buffer)
{
    if (!buffer->failed)
        return buffer->text;
    free(buffer->text);
    return NULL;
}
