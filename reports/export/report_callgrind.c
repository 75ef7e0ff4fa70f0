// SPDX-License-Identifier: MIT
/* The format of KCachegrind and callgrind_annotate
 * (https://valgrind.org/docs/manual/cl-format.html). Partial results are kept and merged in it,
 * too. Comments, which both programs skip, hold what the format cannot:
 *
 *     # hotprof: events=N unmatched-exits=N open-frames=N      in the header: sums of all inputs
 *     # hotprof: sampled interval=N threads=N processes=N      likewise, if an input is sampled
 *     # hotprof: unit=UNIT EVENT    in the header, if the definition of the event does not say its
 *                                   unit, or is left out, as KCachegrind does not take its name
 *     # hotprof: line=N calls=N primitive=N inclusive=N,N...   after fn=: of the function
 *     # hotprof: name=NAME          its name, if fn= is another one; bytes are \xnn
 *     # hotprof: file=FILE          the same for fl=
 *     # hotprof: object=OBJECT      the same for ob=
 *     # hotprof: recorded-file=FILE     if it is not the file
 *     # hotprof: line-unknown=yes     if the input does not tell the first line
 *     # hotprof: inclusive-estimated=yes      if it does not tell the inclusive cost exactly
 *     # hotprof: at=LINE            before a cost or call on a line that needs more than 32 bits
 *     # hotprof: estimated          before a call whose cost is estimated
 *     # hotprof: calls=?            before calls=0, if the number of calls is unknown
 *
 * calls= and primitive= of a function may be "?" too. KCachegrind shows calls=0 as "(0)", with the
 * right inclusive cost.
 *
 * The definitions of events in callgrind inputs are kept.
 *
 * The format has no negative costs. A difference from a base therefore has each event twice: Time
 * is the cost now, Base_Time the cost in the base. Numbers of calls are those of now; of what was
 * removed they are 0. */
#include "escape.h"
#include "export/unique_names.h"
#include "report_table.h"
#include "text/number.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BASE_PREFIX "Base_"

struct writer {
    const hp_profile *profile, *base; /* base: NULL: none */
    FILE *out;
    size_t events;
    char **files, **objects; /* of each function, escaped */
    char **names;            /* of each function, unique */
    uint32_t *file_ids, *object_ids;
    bool *file_named, *object_named, *function_named;
    bool any_object;
};

static void write_line_fact(const struct writer *writer, uint64_t line)
{
    if (line > UINT32_MAX)
        fprintf(writer->out, "# hotprof: at=%" PRIu64 "\n", line);
}

/* base_costs: NULL: no base */
static void write_numbers(const struct writer *writer, const char *separator, const uint64_t *costs,
                          const uint64_t *base_costs)
{
    for (size_t e = 0; e < writer->events; e++)
        fprintf(writer->out, "%s%" PRIu64, e ? separator : "", costs[e]);
    for (size_t e = 0; base_costs && e < writer->events; e++)
        fprintf(writer->out, "%s%" PRIu64, separator, base_costs[e]);
    putc('\n', writer->out);
}

static void write_costs(const struct writer *writer, uint64_t line, const uint64_t *costs,
                        const uint64_t *base_costs)
{
    fprintf(writer->out, "%" PRIu64 "%s", line < UINT32_MAX ? line : UINT32_MAX,
            writer->events ? " " : "");
    write_numbers(writer, " ", costs, base_costs);
}

/* Writes a name with its number the first time, and only the number from then on. Names without a
 * number could be taken for one. */
static void write_name(FILE *out, const char *tag, uint32_t id, bool *named, const char *name)
{
    fprintf(out, "%s=(%" PRIu32 ")", tag, id + 1);
    if (!named[id])
        fprintf(out, " %s", name);
    putc('\n', out);
    named[id] = true;
}

static const char *or_none(const char *name)
{
    return *name ? name : "???";
}

static void write_function_name(struct writer *writer, const char *const tags[3], hp_function_id id)
{
    if (writer->any_object)
        write_name(writer->out, tags[0], writer->object_ids[id], writer->object_named,
                   or_none(writer->objects[id]));
    write_name(writer->out, tags[1], writer->file_ids[id], writer->file_named,
               or_none(writer->files[id]));
    write_name(writer->out, tags[2], id, writer->function_named, writer->names[id]);
}

