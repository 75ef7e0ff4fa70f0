// SPDX-License-Identifier: MIT
/* What a user should know of an input. */
#include "hotprof.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_remark(char *text, size_t size, uint64_t count, const char *one, const char *more)
{
    size_t length = strlen(text);

    if (count)
        snprintf(text + length, size - length, "%s%" PRIu64 " %s", length ? "; " : "", count,
                 count == 1 ? one : more);
}

size_t hp_input_remarks(const hp_input *input, char *buffer, size_t size)
{
    char text[sizeof input->error.message + 256];

    snprintf(text, sizeof text, "%s", input->error.message);
    add_remark(text, sizeof text, input->unmatched_exits, "unmatched exit", "unmatched exits");
    add_remark(text, sizeof text, input->open_frames, "frame left open", "frames left open");
    add_remark(text, sizeof text, input->impossible_numbers, "impossible number counted as 0",
               "impossible numbers counted as 0");
    add_remark(text, sizeof text, input->undefined_names, "undefined name", "undefined names");
    add_remark(text, sizeof text, input->estimated_calls, "call site with an estimated time",
               "call sites with estimated times");
    return (size_t)snprintf(buffer, size, "%s", text);
}
