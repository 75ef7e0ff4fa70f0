// SPDX-License-Identifier: MIT
/* Reading the two halves of a hotshot log at once. */
#ifndef HP_HOTSHOT_HALVES_H
#define HP_HOTSHOT_HALVES_H

#include "hotshot/hotshot_reader.h"
#include "hotshot/read_hotshot.h"

/* Reads all records, on two threads if the log is such that the result is the same. */
hp_status hp_read_in_halves(struct hp_log_reader *reader, struct hp_halves halves,
                            const hp_load_options *options);

/* What the reader of a second half does otherwise than one that reads from the start. */

/* The function of an ENTER, which has a number only; bytes is where the record starts. */
hp_status hp_number_function(struct hp_log_reader *reader, const struct hp_record *record,
                             const uint8_t *bytes, hp_function_id *function);

/* A record that is no event is left to the first half's reader. */
hp_status hp_postpone_definition(struct hp_log_reader *reader, const struct hp_record *record,
                                 const uint8_t *bytes);

/* A frame is left that was entered in the first half. */
hp_status hp_end_segment(struct hp_log_reader *reader);

/* Nothing but the whole way will do: the log is odd. */
hp_status hp_give_up_half(struct hp_log_reader *reader);

#endif
