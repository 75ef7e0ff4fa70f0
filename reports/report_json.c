// SPDX-License-Identifier: MIT
/* The profile, number by number, for programs. Its shape is described by hotreport.schema.json. */
#include "escape.h"
#include "reports.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool write_string(FILE *out, hp_string string)
{
    char *escaped = hp_escaped(string);

    if (!escaped)
        return false;
    putc('"', out);
    for (const char *c = escaped; *c; c++) {
        if (*c == '"' || *c == '\\')
            putc('\\', out);
        putc(*c, out);
    }
    putc('"', out);
    free(escaped);
    return true;
}

static bool write_text(FILE *out, const char *text)
{
    return write_string(out, (hp_string){text, strlen(text)});
}

static void write_costs(FILE *out, const uint64_t *costs, size_t count)
{
    putc('[', out);
    for (size_t e = 0; e < count; e++)
        fprintf(out, "%s%" PRIu64, e ? ", " : "", costs[e]);
    putc(']', out);
}

static const char *status_name(hp_status status)
{
    return status == HP_OK ? "complete" : status == HP_TRUNCATED ? "truncated" : "corrupt";
}

struct info {
    hp_info info;
    size_t place;
};

/* By key, then as recorded. */
static int compare_infos(const void *a, const void *b)
{
    const struct info *one = a, *two = b;
    hp_string key = one->info.key, other = two->info.key;
    int order = memcmp(key.data, other.data, key.size < other.size ? key.size : other.size);

    if (order == 0)
        order = (key.size > other.size) - (key.size < other.size);
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
        /* Equal strings of a profile have one address. */
        bool next_key = i == 0 || infos[i].info.key.data != infos[i - 1].info.key.data;

        fputs(i == 0 ? "" : next_key ? "], " : ", ", out);
        if (next_key) {
            whole = write_string(out, infos[i].info.key);
            fputs(": [", out);
        }
        whole = whole && write_string(out, infos[i].info.value);
    }
    fputs(count ? "]}" : "}", out);
    free(infos);
    return whole;
}

static bool write_input(FILE *out, const hp_profile *profile, size_t index)
{
    const hp_input *input = hp_profile_input(profile, index);
    bool whole;

    fputs("{\"file\": ", out);
    whole = write_text(out, input->name);
    fprintf(out,
            ", \"format\": \"%s\", \"status\": \"%s\", \"events\": %" PRIu64
            ", \"unmatched_exits\": %" PRIu64 ", \"open_frames\": %" PRIu64
            ", \"coverage\": %s, \"info\": ",
            input->format, status_name(input->error.status), input->events, input->unmatched_exits,
            input->open_frames, input->coverage ? "true" : "false");
    whole = whole && write_info(out, profile, index);
    fputs("}", out);
    return whole;
}

static bool write_event(FILE *out, const hp_profile *profile, size_t index)
{
    static const char *const units[] = {
        [HP_NANOSECONDS] = "ns", [HP_TICKS] = "ticks", [HP_COUNT] = "count"};
    const hp_event *event = hp_profile_event(profile, index);
    bool whole;

    fputs("{\"name\": ", out);
    whole = write_text(out, event->name);
    fprintf(out, ", \"unit\": \"%s\"}", units[event->unit]);
    return whole;
}

static bool write_function(FILE *out, const hp_profile *profile, size_t index)
{
    hp_function_id id = (hp_function_id)index;
    const hp_function *function = hp_profile_function(profile, id);
    size_t events = hp_profile_event_count(profile);
    bool whole;

    fputs("{\"name\": ", out);
    whole = write_string(out, function->name);
    fprintf(out, ", \"line\": %" PRIu64 ", \"file\": ", function->line);
    whole = whole && write_string(out, function->recorded_file);
    if (function->object.size) {
        fputs(", \"object\": ", out);
        whole = whole && write_string(out, function->object);
    }
    fprintf(out,
            ", \"calls\": %" PRIu64 ", \"primitive\": %" PRIu64 ", \"self\": ", function->calls,
            function->primitive);
    write_costs(out, hp_profile_function_self(profile, id), events);
    fputs(", \"inclusive\": ", out);
    write_costs(out, hp_profile_function_inclusive(profile, id), events);
    fputs("}", out);
    return whole;
}

static bool write_line(FILE *out, const hp_profile *profile, size_t index)
{
    const hp_line *line = hp_profile_line(profile, index);

    fprintf(out, "{\"function\": %" PRIu32 ", \"line\": %" PRIu64 ", \"self\": ", line->function,
            line->line);
    write_costs(out, hp_profile_line_self(profile, index), hp_profile_event_count(profile));
    fputs("}", out);
    return true;
}

static bool write_call(FILE *out, const hp_profile *profile, size_t index)
{
    const hp_call *call = hp_profile_call(profile, index);

    fprintf(out,
            "{\"caller\": %" PRIu32 ", \"line\": %" PRIu64 ", \"callee\": %" PRIu32
            ", \"count\": %" PRIu64 ", \"inclusive\": ",
            call->caller, call->line, call->callee, call->count);
    write_costs(out, hp_profile_call_inclusive(profile, index), hp_profile_event_count(profile));
    fputs(call->estimated ? ", \"estimated\": true}" : "}", out);
    return true;
}

static bool write_list(FILE *out, const char *name, const hp_profile *profile, size_t count,
                       bool (*write_item)(FILE *, const hp_profile *, size_t))
{
    fprintf(out, ",\n\"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ",\n" : "\n", out);
        if (!write_item(out, profile, i))
            return false;
    }
    fputs("]", out);
    return true;
}

static hp_status write_json(const hp_profile *profile, const hp_report_options *options, FILE *out,
                            hp_error *error)
{
    size_t events = hp_profile_event_count(profile);
    bool whole;

    (void)options;
    fputs("{\"schema\": \"hotreport/1\"", out);
    whole = write_list(out, "inputs", profile, hp_profile_input_count(profile), write_input) &&
            write_list(out, "events", profile, events, write_event);
    fputs(",\n\"total\": ", out);
    write_costs(out, hp_profile_total(profile), events);
    whole =
        whole &&
        write_list(out, "functions", profile, hp_profile_function_count(profile), write_function) &&
        write_list(out, "lines", profile, hp_profile_line_count(profile), write_line) &&
        write_list(out, "calls", profile, hp_profile_call_count(profile), write_call);
    fputs("}\n", out);
    return whole ? HP_OK : hp_error_set(error, HP_NO_MEMORY, 0, "out of memory");
}

const hp_report hp_report_json = {
    .name = "json",
    .description = "every number, for programs",
    .write = write_json,
};
