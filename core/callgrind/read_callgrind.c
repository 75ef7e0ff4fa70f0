// SPDX-License-Identifier: MIT
/* The out files of callgrind, cachegrind and of programs that write for KCachegrind, and our own
 * callgrind report (https://valgrind.org/docs/manual/cl-format.html):
 *
 *     file     = part...                             parts, as of threads, are added up
 *     part     = { header } "events:" NAME... { line }
 *     header   = KEY ":" TEXT                        told as info, but for the next one
 *              | "positions:" { "instr" | "bb" | "line" }
 *     line     = ( "ob" | "fl" | "fi" | "fe" | "fn" | "cob" | "cfi" | "cfl" | "cfn" ) "=" name
 *              | position... { cost }                costs that are left out are 0
 *              | "calls=" COUNT position... newline position... { cost }
 *              | ( "jump=" | "jcnd=" | "jfi=" | "jfn=" ) ...     passed over, as is the next line
 *              | ( "totals:" | "summary:" ) { cost }
 *              | "# hotprof:" ...                     of our own report, see report_callgrind.c
 *     name     = TEXT | "(" ID ")" " " TEXT | "(" ID ")"
 *     position = NUMBER | "+" NUMBER | "-" NUMBER | "*"          from the last one of its kind
 *
 * How it becomes a profile:
 *
 * - A function is told by name, file and object. "???" is no file and no object. Its first line is
 *   not known (0): the lines that calls go to differ from run to run.
 * - fn= belongs to the last fl=, cfn= to the cob= and cfi= before it, or else to the object and the
 *   file that are current.
 * - What a function does in other files than its own (fi=, fe=: code inlined into it) stands on its
 *   line 0, and so do the calls it makes there. Addresses are passed over.
 * - Calls are as recorded; from a function that calls itself they count again and again. As in
 *   KCachegrind and callgrind_annotate, the inclusive cost of a function is the sum of the calls of
 *   it by others or, if there are none, its own cost and that of its calls of others. Through
 *   mutual recursion that may be too much; it is never more than the total. Primitive are the calls
 *   by others.
 * - <interpreter> is not made up: what nobody calls here is no entry from Python.
 * - Of our own report everything is known exactly, and comes back as it was.
 * - totals: must be the sum of the costs of its part. summary: may count more, so it serves to
 *   notice only that a file, which has it in the header and no totals:, was cut short.
 * - Without totals: at its end a part of callgrind or of our own was cut short, and so was a file
 *   of cachegrind, which tells nothing of itself but desc: and cmd:, without summary:. */
#include "callgrind/callgrind_names.h"
#include "callgrind/callgrind_sums.h"
#include "input/reader.h"
#include "model/profile.h"

#include <inttypes.h>

enum { POSITIONS_MAX = 4, STRETCH = 1 << 20 };
#define NO_COLUMN SIZE_MAX

struct reader {
    hp_profile *profile;
    hp_input *input;
    hp_scan scan;
    hp_callgrind_names names;
    hp_callgrind_sums sums;

    size_t positions, line_position; /* how many, and which of them is the line */
    size_t columns, place[HP_EVENTS_MAX];
    uint64_t line; /* the last one */

    hp_string object, file, own_file;     /* own_file: of the last fl= */
    hp_string called_object, called_file; /* data NULL: the current ones */
    hp_string function_file;              /* of function */
    hp_function_id function, callee;
    enum { SELF, CALL, JUMP } next; /* what the next cost is */
    uint64_t count;                 /* of the CALL */

    /* Of the part: the total before it, and its summary. */
    uint64_t before[HP_EVENTS_MAX], summary[HP_EVENTS_MAX];
    bool summarised;
    bool events_told;
    bool own;                             /* our own report */
    bool totalled;                        /* totals: must come at the end */
    bool told_command, told_other;        /* by the header: cmd:, other than cmd: and desc: */
    enum { COSTS, TOTALS, SUMMARY } last; /* what came last; COSTS: anything but sums */
    uint64_t at; /* the exact line of the next cost, if it does not fit into 32 bits; else 0 */
    bool estimated, uncounted; /* the next call */
};

