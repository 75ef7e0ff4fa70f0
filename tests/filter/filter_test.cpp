// SPDX-License-Identifier: MIT
/* Filters keep what they say, and every cost is either kept or left out. */
#include "filter/filter.h"
#include "support/command.h"
#include "support/facts.h"
#include "support/gprof_check.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <regex>

namespace
{

using namespace test;
using namespace std::string_literals;

/* The whole name of one function as an expression. */
std::string exactly(const hp_profile *profile, hp_function_id id)
{
    const hp_function *function = hp_profile_function(profile, id);
    std::string pattern = "^";
    for (char c : escape(std::string(function->file.data, function->file.size)) + ":" +
                      escape(std::string(function->name.data, function->name.size))) {
        if (std::string(".[]()*+?{}|^$\\").find(c) != std::string::npos)
            pattern += '\\';
        pattern += c;
    }
    return pattern + "$";
}

struct Filtered {
    hotprof::profile_ptr profile;
    hp_status status = HP_OK;
    hp_error error{};
};

Filtered filter(const hp_profile *profile, const char *hp_filters::*option,
                const std::string &pattern)
{
    Filtered result;
    hp_filters filters{};
    hp_profile *filtered = nullptr;
    filters.*option = pattern.c_str();
    result.status = hp_filters_apply(&filters, profile, &filtered, &result.error);
    result.profile.reset(filtered);
    return result;
}

/* The functions by file, line and name. */
using Key = std::tuple<std::string, uint64_t, std::string>;

Key key_of(const hp_profile *profile, hp_function_id id)
{
    const hp_function *function = hp_profile_function(profile, id);
    return {std::string(function->file.data, function->file.size), function->line,
            std::string(function->name.data, function->name.size)};
}

hp_function_id find(const hp_profile *profile, const Key &key)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        if (key_of(profile, id) == key)
            return id;
    return HP_NO_FUNCTION;
}

/* The functions with names of their own, of a profile without mutual recursion: what filters say of
 * these is exact. */
std::vector<hp_function_id> simple_functions(const hp_profile *profile)
{
    const auto count = static_cast<hp_function_id>(hp_profile_function_count(profile));
    std::vector<std::vector<bool>> reaches(count, std::vector<bool>(count));
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        reaches[hp_profile_call(profile, i)->caller][hp_profile_call(profile, i)->callee] = true;
    for (hp_function_id middle = 0; middle < count; middle++)
        for (hp_function_id from = 0; from < count; from++)
            for (hp_function_id to = 0; reaches[from][middle] && to < count; to++)
                reaches[from][to] = reaches[from][to] || reaches[middle][to];

    std::vector<hp_function_id> simple;
    bool circles = false;
    for (hp_function_id id = 0; id < count; id++)
        for (hp_function_id other = 0; other < id; other++)
            circles = circles || (reaches[id][other] && reaches[other][id]);
    std::map<std::string, int> names;
    for (hp_function_id id = 0; id < count; id++)
        names[exactly(profile, id)]++;
    for (hp_function_id id = 0; id < count && !circles; id++)
        if (names[exactly(profile, id)] == 1)
            simple.push_back(id);
    return simple;
}

bool has_namesakes(const hp_profile *profile, const std::string &pattern)
{
    int count = 0;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        count += exactly(profile, id) == pattern;
    return count > 1;
}

/* Whether costs are equal but for what shares lose when they become whole numbers. */
void expect_close(const hp_profile *profile, const uint64_t *left, const uint64_t *right,
                  size_t event)
{
    const double slack = 1.0 + static_cast<double>(hp_profile_function_count(profile));
    EXPECT_NEAR(static_cast<double>(left[event]), static_cast<double>(right[event]), slack);
}

