// SPDX-License-Identifier: MIT
/* What the lines of a file of folded stacks look like, which depends on the program that wrote it.
 * Nothing in the file says so, and most of these writers have no format of their own; so the first
 * lines decide. */
#ifndef HP_FOLDED_STYLE_H
#define HP_FOLDED_STYLE_H

#include "hotprof.h"

typedef enum hp_folded_frames {
    HP_FOLDED_SYMBOLS,     /* any text; "name - file:line" */
    HP_FOLDED_PARENTHESES, /* "name (file:line)", "name (file)", "name" */
    HP_FOLDED_COLONS,      /* "file:name:line" */
    HP_FOLDED_LINES_APART  /* "name (file);L12" */
} hp_folded_frames;

/* How the process and the thread stand in front of the stack. */
typedef enum hp_folded_roots {
    HP_FOLDED_NO_ROOTS,
    HP_FOLDED_AUSTIN, /* "P12;T0:34", "P12;T34", "T34", "Process 12;Thread 34" */
    HP_FOLDED_TID,    /* "tid:34" */
    HP_FOLDED_PY_SPY  /* "process 12:"COMMAND"", "thread (34)" */
} hp_folded_roots;

/* What stands behind the stack. */
typedef enum hp_folded_weights {
    HP_FOLDED_SAMPLES,
    HP_FOLDED_MICROSECONDS,
    HP_FOLDED_BYTES,   /* allocated; freed if negative */
    HP_FOLDED_FULL,    /* "microseconds,idle,bytes" */
    HP_FOLDED_NUMBERS, /* microseconds, bytes allocated, bytes freed */
    HP_FOLDED_OURS     /* what "# hotprof: folded;" says */
} hp_folded_weights;

typedef struct hp_folded_style {
    hp_folded_frames frames;
    hp_folded_roots roots;
    hp_folded_weights weights;
    unsigned numbers;   /* how many behind a stack, between blanks */
    bool newline_ended; /* the writer ends each line with a newline, so one without is cut */
} hp_folded_style;

/* Finds the style of a file that begins with these bytes. False if these are no folded stacks. */
bool hp_folded_find_style(const char *data, size_t size, hp_folded_style *style);

/* Whether a line has no stack: an empty one, or a comment. "//" begins one where no number ends it,
 * but not in ours. */
bool hp_folded_is_comment(hp_string line, bool ours);

/* Takes the numbers off the end of a line, and what separates them from the stack before; numbers
 * has room for three. Returns whether they are there. */
bool hp_folded_take_numbers(hp_string *line, unsigned count, hp_string *numbers);

/* What a frame in front of a stack is, by its place: the first, the second... */
typedef enum hp_folded_root { HP_FOLDED_FRAME, HP_FOLDED_PROCESS, HP_FOLDED_THREAD } hp_folded_root;
hp_folded_root hp_folded_root_of(hp_folded_roots roots, hp_string text, size_t place);

/* Whether a text is "L12". */
bool hp_folded_is_line(hp_string text);

/* Where the parts of "name (file:line)" are: the length of the name, and what stands between the
 * parentheses. */
bool hp_folded_split_parentheses(hp_string text, size_t *name, hp_string *place);

/* Splits ":12" off the end of a text. */
bool hp_folded_take_line(hp_string *text, uint64_t *line);

#endif
