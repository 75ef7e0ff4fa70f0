// SPDX-License-Identifier: MIT
#include "text/summary.h"

#include "escape.h"

#include <inttypes.h>
#include <string.h>

/* Prints "0.5 of 2 seconds (25.00 %)" after what; false if nothing was left out. */
static bool print_left_out(FILE *out, const char *what, const hp_callgraph *graph,
                           const hp_scale *scale, const hp_profile *unfiltered, uint64_t total)
{
    uint64_t before = unfiltered && hp_profile_event_count(unfiltered)
                          ? hp_profile_total(unfiltered)[graph->event]
                          : 0;

    if (before <= total)
        return false;
    fprintf(out, "%s%s of %s%s (%s %%)", what,
            hp_number_shown(hp_scale_cost(scale, before - total)).text,
            hp_number_shown(hp_scale_cost(scale, before)).text, scale->time ? " seconds" : "",
            hp_number_shown(hp_number_rounded(100.0 * (double)(before - total) / (double)before, 2))
                .text);
    return true;
}

/* "2170", and in interval how long it was from one to the next, 0 if that is not known. False if
 * nothing of the profile was sampled. */
static bool find_samples(const hp_profile *profile, uint64_t *samples, uint64_t *interval)
{
    bool sampled = false;

    *samples = *interval = 0;
    for (size_t i = 0; i < hp_profile_input_count(profile); i++) {
        const hp_input *input = hp_profile_input(profile, i);

        *interval = !sampled || *interval == input->interval ? input->interval : 0;
        sampled = sampled || input->sampled;
    }
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        if (hp_profile_event(profile, e)->unit == HP_SAMPLES)
            *samples = hp_profile_total(profile)[e];
    return sampled;
}

/* "Times are estimated from 2170 samples, one a millisecond" or "Times are measured". */
static void print_origin(FILE *out, const hp_profile *profile)
{
    uint64_t samples, interval;

    if (!find_samples(profile, &samples, &interval)) {
        fputs("Times are measured", out);
        return;
    }
    fputs("Times are estimated from ", out);
    if (samples)
        fprintf(out, "%" PRIu64 " sample%s", samples, samples == 1 ? "" : "s");
    else
        fputs("samples", out);
    if (interval == 1000000)
        fputs(", one a millisecond", out);
    else if (interval)
        fprintf(
            out, ", one each %s ms",
            hp_number_shown(hp_number_rounded((double)interval / 1e6, interval % 1000000 ? 3 : 0))
                .text);
}

static void print_count(FILE *out, const hp_callgraph *graph, const hp_scale *scale)
{
    const hp_event *event = hp_profile_event(graph->profile, graph->event);
    bool samples = event->unit == HP_SAMPLES && strcmp(event->name, "Samples") == 0;
    bool bytes = event->unit == HP_BYTES;
    char name[200];

    fprintf(out, "Costs are %s", samples ? "samples" : bytes ? "bytes" : "counts");
    hp_string_escape(hp_string_of(event->name), name, sizeof name);
    if (!samples && !(bytes && strcmp(name, "Bytes") == 0))
        fprintf(out, " of %s", name);
    fprintf(out, ": %s in all", hp_number_shown(hp_scale_cost(scale, graph->total)).text);
}

static void print_threads(FILE *out, const hp_callgraph *graph)
{
    const hp_profile *profile = graph->profile;
    uint64_t threads = 0;

    for (size_t i = 0; i < hp_profile_input_count(profile); i++)
        if (hp_profile_input(profile, i)->sampled)
            threads += hp_profile_input(profile, i)->threads;
    if (threads > 1 && hp_profile_event(profile, graph->event)->unit != HP_BYTES)
        fprintf(out, "They add up %" PRIu64 " threads, so they may exceed the time that passed.\n",
                threads);
}

void hp_print_totals(FILE *out, const hp_callgraph *graph, const hp_scale *scale,
                     const hp_report_options *options)
{
    if (graph->total == 0 && graph->base_total == 0) {
        fputs("No costs were recorded, only calls.\n", out);
    } else {
        if (scale->time) {
            print_origin(out, graph->profile);
            fprintf(out, ": %s seconds in all",
                    hp_number_shown(hp_scale_cost(scale, graph->total)).text);
        } else {
            print_count(out, graph, scale);
        }
        if (graph->base)
            fprintf(out, ", %s in the base: %s (%s %%)",
                    hp_number_shown(hp_scale_cost(scale, graph->base_total)).text,
                    hp_number_shown(hp_scale_change(scale, graph->total, graph->base_total)).text,
                    hp_number_shown(
                        hp_number_signed(
                            hp_callgraph_change_percent(graph, graph->total, graph->base_total), 2))
                        .text);
        fputs(".\n", out);
        print_threads(out, graph);
    }
    if (print_left_out(out, "The filters left out ", graph, scale, options->unfiltered,
                       graph->total))
        fputs(".\n", out);
    if (print_left_out(out, "Of the base they left out ", graph, scale, options->unfiltered_base,
                       graph->base_total))
        fputs(".\n", out);
}

static void print_missing(FILE *out, const hp_callgraph *graph, uint32_t count)
{
    if (count < graph->arc_count)
        fprintf(out, "For %" PRIu32 " of %" PRIu32 " pairs of functions, the input does not say ",
                count, graph->arc_count);
    else
        fputs("The input does not say ", out);
}

void hp_print_estimates(FILE *out, const hp_callgraph *graph, const hp_scale *scale)
{
    if (graph->estimated_count == 0)
        return;
    print_missing(out, graph, graph->estimated_count);
    fprintf(out, "what calls cost:\nall calls of a function share its %s equally.\n", scale->noun);
}

void hp_print_unknown_calls(FILE *out, const hp_callgraph *graph)
{
    if (graph->unknown_count == 0)
        return;
    print_missing(out, graph, graph->unknown_count);
    fputs("how many calls there were:\nsuch numbers are left blank.\n", out);
}
