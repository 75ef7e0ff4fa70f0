// SPDX-License-Identifier: MIT
#include "speedscope/speedscope_profile.h"

#include "input/scan.h"
#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>

static bool no_memory(const hp_speedscope *speedscope)
{
    return hp_no_memory(speedscope->error) == HP_OK;
}

/* --- While the file is read ----------------------------------------------------------------- */

/* Makes room for one item more. */
#define RESERVE(speedscope, items, count, capacity)                                                \
    (hp_array_reserve(&(speedscope)->items, &(speedscope)->capacity, (speedscope)->count + 1,      \
                      sizeof *(speedscope)->items) ||                                              \
     no_memory(speedscope))

static bool keep(const hp_speedscope *speedscope, hp_string text, hp_string *kept)
{
    if (!hp_reserve_strings(speedscope->profile, 1, text.size))
        return no_memory(speedscope);
    *kept = hp_intern(speedscope->profile, text);
    return true;
}

/* A version such as "0.3.8" as a number. */
static uint64_t version_of(hp_string text)
{
    uint64_t version = 0, part = 0;
    unsigned parts = 0;

    for (size_t i = 0; i <= text.size && parts < 3; i++)
        if (i < text.size && hp_is_digit(text.data[i])) {
            part = part < 100000 ? 10 * part + (uint64_t)(text.data[i] - '0') : part;
        } else {
            version = 1000000 * version + part;
            part = 0;
            parts++;
        }
    while (parts++ < 3)
        version *= 1000000;
    return version;
}

bool hp_speedscope_set_exporter(hp_speedscope *speedscope, hp_string text)
{
    static const hp_string fixed = HP_LITERAL("0.3.9"), key = HP_LITERAL("exporter"),
                           estimated = HP_LITERAL(", call stacks estimated from calls");
    hp_string left = text;

    speedscope->first_lines = HP_TAKE(&left, "pyinstrument");
    speedscope->ours = HP_TAKE(&left, "hotreport");
    speedscope->input->unrolled =
        speedscope->ours && left.size >= estimated.size &&
        memcmp(left.data + left.size - estimated.size, estimated.data, estimated.size) == 0;
    left = text;
    speedscope->counts_samples = HP_TAKE(&left, "py-spy@") && version_of(left) < version_of(fixed);
    return hp_profile_add_info(speedscope->profile, key, text, speedscope->error) == HP_OK;
}

bool hp_speedscope_begin_frame(hp_speedscope *speedscope)
{
    if (speedscope->frame_count == UINT32_MAX ||
        !RESERVE(speedscope, frames, frame_count, frame_capacity))
        return no_memory(speedscope);
    speedscope->frames[speedscope->frame_count++] =
        (struct hp_speedscope_frame){.name = HP_LITERAL(""), .file = HP_LITERAL("")};
    return true;
}

bool hp_speedscope_set_name(hp_speedscope *speedscope, hp_string text)
{
    return keep(speedscope, text, &speedscope->frames[speedscope->frame_count - 1].name);
}

bool hp_speedscope_set_file(hp_speedscope *speedscope, hp_string text)
{
    return keep(speedscope, text, &speedscope->frames[speedscope->frame_count - 1].file);
}

static uint64_t line_of(hp_string number)
{
    uint64_t line;

    return hp_json_decimal(number, 0, &line) == HP_OK ? line : 0;
}

void hp_speedscope_set_line(hp_speedscope *speedscope, hp_string number)
{
    speedscope->frames[speedscope->frame_count - 1].line = line_of(number);
}

void hp_speedscope_set_first_line(hp_speedscope *speedscope, hp_string number)
{
    struct hp_speedscope_frame *frame = &speedscope->frames[speedscope->frame_count - 1];

    frame->first_line = line_of(number);
    frame->first_line_known = true;
}

bool hp_speedscope_begin_profile(hp_speedscope *speedscope)
{
    if (!RESERVE(speedscope, parts, part_count, part_capacity))
        return false;
    speedscope->parts[speedscope->part_count++] =
        (struct hp_speedscope_part){.name = HP_LITERAL(""),
                                    .first_sample = speedscope->sample_count,
                                    .first_weight = speedscope->weight_count,
                                    .first_event = speedscope->event_count};
    return true;
}

