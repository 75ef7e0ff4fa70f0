// SPDX-License-Identifier: MIT
#include "progress.h"

#include "escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double seconds_between(struct timespec start, struct timespec end)
{
    return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

void hp_progress_line_start(hp_progress_line *line, const char *name)
{
    line->name = hp_escaped((hp_string){name, strlen(name)});
    line->shown = false;
    clock_gettime(CLOCK_MONOTONIC, &line->start);
    line->last = line->start;
}

bool hp_progress_line_update(void *context, uint64_t done, uint64_t total)
{
    hp_progress_line *line = context;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);

    double elapsed = seconds_between(line->start, now);
    bool due =
        line->shown ? seconds_between(line->last, now) >= 0.1 : line->at_once || elapsed >= 0.5;

    if (due && elapsed > 0) {
        double rate = (double)done / elapsed;

        fprintf(stderr, "\r\033[K%s: %.0f %%", line->name ? line->name : "",
                100.0 * (double)done / (double)total);
        if (done > 0)
            fprintf(stderr, ", %.0f MB/s, %.0f s left", rate / 1e6, (double)(total - done) / rate);
        fflush(stderr);
        line->shown = true;
        line->last = now;
    }
    return true;
}

void hp_progress_line_end(hp_progress_line *line)
{
    if (line->shown)
        fputs("\r\033[K", stderr);
    free(line->name);
}
