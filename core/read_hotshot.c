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
#include "index.h"
#include "path.h"
#include "reader.h"
#include "trace.h"

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

/* Reads any record, wholly checked; false at a cut or a corrupt record, where the cursor stays. */
static bool decode_checked(struct decoder *decoder, struct record *record)
{
    hp_cursor *cursor = &decoder->cursor;
    size_t start = cursor->offset;
    uint8_t first = cursor->data[start];
    bool whole = false;

    record->type = (first & 3) == 3 ? first : first & 3;
    switch (record->type) {
    case ENTER:
        record->timed = decoder->frames_timed;
        whole = hp_cursor_packed(cursor, "a file number", 2, &record->file) &&
                hp_cursor_packed(cursor, "a line number", 0, &record->line) &&
                (!record->timed || hp_cursor_packed(cursor, "a time", 0, &record->time));
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

static inline bool short_packed(const uint8_t **at, unsigned skip, uint64_t *value)
{
    uint64_t byte = *(*at)++;

    *value = (byte & 0x7f) >> skip;
    for (unsigned shift = 7 - skip; byte & 0x80; shift += 7) {
        if (shift > 28)
            return false;
        byte = *(*at)++;
        *value |= (byte & 0x7f) << shift;
    }
    return true;
}

/* The longest event that decode_event takes: three numbers of five bytes. */
enum { EVENT_MAX = 15 };

/* Reads an event of ordinary size that surely does not cross the end of the input; false for
 * anything else, which decode_checked has to look at. */
static inline bool decode_event(struct decoder *decoder, struct record *record)
{
    const uint8_t *at = decoder->cursor.data + decoder->cursor.offset;
    bool ordinary = true;

    record->type = *at & 3;
    if (record->type == ENTER) {
        record->timed = decoder->frames_timed;
        ordinary = short_packed(&at, 2, &record->file) && short_packed(&at, 0, &record->line) &&
                   (!record->timed || short_packed(&at, 0, &record->time));
    } else if (record->type == EXIT) {
        ordinary = short_packed(&at, 2, &record->time);
        record->timed = decoder->frames_timed || record->time != 0;
    } else if (record->type == LINENO) {
        record->timed = decoder->lines_timed;
        ordinary = short_packed(&at, 2, &record->line) &&
                   (!record->timed || short_packed(&at, 0, &record->time));
    } else {
        ordinary = false;
    }
    if (ordinary)
        decoder->cursor.offset = (size_t)(at - decoder->cursor.data);
    return ordinary;
}

/* Reads a record; false at the end, the cut or the corrupt record. */
static inline bool decode(struct decoder *decoder, struct record *record)
{
    if (decoder->cursor.size - decoder->cursor.offset >= EVENT_MAX && decode_event(decoder, record))
        return true;
    return decoder->cursor.offset < decoder->cursor.size && decode_checked(decoder, record);
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
    uint64_t longest;   /* time between events, that scale does not push over 64 bits */
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

/* floor(ticks * 10^9 / frequency), digit by digit, as the product may need more than 64 bits. False
 * if the result does. */
static bool to_nanoseconds(uint64_t ticks, uint64_t frequency, uint64_t *nanoseconds)
{
    uint64_t whole = ticks / frequency, rest = ticks % frequency, fraction = 0;

    for (uint64_t digit = 1; digit < second; digit *= 10) {
        rest *= 10;
        fraction = fraction * 10 + rest / frequency;
        rest %= frequency;
    }
    *nanoseconds = whole * second + fraction;
    return whole < UINT64_MAX / second;
}

/* The time of an event in the profile's unit; false if the running clock does not fit 64 bits. */
static inline bool convert(struct clock *clock, uint64_t now, uint64_t ticks, uint64_t *time)
{
    if (clock->frequency == 0) {
        *time = ticks * clock->scale;
        return ticks <= clock->longest && *time <= UINT64_MAX - now;
    }

    uint64_t then;

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
    hp_profile *profile;
    hp_input *input;
    hp_error *error;
    bool timed;          /* some event was */
    size_t naming_bytes; /* what may still be spent on the names of functions */
    struct recent {
        uint64_t file, line;
        hp_function_id function;
        uint32_t generation; /* plus one */
    } * recent;              /* functions entered lately */
};

enum { RECENT_FUNCTIONS = 1024 };

static hp_status take_info(struct reader *reader, const struct record *record)
{
    struct clock *clock = &reader->clock;

    if (same(record->key, (hp_string){"current-directory", 17})) {
        reader->names.directory = record->value;
        reader->names.generation++;
    } else if (reader->input->events == 0) {
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

/* The function that begins at this file and line, by the names in force. */
static hp_status name_function(struct reader *reader, const struct record *record,
                               hp_function_id *function)
{
    struct names *names = &reader->names;
    struct site *site = need_site(names, record->file, record->line);
    const struct file *file = find_file(names, record->file);
    hp_string recorded = file ? file->name : no_name;

    if (!site)
        return hp_error_set(reader->error, HP_NO_MEMORY, 0, "out of memory");
    if (site->function != HP_NO_FUNCTION && site->generation == names->generation) {
        *function = site->function;
        return HP_OK;
    }

    bool joined = hp_path_is_relative(recorded);
    size_t bytes = site->name.size + 2 * recorded.size + (joined ? names->directory.size : 0);

    if (bytes > reader->naming_bytes)
        return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                            "offset %zu: the names of functions are far longer than the log",
                            reader->decoder.cursor.offset);
    reader->naming_bytes -= bytes;

    hp_function key = {
        .name = site->name, .file = recorded, .recorded_file = recorded, .line = record->line};
    char *path = NULL;

    if (joined) {
        path = malloc(names->directory.size + recorded.size + 2);
        if (!path)
            return hp_error_set(reader->error, HP_NO_MEMORY, 0, "out of memory");
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

/* Finds the function that an ENTER enters. */
static inline hp_status find_function(struct reader *reader, const struct record *record,
                                      hp_function_id *function)
{
    struct recent *recent = &reader->recent[(record->file * 31 + record->line) % RECENT_FUNCTIONS];

    if (recent->generation != reader->names.generation + 1 || recent->file != record->file ||
        recent->line != record->line) {
        hp_status status = name_function(reader, record, &recent->function);

        if (status != HP_OK)
            return status;
        recent->file = record->file;
        recent->line = record->line;
        recent->generation = reader->names.generation + 1;
    }
    *function = recent->function;
    if (reader->trace.depth == HP_FRAMES_MAX)
        return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                            "offset %zu: more than %d frames are open",
                            reader->decoder.cursor.offset, HP_FRAMES_MAX);
    return HP_OK;
}

/* An event counts wholly or, on an error, not at all. */
static inline hp_status take_event(struct reader *reader, const struct record *record)
{
    hp_trace *trace = &reader->trace;
    hp_function_id function = 0;
    hp_status status = HP_OK;

    if (reader->input->events == 0)
        start_clock(&reader->clock);
    if (record->type == ENTER)
        status = find_function(reader, record, &function);
    if (status != HP_OK)
        return status;
    if (record->timed) {
        uint64_t time;

        if (!convert(&reader->clock, trace->clock, record->time, &time))
            return hp_error_set(reader->error, HP_CORRUPT, reader->decoder.cursor.offset,
                                "offset %zu: the sum of all times does not fit into 64 bits",
                                reader->decoder.cursor.offset);
        hp_trace_pass(trace, time, reader->decoder.lines_timed);
        reader->timed = true;
    }
    reader->input->events++;
    if (record->type == LINENO)
        return hp_trace_line(trace, record->line) ? HP_OK : HP_NO_MEMORY;
    if (record->type == ENTER)
        return hp_trace_enter(trace, function) ? HP_OK : HP_NO_MEMORY;
    if (trace->depth)
        hp_trace_leave(trace);
    else
        reader->input->unmatched_exits++;
    return HP_OK;
}

static hp_status take_definition(struct reader *reader, const struct record *record)
{
    bool whole = true;

    if (record->type == ADD_INFO)
        return take_info(reader, record);
    if (record->type == DEFINE_FILE)
        whole = define_file(&reader->names, record);
    else if (record->type == DEFINE_FUNC)
        whole = define_function(&reader->names, record);
    return whole ? HP_OK : HP_NO_MEMORY;
}

enum { PROGRESS_STEP = 4 << 20 };

static hp_status read_records(struct reader *reader, const hp_load_options *options)
{
    hp_cursor *cursor = &reader->decoder.cursor;
    size_t next_report = PROGRESS_STEP;
    hp_status status = HP_OK;
    struct record record;

    while (status == HP_OK && decode(&reader->decoder, &record)) {
        status =
            record.type <= LINENO ? take_event(reader, &record) : take_definition(reader, &record);
        if (cursor->offset < next_report)
            continue;
        next_report = cursor->offset + PROGRESS_STEP;
        if (options->progress &&
            !options->progress(options->progress_context, cursor->offset, cursor->size))
            return hp_error_set(reader->error, HP_CANCELLED, cursor->offset, "cancelled");
    }
    if (status == HP_NO_MEMORY)
        hp_error_set(reader->error, status, 0, "out of memory");
    return reader->error->status;
}

static hp_status read_log(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                          const hp_load_options *options, hp_error *error)
{
    struct reader reader = {.profile = profile, .input = input, .error = error};
    hp_status status = HP_NO_MEMORY;

    input->coverage = is_coverage(data, size);
    reader.decoder = decoder_start(data, size, input->coverage, error);
    /* A sound log has at least its names and some events for each function. */
    reader.naming_bytes = ((size_t)1 << 20) + (size > SIZE_MAX / 128 ? SIZE_MAX / 2 : size * 64);
    reader.recent = calloc(RECENT_FUNCTIONS, sizeof *reader.recent);
    if (!hp_trace_init(&reader.trace, profile, size) || !reader.recent)
        hp_error_set(error, status, 0, "out of memory");
    else
        status = read_records(&reader, options);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        bool timed = input->events ? reader.timed : reader.decoder.frames_timed;
        hp_error failed = {0};

        if (input->events == 0)
            start_clock(&reader.clock);
        input->open_frames = reader.trace.depth;
        if (hp_trace_finish(&reader.trace, timed, reader.clock.unit, &failed) != HP_OK)
            *error = failed;
        status = error->status;
    }
    hp_trace_free(&reader.trace);
    names_free(&reader.names);
    free(reader.recent);
    return status;
}

const hp_reader hp_reader_hotshot = {
    .format = {"hotshot", "hotshot log (Python 2.2 to 2.7)"},
    .recognise = recognise,
    .read = read_log,
};
