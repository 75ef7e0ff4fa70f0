// SPDX-License-Identifier: MIT
/* Source files with the costs of their lines, similar to callgrind_annotate and pprof -list. */
#include "escape.h"
#include "report_table.h"
#include "text/columns.h"
#include "text/labels.h"
#include "text/source.h"
#include "text/summary.h"
#include "text/terminal_color.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3 }; /* lines printed before and after each line with a cost */

typedef struct numbers {
    uint64_t self, hits, calls, inclusive;
} numbers;

/* A line of a file with costs or calls. */
typedef struct line_entry {
    uint32_t file; /* as in annotated_text.file_of */
    uint64_t line;
    numbers now, base; /* base: 0 without one */
} line_entry;

/* A file: ranges of annotated_text.functions and .entries. */
typedef struct annotated_file {
    uint64_t self, base_self;
    size_t first_function, function_count;
    size_t shown_functions;
    size_t first_entry, entry_count;
} annotated_file;

typedef struct annotated_text {
    FILE *out;
    const hp_profile *profile;
    const hp_report_options *options;
    hp_source_path path;
    hp_callgraph graph;
    hp_scale scale;
    size_t hits; /* number of the event Hits; that of the graph if there is no such event or it is
                    the same */
    int cost_width, percent_width, count_width;

    hp_function_id *functions; /* in order of file, line and number */
    uint32_t *file_of;     /* number of the file of each function, in order of the names of files */
    const hp_node **nodes; /* of each function */
    annotated_file *files; /* in descending order of cost */
    size_t file_count;
    line_entry *entries; /* in order of file and line */
    size_t entry_count;
    bool missing_mentioned;
} annotated_text;

/* --- Gathering ----------------------------------------------------------------------------- */

typedef struct function_place {
    const hp_function *function;
    const hp_node *node;
    hp_function_id id;
    hp_string file; /* empty if it is in none */
} function_place;

static int order_costs(uint64_t one, uint64_t base, uint64_t other, uint64_t other_base)
{
    uint64_t first = hp_distance(one, base), second = hp_distance(other, other_base);

    return (first < second) - (first > second);
}

/* By file and line; what is in no file by cost. */
static int order_places(const void *left, const void *right)
{
    const function_place *a = left, *b = right;
    const hp_node *one = a->node, *two = b->node;
    int by = hp_string_compare(a->file, b->file);

    if (by == 0 && a->file.size == 0)
        by = order_costs(one->self, one->base_self, two->self, two->base_self);
    if (by == 0 && a->file.size == 0)
        by = order_costs(one->inclusive, one->base_inclusive, two->inclusive, two->base_inclusive);
    if (by == 0)
        by = (a->function->line > b->function->line) - (a->function->line < b->function->line);
    return by != 0 ? by : (a->id > b->id) - (a->id < b->id);
}

/* Functions of no cost are left out, unless all is to be shown. */
static bool is_shown(const annotated_text *text, const hp_node *node)
{
    return text->options->all || node->self || node->inclusive || node->base_self ||
           node->base_inclusive;
}

static bool gather_functions(annotated_text *text)
{
    size_t count = hp_profile_function_count(text->profile);
    function_place *places = malloc((count + 1) * sizeof *places);

    text->functions = malloc((count + 1) * sizeof *text->functions);
    text->file_of = malloc((count + 1) * sizeof *text->file_of);
    text->nodes = malloc((count + 1) * sizeof *text->nodes);
    text->files = calloc(count + 1, sizeof *text->files);
    if (!places || !text->functions || !text->file_of || !text->nodes || !text->files) {
        free(places);
        return false;
    }
    for (uint32_t i = 0; i < text->graph.node_count; i++)
        if (text->graph.nodes[i].function != HP_NO_FUNCTION)
            text->nodes[text->graph.nodes[i].function] = &text->graph.nodes[i];
    for (hp_function_id i = 0; i < count; i++) {
        const hp_function *function = hp_profile_function(text->profile, i);

        places[i] = (function_place){function, text->nodes[i], i,
                                     hp_has_file(function) ? function->file : (hp_string){"", 0}};
    }
    qsort(places, count, sizeof *places, order_places);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !hp_string_equal(places[i - 1].file, places[i].file))
            text->files[text->file_count++].first_function = i;

        annotated_file *file = &text->files[text->file_count - 1];

        file->function_count++;
        file->shown_functions += is_shown(text, places[i].node);
        file->self += places[i].node->self;
        file->base_self += places[i].node->base_self;
        text->functions[i] = places[i].id;
        text->file_of[places[i].id] = (uint32_t)(text->file_count - 1);
    }
    free(places);
    return true;
}

