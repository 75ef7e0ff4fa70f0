// SPDX-License-Identifier: MIT
/* The reader of hotshot logs, for who decides himself how a log is parted. */
#ifndef HP_READ_HOTSHOT_H
#define HP_READ_HOTSHOT_H

#include "hotshot/log_parts.h"

/* Reads a log as the read function of an hp_reader does. */
hp_status hp_read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      struct hp_log_parting parting, const hp_load_options *options,
                      hp_error *error);

#endif
