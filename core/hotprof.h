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
 * This header is the manual. What holds for all of it:
 *
 * - Costs are unsigned 64-bit integers, one for each event of the profile (hp_profile_event), in
 *   the order of the events; of a profile with no events there are none. Time is in whole
 * nanoseconds. A sum that does not fit is an error, never a wrapped number.
 * - Functions, lines and calls are numbered from 0. hp_profile_sort puts them in order; whatever
 *   adds to a profile, hp_profile_sort included, may renumber them and ends the life of every
 *   pointer into it. Strings live as long as their profile.
 * - Every function that can fail returns an hp_status and fills an hp_error, which may be NULL.
 *   The first error stays: an hp_error that already holds one is not overwritten.
 * - The library prints nothing, never exits and keeps no global state. Different threads may use
 *   different profiles at the same time, and read one profile together.
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

/* "1.0.0"; in a program linked against a shared library, the version of the library that runs. */
HP_API const char *hp_version(void);

/* --- Errors ------------------------------------------------------------------------------- */

typedef enum hp_status {
    HP_OK,           /* whole */
    HP_TRUNCATED,    /* the input ends within a record: what stood before it was read */
    HP_CORRUPT,      /* the input breaks its format: what stood before that was read */
    HP_UNRECOGNISED, /* no reader knows this content */
    HP_MISMATCH,     /* the inputs count things that cannot be added up, such as ticks and time */
    HP_OVERFLOW,     /* a sum does not fit into 64 bits */
    HP_LIMIT,        /* larger than a limit of this library, such as HP_INFLATED_MAX */
    HP_IO,           /* a file cannot be opened, read or written */
    HP_NO_MEMORY,
    HP_CANCELLED /* the progress callback said stop */
} hp_status;

typedef struct hp_error {
    hp_status status;
    uint64_t offset; /* bytes from the start of the (inflated) input, where that means something */
    char message[240]; /* one line, without the name of the file: where, what was expected, what was
                          found. Safe to print. */
} hp_error;

/* Sets an error unless one is set, and returns the status. error may be NULL. */
HP_API HP_PRINTF(4, 5) hp_status
    hp_error_set(hp_error *error, hp_status status, uint64_t offset, const char *format, ...);

/* For an error that is to be used again; the same as = {0}. */
HP_API void hp_error_clear(hp_error *error);

/* Sets HP_NO_MEMORY and its message unless an error is set, and returns that. error may be NULL. */
HP_API hp_status hp_no_memory(hp_error *error);

/* --- Strings ------------------------------------------------------------------------------ */

/* Bytes as an input has them: any bytes, NUL included. A NUL that is not counted follows. */
typedef struct hp_string {
    const char *data;
    size_t size;
} hp_string;

/* Writes a string as every report shows it, safe to print on a terminal. Valid UTF-8 stays as it
 * is. Each byte that is not UTF-8, and each byte of these characters, becomes \xnn with lower-case
 * digits: control characters (U+0000 to U+001F, U+007F to U+009F), separators of lines (U+2028,
 * U+2029), controls of the direction of text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to
 * U+2069) and U+FEFF. A backslash stays as it is.
 *
 * Like snprintf: writes at most size bytes with the closing NUL, cuts between characters only, and
 * returns the length of the whole. buffer may be NULL if size is 0. */
HP_API size_t hp_string_escape(hp_string string, char *buffer, size_t size);

/* Whether two strings have the same bytes, and their order byte by byte, as strcmp. */
HP_API bool hp_string_equal(hp_string a, hp_string b);
HP_API int hp_string_compare(hp_string a, hp_string b);

/* --- Formats ------------------------------------------------------------------------------ */

/* An input format. All of them are recognised by content, never by name. */
typedef struct hp_format {
    const char *name;        /* "hotshot" */
    const char *description; /* "hotshot log (Python 2.2 to 2.7)" */
    bool stacks;             /* its files hold call stacks (hp_load_options) */
} hp_format;

/* The table of formats that this library reads: the index-th one, or NULL behind the last. */
HP_API const hp_format *hp_format_at(size_t index);

/* So many bytes from the start of a file are enough for hp_format_recognise. */
#define HP_HEAD_SIZE 4096

/* The format of a file that begins with these bytes, whether compressed by gzip or not; NULL if it
 * is none of the table's. */
HP_API const hp_format *hp_format_recognise(const void *head, size_t size);

/* --- Loading ------------------------------------------------------------------------------ */

typedef struct hp_profile hp_profile;

