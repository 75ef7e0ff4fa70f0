// SPDX-License-Identifier: MIT
/* Strings in JSON. */
#ifndef HP_JSON_STRING_H
#define HP_JSON_STRING_H

#include "hotprof.h"

#include <stdio.h>

/* Writes a string, escaped as in all reports (hp_string_escape), as one of JSON. False without
 * memory. */
bool hp_write_json_string(FILE *out, hp_string string);

#endif
