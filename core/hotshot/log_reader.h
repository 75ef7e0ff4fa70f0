// SPDX-License-Identifier: MIT
/* Reads the records of a hotshot log one after another into a trace: from the first to the last, or
 * those from the middle on. */
#ifndef HP_LOG_READER_H
#define HP_LOG_READER_H

#include "hotshot/log_clock.h"
#include "hotshot/log_loop.h"
#include "hotshot/log_names.h"
#include "model/stacks.h"

struct hp_log_reader;

/* What depends on whether a log is read from its start or from a record in the middle. */
struct hp_log_hooks {
    /* Sets *function to the function of an ENTER. bytes: where its record starts. */
    hp_status (*find_function)(struct hp_log_reader *reader, const struct hp_log_record *record,
                               const uint8_t *bytes, hp_function_id *function);
    /* Takes a record that is no event. */
    hp_status (*take_definition)(struct hp_log_reader *reader, const struct hp_log_record *record,
                                 const uint8_t *bytes);
    /* Takes an EXIT while no frame is open. */
    hp_status (*exit_unmatched)(struct hp_log_reader *reader);
    uint64_t line_max; /* a greater line number is HP_CANCELLED */
};

struct hp_log_reader {
    const struct hp_log_hooks *hooks;
    struct hp_log_decoder decoder;
    struct hp_log_names names;
    struct hp_log_clock clock;
    hp_trace trace;
    hp_stacks *stacks; /* NULL: not asked for */
    struct hp_recent_call *recent;
    uint32_t recent_epoch; /* the bits of the names' generation that are not in the keys */
    hp_profile *profile;
    hp_input *input;
    hp_error *error;
    struct hp_log_part *part; /* for the hooks of a part from the middle on */
    bool started;             /* there was an event */
    bool timed;               /* there was an event with a time */
    size_t naming_bytes;      /* memory for the names of all functions, here and in a report */
    size_t memory_limit;      /* for that and the trace */
};

/* For a reader that begins at the start of the log. */
extern const struct hp_log_hooks hp_log_from_start;

/* Forgets the recent calls. This must be called before the first record. */
void hp_log_begin_epoch(struct hp_log_reader *reader);

/* Reads the records that begin before an offset. */
hp_status hp_log_read_records(struct hp_log_reader *reader, const hp_load_options *options,
                              size_t end);

/* Whether hp_log_loop may take the next events: it looks neither at the clock nor at stacks. */
bool hp_log_is_ordinary(const struct hp_log_reader *reader);

/* Sets *function to the function of an ENTER, by the names in force, and adds it to the profile and
 * the trace if it is new. */
hp_status hp_log_name_function(struct hp_log_reader *reader, const struct hp_log_record *record,
                               hp_function_id *function);

/* Takes a record that is no event. */
hp_status hp_log_take_definition(struct hp_log_reader *reader, const struct hp_log_record *record);

#endif