static const char calls_fit[] = "calls whose sum fits into 64 bits";

static bool corrupt(const struct reader *reader, const char *at, const char *expected)
{
    return hp_scan_corrupt(&reader->scan, at, expected);
}

/* --- What our own report adds -------------------------------------------------------------- */

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
#define TAKE_FACT(text, key, number) take_fact(text, (hp_string){key, sizeof(key) - 1}, number)

/* "KEY=NUMBER " or "KEY=? ". false with an error: the number does not fit. */
static bool take_calls(const struct reader *reader, hp_string *text, hp_string key, uint64_t *calls)
{
    hp_string rest = *text;

    if (hp_take_prefix(&rest, key) && HP_TAKE(&rest, "? ")) {
        *calls = HP_UNKNOWN;
        *text = rest;
        return true;
    }
    return take_fact(text, key, calls) &&
           (*calls != HP_UNKNOWN || corrupt(reader, rest.data, calls_fit));
}

static bool read_function_facts(struct reader *reader, hp_string text)
{
    uint64_t inclusive[HP_EVENTS_MAX] = {0}, line, calls, primitive;
    const char *start = text.data;
    size_t e = 0;

    if (!TAKE_FACT(&text, "line=", &line) ||
        !take_calls(reader, &text, (hp_string)HP_LITERAL("calls="), &calls) ||
        !take_calls(reader, &text, (hp_string)HP_LITERAL("primitive="), &primitive) ||
        !HP_TAKE(&text, "inclusive="))
        return reader->scan.error->status == HP_OK;
    while (e < reader->profile->event_count && TAKE_FACT(&text, "", &inclusive[e]))
        e++;
    return hp_callgrind_add_told(&reader->sums, start, reader->function, calls, primitive,
                                 inclusive);
}

static bool read_comment(struct reader *reader, hp_string text)
{
    hp_input *input = reader->input;

    if (!HP_TAKE(&text, "# hotprof: ")) {
        reader->told_other = reader->told_other || HP_TAKE(&text, "# callgrind format");
        return true;
    }
    if (!reader->events_told) {
        if (TAKE_FACT(&text, "events=", &input->events))
            reader->own = reader->totalled =
                TAKE_FACT(&text, "unmatched-exits=", &input->unmatched_exits) &&
                TAKE_FACT(&text, "open-frames=", &input->open_frames);
        return true;
    }
    if (!reader->own || reader->function == HP_NO_FUNCTION || TAKE_FACT(&text, "at=", &reader->at))
        return true;
    if (HP_IS(text, "estimated")) {
        reader->estimated = true;
        return true;
    }
    if (HP_IS(text, "calls=?")) {
        reader->uncounted = true;
        return true;
    }
    return read_function_facts(reader, text);
}

/* --- Header ------------------------------------------------------------------------------- */

/* Whether "NAME : TEXT" defines an event; "NAME = FORMULA : TEXT" is for events that are computed.
 */
static bool defines(hp_string text, hp_string name)
{
    if (!hp_take_prefix(&text, name))
        return false;
    text = hp_trimmed(text);
    return text.size && *text.data == ':';
}

/* The definition of an event; data NULL if there is none. */
static hp_string definition_of(const hp_profile *profile, hp_string name)
{
    for (size_t i = 0; i < profile->info_count; i++)
        if (HP_IS(profile->infos[i].key, "event") && defines(profile->infos[i].value, name))
            return profile->infos[i].value;
    return (hp_string){NULL, 0};
}

static hp_unit unit_of(const struct reader *reader, hp_string name, hp_string definition)
{
    static const char nanoseconds[] = "(ns)";
    size_t size = sizeof nanoseconds - 1;

    if ((HP_IS(name, "Time") || reader->own) && definition.size > size &&
        memcmp(definition.data + definition.size - size, nanoseconds, size) == 0)
        return HP_NANOSECONDS;
    return reader->own && HP_IS(name, "Ticks") ? HP_TICKS : HP_COUNT;
}

static bool is_event_name(hp_string word)
{
    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] <= ' ' || word.data[i] > '~' || word.data[i] == ':' || word.data[i] == '=')
            return false;
    return true;
}

