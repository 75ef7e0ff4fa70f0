// SPDX-License-Identifier: MIT
/* What a user should know of an input. */
#include "hotprof.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

HP_PRINTF(3, 4) static void add_text(char *text, size_t size, const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;

    if (length > 0)
        length += (size_t)snprintf(text + length, size - length, "; ");
    va_start(arguments, format);
    vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}

static void add_remark(char *text, size_t size, uint64_t count, const char *one, const char *more)
{
    if (count)
        add_text(text, size, "%" PRIu64 " %s", count, count == 1 ? one : more);
}

/* "0.13 % (0.005 s)" of all that an input counts. */
static void add_share(char *text, size_t size, const hp_input *input, uint64_t cost)
{
    double seconds = 1e-9 * (double)cost;
    bool small = input->tick_digits == 0 && cost < 1000000;

    for (unsigned digit = 0; digit < input->tick_digits; digit++)
        seconds *= 10;
    add_text(text, size, "%.2g %% (%.*f %s) belongs to functions that the dump does not hold: %s",
             100 * (double)cost / (double)input->total, small ? 0 : 3,
             small ? 1e6 * seconds : seconds, small ? "us" : "s",
             input->error.status == HP_OK
                 ? "of several with one file, line and name cProfile keeps one"
                 : "they were not read");
}

size_t hp_input_remarks(const hp_input *input, char *buffer, size_t size)
{
    char text[sizeof input->error.message + 640];

    snprintf(text, sizeof text, "%s", input->error.message);
    add_remark(text, sizeof text, input->unmatched_exits, "unmatched exit", "unmatched exits");
    if (input->being_written)
        add_text(text, sizeof text, "still being written");
    else
        add_remark(text, sizeof text, input->open_frames, "frame left open", "frames left open");
    add_remark(text, sizeof text, input->impossible_numbers, "impossible number counted as 0",
               "impossible numbers counted as 0");
    add_remark(text, sizeof text, input->rounded_numbers, "number with a fraction was rounded",
               "numbers with fractions were rounded");
    add_remark(text, sizeof text, input->undefined_names, "undefined name", "undefined names");
    add_remark(text, sizeof text, input->estimated_calls, "call site with an estimated time",
               "call sites with estimated times");
    if (input->mixed_threads)
        add_text(text, sizeof text, "the calls of several threads are mixed: callers are wrong");
    if (input->assumed_sampled)
        add_text(text, sizeof text, "taken for samples: all times are multiples of one interval");
    if (input->unrolled)
        add_text(text, sizeof text, "its call stacks were estimated from calls");
    if (input->tick_digits)
        add_text(text, sizeof text, "times are too large for nanoseconds: a tick is 10^%u ns",
                 input->tick_digits);
    if (input->not_recorded)
        add_share(text, sizeof text, input, input->not_recorded);
    return (size_t)snprintf(buffer, size, "%s", text);
}
