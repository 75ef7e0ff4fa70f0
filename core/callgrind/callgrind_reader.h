// SPDX-License-Identifier: MIT
/* What is known while a callgrind file is read, line by line. */
#ifndef HP_CALLGRIND_READER_H
#define HP_CALLGRIND_READER_H

#include "callgrind/callgrind_events.h"
#include "callgrind/callgrind_names.h"
#include "callgrind/callgrind_parts.h"

/* The sums that a part can end with. */
enum hp_callgrind_end { HP_CALLGRIND_OPEN, HP_CALLGRIND_TOTALS, HP_CALLGRIND_SUMMARY };

typedef struct hp_callgrind_reader {
    hp_profile *whole;
    hp_input *input;
    hp_error *error;  /* the first problem of the file */
    hp_error problem; /* of the current line; hp_callgrind_keep_problem takes it */
    bool stopped;     /* reading cannot go on */
    hp_scan scan;     /* its error is problem */
    hp_callgrind_names names;
    hp_callgrind_parts parts;

    struct {                        /* the header, up to "events:" */
        bool own;                   /* of our own report */
        bool callgrind;             /* the creator of this part, or of one before it */
        bool created, continued;    /* it has a creator; a number of its part */
        bool has_command, has_more; /* "cmd:"; something else than that and "desc:" */
        hp_callgrind_units units;
        size_t first_info; /* of its infos among those of the whole */
    } header;

    size_t positions, line_position; /* how many there are, and which of them is the line */

    /* The current part. */
    bool has_events, has_lines;
    const char *start; /* its "events:" */
    hp_callgrind_columns columns;
    bool own;                     /* of our own report */
    enum hp_callgrind_end end;    /* what it must end with; HP_CALLGRIND_OPEN: anything */
    enum hp_callgrind_end closed; /* what came after its last costs, */
    bool trailed;                 /* and whether more lines came after that */

    uint64_t line;                        /* of the last position */
    hp_string object, file, own_file;     /* own_file: of the last "fl=" */
    hp_string called_object, called_file; /* data NULL: the current ones */
    hp_callgrind_named function, callee;  /* id HP_NO_FUNCTION: none */
    bool is_home;                         /* file is the function's own */
    bool is_settled;                      /* the function has costs */
    enum { HP_CALLGRIND_SELF, HP_CALLGRIND_CALL, HP_CALLGRIND_IGNORED } next; /* costs */
    uint64_t count;                                                           /* of the next call */

    /* Of the next costs, if our own report says so: */
    uint64_t at; /* the line, if it needs more than 32 bits; else 0 */
    bool estimated, uncounted;
} hp_callgrind_reader;

#define HP_CALLGRIND_CALLS_FIT "calls whose sum fits into 64 bits"

/* Keeps the first problem of the file, and stops after one that is more than damage. */
void hp_callgrind_keep_problem(hp_callgrind_reader *reader);

/* Sets the problem that there is something else in place of what is expected. */
void hp_callgrind_cut(hp_callgrind_reader *reader, size_t offset, const char *expected,
                      const char *found);

/* Counts a number that cannot be. Returns 0, which stands for it. */
uint64_t hp_callgrind_impossible(hp_callgrind_reader *reader);

/* A cost or a count. Other writers can have negative ones, with a sign or as 64 bits. */
static inline uint64_t hp_callgrind_plausible(hp_callgrind_reader *reader, bool negative,
                                              uint64_t number)
{
    bool impossible = number && (negative || (number > INT64_MAX && !reader->own));

    return impossible ? hp_callgrind_impossible(reader) : number;
}

static inline bool hp_callgrind_is_field_end(char c)
{
    return hp_is_blank(c) || c == '\n';
}

/* Nothing is named yet, as at the beginning of a part. */
void hp_callgrind_forget_place(hp_callgrind_reader *reader);

/* Whether the part ends as it must, and what it must end with. */
bool hp_callgrind_is_closed(const hp_callgrind_reader *reader);
const char *hp_callgrind_end_mark(const hp_callgrind_reader *reader);

/* Ends the part, if there is one with lines: what stands here is in the header of the next one. */
void hp_callgrind_begin_header(hp_callgrind_reader *reader, const char *at);

/* Ends the part before another one, which begins here. */
void hp_callgrind_leave_part(hp_callgrind_reader *reader, const char *at);

#endif
