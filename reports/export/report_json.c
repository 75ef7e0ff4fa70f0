// SPDX-License-Identifier: MIT
/* All numbers of the profile, for programs. hotreport.schema.json describes the format.
 *
 * With a base, numbers are differences, and those of the base are in a member "base". No two
 * functions have the same name, path, line and object: see hp_key_names_new. */
#include "escape.h"
#include "export/json_string.h"
#include "export/unique_names.h"
#include "report_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    FILE *out;
    const hp_profile *base; /* NULL: none */
    size_t events;
    char **names; /* of the functions */
};

/* Prints number - base. */
static void write_difference(FILE *out, uint64_t number, uint64_t base)
{
    if (number < base)
        putc('-', out);
    fprintf(out, "%" PRIu64, number < base ? base - number : number - base);
}

/* Prints "KEY": CALLS, or null if one of the numbers is unknown. */
static void write_calls(FILE *out, const char *key, uint64_t calls, uint64_t base)
{
    fprintf(out, "\"%s\": ", key);
    if (calls == HP_UNKNOWN || base == HP_UNKNOWN)
        fputs("null", out);
    else
        write_difference(out, calls, base);
}

/* Prints "KEY": [COST, ...]. base: NULL: none. */
static void write_costs(const struct writer *writer, const char *key, const uint64_t *costs,
                        const uint64_t *base)
{
    fprintf(writer->out, "\"%s\": [", key);
    for (size_t e = 0; e < writer->events; e++) {
        fputs(e ? ", " : "", writer->out);
        write_difference(writer->out, costs[e], base ? base[e] : 0);
    }
    putc(']', writer->out);
}

static const char *status_name(hp_status status)
{
    return status == HP_OK ? "complete" : status == HP_TRUNCATED ? "truncated" : "corrupt";
}

struct info {
    hp_info info;
    size_t place;
};

/* By key, then in the order of the input. */
static int compare_infos(const void *a, const void *b)
{
    const struct info *one = a, *two = b;
    int order = hp_string_compare(one->info.key, two->info.key);

    return order ? order : (one->place > two->place) - (one->place < two->place);
}

static bool write_info(FILE *out, const hp_profile *profile, size_t input)
{
    size_t count = hp_profile_info_count(profile, input);
    struct info *infos = malloc((count + 1) * sizeof *infos);
    bool whole = infos != NULL;

    for (size_t i = 0; i < count && whole; i++)
        infos[i] = (struct info){hp_profile_info(profile, input, i), i};
    if (whole)
        qsort(infos, count, sizeof *infos, compare_infos);
    fputs("{", out);
    for (size_t i = 0; i < count && whole; i++) {
        bool next_key = i == 0 || !hp_string_equal(infos[i].info.key, infos[i - 1].info.key);

        fputs(i == 0 ? "" : next_key ? "], " : ", ", out);
        if (next_key) {
            whole = hp_write_json_string(out, infos[i].info.key);
            fputs(": [", out);
        }
        whole = whole && hp_write_json_string(out, infos[i].info.value);
    }
    fputs(count ? "]}" : "}", out);
    free(infos);
    return whole;
}

/* A number that is 0 where it is not known. */
static void write_known(FILE *out, const char *key, uint64_t number)
{
    if (number)
        fprintf(out, ", \"%s\": %" PRIu64, key, number);
}

static bool write_input(const struct writer *writer, const hp_profile *profile, size_t index)
{
    const hp_input *input = hp_profile_input(profile, index);
    FILE *out = writer->out;
    bool whole;

    fputs("{\"file\": ", out);
    whole = hp_write_json_string(out, hp_string_of(input->name));
    fprintf(out,
            ", \"format\": \"%s\", \"status\": \"%s\", \"events\": %" PRIu64
            ", \"unmatched_exits\": %" PRIu64 ", \"open_frames\": %" PRIu64 ", \"coverage\": %s",
            input->format, status_name(input->error.status), input->events, input->unmatched_exits,
            input->open_frames, input->coverage ? "true" : "false");
    if (input->being_written)
        fputs(", \"being_written\": true", out);
    if (input->sampled)
        fputs(", \"sampled\": true", out);
    write_known(out, "interval", input->interval);
    write_known(out, "threads", input->threads);
    write_known(out, "processes", input->processes);
    fputs(", \"info\": ", out);
    whole = whole && write_info(out, profile, index);
    fputs("}", out);
    return whole;
}