void expect_sound(const hp_profile *profile)
{
    for (size_t e = 0; e < hp_profile_event_count(profile); e++) {
        uint64_t lines = 0;
        for (size_t i = 0; i < hp_profile_line_count(profile); i++)
            lines += hp_profile_line_self(profile, i)[e];
        EXPECT_EQ(lines, hp_profile_total(profile)[e]);
        for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
            EXPECT_LE(hp_profile_function_inclusive(profile, id)[e], lines);
        for (size_t i = 0; i < hp_profile_call_count(profile); i++)
            EXPECT_LE(hp_profile_call_inclusive(profile, i)[e], lines);
    }
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        EXPECT_LE(hp_profile_function(profile, id)->primitive,
                  hp_profile_function(profile, id)->calls);
}

class Filters : public testing::TestWithParam<std::string>
{
  protected:
    void SetUp() override
    {
        loaded_ = load_file(data_path("hotshot/" + GetParam() + ".prof"));
        profile_ = loaded_.profile.get();
        simple_ = simple_functions(profile_);
    }
    const uint64_t *total() const
    {
        return hp_profile_total(profile_);
    }
    size_t events() const
    {
        return hp_profile_event_count(profile_);
    }

    /* What is seen of a profile costs and is called as before. */
    void expect_same_inclusive(const hp_profile *seen) const
    {
        std::vector<std::vector<double>> into(hp_profile_function_count(seen));
        for (size_t i = 0; i < hp_profile_call_count(seen); i++) {
            auto &sum = into[hp_profile_call(seen, i)->callee];
            sum.resize(events());
            for (size_t e = 0; e < events(); e++)
                sum[e] += static_cast<double>(hp_profile_call_inclusive(seen, i)[e]);
        }
        const double slack = 1.0 + static_cast<double>(hp_profile_call_count(profile_));
        for (hp_function_id f = 0; f < hp_profile_function_count(seen); f++) {
            const hp_function_id before = find(profile_, key_of(seen, f));
            ASSERT_NE(before, HP_NO_FUNCTION);
            EXPECT_EQ(hp_profile_function(seen, f)->calls,
                      hp_profile_function(profile_, before)->calls);
            for (size_t e = 0; e < events(); e++) {
                const uint64_t inclusive = hp_profile_function_inclusive(seen, f)[e];
                EXPECT_EQ(inclusive, hp_profile_function_inclusive(profile_, before)[e]);
                if (!into[f].empty()) {
                    EXPECT_NEAR(into[f][e], static_cast<double>(inclusive), slack);
                }
            }
        }
    }

    Loaded loaded_;
    hp_profile *profile_ = nullptr;
    std::vector<hp_function_id> simple_;
};

TEST_P(Filters, RootMakesAFunctionTheWhole)
{
    for (hp_function_id id : simple_) {
        SCOPED_TRACE(exactly(profile_, id));
        const Filtered part = filter(profile_, &hp_filters::root, exactly(profile_, id));
        ASSERT_EQ(part.status, HP_OK) << part.error.message;
        expect_sound(part.profile.get());
        const hp_function_id now = find(part.profile.get(), key_of(profile_, id));
        for (size_t e = 0; e < events(); e++)
            expect_close(profile_, hp_profile_total(part.profile.get()),
                         hp_profile_function_inclusive(profile_, id), e);
        if (now == HP_NO_FUNCTION)
            continue; /* it had neither cost nor calls */
        EXPECT_EQ(hp_profile_function(part.profile.get(), now)->calls,
                  hp_profile_function(profile_, id)->calls);
        for (size_t e = 0; e < events(); e++)
            expect_close(profile_, hp_profile_function_inclusive(part.profile.get(), now),
                         hp_profile_total(part.profile.get()), e);
        for (size_t i = 0; i < hp_profile_call_count(part.profile.get()); i++)
            EXPECT_TRUE(hp_profile_call(part.profile.get(), i)->callee != now ||
                        hp_profile_call(part.profile.get(), i)->caller == now);
    }
}