static int order_entries(const void *left, const void *right)
{
    const line_entry *a = left, *b = right;
    int by = (a->file > b->file) - (a->file < b->file);

    return by != 0 ? by : (a->line > b->line) - (a->line < b->line);
}

/* Sums of self costs fit, as the total does. */
static void join(numbers *sums, const numbers *more)
{
    sums->self += more->self;
    sums->hits += more->hits;
    sums->calls = hp_add_counts(sums->calls, more->calls);
    sums->inclusive = hp_add_counts(sums->inclusive, more->inclusive);
}

static numbers numbers_of_line(const annotated_text *text, const hp_profile *profile, size_t line)
{
    const uint64_t *self = hp_profile_line_self(profile, line);

    if (hp_profile_event_count(profile) == 0)
        return (numbers){0};
    return (numbers){.self = self[text->graph.event], .hits = self[text->hits]};
}

static numbers numbers_of_call(const annotated_text *text, const hp_profile *profile, size_t call)
{
    const uint64_t *inclusive = hp_profile_call_inclusive(profile, call);

    return (numbers){.calls = hp_profile_call(profile, call)->count,
                     .inclusive =
                         hp_profile_event_count(profile) ? inclusive[text->graph.event] : 0};
}

static bool is_zero(const numbers *all)
{
    return !all->self && !all->hits && !all->calls && !all->inclusive;
}

static bool gather_entries(annotated_text *text)
{
    size_t lines = hp_profile_line_count(text->profile);
    size_t sites = hp_profile_call_count(text->profile), kept = 0;
    const hp_profile *base = text->options->base;

    text->entries = malloc((lines + sites + 1) * sizeof *text->entries);
    if (!text->entries)
        return false;
    for (size_t i = 0; i < lines; i++) {
        const hp_line *line = hp_profile_line(text->profile, i);

        text->entries[i] = (line_entry){.file = text->file_of[line->function],
                                        .line = line->line,
                                        .now = numbers_of_line(text, text->profile, i)};
        if (base)
            text->entries[i].base = numbers_of_line(text, base, i);
    }
    for (size_t i = 0; i < sites; i++) {
        const hp_call *call = hp_profile_call(text->profile, i);

        text->entries[lines + i] = (line_entry){.file = text->file_of[call->caller],
                                                .line = call->line,
                                                .now = numbers_of_call(text, text->profile, i)};
        if (base)
            text->entries[lines + i].base = numbers_of_call(text, base, i);
    }
    qsort(text->entries, lines + sites, sizeof *text->entries, order_entries);
    for (size_t i = 0; i < lines + sites; i++)
        if (kept > 0 && order_entries(&text->entries[kept - 1], &text->entries[i]) == 0) {
            join(&text->entries[kept - 1].now, &text->entries[i].now);
            join(&text->entries[kept - 1].base, &text->entries[i].base);
        } else
            text->entries[kept++] = text->entries[i];
    text->entry_count = 0;
    for (size_t i = 0; i < kept; i++)
        if (!is_zero(&text->entries[i].now) || !is_zero(&text->entries[i].base))
            text->entries[text->entry_count++] = text->entries[i];
    for (size_t i = text->entry_count; i-- > 0;) {
        annotated_file *file = &text->files[text->entries[i].file];

        file->first_entry = i;
        file->entry_count++;
    }
    return true;
}

static int order_files(const void *left, const void *right)
{
    const annotated_file *a = left, *b = right;
    int by = order_costs(a->self, a->base_self, b->self, b->base_self);

    return by != 0
               ? by
               : (a->first_function > b->first_function) - (a->first_function < b->first_function);
}

static size_t find_hits(const annotated_text *text)
{
    for (size_t e = 0; e < hp_profile_event_count(text->profile); e++)
        if (strcmp(hp_profile_event(text->profile, e)->name, "Hits") == 0)
            return e;
    return text->graph.event;
}

