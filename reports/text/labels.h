// SPDX-License-Identifier: MIT
/* The names of functions in texts. */
#ifndef HP_LABELS_H
#define HP_LABELS_H

#include "buffer.h"
#include "graph/callgraph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a function is in a file. Python calls "~" the file of what is built in. */
bool hp_has_file(const hp_function *function);

/* The last part of a path. */
hp_string hp_base_name(hp_string file);

enum { HP_LABELS_KEPT_MAX = 1 << 20 };

#define HP_LABEL_NOT_KEPT UINT32_MAX

/* The labels of the functions of a profile, escaped: "name (file.py:12)", or only the name if there
 * is neither a file nor a line. If several files have the same base name, the directories are part
 * of the label. All labels differ: those that would not have their object, "[libm.so]", and a
 * number behind them if that is not enough.
 *
 * Labels are kept as long as they are HP_LABELS_KEPT_MAX bytes together, the others made when they
 * are needed: an input may give thousands of functions one long name. */
typedef struct hp_labels {
    const hp_profile *profile;
    bool in_stacks;        /* semicolons, and a "#" at the start, are escaped, too */
    hp_string *files;      /* of each function, what is shown of it */
    unsigned char *levels; /* likewise: see tell_apart.h */
    hp_buffer kept;        /* labels, with a NUL behind each */
    uint32_t *starts;      /* likewise: of its label in kept, or HP_LABEL_NOT_KEPT */
    hp_buffer one, other;  /* the labels made last. If one has failed, some are wrong. */
} hp_labels;

/* false: out of memory. hp_labels_free is needed in any case. The profile must outlive the labels.
 */
bool hp_labels_init(hp_labels *labels, const hp_profile *profile, bool in_stacks);
void hp_labels_free(hp_labels *labels);

/* Adds the label of a function. */
void hp_label_add(const hp_labels *labels, hp_function_id id, hp_buffer *buffer);

/* The label of a function, until the next one is made or compared. */
const char *hp_label(hp_labels *labels, hp_function_id id);

/* Compares two labels byte by byte. */
int hp_label_compare(hp_labels *labels, hp_function_id a, hp_function_id b);

/* " <added>" or " <removed>" behind the label of a function that only the profile or only its base
 * has, or "". */
const char *hp_presence_mark(const hp_node *node);

#ifdef __cplusplus
}
#endif

#endif
