// SPDX-License-Identifier: MIT
/* The log of Python 2's module hotshot: a sequence of records, told apart by the low bits of their
 * first byte.
 *
 *     log         = record...               the first one an ADD_INFO of "hotshot-version"
 *     record      = ENTER | EXIT | LINENO | definition
 *     ENTER       = mpi(00) file, pi line, [pi time]      time if frames are timed
 *     EXIT        = mpi(01) time                          the byte 01 if frames are not timed
 *     LINENO      = mpi(10) line, [pi time]               time if lines are timed
 *     definition  = 13 string key, string value           ADD_INFO
 *                 | 23 pi file, string name               DEFINE_FILE
 *                 | 33 flag                               LINE_TIMES, off at first
 *                 | 43 pi file, pi line, string name      DEFINE_FUNC
 *                 | 53 flag                               FRAME_TIMES, on at first
 *     string      = pi length, bytes
 *     pi          = packed integer, seven bits a byte, least significant first, bit 7: more follow
 *     mpi(type)   = the same, but the low two bits of the first byte are the type
 *
 * A time is what passed since the event before: microseconds, or on Windows ticks of a clock whose
 * frequency the header (what stands before the first event) tells. There is no other description
 * of the format than the source of Python 2.7, Modules/_hotshot.c and Lib/hotshot/log.py. */
#include "array.h"
#include "cursor.h"
#include "hotshot_loop.h"
#include "index.h"
#include "path.h"
#include "reader.h"
#include "stacks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTER = 0, EXIT = 1, LINENO = 2 }; /* the low two bits */
enum {
    ADD_INFO = 0x13,
    DEFINE_FILE = 0x23,
    LINE_TIMES = 0x33,
    DEFINE_FUNC = 0x43,
    FRAME_TIMES = 0x53
};

static const char magic[] = "\x13\x0fhotshot-version";

static bool recognise(const uint8_t *head, size_t size)
{
    return size >= sizeof magic - 1 && memcmp(head, magic, sizeof magic - 1) == 0;
}

/* --- Records ------------------------------------------------------------------------------ */

struct record {
    uint8_t type; /* one of the constants above */
    bool timed;
    uint64_t file, line, time;
    size_t key_size;      /* of ENTER, the bytes before the time */
    hp_string key, value; /* value: of ADD_INFO; the name of a definition */
};

struct decoder {
    hp_cursor cursor;
    bool coverage; /* no event is timed, whatever the log says */
    bool frames_timed, lines_timed;
};

static struct decoder decoder_start(const uint8_t *data, size_t size, bool coverage,
                                    hp_error *error)
{
    return (struct decoder){{data, size, 0, error}, coverage, !coverage, false};
}

static bool get_string(hp_cursor *cursor, const char *what, hp_string *string)
{
    uint64_t size;
    const uint8_t *bytes;

    if (!hp_cursor_packed(cursor, "the length of a string", 0, &size) ||
        !hp_cursor_bytes(cursor, what, size, &bytes))
        return false;
    *string = (hp_string){(const char *)bytes, (size_t)size};
    return true;
}

static bool get_flag(struct decoder *decoder, bool *flag)
{
    uint8_t byte;

    if (!hp_cursor_u8(&decoder->cursor, "a flag", &byte))
        return false;
    *flag = byte != 0 && !decoder->coverage;
    return true;
}

