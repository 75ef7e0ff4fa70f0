// SPDX-License-Identifier: MIT
#include "model/index.h"

#include <stdlib.h>
#include <string.h>

/* The finaliser of MurmurHash3: each bit of the value changes all bits of the result. */
static uint64_t mix(uint64_t value)
{
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdu;
    value ^= value >> 33;
    value *= 0xc4ceb9fe1a85ec53u;
    return value ^ value >> 33;
}

/* The address of the code differs from run to run, so nobody can make an input whose keys all have
 * the same hash. */
static uint64_t seed(void)
{
    return (uintptr_t)&hp_hash_bytes;
}

static uint64_t load(const uint8_t *bytes, size_t size)
{
    uint64_t word = 0;

    memcpy(&word, bytes, size);
    return word;
}

/* The last eight bytes may overlap those before them. */
uint32_t hp_hash_bytes(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint64_t hash = seed() + size;

    if (size < 8)
        return (uint32_t)mix(hash ^ (size ? load(bytes, size) : 0));
    for (; size > 8; size -= 8, bytes += 8)
        hash = mix(hash ^ load(bytes, 8));
    return (uint32_t)mix(hash ^ load(bytes + size - 8, 8));
}

uint32_t hp_hash_numbers(uint64_t a, uint64_t b, uint64_t c)
{
    return (uint32_t)mix(mix(mix(a + seed()) + b) + c);
}

static void insert(hp_index *index, struct hp_index_slot entry)
{
    size_t at = entry.hash & (index->capacity - 1);

    while (index->slots[at].row)
        at = (at + 1) & (index->capacity - 1);
    index->slots[at] = entry;
}

bool hp_index_reserve(hp_index *index, size_t more)
{
    hp_index larger = {.count = index->count, .capacity = index->capacity ? index->capacity : 16};

    if (more > UINT32_MAX - 1 - index->count)
        return false;
    if ((index->count + more) * 3 <= index->capacity * 2)
        return true;
    while ((index->count + more) * 3 > larger.capacity * 2)
        larger.capacity *= 2;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (size_t at = 0; at < index->capacity; at++)
        if (index->slots[at].row)
            insert(&larger, index->slots[at]);
    free(index->slots);
    *index = larger;
    return true;
}

void hp_index_add(hp_index *index, uint32_t hash, uint32_t row)
{
    insert(index, (struct hp_index_slot){hash, row + 1});
    index->count++;
}

void hp_index_free(hp_index *index)
{
    free(index->slots);
    *index = (hp_index){0};
}