/* Writes a string so that its bytes can be restored: backslashes are escaped, too. */
static void write_exact(const struct writer *writer, const char *tag, hp_string string)
{
    fprintf(writer->out, "# hotprof: %s=", tag);
    hp_write_exact(writer->out, string);
    putc('\n', writer->out);
}

static bool equal(hp_string string, const char *text)
{
    return hp_string_equal(string, hp_string_of(text));
}

static bool is_plain(hp_string string, const char *escaped)
{
    return equal(string, escaped) && !equal(string, "???");
}

static hp_shown_number calls_text(uint64_t calls)
{
    return calls == HP_UNKNOWN ? (hp_shown_number){"?"}
                               : hp_number_shown(hp_number_fixed(calls, 0));
}

static void write_function_facts(const struct writer *writer, hp_function_id id)
{
    const hp_function *function = hp_profile_function(writer->profile, id);

    fprintf(writer->out,
            "# hotprof: line=%" PRIu64 " calls=%s primitive=%s inclusive=", function->line,
            calls_text(function->calls).text, calls_text(function->primitive).text);
    write_numbers(writer, ",", hp_profile_function_inclusive(writer->profile, id),
                  writer->base ? hp_profile_function_inclusive(writer->base, id) : NULL);
    if (!equal(function->name, writer->names[id]))
        write_exact(writer, "name", function->name);
    if (!is_plain(function->file, writer->files[id]))
        write_exact(writer, "file", function->file);
    if (!is_plain(function->object, writer->objects[id]))
        write_exact(writer, "object", function->object);
    if (function->recorded_file.data != function->file.data)
        write_exact(writer, "recorded-file", function->recorded_file);
    if (function->line_unknown)
        fputs("# hotprof: line-unknown=yes\n", writer->out);
    if (function->estimated)
        fputs("# hotprof: inclusive-estimated=yes\n", writer->out);
}

static void write_call(struct writer *writer, size_t index)
{
    static const char *const tags[] = {"cob", "cfi", "cfn"};
    const hp_call *call = hp_profile_call(writer->profile, index);
    uint64_t line = hp_profile_function(writer->profile, call->callee)->line;

    write_line_fact(writer, call->line);
    if (call->estimated)
        fputs("# hotprof: estimated\n", writer->out);
    if (call->count == HP_UNKNOWN)
        fputs("# hotprof: calls=?\n", writer->out);
    write_function_name(writer, tags, call->callee);
    fprintf(writer->out, "calls=%" PRIu64 " %" PRIu64 "\n",
            call->count == HP_UNKNOWN ? 0 : call->count, line < UINT32_MAX ? line : UINT32_MAX);
    write_costs(writer, call->line, hp_profile_call_inclusive(writer->profile, index),
                writer->base ? hp_profile_call_inclusive(writer->base, index) : NULL);
}

static void write_function(struct writer *writer, hp_function_id id)
{
    static const char *const tags[] = {"ob", "fl", "fn"};
    const hp_profile *profile = writer->profile;
    size_t line, call, lines_end, calls_end;

    putc('\n', writer->out);
    write_function_name(writer, tags, id);
    write_function_facts(writer, id);
    lines_end = hp_profile_lines_of(profile, id, &line);
    lines_end += line;
    calls_end = hp_profile_calls_from(profile, id, &call);
    calls_end += call;
    if (line == lines_end &&
        call == calls_end) { /* KCachegrind takes the file from a cost line only */
        static const uint64_t nothing[HP_EVENTS_MAX];

        write_costs(writer, hp_profile_function(profile, id)->line, nothing,
                    writer->base ? nothing : NULL);
    }
    while (line < lines_end || call < calls_end) {
        bool self = call == calls_end ||
                    (line < lines_end &&
                     hp_profile_line(profile, line)->line <= hp_profile_call(profile, call)->line);

        if (self) {
            write_line_fact(writer, hp_profile_line(profile, line)->line);
            write_costs(writer, hp_profile_line(profile, line)->line,
                        hp_profile_line_self(profile, line),
                        writer->base ? hp_profile_line_self(writer->base, line) : NULL);
            line++;
        } else {
            write_call(writer, call++);
        }
    }
}

