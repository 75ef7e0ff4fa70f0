// SPDX-License-Identifier: MIT
#include "tell_apart.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names may be made to meet others on each level: then all are those of the last one. */
enum { ROUNDS_MORE = 4 };

struct named {
    uint64_t hash;
    size_t thing;
};

struct naming {
    struct named *all;
    unsigned char *seen; /* how many names have a hash that ends so, or 2 if more */
    size_t mask;         /* of the end of a hash */
    unsigned char *levels;
    size_t count;
    hp_hash_on_level *hash;
    void *context;
    unsigned last;
};

static bool set_hash(const struct naming *naming, struct named *named)
{
    size_t thing = named->thing;

    return naming->hash(naming->context, thing, naming->levels[thing], &named->hash);
}

static int compare(const void *left, const void *right)
{
    const struct named *a = left, *b = right;

    return (a->hash > b->hash) - (a->hash < b->hash);
}

/* Puts what may have a name that is not the only one first, and returns how much that is. */
static size_t gather_alike(const struct naming *naming)
{
    size_t alike = 0;

    memset(naming->seen, 0, naming->mask + 1);
    for (size_t i = 0; i < naming->count; i++) {
        unsigned char *seen = &naming->seen[naming->all[i].hash & naming->mask];

        *seen += *seen < 2;
    }
    for (size_t i = 0; i < naming->count; i++)
        if (naming->seen[naming->all[i].hash & naming->mask] > 1) {
            struct named one = naming->all[i];

            naming->all[i] = naming->all[alike];
            naming->all[alike++] = one;
        }
    return alike;
}

/* Gives each thing whose name is not the only one the next name. */
static bool go_on(const struct naming *naming, bool *changed)
{
    struct named *all = naming->all;
    size_t count = gather_alike(naming);

    *changed = false;
    qsort(all, count, sizeof *all, compare);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && all[next].hash == all[first].hash;)
            next++;
        for (size_t i = first; next - first > 1 && i < next; i++) {
            if (naming->levels[all[i].thing] == naming->last)
                continue;
            naming->levels[all[i].thing]++;
            *changed = true;
            if (!set_hash(naming, &all[i]))
                return false;
        }
    }
    return true;
}

static bool tell_apart(const struct naming *naming)
{
    bool changed = true;

    for (size_t i = 0; i < naming->count; i++) {
        naming->all[i].thing = i;
        if (!set_hash(naming, &naming->all[i]))
            return false;
    }
    for (unsigned round = 0; changed && round < naming->last + ROUNDS_MORE; round++)
        if (!go_on(naming, &changed))
            return false;
    for (size_t i = 0; changed && i < naming->count; i++) {
        naming->levels[naming->all[i].thing] = (unsigned char)naming->last;
        if (!set_hash(naming, &naming->all[i]))
            return false;
    }
    return true;
}

unsigned char *hp_levels_new(size_t count, hp_hash_on_level *hash, void *context, unsigned last)
{
    struct naming naming = {.mask = 1023,
                            .all = malloc((count + 1) * sizeof *naming.all),
                            .levels = calloc(count + 1, sizeof *naming.levels),
                            .count = count,
                            .hash = hash,
                            .context = context,
                            .last = last};
    bool whole;

    while (naming.mask < 8 * count)
        naming.mask = 2 * naming.mask + 1;
    naming.seen = malloc(naming.mask + 1);
    whole = naming.seen && naming.all && naming.levels && tell_apart(&naming);
    free(naming.seen);
    free(naming.all);
    if (whole)
        return naming.levels;
    free(naming.levels);
    return NULL;
}

/* --- Names that are kept ------------------------------------------------------------------- */

struct kept {
    char **names;
    hp_name_on_level *name;
    const void *context;
    char *const *rests;
};

static uint64_t add_to_hash(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3; /* FNV-1a */
    return hash;
}

/* Keeps the name. Its hash is that of name and rest, strung together. */
static bool keep_name(void *context, size_t thing, unsigned level, uint64_t *hash)
{
    struct kept *kept = context;

    free(kept->names[thing]);
    kept->names[thing] = kept->name(kept->context, thing, level);
    if (!kept->names[thing])
        return false;
    *hash = add_to_hash(0xcbf29ce484222325, kept->names[thing]);
    if (kept->rests)
        *hash = add_to_hash(*hash, kept->rests[thing]);
    return true;
}

char **hp_tell_apart(size_t count, hp_name_on_level *name, const void *context, unsigned last,
                     char *const *rests)
{
    struct kept kept = {calloc(count + 1, sizeof *kept.names), name, context, rests};
    unsigned char *levels = kept.names ? hp_levels_new(count, keep_name, &kept, last) : NULL;

    free(levels);
    if (levels)
        return kept.names;
    hp_told_apart_free(kept.names, count);
    return NULL;
}

char *hp_name_append(char *name, const char *format, ...)
{
    char usual[200]; /* most of what is appended, so that it is printed once only */
    va_list arguments;
    size_t start = name ? strlen(name) : 0, size;
    char *longer;

    va_start(arguments, format);
    size = (size_t)vsnprintf(usual, sizeof usual, format, arguments) + 1;
    va_end(arguments);
    longer = name ? realloc(name, start + size) : NULL;
    if (!longer) {
        free(name);
        return NULL;
    }
    if (size <= sizeof usual) {
        memcpy(longer + start, usual, size);
        return longer;
    }
    va_start(arguments, format);
    vsnprintf(longer + start, size, format, arguments);
    va_end(arguments);
    return longer;
}

void hp_told_apart_free(char **names, size_t count)
{
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
}
