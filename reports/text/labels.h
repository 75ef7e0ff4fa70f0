// SPDX-License-Identifier: MIT
/* The names of functions in texts. */
#ifndef HP_LABELS_H
#define HP_LABELS_H

#include "graph/callgraph.h"

/* Whether a function is in a file. Python calls "~" the file of what is built in. */
bool hp_has_file(const hp_function *function);

/* The last part of a path. */
hp_string hp_base_name(hp_string file);

/* The label of each function of a profile, escaped: "name (file.py:12)", or only the name if there
 * is neither a file nor a line. If several files have the same base name, the directories are part
 * of the label. All labels differ: those that would not have their object, "[libm.so]", and a
 * number behind them if that is not enough. in_stacks: semicolons, and a "#" at the start, are
 * escaped, too. To be freed with hp_told_apart_free (tell_apart.h); NULL without memory. */
char **hp_labels_new(const hp_profile *profile, bool in_stacks);

/* " <added>" or " <removed>" behind the label of a function that only the profile or only its base
 * has, or "". */
const char *hp_presence_mark(const hp_node *node);

#endif
