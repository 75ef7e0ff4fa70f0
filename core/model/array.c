// SPDX-License-Identifier: MIT
#include "model/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool hp_array_grow(void *items, size_t *capacity, size_t count, size_t item_size)
{
    size_t larger = *capacity > SIZE_MAX / 2 ? count : 2 * *capacity;
    void *array, *old;

    larger = larger < 8 ? 8 : larger;
    larger = larger < count ? count : larger;
    if (larger > SIZE_MAX / item_size)
        return false;
    memcpy(&old, items, sizeof old);
    array = realloc(old, larger * item_size);
    if (!array)
        return false;
    memcpy(items, &array, sizeof array);
    *capacity = larger;
    return true;
}
