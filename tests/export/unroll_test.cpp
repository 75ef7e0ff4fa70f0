// SPDX-License-Identifier: MIT
/* Call stacks that are estimated from calls. */
extern "C" {
#include "filter/unroll.h"
}
#include "report.h"
#include "support/command.h"
#include "support/log_writer.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace
{

using namespace test;

std::string name_of(const hp_profile *profile, hp_function_id id)
{
    const hp_string name = hp_profile_function(profile, id)->name;
    return std::string(name.data, name.size);
}

/* "a:3;b:9 7": functions and their lines, and the costs of all events. */
std::string stacks_of(const hp_profile *profile)
{
    std::vector<std::string> texts;
    std::string result;
    for (size_t i = 0; i < hp_profile_stack_count(profile); i++) {
        const hp_stack *stack = hp_profile_stack(profile, i);
        const std::string below = stack->caller == HP_NO_STACK ? "" : texts[stack->caller] + ";";
        texts.push_back(below + name_of(profile, stack->function) + ":" +
                        std::to_string(stack->line));
        std::string costs;
        bool any = false;
        for (size_t e = 0; e < hp_profile_event_count(profile); e++) {
            costs += " " + std::to_string(hp_profile_stack_self(profile, i)[e]);
            any = any || hp_profile_stack_self(profile, i)[e];
        }
        if (any)
            result += texts.back() + costs + "\n";
    }
    return result;
}

hotprof::profile_ptr unrolled(const hp_profile *profile)
{
    hp_profile *result = nullptr;
    EXPECT_EQ(hp_profile_unroll(profile, &result, nullptr), HP_OK);
    return hotprof::profile_ptr(result);
}

/* main calls a at line 2 and b at line 3; both call c, which costs 40 for a and 60 for b. */
TEST(Unroll, SharesACostInProportion)
{
    Builder builder;
    const auto bottom = builder.function(HP_INTERPRETER, "", 0, 0, 0, {0}, {200});
    const auto main = builder.function("main", "m.py", 1, 1, 1, {10}, {200});
    const auto a = builder.function("a", "m.py", 10, 1, 1, {30}, {70});
    const auto b = builder.function("b", "m.py", 20, 1, 1, {60}, {120});
    const auto c = builder.function("c", "m.py", 30, 2, 2, {50}, {100});
    const auto d = builder.function("d", "m.py", 40, 1, 1, {50}, {50});
    builder.call(bottom, main, 1, {200}, 0);
    builder.call(main, a, 1, {70}, 2);
    builder.call(main, b, 1, {120}, 3);
    builder.call(a, c, 1, {40}, 11);
    builder.call(b, c, 1, {60}, 21);
    builder.call(c, d, 1, {50}, 31);
    builder.sort();
    EXPECT_EQ(stacks_of(unrolled(builder.get()).get()),
              "<interpreter>:0;main:1 10\n"
              "<interpreter>:0;main:2;a:10 30\n"
              "<interpreter>:0;main:2;a:11;c:30 20\n"
              "<interpreter>:0;main:2;a:11;c:31;d:40 20\n"
              "<interpreter>:0;main:3;b:20 60\n"
              "<interpreter>:0;main:3;b:21;c:30 30\n"
              "<interpreter>:0;main:3;b:21;c:31;d:40 30\n");
}

TEST(Unroll, EntersNoFunctionTwice)
{
    Builder builder;
    const auto bottom = builder.function(HP_INTERPRETER, "", 0, 0, 0, {0}, {100});
    const auto f = builder.function("f", "m.py", 1, 9, 1, {60}, {100});
    const auto g = builder.function("g", "m.py", 9, 8, 8, {40}, {100});
    builder.call(bottom, f, 1, {100}, 0);
    builder.call(f, g, 8, {100}, 2);
    builder.call(g, f, 8, {0}, 10);
    builder.call(f, f, 3, {0}, 3);
    builder.sort();
    EXPECT_EQ(stacks_of(unrolled(builder.get()).get()), "<interpreter>:0;f:1 37\n"
                                                        "<interpreter>:0;f:2;g:9 63\n");
}

/* Where each function has one caller, the stacks of a log are those that its calls tell. */
TEST(Unroll, IsExactWithoutSharing)
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "/m.py");
    for (uint32_t i = 1; i < 8; i++)
        log.define_function(0, i, std::string(1, static_cast<char>('a' + i)));
    log.enter(0, 1, 5).enter(0, 2, 7).enter(0, 3, 9).exit(4).exit(3).enter(0, 4, 2).exit(1).exit(8);
    log.enter(0, 5, 5).enter(0, 6, 7).exit(1).enter(0, 7, 2).exit(4).exit(9);
    const hotprof::profile_ptr profile(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    const std::string bytes = log.bytes();
    ASSERT_EQ(
        hp_profile_load_bytes(profile.get(), "x", bytes.data(), bytes.size(), &options, nullptr),
        HP_OK);
    hp_profile *exact = nullptr, *estimated = nullptr;
    ASSERT_EQ(hp_profile_drop_stack_lines(profile.get(), &exact, nullptr), HP_OK);
    const hotprof::profile_ptr all = unrolled(profile.get());
    ASSERT_EQ(hp_profile_drop_stack_lines(all.get(), &estimated, nullptr), HP_OK);
    EXPECT_EQ(stacks_of(estimated), stacks_of(exact));
    EXPECT_EQ(hp_profile_stack_count(exact), 8u);
    hp_profile_free(exact);
    hp_profile_free(estimated);
}

