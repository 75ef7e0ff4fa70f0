// SPDX-License-Identifier: MIT
/* Strongly connected components, and the cycles of a call graph, against what paths say. */
extern "C" {
#include "model/scc.h"
}

#include "support/profile_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace
{

using namespace test;
using Numbers = std::vector<uint32_t>;
using Targets = std::vector<Numbers>; /* of the edges of each node */

Numbers components(const Targets &edges)
{
    std::vector<size_t> first{0};
    Numbers targets, numbers(edges.size(), 12345);
    for (const Numbers &of_node : edges) {
        targets.insert(targets.end(), of_node.begin(), of_node.end());
        first.push_back(targets.size());
    }
    const hp_graph graph = {static_cast<uint32_t>(edges.size()), first.data(), targets.data()};
    uint32_t count = 0;
    EXPECT_TRUE(hp_find_components(&graph, numbers.data(), &count));
    std::vector<bool> used(count);
    for (const uint32_t number : numbers) {
        EXPECT_LT(number, count);
        used.at(number) = true;
    }
    EXPECT_EQ(used, std::vector<bool>(count, true));
    return numbers;
}

/* reached[a][b]: whether there is a path, perhaps of no edge, from a to b. */
std::vector<std::vector<bool>> reachability(const Targets &edges)
{
    const size_t count = edges.size();
    std::vector<std::vector<bool>> reached(count, std::vector<bool>(count));
    for (size_t a = 0; a < count; a++) {
        reached[a][a] = true;
        for (const uint32_t b : edges[a])
            reached[a][b] = true;
    }
    for (size_t by = 0; by < count; by++)
        for (size_t a = 0; a < count; a++)
            for (size_t b = 0; b < count; b++)
                reached[a][b] = reached[a][b] || (reached[a][by] && reached[by][b]);
    return reached;
}

Targets random_graph(std::mt19937 &random)
{
    const auto any = [&random](uint32_t below) {
        return random() % below;
    };
    Targets edges(1 + any(12));
    const uint32_t count = static_cast<uint32_t>(edges.size());
    for (uint32_t i = any(3 * count); i-- > 0;)
        edges[any(count)].push_back(any(count));
    return edges;
}

TEST(Components, AreTheNodesThatReachEachOther)
{
    std::mt19937 random(1);
    for (int i = 0; i < 5000; i++) {
        const Targets edges = random_graph(random);
        const auto reached = reachability(edges);
        const Numbers numbers = components(edges);
        for (size_t a = 0; a < edges.size(); a++) {
            for (size_t b = 0; b < edges.size(); b++)
                ASSERT_EQ(numbers[a] == numbers[b], reached[a][b] && reached[b][a])
                    << a << " " << b;
            for (const uint32_t b : edges[a])
                ASSERT_GE(numbers[a], numbers[b]) << a << " " << b;
        }
    }
}

TEST(Components, OfNoNodeAreNone)
{
    EXPECT_EQ(components({}), Numbers());
}

/* Deeper than a recursion could go. */
enum { DEEP = 100000 };

TEST(Components, OfALongPathAreItsNodes)
{
    Targets edges(DEEP);
    for (uint32_t i = 0; i + 1 < DEEP; i++)
        edges[i].push_back(i + 1);
    const Numbers numbers = components(edges);
    for (uint32_t i = 0; i < DEEP; i++)
        ASSERT_EQ(numbers[i], DEEP - 1 - i);
}

TEST(Components, OfALongCircleAreOne)
{
    Targets edges(DEEP);
    for (uint32_t i = 0; i < DEEP; i++)
        edges[i].push_back((i + 1) % DEEP);
    EXPECT_EQ(components(edges), Numbers(DEEP, 0));
}

struct Cycles {
    Numbers of_function;
    uint32_t count = 0;
};

/* Calls are added in any order, from several lines. */
Cycles cycles(const Targets &edges, std::mt19937 &random)
{
    Builder builder;
    std::vector<std::pair<uint32_t, uint32_t>> calls;
    for (uint32_t a = 0; a < edges.size(); a++) {
        builder.function("f" + std::to_string(a), "", a, 1, 1, {0}, {0});
        for (const uint32_t b : edges[a])
            calls.emplace_back(a, b);
    }
    std::shuffle(calls.begin(), calls.end(), random);
    for (const auto &[a, b] : calls)
        builder.call(a, b, 1, {0}, 1 + random() % 2);
    Cycles cycles;
    cycles.of_function.resize(edges.size());
    EXPECT_EQ(hp_profile_cycles(builder.get(), cycles.of_function.data(), &cycles.count, nullptr),
              HP_OK);
    return cycles;
}

TEST(Cycles, AreTheFunctionsThatCallEachOther)
{
    std::mt19937 random(2);
    for (int i = 0; i < 1000; i++) {
        const Targets edges = random_graph(random);
        const auto reached = reachability(edges);
        const auto [numbers, count] = cycles(edges, random);
        uint32_t most = 0;
        for (size_t a = 0; a < edges.size(); a++) {
            bool any = false;
            for (size_t b = 0; b < edges.size(); b++) {
                const bool both = a != b && reached[a][b] && reached[b][a];
                ASSERT_TRUE(!both || numbers[a] == numbers[b]) << a << " " << b;
                ASSERT_TRUE(a == b || both || numbers[a] != numbers[b] || numbers[a] == 0)
                    << a << " " << b;
                ASSERT_TRUE(!reached[a][b] || numbers[a] >= numbers[b] || numbers[a] == 0)
                    << a << " " << b;
                any = any || both;
            }
            ASSERT_EQ(numbers[a] > 0, any) << a;
            most = std::max(most, numbers[a]);
        }
        ASSERT_EQ(count, most);
    }
}

TEST(Cycles, OfAnEmptyProfileAreNone)
{
    std::mt19937 random(3);
    EXPECT_EQ(cycles({}, random).count, 0u);
}

} // namespace
