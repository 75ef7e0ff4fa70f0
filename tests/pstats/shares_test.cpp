// SPDX-License-Identifier: MIT
/* Shares add up to the number, and keep to their weights, however large both are. */
extern "C" {
#include "pstats/shares.h"
}

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

namespace
{

TEST(Shares, AddUpAndAreAllAboveOrAllBelowTheirWeights)
{
    std::mt19937_64 random(1);
    for (int round = 0; round < 20000; round++) {
        std::vector<uint64_t> weights(1 + random() % 6);
        for (uint64_t &weight : weights)
            weight = random() >> (3 + random() % 61);
        const uint64_t sum = std::accumulate(weights.begin(), weights.end(), uint64_t(0));
        const uint64_t number = random() % 2 ? random() >> random() % 64 : sum - sum % 3;
        hp_shares shares = {number, sum};
        uint64_t shared = 0;
        for (const uint64_t weight : weights) {
            const uint64_t share = hp_take_share(&shares, weight);
            EXPECT_TRUE(number < sum ? share <= weight : share >= weight || sum == 0)
                << share << " for " << weight << ": " << number << " of " << sum;
            shared += share;
        }
        EXPECT_EQ(shared, number);
        EXPECT_EQ(shares.left, 0u);
    }
}

} // namespace
