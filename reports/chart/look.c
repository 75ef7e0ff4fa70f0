// SPDX-License-Identifier: MIT
#include "chart/look.h"

#include <math.h>

static hp_color grey(double lightness)
{
    return (hp_color){lightness, lightness, lightness};
}

static hp_color between(hp_color a, hp_color b, double part)
{
    return (hp_color){a.red + part * (b.red - a.red), a.green + part * (b.green - a.green),
                      a.blue + part * (b.blue - a.blue)};
}

/* Lightness decreases steadily, so that the order survives a grey printer. */
static hp_color heat_color(double heat)
{
    static const hp_color stops[] = {
        {1, 1, 0.92}, {1, 0.91, 0.62}, {0.99, 0.70, 0.32}, {0.89, 0.33, 0.14}, {0.60, 0.02, 0.10}};
    enum { LAST = sizeof stops / sizeof *stops - 1 };
    int stop = heat < 1 ? (int)(heat * LAST) : LAST - 1;

    return between(stops[stop], stops[stop + 1], heat * LAST - stop);
}

/* Orange for more, blue for less. */
static hp_color change_color(double heat, bool less)
{
    static const hp_color more_ends[] = {{1, 1, 1}, {0.95, 0.55, 0.16}, {0.60, 0.20, 0.02}};
    static const hp_color less_ends[] = {{1, 1, 1}, {0.42, 0.68, 0.90}, {0.03, 0.25, 0.55}};
    const hp_color *ends = less ? less_ends : more_ends;

    return heat < 0.5 ? between(ends[0], ends[1], 2 * heat)
                      : between(ends[1], ends[2], 2 * heat - 1);
}

/* Most shares are small: the square root gives them more of the scale. Changes are smaller still.
 */
static double heat_of(const hp_palette *palette, double share)
{
    return sqrt(fmin(fabs(share) * (palette->compared ? 2 : 1), 1));
}

hp_node_look hp_look_of_node(const hp_palette *palette, double share)
{
    double heat = heat_of(palette, share);
    hp_node_look look = {.border = grey(0.25),
                         .text = grey(0),
                         .border_width = 0.6 + 1.4 * fmin(fabs(share), 1),
                         .less = palette->compared && share < 0};

    if (palette->theme == HP_THEME_PRINT)
        look.fill = grey(1 - 0.35 * heat);
    else
        look.fill = palette->compared ? change_color(heat, share < 0) : heat_color(heat);
    if (hp_lightness(look.fill) < 0.45)
        look.text = grey(1);
    return look;
}

double hp_lightness(hp_color color)
{
    return 0.30 * color.red + 0.59 * color.green + 0.11 * color.blue;
}

hp_color hp_darker(hp_color color)
{
    return between(color, grey(0), 0.22);
}

bool hp_look_is_heavy(const hp_palette *palette, double share)
{
    return fabs(share) >= (palette->compared ? 0.01 : 0.05);
}

hp_arc_look hp_look_of_arc(const hp_palette *palette, double share)
{
    hp_arc_look look = {.width = 0.7 + 4 * fmin(fabs(share), 1),
                        .less = palette->compared && share < 0};
    /* White lines are not seen: only the darker colours are for lines. */
    double heat = 0.7 + 0.3 * heat_of(palette, share);

    if (!hp_look_is_heavy(palette, share))
        look.color = grey(0.62);
    else if (palette->theme == HP_THEME_PRINT)
        look.color = grey(1.2 - 1.1 * heat);
    else
        look.color = palette->compared ? change_color(heat, share < 0) : heat_color(heat);
    return look;
}

const hp_legend *hp_look_legend(const hp_palette *palette)
{
    static const hp_legend shares = {
        .shares = "inclusive share",
        .share = {0.01, 0.05, 0.2, 0.5, 1},
        .text = {"1%", "5%", "20%", "50%", "100%"},
        .boxes = "name, module:line, inclusive (self), calls; double frame: in a cycle",
    };
    static const hp_legend changes = {
        .shares = "change, of the base's total",
        .share = {-0.2, -0.02, 0, 0.02, 0.2},
        .text = {"-20%", "-2%", "0%", "+2%", "+20%"},
        .boxes = "hatched, dashed: less; name, module:line, change of inclusive (self), before "
                 "and now; double frame: in a cycle",
    };

    return palette->compared ? &changes : &shares;
}
