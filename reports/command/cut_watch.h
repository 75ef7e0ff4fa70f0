// SPDX-License-Identifier: MIT
/* Survives it when another program cuts an input short that is mapped into memory. Reading behind
 * the new end of such a file raises SIGBUS, which would end this process. While a file is watched,
 * zeros are read there, and the end of the watch tells. */
#ifndef HP_CUT_WATCH_H
#define HP_CUT_WATCH_H

#include <signal.h>
#include <stdbool.h>

typedef struct hp_cut_watch {
    volatile sig_atomic_t hit; /* this thread read behind the end of a file */
    unsigned hits_elsewhere;   /* how often other threads had done so when the watch began */
} hp_cut_watch;

/* Begins a watch: this thread maps and reads a file, alone or with threads that it starts. A thread
 * watches one file at a time. */
void hp_cut_watch_start(hp_cut_watch *watch);

/* Ends the watch. true: the file was cut short, so what was read of it is worthless. */
bool hp_cut_watch_end(const hp_cut_watch *watch);

#endif
