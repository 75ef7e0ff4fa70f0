// SPDX-License-Identifier: MIT
#include "command/options.h"

#include "command/tell.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Each sets what *to is from an option's value; false: it is none such. */
typedef bool setter(void *to, const char *value);

static bool set_flag(void *to, const char *value)
{
    (void)value;
    return *(bool *)to = true;
}

static bool set_text(void *to, const char *value)
{
    *(const char **)to = value;
    return true;
}

static bool add_path(void *to, const char *value)
{
    hp_paths *paths = to;
    const char **items = realloc(paths->items, (paths->count + 1) * sizeof *items);

    if (!items)
        return false;
    paths->items = items;
    items[paths->count++] = value;
    return true;
}

static bool set_count(void *to, const char *value)
{
    unsigned long long number;
    char *end;

    errno = 0;
    number = strtoull(value, &end, 10);
    *(size_t *)to = (size_t)number;
    return errno == 0 && *value >= '0' && *value <= '9' && *end == '\0' && number <= SIZE_MAX;
}

static bool set_percent(void *to, const char *value)
{
    char *end;

    *(double *)to = strtod(value, &end);
    return end != value && value[strspn(value, "0123456789.")] == '\0' && *end == '\0' &&
           *(double *)to <= 100;
}

static bool set_threshold(void *to, const char *value)
{
    hp_threshold *threshold = to;

    return threshold->given = set_percent(&threshold->percent, value);
}

static bool set_pages(void *to, const char *value)
{
    return set_count(to, value) && *(size_t *)to > 0 && *(size_t *)to <= HP_PAGES_MAX;
}

static bool set_nodes(void *to, const char *value)
{
    return set_count(to, value) && *(size_t *)to > 0;
}

static bool set_grid(void *to, const char *value)
{
    hp_paper *paper = to;
    char text[16], *columns;

    if (strlen(value) >= sizeof text)
        return false;
    strcpy(text, value);
    columns = text + strcspn(text, "xX");
    if (!*columns)
        return false;
    *columns++ = '\0';
    return set_pages(&paper->rows, text) && set_pages(&paper->columns, columns) &&
           paper->rows * paper->columns <= HP_PAGES_MAX;
}

static bool set_page_size(void *to, const char *value)
{
    return hp_paper_parse_size(value, to);
}

static bool set_overlap(void *to, const char *value)
{
    if (strcmp(value, "auto") != 0)
        return hp_paper_parse_length(value, to);
    *(hp_length *)to = (hp_length){0};
    return true;
}

static bool set_font(void *to, const char *value)
{
    hp_length length;

    if (!hp_paper_parse_length(value, &length))
        return false;
    *(double *)to = length.points;
    return length.points > 0 && length.points <= 72;
}

static bool set_choice(int *to, const char *value, const char *const *names, int count)
{
    for (*to = 0; *to < count; ++*to)
        if (strcmp(value, names[*to]) == 0)
            return true;
    return false;
}

/* A setter of an enumeration by the names of its values. */
#define SET_CHOICE(function, type, ...)                                                            \
    static bool function(void *to, const char *value)                                              \
    {                                                                                              \
        static const char *const names[] = {__VA_ARGS__};                                          \
        int choice;                                                                                \
                                                                                                   \
        if (!set_choice(&choice, value, names, sizeof names / sizeof *names))                      \
            return false;                                                                          \
        *(type *)to = (type)choice;                                                                \
        return true;                                                                               \
    }

SET_CHOICE(set_when, hp_when, [HP_AUTO] = "auto", [HP_ALWAYS] = "always", [HP_NEVER] = "never")
SET_CHOICE(set_sort, hp_sort, [HP_SORT_SELF] = "self", [HP_SORT_INCLUSIVE] = "inclusive",
           [HP_SORT_CALLS] = "calls", [HP_SORT_NAME] = "name")
SET_CHOICE(set_paging, hp_paging, [HP_TILE] = "tile", [HP_ATLAS] = "atlas")
SET_CHOICE(set_orientation, hp_orientation, [HP_ORIENTATION_AUTO] = "auto",
           [HP_PORTRAIT] = "portrait", [HP_LANDSCAPE] = "landscape")
SET_CHOICE(set_theme, hp_theme, [HP_THEME_HEAT] = "heat", [HP_THEME_PRINT] = "print")

static bool set_report(void *to, const char *value)
{
    return (*(const hp_report **)to = hp_report_find(value)) != NULL;
}

typedef struct option_row {
    int letter; /* 0: none */
    const char *name;
    const char *value; /* what --help calls it; NULL: the option has none */
    setter *set;
    const char *expected; /* what a value must be; NULL: it can only be too much for memory */
    size_t member;        /* of hp_settings, where it is */
    const char *help;     /* lines of at most 55 characters */
} option_row;

#define MEMBER(member) offsetof(hp_settings, member)

