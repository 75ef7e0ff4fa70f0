// SPDX-License-Identifier: MIT
/* Reads the log of Python 2's module hotshot: its events from the first to the last, on one thread.
 */
#include "hotshot/hotshot_halves.h"
#include "input/path.h"
#include "input/reader.h"
#include "model/array.h"
#include "model/string.h"

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

/* --- The clock ---------------------------------------------------------------------------- */

static const uint64_t second = 1000000000;

static uint64_t decimal(hp_string string)
{
    uint64_t number = 0;

    for (size_t i = 0; i < string.size; i++) {
        unsigned digit = (unsigned char)string.data[i] - (unsigned)'0';

        if (digit > 9 || number > (UINT64_MAX / 10 - digit) / 10)
            return 0;
        number = number * 10 + digit;
    }
    return number;
}

/* floor(ticks * 10^9 / frequency), digit by digit where the product may need more than 64 bits.
 * False if the result does. */
static bool to_nanoseconds(uint64_t ticks, uint64_t frequency, uint64_t *nanoseconds)
{
    uint64_t whole = ticks / frequency, rest = ticks % frequency, fraction = 0;

    if (frequency <= UINT64_MAX / second)
        fraction = rest * second / frequency;
    for (uint64_t digit = 1; digit < second && frequency > UINT64_MAX / second; digit *= 10) {
        rest *= 10;
        fraction = fraction * 10 + rest / frequency;
        rest %= frequency;
    }
    *nanoseconds = whole * second + fraction;
    return whole < UINT64_MAX / second;
}

/* The time of an event in the trace's unit: ticks, or nanoseconds if there is a frequency; now is
 * the trace's clock. False if the running clock, in nanoseconds, would not fit 64 bits. */
static bool convert(struct hp_clock *clock, uint64_t now, uint64_t ticks, uint64_t *time)
{
    uint64_t then;

    if (clock->frequency == 0) {
        *time = ticks;
        return ticks <= clock->longest && now <= clock->longest - ticks;
    }
    if (ticks > UINT64_MAX - clock->ticks ||
        !to_nanoseconds(clock->ticks + ticks, clock->frequency, &then))
        return false;
    clock->ticks += ticks;
    *time = then - now;
    return true;
}

/* --- Reading ------------------------------------------------------------------------------ */

hp_status hp_log_no_memory(const struct hp_log_reader *reader)
{
    return hp_error_set(reader->error, HP_NO_MEMORY, 0, "out of memory");
}

static hp_status take_info(struct hp_log_reader *reader, const struct hp_record *record)
{
    struct hp_clock *clock = &reader->clock;

    if (HP_IS(record->key, "current-directory")) {
        reader->names.directory = record->value;
        reader->names.generation++;
    } else if (!reader->started) {
        if (HP_IS(record->key, "platform")) {
            clock->windows = HP_IS(record->value, "win32");
        } else if (HP_IS(record->key, "reported-performance-frequency")) {
            clock->windows = true;
            clock->frequency = decimal(record->value);
        }
    }
    return hp_profile_add_info(reader->profile, record->key, record->value, reader->error);
}

static void start_clock(struct hp_clock *clock)
{
    clock->unit = HP_NANOSECONDS;
    clock->scale = second / 1000000;
    if (clock->windows && clock->frequency == 0) {
        clock->unit = HP_TICKS;
        clock->scale = 1;
    } else if (clock->frequency != 0 && second % clock->frequency == 0) {
        clock->scale = second / clock->frequency;
        clock->frequency = 0;
    }
    clock->longest = UINT64_MAX / clock->scale;
}

/* A sound log has at least its names and some events for each function and line. */
static bool is_moderate(const struct hp_log_reader *reader)
{
    return reader->naming_bytes <= reader->memory_limit &&
           hp_trace_memory(&reader->trace) <= reader->memory_limit - reader->naming_bytes;
}

static hp_status immoderate(const struct hp_log_reader *reader)
{
    size_t offset = reader->decoder.cursor.offset;

    return hp_error_set(reader->error, HP_CORRUPT, offset,
                        "offset %zu: far more functions, lines and calls, or longer names, than a "
                        "log of this size should have",
                        offset);
}

