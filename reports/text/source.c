// SPDX-License-Identifier: MIT
#include "text/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_older(const hp_profile *profile, const struct stat *source)
{
    struct stat input;

    for (size_t i = 0; i < hp_profile_input_count(profile); i++)
        if (stat(hp_profile_input(profile, i)->name, &input) == 0 && S_ISREG(input.st_mode) &&
            input.st_mtime < source->st_mtime)
            return true;
    return false;
}

static bool find_lines(hp_source *source)
{
    size_t count = 0;

    for (size_t i = 0; i < source->size; i++)
        count += source->data[i] == '\n';
    source->ends = malloc((count + 1) * sizeof *source->ends);
    if (!source->ends)
        return false;
    for (size_t i = 0; i < source->size; i++)
        if (source->data[i] == '\n')
            source->ends[source->line_count++] = i;
    if (source->size > 0 && source->data[source->size - 1] != '\n')
        source->ends[source->line_count++] = source->size;
    return true;
}

/* Reads the file if it is one. Owns path from then on. A file that cannot be read is no error. */
static hp_status try(hp_source *source, const hp_profile *profile, char *path)
{
    struct stat status;
    FILE *file = NULL;
    bool whole = false;

    if (!path)
        return HP_NO_MEMORY;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
        (uint64_t)status.st_size <= HP_SOURCE_MAX)
        file = fopen(path, "rb");
    if (!file) {
        free(path);
        return HP_OK;
    }
    source->path = path;
    source->data = malloc((size_t)status.st_size + 1);
    if (source->data) {
        source->size = fread(source->data, 1, (size_t)status.st_size, file);
        whole = find_lines(source);
    }
    (void)fclose(file);
    source->newer = is_older(profile, &status);
    return whole ? HP_OK : HP_NO_MEMORY;
}

static char *join(const char *directory, size_t size, hp_string name)
{
    char *path = malloc(size + name.size + 2);

    if (path) {
        memcpy(path, directory, size);
        path[size] = '/';
        memcpy(path + size + 1, name.data, name.size);
        path[size + 1 + name.size] = '\0';
    }
    return path;
}

/* Tries DIRECTORY/a/b/c.py, DIRECTORY/b/c.py, DIRECTORY/c.py. */
static hp_status try_below(hp_source *source, const hp_profile *profile, const char *directory,
                           hp_string file)
{
    hp_status status = HP_OK;

    while (file.size > 0 && *file.data == '/')
        file = (hp_string){file.data + 1, file.size - 1};
    while (status == HP_OK && !source->path && file.size > 0) {
        const char *slash = memchr(file.data, '/', file.size);
        size_t skip = slash ? (size_t)(slash - file.data) + 1 : file.size;

        status = try(source, profile, join(directory, strlen(directory), file));
        file = (hp_string){file.data + skip, file.size - skip};
    }
    return status;
}

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool has_entry(const hp_source_path *path, hp_string entry)
{
    for (size_t i = 0; i < path->entry_count; i++)
        if (hp_string_equal(path->entries[i], entry))
            return true;
    return false;
}

void hp_source_path_init(hp_source_path *path, const hp_profile *profile, const char *directory)
{
    path->profile = profile;
    path->directory = directory;
    path->entry_count = path->tries = 0;
    for (size_t i = 0; i < hp_profile_input_count(profile); i++)
        for (size_t k = 0; k < hp_profile_info_count(profile, i); k++) {
            hp_info info = hp_profile_info(profile, i, k);

            if (path->entry_count == HP_PATH_ENTRIES_MAX)
                return;
            if (strcmp(info.key.data, "sys-path-entry") != 0 || info.value.size == 0 ||
                has_entry(path, info.value))
                continue;
            path->is_directory[path->entry_count] = is_directory(info.value.data);
            path->entries[path->entry_count++] = info.value;
        }
}

hp_status hp_source_find(hp_source *source, hp_source_path *path, const hp_function *function,
                         hp_error *error)
{
    hp_string file = function->file, recorded = function->recorded_file;
    hp_status status = HP_OK;

    *source = (hp_source){0};
    /* A file name cannot hold a NUL. */
    if (file.size == 0 || strlen(file.data) < file.size)
        return HP_OK;
    if (path->directory)
        status = try_below(source, path->profile, path->directory, file);
    if (status == HP_OK && !source->path)
        status = try(source, path->profile, strdup(file.data));
    if (recorded.size > 0 && *recorded.data != '/' && strlen(recorded.data) == recorded.size)
        for (size_t i = 0; i < path->entry_count && status == HP_OK && !source->path; i++)
            if (path->is_directory[i] && path->tries < HP_SOURCE_TRIES_MAX) {
                path->tries++;
                status = try(source, path->profile,
                             join(path->entries[i].data, path->entries[i].size, recorded));
            }
    if (status == HP_OK)
        return HP_OK;
    hp_source_free(source);
    return hp_no_memory(error);
}

void hp_source_free(hp_source *source)
{
    free(source->path);
    free(source->data);
    free(source->ends);
    *source = (hp_source){0};
}

hp_string hp_source_line(const hp_source *source, uint64_t line)
{
    if (line == 0 || line > source->line_count)
        return (hp_string){"", 0};

    size_t start = line > 1 ? source->ends[line - 2] + 1 : 0, end = source->ends[line - 1];

    if (end > start && source->data[end - 1] == '\r')
        end--;
    return (hp_string){source->data + start, end - start};
}
