// SPDX-License-Identifier: MIT
/* The flat profile and the call graph of the difference from a base. */
#ifndef HP_DIFFERENCE_H
#define HP_DIFFERENCE_H

#include "text/graph_text.h"

/* false: out of memory. */
bool hp_print_flat_difference(hp_graph_text *text);
void hp_print_graph_difference(hp_graph_text *text);

#endif
