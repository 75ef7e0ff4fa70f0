// SPDX-License-Identifier: MIT
#include "support/balance_check.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace
{

using Check = std::string(const uint8_t *data, size_t size);

void expect_nothing_wrong(Check *check)
{
    std::mt19937_64 random(1);

    for (int i = 0; i < 5000; i++) {
        std::vector<uint8_t> bytes(random() % 200);

        for (uint8_t &byte : bytes)
            byte = static_cast<uint8_t>(random());
        const std::string wrong = check(bytes.data(), bytes.size());

        ASSERT_TRUE(wrong.empty()) << i << ": " << wrong;
    }
}

TEST(BalancedDump, AddsUpWhateverTheNumbersAre)
{
    expect_nothing_wrong(test::wrong_in_any_dump);
}

TEST(BalancedDump, CostsWhatTheProgramDid)
{
    expect_nothing_wrong(test::wrong_in_recorded_dump);
}

TEST(BalancedDump, CostsWhatTheProgramDidIfFunctionsAreMadeOne)
{
    expect_nothing_wrong(test::wrong_in_stripped_dump);
}

} // namespace
