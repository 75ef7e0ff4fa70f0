// SPDX-License-Identifier: MIT
/* The inside of the reader of hotshot logs: what reading on one thread and on two share. */
#ifndef HP_HOTSHOT_READER_H
#define HP_HOTSHOT_READER_H

#include "hotshot/hotshot_loop.h"
#include "hotshot/hotshot_names.h"
#include "model/stacks.h"

struct hp_clock {
    hp_unit unit;
    uint64_t frequency; /* Hz, if one nanosecond is no whole number of ticks; else 0 */
    uint64_t scale;     /* nanoseconds (or ticks) a tick, if there is no frequency */
    uint64_t longest;   /* clock that the scale does not push over 64 bits */
    uint64_t ticks;     /* so far; only with a frequency */
    bool windows;
};

struct hp_log_reader;

/* What depends on whether a log is read from its start or from a record in the middle. */
struct hp_log_hooks {
    /* The function of an ENTER; bytes is where its record starts. */
    hp_status (*find_function)(struct hp_log_reader *reader, const struct hp_record *record,
                               const uint8_t *bytes, hp_function_id *function);
    /* A record that is no event. */
    hp_status (*take_definition)(struct hp_log_reader *reader, const struct hp_record *record,
                                 const uint8_t *bytes);
    /* An EXIT while no frame is open. */
    hp_status (*exit_unmatched)(struct hp_log_reader *reader);
    uint64_t line_max; /* a line of a greater number is HP_CANCELLED */
};

struct hp_log_reader {
    const struct hp_log_hooks *hooks;
    struct hp_decoder decoder;
    struct hp_names names;
    struct hp_clock clock;
    hp_trace trace;
    hp_stacks *stacks; /* NULL: they are not asked for */
    struct hp_recent_call *recent;
    uint32_t recent_epoch; /* of the generations of names */
    hp_profile *profile;
    hp_input *input;
    hp_error *error;
    struct hp_half *half; /* for the hooks of a second half */
    bool started;         /* there was an event */
    bool timed;           /* some event was */
    size_t left_open;     /* frames of the second half, which are closed already */
    size_t naming_bytes;  /* of all functions, here and in a report */
    size_t memory_limit;
};

hp_status hp_log_no_memory(const struct hp_log_reader *reader);

/* Reads the records that begin before an offset. */
hp_status hp_read_records(struct hp_log_reader *reader, const hp_load_options *options, size_t end);

/* Whether the events that come may be taken without a look at the clock and the stacks. */
bool hp_is_ordinary(const struct hp_log_reader *reader);

/* Decides the unit and the scale of times, by what stands before the first event. */
void hp_start_clock(struct hp_clock *clock);

/* Forgets the recent calls, where the part of the generation that their keys have may repeat. */
void hp_begin_epoch(struct hp_log_reader *reader);

/* For a reader that starts at the start of the log. */
extern const struct hp_log_hooks hp_log_from_start;

/* The function that begins at the file and line of an ENTER, by the names in force. */
hp_status hp_name_function(struct hp_log_reader *reader, const struct hp_record *record,
                           hp_function_id *function);

/* Takes a record that is no event. */
hp_status hp_take_definition(struct hp_log_reader *reader, const struct hp_record *record);

#endif
