// SPDX-License-Identifier: MIT
/* The flat profile and the call graph of a profile and its base: by how much each number differs.
 */
#ifndef HP_DIFFERENCE_H
#define HP_DIFFERENCE_H

#include "text/graph_text.h"

/* false without memory */
bool hp_print_flat_difference(const hp_graph_text *text);
void hp_print_graph_difference(const hp_graph_text *text);

#endif
