// SPDX-License-Identifier: MIT
/* One line for each distinct call stack, for flame graphs: "main (m.py:1);run (m.py:9) COST"; with
 * a base "STACK BASE NOW", like difffolded.pl. Labels are those of the texts, so different
 * functions differ. <interpreter>, at the bottom of all stacks, is shown only if it is alone.
 *
 * Comments hold what is needed to read the stacks back exactly. None ends with a number, so that no
 * program takes one for a stack. Values have \xnn for bytes that are not printed, backslashes and
 * semicolons.
 *
 *     # hotprof: folded;event=NAME;unit=UNIT;         the first line; then, if they hold:
 *               columns=2;                            the cost in the base, and the cost now
 *               sampled;                              costs are estimated from samples
 *               unrolled;                             stacks are estimated from calls
 *     # hotprof: function=LABEL;name=NAME;line=N;file=FILE;recorded=FILE;object=OBJECT;
 *               line-unknown;estimated;               what the label of a function does not say
 *     # hotprof: total=N;                             the last line: the sum of the last column */
#include "escape.h"
#include "filter/unroll.h"
#include "report_table.h"
#include "tell_apart.h"
#include "text/labels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* With deep recursion the text grows with the square of the log. */
#define TEXT_MAX ((uint64_t)1 << 32)

struct writer {
    const hp_profile *profile, *base; /* base: NULL: none */
    size_t event;
    char **labels;
    size_t *lengths; /* length of the text of each stack, where others continue it */
    char *text;      /* text of the current stack */
};

static uint64_t cost(const struct writer *writer, const hp_profile *profile, size_t stack)
{
    return profile ? hp_profile_stack_self(profile, stack)[writer->event] : 0;
}

static bool any_cost(const struct writer *writer, size_t stack)
{
    return cost(writer, writer->profile, stack) || cost(writer, writer->base, stack);
}

static bool is_bottom(const struct writer *writer, const hp_stack *stack)
{
    return stack->caller == HP_NO_STACK &&
           hp_function_is_interpreter(hp_profile_function(writer->profile, stack->function));
}

/* Measures the texts of all stacks. *longest: length of the longest one. */
static hp_status measure(struct writer *writer, size_t *longest, hp_error *error)
{
    uint64_t all = 0;

    *longest = 0;
    for (size_t i = 0; i < hp_profile_stack_count(writer->profile); i++) {
        const hp_stack *stack = hp_profile_stack(writer->profile, i);
        size_t before = stack->caller == HP_NO_STACK ? 0 : writer->lengths[stack->caller];
        size_t length = strlen(writer->labels[stack->function]);

        writer->lengths[i] = is_bottom(writer, stack) ? 0 : before + (before > 0) + length;
        length += before + 1;
        *longest = length > *longest ? length : *longest;
        if (any_cost(writer, i))
            all += length;
        if (all > TEXT_MAX)
            return hp_error_set(error, HP_LIMIT, 0,
                                "the stacks are deep, and would take more than %" PRIu64
                                " bytes; --root, --focus, --leaf or --hide make them less",
                                TEXT_MAX);
    }
    return HP_OK;
}

static void write_value(FILE *out, const char *key, hp_string value)
{
    fprintf(out, "%s=", key);
    hp_write_exact(out, value);
    putc(';', out);
}

static void write_start(const struct writer *writer, bool unrolled, FILE *out)
{
    static const char *const units[] = {
        [HP_NANOSECONDS] = "ns", [HP_TICKS] = "ticks",     [HP_COUNT] = "count",
        [HP_BYTES] = "bytes",    [HP_SAMPLES] = "samples",
    };
    const hp_event *event = hp_profile_event(writer->profile, writer->event);
    bool sampled = false;

    for (size_t i = 0; i < hp_profile_input_count(writer->profile); i++)
        sampled = sampled || hp_profile_input(writer->profile, i)->sampled;
    fputs("# hotprof: folded;", out);
    write_value(out, "event", hp_string_of(event->name));
    fprintf(out, "unit=%s;%s%s%s\n", units[event->unit], writer->base ? "columns=2;" : "",
            sampled ? "sampled;" : "", unrolled ? "unrolled;" : "");
}

/* Whether the label is "NAME (FILE:LINE)" and has nothing that is escaped. */
static bool says_all(const hp_function *function, const char *label)
{
    hp_string left = hp_string_of(label);
    char line[32];
    int size = snprintf(line, sizeof line, ":%" PRIu64, function->line);
    const hp_string parts[] = {function->name,
                               {" (", function->file.size ? 2 : 0},
                               function->file,
                               {line, function->line ? (size_t)size : 0},
                               {")", function->file.size ? 1 : 0}};

    if (function->name.size == 0 || (function->file.size == 0 && function->line) ||
        hp_string_equal(function->file, (hp_string){"~", 1}) || function->object.size ||
        function->line_unknown || function->estimated || strpbrk(label, "\\;") ||
        !hp_string_equal(function->file, function->recorded_file) ||
        memchr(function->name.data, '(', function->name.size) ||
        (function->file.size && memchr(function->file.data, '(', function->file.size)))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (left.size < parts[i].size || memcmp(left.data, parts[i].data, parts[i].size) != 0)
            return false;
        left.data += parts[i].size;
        left.size -= parts[i].size;
    }
    return left.size == 0;
}