/* --- Printing ------------------------------------------------------------------------------ */

/* With a base, the difference. */
static hp_number cost(const annotated_text *text, uint64_t value, uint64_t base)
{
    return text->options->base ? hp_scale_change(&text->scale, value, base)
                               : hp_scale_cost(&text->scale, value);
}

static hp_number count(const annotated_text *text, uint64_t value, uint64_t base)
{
    return text->options->base ? hp_number_change(value, base) : hp_number_fixed(value, 0);
}

static hp_number calls(const annotated_text *text, uint64_t value, uint64_t base)
{
    return text->options->base ? hp_number_calls_change(value, base) : hp_number_calls(value);
}

static double percent(const annotated_text *text, uint64_t value, uint64_t base)
{
    return text->options->base ? hp_callgraph_change_percent(&text->graph, value, base)
                               : hp_callgraph_percent(&text->graph, value);
}

static hp_number percents(const annotated_text *text, uint64_t value, uint64_t base)
{
    double share = percent(text, value, base);

    return text->options->base ? hp_number_signed(share, 2) : hp_number_rounded(share, 2);
}

static void measure(annotated_text *text)
{
    text->cost_width = hp_number_widen(9, cost(text, text->graph.total, text->graph.base_total));
    text->percent_width = text->options->base ? 8 : 6;
    text->count_width = 8;
    for (const line_entry *e = text->entries; e < text->entries + text->entry_count; e++) {
        text->cost_width =
            hp_number_widen(text->cost_width, cost(text, e->now.inclusive, e->base.inclusive));
        text->count_width =
            hp_number_widen(text->count_width, count(text, e->now.hits, e->base.hits));
        text->count_width =
            hp_number_widen(text->count_width, calls(text, e->now.calls, e->base.calls));
    }
}

/* Prints a column. Zero is a dot: the eye looks for numbers. */
static void print_number(const annotated_text *text, int width, bool any, hp_number number)
{
    fprintf(text->out, "%*s ", width, any ? hp_number_shown(number).text : ".");
}

static void print_columns(const annotated_text *text, const line_entry *entry)
{
    static const line_entry nothing;
    const struct line_entry *e = entry ? entry : &nothing;
    const numbers *now = &e->now, *base = &e->base;

    print_number(text, text->cost_width, now->self || base->self,
                 cost(text, now->self, base->self));
    print_number(text, text->percent_width, now->self || base->self,
                 percents(text, now->self, base->self));
    if (text->hits != text->graph.event)
        print_number(text, text->count_width, now->hits || base->hits,
                     count(text, now->hits, base->hits));
    print_number(text, text->count_width, now->calls || base->calls,
                 calls(text, now->calls, base->calls));
    print_number(text, text->cost_width, now->calls || base->calls,
                 cost(text, now->inclusive, base->inclusive));
}

/* Prints source as a terminal shows it, with tabs to columns that are multiples of 8. */
static bool print_code(const annotated_text *text, hp_string code)
{
    size_t column = 0;

    while (code.size > 0) {
        const char *tab = memchr(code.data, '\t', code.size);
        size_t size = tab ? (size_t)(tab - code.data) : code.size;
        char *escaped = hp_escaped((hp_string){code.data, size});

        if (!escaped)
            return false;
        fputs(escaped, text->out);
        column += hp_columns_of(escaped);
        free(escaped);
        if (tab) {
            fprintf(text->out, "%*s", (int)(8 - column % 8), "");
            column += 8 - column % 8;
            size++;
        }
        code = (hp_string){code.data + size, code.size - size};
    }
    return true;
}

