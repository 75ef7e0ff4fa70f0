// SPDX-License-Identifier: MIT
/* The errors that any part of the library may meet. */
#ifndef HP_ERROR_H
#define HP_ERROR_H

#include "hotprof.h"

hp_status hp_overflow(hp_error *error);

#endif
