// SPDX-License-Identifier: MIT
/* Where the functions and calls of a chart are on sheets of paper. It is the same for DOT and for
 * what is drawn.
 *
 * The tree of the chart (call_tree.h) is drawn: chains of functions are stacked, the others stand
 * below their callers (blocks.h). What does not fit on one sheet is cut where that costs the reader
 * least. All other calls, and those that were cut, are notes beside the boxes at both ends, which
 * tell on which sheet the other function is.
 *
 * Lengths are in points for type of HP_TYPE_SIZE, from the top left corner of what is within a
 * sheet's margins and below its heading. */
#ifndef HP_LAYOUT_H
#define HP_LAYOUT_H

#include "chart/atlas.h"
#include "chart/chart.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The size of all type in boxes and notes. */
#define HP_TYPE_SIZE 7.0
#define HP_LINE_HEIGHT 8.4

/* Between the border of a box and its text. */
#define HP_PADDING_X 4.0
#define HP_PADDING_Y 2.0

/* A function. */
typedef struct hp_box {
    uint32_t sheet;
    hp_point corner;
    hp_size size;
    uint32_t step;     /* on the hot path, from 1; 0: it is not on it */
    char *name;        /* lines of text, bold */
    char *details;     /* lines of text */
    size_t name_lines; /* and how many */
} hp_box;

typedef enum hp_note_kind {
    HP_NOTE_TO,    /* a call that is not drawn, or leads to another sheet */
    HP_NOTE_FROM,  /* the other end of such a call */
    HP_NOTE_SHARE, /* the share of the call that is drawn, where there are others */
    HP_NOTE_MORE   /* several light calls */
} hp_note_kind;

/* A text beside the box of a function. */
typedef struct hp_note {
    hp_note_kind kind;
    uint32_t node;   /* of the chart: beside its box */
    uint32_t target; /* of the chart: what it tells of; HP_NO_NODE: several, or none */
    uint32_t arc;    /* of the chart: the call; HP_NO_NODE: several */
    uint32_t calls;  /* how many it tells of */
    bool incoming;   /* of calls to the function, not from it */
    double share;    /* of the call or of all of them */
    uint32_t sheet;
    hp_point corner;
    hp_size size;
    char *text;
} hp_note;

/* A call that is drawn, or the short line from a box to its note. */
typedef struct hp_curve {
    uint32_t arc;    /* of the chart; HP_NO_NODE: to several light calls */
    uint32_t note;   /* it ends at this note; HP_NO_NODE: at a box */
    uint32_t header; /* it begins at this note; HP_NO_NODE: at a box */
    double share;
    uint32_t sheet;
    size_t first_point, point_count; /* in hp_layout.points; a Bezier curve of 3 n + 1 points */
    bool arrow;                      /* whether an arrow head leads from the last point to tip */
    hp_point tip;
} hp_curve;

typedef struct hp_layout {
    hp_atlas atlas; /* the sheet of each function */
    bool fits;      /* on the sheets of the room; if not, there is nothing but the atlas' count */
    hp_size size;   /* of the largest sheet */
    hp_box *boxes;  /* as in chart.nodes */
    uint32_t box_count;
    uint32_t *path; /* the functions on the hot path */
    uint32_t path_length;
    hp_note *notes;
    uint32_t note_count;
    hp_curve *curves;
    uint32_t curve_count;
    hp_point *points;
    size_t point_count;
} hp_layout;

void hp_layout_free(hp_layout *layout);

#ifdef __cplusplus
}
#endif

#endif
