// SPDX-License-Identifier: MIT
/* Threads read the entries of the list into a profile each, a few entries ahead of the next one to
 * be added up. The main thread adds them up, in order, and reads while the next one is not there.
 */
#include "command/inputs.h"

#include "command/cut_watch.h"
#include "command/input_list.h"
#include "command/progress.h"
#include "command/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading;

/* The work on one entry, and what came of it. */
struct job {
    struct reading *reading;
    const hp_entry *entry;
    bool done;
    bool passed_over; /* it is no profile */
    hp_profile *profile;
    hp_status status;
    hp_error error;
    hp_progress_line line;
};

/* What the threads share; the mutex is of all that changes. */
struct reading {
    const hp_settings *settings;
    hp_inputs *inputs;
    hp_input_list list;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t taken;     /* so many entries are, or were, worked on */
    size_t next;      /* the entry to be added up next */
    size_t read;      /* as in inputs */
    bool over;        /* no more work is to be taken */
    struct job *jobs; /* of entry i: the one at i % window */
    size_t window;
    struct large_input *large;
    size_t large_count;
};

/* Sums with numbers from here on may not fit into 64 bits. As nanoseconds they are two years. */
#define LARGE ((uint64_t)1 << 56)

/* An input with such numbers. It is added up after all others, so that none of these fails for
 * it, in whatever order they are given. */
struct large_input {
    const char *path;
    hp_profile *profile;
    hp_status status;
    uint64_t largest;
};

/* --- One input ---------------------------------------------------------------------------- */

/* Only the input that all wait for has a line. */
static bool update_progress(void *context, uint64_t done, uint64_t total)
{
    struct job *job = context;
    struct reading *reading = job->reading;

    pthread_mutex_lock(&reading->mutex);
    if (job->entry == &reading->list.entries[reading->next])
        hp_progress_line_update(&job->line, done, total);
    pthread_mutex_unlock(&reading->mutex);
    return true;
}

static size_t thread_limit(const struct reading *reading)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    return reading->settings->threads ? reading->settings->threads
           : processors > 1           ? (size_t)processors
                                      : 1;
}

/* Reads an open file, which is watched, or what the path stands for. That is not mapped: a file may
 * have come there since the list was made. */
static hp_status read_profile(struct job *job, int file)
{
    const hp_load_options options = {
        .size = sizeof options,
        .map = file >= 0,
        .progress = job->reading->settings->progress == HP_NEVER ? NULL : update_progress,
        .progress_context = job,
        .stacks = job->reading->settings->report->stacks,
        .threads_apart = job->reading->settings->threads_apart,
        .native = job->reading->settings->options.all,
        .threads = job->reading->list.count == 1 ? (unsigned)thread_limit(job->reading) : 1,
    };

    job->line.at_once = job->reading->settings->progress == HP_ALWAYS;
    hp_progress_line_start(&job->line, job->entry->path);
    job->profile = hp_profile_new();
    if (!job->profile)
        return hp_no_memory(&job->error);
    return file < 0
               ? hp_profile_load(job->profile, job->entry->path, &options, &job->error)
               : hp_profile_load_file(job->profile, job->entry->path, file, &options, &job->error);
}

static hp_status read_watched(struct job *job, int file)
{
    hp_cut_watch watch;
    hp_status status;

    hp_cut_watch_start(&watch);
    status = read_profile(job, file);
    if (!hp_cut_watch_end(&watch))
        return status;
    hp_error_clear(&job->error);
    return hp_error_set(&job->error, HP_IO, 0, "was cut short while it was read");
}

/* Reads what was a regular file when the list was made. If another program puts a pipe in its place
 * meanwhile, nothing waits for the other end. */
