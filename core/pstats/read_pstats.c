// SPDX-License-Identifier: MIT
/* The dumps of Python's pstats: one marshal value,
 *
 *     dump     = { key: (primitive, calls, self, inclusive, {key: caller, ...}), ... }
 *     key      = (file, line, name)
 *     caller   = (calls, primitive, self, inclusive)    cProfile: the calls come first
 *              | calls                                  profile; sampled by Python 3.15
 *
 * Dumps of samples have one more entry, {("__sampled__",): True}, which is skipped. Times are
 * seconds, floats or integers, and are rounded to whole nanoseconds.
 *
 * - If a caller is only a number of calls, its time is estimated: it gets a share, in proportion to
 *   its calls, of the inclusive time that the other callers leave. A function's calls of itself get
 *   none.
 * - Impossible numbers count as 0, and the input's impossible_numbers counts them: calls below zero
 *   (some tools write -1 for "unknown"), and times below zero (the clock was set back), of more
 * than 64 bits in nanoseconds, infinite or not a number.
 * - A key that occurs twice is one function with the sum of both.
 * - A line below zero is line 0.
 * - <interpreter> calls what nothing else accounts for: see hp_profile_add_roots.
 */
#include "input/reader.h"
#include "model/array.h"
#include "model/profile.h"
#include "model/roots.h"
#include "pstats/marshal.h"

#include <stdlib.h>
#include <string.h>

struct caller {
    hp_function_id id;
    bool estimated;
    uint64_t line, count, cost;
};

struct pstats {
    hp_marshal marshal;
    hp_error *error;
    hp_profile *profile;
    hp_input *input;
    struct caller *callers; /* of the function that is being read */
    size_t count, capacity;
    size_t total; /* number of callers of all functions */
};

