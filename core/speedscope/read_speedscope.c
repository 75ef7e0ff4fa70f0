// SPDX-License-Identifier: MIT
/* The files of https://www.speedscope.app, which py-spy, pyinstrument and many others write. JSON:
 *
 *     file    = { "shared": { "frames": [ frame... ] }, "profiles": [ profile... ],
 *                 "exporter": TEXT, ... }
 *     frame   = { "name": TEXT, "file": TEXT, "line": NUMBER }
 *     profile = { "type": "sampled", "name": TEXT, "unit": unit,
 *                 "samples": [ [ FRAME... ]... ], "weights": [ NUMBER... ] }      from the root on
 *             | { "type": "evented", "name": TEXT, "unit": unit,
 *                 "events": [ { "type": "O" or "C", "at": NUMBER, "frame": FRAME }... ] }
 *     unit    = "none" | "nanoseconds" | ... | "seconds" | "bytes"
 *
 * in any order. All profiles are added up; they are threads. All must count the same: what is of
 * another unit than the first one is an error. Of sampled profiles each sample is one of the event
 * Samples, besides its time. startValue and endValue are ignored: some writers have wrong ones.
 *
 * py-spy before 0.3.9 says that it weighs in seconds, but counts samples. The line of a frame is
 * the first one of the function in files of pyinstrument, and else the line at work. A frame that
 * hotreport wrote may have a "firstLine", too, that of the function. */
#include "speedscope/speedscope_profile.h"

#include "input/reader.h"
#include "input/scan.h"

#include <stdlib.h>

/* Where in the file a value is. */
enum place {
    OUTSIDE,
    FILE_,
    SHARED,
    FRAMES,
    FRAME,
    PROFILES,
    PROFILE,
    SAMPLES,
    SAMPLE,
    WEIGHTS,
    EVENTS,
    EVENT
};
enum key {
    OTHER,
    KEY_SHARED,
    KEY_FRAMES,
    KEY_PROFILES,
    KEY_EXPORTER,
    KEY_NAME,
    KEY_FILE,
    KEY_LINE,
    KEY_FIRST_LINE,
    KEY_UNIT,
    KEY_TYPE,
    KEY_SAMPLES,
    KEY_WEIGHTS,
    KEY_EVENTS,
    KEY_AT,
    KEY_FRAME
};

typedef struct file_reader {
    hp_speedscope *speedscope;
    enum place place[8];
    size_t depth;
    unsigned ignored; /* how many values that mean nothing here are open */
    enum key key;
} file_reader;

static enum place place_of(const file_reader *reader)
{
    return reader->depth ? reader->place[reader->depth - 1] : OUTSIDE;
}

/* The place of an object or array that begins; OUTSIDE: it means nothing. */
static enum place place_in(enum place place, enum key key, bool object)
{
    static const struct {
        enum place outer;
        enum key key; /* OTHER: any */
        bool object;
        enum place inner;
    } places[] = {
        {OUTSIDE, OTHER, true, FILE_},          {FILE_, KEY_SHARED, true, SHARED},
        {SHARED, KEY_FRAMES, false, FRAMES},    {FRAMES, OTHER, true, FRAME},
        {FILE_, KEY_PROFILES, false, PROFILES}, {PROFILES, OTHER, true, PROFILE},
        {PROFILE, KEY_SAMPLES, false, SAMPLES}, {SAMPLES, OTHER, false, SAMPLE},
        {PROFILE, KEY_WEIGHTS, false, WEIGHTS}, {PROFILE, KEY_EVENTS, false, EVENTS},
        {EVENTS, OTHER, true, EVENT},
    };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i].outer == place && places[i].object == object &&
            (places[i].key == OTHER || places[i].key == key))
            return places[i].inner;
    return OUTSIDE;
}

static bool begin(void *context, bool object)
{
    file_reader *reader = context;
    enum place inner = place_in(place_of(reader), reader->key, object);

    if (reader->ignored || inner == OUTSIDE) {
        reader->ignored++;
        return true;
    }
    reader->place[reader->depth++] = inner;
    reader->key = OTHER;
    switch (inner) {
    case FRAME:
        return hp_speedscope_begin_frame(reader->speedscope);
    case PROFILE:
        return hp_speedscope_begin_profile(reader->speedscope);
    case SAMPLE:
        return hp_speedscope_begin_sample(reader->speedscope);
    case EVENT:
        return hp_speedscope_begin_event(reader->speedscope);
    default:
        return true;
    }
}

static bool end(void *context)
{
    file_reader *reader = context;

    if (reader->ignored)
        reader->ignored--;
    else
        reader->depth--;
    reader->key = OTHER;
    return true;
}

