// SPDX-License-Identifier: MIT
#include "options.h"

#include "tell.h"

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

static bool set_choice(int *to, const char *value, const char *const *names, int count)
{
    for (*to = 0; *to < count; ++*to)
        if (strcmp(value, names[*to]) == 0)
            return true;
    return false;
}

static bool set_when(void *to, const char *value)
{
    static const char *const names[] = {
        [HP_AUTO] = "auto", [HP_ALWAYS] = "always", [HP_NEVER] = "never"};
    int choice;

    if (!set_choice(&choice, value, names, sizeof names / sizeof *names))
        return false;
    *(hp_when *)to = (hp_when)choice;
    return true;
}

static bool set_sort(void *to, const char *value)
{
    static const char *const names[] = {
        [HP_SORT_SELF] = "self",
        [HP_SORT_INCLUSIVE] = "inclusive",
        [HP_SORT_CALLS] = "calls",
        [HP_SORT_NAME] = "name",
    };
    int choice;

    if (!set_choice(&choice, value, names, sizeof names / sizeof *names))
        return false;
    *(hp_sort *)to = (hp_sort)choice;
    return true;
}

static bool set_report(void *to, const char *value)
{
    return (*(const hp_report **)to = hp_report_find(value)) != NULL;
}

typedef struct option_row {
    int letter; /* 0: none */
    const char *name;
    const char *value; /* what --help calls it; NULL: the option has none */
    setter *set;
    const char *expected; /* what a value must be */
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
    {0, "node-threshold", "PERCENT", set_percent, "0 to 100 percent",
     MEMBER(options.node_threshold), "leave functions out of the call graph that cost less"},
    {0, "edge-threshold", "PERCENT", set_percent, "0 to 100 percent",
     MEMBER(options.edge_threshold), "likewise calls from one function to another"},
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
    {0, "file-limit", "N", set_count, "a number", MEMBER(file_limit), "stop after N input files"},
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

bool hp_options_parse(hp_settings *settings, int argc, char **argv, int *first)
{
    struct option options[ROW_COUNT + 1] = {{0}};
    char letters[2 * ROW_COUNT + 1], *end = letters;

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

        if (!row)
            return false;
        if (!row->set((char *)settings + row->member, optarg)) {
            hp_tell(NULL, "--%s: expected %s, found '%s'", row->name, row->expected, optarg);
            return false;
        }
        if (settings->help || settings->version)
            break;
    }
    *first = optind;
    return true;
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
