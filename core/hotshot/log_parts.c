// SPDX-License-Identifier: MIT
/* Other threads read the log from records in the middle on, each up to where the next one begins.
 * They know neither which frames are open there nor which names are in force. The first thread
 * reads up to the next part, joins what was found in it to its own trace, and so on. If anything
 * does not fit, it forgets the part and reads it itself: if it does not come to that very record,
 * or with other flags; if names change; if the part is damaged. So the result is the same as on one
 * thread.
 *
 * A part is a row of segments. A new one begins at each exit from a frame that was entered before
 * the part. The bottom of a segment stands for the frame that is on top of the first thread's stack
 * at that time. Each segment has a trace of its own, whose functions are known by their numbers in
 * the log. Within a segment the frames below it do not change. So, once they are known, they decide
 * only to which cells the sums of the segment are added, and whether a function was active already.
 */
#include "hotshot/log_parts.h"

#include "model/array.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { SEGMENTS_MAX = 4096 };

struct segment {
    hp_trace trace;
    size_t first_naming; /* in the part's namings */
};

struct hp_log_part {
    struct hp_log_reader reader; /* with the trace of the last segment */
    hp_error error;
    size_t start, end;
    struct segment *segments;
    size_t segment_count, segment_capacity;
    size_t *namings; /* the offsets of definitions, and of each segment's first ENTER of each
                        function */
    size_t naming_count, naming_capacity;
    struct parts *all;
    pthread_t thread;
    atomic_bool cancelled;
    bool done; /* under the mutex */
};

