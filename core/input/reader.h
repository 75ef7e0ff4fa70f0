// SPDX-License-Identifier: MIT
/* What a reader of an input format is. To add a format, write a file with one hp_reader and give it
 * a row in formats.def: dispatch, --help, the manual, the README's table, completion, the desktop's
 * MIME types, a fuzz target and the tests over every format follow from these two. */
#ifndef HP_READER_H
#define HP_READER_H

#include "hotprof.h"

/* How a desktop recognises files of a format (freedesktop.org's shared MIME-info). */
typedef struct hp_mime {
    const char *type;     /* "application/x-python-hotshot" */
    const char *comment;  /* "Python hotshot profile" */
    const char *pattern;  /* of file names: "*.prof" */
    const char *priority; /* of the magic, from "0" to "100" */
    hp_string magic[8];   /* a file begins with one of these; unused ones are empty */
    bool inside;          /* the magic stands anywhere in the first 256 bytes */
} hp_mime;

typedef struct hp_reader {
    hp_format format;
    const char *manual; /* what the manual says of the format: plain text, the first word in small
                           letters, no full stop at the end; "gzip(1)" is a manual page */
    hp_mime mime;       /* type NULL: desktops know the format already */

    /* Whether a file that begins with these bytes (up to HP_HEAD_SIZE) is of this format. */
    bool (*recognise)(const uint8_t *head, size_t size);

    /* Reads the whole input into a fresh profile, which has one input with its name and format set
     * and no events yet. After HP_TRUNCATED and HP_CORRUPT the profile holds all that stood before
     * the damage; after any other error it is thrown away. */
    hp_status (*read)(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      const hp_load_options *options, hp_error *error);
} hp_reader;

/* The reader in the index-th row of formats.def; NULL behind the last. */
const hp_reader *hp_reader_at(size_t index);

#endif