TEST_P(Filters, LeafGathersWhatAFunctionCosts)
{
    for (hp_function_id id : simple_) {
        SCOPED_TRACE(exactly(profile_, id));
        const Filtered part = filter(profile_, &hp_filters::leaf, exactly(profile_, id));
        ASSERT_EQ(part.status, HP_OK) << part.error.message;
        expect_sound(part.profile.get());
        const hp_function_id now = find(part.profile.get(), key_of(profile_, id));
        for (size_t e = 0; e < events(); e++) {
            expect_close(profile_, hp_profile_total(part.profile.get()),
                         hp_profile_function_inclusive(profile_, id), e);
            const uint64_t self =
                now == HP_NO_FUNCTION ? 0 : hp_profile_function_self(part.profile.get(), now)[e];
            EXPECT_EQ(self, hp_profile_total(part.profile.get())[e]);
        }
        for (size_t i = 0; i < hp_profile_call_count(part.profile.get()); i++)
            EXPECT_NE(hp_profile_call(part.profile.get(), i)->caller, now);
    }
}

TEST_P(Filters, FocusKeepsWhatIgnoreLeavesOut)
{
    for (hp_function_id id : simple_) {
        SCOPED_TRACE(exactly(profile_, id));
        const Filtered with = filter(profile_, &hp_filters::focus, exactly(profile_, id));
        const Filtered without = filter(profile_, &hp_filters::ignore, exactly(profile_, id));
        ASSERT_EQ(with.status, HP_OK);
        ASSERT_EQ(without.status, HP_OK);
        expect_sound(with.profile.get());
        expect_sound(without.profile.get());
        EXPECT_EQ(find(without.profile.get(), key_of(profile_, id)), HP_NO_FUNCTION);
        for (size_t e = 0; e < events(); e++) {
            const uint64_t kept = hp_profile_total(with.profile.get())[e];
            const uint64_t left = hp_profile_total(without.profile.get())[e];
            const uint64_t sum = kept + left;
            expect_close(profile_, &sum - e, total(), e);
            expect_close(profile_, &kept - e, hp_profile_function_inclusive(profile_, id), e);
        }
    }
}

/* With recursion, too. */
TEST_P(Filters, PartsAreSound)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile_); id++) {
        const std::string pattern = exactly(profile_, id);
        SCOPED_TRACE(pattern);
        for (auto option :
             {&hp_filters::root, &hp_filters::leaf, &hp_filters::focus, &hp_filters::ignore}) {
            const Filtered part = filter(profile_, option, pattern);
            ASSERT_EQ(part.status, HP_OK) << part.error.message;
            expect_sound(part.profile.get());
            for (size_t e = 0; e < events(); e++)
                EXPECT_LE(hp_profile_total(part.profile.get())[e], total()[e]);
        }
    }
}

TEST_P(Filters, HideKeepsTotals)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile_); id++) {
        const std::string pattern = exactly(profile_, id);
        SCOPED_TRACE(pattern);
        for (auto option : {&hp_filters::hide, &hp_filters::show}) {
            const Filtered rest = filter(profile_, option, pattern);
            ASSERT_EQ(rest.status, HP_OK) << rest.error.message;
            expect_sound(rest.profile.get());
            for (size_t e = 0; e < events(); e++)
                EXPECT_EQ(hp_profile_total(rest.profile.get())[e], total()[e]);
            expect_same_inclusive(rest.profile.get());
        }
    }
}

/* A report without what it says of the filters. */
std::string without_remarks(const std::string &text)
{
    return std::regex_replace(text, std::regex("The filters left out [^)]*\\)\\.( |\n)"), "");
}