/* A new empty profile, to be freed by hp_profile_free; NULL if there is no memory. */
HP_API hp_profile *hp_profile_new(void);

/* Frees a profile and all strings that came from it; takes NULL. */
HP_API void hp_profile_free(hp_profile *profile);

/* Told now and then how many bytes of the input are read, out of how many; false cancels.
 * Compressed input is told of twice, when it is inflated and when that is read. */
typedef bool hp_progress(void *context, uint64_t done, uint64_t total);

typedef struct hp_load_options {
    hp_progress *progress; /* NULL: none */
    void *progress_context;
    bool copy; /* read the file rather than map it, which is fatal if another program cuts it short
                  meanwhile */
    bool stacks;      /* keep the call stacks of inputs that tell them: hotshot logs. Takes some 100
                         bytes a distinct stack; more than HP_STACKS_MAX of them in a log are HP_LIMIT */
    unsigned threads; /* so many may work, the caller's among them, on an input that is large: two
                         on a hotshot log. 0 is 1. The profile is the same; progress is told of by
                         the caller's thread alone */
} hp_load_options;

/* Adds what the file at path holds; path "-" is standard input. Compressed input (gzip) is inflated
 * in memory, up to HP_INFLATED_MAX bytes. options may be NULL.
 *
 * What was loaded into an empty profile is sorted (hp_profile_sort).
 *
 * HP_OK: all of it was added. HP_TRUNCATED, HP_CORRUPT: all that stands before the damage was
 * added, and the last hp_input of the profile says what is wrong. Any other status: nothing was
 * added, the profile is as before. */
HP_API HP_NODISCARD hp_status hp_profile_load(hp_profile *profile, const char *path,
                                              const hp_load_options *options, hp_error *error);

/* The same for bytes in memory, which are not needed afterwards; name stands for the path. */
HP_API HP_NODISCARD hp_status hp_profile_load_bytes(hp_profile *profile, const char *name,
                                                    const void *data, size_t size,
                                                    const hp_load_options *options,
                                                    hp_error *error);

#define HP_INFLATED_MAX ((uint64_t)1 << 32)
#define HP_STACKS_MAX (1 << 22)

/* Adds all of another profile; its inputs follow those of the profile. A profile that is merged
 * with itself doubles. Functions are the same if file, first line, name and object are. A known and
 * an unknown number of calls are an unknown one together.
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

/* Programs are edited from one profile to the next. Makes of two sorted profiles a third, to be
 * freed, NULL after an error: other, with each function where profile has it. Functions of one name
 * in one file are the same, in order, if both have as many of them; else they stay where they are.
 * Lines and call sites go with their functions. Unknown counts stay unknown. */
HP_API HP_NODISCARD hp_status hp_profile_relocate(const hp_profile *profile,
                                                  const hp_profile *other, hp_profile **relocated,
                                                  hp_error *error);

/* Makes of two sorted profiles two that have the same events, functions, lines and calls, number by
 * number, so that one can be subtracted from the other: what one of them did not have costs 0 there
 * and was called 0 times, also where the other has an unknown count. Each keeps its inputs; both
 * are to be freed, and are NULL after an error. hp_profile_sort leaves them as they are.
 * HP_MISMATCH, HP_OVERFLOW: as for hp_profile_merge, whose rules for events hold. */
HP_API HP_NODISCARD hp_status hp_profile_align(const hp_profile *profile, const hp_profile *other,
                                               hp_profile **aligned, hp_profile **other_aligned,
                                               hp_error *error);

/* Puts functions in order of recorded file, first line, name, file and object; lines by function
 * and line; calls by caller, line and callee; and leaves out what has no cost and no call, not
 * what has an unknown number of calls. Equal profiles are equal afterwards, number by number.
 * Reports want a sorted profile. */
HP_API HP_NODISCARD hp_status hp_profile_sort(hp_profile *profile, hp_error *error);

/* --- What a profile holds ----------------------------------------------------------------- */

/* One input of a profile, in the order of loading. */
typedef struct hp_input {
    const char *name;         /* path, as it was given */
    const char *format;       /* hp_format name */
    hp_error error;           /* status HP_OK, HP_TRUNCATED or HP_CORRUPT, and the reason */
    uint64_t events;          /* hotshot: ENTER, EXIT and LINENO records */
    uint64_t unmatched_exits; /* hotshot: returns from frames that the log does not show entered */
    uint64_t open_frames;     /* hotshot: frames entered and not left, closed at the last event */
    bool coverage;            /* hotshot: a coverage log, which records no times */
    bool stacks;              /* its call stacks are known */
    uint64_t impossible_numbers; /* pstats, callgrind: calls and costs that cannot be, such as
                                    negative ones, and count as 0 */
    uint64_t undefined_names;    /* callgrind: numbers that stand for no name, and costs without a
                                    function */
    uint64_t estimated_calls;    /* pstats, also by way of the callgrind report: call sites whose
                                    cost is estimated */
} hp_input;

