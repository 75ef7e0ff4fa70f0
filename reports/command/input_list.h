// SPDX-License-Identifier: MIT
/* What the files and directories of a command line come to: a list of files to read, in order. */
#ifndef HP_INPUT_LIST_H
#define HP_INPUT_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef enum hp_entry_kind {
    HP_ENTRY_FILE,       /* that was asked for */
    HP_ENTRY_FOUND,      /* a file below a directory, to be passed over unless it is a profile */
    HP_ENTRY_UNREADABLE, /* a directory */
    HP_ENTRY_END         /* of what there is below a directory that was asked for */
} hp_entry_kind;

typedef struct hp_entry {
    hp_entry_kind kind;
    char *path;
    bool regular;     /* a file that can be opened twice, and whenever one likes */
    int error_number; /* why it is not readable */
} hp_entry;

typedef struct hp_input_list {
    hp_entry *entries;
    size_t count, capacity;
} hp_input_list;

/* Adds a path of the command line; what is below a directory comes in the order of names. Links to
 * files are followed, links to directories are not: they may lead back. false without memory. The
 * list is to be freed in any case. */
bool hp_input_list_add(hp_input_list *list, const char *path);
void hp_input_list_free(hp_input_list *list);

#endif
