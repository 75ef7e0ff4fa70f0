// SPDX-License-Identifier: MIT
/* Merging profiles that count different events, or the same ones in another order. */
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace
{

using namespace test;

hotprof::profile_ptr loaded(const std::string &text)
{
    Loaded loaded = load_bytes(text, "callgrind.out");
    if (loaded.status != HP_OK)
        throw std::runtime_error(loaded.error.message);
    return std::move(loaded.profile);
}

hotprof::profile_ptr merged(const std::vector<const hp_profile *> &parts)
{
    hotprof::profile_ptr sum(hp_profile_new());
    hp_error error{};
    for (const hp_profile *part : parts)
        if (hp_profile_merge(sum.get(), part, &error) != HP_OK)
            throw std::runtime_error(error.message);
    if (hp_profile_sort(sum.get(), &error) != HP_OK)
        throw std::runtime_error(error.message);
    return sum;
}

std::string events_of(const hp_profile *profile)
{
    std::string names;
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        names += (e ? " " : "") + std::string(hp_profile_event(profile, e)->name);
    return names;
}

std::vector<uint64_t> totals_of(const hp_profile *profile)
{
    const uint64_t *total = hp_profile_total(profile);
    return {total, total + hp_profile_event_count(profile)};
}

std::string function_of(const hp_profile *profile, hp_function_id id)
{
    return hp_profile_function(profile, id)->name.data;
}

/* Every number of a profile that is not 0, by what it is of and by the name of its event. */
using Numbers = std::map<std::string, uint64_t>;

void add(Numbers &numbers, const hp_profile *profile, const std::string &of, const uint64_t *costs)
{
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        if (costs[e])
            numbers[of + " " + hp_profile_event(profile, e)->name] += costs[e];
}

void add(Numbers &numbers, const hp_profile *profile)
{
    add(numbers, profile, "total", hp_profile_total(profile));
    for (hp_function_id i = 0; i < hp_profile_function_count(profile); i++) {
        const std::string name = function_of(profile, i);
        numbers[name + " calls"] += hp_profile_function(profile, i)->calls;
        numbers[name + " primitive"] += hp_profile_function(profile, i)->primitive;
        add(numbers, profile, name + " self", hp_profile_function_self(profile, i));
        add(numbers, profile, name + " inclusive", hp_profile_function_inclusive(profile, i));
    }
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);
        add(numbers, profile,
            function_of(profile, line->function) + ":" + std::to_string(line->line),
            hp_profile_line_self(profile, i));
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        const std::string name = function_of(profile, call->caller) + ":" +
                                 std::to_string(call->line) + " calls " +
                                 function_of(profile, call->callee);
        numbers[name + " count"] += call->count;
        add(numbers, profile, name, hp_profile_call_inclusive(profile, i));
    }
}

TEST(MergingEvents, KeepsCostsUnderTheirNames)
{
    const auto profile = loaded("events: Ir Hits\nfl=a.c\nfn=f\n1 7 100\n");
    const auto sum = merged({profile.get(), profile.get()});
    EXPECT_EQ(events_of(sum.get()), "Ir Hits");
    EXPECT_EQ(totals_of(sum.get()), (std::vector<uint64_t>{14, 200}));
}

TEST(MergingEvents, OfAnotherOrderIsTheSameInEitherOrder)
{
    const auto one = loaded("events: Ir Dr\nfl=a.c\nfn=f\n1 7 100\n");
    const auto two = loaded("events: Dr Ir\nfl=a.c\nfn=f\n1 100 7\n");
    const auto sum = merged({one.get(), two.get()}), other = merged({two.get(), one.get()});
    EXPECT_EQ(events_of(sum.get()), "Ir Dr");
    EXPECT_EQ(totals_of(sum.get()), (std::vector<uint64_t>{14, 200}));
    for (const char *format : {"callgrind", "json"})
        EXPECT_EQ(report(format, sum.get()), report(format, other.get())) << format;
}

TEST(MergingEvents, KeepsAnOrderThatAllHave)
{
    const auto one = loaded("events: zeta Dr Ir alpha\nfl=a.c\nfn=f\n1 1 2 3 4\n");
    EXPECT_EQ(events_of(one.get()), "zeta Dr Ir alpha");
    EXPECT_EQ(events_of(merged({one.get(), one.get()}).get()), "zeta Dr Ir alpha");
    const hotprof::profile_ptr nothing(hp_profile_new());
    EXPECT_EQ(events_of(merged({one.get(), nothing.get()}).get()), "zeta Dr Ir alpha");

    const auto other = loaded("events: alpha\nfl=a.c\nfn=f\n1 1\n");
    EXPECT_EQ(events_of(merged({one.get(), other.get()}).get()), "Ir Dr alpha zeta");
    EXPECT_EQ(events_of(merged({other.get(), one.get()}).get()), "Ir Dr alpha zeta");
}

