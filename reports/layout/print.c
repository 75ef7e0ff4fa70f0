// SPDX-License-Identifier: MIT
#include "layout/print.h"

#include "layout/lay_out.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* The largest type, so that few functions do not look like a poster. */
static const double type_max = 11;

/* If paper is left, functions are drawn down to this threshold, in percent. */
static const double least_threshold = 0.1;

/* No functions are left out for larger type below this number; and no more than this many are ever
 * tried. */
enum { FUNCTIONS_MIN = 8, FUNCTIONS_MAX = 20000 };

/* With more functions than this, fewer numbers of them are tried. */
enum { MANY = 700 };

/* The type is found to this part of it. */
static const double type_precision = 1.01;

HP_PRINTF(2, 3) static void warn(const hp_print *print, const char *format, ...)
{
    const hp_listener *listener = &print->chart.options->listener;
    char message[240];
    va_list arguments;

    if (!listener->warn)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    listener->warn(listener->context, message);
}

double hp_print_type(const hp_print *print)
{
    return print->scale * HP_TYPE_SIZE;
}

/* --- Trials -------------------------------------------------------------------------------- */

/* What is tried. */
struct trial {
    uint32_t functions;
    size_t pages;
    double scale;
    double part;   /* of the height of the sheets */
    double filled; /* as in hp_room */
};

/* Larger pieces mean fewer calls from sheet to sheet, smaller ones fill the sheets better. */
static const double pieces[] = {1, 0.75, 0.5, 0.35};
enum { PIECE_COUNT = sizeof pieces / sizeof *pieces };

/* More of the paper than this is not filled by any program; chains in larger type fill more. */
static const double filled_max = 0.62, filled_by_chains = 0.85;

static hp_room room_of(const hp_print *print, const struct trial *trial, double piece)
{
    const hp_paper *paper = &print->chart.options->paper;

    return (hp_room){.area = {print->grid.area.width / trial->scale,
                              print->grid.area.height / trial->scale * trial->part},
                     .sheets = (uint32_t)trial->pages,
                     .columns = paper->paging == HP_TILE ? (uint32_t)print->grid.columns : 0,
                     .above = print->grid.heading / trial->scale,
                     .border = print->grid.area.height / trial->scale,
                     .piece = piece,
                     .filled = trial->filled};
}

/* most: set to the number of functions whose boxes alone fill the paper, if that is smaller; or
 * NULL. */
static hp_status try(hp_print *print, const struct trial *trial, bool *fits, uint32_t *most,
                     hp_error *error)
{
    const hp_listener *listener = &print->chart.options->listener;
    hp_status status = HP_OK;

    *fits = false;
    if (listener->working)
        listener->working(listener->context, "laying out the graph");
    if (trial->functions != print->chart.node_count)
        status = hp_chart_show(&print->chart, trial->functions, error);
    for (size_t i = 0; status == HP_OK && !*fits && i < PIECE_COUNT; i++) {
        hp_room room = room_of(print, trial, pieces[i]);
        hp_layout layout;

        status = hp_layout_build(&layout, &print->chart, &room, true, error);
        *fits = layout.fits;
        if (most)
            *most = layout.box_count;
        hp_layout_free(&layout);
    }
    return status;
}

/* The next number of functions that is tried after one that is too large. Many take long to try. */
static uint32_t fewer(uint32_t functions)
{
    return functions - 1 - functions / (functions > MANY ? 10 : 32);
}

/* Finds the most functions that fit. More may fit where fewer do not, so all numbers on a ladder
 * are tried, from the top. It is the same for any number of sheets: more of them never have fewer
 * functions. */
static hp_status find_functions(hp_print *print, struct trial *trial, hp_error *error)
{
    uint32_t low = print->chart.node_max, high = low;
    hp_status status = HP_OK;
    bool fits = false;

    while (status == HP_OK && !fits && low > FUNCTIONS_MIN) {
        uint32_t most = UINT32_MAX;

        trial->functions = low;
        status = try(print, trial, &fits, &most, error);
        if (fits)
            break;
        do {
            high = low;
            low = fewer(low);
        } while (low > most);
    }
    low = low > FUNCTIONS_MIN || fits ? low : FUNCTIONS_MIN;
    while (status == HP_OK && low + 1 < high && low <= MANY) {
        trial->functions = low + (high - low) / 2;
        status = try(print, trial, &fits, NULL, error);
        if (fits)
            low = trial->functions;
        else
            high = trial->functions;
    }
    trial->functions = low < print->chart.node_max ? low : print->chart.node_max;
    return status;
}

/* Finds the largest type in which the functions fit. */
static hp_status find_type(hp_print *print, struct trial *trial, double legible, hp_error *error)
{
    double low = legible / HP_TYPE_SIZE, high = fmax(type_max / HP_TYPE_SIZE, low);
    hp_status status;
    bool fits;

    trial->filled = filled_by_chains;
    trial->scale = high;
    status = try(print, trial, &fits, NULL, error);
    if (fits)
        return status;
    trial->scale = low;
    status = status == HP_OK ? try(print, trial, &fits, NULL, error) : status;
    while (status == HP_OK && !fits && low > 1e-3) {
        high = low;
        trial->scale = low *= 0.8;
        status = try(print, trial, &fits, NULL, error);
    }
    while (status == HP_OK && low * type_precision < high) {
        trial->scale = sqrt(low * high);
        status = try(print, trial, &fits, NULL, error);
        if (fits)
            low = trial->scale;
        else
            high = trial->scale;
    }
    trial->scale = low;
    return status;
}

