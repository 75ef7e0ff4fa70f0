// SPDX-License-Identifier: MIT
#include "hotshot/trace.h"

#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

/* What a function, a cell and a call take at most, with their names, their rows in the profile and
 * all that helps to find and to sort them. */
enum { FUNCTION_MEMORY = 320, CELL_MEMORY = 72, CALL_MEMORY = 96 };

/* A cell for a line that has none yet. */
static bool new_cell(hp_trace *trace, hp_function_id function, uint64_t line, uint32_t *cell)
{
    if (trace->cell_count == UINT32_MAX ||
        !hp_array_reserve(&trace->cells, &trace->cell_capacity, trace->cell_count + 1,
                          sizeof *trace->cells) ||
        !hp_array_reserve(&trace->lines, &trace->line_capacity, trace->cell_count + 1,
                          sizeof *trace->lines))
        return false;
    *cell = (uint32_t)trace->cell_count++;
    trace->cells[*cell] = (struct hp_trace_cell){0, 0};
    trace->lines[*cell] = (hp_line){function, line};
    return true;
}

bool hp_trace_add_function(hp_trace *trace, uint64_t first_line)
{
    hp_function_id id = (hp_function_id)trace->function_count;
    struct hp_trace_function *function;

    if (!hp_array_reserve(&trace->functions, &trace->function_capacity, trace->function_count + 1,
                          sizeof *trace->functions))
        return false;
    function = &trace->functions[id];
    *function = (struct hp_trace_function){.first_line = first_line};
    if (!new_cell(trace, id, first_line, &function->first_cell))
        return false;
    trace->function_count++;
    return true;
}

bool hp_trace_init(hp_trace *trace, uint64_t bottom_line, size_t table_lines)
{
    *trace = (hp_trace){.span_left = table_lines};
    if (!hp_trace_add_function(trace, bottom_line) ||
        !hp_array_reserve(&trace->calls, &trace->call_capacity, 1, sizeof *trace->calls) ||
        !hp_trace_grow_frames(trace))
        return false;
    trace->call_count = 1; /* 0 is none */
    trace->functions[0].active = 1;
    return true;
}

/* Frees what serves to find lines and calls. */
static void free_indexes(hp_trace *trace)
{
    for (size_t i = 0; i < trace->function_count; i++) {
        free(trace->functions[i].cells);
        trace->functions[i].cells = NULL;
    }
    hp_index_free(&trace->far_cells);
    hp_index_free(&trace->call_index);
}

void hp_trace_free(hp_trace *trace)
{
    free_indexes(trace);
    free(trace->functions);
    free(trace->cells);
    free(trace->lines);
    free(trace->calls);
    free(trace->frames);
}

/* Gives the function's table room for the line, unless that would cost too much. */
static bool grow_span(hp_trace *trace, struct hp_trace_function *function, uint64_t at)
{
    size_t span = function->span ? function->span : 4;
    uint32_t *cells;

    if (at >= trace->span_left + function->span)
        return false;
    while (span <= at)
        span *= 2;
    if (span - function->span > trace->span_left)
        return false;
    cells = realloc(function->cells, span * sizeof *cells);
    if (!cells)
        return false;
    memset(cells + function->span, 0, (span - function->span) * sizeof *cells);
    cells[0] = function->first_cell;
    trace->span_left -= span - function->span;
    function->cells = cells;
    function->span = span;
    return true;
}

/* A line that is far from its function's others is found by a hash. */
static bool find_far_cell(hp_trace *trace, uint64_t line, uint32_t *cell)
{
    uint32_t hash = hp_hash_numbers(trace->current, line, 0);
    size_t probe = 0;

    while ((*cell = hp_index_next(&trace->far_cells, hash, &probe)) != HP_NO_ROW)
        if (trace->lines[*cell].function == trace->current && trace->lines[*cell].line == line)
            return true;
    if (!hp_index_reserve(&trace->far_cells, 1) || !new_cell(trace, trace->current, line, cell))
        return false;
    hp_index_add(&trace->far_cells, hash, *cell);
    return true;
}

