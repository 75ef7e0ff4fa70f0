// SPDX-License-Identifier: MIT
/* From the name of a source file, as a profiler recorded it, to one that does not depend on the
 * directory of the run. */
#ifndef HP_PATH_H
#define HP_PATH_H

#include "hotprof.h"

/* Whether a name must be joined to the directory of the run: not if it is empty, absolute (it
 * begins with a slash, a backslash or a drive letter) or no file (<string>, ~, ?). */
bool hp_path_is_relative(hp_string name);

/* Joins name to directory, which may be empty, and removes "." and "..", without looking at the
 * disk. Writes at most directory.size + name.size + 2 bytes to path, including the closing NUL, and
 * returns the length. If directory is one of Windows, the separator is a backslash. */
size_t hp_path_join(hp_string directory, hp_string name, char *path);

#endif
