// SPDX-License-Identifier: MIT
#include "text/terminal_color.h"

const char *hp_terminal_color(double percent)
{
    return percent >= 20    ? "\x1b[1;31m"
           : percent >= 5   ? "\x1b[33m"
           : percent <= -20 ? "\x1b[1;32m"
           : percent <= -5  ? "\x1b[32m"
                            : "";
}