static bool read_events(struct reader *reader, hp_string text)
{
    hp_profile *profile = reader->profile;
    hp_event events[HP_EVENTS_MAX];
    const char *start = text.data;
    bool first = !reader->events_told;
    size_t count = 0;
    hp_string word;

    for (reader->columns = 0; hp_take_word(&text, &word); reader->columns++) {
        size_t e = 0;

        if (reader->columns == HP_EVENTS_MAX)
            return corrupt(reader, start, "not so many events");
        if (!is_event_name(word))
            return corrupt(reader, word.data, "the name of an event");
        while (e < (first ? count : profile->event_count) &&
               !hp_string_equal(word, hp_text(first ? events[e].name : profile->events[e].name)))
            e++;
        reader->place[reader->columns] = e;
        if (!first && e == profile->event_count)
            return corrupt(reader, word.data, "the events of the first part");
        for (size_t c = 0; c < reader->columns; c++)
            if (reader->place[c] == e)
                return corrupt(reader, word.data, "each event once");
        if (!first)
            continue;

        hp_string definition = definition_of(profile, word);

        /* Our own report of nothing names an event, as other programs need one. */
        if (reader->own && !definition.data) {
            reader->place[reader->columns] = NO_COLUMN;
            continue;
        }
        if (!hp_reserve_strings(profile, 1, word.size))
            return hp_scan_no_memory(&reader->scan);
        events[count++] =
            (hp_event){hp_intern(profile, word).data, unit_of(reader, word, definition)};
    }
    reader->events_told = true;
    return !first || (hp_profile_set_events(profile, events, count, reader->scan.error) == HP_OK &&
                      (!reader->own || hp_callgrind_read_exact(&reader->names, start)));
}

static bool read_positions(struct reader *reader, hp_string text)
{
    const char *start = text.data;
    hp_string word;

    reader->positions = 0;
    reader->line_position = NO_COLUMN;
    while (hp_take_word(&text, &word)) {
        if (reader->positions == POSITIONS_MAX)
            return corrupt(reader, start, "not so many positions");
        if (HP_IS(word, "line"))
            reader->line_position = reader->positions;
        else if (!HP_IS(word, "instr") && !HP_IS(word, "addr") && !HP_IS(word, "bb"))
            return corrupt(reader, word.data, "instr, bb or line");
        reader->positions++;
    }
    return reader->positions || corrupt(reader, start, "instr, bb or line");
}

/* The sums that a part tells of itself. */
static bool read_sums(struct reader *reader, const char *start, hp_string text, bool totals)
{
    uint64_t sums[HP_EVENTS_MAX] = {0}, sum;
    bool any = false, equal = true, costs = false;
    size_t events = reader->profile->event_count;
    hp_string word;

    if (!reader->events_told)
        return corrupt(reader, start, "events: before sums");
    for (size_t c = 0; hp_take_word(&text, &word); c++) {
        const char *at = word.data;

        if (c == reader->columns)
            return corrupt(reader, start, "no more sums than events");
        if (!hp_take_number(&at, &sum) || at != word.data + word.size)
            return corrupt(reader, word.data, "a sum");
        if (reader->place[c] != NO_COLUMN)
            sums[reader->place[c]] = sum;
    }
    for (size_t e = 0; e < events; e++) {
        any = any || sums[e];
        costs = costs || reader->profile->total[e] != reader->before[e];
        equal = equal && sums[e] == reader->profile->total[e] - reader->before[e];
    }
    if (totals) {
        if (any && !equal)
            return corrupt(reader, start, "the sums of the costs above");
        memcpy(reader->before, reader->profile->total, events * sizeof *reader->before);
        reader->summarised = false;
    } else if (!costs) {
        memcpy(reader->summary, sums, sizeof sums);
        reader->summarised = true;
    }
    reader->last = totals ? TOTALS : SUMMARY;
    return true;
}

