// SPDX-License-Identifier: MIT
/* The out files of callgrind and cachegrind, those that many other profilers write for KCachegrind,
 * and our own callgrind report (https://valgrind.org/docs/manual/cl-format.html):
 *
 *     file     = part...
 *     part     = { header } "events:" NAME... { header } { line }
 *     header   = KEY ":" TEXT                        kept as info, but for those that say how to
 *                                                    read the costs
 *              | "positions:" { "instr" | "bb" | "line" }
 *     line     = ( "ob" | "fl" | "fi" | "fe" | "fn" | "cob" | "cfi" | "cfl" | "cfn" ) "=" name
 *              | position... { cost }                missing costs are 0
 *              | "calls=" COUNT TEXT newline position... { cost }
 *              | ( "jump=" | "jcnd=" | "jfi=" | "jfn=" ) TEXT     ignored, and so is the next line
 *              | ( "totals:" | "summary:" ) { cost }
 *              | "# hotprof:" ...                     of our own report, see report_callgrind.c
 *     name     = TEXT | "(" NUMBER ")" TEXT | "(" NUMBER ")"
 *     position = number [ ( "+" | "-" | ":" ) NUMBER ]           the second number ends a range,
 *                                                                which is ignored
 *     number   = NUMBER | "+" NUMBER | "-" NUMBER | "*"          relative to the last one of its
 * kind
 *
 * KCachegrind is the reference. What it opens is read, to the same numbers:
 *
 * - A new part begins at "part:", "thread:", "pid:", "positions:" or "events:" below the lines of
 *   another part. Parts are added up, each with its own events. Unlike in KCachegrind, numbers keep
 *   their names in the next part, as callgrind needs it with --combine-dumps=yes.
 * - A function is known by its name, file and object. KCachegrind takes only the last component of
 *   the last two, so it joins functions that are told apart here. "???" is no file and no object.
 *   The first line of a function is not known (0): the lines that calls lead to differ from call to
 *   call.
 * - fn= is in the file of the last fl=. cfn= is in the object and file of the last cob= and cfi=,
 *   if these stand behind the costs of the last call; else in the current ones. A number stands for
 *   one function, with the file and object in which it was defined. Some writers define numbers
 *   in a wrong file: the file is corrected (hp_callgrind_read_home), which changes no cost.
 * - A name is unknown if its number is not defined, and so is the function of costs without fn=.
 * - What a function does in other files than its own (fi=, fe=: code inlined into it) stands on its
 *   line 0, and so do the calls it makes there. Addresses are ignored.
 * - A negative cost, or one of 2^63 and more, is 0. So is a negative count and a line before 0.
 * - Calls are as recorded. The inclusive cost of a function is, in each part, the sum of its calls
 *   by other functions; if it was called 0 times, its own cost and that of its calls of others.
 *   It may be less than its own cost or, through recursion, more than the total.
 * - Primitive are the calls by other functions. <interpreter> is not added: a function that nobody
 *   calls is no entry from Python.
 * - Our own report says all of that exactly, and it comes back as it was.
 *
 * A line that cannot be read is an error, and reading goes on behind it.
 *
 * A file was cut short if it ends in the middle of a line, of a call or of a header. Some writers
 * put no newline at the end: a last line of costs counts if it has all its fields. In addition a
 * part of callgrind or of our own report must end with "totals:", which must be the sum of its
 * costs, and one of cachegrind with "summary:". The sums of other writers mean all sorts of things.
 */
#include "callgrind/callgrind_events.h"
#include "callgrind/callgrind_names.h"
#include "callgrind/callgrind_parts.h"
#include "callgrind/callgrind_recognise.h"
#include "input/reader.h"
#include "model/profile.h"

#include <inttypes.h>

enum { POSITIONS_MAX = 4, STRETCH = 1 << 20, TAIL_MAX = 4096 };

struct reader {
    hp_profile *whole;
    hp_input *input;
    hp_error *error;  /* the first one of the file */
    hp_error problem; /* of the current line */
    hp_scan scan;     /* its error is problem */
    hp_callgrind_names names;
    hp_callgrind_parts parts;

