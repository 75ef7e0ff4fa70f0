// SPDX-License-Identifier: MIT
/* The dumps of Python's pstats: one marshal value,
 *
 *     dump     = { key: (primitive, calls, self, inclusive, {key: caller, ...}), ... }
 *     key      = (file, line, name)
 *     caller   = (calls, primitive, self, inclusive)    cProfile: the calls come first
 *              | calls                                  profile; sampled by Python 3.15
 *
 * and in dumps of samples (sampled_dump.h) one entry more, {("__sampled__",): True}. Times are
 * seconds, floats or integers. They are rounded to nanoseconds; if they are too large for that (a
 * profiler may have any timer), to ticks of a power of 1000 nanoseconds.
 *
 * - A count below zero is unknown: some tools write -1, and Stats.add adds them up.
 * - Times that are impossible count as 0, and the input says how many there are: times below zero
 *   (of clocks that were set back), infinite or not a number.
 * - yappi writes primitive and calls the other way round.
 * - Bytes of names that are not UTF-8 are the same, whichever Python wrote them.
 * - A key that comes twice is one function with the sum of both.
 * - A line below zero is line 0.
 *
 * dump.h tells how the calls are made to add up. */
#include "input/escaped_bytes.h"
#include "input/reader.h"
#include "model/array.h"
#include "model/profile.h"
#include "pstats/dump.h"
#include "pstats/marshal.h"
#include "pstats/sampled_dump.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pstats {
    hp_marshal marshal;
    hp_error *error;
    hp_profile *profile;
    hp_input *input;
    hp_dump dump;
    char *text; /* a name that is not in the input as it is */
    size_t text_capacity;
    hp_string none;  /* the profile's own empty string */
    uint32_t *known; /* by place: the row of the name or of the function that stands there in the
                        profile, or HP_NO_ROW */
    size_t known_count, known_capacity;
    bool marked;    /* the dump says that it holds samples */
    double units;   /* a second */
    double total;   /* self times, in seconds */
    double largest; /* time that is too large for the units, in seconds; 0: none */
};

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

