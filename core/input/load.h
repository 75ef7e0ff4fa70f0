// SPDX-License-Identifier: MIT
/* What loading bytes and loading files have in common. */
#ifndef HP_LOAD_H
#define HP_LOAD_H

#include "input/reader.h"

/* The reader of an input that begins with these bytes, inflated; NULL if there is none. */
const hp_reader *hp_reader_recognise(const uint8_t *data, size_t size);

/* Sets options to those that a caller gives, which may be NULL; what the caller does not know is 0.
 * HP_INVALID: their size is wrong. */
hp_status hp_load_options_take(const hp_load_options *given, hp_load_options *options,
                               hp_error *error);

#endif
