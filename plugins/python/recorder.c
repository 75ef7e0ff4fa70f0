// SPDX-License-Identifier: MIT
#include "recorder.h"

#include "hotprof.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_TIMES = 0x33, FRAME_TIMES = 0x53 };
enum { LOG_BUFFER = 1 << 18, THREAD_BUFFER = 1 << 15 };

static const uint64_t second = 1000000000;

struct hp_recording *hp_running;
uint64_t hp_serial;
_Thread_local struct hp_here hp_here;

static uint64_t serials;
static struct hp_recording *recordings; /* all that are open */

/* Threads end without the GIL. This guards the list of recordings, their lists of threads, and the
 * idents of these. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t end_key;

static void lock_all(void)
{
    pthread_mutex_lock(&lock);
}

static void unlock_all(void)
{
    pthread_mutex_unlock(&lock);
}

/* A thread ends: the next one may go on in its part. */
static void end_thread(void *thread)
{
    lock_all();
    for (const struct hp_recording *recording = recordings; recording; recording = recording->next)
        for (struct hp_thread *one = recording->threads; one; one = one->next)
            if (one == thread && one->ident == PyThread_get_thread_ident()) {
                if (recording->process == getpid())
                    hp_part_flush(&one->part);
                one->ident = 0;
            }
    unlock_all();
}

bool hp_recorder_prepare(void)
{
    static bool prepared;

    if (!prepared && (pthread_key_create(&end_key, end_thread) != 0 ||
                      pthread_atfork(lock_all, unlock_all, unlock_all) != 0)) {
        PyErr_NoMemory();
        return false;
    }
    prepared = true;
    return hp_names_prepare();
}

/* --- Opening ------------------------------------------------------------------------------ */

static void add_text(struct hp_part *part, const char *key, const char *value)
{
    hp_part_add_info(part, key, value, strlen(value));
}

static void add_number(struct hp_part *part, const char *key, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    add_text(part, key, text);
}