bool hp_trace_find_cell(hp_trace *trace, uint64_t line, uint32_t *cell)
{
    struct hp_trace_function *function = &trace->functions[trace->current];
    uint64_t at = line - function->first_line;

    if (at == 0) {
        *cell = function->first_cell;
        return true;
    }
    if (at >= function->span && !grow_span(trace, function, at))
        return find_far_cell(trace, line, cell);
    if (function->cells[at] == 0 && !new_cell(trace, trace->current, line, &function->cells[at]))
        return false;
    *cell = function->cells[at];
    return true;
}

bool hp_trace_find_call(hp_trace *trace, hp_function_id callee, uint32_t *number)
{
    uint32_t hash = hp_hash_numbers(trace->here, callee, 0);
    size_t probe = 0;

    while ((*number = hp_index_next(&trace->call_index, hash, &probe)) != HP_NO_ROW)
        if (trace->calls[*number].site == trace->here && trace->calls[*number].callee == callee)
            return true;
    if (trace->call_count == UINT32_MAX || !hp_index_reserve(&trace->call_index, 1) ||
        !hp_array_reserve(&trace->calls, &trace->call_capacity, trace->call_count + 1,
                          sizeof *trace->calls))
        return false;
    *number = (uint32_t)trace->call_count++;
    trace->calls[*number] =
        (struct hp_trace_call){.caller = trace->current, .callee = callee, .site = trace->here};
    hp_index_add(&trace->call_index, hash, *number);
    return true;
}

/* The cells of this trace that are those of the next one; NULL without memory. */
static uint32_t *find_cells(hp_trace *trace, const hp_trace *next, const hp_function_id *functions)
{
    uint32_t *cells = malloc(next->cell_count * sizeof *cells);

    if (!cells)
        return NULL;
    cells[0] = trace->here;
    for (size_t i = 1; i < next->cell_count; i++) {
        trace->current = functions[next->lines[i].function];
        if (!hp_trace_find_cell(trace, next->lines[i].line, &cells[i])) {
            free(cells);
            return NULL;
        }
    }
    return cells;
}

static bool append_calls(hp_trace *trace, const hp_trace *next, const hp_function_id *functions,
                         const uint32_t *cells)
{
    for (size_t i = 1; i < next->call_count; i++) {
        const struct hp_trace_call *from = &next->calls[i];
        hp_function_id callee = functions[from->callee];
        uint32_t number;

        trace->current = functions[from->caller];
        trace->here = cells[from->site];
        if (!hp_trace_find_call(trace, callee, &number))
            return false;

        struct hp_trace_call *to = &trace->calls[number];

        to->count += from->count;
        if (trace->functions[callee].active == 0) {
            to->time += from->time;
            to->hits += from->hits;
        }
    }
    return true;
}

bool hp_trace_append(hp_trace *trace, const hp_trace *next, hp_function_id *functions,
                     bool lines_timed)
{
    uint32_t current = functions[0] = trace->current;
    uint32_t *cells = find_cells(trace, next, functions);
    bool whole = cells && append_calls(trace, next, functions, cells);

    if (whole) {
        for (size_t i = 0; i < next->cell_count; i++) {
            uint32_t timed =
                i == 0 && !lines_timed ? trace->functions[current].first_cell : cells[i];
            trace->cells[timed].time += next->cells[i].time;
            trace->cells[cells[i]].hits += next->cells[i].hits;
        }
        for (size_t i = 1; i < next->function_count; i++)
            if (trace->functions[functions[i]].active == 0)
                trace->functions[functions[i]].primitive += next->functions[i].primitive;
        trace->clock += next->clock;
        trace->hits += next->hits;
        trace->current = current;
        trace->here = cells[next->here];
    }
    free(cells);
    return whole;
}

size_t hp_trace_memory(const hp_trace *trace)
{
    return trace->function_count * FUNCTION_MEMORY + trace->cell_count * CELL_MEMORY +
           trace->call_count * CALL_MEMORY;
}

