// SPDX-License-Identifier: MIT
/* Text that is put together piece by piece. */
#ifndef HP_BUFFER_H
#define HP_BUFFER_H

#include "hotprof.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is an empty one. text is to be freed. */
typedef struct hp_buffer {
    char *text; /* size bytes and a NUL; NULL before anything was added */
    size_t size, room;
    bool failed; /* there was no memory: what was added since then is missing */
} hp_buffer;

/* Makes room for so many bytes more and a NUL; false without memory. */
bool hp_buffer_reserve(hp_buffer *buffer, size_t size);

/* Adds so many bytes, which the caller sets. NULL without memory. */
static inline char *hp_buffer_grow(hp_buffer *buffer, size_t size)
{
    char *added;

    if (buffer->room - buffer->size <= size && !hp_buffer_reserve(buffer, size))
        return NULL;
    added = buffer->text + buffer->size;
    buffer->size += size;
    added[size] = '\0';
    return added;
}

static inline void hp_buffer_add(hp_buffer *buffer, hp_string string)
{
    char *added = hp_buffer_grow(buffer, string.size);

    if (added && string.size > 0)
        memcpy(added, string.data, string.size);
}

static inline void hp_buffer_add_text(hp_buffer *buffer, const char *text)
{
    hp_buffer_add(buffer, (hp_string){text, strlen(text)});
}

/* Adds a text at the right or left of so many bytes, the others being blanks; all of it if it is
 * longer. */
void hp_buffer_add_right(hp_buffer *buffer, int width, const char *text);
void hp_buffer_add_left(hp_buffer *buffer, int width, const char *text);

/* Makes it empty, and keeps its memory. */
void hp_buffer_clear(hp_buffer *buffer);

/* The text, to be freed; NULL if the buffer has failed. The buffer must not be used any more. */
char *hp_buffer_take(hp_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif
