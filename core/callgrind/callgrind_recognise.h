// SPDX-License-Identifier: MIT
#ifndef HP_CALLGRIND_RECOGNISE_H
#define HP_CALLGRIND_RECOGNISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether a file that begins with these bytes (up to HP_HEAD_SIZE) is a callgrind file: one that
 * says so, or whose first lines are of the format. */
bool hp_callgrind_recognise(const uint8_t *head, size_t size);

#endif
