// SPDX-License-Identifier: MIT
/* Inputs compressed by gzip, as RFC 1952 describes them: one or more members, one after another,
 * which stand for the bytes of all of them. Zeros behind the last member are padding. */
#ifndef HP_GZIP_H
#define HP_GZIP_H

#include "hotprof.h"

/* Whether an input that begins with these bytes is compressed. */
bool hp_is_gzip(const uint8_t *data, size_t size);

/* Inflates data until it ends, is damaged, or max bytes are inflated. *inflated has the bytes,
 * which the caller frees, whatever the status.
 *
 * HP_TRUNCATED, HP_CORRUPT: *inflated has all that stands before the damage, whose offset in data
 * the error tells. HP_LIMIT, with no message: max bytes are inflated, and there may be more.
 * HP_CANCELLED: by the options' progress callback, which is called after about each MB that is read
 * or written. options may be NULL. The time is linear in the sizes of data and *inflated. */
hp_status hp_gzip_inflate(const uint8_t *data, size_t size, uint64_t max,
                          const hp_load_options *options, uint8_t **inflated, size_t *inflated_size,
                          hp_error *error);

#endif
