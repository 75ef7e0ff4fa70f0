// SPDX-License-Identifier: MIT
/* Reading the two halves of a hotshot log at once. */
#ifndef HP_HOTSHOT_HALVES_H
#define HP_HOTSHOT_HALVES_H

#include "hotshot/hotshot_reader.h"

/* The second half of a log begins at a record at or soon behind middle, with the flags that are in
 * force behind the header. Middle 0: the log is not parted. */
struct hp_halves {
    size_t header, middle;
};

/* Reads all records, on two threads if the log is such that the result is the same. */
hp_status hp_read_in_halves(struct hp_log_reader *reader, struct hp_halves halves,
                            const hp_load_options *options);

#endif
