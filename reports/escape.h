// SPDX-License-Identifier: MIT
/* Names as reports show them. */
#ifndef HP_ESCAPE_H
#define HP_ESCAPE_H

#include "hotprof.h"

#include <stdio.h>

/* The escaped string (hp_string_escape), to be freed; NULL without memory. */
char *hp_escaped(hp_string string);

#endif