    struct {                        /* the header, up to events: */
        bool own;                   /* of our own report */
        bool callgrind;             /* the creator of this part, or of one before it */
        bool created, continued;    /* it names its creator; the number of its part */
        bool has_command, has_more; /* cmd:; something else than cmd: and desc: */
        hp_callgrind_units units;
        size_t first_info; /* of our own report: its first info among those of the whole */
    } header;

    size_t positions, line_position; /* how many, and which of them is the line */

    /* The current part. */
    bool has_events, has_lines;
    const char *start; /* its events: */
    hp_callgrind_columns columns;
    bool own;
    enum { NOTHING, TOTALS, SUMMARY } end;       /* what it must end with, */
    enum { OPEN, BY_TOTALS, BY_SUMMARY } closed; /* and what came behind its last costs */
    bool trailed;                                /* something came behind that, too */

    uint64_t line;                        /* of the last position */
    hp_string object, file, own_file;     /* own_file: of the last fl= */
    hp_string called_object, called_file; /* data NULL: the current ones */
    hp_callgrind_named function, callee;  /* id HP_NO_FUNCTION: none */
    bool is_home;                         /* file is that of the function */
    bool is_settled;                      /* the function has costs */
    enum { SELF, CALL, IGNORED } next;    /* what the next line of costs is */
    uint64_t count;                       /* of the CALL */

    /* Our own report says before the next costs: */
    uint64_t at; /* the line, if it does not fit into 32 bits; else 0 */
    bool estimated, uncounted;

    bool stopped; /* reading cannot go on */
};

static const char calls_fit[] = "calls whose sum fits into 64 bits";

static bool corrupt(const struct reader *reader, const char *at, const char *expected)
{
    return hp_scan_corrupt(&reader->scan, at, expected);
}

/* The file is cut short at its end, or its part is at the end of the part. */
static bool cut(const struct reader *reader, size_t offset, const char *expected, const char *found)
{
    hp_error_set(reader->scan.error, HP_TRUNCATED, offset, "offset %zu: expected %s, found %s",
                 offset, expected, found);
    return false;
}

/* Keeps the first problem of the file, and stops after a fatal one. */
static void keep_problem(struct reader *reader)
{
    hp_error problem = reader->problem;

    hp_error_clear(&reader->problem);
    if (problem.status == HP_OK)
        return;
    if (problem.status == HP_CORRUPT || problem.status == HP_TRUNCATED) {
        hp_error_set(reader->error, problem.status, problem.offset, "%s", problem.message);
        reader->stopped = reader->names.exhausted || reader->parts.sums.exhausted;
    } else {
        *reader->error = problem;
        reader->stopped = true;
    }
}

/* A number that cannot be, which counts as 0. */
static uint64_t impossible(struct reader *reader)
{
    reader->input->impossible_numbers++;
    return 0;
}

/* A cost or a count, which other writers may have as a negative number, also one of 64 bits. */
static uint64_t plausible(struct reader *reader, bool negative, uint64_t number)
{
    if (number && (negative || (number > INT64_MAX && !reader->own)))
        return impossible(reader);
    return number;
}

/* --- Parts ---------------------------------------------------------------------------------- */

static void forget_place(struct reader *reader)
{
    const hp_string none = {"", 0};

    reader->line = 0;
    reader->object = reader->file = reader->own_file = none;
    reader->called_object.data = reader->called_file.data = NULL;
    reader->function.id = reader->callee.id = HP_NO_FUNCTION;
    reader->next = SELF;
    reader->at = 0;
    reader->estimated = reader->uncounted = false;
}

static bool is_closed(const struct reader *reader)
{
    return reader->end == NOTHING ||
           (reader->end == SUMMARY &&
            reader->parts.profile->call_table.count) || /* no cachegrind */
           reader->closed == (reader->end == TOTALS ? BY_TOTALS : BY_SUMMARY);
}

static const char *end_mark(const struct reader *reader)
{
    return reader->end == TOTALS ? "more costs and totals:" : "more costs and summary:";
}

