// SPDX-License-Identifier: MIT
/* hotprof: reads Python profiles into one exact model.
 *
 *     hp_profile *profile = hp_profile_new();
 *     hp_error error = {0};
 *     if (!profile || hp_profile_load(profile, "run.prof", NULL, &error))
 *         ... error.message ...
 *     ... hp_profile_function_count(profile) ...
 *     hp_profile_free(profile);
 *
 * This header is the manual. The following holds for all of it.
 *
 * - Costs are unsigned 64-bit integers. Wherever a profile has costs, it has one for each of its
 *   events, in the order of the events (hp_profile_event); none if it has no events. Times are in
 *   nanoseconds. A sum that does not fit into 64 bits is an error.
 * - Functions, lines, calls and so on are numbered from 0. An index must be less than the number of
 *   what it counts; what a function does with a larger one is undefined. Debug builds of the
 *   library abort.
 * - hp_profile_sort puts a profile in order. Whatever adds to a profile or sorts it may renumber
 *   everything, and invalidates all pointers into it except strings. Strings live as long as their
 *   profile.
 * - A function that can fail returns an hp_status and fills in an hp_error, which may be NULL. The
 *   first error stays: an hp_error that already holds one is not overwritten.
 * - The library prints nothing, never exits and has no global state. Threads may use different
 *   profiles at the same time, and may read one profile together.
 *
 * Programs that are built with a version 1.x of this header run with every later library of version
 * 1. These rules make that possible:
 *
 * - hp_input and hp_format are made by the library only. Later versions may add members at their
 *   end. Use them through the pointers that the library returns; do not copy them.
 * - hp_load_options is made by the caller. Later versions may add members at its end; its member
 *   size tells the library which ones the caller knows.
 * - All other structs stay as they are. Members called reserved are 0.
 * - Later versions may add values to enums. Numbers of existing values stay.
 */
#ifndef HOTPROF_H
#define HOTPROF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define HP_NODISCARD __attribute__((warn_unused_result))
#define HP_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define HP_NODISCARD
#define HP_PRINTF(string, first)
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#define HP_API __attribute__((visibility("default")))
#else
#define HP_API
#endif

/* The version of this header. */
#define HP_VERSION_MAJOR 1
#define HP_VERSION_MINOR 0
#define HP_VERSION_PATCH 0
#define HP_VERSION "1.0.0"

/* The version of the library, as HP_VERSION. A shared library may be newer than the header that a
 * program was built with. */
HP_API const char *hp_version(void);

/* --- Errors ------------------------------------------------------------------------------- */

typedef enum hp_status {
    HP_OK = 0,           /* complete */
    HP_TRUNCATED = 1,    /* the input ends in the middle of a record, or went on after it was read;
                            all before was read */
    HP_CORRUPT = 2,      /* the input breaks its format; all before that place was read, and of a
                            callgrind file what can be read after it */
    HP_UNRECOGNISED = 3, /* no reader knows this content */
    HP_MISMATCH = 4,     /* the profiles count what cannot be added up, such as ticks and time */
    HP_OVERFLOW = 5,     /* a sum does not fit into 64 bits */
    HP_LIMIT = 6,        /* more than a limit of this library, such as HP_INFLATED_MAX */
    HP_IO = 7,           /* a file cannot be opened, read or written */
    HP_NO_MEMORY = 8,    /* there is not enough memory */
    HP_CANCELLED = 9,    /* the progress callback returned false */
    HP_INVALID = 10      /* an argument is not valid, such as hp_load_options without its size */
} hp_status;

/* Initialise it with {0}. */
typedef struct hp_error {
    hp_status status;
    uint64_t offset;   /* in the (inflated) input, in bytes; 0 where that means nothing */
    char message[240]; /* one line: where, what was expected, what was found. It does not name the
                          file. Safe to print. */
} hp_error;

/* Makes it {0} again, so that it can take another error. */
HP_API void hp_error_clear(hp_error *error);

/* Sets the error unless one is set, and returns the status. error may be NULL. */
HP_API HP_PRINTF(4, 5) hp_status
    hp_error_set(hp_error *error, hp_status status, uint64_t offset, const char *format, ...);

/* Sets HP_NO_MEMORY and its message unless an error is set, and returns HP_NO_MEMORY. error may be
 * NULL. */