/* Reads a record; false at the end, and at a cut or a corrupt record, where the cursor stays. */
static bool decode(struct decoder *decoder, struct record *record)
{
    hp_cursor *cursor = &decoder->cursor;
    size_t start = cursor->offset;
    bool whole = false;

    if (start == cursor->size)
        return false;

    uint8_t first = cursor->data[start];

    record->type = (first & 3) == 3 ? first : first & 3;
    switch (record->type) {
    case ENTER:
        record->timed = decoder->frames_timed;
        whole = hp_cursor_packed(cursor, "a file number", 2, &record->file) &&
                hp_cursor_packed(cursor, "a line number", 0, &record->line);
        record->key_size = cursor->offset - start;
        whole = whole && (!record->timed || hp_cursor_packed(cursor, "a time", 0, &record->time));
        break;
    case EXIT:
        whole = hp_cursor_packed(cursor, "a time", 2, &record->time);
        record->timed = decoder->frames_timed || (whole && record->time != 0);
        break;
    case LINENO:
        record->timed = decoder->lines_timed;
        whole = hp_cursor_packed(cursor, "a line number", 2, &record->line) &&
                (!record->timed || hp_cursor_packed(cursor, "a time", 0, &record->time));
        break;
    case ADD_INFO:
        cursor->offset++;
        whole = get_string(cursor, "a key", &record->key) &&
                get_string(cursor, "a value", &record->value);
        break;
    case DEFINE_FILE:
        cursor->offset++;
        whole = hp_cursor_packed(cursor, "a file number", 0, &record->file) &&
                get_string(cursor, "a file name", &record->value);
        break;
    case DEFINE_FUNC:
        cursor->offset++;
        whole = hp_cursor_packed(cursor, "a file number", 0, &record->file) &&
                hp_cursor_packed(cursor, "a line number", 0, &record->line) &&
                get_string(cursor, "a function name", &record->value);
        break;
    case LINE_TIMES:
        cursor->offset++;
        whole = get_flag(decoder, &decoder->lines_timed);
        break;
    case FRAME_TIMES:
        cursor->offset++;
        whole = get_flag(decoder, &decoder->frames_timed);
        break;
    default:
        hp_error_set(cursor->error, HP_CORRUPT, start,
                     "offset %zu: expected a record, found the byte %02x", start, first);
    }
    if (!whole)
        cursor->offset = start;
    return whole;
}

/* --- Names: what the numbers of files and lines stand for ---------------------------------- */

struct file {
    uint64_t number;
    hp_string name;
};

struct site { /* a file and a line, where a function begins */
    uint64_t file, line;
    hp_string name;
    bool defined;
    uint32_t generation; /* of function */
    hp_function_id function;
};

struct names {
    struct file *files;
    struct site *sites;
    size_t file_count, file_capacity, site_count, site_capacity;
    hp_index file_index, site_index;
    hp_string directory;
    uint32_t generation; /* goes up when a name changes that a function has already */
    bool unnamed;        /* a function has a file of no name */
};

static const hp_string no_name = {"?", 1};

static void names_free(struct names *names)
{
    free(names->files);
    free(names->sites);
    hp_index_free(&names->file_index);
    hp_index_free(&names->site_index);
}

