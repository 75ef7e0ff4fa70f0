// SPDX-License-Identifier: MIT
/* What is not known of a function: its first line, its exact cost. */
#include "support/profile_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace
{

using test::Builder;

const uint64_t cost = 1;

hp_function_id add(const Builder &builder, uint64_t line, bool line_unknown, bool estimated = false)
{
    hp_function key{};
    hp_function_id id = 0;
    key.name = {"f", 1};
    key.file = key.recorded_file = {"m.py", 4};
    key.line = line;
    key.line_unknown = line_unknown;
    key.estimated = estimated;
    EXPECT_EQ(hp_profile_add_function(builder.get(), &key, &id, nullptr), HP_OK);
    EXPECT_EQ(hp_profile_add_cost(builder.get(), {id, line}, &cost, nullptr), HP_OK);
    return id;
}

TEST(FunctionsOfAnUnknownFirstLine, AreTheSameAndKeepTheSmallestLine)
{
    const Builder builder;
    const hp_function_id id = add(builder, 0, true);
    EXPECT_EQ(hp_profile_function(builder.get(), id)->line, 0u);
    for (const uint64_t line : {9, 7, 0, 8})
        EXPECT_EQ(add(builder, line, true), id);
    EXPECT_EQ(hp_profile_function(builder.get(), id)->line, 7u);
}

TEST(FunctionsOfAnUnknownFirstLine, AreNotThoseOfAKnownOne)
{
    Builder builder;
    const hp_function_id unknown = add(builder, 7, true), known = add(builder, 7, false);
    EXPECT_NE(unknown, known);
    EXPECT_EQ(add(builder, 7, true), unknown);
    EXPECT_EQ(add(builder, 7, false), known);
    builder.sort();
    ASSERT_EQ(hp_profile_function_count(builder.get()), 2u);
    EXPECT_FALSE(hp_profile_function(builder.get(), 0)->line_unknown);
    EXPECT_TRUE(hp_profile_function(builder.get(), 1)->line_unknown);
}

TEST(FunctionsOfAnUnknownFirstLine, MergeInWhateverOrder)
{
    std::array<uint64_t, 3> lines{5, 9, 3};
    std::sort(lines.begin(), lines.end());
    do {
        Builder sum;
        for (const uint64_t line : lines) {
            Builder part;
            add(part, line, true);
            ASSERT_EQ(hp_profile_merge(sum.get(), part.get(), nullptr), HP_OK);
        }
        sum.sort();
        ASSERT_EQ(hp_profile_function_count(sum.get()), 1u);
        EXPECT_EQ(hp_profile_function(sum.get(), 0)->line, 3u);
        EXPECT_TRUE(hp_profile_function(sum.get(), 0)->line_unknown);
        EXPECT_EQ(*hp_profile_function_self(sum.get(), 0), 3u);
        ASSERT_EQ(hp_profile_line_count(sum.get()), 3u);
    } while (std::next_permutation(lines.begin(), lines.end()));
}

TEST(FunctionsOfAnUnknownFirstLine, StayWhereTheyAre)
{
    Builder now, before;
    add(now, 20, true);
    add(before, 10, true);
    now.sort();
    before.sort();
    hp_profile *relocated = nullptr, *aligned = nullptr, *other = nullptr;
    ASSERT_EQ(hp_profile_relocate(now.get(), before.get(), &relocated, nullptr), HP_OK);
    const hotprof::profile_ptr freed(relocated);
    EXPECT_EQ(hp_profile_line(relocated, 0)->line, 10u);
    ASSERT_EQ(hp_profile_align(now.get(), relocated, &aligned, &other, nullptr), HP_OK);
    const hotprof::profile_ptr one(aligned), two(other);
    ASSERT_EQ(hp_profile_function_count(aligned), 1u);
    EXPECT_EQ(hp_profile_function(aligned, 0)->line, 10u);
    EXPECT_EQ(hp_profile_function(other, 0)->line, 10u);
    ASSERT_EQ(hp_profile_line_count(other), 2u);
    EXPECT_EQ(*hp_profile_line_self(other, 0), 1u);
    EXPECT_EQ(*hp_profile_line_self(other, 1), 0u);
}

TEST(Estimates, StayInASum)
{
    for (const bool first : {false, true}) {
        Builder sum, other;
        add(sum, 1, false, first);
        add(other, 1, false, !first);
        ASSERT_EQ(hp_profile_merge(sum.get(), other.get(), nullptr), HP_OK);
        sum.sort();
        ASSERT_EQ(hp_profile_function_count(sum.get()), 1u);
        EXPECT_TRUE(hp_profile_function(sum.get(), 0)->estimated);
    }
}

TEST(Estimates, AreOfTheProfileThatHasThem)
{
    Builder now, before;
    add(now, 1, false, true);
    add(before, 1, false, false);
    now.sort();
    before.sort();
    hp_profile *aligned = nullptr, *other = nullptr;
    ASSERT_EQ(hp_profile_align(now.get(), before.get(), &aligned, &other, nullptr), HP_OK);
    const hotprof::profile_ptr one(aligned), two(other);
    EXPECT_TRUE(hp_profile_function(aligned, 0)->estimated);
    EXPECT_FALSE(hp_profile_function(other, 0)->estimated);
}

TEST(InputsOfAnotherProfile, AreAddedWithTheirInfos)
{
    Builder from, to;
    to.input("first");
    to.info("key", "zero");
    from.input("second");
    from.input("third");
    from.info("key", "one");
    from.info("key", "two");
    ASSERT_EQ(hp_profile_add_inputs(to.get(), from.get(), nullptr), HP_OK);
    ASSERT_EQ(hp_profile_input_count(to.get()), 3u);
    EXPECT_STREQ(hp_profile_input(to.get(), 1)->name, "second");
    EXPECT_STREQ(hp_profile_input(to.get(), 2)->name, "third");
    EXPECT_EQ(hp_profile_info_count(to.get(), 0), 1u);
    EXPECT_EQ(hp_profile_info_count(to.get(), 1), 0u);
    ASSERT_EQ(hp_profile_info_count(to.get(), 2), 2u);
    EXPECT_STREQ(hp_profile_info(to.get(), 2, 1).value.data, "two");
}

TEST(TheInterpreter, IsAFunctionLikeAnother)
{
    const Builder builder;
    hp_function_id id = 0, again = 1;
    ASSERT_EQ(hp_profile_add_interpreter(builder.get(), &id, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_add_interpreter(builder.get(), &again, nullptr), HP_OK);
    EXPECT_EQ(id, again);
    hp_function function = *hp_profile_function(builder.get(), id);
    EXPECT_STREQ(function.name.data, HP_INTERPRETER);
    EXPECT_TRUE(hp_function_is_interpreter(&function));
    function.line = 1;
    EXPECT_FALSE(hp_function_is_interpreter(&function));
    function.line = 0;
    function.file = {"m.py", 4};
    EXPECT_FALSE(hp_function_is_interpreter(&function));
    function.file = {"", 0};
    function.name = {"<module>", 8};
    EXPECT_FALSE(hp_function_is_interpreter(&function));
}

#ifndef NDEBUG
TEST(DebugBuildsDeathTest, AbortOnAnIndexThatIsTooLarge)
{
    const Builder builder;
    EXPECT_DEATH((void)hp_profile_call(builder.get(), 0), "index < ");
    EXPECT_DEATH((void)hp_profile_function_self(builder.get(), 0), "id < ");
    EXPECT_DEATH((void)hp_profile_info_count(builder.get(), 0), "input < ");
}
#endif

} // namespace
