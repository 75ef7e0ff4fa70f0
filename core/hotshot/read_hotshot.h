// SPDX-License-Identifier: MIT
/* The reader of hotshot logs, told where it may part a log. */
#ifndef HP_READ_HOTSHOT_H
#define HP_READ_HOTSHOT_H

#include "hotshot/hotshot_halves.h"

/* Reads a log, as the read of an hp_reader does. */
hp_status hp_read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      struct hp_halves halves, const hp_load_options *options, hp_error *error);

#endif
