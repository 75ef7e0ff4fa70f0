// SPDX-License-Identifier: MIT
/* What the command says on standard error. */
#ifndef HP_TELL_H
#define HP_TELL_H

#include "hotprof.h"

/* Writes one line, "hotreport: FILE: message"; without the file if that is NULL. */
HP_PRINTF(2, 3) void hp_tell(const char *file, const char *format, ...);

#endif