static uint64_t minus(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

static bool ok(hp_status status)
{
    return status == HP_OK;
}

/* --- Parts of the dump -------------------------------------------------------------------- */

static bool is_not(struct pstats *pstats, const hp_marshal_value *value, const char *expected)
{
    hp_error_set(pstats->error, HP_CORRUPT, value->offset, "offset %zu: expected %s, found %s",
                 value->offset, expected, hp_marshal_kind_name(value->kind));
    return false;
}

static bool expect(struct pstats *pstats, hp_marshal_kind kind, const char *what,
                   hp_marshal_value *value)
{
    return hp_marshal_next(&pstats->marshal, value) &&
           (value->kind == kind || is_not(pstats, value, what));
}

static bool expect_end(struct pstats *pstats)
{
    hp_marshal_value value;

    return expect(pstats, HP_MARSHAL_END, "the end of a tuple", &value);
}

static const char FUNCTION[] = "a function (file, line, name)";

static bool is_tuple(const hp_marshal_value *value, uint64_t count)
{
    return value->kind == HP_MARSHAL_SEQUENCE && value->count == count;
}

static uint64_t to_count(struct pstats *pstats, const hp_marshal_value *value)
{
    pstats->input->impossible_numbers += value->integer < 0;
    return value->integer < 0 ? 0 : (uint64_t)value->integer;
}

static bool read_count(struct pstats *pstats, uint64_t *count)
{
    hp_marshal_value value;

    if (!expect(pstats, HP_MARSHAL_INTEGER, "a number of calls", &value))
        return false;
    *count = to_count(pstats, &value);
    return true;
}

static bool read_time(struct pstats *pstats, uint64_t *nanoseconds)
{
    hp_marshal_value value;
    double time;

    if (!hp_marshal_next(&pstats->marshal, &value))
        return false;
    if (value.kind == HP_MARSHAL_FLOAT)
        time = value.number * 1e9;
    else if (value.kind == HP_MARSHAL_INTEGER)
        time = (double)value.integer * 1e9;
    else
        return is_not(pstats, &value, "a time");
    if (time > -0.5 && time < 18446744073709551615.0) {
        *nanoseconds = time > 0 ? (uint64_t)time : 0;
        *nanoseconds += time - (double)*nanoseconds >= 0.5;
    } else {
        *nanoseconds = 0;
        pstats->input->impossible_numbers++;
    }
    return true;
}

/* Reads the items of a key, whose tuple was read. */
static bool read_key(struct pstats *pstats, const hp_marshal_value *tuple, hp_function *key)
{
    hp_marshal_value file, line, name;

    if (!is_tuple(tuple, 3))
        return is_not(pstats, tuple, FUNCTION);
    if (!expect(pstats, HP_MARSHAL_STRING, "the name of a file", &file) ||
        !expect(pstats, HP_MARSHAL_INTEGER, "a line", &line) ||
        !expect(pstats, HP_MARSHAL_STRING, "the name of a function", &name) || !expect_end(pstats))
        return false;
    *key = (hp_function){.name = name.string, .file = file.string, .recorded_file = file.string};
    key->line = line.integer < 0 ? 0 : (uint64_t)line.integer;
    return true;
}

/* --- Functions and calls ------------------------------------------------------------------ */

static bool read_caller(struct pstats *pstats, const hp_marshal_value *tuple)
{
    hp_marshal_value value;
    hp_function key;
    struct caller caller = {0};
    uint64_t ignored;

    if (!read_key(pstats, tuple, &key) || !hp_marshal_next(&pstats->marshal, &value))
        return false;
    caller.line = key.line;
    if (value.kind == HP_MARSHAL_INTEGER) {
        caller.count = to_count(pstats, &value);
        caller.estimated = true;
    } else if (!is_tuple(&value, 4)) {
        return is_not(pstats, &value, "a number of calls or (calls, primitive, self, inclusive)");
    } else if (!read_count(pstats, &caller.count) || !read_count(pstats, &ignored) ||
               !read_time(pstats, &ignored) || !read_time(pstats, &caller.cost) ||
               !expect_end(pstats)) {
        return false;
    }

    /* The shortest key and value take six bytes. Only references that repeat whole dicts of callers
     * make more. */
    if (++pstats->total > pstats->marshal.in.size / 6)
        return ok(hp_error_set(pstats->error, HP_LIMIT, value.offset,
                               "offset %zu: expected callers, found more than fit into the input",
                               value.offset));
    if (!hp_array_reserve(&pstats->callers, &pstats->capacity, pstats->count + 1,
                          sizeof *pstats->callers))
        return ok(hp_no_memory(pstats->error));
    pstats->callers[pstats->count++] = caller;
    return ok(hp_profile_add_function(pstats->profile, &key, &pstats->callers[pstats->count - 1].id,
                                      pstats->error));
}

/* Gives each caller without a time a share of the callee's time that the others leave. The last one
 * gets the rest, so that the sum is exact. */
static void estimate(struct pstats *pstats, hp_function_id callee, uint64_t calls,
                     uint64_t inclusive)
{
    uint64_t recorded = 0, accounted = 0;

    for (size_t i = 0; i < pstats->count; i++) {
        const struct caller *caller = &pstats->callers[i];

        recorded = hp_add_counts(recorded, caller->count);
        if (caller->id == callee || !caller->estimated)
            accounted = hp_add_counts(accounted, caller->count);
        if (caller->id != callee)
            inclusive = minus(inclusive, caller->cost);
    }
    calls = minus(calls > recorded ? calls : recorded, accounted);
    for (size_t i = 0; i < pstats->count; i++) {
        struct caller *caller = &pstats->callers[i];

        if (caller->id == callee || !caller->estimated || caller->count == 0)
            continue;
        caller->cost = inclusive;
        if (caller->count < calls) {
            double share = (double)inclusive * ((double)caller->count / (double)calls) + 0.5;

            if (share < (double)inclusive)
                caller->cost = (uint64_t)share;
        }
        inclusive -= caller->cost;
        calls = minus(calls, caller->count);
    }
}

/* Adds the function of an entry that was read as a whole, and the calls by its callers. */
static bool add_entry(struct pstats *pstats, const hp_function *key, uint64_t self,
                      uint64_t inclusive)
{
    hp_profile *profile = pstats->profile;
    hp_function_id id;

    if (!ok(hp_profile_add_function(profile, key, &id, pstats->error)) ||
        !ok(hp_profile_add_inclusive(profile, id, &inclusive, pstats->error)) ||
        !ok(hp_profile_add_cost(profile, (hp_line){id, key->line}, &self, pstats->error)))
        return false;
    estimate(pstats, id, key->calls, inclusive);
    for (size_t i = 0; i < pstats->count; i++) {
        const struct caller *caller = &pstats->callers[i];
        const hp_call call = {.caller = caller->id,
                              .callee = id,
                              .line = caller->line,
                              .count = caller->count,
                              .estimated = caller->estimated};

        pstats->input->estimated_calls += caller->estimated;
        if (!ok(hp_profile_add_call(profile, call, &caller->cost, pstats->error)))
            return false;
    }
    return true;
}

/* Skips ("__sampled__",): True, whose tuple was read. */
static bool skip_mark(struct pstats *pstats, const hp_marshal_value *tuple)
{
    static const char MARK[] = "__sampled__";
    hp_marshal_value value;

    if (!hp_marshal_next(&pstats->marshal, &value))
        return false;
    if (value.kind != HP_MARSHAL_STRING || value.string.size != sizeof MARK - 1 ||
        memcmp(value.string.data, MARK, sizeof MARK - 1) != 0)
        return is_not(pstats, tuple, FUNCTION);
    return expect_end(pstats) && expect(pstats, HP_MARSHAL_INTEGER, "True", &value);
}

static bool read_entry(struct pstats *pstats, const hp_marshal_value *tuple)
{
    uint64_t self, inclusive;
    hp_marshal_value value;
    hp_function key;

    if (is_tuple(tuple, 1))
        return skip_mark(pstats, tuple);
    if (!read_key(pstats, tuple, &key) || !hp_marshal_next(&pstats->marshal, &value))
        return false;
    if (!is_tuple(&value, 5))
        return is_not(pstats, &value, "(primitive, calls, self, inclusive, callers)");
    if (!read_count(pstats, &key.primitive) || !read_count(pstats, &key.calls) ||
        !read_time(pstats, &self) || !read_time(pstats, &inclusive) ||
        !expect(pstats, HP_MARSHAL_DICT, "a dict of callers", &value))
        return false;
    pstats->count = 0;
    for (;;) {
        if (!hp_marshal_next(&pstats->marshal, &value))
            return false;
        if (value.kind == HP_MARSHAL_END)
            break;
        if (!read_caller(pstats, &value))
            return false;
    }
    return expect_end(pstats) && add_entry(pstats, &key, self, inclusive);
}

static bool read_dump(struct pstats *pstats, const hp_load_options *options)
{
    const hp_cursor *in = &pstats->marshal.in;
    hp_marshal_value value;

    if (!expect(pstats, HP_MARSHAL_DICT, "a dict of functions", &value))
        return false;
    for (size_t count = 1;; count++) {
        if (!hp_marshal_next(&pstats->marshal, &value))
            return false;
        if (value.kind == HP_MARSHAL_END)
            break;
        if (!read_entry(pstats, &value))
            return false;
        if (options->progress && count % 1024 == 0 &&
            !options->progress(options->progress_context, in->offset, in->size))
            return ok(hp_error_set(pstats->error, HP_CANCELLED, 0, "cancelled"));
    }
    return in->offset == in->size ||
           ok(hp_error_set(pstats->error, HP_CORRUPT, in->offset,
                           "offset %zu: expected the end of the dump, found %zu more bytes",
                           in->offset, in->size - in->offset));
}

/* --- The reader --------------------------------------------------------------------------- */

static bool recognise(const uint8_t *head, size_t size)
{
    uint8_t first = size > 1 ? head[0] & 0x7f : 0, second = size > 1 ? head[1] & 0x7f : 0;

    return first == '{' && (second == '(' || second == ')' || (second == '0' && size == 2));
}

static hp_status read_pstats(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                             const hp_load_options *options, hp_error *error)
{
    static const hp_event time = {"Time", HP_NANOSECONDS};
    struct pstats pstats = {.marshal = {.in = {data, size, 0, error}},
                            .error = error,
                            .profile = profile,
                            .input = input};
    hp_status status = hp_profile_set_events(profile, &time, 1, error);

    if (status != HP_OK)
        return status;
    if (!read_dump(&pstats, options))
        status = error->status;
    hp_marshal_free(&pstats.marshal);
    free(pstats.callers);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        hp_error failed = {0};

        if (hp_profile_add_roots(profile, &failed) != HP_OK) {
            *error = failed;
            status = failed.status;
        }
    }
    return status;
}

const hp_reader hp_reader_pstats = {
    .format = {"pstats", "pstats dump (cProfile, profile; Python 2.7 to 3.15)", .stacks = false},
    .manual = "a dump of the module cProfile or profile, Python 2.7 to 3.15, made for example by "
              "\"python3 -m cProfile -o FILE program.py\"",
    /* A marshalled dictionary whose first key is a tuple of three: file, line and function. */
    .mime = {.type = "application/x-python-pstats",
             .comment = "Python profile statistics",
             .pattern = "*.prof",
             .priority = "60",
             .magic = {HP_LITERAL("\xfb\x29\x03"), HP_LITERAL("\xfb\xa9\x03"),
                       HP_LITERAL("\xfb\x28\x03\x00\x00\x00"),
                       HP_LITERAL("\x7b\x28\x03\x00\x00\x00")}},
    .recognise = recognise,
    .read = read_pstats,
};