struct definition {
    char *text;       /* "NAME : TEXT" or "NAME = FORMULA : TEXT", escaped */
    size_t name_size; /* of NAME */
    bool computed;    /* it has a formula */
};

/* By name, then text. */
static int compare_definitions(const void *a, const void *b)
{
    const struct definition *one = a, *two = b;
    int order = hp_string_compare((hp_string){one->text, one->name_size},
                                  (hp_string){two->text, two->name_size});

    return order ? order : strcmp(one->text, two->text);
}

static bool add_definitions(const hp_profile *profile, size_t input, struct definition *all,
                            size_t *count)
{
    for (size_t i = 0; i < hp_profile_info_count(profile, input); i++) {
        hp_info info = hp_profile_info(profile, input, i);
        struct definition *added = &all[*count];
        const char *after;

        if (!equal(info.key, "event"))
            continue;
        added->text = hp_escaped(info.value);
        if (!added->text)
            return false;
        added->name_size = strcspn(added->text, " :=");
        after = added->text + added->name_size;
        after += strspn(after, " ");
        added->computed = *after == '=';
        if (*after != '=' && *after != ':') {
            free(added->text);
            continue;
        }
        ++*count;
    }
    return true;
}

/* The definitions of events of all callgrind inputs, which may differ. */
static struct definition *definitions_new(const hp_profile *profile, size_t *count)
{
    size_t inputs = hp_profile_input_count(profile), infos = 0;
    struct definition *all;
    bool whole = true;

    for (size_t i = 0; i < inputs; i++)
        infos += hp_profile_info_count(profile, i);
    all = calloc(infos + 1, sizeof *all);
    *count = 0;
    for (size_t i = 0; all && whole && i < inputs; i++)
        if (strcmp(hp_profile_input(profile, i)->format, "callgrind") == 0)
            whole = add_definitions(profile, i, all, count);
    if (all && whole) {
        qsort(all, *count, sizeof *all, compare_definitions);
        return all;
    }
    for (size_t i = 0; i < *count; i++)
        free(all[i].text);
    free(all);
    return NULL;
}

static hp_string name_of(const struct definition *definition)
{
    return (hp_string){definition->text, definition->name_size};
}

/* Whether KCachegrind takes the name of an event in a definition. */
static bool is_definable(const char *name)
{
    static const char letters[] = "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                      digits[] = "0123456789";
    size_t length = strspn(name, letters), more = length;

    while (more) {
        more = strspn(name + length, digits);
        more += strspn(name + length + more, letters);
        length += more;
    }
    return length && name[length] == '\0';
}

/* The unit of an event whose name and definition say all of it. */
static hp_unit plain_unit(const char *prefix, const char *name, const char *definition)
{
    size_t length = strlen(definition);

    if (length > 4 && strcmp(definition + length - 4, "(ns)") == 0)
        return HP_NANOSECONDS;
    return *prefix == '\0' && strcmp(name, "Ticks") == 0 ? HP_TICKS : HP_COUNT;
}

static void write_definition(const char *prefix, const hp_event *event, const char *definition,
                             FILE *out)
{
    static const char *const units[] = {[HP_NANOSECONDS] = "nanoseconds",
                                        [HP_TICKS] = "ticks",
                                        [HP_COUNT] = "count",
                                        [HP_BYTES] = "bytes",
                                        [HP_SAMPLES] = "samples"};
    bool plain = is_definable(event->name);

    if (plain)
        fprintf(out, "event: %s%s\n", prefix, definition);
    if (!plain || plain_unit(prefix, event->name, definition) != event->unit)
        fprintf(out, "# hotprof: unit=%s %s%s\n", units[event->unit], prefix, event->name);
}

/* Writes the definition of an event: that of all, if it has one, else "NAME : NAME TEXT". */
static bool write_counted(const struct definition *all, size_t count, const char *prefix,
                          const hp_event *event, const char *text, FILE *out)
{
    size_t size = 2 * strlen(event->name) + strlen(text) + sizeof " :  (ns)", d = 0;
    char *definition = malloc(size);

    if (!definition)
        return false;
    snprintf(definition, size, "%s : %s%s%s", event->name, event->name, text,
             event->unit == HP_NANOSECONDS ? " (ns)" : "");
    while (d < count && (all[d].computed || !equal(name_of(&all[d]), event->name)))
        d++;
    write_definition(prefix, event, d < count ? all[d].text : definition, out);
    free(definition);
    return true;
}

