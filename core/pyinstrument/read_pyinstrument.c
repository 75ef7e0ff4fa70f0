// SPDX-License-Identifier: MIT
/* The sessions of pyinstrument (4 and 5), such as "pyinstrument -o run.pyisession program.py"
 * saves. JSON:
 *
 *     session = { "frame_records": [ [ [ frame... ], SECONDS ]... ], KEY: value... }
 *     frame   = NAME "\0" FILE "\0" FIRST-LINE { "\1" attribute }       from the root on
 *     attribute = "l" LINE            the line at work
 *               | "c" CLASS | ...
 *
 * The first frame is that of the thread, whose file is <thread>. A function of a class is called
 * CLASS.NAME. */
#include "input/json.h"
#include "input/reader.h"
#include "input/scan.h"
#include "model/array.h"
#include "model/profile.h"
#include "model/samples.h"

#include <stdlib.h>

enum place { OUTSIDE, SESSION, RECORDS, RECORD, STACK };

/* The frame of a text. */
typedef struct known_frame {
    hp_string text;
    hp_frame frame;
    bool left_out; /* of the stacks: a thread */
} known_frame;

typedef struct session_reader {
    hp_profile *profile;
    hp_input *input;
    hp_error *error;
    hp_samples samples;
    bool threads_apart;

    enum place place;
    unsigned ignored; /* how many values that mean nothing here are open */
    bool in_records;  /* the last key of the session */
    hp_string key;

    known_frame *known;
    size_t known_count, known_capacity;
    hp_index index;
    hp_frame *stack;
    size_t depth, stack_capacity;
    bool whole; /* the stack of the record is */
    char *name;
    size_t name_capacity;
} session_reader;

/* --- Frames --------------------------------------------------------------------------------- */

/* Takes everything before a byte, and the byte; or all of the text. */
static hp_string take_part(hp_string *text, char separator)
{
    hp_string part;

    if (!hp_take_until(text, separator, &part)) {
        part = *text;
        *text = (hp_string){part.data + part.size, 0};
    }
    return part;
}

static uint64_t line_of(hp_string text)
{
    uint64_t line = 0;

    for (size_t i = 0; i < text.size && i < 18 && hp_is_digit(text.data[i]); i++)
        line = 10 * line + (uint64_t)(text.data[i] - '0');
    return line;
}

/* "CLASS.NAME" or, of a thread, "<thread NAME>" */
static bool join_name(session_reader *session, hp_string start, hp_string name, char end,
                      hp_string *joined)
{
    if (!hp_array_reserve(&session->name, &session->name_capacity, start.size + name.size + 1, 1))
        return hp_no_memory(session->error) == HP_OK;
    if (start.size)
        memcpy(session->name, start.data, start.size);
    if (end == '.')
        session->name[start.size++] = '.';
    if (name.size)
        memcpy(session->name + start.size, name.data, name.size);
    if (end == '>')
        session->name[start.size + name.size] = '>';
    *joined = (hp_string){session->name, start.size + name.size + (end == '>')};
    return true;
}

static bool add_function(session_reader *session, hp_string text, known_frame *known)
{
    hp_string identity = take_part(&text, '\1'), class_name = {"", 0},
              name = take_part(&identity, 0);
    hp_function function = {.file = take_part(&identity, 0), .object = HP_LITERAL("")};
    uint64_t line;
    hp_function_id id;

    function.line = line = line_of(identity);
    while (text.size) {
        hp_string attribute = take_part(&text, '\1');

        if (HP_TAKE(&attribute, "l"))
            line = line_of(attribute);
        else if (HP_TAKE(&attribute, "c"))
            class_name = attribute;
    }
    function.name = name;
    if (HP_IS(function.file, "<thread>")) {
        session->input->threads++;
        known->left_out = !session->threads_apart;
        if (known->left_out)
            return true;
        if (!join_name(session, (hp_string)HP_LITERAL("<thread "), name, '>', &function.name))
            return false;
        function.file.size = line = function.line = 0;
    } else if (class_name.size && !join_name(session, class_name, name, '.', &function.name)) {
        return false;
    }
    function.recorded_file = function.file;
    return hp_profile_add_function(session->profile, &function, &id, session->error) == HP_OK &&
           hp_samples_frame(&session->samples, id, line, &known->frame, session->error) == HP_OK;
}

static bool find_frame(session_reader *session, hp_string text, known_frame *frame)
{
    uint32_t hash = hp_hash_bytes(text.data, text.size), found;
    known_frame known = {.left_out = false};
    size_t probe = 0;

    while ((found = hp_index_next(&session->index, hash, &probe)) != HP_NO_ROW)
        if (hp_string_equal(session->known[found].text, text)) {
            *frame = session->known[found];
            return true;
        }
    if (!add_function(session, text, &known))
        return false;
    if (!hp_reserve_strings(session->profile, 1, text.size) ||
        !hp_index_reserve(&session->index, 1) ||
        !hp_array_reserve(&session->known, &session->known_capacity, session->known_count + 1,
                          sizeof *session->known))
        return hp_no_memory(session->error) == HP_OK;
    known.text = hp_intern(session->profile, text);
    hp_index_add(&session->index, hash, (uint32_t)session->known_count);
    *frame = session->known[session->known_count++] = known;
    return true;
}

