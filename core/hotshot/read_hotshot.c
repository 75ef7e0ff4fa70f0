// SPDX-License-Identifier: MIT
/* Reads the log of Python 2's module hotshot: its events from the first to the last, on one thread.
 */
#include "hotshot/read_hotshot.h"
#include "input/path.h"
#include "input/reader.h"
#include "model/array.h"
#include "model/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "\x13\x0fhotshot-version";

static bool recognise(const uint8_t *head, size_t size)
{
    return size >= sizeof magic - 1 && memcmp(head, magic, sizeof magic - 1) == 0;
}

/* --- Coverage logs ------------------------------------------------------------------------ */

/* A log of _hotshot.coverage() says in its header that frames are timed and lines not recorded,
 * while the opposite is true. It is one if, read as one up to the end or the cut, it makes sense:
 * no EXIT has a time, every ENTER names a function, and there are lines, none of them before the
 * first line of its function. */
static bool is_coverage(const uint8_t *data, size_t size)
{
    hp_error error = {0};
    struct hp_decoder decoder = hp_decoder_start(data, size, true, &error);
    struct hp_names names = {0};
    struct hp_record record;
    uint64_t *first_lines = NULL;
    size_t depth = 0, capacity = 0, start = 0;
    bool header = true, no_lines = false, lines = false, sound = true;

    for (; sound && hp_decode(&decoder, &record); start = decoder.cursor.offset) {
        header = header && record.type > LINENO;
        switch (record.type) {
        case ADD_INFO:
            if (header && HP_IS(record.key, "requested-line-events"))
                no_lines = HP_IS(record.value, "no");
            break;
        case DEFINE_FILE:
            sound = hp_define_file(&names, &record);
            break;
        case DEFINE_FUNC:
            sound = hp_define_function(&names, &record);
            break;
        case ENTER: {
            const struct hp_site *site = hp_find_site(&names, record.file, record.line);

            sound = no_lines && hp_find_file(&names, record.file) && site && site->defined &&
                    depth < HP_FRAMES_MAX &&
                    hp_array_reserve(&first_lines, &capacity, depth + 1, sizeof *first_lines);
            if (sound)
                first_lines[depth++] = record.line;
            break;
        }
        case EXIT:
            sound = no_lines && record.time == 0 && decoder.cursor.offset - start == 1;
            depth -= depth > 0;
            break;
        case LINENO:
            sound = no_lines && (depth == 0 || record.line >= first_lines[depth - 1]);
            lines = true;
            break;
        }
    }
    hp_names_free(&names);
    free(first_lines);
    return sound && lines && error.status != HP_CORRUPT;
}

hp_status hp_read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      struct hp_halves halves, const hp_load_options *options, hp_error *error)
{
    struct hp_log_reader reader = {
        .hooks = &hp_log_from_start, .profile = profile, .input = input, .error = error};
    hp_stacks stacks = {.count = 0};
    hp_status status = HP_NO_MEMORY;
    hp_function_id bottom;

    input->coverage = is_coverage(data, size);
    reader.decoder = hp_decoder_start(data, size, input->coverage, error);
    reader.memory_limit = ((size_t)1 << 24) + (size > SIZE_MAX / 64 ? SIZE_MAX / 2 : size * 26);
    reader.recent = malloc(HP_RECENT_CALLS * sizeof *reader.recent);
    if (options->stacks)
        reader.stacks = &stacks;
    if (hp_profile_add_interpreter(profile, &bottom, NULL) != HP_OK ||
        !hp_trace_init(&reader.trace, 0, HP_TABLE_LINES(size)) || !reader.recent ||
        (reader.stacks && !hp_stacks_init(&stacks)))
        hp_no_memory(error);
    else
        status = hp_read_in_halves(&reader, halves, options);
    hp_names_free(&reader.names);
    free(reader.recent);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        bool timed = reader.started ? reader.timed : reader.decoder.frames_timed;
        hp_error failed = {0};
        uint64_t scale;

        if (!reader.started)
            hp_start_clock(&reader.clock);
        input->events = hp_trace_events(&reader.trace) - reader.left_open + input->unmatched_exits;
        input->open_frames = hp_trace_depth(&reader.trace) + reader.left_open;
        scale = reader.clock.frequency ? 1 : reader.clock.scale;
        if (hp_trace_finish(&reader.trace, profile, timed, reader.clock.unit, scale, &failed) !=
                HP_OK ||
            (reader.stacks &&
             hp_stacks_finish(&stacks, profile, timed, scale, reader.trace.state.clock,
                              reader.trace.state.hits, &failed) != HP_OK))
            *error = failed;
        input->stacks = options->stacks;
        status = error->status;
    }
    hp_trace_free(&reader.trace);
    hp_stacks_free(&stacks);
    return status;
}

/* So large is a log that two threads read. */
enum { PARTED_MIN = 8000000, HEADER_MAX = 65536 };

static hp_status read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                          const hp_load_options *options, hp_error *error)
{
    struct hp_halves halves = {0, 0};

    if (options->threads > 1 && size >= PARTED_MIN)
        halves = (struct hp_halves){HEADER_MAX, size / 2};
    return hp_read_log(profile, input, data, size, halves, options, error);
}

const hp_reader hp_reader_hotshot = {
    .format = {"hotshot", "hotshot log (Python 2.2 to 2.7)", .stacks = true},
    .manual = "a log of the module hotshot, Python 2.2 to 2.7. If it was made with "
              "\"lineevents=1\", it has the cost of each line",
    .mime = {.type = "application/x-python-hotshot",
             .comment = "Python hotshot profile",
             .pattern = "*.prof",
             .priority = "80",
             .magic = {HP_LITERAL("\x13\x0fhotshot-version")}},
    .recognise = recognise,
    .read = read_log,
};