HP_API hp_status hp_no_memory(hp_error *error);

/* --- Strings ------------------------------------------------------------------------------ */

/* Bytes of an input, of any value. A NUL that is not counted follows them. */
typedef struct hp_string {
    const char *data;
    size_t size;
} hp_string;

/* Writes a string as every report shows it, safe to print on a terminal. Valid UTF-8 stays as it
 * is. Each byte that is not UTF-8, and each byte of these characters, becomes \xnn with lower-case
 * digits: control characters (U+0000 to U+001F, U+007F to U+009F), separators of lines (U+2028,
 * U+2029), controls of the direction of text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to
 * U+2069), noncharacters (U+FDD0 to U+FDEF, and the last two of each plane, such as U+FFFF) and
 * U+FEFF. A backslash stays as it is.
 *
 * Like snprintf: writes at most size bytes with the closing NUL, cuts between characters only, and
 * returns the length of the whole. buffer may be NULL if size is 0. */
HP_API size_t hp_string_escape(hp_string string, char *buffer, size_t size);

/* Whether two strings have the same bytes. */
HP_API bool hp_string_equal(hp_string a, hp_string b);

/* Compares two strings byte by byte: negative, 0 or positive, like strcmp. */
HP_API int hp_string_compare(hp_string a, hp_string b);

/* --- Formats ------------------------------------------------------------------------------ */

/* An input format. All of them are recognised by content, never by name. */
typedef struct hp_format {
    const char *name;        /* "hotshot" */
    const char *description; /* "hotshot log (Python 2 and 3)" */
    bool stacks;             /* its files hold call stacks (hp_load_options) */
} hp_format;

/* The table of formats that this library reads: the index-th one, or NULL behind the last. */
HP_API const hp_format *hp_format_at(size_t index);

/* So many bytes from the start of a file are enough for hp_format_recognise, but for compressed
 * files with a long comment: see hp_format_recognise_file. */
#define HP_HEAD_SIZE 4096

/* The format of a file that begins with these bytes, whether compressed by gzip or not; NULL if it
 * is none of the table's. */
HP_API const hp_format *hp_format_recognise(const void *head, size_t size);

/* The same of an open file that is not a pipe: reads as much of its beginning as that takes, up to
 * 1 MiB, and leaves its offset alone. Sets *format, to NULL if it is none. HP_IO, HP_NO_MEMORY. */
HP_API HP_NODISCARD hp_status hp_format_recognise_file(int file, const hp_format **format,
                                                       hp_error *error);

/* --- Loading ------------------------------------------------------------------------------ */

typedef struct hp_profile hp_profile;

/* A new empty profile, to be freed with hp_profile_free. NULL without memory. */
HP_API hp_profile *hp_profile_new(void);

/* Frees a profile and all its strings. profile may be NULL. */
HP_API void hp_profile_free(hp_profile *profile);

/* Called from time to time while an input is read: done bytes of total, or of an unknown total if
 * that is 0. Returns false to cancel. The bytes count each time that they are gone through: a file
 * that is not mapped, when it is read into memory; compressed input, when it is inflated; and all
 * input, when a profile is made of it. */
typedef bool hp_progress(void *context, uint64_t done, uint64_t total);

/* Initialise it with HP_LOAD_OPTIONS_INIT, or with {.size = sizeof(hp_load_options), ...}. */
typedef struct hp_load_options {
    size_t size; /* sizeof(hp_load_options). HP_INVALID if it is less than in version 1.0. The
                    library takes members that are not within this size for 0. */
    hp_progress *progress; /* NULL: none */
    void *progress_context;
    uint32_t threads; /* how many threads may read a large input, the caller's included; 0 means 1.
                         The profile does not depend on it. Only the caller's thread calls progress.
                         Threads share a hotshot log of 8 MB or more. */
    bool map;         /* map the file into memory instead of reading it, which is faster. If another
                         program cuts the file short meanwhile, this process gets SIGBUS. */
    bool stacks;      /* keep the call stacks of inputs that have them (hp_format). Takes about 100
                         bytes for each distinct stack. HP_LIMIT if an input has more than
                         HP_STACKS_MAX of them, or many for its size. */
    bool threads_apart; /* let the threads and processes that sampled inputs tell apart be
                           functions, such as <thread 1234>, which HP_INTERPRETER calls */
    bool native;        /* keep frames that sampled inputs call <native>, code that is not Python.
                           If not, they are part of what called them. */
} hp_load_options;

