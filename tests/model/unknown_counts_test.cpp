// SPDX-License-Identifier: MIT
/* Numbers of calls that an input does not tell stay unknown, whatever is added to them. */
#include "support/profile_builder.h"

#include <gtest/gtest.h>

namespace
{

using test::Builder;

const uint64_t last_known = HP_UNKNOWN - 1;

TEST(AddingCounts, Saturates)
{
    EXPECT_EQ(hp_add_counts(2, 3), 5u);
    EXPECT_EQ(hp_add_counts(last_known, 0), last_known);
    EXPECT_EQ(hp_add_counts(last_known, 2), HP_UNKNOWN);
    EXPECT_EQ(hp_add_counts(HP_UNKNOWN, 0), HP_UNKNOWN);
    EXPECT_EQ(hp_add_counts(7, HP_UNKNOWN), HP_UNKNOWN);
    EXPECT_EQ(hp_add_counts(HP_UNKNOWN, HP_UNKNOWN), HP_UNKNOWN);
}

struct Pair {
    Builder builder;
    hp_function_id caller, callee;

    Pair(uint64_t calls, uint64_t cost)
        : caller(builder.function("caller", "m.py", 1, 1, 1, {cost}, {2 * cost})),
          callee(builder.function("callee", "m.py", 9, calls, calls, {cost}, {cost}))
    {
        builder.call(caller, callee, calls, {cost}, 2);
    }
};

void expect_calls(const hp_profile *profile, uint64_t count, uint64_t of_caller = 1)
{
    ASSERT_EQ(hp_profile_call_count(profile), 1u);
    const hp_call *call = hp_profile_call(profile, 0);
    EXPECT_EQ(call->count, count);
    EXPECT_EQ(hp_profile_function(profile, call->callee)->calls, count);
    EXPECT_EQ(hp_profile_function(profile, call->callee)->primitive, count);
    EXPECT_EQ(hp_profile_function(profile, call->caller)->calls, of_caller);
}

TEST(UnknownCounts, StayUnknownWhateverIsAdded)
{
    Pair pair(3, 5);
    pair.builder.call(pair.caller, pair.callee, HP_UNKNOWN, {1}, 2);
    pair.builder.call(pair.caller, pair.callee, 4, {1}, 2);
    pair.builder.call(pair.caller, pair.callee, HP_UNKNOWN, {1}, 2);
    EXPECT_EQ(hp_profile_call(pair.builder.get(), 0)->count, HP_UNKNOWN);
    EXPECT_EQ(*hp_profile_call_inclusive(pair.builder.get(), 0), 8u);
}

TEST(UnknownCounts, AreNotWhatKnownOnesAddUpTo)
{
    Pair pair(last_known - 1, 5);
    hp_call call{};
    call.caller = pair.caller;
    call.callee = pair.callee;
    call.line = 2;
    call.count = 1;
    const uint64_t cost = 0;
    EXPECT_EQ(hp_profile_add_call(pair.builder.get(), call, &cost, nullptr), HP_OK);
    EXPECT_EQ(hp_profile_call(pair.builder.get(), 0)->count, last_known);
    EXPECT_EQ(hp_profile_add_call(pair.builder.get(), call, &cost, nullptr), HP_OVERFLOW);

    hp_function key{};
    key.name = {"callee", 6};
    key.file = key.recorded_file = {"m.py", 4};
    key.line = 9;
    key.calls = key.primitive = 2;
    hp_function_id id = 0;
    EXPECT_EQ(hp_profile_add_function(pair.builder.get(), &key, &id, nullptr), HP_OVERFLOW);
}

TEST(UnknownCounts, MergeToUnknownOnes)
{
    for (const auto &[one, two] : {std::pair{HP_UNKNOWN, uint64_t{4}},
                                   {uint64_t{4}, HP_UNKNOWN},
                                   {HP_UNKNOWN, HP_UNKNOWN},
                                   {HP_UNKNOWN, uint64_t{0}}}) {
        Pair pair(one, 5);
        const Pair other(two, 5);
        ASSERT_EQ(hp_profile_merge(pair.builder.get(), other.builder.get(), nullptr), HP_OK);
        pair.builder.sort();
        expect_calls(pair.builder.get(), HP_UNKNOWN, 2);
        EXPECT_EQ(*hp_profile_call_inclusive(pair.builder.get(), 0), 10u);
    }
}

TEST(UnknownCounts, ThatKnownOnesAddUpToAreAnErrorOfTheMerge)
{
    Pair pair(last_known, 5);
    const Pair other(1, 5);
    EXPECT_EQ(hp_profile_merge(pair.builder.get(), other.builder.get(), nullptr), HP_OVERFLOW);
    expect_calls(pair.builder.get(), last_known);
}

TEST(UnknownCounts, KeepCallsAndFunctionsThatCostNothing)
{
    Pair pair(HP_UNKNOWN, 0);
    pair.builder.sort();
    EXPECT_EQ(hp_profile_function_count(pair.builder.get()), 2u);
    expect_calls(pair.builder.get(), HP_UNKNOWN);
}

TEST(UnknownCounts, StayWhenAProfileIsRelocatedAndAligned)
{
    Pair now(7, 5), before(HP_UNKNOWN, 5);
    hp_profile *relocated = nullptr, *aligned = nullptr, *other = nullptr;
    now.builder.sort();
    before.builder.sort();
    ASSERT_EQ(hp_profile_relocate(now.builder.get(), before.builder.get(), &relocated, nullptr),
              HP_OK);
    const hotprof::profile_ptr freed(relocated);
    expect_calls(relocated, HP_UNKNOWN);
    ASSERT_EQ(hp_profile_align(now.builder.get(), relocated, &aligned, &other, nullptr), HP_OK);
    const hotprof::profile_ptr one(aligned), two(other);
    expect_calls(aligned, 7);
    expect_calls(other, HP_UNKNOWN);
}

TEST(UnknownCounts, AreZeroWhereAnAlignedProfileHadNoSuchCall)
{
    Pair now(HP_UNKNOWN, 5);
    Builder before;
    hp_profile *aligned = nullptr, *other = nullptr;
    before.function("caller", "m.py", 1, 1, 1, {3}, {3});
    now.builder.sort();
    before.sort();
    ASSERT_EQ(hp_profile_align(now.builder.get(), before.get(), &aligned, &other, nullptr), HP_OK);
    const hotprof::profile_ptr one(aligned), two(other);
    expect_calls(aligned, HP_UNKNOWN);
    expect_calls(other, 0);
}

} // namespace
