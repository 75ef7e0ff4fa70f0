// SPDX-License-Identifier: MIT
/* What a reader of one input format is. To add a format: write its file with one hp_reader, and
 * give it a row in the table of load.c. */
#ifndef HP_READER_H
#define HP_READER_H

#include "hotprof.h"

typedef struct hp_reader {
    hp_format format;

    /* Whether a file that begins with these bytes (up to HP_HEAD_SIZE) is of this format. The first
     * reader of the table that says yes owns the file. */
    bool (*recognise)(const uint8_t *head, size_t size);

    /* Reads the whole input into a fresh profile, which has one input with its name and format set
     * and no events yet. HP_TRUNCATED and HP_CORRUPT mean that the profile holds all that stood
     * before the damage; after any other error it is thrown away. */
    hp_status (*read)(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      const hp_load_options *options, hp_error *error);
} hp_reader;

extern const hp_reader hp_reader_hotshot;
extern const hp_reader hp_reader_pstats;
extern const hp_reader hp_reader_callgrind;

#endif
