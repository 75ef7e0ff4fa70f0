// SPDX-License-Identifier: MIT
/* Whatever the arguments are, one a line: no crash, and what was taken is what the other parts of
 * the program rely on. */
#include "command/options.h"
#include "fuzz/fuzz.h"

#include <getopt.h>

enum { ARGUMENTS_MAX = 64 };

/* Six digits before the point, of inches at most. */
static void check_length(const hp_length *length)
{
    check(!length->given || (length->points >= 0 && length->points <= 72e6));
}

static void check_threshold(const hp_threshold *threshold)
{
    check(!threshold->given || (threshold->percent >= 0 && threshold->percent <= 100));
}

static void check_settings(const hp_settings *settings)
{
    const hp_report_options *options = &settings->options;
    const hp_paper *paper = &options->paper;

    check(!settings->report || hp_report_find(settings->report->name) == settings->report);
    check(settings->output && settings->progress <= HP_NEVER && settings->color <= HP_NEVER);
    check(options->sort <= HP_SORT_NAME && options->theme <= HP_THEME_PRINT);
    check_threshold(&options->node_threshold);
    check_threshold(&options->edge_threshold);
    check(paper->paging <= HP_ATLAS && paper->orientation <= HP_LANDSCAPE);
    check(hp_paper_pages(paper) >= 1 && hp_paper_pages(paper) <= HP_PAGES_MAX);
    check((paper->rows == 0) == (paper->columns == 0));
    check(paper->size.width >= 0 && paper->size.width <= paper->size.height);
    check(hp_paper_min_font(paper) > 0 && hp_paper_min_font(paper) <= 72);
    check_length(&paper->overlap);
    for (size_t i = 0; i < settings->bases.count; i++)
        check(settings->bases.items[i] != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    hp_settings settings = {.output = "-"};
    char *text = malloc(size + 1), *arguments[ARGUMENTS_MAX + 2] = {"hotreport"};
    FILE *told = stderr;
    int count = 1, first = 0;

    check(text != NULL);
    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    check(nowhere != NULL);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)(data[i] == '\n' ? '\0' : data[i]);
    text[size] = '\0';
    for (size_t at = 0; at < size && count <= ARGUMENTS_MAX; at += strlen(text + at) + 1)
        arguments[count++] = text + at;
    optind = 0;       /* begins anew */
    stderr = nowhere; /* to tell */
    if (hp_options_parse(&settings, count, arguments, &first) == HP_OK) {
        check(first >= 1 && first <= count);
        check(settings.report || settings.help || settings.version || first == count);
        check_settings(&settings);
    }
    stderr = told;
    free(settings.bases.items);
    free(text);
    return 0;
}
