// SPDX-License-Identifier: MIT
/* A dump that pstats.Stats of Python 2.7 and of 3.4 and later loads, and so what reads such dumps:
 * snakeviz, tuna, gprof2dot. core/pstats/read_pstats.c describes the layout. All these versions
 * read the types used here, and make their native strings of text. Names have unsafe characters
 * escaped as in other reports; bytes that are not UTF-8 are written as Python 3 has them in text,
 * by surrogates, so that it finds the files.
 *
 * Reading the dump of a dump gives the self and inclusive times and the numbers of calls of every
 * function again. What else comes back of it:
 *
 * - <interpreter> is left out unless it has a self cost: no profiler of Python writes it, and
 *   readers of this project restore it. <not recorded> is a function like any other.
 * - Calls that are nested in another call of the same function have no inclusive time, as in the
 *   model; cProfile records one for them.
 * - cProfile records more of a call than the model has. Its self time is a share of the callee's,
 *   in proportion to inclusive time. As many of the calls are primitive as the function has left;
 *   none of its calls by itself are.
 * - If all costs of calls are estimated, only their numbers are written, as module profile does.
 *   Not so if some are, as pstats cannot add numbers and tuples: then none counts as estimated.
 * - An unknown number of calls is -1, as pyinstrument writes it. So is a count of 0 calls that cost
 *   something, as calls have if they are nested but for the interpreter's. */
#include "escape.h"
#include "export/unique_names.h"
#include "report_table.h"

#include <stdlib.h>
#include <string.h>

