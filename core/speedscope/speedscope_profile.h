// SPDX-License-Identifier: MIT
/* What a file of speedscope holds, which can come in any order: kept until the end of the file, and
 * then added up. */
#ifndef HP_SPEEDSCOPE_PROFILE_H
#define HP_SPEEDSCOPE_PROFILE_H

#include "input/json.h"
#include "model/samples.h"

typedef struct hp_speedscope {
    hp_profile *profile;
    hp_input *input;
    hp_error *error;
    const hp_load_options *options;
    size_t size; /* of the input */

    struct hp_speedscope_frame {
        hp_string name, file;      /* strings of the profile */
        uint64_t line, first_line; /* first_line: of the function */
        bool first_line_known;
    } * frames;
    size_t frame_count, frame_capacity;

    struct hp_speedscope_part { /* a profile of the file */
        hp_string name;
        enum { HP_SPEEDSCOPE_NONE, HP_SPEEDSCOPE_BYTES, HP_SPEEDSCOPE_TIME } unit;
        unsigned digits;                                /* of a unit of time, in nanoseconds */
        size_t first_sample, first_weight, first_event; /* those of the next part are behind */
    } * parts;
    size_t part_count, part_capacity;

    uint32_t *stack_frames; /* of all samples, one after another */
    size_t stack_frame_count, stack_frame_capacity;
    size_t *samples; /* where in stack_frames each begins */
    size_t sample_count, sample_capacity;
    hp_string *weights; /* numbers in the input */
    size_t weight_count, weight_capacity;
    struct hp_speedscope_event {
        const char *at; /* a number in the input; NULL: there is none */
        uint32_t at_size, frame;
        bool opening;
    } * events;
    size_t event_count, event_capacity;

    bool first_lines;    /* the lines of frames are those where functions begin */
    bool ours;           /* hotreport wrote it */
    bool counts_samples; /* weights are samples, whatever the unit says */
} hp_speedscope;

/* In the order of the file. Those that return something return false without memory, and if a
 * number cannot be; the error is set then. */
bool hp_speedscope_set_exporter(hp_speedscope *speedscope, hp_string text);
bool hp_speedscope_begin_frame(hp_speedscope *speedscope);
bool hp_speedscope_set_name(hp_speedscope *speedscope, hp_string text);
bool hp_speedscope_set_file(hp_speedscope *speedscope, hp_string text);
void hp_speedscope_set_line(hp_speedscope *speedscope, hp_string number);
void hp_speedscope_set_first_line(hp_speedscope *speedscope, hp_string number);
bool hp_speedscope_begin_profile(hp_speedscope *speedscope);
bool hp_speedscope_set_thread(hp_speedscope *speedscope, hp_string text);
bool hp_speedscope_set_unit(hp_speedscope *speedscope, hp_string text);
bool hp_speedscope_begin_sample(hp_speedscope *speedscope);
bool hp_speedscope_add_frame(hp_speedscope *speedscope, hp_string number);
bool hp_speedscope_add_weight(hp_speedscope *speedscope, hp_string number);
bool hp_speedscope_begin_event(hp_speedscope *speedscope);
void hp_speedscope_set_opening(hp_speedscope *speedscope, bool opening);
void hp_speedscope_set_at(hp_speedscope *speedscope, hp_string number);
void hp_speedscope_set_event_frame(hp_speedscope *speedscope, hp_string number);

/* Adds everything to the profile. The status is that of the error, which may have been set before.
 */
hp_status hp_speedscope_finish(hp_speedscope *speedscope);
void hp_speedscope_free(hp_speedscope *speedscope);

#endif