static bool same(hp_string a, hp_string b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static struct file *find_file(const struct names *names, uint64_t number)
{
    uint32_t hash = hp_hash_numbers(number, 0, 0), row;
    size_t probe = 0;

    while ((row = hp_index_next(&names->file_index, hash, &probe)) != HP_NO_ROW)
        if (names->files[row].number == number)
            return &names->files[row];
    return NULL;
}

static struct site *find_site(const struct names *names, uint64_t file, uint64_t line)
{
    uint32_t hash = hp_hash_numbers(file, line, 0), row;
    size_t probe = 0;

    while ((row = hp_index_next(&names->site_index, hash, &probe)) != HP_NO_ROW)
        if (names->sites[row].file == file && names->sites[row].line == line)
            return &names->sites[row];
    return NULL;
}

/* Finds or adds; NULL without memory. */
static struct site *need_site(struct names *names, uint64_t file, uint64_t line)
{
    struct site *site = find_site(names, file, line);

    if (site)
        return site;
    if (!hp_index_reserve(&names->site_index, 1) ||
        !hp_array_reserve(&names->sites, &names->site_capacity, names->site_count + 1,
                          sizeof *names->sites))
        return NULL;
    hp_index_add(&names->site_index, hp_hash_numbers(file, line, 0), (uint32_t)names->site_count);
    site = &names->sites[names->site_count++];
    *site = (struct site){file, line, no_name, false, 0, HP_NO_FUNCTION};
    return site;
}

static bool define_function(struct names *names, const struct record *record)
{
    struct site *site = need_site(names, record->file, record->line);

    if (!site)
        return false;
    if (site->function != HP_NO_FUNCTION && !same(site->name, record->value))
        names->generation++;
    site->name = record->value;
    site->defined = true;
    return true;
}

static bool define_file(struct names *names, const struct record *record)
{
    struct file *file = find_file(names, record->file);

    if (file ? !same(file->name, record->value) : names->unnamed)
        names->generation++;
    if (!file) {
        if (!hp_index_reserve(&names->file_index, 1) ||
            !hp_array_reserve(&names->files, &names->file_capacity, names->file_count + 1,
                              sizeof *names->files))
            return false;
        hp_index_add(&names->file_index, hp_hash_numbers(record->file, 0, 0),
                     (uint32_t)names->file_count);
        file = &names->files[names->file_count++];
        file->number = record->file;
    }
    file->name = record->value;
    return true;
}

/* --- Coverage logs ------------------------------------------------------------------------ */

/* A log of _hotshot.coverage() says in its header that frames are timed and lines not recorded,
 * while the opposite is true. It is one if, read as one up to the end or the cut, it makes sense:
 * no EXIT has a time, every ENTER names a function, and there are lines, none of them before the
 * first line of its function. */
static bool is_coverage(const uint8_t *data, size_t size)
{
    hp_error error = {0};
    struct decoder decoder = decoder_start(data, size, true, &error);
    struct names names = {0};
    struct record record;
    uint64_t *first_lines = NULL;
    size_t depth = 0, capacity = 0, start = 0;
    bool no_lines = false, lines = false, sound = true;

    for (; sound && decode(&decoder, &record); start = decoder.cursor.offset) {
        switch (record.type) {
        case ADD_INFO:
            if (same(record.key, (hp_string){"requested-line-events", 21}))
                no_lines = same(record.value, (hp_string){"no", 2});
            break;
        case DEFINE_FILE:
            sound = define_file(&names, &record);
            break;
        case DEFINE_FUNC:
            sound = define_function(&names, &record);
            break;
        case ENTER: {
            const struct site *site = find_site(&names, record.file, record.line);

            sound = no_lines && find_file(&names, record.file) && site && site->defined &&
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
    names_free(&names);
    free(first_lines);
    return sound && lines && error.status != HP_CORRUPT;
}

/* --- The clock ---------------------------------------------------------------------------- */

struct clock {
    hp_unit unit;
    uint64_t frequency; /* Hz, if one nanosecond is no whole number of ticks; else 0 */
    uint64_t scale;     /* nanoseconds (or ticks) a tick, if there is no frequency */
    uint64_t longest;   /* clock that the scale does not push over 64 bits */
    uint64_t ticks;     /* so far; only with a frequency */
    bool windows;
};

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
static bool convert(struct clock *clock, uint64_t now, uint64_t ticks, uint64_t *time)
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

struct reader {
    struct decoder decoder;
    struct names names;
    struct clock clock;
    hp_trace trace;
    hp_stacks *stacks; /* NULL: they are not asked for */
    struct hp_recent_call *recent;
    uint32_t recent_epoch; /* of the generations of names */
    hp_profile *profile;
    hp_input *input;
    hp_error *error;
    bool started;        /* there was an event */
    bool timed;          /* some event was */
    size_t naming_bytes; /* of all functions, here and in a report */
    size_t memory_limit;
};

static hp_status no_memory(const struct reader *reader)
{
    return hp_error_set(reader->error, HP_NO_MEMORY, 0, "out of memory");
}

static hp_status take_info(struct reader *reader, const struct record *record)
{
    struct clock *clock = &reader->clock;

    if (same(record->key, (hp_string){"current-directory", 17})) {
        reader->names.directory = record->value;
        reader->names.generation++;
    } else if (!reader->started) {
        if (same(record->key, (hp_string){"platform", 8})) {
            clock->windows = same(record->value, (hp_string){"win32", 5});
        } else if (same(record->key, (hp_string){"reported-performance-frequency", 30})) {
            clock->windows = true;
            clock->frequency = decimal(record->value);
        }
    }
    return hp_profile_add_info(reader->profile, record->key, record->value, reader->error);
}

static void start_clock(struct clock *clock)
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
static bool is_moderate(const struct reader *reader)
{
    return reader->naming_bytes <= reader->memory_limit &&
           hp_trace_memory(&reader->trace) <= reader->memory_limit - reader->naming_bytes;
}

static hp_status immoderate(const struct reader *reader)
{
    size_t offset = reader->decoder.cursor.offset;

    return hp_error_set(reader->error, HP_CORRUPT, offset,
                        "offset %zu: far more functions, lines and calls, or longer names, than a "
                        "log of this size should have",
                        offset);
}

/* The function that begins at this file and line, by the names in force. */
static hp_status name_function(struct reader *reader, const struct record *record,
                               hp_function_id *function)
{
    struct names *names = &reader->names;
    struct site *site = need_site(names, record->file, record->line);
    const struct file *file = find_file(names, record->file);
    hp_string recorded = file ? file->name : no_name;

    if (!site)
        return no_memory(reader);
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
            return no_memory(reader);
        key.file = (hp_string){path, hp_path_join(names->directory, recorded, path)};
    }

    hp_status status =
        hp_profile_add_function(reader->profile, &key, &site->function, reader->error);

    free(path);
    site->generation = names->generation;
    names->unnamed |= !file;
    *function = site->function;
    return status;
}

/* Forgets the recent calls, where the part of the generation that their keys have may repeat. */
static void begin_epoch(struct reader *reader)
{
    memset(reader->recent, 0xff, HP_RECENT_CALLS * sizeof *reader->recent);
    reader->recent_epoch = reader->names.generation >> 16;
}

static uint64_t recent_generation(const struct reader *reader)
{
    return (uint64_t)(reader->names.generation & 0xffff) << 48;
}

/* The key of an ENTER among the recent calls; UINT64_MAX if it is too long for one. */
static uint64_t recent_key(const struct reader *reader, const uint8_t *bytes, size_t size)
{
    uint64_t key = recent_generation(reader);

    if (size > HP_KEY_BYTES)
        return UINT64_MAX;
    for (size_t i = 0; i < size; i++)
        key |= (uint64_t)bytes[i] << 8 * i;
    return key;
}

/* Finds the call that an ENTER is, and room for its frame. */
static hp_status find_call(struct reader *reader, const struct record *record, const uint8_t *bytes,
                           uint32_t *call)
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
        hp_status status = name_function(reader, record, &function);

        if (status != HP_OK)
            return status;
        if (!hp_trace_find_call(trace, function, call))
            return no_memory(reader);
        if (key != UINT64_MAX)
            *recent = (struct hp_recent_call){key, trace->here, *call};
    }
    return trace->depth < trace->frame_capacity || hp_trace_grow_frames(trace) ? HP_OK
                                                                               : no_memory(reader);
}

/* An event counts wholly or, on an error, not at all. bytes is where its record starts. */
static hp_status take_event(struct reader *reader, const struct record *record,
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
    else if (record->type == LINENO && !hp_trace_find_cell(trace, record->line, &cell))
        status = no_memory(reader);
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
    else
        reader->input->unmatched_exits++;
    return status;
}

static hp_status take_definition(struct reader *reader, const struct record *record)
{
    bool whole = true;

    if (record->type == ADD_INFO)
        whole = take_info(reader, record) == HP_OK;
    else if (record->type == DEFINE_FILE)
        whole = define_file(&reader->names, record);
    else if (record->type == DEFINE_FUNC)
        whole = define_function(&reader->names, record);
    if (reader->names.generation >> 16 != reader->recent_epoch)
        begin_epoch(reader);
    return whole ? HP_OK : no_memory(reader);
}

/* Whether the events that come may be taken without a look at the clock and the stacks. */
static bool is_ordinary(const struct reader *reader)
{
    const struct clock *clock = &reader->clock;

    return !reader->stacks && reader->timed && reader->decoder.frames_timed &&
           clock->frequency == 0 && clock->longest > HP_STRETCH_TIME &&
           reader->trace.clock < clock->longest - HP_STRETCH_TIME;
}

/* Takes what events the loop can take, before an offset. */
static void take_ordinary(struct reader *reader, size_t end)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    const struct hp_hotshot_span span = {.at = cursor->data + cursor->offset,
                                         .end = cursor->data + end,
                                         .recent = reader->recent,
                                         .generation = recent_generation(reader)};

    cursor->offset =
        (size_t)(hp_hotshot_loop(&reader->trace, span, reader->decoder.lines_timed) - cursor->data);
}

