// SPDX-License-Identifier: MIT
/* The events that the parts of a callgrind file count. */
#ifndef HP_CALLGRIND_EVENTS_H
#define HP_CALLGRIND_EVENTS_H

#include "input/scan.h"

#define HP_NO_COLUMN SIZE_MAX

/* The columns of a part's costs, and which event of its profile each one counts; HP_NO_COLUMN:
 * none. */
typedef struct hp_callgrind_columns {
    size_t count, place[HP_EVENTS_MAX];
} hp_callgrind_columns;

/* What our own report says of events in its header. All zero is empty. */
typedef struct hp_callgrind_units {
    struct {
        hp_string event;
        hp_unit unit;
    } of[HP_EVENTS_MAX];
    size_t count;
} hp_callgrind_units;

/* Reads "UNIT NAME"; anything else is passed over. */
void hp_callgrind_read_unit(hp_callgrind_units *units, hp_string text);

/* Reads the names of the events of a part, and gives them to its profile. Their definitions
 * ("event:") are among the infos of the whole, from first_info on; the last one counts. units: of
 * our own report, NULL for other files. false after an error, which the scan has then. */
bool hp_callgrind_read_events(const hp_scan *scan, hp_string text, const hp_profile *whole,
                              size_t first_info, const hp_callgrind_units *units,
                              hp_profile *profile, hp_callgrind_columns *columns);

#endif