/* Ends the current part at the line that begins the next one. */
static void end_part(struct reader *reader, const char *at)
{
    if (!is_closed(reader)) {
        cut(reader, (size_t)(at - reader->scan.data), end_mark(reader), "another part");
        keep_problem(reader);
    }
    if (!hp_callgrind_end_part(&reader->parts, reader->start))
        keep_problem(reader);
    reader->has_events = reader->has_lines = false;
    reader->header.first_info = reader->whole->info_count;
    forget_place(reader);
}

/* A line that stands in the header of a part only. */
static void begin_header(struct reader *reader, const char *at)
{
    if (reader->has_events && (reader->has_lines || reader->closed == BY_TOTALS))
        end_part(reader, at);
}

/* --- What our own report adds --------------------------------------------------------------- */

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

static void read_input_facts(struct reader *reader, hp_string text)
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

/* "KEY=NUMBER " or "KEY=? ". false with an error if the number is too large. */
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
    while (e < reader->parts.profile->event_count && TAKE_FACT(&text, "", &inclusive[e]))
        e++;
    return hp_callgrind_add_told(&reader->parts.sums, start, reader->function.id, calls, primitive,
                                 inclusive);
}

static bool read_comment(struct reader *reader, hp_string text)
{
    const char *start = text.data;

    if (HP_TAKE(&text, "# callgrind format"))
        reader->header.has_more = reader->trailed = true;
    if (!HP_TAKE(&text, "# hotprof: "))
        return true;
    if (text.size > 7 && memcmp(text.data, "events=", 7) == 0) {
        begin_header(reader, start);
        read_input_facts(reader, text);
        return true;
    }
    if (!reader->has_events) {
        if (HP_TAKE(&text, "unit="))
            hp_callgrind_read_unit(&reader->header.units, text);
        return true;
    }
    if (!reader->own || reader->function.id == HP_NO_FUNCTION ||
        TAKE_FACT(&text, "at=", &reader->at))
        return true;
    reader->estimated = reader->estimated || HP_IS(text, "estimated");
    reader->uncounted = reader->uncounted || HP_IS(text, "calls=?");
    return read_function_facts(reader, text);
}

/* --- Header --------------------------------------------------------------------------------- */

static bool read_events(struct reader *reader, const char *start, hp_string text)
{
    size_t first_info = reader->header.own ? reader->header.first_info : 0;
    hp_profile *profile;
    bool whole, from_callgrind = reader->header.callgrind &&
                                 (reader->header.created || reader->header.continued);

    if (reader->has_events)
        end_part(reader, start);
    profile = hp_callgrind_begin_part(&reader->parts);
    if (!profile)
        return hp_scan_no_memory(&reader->scan);
    reader->has_events = true;
    reader->start = start;
    reader->own = reader->header.own;
    reader->end = reader->own || from_callgrind                            ? TOTALS
                  : reader->header.has_command && !reader->header.has_more ? SUMMARY
                                                                           : NOTHING;
    reader->closed = OPEN;
    hp_callgrind_names_begin(&reader->names, profile, reader->own);
    whole = hp_callgrind_read_events(&reader->scan, text, reader->whole, first_info,
                                     reader->own ? &reader->header.units : NULL, profile,
                                     &reader->columns) &&
            (!reader->own || hp_callgrind_read_exact(&reader->names, text.data));
    reader->header.own = reader->header.created = reader->header.continued = false;
    reader->header.has_command = reader->header.has_more = false;
    reader->header.units.count = 0;
    return whole;
}

static bool read_positions(struct reader *reader, hp_string text)
{
    const char *start = text.data;
    hp_string word;

    reader->positions = 0;
    reader->line_position = HP_NO_COLUMN;
    while (hp_take_word(&text, &word)) {
        if (reader->positions == POSITIONS_MAX)
            return corrupt(reader, start, "at most 4 positions");
        if (HP_IS(word, "line"))
            reader->line_position = reader->positions;
        else if (!HP_IS(word, "instr") && !HP_IS(word, "addr") && !HP_IS(word, "bb"))
            return corrupt(reader, word.data, "instr, bb or line");
        reader->positions++;
    }
    return reader->positions || corrupt(reader, start, "instr, bb or line");
}

