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
    size_t thing;
    unsigned level;
    uint64_t hash; /* of name and rest, strung together */
    size_t size, name_size;
    char *name;
    const char *rest;
};

struct naming {
    struct named *all;
    struct named **sorted;
    size_t count;
    hp_name_on_level *name;
    const void *context;
    unsigned last;
};

static uint64_t add_to_hash(uint64_t hash, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3; /* FNV-1a */
    return hash;
}

static bool set_name(const struct naming *naming, struct named *named)
{
    char *name = naming->name(naming->context, named->thing, named->level);
    size_t rest_size = strlen(named->rest);

    if (!name)
        return false;
    free(named->name);
    named->name = name;
    named->name_size = strlen(name);
    named->size = named->name_size + rest_size;
    named->hash = add_to_hash(0xcbf29ce484222325, name, named->name_size);
    named->hash = add_to_hash(named->hash, named->rest, rest_size);
    return true;
}

static int compare_bytes(const struct named *longer, const struct named *other)
{
    size_t both = other->name_size, between = longer->name_size - both;
    int order = memcmp(longer->name, other->name, both);

    order = order ? order : memcmp(longer->name + both, other->rest, between);
    return order ? order : strcmp(longer->rest, other->rest + between);
}

static int compare(const void *left, const void *right)
{
    const struct named *a = *(struct named *const *)left, *b = *(struct named *const *)right;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return a->name_size >= b->name_size ? compare_bytes(a, b) : -compare_bytes(b, a);
}

/* Gives each thing whose name is not the only one the next name. */
static bool go_on(const struct naming *naming, bool *changed)
{
    *changed = false;
    qsort(naming->sorted, naming->count, sizeof *naming->sorted, compare);
    for (size_t first = 0, next; first < naming->count; first = next) {
        for (next = first + 1;
             next < naming->count && compare(&naming->sorted[first], &naming->sorted[next]) == 0;)
            next++;
        for (size_t i = first; next - first > 1 && i < next; i++) {
            if (naming->sorted[i]->level == naming->last)
                continue;
            naming->sorted[i]->level++;
            *changed = true;
            if (!set_name(naming, naming->sorted[i]))
                return false;
        }
    }
    return true;
}

static bool tell_apart(const struct naming *naming)
{
    bool changed = true;

    for (unsigned round = 0; changed && round < naming->last + ROUNDS_MORE; round++)
        if (!go_on(naming, &changed))
            return false;
    for (size_t i = 0; changed && i < naming->count; i++) {
        naming->all[i].level = naming->last;
        if (!set_name(naming, &naming->all[i]))
            return false;
    }
    return true;
}

char **hp_tell_apart(size_t count, hp_name_on_level *name, const void *context, unsigned last,
                     char *const *rests)
{
    char **names = calloc(count + 1, sizeof *names);
    struct naming naming = {.all = calloc(count + 1, sizeof *naming.all),
                            .sorted = malloc((count + 1) * sizeof *naming.sorted),
                            .count = count,
                            .name = name,
                            .context = context,
                            .last = last};
    bool whole = names && naming.all && naming.sorted;

    for (size_t i = 0; i < count && whole; i++) {
        naming.all[i] = (struct named){.thing = i, .rest = rests ? rests[i] : ""};
        naming.sorted[i] = &naming.all[i];
        whole = set_name(&naming, &naming.all[i]);
    }
    whole = whole && tell_apart(&naming);
    for (size_t i = 0; i < count && names && naming.all; i++)
        names[i] = naming.all[i].name;
    free(naming.all);
    free(naming.sorted);
    if (whole)
        return names;
    hp_told_apart_free(names, count);
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
