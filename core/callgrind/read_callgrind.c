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
#include "callgrind/callgrind_costs.h"
#include "callgrind/callgrind_facts.h"
#include "callgrind/callgrind_header.h"
#include "callgrind/callgrind_recognise.h"
#include "input/reader.h"

enum { STRETCH = 1 << 20, TAIL_MAX = 4096 };

/* --- Lines ---------------------------------------------------------------------------------- */

static bool read_file_name(hp_callgrind_reader *reader, hp_string text)
{
    bool named = hp_callgrind_read_place(&reader->names, &reader->names.files, text, &reader->file);

    reader->is_home = hp_string_equal(reader->file, reader->function.file);
    return named;
}

static bool read_own_file(hp_callgrind_reader *reader, hp_string text)
{
    bool named = read_file_name(reader, text);

    reader->own_file = reader->file;
    return named;
}

static bool read_object(hp_callgrind_reader *reader, hp_string text)
{
    reader->function.id = HP_NO_FUNCTION;
    return hp_callgrind_read_place(&reader->names, &reader->names.objects, text, &reader->object);
}

static bool read_caller(hp_callgrind_reader *reader, hp_string text)
{
    if (!reader->has_events)
        return hp_scan_corrupt(&reader->scan, text.data, "events: before functions");
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

static bool read_callee(hp_callgrind_reader *reader, hp_string text)
{
    if (!reader->has_events)
        return hp_scan_corrupt(&reader->scan, text.data, "events: before functions");
    if (!reader->called_object.data)
        reader->called_object = reader->object;
    if (!reader->called_file.data)
        reader->called_file = reader->file;
    return hp_callgrind_read_function(&reader->names, text, reader->called_object,
                                      reader->called_file, &reader->callee);
}

static bool read_calls(hp_callgrind_reader *reader, hp_string text)
{
    const char *at = text.data;
    bool negative;

    if (reader->callee.id == HP_NO_FUNCTION) {
        reader->next = HP_CALLGRIND_IGNORED;
        return hp_scan_corrupt(&reader->scan, at, "cfn= before calls=");
    }
    reader->next = HP_CALLGRIND_CALL;
    reader->count = 0;
    while (hp_is_blank(*at))
        at++;
    negative = *at == '-';
    at += negative;
    if (!hp_take_number(&at, &reader->count) || !hp_callgrind_is_field_end(*at))
        return hp_scan_corrupt(&reader->scan, text.data, "a number of calls");
    reader->count = hp_callgrind_plausible(reader, negative, reader->count);
    if (reader->count != HP_UNKNOWN)
        return true;
    reader->next = HP_CALLGRIND_IGNORED;
    return hp_scan_corrupt(&reader->scan, text.data, HP_CALLGRIND_CALLS_FIT);
}

/* "jcnd=", "jump=", "jfi=", "jfn=" */
static bool read_jump(hp_callgrind_reader *reader, hp_string text)
{
    hp_callgrind_named function;
    hp_string file;

    if (HP_TAKE(&text, "jfi="))
        return hp_callgrind_read_place(&reader->names, &reader->names.files, text, &file);
    if (HP_TAKE(&text, "jfn="))
        return !reader->has_events ||
               hp_callgrind_read_function(&reader->names, text, reader->object, reader->file,
                                          &function);
    reader->next = HP_CALLGRIND_IGNORED;
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
static bool read_name(hp_callgrind_reader *reader, hp_string text, bool *known)
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

static bool read_line(hp_callgrind_reader *reader, const char **at)
{
    const char *start = *at;
    char first = *start;
    bool read, known;

    if (hp_is_digit(first) || first == '+' || first == '-' || first == '*')
        return hp_callgrind_read_costs(reader, at, true);

    hp_string text = hp_take_line(at, reader->scan.end);

    if (first == '#')
        return hp_callgrind_read_comment(reader, text);
    if ((first == '\n' || hp_is_blank(first)) && hp_trimmed(text).size == 0)
        return true;
    if (reader->next != HP_CALLGRIND_SELF) {
        reader->next = HP_CALLGRIND_SELF;
        hp_scan_corrupt(&reader->scan, start, "a position and costs");
        hp_callgrind_keep_problem(reader);
    }
    if (HP_TAKE(&text, "====")) { /* between the runs in a file that Xdebug appends to */
        reader->trailed = true;
        return true;
    }
    read = read_name(reader, text, &known);
    if (!known)
        return hp_callgrind_read_header(reader, text);
    reader->has_lines = true;
    reader->closed = HP_CALLGRIND_OPEN;
    return read;
}

/* --- The whole ------------------------------------------------------------------------------ */

static void read_lines(hp_callgrind_reader *reader, const char *at, const hp_load_options *options)
{
    const char *stretch = at;

    while (at < reader->scan.end && !reader->stopped) {
        const char *start = at;

        if (at >= stretch) {
            if (options->progress &&
                !options->progress(options->progress_context, (uint64_t)(at - reader->scan.data),
                                   (uint64_t)(reader->scan.end - reader->scan.data))) {
                hp_error_set(&reader->problem, HP_CANCELLED, 0, "cancelled");
                hp_callgrind_keep_problem(reader);
                return;
            }
            stretch = (size_t)(reader->scan.end - at) > STRETCH ? at + STRETCH : reader->scan.end;
        }
        if (!read_line(reader, &at)) {
            hp_callgrind_keep_problem(reader);
            at = start;
            (void)hp_take_line(&at, reader->scan.end);
        }
    }
}

/* Whether a last line without a newline has all that belongs to it. What it says is needed only if
 * these are costs. */
static bool is_whole(const hp_callgrind_reader *reader, hp_string tail, bool *costs)
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
    return words ==
           reader->positions + (reader->next == HP_CALLGRIND_IGNORED ? 0 : reader->columns.count);
}

/* Reads a last line that no newline ends; false: it is cut. */
static bool read_tail(hp_callgrind_reader *reader, hp_string tail)
{
    hp_scan scan = reader->scan;
    char line[TAIL_MAX + 1];
    const char *at = line;
    bool read = true, costs;

    if (!reader->has_events || reader->end == HP_CALLGRIND_TOTALS || tail.size > TAIL_MAX ||
        !is_whole(reader, tail, &costs))
        return false;
    if (costs) {
        memcpy(line, tail.data, tail.size);
        line[tail.size] = '\n';
        reader->scan.data = line;
        reader->scan.end = line + tail.size + 1;
        read = hp_callgrind_read_costs(reader, &at, false);
        reader->scan.data = scan.data;
        reader->scan.end = scan.end;
    }
    return read;
}

/* Whether all of the file is there. */
static void check_end(hp_callgrind_reader *reader, size_t size)
{
    size_t read = (size_t)(reader->scan.end - reader->scan.data);
    bool whole = read == size || read_tail(reader, (hp_string){reader->scan.end, size - read});

    if (reader->problem.status == HP_CORRUPT) /* its offset is none of the file's */
        hp_error_clear(&reader->problem);
    if (!whole)
        hp_callgrind_cut(reader, size, "a newline", "the end of the file");
    else if (!reader->has_events)
        hp_callgrind_cut(reader, size, "events:", "the end of the file");
    else if (reader->next != HP_CALLGRIND_SELF)
        hp_callgrind_cut(reader, size, "a position and costs", "the end of the file");
    else if (!hp_callgrind_is_closed(reader) ||
             (reader->closed != HP_CALLGRIND_OPEN && reader->end != HP_CALLGRIND_OPEN &&
              reader->trailed))
        hp_callgrind_cut(reader, size, hp_callgrind_end_mark(reader), "the end of the file");
    hp_callgrind_keep_problem(reader);
}

static hp_status read_file(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                           const hp_load_options *options, hp_error *error)
{
    hp_callgrind_reader reader = {
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
    hp_callgrind_forget_place(&reader);
    read_lines(&reader, text.data, options);
    if (!reader.stopped)
        check_end(&reader, size);
    if (reader.has_events &&
        (error->status == HP_OK || error->status == HP_TRUNCATED || error->status == HP_CORRUPT) &&
        !hp_callgrind_end_part(&reader.parts, reader.start))
        hp_callgrind_keep_problem(&reader);
    input->undefined_names = reader.names.undefined;
    hp_callgrind_parts_free(&reader.parts);
    hp_callgrind_names_free(&reader.names);
    return error->status;
}

const hp_reader hp_reader_callgrind = {
    .format = {"callgrind", "callgrind or cachegrind out file", .stacks = false},
    .manual =
        "a file of the tools callgrind and cachegrind of valgrind(1), of another profiler for "
        "kcachegrind(1), or a report of \"hotreport --format=callgrind\"",
    .recognise = hp_callgrind_recognise,
    .read = read_file,
};
