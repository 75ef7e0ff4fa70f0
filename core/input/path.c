// SPDX-License-Identifier: MIT
#include "input/path.h"

#include <string.h>

static bool has_drive(hp_string name)
{
    return name.size >= 2 && name.data[1] == ':' &&
           ((name.data[0] >= 'a' && name.data[0] <= 'z') ||
            (name.data[0] >= 'A' && name.data[0] <= 'Z'));
}

static bool is_no_file(hp_string name)
{
    return (name.size == 1 && (name.data[0] == '~' || name.data[0] == '?')) ||
           (name.data[0] == '<' && name.data[name.size - 1] == '>');
}

bool hp_path_is_relative(hp_string name)
{
    return name.size != 0 && name.data[0] != '/' && name.data[0] != '\\' && !has_drive(name) &&
           !is_no_file(name);
}

size_t hp_path_join(hp_string directory, hp_string name, char *path)
{
    bool windows = has_drive(directory) || (directory.size && directory.data[0] == '\\');
    size_t length = 0, kept = 0;

    if (directory.size) {
        memcpy(path, directory.data, directory.size);
        length = directory.size;
        if (path[length - 1] != '/' && !(windows && path[length - 1] == '\\'))
            path[length++] = windows ? '\\' : '/';
    }
    memcpy(path + length, name.data, name.size);
    length += name.size;

    /* In place, as what is kept is never longer than what was read. Before floor are only those
     * ".." that had no directory to remove. */
    size_t root = length && path[0] == '/' ? 1 : 0, floor = root;

    kept = root;
    for (size_t at = root; at < length;) {
        size_t end = at;

        while (end < length && path[end] != '/')
            end++;

        size_t size = end - at;
        bool up = size == 2 && path[at] == '.' && path[at + 1] == '.';

        if (up && kept > floor) {
            while (kept > floor && path[--kept] != '/')
                ;
        } else if (size != 0 && !(size == 1 && path[at] == '.') && !(up && root)) {
            if (kept > root)
                path[kept++] = '/';
            memmove(path + kept, path + at, size);
            kept += size;
            if (up)
                floor = kept;
        }
        at = end + 1;
    }
    if (kept == 0)
        path[kept++] = '.';
    path[kept] = '\0';
    return kept;
}
