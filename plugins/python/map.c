// SPDX-License-Identifier: MIT
#include "map.h"

#include <stdlib.h>
#include <string.h>

struct hp_map_entry {
    uint64_t hash;
    size_t size;
    uint32_t number;
    unsigned char key[];
};

static uint64_t hash_bytes(const unsigned char *bytes, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

static struct hp_map_entry **find_slot(struct hp_map_entry **slots, size_t capacity, uint64_t hash,
                                       const void *key, size_t size)
{
    size_t at = hash & (capacity - 1);

    while (slots[at] && (slots[at]->hash != hash || slots[at]->size != size ||
                         memcmp(slots[at]->key, key, size) != 0))
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static int grow(struct hp_map *map)
{
    size_t capacity = map->capacity ? map->capacity * 2 : 64;
    struct hp_map_entry **slots = calloc(capacity, sizeof *slots);

    if (!slots)
        return 0;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i])
            *find_slot(slots, capacity, map->slots[i]->hash, map->slots[i]->key,
                       map->slots[i]->size) = map->slots[i];
    free(map->slots);
    map->slots = slots;
    map->capacity = capacity;
    return 1;
}

uint32_t *hp_map_need(struct hp_map *map, const void *key, size_t size)
{
    uint64_t hash = hash_bytes(key, size);
    struct hp_map_entry **slot;

    if (map->count * 2 >= map->capacity && !grow(map))
        return NULL;
    slot = find_slot(map->slots, map->capacity, hash, key, size);
    if (!*slot) {
        *slot = malloc(sizeof **slot + size);
        if (!*slot)
            return NULL;
        (*slot)->hash = hash;
        (*slot)->size = size;
        (*slot)->number = 0;
        memcpy((*slot)->key, key, size);
        map->count++;
    }
    return &(*slot)->number;
}

void hp_map_free(struct hp_map *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        free(map->slots[i]);
    free(map->slots);
    *map = (struct hp_map){NULL, 0, 0};
}
