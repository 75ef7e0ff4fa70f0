// SPDX-License-Identifier: MIT
/* Dumps of Python 3.15's profiling.sampling, whose entries are lines at work, not functions. */
#include "support/facts.h"
#include "support/pstats_dump.h"
#include "support/sampled_numbers.h"

#include <random>

namespace
{

using namespace test;

test::Loaded load_sample(const std::string &name)
{
    return load_file(data_path("dumps/sampled-" + name + ".prof"));
}

/* Of the event Samples. */
std::map<std::string, uint64_t> samples_of(const std::map<std::string, Weights> &numbers)
{
    std::map<std::string, uint64_t> samples;
    for (const auto &[name, weights] : numbers)
        samples[name] = weights.back();
    return samples;
}

TEST(SampledDump, MadeByHandIsReadToWhatIsTrue)
{
    const test::Loaded loaded = load_sample("hand");
    const hp_profile *profile = loaded.profile.get();
    const Numbers numbers = numbers_of(profile);
    ASSERT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(numbers.total, (Weights{45000000, 45}));
    using Self = std::map<Frame, Weights>;
    EXPECT_EQ(numbers.self, (Self{{{"leaf", 21}, {10000000, 10}},
                                  {{"work", 12}, {20000000, 20}},
                                  {{"rec", 30}, {10000000, 10}},
                                  {{"main", 5}, {2000000, 2}},
                                  {{"<GC>", 0}, {3000000, 3}}}));
    using Inclusive = std::map<std::string, uint64_t>;
    EXPECT_EQ(samples_of(numbers.inclusive), (Inclusive{{HP_INTERPRETER, 45},
                                                        {"main", 45},
                                                        {"work", 33},
                                                        {"leaf", 10},
                                                        {"rec", 10},
                                                        {"<GC>", 3}}));
    std::map<std::string, uint64_t> calls;
    for (const auto &[site, weights] : numbers.calls)
        calls[site.first.first + ":" + std::to_string(site.first.second) + " " + site.second] =
            weights[1];
    EXPECT_EQ(calls, (Inclusive{{HP_INTERPRETER ":0 main", 45},
                                {"main:3 work", 33},
                                {"main:4 rec", 10},
                                {"work:11 leaf", 10},
                                {"work:12 <GC>", 3},
                                {"rec:31 rec", 0},
                                {"rec:32 rec", 0}}));
    const hp_input *input = hp_profile_input(profile, 0);
    EXPECT_TRUE(input->sampled);
    EXPECT_FALSE(input->assumed_sampled);
    EXPECT_EQ(input->interval, 1000000u);
    EXPECT_EQ(input->estimated_calls, 0u);
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        if (hp_function_is_interpreter(hp_profile_function(profile, id)))
            continue;
        EXPECT_EQ(hp_profile_function(profile, id)->calls, HP_UNKNOWN);
        EXPECT_TRUE(hp_profile_function(profile, id)->line_unknown);
    }
}

/* Without directories, which the stacks do not have. */
Numbers without_directories(const Numbers &numbers)
{
    const auto bare = [](const std::string &name) {
        const size_t colon = name.find(':'), slash = name.rfind('/', colon);
        return colon == std::string::npos || slash == std::string::npos ? name
                                                                        : name.substr(slash + 1);
    };
    Numbers result;
    result.total = {numbers.total.back()};
    for (const auto &[name, weights] : numbers.inclusive)
        result.inclusive[bare(name)] = {weights.back()};
    for (const auto &[frame, weights] : numbers.self)
        result.self[{bare(frame.first), frame.second}] = {weights.back()};
    for (const auto &[site, weights] : numbers.calls)
        result.calls[{{bare(site.first.first), site.first.second}, bare(site.second)}] = {
            weights.back()};
    return result;
}

