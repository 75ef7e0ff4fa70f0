// SPDX-License-Identifier: MIT
/* Folded stacks: one stack a line, from the root to the innermost frame, and what it weighs.
 *
 *     file  = { line newline }
 *     line  = frame { ";" frame } " " NUMBER
 *           | ( "#" | "//" ) TEXT             a comment; behind "//" no number ends it
 *           | ""
 *
 * flamegraph.pl is said to read it, and all profilers write it, each in a manner of its own:
 *
 * | writer                    | frame                      | its line | number                   |
 * |---------------------------|----------------------------|----------|--------------------------|
 * | py-spy --format raw       | name (file:line)           | current  | samples                  |
 * | Austin 3                  | path:name:line             | current  | microseconds, bytes,     |
 * |                           |                            |          | or both                  |
 * | Austin 1 and 2            | name (path);L12            | current  | the same                 |
 * | profiling.sampling (3.15) | file:name:line             | current  | samples                  |
 * | perf, FlameGraph, rbspy   | symbol, "name - path:line" |          | counts                   |
 * | hotreport                 | name (file:line)           | first    | as its comments say      |
 *
 * The number is what stands behind the last blank. Names may contain all that separates parts of a
 * line: what is ambiguous is taken as the table says, from the right.
 *
 * Frames of processes and threads in front of a stack are left out, unless they are asked for. So
 * are frames called <native>, which stand for code that is not Python: they become part of their
 * callers.
 *
 * A line without a number is an error, and reading goes on behind it. */
#include "folded/folded_frames.h"
#include "folded/folded_ours.h"
#include "folded/folded_weights.h"
#include "input/reader.h"
#include "input/scan.h"
#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>

enum { STRETCH = 1 << 20 };

typedef struct folded_reader {
    hp_profile *profile;
    hp_input *input;
    hp_scan scan;
    hp_error problem; /* of the line; the input's is the first one */
    hp_error *error;
    hp_samples samples;
    hp_folded_table table;
    hp_folded_ours ours;
    hp_folded_oddities oddities;

    /* The last stack, from which the next ones often differ little. */
    hp_string stack;
    struct step {
        size_t end;   /* of the frame, in the text of the stack */
        size_t depth; /* how many frames of the samples it and those before it are */
    } * steps;
    size_t step_count, step_capacity;
    hp_frame *frames; /* new ones */
    size_t frame_capacity;
} folded_reader;

/* --- Stacks --------------------------------------------------------------------------------- */

/* How many bytes two texts have in common at their beginning. */
static size_t common_size(hp_string a, hp_string b)
{
    size_t most = a.size < b.size ? a.size : b.size, at = 0;

    for (; at + 8 <= most && memcmp(a.data + at, b.data + at, 8) == 0; at += 8)
        ;
    while (at < most && a.data[at] == b.data[at])
        at++;
    return at;
}

/* How many frames of the last stack this one begins with. */
static size_t common_steps(const folded_reader *reader, hp_string stack)
{
    size_t common = common_size(reader->stack, stack), low = 0, high = reader->step_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (reader->steps[middle].end <= common)
            low = middle + 1;
        else
            high = middle;
    }
    if (low && reader->steps[low - 1].end == common && common < stack.size &&
        stack.data[common] != ';')
        low--;
    /* The line of the last frame may be new. */
    return low && reader->table.style.frames == HP_FOLDED_LINES_APART ? low - 1 : low;
}

/* The length of the frame that begins there. */
static size_t frame_size(const folded_reader *reader, hp_string stack, size_t start)
{
    const char *at = stack.data + start, *end = stack.data + stack.size;
    const char *separator = memchr(at, ';', (size_t)(end - at));

    if (separator && reader->table.style.frames == HP_FOLDED_LINES_APART) {
        const char *next = memchr(separator + 1, ';', (size_t)(end - separator - 1));

        next = next ? next : end;
        if (hp_folded_is_line((hp_string){separator + 1, (size_t)(next - separator - 1)}))
            separator = next;
    }
    return (size_t)((separator ? separator : end) - at);
}

