// SPDX-License-Identifier: MIT
#include "hotshot/log_reader.h"

#include "input/path.h"
#include "model/array.h"
#include "model/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static hp_status take_info(struct hp_log_reader *reader, const struct hp_log_record *record)
{
    if (HP_IS(record->key, "current-directory")) {
        reader->names.directory = record->value;
        reader->names.generation++;
    } else if (!reader->started) {
        hp_log_clock_add_info(&reader->clock, record->key, record->value);
    }
    return hp_profile_add_info(reader->profile, record->key, record->value, reader->error);
}

/* Whether the memory is in proportion to the log: one that Python wrote has names for each function
 * and events for each line and call. */
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

hp_status hp_log_name_function(struct hp_log_reader *reader, const struct hp_log_record *record,
                               hp_function_id *function)
{
    struct hp_log_names *names = &reader->names;
    struct hp_log_function *named = hp_log_need_function(names, record->file, record->line);
    const struct hp_log_file *file = hp_log_find_file(names, record->file);
    hp_string recorded = file ? file->name : hp_log_no_name;

    if (!named)
        return hp_no_memory(reader->error);
    if (named->id != HP_NO_FUNCTION && named->generation == names->generation) {
        *function = named->id;
        return HP_OK;
    }

    bool joined = hp_path_is_relative(recorded);

    reader->naming_bytes +=
        2 * (named->name.size + 2 * recorded.size + (joined ? names->directory.size : 0));
    if (!is_moderate(reader))
        return immoderate(reader);

    hp_function key = {
        .name = named->name, .file = recorded, .recorded_file = recorded, .line = record->line};
    char *path = NULL;

    if (joined) {
        path = malloc(names->directory.size + recorded.size + 2);
        if (!path)
            return hp_no_memory(reader->error);
        key.file = (hp_string){path, hp_path_join(names->directory, recorded, path)};
    }

    hp_status status = hp_profile_add_function(reader->profile, &key, &named->id, reader->error);

    free(path);
    if (status == HP_OK && named->id == reader->trace.function_count &&
        !hp_trace_add_function(&reader->trace, record->line))
        status = hp_no_memory(reader->error);
    assert(status != HP_OK || named->id < reader->trace.function_count);
    named->generation = names->generation;
    names->unnamed |= !file;
    *function = named->id;
    return status;
}

void hp_log_begin_epoch(struct hp_log_reader *reader)
{
    memset(reader->recent, 0xff, HP_RECENT_CALLS * sizeof *reader->recent);
    reader->recent_epoch = reader->names.generation >> 16;
}

static uint64_t recent_generation(const struct hp_log_reader *reader)
{
    return (uint64_t)(reader->names.generation & 0xffff) << 48;
}

/* The key of an ENTER, whose bytes before the time are these, among the recent calls; UINT64_MAX if
 * they are too many. */
static uint64_t recent_key(const struct hp_log_reader *reader, const uint8_t *bytes, size_t size)
{
    uint64_t key = recent_generation(reader);

    if (size > HP_KEY_BYTES)
        return UINT64_MAX;
    for (size_t i = 0; i < size; i++)
        key |= (uint64_t)bytes[i] << 8 * i;
    return key;
}

/* Sets *call to the call that an ENTER is, and makes room for its frame. */
static hp_status find_call(struct hp_log_reader *reader, const struct hp_log_record *record,
                           const uint8_t *bytes, uint32_t *call)
{
    hp_trace *trace = &reader->trace;
    uint64_t key = recent_key(reader, bytes, record->key_size);
    uint32_t site = hp_trace_site(&trace->state, HP_TRACE_LINES);
    struct hp_recent_call *recent = &reader->recent[hp_recent_place(key, site)];

    if (hp_trace_depth(trace) == HP_FRAMES_MAX)
        return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                            "offset %zu: more than %d frames are open",
                            reader->decoder.cursor.offset, HP_FRAMES_MAX);
    if (key != UINT64_MAX && recent->key == key && recent->site == site) {
        *call = recent->call;
    } else {
        hp_function_id function = HP_NO_FUNCTION;
        hp_status status = reader->hooks->find_function(reader, record, bytes, &function);

        if (status != HP_OK)
            return status;
        if (!hp_trace_find_call(trace, site, function, call))
            return hp_no_memory(reader->error);
        if (key != UINT64_MAX)
            *recent = (struct hp_recent_call){key, site, *call};
    }
    return trace->state.top < trace->state.limit || hp_trace_grow_frames(trace)
               ? HP_OK
               : hp_no_memory(reader->error);
}

