// SPDX-License-Identifier: MIT
/* Call stacks for https://www.speedscope.app, in the format that
 * https://www.speedscope.app/file-format-schema.json describes: one sample for each distinct stack,
 * which weighs what the stack cost. A frame is a function at a line: the one where it was, or its
 * first one if that is not known. "firstLine", which is an addition of ours, tells the first one
 * wherever that is known, so that files can be read back. Frames have no objects: see
 * hp_key_names_new. If threads are apart, each has a profile of its own. */
#include "escape.h"
#include "export/call_stacks.h"
#include "export/json_string.h"
#include "export/unique_names.h"
#include "graph/callgraph.h"
#include "report_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char schema[] = "https://www.speedscope.app/file-format-schema.json";

struct writer {
    const hp_profile *profile;
    hp_call_stacks stacks;
    char **names;     /* of the functions */
    uint32_t *places; /* of a stack */
    size_t event;
    FILE *out;
};

static bool write_frame(const struct writer *writer, size_t index)
{
    const hp_place *place = &writer->stacks.places[index];
    const hp_function *function = hp_profile_function(writer->profile, place->function);
    uint64_t line = place->line ? place->line : function->line;
    bool whole;

    fputs(index ? ",\n{\"name\": " : "\n{\"name\": ", writer->out);
    whole = hp_write_json_string(writer->out, hp_string_of(writer->names[place->function]));
    if (function->file.size) {
        fputs(", \"file\": ", writer->out);
        whole = hp_write_json_string(writer->out, function->file) && whole;
    }
    if (line)
        fprintf(writer->out, ", \"line\": %" PRIu64, line);
    if (!function->line_unknown)
        fprintf(writer->out, ", \"firstLine\": %" PRIu64, function->line);
    putc('}', writer->out);
    return whole;
}

/* "<thread 12>" and the like, the name of a function that stands for a thread. */
static bool is_thread(const hp_function *function)
{
    static const hp_string start = {"<thread ", 8};

    return function->file.size == 0 && function->line == 0 && function->name.size > start.size &&
           memcmp(function->name.data, start.data, start.size) == 0;
}

/* The function that stands for the thread of a stack; HP_NO_FUNCTION: there is none. functions: the
 * innermost first. */
static hp_function_id thread_of(const struct writer *writer, size_t count)
{
    for (size_t i = count; i-- > 0 && i + 9 > count;) { /* below it are processes */
        hp_function_id function = writer->stacks.places[writer->places[i]].function;

        if (is_thread(hp_profile_function(writer->profile, function)))
            return function;
    }
    return HP_NO_FUNCTION;
}

static uint64_t weight_of(const struct writer *writer, size_t stack)
{
    return hp_profile_stack_self(writer->profile, stack)[writer->event];
}

/* The stacks of a thread. first: the first of them. */
static bool write_profile(const struct writer *writer, const hp_function_id *threads, size_t first)
{
    static const char *const units[] = {
        [HP_NANOSECONDS] = "nanoseconds",
        [HP_TICKS] = "none",
        [HP_COUNT] = "none",
        [HP_BYTES] = "bytes",
        [HP_SAMPLES] = "none",
    };
    const hp_event *event = hp_profile_event(writer->profile, writer->event);
    uint64_t end = 0;
    bool whole;

    for (size_t i = first; i < writer->stacks.count; i++)
        end += threads[i] == threads[first] ? weight_of(writer, i) : 0;
    fputs("{\"type\": \"sampled\", \"name\": ", writer->out);
    whole = hp_write_json_string(writer->out,
                                 threads[first] == HP_NO_FUNCTION
                                     ? hp_string_of(event->name)
                                     : hp_profile_function(writer->profile, threads[first])->name);
    fprintf(writer->out,
            ", \"unit\": \"%s\", \"startValue\": 0, \"endValue\": %" PRIu64 ",\n\"samples\": [",
            units[event->unit], end);
    for (size_t i = first, samples = 0; i < writer->stacks.count; i++) {
        size_t count;

        if (threads[i] != threads[first] || !weight_of(writer, i))
            continue;
        count = hp_call_stack_places(&writer->stacks, i, writer->places);
        fputs(samples++ ? ",\n[" : "\n[", writer->out);
        while (count-- > 0)
            fprintf(writer->out, count ? "%" PRIu32 "," : "%" PRIu32 "]", writer->places[count]);
    }
    fputs("],\n\"weights\": [", writer->out);
    for (size_t i = first, samples = 0; i < writer->stacks.count; i++)
        if (threads[i] == threads[first] && weight_of(writer, i))
            fprintf(writer->out, samples++ ? ",%" PRIu64 : "%" PRIu64, weight_of(writer, i));
    fputs("]}", writer->out);
    return whole;
}