/* What callgrind and our own report write as the totals of a part. */
static bool check_totals(const struct reader *reader, const char *start, hp_string text)
{
    const hp_profile *profile = reader->parts.profile;
    uint64_t sums[HP_EVENTS_MAX] = {0}, sum;
    bool any = false, equal = true;
    hp_string word;

    for (size_t c = 0; hp_take_word(&text, &word); c++) {
        const char *at = word.data;

        if (c == reader->columns.count)
            return corrupt(reader, start, "no more sums than events");
        if (!hp_take_number(&at, &sum) || at != word.data + word.size)
            return corrupt(reader, word.data, "a sum");
        if (reader->columns.place[c] != HP_NO_COLUMN)
            sums[reader->columns.place[c]] = sum;
    }
    for (size_t e = 0; e < profile->event_count; e++) {
        any = any || sums[e];
        equal = equal && sums[e] == profile->total[e];
    }
    return equal || !any || corrupt(reader, start, "the sums of the costs above");
}

static bool read_sums(struct reader *reader, const char *start, hp_string text, bool totals)
{
    if (!reader->has_events)
        return corrupt(reader, start, "events: before sums");
    reader->closed = totals ? BY_TOTALS : BY_SUMMARY;
    reader->trailed = false;
    return !totals || reader->end != TOTALS || check_totals(reader, start, text);
}

/* "KEY: TEXT" that is kept as info. */
static bool read_info(struct reader *reader, const char *start, hp_string key, hp_string text)
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
        return corrupt(reader, start, "version 1");
    return hp_profile_add_info(reader->whole, key, text, reader->scan.error) == HP_OK;
}

static bool read_header(struct reader *reader, hp_string text)
{
    const char *start = text.data;
    hp_string key;

    if (!hp_take_until(&text, ':', &key) || key.size == 0 || hp_is_digit(*start) ||
        memchr(key.data, '=', key.size))
        return corrupt(reader, start, "a line of the callgrind format");
    text = hp_trimmed(text);
    if (HP_IS(key, "totals") || HP_IS(key, "summary"))
        return read_sums(reader, start, text, HP_IS(key, "totals"));
    reader->trailed = true;
    if (HP_IS(key, "events"))
        return read_events(reader, start, text);
    if (HP_IS(key, "part") || HP_IS(key, "thread") || HP_IS(key, "pid") ||
        HP_IS(key, "positions")) {
        begin_header(reader, start);
        reader->header.continued = true;
    }
    if (!HP_IS(key, "positions"))
        return read_info(reader, start, key, text);
    reader->header.has_more = true;
    return read_positions(reader, text);
}

/* --- Costs ---------------------------------------------------------------------------------- */

static bool is_field_end(char c)
{
    return hp_is_blank(c) || c == '\n';
}

/* The end of a range behind a position. */
static bool take_range(const char **at)
{
    uint64_t end;

    *at += **at == '+' || **at == '-' || **at == ':';
    return hp_take_number(at, &end) && is_field_end(**at);
}

/* One position at *at; moves *at to what follows. */
static bool take_position(struct reader *reader, const char **at, bool is_line)
{
    char sign = **at;
    uint64_t number = 0;

    *at += sign == '+' || sign == '-' || sign == '*';
    if ((sign != '*' && !hp_take_number(at, &number)) || (!is_field_end(**at) && !take_range(at)))
        return false;
    if (!is_line)
        return true;
    if (sign == '-' ? number > reader->line : sign == '+' && number > UINT64_MAX - reader->line)
        reader->line = impossible(reader);
    else
        reader->line = sign == '*'   ? reader->line
                       : sign == '-' ? reader->line - number
                       : sign == '+' ? reader->line + number
                                     : number;
    return true;
}

static bool take_positions(struct reader *reader, const char **at)
{
    for (size_t p = 0; p < reader->positions; p++) {
        while (hp_is_blank(**at))
            ++*at;
        if (!take_position(reader, at, p == reader->line_position))
            return false;
    }
    return true;
}