static void add_object(struct hp_part *part, const char *key, const char *name)
{
    PyObject *value = PySys_GetObject(name);
    PyObject *bytes = value && PyUnicode_Check(value) ? PyUnicode_EncodeFSDefault(value) : NULL;

    if (bytes)
        hp_part_add_info(part, key, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_XDECREF(bytes);
    PyErr_Clear();
}

static void put_header(struct hp_part *part, const struct hp_settings *settings,
                       const char *directory)
{
    add_text(part, "hotshot-version", HP_VERSION);
    add_text(part, "requested-frame-timings", settings->frame_times ? "yes" : "no");
    add_text(part, "requested-line-events", settings->lines ? "yes" : "no");
    add_text(part, "requested-line-timings", settings->line_times ? "yes" : "no");
    add_text(part, "reported-performance-frequency", "1000000000");
    add_text(part, "clock", settings->clock == CLOCK_MONOTONIC ? "wall" : "cpu");
    add_object(part, "platform", "platform");
    add_object(part, "executable", "executable");
    add_object(part, "executable-version", "version");
    if (directory)
        add_text(part, "current-directory", directory);
    hp_part_set_flag(part, FRAME_TIMES, settings->frame_times);
    hp_part_set_flag(part, LINE_TIMES, settings->line_times);
}

static void free_thread(struct hp_thread *thread)
{
    free(thread->stack);
    free(thread->functions);
    free(thread->files);
    free(thread);
}

/* A thread whose part has a header. Takes over path. NULL without memory. */
static struct hp_thread *new_thread(const struct hp_recording *recording, char *path,
                                    size_t buffer_size)
{
    struct hp_thread *thread = calloc(1, sizeof *thread);

    if (!thread) {
        free(path);
        return NULL;
    }
    if (!hp_part_start(&thread->part, path, buffer_size)) {
        free(thread);
        return NULL;
    }
    hp_part_put(&thread->part, recording->header, recording->header_size);
    return thread;
}

static bool make_header(struct hp_recording *recording)
{
    struct hp_part part;

    /* It never gets full, so that it has no file. */
    if (!hp_part_start(&part, strdup("header"), LOG_BUFFER))
        return false;
    put_header(&part, &recording->settings, recording->names.directory);
    recording->header_size = (size_t)(part.at - part.buffer);
    recording->header = part.buffer;
    free(part.path);
    return true;
}

struct hp_recording *hp_recording_open(char *path, const struct hp_settings *settings)
{
    struct hp_recording *recording = calloc(1, sizeof *recording);

    if (!recording) {
        free(path);
        PyErr_NoMemory();
        return NULL;
    }
    recording->settings = *settings;
    recording->path = path;
    recording->process = getpid();
    recording->names.directory = getcwd(NULL, 0);
    if (make_header(recording))
        recording->threads = new_thread(recording, strdup(path), LOG_BUFFER);
    if (!recording->threads) {
        PyErr_NoMemory();
    } else if (!hp_part_create(&recording->threads->part)) {
        errno = recording->threads->part.error;
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        free(recording->threads->part.buffer);
        free(recording->threads->part.path);
        free_thread(recording->threads);
        recording->threads = NULL;
    }
    if (!recording->threads) {
        recording->closed = true;
        hp_recording_free(recording);
        return NULL;
    }
    recording->thread_count = 1;
    lock_all();
    recording->next = recordings;
    recordings = recording;
    unlock_all();
    return recording;
}

/* --- Failing and flushing ----------------------------------------------------------------- */

static void warn(const char *path, int error)
{
    struct hp_exception exception = hp_exception_take();

    PySys_FormatStderr("hotshot: cannot write %s: %s; the recording ends here\n", path,
                       strerror(error));
    PyErr_Clear();
    hp_exception_set(exception);
}

/* Ends the running recording with a warning. The program goes on. */
static void fail(const char *path, int error)
{
    hp_running->failed = true;
    hp_running = NULL;
    hp_serial = 0;
    warn(path, error);
}

/* What passed since a time is charged to no line. */
static void forget_time(struct hp_thread *thread, uint64_t start)
{
    uint64_t passed = hp_clock(hp_running->settings.clock) - start;

    thread->last += passed;
    hp_running->writing += passed;
}

void hp_thread_flush(struct hp_thread *thread)
{
    clockid_t clock = hp_running->settings.clock;
    uint64_t start = hp_clock(clock);

    if (!hp_part_flush(&thread->part)) {
        fail(thread->part.path, thread->part.error);
        return;
    }
    thread->flush_due = hp_clock(clock) + second;
    forget_time(thread, start);
}

/* --- Threads ------------------------------------------------------------------------------ */

/* Sets a bit; false without memory. */
static bool set_bit(uint8_t **bits, size_t *count, uint32_t bit)
{
    if (bit >= *count) {
        size_t larger = ((size_t)bit + 1) * 2 + 64;
        uint8_t *moved = realloc(*bits, larger / 8 + 1);

        if (!moved)
            return false;
        memset(moved + *count / 8, 0, larger / 8 + 1 - *count / 8);
        *bits = moved;
        *count = larger / 8 * 8;
    }
    (*bits)[bit / 8] |= (uint8_t)(1 << bit % 8);
    return true;
}

static bool is_set(const uint8_t *bits, size_t count, uint32_t bit)
{
    return bit < count && bits[bit / 8] >> bit % 8 & 1;
}

bool hp_thread_make_room(struct hp_thread *thread, uint32_t function)
{
    const struct hp_names *names = &hp_running->names;
    const struct hp_function_name *defined = &names->functions[function];
    uint64_t start = hp_clock(hp_running->settings.clock);
    int error = 0;

    if (thread->depth == thread->capacity) {
        size_t capacity = thread->capacity ? thread->capacity * 2 : 256;
        const void **stack = realloc(thread->stack, capacity * sizeof *stack);

        if (stack) {
            thread->stack = stack;
            thread->capacity = capacity;
        } else {
            error = ENOMEM;
        }
    }
    if (!error && !is_set(thread->functions, thread->function_bits, function)) {
        if (!is_set(thread->files, thread->file_bits, defined->file)) {
            hp_part_define_file(&thread->part, defined->file, names->files[defined->file].name,
                                names->files[defined->file].size);
            if (!set_bit(&thread->files, &thread->file_bits, defined->file))
                error = ENOMEM;
        }
        hp_part_define_function(&thread->part, defined->file, defined->line, defined->name,
                                defined->size);
        if (!set_bit(&thread->functions, &thread->function_bits, function))
            error = ENOMEM;
    }
    if (thread->part.error)
        error = thread->part.error;
    if (error)
        fail(thread->part.path, error);
    else
        forget_time(thread, start);
    return !error;
}

/* PATH.SUFFIX-NUMBER, or PATH.NUMBER without a suffix; to be freed. NULL without memory. */
static char *path_beside(const char *path, const char *suffix, long number)
{
    size_t size = strlen(path) + strlen(suffix) + 24;
    char *beside = malloc(size);

    if (beside)
        snprintf(beside, size, "%s.%s%ld", path, suffix, number);
    return beside;
}

/* Finds the part of this thread, or one that it can go on with, or makes one. */
static struct hp_thread *find_thread(struct hp_recording *recording)
{
    unsigned long ident = PyThread_get_thread_ident();
    struct hp_thread *thread, *unused = NULL, **last = &recording->threads;

    for (thread = recording->threads; thread && thread->ident != ident; thread = thread->next) {
        if (thread->ident == 0 && !unused)
            unused = thread;
        last = &thread->next;
    }
    if (thread)
        return thread;
    if (unused) {
        unused->ident = ident;
        return unused;
    }
    thread = new_thread(recording,
                        path_beside(recording->path, "thread-", (long)recording->thread_count + 1),
                        THREAD_BUFFER);
    if (thread) {
        recording->thread_count++;
        thread->ident = ident;
        *last = thread;
    }
    return thread;
}

/* In the child after a fork: only this thread is left, and goes on in a log of its own. */
static bool begin_child(struct hp_recording *recording)
{
    unsigned long ident = PyThread_get_thread_ident();
    struct hp_thread *own = NULL, *next;
    char *path = path_beside(recording->path, "", (long)getpid());

    for (struct hp_thread *thread = recording->threads; thread; thread = next) {
        next = thread->next;
        hp_part_abandon(&thread->part);
        if (thread->ident == ident || (!own && !next)) {
            own = thread;
        } else {
            hp_part_close(&thread->part);
            free_thread(thread);
        }
    }
    own->next = NULL;
    own->ident = ident;
    own->depth = 0;
    own->carried = 0;
    own->function_bits = own->file_bits = 0; /* nothing is defined */
    recording->threads = own;
    recording->thread_count = 1;
    recording->process = getpid();
    free(recording->path);
    recording->path = path;
    free(own->part.path);
    own->part.path = path ? strdup(path) : NULL;
    own->part.error = 0;
    hp_part_put(&own->part, recording->header, recording->header_size);
    return own->part.path != NULL;
}

void hp_recorder_forked(void)
{
    if (hp_running)
        hp_serial = ++serials;
}

struct hp_thread *hp_thread_attach(PyFrameObject *frame)
{
    struct hp_recording *recording = hp_running;
    struct hp_thread *thread;
    bool whole = true;
    uint64_t now;

    if (!recording)
        return NULL;
    if (recording->process != getpid())
        whole = begin_child(recording);
    lock_all();
    thread = whole ? find_thread(recording) : NULL;
    unlock_all();
    if (!thread) {
        fail(recording->path ? recording->path : "its log", ENOMEM);
        return NULL;
    }
    pthread_setspecific(end_key, thread);
    now = hp_clock(recording->settings.clock);
    thread->last = now - thread->carried;
    thread->carried = 0;
    thread->flush_due = now + second;
    thread->serial = hp_serial;
    hp_here = (struct hp_here){hp_serial, thread};
    hp_thread_align(thread, frame);
    return hp_running ? thread : NULL;
}

static const void *key_of(const struct hp_recording *recording, PyFrameObject *frame)
{
    return recording->keyed_by_code ? (const void *)hp_frame_code(frame) : (const void *)frame;
}

static bool is_builtin(const void *key)
{
    return (uintptr_t)key & 1;
}

/* The frames from a frame down to the base, the innermost one first; to be freed. */
static PyFrameObject **frames_from(PyFrameObject *frame, const PyFrameObject *base, size_t *count)
{
    size_t capacity = 0;
    PyFrameObject **frames = NULL;

    for (*count = 0; frame && frame != base; frame = hp_frame_back(frame)) {
        if (*count == capacity) {
            PyFrameObject **moved;

            capacity = capacity ? capacity * 2 : 64;
            moved = realloc(frames, capacity * sizeof *frames);
            if (!moved) {
                free(frames);
                return NULL;
            }
            frames = moved;
        }
        frames[(*count)++] = frame;
    }
    return frames;
}

void hp_thread_align(struct hp_thread *thread, PyFrameObject *frame)
{
    struct hp_recording *recording = hp_running;
    uint64_t now = hp_clock(recording->settings.clock);
    size_t count, kept = 0, left;
    PyFrameObject **frames = frames_from(frame, thread->base, &count);

    for (left = count; left && frames; left--) {
        const void *key = key_of(recording, frames[left - 1]);
        size_t at = kept;

        while (at < thread->depth && is_builtin(thread->stack[at]))
            at++;
        if (at == thread->depth || thread->stack[at] != key)
            break;
        kept = at + 1;
    }
    while (hp_running && thread->depth > kept)
        hp_record_exit(thread, now);
    for (; hp_running && left && frames; left--) {
        PyFrameObject *entered = frames[left - 1];
        uint32_t function;

        if (!hp_names_find_code(&recording->names, hp_frame_code(entered), &function)) {
            fail(recording->path, ENOMEM);
            break;
        }
        hp_record_enter(thread, key_of(recording, entered), function, now);
    }
    free(frames);
}

/* --- Starting and stopping ---------------------------------------------------------------- */

bool hp_recording_resume(struct hp_recording *recording, PyFrameObject *base)
{
    struct hp_thread *thread;

    hp_names_resume(&recording->names);
    hp_running = recording;
    hp_serial = ++serials;
    lock_all();
    for (thread = recording->threads; thread; thread = thread->next)
        thread->base = NULL;
    if (recording->process == getpid()) {
        thread = find_thread(recording);
        if (thread)
            thread->base = base;
    }
    unlock_all();
    if (!hp_thread_attach(base ? NULL : PyEval_GetFrame())) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

bool hp_recording_has_thread(void)
{
    return hp_running && hp_here.serial == hp_serial && hp_here.thread;
}

void hp_recording_pause(struct hp_recording *recording)
{
    uint64_t now = hp_clock(recording->settings.clock);
    unsigned long ident = PyThread_get_thread_ident();

    for (struct hp_thread *thread = recording->threads; thread; thread = thread->next)
        /* Nobody knows the processor time of another thread. */
        if (thread->serial == hp_serial && thread->depth && now > thread->last &&
            (recording->settings.clock == CLOCK_MONOTONIC || thread->ident == ident))
            thread->carried = now - thread->last;
    hp_running = NULL;
    hp_serial = 0;
}

/* Closes the frames of a thread. The first EXIT has the time that is in no event yet. */
static void leave_frames(struct hp_recording *recording, struct hp_thread *thread)
{
    struct hp_recording *running = hp_running;
    uint64_t now = thread->last + thread->carried;

    thread->carried = 0;
    hp_running = recording;
    thread->flush_due = UINT64_MAX;
    while (hp_running && thread->depth)
        hp_record_exit(thread, now);
    hp_running = running;
}

void hp_recording_leave_frames(struct hp_recording *recording)
{
    unsigned long ident = PyThread_get_thread_ident();

    for (struct hp_thread *thread = recording->threads; thread; thread = thread->next)
        if (thread->ident == ident)
            leave_frames(recording, thread);
}

void hp_recording_detach(struct hp_recording *recording)
{
    hp_recording_leave_frames(recording);
    hp_here = (struct hp_here){hp_serial, NULL};
}

void hp_recording_flush(struct hp_recording *recording)
{
    if (recording->process != getpid())
        return;
    lock_all();
    for (struct hp_thread *thread = recording->threads; thread; thread = thread->next)
        hp_part_flush(&thread->part);
    unlock_all();
}

void hp_recording_add_info(struct hp_recording *recording, const char *key, const char *value,
                           size_t size)
{
    hp_part_add_info(&recording->threads->part, key, value, size);
}

/* Another thread that writes just now goes on meanwhile; but one that was interrupted itself would
 * never. */
static void wait_for(const struct hp_part *part)
{
    for (int i = 0; i < 1000 && part->busy; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

void hp_recorder_end_by_signal(void)
{
    uint8_t exits[256];

    memset(exits, 1, sizeof exits);
    for (struct hp_recording *recording = recordings; recording; recording = recording->next)
        for (struct hp_thread *thread = recording->threads;
             thread && recording->process == getpid(); thread = thread->next) {
            uint64_t now = hp_clock(CLOCK_MONOTONIC);
            size_t depth;

            wait_for(&thread->part);
            if (thread->part.busy || thread->part.error)
                continue;
            depth = hp_thread_depth(thread);
            hp_part_flush(&thread->part);
            if (depth && recording == hp_running && recording->settings.frame_times &&
                recording->settings.clock == CLOCK_MONOTONIC && now > thread->last) {
                thread->part.at = hp_put_typed(thread->part.at, 1, now - thread->last);
                depth--;
            }
            for (size_t count; depth; depth -= count) {
                count = depth < sizeof exits ? depth : sizeof exits;
                hp_part_put(&thread->part, exits, count);
            }
            hp_part_flush(&thread->part);
        }
}

/* --- Closing ------------------------------------------------------------------------------ */

void hp_recording_close(struct hp_recording *recording)
{
    struct hp_thread *log = recording->threads, *next;
    bool ours = recording->process == getpid();
    struct hp_recording **place;

    lock_all();
    for (place = &recordings; *place && *place != recording; place = &(*place)->next)
        ;
    if (*place)
        *place = recording->next;
    unlock_all();
    recording->closed = true;
    recording->threads = NULL;
    for (struct hp_thread *thread = log; thread; thread = next) {
        next = thread->next;
        if (!ours)
            hp_part_abandon(&thread->part);
        else if (!thread->part.error)
            leave_frames(recording, thread);
        if (ours && thread != log && !recording->failed &&
            !hp_part_append(&log->part, &thread->part, (off_t)recording->header_size))
            PySys_FormatStderr("hotshot: %s: what %s holds could not be added\n", log->part.path,
                               thread->part.path);
        if (thread != log) {
            hp_part_close(&thread->part);
            free_thread(thread);
        }
    }
    if (ours && !log->part.error) {
        add_number(&log->part, "recorder-nanoseconds", recording->writing);
        if (recording->switches)
            add_number(&log->part, "stack-switches", recording->switches);
    }
    if (ours && !log->part.error && !hp_part_flush(&log->part) && !recording->failed)
        warn(log->part.path, log->part.error);
    hp_part_close(&log->part);
    free_thread(log);
}

void hp_recording_free(struct hp_recording *recording)
{
    if (!recording->closed)
        hp_recording_close(recording);
    hp_names_free(&recording->names);
    free(recording->header);
    free(recording->path);
    free(recording);
}
