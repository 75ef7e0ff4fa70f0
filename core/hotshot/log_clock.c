// SPDX-License-Identifier: MIT
#include "hotshot/log_clock.h"

#include "model/text.h"

static const uint64_t second = 1000000000;

/* 0 if it is no number, or one that leaves no room to multiply by 10. */
static uint64_t decimal(hp_string string)
{
    uint64_t number = 0;

    for (size_t i = 0; i < string.size; i++) {
        unsigned digit = (unsigned char)string.data[i] - (unsigned)'0';

        if (digit > 9 || number > (UINT64_MAX / 10 - digit) / 10)
            return 0;
        number = number * 10 + digit;
    }
    return number;
}

void hp_log_clock_add_info(struct hp_log_clock *clock, hp_string key, hp_string value)
{
    if (HP_IS(key, "platform")) {
        clock->windows = HP_IS(value, "win32");
    } else if (HP_IS(key, "reported-performance-frequency")) {
        clock->windows = true;
        clock->frequency = decimal(value);
    }
}

void hp_log_clock_start(struct hp_log_clock *clock)
{
    clock->unit = HP_NANOSECONDS;
    clock->scale = second / 1000000;
    if (clock->windows && clock->frequency == 0) {
        clock->unit = HP_TICKS;
        clock->scale = 1;
    } else if (clock->frequency != 0 && second % clock->frequency == 0) {
        clock->scale = second / clock->frequency;
        clock->frequency = 0;
    } else if (clock->frequency != 0) {
        clock->scale = 1;
    }
    clock->longest = UINT64_MAX / clock->scale;
}

/* floor(ticks * 10^9 / frequency), digit by digit where the product may need more than 64 bits.
 * False if the result does. */
static bool to_nanoseconds(uint64_t ticks, uint64_t frequency, uint64_t *nanoseconds)
{
    uint64_t whole = ticks / frequency, rest = ticks % frequency, fraction = 0;

    if (frequency <= UINT64_MAX / second)
        fraction = rest * second / frequency;
    for (uint64_t digit = 1; digit < second && frequency > UINT64_MAX / second; digit *= 10) {
        rest *= 10;
        fraction = fraction * 10 + rest / frequency;
        rest %= frequency;
    }
    *nanoseconds = whole * second + fraction;
    return whole < UINT64_MAX / second;
}

bool hp_log_clock_convert(struct hp_log_clock *clock, uint64_t now, uint64_t ticks, uint64_t *time)
{
    uint64_t then;

    if (clock->frequency == 0) {
        *time = ticks;
        return ticks <= clock->longest && now <= clock->longest - ticks;
    }
    if (ticks > UINT64_MAX - clock->ticks ||
        !to_nanoseconds(clock->ticks + ticks, clock->frequency, &then))
        return false;
    clock->ticks += ticks;
    *time = then - now;
    return true;
}