/* Writes one definition for each event: first of the events of the profile, then of those that are
 * computed. */
static bool write_definitions(const hp_profile *profile, FILE *out)
{
    size_t events = hp_profile_event_count(profile), count;
    struct definition *all = definitions_new(profile, &count), *last = NULL;
    bool whole = true;

    if (!all)
        return false;
    for (size_t e = 0; whole && e < events; e++)
        whole = write_counted(all, count, "", hp_profile_event(profile, e), "", out);
    for (size_t d = 0; d < count; d++) {
        bool wanted =
            all[d].computed && !(last && hp_string_equal(name_of(last), name_of(&all[d])));

        for (size_t e = 0; e < events; e++)
            wanted = wanted && !equal(name_of(&all[d]), hp_profile_event(profile, e)->name);
        if (wanted) {
            fprintf(out, "event: %s\n", all[d].text);
            last = &all[d];
        }
    }
    for (size_t d = 0; d < count; d++)
        free(all[d].text);
    free(all);
    return whole;
}

static void write_sampling(const struct writer *writer)
{
    uint64_t interval = 0, threads = 0, processes = 0;
    bool sampled = false;

    for (size_t i = 0; i < hp_profile_input_count(writer->profile); i++) {
        const hp_input *input = hp_profile_input(writer->profile, i);

        if (!input->sampled)
            continue;
        interval = !sampled || interval == input->interval ? input->interval : 0;
        threads = hp_add_counts(threads, input->threads);
        processes = hp_add_counts(processes, input->processes);
        sampled = true;
    }
    if (sampled)
        fprintf(writer->out,
                "# hotprof: sampled interval=%" PRIu64 " threads=%" PRIu64 " processes=%" PRIu64
                "\n",
                interval, threads, processes);
}

static bool write_header(const struct writer *writer)
{
    const hp_profile *profile = writer->profile;
    uint64_t events = 0, unmatched = 0, open = 0;

    for (size_t i = 0; i < hp_profile_input_count(profile); i++) {
        const hp_input *input = hp_profile_input(profile, i);

        events += input->events;
        unmatched += input->unmatched_exits;
        open += input->open_frames;
    }
    fprintf(writer->out,
            "# callgrind format\n"
            "version: 1\n"
            "creator: hotreport %s\n"
            "cmd: Python profile\n"
            "positions: line\n"
            "# hotprof: events=%" PRIu64 " unmatched-exits=%" PRIu64 " open-frames=%" PRIu64 "\n",
            hp_version(), events, unmatched, open);
    write_sampling(writer);
    if (!write_definitions(profile, writer->out))
        return false;
    for (size_t e = 0; writer->base && e < writer->events; e++)
        if (!write_counted(NULL, 0, BASE_PREFIX, hp_profile_event(profile, e), " of the base",
                           writer->out))
            return false;
    fputs("events:", writer->out);
    for (size_t e = 0; e < writer->events; e++)
        fprintf(writer->out, " %s", hp_profile_event(profile, e)->name);
    for (size_t e = 0; writer->base && e < writer->events; e++)
        fprintf(writer->out, " " BASE_PREFIX "%s", hp_profile_event(profile, e)->name);
    fputs(writer->events ? "\n" : " Time\n", writer->out);
    return true;
}

static void write_totals(const struct writer *writer)
{
    fputs(writer->events ? "\ntotals: " : "\ntotals: 0", writer->out);
    write_numbers(writer, " ", hp_profile_total(writer->profile),
                  writer->base ? hp_profile_total(writer->base) : NULL);
}

struct named {
    const char *data; /* equal strings of a profile have the same address */
    hp_function_id function;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *one = a, *two = b;
    uintptr_t first = (uintptr_t)one->data, second = (uintptr_t)two->data;

    if (first != second)
        return first < second ? -1 : 1;
    return (one->function > two->function) - (one->function < two->function);
}