/* Prints the line above the first line of a function. */
static bool print_function(const annotated_text *text, hp_function_id id)
{
    const hp_function *function = hp_profile_function(text->profile, id);
    uint64_t base_calls =
        text->options->base ? hp_profile_function(text->options->base, id)->calls : 0;
    const hp_node *node = text->nodes[id];
    hp_number count = calls(text, function->calls, base_calls);
    char *name = hp_escaped(function->name);

    if (!name)
        return false;
    fprintf(text->out, "-- %s%s: ", name, hp_presence_mark(node));
    if (count.known)
        fprintf(text->out, "%s call%s, ", hp_number_shown(count).text,
                function->calls == base_calls + 1 ? "" : "s");
    fprintf(text->out, "self %s (%s %%), inclusive %s (%s %%)\n",
            hp_number_shown(cost(text, node->self, node->base_self)).text,
            hp_number_shown(percents(text, node->self, node->base_self)).text,
            hp_number_shown(cost(text, node->inclusive, node->base_inclusive)).text,
            hp_number_shown(percents(text, node->inclusive, node->base_inclusive)).text);
    free(name);
    return true;
}

/* The file that is being printed. */
typedef struct file_page {
    const annotated_text *text;
    const annotated_file *file;
    const hp_source *source; /* its path may be NULL */
    size_t functions;        /* printed so far */
    uint64_t line;           /* the last one printed */
} file_page;

static bool print_functions(file_page *page, uint64_t line)
{
    const annotated_text *text = page->text;

    for (; page->functions < page->file->function_count; page->functions++) {
        hp_function_id id = text->functions[page->file->first_function + page->functions];

        if (hp_profile_function(text->profile, id)->line > line)
            break;
        if (is_shown(text, text->nodes[id]) && !print_function(text, id))
            return false;
    }
    return true;
}

/* Prints a line, and before it the functions that begin there or in lines that were left out. */
static bool print_line(file_page *page, uint64_t line, const line_entry *entry)
{
    const annotated_text *text = page->text;
    hp_string code = hp_source_line(page->source, line);
    bool color = text->options->color && entry, ok;

    if (line > page->line + 1 && page->line > 0 && line <= page->source->line_count)
        fputs("...\n", text->out);
    if (!print_functions(page, line))
        return false;
    page->line = line;
    if (color)
        fputs(hp_terminal_color(percent(text, entry->now.self, entry->base.self)), text->out);
    print_columns(text, entry);
    fprintf(text->out, "%7" PRIu64 "%s", line, code.size > 0 ? "  " : "");
    ok = print_code(text, code);
    fputs(color ? HP_COLOR_END "\n" : "\n", text->out);
    return ok;
}

/* Prints the lines with entries and, if the source was found, those around them. */
static bool print_lines(file_page *page)
{
    const annotated_text *text = page->text;
    const line_entry *first = text->entries + page->file->first_entry;
    const line_entry *end = first + page->file->entry_count;
    uint64_t last = page->source->line_count;
    uint64_t context = text->options->all ? UINT64_MAX : CONTEXT;
    bool ok = true;

    for (const line_entry *e = first; ok && e < end; e++) {
        uint64_t before = e->line > context ? e->line - context : 1;
        uint64_t after = e + 1 < end ? e[1].line - 1 : UINT64_MAX;

        if (after - e->line > context)
            after = e->line + context;
        for (uint64_t l = before > page->line ? before : page->line + 1;
             ok && l < e->line && l <= last; l++)
            ok = print_line(page, l, NULL);
        ok = ok && print_line(page, e->line, e);
        for (uint64_t l = e->line; ok && l < after && l < last; l++)
            ok = print_line(page, l + 1, NULL);
    }
    return ok && print_functions(page, UINT64_MAX);
}

static void print_rule(const annotated_text *text)
{
    for (int i = 0; i < 80; i++)
        fputc('-', text->out);
    fputc('\n', text->out);
}