static hp_status read_regular(struct job *job)
{
    int file = open(job->entry->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const hp_format *format = NULL;
    hp_status status = HP_OK;
    struct stat about;

    if (file < 0)
        return hp_error_set(&job->error, HP_IO, 0, "cannot be opened: %s", strerror(errno));
    if (job->entry->kind == HP_ENTRY_FOUND) {
        if (fstat(file, &about) == 0 && S_ISREG(about.st_mode))
            status = hp_format_recognise_file(file, &format, &job->error);
        job->passed_over = status == HP_OK && !format;
    }
    if (status == HP_OK && !job->passed_over)
        status = read_watched(job, file);
    close(file);
    return status;
}

static void run(struct job *job)
{
    switch (job->entry->kind) {
    case HP_ENTRY_FILE:
    case HP_ENTRY_FOUND:
        job->status = job->entry->regular ? read_regular(job) : read_profile(job, -1);
        break;
    case HP_ENTRY_UNREADABLE:
        job->status = hp_error_set(&job->error, HP_IO, 0, "cannot be read: %s",
                                   strerror(job->entry->error_number));
        break;
    case HP_ENTRY_END:
        break;
    }
}

/* --- Threads ------------------------------------------------------------------------------ */

/* The next entry to be worked on, or NULL if there is none now: a few entries ahead, and none that
 * the limit might leave out; what is not a regular file, such as standard input, in its turn. The
 * mutex is held. */
static struct job *take(struct reading *reading)
{
    size_t ahead = reading->taken - reading->next, limit = reading->settings->file_limit;
    const hp_entry *entry = &reading->list.entries[reading->taken];

    if (reading->over || reading->taken == reading->list.count || ahead == reading->window ||
        (limit && ahead >= limit - reading->read) || (ahead > 0 && !entry->regular))
        return NULL;

    struct job *job = &reading->jobs[reading->taken++ % reading->window];

    *job = (struct job){.reading = reading, .entry = entry};
    return job;
}

static void work(struct reading *reading, struct job *job)
{
    pthread_mutex_unlock(&reading->mutex);
    run(job);
    pthread_mutex_lock(&reading->mutex);
    job->done = true;
    if (job->entry == &reading->list.entries[reading->next])
        pthread_cond_broadcast(&reading->changed);
}

static void *work_on(void *context)
{
    struct reading *reading = context;

    pthread_mutex_lock(&reading->mutex);
    while (!reading->over) {
        struct job *job = take(reading);

        if (job)
            work(reading, job);
        else
            pthread_cond_wait(&reading->changed, &reading->mutex);
    }
    pthread_mutex_unlock(&reading->mutex);
    return NULL;
}

/* Works until the next entry is done. */
static struct job *await_next(struct reading *reading)
{
    struct job *next = &reading->jobs[reading->next % reading->window];

    pthread_mutex_lock(&reading->mutex);
    while (reading->taken == reading->next || !next->done) {
        struct job *job = take(reading);

        if (job)
            work(reading, job);
        else
            pthread_cond_wait(&reading->changed, &reading->mutex);
    }
    pthread_mutex_unlock(&reading->mutex);
    return next;
}

/* Wakes threads up only for more than an entry or two. */
static void go_on(struct reading *reading)
{
    pthread_mutex_lock(&reading->mutex);
    reading->next++;
    reading->read = reading->inputs->read + reading->large_count;
    if (reading->taken - reading->next <= reading->window / 2)
        pthread_cond_broadcast(&reading->changed);
    pthread_mutex_unlock(&reading->mutex);
}

/* --- All inputs --------------------------------------------------------------------------- */

static void tell_input(const struct reading *reading, const char *path)
{
    const hp_profile *profile = reading->inputs->profile;
    const hp_input *input = hp_profile_input(profile, hp_profile_input_count(profile) - 1);
    char remarks[512];
    size_t length = hp_input_remarks(input, remarks, sizeof remarks);

    if (reading->settings->verbose)
        hp_tell(path, "%s, %" PRIu64 " events%s%s", input->format, input->events,
                length ? "; " : "", remarks);
    else if (length && !reading->settings->quiet)
        hp_tell(path, "%s", remarks);
}

static hp_status add_up(hp_inputs *inputs, hp_profile **profile, hp_error *error)
{
    if (inputs->read)
        return hp_profile_merge(inputs->profile, *profile, error);
    hp_profile_free(inputs->profile);
    inputs->profile = *profile;
    *profile = NULL;
    return HP_OK;
}

/* Adds up a profile, which it frees, and tells what came of it. status: of reading it. */
static void add_input(struct reading *reading, const char *path, hp_profile *profile,
                      hp_status status)
{
    hp_inputs *inputs = reading->inputs;
    hp_error refused = {0};
    hp_status added = add_up(inputs, &profile, &refused);

    if (added == HP_OK) {
        inputs->read++;
        tell_input(reading, path);
    } else {
        hp_tell(path, "%s", refused.message);
    }
    hp_profile_free(profile);
    inputs->damaged |= status != HP_OK || added != HP_OK;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t largest_of(const uint64_t *costs, size_t events)
{
    uint64_t largest = 0;

    for (size_t e = 0; e < events; e++)
        largest = larger(largest, costs[e]);
    return largest;
}

static uint64_t largest_number(const hp_profile *profile)
{
    size_t events = hp_profile_event_count(profile);
    uint64_t largest = largest_of(hp_profile_total(profile), events);

    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        uint64_t calls = hp_profile_function(profile, id)->calls;

        largest = larger(largest, largest_of(hp_profile_function_inclusive(profile, id), events));
        largest = larger(largest, calls == HP_UNKNOWN ? 0 : calls);
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        uint64_t count = hp_profile_call(profile, i)->count;

        largest = larger(largest, largest_of(hp_profile_call_inclusive(profile, i), events));
        largest = larger(largest, count == HP_UNKNOWN ? 0 : count);
    }
    return largest;
}

/* Sets an input with large numbers aside, if there is memory for that. */
static bool set_aside(struct reading *reading, const struct job *job)
{
    uint64_t largest = reading->list.count > 1 ? largest_number(job->profile) : 0;
    struct large_input *more;

    if (largest < LARGE)
        return false;
    more = realloc(reading->large, (reading->large_count + 1) * sizeof *more);
    if (!more)
        return false;
    reading->large = more;
    more[reading->large_count++] =
        (struct large_input){job->entry->path, job->profile, job->status, largest};
    return true;
}

static int compare_large(const void *a, const void *b)
{
    const struct large_input *one = a, *two = b;

    if (one->largest != two->largest)
        return one->largest < two->largest ? -1 : 1;
    return strcmp(one->path, two->path);
}

static void add_up_large(struct reading *reading)
{
    if (reading->large_count)
        qsort(reading->large, reading->large_count, sizeof *reading->large, compare_large);
    for (size_t i = 0; i < reading->large_count; i++) {
        const struct large_input *large = &reading->large[i];

        add_input(reading, large->path, large->profile, large->status);
    }
    free(reading->large);
}

/* Adds up and tells what came of an entry; false if that is nothing. */
static bool finish(struct reading *reading, struct job *job)
{
    if (job->passed_over)
        return false;
    hp_progress_line_end(&job->line);
    if (job->status != HP_OK && job->status != HP_TRUNCATED && job->status != HP_CORRUPT) {
        hp_tell(job->entry->path, "%s", job->error.message);
        hp_profile_free(job->profile);
        reading->inputs->damaged = true;
    } else if (!set_aside(reading, job)) {
        add_input(reading, job->entry->path, job->profile, job->status);
    }
    return true;
}

static void add_up_all(struct reading *reading)
{
    size_t limit = reading->settings->file_limit;
    bool any = false; /* below a directory */

    while (reading->next < reading->list.count && !(limit && reading->read == limit)) {
        struct job *job = await_next(reading);

        if (job->entry->kind != HP_ENTRY_END) {
            bool something = finish(reading, job);

            any |= something && job->entry->kind != HP_ENTRY_FILE;
        } else {
            if (!any) {
                hp_tell(job->entry->path, "expected profiles below this directory, found none");
                reading->inputs->damaged = true;
            }
            any = false;
        }
        go_on(reading);
    }
    add_up_large(reading);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many files can be opened, but at most so many. */
static size_t files_left(size_t most)
{
    struct rlimit limit = {0};
    size_t count = 0;

    getrlimit(RLIMIT_NOFILE, &limit);
    for (int file = 0; count < most && (rlim_t)file < limit.rlim_cur; file++)
        count += fcntl(file, F_GETFD) < 0;
    return count;
}

/* The main thread is one of them. Each has a file open. */
static size_t thread_count(const struct reading *reading)
{
    size_t count = smaller(thread_limit(reading), reading->list.count);
    size_t files = files_left(count);

    return files ? files : 1;
}

static bool read_list(struct reading *reading)
{
    size_t count = thread_count(reading), started = 1;
    pthread_t *threads = calloc(count + 1, sizeof *threads);

    reading->window = 4 * count + 1;
    reading->jobs = calloc(reading->window, sizeof *reading->jobs);
    if (threads && reading->jobs) {
        pthread_mutex_init(&reading->mutex, NULL);
        pthread_cond_init(&reading->changed, NULL);
        while (started < count && pthread_create(&threads[started], NULL, work_on, reading) == 0)
            started++;
        add_up_all(reading);
        pthread_mutex_lock(&reading->mutex);
        reading->over = true;
        pthread_cond_broadcast(&reading->changed);
        pthread_mutex_unlock(&reading->mutex);
        for (size_t i = 1; i < started; i++)
            pthread_join(threads[i], NULL);
        pthread_cond_destroy(&reading->changed);
        pthread_mutex_destroy(&reading->mutex);
    }

    bool whole = threads && reading->jobs;

    free(threads);
    free(reading->jobs);
    return whole;
}

bool hp_inputs_read(hp_inputs *inputs, const hp_settings *settings, const char *const *paths,
                    size_t count)
{
    struct reading reading = {.settings = settings, .inputs = inputs};
    bool whole;

    *inputs = (hp_inputs){.profile = hp_profile_new()};
    whole = inputs->profile != NULL;
    for (size_t i = 0; i < count && whole; i++)
        whole = hp_input_list_add(&reading.list, paths[i]);
    whole = whole && read_list(&reading);
    hp_input_list_free(&reading.list);
    return whole;
}
