// SPDX-License-Identifier: MIT
/* The frames of folded stacks: from the text between two ";" to a frame of the samples. Each
 * distinct text is taken apart once. */
#ifndef HP_FOLDED_FRAMES_H
#define HP_FOLDED_FRAMES_H

#include "folded/folded_style.h"
#include "model/samples.h"

/* Where the stacks leave out a frame. */
#define HP_FOLDED_LEFT_OUT UINT32_MAX

typedef struct hp_folded_table {
    hp_samples *samples;
    hp_input *input; /* counts the threads and processes */
    hp_folded_style style;
    bool native, threads; /* hp_load_options */
    hp_error *error;

    struct hp_folded_row {
        hp_string text; /* in the input */
        hp_frame frame; /* or HP_FOLDED_LEFT_OUT */
        hp_folded_root root;
    } * rows;
    size_t count, capacity;
    hp_index index;
    char *bytes; /* room to write a name */
    size_t bytes_capacity;
} hp_folded_table;

void hp_folded_table_free(hp_folded_table *table);

/* Finds the frame of a text, which must stay where it is. False after an error, which is set. */
bool hp_folded_find_frame(hp_folded_table *table, hp_string text, hp_folded_root root,
                          hp_frame *frame);

/* Lets a text stand for a function. */
bool hp_folded_define(hp_folded_table *table, hp_string text, const hp_function *function);

/* The bytes that \xnn stand for in a text, valid until the next call. data is NULL without memory.
 */
hp_string hp_folded_unescape(hp_folded_table *table, hp_string text);

#endif