static void write_function(const struct writer *writer, hp_function_id id, FILE *out)
{
    const hp_function *function = hp_profile_function(writer->profile, id);

    fprintf(out, "# hotprof: function=%s;", writer->labels[id]);
    write_value(out, "name", function->name);
    if (function->line)
        fprintf(out, "line=%" PRIu64 ";", function->line);
    write_value(out, "file", function->file);
    if (!hp_string_equal(function->file, function->recorded_file))
        write_value(out, "recorded", function->recorded_file);
    if (function->object.size)
        write_value(out, "object", function->object);
    fprintf(out, "%s%s\n", function->line_unknown ? "line-unknown;" : "",
            function->estimated ? "estimated;" : "");
}

/* Writes what labels do not say of the functions of the stacks that are written. False without
 * memory. */
static bool write_functions(const struct writer *writer, FILE *out)
{
    size_t stacks = hp_profile_stack_count(writer->profile);
    size_t functions = hp_profile_function_count(writer->profile);
    bool *on_top = calloc(stacks + 1, sizeof *on_top); /* of it, a stack that is written */
    bool *needed = calloc(functions + 1, sizeof *needed);
    bool whole = on_top && needed;

    for (size_t i = stacks; whole && i-- > 0;) {
        const hp_stack *stack = hp_profile_stack(writer->profile, i);

        if (!on_top[i] && !any_cost(writer, i))
            continue;
        needed[stack->function] = true;
        if (stack->caller != HP_NO_STACK)
            on_top[stack->caller] = true;
    }
    for (hp_function_id id = 0; whole && id < functions; id++)
        if (needed[id] && !hp_function_is_interpreter(hp_profile_function(writer->profile, id)) &&
            !says_all(hp_profile_function(writer->profile, id), writer->labels[id]))
            write_function(writer, id, out);
    free(on_top);
    free(needed);
    return whole;
}

static void write_stacks(const struct writer *writer, FILE *out)
{
    for (size_t i = 0; i < hp_profile_stack_count(writer->profile); i++) {
        const hp_stack *stack = hp_profile_stack(writer->profile, i);
        const char *label = writer->labels[stack->function];
        char *end = writer->text;

        if (stack->caller != HP_NO_STACK)
            end += writer->lengths[stack->caller];
        if (end > writer->text)
            *end++ = ';';
        strcpy(end, label);
        if (!any_cost(writer, i))
            continue;
        fputs(writer->text, out);
        if (writer->base)
            fprintf(out, " %" PRIu64, cost(writer, writer->base, i));
        fprintf(out, " %" PRIu64 "\n", cost(writer, writer->profile, i));
    }
}

/* The labels of all functions. NULL without memory. */
static char **labels_new(const hp_profile *profile)
{
    size_t count = hp_profile_function_count(profile);
    hp_labels labels;
    bool whole = hp_labels_init(&labels, profile, true);
    char **all = whole ? calloc(count + 1, sizeof *all) : NULL;

    for (hp_function_id id = 0; all && id < count && whole; id++)
        whole = (all[id] = strdup(hp_label(&labels, id))) != NULL;
    whole = whole && all && !labels.one.failed;
    hp_labels_free(&labels);
    if (whole)
        return all;
    hp_told_apart_free(all, count);
    return NULL;
}

/* Writes the profile and its base, which may be NULL. */
static hp_status write_pair(const hp_profile *profile, const hp_profile *base,
                            const hp_report_options *options, FILE *out, hp_error *error)
{
    size_t stacks = hp_profile_stack_count(profile), longest = 0;
    struct writer writer = {.profile = profile, .base = base};
    hp_status status = hp_event_find(profile, options->event, &writer.event, error);

    if (status != HP_OK || hp_profile_event_count(profile) == 0)
        return status;
    writer.labels = labels_new(profile);
    writer.lengths = malloc((stacks + 1) * sizeof *writer.lengths);
    if (writer.labels && writer.lengths)
        status = measure(&writer, &longest, error);
    if (status == HP_OK) {
        writer.text = malloc(longest + 1);
        if (writer.labels && writer.lengths && writer.text) {
            write_start(&writer, options->unrolled, out);
            if (!write_functions(&writer, out))
                status = hp_no_memory(error);
            write_stacks(&writer, out);
            fprintf(out, "# hotprof: total=%" PRIu64 ";\n",
                    hp_profile_total(profile)[writer.event]);
        } else {
            status = hp_no_memory(error);
        }
    }
    hp_told_apart_free(writer.labels, hp_profile_function_count(profile));
    free(writer.lengths);
    free(writer.text);
    return status;
}

/* Lines would part the frames of flame graphs. */
static hp_status write_folded(const hp_profile *profile, const hp_report_options *options,
                              FILE *out, hp_error *error)
{
    hp_profile *stacks = NULL, *base = NULL;
    hp_status status = hp_profile_drop_stack_lines(profile, &stacks, error);

    if (status == HP_OK && options->base)
        status = hp_profile_drop_stack_lines(options->base, &base, error);
    if (status == HP_OK)
        status = write_pair(stacks, base, options, out, error);
    hp_profile_free(stacks);
    hp_profile_free(base);
    return status;
}

const hp_report hp_report_folded = {
    .name = "folded",
    .description = "call stacks for flame graphs",
    .manual = "one line for each distinct call stack, for flame graphs; hotreport reads it back "
              "exactly",
    .write = write_folded,
    .stacks = true,
    .uses = HP_USES_EVENT,
    .files = ".folded",
};
