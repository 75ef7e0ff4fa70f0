// SPDX-License-Identifier: MIT
/* Call stacks for pprof: a message of
 * https://github.com/google/pprof/blob/main/proto/profile.proto, compressed by gzip. All events are
 * sample types, and each distinct stack is a sample. A location is a function at a line: the one
 * where it was, or its first one if that is not known. */
#include "escape.h"
#include "export/call_stacks.h"
#include "export/unique_names.h"
#include "graph/callgraph.h"
#include "report_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The numbers of fields in profile.proto. */
enum {
    PROFILE_SAMPLE_TYPE = 1,
    PROFILE_SAMPLE = 2,
    PROFILE_LOCATION = 4,
    PROFILE_FUNCTION = 5,
    PROFILE_STRING = 6,
    PROFILE_PERIOD_TYPE = 11,
    PROFILE_PERIOD = 12,
    PROFILE_COMMENT = 13,
    PROFILE_DEFAULT_TYPE = 14
};
enum { VALUE_TYPE = 1, VALUE_UNIT = 2 };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2 };
enum { LOCATION_ID = 1, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_NUMBER = 2 };
enum {
    FUNCTION_ID = 1,
    FUNCTION_NAME = 2,
    FUNCTION_SYSTEM_NAME = 3,
    FUNCTION_FILE = 4,
    FUNCTION_START = 5
};

/* --- Protobuf ------------------------------------------------------------------------------- */

/* A message, or a part of one, that grows. */
struct message {
    uint8_t *data;
    size_t size, capacity;
    bool failed; /* no memory */
};

static void add_bytes(struct message *message, const void *data, size_t size)
{
    if (message->size + size > message->capacity) {
        size_t capacity = 2 * (message->size + size) + 64;
        uint8_t *larger = realloc(message->data, capacity);

        if (!larger) {
            message->failed = true;
            return;
        }
        message->data = larger;
        message->capacity = capacity;
    }
    if (size)
        memcpy(message->data + message->size, data, size);
    message->size += size;
}

static void add_varint(struct message *message, uint64_t value)
{
    uint8_t bytes[10];
    size_t size = 0;

    for (; value >= 0x80; value >>= 7)
        bytes[size++] = (uint8_t)(value | 0x80);
    bytes[size++] = (uint8_t)value;
    add_bytes(message, bytes, size);
}

static void add_number(struct message *message, unsigned field, uint64_t value)
{
    if (value == 0) /* the default */
        return;
    add_varint(message, field << 3);
    add_varint(message, value);
}

static void add_field(struct message *message, unsigned field, const void *data, size_t size)
{
    add_varint(message, field << 3 | 2);
    add_varint(message, size);
    add_bytes(message, data, size);
}

/* Adds a message within a message, and empties it. */
static void add_message(struct message *message, unsigned field, struct message *inner)
{
    add_field(message, field, inner->data, inner->size);
    message->failed = message->failed || inner->failed;
    inner->size = 0;
}

/* --- The profile ---------------------------------------------------------------------------- */

struct writer {
    const hp_profile *profile;
    hp_call_stacks stacks;
    char **names;                        /* of the functions */
    uint32_t *places;                    /* of a stack */
    struct message message, inner, line; /* what is to be compressed; parts of it */
    uint64_t strings;                    /* in the table so far */
    z_stream stream;
    FILE *out;
    hp_error *error;
};

static bool no_memory(struct writer *writer)
{
    return hp_no_memory(writer->error) == HP_OK;
}

/* Compresses what there is of the message. */
static bool flush(struct writer *writer, int how)
{
    uint8_t buffer[16384];

    if (writer->message.failed)
        return no_memory(writer);
    writer->stream.next_in = writer->message.data;
    writer->stream.avail_in = (uInt)writer->message.size;
    do {
        writer->stream.next_out = buffer;
        writer->stream.avail_out = sizeof buffer;
        deflate(&writer->stream, how);
        fwrite(buffer, 1, sizeof buffer - writer->stream.avail_out, writer->out);
    } while (writer->stream.avail_out == 0);
    writer->message.size = 0;
    return true;
}

static bool flush_if_large(struct writer *writer)
{
    return writer->message.size < 1 << 20 || flush(writer, Z_NO_FLUSH);
}

/* Adds a string to the table, and returns its number. */
static uint64_t add_string(struct writer *writer, hp_string string)
{
    char *escaped = hp_escaped(string);

    if (escaped)
        add_field(&writer->message, PROFILE_STRING, escaped, strlen(escaped));
    writer->message.failed = writer->message.failed || !escaped;
    free(escaped);
    return writer->strings++;
}

static void add_value_type(struct writer *writer, unsigned field, const hp_event *event,
                           uint64_t *name)
{
    static const char *const units[] = {
        [HP_NANOSECONDS] = "nanoseconds",
        [HP_TICKS] = "ticks",
        [HP_COUNT] = "count",
        [HP_BYTES] = "bytes",
        [HP_SAMPLES] = "count",
    };

    *name = add_string(writer, hp_string_of(event->name));
    add_number(&writer->inner, VALUE_TYPE, *name);
    add_number(&writer->inner, VALUE_UNIT, add_string(writer, hp_string_of(units[event->unit])));
    add_message(&writer->message, field, &writer->inner);
}

/* Sample types, the interval, and which type is to be shown first. */
static void add_types(struct writer *writer, size_t shown)
{
    size_t events = hp_profile_event_count(writer->profile);
    uint64_t interval = 0, name;

    for (size_t e = 0; e < events; e++) {
        add_value_type(writer, PROFILE_SAMPLE_TYPE, hp_profile_event(writer->profile, e), &name);
        if (e == shown)
            add_number(&writer->message, PROFILE_DEFAULT_TYPE, name);
    }
    for (size_t i = 0; i < hp_profile_input_count(writer->profile); i++) {
        uint64_t of_input = hp_profile_input(writer->profile, i)->interval;

        interval = i == 0 || of_input == interval ? of_input : 0;
    }
    if (events && interval) {
        add_value_type(writer, PROFILE_PERIOD_TYPE, hp_profile_event(writer->profile, 0), &name);
        add_number(&writer->message, PROFILE_PERIOD, interval);
    }
}

