// SPDX-License-Identifier: MIT
/* The times in a hotshot log, as its header tells what they count: microseconds, or on Windows
 * ticks of a clock with a certain frequency. A trace counts them as they are if a whole number of
 * nanoseconds (or ticks) is one of them; if not, it counts nanoseconds. */
#ifndef HP_LOG_CLOCK_H
#define HP_LOG_CLOCK_H

#include "hotprof.h"

struct hp_log_clock {
    hp_unit unit;       /* of the profile's times */
    uint64_t scale;     /* units of the profile for one of the trace's clock */
    uint64_t longest;   /* trace's clock that the scale keeps within 64 bits */
    uint64_t frequency; /* Hz, if nanoseconds are counted in the trace, else 0 */
    uint64_t ticks;     /* so far; only with a frequency */
    bool windows;
};

/* Takes an ADD_INFO record that stands before the first event. */
void hp_log_clock_add_info(struct hp_log_clock *clock, hp_string key, hp_string value);

/* Decides how times are counted; no more information is added afterwards. */
void hp_log_clock_start(struct hp_log_clock *clock);

/* Sets *time to the time of an event as the trace counts it. now: the trace's clock. False if the
 * sum of all times, in the profile's unit, would not fit into 64 bits. */
bool hp_log_clock_convert(struct hp_log_clock *clock, uint64_t now, uint64_t ticks, uint64_t *time);

#endif
