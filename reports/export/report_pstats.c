// SPDX-License-Identifier: MIT
/* A dump that pstats.Stats of Python 2.7 and of 3.4 and later loads, and so what reads such dumps:
 * snakeviz, tuna, gprof2dot. core/pstats/read_pstats.c describes the layout. All these versions
 * read the types used here, and make their native strings of text. Names are escaped as in other
 * reports.
 *
 * - <interpreter> is left out unless it has a self cost: no profiler of Python writes it, and
 *   readers of this project restore it.
 * - cProfile records more of a call than the model has. Its self time is a share of the callee's,
 *   in proportion to inclusive time. As many of the calls are primitive as the function has left;
 *   none of its calls by itself are.
 * - If all costs of calls are estimated, only their numbers are written, as module profile does.
 *   Not so if some are, as pstats cannot add numbers and tuples.
 * - An unknown number of calls is 0: a dump needs a number, pstats adds them up, and prints no
 *   times per call then. */
#include "escape.h"
#include "report_table.h"

#include <stdlib.h>
#include <string.h>

struct writer {
    const hp_profile *profile;
    FILE *out;
    bool timed;            /* the first event is a time */
    bool numbers;          /* write only the number of calls of each caller */
    hp_function_id left;   /* function that is left out */
    const size_t *callers; /* calls in order of callee, caller and line */
    const size_t *first;   /* of each callee, in callers */
};

/* --- Marshal ------------------------------------------------------------------------------ */

static void write_little_endian(FILE *out, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        putc((int)(value >> 8 * i & 0xff), out);
}

static void write_tuple(FILE *out, uint32_t count)
{
    putc('(', out);
    write_little_endian(out, count, 4);
}

static void write_integer(FILE *out, uint64_t value)
{
    unsigned digits = 0;

    if (value <= INT32_MAX) {
        putc('i', out);
        write_little_endian(out, value, 4);
        return;
    }
    while (digits < 5 && value >> 15 * digits)
        digits++;
    putc('l', out);
    write_little_endian(out, digits, 4);
    for (; digits > 0; digits--, value >>= 15)
        write_little_endian(out, value & 0x7fff, 2);
}

static void write_seconds(FILE *out, uint64_t nanoseconds)
{
    double seconds = (double)nanoseconds / 1e9;
    uint64_t bits;

    memcpy(&bits, &seconds, sizeof bits);
    putc('g', out);
    write_little_endian(out, bits, 8);
}

static bool write_string(FILE *out, hp_string string)
{
    char *escaped = hp_escaped(string);

    if (!escaped)
        return false;
    putc('t', out);
    write_little_endian(out, strlen(escaped), 4);
    fputs(escaped, out);
    free(escaped);
    return true;
}

/* --- The dump ----------------------------------------------------------------------------- */

static bool write_key(FILE *out, const hp_function *function)
{
    write_tuple(out, 3);
    if (!write_string(out, function->file))
        return false;
    write_integer(out, function->line);
    return write_string(out, function->name);
}

static uint64_t known(uint64_t calls)
{
    return calls == HP_UNKNOWN ? 0 : calls;
}

static uint64_t time_of(const struct writer *writer, const uint64_t *costs)
{
    return writer->timed ? *costs : 0;
}

static bool write_callers(const struct writer *writer, hp_function_id id)
{
    const hp_profile *profile = writer->profile;
    const hp_function *function = hp_profile_function(profile, id);
    uint64_t self = time_of(writer, hp_profile_function_self(profile, id));
    double inclusive = (double)time_of(writer, hp_profile_function_inclusive(profile, id));
    uint64_t primitive = known(function->primitive);
    size_t i = writer->first[id], end = writer->first[id + 1];

    while (i < end) {
        hp_function_id caller = hp_profile_call(profile, writer->callers[i])->caller;
        uint64_t count = 0, time = 0, outermost;

        for (; i < end && hp_profile_call(profile, writer->callers[i])->caller == caller; i++) {
            size_t call = writer->callers[i];

            count = hp_add_counts(count, known(hp_profile_call(profile, call)->count));
            time = hp_add_counts(time, time_of(writer, hp_profile_call_inclusive(profile, call)));
        }
        outermost = caller == id ? 0 : count < primitive ? count : primitive;
        primitive -= outermost;
        if (caller == writer->left)
            continue;
        if (!write_key(writer->out, hp_profile_function(profile, caller)))
            return false;
        if (!writer->numbers)
            write_tuple(writer->out, 4);
        write_integer(writer->out, count);
        if (!writer->numbers) {
            double share = inclusive > 0 ? (double)self * ((double)time / inclusive) : 0;

            write_integer(writer->out, outermost);
            /* A double may be larger than any 64-bit integer. */
            write_seconds(writer->out, share < (double)self ? (uint64_t)share : self);
            write_seconds(writer->out, time);
        }
    }
    return true;
}