struct writer {
    const hp_profile *profile;
    FILE *out;
    double second;         /* in units of the first event; 0: this is no time */
    bool numbers;          /* write only the number of calls of each caller */
    hp_function_id left;   /* function that is left out */
    char **names;          /* of the functions, escaped */
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

static void write_count(FILE *out, uint64_t count)
{
    if (count == HP_UNKNOWN) {
        putc('i', out);
        write_little_endian(out, UINT32_MAX, 4); /* -1 */
    } else {
        write_integer(out, count);
    }
}

static void write_seconds(const struct writer *writer, uint64_t time)
{
    double seconds = writer->second > 0 ? (double)time / writer->second : 0;
    uint64_t bits;

    memcpy(&bits, &seconds, sizeof bits);
    putc('g', writer->out);
    write_little_endian(writer->out, bits, 8);
}

/* Whether four bytes are U+1FFFE, U+1FFFF, U+2FFFE and so on to U+10FFFF. */
static bool is_nonchar_of_plane(const unsigned char *data)
{
    return data[0] <= 0xf4 && (data[1] & 0x0f) == 0x0f && data[2] == 0xbf && data[3] >= 0xbe &&
           (data[0] > 0xf0 || data[1] > 0x8f) && (data[0] < 0xf4 || data[1] == 0x8f);
}

/* How many bytes of a string that are escaped make a character; 0 if they are no UTF-8. The
 * characters of two and three bytes that are escaped begin with one of four bytes, which begin none
 * but UTF-8. */
static size_t unsafe_character(hp_string string, size_t at)
{
    const unsigned char *data = (const unsigned char *)string.data;
    size_t size = data[at] < 0x80 ? 1 : data[at] < 0xe0 ? 2 : data[at] < 0xf0 ? 3 : 4;

    if (size > string.size - at ||
        ((size == 2 || size == 3) && !strchr("\xc2\xd8\xe2\xef", data[at])) ||
        (size == 4 && !is_nonchar_of_plane(data + at)))
        return 0;
    for (size_t i = at + 1; i < at + size; i++)
        if ((data[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

static bool write_string(FILE *out, hp_string string)
{
    char *escaped = hp_escaped(string), *text = malloc(4 * string.size + 1), *end = text;
    const char *at = escaped;
    size_t unsafe = 0;

    if (!escaped || !text) {
        free(escaped);
        free(text);
        return false;
    }
    for (size_t i = 0; i < string.size; i++) {
        unsigned char byte = (unsigned char)string.data[i];
        size_t taken = byte != '\\' && *at == '\\' ? 4 : 1;

        if (taken == 4 && unsafe == 0)
            unsafe = unsafe_character(string, i);
        if (taken == 4 && unsafe == 0) { /* U+DC00 and the byte */
            *end++ = '\xed';
            *end++ = (char)(byte < 0xc0 ? 0xb2 : 0xb3);
            *end++ = (char)(0x80 | (byte & 0x3f));
        } else {
            memcpy(end, at, taken);
            end += taken;
        }
        unsafe -= unsafe > 0;
        at += taken;
    }
    putc('t', out);
    write_little_endian(out, (uint64_t)(end - text), 4);
    fwrite(text, 1, (size_t)(end - text), out);
    free(escaped);
    free(text);
    return true;
}

static bool write_key(FILE *out, const hp_function *function, hp_string name)
{
    write_tuple(out, 3);
    if (!write_string(out, function->file))
        return false;
    write_integer(out, function->line);
    return write_string(out, name);
}

/* A key has no object: a function has another name if that makes two keys equal. */
static bool write_key_of(const struct writer *writer, hp_function_id id)
{
    const hp_function *function = hp_profile_function(writer->profile, id);
    char *plain = hp_escaped(function->name);
    bool same = plain && strcmp(plain, writer->names[id]) == 0, whole = plain != NULL;

    free(plain);
    return whole && write_key(writer->out, function,
                              same ? function->name : hp_string_of(writer->names[id]));
}

static uint64_t time_of(const struct writer *writer, const uint64_t *costs)
{
    return writer->second > 0 ? *costs : 0;
}

static bool write_callers(const struct writer *writer, hp_function_id id)
{
    const hp_profile *profile = writer->profile;
    const hp_function *function = hp_profile_function(profile, id);
    uint64_t self = time_of(writer, hp_profile_function_self(profile, id));
    double inclusive = (double)time_of(writer, hp_profile_function_inclusive(profile, id));
    uint64_t primitive = function->primitive;
    size_t i = writer->first[id], end = writer->first[id + 1];

    while (i < end) {
        hp_function_id caller = hp_profile_call(profile, writer->callers[i])->caller;
        uint64_t count = 0, time = 0, outermost;

        for (; i < end && hp_profile_call(profile, writer->callers[i])->caller == caller; i++) {
            size_t call = writer->callers[i];

            count = hp_add_counts(count, hp_profile_call(profile, call)->count);
            time = hp_add_counts(time, time_of(writer, hp_profile_call_inclusive(profile, call)));
        }
        if (count == 0 && time > 0)
            count = HP_UNKNOWN;
        outermost = caller == id ? 0 : count < primitive ? count : primitive;
        if (primitive != HP_UNKNOWN)
            primitive -= outermost;
        if (caller == writer->left)
            continue;
        if (!write_key_of(writer, caller))
            return false;
        if (!writer->numbers)
            write_tuple(writer->out, 4);
        write_count(writer->out, count);
        if (!writer->numbers) {
            double share = inclusive > 0 ? (double)self * ((double)time / inclusive) : 0;

            write_count(writer->out, outermost);
            /* A double may be larger than any 64-bit integer. */
            write_seconds(writer, share < (double)self ? (uint64_t)share : self);
            write_seconds(writer, time);
        }
    }
    return true;
}

static void write_facts(const struct writer *writer, uint64_t primitive, uint64_t calls,
                        uint64_t self, uint64_t inclusive)
{
    write_tuple(writer->out, 5);
    write_count(writer->out, primitive);
    write_count(writer->out, calls);
    write_seconds(writer, self);
    write_seconds(writer, inclusive);
}

static bool write_function(const struct writer *writer, hp_function_id id)
{
    const hp_profile *profile = writer->profile;
    const hp_function *function = hp_profile_function(profile, id);
    bool whole;

    if (!write_key_of(writer, id))
        return false;
    write_facts(writer, function->primitive, function->calls,
                time_of(writer, hp_profile_function_self(profile, id)),
                time_of(writer, hp_profile_function_inclusive(profile, id)));
    putc('{', writer->out);
    whole = write_callers(writer, id);
    putc('0', writer->out);
    return whole;
}

/* For an empty profile: pstats refuses an empty dict. */
static bool write_interpreter(const struct writer *writer)
{
    static const hp_function interpreter = {.name = {HP_INTERPRETER, sizeof HP_INTERPRETER - 1},
                                            .file = {"", 0}};

    if (!write_key(writer->out, &interpreter, interpreter.name))
        return false;
    write_facts(writer, 0, 0, 0, 0);
    fputs("{0", writer->out);
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

/* How many of the units of the first event a second has; 0 if these are not of time. */
static double second_of(const hp_profile *profile)
{
    const hp_event *event = hp_profile_event_count(profile) ? hp_profile_event(profile, 0) : NULL;
    unsigned digits = hp_profile_input_count(profile) && event && event->unit == HP_TICKS
                          ? hp_profile_input(profile, 0)->tick_digits
                          : 0;
    double second = 1e9;

    if (!event || (event->unit != HP_NANOSECONDS && digits == 0))
        return 0;
    for (; digits > 0; digits--)
        second /= 10;
    return second;
}

static hp_status write_pstats(const hp_profile *profile, const hp_report_options *options,
                              FILE *out, hp_error *error)
{
    size_t calls = hp_profile_call_count(profile), functions = hp_profile_function_count(profile);
    const hp_event *event = hp_profile_event_count(profile) ? hp_profile_event(profile, 0) : NULL;
    size_t *callers, *first;
    struct writer writer = {.profile = profile,
                            .out = out,
                            .second = second_of(profile),
                            .numbers = true,
                            .left = HP_NO_FUNCTION};
    bool whole;

    if (options->base)
        return hp_error_set(
            error, HP_UNRECOGNISED, 0,
            "--base: a pstats dump cannot hold differences; json and callgrind can");
    if (event && writer.second == 0 && strcmp(event->name, "Hits") != 0)
        return hp_error_set(error, HP_MISMATCH, 0,
                            "counts %s, and a pstats dump can hold times only", event->name);
    callers = malloc((calls + 1) * sizeof *callers);
    first = calloc(functions + 2, sizeof *first);
    writer.names = hp_key_names_new(profile, false);
    whole = callers && first && writer.names;
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
        whole = whole && write_interpreter(&writer);
    for (hp_function_id id = 0; id < functions && whole; id++)
        whole = id == writer.left || write_function(&writer, id);
    putc('0', out);
    free(callers);
    free(first);
    hp_told_apart_free(writer.names, functions);
    return whole ? HP_OK : hp_no_memory(error);
}

const hp_report hp_report_pstats = {
    .name = "pstats",
    .description = "a dump for Python's pstats, snakeviz, tuna and gprof2dot",
    .manual = "a dump for Python's module pstats and the programs that use it, such as snakeviz",
    .binary = true,
    .write = write_pstats,
    .files = ".pstats .prof",
};
