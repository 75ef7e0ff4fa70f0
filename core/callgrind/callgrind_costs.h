// SPDX-License-Identifier: MIT
#ifndef HP_CALLGRIND_COSTS_H
#define HP_CALLGRIND_COSTS_H

#include "callgrind/callgrind_reader.h"

/* Reads the positions and costs at *at, which moves behind their newline. false after an error,
 * which the scan has then; *at may be anywhere in the line. partly: the costs before an error
 * count. */
bool hp_callgrind_read_costs(hp_callgrind_reader *reader, const char **at, bool partly);

#endif
