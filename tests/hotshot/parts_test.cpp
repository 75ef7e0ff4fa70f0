// SPDX-License-Identifier: MIT
/* Reading a log in parts at once gives the same as reading it on one thread. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/reference_reader.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

/* What is different from what the reference reader reads if a log is read in parts: two that are
 * split at several places, and more of them; empty if nothing is. */
std::string disagreement_of_parts(const std::string &log)
{
    struct Parting {
        unsigned parts;
        size_t size;
    };
    const size_t size = log.size();
    const Facts expected = read_by_reference(log);
    for (const Parting &parting :
         {Parting{1, 0}, Parting{2, size / 7}, Parting{2, size / 3}, Parting{2, size / 2},
          Parting{2, size * 3 / 4}, Parting{3, size / 3}, Parting{8, size / 8},
          Parting{16, size / 16}}) {
        const Loaded loaded = load_parts(log, parting.parts, parting.size);
        const std::string wrong = differences(expected, facts_of_profile(loaded.profile.get())) +
                                  violated_invariants(loaded.profile.get());
        if (!wrong.empty())
            return std::to_string(parting.parts) + " parts of " + std::to_string(parting.size) +
                   ": " + wrong;
    }
    return "";
}

std::string sample(const std::string &name)
{
    return read_file(data_path("hotshot/" + name + ".prof"));
}

class LogParts : public testing::TestWithParam<uint32_t>
{
  protected:
    static constexpr uint32_t logs_a_test = HP_SANITIZED ? 4 : 25;

    static void agree(const RandomLogShape &shape, uint32_t seed)
    {
        ASSERT_EQ(disagreement_of_parts(random_log(seed, shape)), "") << "seed " << seed;
    }
};

TEST_P(LogParts, OfAnyRecords)
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

TEST_P(LogParts, OfAnOrderlyProgram)
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

TEST_P(LogParts, OfDeepRecursion)
{
    RandomLogShape shape;
    shape.records = 4000;
    shape.depth = 300;
    shape.waves = true;
    shape.orderly = true;
    for (const bool lines : {false, true}) {
        shape.lines = lines;
        agree(shape, GetParam());
    }
}

/* With sanitizers it is slow, and there a fuzz target compares the same. */
INSTANTIATE_TEST_SUITE_P(, LogParts, testing::Range(0u, HP_SANITIZED ? 5u : 20u));

class LogPartsOfSample : public testing::TestWithParam<std::string>
{
};

TEST_P(LogPartsOfSample, AreReadAsTheWhole)
{
    const std::string log = sample(GetParam());
    EXPECT_EQ(disagreement_of_parts(log), "");
    EXPECT_EQ(disagreement_of_parts(log.substr(0, log.size() * 5 / 6)), "") << "cut";
}

INSTANTIATE_TEST_SUITE_P(, LogPartsOfSample, testing::ValuesIn(samples("hotshot", ".prof", 20000)),
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

TEST(LargeLog, IsReadBySeveralThreads)
{
    for (const unsigned depth : {1u, 40u})
        for (const bool cut : {false, true}) {
            const std::string log = large_log(depth, cut);
            Loaded one, two, many;
            EXPECT_GT(read_with(1, log, &one), log.size() * 3 / 4);
            EXPECT_LE(read_with(2, log, &two), log.size() / 2 + 100);
            EXPECT_LE(read_with(16, log, &many), log.size() * 2 / 3 + 100);
            for (const Loaded *loaded : {&two, &many}) {
                EXPECT_EQ(differences(facts_of_profile(one.profile.get()),
                                      facts_of_profile(loaded->profile.get())),
                          "");
                EXPECT_EQ(hp_profile_input(loaded->profile.get(), 0)->open_frames, cut ? depth : 0);
            }
        }
}

TEST(LargeLog, WhoseSecondPartLeavesThousandsOfFramesIsReadByOneThread)
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
