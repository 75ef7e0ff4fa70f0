// SPDX-License-Identifier: MIT
/* Reads the two halves of a hotshot log at once. */
#ifndef HP_LOG_HALVES_H
#define HP_LOG_HALVES_H

#include "hotshot/log_reader.h"

/* Where a log is split. */
struct hp_log_halves {
    size_t header; /* the second thread starts when as many bytes are read, with the flags that are
                      in force there */
    size_t middle; /* the second half begins at the first record found from here on; 0: the log is
                      not split */
};

/* Reads all records, on two threads if it can. The result is the same. */
hp_status hp_log_read_in_halves(struct hp_log_reader *reader, struct hp_log_halves halves,
                                const hp_load_options *options);

#endif