/* Finds how little of the height of the sheets is enough, so that the last one has its share. */
static hp_status balance(hp_print *print, struct trial *trial, hp_error *error)
{
    double low = 0.4, high = 1;
    hp_status status = HP_OK;
    enum { ROUNDS = 5 };

    trial->filled = filled_by_chains;
    for (int round = 0; status == HP_OK && trial->pages > 1 && round < ROUNDS; round++) {
        bool fits;

        trial->part = (low + high) / 2;
        status = try(print, trial, &fits, NULL, error);
        if (fits)
            high = trial->part;
        else
            low = trial->part;
    }
    trial->part = high;
    return status;
}

/* --- The print ----------------------------------------------------------------------------- */

static hp_status build(hp_print *print, const struct trial *trial, hp_error *error)
{
    hp_status status = HP_OK;

    print->scale = trial->scale;
    if (trial->functions != print->chart.node_count)
        status = hp_chart_show(&print->chart, trial->functions, error);
    for (size_t i = 0; status == HP_OK && i < PIECE_COUNT; i++) {
        hp_room room = room_of(print, trial, pieces[i]);

        hp_layout_free(&print->layout);
        status = hp_layout_build(&print->layout, &print->chart, &room, false, error);
        if (print->layout.fits)
            break;
    }
    return status;
}

static void tell_of_paper(const hp_print *print, size_t pages, double legible)
{
    size_t used = print->layout.atlas.sheet_count;

    if (used < pages)
        warn(print, "%zu sheet%s, not %zu: no more functions are drawn", used, used == 1 ? "" : "s",
             pages);
    if (hp_print_type(print) < legible - 0.05) {
        double more = legible / hp_print_type(print);
        double enough = ceil((double)pages * more * more);

        if (enough <= HP_PAGES_MAX)
            warn(print,
                 "the smallest type is %.1f pt: --pages=%.0f --max-nodes=%u would keep it at %.0f",
                 hp_print_type(print), enough, (unsigned)print->chart.node_count, legible);
        else
            warn(print, "the smallest type is %.1f pt: fewer functions (--max-nodes) are legible",
                 hp_print_type(print));
    }
}

static hp_status fill_paper(hp_print *print, hp_error *error)
{
    const hp_report_options *options = print->chart.options;
    const hp_paper *paper = &options->paper;
    double legible = hp_paper_min_font(paper);
    size_t pages = hp_paper_pages(paper);
    struct trial trial = {print->chart.node_max, pages, legible / HP_TYPE_SIZE, 1, filled_max};
    hp_status status = HP_OK;

    print->grid = hp_paper_grid(paper, pages);
    if (!options->max_nodes)
        status = find_functions(print, &trial, error);
    if (status == HP_OK &&
        (trial.functions == print->chart.node_max || trial.functions <= FUNCTIONS_MIN))
        status = find_type(print, &trial, legible, error);
    if (status == HP_OK)
        status = build(print, &trial, error);
    if (status == HP_OK && print->layout.atlas.sheet_count < pages) {
        trial.pages = print->layout.atlas.sheet_count;
        print->grid = hp_paper_grid(paper, trial.pages);
    }
    if (status == HP_OK)
        status = balance(print, &trial, error);
    if (status == HP_OK)
        status = build(print, &trial, error);
    if (status == HP_OK)
        tell_of_paper(print, pages, legible);
    return status;
}

/* Without paper, the drawing is somewhat wider than high. */
static hp_status draw_freely(hp_print *print, hp_error *error)
{
    double width = 60 * sqrt((double)print->chart.node_count) + 250;
    const hp_room room = {.area = {width, 0}, .sheets = 1, .piece = 1, .filled = 1};

    print->scale = 1.2;
    return hp_layout_build(&print->layout, &print->chart, &room, false, error);
}

hp_status hp_print_make(hp_print *print, const hp_profile *profile,
                        const hp_report_options *options, bool on_paper, hp_error *error)
{
    size_t most = options->max_nodes ? options->max_nodes
                  : on_paper         ? FUNCTIONS_MAX
                                     : HP_FUNCTIONS_A_SHEET;
    bool lower = on_paper && !options->max_nodes && !options->base;
    hp_status status;

    *print = (hp_print){.scale = 1};
    status = hp_chart_build(&print->chart, profile, options, most,
                            lower ? least_threshold : hp_chart_threshold, error);
    if (status == HP_OK)
        status = on_paper ? fill_paper(print, error) : draw_freely(print, error);
    return status;
}

void hp_print_free(hp_print *print)
{
    hp_layout_free(&print->layout);
    hp_chart_free(&print->chart);
}