static struct hp_speedscope_part *last_part(const hp_speedscope *speedscope)
{
    return &speedscope->parts[speedscope->part_count - 1];
}

bool hp_speedscope_set_thread(hp_speedscope *speedscope, hp_string text)
{
    return keep(speedscope, text, &last_part(speedscope)->name);
}

bool hp_speedscope_set_unit(hp_speedscope *speedscope, hp_string text)
{
    static const struct {
        hp_string name;
        unsigned digits;
    } times[] = {{HP_LITERAL("nanoseconds"), 0},
                 {HP_LITERAL("microseconds"), 3},
                 {HP_LITERAL("milliseconds"), 6},
                 {HP_LITERAL("seconds"), 9}};
    struct hp_speedscope_part *part = last_part(speedscope);

    part->unit = HP_IS(text, "bytes") ? HP_SPEEDSCOPE_BYTES : HP_SPEEDSCOPE_NONE;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (hp_string_equal(text, times[i].name)) {
            part->unit = HP_SPEEDSCOPE_TIME;
            part->digits = times[i].digits;
        }
    return true;
}

bool hp_speedscope_begin_sample(hp_speedscope *speedscope)
{
    if (!RESERVE(speedscope, samples, sample_count, sample_capacity))
        return false;
    speedscope->samples[speedscope->sample_count++] = speedscope->stack_frame_count;
    return true;
}

/* The number of a frame. What is none is UINT32_MAX, which no file has so many of. */
static uint32_t frame_of(hp_string number)
{
    uint64_t frame = 0;

    for (size_t i = 0; i < number.size; i++) {
        if (!hp_is_digit(number.data[i]) || frame > UINT32_MAX / 10)
            return UINT32_MAX;
        frame = 10 * frame + (uint64_t)(number.data[i] - '0');
    }
    return frame < UINT32_MAX ? (uint32_t)frame : UINT32_MAX;
}

bool hp_speedscope_add_frame(hp_speedscope *speedscope, hp_string number)
{
    if (!RESERVE(speedscope, stack_frames, stack_frame_count, stack_frame_capacity))
        return false;
    speedscope->stack_frames[speedscope->stack_frame_count++] = frame_of(number);
    return true;
}

bool hp_speedscope_add_weight(hp_speedscope *speedscope, hp_string number)
{
    if (!RESERVE(speedscope, weights, weight_count, weight_capacity))
        return false;
    speedscope->weights[speedscope->weight_count++] = number;
    return true;
}

bool hp_speedscope_begin_event(hp_speedscope *speedscope)
{
    if (!RESERVE(speedscope, events, event_count, event_capacity))
        return false;
    speedscope->events[speedscope->event_count++] =
        (struct hp_speedscope_event){.frame = UINT32_MAX};
    return true;
}

static struct hp_speedscope_event *last_event(const hp_speedscope *speedscope)
{
    return &speedscope->events[speedscope->event_count - 1];
}

void hp_speedscope_set_opening(hp_speedscope *speedscope, bool opening)
{
    last_event(speedscope)->opening = opening;
}

void hp_speedscope_set_at(hp_speedscope *speedscope, hp_string number)
{
    last_event(speedscope)->at = number.data;
    last_event(speedscope)->at_size = (uint32_t)number.size;
}

void hp_speedscope_set_event_frame(hp_speedscope *speedscope, hp_string number)
{
    last_event(speedscope)->frame = frame_of(number);
}

/* --- What it adds up to --------------------------------------------------------------------- */

#define UNKNOWN_FRAME UINT32_MAX
#define LEFT_OUT (UINT32_MAX - 1)

/* Adds up the parts. */
struct sum {
    hp_speedscope *speedscope;
    hp_samples samples;
    hp_frame *frames;    /* of the samples, for each frame of the file */
    hp_error fatal;      /* after which nothing of the file is of use */
    int unit;            /* of the parts that are read */
    bool timed, counted; /* the events: Time or what is counted; Samples */

    hp_frame *added; /* the stack, as frames of the samples */
    size_t added_capacity;
    size_t kept; /* how many of them the sample before has, too */

    uint32_t *stack; /* of events, as frames of the file */
    size_t *depths;  /* how many frames of the samples it has up to each of them */
    size_t depth, stack_capacity, depth_capacity;
    hp_frame thread; /* below all; LEFT_OUT: none */
};

