// SPDX-License-Identifier: MIT
/* The profile for KCachegrind and callgrind_annotate, in the format of
 * https://valgrind.org/docs/manual/cl-format.html, and the form in which partial results are kept
 * and merged. What the format cannot say stands in comment lines, which both programs skip:
 *
 *     # hotprof: events=N unmatched-exits=N open-frames=N      in the header, sums of all inputs
 *     # hotprof: line=N calls=N primitive=N inclusive=N,N...   behind fn=, of that function
 *     # hotprof: name=NAME        its name, if fn= is another, with \xnn for bytes
 *     # hotprof: file=FILE        likewise, if fl= is another
 *     # hotprof: recorded-file=FILE       if it is not the file */
#include "escape.h"
#include "reports.h"
#include "unique_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    const hp_profile *profile;
    FILE *out;
    size_t events;
    char **files; /* of each function, escaped */
    char **names; /* of each function, told apart */
    uint32_t *file_ids;
    bool *file_told, *function_told;
};

static void write_costs(const struct writer *writer, uint64_t line, const uint64_t *costs)
{
    fprintf(writer->out, "%" PRIu64, line < UINT32_MAX ? line : UINT32_MAX);
    for (size_t e = 0; e < writer->events; e++)
        fprintf(writer->out, " %" PRIu64, costs[e]);
    putc('\n', writer->out);
}

/* The first time a number comes, its name follows: a raw name could be taken for a number. */
static void write_function_name(struct writer *writer, const char *file_tag, const char *tag,
                                hp_function_id id)
{
    uint32_t file = writer->file_ids[id];

    fprintf(writer->out, "%s=(%" PRIu32 ")", file_tag, file + 1);
    if (!writer->file_told[file])
        fprintf(writer->out, " %s", *writer->files[id] ? writer->files[id] : "???");
    fprintf(writer->out, "\n%s=(%" PRIu32 ")", tag, id + 1);
    if (!writer->function_told[id])
        fprintf(writer->out, " %s", writer->names[id]);
    putc('\n', writer->out);
    writer->file_told[file] = writer->function_told[id] = true;
}

/* A string from which the bytes can be had back: the backslash is escaped, too. */
static void write_exact(const struct writer *writer, const char *tag, hp_string string)
{
    fprintf(writer->out, "# hotprof: %s=", tag);
    for (size_t i = 0; i < string.size; i++) {
        unsigned char byte = (unsigned char)string.data[i];

        if (byte < 0x20 || byte >= 0x7f || byte == '\\')
            fprintf(writer->out, "\\x%02x", byte);
        else
            putc(byte, writer->out);
    }
    putc('\n', writer->out);
}

static bool equal(hp_string string, const char *text)
{
    return string.size == strlen(text) && memcmp(string.data, text, string.size) == 0;
}

static void write_function_facts(const struct writer *writer, hp_function_id id)
{
    const hp_function *function = hp_profile_function(writer->profile, id);
    const uint64_t *inclusive = hp_profile_function_inclusive(writer->profile, id);

    fprintf(writer->out,
            "# hotprof: line=%" PRIu64 " calls=%" PRIu64 " primitive=%" PRIu64 " inclusive=",
            function->line, function->calls, function->primitive);
    for (size_t e = 0; e < writer->events; e++)
        fprintf(writer->out, "%s%" PRIu64, e ? "," : "", inclusive[e]);
    putc('\n', writer->out);
    if (!equal(function->name, writer->names[id]))
        write_exact(writer, "name", function->name);
    if (!equal(function->file, writer->files[id]))
        write_exact(writer, "file", function->file);
    if (function->recorded_file.data != function->file.data)
        write_exact(writer, "recorded-file", function->recorded_file);
}

static void write_call(struct writer *writer, size_t index)
{
    const hp_call *call = hp_profile_call(writer->profile, index);
    uint64_t line = hp_profile_function(writer->profile, call->callee)->line;

    write_function_name(writer, "cfi", "cfn", call->callee);
    fprintf(writer->out, "calls=%" PRIu64 " %" PRIu64 "\n", call->count,
            line < UINT32_MAX ? line : UINT32_MAX);
    write_costs(writer, call->line, hp_profile_call_inclusive(writer->profile, index));
}

static void write_function(struct writer *writer, hp_function_id id)
{
    const hp_profile *profile = writer->profile;
    size_t line, call, lines_end, calls_end;

    putc('\n', writer->out);
    write_function_name(writer, "fl", "fn", id);
    write_function_facts(writer, id);
    lines_end = hp_profile_lines_of(profile, id, &line);
    lines_end += line;
    calls_end = hp_profile_calls_from(profile, id, &call);
    calls_end += call;
    while (line < lines_end || call < calls_end) {
        bool self = call == calls_end ||
                    (line < lines_end &&
                     hp_profile_line(profile, line)->line <= hp_profile_call(profile, call)->line);

        if (self) {
            write_costs(writer, hp_profile_line(profile, line)->line,
                        hp_profile_line_self(profile, line));
            line++;
        } else {
            write_call(writer, call++);
        }
    }
}

