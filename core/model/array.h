// SPDX-License-Identifier: MIT
/* Arrays that grow. */
#ifndef HP_ARRAY_H
#define HP_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* hp_array_reserve where the capacity is less than count. */
bool hp_array_grow(void *items, size_t *capacity, size_t count, size_t item_size);

/* Makes room for count items of a size in *items, which points to an array with room for *capacity
 * items. The capacity at least doubles, so that adding one item at a time takes linear time, and is
 * no more than needed if many are added at once. false without memory, and nothing is changed. */
static inline bool hp_array_reserve(void *items, size_t *capacity, size_t count, size_t item_size)
{
    return count <= *capacity || hp_array_grow(items, capacity, count, item_size);
}

#endif
