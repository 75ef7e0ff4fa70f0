// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_costs.h"

#include "model/profile.h"

/* The end of a range behind a position. */
static bool take_range(const char **at)
{
    uint64_t end;

    *at += **at == '+' || **at == '-' || **at == ':';
    return hp_take_number(at, &end) && hp_callgrind_is_field_end(**at);
}

/* One position at *at; moves *at to what follows. */
static bool take_position(hp_callgrind_reader *reader, const char **at, bool is_line)
{
    char sign = **at;
    uint64_t number = 0;

    *at += sign == '+' || sign == '-' || sign == '*';
    if ((sign != '*' && !hp_take_number(at, &number)) ||
        (!hp_callgrind_is_field_end(**at) && !take_range(at)))
        return false;
    if (!is_line)
        return true;
    if (sign == '-' ? number > reader->line : sign == '+' && number > UINT64_MAX - reader->line)
        reader->line = hp_callgrind_impossible(reader);
    else
        reader->line = sign == '*'   ? reader->line
                       : sign == '-' ? reader->line - number
                       : sign == '+' ? reader->line + number
                                     : number;
    return true;
}

static bool take_positions(hp_callgrind_reader *reader, const char **at)
{
    for (size_t p = 0; p < reader->positions; p++) {
        while (hp_is_blank(**at))
            ++*at;
        if (!take_position(reader, at, p == reader->line_position))
            return false;
    }
    return true;
}

/* The costs at *at, up to the end of the line. After an error costs has those before it. */
static bool take_costs(hp_callgrind_reader *reader, const char **at, uint64_t *costs)
{
    const char *here = *at;

    memset(costs, 0, reader->parts.profile->event_count * sizeof *costs);
    for (size_t column = 0;; column++) {
        const char *start;
        size_t place;
        uint64_t cost;

        while (hp_is_blank(*here))
            here++;
        if (*here == '\n')
            break;
        if (column == reader->columns.count)
            return hp_scan_corrupt(&reader->scan, here, "no more costs than events");
        start = here;
        here += *here == '-';
        if (!hp_take_number(&here, &cost))
            return hp_scan_corrupt(&reader->scan, start, "a cost of 64 bits");
        cost = hp_callgrind_plausible(reader, *start == '-', cost);
        place = reader->columns.place[column];
        if (place != HP_NO_COLUMN)
            costs[place] = hp_add_counts(costs[place], cost); /* an event may have two columns */
        if (!hp_callgrind_is_field_end(*here))
            return hp_scan_corrupt(&reader->scan, here, "a cost of 64 bits");
    }
    *at = here + 1;
    return true;
}

static bool add_call(hp_callgrind_reader *reader, const char *start, uint64_t line,
                     const uint64_t *costs)
{
    hp_call call = {.caller = reader->function.id,
                    .callee = reader->callee.id,
                    .line = line,
                    .count = reader->uncounted ? HP_UNKNOWN : reader->count,
                    .estimated = reader->estimated};

    reader->input->estimated_calls += reader->estimated;
    reader->estimated = reader->uncounted = false;
    reader->called_object.data = reader->called_file.data = NULL;
    return hp_callgrind_add_call(&reader->parts.sums, start, call, costs);
}

static bool add_costs(hp_callgrind_reader *reader, const char *start, const uint64_t *costs)
{
    uint64_t line = reader->at ? reader->at : reader->line;
    bool is_call = reader->next == HP_CALLGRIND_CALL;

    reader->at = 0;
    if (reader->next == HP_CALLGRIND_IGNORED) {
        reader->next = HP_CALLGRIND_SELF;
        return true;
    }
    reader->next = HP_CALLGRIND_SELF;
    if (reader->function.id == HP_NO_FUNCTION) {
        reader->is_home = true;
        if (!hp_callgrind_unknown_function(&reader->names, reader->object, reader->file,
                                           &reader->function))
            return false;
    }
    if (!reader->is_settled)
        hp_callgrind_settle(&reader->names, &reader->function);
    reader->is_settled = true;
    if (reader->line_position == HP_NO_COLUMN || !reader->is_home)
        line = 0;
    return is_call ? add_call(reader, start, line, costs)
                   : hp_callgrind_add_self(&reader->parts.sums, start,
                                           (hp_line){reader->function.id, line}, costs);
}

bool hp_callgrind_read_costs(hp_callgrind_reader *reader, const char **at, bool partly)
{
    const char *start = *at;
    uint64_t costs[HP_EVENTS_MAX];
    bool whole;

    if (!reader->has_events)
        return hp_scan_corrupt(&reader->scan, start, "events: before costs");
    reader->has_lines = true;
    reader->closed = HP_CALLGRIND_OPEN;
    if (!take_positions(reader, at)) {
        reader->next = HP_CALLGRIND_SELF;
        return hp_scan_corrupt(&reader->scan, start, "a position");
    }
    whole = take_costs(reader, at, costs);
    return (whole || partly) && add_costs(reader, start, costs) && whole;
}