/* "KEY: TEXT" */
static bool read_header(struct reader *reader, hp_string text)
{
    const char *start = text.data, *digits;
    hp_string key, creator;
    uint64_t version;

    if (!hp_take_until(&text, ':', &key) || key.size == 0 || hp_is_digit(*start) ||
        memchr(key.data, '=', key.size))
        return corrupt(reader, start, "a line of the callgrind format");
    text = hp_trimmed(text);
    digits = text.data;
    creator = text;
    reader->last = COSTS;
    if (HP_IS(key, "events"))
        return read_events(reader, text);
    if (HP_IS(key, "totals") || HP_IS(key, "summary"))
        return read_sums(reader, start, text, HP_IS(key, "totals"));
    if (HP_IS(key, "cmd"))
        reader->told_command = true;
    else if (!HP_IS(key, "desc"))
        reader->told_other = true;
    if (HP_IS(key, "positions"))
        return read_positions(reader, text);
    if (HP_IS(key, "version") && hp_take_number(&digits, &version) && version > 1)
        return corrupt(reader, start, "version 1");
    if (HP_IS(key, "creator") && HP_TAKE(&creator, "callgrind-"))
        reader->totalled = true;
    return hp_profile_add_info(reader->profile, key, text, reader->scan.error) == HP_OK;
}

/* --- Costs -------------------------------------------------------------------------------- */

/* One position at *at; moves *at to what follows. */
static bool take_position(struct reader *reader, const char **at, bool is_line)
{
    char sign = **at;
    uint64_t number = 0;

    *at += sign == '+' || sign == '-' || sign == '*';
    if (sign != '*' && !hp_take_number(at, &number))
        return false;
    if (!is_line)
        return true;
    if (sign == '-' ? number > reader->line : sign == '+' && number > UINT64_MAX - reader->line)
        return false;
    reader->line = sign == '*'   ? reader->line
                   : sign == '-' ? reader->line - number
                   : sign == '+' ? reader->line + number
                                 : number;
    return true;
}

/* The costs at *at, up to the end of the line. */
static bool take_costs(const struct reader *reader, const char **at, uint64_t *costs)
{
    const char *here = *at;
    uint64_t cost;

    memset(costs, 0, reader->profile->event_count * sizeof *costs);
    for (size_t column = 0;; column++) {
        while (hp_is_blank(*here))
            here++;
        if (*here == '\n')
            break;
        if (column == reader->columns)
            return corrupt(reader, here, "no more costs than events");
        if (!hp_take_number(&here, &cost) || !(hp_is_blank(*here) || *here == '\n'))
            return corrupt(reader, here, "a cost of 64 bits");
        if (reader->place[column] != NO_COLUMN)
            costs[reader->place[column]] = cost;
    }
    *at = here + 1;
    return true;
}

static bool read_costs(struct reader *reader, const char **at)
{
    const char *start = *at;
    uint64_t costs[HP_EVENTS_MAX], line;

    if (reader->function == HP_NO_FUNCTION || !reader->events_told)
        return corrupt(reader, start, "events: and fn= before costs");
    for (size_t p = 0; p < reader->positions; p++) {
        while (hp_is_blank(**at))
            ++*at;
        if (!take_position(reader, at, p == reader->line_position) ||
            !(hp_is_blank(**at) || **at == '\n'))
            return corrupt(reader, start, "a position");
    }
    if (!take_costs(reader, at, costs))
        return false;

    reader->last = COSTS;
    line = reader->at ? reader->at : reader->line;
    reader->at = 0;
    if (reader->line_position == NO_COLUMN || !hp_string_equal(reader->file, reader->function_file))
        line = 0;
    if (reader->next == CALL) {
        hp_call call = {.caller = reader->function,
                        .callee = reader->callee,
                        .line = line,
                        .count = reader->count,
                        .estimated = reader->estimated};

        if (reader->uncounted)
            call.count = HP_UNKNOWN;
        else if (call.count == HP_UNKNOWN)
            return corrupt(reader, start, calls_fit);
        reader->input->estimated_calls += reader->estimated;
        reader->estimated = reader->uncounted = false;
        reader->next = SELF;
        return hp_callgrind_add_call(&reader->sums, start, call, costs);
    }
    if (reader->next == JUMP) {
        reader->next = SELF;
        return true;
    }
    return hp_callgrind_add_self(&reader->sums, start, (hp_line){reader->function, line}, costs);
}