static void write_header(const struct writer *writer)
{
    const hp_profile *profile = writer->profile;
    uint64_t events = 0, unmatched = 0, open = 0;

    for (size_t i = 0; i < hp_profile_input_count(profile); i++) {
        const hp_input *input = hp_profile_input(profile, i);

        events += input->events;
        unmatched += input->unmatched_exits;
        open += input->open_frames;
    }
    fprintf(writer->out,
            "# callgrind format\n"
            "version: 1\n"
            "creator: hotreport %s\n"
            "cmd: Python profile\n"
            "positions: line\n"
            "# hotprof: events=%" PRIu64 " unmatched-exits=%" PRIu64 " open-frames=%" PRIu64 "\n",
            hp_version(), events, unmatched, open);
    for (size_t e = 0; e < writer->events; e++) {
        const hp_event *event = hp_profile_event(profile, e);
        const char *unit = event->unit == HP_NANOSECONDS ? " (ns)" : "";

        fprintf(writer->out, "event: %s : %s%s\n", event->name, event->name, unit);
    }
    fputs("events:", writer->out);
    for (size_t e = 0; e < writer->events; e++)
        fprintf(writer->out, " %s", hp_profile_event(profile, e)->name);
    fputs(writer->events ? "\n" : " Time\n", writer->out);
}

static void write_totals(const struct writer *writer)
{
    fputs("\ntotals:", writer->out);
    for (size_t e = 0; e < writer->events; e++)
        fprintf(writer->out, " %" PRIu64, hp_profile_total(writer->profile)[e]);
    fputs(writer->events ? "\n" : " 0\n", writer->out);
}

struct named_file {
    const char *data; /* equal names of a profile have one address */
    hp_function_id function;
};

static int compare_files(const void *a, const void *b)
{
    const struct named_file *one = a, *two = b;
    uintptr_t first = (uintptr_t)one->data, second = (uintptr_t)two->data;

    if (first != second)
        return first < second ? -1 : 1;
    return (one->function > two->function) - (one->function < two->function);
}

/* Numbers the files: each has the number of the first function in it. */
static bool number_files(struct writer *writer, size_t count)
{
    struct named_file *files = malloc((count + 1) * sizeof *files);

    if (!files)
        return false;
    for (hp_function_id i = 0; i < count; i++)
        files[i] = (struct named_file){hp_profile_function(writer->profile, i)->file.data, i};
    qsort(files, count, sizeof *files, compare_files);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (files[i].data != files[first].data)
            first = i;
        writer->file_ids[files[i].function] = files[first].function;
    }
    free(files);
    return true;
}

static hp_status write_callgrind(const hp_profile *profile, const hp_report_options *options,
                                 FILE *out, hp_error *error)
{
    size_t count = hp_profile_function_count(profile);
    struct writer writer = {
        .profile = profile,
        .out = out,
        .events = hp_profile_event_count(profile),
        .files = calloc(count + 1, sizeof *writer.files),
        .file_ids = calloc(count + 1, sizeof *writer.file_ids),
        .file_told = calloc(count + 1, sizeof *writer.file_told),
        .function_told = calloc(count + 1, sizeof *writer.function_told),
    };
    bool whole = writer.files && writer.file_ids && writer.file_told && writer.function_told;

    (void)options;
    for (hp_function_id i = 0; i < count && whole; i++)
        whole = (writer.files[i] = hp_escaped(hp_profile_function(profile, i)->file)) != NULL;
    whole = whole && number_files(&writer, count) &&
            (writer.names = hp_unique_names_new(profile, writer.files)) != NULL;
    if (whole) {
        write_header(&writer);
        for (hp_function_id i = 0; i < count; i++)
            write_function(&writer, i);
        write_totals(&writer);
    }
    for (size_t i = 0; writer.files && i < count; i++)
        free(writer.files[i]);
    free(writer.files);
    free(writer.file_ids);
    free(writer.file_told);
    free(writer.function_told);
    hp_unique_names_free(profile, writer.names);
    return whole ? HP_OK : hp_error_set(error, HP_NO_MEMORY, 0, "out of memory");
}

const hp_report hp_report_callgrind = {
    .name = "callgrind",
    .description = "for KCachegrind and callgrind_annotate",
    .write = write_callgrind,
};