/* The costs at *at, up to the end of the line. After an error costs has those before it. */
static bool take_costs(struct reader *reader, const char **at, uint64_t *costs)
{
    const char *here = *at;

    memset(costs, 0, reader->parts.profile->event_count * sizeof *costs);
    for (size_t column = 0;; column++) {
        const char *start;
        size_t place;
        uint64_t cost;

        while (hp_is_blank(*here))
            here++;
        if (*here == '\n')
            break;
        if (column == reader->columns.count)
            return corrupt(reader, here, "no more costs than events");
        start = here;
        here += *here == '-';
        if (!hp_take_number(&here, &cost))
            return corrupt(reader, start, "a cost of 64 bits");
        cost = plausible(reader, *start == '-', cost);
        place = reader->columns.place[column];
        if (place != HP_NO_COLUMN)
            costs[place] = hp_add_counts(costs[place], cost); /* an event may have two columns */
        if (!is_field_end(*here))
            return corrupt(reader, here, "a cost of 64 bits");
    }
    *at = here + 1;
    return true;
}

static bool add_call(struct reader *reader, const char *start, uint64_t line, const uint64_t *costs)
{
    hp_call call = {.caller = reader->function.id,
                    .callee = reader->callee.id,
                    .line = line,
                    .count = reader->uncounted ? HP_UNKNOWN : reader->count,
                    .estimated = reader->estimated};

    reader->input->estimated_calls += reader->estimated;
    reader->estimated = reader->uncounted = false;
    reader->called_object.data = reader->called_file.data = NULL;
    return hp_callgrind_add_call(&reader->parts.sums, start, call, costs);
}

static bool add_costs(struct reader *reader, const char *start, const uint64_t *costs)
{
    uint64_t line = reader->at ? reader->at : reader->line;
    bool is_call = reader->next == CALL;

    reader->at = 0;
    if (reader->next == IGNORED) {
        reader->next = SELF;
        return true;
    }
    reader->next = SELF;
    if (reader->function.id == HP_NO_FUNCTION) {
        reader->is_home = true;
        if (!hp_callgrind_unknown_function(&reader->names, reader->object, reader->file,
                                           &reader->function))
            return false;
    }
    if (!reader->is_settled)
        hp_callgrind_settle(&reader->names, &reader->function);
    reader->is_settled = true;
    if (reader->line_position == HP_NO_COLUMN || !reader->is_home)
        line = 0;
    return is_call ? add_call(reader, start, line, costs)
                   : hp_callgrind_add_self(&reader->parts.sums, start,
                                           (hp_line){reader->function.id, line}, costs);
}

/* partly: also if there is an error behind the first costs. */
static bool read_costs(struct reader *reader, const char **at, bool partly)
{
    const char *start = *at;
    uint64_t costs[HP_EVENTS_MAX];
    bool whole;

    if (!reader->has_events)
        return corrupt(reader, start, "events: before costs");
    reader->has_lines = true;
    reader->closed = OPEN;
    if (!take_positions(reader, at)) {
        reader->next = SELF;
        return corrupt(reader, start, "a position");
    }
    whole = take_costs(reader, at, costs);
    return (whole || partly) && add_costs(reader, start, costs) && whole;
}

/* --- Lines ---------------------------------------------------------------------------------- */

static bool read_file_name(struct reader *reader, hp_string text)
{
    bool named = hp_callgrind_read_place(&reader->names, &reader->names.files, text, &reader->file);

    reader->is_home = hp_string_equal(reader->file, reader->function.file);
    return named;
}

static bool read_own_file(struct reader *reader, hp_string text)
{
    bool named = read_file_name(reader, text);

    reader->own_file = reader->file;
    return named;
}

static bool read_object(struct reader *reader, hp_string text)
{
    reader->function.id = HP_NO_FUNCTION;
    return hp_callgrind_read_place(&reader->names, &reader->names.objects, text, &reader->object);
}

static bool read_caller(struct reader *reader, hp_string text)
{
    if (!reader->has_events)
        return corrupt(reader, text.data, "events: before functions");
    reader->file = reader->own_file;
    reader->is_settled = false;
    if (!hp_callgrind_read_home(&reader->names, text, reader->object, reader->file,
                                &reader->function))
        return false;
    reader->is_home = hp_string_equal(reader->file, reader->function.file);
    return reader->function.moved == HP_NO_FUNCTION ||
           hp_callgrind_move_calls(&reader->parts.sums, reader->function.moved,
                                   reader->function.id);
}

