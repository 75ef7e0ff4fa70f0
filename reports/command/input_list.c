// SPDX-License-Identifier: MIT
#include "command/input_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool add(hp_input_list *list, hp_entry entry, const char *path)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 16;
        hp_entry *entries = realloc(list->entries, capacity * sizeof *entries);

        if (!entries)
            return false;
        list->entries = entries;
        list->capacity = capacity;
    }
    entry.path = strdup(path);
    if (!entry.path)
        return false;
    list->entries[list->count++] = entry;
    return true;
}

static bool add_directory(hp_input_list *list, const char *path);

static bool add_found(hp_input_list *list, const char *path)
{
    struct stat entry, target;

    if (lstat(path, &entry) != 0 || stat(path, &target) != 0)
        return true;
    if (S_ISDIR(entry.st_mode))
        return add_directory(list, path);
    return !S_ISREG(target.st_mode) ||
           add(list, (hp_entry){.kind = HP_ENTRY_FOUND, .regular = true}, path);
}

static bool add_directory(hp_input_list *list, const char *path)
{
    struct dirent **found;
    const char *separator = path[strlen(path) - 1] == '/' ? "" : "/";
    int count = scandir(path, &found, NULL, alphasort);
    bool whole = true;

    if (count < 0)
        return add(list, (hp_entry){.kind = HP_ENTRY_UNREADABLE, .error_number = errno}, path);
    for (int i = 0; i < count; i++) {
        const char *name = found[i]->d_name;
        size_t size = strlen(path) + strlen(name) + 2;
        char *below;

        if (whole && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            below = malloc(size);
            if (below)
                snprintf(below, size, "%s%s%s", path, separator, name);
            whole = below && add_found(list, below);
            free(below);
        }
        free(found[i]);
    }
    free(found);
    return whole;
}

bool hp_input_list_add(hp_input_list *list, const char *path)
{
    struct stat target;
    bool exists = stat(path, &target) == 0;

    if (exists && S_ISDIR(target.st_mode))
        return add_directory(list, path) && add(list, (hp_entry){.kind = HP_ENTRY_END}, path);
    return add(list,
               (hp_entry){.kind = HP_ENTRY_FILE, .regular = exists && S_ISREG(target.st_mode)},
               path);
}

void hp_input_list_free(hp_input_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].path);
    free(list->entries);
}
