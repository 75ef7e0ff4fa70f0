// SPDX-License-Identifier: MIT
/* The format of the logs of Python 2's module hotshot. */
#include "hotshot/read_hotshot.h"
#include "hotshot/log_coverage.h"
#include "input/reader.h"
#include "model/text.h"

#include <stdlib.h>

#define MAGIC "\x13\x0fhotshot-version"

static bool recognise(const uint8_t *head, size_t size)
{
    return size >= sizeof MAGIC - 1 && memcmp(head, MAGIC, sizeof MAGIC - 1) == 0;
}

/* Adds what was read to the profile. */
static hp_status finish(struct hp_log_reader *reader, hp_error *error)
{
    bool timed = reader->started ? reader->timed : reader->decoder.frames_timed;
    struct hp_log_clock *clock = &reader->clock;
    hp_trace *trace = &reader->trace;
    hp_input *input = reader->input;
    hp_status status;

    if (!reader->started)
        hp_log_clock_start(clock);
    input->events = hp_trace_events(trace) + input->unmatched_exits;
    input->open_frames = hp_trace_depth(trace);
    input->stacks = reader->stacks;
    status = hp_trace_finish(trace, reader->profile, timed, clock->unit, clock->scale, error);
    if (status == HP_OK && reader->stacks)
        status = hp_stacks_finish(reader->stacks, reader->profile, timed, clock->scale,
                                  trace->state.clock, trace->state.hits, error);
    return status;
}

hp_status hp_read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      struct hp_log_parting parting, const hp_load_options *options,
                      hp_error *error)
{
    struct hp_log_reader reader = {
        .hooks = &hp_log_from_start, .profile = profile, .input = input, .error = error};
    hp_stacks stacks = {.count = 0};
    hp_status status = HP_NO_MEMORY;
    hp_function_id bottom;

    input->coverage = hp_log_is_coverage(data, size);
    reader.decoder = hp_log_decoder_start(data, size, input->coverage, error);
    reader.memory_limit = ((size_t)1 << 24) + (size > SIZE_MAX / 64 ? SIZE_MAX / 2 : size * 26);
    reader.recent = malloc(HP_RECENT_CALLS * sizeof *reader.recent);
    if (options->stacks)
        reader.stacks = &stacks;
    if (hp_profile_add_interpreter(profile, &bottom, NULL) != HP_OK ||
        !hp_trace_init(&reader.trace, 0, HP_TABLE_LINES(size)) || !reader.recent ||
        (reader.stacks && !hp_stacks_init(&stacks)))
        hp_no_memory(error);
    else
        status = hp_log_read_in_parts(&reader, parting, options);
    hp_log_names_free(&reader.names);
    free(reader.recent);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        hp_error failed = {0};

        if (finish(&reader, &failed) != HP_OK) {
            *error = failed;
            status = failed.status;
        }
    }
    hp_trace_free(&reader.trace);
    hp_stacks_free(&stacks);
    return status;
}

/* The size of the smallest parts that other threads read, and how much of the log the first one
 * reads before they start: the header, or most of it. */
enum { PART_MIN = 4000000, HEADER_MAX = 65536 };

static hp_status read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                          const hp_load_options *options, hp_error *error)
{
    struct hp_log_parting parting = {.header = HEADER_MAX, .parts = options->threads};

    if (parting.parts > HP_LOG_PARTS_MAX)
        parting.parts = HP_LOG_PARTS_MAX;
    if (parting.parts > size / PART_MIN)
        parting.parts = (unsigned)(size / PART_MIN);
    if (parting.parts > 1)
        parting.size = size / parting.parts;
    return hp_read_log(profile, input, data, size, parting, options, error);
}

const hp_reader hp_reader_hotshot = {
    .format = {"hotshot", "hotshot log (Python 2 and 3)", .stacks = true},
    .manual = "a log of the module hotshot, which hotshot(1) has for Python 3, and Python 2.2 to "
              "2.7 had. If it was made with \"lineevents=1\", it has the cost of each line",
    .mime = {.type = "application/x-python-hotshot",
             .comment = "Python hotshot profile",
             .pattern = "*.prof",
             .priority = "80",
             .magic = {HP_LITERAL(MAGIC)}},
    .recognise = recognise,
    .read = read_log,
};
