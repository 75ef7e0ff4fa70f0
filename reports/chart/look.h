// SPDX-License-Identifier: MIT
/* Colours and widths of drawn call graphs. Larger shares are darker, boxes and lines alike. They
 * can be told apart in grey, and without seeing red or green. */
#ifndef HP_LOOK_H
#define HP_LOOK_H

#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_color {
    double red, green, blue; /* 0 to 1 */
} hp_color;

/* How light a colour is to the eye and in print, from 0 to 1. */
double hp_lightness(hp_color color);

/* The colour of hatching on this one. */
hp_color hp_darker(hp_color color);

/* What colours mean: shares of the total or, compared with a base, changes. */
typedef struct hp_palette {
    hp_theme theme;
    bool compared;
} hp_palette;

/* share: of the total, from 0 to 1; of a change, from -1 to 1. */
typedef struct hp_node_look {
    hp_color fill, text, border;
    double border_width; /* points */
    bool less;           /* the change is a decrease: to be hatched, as greys do not tell */
} hp_node_look;

hp_node_look hp_look_of_node(const hp_palette *palette, double share);

typedef struct hp_arc_look {
    hp_color color;
    double width; /* points */
    bool less;    /* likewise: to be dashed */
} hp_arc_look;

hp_arc_look hp_look_of_arc(const hp_palette *palette, double share);

/* Whether a call is important: such calls have labels and are drawn over the others. */
bool hp_look_is_heavy(const hp_palette *palette, double share);

/* The texts of the legend. */
#define HP_LEGEND_COUNT 5
typedef struct hp_legend {
    const char *shares; /* "inclusive share" */
    double share[HP_LEGEND_COUNT];
    const char *text[HP_LEGEND_COUNT]; /* for each of these shares */
    const char *boxes;                 /* what the boxes contain */
} hp_legend;

const hp_legend *hp_look_legend(const hp_palette *palette);

#ifdef __cplusplus
}
#endif

#endif
