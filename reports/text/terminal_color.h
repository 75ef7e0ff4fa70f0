// SPDX-License-Identifier: MIT
/* Colours on a terminal. */
#ifndef HP_TERMINAL_COLOR_H
#define HP_TERMINAL_COLOR_H

/* The escape sequence that begins the colour of a cost, given as a percentage of the total; of a
 * difference from a base it may be negative. "" for small ones. */
const char *hp_terminal_color(double percent);

/* Ends it. */
#define HP_COLOR_END "\x1b[0m"

#endif
