// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_facts.h"

#include "model/profile.h"

/* "KEY=NUMBER", and a blank or comma. */
static bool take_fact(hp_string *text, hp_string key, uint64_t *number)
{
    const char *at;

    if (!hp_take_prefix(text, key))
        return false;
    at = text->data;
    if (!hp_take_number(&at, number))
        return false;
    at += *at == ' ' || *at == ',';
    text->size = (size_t)(text->data + text->size - at);
    text->data = at;
    return true;
}
#define TAKE_FACT(text, key, number) take_fact(text, (hp_string)HP_LITERAL(key), number)

static void read_input_facts(hp_callgrind_reader *reader, hp_string text)
{
    hp_input *input = reader->input;
    uint64_t events, unmatched, open;

    if (!TAKE_FACT(&text, "events=", &events) ||
        !TAKE_FACT(&text, "unmatched-exits=", &unmatched) ||
        !TAKE_FACT(&text, "open-frames=", &open))
        return;
    input->events = hp_add_counts(input->events, events);
    input->unmatched_exits = hp_add_counts(input->unmatched_exits, unmatched);
    input->open_frames = hp_add_counts(input->open_frames, open);
    reader->header.own = true;
}

static void read_sampling(hp_input *input, hp_string text)
{
    uint64_t interval, threads, processes;

    if (!TAKE_FACT(&text, "interval=", &interval) || !TAKE_FACT(&text, "threads=", &threads) ||
        !TAKE_FACT(&text, "processes=", &processes))
        return;
    input->interval = !input->sampled || input->interval == interval ? interval : 0;
    input->threads = hp_add_counts(input->threads, threads);
    input->processes = hp_add_counts(input->processes, processes);
    input->sampled = true;
}

/* "KEY=NUMBER " or "KEY=? ". false with an error if the number is too large. */
static bool take_calls(const hp_callgrind_reader *reader, hp_string *text, hp_string key,
                       uint64_t *calls)
{
    hp_string rest = *text;

    if (hp_take_prefix(&rest, key) && HP_TAKE(&rest, "? ")) {
        *calls = HP_UNKNOWN;
        *text = rest;
        return true;
    }
    return take_fact(text, key, calls) &&
           (*calls != HP_UNKNOWN ||
            hp_scan_corrupt(&reader->scan, rest.data, HP_CALLGRIND_CALLS_FIT));
}

static bool read_function_facts(hp_callgrind_reader *reader, hp_string text)
{
    uint64_t inclusive[HP_EVENTS_MAX] = {0}, line, calls, primitive;
    const char *start = text.data;
    size_t e = 0;

    if (!TAKE_FACT(&text, "line=", &line) ||
        !take_calls(reader, &text, (hp_string)HP_LITERAL("calls="), &calls) ||
        !take_calls(reader, &text, (hp_string)HP_LITERAL("primitive="), &primitive) ||
        !HP_TAKE(&text, "inclusive="))
        return reader->scan.error->status == HP_OK;
    while (e < reader->parts.profile->event_count && TAKE_FACT(&text, "", &inclusive[e]))
        e++;
    return hp_callgrind_add_told(&reader->parts.sums, start, reader->function.id, calls, primitive,
                                 inclusive);
}

bool hp_callgrind_read_comment(hp_callgrind_reader *reader, hp_string text)
{
    const char *start = text.data;

    if (HP_TAKE(&text, "# callgrind format"))
        reader->header.has_more = reader->trailed = true;
    if (!HP_TAKE(&text, "# hotprof: "))
        return true;
    if (text.size > 7 && memcmp(text.data, "events=", 7) == 0) {
        hp_callgrind_begin_header(reader, start);
        read_input_facts(reader, text);
        return true;
    }
    if (!reader->has_events) {
        if (HP_TAKE(&text, "unit="))
            hp_callgrind_read_unit(&reader->header.units, text);
        else if (HP_TAKE(&text, "sampled "))
            read_sampling(reader->input, text);
        return true;
    }
    if (!reader->own || reader->function.id == HP_NO_FUNCTION ||
        TAKE_FACT(&text, "at=", &reader->at))
        return true;
    reader->estimated = reader->estimated || HP_IS(text, "estimated");
    reader->uncounted = reader->uncounted || HP_IS(text, "calls=?");
    return read_function_facts(reader, text);
}