class Unrolled : public testing::TestWithParam<std::string>
{
};

/* For every sample: the costs of all stacks are the total; no function is on a stack twice; a
 * function that calls another one on a stack does so in the profile; and without cycles each
 * function keeps its cost, but for what is rounded. */
TEST_P(Unrolled, AddsUp)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    hp_profile *from = loaded.profile.get();
    const hotprof::profile_ptr all = unrolled(from);
    const hp_profile *to = all.get();
    const size_t events = hp_profile_event_count(from), stacks = hp_profile_stack_count(to);
    using Calls = std::set<std::pair<std::string, std::string>>;
    Calls calls, entered;
    for (size_t i = 0; i < hp_profile_call_count(from); i++) {
        const hp_call *call = hp_profile_call(from, i);
        calls.insert({name_of(from, call->caller), name_of(from, call->callee)});
    }
    std::vector<std::vector<uint64_t>> self(hp_profile_function_count(to),
                                            std::vector<uint64_t>(events));
    std::vector<uint64_t> total(events);
    for (size_t i = 0; i < stacks; i++) {
        const hp_stack *stack = hp_profile_stack(to, i);
        size_t steps = 0;
        for (uint32_t at = stack->caller; at != HP_NO_STACK && steps < 500; steps++) {
            ASSERT_NE(hp_profile_stack(to, at)->function, stack->function);
            at = hp_profile_stack(to, at)->caller;
        }
        if (stack->caller != HP_NO_STACK)
            entered.insert({name_of(to, hp_profile_stack(to, stack->caller)->function),
                            name_of(to, stack->function)});
        for (size_t e = 0; e < events; e++) {
            self[stack->function][e] += hp_profile_stack_self(to, i)[e];
            total[e] += hp_profile_stack_self(to, i)[e];
        }
    }
    for (size_t e = 0; e < events; e++)
        EXPECT_EQ(total[e], hp_profile_total(from)[e]);
    EXPECT_TRUE(std::includes(calls.begin(), calls.end(), entered.begin(), entered.end()));

    uint32_t cycles = 0;
    std::vector<uint32_t> cycle_of(hp_profile_function_count(from) + 1);
    ASSERT_EQ(hp_profile_cycles(from, cycle_of.data(), &cycles, nullptr), HP_OK);
    bool exact = cycles == 0 && stacks < HP_UNROLLED_MAX;
    for (size_t i = 0; i < hp_profile_call_count(from); i++)
        exact = exact && hp_profile_call(from, i)->caller != hp_profile_call(from, i)->callee &&
                !hp_profile_call(from, i)->estimated;
    for (hp_function_id id = 0; id < hp_profile_function_count(to); id++)
        for (size_t e = 0; exact && e < events; e++) {
            const uint64_t is = self[id][e], was = hp_profile_function_self(to, id)[e];
            EXPECT_LE(is > was ? is - was : was - is, stacks) << name_of(to, id);
        }
}

std::vector<std::string> samples_without_stacks()
{
    std::vector<std::string> samples;
    for (const std::string &path : samples_of_every_format()) {
        const std::string text = read_file(data_path(path));
        const hp_format *format = hp_format_recognise(text.data(), text.size());
        if (format && !format->stacks)
            samples.push_back(path);
    }
    return samples;
}

