// SPDX-License-Identifier: MIT
/* Errors that can happen in any part of the library. */
#ifndef HP_ERROR_H
#define HP_ERROR_H

#include "hotprof.h"

/* Sets HP_OVERFLOW and its message unless an error is set, and returns HP_OVERFLOW. */
hp_status hp_overflow(hp_error *error);

#endif