static bool write_event(const struct writer *writer, const hp_profile *profile, size_t index)
{
    static const char *const units[] = {
        [HP_NANOSECONDS] = "ns", [HP_TICKS] = "ticks",     [HP_COUNT] = "count",
        [HP_BYTES] = "bytes",    [HP_SAMPLES] = "samples",
    };
    const hp_event *event = hp_profile_event(profile, index);
    bool whole;

    fputs("{\"name\": ", writer->out);
    whole = hp_write_json_string(writer->out, hp_string_of(event->name));
    fprintf(writer->out, ", \"unit\": \"%s\"}", units[event->unit]);
    return whole;
}

/* The numbers of a profile, less those of a base if there is one. */

static void write_function_numbers(const struct writer *writer, const hp_profile *profile,
                                   const hp_profile *base, hp_function_id id)
{
    const hp_function *function = hp_profile_function(profile, id);
    const hp_function *less = base ? hp_profile_function(base, id) : &(hp_function){0};

    write_calls(writer->out, "calls", function->calls, less->calls);
    fputs(", ", writer->out);
    write_calls(writer->out, "primitive", function->primitive, less->primitive);
    fputs(", ", writer->out);
    write_costs(writer, "self", hp_profile_function_self(profile, id),
                base ? hp_profile_function_self(base, id) : NULL);
    fputs(", ", writer->out);
    write_costs(writer, "inclusive", hp_profile_function_inclusive(profile, id),
                base ? hp_profile_function_inclusive(base, id) : NULL);
}

static void write_line_numbers(const struct writer *writer, const hp_profile *profile,
                               const hp_profile *base, size_t index)
{
    write_costs(writer, "self", hp_profile_line_self(profile, index),
                base ? hp_profile_line_self(base, index) : NULL);
}

static void write_call_numbers(const struct writer *writer, const hp_profile *profile,
                               const hp_profile *base, size_t index)
{
    write_calls(writer->out, "count", hp_profile_call(profile, index)->count,
                base ? hp_profile_call(base, index)->count : 0);
    fputs(", ", writer->out);
    write_costs(writer, "inclusive", hp_profile_call_inclusive(profile, index),
                base ? hp_profile_call_inclusive(base, index) : NULL);
}

static bool write_function(const struct writer *writer, const hp_profile *profile, size_t index)
{
    hp_function_id id = (hp_function_id)index;
    const hp_function *function = hp_profile_function(profile, id);
    bool estimated =
        function->estimated || (writer->base && hp_profile_function(writer->base, id)->estimated);
    FILE *out = writer->out;
    bool whole;

    fputs("{\"name\": ", out);
    whole = hp_write_json_string(out, hp_string_of(writer->names[id]));
    fprintf(out, ", \"line\": %" PRIu64 ", \"file\": ", function->line);
    whole = whole && hp_write_json_string(out, function->recorded_file);
    fputs(", \"path\": ", out);
    whole = whole && hp_write_json_string(out, function->file);
    if (function->object.size) {
        fputs(", \"object\": ", out);
        whole = whole && hp_write_json_string(out, function->object);
    }
    fputs(", ", out);
    write_function_numbers(writer, profile, writer->base, id);
    if (writer->base) {
        fputs(", \"base\": {", out);
        write_function_numbers(writer, writer->base, NULL, id);
        fputs("}", out);
    }
    fputs(function->line_unknown ? ", \"line_unknown\": true" : "", out);
    fputs(estimated ? ", \"estimated\": true}" : "}", out);
    return whole;
}