hp_status hp_name_function(struct hp_log_reader *reader, const struct hp_record *record,
                           hp_function_id *function)
{
    struct hp_names *names = &reader->names;
    struct hp_site *site = hp_need_site(names, record->file, record->line);
    const struct hp_file *file = hp_find_file(names, record->file);
    hp_string recorded = file ? file->name : hp_no_name;

    if (!site)
        return hp_log_no_memory(reader);
    if (site->function != HP_NO_FUNCTION && site->generation == names->generation) {
        *function = site->function;
        return HP_OK;
    }

    bool joined = hp_path_is_relative(recorded);

    reader->naming_bytes +=
        2 * (site->name.size + 2 * recorded.size + (joined ? names->directory.size : 0));
    if (!is_moderate(reader))
        return immoderate(reader);

    hp_function key = {
        .name = site->name, .file = recorded, .recorded_file = recorded, .line = record->line};
    char *path = NULL;

    if (joined) {
        path = malloc(names->directory.size + recorded.size + 2);
        if (!path)
            return hp_log_no_memory(reader);
        key.file = (hp_string){path, hp_path_join(names->directory, recorded, path)};
    }

    hp_status status =
        hp_profile_add_function(reader->profile, &key, &site->function, reader->error);

    free(path);
    if (status == HP_OK && site->function == reader->trace.function_count &&
        !hp_trace_add_function(&reader->trace, record->line))
        status = hp_log_no_memory(reader);
    site->generation = names->generation;
    names->unnamed |= !file;
    *function = site->function;
    return status;
}

void hp_begin_epoch(struct hp_log_reader *reader)
{
    memset(reader->recent, 0xff, HP_RECENT_CALLS * sizeof *reader->recent);
    reader->recent_epoch = reader->names.generation >> 16;
}

static uint64_t recent_generation(const struct hp_log_reader *reader)
{
    return (uint64_t)(reader->names.generation & 0xffff) << 48;
}

/* The key of an ENTER among the recent calls; UINT64_MAX if it is too long for one. */
static uint64_t recent_key(const struct hp_log_reader *reader, const uint8_t *bytes, size_t size)
{
    uint64_t key = recent_generation(reader);

    if (size > HP_KEY_BYTES)
        return UINT64_MAX;
    for (size_t i = 0; i < size; i++)
        key |= (uint64_t)bytes[i] << 8 * i;
    return key;
}

/* Finds the call that an ENTER is, and room for its frame. */
static hp_status find_call(struct hp_log_reader *reader, const struct hp_record *record,
                           const uint8_t *bytes, uint32_t *call)
{
    hp_trace *trace = &reader->trace;
    uint64_t key = recent_key(reader, bytes, record->key_size);
    struct hp_recent_call *recent = &reader->recent[hp_recent_place(key, trace->here)];

    if (trace->depth == HP_FRAMES_MAX)
        return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                            "offset %zu: more than %d frames are open",
                            reader->decoder.cursor.offset, HP_FRAMES_MAX);
    if (key != UINT64_MAX && recent->key == key && recent->site == trace->here) {
        *call = recent->call;
    } else {
        hp_function_id function = HP_NO_FUNCTION;
        hp_status status = reader->half ? hp_number_function(reader, record, bytes, &function)
                                        : hp_name_function(reader, record, &function);

        if (status != HP_OK)
            return status;
        if (!hp_trace_find_call(trace, function, call))
            return hp_log_no_memory(reader);
        if (key != UINT64_MAX)
            *recent = (struct hp_recent_call){key, trace->here, *call};
    }
    return trace->depth < trace->frame_capacity || hp_trace_grow_frames(trace)
               ? HP_OK
               : hp_log_no_memory(reader);
}

/* An event counts wholly or, on an error, not at all. bytes is where its record starts. */
static hp_status take_event(struct hp_log_reader *reader, const struct hp_record *record,
                            const uint8_t *bytes)
{
    hp_trace *trace = &reader->trace;
    uint32_t call = 0, cell = 0;
    hp_status status = HP_OK;
    uint64_t time;

    if (!is_moderate(reader))
        return immoderate(reader);
    if (!reader->started)
        start_clock(&reader->clock);
    reader->started = true;
    if (record->type == ENTER)
        status = find_call(reader, record, bytes, &call);
    else if (record->type == LINENO && record->line == UINT64_MAX && reader->half)
        status = hp_give_up_half(reader);
    else if (record->type == LINENO && !hp_trace_find_cell(trace, record->line, &cell))
        status = hp_log_no_memory(reader);
    if (status != HP_OK)
        return status;
    if (record->timed) {
        if (!convert(&reader->clock, trace->clock, record->time, &time))
            return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                                "offset %zu: the sum of all times does not fit into 64 bits",
                                reader->decoder.cursor.offset);
        hp_trace_pass(trace, time, reader->decoder.lines_timed);
        reader->timed = true;
    }
    if (reader->stacks && record->type == ENTER)
        status = hp_stacks_enter(reader->stacks, trace->calls[call].callee, trace->clock,
                                 trace->hits, reader->error);
    else if (reader->stacks && record->type == EXIT)
        hp_stacks_leave(reader->stacks, trace->clock, trace->hits);
    if (record->type == LINENO)
        hp_trace_line(trace, cell);
    else if (record->type == ENTER)
        hp_trace_enter(trace, call);
    else if (trace->depth)
        hp_trace_leave(trace);
    else if (reader->half)
        status = hp_end_segment(reader);
    else
        reader->input->unmatched_exits++;
    return status;
}