static bool read_key(void *context, hp_string key)
{
    static const struct {
        hp_string name;
        enum key key;
    } keys[] = {
        {HP_LITERAL("shared"), KEY_SHARED},     {HP_LITERAL("frames"), KEY_FRAMES},
        {HP_LITERAL("profiles"), KEY_PROFILES}, {HP_LITERAL("exporter"), KEY_EXPORTER},
        {HP_LITERAL("name"), KEY_NAME},         {HP_LITERAL("file"), KEY_FILE},
        {HP_LITERAL("line"), KEY_LINE},         {HP_LITERAL("firstLine"), KEY_FIRST_LINE},
        {HP_LITERAL("unit"), KEY_UNIT},         {HP_LITERAL("type"), KEY_TYPE},
        {HP_LITERAL("samples"), KEY_SAMPLES},   {HP_LITERAL("weights"), KEY_WEIGHTS},
        {HP_LITERAL("events"), KEY_EVENTS},     {HP_LITERAL("at"), KEY_AT},
        {HP_LITERAL("frame"), KEY_FRAME},
    };
    file_reader *reader = context;

    if (reader->ignored)
        return true;
    reader->key = OTHER;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (hp_string_equal(key, keys[i].name))
            reader->key = keys[i].key;
    return true;
}

static bool read_string(void *context, hp_string text)
{
    file_reader *reader = context;
    hp_speedscope *speedscope = reader->speedscope;

    if (reader->ignored)
        return true;
    switch (place_of(reader)) {
    case FILE_:
        return reader->key != KEY_EXPORTER || hp_speedscope_set_exporter(speedscope, text);
    case FRAME:
        return reader->key == KEY_NAME   ? hp_speedscope_set_name(speedscope, text)
               : reader->key == KEY_FILE ? hp_speedscope_set_file(speedscope, text)
                                         : true;
    case PROFILE:
        return reader->key == KEY_NAME   ? hp_speedscope_set_thread(speedscope, text)
               : reader->key == KEY_UNIT ? hp_speedscope_set_unit(speedscope, text)
                                         : true;
    case EVENT:
        if (reader->key == KEY_TYPE)
            hp_speedscope_set_opening(speedscope, HP_IS(text, "O"));
        return true;
    default:
        return true;
    }
}

static bool read_number(void *context, hp_string text)
{
    file_reader *reader = context;
    hp_speedscope *speedscope = reader->speedscope;

    if (reader->ignored)
        return true;
    switch (place_of(reader)) {
    case FRAME:
        if (reader->key == KEY_LINE)
            hp_speedscope_set_line(speedscope, text);
        else if (reader->key == KEY_FIRST_LINE)
            hp_speedscope_set_first_line(speedscope, text);
        return true;
    case SAMPLE:
        return hp_speedscope_add_frame(speedscope, text);
    case WEIGHTS:
        return hp_speedscope_add_weight(speedscope, text);
    case EVENT:
        if (reader->key == KEY_AT)
            hp_speedscope_set_at(speedscope, text);
        else if (reader->key == KEY_FRAME)
            hp_speedscope_set_event_frame(speedscope, text);
        return true;
    default:
        return true;
    }
}

static bool read_other(void *context)
{
    (void)context;
    return true;
}

static hp_status read_file(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                           const hp_load_options *options, hp_error *error)
{
    static const hp_json_events events = {begin,       end,         read_key,
                                          read_string, read_number, read_other};
    hp_error problem = {0};
    hp_speedscope speedscope = {
        .profile = profile, .input = input, .error = &problem, .options = options, .size = size};
    file_reader reader = {.speedscope = &speedscope};
    hp_status status = hp_json_read(data, size, &events, &reader, options, &problem);

    /* What stood before the damage is added, too. */
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT)
        status = hp_speedscope_finish(&speedscope);
    if (status != HP_OK)
        *error = problem;
    hp_speedscope_free(&speedscope);
    return status;
}

static bool recognise(const uint8_t *head, size_t size)
{
    hp_string text = hp_trimmed((hp_string){(const char *)head, size});

    if (text.size == 0 || *text.data != '{')
        return false;
    for (size_t i = 0; i + 10 <= size; i++)
        if (memcmp(head + i, "speedscope", 10) == 0)
            return true;
    return false;
}

const hp_reader hp_reader_speedscope = {
    .format = {"speedscope", "speedscope file (py-spy, pyinstrument and others)", .stacks = true},
    .manual = "a file of speedscope, as \"py-spy record --format speedscope\", \"pyinstrument "
              "--renderer speedscope\" and others write it, and the report \"speedscope\"",
    .mime = {.type = "application/x-speedscope+json",
             .comment = "speedscope profile",
             .pattern = "*.speedscope.json",
             .priority = "90",
             .magic = {HP_LITERAL("\"https://www.speedscope.app/file-format-schema.json\"")},
             .inside = true},
    .recognise = recognise,
    .read = read_file,
};
