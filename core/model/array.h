// SPDX-License-Identifier: MIT
/* Arrays that grow. */
#ifndef HP_ARRAY_H
#define HP_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for count items of that size in *items (a pointer to the array), of which there is
 * room for *capacity now; doubles, so that adding one at a time is linear. false without memory,
 * and nothing is changed. */
bool hp_array_reserve(void *items, size_t *capacity, size_t count, size_t item_size);

#endif
