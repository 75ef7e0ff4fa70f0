// SPDX-License-Identifier: MIT
#include "command/options.h"

#include "command/tell.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* Sets *to from the value of an option; false: the value is not allowed. */
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

/* Defines a setter of an enumeration, given the names of its values. */
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

/* --help lists the options by group, in the order of the table. */
enum group { GENERAL, TEXT, DRAWINGS, FILTERS, GROUP_COUNT };

static const char *const group_titles[GROUP_COUNT] = {
    [GENERAL] = "General options:",
    [TEXT] = "Text reports:",
    [DRAWINGS] = "Drawings of the call graph:",
    [FILTERS] = "Filters, for every report and applied in this order:",
};

typedef struct option_row {
    enum group group;
    int letter; /* 0: none */
    const char *name;
    const char *value; /* its name in --help; NULL: the option has none */
    setter *set;
    const char *expected; /* for the message if set fails; NULL: it fails only without memory */
    size_t member;        /* the offset in hp_settings of what it sets */
    const char *help;     /* lines of at most 55 characters; ": a, b or c" at the end are the values
                             that completion offers */
} option_row;

#define MEMBER(member) offsetof(hp_settings, member)

static const option_row rows[] = {
    {GENERAL, 'f', "format", "FORMAT", set_report, "a report that --help lists", MEMBER(report),
     "the report to write (see below)"},
    {GENERAL, 'o', "output", "FILE", set_text, NULL, MEMBER(output),
     "write to FILE instead of standard output"},
    {GENERAL, 0, "event", "NAME", set_text, NULL, MEMBER(options.event),
     "rank by this event, such as Time or Hits; default: the\nfirst event of the profile"},
    {GENERAL, 0, "base", "FILE", add_path, NULL, MEMBER(bases),
     "show the difference from FILE; several bases are added\nup"},
    {GENERAL, 0, "file-limit", "N", set_count, "a number", MEMBER(file_limit),
     "read at most N files"},
    {GENERAL, 0, "threads", "N", set_count, "a number", MEMBER(threads),
     "read with N threads; default: one for each processor"},
    {GENERAL, 0, "progress", "WHEN", set_when, "auto, always or never", MEMBER(progress),
     "show progress: auto, always or never"},
    {GENERAL, 'q', "quiet", NULL, set_flag, NULL, MEMBER(quiet), "do not print warnings"},
    {GENERAL, 'v', "verbose", NULL, set_flag, NULL, MEMBER(verbose), "say what each input is"},
    {GENERAL, 0, "help", NULL, set_flag, NULL, MEMBER(help), "print this text"},
    {GENERAL, 0, "version", NULL, set_flag, NULL, MEMBER(version), "print the version"},

    {TEXT, 0, "sort", "BY", set_sort, "self, inclusive, calls or name", MEMBER(options.sort),
     "order of the flat profile: self, inclusive, calls or\nname"},
    {TEXT, 'n', "limit", "N", set_count, "a number", MEMBER(options.limit),
     "show only the first N lines of the flat profile"},
    {TEXT, 0, "node-threshold", "PERCENT", set_threshold, "0 to 100 percent",
     MEMBER(options.node_threshold),
     "leave functions below this share of the cost out of the\ncall graph; default: 0, in drawings "
     "0.5"},
    {TEXT, 0, "edge-threshold", "PERCENT", set_threshold, "0 to 100 percent",
     MEMBER(options.edge_threshold),
     "leave out calls below this share; default: 0, in\ndrawings 0.1"},
    {TEXT, 0, "brief", NULL, set_flag, NULL, MEMBER(options.brief), "leave out the explanations"},
    {TEXT, 0, "all", NULL, set_flag, NULL, MEMBER(options.all),
     "annotate whole source files, not only the lines near a\ncost"},
    {TEXT, 0, "source-path", "DIR", set_text, NULL, MEMBER(options.source_path),
     "look for source files in DIR first"},
    {TEXT, 0, "color", "WHEN", set_when, "auto, always or never", MEMBER(color),
     "colour what costs much: auto, always or never"},

    {DRAWINGS, 0, "max-nodes", "N", set_nodes, "a number from 1", MEMBER(options.max_nodes),
     "draw the N most expensive functions; default: 25 a\npage"},
    {DRAWINGS, 0, "pages", "N", set_pages, "a number from 1 to 1000", MEMBER(options.paper.pages),
     "draw on N sheets of paper"},
    {DRAWINGS, 0, "paging", "HOW", set_paging, "tile or atlas", MEMBER(options.paper.paging),
     "cut a poster into sheets, or draw sheets that refer to\neach other: tile or atlas"},
    {DRAWINGS, 0, "grid", "RxC", set_grid, "rows x columns, such as 2x3", MEMBER(options.paper),
     "R rows and C columns of sheets; default: the best grid"},
    {DRAWINGS, 0, "page-size", "SIZE", set_page_size, "a4, letter, a3 or WxH in mm, in or pt",
     MEMBER(options.paper.size),
     "width and height, such as 210x297mm, or one of these\nnames: a4, letter or a3"},
    {DRAWINGS, 0, "orientation", "HOW", set_orientation, "auto, portrait or landscape",
     MEMBER(options.paper.orientation), "of the sheets: auto, portrait or landscape"},
    {DRAWINGS, 0, "overlap", "LENGTH", set_overlap, "auto or a length, such as 10mm",
     MEMBER(options.paper.overlap),
     "overlap of tiles, such as 10mm; default: auto, the\nsize of a function"},
    {DRAWINGS, 0, "overview", NULL, set_flag, NULL, MEMBER(options.paper.overview),
     "add a sheet that shows all tiles"},
    {DRAWINGS, 0, "no-index", NULL, set_flag, NULL, MEMBER(options.paper.no_index),
     "leave out the index of an atlas"},
    {DRAWINGS, 0, "min-font", "PT", set_font, "a size of type in points",
     MEMBER(options.paper.min_font), "the smallest readable type, in points; default: 6"},
    {DRAWINGS, 0, "theme", "NAME", set_theme, "heat or print", MEMBER(options.theme),
     "colours or greys: heat or print"},
    {DRAWINGS, 0, "title", "TEXT", set_text, NULL, MEMBER(options.title),
     "the heading; default: the names of the inputs"},

    {FILTERS, 0, "root", "RE", set_text, NULL, MEMBER(options.filters.root),
     "keep matching functions and what they call"},
    {FILTERS, 0, "leaf", "RE", set_text, NULL, MEMBER(options.filters.leaf),
     "keep matching functions and their callers"},
    {FILTERS, 0, "focus", "RE", set_text, NULL, MEMBER(options.filters.focus),
     "keep calls on a path through a matching function"},
    {FILTERS, 0, "ignore", "RE", set_text, NULL, MEMBER(options.filters.ignore),
     "remove matching functions and what only they call"},
    {FILTERS, 0, "hide", "RE", set_text, NULL, MEMBER(options.filters.hide),
     "make matching functions part of their callers"},
    {FILTERS, 0, "show", "RE", set_text, NULL, MEMBER(options.filters.show),
     "hide all functions that do not match"},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* getopt_long returns this plus the number of the row for an option without a letter. */
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

static void report_unknown(int option, char *const *argv)
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
            report_unknown(option, argv);
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
    if (width > COLUMN - 2) {
        putc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", COLUMN - width, "");
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
          "Reads profiles of Python programs, adds them up and writes one report.\n"
          "\n"
          "A FILE may be compressed by gzip. A directory stands for the profiles below it,\n"
          "- for standard input.\n",
          out);
    for (enum group group = 0; group < GROUP_COUNT; group++) {
        fprintf(out, "\n%s\n", group_titles[group]);
        for (const option_row *row = rows; row < rows + ROW_COUNT; row++)
            if (row->group == group)
                print_row(out, row);
    }
    fputs("\n"
          "RE is a POSIX extended regular expression. A function matches if RE is found in\n"
          "its name or in file:name. If a function has several callers, filters divide its\n"
          "cost among them in proportion to what their calls cost.\n"
          "\n"
          "Reports:\n",
          out);
    for (size_t i = 0; hp_report_at(i); i++)
        fprintf(out, "  %-12s %s%s\n", hp_report_at(i)->name, hp_report_at(i)->description,
                i == 0 ? " (the default)" : "");
    fputs("\nInputs, recognised by their content:\n", out);
    for (size_t i = 0; hp_format_at(i); i++)
        fprintf(out, "  %-12s %s\n", hp_format_at(i)->name, hp_format_at(i)->description);
    fputs("\n"
          "Exit status: 0 if all inputs were read; 1 if nothing could be read or the output\n"
          "could not be written; 2 if the command line is wrong; 3 if the report was\n"
          "written but an input was cut short, damaged or not readable.\n",
          out);
}