HP_API size_t hp_profile_input_count(const hp_profile *profile);
HP_API const hp_input *hp_profile_input(const hp_profile *profile, size_t index);

/* What there is to tell the user of an input, in one line without its name: damage, unmatched
 * exits, open frames, impossible numbers, estimates. Like snprintf; 0 if there is nothing to
 * tell. */
HP_API size_t hp_input_remarks(const hp_input *input, char *buffer, size_t size);

/* What an input tells of itself, in order: of a hotshot log, each ADD_INFO record; of a callgrind
 * file, each line "key: value" but those that say how to read the costs. Keys repeat. */
typedef struct hp_info {
    hp_string key, value;
} hp_info;

HP_API size_t hp_profile_info_count(const hp_profile *profile, size_t input);
HP_API hp_info hp_profile_info(const hp_profile *profile, size_t input, size_t index);

typedef enum hp_unit { HP_NANOSECONDS, HP_TICKS, HP_COUNT, HP_BYTES, HP_SAMPLES } hp_unit;

/* What is counted. "Time" (or "Ticks", where a log does not tell how long its ticks are) comes
 * first, absent where nothing was timed; then "Hits", the executions of a line, absent where no
 * lines were recorded. Inputs of other tools bring their own: "Ir", "D1mr". */
typedef struct hp_event {
    const char *name;
    hp_unit unit;
} hp_event;

#define HP_EVENTS_MAX 64

HP_API size_t hp_profile_event_count(const hp_profile *profile);
HP_API const hp_event *hp_profile_event(const hp_profile *profile, size_t index);

/* A number of calls that an input does not tell. Sums that contain it are unknown too, and so are
 * differences. Not 0: a call site with an unknown count was called. */
#define HP_UNKNOWN UINT64_MAX