struct parts {
    struct hp_log_part *parts; /* but for the first one */
    size_t count;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

/* --- A part ------------------------------------------------------------------------------- */

static hp_status give_up(struct hp_log_reader *reader)
{
    return hp_error_set(reader->error, HP_CANCELLED, 0, "given up");
}

static bool add_naming(struct hp_log_reader *reader, const uint8_t *bytes)
{
    struct hp_log_part *part = reader->part;

    if (part->naming_count > 1024 + reader->decoder.cursor.size / 64 ||
        !hp_array_reserve(&part->namings, &part->naming_capacity, part->naming_count + 1,
                          sizeof *part->namings))
        return false;
    part->namings[part->naming_count++] = (size_t)(bytes - reader->decoder.cursor.data);
    return true;
}

static hp_status number_function(struct hp_log_reader *reader, const struct hp_log_record *record,
                                 const uint8_t *bytes, hp_function_id *function)
{
    struct hp_log_names *names = &reader->names;
    struct hp_log_function *named = hp_log_need_function(names, record->file, record->line);

    if (!named)
        return give_up(reader);
    if (named->generation != names->generation) {
        named->generation = names->generation;
        named->id = (hp_function_id)reader->trace.function_count;
        if (!add_naming(reader, bytes) || !hp_trace_add_function(&reader->trace, record->line))
            return give_up(reader);
    }
    *function = named->id;
    return HP_OK;
}

static hp_status postpone_definition(struct hp_log_reader *reader,
                                     const struct hp_log_record *record, const uint8_t *bytes)
{
    bool is_name = record->type == DEFINE_FILE || record->type == DEFINE_FUNC;

    return is_name && add_naming(reader, bytes) ? HP_OK : give_up(reader);
}

/* Gives the last segment, if there is one, the trace that was read. */
static void keep_trace(struct hp_log_reader *reader)
{
    struct hp_log_part *part = reader->part;

    if (part->segment_count)
        part->segments[part->segment_count - 1].trace = reader->trace;
    reader->trace = (hp_trace){.cell_count = 0};
}

/* The first line of the bottom is UINT64_MAX, so that its first cell is that of no line: it stands
 * for the line where the unknown frame is. */
static hp_status begin_segment(struct hp_log_reader *reader, size_t span_left)
{
    struct hp_log_part *part = reader->part;

    if (part->segment_count == SEGMENTS_MAX ||
        !hp_array_reserve(&part->segments, &part->segment_capacity, part->segment_count + 1,
                          sizeof *part->segments))
        return give_up(reader);
    keep_trace(reader);
    part->segments[part->segment_count++] = (struct segment){.first_naming = part->naming_count};
    reader->names.generation++;
    return hp_trace_init(&reader->trace, UINT64_MAX, span_left) ? HP_OK : give_up(reader);
}

static hp_status end_segment(struct hp_log_reader *reader)
{
    reader->naming_bytes += hp_trace_memory(&reader->trace);
    return begin_segment(reader, reader->trace.span_left);
}

/* The line UINT64_MAX is the bottom's. */
static const struct hp_log_hooks from_middle = {.find_function = number_function,
                                                .take_definition = postpone_definition,
                                                .exit_unmatched = end_segment,
                                                .line_max = UINT64_MAX - 1};

static bool is_wanted(void *context, uint64_t done, uint64_t total)
{
    const struct hp_log_part *part = context;

    (void)done;
    (void)total;
    return !part->cancelled;
}

static void *read_part(void *context)
{
    struct hp_log_part *part = context;
    struct hp_log_reader *reader = &part->reader;
    struct parts *all = part->all;
    const hp_load_options options = {
        .size = sizeof options, .progress = is_wanted, .progress_context = part};

    reader->recent = malloc(HP_RECENT_CALLS * sizeof *reader->recent);
    if (!reader->recent) {
        (void)give_up(reader);
    } else {
        hp_log_begin_epoch(reader);
        if (begin_segment(reader, HP_TABLE_LINES((part->end - part->start) / 2)) == HP_OK)
            (void)hp_log_read_records(reader, &options, part->end);
        keep_trace(reader);
    }
    pthread_mutex_lock(&all->mutex);
    part->done = true;
    pthread_cond_signal(&all->changed);
    pthread_mutex_unlock(&all->mutex);
    return NULL;
}

/* Decoding from any offset soon comes to where a true record begins. So it is tried from several
 * offsets, until all that did not find a corrupt record have come to the same one, which is
 * returned; 0 if they do not. */
static size_t find_record(const struct hp_log_decoder *decoder, size_t offset)
{
    enum { TRIES = 16, FAR = 1 << 16 };
    struct hp_log_decoder tries[TRIES];
    size_t count = TRIES;
    hp_error error = {0};

    if (decoder->cursor.size < offset + TRIES)
        return 0;
    for (size_t i = 0; i < TRIES; i++) {
        tries[i] = *decoder;
        tries[i].cursor.offset = offset + i;
        tries[i].cursor.error = &error;
    }
    while (count > 0) {
        struct hp_log_record record;
        size_t last = 0, first = 0;

        for (size_t i = 1; i < count; i++) {
            if (tries[i].cursor.offset < tries[last].cursor.offset)
                last = i;
            if (tries[i].cursor.offset > tries[first].cursor.offset)
                first = i;
        }
        if (tries[last].cursor.offset == tries[first].cursor.offset)
            return tries[first].cursor.offset;
        if (tries[last].cursor.offset > offset + FAR)
            return 0;
        if (!hp_log_decode(&tries[last], &record) || record.type > LINENO)
            tries[last] = tries[--count];
    }
    return 0;
}

/* Starts a thread for a part. */
static bool start_part(struct hp_log_part *part, const struct hp_log_reader *first)
{
    part->reader =
        (struct hp_log_reader){.hooks = &from_middle,
                               .decoder = first->decoder,
                               .clock = first->clock,
                               .part = part,
                               .error = &part->error,
                               .started = true,
                               .timed = true,
                               .memory_limit = first->memory_limit / 8 / (part->all->count + 1)};
    part->reader.decoder.cursor.offset = part->start;
    part->reader.decoder.cursor.error = &part->error;
    return pthread_create(&part->thread, NULL, read_part, part) == 0;
}

/* Finds the parts behind the first one, as many as have a record to begin with, and starts their
 * threads, as many as can be. */
static void start_parts(struct parts *all, const struct hp_log_reader *first,
                        struct hp_log_parting parting)
{
    size_t size = first->decoder.cursor.size, last = first->decoder.cursor.offset, started = 0;