static inline bool expect(struct pstats *pstats, hp_marshal_kind kind, const char *what,
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

static uint64_t to_count(const hp_marshal_value *value)
{
    return value->negative ? HP_UNKNOWN : value->integer;
}

static inline bool read_count(struct pstats *pstats, uint64_t *count)
{
    hp_marshal_value value;

    if (!expect(pstats, HP_MARSHAL_INTEGER, "a number of calls", &value))
        return false;
    *count = to_count(&value);
    return true;
}

/* Costs that hp_dump_balance can add up. */
static const double cost_limit = 4611686018427387904.0; /* 2^62 */

/* Not fmax: the library does not need libm. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* How far a cost may be from the time that was recorded, and this from the true one. */
static double rounding_of(double time, uint64_t cost)
{
    return larger(fabs(time - (double)cost), fabs(time) * DBL_EPSILON);
}

static bool read_time(struct pstats *pstats, uint64_t *cost, double *seconds)
{
    hp_marshal_value value;
    double time;

    if (!hp_marshal_next(&pstats->marshal, &value))
        return false;
    if (value.kind == HP_MARSHAL_FLOAT)
        *seconds = value.number;
    else if (value.kind == HP_MARSHAL_INTEGER)
        *seconds = value.negative ? -(double)value.integer : (double)value.integer;
    else
        return is_not(pstats, &value, "a time");
    time = *seconds * pstats->units;
    *cost = 0;
    if (time > -0.5 && time < cost_limit) {
        *cost = time > 0 ? (uint64_t)time : 0;
        *cost += time - (double)*cost >= 0.5;
        pstats->dump.rounding = larger(pstats->dump.rounding, rounding_of(time, *cost));
    } else if (*seconds > 0 && *seconds <= DBL_MAX) {
        pstats->largest = *seconds > pstats->largest ? *seconds : pstats->largest;
    } else {
        *seconds = 0;
        pstats->input->impossible_numbers++;
    }
    return true;
}

static bool reserve_text(struct pstats *pstats, size_t size)
{
    return hp_array_reserve(&pstats->text, &pstats->text_capacity, size, 1) ||
           ok(hp_no_memory(pstats->error));
}

/* Makes a name of the text of Python. */
static bool unescape(struct pstats *pstats, hp_string *name)
{
    if (!hp_has_escaped_bytes(*name))
        return true;
    if (!reserve_text(pstats, name->size))
        return false;
    *name = (hp_string){pstats->text, hp_unescape_bytes(*name, pstats->text)};
    return true;
}

static size_t append(struct pstats *pstats, size_t at, hp_string string)
{
    if (string.size > 0)
        memcpy(pstats->text + at, string.data, string.size);
    return at + string.size;
}

/* Makes a name of a code object: "<module> (program.py:1)". The module profile has one in place of
 * a name for what it was told to run. */
static bool read_code_name(struct pstats *pstats, hp_marshal_value *name)
{
    hp_marshal_code code;
    char line[sizeof ":18446744073709551615)"];
    size_t size;

    if (!hp_marshal_read_code(&pstats->marshal, &code) ||
        !reserve_text(pstats, code.name.size + code.file.size + sizeof " (" + sizeof line))
        return false;
    snprintf(line, sizeof line, ":%" PRIu64 ")", code.line);
    size = append(pstats, 0, code.name);
    size = append(pstats, size, (hp_string)HP_LITERAL(" ("));
    size = append(pstats, size, code.file);
    size = append(pstats, size, hp_text(line));
    *name =
        (hp_marshal_value){.kind = HP_MARSHAL_STRING, .text = true, .string = {pstats->text, size}};
    return true;
}

/* --- Functions and calls ------------------------------------------------------------------ */

static uint32_t recall(const struct pstats *pstats, size_t place)
{
    return place && place <= pstats->known_count ? pstats->known[place - 1] : HP_NO_ROW;
}

static bool remember(struct pstats *pstats, size_t place, uint32_t row)
{
    if (place == 0)
        return true;
    if (!hp_array_reserve(&pstats->known, &pstats->known_capacity, place, sizeof *pstats->known))
        return ok(hp_no_memory(pstats->error));
    while (pstats->known_count < place)
        pstats->known[pstats->known_count++] = HP_NO_ROW;
    pstats->known[place - 1] = row;
    return true;
}

/* The profile's own string of a name. */
static bool intern(struct pstats *pstats, const hp_marshal_value *name, hp_string *own)
{
    uint32_t row = recall(pstats, name->place);
    hp_string string = name->string;

    if (row == HP_NO_ROW) {
        if (name->text && !unescape(pstats, &string))
            return false;
        row = hp_find_string(pstats->profile, string);
        if (row == HP_NO_ROW) {
            if (!hp_reserve_strings(pstats->profile, 1, string.size))
                return ok(hp_no_memory(pstats->error));
            row = hp_insert_string(pstats->profile, string);
        }
        if (!remember(pstats, name->place, row))
            return false;
    }
    *own = pstats->profile->strings[row];
    return true;
}

/* The key of a function. Its strings are the profile's. */
struct key {
    size_t place;      /* as in hp_marshal_value */
    hp_function_id id; /* if that is known, HP_NO_FUNCTION otherwise; then */
    hp_string file, name;
    uint64_t line;
};

/* The rest of a key of which the tuple itself was read. */
static bool read_key(struct pstats *pstats, const hp_marshal_value *tuple, struct key *key)
{
    hp_marshal_value file, line, name;

    key->place = tuple->place;
    key->id = tuple->kind == HP_MARSHAL_SEQUENCE ? recall(pstats, tuple->place) : HP_NO_FUNCTION;
    if (key->id != HP_NO_FUNCTION) {
        hp_marshal_skip(&pstats->marshal);
        return true;
    }

    if (!is_tuple(tuple, 3))
        return is_not(pstats, tuple, FUNCTION);
    if (!expect(pstats, HP_MARSHAL_STRING, "the name of a file", &file) ||
        !intern(pstats, &file, &key->file) ||
        !expect(pstats, HP_MARSHAL_INTEGER, "a line", &line) ||
        !hp_marshal_next(&pstats->marshal, &name))
        return false;
    if (name.kind == HP_MARSHAL_CODE) {
        if (!read_code_name(pstats, &name))
            return false;
    } else if (name.kind != HP_MARSHAL_STRING) {
        return is_not(pstats, &name, "the name of a function");
    }
    key->line = line.negative ? 0 : line.integer;
    return intern(pstats, &name, &key->name) && expect_end(pstats);
}

/* The number of a function, which the profile and the dump have then. */
static bool find_function(struct pstats *pstats, const struct key *key, hp_function_id *id)
{
    hp_profile *profile = pstats->profile;
    hp_function function;

    *id = key->id;
    if (*id != HP_NO_FUNCTION)
        return true;
    function = (hp_function){.name = key->name,
                             .file = key->file,
                             .recorded_file = key->file,
                             .object = pstats->none,
                             .line = key->line};
    *id = hp_find_function(profile, &function);
    if (*id == HP_NO_ROW) {
        size_t most = 1000 + pstats->marshal.in.size / 20;

        if (profile->function_table.count >= most)
            return ok(hp_error_set(pstats->error, HP_LIMIT, pstats->marshal.in.offset,
                                   "has more than %zu functions, which is too many for its size",
                                   most));
        if (!hp_reserve_rows(profile, HP_FUNCTION_TABLE, 1))
            return ok(hp_no_memory(pstats->error));
        *id = hp_insert_own_function(profile, &function);
    }
    if (!hp_dump_need_functions(&pstats->dump, *id + (size_t)1))
        return ok(hp_no_memory(pstats->error));
    return remember(pstats, key->place, *id);
}

static bool read_caller(struct pstats *pstats, const hp_marshal_value *tuple, hp_function_id callee)
{
    hp_marshal_value value;
    struct key key;
    hp_dump_call call = {.callee = callee}, *added;
    uint64_t ignored;
    double seconds;

    if (!read_key(pstats, tuple, &key) || !hp_marshal_next(&pstats->marshal, &value))
        return false;
    call.timed = value.kind != HP_MARSHAL_INTEGER;
    if (!call.timed)
        call.count = to_count(&value);
    else if (!is_tuple(&value, 4))
        return is_not(pstats, &value, "a number of calls or (calls, primitive, self, inclusive)");
    else if (!read_count(pstats, &call.count) || !read_count(pstats, &ignored) ||
             !read_time(pstats, &ignored, &seconds) || !read_time(pstats, &call.cost, &seconds) ||
             !expect_end(pstats))
        return false;

    /* A key and a value take six bytes at the least: there are more callers only if references
     * repeat whole dicts of them. */
    if (pstats->dump.call_count >= pstats->marshal.in.size / 6)
        return ok(hp_error_set(pstats->error, HP_LIMIT, value.offset,
                               "offset %zu: expected callers, found more than fit into the input",
                               value.offset));
    if (!find_function(pstats, &key, &call.caller))
        return false;
    added = hp_dump_add_call(&pstats->dump);
    if (!added)
        return ok(hp_no_memory(pstats->error));
    *added = call;
    return true;
}

/* The rest of ("__sampled__",): True. */
static bool read_mark(struct pstats *pstats, const hp_marshal_value *tuple)
{
    static const char MARK[] = "__sampled__";
    hp_marshal_value value;

    if (!hp_marshal_next(&pstats->marshal, &value))
        return false;
    if (value.kind != HP_MARSHAL_STRING || value.string.size != sizeof MARK - 1 ||
        memcmp(value.string.data, MARK, sizeof MARK - 1) != 0)
        return is_not(pstats, tuple, FUNCTION);
    return pstats->marked =
               expect_end(pstats) && expect(pstats, HP_MARSHAL_INTEGER, "True", &value);
}

/* Adds a function of which the whole entry was read. */
static bool add_entry(struct pstats *pstats, hp_function_id id, const hp_dump_function *entry)
{
    hp_dump_function *function = &pstats->dump.functions[id];
    bool swapped = entry->primitive > entry->calls && entry->primitive != HP_UNKNOWN;

    if (entry->self > UINT64_MAX - function->self ||
        entry->inclusive > UINT64_MAX - function->inclusive)
        return ok(hp_overflow(pstats->error));
    function->self += entry->self;
    function->inclusive += entry->inclusive;
    function->calls = hp_add_counts(function->calls, swapped ? entry->primitive : entry->calls);
    function->primitive =
        hp_add_counts(function->primitive, swapped ? entry->calls : entry->primitive);
    function->whole = true;
    pstats->dump.repeated = pstats->dump.repeated || entry->calls == HP_UNKNOWN;
    return true;
}

static bool read_entry(struct pstats *pstats, const hp_marshal_value *tuple)
{
    hp_dump_function entry;
    double self = 0, inclusive = 0;
    hp_marshal_value value;
    struct key key;
    hp_function_id id;
    size_t calls = pstats->dump.call_count;

    if (is_tuple(tuple, 1))
        return read_mark(pstats, tuple);
    if (!read_key(pstats, tuple, &key) || !hp_marshal_next(&pstats->marshal, &value))
        return false;
    if (!is_tuple(&value, 5))
        return is_not(pstats, &value, "(primitive, calls, self, inclusive, callers)");
    if (!find_function(pstats, &key, &id) || !read_count(pstats, &entry.primitive) ||
        !read_count(pstats, &entry.calls) || !read_time(pstats, &entry.self, &self) ||
        !read_time(pstats, &entry.inclusive, &inclusive) ||
        !expect(pstats, HP_MARSHAL_DICT, "a dict of callers", &value))
        return false;
    for (;;) {
        if (!hp_marshal_next(&pstats->marshal, &value))
            break;
        if (value.kind == HP_MARSHAL_END) {
            pstats->total += self;
            if (expect_end(pstats))
                return add_entry(pstats, id, &entry);
            break;
        }
        if (!read_caller(pstats, &value, id))
            break;
    }
    pstats->dump.call_count = calls; /* those of an entry that is not whole */
    return false;
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

/* Makes room for what a dump of that size holds as a rule, if there is memory for it: arrays that
 * grow are copied. */
static void reserve(struct pstats *pstats)
{
    hp_dump *dump = &pstats->dump;
    size_t functions = pstats->marshal.in.size / 256;

    (void)(hp_reserve_strings(pstats->profile, functions, 0) &&
           hp_reserve_rows(pstats->profile, HP_FUNCTION_TABLE, functions) &&
           hp_array_reserve(&dump->functions, &dump->function_capacity, functions + 2,
                            sizeof *dump->functions) &&
           hp_array_reserve(&dump->calls, &dump->call_capacity, 2 * functions,
                            sizeof *dump->calls));
}

/* Reads the dump in units that are large enough for its times. */
static bool read_in_units(struct pstats *pstats, const hp_load_options *options)
{
    const hp_cursor start = pstats->marshal.in;
    double most;
    bool whole;

    reserve(pstats);
    if (!hp_reserve_strings(pstats->profile, 1, 0))
        return ok(hp_no_memory(pstats->error));
    pstats->none = hp_intern(pstats->profile, (hp_string)HP_LITERAL(""));
    whole = read_dump(pstats, options);
    most = larger(pstats->total, pstats->largest);
    if (most * pstats->units < cost_limit)
        return whole;
    for (; most * pstats->units >= cost_limit; pstats->input->tick_digits += 3)
        pstats->units /= 1000;
    hp_marshal_free(&pstats->marshal);
    pstats->marshal = (hp_marshal){.in = start};
    pstats->known_count = 0;
    pstats->dump.function_count = pstats->dump.call_count = 0;
    pstats->dump.rounding = 0;
    pstats->dump.repeated = pstats->marked = false;
    pstats->input->impossible_numbers = 0;
    return read_dump(pstats, options);
}

/* Of <interpreter>, the costs are those of its calls. */
static bool write_functions(struct pstats *pstats, size_t count, const hp_function_id *ids)
{
    hp_profile *profile = pstats->profile;
    hp_function_id interpreter = ids[pstats->dump.interpreter];

    for (uint32_t f = 0; f < count; f++) {
        const hp_dump_function *function = &pstats->dump.functions[f];
        const hp_line line = {ids[f], hp_profile_function(profile, ids[f])->line};

        if (!ok(hp_profile_add_counts(profile, ids[f], function->calls, function->primitive,
                                      pstats->error)) ||
            (function->self &&
             !ok(hp_profile_add_new_cost(profile, line, &function->self, pstats->error))) ||
            (ids[f] != interpreter &&
             !ok(hp_profile_add_inclusive(profile, ids[f], &function->inclusive, pstats->error))))
            return false;
    }
    return ok(hp_profile_add_inclusive(profile, interpreter, &pstats->dump.total, pstats->error));
}

static bool write_calls(struct pstats *pstats, const hp_function_id *ids)
{
    hp_profile *profile = pstats->profile;
    hp_function_id interpreter = ids[pstats->dump.interpreter];

    if (!hp_reserve_new_rows(profile, HP_CALL_TABLE, pstats->dump.call_count))
        return ok(hp_no_memory(pstats->error));
    for (size_t i = 0; i < pstats->dump.call_count; i++) {
        const hp_dump_call *recorded = &pstats->dump.calls[i];
        const hp_call call = {.caller = ids[recorded->caller],
                              .callee = ids[recorded->callee],
                              .line =
                                  profile->functions[ids[recorded->caller]].line, /* its key's */
                              .estimated = recorded->estimated};

        if (call.callee == interpreter)
            continue;
        pstats->input->estimated_calls += recorded->estimated;
        if (!ok(hp_add_calls(profile, hp_append_call(profile, call), recorded->count,
                             &recorded->cost, pstats->error)))
            return false;
    }
    return true;
}

static bool add_not_recorded(struct pstats *pstats, hp_function_id *id)
{
    static const hp_function not_recorded = {.name = HP_LITERAL(HP_NOT_RECORDED),
                                             .file = HP_LITERAL(""),
                                             .recorded_file = HP_LITERAL(""),
                                             .object = HP_LITERAL("")};

    return ok(hp_profile_add_function(pstats->profile, &not_recorded, id, pstats->error));
}

/* The numbers in the profile of the functions of the dump, and of <not recorded> and <interpreter>,
 * which the dump may have already. To be freed; NULL after an error. */
static hp_function_id *number_functions(struct pstats *pstats)
{
    hp_dump *dump = &pstats->dump;
    size_t count = dump->function_count;
    hp_function_id *ids = malloc((count + 2) * sizeof *ids);

    if (!ids) {
        hp_no_memory(pstats->error);
        return NULL;
    }
    for (uint32_t f = 0; f < count; f++)
        ids[f] = f;
    if (!add_not_recorded(pstats, &ids[count]) ||
        !ok(hp_profile_add_interpreter(pstats->profile, &ids[count + 1], pstats->error))) {
        free(ids);
        return NULL;
    }
    dump->not_recorded = ids[count] < count ? ids[count] : HP_NO_FUNCTION;
    return ids;
}

/* --- Dumps of samples ----------------------------------------------------------------------- */

/* Samples in the events of the profile: nanoseconds and samples, or samples alone. */
static bool weigh(const struct pstats *pstats, uint64_t samples, uint64_t *costs)
{
    uint64_t interval = pstats->input->interval;

    if (interval && samples > UINT64_MAX / interval)
        return ok(hp_overflow(pstats->error));
    costs[0] = interval ? samples * interval : samples;
    costs[1] = samples;
    return true;
}

/* Finds or adds the functions of the locations. */
static bool find_locations(struct pstats *pstats, hp_location *locations, bool native)
{
    for (uint32_t f = 0; f < pstats->dump.function_count; f++) {
        hp_function key = *hp_profile_function(pstats->profile, f);

        if (HP_IS(key.file, "~"))
            key.file = key.recorded_file = (hp_string)HP_LITERAL("");
        locations[f] =
            (hp_location){.line = key.line,
                          .self = pstats->dump.functions[f].primitive,
                          .native = !native && key.file.size == 0 && HP_IS(key.name, "<native>")};
        if (locations[f].self == HP_UNKNOWN)
            locations[f].self = 0;
        key.line_unknown = true;
        if (!ok(hp_profile_add_function(pstats->profile, &key, &locations[f].function,
                                        pstats->error)))
            return false;
    }
    return true;
}

static bool write_sampled_function(struct pstats *pstats, const hp_dump_function *function,
                                   hp_function_id id)
{
    hp_function key = *hp_profile_function(pstats->profile, id);
    uint64_t costs[2];

    key.calls = key.primitive = function->inclusive ? HP_UNKNOWN : 0;
    key.estimated = function->estimated;
    return weigh(pstats, function->inclusive, costs) &&
           ok(hp_profile_add_function(pstats->profile, &key, &id, pstats->error)) &&
           ok(hp_profile_add_inclusive(pstats->profile, id, costs, pstats->error));
}

static bool write_not_recorded(struct pstats *pstats, const hp_dump_function *function,
                               hp_function_id id)
{
    const hp_line line = {id, 0};
    uint64_t costs[2];

    if (!weigh(pstats, function->self, costs))
        return false;
    pstats->input->not_recorded = pstats->input->interval ? costs[0] : 0;
    return ok(hp_profile_add_cost(pstats->profile, line, costs, pstats->error));
}

static bool write_sampled_calls(struct pstats *pstats, const hp_dump *dump,
                                const hp_function_id *ids)
{
    for (size_t i = 0; i < dump->call_count; i++) {
        const hp_dump_call *recorded = &dump->calls[i];
        const hp_call call = {.caller = ids[recorded->caller],
                              .callee = ids[recorded->callee],
                              .line = recorded->line,
                              .count = HP_UNKNOWN,
                              .estimated = recorded->estimated};
        uint64_t costs[2];

        if (dump->functions[recorded->callee].inclusive == 0) /* nothing is left of <native> */
            continue;
        pstats->input->estimated_calls += recorded->estimated;
        if (!weigh(pstats, recorded->cost, costs) ||
            !ok(hp_profile_add_call(pstats->profile, call, costs, pstats->error)))
            return false;
    }
    return true;
}

/* Writes the functions and calls of a dump that is balanced. count: of its functions before that.
 */
static bool write_balanced(struct pstats *pstats, hp_dump *dump, hp_function_id first,
                           uint32_t count)
{
    hp_function_id *ids = malloc((count + 2) * sizeof *ids);
    bool lost = dump->not_recorded != HP_NO_FUNCTION;
    bool whole = ids || ok(hp_no_memory(pstats->error));
    uint64_t total[2];

    for (uint32_t f = 0; whole && f < count; f++) {
        ids[f] = first + f;
        whole = write_sampled_function(pstats, &dump->functions[f], ids[f]);
    }
    if (whole && lost)
        whole = add_not_recorded(pstats, &ids[count]) &&
                write_sampled_function(pstats, &dump->functions[count], ids[count]) &&
                write_not_recorded(pstats, &dump->functions[count], ids[count]);
    if (whole)
        whole = ok(hp_profile_add_interpreter(pstats->profile, &ids[dump->interpreter],
                                              pstats->error)) &&
                weigh(pstats, dump->total, total) &&
                ok(hp_profile_add_inclusive(pstats->profile, ids[dump->interpreter], total,
                                            pstats->error)) &&
                write_sampled_calls(pstats, dump, ids);
    free(ids);
    return whole;
}

static bool write_sampled_lines(struct pstats *pstats, const hp_location *locations)
{
    for (uint32_t f = 0; f < pstats->dump.function_count; f++) {
        const hp_line line = {locations[f].function, locations[f].line};
        uint64_t costs[2];

        if (!weigh(pstats, locations[f].self, costs) ||
            !ok(hp_profile_add_cost(pstats->profile, line, costs, pstats->error)))
            return false;
    }
    return true;
}

static bool write_samples(struct pstats *pstats, bool native)
{
    static const hp_event events[] = {{"Time", HP_NANOSECONDS}, {"Samples", HP_SAMPLES}};
    bool timed = pstats->input->interval > 0;
    size_t count = pstats->dump.function_count;
    hp_location *locations = malloc((count + 1) * sizeof *locations);
    hp_dump joined = {0};
    bool whole =
        (locations || ok(hp_no_memory(pstats->error))) &&
        find_locations(pstats, locations, native) &&
        ok(hp_profile_set_events(pstats->profile, events + !timed, 1 + timed, pstats->error));

    uint32_t functions = (uint32_t)(hp_profile_function_count(pstats->profile) - count);

    pstats->input->sampled = true;
    if (whole && !hp_dump_join_locations(&pstats->dump, locations, (hp_function_id)count, functions,
                                         &joined))
        whole = ok(hp_no_memory(pstats->error));
    whole = whole && ok(hp_dump_balance(&joined, pstats->error)) &&
            write_balanced(pstats, &joined, (hp_function_id)count, functions) &&
            write_sampled_lines(pstats, locations);
    if (whole)
        pstats->input->total = *hp_profile_total(pstats->profile);
    hp_dump_free(&joined);
    free(locations);
    return whole;
}

/* --- All dumps ------------------------------------------------------------------------------ */

/* Whether the name of a file has a directory. Stats.strip_dirs takes them all away. */
static bool has_directories(const hp_profile *profile)
{
    for (hp_function_id f = 0; f < profile->function_table.count; f++) {
        hp_string file = profile->functions[f].file;

        if (memchr(file.data, '/', file.size) || memchr(file.data, '\\', file.size))
            return true;
    }
    return false;
}

/* Adds what the dump holds to the profile. */
static bool write_dump(struct pstats *pstats)
{
    const hp_event event = pstats->input->tick_digits ? (hp_event){"Ticks", HP_TICKS}
                                                      : (hp_event){"Time", HP_NANOSECONDS};
    hp_dump *dump = &pstats->dump;
    hp_function_id *ids = number_functions(pstats);
    bool whole;

    dump->repeated = dump->repeated || !has_directories(pstats->profile);
    whole = ids && ok(hp_dump_balance(dump, pstats->error)) &&
            ok(hp_profile_set_events(pstats->profile, &event, 1, pstats->error)) &&
            write_functions(pstats, dump->interpreter, ids) && write_calls(pstats, ids);

    if (whole) {
        pstats->input->mixed_threads = dump->mixed_threads;
        pstats->input->total = dump->total;
        if (dump->not_recorded != HP_NO_FUNCTION)
            pstats->input->not_recorded = dump->functions[dump->not_recorded].self;
    }
    free(ids);
    return whole;
}

static hp_status read_pstats(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                             const hp_load_options *options, hp_error *error)
{
    struct pstats pstats = {.marshal = {.in = {data, size, 0, error}},
                            .error = error,
                            .profile = profile,
                            .input = input,
                            .units = 1e9};
    hp_status status = read_in_units(&pstats, options) ? HP_OK : error->status;

    hp_marshal_free(&pstats.marshal);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        hp_error failed = {0};

        pstats.error = &failed;
        bool sampled = hp_dump_has_samples(&pstats.dump, &input->interval) || pstats.marked;

        input->assumed_sampled = sampled && !pstats.marked;
        if (!(sampled ? write_samples(&pstats, options->native) : write_dump(&pstats))) {
            *error = failed;
            status = failed.status;
        }
    }
    hp_dump_free(&pstats.dump);
    free(pstats.text);
    free(pstats.known);
    return status;
}

const hp_reader hp_reader_pstats = {
    .format = {"pstats", "pstats dump (cProfile, profile, Tachyon; Python 2.7 to 3.15)",
               .stacks = false},
    .manual =
        "a dump of the module cProfile, profile or profiling.sampling (Tachyon), Python 2.7 to "
        "3.15, made for example by \"python3 -m cProfile -o FILE program.py\"",
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
