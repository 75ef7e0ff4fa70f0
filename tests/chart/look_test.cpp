// SPDX-License-Identifier: MIT
#include "chart/look.h"

#include <gtest/gtest.h>

namespace
{

const hp_palette palettes[] = {
    {HP_THEME_HEAT, false}, {HP_THEME_PRINT, false}, {HP_THEME_HEAT, true}, {HP_THEME_PRINT, true}};

/* What prints in greys shows the order of costs. */
TEST(Looks, OfLargerSharesAreDarkerAndWider)
{
    for (const hp_palette &palette : palettes)
        for (const double sign : {1., -1.}) {
            if (sign < 0 && !palette.compared)
                continue;
            double box = 2, line = 2, frame = 0, width = 0;
            for (int i = 0; i <= 200; i++) {
                const double share = sign * i / 200;
                const hp_node_look node = hp_look_of_node(&palette, share);
                const hp_arc_look arc = hp_look_of_arc(&palette, share);
                EXPECT_LE(hp_lightness(node.fill), box) << share;
                EXPECT_LE(hp_lightness(arc.color), line + 1e-9) << share;
                EXPECT_GE(node.border_width, frame);
                EXPECT_GE(arc.width, width);
                EXPECT_LE(hp_lightness(arc.color), 0.7) << "seen on white";
                box = hp_lightness(node.fill);
                line = hp_lightness(arc.color);
                frame = node.border_width;
                width = arc.width;
            }
            EXPECT_LT(hp_lightness(hp_look_of_arc(&palette, sign).color),
                      hp_lightness(hp_look_of_arc(&palette, 0.06 * sign).color) - 0.1);
        }
}

TEST(Looks, OfLessAndMoreDifferWithoutColours)
{
    for (const hp_palette &palette : palettes) {
        EXPECT_EQ(hp_look_of_node(&palette, -0.1).less, palette.compared);
        EXPECT_EQ(hp_look_of_arc(&palette, -0.1).less, palette.compared);
        EXPECT_FALSE(hp_look_of_node(&palette, 0.1).less);
        EXPECT_FALSE(hp_look_of_arc(&palette, 0.1).less);
        EXPECT_FALSE(hp_look_of_node(&palette, 0).less);
    }
}

TEST(Looks, HaveTextThatIsReadOnThem)
{
    for (const hp_palette &palette : palettes)
        for (int i = -100; i <= 100; i++) {
            const hp_node_look look = hp_look_of_node(&palette, i / 100.);
            EXPECT_GT(std::abs(hp_lightness(look.fill) - hp_lightness(look.text)), 0.4) << i;
        }
}

} // namespace
