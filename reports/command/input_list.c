// SPDX-License-Identifier: MIT
#include "command/input_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool add_unreadable(hp_input_list *list, const char *path)
{
    return add(list, (hp_entry){.kind = HP_ENTRY_UNREADABLE, .error_number = errno}, path);
}

static bool add_directory(hp_input_list *list, const char *path);

static bool add_found(hp_input_list *list, const char *path)
{
    struct stat entry, target;

    if (lstat(path, &entry) != 0 || stat(path, &target) != 0) /* ENOENT: gone, or a dead link */
        return errno == ENOENT || add_unreadable(list, path);
    if (S_ISDIR(entry.st_mode))
        return add_directory(list, path);
    return !S_ISREG(target.st_mode) || add(list,
                                           (hp_entry){.kind = HP_ENTRY_FOUND,
                                                      .regular = true,
                                                      .link = S_ISLNK(entry.st_mode),
                                                      .device = target.st_dev,
                                                      .inode = target.st_ino},
                                           path);
}

static bool add_directory(hp_input_list *list, const char *path)
{
    struct dirent **found;
    const char *separator = path[strlen(path) - 1] == '/' ? "" : "/";
    int count;
    bool whole = true;

    if (access(path, X_OK) != 0 || (count = scandir(path, &found, NULL, alphasort)) < 0)
        return errno != ENOMEM && add_unreadable(list, path);
    for (int i = 0; i < count; i++) {
        const char *name = found[i]->d_name;
        size_t size = strlen(path) + strlen(name) + 2;
        char *below;

        if (whole && *name != '.') {
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

/* Puts entries of one file together: those without a link first, and then in their order. */
static int compare_files(const void *a, const void *b)
{
    const hp_entry *one = *(hp_entry *const *)a, *other = *(hp_entry *const *)b;

    if (one->device != other->device)
        return one->device < other->device ? -1 : 1;
    if (one->inode != other->inode)
        return one->inode < other->inode ? -1 : 1;
    if (one->link != other->link)
        return one->link ? 1 : -1;
    return one < other ? -1 : one > other;
}

/* Of the entries from the first one on, leaves one for each file. */
static bool drop_repeated(hp_input_list *list, size_t first)
{
    hp_entry **files = malloc((list->count - first + 1) * sizeof *files);
    size_t count = 0, kept = first;

    if (!files)
        return false;
    for (hp_entry *entry = list->entries + first; entry < list->entries + list->count; entry++)
        if (entry->kind == HP_ENTRY_FOUND)
            files[count++] = entry;
    qsort(files, count, sizeof *files, compare_files);
    for (size_t i = 1, last = 0; i < count; i++)
        if (files[i]->device == files[last]->device && files[i]->inode == files[last]->inode) {
            free(files[i]->path);
            files[i]->path = NULL;
        } else {
            last = i;
        }
    free(files);
    for (size_t i = first; i < list->count; i++)
        if (list->entries[i].path)
            list->entries[kept++] = list->entries[i];
    list->count = kept;
    return true;
}

bool hp_input_list_add(hp_input_list *list, const char *path)
{
    struct stat target;
    bool exists = stat(path, &target) == 0;
    size_t first = list->count;

    if (exists && S_ISDIR(target.st_mode))
        return add_directory(list, path) && drop_repeated(list, first) &&
               add(list, (hp_entry){.kind = HP_ENTRY_END}, path);
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