#define HP_LOAD_OPTIONS_INIT                                                                       \
    {                                                                                              \
        sizeof(hp_load_options), NULL, NULL, 0, false, false, false, false                         \
    }

/* Adds what a file holds. The path "-" is standard input. Compressed files (gzip) are inflated in
 * memory, up to HP_INFLATED_MAX bytes. options may be NULL. If the profile was empty before, it is
 * sorted afterwards (hp_profile_sort).
 *
 * HP_OK: everything was added. HP_TRUNCATED, HP_CORRUPT: all that could be read was added
 * (hp_status), and the last hp_input of the profile has the error. Any other status: nothing was
 * added; the profile is as before. */
HP_API HP_NODISCARD hp_status hp_profile_load(hp_profile *profile, const char *path,
                                              const hp_load_options *options, hp_error *error);

/* The same for an open file, from its beginning; from where it is if it is a pipe or the like.
 * name stands for the path.
 *
 * Other programs may write to a file meanwhile. If one cuts it short, nothing is added: HP_IO. If
 * one writes to it otherwise, what was read is added: HP_TRUNCATED if the file has grown, or else
 * HP_CORRUPT. If one holds a lock on it to write (fcntl), what was read counts as whole
 * (hp_input.being_written). */
HP_API HP_NODISCARD hp_status hp_profile_load_file(hp_profile *profile, const char *name, int file,
                                                   const hp_load_options *options, hp_error *error);

/* The same for bytes in memory, which are not needed afterwards. */
HP_API HP_NODISCARD hp_status hp_profile_load_bytes(hp_profile *profile, const char *name,
                                                    const void *data, size_t size,
                                                    const hp_load_options *options,
                                                    hp_error *error);

#define HP_INFLATED_MAX ((uint64_t)1 << 32)
#define HP_STACKS_MAX (1 << 22)

/* Adds all of another profile; its inputs follow those of the profile. A profile that is merged
 * with itself doubles. Functions are the same if file, first line, name and object are; those of an
 * unknown first line (hp_function) are if the rest is. A known and an unknown number of calls are
 * an unknown one together.
 *
 * Events are the same if their names are; one that only one of the profiles has counts 0 in the
 * other. If both have the same events in the same order, that order stays. Else they are put in
 * this order: Time, Ticks, Samples, Hits; the events of Valgrind's tools as these order them; all
 * others by name. So the order and the grouping of merges do not matter: the result has the same
 * events and numbers.
 *
 * HP_MISMATCH: the profiles count what cannot be added up: Time and Ticks; samples of an unknown
 * time, and time; events of other tools, and those above; one name in different units. HP_LIMIT:
 * more than HP_EVENTS_MAX events. HP_OVERFLOW: a sum does not fit into 64 bits. After any error the
 * profile is as before. */
HP_API HP_NODISCARD hp_status hp_profile_merge(hp_profile *profile, const hp_profile *other,
                                               hp_error *error);

/* Programs are edited between two profiles, so that functions move to other lines. Makes a copy of
 * other in which each function is where profile has it, with its lines and call sites. Functions of
 * one name in one file correspond to each other, in order, if both profiles have equally many of
 * them; else they stay where they are. So do functions whose first line is not known. Unknown
 * counts stay unknown. Both profiles must be sorted. *relocated is to be freed; it is NULL after an
 * error. */
HP_API HP_NODISCARD hp_status hp_profile_relocate(const hp_profile *profile,
                                                  const hp_profile *other, hp_profile **relocated,
                                                  hp_error *error);

/* Makes two profiles comparable: copies of both that have the same events, functions, lines and
 * calls with the same numbers, so that one can be subtracted from the other. What a profile did not
 * have costs 0 in its copy and was called 0 times, also where the other has an unknown count. Each
 * copy has the inputs of its original. Both profiles must be sorted; the copies are, and sorting
 * leaves them as they are. *aligned and *other_aligned are to be freed; they are NULL after an
 * error. HP_MISMATCH, HP_LIMIT, HP_OVERFLOW: as for hp_profile_merge, whose rules for events hold.
 */
