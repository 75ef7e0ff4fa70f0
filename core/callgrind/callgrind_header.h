// SPDX-License-Identifier: MIT
#ifndef HP_CALLGRIND_HEADER_H
#define HP_CALLGRIND_HEADER_H

#include "callgrind/callgrind_reader.h"

/* Reads a line "KEY: TEXT", in the header or elsewhere. false after an error, which the scan has
 * then; also if it is no such line. */
bool hp_callgrind_read_header(hp_callgrind_reader *reader, hp_string text);

#endif
