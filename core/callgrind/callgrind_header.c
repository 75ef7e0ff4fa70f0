// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_header.h"

#include "model/profile.h"

enum { POSITIONS_MAX = 4 };

static bool read_events(hp_callgrind_reader *reader, const char *start, hp_string text)
{
    size_t first_info = reader->header.own ? reader->header.first_info : 0;
    hp_profile *profile;
    bool whole, from_callgrind = reader->header.callgrind &&
                                 (reader->header.created || reader->header.continued);

    if (reader->has_events)
        hp_callgrind_leave_part(reader, start);
    profile = hp_callgrind_begin_part(&reader->parts);
    if (!profile)
        return hp_scan_no_memory(&reader->scan);
    reader->has_events = true;
    reader->start = start;
    reader->own = reader->header.own;
    reader->end = reader->own || from_callgrind                            ? HP_CALLGRIND_TOTALS
                  : reader->header.has_command && !reader->header.has_more ? HP_CALLGRIND_SUMMARY
                                                                           : HP_CALLGRIND_OPEN;
    reader->closed = HP_CALLGRIND_OPEN;
    hp_callgrind_names_begin(&reader->names, profile, reader->own);
    whole = hp_callgrind_read_events(&reader->scan, text, reader->whole, first_info,
                                     reader->own ? &reader->header.units : NULL, profile,
                                     &reader->columns) &&
            (!reader->own || hp_callgrind_read_exact(&reader->names, text.data + text.size));
    reader->header.own = reader->header.created = reader->header.continued = false;
    reader->header.has_command = reader->header.has_more = false;
    reader->header.units.count = 0;
    return whole;
}

static bool read_positions(hp_callgrind_reader *reader, hp_string text)
{
    const char *start = text.data;
    hp_string word;

    reader->positions = 0;
    reader->line_position = HP_NO_COLUMN;
    while (hp_take_word(&text, &word)) {
        if (reader->positions == POSITIONS_MAX)
            return hp_scan_corrupt(&reader->scan, start, "at most 4 positions");
        if (HP_IS(word, "line"))
            reader->line_position = reader->positions;
        else if (!HP_IS(word, "instr") && !HP_IS(word, "addr") && !HP_IS(word, "bb"))
            return hp_scan_corrupt(&reader->scan, word.data, "instr, bb or line");
        reader->positions++;
    }
    return reader->positions || hp_scan_corrupt(&reader->scan, start, "instr, bb or line");
}

/* What callgrind and our own report write as the totals of a part. */
static bool check_totals(const hp_callgrind_reader *reader, const char *start, hp_string text)
{
    const hp_profile *profile = reader->parts.profile;
    uint64_t sums[HP_EVENTS_MAX] = {0}, sum;
    bool any = false, equal = true;
    hp_string word;

    for (size_t c = 0; hp_take_word(&text, &word); c++) {
        const char *at = word.data;

        if (c == reader->columns.count)
            return hp_scan_corrupt(&reader->scan, start, "no more sums than events");
        if (!hp_take_number(&at, &sum) || at != word.data + word.size)
            return hp_scan_corrupt(&reader->scan, word.data, "a sum");
        if (reader->columns.place[c] != HP_NO_COLUMN)
            sums[reader->columns.place[c]] = sum;
    }
    for (size_t e = 0; e < profile->event_count; e++) {
        any = any || sums[e];
        equal = equal && sums[e] == profile->total[e];
    }
    return equal || !any || hp_scan_corrupt(&reader->scan, start, "the sums of the costs above");
}

static bool read_sums(hp_callgrind_reader *reader, const char *start, hp_string text, bool totals)
{
    if (!reader->has_events)
        return hp_scan_corrupt(&reader->scan, start, "events: before sums");
    reader->closed = totals ? HP_CALLGRIND_TOTALS : HP_CALLGRIND_SUMMARY;
    reader->trailed = false;
    return !totals || reader->end != HP_CALLGRIND_TOTALS || check_totals(reader, start, text);
}

/* "KEY: TEXT" that is kept as info. */
static bool read_info(hp_callgrind_reader *reader, const char *start, hp_string key, hp_string text)
{
    const char *digits = text.data;
    hp_string creator = text;
    uint64_t version;

    if (HP_IS(key, "creator")) {
        reader->header.created = true;
        reader->header.callgrind = HP_TAKE(&creator, "callgrind-");
    }
    if (HP_IS(key, "cmd"))
        reader->header.has_command = true;
    else if (!HP_IS(key, "desc"))
        reader->header.has_more = true;
    if (HP_IS(key, "version") && hp_take_number(&digits, &version) && version > 1)
        return hp_scan_corrupt(&reader->scan, start, "version 1");
    return hp_profile_add_info(reader->whole, key, text, reader->scan.error) == HP_OK;
}

bool hp_callgrind_read_header(hp_callgrind_reader *reader, hp_string text)
{
    const char *start = text.data;
    hp_string key;

    if (!hp_take_until(&text, ':', &key) || key.size == 0 || hp_is_digit(*start) ||
        memchr(key.data, '=', key.size))
        return hp_scan_corrupt(&reader->scan, start, "a line of the callgrind format");
    text = hp_trimmed(text);
    if (HP_IS(key, "totals") || HP_IS(key, "summary"))
        return read_sums(reader, start, text, HP_IS(key, "totals"));
    reader->trailed = true;
    if (HP_IS(key, "events"))
        return read_events(reader, start, text);
    if (HP_IS(key, "part") || HP_IS(key, "thread") || HP_IS(key, "pid") ||
        HP_IS(key, "positions")) {
        hp_callgrind_begin_header(reader, start);
        reader->header.continued = true;
    }
    if (!HP_IS(key, "positions"))
        return read_info(reader, start, key, text);
    reader->header.has_more = true;
    return read_positions(reader, text);
}