HP_API HP_NODISCARD hp_status hp_profile_align(const hp_profile *profile, const hp_profile *other,
                                               hp_profile **aligned, hp_profile **other_aligned,
                                               hp_error *error);

/* Sorts a profile: functions by recorded file, first line, name, file and object; lines by function
 * and line; calls by caller, line and callee. Leaves out what has no cost and no calls; an unknown
 * number of calls is not none. Equal profiles are equal afterwards, number by number. Reports need
 * a sorted profile. */
HP_API HP_NODISCARD hp_status hp_profile_sort(hp_profile *profile, hp_error *error);

/* --- What a profile holds ----------------------------------------------------------------- */

/* One input of a profile. */
typedef struct hp_input {
    const char *name;            /* the path, as it was given */
    const char *format;          /* hp_format.name */
    hp_error error;              /* HP_OK; or HP_TRUNCATED or HP_CORRUPT, and the reason */
    uint64_t events;             /* hotshot: ENTER, EXIT and LINENO records */
    uint64_t unmatched_exits;    /* hotshot: returns from frames whose start is not in the log */
    uint64_t open_frames;        /* hotshot: frames that the log does not leave; they end with it */
    bool coverage;               /* hotshot: a coverage log, which has no times */
    bool stacks;                 /* its call stacks were kept */
    uint64_t impossible_numbers; /* numbers of calls and costs that cannot be, such as negative
                                    ones; they count as 0 */
    uint64_t estimated_calls;    /* pstats, and callgrind reports made from it: call sites whose
                                    cost is estimated */
    uint64_t not_recorded;       /* pstats: self cost of HP_NOT_RECORDED */
    uint64_t total;              /* pstats: of the first event */
    bool mixed_threads;   /* pstats: the calls of several threads are recorded as one thread's */
    unsigned tick_digits; /* pstats: times too large for nanoseconds are in Ticks of 10^n ns */
    uint64_t undefined_names; /* callgrind: numbers that stand for no name, and costs of no
                                 function */
    bool sampled;             /* what a program did was looked at now and then: all costs are
                                 estimates */
    uint64_t interval;        /* sampled: nanoseconds between two looks; 0 if that is not known */
    uint64_t threads;         /* sampled: how many threads there are samples of; 0 if not known */
    uint64_t processes;       /* sampled: likewise processes */
    bool assumed_sampled;     /* pstats: the dump does not say that it is sampled, but has numbers
                                 that no other dump has */
    uint64_t rounded_numbers; /* folded: weights with a fraction, which are rounded */
    bool unrolled;            /* reports of hotreport: the stacks were estimated from calls */
    bool being_written;       /* a program that was still writing the file held a lock on it; frames
                                 left open are those that are active */
} hp_input;

/* The inputs, in the order of loading and merging. */
HP_API size_t hp_profile_input_count(const hp_profile *profile);
HP_API const hp_input *hp_profile_input(const hp_profile *profile, size_t index);

/* Writes what a user should know of an input, in one line that does not name it: damage, unmatched
 * exits, open frames, impossible numbers, estimates. Works like snprintf; returns 0 if there is
 * nothing to say. */
HP_API size_t hp_input_remarks(const hp_input *input, char *buffer, size_t size);

/* What an input says about itself: in a hotshot log, each ADD_INFO record; in a callgrind file,
 * each line "key: value" except those that say how to read the costs. */
typedef struct hp_info {
    hp_string key, value;
} hp_info;

/* The infos of an input, in its order. Keys may occur several times. */
HP_API size_t hp_profile_info_count(const hp_profile *profile, size_t input);
HP_API hp_info hp_profile_info(const hp_profile *profile, size_t input, size_t index);

typedef enum hp_unit {
    HP_NANOSECONDS = 0,
    HP_TICKS = 1, /* of an unknown length */
    HP_COUNT = 2,
    HP_BYTES = 3,
    HP_SAMPLES = 4 /* how often a sampling profiler looked */
} hp_unit;

/* What is counted. Python profiles have some of these, in this order: "Time" in nanoseconds, or
 * "Ticks" if their length is not known; "Samples"; "Hits", how often a line was executed. Inputs of
 * other tools have events of their own, such as "Ir". */
