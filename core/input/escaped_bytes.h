// SPDX-License-Identifier: MIT
/* Bytes that are not UTF-8 in the text of Python 3, which has one of the surrogates U+DC80 to
 * U+DCFF for each of them ("surrogateescape"). Marshal writes text as UTF-8, and these as if they
 * were characters. */
#ifndef HP_ESCAPED_BYTES_H
#define HP_ESCAPED_BYTES_H

#include "hotprof.h"

bool hp_has_escaped_bytes(hp_string text);

/* Writes a text with the bytes themselves, and returns its size. bytes has room for text.size. */
size_t hp_unescape_bytes(hp_string text, char *bytes);

#endif
