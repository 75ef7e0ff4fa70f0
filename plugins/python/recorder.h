// SPDX-License-Identifier: MIT
/* Records what the threads of a program do: which functions they enter and leave, which lines they
 * reach, and when. Everything here needs the GIL, except where it says otherwise.
 *
 * The stack of a thread holds a key for each frame that its log has entered and not left: the frame
 * object, or the code object where only that is known; a function written in C has its PyMethodDef,
 * with the lowest bit set. Keys are compared and never followed. Whenever the frame of an event is
 * not on top, as another stack goes on (greenlets) or events were missed, the log is brought in
 * line with the frames that there are. So every EXIT in a log has its ENTER. */
#ifndef HP_RECORDER_H
#define HP_RECORDER_H

#include "log_part.h"
#include "names.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

struct hp_settings {
    bool lines, line_times, frame_times;
    bool builtins;    /* record functions written in C, too */
    bool all_threads; /* else the one that starts */
    clockid_t clock;
};

struct hp_thread {
    struct hp_part part;
    const void **stack;
    size_t depth, capacity;
    const uint8_t *end; /* see hp_record_depth */
    size_t depth_at_end;
    uint64_t last;      /* the time of the last event */
    uint64_t carried;   /* what passed before the recording was stopped and is in no event yet */
    uint64_t flush_due; /* when the buffer is to be written, even if it is not full */
    uint8_t *functions, *files; /* bits: which ones the part defines */
    size_t function_bits, file_bits;
    uint64_t serial;     /* hp_serial when it last took part */
    unsigned long ident; /* of the thread; 0: it ended, and another one may go on here */
    PyFrameObject *base; /* frames from here down are not recorded; NULL: all are */
    struct hp_thread *next;
};

struct hp_recording {
    struct hp_settings settings;
    struct hp_names names;
    struct hp_thread *threads; /* the first one writes the log itself */
    char *path;
    uint8_t *header;
    size_t header_size;
    size_t thread_count;
    uint64_t writing;  /* time that the recorder took to write and to define names */
    uint64_t switches; /* how often a frame was not on top */
    pid_t process;
    bool keyed_by_code;
    bool failed; /* it ended, with a warning */
    bool closed;
    struct hp_recording *next;
};

/* The recording that runs, or NULL. */
extern struct hp_recording *hp_running;

/* Changes whenever a recording starts; 0: none runs. */
extern uint64_t hp_serial;

/* glibc has room for a few such variables in modules that are loaded late, and they cost no call.
 */
#ifdef __GLIBC__
#define HP_TLS_MODEL __attribute__((tls_model("initial-exec")))
#else
#define HP_TLS_MODEL
#endif

/* This thread's part in the recording of a serial number; NULL: it takes no part. */
struct hp_here {
    uint64_t serial;
    struct hp_thread *thread;
};
extern _Thread_local struct hp_here hp_here HP_TLS_MODEL;

/* Gets what the interpreter must give once. False: an exception is set. */
bool hp_recorder_prepare(void);

/* Makes the log with its header. Takes over path, which malloc made. NULL: an exception is set. */
struct hp_recording *hp_recording_open(char *path, const struct hp_settings *settings);

/* Lets events be taken. base: see hp_thread; for this thread only. False: an exception is set. */
bool hp_recording_resume(struct hp_recording *recording, PyFrameObject *base);

/* Whether this thread takes part in the running recording. */
bool hp_recording_has_thread(void);

/* Takes no more events. The frames stay open. */
void hp_recording_pause(struct hp_recording *recording);

/* Closes this thread's frames. */
void hp_recording_leave_frames(struct hp_recording *recording);

/* Closes this thread's frames; it takes no more part in the recording, which goes on. */
void hp_recording_detach(struct hp_recording *recording);

/* Writes what is in buffers. */
void hp_recording_flush(struct hp_recording *recording);

/* Adds information to the log. */
void hp_recording_add_info(struct hp_recording *recording, const char *key, const char *value,
                           size_t size);

/* Closes all frames, adds all parts to the log and closes it. */
void hp_recording_close(struct hp_recording *recording);