/* Reads the frames that the last stack does not have. */
static bool read_frames(folded_reader *reader, hp_string stack, size_t *kept, size_t *count)
{
    size_t common = common_steps(reader, stack), at = 0;

    reader->step_count = common;
    *kept = common ? reader->steps[common - 1].depth : 0;
    *count = 0;
    if (common)
        at = reader->steps[common - 1].end + 1;
    while (common ? at <= stack.size : stack.size && at <= stack.size) {
        hp_string text = {stack.data + at, frame_size(reader, stack, at)};
        hp_folded_root root =
            *kept + *count == 0 || reader->table.threads
                ? hp_folded_root_of(reader->table.style.roots, text, reader->step_count)
                : HP_FOLDED_FRAME;
        hp_frame frame;

        if (hp_samples_check_depth(&reader->samples, reader->step_count, reader->scan.error) !=
            HP_OK)
            return false;
        if (!hp_array_reserve(&reader->steps, &reader->step_capacity, reader->step_count + 1,
                              sizeof *reader->steps) ||
            !hp_array_reserve(&reader->frames, &reader->frame_capacity, *count + 1,
                              sizeof *reader->frames))
            return hp_scan_no_memory(&reader->scan);
        if (!hp_folded_find_frame(&reader->table, text, root, &frame))
            return false;
        if (frame != HP_FOLDED_LEFT_OUT)
            reader->frames[(*count)++] = frame;
        at += text.size;
        reader->steps[reader->step_count++] = (struct step){at, *kept + *count};
        at++;
    }
    reader->stack = stack;
    return true;
}

static bool read_stack(folded_reader *reader, hp_string line)
{
    const hp_folded_style *style = &reader->table.style;
    hp_string stack = line, numbers[3];
    uint64_t costs[HP_FOLDED_EVENTS_MAX] = {0}, any = 0;
    size_t kept, count;

    if (!hp_folded_take_numbers(&stack, style->numbers, numbers))
        return hp_scan_corrupt(&reader->scan, line.data,
                               style->numbers == 1 ? "a stack and a number"
                                                   : "a stack and its numbers");
    if (!hp_folded_costs(style, numbers, costs, &reader->oddities))
        return hp_scan_corrupt(&reader->scan, numbers[0].data, "a number that fits into 64 bits");
    for (size_t e = 0; e < reader->profile->event_count; e++)
        any |= costs[e];
    if (!any)
        return true;
    if (!read_frames(reader, stack, &kept, &count))
        return false;
    return hp_samples_add(&reader->samples, kept, reader->frames, count, costs,
                          reader->scan.error) == HP_OK;
}

/* --- The file ------------------------------------------------------------------------------- */

/* "# mode: wall" and the like of Austin are kept as infos. */
static bool read_info(folded_reader *reader, hp_string line)
{
    hp_string key;
    uint64_t interval;

    if (reader->table.style.roots != HP_FOLDED_AUSTIN || !HP_TAKE(&line, "# ") ||
        !hp_take_until(&line, ':', &key))
        return true;
    line = hp_trimmed(line);
    if (HP_IS(key, "interval") && line.size && line.size < 16) {
        const char *at = line.data;

        if (hp_take_number(&at, &interval))
            reader->input->interval = 1000 * interval;
    }
    return hp_profile_add_info(reader->profile, key, line, reader->scan.error) == HP_OK;
}

static bool read_line(folded_reader *reader, hp_string line)
{
    bool ours = reader->table.style.weights == HP_FOLDED_OURS;

    if (!hp_folded_is_comment(line, ours))
        return read_stack(reader, line);
    return ours ? hp_folded_read_comment(&reader->ours, &reader->table, line)
                : read_info(reader, line);
}

/* Keeps the first problem. Returns whether reading can go on behind it. */
static bool keep_problem(folded_reader *reader)
{
    bool damaged = reader->problem.status == HP_CORRUPT;

    if (reader->error->status == HP_OK || !damaged)
        *reader->error = reader->problem;
    hp_error_clear(&reader->problem);
    return damaged;
}

