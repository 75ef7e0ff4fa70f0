// SPDX-License-Identifier: MIT
/* What the command says on standard error. */
#ifndef HP_TELL_H
#define HP_TELL_H

#include "hotprof.h"

/* Writes one line, "hotreport: FILE: message", escaped (hp_string_escape); without the file if that
 * is NULL. Of a long message the end is left out. */
HP_PRINTF(2, 3) void hp_tell(const char *file, const char *format, ...);

#endif