static hp_status print_file(annotated_text *text, const annotated_file *file, hp_error *error)
{
    const hp_function *function =
        hp_profile_function(text->profile, text->functions[file->first_function]);
    bool named = hp_has_file(function);
    hp_source source;
    file_page page = {.text = text, .file = file, .source = &source};
    hp_status status = hp_source_find(&source, &text->path, function, error);
    char *name;

    if (status != HP_OK)
        return status;
    name = hp_escaped(function->file);
    print_rule(text);
    fprintf(text->out, "%s: self %s (%s %%)\n", named && name ? name : "in no file",
            hp_number_shown(cost(text, file->self, file->base_self)).text,
            hp_number_shown(percents(text, file->self, file->base_self)).text);
    if (named && !source.path) {
        fprintf(text->out, "The source was not found%s.\n",
                text->missing_mentioned ? "" : "; --source-path=DIR says where sources are");
        text->missing_mentioned = true;
    }
    if (source.newer)
        fputs("The source is newer than the profile: its lines may have moved.\n", text->out);
    if (source.path && file->entry_count > 0 &&
        text->entries[file->first_entry + file->entry_count - 1].line > source.line_count)
        fputs("The source is shorter than when it was profiled.\n", text->out);
    print_rule(text);
    if (named && file->entry_count > 0) {
        fprintf(text->out, "%*s %*s ", text->cost_width, text->scale.time ? "seconds" : "cost",
                text->percent_width, "%");
        if (text->hits != text->graph.event)
            fprintf(text->out, "%*s ", text->count_width, "hits");
        fprintf(text->out, "%*s %*s %7s%s\n", text->count_width, "calls", text->cost_width,
                "inclusive", "line", source.path ? "  source" : "");
    }
    if (!name || !(named ? print_lines(&page) : print_functions(&page, UINT64_MAX)))
        status = hp_no_memory(error);
    fputc('\n', text->out);
    free(name);
    hp_source_free(&source);
    return status;
}

static void explain(const annotated_text *text)
{
    fprintf(text->out,
            "What the columns mean:\n"
            "\n"
            "%-9s  %s of the line itself, without what it called\n"
            "%%          that, in percent of all %s\n"
            "%s"
            "calls      how many calls the line made\n"
            "inclusive  %s of these calls, except those of what was already running\n"
            "\n"
            "A line of dashes and a name describes the function that begins there.\n",
            text->scale.time ? "seconds" : "cost", text->scale.noun, text->scale.noun,
            text->hits != text->graph.event ? "hits       how often the line was executed\n" : "",
            text->scale.noun);
    if (text->options->base)
        fputs(
            "\n"
            "All numbers are differences: the number now, less the number in the base on the line\n"
            "as far from the first line of the function. Percentages are of the base's total.\n",
            text->out);
}

static void print_left_out(const annotated_text *text)
{
    size_t functions = hp_profile_function_count(text->profile), shown = 0;

    for (const annotated_file *file = text->files; file < text->files + text->file_count; file++)
        shown += file->shown_functions;
    if (shown < functions)
        fprintf(text->out, "%zu of %zu functions; the others have no cost.\n", shown, functions);
}

/* --- The report ---------------------------------------------------------------------------- */

static hp_status write_annotate(const hp_profile *profile, const hp_report_options *options,
                                FILE *out, hp_error *error)
{
    annotated_text text = {.out = out, .profile = profile, .options = options};
    hp_status status =
        hp_callgraph_gather(&text.graph, profile, options->base, options->event, error);

    hp_source_path_init(&text.path, profile, options->source_path);
    if (status == HP_OK) {
        text.scale = hp_scale_of(&text.graph);
        text.hits = find_hits(&text);
        if (!gather_functions(&text) || !gather_entries(&text))
            status = hp_no_memory(error);
    }
    if (status == HP_OK) {
        measure(&text);
        qsort(text.files, text.file_count, sizeof *text.files, order_files);
        fputs(options->base ? "Annotated source, less the base:\n\n" : "Annotated source:\n\n",
              out);
        hp_print_totals(out, &text.graph, &text.scale, options);
        hp_print_estimates(out, &text.graph, &text.scale);
        hp_print_unknown_calls(out, &text.graph);
        print_left_out(&text);
        fputc('\n', out);
    }
    for (size_t i = 0; status == HP_OK && i < text.file_count; i++)
        if (text.files[i].shown_functions || text.files[i].entry_count)
            status = print_file(&text, &text.files[i], error);
    if (status == HP_OK && !options->brief)
        explain(&text);
    free(text.functions);
    free(text.file_of);
    free(text.nodes);
    free(text.files);
    free(text.entries);
    hp_callgraph_free(&text.graph);
    return status;
}

const hp_report hp_report_annotate = {
    .name = "annotate",
    .description = "source lines with their cost",
    .manual = "the source lines of the program with their cost",
    .write = write_annotate,
    .uses = HP_USES_EVENT | HP_USES_TEXT | HP_USES_SOURCES,
};