static bool read_callee(struct reader *reader, hp_string text)
{
    if (!reader->has_events)
        return corrupt(reader, text.data, "events: before functions");
    if (!reader->called_object.data)
        reader->called_object = reader->object;
    if (!reader->called_file.data)
        reader->called_file = reader->file;
    return hp_callgrind_read_function(&reader->names, text, reader->called_object,
                                      reader->called_file, &reader->callee);
}

static bool read_calls(struct reader *reader, hp_string text)
{
    const char *at = text.data;
    bool negative;

    if (reader->callee.id == HP_NO_FUNCTION) {
        reader->next = IGNORED;
        return corrupt(reader, at, "cfn= before calls=");
    }
    reader->next = CALL;
    reader->count = 0;
    while (hp_is_blank(*at))
        at++;
    negative = *at == '-';
    at += negative;
    if (!hp_take_number(&at, &reader->count) || !is_field_end(*at))
        return corrupt(reader, text.data, "a number of calls");
    reader->count = plausible(reader, negative, reader->count);
    if (reader->count != HP_UNKNOWN)
        return true;
    reader->next = IGNORED;
    return corrupt(reader, text.data, calls_fit);
}

/* "jcnd=", "jump=", "jfi=", "jfn=" */
static bool read_jump(struct reader *reader, hp_string text)
{
    hp_callgrind_named function;
    hp_string file;

    if (HP_TAKE(&text, "jfi="))
        return hp_callgrind_read_place(&reader->names, &reader->names.files, text, &file);
    if (HP_TAKE(&text, "jfn="))
        return !reader->has_events ||
               hp_callgrind_read_function(&reader->names, text, reader->object, reader->file,
                                          &function);
    reader->next = IGNORED;
    return true;
}

/* "WORD=TEXT" of a word that is not known: callgrind's debugging output, converters' mistakes. */
static bool is_unknown(hp_string text)
{
    size_t i = 0;

    while (i < text.size && text.data[i] >= 'a' && text.data[i] <= 'z')
        i++;
    return i > 0 && i < text.size && text.data[i] == '=';
}

/* A line below the header other than costs; *known: whether it is one. */
static bool read_name(struct reader *reader, hp_string text, bool *known)
{
    *known = true;
    if (HP_TAKE(&text, "cfn="))
        return read_callee(reader, text);
    if (HP_TAKE(&text, "calls=") || HP_TAKE(&text, "rcalls="))
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
        return read_file_name(reader, text);
    if (HP_TAKE(&text, "fl="))
        return read_own_file(reader, text);
    if (HP_TAKE(&text, "ob="))
        return read_object(reader, text);
    if (text.size && *text.data == 'j' && is_unknown(text))
        return read_jump(reader, text);
    *known = is_unknown(text);
    return true;
}

static bool read_line(struct reader *reader, const char **at)
{
    const char *start = *at;
    char first = *start;
    bool read, known;

    if (hp_is_digit(first) || first == '+' || first == '-' || first == '*')
        return read_costs(reader, at, true);

    hp_string text = hp_take_line(at, reader->scan.end);

    if (first == '#')
        return read_comment(reader, text);
    if ((first == '\n' || hp_is_blank(first)) && hp_trimmed(text).size == 0)
        return true;
    if (reader->next != SELF) {
        reader->next = SELF;
        corrupt(reader, start, "a position and costs");
        keep_problem(reader);
    }
    if (HP_TAKE(&text, "====")) { /* between the runs in a file that Xdebug appends to */
        reader->trailed = true;
        return true;
    }
    read = read_name(reader, text, &known);
    if (!known)
        return read_header(reader, text);
    reader->has_lines = true;
    reader->closed = OPEN;
    return read;
}

/* --- The whole ------------------------------------------------------------------------------ */

static void read_lines(struct reader *reader, const char *at, const hp_load_options *options)
{
    const char *stretch = at;

    while (at < reader->scan.end && !reader->stopped) {
        const char *start = at;

        if (at >= stretch) {
            if (options->progress &&
                !options->progress(options->progress_context, (uint64_t)(at - reader->scan.data),
                                   (uint64_t)(reader->scan.end - reader->scan.data))) {
                hp_error_set(&reader->problem, HP_CANCELLED, 0, "cancelled");
                keep_problem(reader);
                return;
            }
            stretch = (size_t)(reader->scan.end - at) > STRETCH ? at + STRETCH : reader->scan.end;
        }
        if (!read_line(reader, &at)) {
            keep_problem(reader);
            at = start;
            (void)hp_take_line(&at, reader->scan.end);
        }
    }
}

