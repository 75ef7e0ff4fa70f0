// SPDX-License-Identifier: MIT
#include "folded/folded_weights.h"

#include "input/scan.h"

#define TIME                                                                                       \
    {                                                                                              \
        "Time", HP_NANOSECONDS                                                                     \
    }
#define SAMPLES                                                                                    \
    {                                                                                              \
        "Samples", HP_SAMPLES                                                                      \
    }
#define MEMORY                                                                                     \
    {"Allocated", HP_BYTES},                                                                       \
    {                                                                                              \
        "Freed", HP_BYTES                                                                          \
    }

size_t hp_folded_events(hp_folded_weights weights, hp_event *events)
{
    static const struct {
        size_t count;
        hp_event events[HP_FOLDED_EVENTS_MAX];
    } sets[] = {
        [HP_FOLDED_SAMPLES] = {1, {SAMPLES}},
        [HP_FOLDED_MICROSECONDS] = {2, {TIME, SAMPLES}},
        [HP_FOLDED_BYTES] = {3, {MEMORY, SAMPLES}},
        [HP_FOLDED_FULL] = {5, {TIME, SAMPLES, {"CPU", HP_NANOSECONDS}, MEMORY}},
        [HP_FOLDED_NUMBERS] = {4, {TIME, SAMPLES, MEMORY}},
        [HP_FOLDED_OURS] = {0, {{NULL, 0}}},
    };

    memcpy(events, sets[weights].events, sets[weights].count * sizeof *events);
    return sets[weights].count;
}

/* A number such as "-12.5", rounded. */
typedef struct number {
    bool negative;
    uint64_t size;
} number;

static bool read_number(hp_string text, number *read, hp_folded_oddities *oddities)
{
    size_t at = 0;
    bool fraction = false;

    *read = (number){.negative = text.size && *text.data == '-'};
    for (at += read->negative; at < text.size && hp_is_digit(text.data[at]); at++) {
        unsigned digit = (unsigned)(text.data[at] - '0');

        if (read->size > (UINT64_MAX - digit) / 10)
            return false;
        read->size = 10 * read->size + digit;
    }
    for (size_t i = at + 1; i < text.size; i++)
        fraction = fraction || text.data[i] != '0';
    oddities->rounded += fraction;
    if (at + 1 < text.size && text.data[at + 1] >= '5') {
        if (read->size == UINT64_MAX)
            return false;
        read->size++;
    }
    return true;
}

static uint64_t plausible(number read, hp_folded_oddities *oddities)
{
    bool impossible = read.negative && read.size > 0;

    oddities->impossible += impossible;
    return impossible ? 0 : read.size;
}

/* The numbers between commas. */
static bool read_numbers(hp_string text, number *read, size_t count, hp_folded_oddities *oddities)
{
    hp_string part;

    for (size_t i = 0; i < count; i++) {
        if (!hp_take_until(&text, ',', &part)) {
            part = text;
            text.size = 0;
        }
        if (!read_number(part, &read[i], oddities))
            return false;
    }
    return true;
}

static bool set_time(uint64_t *time, number read, hp_folded_oddities *oddities)
{
    uint64_t microseconds = plausible(read, oddities);

    *time = 1000 * microseconds;
    return microseconds <= UINT64_MAX / 1000;
}

static void set_memory(uint64_t *costs, number bytes)
{
    costs[0] = bytes.negative ? 0 : bytes.size;
    costs[1] = bytes.negative ? bytes.size : 0;
}

bool hp_folded_costs(const hp_folded_style *style, const hp_string *numbers, uint64_t *costs,
                     hp_folded_oddities *oddities)
{
    number read[3] = {{false, 0}};

    switch (style->weights) {
    case HP_FOLDED_FULL:
        costs[1] = 1;
        if (!read_numbers(numbers[0], read, 3, oddities) || !set_time(&costs[0], read[0], oddities))
            return false;
        costs[2] = read[1].size ? 0 : costs[0];
        set_memory(&costs[3], read[2]);
        return true;
    case HP_FOLDED_NUMBERS:
        costs[1] = 1;
        for (size_t i = 0; i < 3; i++)
            if (!read_number(numbers[i], &read[i], oddities))
                return false;
        costs[2] = read[1].size;
        costs[3] = read[2].size;
        return set_time(&costs[0], read[0], oddities);
    case HP_FOLDED_BYTES:
        costs[2] = 1;
        if (!read_number(numbers[0], read, oddities))
            return false;
        set_memory(&costs[0], read[0]);
        return true;
    case HP_FOLDED_MICROSECONDS:
        costs[1] = 1;
        return read_number(numbers[0], read, oddities) && set_time(&costs[0], read[0], oddities);
    case HP_FOLDED_SAMPLES:
    case HP_FOLDED_OURS:
        /* Of two numbers, the first is that of another profile, from which this one differs. */
        if (!read_number(numbers[style->numbers - 1], read, oddities))
            return false;
        costs[0] = plausible(read[0], oddities);
        return true;
    }
    return false;
}
