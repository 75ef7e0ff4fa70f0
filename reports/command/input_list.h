// SPDX-License-Identifier: MIT
/* The files to read, in order: those of the command line and those below its directories. */
#ifndef HP_INPUT_LIST_H
#define HP_INPUT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef enum hp_entry_kind {
    HP_ENTRY_FILE,       /* from the command line */
    HP_ENTRY_FOUND,      /* below a directory; skipped unless it is a profile */
    HP_ENTRY_UNREADABLE, /* a directory that cannot be read, or what cannot be reached below one */
    HP_ENTRY_END         /* end of a directory of the command line */
} hp_entry_kind;

typedef struct hp_entry {
    hp_entry_kind kind;
    char *path;
    bool regular;     /* a regular file: it can be opened at any time */
    bool link;        /* found: the path is a link to the file */
    int error_number; /* errno of what is unreadable */
    dev_t device;     /* found: of the file */
    ino_t inode;
} hp_entry;

typedef struct hp_input_list {
    hp_entry *entries;
    size_t count, capacity;
} hp_input_list;

/* Adds a path of the command line. The files below a directory are added in the order of their
 * names, without hidden ones. Links to files are followed, links to directories are not, as they
 * may form a cycle. A file that is found under several names is added once. false: out of memory.
 * hp_input_list_free is needed even then. */
bool hp_input_list_add(hp_input_list *list, const char *path);
void hp_input_list_free(hp_input_list *list);

#endif
