// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_events.h"

#include "model/events.h"

#include <stdlib.h>

/* --- Units ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    hp_unit unit;
} unit_names[] = {{"nanoseconds", HP_NANOSECONDS},
                  {"ticks", HP_TICKS},
                  {"count", HP_COUNT},
                  {"bytes", HP_BYTES},
                  {"samples", HP_SAMPLES}};
enum { UNITS = sizeof unit_names / sizeof *unit_names };

void hp_callgrind_read_unit(hp_callgrind_units *units, hp_string text)
{
    hp_string word, event;
    size_t u = 0;

    if (units->count == HP_EVENTS_MAX || !hp_take_word(&text, &word) ||
        !hp_take_word(&text, &event))
        return;
    while (u < UNITS && !hp_string_equal(word, hp_text(unit_names[u].name)))
        u++;
    if (u == UNITS)
        return;
    units->of[units->count].event = event;
    units->of[units->count++].unit = unit_names[u].unit;
}

/* The unit of an event, if our own report says it. */
static bool find_unit(const hp_callgrind_units *units, hp_string event, hp_unit *unit)
{
    size_t u = 0;

    if (!units)
        return false;
    while (u < units->count && !hp_string_equal(units->of[u].event, event))
        u++;
    if (u == units->count)
        return false;
    *unit = units->of[u].unit;
    return true;
}

/* --- Definitions ---------------------------------------------------------------------------- */

/* Whether "NAME : TEXT" defines the event; "NAME = FORMULA : TEXT" is for computed events. */
static bool defines(hp_string text, hp_string name)
{
    if (!hp_take_prefix(&text, name))
        return false;
    text = hp_trimmed(text);
    return text.size && *text.data == ':';
}

/* The last definition of an event; data NULL: there is none. */
static hp_string definition_of(const hp_profile *whole, size_t first_info, hp_string name)
{
    for (size_t i = whole->info_count; i-- > first_info;) {
        hp_info info = hp_info_at(whole, i);

        if (HP_IS(info.key, "event") && defines(info.value, name))
            return info.value;
    }
    return (hp_string){NULL, 0};
}

static bool is_in_nanoseconds(hp_string definition)
{
    static const char suffix[] = "(ns)";
    size_t size = sizeof suffix - 1;

    return definition.size > size &&
           memcmp(definition.data + definition.size - size, suffix, size) == 0;
}

static hp_unit unit_of(const hp_callgrind_units *units, hp_string name, hp_string definition)
{
    hp_unit unit;

    if (find_unit(units, name, &unit))
        return unit;
    if ((units || HP_IS(name, "Time")) && is_in_nanoseconds(definition))
        return HP_NANOSECONDS;
    return units && HP_IS(name, "Ticks") ? HP_TICKS : HP_COUNT;
}

/* --- "events:" ------------------------------------------------------------------------------ */

/* The name as it may be shown everywhere; NULL without memory. */
static const char *shown_name(hp_profile *profile, hp_string word)
{
    size_t size = hp_string_escape(word, NULL, 0);
    char *name = malloc(size + 1);
    const char *interned = NULL;

    if (name && hp_reserve_strings(profile, 1, size)) {
        hp_string_escape(word, name, size + 1);
        interned = hp_intern(profile, (hp_string){name, size}).data;
    }
    free(name);
    return interned;
}

bool hp_callgrind_read_events(const hp_scan *scan, hp_string text, const hp_profile *whole,
                              size_t first_info, const hp_callgrind_units *units,
                              hp_profile *profile, hp_callgrind_columns *columns)
{
    hp_event events[HP_EVENTS_MAX];
    size_t count = 0;
    hp_string word;

    columns->count = 0;
    while (hp_take_word(&text, &word)) {
        hp_string definition = definition_of(whole, first_info, word);
        hp_unit unit;
        const char *name;
        size_t e;

        if (columns->count == HP_EVENTS_MAX)
            return hp_scan_corrupt(scan, word.data, "no more than 64 events");
        /* Our own report of no events names one, as other programs need one. */
        if (units && !definition.data && !find_unit(units, word, &unit)) {
            columns->place[columns->count++] = HP_NO_COLUMN;
            continue;
        }
        name = shown_name(profile, word);
        if (!name)
            return hp_scan_no_memory(scan);
        e = hp_find_event(events, count, name);
        if (e == count)
            events[count++] = (hp_event){name, unit_of(units, word, definition)};
        columns->place[columns->count++] = e;
    }
    return hp_profile_set_events(profile, events, count, scan->error) == HP_OK;
}
