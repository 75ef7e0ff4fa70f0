// SPDX-License-Identifier: MIT
#include "hotshot/trace.h"

#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

/* The bytes that a function, a cell and a call take at most, with their rows in the profile and all
 * that serves to find and sort them, but without names. */
enum { FUNCTION_MEMORY = 320, CELL_MEMORY = 72, CALL_MEMORY = 96 };

/* A cell for a line that has none yet. */
static bool new_cell(hp_trace *trace, hp_function_id function, uint64_t line, uint32_t *cell)
{
    struct hp_trace_state *state = &trace->state;
    size_t here = trace->cell_count ? hp_trace_site(state, HP_TRACE_LINES) : 0;

    if (trace->cell_count == UINT32_MAX ||
        !hp_array_reserve(&trace->lines, &trace->line_capacity, trace->cell_count + 1,
                          sizeof *trace->lines) ||
        !hp_array_reserve(&state->cells, &trace->cell_capacity, trace->cell_count + 1,
                          sizeof *state->cells))
        return false;
    state->here = state->cells + here;
    *cell = (uint32_t)trace->cell_count++;
    state->cells[*cell] = (struct hp_trace_cell){0, 0};
    trace->lines[*cell] = (hp_line){function, line};
    return true;
}

bool hp_trace_add_function(hp_trace *trace, uint64_t first_line)
{
    struct hp_trace_state *state = &trace->state;
    hp_function_id id = (hp_function_id)trace->function_count;
    hp_function_id current = trace->function_count ? hp_trace_current(trace) : 0;

    if (!hp_array_reserve(&state->functions, &trace->function_capacity, trace->function_count + 1,
                          sizeof *state->functions))
        return false;
    state->current = state->functions + current;
    state->functions[id] = (struct hp_trace_function){.first_line = first_line};
    if (!new_cell(trace, id, first_line, &state->functions[id].first_cell))
        return false;
    trace->function_count++;
    return true;
}

bool hp_trace_init(hp_trace *trace, uint64_t bottom_line, size_t table_lines)
{
    *trace = (hp_trace){.span_left = table_lines};
    if (!hp_trace_add_function(trace, bottom_line) ||
        !hp_array_reserve(&trace->state.calls, &trace->call_capacity, 1,
                          sizeof *trace->state.calls) ||
        !hp_trace_grow_frames(trace))
        return false;
    trace->call_count = 1; /* 0 is none */
    trace->state.functions[0].active = 1;
    return true;
}

/* Frees what serves to find lines and calls. */
static void free_indexes(hp_trace *trace)
{
    for (size_t i = 0; i < trace->function_count; i++) {
        free(trace->state.functions[i].cells);
        trace->state.functions[i].cells = NULL;
    }
    hp_index_free(&trace->far_cells);
    hp_index_free(&trace->call_index);
}

void hp_trace_free(hp_trace *trace)
{
    free_indexes(trace);
    free(trace->state.functions);
    free(trace->state.cells);
    free(trace->state.calls);
    free(trace->state.bottom);
    free(trace->lines);
}

/* Makes room for a line in a function's cells, unless that would take too much memory. */
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

/* For a line too far from the first one for the function's cells. */
static bool find_far_cell(hp_trace *trace, hp_function_id function, uint64_t line, uint32_t *cell)
{
    uint32_t hash = hp_hash_numbers(function, line, 0);
    size_t probe = 0;

    while ((*cell = hp_index_next(&trace->far_cells, hash, &probe)) != HP_NO_ROW)
        if (trace->lines[*cell].function == function && trace->lines[*cell].line == line)
            return true;
    if (!hp_index_reserve(&trace->far_cells, 1) || !new_cell(trace, function, line, cell))
        return false;
    hp_index_add(&trace->far_cells, hash, *cell);
    return true;
}

bool hp_trace_find_cell(hp_trace *trace, hp_function_id id, uint64_t line, uint32_t *cell)
{
    struct hp_trace_function *function = &trace->state.functions[id];
    uint64_t at = line - function->first_line;

    if (at == 0) {
        *cell = function->first_cell;
        return true;
    }
    if (at >= function->span && !grow_span(trace, function, at))
        return find_far_cell(trace, id, line, cell);
    if (function->cells[at] == 0 && !new_cell(trace, id, line, &function->cells[at]))
        return false;
    *cell = function->cells[at];
    return true;
}

bool hp_trace_find_call(hp_trace *trace, uint32_t site, hp_function_id callee, uint32_t *number)
{
    struct hp_trace_state *state = &trace->state;
    uint32_t hash = hp_hash_numbers(site, callee, 0);
    size_t probe = 0;

    while ((*number = hp_index_next(&trace->call_index, hash, &probe)) != HP_NO_ROW)
        if (state->calls[*number].site == site && state->calls[*number].callee == callee)
            return true;
    if (trace->call_count == UINT32_MAX || !hp_index_reserve(&trace->call_index, 1) ||
        !hp_array_reserve(&state->calls, &trace->call_capacity, trace->call_count + 1,
                          sizeof *state->calls))
        return false;
    *number = (uint32_t)trace->call_count++;
    state->calls[*number] = (struct hp_trace_call){
        .caller = trace->lines[site].function, .callee = callee, .site = site};
    hp_index_add(&trace->call_index, hash, *number);
    return true;
}