/* --- Lines -------------------------------------------------------------------------------- */

static bool read_caller(struct reader *reader, hp_string text)
{
    reader->function = HP_NO_FUNCTION;
    reader->file = reader->function_file = reader->own_file;
    return hp_callgrind_read_function(&reader->names, text, reader->object, reader->file,
                                      &reader->function);
}

static bool read_callee(struct reader *reader, hp_string text)
{
    hp_string object = reader->called_object.data ? reader->called_object : reader->object;
    hp_string file = reader->called_file.data ? reader->called_file : reader->file;

    reader->called_object.data = reader->called_file.data = NULL;
    reader->callee = HP_NO_FUNCTION;
    return hp_callgrind_read_function(&reader->names, text, object, file, &reader->callee);
}

static bool read_calls(struct reader *reader, hp_string text)
{
    const char *at = text.data;

    if (reader->callee == HP_NO_FUNCTION)
        return corrupt(reader, at, "cfn= before calls=");
    if (!hp_take_number(&at, &reader->count) || !(hp_is_blank(*at) || *at == '\n'))
        return corrupt(reader, at, "a number of calls");
    reader->next = CALL;
    return true;
}

static bool read_line(struct reader *reader, const char **at)
{
    const char *start = *at;
    char first = *start;

    if (hp_is_digit(first) || first == '+' || first == '-' || first == '*')
        return read_costs(reader, at);

    hp_string text = hp_take_line(at, reader->scan.end), ignored;

    if (first == '#')
        return read_comment(reader, text);
    if ((first == '\n' || hp_is_blank(first)) && hp_trimmed(text).size == 0)
        return true;
    if (reader->next != SELF)
        return corrupt(reader, start, "a position and costs");
    if (HP_TAKE(&text, "cfn="))
        return read_callee(reader, text);
    if (HP_TAKE(&text, "calls="))
        return read_calls(reader, text);
    if (HP_TAKE(&text, "cfi=") || HP_TAKE(&text, "cfl="))
        return hp_callgrind_read_place(&reader->names, &reader->names.files, text,
                                       &reader->called_file);
    if (HP_TAKE(&text, "cob="))
        return hp_callgrind_read_place(&reader->names, &reader->names.objects, text,
                                       &reader->called_object);
    if (HP_TAKE(&text, "fn="))
        return read_caller(reader, text);
    if (HP_TAKE(&text, "fi=") || HP_TAKE(&text, "fe="))
        return hp_callgrind_read_place(&reader->names, &reader->names.files, text, &reader->file);
    if (HP_TAKE(&text, "fl=")) {
        if (!hp_callgrind_read_place(&reader->names, &reader->names.files, text, &reader->own_file))
            return false;
        reader->file = reader->own_file;
        return true;
    }
    if (HP_TAKE(&text, "ob="))
        return hp_callgrind_read_place(&reader->names, &reader->names.objects, text,
                                       &reader->object);
    if (HP_TAKE(&text, "jump=") || HP_TAKE(&text, "jcnd=")) {
        reader->next = JUMP;
        return true;
    }
    if (HP_TAKE(&text, "jfi="))
        return hp_callgrind_read_place(&reader->names, &reader->names.files, text, &ignored);
    if (HP_TAKE(&text, "jfn="))
        return hp_callgrind_skip_function(&reader->names, text);
    return read_header(reader, text);
}

/* --- The whole ---------------------------------------------------------------------------- */

/* Whether all of it is there. */
static void check_end(struct reader *reader, size_t size)
{
    const hp_profile *profile = reader->profile;
    size_t read = (size_t)(reader->scan.end - reader->scan.data);
    bool is_cachegrind =
        reader->told_command && !reader->told_other && profile->call_table.count == 0;
    bool less = false;

    for (size_t e = 0; e < profile->event_count; e++)
        less = less || profile->total[e] - reader->before[e] < reader->summary[e];
    if (read < size)
        hp_error_set(reader->scan.error, HP_TRUNCATED, size,
                     "offset %zu: expected a newline, found the end of the file", size);
    else if (!reader->events_told)
        hp_error_set(reader->scan.error, HP_TRUNCATED, size,
                     "offset %zu: expected events:, found the end of the file", size);
    else if (reader->next != SELF)
        hp_error_set(reader->scan.error, HP_TRUNCATED, size,
                     "offset %zu: expected a position and costs, found the end of the file", size);
    else if (reader->summarised && less)
        hp_error_set(reader->scan.error, HP_TRUNCATED, size,
                     "offset %zu: expected more costs, found the end of the file", size);
    else if ((reader->totalled && reader->last != TOTALS) ||
             (is_cachegrind && reader->last != SUMMARY))
        hp_error_set(reader->scan.error, HP_TRUNCATED, size,
                     "offset %zu: expected more costs and %s:, found the end of the file", size,
                     reader->totalled ? "totals" : "summary");
}