/* Whether a last line without a newline has all that belongs to it. What it says is needed only if
 * these are costs. */
static bool is_whole(const struct reader *reader, hp_string tail, bool *costs)
{
    size_t words = 0;
    hp_string word;
    char first = *tail.data;

    *costs = hp_is_digit(first) || first == '+' || first == '-' || first == '*';
    if (!*costs)
        return first == '#' || hp_trimmed(tail).size == 0 || HP_TAKE(&tail, "summary:") ||
               HP_TAKE(&tail, "totals:");
    while (hp_take_word(&tail, &word))
        words++;
    return words == reader->positions + (reader->next == IGNORED ? 0 : reader->columns.count);
}

/* Reads a last line that no newline ends; false: it is cut. */
static bool read_tail(struct reader *reader, hp_string tail)
{
    hp_scan scan = reader->scan;
    char line[TAIL_MAX + 1];
    const char *at = line;
    bool read = true, costs;

    if (!reader->has_events || reader->end == TOTALS || tail.size > TAIL_MAX ||
        !is_whole(reader, tail, &costs))
        return false;
    if (costs) {
        memcpy(line, tail.data, tail.size);
        line[tail.size] = '\n';
        reader->scan.data = line;
        reader->scan.end = line + tail.size + 1;
        read = read_costs(reader, &at, false);
        reader->scan.data = scan.data;
        reader->scan.end = scan.end;
    }
    return read;
}

/* Whether all of the file is there. */
static void check_end(struct reader *reader, size_t size)
{
    size_t read = (size_t)(reader->scan.end - reader->scan.data);
    bool whole = read == size || read_tail(reader, (hp_string){reader->scan.end, size - read});

    if (reader->problem.status == HP_CORRUPT) /* its offset is none of the file's */
        hp_error_clear(&reader->problem);
    if (!whole)
        cut(reader, size, "a newline", "the end of the file");
    else if (!reader->has_events)
        cut(reader, size, "events:", "the end of the file");
    else if (reader->next != SELF)
        cut(reader, size, "a position and costs", "the end of the file");
    else if (!is_closed(reader) ||
             (reader->closed != OPEN && reader->end != NOTHING && reader->trailed))
        cut(reader, size, end_mark(reader), "the end of the file");
    keep_problem(reader);
}

static hp_status read_file(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                           const hp_load_options *options, hp_error *error)
{
    struct reader reader = {
        .whole = profile,
        .input = input,
        .error = error,
        .scan = {(const char *)data, (const char *)data + size, &reader.problem},
        .names = {.scan = &reader.scan},
        .positions = 1};
    hp_string text = {reader.scan.data, size};

    while (reader.scan.end > reader.scan.data && reader.scan.end[-1] != '\n')
        reader.scan.end--;
    (void)HP_TAKE(&text, "\xef\xbb\xbf"); /* the byte order mark */
    hp_callgrind_parts_start(&reader.parts, profile, &reader.scan);
    forget_place(&reader);
    read_lines(&reader, text.data, options);
    if (!reader.stopped)
        check_end(&reader, size);
    if (reader.has_events &&
        (error->status == HP_OK || error->status == HP_TRUNCATED || error->status == HP_CORRUPT) &&
        !hp_callgrind_end_part(&reader.parts, reader.start))
        keep_problem(&reader);
    input->undefined_names = reader.names.undefined;
    hp_callgrind_parts_free(&reader.parts);
    hp_callgrind_names_free(&reader.names);
    return error->status;
}

const hp_reader hp_reader_callgrind = {
    .format = {"callgrind", "callgrind or cachegrind out file", .stacks = false},
    .manual =
        "what valgrind(1)'s callgrind and cachegrind write, other profilers for kcachegrind(1),"
        " and hotreport itself with \"--format=callgrind\"",
    .recognise = hp_callgrind_recognise,
    .read = read_file,
};
