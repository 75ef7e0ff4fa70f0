// SPDX-License-Identifier: MIT
/* Reads the parts of a hotshot log at once. */
#ifndef HP_LOG_PARTS_H
#define HP_LOG_PARTS_H

#include "hotshot/log_reader.h"

#define HP_LOG_PARTS_MAX 256

/* How a log is parted. */
struct hp_log_parting {
    size_t header;  /* the other threads start when as many bytes are read, with the flags that are
                       in force there */
    unsigned parts; /* up to HP_LOG_PARTS_MAX; 0 or 1: the log is not parted */
    size_t size;    /* part N, from 0 on, begins at the first record found from N * size on; the
                       last one has the rest */
};

/* Reads all records, on a thread for each part if it can. The result is the same. */
hp_status hp_log_read_in_parts(struct hp_log_reader *reader, struct hp_log_parting parting,
                               const hp_load_options *options);

#endif