typedef struct hp_event {
    const char *name;
    hp_unit unit;
} hp_event;

#define HP_EVENTS_MAX 64

HP_API size_t hp_profile_event_count(const hp_profile *profile);
HP_API const hp_event *hp_profile_event(const hp_profile *profile, size_t index);

/* The totals: for each event, exactly the sum of all self costs. */
HP_API const uint64_t *hp_profile_total(const hp_profile *profile);

/* A number of calls that the input does not tell. Sums and differences with it are unknown, too. It
 * is not 0: a call site with an unknown count made calls. */
#define HP_UNKNOWN UINT64_MAX

/* a + b, but UINT64_MAX if that is too large. So the sum is unknown if a or b is. */
static inline uint64_t hp_add_counts(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

typedef uint32_t hp_function_id;
#define HP_NO_FUNCTION UINT32_MAX

typedef struct hp_function {
    hp_string name;
    hp_string file;          /* joined to the directory of the run, where that is known */
    hp_string recorded_file; /* as in the input; the same as file where inputs differ */
    uint64_t line;           /* the first one; 0 if there is none */
    uint64_t calls;          /* or HP_UNKNOWN */
    uint64_t primitive; /* calls that were not made from within the function, directly or through
                           others; or HP_UNKNOWN */
    hp_string object;   /* the program or library that it is in; usually empty */
    bool line_unknown;  /* the input does not tell the first line; line is the smallest one seen */
    bool estimated;     /* the input does not tell the inclusive cost exactly */
    uint8_t reserved[6];
} hp_function;

/* The self cost of a function is its own. The inclusive cost is that of everything that ran while
 * the function was active, counted once however often it was active. */
HP_API size_t hp_profile_function_count(const hp_profile *profile);
HP_API const hp_function *hp_profile_function(const hp_profile *profile, hp_function_id id);
HP_API const uint64_t *hp_profile_function_self(const hp_profile *profile, hp_function_id id);
HP_API const uint64_t *hp_profile_function_inclusive(const hp_profile *profile, hp_function_id id);

/* The pseudo function at the bottom of the stack: no file, no object, line 0. It has the cost of
 * what ran outside of any function, and calls every function that was entered from nowhere. */
#define HP_INTERPRETER "<interpreter>"

/* Whether a function is that one. */
HP_API bool hp_function_is_interpreter(const hp_function *function);

/* The pseudo function in place of those that a pstats dump does not hold: of several functions with
 * the same file, line and name cProfile keeps one. No file, no object, line 0. */
#define HP_NOT_RECORDED "<not recorded>"

/* The self cost of one line of a function. If lines were not timed, all self time of a function is
 * on its first line. */
typedef struct hp_line {
    hp_function_id function;
    uint64_t line;
} hp_line;

HP_API size_t hp_profile_line_count(const hp_profile *profile);
HP_API const hp_line *hp_profile_line(const hp_profile *profile, size_t index);
HP_API const uint64_t *hp_profile_line_self(const hp_profile *profile, size_t index);

/* The calls from one line of a caller to one callee. Their inclusive cost leaves out calls made
 * while the callee was active already. So the inclusive costs of all calls of a function add up to
 * the function's own, with or without recursion. */
typedef struct hp_call {
    hp_function_id caller, callee;
    uint64_t line;  /* of the call, in the caller; 0 if it is not known */
    uint64_t count; /* or HP_UNKNOWN */
    bool estimated; /* the input does not tell the cost of these calls; it is a share of the
                       callee's cost */
    uint8_t reserved[7];
} hp_call;

HP_API size_t hp_profile_call_count(const hp_profile *profile);
HP_API const hp_call *hp_profile_call(const hp_profile *profile, size_t index);
HP_API const uint64_t *hp_profile_call_inclusive(const hp_profile *profile, size_t index);

/* A call stack: a function on top of the stack that called it. */
typedef struct hp_stack {
    hp_function_id function;
    uint32_t caller; /* a stack, or HP_NO_STACK */
    uint64_t line;   /* where the function was; 0 if that is not known, as in hotshot logs */
} hp_stack;
#define HP_NO_STACK UINT32_MAX

/* All distinct stacks, with their self costs, which add up to the total if the stacks of all inputs
 * were kept (hp_input). A stack comes after the one that called it. In a sorted profile the stacks
 * that it called follow it, in the order of their functions and lines, each with those that it
 * called in turn. */
HP_API size_t hp_profile_stack_count(const hp_profile *profile);
HP_API const hp_stack *hp_profile_stack(const hp_profile *profile, size_t index);
HP_API const uint64_t *hp_profile_stack_self(const hp_profile *profile, size_t index);

/* In a sorted profile, the lines of a function are neighbours, and so are the calls that it makes.
 * These return how many there are, and set *first to the index of the first one. */
HP_API size_t hp_profile_lines_of(const hp_profile *profile, hp_function_id id, size_t *first);
HP_API size_t hp_profile_calls_from(const hp_profile *profile, hp_function_id id, size_t *first);

/* Finds the cycles of a profile: two or more functions that all call each other, directly or
 * through others. Sets cycles[id], for every function, to the number of its cycle, from 1, or to 0
 * if it is in none; and *count to the number of cycles. A cycle that calls another one has the
 * greater number of the two. cycles belongs to the caller and has room for one number a function.
 * The profile need not be sorted. HP_NO_MEMORY is the only error. */
HP_API HP_NODISCARD hp_status hp_profile_cycles(const hp_profile *profile, uint32_t *cycles,
                                                uint32_t *count, hp_error *error);

/* --- Building a profile ------------------------------------------------------------------- */

/* For readers, filters and tests. Each returns HP_OK, HP_NO_MEMORY or HP_OVERFLOW. After an error
 * the profile may only be freed. Strings are copied. */

/* Sets the events of a profile that has none yet and no costs. No two may have the same name.
 * HP_LIMIT: more than HP_EVENTS_MAX; the profile is as before. */
HP_API HP_NODISCARD hp_status hp_profile_set_events(hp_profile *profile, const hp_event *events,
                                                    size_t count, hp_error *error);

/* Adds an input. The caller may change *input until the next one is added. */
HP_API HP_NODISCARD hp_status hp_profile_add_input(hp_profile *profile, const char *name,
                                                   const char *format, hp_input **input,
                                                   hp_error *error);

/* Adds an info to the last input. */
HP_API HP_NODISCARD hp_status hp_profile_add_info(hp_profile *profile, hp_string key,
                                                  hp_string value, hp_error *error);

/* Adds the inputs of another profile and their infos, as hp_profile_merge does. */
HP_API HP_NODISCARD hp_status hp_profile_add_inputs(hp_profile *profile, const hp_profile *other,
                                                    hp_error *error);

/* Finds or adds the function with key's name, file, line and object, and adds key's calls and
 * primitive calls to it. Keeps key's recorded_file; it is estimated if key is. If key.line_unknown,
 * the function is found whatever its line, among those whose line is unknown, and keeps the smaller
 * of the two lines that is not 0. */
HP_API HP_NODISCARD hp_status hp_profile_add_function(hp_profile *profile, const hp_function *key,
                                                      hp_function_id *id, hp_error *error);

/* Finds or adds the pseudo function HP_INTERPRETER. */
HP_API HP_NODISCARD hp_status hp_profile_add_interpreter(hp_profile *profile, hp_function_id *id,
                                                         hp_error *error);

/* Adds to the inclusive cost of a function. */
HP_API HP_NODISCARD hp_status hp_profile_add_inclusive(hp_profile *profile, hp_function_id id,
                                                       const uint64_t *inclusive, hp_error *error);

/* Adds self cost to a line, to its function and to the total. */
HP_API HP_NODISCARD hp_status hp_profile_add_cost(hp_profile *profile, hp_line line,
                                                  const uint64_t *self, hp_error *error);

/* Adds call.count calls to a call site. Does not add them to the calls of the callee. */
HP_API HP_NODISCARD hp_status hp_profile_add_call(hp_profile *profile, hp_call call,
                                                  const uint64_t *inclusive, hp_error *error);

/* Finds or adds a stack, and adds to its self cost. Does not add to lines and functions. *index is
 * valid until the profile is sorted. */
HP_API HP_NODISCARD hp_status hp_profile_add_stack(hp_profile *profile, hp_stack stack,
                                                   const uint64_t *self, uint32_t *index,
                                                   hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
