// SPDX-License-Identifier: MIT
/* The colours and widths of drawn call graphs: darker with the share of the cost, in print as on
 * the screen, and told apart by those who do not see red or green. */
#ifndef HP_LOOK_H
#define HP_LOOK_H

#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hp_color {
    double red, green, blue; /* 0 to 1 */
} hp_color;

/* What colours stand for: shares of the total, or with a base, by how much of it a cost differs. */
typedef struct hp_palette {
    hp_theme theme;
    bool compared;
} hp_palette;

/* A share of the total, 0 to 1; of what costs less than in the base it is below 0. */
typedef struct hp_node_look {
    hp_color fill, text, border;
    double border_width; /* points */
} hp_node_look;

hp_node_look hp_look_of_node(const hp_palette *palette, double share);

typedef struct hp_arc_look {
    hp_color color;
    double width; /* points */
} hp_arc_look;

hp_arc_look hp_look_of_arc(const hp_palette *palette, double share);

/* Calls with such a share are of interest: they have labels, and are drawn over the others. */
bool hp_look_is_heavy(const hp_palette *palette, double share);

/* What the legend says. */
#define HP_LEGEND_COUNT 5
typedef struct hp_legend {
    const char *shares; /* "inclusive share" */
    double share[HP_LEGEND_COUNT];
    const char *text[HP_LEGEND_COUNT]; /* of these shares */
    const char *boxes;                 /* what boxes tell */
} hp_legend;

const hp_legend *hp_look_legend(const hp_palette *palette);

#ifdef __cplusplus
}
#endif

#endif