    for (size_t i = 1; i < parting.parts && i < size / parting.size; i++) {
        size_t start = find_record(&first->decoder, i * parting.size);

        if (start <= last)
            continue;
        if (all->count > 0)
            all->parts[all->count - 1].end = start;
        all->parts[all->count].all = all;
        all->parts[all->count].start = start;
        all->parts[all->count++].end = size;
        last = start;
    }
    while (started < all->count && start_part(&all->parts[started], first))
        started++;
    all->count = started;
}

/* Waits for the thread, and calls the progress callback meanwhile. False: that cancels. */
static bool await_part(const struct hp_log_part *part, const hp_cursor *cursor,
                       const hp_load_options *options)
{
    enum { SECOND = 1000000000 };
    struct parts *all = part->all;
    bool wanted = true;

    pthread_mutex_lock(&all->mutex);
    while (!part->done && wanted) {
        struct timespec until;

        timespec_get(&until, TIME_UTC);
        until.tv_nsec += SECOND / 10;
        until.tv_sec += until.tv_nsec / SECOND;
        until.tv_nsec %= SECOND;
        if (pthread_cond_timedwait(&all->changed, &all->mutex, &until) != 0 && options->progress)
            wanted = options->progress(options->progress_context, cursor->offset, cursor->size);
    }
    pthread_mutex_unlock(&all->mutex);
    return wanted;
}

static void end_part(struct hp_log_part *part)
{
    part->cancelled = true;
    pthread_join(part->thread, NULL);
    for (size_t i = 0; i < part->segment_count; i++)
        hp_trace_free(&part->segments[i].trace);
    free(part->segments);
    free(part->namings);
    free(part->reader.recent);
    hp_log_names_free(&part->reader.names);
}

/* --- Joining ------------------------------------------------------------------------------ */

/* Whether each function of the part has one name throughout. names: those before it, to which its
 * definitions are added. Adds to *bytes the memory that the names of the
 * functions take at most. */
static bool are_named_once(const struct hp_log_part *part, struct hp_log_names *names,
                           size_t *bytes)
{
    struct hp_log_decoder decoder = part->reader.decoder;
    uint32_t generation = names->generation;
    bool whole = true;

    for (size_t i = 0; i < part->naming_count && whole; i++) {
        struct hp_log_record record = {.type = ENTER};

        decoder.cursor.offset = part->namings[i];
        whole = hp_log_decode(&decoder, &record);
        if (record.type == DEFINE_FILE) {
            whole = whole && hp_log_define_file(names, &record);
        } else if (record.type == DEFINE_FUNC) {
            whole = whole && hp_log_define_function(names, &record);
        } else {
            struct hp_log_function *named = hp_log_need_function(names, record.file, record.line);
            const struct hp_log_file *file = hp_log_find_file(names, record.file);

            if (!named)
                return false;
            named->id = 0; /* any, so that another name is noticed */
            names->unnamed |= !file;
            *bytes += 2 * (named->name.size + 2 * (file ? file->name : hp_log_no_name).size +
                           names->directory.size);
        }
    }
    return whole && names->generation == generation;
}

/* Whether the part can be joined: it begins where the first reader is, and all sums and
 * memory stay within their limits. */
static bool fits(const struct hp_log_part *part, const struct hp_log_reader *first)
{
    const hp_trace *trace = &first->trace;
    size_t bytes = first->naming_bytes + hp_trace_memory(trace);
    uint64_t time_left = first->clock.longest - trace->state.clock;
    struct hp_log_names names;
    bool fit;

    if (part->error.status != HP_OK || first->decoder.cursor.offset != part->start ||
        !first->decoder.frames_timed ||
        first->decoder.lines_timed != part->reader.decoder.lines_timed)
        return false;
    for (size_t i = 0; i < part->segment_count; i++) {
        const hp_trace *next = &part->segments[i].trace;

        if (next->state.clock > time_left || (size_t)(next->state.limit - next->state.bottom) >
                                                 HP_FRAMES_MAX - hp_trace_depth(trace))
            return false;
        time_left -= next->state.clock;
        bytes += hp_trace_memory(next);
    }
    fit = hp_log_names_copy(&first->names, &names) && are_named_once(part, &names, &bytes);
    hp_log_names_free(&names);
    return fit && bytes <= first->memory_limit;
}

/* Sets numbers to the numbers in the first thread's trace of the functions of all segments, with a
 * place for the bottom of each. */
static hp_status name_functions(const struct hp_log_part *part, struct hp_log_reader *first,
                                hp_function_id *numbers)
{
    struct hp_log_decoder decoder = part->reader.decoder;
    hp_status status = HP_OK;

    for (size_t i = 0; i < part->segment_count; i++) {
        size_t end =
            i + 1 < part->segment_count ? part->segments[i + 1].first_naming : part->naming_count;

        *numbers++ = 0;
        for (size_t at = part->segments[i].first_naming; at < end && status == HP_OK; at++) {
            struct hp_log_record record;

            decoder.cursor.offset = part->namings[at];
            (void)hp_log_decode(&decoder, &record);
            status = record.type == ENTER ? hp_log_name_function(first, &record, numbers++)
                                          : hp_log_take_definition(first, &record);
        }
    }
    return status;
}

/* Whether the functions of a segment are all different: two numbers of files may have one name.
 * seen: the last mark of each function. */
static bool are_distinct(const hp_function_id *numbers, size_t count, uint32_t *seen, uint32_t mark)
{
    for (size_t i = 1; i < count; i++) {
        if (seen[numbers[i]] == mark)
            return false;
        seen[numbers[i]] = mark;
    }
    return true;
}

static hp_status join_segments(struct hp_log_part *part, struct hp_log_reader *first,
                               hp_function_id *numbers)
{
    for (size_t i = 0; i < part->segment_count; i++) {
        hp_trace *trace = &first->trace, *next = &part->segments[i].trace;

        if (i > 0 && hp_trace_depth(trace))
            hp_trace_leave(&trace->state, HP_TRACE_LINES);
        else if (i > 0)
            first->input->unmatched_exits++;
        if (!hp_trace_append(trace, next, numbers, first->decoder.lines_timed))
            return hp_no_memory(first->error);
        numbers += next->function_count;
    }
    first->decoder.cursor.offset = part->reader.decoder.cursor.offset;
    return HP_OK;
}

static hp_status join(struct hp_log_part *part, struct hp_log_reader *first)
{
    hp_function_id *numbers = malloc((part->naming_count + part->segment_count) * sizeof *numbers);
    hp_status status = numbers ? name_functions(part, first, numbers) : hp_no_memory(first->error);
    uint32_t *seen = NULL;
    bool distinct = true;

    if (status == HP_OK) {
        const hp_function_id *at = numbers;

        seen = calloc(first->trace.function_count, sizeof *seen);
        for (size_t i = 0; i < part->segment_count && seen && distinct; i++) {
            distinct =
                are_distinct(at, part->segments[i].trace.function_count, seen, (uint32_t)i + 1);
            at += part->segments[i].trace.function_count;
        }
        if (!seen)
            status = hp_no_memory(first->error);
        else if (distinct)
            status = join_segments(part, first, numbers);
    }
    free(numbers);
    free(seen);
    return status;
}

/* Waits for the part to which the first thread has come, and joins it if it fits. */
static hp_status take_part(struct hp_log_part *part, struct hp_log_reader *first,
                           const hp_load_options *options)
{
    const hp_cursor *cursor = &first->decoder.cursor;

    if (!await_part(part, cursor, options))
        return hp_error_set(first->error, HP_CANCELLED, cursor->offset, "cancelled");
    return fits(part, first) ? join(part, first) : HP_OK;
}

/* Reads on with the other parts. */
static hp_status read_parts(struct parts *all, struct hp_log_reader *reader,
                            struct hp_log_parting parting, const hp_load_options *options)
{
    const hp_cursor *cursor = &reader->decoder.cursor;
    hp_status status = HP_OK;

    start_parts(all, reader, parting);
    for (size_t i = 0; i < all->count; i++) {
        struct hp_log_part *part = &all->parts[i];

        if (status == HP_OK)
            status = hp_log_read_records(reader, options, part->start);
        if (status == HP_OK && cursor->offset == part->start)
            status = take_part(part, reader, options);
        end_part(part);
    }
    return status;
}

hp_status hp_log_read_in_parts(struct hp_log_reader *reader, struct hp_log_parting parting,
                               const hp_load_options *options)
{
    const hp_cursor *cursor = &reader->decoder.cursor;
    struct parts all = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    hp_status status = HP_OK;

    hp_log_begin_epoch(reader);
    if (parting.parts > 1)
        all.parts = calloc(parting.parts, sizeof *all.parts);
    if (all.parts)
        status = hp_log_read_records(reader, options,
                                     parting.header < cursor->size ? parting.header : cursor->size);
    if (all.parts && status == HP_OK && hp_log_is_ordinary(reader))
        status = read_parts(&all, reader, parting, options);
    free(all.parts);
    pthread_cond_destroy(&all.changed);
    pthread_mutex_destroy(&all.mutex);
    return status == HP_OK ? hp_log_read_records(reader, options, cursor->size) : status;
}