/* Numbers the files or objects. The number is that of the first function in it. */
static bool number(const hp_profile *profile, bool objects, uint32_t *ids)
{
    size_t count = hp_profile_function_count(profile);
    struct named *named = malloc((count + 1) * sizeof *named);

    if (!named)
        return false;
    for (hp_function_id i = 0; i < count; i++) {
        const hp_function *function = hp_profile_function(profile, i);

        named[i] = (struct named){objects ? function->object.data : function->file.data, i};
    }
    qsort(named, count, sizeof *named, compare_named);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (named[i].data != named[first].data)
            first = i;
        ids[named[i].function] = named[first].function;
    }
    free(named);
    return true;
}

static bool escape_names(struct writer *writer, size_t count)
{
    for (hp_function_id i = 0; i < count; i++) {
        const hp_function *function = hp_profile_function(writer->profile, i);

        writer->files[i] = hp_escaped(function->file);
        writer->objects[i] = hp_escaped(function->object);
        if (!writer->files[i] || !writer->objects[i])
            return false;
        writer->any_object = writer->any_object || function->object.size;
    }
    return true;
}

/* Checks that each event can have another one for the base. */
static hp_status check_events(const hp_profile *profile, hp_error *error)
{
    size_t events = hp_profile_event_count(profile);

    if (events > HP_EVENTS_MAX / 2)
        return hp_error_set(
            error, HP_LIMIT, 0,
            "--base: expected at most %d events for the callgrind format, found %zu",
            HP_EVENTS_MAX / 2, events);
    for (size_t e = 0; e < events; e++)
        if (strncmp(hp_profile_event(profile, e)->name, BASE_PREFIX, strlen(BASE_PREFIX)) == 0)
            return hp_error_set(error, HP_MISMATCH, 0,
                                "--base: expected events that are no difference yet, found %s",
                                hp_profile_event(profile, e)->name);
    return HP_OK;
}

static hp_status write_callgrind(const hp_profile *profile, const hp_report_options *options,
                                 FILE *out, hp_error *error)
{
    size_t count = hp_profile_function_count(profile);

    hp_status status = options->base ? check_events(profile, error) : HP_OK;

    if (status != HP_OK)
        return status;

    struct writer writer = {
        .profile = profile,
        .base = options->base,
        .out = out,
        .events = hp_profile_event_count(profile),
        .files = calloc(count + 1, sizeof *writer.files),
        .objects = calloc(count + 1, sizeof *writer.objects),
        .file_ids = calloc(count + 1, sizeof *writer.file_ids),
        .object_ids = calloc(count + 1, sizeof *writer.object_ids),
        .file_named = calloc(count + 1, sizeof *writer.file_named),
        .object_named = calloc(count + 1, sizeof *writer.object_named),
        .function_named = calloc(count + 1, sizeof *writer.function_named),
    };
    bool whole = writer.files && writer.objects && writer.file_ids && writer.object_ids &&
                 writer.file_named && writer.object_named && writer.function_named;

    whole = whole && escape_names(&writer, count) && number(profile, false, writer.file_ids) &&
            number(profile, true, writer.object_ids) &&
            (writer.names = hp_unique_names_new(profile, writer.files, writer.objects)) != NULL &&
            write_header(&writer);
    if (whole) {
        for (hp_function_id i = 0; i < count; i++)
            write_function(&writer, i);
        write_totals(&writer);
    }
    hp_told_apart_free(writer.files, count);
    hp_told_apart_free(writer.objects, count);
    free(writer.file_ids);
    free(writer.object_ids);
    free(writer.file_named);
    free(writer.object_named);
    free(writer.function_named);
    hp_told_apart_free(writer.names, count);
    return whole ? HP_OK : hp_no_memory(error);
}

const hp_report hp_report_callgrind = {
    .name = "callgrind",
    .description = "a file for KCachegrind and callgrind_annotate",
    .manual = "a file for kcachegrind(1) and callgrind_annotate(1). It keeps every number and "
              "name, so that hotreport can read it again and add it up: see hotprof-fleet(7)",
    .write = write_callgrind,
    .files = ".callgrind callgrind.out cachegrind.out",
};
