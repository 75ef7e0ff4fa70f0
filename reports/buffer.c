// SPDX-License-Identifier: MIT
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

/* Makes room for so many bytes more: exactly that at first, as most texts that are kept are made of
 * one piece. */
static bool reserve(hp_buffer *buffer, size_t size)
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

static inline char *grow(hp_buffer *buffer, size_t size)
{
    char *added;

    if (buffer->room - buffer->size <= size && !reserve(buffer, size))
        return NULL;
    added = buffer->text + buffer->size;
    buffer->size += size;
    added[size] = '\0';
    return added;
}

char *hp_buffer_grow(hp_buffer *buffer, size_t size)
{
    return grow(buffer, size);
}

void hp_buffer_add(hp_buffer *buffer, hp_string string)
{
    char *added = grow(buffer, string.size);

    if (added && string.size > 0)
        memcpy(added, string.data, string.size);
}

void hp_buffer_add_text(hp_buffer *buffer, const char *text)
{
    hp_buffer_add(buffer, (hp_string){text, strlen(text)});
}

static void add_cell(hp_buffer *buffer, int width, hp_string text, bool right)
{
    size_t blanks = (size_t)width > text.size ? (size_t)width - text.size : 0;
    char *added = grow(buffer, text.size + blanks);

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