static bool read_lines(folded_reader *reader, const char *at, const hp_load_options *options)
{
    const hp_scan *scan = &reader->scan;
    const char *stretch = at;

    while (at < scan->end) {
        if (at >= stretch) {
            stretch = (size_t)(scan->end - at) > STRETCH ? at + STRETCH : scan->end;
            if (options->progress &&
                !options->progress(options->progress_context, (uint64_t)(at - scan->data),
                                   (uint64_t)(scan->end - scan->data))) {
                hp_error_set(&reader->problem, HP_CANCELLED, 0, "cancelled");
                return keep_problem(reader);
            }
        }
        if (!read_line(reader, hp_take_line(&at, scan->end)) && !keep_problem(reader))
            return false;
    }
    return true;
}

static bool start(folded_reader *reader, const hp_load_options *options)
{
    hp_event events[HP_FOLDED_EVENTS_MAX];
    size_t row_limit = hp_samples_row_limit((size_t)(reader->scan.end - reader->scan.data));
    size_t count = hp_folded_events(reader->table.style.weights, events);

    reader->input->stacks = options->stacks;
    if (count == 0) { /* our own comment starts the samples */
        reader->samples = (hp_samples){
            .profile = reader->profile, .stacks = options->stacks, .row_limit = row_limit};
        return true;
    }
    reader->input->sampled = true;
    return hp_profile_set_events(reader->profile, events, count, reader->error) == HP_OK &&
           hp_samples_start(&reader->samples, reader->profile, options->stacks, row_limit,
                            reader->error) == HP_OK;
}

/* Where the whole lines end. */
static const char *end_of_lines(const folded_reader *reader, const char *data, size_t size)
{
    while (reader->table.style.newline_ended && size && data[size - 1] != '\n')
        size--;
    return data + size;
}

static hp_status read_folded(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                             const hp_load_options *options, hp_error *error)
{
    const char *text = (const char *)data;
    folded_reader reader = {.profile = profile, .input = input, .error = error};
    size_t start_at = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    reader.scan = (hp_scan){text, text + size, &reader.problem};
    reader.table = (hp_folded_table){.samples = &reader.samples,
                                     .input = input,
                                     .native = options->native,
                                     .threads = options->threads_apart,
                                     .error = &reader.problem};
    (void)hp_folded_find_style(text, size < HP_HEAD_SIZE ? size : HP_HEAD_SIZE,
                               &reader.table.style);
    reader.scan.end = end_of_lines(&reader, text, size);
    if (start(&reader, options) && read_lines(&reader, text + start_at, options)) {
        if (reader.scan.end < text + size)
            hp_error_set(error, HP_TRUNCATED, size,
                         "offset %zu: expected a newline, found the end of the file", size);
        else if (reader.table.style.weights == HP_FOLDED_OURS && !reader.ours.ended)
            hp_error_set(error, HP_TRUNCATED, size,
                         "offset %zu: expected the total of the stacks, found the end of the file",
                         size);
    }
    if (reader.samples.profile) {
        hp_error_clear(&reader.problem);
        if (hp_samples_finish(&reader.samples, &reader.problem) != HP_OK)
            *error = reader.problem;
    }
    input->impossible_numbers = reader.oddities.impossible;
    input->rounded_numbers = reader.oddities.rounded;
    hp_samples_free(&reader.samples);
    hp_folded_table_free(&reader.table);
    free(reader.steps);
    free(reader.frames);
    return error->status;
}

static bool recognise(const uint8_t *head, size_t size)
{
    hp_folded_style style;

    return hp_folded_find_style((const char *)head, size, &style);
}

const hp_reader hp_reader_folded = {
    .format = {"folded", "folded stacks (py-spy, Austin, Tachyon, perf, FlameGraph)",
               .stacks = true},
    .manual = "one call stack a line, as \"py-spy record --format raw\", \"austin\", \"python3 -m "
              "profiling.sampling run --collapsed\" and the programs of FlameGraph write them, and "
              "the report \"folded\"",
    .mime = {.type = "text/x-folded-stacks",
             .comment = "Folded call stacks",
             .pattern = "*.folded",
             .priority = "50",
             .magic = {HP_LITERAL("# austin: "), HP_LITERAL("# hotprof: folded;")}},
    .recognise = recognise,
    .read = read_folded,
};
