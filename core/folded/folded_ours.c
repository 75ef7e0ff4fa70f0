// SPDX-License-Identifier: MIT
#include "folded/folded_ours.h"

#include "input/scan.h"
#include "model/profile.h"

#include <stdlib.h>

/* Takes "KEY=VALUE;" or "KEY;". */
static bool take_field(hp_string *text, hp_string *key, hp_string *value)
{
    if (!hp_take_until(text, ';', value))
        return false;
    if (!hp_take_until(value, '=', key)) {
        *key = *value;
        *value = (hp_string){value->data + value->size, 0};
    }
    return true;
}

/* The number is followed by a ";". */
static uint64_t number_of(hp_string text)
{
    const char *at = text.data;
    uint64_t number = 0;

    return hp_take_number(&at, &number) ? number : 0;
}

static hp_unit unit_of(hp_string text)
{
    return HP_IS(text, "ns")        ? HP_NANOSECONDS
           : HP_IS(text, "ticks")   ? HP_TICKS
           : HP_IS(text, "bytes")   ? HP_BYTES
           : HP_IS(text, "samples") ? HP_SAMPLES
                                    : HP_COUNT;
}

static bool start(hp_folded_ours *ours, hp_folded_table *table, hp_string text)
{
    hp_profile *profile = table->samples->profile;
    hp_string name = HP_LITERAL("Time"), key, value;
    hp_event event = {.unit = HP_NANOSECONDS};
    char *copy;
    bool done;

    ours->started = true;
    while (take_field(&text, &key, &value)) {
        if (HP_IS(key, "event"))
            name = value;
        else if (HP_IS(key, "unit"))
            event.unit = unit_of(value);
        else if (HP_IS(key, "columns"))
            table->style.numbers = number_of(value) == 2 ? 2 : 1;
        else if (HP_IS(key, "sampled"))
            table->input->sampled = true;
        else if (HP_IS(key, "unrolled"))
            table->input->unrolled = true;
    }
    name = hp_folded_unescape(table, name);
    copy = name.data ? malloc(name.size + 1) : NULL;
    if (!copy)
        return hp_no_memory(table->error) == HP_OK;
    memcpy(copy, name.data, name.size);
    copy[name.size] = '\0';
    event.name = copy;
    done = hp_profile_set_events(profile, &event, 1, table->error) == HP_OK &&
           hp_samples_start(table->samples, profile, table->samples->stacks,
                            table->samples->row_limit, table->error) == HP_OK;
    free(copy);
    return done;
}

/* "LABEL;name=NAME;file=FILE;...": what the label stands for. */
static bool define(hp_folded_table *table, hp_string text)
{
    hp_function function = {.file = HP_LITERAL("")};
    hp_string label, key, value;
    bool recorded = false;

    if (!hp_take_until(&text, ';', &label))
        return true;
    while (take_field(&text, &key, &value)) {
        hp_string *string = HP_IS(key, "name")       ? &function.name
                            : HP_IS(key, "file")     ? &function.file
                            : HP_IS(key, "recorded") ? &function.recorded_file
                            : HP_IS(key, "object")   ? &function.object
                                                     : NULL;

        if (HP_IS(key, "line"))
            function.line = number_of(value);
        function.line_unknown |= HP_IS(key, "line-unknown");
        function.estimated |= HP_IS(key, "estimated");
        recorded |= string == &function.recorded_file;
        if (!string)
            continue;
        *string = hp_folded_unescape(table, value);
        if (!string->data || !hp_reserve_strings(table->samples->profile, 1, string->size))
            return hp_no_memory(table->error) == HP_OK;
        *string = hp_intern(table->samples->profile, *string);
    }
    if (!recorded)
        function.recorded_file = function.file;
    return hp_folded_define(table, label, &function);
}

bool hp_folded_read_comment(hp_folded_ours *ours, hp_folded_table *table, hp_string line)
{
    if (!HP_TAKE(&line, "# hotprof: "))
        return true;
    if (!ours->started)
        return !HP_TAKE(&line, "folded;") || start(ours, table, line);
    if (HP_TAKE(&line, "function="))
        return define(table, line);
    if (HP_TAKE(&line, "total="))
        ours->ended = line.size > 1 && line.data[line.size - 1] == ';' &&
                      number_of(line) == hp_profile_total(table->samples->profile)[0];
    return true;
}
