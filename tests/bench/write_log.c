// SPDX-License-Identifier: MIT
/* Writes hotshot logs of any size (log_records.h has their grammar), as of an imagined program. Its
 * functions run from their first line to their last, with loops. A line that calls a function
 * mostly calls the same one. narrow: 20 functions; wide: 1400 functions in 100 files, up to 3900
 * calls deep; deep: recursion to 900,000 frames and back. The same arguments give the same bytes.
 *
 * usage: write_log narrow|wide|deep calls|lines|linetimes|ticks MEGABYTES FILE
 *        write_log flood functions|lines|calls|names MEGABYTES FILE
 *
 * calls: no lines; lines: lines without times; linetimes: lines with times; ticks: lines with times
 * by a clock of Windows. A flood is not of a program: it has as many different things as fit. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct program {
    unsigned files, functions, depth;
    unsigned calling; /* the percentage of lines that call a function */
};

struct frame {
    unsigned function, line; /* line: from 1 on, within the function */
};

static FILE *out;
static uint64_t written;
static uint64_t state = 1;

static uint32_t any(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 32) * below >> 32);
}

static void put(unsigned byte)
{
    putc((int)byte, out);
    written++;
}

static void put_packed(uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        put((value & 0x7f) | 0x80);
    put((unsigned)value);
}

static void put_typed(unsigned type, uint64_t value)
{
    unsigned first = (unsigned)(value & 0x1f) << 2 | type;

    put(value > 0x1f ? first | 0x80 : first);
    if (value > 0x1f)
        put_packed(value >> 5);
}

static void put_string(const char *text)
{
    put_packed(strlen(text));
    for (; *text; text++)
        put((unsigned char)*text);
}

static void put_info(const char *key, const char *value)
{
    put(0x13);
    put_string(key);
    put_string(value);
}

static unsigned file_of(const struct program *program, unsigned function)
{
    return function % program->files;
}

static unsigned first_line(const struct program *program, unsigned function)
{
    return 40 + function / program->files * 25;
}

static void put_header(const struct program *program, bool lines, bool line_times, bool ticks)
{
    char name[32];

    put_info("hotshot-version", "");
    put_info("requested-frame-timings", "yes");
    put_info("requested-line-events", lines ? "yes" : "no");
    put_info("requested-line-timings", line_times ? "yes" : "no");
    put_info("platform", ticks ? "win32" : "linux2");
    if (ticks)
        put_info("reported-performance-frequency", "3579545");
    put_info("current-directory", "/home/user/app");
    put(0x53);
    put(1);
    put(0x33);
    put(line_times);
    for (unsigned i = 0; i < program->files; i++) {
        put(0x23);
        put_packed(i);
        snprintf(name, sizeof name, "package/module%u.py", i);
        put_string(name);
    }
    for (unsigned i = 0; i < program->functions; i++) {
        put(0x43);
        put_packed(file_of(program, i));
        put_packed(first_line(program, i));
        snprintf(name, sizeof name, "function%u", i);
        put_string(name);
    }
}

/* Mostly a few microseconds, sometimes many: a system call, a page fault. */
static uint64_t some_time(void)
{
    uint32_t kind = any(1000);

    return kind < 985 ? any(4) : kind < 998 ? any(300) : any(60000);
}

static void put_time(bool ticks)
{
    put_packed(some_time() * (ticks ? 4 : 1));
}

static uint32_t mixed(uint32_t a, uint32_t b)
{
    uint32_t hash = a * 0x9e3779b1u ^ b * 0x85ebca6bu;

    hash ^= hash >> 15;
    hash *= 0x2c1b3c6du;
    return hash ^ hash >> 13;
}

/* The function that a line calls; the line's own function if it calls none. */
static unsigned callee_of(const struct program *program, struct frame at)
{
    uint32_t hash = mixed(at.function, at.line);

    if (hash % 100 >= program->calling)
        return at.function;
    return (hash / 100 + (any(10) ? 0 : any(3))) % program->functions;
}

static unsigned length_of(unsigned function)
{
    return 4 + mixed(function, 0) % 16;
}

static void put_enter(unsigned file, uint64_t line, uint64_t time)
{
    put_typed(0, file);
    put_packed(line);
    put_packed(time);
}

static void put_flood(const char *things, uint64_t size)
{
    char name[16];

    put_info("hotshot-version", "");
    put(0x33);
    put(1);
    for (unsigned i = 0; i < 32; i++) {
        put(0x23);
        put_packed(i);
        snprintf(name, sizeof name, "%u", i);
        put_string(name);
    }
    for (uint64_t i = 0; written < size; i++)
        switch (*things) {
        case 'f':
            put_enter(0, i, 1);
            put_typed(1, 1);
            break;
        case 'l':
            put_typed(2, i);
            put_packed(1);
            break;
        case 'c': /* from each of 4096 functions to each */
            if (i % 4096 == 0) {
                put_typed(1, 1);
                put_enter(i / 4096 % 32, i / 131072 % 128, 1);
            }
            put_enter(i % 32, i / 32 % 128, 1);
            put_typed(1, 1);
            break;
        default:
            put(0x43);
            put(0);
            put(1);
            snprintf(name, sizeof name, "%" PRIu64, i);
            put_string(name);
            put_enter(0, 1, 1);
            put_typed(1, 1);
        }
}

int main(int argc, char **argv)
{
    static const struct program programs[] = {
        {3, 20, 12, 18}, {100, 1400, 3900, 12}, {3, 20, 900000, 60}};
    static struct frame stack[1000000];

    if (argc != 5 || !(out = fopen(argv[4], "wb"))) {
        fprintf(stderr,
                "usage: write_log narrow|wide|deep calls|lines|linetimes|ticks MEGABYTES "
                "FILE\n       write_log flood functions|lines|calls|names MEGABYTES FILE\n");
        return 2;
    }

    const struct program *program = &programs[*argv[1] == 'n' ? 0 : *argv[1] == 'w' ? 1 : 2];
    bool ticks = strcmp(argv[2], "ticks") == 0;
    bool lines = strcmp(argv[2], "calls") != 0;
    bool line_times = ticks || strcmp(argv[2], "linetimes") == 0;
    uint64_t size = strtoull(argv[3], NULL, 10) * 1000000;
    unsigned depth = 0;

    if (*argv[1] == 'f') {
        put_flood(argv[2], size);
        return fclose(out) == 0 ? 0 : 1;
    }

    bool rising = true; /* with recursion to the limit, until it is reached */

    put_header(program, lines, line_times, ticks);
    while (written < size || depth > 0) {
        struct frame *frame = depth ? &stack[depth - 1] : NULL;
        unsigned callee = frame ? callee_of(program, *frame) : any(5);
        bool falling = depth == program->depth || written >= size;

        rising = depth == 0 || (rising && !falling);
        if (frame && ++frame->line > length_of(frame->function)) {
            put_typed(1, some_time() * (ticks ? 4 : 1));
            depth--;
            continue;
        }
        if (frame && frame->line > 2 && any(100) < 25)
            frame->line -= any(2) + 1;
        if (frame && lines) {
            put_typed(2, first_line(program, frame->function) + frame->line);
            if (line_times)
                put_time(ticks);
        }
        if (falling || (frame && callee == frame->function) || (program->depth > 100000 && !rising))
            continue;
        put_typed(0, file_of(program, callee));
        put_packed(first_line(program, callee));
        put_time(ticks);
        stack[depth++] = (struct frame){callee, 0};
    }
    return fclose(out) == 0 ? 0 : 1;
}
