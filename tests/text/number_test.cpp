// SPDX-License-Identifier: MIT
#include "text/number.h"

#include "hotprof.h"

#include <gtest/gtest.h>

#include <string>

namespace
{

TEST(Numbers, HaveAllDigits)
{
    for (const uint64_t value :
         {uint64_t(0), uint64_t(9), uint64_t(10), uint64_t(1234567), UINT64_MAX})
        EXPECT_EQ(hp_number_shown(hp_number_fixed(value, 0)).text, std::to_string(value));
}

TEST(Numbers, HaveAtLeastOneDigitBeforeTheDot)
{
    EXPECT_STREQ(hp_number_shown(hp_number_fixed(0, 2)).text, "0.00");
    EXPECT_STREQ(hp_number_shown(hp_number_fixed(7, 1)).text, "0.7");
    EXPECT_STREQ(hp_number_shown(hp_number_fixed(7, 9)).text, "0.000000007");
    EXPECT_STREQ(hp_number_shown(hp_number_fixed(100, 2)).text, "1.00");
    EXPECT_STREQ(hp_number_shown(hp_number_fixed(UINT64_MAX, 9)).text, "18446744073.709551615");
    EXPECT_STREQ(hp_number_shown(hp_number_fixed(UINT64_MAX, 19)).text, "1.8446744073709551615");
}

TEST(Numbers, AreRounded)
{
    EXPECT_STREQ(hp_number_shown(hp_number_rounded(0.994, 2)).text, "0.99");
    EXPECT_STREQ(hp_number_shown(hp_number_rounded(0.996, 2)).text, "1.00");
    EXPECT_STREQ(hp_number_shown(hp_number_rounded(99.6, 0)).text, "100");
    EXPECT_STREQ(hp_number_shown(hp_number_rounded(1e300, 0)).text, "18446744073709551615");
}

TEST(Numbers, HaveASignUnlessTheyAreZero)
{
    EXPECT_STREQ(hp_number_shown(hp_number_signed(1.5, 2)).text, "+1.50");
    EXPECT_STREQ(hp_number_shown(hp_number_signed(-1.5, 2)).text, "-1.50");
    EXPECT_STREQ(hp_number_shown(hp_number_signed(0, 2)).text, "0.00");
    EXPECT_STREQ(hp_number_shown(hp_number_change(UINT64_MAX, 0)).text, "+18446744073709551615");
    EXPECT_STREQ(hp_number_shown(hp_number_change(0, UINT64_MAX)).text, "-18446744073709551615");
    EXPECT_STREQ(hp_number_shown(hp_number_change(5, 5)).text, "0");
}

TEST(Numbers, OfCallsMayBeUnknown)
{
    EXPECT_STREQ(hp_number_shown(hp_number_calls(HP_UNKNOWN)).text, "");
    EXPECT_STREQ(hp_number_shown(hp_number_calls(HP_UNKNOWN - 1)).text, "18446744073709551614");
    EXPECT_STREQ(hp_number_shown(hp_number_calls_change(HP_UNKNOWN, 1)).text, "");
    EXPECT_STREQ(hp_number_shown(hp_number_calls_change(1, HP_UNKNOWN)).text, "");
    EXPECT_STREQ(hp_number_shown(hp_number_calls_change(1, 3)).text, "-2");
}

} // namespace
