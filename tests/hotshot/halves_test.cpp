// SPDX-License-Identifier: MIT
/* Reading a log in two halves at once gives the same as reading it on one thread. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/reference_reader.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

/* What is different from what the reference reader reads if a log is read in two halves, split at
 * several places; empty if nothing is. */
std::string disagreement_of_halves(const std::string &log, size_t parts)
{
    const Facts expected = read_by_reference(log);
    std::string wrong;
    for (size_t part = 1; part < parts && wrong.empty(); part++) {
        const size_t middle = log.size() * part / parts;
        const Loaded loaded = load_halves(log, middle * 3 / 4, middle);
        wrong = differences(expected, facts_of_profile(loaded.profile.get())) +
                violated_invariants(loaded.profile.get());
        if (!wrong.empty())
            wrong = "parted at " + std::to_string(middle) + ": " + wrong;
    }
    return wrong;
}

std::string sample(const std::string &name)
{
    return read_file(data_path("hotshot/" + name + ".prof"));
}

class Halves : public testing::TestWithParam<uint32_t>
{
  protected:
    static constexpr uint32_t logs_a_test = HP_SANITIZED ? 4 : 25;

    static void agree(const RandomLogShape &shape, uint32_t seed, size_t parts = 9)
    {
        ASSERT_EQ(disagreement_of_halves(random_log(seed, shape), parts), "") << "seed " << seed;
    }
};

TEST_P(Halves, OfAnyRecords)
{
    for (uint32_t i = 0; i < logs_a_test; i++) {
        const uint32_t seed = GetParam() * logs_a_test + i;
        RandomLogShape shape;
        shape.records = 30 + seed * 7 % 300;
        shape.lines = seed % 3 > 0;
        shape.steady = seed % 8 > 0;
        shape.windows = seed % 16 == 1;
        agree(shape, seed);
    }
}

TEST_P(Halves, OfAnOrderlyProgram)
{
    for (uint32_t i = 0; i < logs_a_test; i++) {
        const uint32_t seed = GetParam() * logs_a_test + i;
        RandomLogShape shape;
        shape.records = 100 + seed * 7 % 600;
        shape.functions = 2 + seed % 40;
        shape.depth = 2 + seed % 60;
        shape.lines = seed % 3 > 0;
        shape.waves = seed % 5 == 0;
        shape.toggles = seed % 7 == 0;
        shape.orderly = true;
        agree(shape, seed);
    }
}

TEST_P(Halves, OfDeepRecursion)
{
    RandomLogShape shape;
    shape.records = 4000;
    shape.depth = 300;
    shape.waves = true;
    shape.orderly = true;
    for (const bool lines : {false, true}) {
        shape.lines = lines;
        agree(shape, GetParam(), 20);
    }
}

INSTANTIATE_TEST_SUITE_P(, Halves, testing::Range(0u, 20u));

class HalvesOfSample : public testing::TestWithParam<std::string>
{
};

TEST_P(HalvesOfSample, AreReadAsTheWhole)
{
    const std::string log = sample(GetParam());
    EXPECT_EQ(disagreement_of_halves(log, 24), "");
    EXPECT_EQ(disagreement_of_halves(log.substr(0, log.size() * 5 / 6), 24), "") << "cut";
}

INSTANTIATE_TEST_SUITE_P(, HalvesOfSample, testing::ValuesIn(samples("hotshot", ".prof", 20000)),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* A log of 9 MB: a loop with calls, within that many frames, which are left at the end. */
std::string large_log(unsigned depth, bool cut)
{
    LogWriter log = LogWriter::with_header(true, true);
    log.define_file(0, "m.py").define_function(0, 10, "g");
    for (uint64_t i = 0; i < depth; i++)
        log.define_function(0, 50 + 5 * i, "f").enter(0, 50 + 5 * i, 1).line(51 + 5 * i, 2);
    while (log.bytes().size() < 9000000)
        log.line(40 + 5 * depth, 300).enter(0, 10, 1).line(300, 40).line(301, 2).exit(1);
    log.define_function(0, 20, "h").enter(0, 20, 1).exit(2);
    for (unsigned i = 0; i < depth && !cut; i++)
        log.line(7, 1).exit(3);
    return log.bytes();
}

/* How far a log was read by the caller's thread. */
uint64_t read_with(unsigned threads, const std::string &log, Loaded *loaded)
{
    uint64_t far = 0;
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.threads = threads;
    options.progress_context = &far;
    options.progress = [](void *context, uint64_t done, uint64_t) {
        *static_cast<uint64_t *>(context) = done;
        return true;
    };
    loaded->profile.reset(hp_profile_new());
    loaded->status = hp_profile_load_bytes(loaded->profile.get(), "log", log.data(), log.size(),
                                           &options, &loaded->error);
    return far;
}

TEST(LargeLog, IsReadByTwoThreads)
{
    for (const unsigned depth : {1u, 40u})
        for (const bool cut : {false, true}) {
            const std::string log = large_log(depth, cut);
            Loaded one, two;
            EXPECT_GT(read_with(1, log, &one), log.size() * 3 / 4);
            EXPECT_LE(read_with(2, log, &two), log.size() / 2 + 100);
            EXPECT_EQ(differences(facts_of_profile(one.profile.get()),
                                  facts_of_profile(two.profile.get())),
                      "");
            EXPECT_EQ(hp_profile_input(two.profile.get(), 0)->open_frames, cut ? depth : 0);
        }
}

TEST(LargeLog, WhoseSecondHalfLeavesThousandsOfFramesIsReadByOneThread)
{
    const std::string log = large_log(5000, false);
    Loaded one, two;
    read_with(1, log, &one);
    EXPECT_GT(read_with(2, log, &two), log.size() * 3 / 4);
    EXPECT_EQ(differences(facts_of_profile(one.profile.get()), facts_of_profile(two.profile.get())),
              "");
}

TEST(LargeLog, MayBeGivenUp)
{
    const std::string log = large_log(3, false);
    for (const int wanted : {1, 2, 4}) {
        int left = wanted;
        hp_load_options options = HP_LOAD_OPTIONS_INIT;
        options.threads = 2;
        options.progress_context = &left;
        options.progress = [](void *context, uint64_t, uint64_t) {
            return --*static_cast<int *>(context) > 0;
        };
        const hotprof::profile_ptr profile(hp_profile_new());
        EXPECT_EQ(
            hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options, nullptr),
            HP_CANCELLED);
    }
}

} // namespace