/* a + b, or UINT64_MAX if that is larger. So a sum with an unknown number of calls is unknown. */
static inline uint64_t hp_add_counts(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* The totals, one number an event: exactly the sum of all self costs. */
HP_API const uint64_t *hp_profile_total(const hp_profile *profile);

typedef uint32_t hp_function_id;
#define HP_NO_FUNCTION UINT32_MAX

/* The pseudo function at the bottom of the stack: no file, line 0. It has the cost of what ran
 * outside any function, and calls every function that was entered from nowhere. */
#define HP_INTERPRETER "<interpreter>"

typedef struct hp_function {
    hp_string name;
    hp_string file;          /* joined to the directory of the run, where that is known */
    hp_string recorded_file; /* as the input has it; file, where inputs differ */
    uint64_t line;           /* the first one; 0 where it is not known */
    uint64_t calls;          /* or HP_UNKNOWN */
    uint64_t primitive; /* the calls that were not made from within the function itself, directly
                           or through others; or HP_UNKNOWN */
    hp_string object;   /* the program or library that it is in; mostly none */
} hp_function;

/* inclusive cost: of all that ran while the function was active, counted once however often the
 * function was active. */
HP_API size_t hp_profile_function_count(const hp_profile *profile);
HP_API const hp_function *hp_profile_function(const hp_profile *profile, hp_function_id id);
HP_API const uint64_t *hp_profile_function_self(const hp_profile *profile, hp_function_id id);
HP_API const uint64_t *hp_profile_function_inclusive(const hp_profile *profile, hp_function_id id);

/* The self cost of one line of a function. Where lines were not timed, the function's self time
 * stands on its first line. */
typedef struct hp_line {
    hp_function_id function;
    uint64_t line;
} hp_line;

HP_API size_t hp_profile_line_count(const hp_profile *profile);
HP_API const hp_line *hp_profile_line(const hp_profile *profile, size_t index);
HP_API const uint64_t *hp_profile_line_self(const hp_profile *profile, size_t index);

/* The calls from one line of a caller to one callee. Their inclusive cost leaves out calls whose
 * callee was active already, so that the inclusive costs of all calls of a function add up to the
 * function's own, recursion or not. */
typedef struct hp_call {
    hp_function_id caller, callee;
    uint64_t line;  /* of the call, in the caller */
    uint64_t count; /* or HP_UNKNOWN */
    bool estimated; /* the input does not tell the cost of such calls: each caller has a share of
                       the callee's cost in proportion to its calls */
} hp_call;

HP_API size_t hp_profile_call_count(const hp_profile *profile);
HP_API const hp_call *hp_profile_call(const hp_profile *profile, size_t index);
HP_API const uint64_t *hp_profile_call_inclusive(const hp_profile *profile, size_t index);

/* A distinct call stack: a function on top of the stack that called it. The self costs of all add
 * up to the total, if the stacks of all inputs are known (hp_input). What called a stack stands
 * before it; in a sorted profile those that it called follow it, in the order of their functions,
 * each with what it called in turn. */
typedef struct hp_stack {
    hp_function_id function;
    uint32_t caller; /* a stack; HP_NO_STACK: none */
} hp_stack;
#define HP_NO_STACK UINT32_MAX

HP_API size_t hp_profile_stack_count(const hp_profile *profile);
HP_API const hp_stack *hp_profile_stack(const hp_profile *profile, size_t index);
HP_API const uint64_t *hp_profile_stack_self(const hp_profile *profile, size_t index);

/* In a sorted profile, the lines of a function and the calls that it makes are neighbours: those
 * from *first, so many as are returned. */
HP_API size_t hp_profile_lines_of(const hp_profile *profile, hp_function_id id, size_t *first);
HP_API size_t hp_profile_calls_from(const hp_profile *profile, hp_function_id id, size_t *first);

/* A cycle is two or more functions that all call each other, directly or through others. Sets
 * cycles[id], for every function, to the number of its cycle, from 1, or to 0 if it is in none; and
 * *count to the number of cycles. A cycle that calls another one has the greater number of the two.
 * cycles belongs to the caller and has room for a number for each function. The profile need not be
 * sorted. HP_NO_MEMORY is the only error. */
HP_API HP_NODISCARD hp_status hp_profile_cycles(const hp_profile *profile, uint32_t *cycles,
                                                uint32_t *count, hp_error *error);

/* --- Building a profile ------------------------------------------------------------------- */

/* For readers and for tests. Costs are arrays of one number an event. Each returns HP_OK,
 * HP_NO_MEMORY or HP_OVERFLOW, after which the profile may only be freed. */

/* Sets the events of a profile that has none yet and no costs. No two may have the same name. Names
 * are copied. HP_LIMIT: more than HP_EVENTS_MAX; the profile is as before. */
HP_API HP_NODISCARD hp_status hp_profile_set_events(hp_profile *profile, const hp_event *events,
                                                    size_t count, hp_error *error);

/* Adds an input; the caller may change it through *input until the next one is added. */
HP_API HP_NODISCARD hp_status hp_profile_add_input(hp_profile *profile, const char *name,
                                                   const char *format, hp_input **input,
                                                   hp_error *error);

/* Adds to what the last input tells of itself; key and value are copied. */
HP_API HP_NODISCARD hp_status hp_profile_add_info(hp_profile *profile, hp_string key,
                                                  hp_string value, hp_error *error);

/* Finds or adds a function, told by key's name, file, line and object; its recorded_file is kept,
 * calls and primitive are added. Strings are copied. */
HP_API HP_NODISCARD hp_status hp_profile_add_function(hp_profile *profile, const hp_function *key,
                                                      hp_function_id *id, hp_error *error);

/* Adds to the inclusive cost of a function. */
HP_API HP_NODISCARD hp_status hp_profile_add_inclusive(hp_profile *profile, hp_function_id id,
                                                       const uint64_t *inclusive, hp_error *error);

/* Adds self cost to a line, to its function and to the total. */
HP_API HP_NODISCARD hp_status hp_profile_add_cost(hp_profile *profile, hp_line line,
                                                  const uint64_t *self, hp_error *error);

/* Adds call.count calls to one call site. The callee's own calls are hp_profile_add_function's. */
HP_API HP_NODISCARD hp_status hp_profile_add_call(hp_profile *profile, hp_call call,
                                                  const uint64_t *inclusive, hp_error *error);

/* Finds or adds a stack and adds to its self cost, of which lines and functions know nothing; an
 * index is good until the profile is sorted. */
HP_API HP_NODISCARD hp_status hp_profile_add_stack(hp_profile *profile, hp_stack stack,
                                                   const uint64_t *self, uint32_t *index,
                                                   hp_error *error);

#ifdef __cplusplus
}
#endif

#endif
