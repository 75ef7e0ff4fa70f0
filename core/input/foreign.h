// SPDX-License-Identifier: MIT
/* Profiles of other tools, which hotprof does not read. A message that names the tool helps more
 * than a list of what hotprof does read. */
#ifndef HP_FOREIGN_H
#define HP_FOREIGN_H

#include <stddef.h>
#include <stdint.h>

/* What a file that begins with these bytes is, and which program shows or converts it:
 * "a gmon.out ...". NULL if it is none of those known here. */
const char *hp_foreign_description(const uint8_t *head, size_t size);

#endif