static bool write_line(const struct writer *writer, const hp_profile *profile, size_t index)
{
    const hp_line *line = hp_profile_line(profile, index);

    fprintf(writer->out, "{\"function\": %" PRIu32 ", \"line\": %" PRIu64 ", ", line->function,
            line->line);
    write_line_numbers(writer, profile, writer->base, index);
    if (writer->base) {
        fputs(", \"base\": {", writer->out);
        write_line_numbers(writer, writer->base, NULL, index);
        fputs("}", writer->out);
    }
    fputs("}", writer->out);
    return true;
}

static bool write_call(const struct writer *writer, const hp_profile *profile, size_t index)
{
    const hp_call *call = hp_profile_call(profile, index);
    bool estimated =
        call->estimated || (writer->base && hp_profile_call(writer->base, index)->estimated);

    fprintf(writer->out,
            "{\"caller\": %" PRIu32 ", \"line\": %" PRIu64 ", \"callee\": %" PRIu32 ", ",
            call->caller, call->line, call->callee);
    write_call_numbers(writer, profile, writer->base, index);
    if (writer->base) {
        fputs(", \"base\": {", writer->out);
        write_call_numbers(writer, writer->base, NULL, index);
        fputs("}", writer->out);
    }
    fputs(estimated ? ", \"estimated\": true}" : "}", writer->out);
    return true;
}

static bool write_list(const struct writer *writer, const char *name, const hp_profile *profile,
                       size_t count,
                       bool (*write_item)(const struct writer *, const hp_profile *, size_t))
{
    fprintf(writer->out, "\"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ",\n" : "\n", writer->out);
        if (!write_item(writer, profile, i))
            return false;
    }
    fputs("]", writer->out);
    return true;
}

static bool write_inputs(const struct writer *writer, const hp_profile *profile)
{
    return write_list(writer, "inputs", profile, hp_profile_input_count(profile), write_input);
}

static bool write_base(const struct writer *writer)
{
    bool whole;

    fputs("\"base\": {", writer->out);
    whole = write_inputs(writer, writer->base);
    fputs(", ", writer->out);
    write_costs(writer, "total", hp_profile_total(writer->base), NULL);
    fputs("},\n", writer->out);
    return whole;
}

static hp_status write_json(const hp_profile *profile, const hp_report_options *options, FILE *out,
                            hp_error *error)
{
    const hp_profile *base = options->base;
    size_t functions = hp_profile_function_count(profile);
    const struct writer writer = {out, base, hp_profile_event_count(profile),
                                  hp_key_names_new(profile, true)};
    bool whole = writer.names != NULL;

    fputs("{\"schema\": \"hotreport/1\",\n", out);
    whole = whole && write_inputs(&writer, profile);
    fputs(",\n", out);
    whole = whole && (!base || write_base(&writer)) &&
            write_list(&writer, "events", profile, writer.events, write_event);
    fputs(",\n", out);
    write_costs(&writer, "total", hp_profile_total(profile), base ? hp_profile_total(base) : NULL);
    fputs(",\n", out);
    whole = whole && write_list(&writer, "functions", profile, functions, write_function);
    fputs(",\n", out);
    whole =
        whole && write_list(&writer, "lines", profile, hp_profile_line_count(profile), write_line);
    fputs(",\n", out);
    whole =
        whole && write_list(&writer, "calls", profile, hp_profile_call_count(profile), write_call);
    fputs("}\n", out);
    hp_told_apart_free(writer.names, functions);
    return whole ? HP_OK : hp_no_memory(error);
}

const hp_report hp_report_json = {
    .name = "json",
    .description = "every number, for programs",
    .manual =
        "every number, for programs; hotreport.schema.json (see FILES) describes it. A "
        "function has its \"file\" as it was recorded, and its \"path\", which is joined to the "
        "directory of the run if that is known",
    .write = write_json,
    .files = ".json",
};