static const option_row rows[] = {
    {'f', "format", "FORMAT", set_report, "a report that --help lists", MEMBER(report),
     "the report to write (below)"},
    {'o', "output", "FILE", set_text, NULL, MEMBER(output),
     "write to FILE, which appears whole or not at all"},
    {0, "event", "NAME", set_text, NULL, MEMBER(options.event),
     "the event to rank by (Time, Hits, ...); the first one"},
    {0, "sort", "BY", set_sort, "self, inclusive, calls or name", MEMBER(options.sort),
     "order of the flat profile: self, inclusive, calls or\nname"},
    {'n', "limit", "N", set_count, "a number", MEMBER(options.limit),
     "so many lines of the flat profile"},
    {0, "node-threshold", "PERCENT", set_threshold, "0 to 100 percent",
     MEMBER(options.node_threshold), "leave functions out of the call graph that cost less"},
    {0, "edge-threshold", "PERCENT", set_threshold, "0 to 100 percent",
     MEMBER(options.edge_threshold), "likewise calls from one function to another"},
    {0, "max-nodes", "N", set_nodes, "a number from 1", MEMBER(options.max_nodes),
     "draw the N heaviest functions; 25 a page"},
    {0, "brief", NULL, set_flag, NULL, MEMBER(options.brief), "without explanations"},
    {0, "all", NULL, set_flag, NULL, MEMBER(options.all),
     "all lines of annotated sources, not only those near\na cost"},
    {0, "source-path", "DIR", set_text, NULL, MEMBER(options.source_path),
     "where sources are looked for first"},
    {0, "color", "WHEN", set_when, "auto, always or never", MEMBER(color),
     "colour what costs much: auto, always or never"},
    {0, "focus", "RE", set_text, NULL, MEMBER(options.filters.focus),
     "only calls on a path through a function that matches"},
    {0, "ignore", "RE", set_text, NULL, MEMBER(options.filters.ignore),
     "without functions that match, and what only they call"},
    {0, "hide", "RE", set_text, NULL, MEMBER(options.filters.hide),
     "functions that match become part of their callers,"},
    {0, "show", "RE", set_text, NULL, MEMBER(options.filters.show), "or those that do not match"},
    {0, "root", "RE", set_text, NULL, MEMBER(options.filters.root),
     "only what functions that match call: they are 100 %"},
    {0, "leaf", "RE", set_text, NULL, MEMBER(options.filters.leaf),
     "only what calls functions that match"},
    {0, "base", "FILE", add_path, NULL, MEMBER(bases),
     "subtract FILE, and show the difference; several are\nadded up"},
    {0, "pages", "N", set_pages, "a number from 1 to 1000", MEMBER(options.paper.pages),
     "draw the call graph on N sheets of paper:"},
    {0, "paging", "HOW", set_paging, "tile or atlas", MEMBER(options.paper.paging),
     "a poster cut into sheets, or sheets that refer to each\nother: tile or atlas"},
    {0, "grid", "RxC", set_grid, "rows x columns, such as 2x3", MEMBER(options.paper),
     "rows and columns of sheets; the best for N"},
    {0, "page-size", "SIZE", set_page_size, "a4, letter, a3 or WxH in mm, in or pt",
     MEMBER(options.paper.size), "such as 210x297mm, or one of these: a4, letter or a3"},
    {0, "orientation", "HOW", set_orientation, "auto, portrait or landscape",
     MEMBER(options.paper.orientation), "of the sheets: auto, portrait or landscape"},
    {0, "overlap", "LENGTH", set_overlap, "auto or a length, such as 10mm",
     MEMBER(options.paper.overlap), "of neighbouring tiles, such as 10mm; auto: a function"},
    {0, "overview", NULL, set_flag, NULL, MEMBER(options.paper.overview),
     "a sheet more, with all tiles on it"},
    {0, "no-index", NULL, set_flag, NULL, MEMBER(options.paper.no_index),
     "an atlas without the sheet that lists its functions"},
    {0, "min-font", "PT", set_font, "a size of type in points", MEMBER(options.paper.min_font),
     "the smallest type that is legible; 6"},
    {0, "theme", "NAME", set_theme, "heat or print", MEMBER(options.theme),
     "colours of the drawing, or greys: heat or print"},
    {0, "title", "TEXT", set_text, NULL, MEMBER(options.title), "heading of the drawing"},
    {0, "file-limit", "N", set_count, "a number", MEMBER(file_limit), "stop after N input files"},
    {0, "threads", "N", set_count, "a number", MEMBER(threads),
     "read with N threads; one for each processor"},
    {0, "progress", "WHEN", set_when, "auto, always or never", MEMBER(progress),
     "tell how far the work is: auto, always or never"},
    {'q', "quiet", NULL, set_flag, NULL, MEMBER(quiet),
     "do not warn of unmatched exits, open frames and\ndamage"},
    {'v', "verbose", NULL, set_flag, NULL, MEMBER(verbose), "tell what every input is"},
    {0, "help", NULL, set_flag, NULL, MEMBER(help), "this text"},
    {0, "version", NULL, set_flag, NULL, MEMBER(version), "the version"},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* What getopt_long returns for a row without a letter, plus the number of the row. */
enum { NO_LETTER = 256 };

static const option_row *row_of(int option)
{
    if (option >= NO_LETTER)
        return &rows[option - NO_LETTER];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].letter == option)
            return &rows[i];
    return NULL;
}

