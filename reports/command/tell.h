// SPDX-License-Identifier: MIT
/* Messages of the command on standard error. */
#ifndef HP_TELL_H
#define HP_TELL_H

#include "hotprof.h"

/* Prints one line, "hotreport: FILE: MESSAGE", escaped; without a file if that is NULL. The end of
 * a long message is cut off. */
HP_PRINTF(2, 3) void hp_tell(const char *file, const char *format, ...);

#endif
