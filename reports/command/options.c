// SPDX-License-Identifier: MIT
#include "command/options.h"

#include "command/tell.h"
#include "words.h"

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
    return errno == 0 && *value >= '0' && *value <= '9' && *end == '\0' && number > 0 &&
           number <= SIZE_MAX;
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
    return set_count(to, value) && *(size_t *)to <= HP_PAGES_MAX;
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

/* A word that is the value of an option, and what it stands for. */
typedef struct choice {
    const char *word;
    int value;
} choice;

static bool set_choice(int *to, const char *value, const choice *choices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(value, choices[i].word) == 0) {
            *to = choices[i].value;
            return true;
        }
    return false;
}

/* Defines set_NAME, which sets an enumeration, and NAME_word, which lists the words. */
#define CHOICES(name, type, ...)                                                                   \
    static const choice name##_choices[] = {__VA_ARGS__};                                          \
                                                                                                   \
    static bool set_##name(void *to, const char *value)                                            \
    {                                                                                              \
        int chosen;                                                                                \
                                                                                                   \
        if (!set_choice(&chosen, value, name##_choices,                                            \
                        sizeof name##_choices / sizeof *name##_choices))                           \
            return false;                                                                          \
        *(type *)to = (type)chosen;                                                                \
        return true;                                                                               \
    }                                                                                              \
                                                                                                   \
    static const char *name##_word(const void *list, size_t index)                                 \
    {                                                                                              \
        (void)list;                                                                                \
        return index < sizeof name##_choices / sizeof *name##_choices ? name##_choices[index].word \
                                                                      : NULL;                      \
    }

CHOICES(when, hp_when, {"auto", HP_AUTO}, {"always", HP_ALWAYS}, {"never", HP_NEVER})
/* Those from "time" on are pstats' names. */
CHOICES(sort, hp_sort, {"self", HP_SORT_SELF}, {"inclusive", HP_SORT_INCLUSIVE},
        {"calls", HP_SORT_CALLS}, {"name", HP_SORT_NAME}, {"time", HP_SORT_SELF},
        {"tottime", HP_SORT_SELF}, {"cumulative", HP_SORT_INCLUSIVE},
        {"cumtime", HP_SORT_INCLUSIVE}, {"ncalls", HP_SORT_CALLS})
CHOICES(paging, hp_paging, {"tile", HP_TILE}, {"atlas", HP_ATLAS})
CHOICES(orientation, hp_orientation, {"auto", HP_ORIENTATION_AUTO}, {"portrait", HP_PORTRAIT},
        {"landscape", HP_LANDSCAPE})
CHOICES(theme, hp_theme, {"heat", HP_THEME_HEAT}, {"print", HP_THEME_PRINT})

static bool set_report(void *to, const char *value)
{
    return (*(const hp_report **)to = hp_report_find(value)) != NULL;
}

static const char *report_word(const void *list, size_t index)
{
    (void)list;
    return hp_report_at(index) ? hp_report_at(index)->name : NULL;
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
    unsigned uses; /* HP_USES_...: only reports that use this have a use for the option; 0: all */
    int letter;    /* 0: none */
    const char *name;
    const char *value; /* its name in --help; NULL: the option has none */
    setter *set;
    const char *expected; /* for the message if set fails; NULL: see word */
    hp_word_at *word;     /* lists what is allowed; NULL, and no expected: set fails only without
                             memory */
    size_t member;        /* the offset in hp_settings of what it sets */
    const char *help;     /* lines of at most 55 characters; ": a, b or c" at the end are the values
                             that completion offers */
} option_row;

/* The setter and what it expects. */
#define FLAG NULL, set_flag, NULL, NULL
#define TEXT_OF(value) value, set_text, NULL, NULL
#define ONE_OF(value, name) value, set_##name, NULL, name##_word
#define VALUE_OF(value, name, expected) value, set_##name, expected, NULL

#define MEMBER(member) offsetof(hp_settings, member)

static const option_row rows[] = {
    {GENERAL, 0, 'f', "format", ONE_OF("FORMAT", report), MEMBER(report),
     "the report to write (see below); default: what the name\nof the output stands for"},
    {GENERAL, 0, 'o', "output", TEXT_OF("FILE"), MEMBER(output),
     "write to FILE instead of standard output"},
    {GENERAL, HP_USES_EVENT, 0, "event", TEXT_OF("NAME"), MEMBER(options.event),
     "rank by this event, such as Time or Hits; default: the\nfirst event of the profile"},
    {GENERAL, 0, 0, "base", "FILE", add_path, NULL, NULL, MEMBER(bases),
     "show the difference from FILE; several bases are added\nup"},
    {GENERAL, 0, 0, "file-limit", VALUE_OF("N", count, "a number from 1"), MEMBER(file_limit),
     "read at most N files"},
    {GENERAL, 0, 0, "threads", VALUE_OF("N", count, "a number from 1"), MEMBER(threads),
     "read with N threads; default: one for each processor"},
    {GENERAL, 0, 0, "threads-apart", FLAG, MEMBER(threads_apart),
     "do not add up the threads of sampled profiles"},
    {GENERAL, 0, 0, "all", FLAG, MEMBER(options.all),
     "show what is otherwise left out: all lines of sources,\nand the frames <native> of sampled "
     "profiles"},
    {GENERAL, 0, 0, "progress", ONE_OF("WHEN", when), MEMBER(progress),
     "show progress: auto, always or never"},
    {GENERAL, 0, 0, "no-pager", FLAG, MEMBER(no_pager),
     "do not show the report with a pager on a terminal"},
    {GENERAL, 0, 'q', "quiet", FLAG, MEMBER(quiet), "do not print warnings"},
    {GENERAL, 0, 'v', "verbose", FLAG, MEMBER(verbose), "say what each input is"},
    {GENERAL, 0, 'h', "help", FLAG, MEMBER(help), "print this text"},
    {GENERAL, 0, 0, "version", FLAG, MEMBER(version), "print the version"},

    {TEXT, HP_USES_SORT, 0, "sort", ONE_OF("BY", sort), MEMBER(options.sort),
     "order of the flat profile, by one of these or a name\nthat pstats has for it: self, "
     "inclusive, calls or name"},
    {TEXT, HP_USES_LIMIT, 'n', "limit", VALUE_OF("N", count, "a number from 1"),
     MEMBER(options.limit),
     "show only the first N functions, in the flat profile\nand in the call graph"},
    {TEXT, HP_USES_THRESHOLDS, 0, "node-threshold",
     VALUE_OF("PERCENT", threshold, "0 to 100 percent"), MEMBER(options.node_threshold),
     "leave functions below this share of the cost out of the\ncall graph; default: 0, in drawings "
     "0.5"},
    {TEXT, HP_USES_THRESHOLDS, 0, "edge-threshold",
     VALUE_OF("PERCENT", threshold, "0 to 100 percent"), MEMBER(options.edge_threshold),
     "leave out calls below this share; default: 0, in\ndrawings 0.1"},
    {TEXT, HP_USES_TEXT, 0, "brief", FLAG, MEMBER(options.brief), "leave out the explanations"},
    {TEXT, HP_USES_SOURCES, 0, "source-path", TEXT_OF("DIR"), MEMBER(options.source_path),
     "look for source files in DIR first"},
    {TEXT, HP_USES_TEXT, 0, "color", ONE_OF("WHEN", when), MEMBER(color),
     "colour what costs much: auto, always or never"},

    {DRAWINGS, HP_USES_CHART, 0, "max-nodes", VALUE_OF("N", count, "a number from 1"),
     MEMBER(options.max_nodes),
     "draw the N most expensive functions; default: as\nmany as the paper holds"},
    {DRAWINGS, HP_USES_CHART, 0, "pages", VALUE_OF("N", pages, "a number from 1 to 1000"),
     MEMBER(options.paper.pages), "draw on N sheets of paper"},
    {DRAWINGS, HP_USES_CHART, 0, "paging", ONE_OF("HOW", paging), MEMBER(options.paper.paging),
     "cut a poster into sheets, or draw sheets that refer to\neach other: tile or atlas"},
    {DRAWINGS, HP_USES_CHART, 0, "grid", VALUE_OF("RxC", grid, "rows x columns, such as 2x3"),
     MEMBER(options.paper), "R rows and C columns of sheets; default: like a square"},
    {DRAWINGS, HP_USES_CHART, 0, "page-size",
     VALUE_OF("SIZE", page_size, "a4, letter, a3 or WxH in mm, in or pt"),
     MEMBER(options.paper.size),
     "width and height, such as 210x297mm, or one of these\nnames: a4, letter or a3"},
    {DRAWINGS, HP_USES_CHART, 0, "orientation", ONE_OF("HOW", orientation),
     MEMBER(options.paper.orientation), "of the sheets: auto, portrait or landscape"},
    {DRAWINGS, HP_USES_SHEETS, 0, "overlap",
     VALUE_OF("LENGTH", overlap, "auto or a length, such as 10mm"), MEMBER(options.paper.overlap),
     "overlap of tiles, such as 10mm; default: auto, none"},
    {DRAWINGS, HP_USES_SHEETS, 0, "overview", FLAG, MEMBER(options.paper.overview),
     "add a sheet that shows all tiles"},
    {DRAWINGS, HP_USES_CHART, 0, "no-index", FLAG, MEMBER(options.paper.no_index),
     "leave out the index of the sheets"},
    {DRAWINGS, HP_USES_CHART, 0, "min-font", VALUE_OF("PT", font, "a size of type in points"),
     MEMBER(options.paper.min_font), "the smallest readable type, in points; default: 7"},
    {DRAWINGS, HP_USES_CHART, 0, "theme", ONE_OF("NAME", theme), MEMBER(options.theme),
     "colours or greys: heat or print"},
    {DRAWINGS, HP_USES_CHART, 0, "title", TEXT_OF("TEXT"), MEMBER(options.title),
     "the heading; default: the names of the inputs"},

    {FILTERS, 0, 0, "root", TEXT_OF("RE"), MEMBER(options.filters.root),
     "keep matching functions and what they call"},
    {FILTERS, 0, 0, "leaf", TEXT_OF("RE"), MEMBER(options.filters.leaf),
     "keep matching functions and their callers"},
    {FILTERS, 0, 0, "focus", TEXT_OF("RE"), MEMBER(options.filters.focus),
     "keep calls on a path through a matching function"},
    {FILTERS, 0, 0, "ignore", TEXT_OF("RE"), MEMBER(options.filters.ignore),
     "remove matching functions and what only they call"},
    {FILTERS, 0, 0, "hide", TEXT_OF("RE"), MEMBER(options.filters.hide),
     "make matching functions part of their callers"},
    {FILTERS, 0, 0, "show", TEXT_OF("RE"), MEMBER(options.filters.show),
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

static const char *option_word(const void *list, size_t index)
{
    (void)list;
    return index < ROW_COUNT ? rows[index].name : NULL;
}

/* Says why an option cannot be set. value: NULL if it is missing. */
static hp_status report_value(const option_row *row, const char *value)
{
    char expected[400];

    if (value && !row->expected && !row->word) {
        hp_tell(NULL, "out of memory");
        return HP_NO_MEMORY;
    }
    if (row->word)
        hp_word_expected(expected, sizeof expected, row->word, NULL, value);
    else
        snprintf(expected, sizeof expected, "expected %s",
                 row->expected ? row->expected : row->value);
    if (row->word || !value)
        hp_tell(NULL, "--%s: %s", row->name, expected);
    else
        hp_tell(NULL, "--%s: %s, found '%s'", row->name, expected, value);
    return HP_UNRECOGNISED;
}

/* The option that was probably meant by "--NAME" or "--NAME=VALUE"; or NULL. */
static const char *nearest_option(const char *argument)
{
    char name[64];

    argument += strspn(argument, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    return hp_word_nearest(option_word, NULL, name);
}

/* Says that there is no such option. */
static void report_unknown(const char *argument)
{
    static const char expected[] = "expected an option that --help lists";
    const char *nearest = optopt ? NULL : nearest_option(argument);

    if (optopt && !row_of(optopt)) /* a letter */
        hp_tell(NULL, "%s, found '-%c'", expected, optopt);
    else if (nearest)
        hp_tell(NULL, "%s, found '%s'; did you mean --%s?", expected, argument, nearest);
    else
        hp_tell(NULL, "%s, found '%s'", expected, argument);
}

/* Names the options that were given and that the report does not use. */
static void report_ignored(const hp_report *report, const bool *given)
{
    char names[32 * ROW_COUNT] = "";
    size_t length = 0;

    for (size_t i = 0; i < ROW_COUNT; i++)
        if (given[i] && rows[i].uses && !(rows[i].uses & report->uses))
            length += (size_t)snprintf(names + length, sizeof names - length, "%s--%s",
                                       length ? ", " : "", rows[i].name);
    if (length)
        hp_tell(NULL, "the report %s ignores %s", report->name, names);
}

/* Sets the report if --format does not. */
static void choose_report(hp_settings *settings)
{
    const char *output = settings->output;
    size_t length = strlen(output);

    if (!settings->report)
        settings->report = hp_report_for_file(output);
    if (!settings->report)
        settings->report = hp_report_at(0);
    if (!settings->quiet && length > 3 && strcmp(output + length - 3, ".gz") == 0)
        hp_tell(output, "is written without compression, whatever its name");
}

hp_status hp_options_parse(hp_settings *settings, int argc, char **argv, int *first)
{
    struct option options[ROW_COUNT + 1] = {{0}};
    char letters[2 * ROW_COUNT + 2] = ":", *end = letters + 1;
    bool given[ROW_COUNT] = {false};

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
        const bool missing = option == ':'; /* the value */
        const option_row *row = row_of(missing ? optopt : option);

        if (!row) {
            report_unknown(argv[optind - 1]);
            return HP_UNRECOGNISED;
        }
        if (missing || !row->set((char *)settings + row->member, optarg))
            return report_value(row, missing ? NULL : optarg);
        given[row - rows] = true;
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
    if (!settings->help && !settings->version && *first < argc) {
        choose_report(settings);
        if (!settings->quiet)
            report_ignored(settings->report, given);
    }
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
          "RE is a POSIX extended regular expression and may use what PCRE2 adds to them.\n"
          "A function matches if RE is found in its name or in file:name. If a function has\n"
          "several callers, filters divide its cost among them in proportion to what their\n"
          "calls cost.\n"
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