static bool damaged(const struct sum *sum, const char *expected, size_t part, size_t index)
{
    hp_error_set(sum->speedscope->error, HP_CORRUPT, 0, "profile %zu, %zu: expected %s", part + 1,
                 index + 1, expected);
    return false;
}

/* Finds the frame of the samples that belongs to a frame of the file for the first time. */
static bool add_frame(struct sum *sum, uint32_t number)
{
    const hp_speedscope *speedscope = sum->speedscope;
    const struct hp_speedscope_frame *of = &speedscope->frames[number];
    hp_function function = {.name = of->name,
                            .file = of->file,
                            .line_unknown = !speedscope->first_lines && !of->first_line_known,
                            .line = speedscope->first_lines ? of->line : of->first_line};
    hp_frame *frame = &sum->frames[number];
    hp_function_id id;

    if (HP_IS(of->file, "~") && !speedscope->ours)
        function.file = (hp_string)HP_LITERAL("");
    function.recorded_file = function.file;
    if ((HP_IS(of->name, "<native>") && !speedscope->options->native) ||
        (speedscope->ours && HP_IS(of->name, HP_INTERPRETER)))
        *frame = LEFT_OUT;
    else if (hp_profile_add_function(sum->samples.profile, &function, &id, &sum->fatal) != HP_OK ||
             hp_samples_frame(&sum->samples, id, of->line, frame, &sum->fatal) != HP_OK)
        return false;
    return true;
}

/* The frame of the samples that belongs to a frame of the file, or LEFT_OUT. */
static inline bool find_frame(struct sum *sum, uint32_t number, hp_frame *frame)
{
    if (sum->frames[number] == UNKNOWN_FRAME && !add_frame(sum, number))
        return false;
    *frame = sum->frames[number];
    return true;
}

/* Adds a sample of the first frames that were added. */
static bool add_sample(struct sum *sum, size_t depth, uint64_t weight, bool is_sample)
{
    uint64_t costs[2] = {weight, is_sample};
    hp_status status =
        hp_samples_add(&sum->samples, sum->kept, depth ? sum->added + sum->kept : NULL,
                       depth - sum->kept, costs, &sum->fatal);

    sum->kept = depth;
    return status == HP_OK;
}

/* A weight or a time. False if it is none. */
static bool convert(struct sum *sum, const struct hp_speedscope_part *part, hp_string text,
                    uint64_t *value)
{
    hp_status status = hp_json_decimal(
        text, sum->timed && part->unit == HP_SPEEDSCOPE_TIME ? part->digits : 0, value);

    if (status == HP_OVERFLOW)
        hp_overflow(&sum->fatal);
    return status == HP_OK;
}

/* Finds the frames of the samples of a stack, and how many of them the sample before has, too. */
static bool find_stack(struct sum *sum, const uint32_t *numbers, size_t count, size_t *depth)
{
    size_t kept = sum->thread != LEFT_OUT;
    hp_frame *added, frame;
    bool same = true;

    *depth = kept;
    if (!hp_array_reserve(&sum->added, &sum->added_capacity, kept + count, sizeof *sum->added))
        return hp_no_memory(&sum->fatal) == HP_OK;
    added = sum->added;
    for (size_t i = 0; i < count; i++) {
        if (!find_frame(sum, numbers[i], &frame))
            return false;
        if (frame == LEFT_OUT)
            continue;
        same = same && kept < sum->kept && added[kept] == frame;
        kept += same;
        added[(*depth)++] = frame;
    }
    sum->kept = kept < sum->kept ? kept : sum->kept;
    return true;
}

