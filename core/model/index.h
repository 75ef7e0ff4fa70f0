// SPDX-License-Identifier: MIT
/* A hash index: finds the rows of a table whose keys have a given hash. The table has the keys; the
 * caller compares them. All zero is an empty index. */
#ifndef HP_INDEX_H
#define HP_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hp_index_slot {
    uint32_t hash;
    uint32_t row; /* plus one; 0: the slot is free */
};

typedef struct hp_index {
    struct hp_index_slot *slots;
    size_t capacity; /* 0 or a power of two */
    size_t count;
} hp_index;

uint32_t hp_hash_bytes(const void *data, size_t size);
uint32_t hp_hash_numbers(uint64_t a, uint64_t b, uint64_t c);

/* Makes room for more rows, so that adding them cannot fail. false without memory. */
bool hp_index_reserve(hp_index *index, size_t more);

/* Adds a row. There must be room. */
void hp_index_add(hp_index *index, uint32_t hash, uint32_t row);

void hp_index_free(hp_index *index);

#define HP_NO_ROW UINT32_MAX

/* The next row with that hash, or HP_NO_ROW if there is none. *probe must be 0 for the first one.
 */
static inline uint32_t hp_index_next(const hp_index *index, uint32_t hash, size_t *probe)
{
    while (index->capacity) {
        const struct hp_index_slot *slot =
            &index->slots[(hash + (*probe)++) & (index->capacity - 1)];

        if (slot->row == 0)
            break;
        if (slot->hash == hash)
            return slot->row - 1;
    }
    return HP_NO_ROW;
}

#endif