hp_status hp_take_definition(struct hp_log_reader *reader, const struct hp_record *record,
                             const uint8_t *bytes)
{
    bool whole = true;

    if (reader->half)
        return hp_postpone_definition(reader, record, bytes);
    if (record->type == ADD_INFO)
        whole = take_info(reader, record) == HP_OK;
    else if (record->type == DEFINE_FILE)
        whole = hp_define_file(&reader->names, record);
    else if (record->type == DEFINE_FUNC)
        whole = hp_define_function(&reader->names, record);
    if (reader->names.generation >> 16 != reader->recent_epoch)
        hp_begin_epoch(reader);
    return whole ? HP_OK : hp_log_no_memory(reader);
}

bool hp_is_ordinary(const struct hp_log_reader *reader)
{
    const struct hp_clock *clock = &reader->clock;

    return !reader->stacks && reader->timed && reader->decoder.frames_timed &&
           clock->frequency == 0 && clock->longest > HP_STRETCH_TIME &&
           reader->trace.clock < clock->longest - HP_STRETCH_TIME;
}

/* Takes what events the loop can take, before an offset. */
static void take_ordinary(struct hp_log_reader *reader, size_t end)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    const struct hp_hotshot_span span = {.at = cursor->data + cursor->offset,
                                         .end = cursor->data + end,
                                         .recent = reader->recent,
                                         .generation = recent_generation(reader)};

    cursor->offset =
        (size_t)(hp_hotshot_loop(&reader->trace, span, reader->decoder.lines_timed) - cursor->data);
}

hp_status hp_read_records(struct hp_log_reader *reader, const hp_load_options *options, size_t end)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    hp_status status = HP_OK;

    for (size_t stretch = 0; status == HP_OK && cursor->offset < end;) {
        struct hp_record record;

        if (cursor->offset >= stretch) {
            stretch = end - cursor->offset > HP_STRETCH ? cursor->offset + HP_STRETCH : end;
            if (options->progress &&
                !options->progress(options->progress_context, cursor->offset, cursor->size))
                return hp_error_set(reader->error, HP_CANCELLED, cursor->offset, "cancelled");
        }
        if (hp_is_ordinary(reader))
            take_ordinary(reader, stretch);

        const uint8_t *start = cursor->data + cursor->offset;

        if (!hp_decode(&reader->decoder, &record))
            break;
        status = record.type <= LINENO ? take_event(reader, &record, start)
                                       : hp_take_definition(reader, &record, start);
    }
    return reader->error->status;
}

hp_status hp_read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                      struct hp_halves halves, const hp_load_options *options, hp_error *error)
{
    struct hp_log_reader reader = {.profile = profile, .input = input, .error = error};
    hp_stacks stacks = {.count = 0};
    hp_status status = HP_NO_MEMORY;
    const hp_function interpreter = {.name = {HP_INTERPRETER, sizeof HP_INTERPRETER - 1},
                                     .file = {"", 0},
                                     .recorded_file = {"", 0}};
    hp_function_id bottom;

    input->coverage = is_coverage(data, size);
    reader.decoder = hp_decoder_start(data, size, input->coverage, error);
    reader.memory_limit = ((size_t)1 << 24) + (size > SIZE_MAX / 64 ? SIZE_MAX / 2 : size * 26);
    reader.recent = malloc(HP_RECENT_CALLS * sizeof *reader.recent);
    if (options->stacks)
        reader.stacks = &stacks;
    if (hp_profile_add_function(profile, &interpreter, &bottom, NULL) != HP_OK ||
        !hp_trace_init(&reader.trace, 0, HP_TABLE_LINES(size)) || !reader.recent ||
        (reader.stacks && !hp_stacks_init(&stacks)))
        hp_error_set(error, status, 0, "out of memory");
    else
        status = hp_read_in_halves(&reader, halves, options);
    hp_names_free(&reader.names);
    free(reader.recent);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        bool timed = reader.started ? reader.timed : reader.decoder.frames_timed;
        hp_error failed = {0};
        uint64_t scale;

        if (!reader.started)
            start_clock(&reader.clock);
        input->events = hp_trace_events(&reader.trace) - reader.left_open + input->unmatched_exits;
        input->open_frames = reader.trace.depth + reader.left_open;
        scale = reader.clock.frequency ? 1 : reader.clock.scale;
        if (hp_trace_finish(&reader.trace, profile, timed, reader.clock.unit, scale, &failed) !=
                HP_OK ||
            (reader.stacks && hp_stacks_finish(&stacks, profile, timed, scale, reader.trace.clock,
                                               reader.trace.hits, &failed) != HP_OK))
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
    .format = {"hotshot", "hotshot log (Python 2.2 to 2.7)"},
    .recognise = recognise,
    .read = read_log,
};