TEST_P(Filters, EveryReportIsThatOfThePart)
{
    for (const auto &[name, option] :
         {std::pair("--root=.", &hp_filters::root), std::pair("--leaf=.", &hp_filters::leaf),
          std::pair("--focus=.", &hp_filters::focus), std::pair("--ignore=.", &hp_filters::ignore),
          std::pair("--hide=.", &hp_filters::hide), std::pair("--show=.", &hp_filters::show)}) {
        SCOPED_TRACE(name);
        const Result result = hotreport(
            {"-q", "-f", "callgrind", name, data_path("hotshot/" + GetParam() + ".prof")});
        const Filtered part = filter(profile_, option, ".");
        if (hp_profile_function_count(profile_) == 0) {
            EXPECT_EQ(part.status, HP_UNRECOGNISED);
            EXPECT_EQ(result.status, 2);
            continue;
        }
        ASSERT_EQ(part.status, HP_OK) << part.error.message;
        EXPECT_EQ(result.out, report("callgrind", part.profile.get()));
        for (const std::string &format : undrawn_reports()) {
            if (hp_report_find(format.c_str())->stacks)
                continue; /* its filters are those of whole stacks */
            hp_report_options options{};
            options.filters.*option = ".";
            EXPECT_EQ(without_remarks(brief_report(profile_, format.c_str(), options)),
                      without_remarks(brief_report(part.profile.get(), format.c_str())))
                << format;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Samples, Filters,
                         testing::Values("coverage", "exception-calls", "exec-lines", "fib-lines",
                                         "filenames-lines", "generator-linetimes", "header-only",
                                         "json-calls", "mutual-linetimes", "pystone-lines",
                                         "re-lines", "redefined-function", "samename-linetimes",
                                         "unbalanced-lines", "xml-calls"),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* --- Small ones, by hand ------------------------------------------------------------------- */

uint64_t self_of(const hp_profile *profile, const std::string &name)
{
    const hp_function_id id = find(profile, {"", 1, name});
    return id == HP_NO_FUNCTION ? 0 : hp_profile_function_self(profile, id)[0];
}

/* main (10) calls a (20) and b (30); both call shared (40), a for 10 and b for 30 of it. */
Builder shared_callee()
{
    Builder builder;
    const auto main = builder.function("main", "", 1, 0, 0, {10}, {100});
    const auto a = builder.function("a", "", 1, 1, 1, {20}, {30});
    const auto b = builder.function("b", "", 1, 1, 1, {30}, {60});
    const auto shared = builder.function("shared", "", 1, 4, 4, {40}, {40});
    builder.call(main, a, 1, {30});
    builder.call(main, b, 1, {60});
    builder.call(a, shared, 2, {10});
    builder.call(b, shared, 2, {30});
    builder.sort();
    return builder;
}

TEST(FilterShares, FollowTheCostOfCalls)
{
    const Builder builder = shared_callee();
    const Filtered root = filter(builder.get(), &hp_filters::root, ":a$");
    EXPECT_EQ(self_of(root.profile.get(), "shared"), 10u);
    EXPECT_EQ(self_of(root.profile.get(), "main"), 0u);
    EXPECT_EQ(hp_profile_total(root.profile.get())[0], 30u);

    const Filtered without = filter(builder.get(), &hp_filters::ignore, ":a$");
    EXPECT_EQ(self_of(without.profile.get(), "shared"), 30u);
    EXPECT_EQ(self_of(without.profile.get(), "main"), 10u);
    EXPECT_EQ(hp_profile_total(without.profile.get())[0], 70u);

    const Filtered hidden = filter(builder.get(), &hp_filters::hide, "shared");
    EXPECT_EQ(self_of(hidden.profile.get(), "a"), 30u);
    EXPECT_EQ(self_of(hidden.profile.get(), "b"), 60u);

    const Filtered shown = filter(builder.get(), &hp_filters::show, "main|shared");
    EXPECT_EQ(self_of(shown.profile.get(), "main"), 60u);
    EXPECT_EQ(self_of(shown.profile.get(), "shared"), 40u);

    const Filtered leaf = filter(builder.get(), &hp_filters::leaf, ":b$");
    EXPECT_EQ(self_of(leaf.profile.get(), "b"), 60u);
    EXPECT_EQ(hp_profile_total(leaf.profile.get())[0], 60u);
}

TEST(FilterShares, OfHiddenCirclesAreKept)
{
    Builder builder;
    const auto main = builder.function("main", "", 1, 0, 0, {1}, {100});
    const auto even = builder.function("even", "", 1, 5, 1, {40}, {99});
    const auto odd = builder.function("odd", "", 1, 5, 1, {59}, {80});
    builder.call(main, even, 1, {99});
    builder.call(even, odd, 5, {80});
    builder.call(odd, even, 4, {0});
    builder.sort();
    EXPECT_EQ(self_of(filter(builder.get(), &hp_filters::show, "main").profile.get(), "main"),
              100u);
    EXPECT_EQ(self_of(filter(builder.get(), &hp_filters::hide, "odd").profile.get(), "even"), 99u);
}

/* odd runs even, too, in calls that are nested before and outermost below the root. */
TEST(FilterShares, BelowARootInACircleAreAllThatItCost)
{
    Builder builder;
    const auto main = builder.function("main", "", 1, 0, 0, {1}, {100});
    const auto even = builder.function("even", "", 1, 5, 1, {40}, {99});
    const auto odd = builder.function("odd", "", 1, 5, 1, {40}, {80});
    const auto leaf = builder.function("leaf", "", 1, 5, 5, {19}, {19});
    builder.call(main, even, 1, {99});
    builder.call(even, odd, 5, {80});
    builder.call(even, leaf, 5, {19});
    builder.call(odd, even, 4, {0});
    builder.sort();
    const Filtered part = filter(builder.get(), &hp_filters::root, ":odd$");
    const hp_profile *profile = part.profile.get();
    EXPECT_EQ(hp_profile_total(profile)[0], 80u);
    EXPECT_EQ(self_of(profile, "main"), 0u);
    EXPECT_EQ(self_of(profile, "odd"), 40u);
    EXPECT_EQ(self_of(profile, "even") + self_of(profile, "leaf"), 40u);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        EXPECT_EQ(hp_profile_call_inclusive(profile, i)[0],
                  hp_profile_function(profile, call->callee)->name.data == "odd"s
                      ? 0
                      : hp_profile_function_inclusive(profile, call->callee)[0]);
    }
}

class FiltersOfDump : public testing::TestWithParam<std::string>
{
};

/* Most functions of a program that imports are in one cycle. */
TEST_P(FiltersOfDump, KeepAllThatARootCost)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    const hp_profile *profile = loaded.profile.get();
    const size_t step = 1 + hp_profile_function_count(profile) / 20;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id += step) {
        const std::string pattern = exactly(profile, id);
        SCOPED_TRACE(pattern);
        const Filtered part = filter(profile, &hp_filters::root, pattern);
        ASSERT_EQ(part.status, HP_OK) << part.error.message;
        const hp_function_id now = find(part.profile.get(), key_of(profile, id));
        if (now == HP_NO_FUNCTION || has_namesakes(profile, pattern))
            continue;
        expect_close(profile, hp_profile_total(part.profile.get()),
                     hp_profile_function_inclusive(profile, id), 0);
        expect_close(profile, hp_profile_function_inclusive(part.profile.get(), now),
                     hp_profile_total(part.profile.get()), 0);
    }
}

