// SPDX-License-Identifier: MIT
/* The program that shows output on a terminal page by page, chosen and started as git does. */
#ifndef HP_PAGER_H
#define HP_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct hp_pager {
    pid_t process; /* 0: there is none */
} hp_pager;

/* Starts the pager and lets standard output lead to it. The pager is what HOTREPORT_PAGER, or else
 * PAGER names, a command of the shell; or else less. Nothing happens if that is "" or "cat", or
 * cannot be started. From then on the pager gets the signals that keys send, and writing after the
 * user has left it is the error EPIPE. hp_pager_end is needed. */
void hp_pager_start(hp_pager *pager);

/* Closes standard output, and waits until the user has left the pager. */
void hp_pager_end(hp_pager *pager);

#endif
