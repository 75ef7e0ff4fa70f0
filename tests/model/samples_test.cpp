// SPDX-License-Identifier: MIT
/* Sampled stacks, against an implementation that is slow and follows the definition. */
extern "C" {
#include "model/samples.h"
}
#include "support/facts.h"
#include "support/sampled_numbers.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace
{

using namespace test;

/* Adds samples to a fresh profile. */
class Sampler
{
  public:
    explicit Sampler(const std::vector<hp_event> &events, bool stacks = true)
        : profile(hp_profile_new())
    {
        check(hp_profile_set_events(profile.get(), events.data(), events.size(), &error));
        check(hp_samples_start(&samples, profile.get(), stacks, SIZE_MAX, &error));
    }
    ~Sampler()
    {
        hp_samples_free(&samples);
    }
    Sampler(const Sampler &) = delete;
    Sampler &operator=(const Sampler &) = delete;

    hp_frame frame(const Frame &of)
    {
        const auto found = frames.find(of);
        if (found != frames.end())
            return found->second;
        const std::string file = of.first + ".py";
        hp_function key{};
        hp_function_id id = 0;
        hp_frame frame = 0;
        key.name = {of.first.data(), of.first.size()};
        key.file = key.recorded_file = {file.data(), file.size()};
        key.line_unknown = true;
        check(hp_profile_add_function(profile.get(), &key, &id, &error));
        check(hp_samples_frame(&samples, id, of.second, &frame, &error));
        return frames[of] = frame;
    }

    /* kept: of the sample before */
    hp_status add(const Sample &sample, size_t kept = 0)
    {
        std::vector<hp_frame> stack;
        for (size_t i = kept; i < sample.stack.size(); i++)
            stack.push_back(frame(sample.stack[i]));
        return hp_samples_add(&samples, kept, stack.data(), stack.size(), sample.weights.data(),
                              &error);
    }

    hp_profile *finish()
    {
        check(hp_samples_finish(&samples, &error));
        if (hp_profile_sort(profile.get(), nullptr) != HP_OK)
            throw std::runtime_error("cannot sort");
        return profile.get();
    }

    hotprof::profile_ptr profile;
    hp_samples samples{};
    hp_error error{};

  private:
    void check(hp_status status)
    {
        if (status != HP_OK)
            throw std::runtime_error(error.message);
    }

    std::map<Frame, hp_frame> frames;
};

const std::vector<hp_event> time_and_samples{{"Time", HP_NANOSECONDS}, {"Samples", HP_SAMPLES}};

/* Few functions, so that most stacks have recursion. */
std::vector<Sample> random_samples(std::mt19937 &random, size_t events)
{
    std::vector<Sample> samples(1 + random() % 30);
    for (Sample &sample : samples) {
        if (random() % 2 && &sample != &samples[0])
            sample.stack = (&sample)[-1].stack;
        sample.stack.resize(&sample == &samples[0] ? 1 : random() % 9);
        for (Frame &frame : sample.stack)
            if (frame.first.empty() || random() % 8 == 0)
                frame = {std::string(1, static_cast<char>('a' + random() % 5)), random() % 4};
        for (size_t e = 0; e < events; e++)
            sample.weights.push_back(random() % 5);
    }
    return samples;
}

size_t common(const Stack &one, const Stack &two)
{
    size_t count = 0;
    while (count < one.size() && count < two.size() && one[count] == two[count])
        count++;
    return count;
}

hotprof::profile_ptr profile_of(const std::vector<Sample> &samples,
                                const std::vector<hp_event> &events, std::mt19937 &random)
{
    Sampler sampler(events);
    Stack before;
    for (const Sample &sample : samples) {
        /* A reader may know less of what stays. */
        const size_t kept = random() % (common(before, sample.stack) + 1);
        if (sampler.add(sample, random() % 2 ? kept : common(before, sample.stack)) != HP_OK)
            throw std::runtime_error(sampler.error.message);
        EXPECT_EQ(hp_samples_depth(&sampler.samples), sample.stack.size());
        before = sample.stack;
    }
    sampler.finish();
    return std::move(sampler.profile);
}

TEST(Samples, AreWhatTheDefinitionSays)
{
    std::mt19937 random(1);
    for (int round = 0; round < 500; round++) {
        const size_t events = round % 3;
        const std::vector<Sample> samples = random_samples(random, events);
        const auto profile = profile_of(
            samples, {time_and_samples.begin(), time_and_samples.begin() + events}, random);
        const Numbers expected = numbers_of(samples), actual = numbers_of(profile.get());
        ASSERT_EQ(actual.total, expected.total) << round;
        ASSERT_EQ(actual.inclusive, expected.inclusive) << round;
        ASSERT_EQ(actual.self, expected.self) << round;
        ASSERT_EQ(actual.calls, expected.calls) << round;
        ASSERT_EQ(actual.stacks, expected.stacks) << round;
        ASSERT_EQ(violated_invariants(profile.get()), "") << round;
        for (size_t i = 0; i < hp_profile_call_count(profile.get()); i++)
            ASSERT_FALSE(hp_profile_call(profile.get(), i)->estimated) << round;
    }
}

TEST(Samples, OfAFunctionWithoutRecursionAddUpToItsSelfCostAndItsCalls)
{
    std::mt19937 random(2);
    for (int round = 0; round < 200; round++) {
        std::vector<Sample> samples = random_samples(random, 1);
        for (Sample &sample : samples) { /* what is deeper has a later name */
            for (size_t i = 0; i < sample.stack.size(); i++)
                sample.stack[i].first = std::string(i + 1, sample.stack[i].first[0]);
        }
        const auto profile = profile_of(samples, {{"Samples", HP_SAMPLES}}, random);
        for (hp_function_id id = 0; id < hp_profile_function_count(profile.get()); id++) {
            uint64_t sum = *hp_profile_function_self(profile.get(), id);
            size_t first = 0;
            const size_t count = hp_profile_calls_from(profile.get(), id, &first);
            for (size_t i = first; i < first + count; i++)
                sum += *hp_profile_call_inclusive(profile.get(), i);
            ASSERT_EQ(sum, *hp_profile_function_inclusive(profile.get(), id)) << round;
        }
    }
}

TEST(Samples, InPartsMergeToTheWhole)
{
    std::mt19937 random(3);
    for (int round = 0; round < 200; round++) {
        const std::vector<Sample> samples = random_samples(random, 2);
        const auto whole = profile_of(samples, time_and_samples, random);
        std::vector<std::vector<Sample>> parts(1 + random() % 4);
        for (const Sample &sample : samples)
            parts[random() % parts.size()].push_back(sample);
        const hotprof::profile_ptr sum(hp_profile_new());
        for (const auto &part : parts)
            ASSERT_EQ(hp_profile_merge(sum.get(), profile_of(part, time_and_samples, random).get(),
                                       nullptr),
                      HP_OK);
        ASSERT_EQ(hp_profile_sort(sum.get(), nullptr), HP_OK);
        ASSERT_EQ(numbers_of(sum.get()), numbers_of(whole.get())) << round;
        ASSERT_EQ(report("json", sum.get()), report("json", whole.get())) << round;
    }
}

TEST(Samples, OfNothingAreAnEmptyProfile)
{
    Sampler sampler(time_and_samples);
    sampler.finish();
    EXPECT_EQ(hp_profile_function_count(sampler.profile.get()), 0u);
    EXPECT_EQ(hp_profile_stack_count(sampler.profile.get()), 0u);
    EXPECT_EQ(violated_invariants(sampler.profile.get()), "");
}

TEST(Samples, WithoutFramesAreTheInterpreters)
{
    Sampler sampler({{"Samples", HP_SAMPLES}});
    ASSERT_EQ(sampler.add({{}, {3}}), HP_OK);
    const hp_profile *profile = sampler.finish();
    ASSERT_EQ(hp_profile_function_count(profile), 1u);
    EXPECT_TRUE(hp_function_is_interpreter(hp_profile_function(profile, 0)));
    EXPECT_EQ(*hp_profile_function_self(profile, 0), 3u);
    EXPECT_EQ(*hp_profile_function_inclusive(profile, 0), 3u);
    EXPECT_EQ(hp_profile_function(profile, 0)->calls, 0u);
}

TEST(Samples, GiveAFunctionTheSmallestOfItsLines)
{
    Sampler sampler({{"Samples", HP_SAMPLES}});
    for (const uint64_t line : {0, 9, 7, 8})
        ASSERT_EQ(sampler.add({{{"f", line}}, {1}}), HP_OK);
    const hp_profile *profile = sampler.finish();
    ASSERT_EQ(hp_profile_function_count(profile), 2u);
    EXPECT_EQ(hp_profile_function(profile, 1)->line, 7u);
    EXPECT_TRUE(hp_profile_function(profile, 1)->line_unknown);
    EXPECT_EQ(hp_profile_function(profile, 1)->calls, HP_UNKNOWN);
    EXPECT_EQ(hp_profile_function(profile, 1)->primitive, HP_UNKNOWN);
}

TEST(Samples, ThatDoNotFitAreAnErrorAndLeaveThoseBefore)
{
    Sampler sampler(time_and_samples);
    ASSERT_EQ(sampler.add({{{"f", 1}}, {1, UINT64_MAX}}), HP_OK);
    EXPECT_EQ(sampler.add({{{"f", 1}, {"g", 2}}, {1, 1}}), HP_OVERFLOW);
    EXPECT_EQ(sampler.error.status, HP_OVERFLOW);
    const hp_profile *profile = sampler.finish();
    EXPECT_EQ(numbers_of(profile), numbers_of({Sample{{{"f", 1}}, {1, UINT64_MAX}}}));
}

TEST(Samples, HaveALimitOfStacks)
{
    Sampler sampler({{"Samples", HP_SAMPLES}});
    sampler.samples.stack_limit = 3;
    EXPECT_EQ(sampler.add({{{"f", 1}, {"g", 1}}, {1}}), HP_OK);
    EXPECT_EQ(sampler.add({{{"f", 1}, {"g", 1}}, {1}}), HP_OK);
    EXPECT_EQ(sampler.add({{{"f", 1}, {"g", 2}}, {1}}), HP_LIMIT); /* at another line */
    EXPECT_EQ(sampler.error.status, HP_LIMIT);

    Sampler without({{"Samples", HP_SAMPLES}}, false);
    without.samples.stack_limit = 0;
    EXPECT_EQ(without.add({{{"f", 1}, {"g", 1}}, {1}}), HP_OK);
    EXPECT_EQ(hp_profile_stack_count(without.finish()), 0u);
}

TEST(Samples, HaveALimitOfDepth)
{
    Sampler sampler({{"Samples", HP_SAMPLES}});
    ASSERT_EQ(sampler.add({{{"f", 1}, {"f", 1}}, {1}}), HP_OK);
    sampler.samples.row_limit = 5;
    EXPECT_EQ(sampler.add({std::vector<Frame>(5, Frame{"f", 1}), {1}}), HP_OK);
    EXPECT_EQ(sampler.add({std::vector<Frame>(6, Frame{"f", 1}), {1}}), HP_LIMIT);
    EXPECT_STREQ(sampler.error.message,
                 "has a call stack of more than 5 frames, which is too many for its size");
}

TEST(Samples, HaveALimitOfRows)
{
    Sampler sampler({{"Samples", HP_SAMPLES}});
    ASSERT_EQ(sampler.add({{{"f", 1}, {"g", 1}}, {1}}), HP_OK);
    /* Three functions and their lines, and two calls. */
    sampler.samples.row_limit = 8;
    EXPECT_EQ(sampler.add({{{"f", 1}, {"g", 1}}, {1}}), HP_OK);
    EXPECT_EQ(sampler.add({{{"g", 1}}, {1}}), HP_LIMIT);
    EXPECT_STREQ(sampler.error.message,
                 "has more than 8 distinct functions, lines and calls, which "
                 "is too many for its size");
    sampler.error = {};
    EXPECT_THROW(sampler.frame({"g", 2}), std::runtime_error);
}

/* Walking such a stack for each sample would take ten thousand million steps. */
TEST(Samples, OfDeepStacksTakeOnlyWhatDiffers)
{
    const size_t depth = 100000, count = 100000;
    Sampler sampler({{"Samples", HP_SAMPLES}});
    Sample sample{Stack(depth), {1}};
    for (size_t i = 0; i < depth; i++)
        sample.stack[i] = {i % 3 ? "f" : "g", i % 7};
    ASSERT_EQ(sampler.add(sample), HP_OK);
    const hp_frame leaves[] = {sampler.frame({"h", 1}), sampler.frame({"h", 2})};
    const uint64_t weight = 1;
    for (size_t i = 0; i < count; i++)
        ASSERT_EQ(hp_samples_add(&sampler.samples, depth - 1, &leaves[i % 2], 1, &weight, nullptr),
                  HP_OK);
    const hp_profile *profile = sampler.finish();
    EXPECT_EQ(*hp_profile_total(profile), count + 1);
    EXPECT_EQ(violated_invariants(profile), "");
    EXPECT_EQ(hp_profile_stack_count(profile), depth + 3);
    /* 21 sites, and those of <interpreter> and h. */
    EXPECT_EQ(hp_profile_call_count(profile), 23u);
}

TEST(Samples, AreFolded)
{
    Sampler sampler({{"Samples", HP_SAMPLES}});
    hp_input *input = nullptr;
    ASSERT_EQ(hp_profile_add_input(sampler.profile.get(), "run", "folded", &input, nullptr), HP_OK);
    input->stacks = true;
    ASSERT_EQ(sampler.add({{{"f", 1}, {"g", 2}}, {2}}), HP_OK);
    ASSERT_EQ(sampler.add({{{"f", 3}, {"g", 4}}, {5}}), HP_OK);
    ASSERT_EQ(sampler.add({{{"f", 9}}, {1}}), HP_OK);
    EXPECT_EQ(stacks_in(report("folded", sampler.finish())),
              "f (f.py:1) 1\nf (f.py:1);g (g.py:2) 7\n");
}

} // namespace
