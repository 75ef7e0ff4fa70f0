// SPDX-License-Identifier: MIT
#include "command/progress.h"

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
    line->name = name ? hp_escaped(hp_string_of(name)) : NULL;
    line->shown = false;
    clock_gettime(CLOCK_MONOTONIC, &line->start);
    line->last = line->start;
}

/* Whether to print the line now. Sets *elapsed to the seconds since the start. */
static bool is_due(hp_progress_line *line, double *elapsed)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    *elapsed = seconds_between(line->start, now);
    if (*elapsed <= 0 ||
        !(line->shown ? seconds_between(line->last, now) >= 0.1 : line->at_once || *elapsed >= 0.5))
        return false;
    line->shown = true;
    line->last = now;
    return true;
}

bool hp_progress_line_update(void *context, uint64_t done, uint64_t total)
{
    hp_progress_line *line = context;
    double elapsed;

    if (is_due(line, &elapsed)) {
        double rate = (double)done / elapsed;

        fprintf(stderr, "\r\033[K%s: ", line->name ? line->name : "");
        if (total == 0)
            fprintf(stderr, "%.0f MB", (double)done / 1e6);
        else
            fprintf(stderr, "%.0f %%", 100.0 * (double)done / (double)total);
        if (done > 0)
            fprintf(stderr, ", %.0f MB/s", rate / 1e6);
        if (done > 0 && total > 0)
            fprintf(stderr, ", %.0f s left", (double)(total - done) / rate);
        fflush(stderr);
    }
    return true;
}

void hp_progress_line_working(hp_progress_line *line, const char *what)
{
    double elapsed;

    if (is_due(line, &elapsed)) {
        fprintf(stderr, "\r\033[K%s: %.0f s", what, elapsed);
        fflush(stderr);
    }
}

void hp_progress_line_wipe(hp_progress_line *line)
{
    if (line->shown)
        fputs("\r\033[K", stderr);
}

void hp_progress_line_end(hp_progress_line *line)
{
    hp_progress_line_wipe(line);
    free(line->name);
}
