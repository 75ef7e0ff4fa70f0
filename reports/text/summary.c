// SPDX-License-Identifier: MIT
#include "text/summary.h"

#include "escape.h"

#include <inttypes.h>

/* Prints "0.5 of 2 seconds (25.00 %)" after what; false if nothing was left out. */
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
    const hp_event *event = hp_profile_event(graph->profile, graph->event);
    char name[200];

    hp_string_escape(hp_string_of(event->name), name, sizeof name);
    fprintf(out, "Costs are %s of %s: %s in all", event->unit == HP_BYTES ? "bytes" : "counts",
            name, hp_scale_cost(scale, graph->total).text);
}

void hp_print_totals(FILE *out, const hp_callgraph *graph, const hp_scale *scale,
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