static bool add_samples(struct sum *sum, size_t number)
{
    const hp_speedscope *speedscope = sum->speedscope;
    const struct hp_speedscope_part *part = &speedscope->parts[number];
    bool last = number + 1 == speedscope->part_count;
    size_t end = last ? speedscope->sample_count : part[1].first_sample;
    size_t weights_end = last ? speedscope->weight_count : part[1].first_weight;
    size_t weights = weights_end - part->first_weight;

    for (size_t i = part->first_sample; i < end; i++) {
        size_t at = speedscope->samples[i], index = i - part->first_sample, depth;
        size_t stop = i + 1 < speedscope->sample_count ? speedscope->samples[i + 1]
                                                       : speedscope->stack_frame_count;
        uint64_t weight;
        bool known = true;

        if (index >= weights)
            return damaged(sum, "a weight for each sample", number, index);
        if (!convert(sum, part, speedscope->weights[part->first_weight + index], &weight)) {
            if (sum->fatal.status != HP_OK)
                return false;
            speedscope->input->impossible_numbers++;
            weight = 0;
        }
        for (size_t f = at; f < stop; f++)
            known &= speedscope->stack_frames[f] < speedscope->frame_count;
        if (!known) {
            damaged(sum, "a frame that there is", number, index);
            continue;
        }
        if (!find_stack(sum, speedscope->stack_frames + at, stop - at, &depth) ||
            ((weight || (sum->timed && sum->counted)) && !add_sample(sum, depth, weight, true)))
            return false;
    }
    return true;
}

/* Puts a frame on the stack. */
static bool push(struct sum *sum, uint32_t number)
{
    size_t depth = sum->depth ? sum->depths[sum->depth - 1] : sum->thread != LEFT_OUT;
    hp_frame frame;

    if (!find_frame(sum, number, &frame))
        return false;
    if (!hp_array_reserve(&sum->stack, &sum->stack_capacity, sum->depth + 1, sizeof *sum->stack) ||
        !hp_array_reserve(&sum->depths, &sum->depth_capacity, sum->depth + 1,
                          sizeof *sum->depths) ||
        !hp_array_reserve(&sum->added, &sum->added_capacity, depth + 1, sizeof *sum->added))
        return hp_no_memory(&sum->fatal) == HP_OK;
    if (frame != LEFT_OUT)
        sum->added[depth++] = frame;
    sum->stack[sum->depth] = number;
    sum->depths[sum->depth++] = depth;
    return true;
}

static void pop_to(struct sum *sum, size_t depth)
{
    size_t left = depth ? sum->depths[depth - 1] : sum->thread != LEFT_OUT;

    sum->depth = depth;
    sum->kept = left < sum->kept ? left : sum->kept;
}

static bool add_events(struct sum *sum, size_t number)
{
    const hp_speedscope *speedscope = sum->speedscope;
    const struct hp_speedscope_part *part = &speedscope->parts[number];
    bool last = number + 1 == speedscope->part_count;
    size_t end = last ? speedscope->event_count : part[1].first_event;
    uint64_t before = 0, at;

    for (size_t i = part->first_event; i < end; i++) {
        const struct hp_speedscope_event *event = &speedscope->events[i];
        size_t index = i - part->first_event;

        if (event->frame >= speedscope->frame_count)
            return damaged(sum, "a frame that there is", number, index);
        if (!event->at || !convert(sum, part, (hp_string){event->at, event->at_size}, &at))
            return sum->fatal.status == HP_OK ? damaged(sum, "a time", number, index) : false;
        if (index > 0 && at < before)
            return damaged(sum, "a time that is not before the last one", number, index);
        if (index > 0 && at > before && sum->depth &&
            !add_sample(sum, sum->depths[sum->depth - 1], at - before, false))
            return false;
        before = at;
        if (event->opening) {
            if (!push(sum, event->frame))
                return false;
        } else if (sum->depth == 0 || sum->stack[sum->depth - 1] != event->frame) {
            return damaged(sum, "the end of the innermost frame", number, index);
        } else {
            pop_to(sum, sum->depth - 1);
        }
    }
    speedscope->input->open_frames += part->first_event < end ? sum->depth : 0;
    return true;
}

