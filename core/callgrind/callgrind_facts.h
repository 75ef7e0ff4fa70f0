// SPDX-License-Identifier: MIT
#ifndef HP_CALLGRIND_FACTS_H
#define HP_CALLGRIND_FACTS_H

#include "callgrind/callgrind_reader.h"

/* Reads a comment, which in our own report holds what the format cannot (report_callgrind.c). false
 * after an error, which the scan has then. */
bool hp_callgrind_read_comment(hp_callgrind_reader *reader, hp_string text);

#endif
