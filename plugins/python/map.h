// SPDX-License-Identifier: MIT
/* A map from bytes to numbers. */
#ifndef HP_MAP_H
#define HP_MAP_H

#include <stddef.h>
#include <stdint.h>

struct hp_map_entry;

struct hp_map {
    struct hp_map_entry **slots;
    size_t count, capacity;
};

/* The number of a key, which is 0 if the key is new; NULL without memory. */
uint32_t *hp_map_need(struct hp_map *map, const void *key, size_t size);

void hp_map_free(struct hp_map *map);

#endif