/* A callgrind file of a few functions with some of the events, in some order. */
std::string random_file(std::mt19937 &random)
{
    std::vector<std::string> events{"Ir", "Dr", "D1mr", "Hits", "cycles", "Bytes", "ILmr"};
    std::shuffle(events.begin(), events.end(), random);
    events.resize(1 + random() % events.size());
    if (events ==
        std::vector<std::string>{"Hits"}) /* alone it would be ours, not the other tool's */
        events.push_back("Ir");
    const auto costs = [&] {
        std::string text;
        for (size_t e = 0; e < events.size(); e++)
            text += " " + std::to_string(random() % 3 ? random() % 1000 : 0);
        return text + "\n";
    };
    std::string text = "events:";
    for (const std::string &event : events)
        text += " " + event;
    text += "\n";
    for (int f = 0; f < 4; f++) {
        text += "fl=a.c\nfn=f" + std::to_string(random() % 5) + "\n";
        text += std::to_string(random() % 4) + costs();
        text += "cfn=f" + std::to_string(random() % 5) + "\ncalls=" + std::to_string(random() % 9) +
                " 1\n" + std::to_string(random() % 4) + costs();
    }
    return text;
}

/* All of them merged, in a random order and grouping. */
hotprof::profile_ptr merged_somehow(std::vector<hotprof::profile_ptr> parts, std::mt19937 &random)
{
    std::shuffle(parts.begin(), parts.end(), random);
    while (parts.size() > 1) {
        const size_t at = random() % (parts.size() - 1);
        hp_error error{};
        if (hp_profile_merge(parts[at].get(), parts[at + 1].get(), &error) != HP_OK)
            throw std::runtime_error(error.message);
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    if (hp_profile_sort(parts[0].get(), nullptr) != HP_OK)
        throw std::runtime_error("cannot sort");
    return std::move(parts[0]);
}

TEST(MergingEvents, GivesTheSameBytesInWhateverOrderAndGrouping)
{
    std::mt19937 random(1);
    for (int round = 0; round < 200; round++) {
        std::vector<std::string> files(2 + random() % 4);
        for (std::string &file : files)
            file = random_file(random);
        if (random() % 3 == 0)
            files.push_back(files[0]);
        const auto parts = [&] {
            std::vector<hotprof::profile_ptr> all;
            for (const std::string &file : files)
                all.push_back(loaded(file));
            return all;
        };
        Numbers expected, actual;
        for (const auto &part : parts())
            add(expected, part.get());
        const auto sum = merged_somehow(parts(), random);
        add(actual, sum.get());
        ASSERT_EQ(actual, expected) << round;
        for (int other = 0; other < 4; other++) {
            const auto again = merged_somehow(parts(), random);
            for (const char *format : {"callgrind", "json"})
                ASSERT_EQ(report(format, sum.get()), report(format, again.get())) << round;
        }
    }
}

TEST(AligningEvents, KeepsEveryNumber)
{
    std::mt19937 random(4);
    for (int round = 0; round < 100; round++) {
        const auto one = loaded(random_file(random)), two = loaded(random_file(random));
        hp_profile *first = nullptr, *second = nullptr;
        ASSERT_EQ(hp_profile_align(one.get(), two.get(), &first, &second, nullptr), HP_OK);
        const hotprof::profile_ptr aligned(first), other(second);
        ASSERT_EQ(events_of(first), events_of(second));
        ASSERT_EQ(hp_profile_function_count(first), hp_profile_function_count(second));
        ASSERT_EQ(hp_profile_line_count(first), hp_profile_line_count(second));
        ASSERT_EQ(hp_profile_call_count(first), hp_profile_call_count(second));
        for (const auto &[original, copy] :
             {std::pair(one.get(), first), std::pair(two.get(), second)}) {
            Numbers expected, actual;
            add(expected, original);
            add(actual, copy);
            for (auto &[of, number] : expected)
                ASSERT_EQ(actual[of], number) << round << ": " << of;
            for (auto &[of, number] : actual)
                ASSERT_EQ(expected[of], number) << round << ": " << of;
        }
    }
}

TEST(MergingWithItself, Doubles)
{
    std::mt19937 random(2);
    for (int round = 0; round < 50; round++) {
        const auto profile = loaded(random_file(random));
        Numbers expected, actual;
        add(expected, profile.get());
        add(expected, profile.get());
        ASSERT_EQ(hp_profile_merge(profile.get(), profile.get(), nullptr), HP_OK);
        add(actual, profile.get());
        ASSERT_EQ(actual, expected) << round;
        ASSERT_EQ(hp_profile_input_count(profile.get()), 2u);
        ASSERT_EQ(hp_profile_info_count(profile.get(), 0), hp_profile_info_count(profile.get(), 1));
    }
}

TEST(MergingWithItself, KeepsInputsInfosAndStacks)
{
    Builder builder;
    builder.input("a");
    builder.info("key", "one");
    builder.input("b");
    builder.info("key", "two");
    builder.info("key", "three");
    const hp_function_id f = builder.function("f", "m.py", 1, 1, 1, {5}, {5});
    uint32_t bottom = 0, top = 0;
    const uint64_t cost = 5, none = 0;
    ASSERT_EQ(hp_profile_add_stack(builder.get(), {f, HP_NO_STACK, 0}, &none, &bottom, nullptr),
              HP_OK);
    ASSERT_EQ(hp_profile_add_stack(builder.get(), {f, bottom, 0}, &cost, &top, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_merge(builder.get(), builder.get(), nullptr), HP_OK);

    ASSERT_EQ(hp_profile_input_count(builder.get()), 4u);
    for (size_t input : {0, 1, 2, 3}) {
        EXPECT_STREQ(hp_profile_input(builder.get(), input)->name, input % 2 ? "b" : "a");
        ASSERT_EQ(hp_profile_info_count(builder.get(), input), input % 2 ? 2u : 1u);
        EXPECT_STREQ(hp_profile_info(builder.get(), input, 0).value.data,
                     input % 2 ? "two" : "one");
    }
    ASSERT_EQ(hp_profile_stack_count(builder.get()), 2u);
    EXPECT_EQ(*hp_profile_stack_self(builder.get(), top), 10u);
}

const uint64_t half = uint64_t{1} << 63;

/* f with this cost of its own and this inclusive cost, and its calls of g. */
struct Big {
    Builder builder{{{"Ir", HP_COUNT}, {"Dr", HP_COUNT}}};
    hp_function_id f, g;
    uint32_t stack = 0;

    Big(std::vector<uint64_t> self, std::vector<uint64_t> inclusive, uint64_t calls,
        uint64_t call_count, std::vector<uint64_t> call, std::vector<uint64_t> on_stack,
        const std::string &name = "f")
        : f(builder.function(name, "m.c", 1, calls, 1, self, inclusive)),
          g(builder.function("g", "m.c", 2, 1, 1, {0, 0}, {0, 0}))
    {
        builder.call(f, g, call_count, call);
        if (hp_profile_add_stack(builder.get(), {f, HP_NO_STACK, 0}, on_stack.data(), &stack,
                                 nullptr) != HP_OK)
            throw std::runtime_error("cannot add a stack");
        builder.sort();
    }
};

TEST(MergedSums, ThatFitAreNoOverflowWhateverElseIsLarge)
{
    /* Large in one event and large in the other; large of one function and large of the other. */
    Big one({half, 0}, {half, half}, half, 1, {half, 0}, {half, 0});
    const Big other({0, half}, {0, 1}, 1, half, {0, half}, {0, half});
    EXPECT_EQ(hp_profile_merge(one.builder.get(), other.builder.get(), nullptr), HP_OK);
    EXPECT_EQ(totals_of(one.builder.get()), (std::vector<uint64_t>{half, half}));
    const Big another({0, 0}, {half, half}, half, half, {half, half}, {0, 0}, "another");
    EXPECT_EQ(hp_profile_merge(one.builder.get(), another.builder.get(), nullptr), HP_OK);
}

TEST(MergedSums, ThatDoNotFitAreAnErrorAndChangeNothing)
{
    const std::vector<uint64_t> none{0, 0}, large{0, half};
    struct Case {
        const char *what;
        std::vector<uint64_t> self, inclusive;
        uint64_t calls, call_count;
        std::vector<uint64_t> call, stack;
    };
    for (const Case &c : std::vector<Case>{{"self", large, none, 1, 1, none, none},
                                           {"inclusive", none, large, 1, 1, none, none},
                                           {"calls", none, none, half, 1, none, none},
                                           {"count", none, none, 1, half, none, none},
                                           {"call", none, none, 1, 1, large, none},
                                           {"stack", none, none, 1, 1, none, large}}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, c.what);
        Big one(c.self, c.inclusive, c.calls, c.call_count, c.call, c.stack);
        Builder other({{"new", HP_COUNT}, {"Dr", HP_COUNT}, {"Ir", HP_COUNT}});
        other.function("h", "m.c", 1, 1, 1, {1, 1, 1}, {1, 1, 1});
        ASSERT_EQ(hp_profile_merge(other.get(), one.builder.get(), nullptr), HP_OK);
        const std::string before = report("json", one.builder.get());
        hp_error error{};
        EXPECT_EQ(hp_profile_merge(one.builder.get(), other.get(), &error), HP_OVERFLOW);
        EXPECT_EQ(error.status, HP_OVERFLOW);
        EXPECT_EQ(report("json", one.builder.get()), before);
        EXPECT_EQ(events_of(one.builder.get()), "Ir Dr");
        EXPECT_EQ(hp_profile_merge(one.builder.get(), one.builder.get(), nullptr), HP_OVERFLOW);
        EXPECT_EQ(report("json", one.builder.get()), before);
    }
}

std::vector<std::string> many_names(size_t count, const std::string &prefix)
{
    std::vector<std::string> names;
    for (size_t i = 0; i < count; i++)
        names.push_back(prefix + std::to_string(i));
    return names;
}

std::vector<hp_event> many_events(const std::vector<std::string> &names)
{
    std::vector<hp_event> events;
    for (const std::string &name : names)
        events.push_back({name.c_str(), HP_COUNT});
    return events;
}

TEST(Events, AreNotMoreThanTheLimit)
{
    const auto names = many_names(HP_EVENTS_MAX + 1, "e");
    const auto events = many_events(names);
    const hotprof::profile_ptr profile(hp_profile_new());
    hp_error error{};
    EXPECT_EQ(hp_profile_set_events(profile.get(), events.data(), events.size(), &error), HP_LIMIT);
    EXPECT_EQ(error.status, HP_LIMIT);
    EXPECT_EQ(hp_profile_event_count(profile.get()), 0u);
    EXPECT_EQ(hp_profile_set_events(profile.get(), events.data(), HP_EVENTS_MAX, nullptr), HP_OK);
    EXPECT_EQ(hp_profile_event_count(profile.get()), size_t{HP_EVENTS_MAX});
}

TEST(Events, OfTwoProfilesAreNotMoreThanTheLimit)
{
    const auto names = many_names(HP_EVENTS_MAX - 1, "a"), others = many_names(2, "b");
    const Builder one(many_events(names)), two(many_events(others));
    const std::string before = events_of(one.get());
    hp_error error{};
    EXPECT_EQ(hp_profile_merge(one.get(), two.get(), &error), HP_LIMIT);
    EXPECT_EQ(error.status, HP_LIMIT);
    EXPECT_EQ(events_of(one.get()), before);
}

const hp_event time_event{"Time", HP_NANOSECONDS}, ticks{"Ticks", HP_TICKS}, hits{"Hits", HP_COUNT},
    samples{"Samples", HP_SAMPLES}, bytes{"Memory", HP_BYTES}, counted{"Samples", HP_COUNT},
    instructions{"Ir", HP_COUNT};

/* The events of two profiles together; "mismatch" if they cannot be added up. In either order. */
std::string together(const std::vector<hp_event> &one, const std::vector<hp_event> &two)
{
    std::string results[2];
    for (int i = 0; i < 2; i++) {
        const Builder sum(i ? two : one), other(i ? one : two);
        const hp_status status = hp_profile_merge(sum.get(), other.get(), nullptr);
        EXPECT_TRUE(status == HP_OK || status == HP_MISMATCH) << status;
        results[i] = status == HP_OK ? events_of(sum.get()) : "mismatch";
    }
    EXPECT_EQ(results[0], results[1]);
    return results[0];
}

TEST(Events, OfSampledProfilesGoTogetherWhereBothTellTheTime)
{
    EXPECT_EQ(together({time_event, samples}, {time_event, samples}), "Time Samples");
    EXPECT_EQ(together({time_event, samples}, {time_event, hits}), "Time Samples Hits");
    EXPECT_EQ(together({time_event, samples}, {time_event}), "Time Samples");
    EXPECT_EQ(together({samples}, {samples}), "Samples");
    EXPECT_EQ(together({samples}, {hits}), "Samples Hits");
    EXPECT_EQ(together({samples}, {time_event, samples}), "mismatch");
    EXPECT_EQ(together({samples}, {time_event}), "mismatch");
    EXPECT_EQ(together({samples}, {ticks}), "mismatch");
    EXPECT_EQ(together({time_event, samples}, {ticks}), "mismatch");
}

TEST(Events, OfOneNameAndTwoUnitsDoNotGoTogether)
{
    EXPECT_EQ(together({samples}, {counted}), "mismatch");
    EXPECT_EQ(together({bytes}, {{"Memory", HP_COUNT}}), "mismatch");
}

TEST(Events, OfOtherToolsAndBytesGoWithTheirLike)
{
    EXPECT_EQ(together({bytes}, {bytes}), "Memory");
    EXPECT_EQ(together({bytes}, {instructions}), "Ir Memory");
    EXPECT_EQ(together({bytes}, {time_event}), "mismatch");
    EXPECT_EQ(together({bytes}, {samples}), "mismatch");
    EXPECT_EQ(together({instructions}, {hits}), "mismatch");
}

} // namespace
