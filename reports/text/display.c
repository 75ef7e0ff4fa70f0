// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700 /* wcwidth */
#include "text/display.h"

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* By hand, as printf would ask the locale for the decimal point. */
hp_number hp_number_fixed(uint64_t value, unsigned decimals)
{
    uint64_t one = power_of_ten(decimals);
    hp_number number;

    if (decimals == 0)
        snprintf(number.text, sizeof number.text, "%" PRIu64, value);
    else
        snprintf(number.text, sizeof number.text, "%" PRIu64 ".%0*" PRIu64, value / one,
                 (int)decimals, value % one);
    return number;
}

hp_number hp_number_rounded(double value, unsigned decimals)
{
    double scaled = value * (double)power_of_ten(decimals) + 0.5;

    return hp_number_fixed(scaled < 1e19 ? (uint64_t)scaled : UINT64_MAX, decimals);
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static hp_number with_sign(int sign, hp_number number)
{
    hp_number result;

    snprintf(result.text, sizeof result.text, "%s%.38s",
             sign > 0   ? "+"
             : sign < 0 ? "-"
                        : "",
             number.text);
    return result;
}

hp_number hp_number_change(uint64_t value, uint64_t base)
{
    return with_sign((value > base) - (value < base), hp_number_fixed(distance(value, base), 0));
}

hp_number hp_number_signed(double value, unsigned decimals)
{
    return with_sign((value > 0) - (value < 0),
                     hp_number_rounded(value < 0 ? -value : value, decimals));
}

hp_scale hp_scale_of(const hp_callgraph *graph)
{
    bool time = hp_profile_event_count(graph->profile) == 0 ||
                hp_profile_event(graph->profile, graph->event)->unit == HP_NANOSECONDS;
    hp_scale scale = {time, 2, time ? "time" : "cost"};
    uint64_t total = graph->total > graph->base_total ? graph->total : graph->base_total;
    uint64_t step = power_of_ten(7); /* all costs are multiples of it */

    for (const hp_node *node = graph->nodes; node < graph->nodes + graph->node_count; node++)
        while (node->self % step != 0 || node->inclusive % step != 0 ||
               node->base_self % step != 0 || node->base_inclusive % step != 0)
            step /= 10;
    while (scale.decimals < 9 && power_of_ten(9 - scale.decimals) > total / 10000 &&
           step % power_of_ten(9 - scale.decimals) != 0)
        scale.decimals++;
    return scale;
}

hp_number hp_scale_cost(const hp_scale *scale, uint64_t cost)
{
    uint64_t unit = scale->time ? power_of_ten(9 - scale->decimals) : 1;

    return hp_number_fixed(cost / unit + (cost % unit >= unit - unit / 2),
                           scale->time ? scale->decimals : 0);
}

hp_number hp_scale_change(const hp_scale *scale, uint64_t cost, uint64_t base)
{
    return with_sign((cost > base) - (cost < base), hp_scale_cost(scale, distance(cost, base)));
}

/* "0.5 of 2 seconds (25.00 %)"; false if it was nothing. */
static bool print_left_out(FILE *out, const char *what, const hp_callgraph *graph,
                           const hp_scale *scale, const hp_profile *unfiltered, uint64_t total)
{
    uint64_t before = unfiltered && hp_profile_event_count(unfiltered)
                          ? hp_profile_total(unfiltered)[graph->event]
                          : 0;

    if (before <= total)
        return false;
    fprintf(out, "%s%s of %s%s (%s %%)", what, hp_scale_cost(scale, before - total).text,
            hp_scale_cost(scale, before).text, scale->time ? " seconds" : "",
            hp_number_rounded(100.0 * (double)(before - total) / (double)before, 2).text);
    return true;
}

static void print_count(FILE *out, const hp_callgraph *graph, const hp_scale *scale)
{
    const char *event = hp_profile_event(graph->profile, graph->event)->name;
    char name[200];

    hp_string_escape((hp_string){event, strlen(event)}, name, sizeof name);
    fprintf(out, "Costs are counts of %s: %s in all", name,
            hp_scale_cost(scale, graph->total).text);
}

void hp_print_heading(FILE *out, const hp_callgraph *graph, const hp_scale *scale,
                      const hp_report_options *options)
{
    if (graph->total == 0 && graph->base_total == 0) {
        fputs("No costs were recorded, only calls.\n", out);
    } else {
        if (scale->time)
            fprintf(out, "Times are measured: %s seconds in all",
                    hp_scale_cost(scale, graph->total).text);
        else
            print_count(out, graph, scale);
        if (graph->base)
            fprintf(out, ", %s in the base: %s (%s %%)",
                    hp_scale_cost(scale, graph->base_total).text,
                    hp_scale_change(scale, graph->total, graph->base_total).text,
                    hp_number_signed(
                        hp_callgraph_change_percent(graph, graph->total, graph->base_total), 2)
                        .text);
        fputs(".\n", out);
    }
    if (print_left_out(out, "The filters left out ", graph, scale, options->unfiltered,
                       graph->total))
        fputs(".\n", out);
    if (print_left_out(out, "Of the base they left out ", graph, scale, options->unfiltered_base,
                       graph->base_total))
        fputs(".\n", out);
}

void hp_print_estimates(FILE *out, const hp_callgraph *graph, const hp_scale *scale)
{
    if (graph->estimated_count == 0)
        return;
    if (graph->estimated_count < graph->arc_count)
        fprintf(out, "For %" PRIu32 " of %" PRIu32 " pairs of functions, the input does not tell ",
                graph->estimated_count, graph->arc_count);
    else
        fputs("The input does not tell ", out);
    fprintf(out, "what calls cost:\neach call of a function has the same share of its %s.\n",
            scale->noun);
}

static bool is_ascii(const char *string)
{
    while (*string && !(*string & 0x80))
        string++;
    return !*string;
}

/* Behind so many characters as fit on so many columns, and what is drawn onto the last of them.
 * Only the C library's locales know how wide characters are: this thread borrows one, so that
 * neither the program's locale counts nor anyone else sees a change. */
static const char *skip(const char *string, size_t columns, size_t *taken)
{
    locale_t utf8 =
        is_ascii(string) ? (locale_t)0 : newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;

    *taken = 0;
    for (size_t size, width; *string; string += size, *taken += width) {
        mbstate_t state = {0};
        wchar_t character;

        size = utf8 ? mbrtowc(&character, string, 4, &state) : 0;
        if (size >= 1 && size <= 4) {
            int known = wcwidth(character);

            width = known < 0 ? 1 : (size_t)known;
        } else {
            size = 1;
            width = (*string & 0xc0) != 0x80;
        }
        if (width > columns - *taken)
            break;
    }
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return string;
}

size_t hp_columns_of(const char *string)
{
    size_t columns;

    skip(string, SIZE_MAX, &columns);
    return columns;
}

void hp_print_shortened(FILE *out, const char *string, size_t columns)
{
    size_t all = hp_columns_of(string), kept = columns > 3 ? columns - 3 : 0, taken;

    if (all <= columns) {
        fputs(string, out);
        return;
    }

    const char *head = skip(string, kept / 2, &taken);
    size_t left_out = all - (kept - kept / 2);
    const char *tail = skip(string, left_out, &taken);

    if (taken < left_out)
        tail = skip(tail, 2, &taken); /* a wide character has only half of its room */
    fprintf(out, "%.*s...%s", (int)(head - string), string, tail);
}

const char *hp_presence_mark(const hp_node *node)
{
    return node->presence == HP_ADDED     ? " <added>"
           : node->presence == HP_REMOVED ? " <removed>"
                                          : "";
}

const char *hp_color_of(double percent)
{
    return percent >= 20    ? "\x1b[1;31m"
           : percent >= 5   ? "\x1b[33m"
           : percent <= -20 ? "\x1b[1;32m"
           : percent <= -5  ? "\x1b[32m"
                            : "";
}

static hp_string base_of(hp_string file)
{
    size_t base = file.size;

    while (base > 0 && file.data[base - 1] != '/' && file.data[base - 1] != '\\')
        base--;
    return (hp_string){file.data + base, file.size - base};
}

typedef struct function_file {
    hp_string file;
    hp_function_id function;
} function_file;

static int order_files(const void *left, const void *right)
{
    hp_string a = ((const function_file *)left)->file, b = ((const function_file *)right)->file;
    int by = hp_string_compare(base_of(a), base_of(b));

    return by != 0 ? by : hp_string_compare(a, b);
}

/* "name (file.py:12)", or only the name of what is written in no file. */
static char *new_label(const hp_function *function, hp_string file)
{
    bool built_in = function->line == 0 && (file.size == 0 || strcmp(file.data, "~") == 0);
    size_t name_size = hp_string_escape(function->name, NULL, 0);
    size_t file_size = hp_string_escape(file, NULL, 0);
    size_t size = name_size + file_size + sizeof " (:18446744073709551615)" + sizeof "???";
    char *label = malloc(size);

    if (!label)
        return NULL;
    strcpy(label, "???");
    if (name_size > 0)
        hp_string_escape(function->name, label, size);
    if (!built_in) {
        char *end = label + strlen(label);

        end = stpcpy(end, " (");
        hp_string_escape(file, end, file_size + 1);
        if (function->line > 0)
            sprintf(strchr(end, 0), ":%" PRIu64, function->line);
        strcat(end, ")");
    }
    return label;
}

char **hp_labels_new(const hp_profile *profile)
{
    size_t count = hp_profile_function_count(profile);
    char **labels = calloc(count + 1, sizeof *labels);
    function_file *files = malloc((count + 1) * sizeof *files);
    bool ok = labels && files;

    for (hp_function_id i = 0; ok && i < count; i++)
        files[i] = (function_file){hp_profile_function(profile, i)->file, i};
    if (ok)
        qsort(files, count, sizeof *files, order_files);
    for (size_t first = 0, end; ok && first < count; first = end) {
        hp_string base = base_of(files[first].file);
        bool several = false;

        for (end = first; end < count; end++) {
            if (hp_string_compare(base_of(files[end].file), base) != 0)
                break;
            several |= hp_string_compare(files[end].file, files[first].file) != 0;
        }
        for (size_t i = first; ok && i < end; i++) {
            hp_function_id id = files[i].function;

            labels[id] =
                new_label(hp_profile_function(profile, id), several ? files[i].file : base);
            ok = labels[id] != NULL;
        }
    }
    free(files);
    if (ok)
        return labels;
    hp_labels_free(labels, profile);
    return NULL;
}

void hp_labels_free(char **labels, const hp_profile *profile)
{
    for (hp_function_id i = 0; labels && i < hp_profile_function_count(profile); i++)
        free(labels[i]);
    free(labels);
}