static void tell_unusable(int option, char *const *argv)
{
    static const char expected[] = "expected an option that --help lists";
    const option_row *row = row_of(optopt);

    if (option == ':')
        hp_tell(NULL, "--%s: expected %s", row->name, row->expected ? row->expected : row->value);
    else if (optopt && !row)
        hp_tell(NULL, "%s, found '-%c'", expected, optopt);
    else
        hp_tell(NULL, "%s, found '%s'", expected, argv[optind - 1]);
}

hp_status hp_options_parse(hp_settings *settings, int argc, char **argv, int *first)
{
    struct option options[ROW_COUNT + 1] = {{0}};
    char letters[2 * ROW_COUNT + 2] = ":", *end = letters + 1;

    opterr = 0;
    for (int i = 0; i < ROW_COUNT; i++) {
        const option_row *row = &rows[i];

        options[i] = (struct option){row->name, row->value ? required_argument : no_argument, NULL,
                                     row->letter ? row->letter : NO_LETTER + i};
        if (row->letter) {
            *end++ = (char)row->letter;
            if (row->value)
                *end++ = ':';
        }
    }
    *end = '\0';
    for (int option; (option = getopt_long(argc, argv, letters, options, NULL)) != -1;) {
        const option_row *row = row_of(option);

        if (!row) {
            tell_unusable(option, argv);
            return HP_UNRECOGNISED;
        }
        if (!row->set((char *)settings + row->member, optarg)) {
            if (!row->expected) {
                hp_tell(NULL, "out of memory");
                return HP_NO_MEMORY;
            }
            hp_tell(NULL, "--%s: expected %s, found '%s'", row->name, row->expected, optarg);
            return HP_UNRECOGNISED;
        }
        if (settings->help || settings->version)
            break;
    }
    const hp_paper *paper = &settings->options.paper;

    if (paper->pages && paper->rows && paper->pages != paper->rows * paper->columns) {
        hp_tell(NULL, "--grid: expected %zu sheets as in --pages, found %zux%zu", paper->pages,
                paper->rows, paper->columns);
        return HP_UNRECOGNISED;
    }
    settings->options.output_name = settings->output;
    *first = optind;
    return HP_OK;
}

static void print_row(FILE *out, const option_row *row)
{
    enum { COLUMN = 25 };
    int width = row->letter ? fprintf(out, "  -%c, --%s", row->letter, row->name)
                            : fprintf(out, "      --%s", row->name);

    if (row->value)
        width += fprintf(out, "=%s", row->value);
    width += fprintf(out, "%*s", width < COLUMN - 2 ? COLUMN - width : 2, "");
    for (const char *line = row->help; *line;) {
        size_t length = strcspn(line, "\n");

        if (line > row->help)
            fprintf(out, "%*s", COLUMN, "");
        fprintf(out, "%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void hp_options_help(FILE *out)
{
    fputs("Usage: hotreport [OPTION]... FILE...\n"
          "Reads Python profiles, adds them up and writes one report.\n"
          "\n"
          "FILE may be compressed by gzip; a directory stands for the profiles below it; - is\n"
          "standard input.\n"
          "\n",
          out);
    for (const option_row *row = rows; row < rows + ROW_COUNT; row++)
        print_row(out, row);
    fputs(
        "\n"
        "RE is an extended regular expression of POSIX, looked for in the name of a function and\n"
        "in file:name. Where a function has several callers, filters share its cost among them\n"
        "in proportion to what their calls cost: a profile does not hold whole stacks.\n"
        "\n"
        "Reports:\n",
        out);
    for (size_t i = 0; hp_report_at(i); i++)
        fprintf(out, "  %-12s %s%s\n", hp_report_at(i)->name, hp_report_at(i)->description,
                i == 0 ? " (the default)" : "");
    fputs("\nInputs, told apart by content:\n", out);
    for (size_t i = 0; hp_format_at(i); i++)
        fprintf(out, "  %-12s %s\n", hp_format_at(i)->name, hp_format_at(i)->description);
    fputs("\n"
          "Exit status: 0 if all was read; 1 if nothing could be read or the output not be\n"
          "written; 2 if the command line is wrong; 3 if a report was written but an input was\n"
          "cut short, damaged or not readable.\n",
          out);
}