TEST_P(FiltersOfDump, GiveTheInterpreterNothingThatHasACaller)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    const hp_profile *profile = loaded.profile.get();
    const size_t step = 1 + hp_profile_function_count(profile) / 20;
    const hp_function_id interpreter = find(profile, {"", 0, HP_INTERPRETER});
    ASSERT_NE(interpreter, HP_NO_FUNCTION);
    std::vector<bool> is_entry(hp_profile_function_count(profile));
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        if (hp_profile_call(profile, i)->caller == interpreter)
            is_entry[hp_profile_call(profile, i)->callee] = true;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id += step) {
        if (id == interpreter || is_entry[id] || has_namesakes(profile, exactly(profile, id)))
            continue;
        SCOPED_TRACE(exactly(profile, id));
        const Filtered rest = filter(profile, &hp_filters::hide, exactly(profile, id));
        ASSERT_EQ(rest.status, HP_OK) << rest.error.message;
        EXPECT_EQ(self_of(rest.profile.get(), HP_INTERPRETER), self_of(profile, HP_INTERPRETER));
        EXPECT_EQ(*hp_profile_total(rest.profile.get()), *hp_profile_total(profile));
    }
}

INSTANTIATE_TEST_SUITE_P(, FiltersOfDump, testing::ValuesIn(dumps()), [](const auto &info) {
    return test_name(info.param);
});