/* Closes a recording and frees it. */
void hp_recording_free(struct hp_recording *recording);

/* To be called in the child after a fork. What it records goes to a log of its own. */
void hp_recorder_forked(void);

/* For a signal handler, which ends the process then: writes all that was recorded, and leaves all
 * frames. */
void hp_recorder_end_by_signal(void);

/* Lets this thread take part in the running recording, and enters the frames from this one down.
 * NULL: it does not take part. */
struct hp_thread *hp_thread_attach(PyFrameObject *frame);

/* Brings the log in line with the frames from this one down. */
void hp_thread_align(struct hp_thread *thread, PyFrameObject *frame);

/* Makes room on the stack for a frame, and defines a function if the part has not yet. False: the
 * recording ended for want of memory or disk space. */
bool hp_thread_make_room(struct hp_thread *thread, uint32_t function);

/* Writes the buffer to the file. */
void hp_thread_flush(struct hp_thread *thread);

static inline uint64_t hp_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline const void *hp_builtin_key(PyObject *function)
{
    return (const char *)((PyCFunctionObject *)function)->m_ml + 1;
}

static inline bool hp_is_on_top(const struct hp_thread *thread, const void *key)
{
    return thread->depth && thread->stack[thread->depth - 1] == key;
}

/* Puts the time that passed before an event behind its other numbers. */
static inline uint8_t *hp_put_time(struct hp_thread *thread, uint8_t *at, uint64_t now)
{
    at = hp_put_packed(at, now > thread->last ? now - thread->last : 0);
    thread->last = now;
    return at;
}

static inline void hp_record_end(struct hp_thread *thread, uint8_t *at, uint64_t now)
{
    thread->part.at = at;
    if (at >= thread->part.limit || now >= thread->flush_due)
        hp_thread_flush(thread);
}

/* Sets the depth with the record that changes it. A signal handler, which may run between any two
 * of these, finds the depth by hp_thread_depth. */
static inline void hp_record_depth(struct hp_thread *thread, uint8_t *at, size_t depth)
{
    thread->end = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    thread->depth_at_end = depth;
    atomic_signal_fence(memory_order_seq_cst);
    thread->end = at;
    atomic_signal_fence(memory_order_seq_cst);
    thread->part.at = at;
    atomic_signal_fence(memory_order_seq_cst);
    thread->depth = depth;
}

static inline size_t hp_thread_depth(const struct hp_thread *thread)
{
    return thread->part.at == thread->end ? thread->depth_at_end : thread->depth;
}

static inline void hp_record_enter(struct hp_thread *thread, const void *key, uint32_t function,
                                   uint64_t now)
{
    const struct hp_function_name *entered;
    uint8_t *at;

    if (thread->depth == thread->capacity || function >= thread->function_bits ||
        !(thread->functions[function / 8] >> function % 8 & 1)) {
        if (!hp_thread_make_room(thread, function))
            return;
    }
    entered = &hp_running->names.functions[function];
    at = thread->part.at;
    memcpy(at, entered->enter, sizeof entered->enter);
    at += entered->enter_size;
    if (hp_running->settings.frame_times)
        at = hp_put_time(thread, at, now);
    thread->stack[thread->depth] = key;
    hp_record_depth(thread, at, thread->depth + 1);
    hp_record_end(thread, at, now);
}

static inline void hp_record_exit(struct hp_thread *thread, uint64_t now)
{
    uint64_t passed = 0;
    uint8_t *at;

    if (hp_running->settings.frame_times && now > thread->last) {
        passed = now - thread->last;
        thread->last = now;
    }
    at = hp_put_typed(thread->part.at, 1, passed);
    hp_record_depth(thread, at, thread->depth - 1);
    hp_record_end(thread, at, now);
}

static inline void hp_record_line(struct hp_thread *thread, int line, uint64_t now)
{
    uint8_t *at;

    if (line <= 0)
        return;
    at = hp_put_typed(thread->part.at, 2, (uint64_t)line);
    if (hp_running->settings.line_times)
        at = hp_put_time(thread, at, now);
    hp_record_end(thread, at, now);
}

#endif