/* Writes a profile for each thread, in the order in which they come. */
static bool write_profiles(const struct writer *writer)
{
    size_t functions = hp_profile_function_count(writer->profile), count = writer->stacks.count;
    hp_function_id *threads = malloc((count + 1) * sizeof *threads);
    bool *written = calloc(functions + 2, sizeof *written);
    bool whole = threads && written, any = false;

    for (size_t i = 0; whole && i < count; i++)
        threads[i] = thread_of(writer, hp_call_stack_places(&writer->stacks, i, writer->places));
    for (size_t i = 0; whole && i < count; i++) {
        bool *done = &written[threads[i] == HP_NO_FUNCTION ? functions : threads[i]];

        if (*done || !weight_of(writer, i))
            continue;
        *done = true;
        fputs(any ? ",\n" : "\n", writer->out);
        any = true;
        whole = write_profile(writer, threads, i);
    }
    free(threads);
    free(written);
    return whole;
}

/* The name of the first input. */
static bool write_name(const struct writer *writer)
{
    const char *name = hp_profile_input_count(writer->profile)
                           ? hp_profile_input(writer->profile, 0)->name
                           : "profile";

    return hp_write_json_string(writer->out, hp_string_of(name));
}

static hp_status write_speedscope(const hp_profile *profile, const hp_report_options *options,
                                  FILE *out, hp_error *error)
{
    struct writer writer = {.profile = profile, .out = out};
    hp_status status = hp_call_stacks_find(&writer.stacks, profile, error);
    bool whole = true;

    if (status == HP_OK && options->base)
        status = hp_error_set(error, HP_UNRECOGNISED, 0,
                              "--base: the report speedscope cannot show a difference");
    if (status == HP_OK)
        status = hp_event_find(profile, options->event, &writer.event, error);
    if (status == HP_OK) {
        writer.places = malloc((writer.stacks.deepest + 1) * sizeof *writer.places);
        fprintf(out, "{\"$schema\": \"%s\",\n\"exporter\": \"hotreport %s%s\",\n\"name\": ", schema,
                hp_version(), options->unrolled ? ", call stacks estimated from calls" : "");
        writer.names = hp_key_names_new(profile, false);
        whole = writer.places && writer.names && write_name(&writer);
        fputs(",\n\"shared\": {\"frames\": [", out);
        for (size_t i = 0; whole && i < writer.stacks.place_count; i++)
            whole = write_frame(&writer, i);
        fputs("]},\n\"profiles\": [", out);
        whole = whole && (hp_profile_event_count(profile) == 0 || write_profiles(&writer));
        fputs("]}\n", out);
    }
    if (status == HP_OK && !whole)
        status = hp_no_memory(error);
    hp_call_stacks_free(&writer.stacks);
    hp_told_apart_free(writer.names, hp_profile_function_count(profile));
    free(writer.places);
    return status;
}

const hp_report hp_report_speedscope = {
    .name = "speedscope",
    .description = "call stacks for https://www.speedscope.app",
    .manual = "call stacks for https://www.speedscope.app and the programs that read its files",
    .write = write_speedscope,
    .uses = HP_USES_EVENT,
    .stacks = true,
};