TEST(FilterShares, AreNoMoreThanTheTotal)
{
    const uint64_t large = 15000000000000000000u;
    Builder builder;
    const auto main = builder.function("main", "", 1, 1, 1, {0}, {large});
    const auto middle = builder.function("middle", "", 1, 1, 1, {0}, {large});
    const auto work = builder.function("work", "", 1, 2, 2, {large}, {large});
    builder.call(main, middle, 1, {large});
    builder.call(middle, work, 1, {large}, 1);
    builder.call(middle, work, 1, {large}, 2);
    builder.sort();
    const Filtered hidden = filter(builder.get(), &hp_filters::hide, "middle");
    ASSERT_EQ(hp_profile_call_count(hidden.profile.get()), 1u);
    EXPECT_EQ(hp_profile_call_inclusive(hidden.profile.get(), 0)[0], large);
}

/* Both a and b cost more than main leaves them. */
TEST(FilterShares, OfLeavesAreNoMoreThanTheTotal)
{
    Builder builder;
    const auto main = builder.function("main", "", 1, 0, 0, {20}, {100});
    const auto a = builder.function("a", "", 1, 1, 1, {40}, {80});
    const auto b = builder.function("b", "", 1, 1, 1, {40}, {80});
    const auto work = builder.function("work", "", 1, 2, 2, {0}, {80});
    builder.call(main, a, 1, {80});
    builder.call(main, b, 1, {80});
    builder.call(a, work, 1, {40});
    builder.call(b, work, 1, {40});
    builder.sort();
    const Filtered part = filter(builder.get(), &hp_filters::leaf, ":[ab]$");
    const hp_profile *profile = part.profile.get();
    EXPECT_EQ(hp_profile_total(profile)[0], 100u);
    EXPECT_EQ(self_of(profile, "a"), 50u);
    EXPECT_EQ(self_of(profile, "b"), 50u);
    ASSERT_EQ(hp_profile_call_count(profile), 2u);
    for (const char *leaf : {"a", "b"})
        EXPECT_EQ(hp_profile_function_inclusive(profile, find(profile, {"", 1, leaf}))[0], 50u);
    for (size_t i = 0; i < 2; i++)
        EXPECT_EQ(hp_profile_call_inclusive(profile, i)[0], 50u);
}

/* A third of 2 and of 5 is left for each, 1 and 2 when they are rounded. */
TEST(FilterShares, OfLeavesAreNoMoreThanTheTotalWhenTheyAreRounded)
{
    Builder builder;
    const auto main = builder.function("main", "", 1, 0, 0, {1}, {7});
    for (const char *name : {"a", "b", "c"}) {
        const auto id = builder.function(name, "", 1, 1, 1, {2}, {7});
        builder.call(main, id, 1, {7});
        builder.call(id, builder.function("of "s + name, "", 1, 1, 1, {0}, {5}), 1, {5});
    }
    builder.sort();
    const Filtered part = filter(builder.get(), &hp_filters::leaf, ":[abc]$");
    EXPECT_EQ(hp_profile_total(part.profile.get())[0], 7u);
}

TEST(FilterShares, OfADamagedDumpAreNoMoreThanTheTotal)
{
    const Loaded loaded = load_file(data_path("filter/leaves-above-total.prof"));
    const uint64_t total = *hp_profile_total(loaded.profile.get());
    EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;
    for (const char *pattern : {".", "a", "^<", "[0-9]", "(run|g)"}) {
        SCOPED_TRACE(pattern);
        const Filtered part = filter(loaded.profile.get(), &hp_filters::leaf, pattern);
        ASSERT_EQ(part.status, HP_OK) << part.error.message;
        EXPECT_LE(*hp_profile_total(part.profile.get()), total);
        expect_sound(part.profile.get());
    }
}