/* Functions have the numbers of the profile, from 1. */
static bool add_functions(struct writer *writer)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(writer->profile); id++) {
        const hp_function *function = hp_profile_function(writer->profile, id);
        uint64_t name = add_string(writer, hp_string_of(writer->names[id]));

        add_number(&writer->inner, FUNCTION_ID, id + (uint64_t)1);
        add_number(&writer->inner, FUNCTION_NAME, name);
        add_number(&writer->inner, FUNCTION_SYSTEM_NAME, name);
        if (function->file.size)
            add_number(&writer->inner, FUNCTION_FILE, add_string(writer, function->file));
        if (!function->line_unknown)
            add_number(&writer->inner, FUNCTION_START, function->line);
        add_message(&writer->message, PROFILE_FUNCTION, &writer->inner);
        if (!flush_if_large(writer))
            return false;
    }
    return true;
}

/* Locations have the numbers of the places, from 1. */
static bool add_locations(struct writer *writer)
{
    for (size_t i = 0; i < writer->stacks.place_count; i++) {
        const hp_place *place = &writer->stacks.places[i];
        uint64_t line =
            place->line ? place->line : hp_profile_function(writer->profile, place->function)->line;

        add_number(&writer->line, LINE_FUNCTION, place->function + (uint64_t)1);
        add_number(&writer->line, LINE_NUMBER, line);
        add_number(&writer->inner, LOCATION_ID, i + (uint64_t)1);
        add_message(&writer->inner, LOCATION_LINE, &writer->line);
        add_message(&writer->message, PROFILE_LOCATION, &writer->inner);
        if (!flush_if_large(writer))
            return false;
    }
    return true;
}

static bool add_samples(struct writer *writer)
{
    size_t events = hp_profile_event_count(writer->profile);

    for (size_t i = 0; i < writer->stacks.count; i++) {
        const uint64_t *self = hp_profile_stack_self(writer->profile, i);
        size_t count;

        if (!hp_call_stack_costs(&writer->stacks, i))
            continue;
        count = hp_call_stack_places(&writer->stacks, i, writer->places);
        for (size_t f = 0; f < count; f++)
            add_varint(&writer->line, writer->places[f] + (uint64_t)1);
        add_message(&writer->inner, SAMPLE_LOCATION, &writer->line);
        for (size_t e = 0; e < events; e++)
            add_varint(&writer->line, self[e]);
        add_message(&writer->inner, SAMPLE_VALUE, &writer->line);
        add_message(&writer->message, PROFILE_SAMPLE, &writer->inner);
        if (!flush_if_large(writer))
            return false;
    }
    return true;
}

static bool write_all(struct writer *writer, size_t shown, bool unrolled)
{
    (void)add_string(writer, (hp_string){"", 0}); /* as the format wants it */
    add_types(writer, shown);
    if (unrolled)
        add_number(&writer->message, PROFILE_COMMENT,
                   add_string(writer, hp_string_of("call stacks estimated from calls")));
    return add_functions(writer) && add_locations(writer) && add_samples(writer) &&
           flush(writer, Z_FINISH);
}

/* Values are signed. */
static hp_status check_totals(const hp_profile *profile, hp_error *error)
{
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        if (hp_profile_total(profile)[e] > INT64_MAX)
            return hp_error_set(error, HP_OVERFLOW, 0,
                                "the costs do not fit into the 63 bits that pprof has for them");
    return HP_OK;
}

static hp_status write_pprof(const hp_profile *profile, const hp_report_options *options, FILE *out,
                             hp_error *error)
{
    struct writer writer = {.profile = profile, .out = out, .error = error};
    hp_status status = hp_call_stacks_find(&writer.stacks, profile, error);
    size_t event = 0;

    if (status == HP_OK && options->base)
        status = hp_error_set(error, HP_UNRECOGNISED, 0,
                              "--base: the report pprof cannot show a difference; "
                              "pprof -diff_base does");
    if (status == HP_OK)
        status = check_totals(profile, error);
    if (status == HP_OK)
        status = hp_event_find(profile, options->event, &event, error);
    if (status == HP_OK) {
        writer.places = malloc((writer.stacks.deepest + 1) * sizeof *writer.places);
        /* 15 + 16: the largest window, and a header of gzip, which has no time in it. */
        writer.names = hp_key_names_new(profile, false);
        if (!writer.places || !writer.names ||
            deflateInit2(&writer.stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                         Z_DEFAULT_STRATEGY) != Z_OK) {
            status = hp_no_memory(error);
        } else {
            if (!write_all(&writer, event, options->unrolled))
                status = HP_NO_MEMORY;
            deflateEnd(&writer.stream);
        }
    }
    hp_call_stacks_free(&writer.stacks);
    hp_told_apart_free(writer.names, hp_profile_function_count(profile));
    free(writer.places);
    free(writer.message.data);
    free(writer.inner.data);
    free(writer.line.data);
    return status;
}

const hp_report hp_report_pprof = {
    .name = "pprof",
    .description = "call stacks for pprof, Pyroscope and others",
    .manual = "call stacks of hotshot logs and sampled profiles, in pprof's format (profile.proto, "
              "compressed), which Pyroscope, Parca and others read, too",
    .write = write_pprof,
    .uses = HP_USES_EVENT,
    .binary = true,
    .stacks = true,
};
