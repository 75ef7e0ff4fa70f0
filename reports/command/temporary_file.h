// SPDX-License-Identifier: MIT
/* A file that is not finished. Where the file system can do it, it has no name, so that nothing is
 * left of it however this process ends. Otherwise its name is hidden, ".hotreport-PID-N", which no
 * reader takes for a profile or for a part of one; a signal that ends the process removes it, but
 * not SIGKILL. */
#ifndef HP_TEMPORARY_FILE_H
#define HP_TEMPORARY_FILE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Initialise it with {0}. It must not move while it has a name. */
typedef struct hp_temporary {
    char *name; /* the one that it has, or is going to have */
    bool named;
    struct hp_temporary *next; /* in the list of those that have a name */
} hp_temporary;

/* These return 0, or -1 and set errno. */

/* Makes a file in the directory of path and sets *descriptor, open for writing. */
int hp_temporary_create(hp_temporary *temporary, const char *path, mode_t mode, int *descriptor);

/* Gives the file of the descriptor its hidden name, unless it has it. */
int hp_temporary_link(hp_temporary *temporary, int descriptor);

/* Puts the file, which has a name, in the place of another one and takes that one for itself. -1
 * and EINVAL: the file system cannot do it. */
int hp_temporary_exchange(const hp_temporary *temporary, const char *path);

/* Renames another file to a hidden name. */
int hp_temporary_set_aside(hp_temporary *temporary, const char *path);

/* Renames the file, and replaces the one that is there. */
int hp_temporary_rename(hp_temporary *temporary, const char *path);

/* Leaves the file where it is, whatever is done with it afterwards. */
void hp_temporary_keep(hp_temporary *temporary);

/* Removes the file, if it is there. To be called in any case, to free the memory. */
void hp_temporary_remove(hp_temporary *temporary);

/* Holds signals back while files and the list of them do not agree. */
void hp_temporary_hold_signals(sigset_t *before);
void hp_temporary_release_signals(const sigset_t *before);

#endif
