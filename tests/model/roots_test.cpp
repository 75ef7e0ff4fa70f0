// SPDX-License-Identifier: MIT
#include "support/pstats_dump.h"

using namespace pstats;

namespace
{

std::vector<std::string> entered(const std::vector<std::string> &entries)
{
    Loaded loaded = load(dict(entries));
    std::vector<std::string> names;

    EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;
    for (const auto &[key, function] : loaded.functions)
        if (function.callers.count(interpreter))
            names.push_back(std::get<2>(key));
    if (names.empty())
        EXPECT_EQ(loaded.functions.count(interpreter), 0u);
    else
        EXPECT_EQ(loaded.functions[interpreter].inclusive, loaded.total);
    return names;
}

using Names = std::vector<std::string>;

TEST(Interpreter, CallsWhatNobodyElseCalls)
{
    EXPECT_EQ(entered({}), Names());
    EXPECT_EQ(entered({entry("a", 1, 1, 1), entry("b", 1, 1, 1)}), Names({"a", "b"}));
    EXPECT_EQ(entered({entry("a", 1, 1, 1), entry("b", 1, 1, 1, dict({caller("a", 1, 1)}))}),
              Names({"a"}));
    EXPECT_EQ(entered({entry("a", 0, 0, 0), entry("b", 1, 1, 1, dict({caller("a", 1, 1)}))}),
              Names());
}

TEST(Interpreter, MakesTheCallsThatNoCallerAccountsFor)
{
    Loaded loaded = load(dict(
        {entry("a", 1, 1, 9), entry("f", 5, 3, 8, dict({caller("a", 2, 5), caller("f", 1, 4)}))}));
    Call call = loaded.functions[named("f")].callers[interpreter];

    EXPECT_EQ(call.count, 2u);
    EXPECT_EQ(call.cost, 3000000000u);
    EXPECT_EQ(call.line, 0u);
    EXPECT_FALSE(call.estimated);
}

TEST(Interpreter, CallsTheHeaviestOfACycleThatNobodyCalls)
{
    // A function that only calls itself.
    EXPECT_EQ(entered({entry("a", 3, 1, 1, dict({caller("a", 3, 1)}))}), Names({"a"}));
    // Two that only call each other.
    EXPECT_EQ(entered({entry("a", 1, 1, 1, dict({caller("b", 1, 1)})),
                       entry("b", 1, 1, 2, dict({caller("a", 1, 1)}))}),
              Names({"b"}));
    // As heavy: one of them.
    EXPECT_EQ(entered({entry("b", 1, 1, 2, dict({caller("a", 1, 1)})),
                       entry("a", 1, 1, 2, dict({caller("b", 1, 1)}))})
                  .size(),
              1u);
    // A cycle that is called from another one is not.
    EXPECT_EQ(entered({entry("a", 1, 1, 1, dict({caller("b", 1, 1)})),
                       entry("b", 1, 1, 2, dict({caller("a", 1, 1)})),
                       entry("c", 2, 1, 9, dict({caller("d", 1, 1), caller("a", 1, 1)})),
                       entry("d", 1, 1, 9, dict({caller("c", 1, 1)}))}),
              Names({"b"}));
    // Nor is one that is called from outside.
    EXPECT_EQ(entered({entry("main", 1, 1, 2),
                       entry("a", 2, 1, 1, dict({caller("b", 1, 1), caller("main", 1, 1)})),
                       entry("b", 1, 1, 9, dict({caller("a", 1, 1)}))}),
              Names({"main"}));
    // Nor one of which a member has a call from nowhere.
    EXPECT_EQ(entered({entry("a", 2, 1, 1, dict({caller("b", 1, 1)})),
                       entry("b", 1, 1, 9, dict({caller("a", 1, 1)}))}),
              Names({"a"}));
}

TEST(Interpreter, OfADumpIsKept)
{
    std::string own = tuple({string(""), integer(0), string(HP_INTERPRETER)});
    Loaded loaded =
        load(dict({own, tuple({integer(0), integer(0), seconds(1), seconds(3), "{0"}),
                   entry("a", 1, 2, 2,
                         dict({own, tuple({integer(1), integer(1), seconds(2), seconds(2)})}))}));

    EXPECT_EQ(loaded.functions.size(), 2u);
    EXPECT_EQ(loaded.functions[interpreter].self, 1000000000u);
    EXPECT_EQ(loaded.functions[interpreter].inclusive, 3000000000u);
    EXPECT_EQ(loaded.functions[interpreter].callers.size(), 0u);
    EXPECT_EQ(loaded.functions[named("a")].callers.size(), 1u);
}

TEST(Interpreter, IsFoundHoweverLongTheCycle)
{
    std::vector<std::string> ring;
    const int count = 20000;

    for (int i = 0; i < count; i++)
        ring.push_back(entry(std::to_string(i), 1, 0, i,
                             dict({caller(std::to_string((i + 1) % count), 1, 0)})));
    EXPECT_EQ(entered(ring), Names({std::to_string(count - 1)}));
    ring[0] = entry("0", 1, 0, 0);
    ring.pop_back();
    EXPECT_EQ(load(dict(ring)).status, HP_OK);
}

} // namespace
