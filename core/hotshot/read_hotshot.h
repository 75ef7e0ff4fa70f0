// SPDX-License-Identifier: MIT
/* The reader of hotshot logs, told where it may part a log. */
#ifndef HP_READ_HOTSHOT_H
#define HP_READ_HOTSHOT_H

#include "hotprof.h"

/* The second half of a log begins at a record at or soon behind middle, with the flags that are in
 * force behind the header. Middle 0: the log is not parted. */
struct hp_halves {
    size_t header, middle;
};

/* Reads a log, as the read of an hp_reader does. */
hp_status hp_read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      struct hp_halves halves, const hp_load_options *options, hp_error *error);

#endif
