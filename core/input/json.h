// SPDX-License-Identifier: MIT
/* JSON, as a stream of what stands in it. Takes no memory but for nesting. */
#ifndef HP_JSON_H
#define HP_JSON_H

#include "hotprof.h"

/* Deeper values are an error. */
#define HP_JSON_DEPTH 256

/* Called for each part. false ends the reading; the error is then the caller's. Strings are UTF-8,
 * and may hold any byte but invalid UTF-8; they are valid during the call. Numbers are as they
 * stand in the input, where they stay. */
typedef struct hp_json_events {
    bool (*begin)(void *context, bool object); /* or an array */
    bool (*end)(void *context);
    bool (*key)(void *context, hp_string key);
    bool (*string)(void *context, hp_string string);
    bool (*number)(void *context, hp_string number);
    bool (*other)(void *context); /* true, false, null */
} hp_json_events;

/* Whether the library was built with what reads JSON. */
bool hp_json_can_read(void);

/* Reads one JSON value. HP_TRUNCATED, HP_CORRUPT: everything before the damage was given. HP_LIMIT:
 * too deep. HP_UNRECOGNISED: hp_json_can_read is false. HP_CANCELLED: by the options' progress. If
 * a callback returned false: the status of the error that it has set. */
HP_NODISCARD hp_status hp_json_read(const uint8_t *data, size_t size, const hp_json_events *events,
                                    void *context, const hp_load_options *options, hp_error *error);

/* A number of JSON in units of 10^-digits, rounded: "1.5e-3" is 1500 with 6 digits. A negative one
 * is HP_CORRUPT, one that does not fit is HP_OVERFLOW; neither sets a message. */
HP_NODISCARD hp_status hp_json_decimal(hp_string number, unsigned digits, uint64_t *value);

#endif