/* Begins a part: its thread may be a function. */
static bool begin_part(struct sum *sum, const struct hp_speedscope_part *part)
{
    hp_function function = {.file = HP_LITERAL(""), .recorded_file = HP_LITERAL("")};
    hp_string name = part->name;
    hp_function_id id;
    char *text;
    bool done;

    sum->depth = sum->kept = 0;
    sum->thread = LEFT_OUT;
    if (!sum->speedscope->options->threads_apart)
        return true;
    (void)HP_TAKE(&name, "Thread ");
    text = malloc(name.size + sizeof "<thread >");
    if (!text || !hp_array_reserve(&sum->added, &sum->added_capacity, 1, sizeof *sum->added)) {
        free(text);
        return hp_no_memory(&sum->fatal) == HP_OK;
    }
    memcpy(text, "<thread ", 8);
    if (name.size)
        memcpy(text + 8, name.data, name.size);
    text[8 + name.size] = '>';
    function.name = (hp_string){text, name.size + 9};
    done = hp_profile_add_function(sum->samples.profile, &function, &id, &sum->fatal) == HP_OK &&
           hp_samples_frame(&sum->samples, id, 0, &sum->thread, &sum->fatal) == HP_OK;
    free(text);
    if (done)
        sum->added[0] = sum->thread;
    return done;
}

static bool is_empty(const hp_speedscope *speedscope, size_t number)
{
    const struct hp_speedscope_part *part = &speedscope->parts[number];
    bool last = number + 1 == speedscope->part_count;

    return part->first_sample == (last ? speedscope->sample_count : part[1].first_sample) &&
           part->first_event == (last ? speedscope->event_count : part[1].first_event);
}

/* Sets the events, which are those of the first part that holds anything, or of the last one. */
static bool set_events(struct sum *sum)
{
    const hp_speedscope *speedscope = sum->speedscope;
    hp_event events[2] = {{"Samples", HP_SAMPLES}, {"Samples", HP_SAMPLES}};
    size_t first = 0;

    while (first + 1 < speedscope->part_count && is_empty(speedscope, first))
        first++;
    sum->unit = HP_SPEEDSCOPE_NONE;
    if (first < speedscope->part_count)
        sum->unit = (int)speedscope->parts[first].unit;

    sum->timed = sum->unit == HP_SPEEDSCOPE_TIME && !speedscope->counts_samples;
    if (sum->timed)
        events[0] = (hp_event){"Time", HP_NANOSECONDS};
    else if (sum->unit == HP_SPEEDSCOPE_BYTES)
        events[0] = (hp_event){"Bytes", HP_BYTES};
    sum->counted =
        events[0].unit != HP_SAMPLES && speedscope->sample_count > 0 && !speedscope->ours;
    return hp_profile_set_events(speedscope->profile, events, 1 + sum->counted, &sum->fatal) ==
               HP_OK &&
           hp_samples_start(&sum->samples, speedscope->profile, speedscope->options->stacks,
                            hp_samples_row_limit(speedscope->size), &sum->fatal) == HP_OK;
}

hp_status hp_speedscope_finish(hp_speedscope *speedscope)
{
    struct sum sum = {.speedscope = speedscope};
    bool going = set_events(&sum);

    speedscope->input->sampled = true;
    speedscope->input->stacks = speedscope->options->stacks;
    sum.frames = malloc((speedscope->frame_count + 1) * sizeof *sum.frames);
    if (!sum.frames)
        going = hp_no_memory(&sum.fatal) == HP_OK;
    for (size_t i = 0; going && i < speedscope->frame_count; i++)
        sum.frames[i] = UNKNOWN_FRAME;
    for (size_t part = 0; going && part < speedscope->part_count; part++) {
        if ((int)speedscope->parts[part].unit != sum.unit) {
            if (!is_empty(speedscope, part))
                damaged(&sum, "the unit of the profiles before", part, 0);
            continue;
        }
        speedscope->input->threads++;
        going = begin_part(&sum, &speedscope->parts[part]);
        if (going && !add_samples(&sum, part))
            going = sum.fatal.status == HP_OK;
        if (going && begin_part(&sum, &speedscope->parts[part]) && !add_events(&sum, part))
            going = sum.fatal.status == HP_OK;
    }
    if (sum.fatal.status != HP_OK || hp_samples_finish(&sum.samples, &sum.fatal) != HP_OK)
        *speedscope->error = sum.fatal;
    hp_samples_free(&sum.samples);
    free(sum.frames);
    free(sum.stack);
    free(sum.depths);
    free(sum.added);
    return speedscope->error->status;
}

void hp_speedscope_free(hp_speedscope *speedscope)
{
    free(speedscope->frames);
    free(speedscope->parts);
    free(speedscope->stack_frames);
    free(speedscope->samples);
    free(speedscope->weights);
    free(speedscope->events);
}
