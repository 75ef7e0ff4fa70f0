// SPDX-License-Identifier: MIT
/* From the name of a source file as a profiler recorded it to one that is good everywhere. */
#ifndef HP_PATH_H
#define HP_PATH_H

#include "hotprof.h"

/* Whether a name is to be joined to the directory of the run: not if it is empty, absolute (a slash
 * or backslash in front, a drive letter) or no file (<string>, ~, ?). */
bool hp_path_is_relative(hp_string name);

/* Joins name to directory (which may be empty) and takes out "." and ".." as text, with no look at
 * the disk. Writes at most directory.size + 1 + name.size + 1 bytes, the closing NUL among them,
 * and returns the length. Behind a directory of Windows the separator is a backslash. */
size_t hp_path_join(hp_string directory, hp_string name, char *path);

#endif