static hp_status read_records(struct reader *reader, const hp_load_options *options)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    hp_status status = HP_OK;

    begin_epoch(reader);
    for (size_t stretch = 0; status == HP_OK && cursor->offset < cursor->size;) {
        struct record record;

        if (cursor->offset >= stretch) {
            stretch = cursor->size - cursor->offset > HP_STRETCH ? cursor->offset + HP_STRETCH
                                                                 : cursor->size;
            if (options->progress &&
                !options->progress(options->progress_context, cursor->offset, cursor->size))
                return hp_error_set(reader->error, HP_CANCELLED, cursor->offset, "cancelled");
        }
        if (is_ordinary(reader))
            take_ordinary(reader, stretch);

        const uint8_t *start = cursor->data + cursor->offset;

        if (!decode(&reader->decoder, &record))
            break;
        status = record.type <= LINENO ? take_event(reader, &record, start)
                                       : take_definition(reader, &record);
    }
    return reader->error->status;
}

static hp_status read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                          const hp_load_options *options, hp_error *error)
{
    struct reader reader = {.profile = profile, .input = input, .error = error};
    hp_stacks stacks = {.count = 0};
    hp_status status = HP_NO_MEMORY;

    input->coverage = is_coverage(data, size);
    reader.decoder = decoder_start(data, size, input->coverage, error);
    reader.memory_limit = ((size_t)1 << 24) + (size > SIZE_MAX / 64 ? SIZE_MAX / 2 : size * 26);
    reader.recent = malloc(HP_RECENT_CALLS * sizeof *reader.recent);
    if (options->stacks)
        reader.stacks = &stacks;
    if (!hp_trace_init(&reader.trace, profile, size) || !reader.recent ||
        (reader.stacks && !hp_stacks_init(&stacks)))
        hp_error_set(error, status, 0, "out of memory");
    else
        status = read_records(&reader, options);
    names_free(&reader.names);
    free(reader.recent);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        bool timed = reader.started ? reader.timed : reader.decoder.frames_timed;
        hp_error failed = {0};
        uint64_t scale;

        if (!reader.started)
            start_clock(&reader.clock);
        input->events = hp_trace_events(&reader.trace) + input->unmatched_exits;
        input->open_frames = reader.trace.depth;
        scale = reader.clock.frequency ? 1 : reader.clock.scale;
        if (hp_trace_finish(&reader.trace, timed, reader.clock.unit, scale, &failed) != HP_OK ||
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

const hp_reader hp_reader_hotshot = {
    .format = {"hotshot", "hotshot log (Python 2.2 to 2.7)"},
    .recognise = recognise,
    .read = read_log,
};