TEST(SampledDump, AgreesWithTheStacksOfTheSameRecording)
{
    const test::Loaded loaded = load_sample("d-bin");
    const Numbers dump = without_directories(numbers_of(loaded.profile.get(), true));
    const Numbers stacks = without_directories(
        numbers_of(load_file(data_path("folded/d-bin.collapsed.txt")).profile.get(), true));
    EXPECT_EQ(dump.total, stacks.total);
    EXPECT_EQ(dump.self, stacks.self);
    EXPECT_EQ(dump.inclusive, stacks.inclusive);
    EXPECT_EQ(dump.calls, stacks.calls);
}

/* Both threads begin in native code, which is one key of the dump. */
TEST(SampledDump, NativeCodeJoinsNoThreads)
{
    const test::Loaded loaded = load_sample("t-native");
    const Numbers numbers = numbers_of(loaded.profile.get());
    const auto inclusive = samples_of(numbers.inclusive);
    EXPECT_EQ(inclusive.count("<native>"), 0u);
    EXPECT_EQ(inclusive.at("_run_module_as_main"), 403u);
    EXPECT_EQ(inclusive.at("<module>"), 402u);
    EXPECT_EQ(inclusive.at("Thread._bootstrap"), 400u);
    const auto calls = [&](const char *caller, uint64_t line, const char *callee) {
        const auto found = numbers.calls.find({{caller, line}, callee});
        return found == numbers.calls.end() ? 0 : found->second[1];
    };
    EXPECT_EQ(calls("_run_code", 87, "<module>"), 402u);
    EXPECT_EQ(calls("Thread._bootstrap_inner", 1219, "Thread.run"), 400u);
    EXPECT_EQ(calls(HP_INTERPRETER, 0, "Thread._bootstrap"), 400u);
    EXPECT_EQ(calls(HP_INTERPRETER, 0, "_run_module_as_main"), 403u);
    uint32_t cycles = 0;
    std::vector<uint32_t> cycle(hp_profile_function_count(loaded.profile.get()));
    ASSERT_EQ(hp_profile_cycles(loaded.profile.get(), cycle.data(), &cycles, nullptr), HP_OK);
    EXPECT_EQ(cycles, 0u);
}