TEST(FilterShares, WithoutCallersGoToTheInterpreter)
{
    Builder builder;
    const auto main = builder.function("main", "", 1, 1, 1, {7}, {10});
    builder.call(main, builder.function("work", "", 1, 1, 1, {3}, {3}), 1, {3});
    builder.sort();
    const Filtered hidden = filter(builder.get(), &hp_filters::hide, "main");
    const hp_function_id id = find(hidden.profile.get(), {"", 0, HP_INTERPRETER});
    ASSERT_NE(id, HP_NO_FUNCTION);
    EXPECT_EQ(hp_profile_function_self(hidden.profile.get(), id)[0], 7u);
    EXPECT_EQ(hp_profile_function_inclusive(hidden.profile.get(), id)[0], 10u);
}

TEST(FilterShares, OfChainsOfAnyDepth)
{
    const uint64_t count = 100000;
    Builder builder;
    hp_function_id previous = builder.function("main", "", 1, 0, 0, {0}, {count});
    for (uint64_t i = 0; i < count; i++) {
        const auto id = builder.function("f" + std::to_string(i), "", 1, 1, 1, {1}, {count - i});
        builder.call(previous, id, 1, {count - i});
        previous = id;
    }
    builder.sort();
    const auto total = [&](const char *hp_filters::*option, const char *pattern) {
        return hp_profile_total(filter(builder.get(), option, pattern).profile.get())[0];
    };
    EXPECT_EQ(total(&hp_filters::root, "^f50000$"), 50000u);
    EXPECT_EQ(total(&hp_filters::leaf, "^f50000$"), 50000u);
    EXPECT_EQ(total(&hp_filters::focus, "^f50000$"), 50000u);
    EXPECT_EQ(total(&hp_filters::ignore, "^f50000$"), 50000u);
    EXPECT_EQ(total(&hp_filters::hide, "^f"), count);
    EXPECT_EQ(total(&hp_filters::show, "^f9"), count);
}

TEST(FilterPatterns, MustBeOfUse)
{
    const std::string path = data_path("hotshot/fib-calls.prof");
    const Result wrong = hotreport({"--focus=(", path});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_EQ(wrong.out, "");
    EXPECT_EQ(wrong.err.rfind("hotreport: --focus: '(' is no regular expression: ", 0), 0u);
    const Result nothing = hotreport({"--hide=no such\tname", path});
    EXPECT_EQ(nothing.status, 2);
    EXPECT_EQ(nothing.err, "hotreport: --hide: no function matches 'no such\\x09name'\n");
}

TEST(FilterPatterns, AreLookedForInNamesAndBehindFiles)
{
    const Loaded loaded = load_file(data_path("hotshot/samename-calls.prof"));
    const auto kept = [&](const std::string &pattern) -> std::string {
        const Filtered part = filter(loaded.profile.get(), &hp_filters::root, pattern);
        return part.status == HP_OK ? report("json", part.profile.get()) : part.error.message;
    };
    EXPECT_EQ(kept("^case_samename$"), kept("^/home/user/app/cases\\.py:case_samename$"));
    EXPECT_EQ(kept("^case_samename$"), kept("cases\\.py:case_s"));
    EXPECT_EQ(kept("^cases"), "--root: no function matches '^cases'");
}

TEST(FilterText, TellsWhatIsLeftOut)
{
    const Builder builder = shared_callee();
    hp_report_options options{};
    options.filters.ignore = ":a$";
    EXPECT_NE(brief_report(builder.get(), "flat", options)
                  .find("The filters left out 0.00000003 of 0.00000010 seconds (30.00 %).\n"),
              std::string::npos);
}

} // namespace