/* The cells of this trace for those of the next one; NULL without memory. */
static uint32_t *find_cells(hp_trace *trace, const hp_trace *next, const hp_function_id *functions)
{
    uint32_t *cells = malloc(next->cell_count * sizeof *cells);

    if (!cells)
        return NULL;
    cells[0] = hp_trace_site(&trace->state, HP_TRACE_LINES);
    for (size_t i = 1; i < next->cell_count; i++)
        if (!hp_trace_find_cell(trace, functions[next->lines[i].function], next->lines[i].line,
                                &cells[i])) {
            free(cells);
            return NULL;
        }
    return cells;
}

/* Adds the calls of the next trace. numbers gets their numbers in this one. */
static bool append_calls(hp_trace *trace, const hp_trace *next, const hp_function_id *functions,
                         const uint32_t *cells, uint32_t *numbers)
{
    for (size_t i = 1; i < next->call_count; i++) {
        const struct hp_trace_call *from = &next->state.calls[i];
        hp_function_id callee = functions[from->callee];

        if (!hp_trace_find_call(trace, cells[from->site], callee, &numbers[i]))
            return false;

        struct hp_trace_call *to = &trace->state.calls[numbers[i]];

        assert(to->caller == functions[from->caller]);
        to->count += from->count;
        if (trace->state.functions[callee].active == 0) {
            to->time += from->time;
            to->hits += from->hits;
        }
    }
    return true;
}

/* Enters a frame again that was left at this time. */
static bool reopen(hp_trace *trace, uint32_t number)
{
    struct hp_trace_state *state = &trace->state;
    struct hp_trace_call *call = &state->calls[number];

    if (state->top == state->limit && !hp_trace_grow_frames(trace))
        return false;
    *state->top++ = number;
    state->current = state->functions + call->callee;
    if (state->current->active++ == 0) {
        call->time -= state->clock;
        call->hits -= state->hits;
    }
    return true;
}

bool hp_trace_append(hp_trace *trace, hp_trace *next, hp_function_id *functions, bool lines_timed)
{
    struct hp_trace_state *state = &trace->state;
    const struct hp_trace_state *more = &next->state;
    uint32_t here = hp_trace_site(more, HP_TRACE_LINES);
    uint32_t *numbers = malloc(next->call_count * sizeof *numbers), *cells;
    size_t open = hp_trace_depth(next);
    bool whole;

    while (hp_trace_depth(next))
        hp_trace_leave(&next->state, HP_TRACE_LINES);
    functions[0] = hp_trace_current(trace);
    cells = find_cells(trace, next, functions);
    whole = cells && numbers && append_calls(trace, next, functions, cells, numbers);
    if (whole) {
        for (size_t i = 0; i < next->cell_count; i++) {
            uint32_t timed = i == 0 && !lines_timed ? state->current->first_cell : cells[i];

            state->cells[timed].time += more->cells[i].time;
            state->cells[cells[i]].hits += more->cells[i].hits;
        }
        for (size_t i = 1; i < next->function_count; i++)
            if (state->functions[functions[i]].active == 0)
                state->functions[functions[i]].primitive += more->functions[i].primitive;
        state->clock += more->clock;
        state->hits += more->hits;
        for (size_t i = 0; whole && i < open; i++) /* they still stand there */
            whole = reopen(trace, numbers[more->bottom[i]]);
        state->here = state->cells + cells[here];
    }
    free(cells);
    free(numbers);
    return whole;
}

size_t hp_trace_memory(const hp_trace *trace)
{
    return trace->function_count * FUNCTION_MEMORY + trace->cell_count * CELL_MEMORY +
           trace->call_count * CALL_MEMORY;
}

bool hp_trace_grow_frames(hp_trace *trace)
{
    struct hp_trace_state *state = &trace->state;
    size_t depth = state->bottom ? hp_trace_depth(trace) : 0;
    size_t capacity = state->bottom ? (size_t)(state->limit - state->bottom) : 0;

    if (!hp_array_reserve(&state->bottom, &capacity, depth + 1, sizeof *state->bottom))
        return false;
    state->top = state->bottom + depth;
    state->limit = state->bottom + (capacity < HP_FRAMES_MAX ? capacity : HP_FRAMES_MAX);
    return true;
}

uint64_t hp_trace_events(const hp_trace *trace)
{
    uint64_t entered = 0;

    for (size_t i = 1; i < trace->call_count; i++)
        entered += trace->state.calls[i].count;
    return trace->state.hits + 2 * entered - hp_trace_depth(trace);
}

/* How a finished trace is written to a profile. */
struct writing {
    bool timed;
    uint64_t scale;
    uint64_t costs[2]; /* for the profile's events */
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
        const struct hp_trace_cell *cell = &trace->state.cells[i];

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
        const struct hp_trace_call *call = &trace->state.calls[i];
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
        status = hp_profile_add_counts(profile, i, counts[i], trace->state.functions[i].primitive,
                                       error);
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
    while (hp_trace_depth(trace))
        hp_trace_leave(&trace->state, HP_TRACE_LINES);
    free_indexes(trace);
    if (timed)
        events[count++] = (hp_event){unit == HP_TICKS ? "Ticks" : "Time", unit};
    if (trace->state.hits)
        events[count++] = (hp_event){"Hits", HP_COUNT};
    status = hp_profile_set_events(profile, events, count, error);
    if (status == HP_OK)
        status = write_lines(trace, profile, &writing, error);
    if (status == HP_OK)
        status = write_calls(trace, profile, &writing, counts, error);
    if (status == HP_OK)
        status = write_functions(trace, profile, counts, error);
    if (status == HP_OK)
        status = hp_profile_add_inclusive(
            profile, 0, costs(&writing, trace->state.clock, trace->state.hits), error);
    free(counts);
    return status;
}