bool hp_trace_grow_frames(hp_trace *trace)
{
    if (!hp_array_reserve(&trace->frames, &trace->frame_capacity, trace->depth + 1,
                          sizeof *trace->frames))
        return false;
    if (trace->frame_capacity > HP_FRAMES_MAX)
        trace->frame_capacity = HP_FRAMES_MAX;
    return true;
}

uint64_t hp_trace_events(const hp_trace *trace)
{
    uint64_t entered = 0;

    for (size_t i = 1; i < trace->call_count; i++)
        entered += trace->calls[i].count;
    return trace->hits + 2 * entered - trace->depth;
}

/* What a finished trace is written to the profile with. */
struct writing {
    bool timed;
    uint64_t scale;
    uint64_t costs[2]; /* of the profile's events */
};

static const uint64_t *costs(struct writing *writing, uint64_t time, uint64_t hits)
{
    writing->costs[0] = writing->timed ? time * writing->scale : hits;
    writing->costs[1] = hits;
    return writing->costs;
}

static hp_status write_lines(const hp_trace *trace, hp_profile *profile, struct writing *writing,
                             hp_error *error)
{
    hp_status status = HP_OK;

    for (size_t i = 0; i < trace->cell_count && status == HP_OK; i++) {
        const struct hp_trace_cell *cell = &trace->cells[i];

        if (cell->time || cell->hits)
            status = hp_profile_add_new_cost(profile, trace->lines[i],
                                             costs(writing, cell->time, cell->hits), error);
    }
    return status;
}

static hp_status write_calls(const hp_trace *trace, hp_profile *profile, struct writing *writing,
                             uint64_t *counts, hp_error *error)
{
    hp_status status = HP_OK;

    for (size_t i = 1; i < trace->call_count && status == HP_OK; i++) {
        const struct hp_trace_call *call = &trace->calls[i];
        const uint64_t *inclusive = costs(writing, call->time, call->hits);
        hp_line site = trace->lines[call->site];

        counts[call->callee] += call->count;
        status = hp_profile_add_inclusive(profile, call->callee, inclusive, error);
        if (status == HP_OK)
            status = hp_profile_add_new_call(profile,
                                             (hp_call){.caller = site.function,
                                                       .callee = call->callee,
                                                       .line = site.line,
                                                       .count = call->count},
                                             inclusive, error);
    }
    return status;
}

static hp_status write_functions(const hp_trace *trace, hp_profile *profile, const uint64_t *counts,
                                 hp_error *error)
{
    hp_status status = HP_OK;

    for (hp_function_id i = 0; i < trace->function_count && status == HP_OK; i++)
        status = hp_profile_add_counts(profile, i, counts[i], trace->functions[i].primitive, error);
    return status;
}

hp_status hp_trace_finish(hp_trace *trace, hp_profile *profile, bool timed, hp_unit unit,
                          uint64_t scale, hp_error *error)
{
    struct writing writing = {.timed = timed, .scale = scale};
    hp_event events[2];
    size_t count = 0;
    uint64_t *counts = calloc(trace->function_count, sizeof *counts);
    hp_status status;

    if (!counts)
        return hp_no_memory(error);
    while (trace->depth)
        hp_trace_leave(trace);
    free_indexes(trace);
    if (timed)
        events[count++] = (hp_event){unit == HP_TICKS ? "Ticks" : "Time", unit};
    if (trace->hits)
        events[count++] = (hp_event){"Hits", HP_COUNT};
    status = hp_profile_set_events(profile, events, count, error);
    if (status == HP_OK)
        status = write_lines(trace, profile, &writing, error);
    if (status == HP_OK)
        status = write_calls(trace, profile, &writing, counts, error);
    if (status == HP_OK)
        status = write_functions(trace, profile, counts, error);
    if (status == HP_OK)
        status =
            hp_profile_add_inclusive(profile, 0, costs(&writing, trace->clock, trace->hits), error);
    free(counts);
    return status;
}