static void write_facts(FILE *out, uint64_t primitive, uint64_t calls, uint64_t self,
                        uint64_t inclusive)
{
    write_tuple(out, 5);
    write_integer(out, primitive);
    write_integer(out, calls);
    write_seconds(out, self);
    write_seconds(out, inclusive);
}

static bool write_function(const struct writer *writer, hp_function_id id)
{
    const hp_profile *profile = writer->profile;
    const hp_function *function = hp_profile_function(profile, id);
    bool whole;

    if (!write_key(writer->out, function))
        return false;
    write_facts(writer->out, known(function->primitive), known(function->calls),
                time_of(writer, hp_profile_function_self(profile, id)),
                time_of(writer, hp_profile_function_inclusive(profile, id)));
    putc('{', writer->out);
    whole = write_callers(writer, id);
    putc('0', writer->out);
    return whole;
}

/* For an empty profile: pstats refuses an empty dict. */
static bool write_interpreter(FILE *out)
{
    static const hp_function interpreter = {.name = {HP_INTERPRETER, sizeof HP_INTERPRETER - 1},
                                            .file = {"", 0}};

    if (!write_key(out, &interpreter))
        return false;
    write_facts(out, 0, 0, 0, 0);
    fputs("{0", out);
    return true;
}

/* Sorts the calls by callee. first needs room for two more numbers than functions: it is counted
 * two places further on and filled one place further on, so that it holds the first calls in the
 * end. */
static void order_callers(const hp_profile *profile, size_t *callers, size_t *first)
{
    size_t calls = hp_profile_call_count(profile), functions = hp_profile_function_count(profile);

    for (size_t i = 0; i < calls; i++)
        first[hp_profile_call(profile, i)->callee + 2]++;
    for (size_t i = 2; i < functions + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < calls; i++)
        callers[first[hp_profile_call(profile, i)->callee + 1]++] = i;
}

static hp_status write_pstats(const hp_profile *profile, const hp_report_options *options,
                              FILE *out, hp_error *error)
{
    size_t calls = hp_profile_call_count(profile), functions = hp_profile_function_count(profile);
    const hp_event *event = hp_profile_event_count(profile) ? hp_profile_event(profile, 0) : NULL;
    size_t *callers, *first;
    struct writer writer = {.profile = profile,
                            .out = out,
                            .timed = event && event->unit == HP_NANOSECONDS,
                            .numbers = true,
                            .left = HP_NO_FUNCTION};
    bool whole;

    if (options->base)
        return hp_error_set(
            error, HP_UNRECOGNISED, 0,
            "--base: a pstats dump cannot hold differences; json and callgrind can");
    if (event && !writer.timed && strcmp(event->name, "Hits") != 0)
        return hp_error_set(error, HP_MISMATCH, 0,
                            "counts %s, and a pstats dump can hold times only", event->name);
    callers = malloc((calls + 1) * sizeof *callers);
    first = calloc(functions + 2, sizeof *first);
    whole = callers && first;
    if (whole)
        order_callers(profile, callers, first);
    writer.callers = callers;
    writer.first = first;
    for (hp_function_id id = 0; id < functions; id++)
        if (hp_function_is_interpreter(hp_profile_function(profile, id)) &&
            time_of(&writer, hp_profile_function_self(profile, id)) == 0)
            writer.left = id;
    for (size_t i = 0; i < calls; i++) {
        const hp_call *call = hp_profile_call(profile, i);

        writer.numbers = writer.numbers && ((call->estimated && call->count != HP_UNKNOWN) ||
                                            call->caller == writer.left);
    }
    putc('{', out);
    if (functions == (writer.left != HP_NO_FUNCTION))
        whole = whole && write_interpreter(out);
    for (hp_function_id id = 0; id < functions && whole; id++)
        whole = id == writer.left || write_function(&writer, id);
    putc('0', out);
    free(callers);
    free(first);
    return whole ? HP_OK : hp_no_memory(error);
}

const hp_report hp_report_pstats = {
    .name = "pstats",
    .description = "a dump for Python's pstats, snakeviz, tuna and gprof2dot",
    .manual = "a dump for Python's module pstats and the programs that use it, such as snakeviz",
    .binary = true,
    .write = write_pstats,
};