static bool read_lines(struct reader *reader, const hp_load_options *options)
{
    const char *at = reader->scan.data, *stretch = at;

    while (at < reader->scan.end) {
        if (at >= stretch) {
            if (options->progress &&
                !options->progress(options->progress_context, (uint64_t)(at - reader->scan.data),
                                   (uint64_t)(reader->scan.end - reader->scan.data)))
                return hp_error_set(reader->scan.error, HP_CANCELLED, 0, "cancelled"), false;
            stretch = (size_t)(reader->scan.end - at) > STRETCH ? at + STRETCH : reader->scan.end;
        }
        if (!read_line(reader, &at))
            return false;
    }
    return true;
}

static hp_status read_file(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                           const hp_load_options *options, hp_error *error)
{
    struct reader reader = {.profile = profile,
                            .input = input,
                            .scan = {(const char *)data, (const char *)data + size, error},
                            .names = {.profile = profile, .scan = &reader.scan},
                            .positions = 1,
                            .function = HP_NO_FUNCTION,
                            .callee = HP_NO_FUNCTION};

    while (reader.scan.end > reader.scan.data && reader.scan.end[-1] != '\n')
        reader.scan.end--;
    hp_callgrind_sums_start(&reader.sums, profile, &reader.scan);
    if (read_lines(&reader, options))
        check_end(&reader, size);
    if (error->status == HP_OK || error->status == HP_TRUNCATED || error->status == HP_CORRUPT) {
        hp_error failed = {0};

        reader.scan.error = &failed;
        if (!hp_callgrind_sums_finish(&reader.sums))
            *error = failed;
    }
    hp_callgrind_names_free(&reader.names);
    hp_callgrind_sums_free(&reader.sums);
    return error->status;
}

/* A head that says so, or lines of a header up to the names of events. */
static bool recognise(const uint8_t *head, size_t size)
{
    static const char magic[] = "# callgrind format";
    static const char *const keys[] = {"version:", "creator:", "pid:",  "cmd:",       "part:",
                                       "thread:",  "desc:",    "arch:", "positions:", "event:"};
    const char *at = (const char *)head, *end = at + size;
    size_t known = 0, count = sizeof keys / sizeof *keys;

    if (size >= sizeof magic - 1 && memcmp(head, magic, sizeof magic - 1) == 0)
        return true;
    while (at < end) {
        hp_string text = hp_take_line(&at, end), word;
        size_t k = 0;

        if (HP_TAKE(&text, "events:")) {
            bool any = false;

            for (; hp_take_word(&text, &word); any = true)
                for (size_t i = 0; i < word.size; i++)
                    if (!hp_is_digit(word.data[i]) && word.data[i] != '_' &&
                        ((word.data[i] | 0x20) < 'a' || (word.data[i] | 0x20) > 'z'))
                        return false;
            return any;
        }
        while (k < count && !hp_take_prefix(&text, hp_text(keys[k])))
            k++;
        known += k < count;
        if (k == count && text.size && *text.data != '#' && hp_trimmed(text).size)
            return false;
    }
    return size == HP_HEAD_SIZE && known > 1;
}

const hp_reader hp_reader_callgrind = {
    .format = {"callgrind", "callgrind or cachegrind out file", .stacks = false},
    .manual = "a file of the tools callgrind and cachegrind of valgrind(1), or a report of "
              "\"hotreport --format=callgrind\"",
    .recognise = recognise,
    .read = read_file,
};
