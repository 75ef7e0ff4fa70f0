// SPDX-License-Identifier: MIT
#include "export/unique_names.h"

#include "escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum level { PLAIN, WITH_LINE, WITH_DIRECTORY, WITH_NUMBER };

struct candidate {
    hp_function_id function;
    enum level level;
    char *name;           /* current name */
    const char *basename; /* part of the name of the file */
    const char *object;   /* base name of the object */
    size_t name_size, basename_size;
    size_t size; /* of all three together, which are the key */
};

static char byte_at(const struct candidate *candidate, size_t at)
{
    if (at < candidate->name_size)
        return candidate->name[at];
    at -= candidate->name_size;
    return at < candidate->basename_size ? candidate->basename[at]
                                         : candidate->object[at - candidate->basename_size];
}

/* By size first: most comparisons end at once, and equal keys become neighbours. */
static int compare(const void *a, const void *b)
{
    const struct candidate *one = *(struct candidate *const *)a;
    const struct candidate *two = *(struct candidate *const *)b;

    if (one->size != two->size)
        return one->size < two->size ? -1 : 1;
    for (size_t i = 0; i < one->size; i++) {
        int order = (unsigned char)byte_at(one, i) - (unsigned char)byte_at(two, i);

        if (order)
            return order;
    }
    return 0;
}

static bool set_name(struct candidate *candidate, const hp_profile *profile, const char *file)
{
    const hp_function *function = hp_profile_function(profile, candidate->function);
    size_t directory = (size_t)(candidate->basename - file); /* with the slash */
    char *plain = hp_escaped(function->name), *name;
    size_t size;

    if (!plain)
        return false;
    size = strlen(plain) + directory + 64;
    name = malloc(size);
    if (name) {
        int length = snprintf(name, size, "%s", plain);

        if (candidate->level >= WITH_LINE)
            length += snprintf(name + length, size - (size_t)length, ":%" PRIu64, function->line);
        if (candidate->level >= WITH_DIRECTORY)
            length += snprintf(name + length, size - (size_t)length, " (%.*s",
                               (int)(directory > 1 ? directory - 1 : directory), file);
        if (candidate->level == WITH_NUMBER)
            length +=
                snprintf(name + length, size - (size_t)length, ", %" PRIu32, candidate->function);
        if (candidate->level >= WITH_DIRECTORY)
            length += snprintf(name + length, size - (size_t)length, ")");
        free(candidate->name);
        candidate->name = name;
        candidate->name_size = (size_t)length;
        candidate->basename_size = strlen(candidate->basename);
        candidate->size = (size_t)length + candidate->basename_size + strlen(candidate->object);
    }
    free(plain);
    return name != NULL;
}

/* Gives each function whose key is not unique a longer name. *changed: whether there was any. */
static bool tell_apart(const hp_profile *profile, char *const *files, struct candidate **sorted,
                       size_t count, bool *changed)
{
    *changed = false;
    qsort(sorted, count, sizeof *sorted, compare);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && compare(&sorted[first], &sorted[next]) == 0;)
            next++;
        for (size_t i = first; i < next && next - first > 1; i++) {
            if (sorted[i]->level == WITH_NUMBER)
                continue;
            sorted[i]->level++;
            *changed = true;
            if (!set_name(sorted[i], profile, files[sorted[i]->function]))
                return false;
        }
    }
    return true;
}

static const char *basename_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char **hp_unique_names_new(const hp_profile *profile, char *const *files, char *const *objects)
{
    size_t count = hp_profile_function_count(profile);
    char **names = calloc(count + 1, sizeof *names);
    struct candidate *candidates = calloc(count + 1, sizeof *candidates);
    struct candidate **sorted = calloc(count + 1, sizeof *sorted);
    bool whole = names && candidates && sorted, changed = true;

    for (size_t i = 0; i < count && whole; i++) {
        candidates[i].function = (hp_function_id)i;
        candidates[i].basename = basename_of(files[i]);
        candidates[i].object = basename_of(objects[i]);
        sorted[i] = &candidates[i];
        whole = set_name(&candidates[i], profile, files[i]);
    }
    while (whole && changed)
        whole = tell_apart(profile, files, sorted, count, &changed);
    for (size_t i = 0; i < count && names && candidates; i++)
        names[i] = candidates[i].name;
    free(candidates);
    free(sorted);
    if (!whole) {
        hp_unique_names_free(profile, names);
        names = NULL;
    }
    return names;
}

void hp_unique_names_free(const hp_profile *profile, char **names)
{
    for (size_t i = 0; names && i < hp_profile_function_count(profile); i++)
        free(names[i]);
    free(names);
}