INSTANTIATE_TEST_SUITE_P(Samples, Unrolled, testing::ValuesIn(samples_without_stacks()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* A chain of diamonds has 2^40 stacks. */
TEST(Unroll, FollowsTheHeaviestOfManyStacks)
{
    Builder builder;
    hp_function_id last = builder.function(HP_INTERPRETER, "", 0, 0, 0, {0}, {uint64_t(1) << 60});
    for (uint64_t i = 0; i < 40; i++) {
        const uint64_t cost = uint64_t(1) << 60;
        const auto left =
            builder.function("l" + std::to_string(i), "m.py", 3 * i + 1, 1, 1, {0}, {cost / 2 + 1});
        const auto right =
            builder.function("r" + std::to_string(i), "m.py", 3 * i + 2, 1, 1, {0}, {cost / 2 - 1});
        const auto next = builder.function("n" + std::to_string(i), "m.py", 3 * i + 3, 1, 1,
                                           {i == 39 ? cost : 0}, {cost});
        builder.call(last, left, 1, {cost / 2 + 1});
        builder.call(last, right, 1, {cost / 2 - 1});
        builder.call(left, next, 1, {cost / 2 + 1});
        builder.call(right, next, 1, {cost / 2 - 1});
        last = next;
    }
    builder.sort();
    const hotprof::profile_ptr all = unrolled(builder.get());
    EXPECT_LT(hp_profile_stack_count(all.get()), 3u * HP_UNROLLED_MAX);
    uint64_t total = 0;
    for (size_t i = 0; i < hp_profile_stack_count(all.get()); i++)
        total += hp_profile_stack_self(all.get(), i)[0];
    EXPECT_EQ(total, uint64_t(1) << 60);
}

/* Each of a thousand callers would have each line of the callee. */
TEST(Unroll, OfLongFunctionsWithManyCallersIsBounded)
{
    std::string text = "events: Ir\n";
    for (int i = 0; i < 1000; i++)
        text += "fn=f" + std::to_string(i) + "\n1 1\ncfn=big\ncalls=1 1\n2 5000\n";
    text += "fn=big\n";
    for (int i = 1; i <= 5000; i++)
        text += std::to_string(i) + " 1000\n";
    const Loaded loaded = load_bytes(text);
    const hotprof::profile_ptr all = unrolled(loaded.profile.get());
    EXPECT_LT(hp_profile_stack_count(all.get()), 4u * HP_UNROLLED_MAX + 3 * 5000u);
    uint64_t total = 0;
    for (size_t i = 0; i < hp_profile_stack_count(all.get()); i++)
        total += hp_profile_stack_self(all.get(), i)[0];
    EXPECT_EQ(total, *hp_profile_total(loaded.profile.get()));
}

TEST(Unroll, IsTold)
{
    const std::string dump = data_path("pstats/small-3.8.prof");
    const TemporaryDirectory directory;
    for (const std::string format : {"folded", "speedscope", "pprof"}) {
        const Result result = hotreport({"-f", format, "-o", directory.file(format), dump});
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.err, "hotreport: not all inputs have call stacks: they are estimated from "
                              "the calls, in proportion\n");
    }
    EXPECT_EQ(read_file(directory.file("folded"))
                  .rfind("# hotprof: folded;event=Time;unit=ns;unrolled;\n", 0),
              0u);
    EXPECT_NE(read_file(directory.file("speedscope"))
                  .find(", call stacks estimated from calls\",\n\"name\""),
              std::string::npos);
    EXPECT_EQ(hotreport({"-f", "flat", directory.file("folded")}).err,
              "hotreport: " + directory.file("folded") +
                  ": its call stacks were estimated from calls\n");
    for (const char *format : {"folded", "speedscope"}) {
        const std::string again = hotreport({"-q", "-f", format, directory.file("folded")}).out;
        EXPECT_NE(
            again.find(std::string(format) == "folded" ? "unrolled;" : "estimated from calls"),
            std::string::npos);
    }
    /* One input without stacks is enough. */
    EXPECT_NE(hotreport({"-f", "folded", dump, data_path("hotshot/fib-calls.prof")}).err, "");
    EXPECT_EQ(hotreport({"-q", "-f", "folded", dump}).err, "");
    EXPECT_EQ(hotreport({"-f", "folded", data_path("hotshot/fib-calls.prof")}).err, "");
}

TEST(Unroll, DifferencesHaveTheStacksOfBoth)
{
    const std::string dump = data_path("pstats/small-3.8.prof");
    const Result alone = hotreport({"-q", "-f", "folded", dump});
    const Result both = hotreport({"-q", "-f", "folded", "--base=" + dump, dump});
    std::string doubled;
    for (const std::string &line : lines_of(stacks_in(alone.out))) {
        const size_t blank = line.rfind(' ');
        doubled += line.substr(0, blank) + line.substr(blank) + line.substr(blank) + "\n";
    }
    EXPECT_NE(doubled, "");
    EXPECT_EQ(stacks_in(both.out), doubled);
}

} // namespace