TEST(SampledDump, NativeCodeIsKeptWhereItIsAskedFor)
{
    const hotprof::profile_ptr profile(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.native = true;
    const std::string path = data_path("dumps/sampled-t-native.prof");
    ASSERT_EQ(hp_profile_load(profile.get(), path.c_str(), &options, nullptr), HP_OK);
    EXPECT_EQ(violated_cost_invariants(profile.get()), "");
    EXPECT_EQ(numbers_of(profile.get()).inclusive.count("<native>"), 1u);
}

TEST(SampledDump, AddsUp)
{
    for (const char *name : {"hand", "d-bin", "t-main", "t-merged", "t-native", "n"}) {
        const test::Loaded loaded = load_sample(name);
        EXPECT_EQ(violated_cost_invariants(loaded.profile.get()), "") << name;
        char remarks[1000];
        hp_input_remarks(hp_profile_input(loaded.profile.get(), 0), remarks, sizeof remarks);
        EXPECT_EQ(std::string(remarks).find("taken for samples: all times are multiples of one "
                                            "interval") != std::string::npos,
                  std::string(name) == "t-merged");
    }
}

/* A cut dump has lost its mark, and callers of which nothing else is known. */
TEST(SampledDump, AddsUpWhateverIsCutOrChanged)
{
    std::mt19937 random(1);
    for (const char *name : {"hand", "t-native", "d-bin"}) {
        const std::string dump =
            read_file(data_path(std::string("dumps/sampled-") + name + ".prof"));
        for (size_t cut = 0; cut < dump.size(); cut++) {
            const test::Loaded loaded = load_bytes(dump.substr(0, cut));
            if (loaded.status != HP_UNRECOGNISED) {
                EXPECT_EQ(violated_cost_invariants(loaded.profile.get()), "") << name << cut;
            }
        }
        for (int round = 0; round < 2000; round++) {
            std::string changed = dump;
            for (unsigned i = 0; i <= random() % 4; i++)
                changed[2 + random() % (changed.size() - 2)] = static_cast<char>(random());
            const test::Loaded loaded = load_bytes(changed);
            if (loaded.status == HP_OK || loaded.status == HP_TRUNCATED ||
                loaded.status == HP_CORRUPT) {
                EXPECT_EQ(violated_cost_invariants(loaded.profile.get()), "") << name << round;
            }
        }
    }
}

/* direct and all: in how many samples a location is innermost, and on the stack. */
std::string location(const std::string &name, int64_t direct, int64_t all, double interval,
                     const std::vector<std::string> &callers = {})
{
    return pstats::key(name) +
           pstats::tuple({pstats::integer(direct), pstats::integer(all),
                          pstats::seconds(static_cast<double>(direct) * interval),
                          pstats::seconds(static_cast<double>(all) * interval),
                          pstats::dict(callers)});
}

const std::string mark = pstats::tuple({pstats::string("__sampled__")}) + "T";

const hp_input *input_of(const test::Loaded &loaded)
{
    return hp_profile_input(loaded.profile.get(), 0);
}

TEST(SampledDump, IsKnownByItsMarkOrByItsNumbers)
{
    const std::string f = location("f", 5, 5, 0.001, {pstats::caller("main", 5)});
    const test::Loaded marked = load_bytes(pstats::dict({location("main", 0, 5, 0.001), f, mark}));
    EXPECT_TRUE(input_of(marked)->sampled);
    EXPECT_FALSE(input_of(marked)->assumed_sampled);
    EXPECT_EQ(input_of(marked)->interval, 1000000u);
    const test::Loaded unmarked = load_bytes(pstats::dict({location("main", 0, 5, 0.001), f}));
    EXPECT_TRUE(input_of(unmarked)->sampled);
    EXPECT_TRUE(input_of(unmarked)->assumed_sampled);
    /* Each of these is what the module profile may have written. */
    for (const std::string &main : {location("main", 5, 5, 0.001), location("main", 0, 5, 0.0011),
                                    location("main", 0, 0, 0.001), location("main", 6, 5, 0.001),
                                    location("main", 0, 5, 0.0)})
        EXPECT_FALSE(input_of(load_bytes(pstats::dict({main, f})))->sampled);
    EXPECT_FALSE(input_of(load_bytes(pstats::dict(
                              {location("main", 0, 5, 0.001),
                               location("f", 5, 5, 0.001, {pstats::caller("main", 5, 0.005)})})))
                     ->sampled);
}

TEST(SampledDump, OfSeveralIntervalsHasSamplesOnly)
{
    const test::Loaded loaded =
        load_bytes(pstats::dict({location("main", 0, 5, 0.001),
                                 location("f", 5, 5, 0.002, {pstats::caller("main", 5)}), mark}));
    const hp_profile *profile = loaded.profile.get();
    EXPECT_TRUE(input_of(loaded)->sampled);
    EXPECT_EQ(input_of(loaded)->interval, 0u);
    ASSERT_EQ(hp_profile_event_count(profile), 1u);
    EXPECT_EQ(hp_profile_event(profile, 0)->unit, HP_SAMPLES);
    EXPECT_EQ(*hp_profile_total(profile), 5u);
}

/* Who enters is exact, who is in the stack within the recursion is not. */
TEST(SampledDump, RecursionThroughOthersIsEstimatedWithinBounds)
{
    const test::Loaded loaded = load_bytes(pstats::dict(
        {location("main", 0, 9, 0.001), location("other", 0, 3, 0.001),
         location("a", 4, 10, 0.001, {pstats::caller("main", 9), pstats::caller("b", 20)}),
         location("b", 8, 11, 0.001, {pstats::caller("other", 3), pstats::caller("a", 15)}),
         mark}));
    EXPECT_EQ(violated_cost_invariants(loaded.profile.get()), "");
    const Numbers numbers = numbers_of(loaded.profile.get());
    EXPECT_EQ(numbers.inclusive.at("a")[1], 10u);
    EXPECT_EQ(numbers.inclusive.at("b")[1], 11u);
    EXPECT_EQ(input_of(loaded)->estimated_calls, 2u);
}

} // namespace