/* --- JSON ----------------------------------------------------------------------------------- */

static bool begin(void *context, bool object)
{
    session_reader *session = context;

    if (session->ignored) {
        session->ignored++;
    } else if (session->place == OUTSIDE && object) {
        session->place = SESSION;
    } else if (session->place == SESSION && session->in_records && !object) {
        session->place = RECORDS;
    } else if (session->place == RECORDS && !object) {
        session->place = RECORD;
        session->whole = false;
    } else if (session->place == RECORD && !object && !session->whole) {
        session->place = STACK;
        session->depth = 0;
    } else {
        session->ignored = 1;
    }
    return true;
}

static bool end(void *context)
{
    session_reader *session = context;

    if (session->ignored) {
        session->ignored--;
    } else {
        session->whole = session->place == STACK;
        session->place--;
    }
    return true;
}

/* Keeps the keys of the session and their values as infos. */
static bool key(void *context, hp_string key)
{
    session_reader *session = context;

    if (session->place != SESSION || session->ignored)
        return true;
    session->in_records = HP_IS(key, "frame_records");
    if (!hp_reserve_strings(session->profile, 1, key.size))
        return hp_no_memory(session->error) == HP_OK;
    session->key = hp_intern(session->profile, key);
    return true;
}

static bool add_info(session_reader *session, hp_string value)
{
    return session->place != SESSION || session->ignored ||
           hp_profile_add_info(session->profile, session->key, value, session->error) == HP_OK;
}

static bool string(void *context, hp_string text)
{
    session_reader *session = context;
    known_frame frame = {.left_out = true};

    if (session->place != STACK || session->ignored)
        return add_info(session, text);
    if (!find_frame(session, text, &frame))
        return false;
    if (frame.left_out)
        return true;
    if (!hp_array_reserve(&session->stack, &session->stack_capacity, session->depth + 1,
                          sizeof *session->stack))
        return hp_no_memory(session->error) == HP_OK;
    session->stack[session->depth++] = frame.frame;
    return true;
}

/* The weight of a record, whose stack came before it. */
static bool number(void *context, hp_string text)
{
    session_reader *session = context;
    uint64_t costs[2] = {0, 1};
    hp_status status;

    if (session->place == SESSION && !session->ignored && HP_IS(session->key, "min_interval") &&
        hp_json_decimal(text, 9, &session->input->interval) != HP_OK)
        session->input->interval = 0;
    if (session->place != RECORD || session->ignored || !session->whole)
        return add_info(session, text);
    session->whole = false;
    status = hp_json_decimal(text, 9, &costs[0]);
    if (status == HP_OVERFLOW)
        return hp_overflow(session->error) == HP_OK;
    session->input->impossible_numbers += status == HP_CORRUPT;
    if (status == HP_CORRUPT)
        costs[0] = 0;
    return hp_samples_add(&session->samples, 0, session->stack, session->depth, costs,
                          session->error) == HP_OK;
}

static bool other(void *context)
{
    (void)context;
    return true;
}

/* --- The reader ----------------------------------------------------------------------------- */

static hp_status read_session(hp_profile *profile, hp_input *input, const uint8_t *data,
                              size_t size, const hp_load_options *options, hp_error *error)
{
    static const hp_json_events events = {begin, end, key, string, number, other};
    static const hp_event counted[] = {{"Time", HP_NANOSECONDS}, {"Samples", HP_SAMPLES}};
    session_reader session = {.profile = profile,
                              .input = input,
                              .error = error,
                              .threads_apart = options->threads_apart};
    hp_error problem = {0};
    hp_status status = hp_profile_set_events(profile, counted, 2, error);

    input->sampled = true;
    input->stacks = options->stacks;
    if (status == HP_OK)
        status = hp_samples_start(&session.samples, profile, options->stacks,
                                  hp_samples_row_limit(size), error);
    if (status == HP_OK)
        status = hp_json_read(data, size, &events, &session, options, error);
    if (session.samples.profile && hp_samples_finish(&session.samples, &problem) != HP_OK) {
        *error = problem;
        status = problem.status;
    }
    hp_samples_free(&session.samples);
    hp_index_free(&session.index);
    free(session.known);
    free(session.stack);
    free(session.name);
    return status;
}

static bool recognise(const uint8_t *head, size_t size)
{
    hp_string text = {(const char *)head, size};

    text = hp_trimmed(text);
    if (text.size == 0 || *text.data != '{')
        return false;
    for (size_t i = 0; i + 20 <= size; i++)
        if (memcmp(head + i, "\"start_call_stack\"", 18) == 0 ||
            memcmp(head + i, "\"frame_records\":", 16) == 0)
            return true;
    return false;
}

const hp_reader hp_reader_pyinstrument = {
    .format = {"pyinstrument", "session of pyinstrument", .stacks = true},
    .manual = "a session of pyinstrument, made by \"pyinstrument -o FILE.pyisession program.py\"",
    .mime = {.type = "application/x-pyinstrument-session",
             .comment = "pyinstrument session",
             .pattern = "*.pyisession",
             .priority = "50",
             .magic = {HP_LITERAL("{\"start_time\": ")}},
    .recognise = recognise,
    .read = read_session,
};