/* Takes an event as a whole or, on an error, not at all. bytes: where its record starts. */
static hp_status take_event(struct hp_log_reader *reader, const struct hp_log_record *record,
                            const uint8_t *bytes)
{
    hp_trace *trace = &reader->trace;
    struct hp_trace_state *state = &trace->state;
    enum hp_trace_lines lines = reader->decoder.lines_timed ? HP_TRACE_TIMED_LINES : HP_TRACE_LINES;
    uint32_t call = 0, cell = 0;
    hp_status status = HP_OK;
    uint64_t time;

    if (!is_moderate(reader))
        return immoderate(reader);
    if (!reader->started)
        hp_log_clock_start(&reader->clock);
    reader->started = true;
    if (record->type == ENTER)
        status = find_call(reader, record, bytes, &call);
    else if (record->type == LINENO && record->line > reader->hooks->line_max)
        status = hp_error_set(reader->error, HP_CANCELLED, 0, "given up");
    else if (record->type == LINENO &&
             !hp_trace_find_cell(trace, hp_trace_current(trace), record->line, &cell))
        status = hp_no_memory(reader->error);
    if (status != HP_OK)
        return status;
    if (record->timed) {
        if (!hp_log_clock_convert(&reader->clock, state->clock, record->time, &time))
            return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                                "offset %zu: the sum of all times does not fit into 64 bits",
                                reader->decoder.cursor.offset);
        hp_trace_pass(state, time, lines);
        reader->timed = true;
    }
    if (reader->stacks && record->type == ENTER)
        status = hp_stacks_enter(reader->stacks, state->calls[call].callee, state->clock,
                                 state->hits, reader->error);
    else if (reader->stacks && record->type == EXIT)
        hp_stacks_leave(reader->stacks, state->clock, state->hits);
    if (record->type == LINENO)
        hp_trace_line(state, cell);
    else if (record->type == ENTER)
        hp_trace_enter(state, call, lines);
    else if (hp_trace_depth(trace))
        hp_trace_leave(state, lines);
    else
        status = reader->hooks->exit_unmatched(reader);
    return status;
}

hp_status hp_log_take_definition(struct hp_log_reader *reader, const struct hp_log_record *record)
{
    bool whole = true;

    if (record->type == ADD_INFO)
        whole = take_info(reader, record) == HP_OK;
    else if (record->type == DEFINE_FILE)
        whole = hp_log_define_file(&reader->names, record);
    else if (record->type == DEFINE_FUNC)
        whole = hp_log_define_function(&reader->names, record);
    if (reader->names.generation >> 16 != reader->recent_epoch)
        hp_log_begin_epoch(reader);
    return whole ? HP_OK : hp_no_memory(reader->error);
}

static hp_status find_function(struct hp_log_reader *reader, const struct hp_log_record *record,
                               const uint8_t *bytes, hp_function_id *function)
{
    (void)bytes;
    return hp_log_name_function(reader, record, function);
}

static hp_status take_definition(struct hp_log_reader *reader, const struct hp_log_record *record,
                                 const uint8_t *bytes)
{
    (void)bytes;
    return hp_log_take_definition(reader, record);
}

static hp_status count_unmatched(struct hp_log_reader *reader)
{
    reader->input->unmatched_exits++;
    return HP_OK;
}

const struct hp_log_hooks hp_log_from_start = {.find_function = find_function,
                                               .take_definition = take_definition,
                                               .exit_unmatched = count_unmatched,
                                               .line_max = UINT64_MAX};

bool hp_log_is_ordinary(const struct hp_log_reader *reader)
{
    const struct hp_log_clock *clock = &reader->clock;

    return !reader->stacks && reader->timed && reader->decoder.frames_timed &&
           clock->frequency == 0 && clock->longest > HP_STRETCH_TIME &&
           reader->trace.state.clock < clock->longest - HP_STRETCH_TIME;
}

/* Takes events that lie wholly before an offset, as long as hp_log_loop can. */
static void take_ordinary(struct hp_log_reader *reader, size_t end)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    const struct hp_log_span span = {.at = cursor->data + cursor->offset,
                                     .end = cursor->data + end,
                                     .recent = reader->recent,
                                     .generation = recent_generation(reader)};

    cursor->offset =
        (size_t)(hp_log_loop(&reader->trace, span, reader->decoder.lines_timed) - cursor->data);
}

hp_status hp_log_read_records(struct hp_log_reader *reader, const hp_load_options *options,
                              size_t end)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    hp_status status = HP_OK;

    for (size_t stretch = 0; status == HP_OK && cursor->offset < end;) {
        struct hp_log_record record;

        if (cursor->offset >= stretch) {
            stretch = end - cursor->offset > HP_STRETCH ? cursor->offset + HP_STRETCH : end;
            if (options->progress &&
                !options->progress(options->progress_context, cursor->offset, cursor->size))
                return hp_error_set(reader->error, HP_CANCELLED, cursor->offset, "cancelled");
        }
        if (hp_log_is_ordinary(reader))
            take_ordinary(reader, stretch);

        const uint8_t *start = cursor->data + cursor->offset;

        if (!hp_log_decode(&reader->decoder, &record))
            break;
        status = record.type <= LINENO ? take_event(reader, &record, start)
                                       : reader->hooks->take_definition(reader, &record, start);
    }
    return reader->error->status;
}
