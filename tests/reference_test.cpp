// SPDX-License-Identifier: MIT
/* The library agrees with the reference reader on logs that no file of expected facts is kept for:
 * cut logs, damaged logs, random logs. */
#include "facts.h"
#include "log_writer.h"
#include "reference_reader.h"
#include "support.h"

#include <gtest/gtest.h>

#include <unistd.h>

namespace
{

using namespace test;

/* Nothing if the library reads a log as the reference does, or what is different. */
std::string disagreement(const std::string &log)
{
    const Loaded loaded = load_bytes(log);
    if (loaded.status != HP_OK && loaded.status != HP_TRUNCATED && loaded.status != HP_CORRUPT)
        return std::string("loading failed: ") + loaded.error.message;
    return differences(read_by_reference(log), facts_of_profile(loaded.profile.get())) +
           violated_invariants(loaded.profile.get());
}

/* The same for the log read in two halves, parted at several places. */
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

class ReferenceReader : public testing::TestWithParam<std::string>
{
};

/* Else an error that both readers share would look like agreement. */
TEST_P(ReferenceReader, FindsTheKnownFacts)
{
    const Facts expected =
        facts_of_expectation(read_file(data_path("hotshot/" + GetParam() + ".json")));
    EXPECT_EQ(differences(expected, read_by_reference(sample(GetParam()))), "");
}

std::vector<std::string> samples_up_to(size_t size)
{
    std::vector<std::string> names;
    for (const std::string &name : samples("hotshot", ".prof"))
        if (sample(name).size() <= size)
            names.push_back(name);
    return names;
}

INSTANTIATE_TEST_SUITE_P(, ReferenceReader, testing::ValuesIn(samples_up_to(20000)),
                         [](const auto &info) {
                             return test_name(info.param);
                         });

class EveryTruncation : public testing::TestWithParam<std::string>
{
};

TEST_P(EveryTruncation, KeepsAllThatStandsBeforeTheCut)
{
    const std::string log = sample(GetParam());
    for (size_t size = 0; size < log.size(); size++) {
        const std::string cut = log.substr(0, size);
        if (is_hotshot_log(cut)) {
            ASSERT_EQ(disagreement(cut), "") << "cut to " << size << " bytes";
        } else {
            const Loaded loaded = load_bytes(cut);
            ASSERT_EQ(loaded.status, HP_UNRECOGNISED) << "cut to " << size << " bytes";
            ASSERT_EQ(hp_profile_input_count(loaded.profile.get()), 0u);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, EveryTruncation,
                         testing::Values("seed-linetimes", "filenames-lines",
                                         "unbalanced-linetimes", "coverage", "windows-qpc",
                                         "redefined-function", "info-calls"),
                         [](const auto &info) {
                             return test_name(info.param);
                         });

class SomeTruncations : public testing::TestWithParam<std::string>
{
};

TEST_P(SomeTruncations, KeepAllThatStandsBeforeTheCut)
{
    const std::string log = sample(GetParam());
    for (size_t part = 1; part < 24; part++) {
        const size_t size = log.size() * part / 24;
        ASSERT_EQ(disagreement(log.substr(0, size)), "") << "cut to " << size << " bytes";
    }
}

INSTANTIATE_TEST_SUITE_P(, SomeTruncations,
                         testing::Values("json-linetimes", "re-linetimes", "xml-lines",
                                         "manyfiles-calls"),
                         [](const auto &info) {
                             return test_name(info.param);
                         });

class DamagedByte : public testing::TestWithParam<std::string>
{
};

/* Any byte behind the header may be another: the result is another log, a corrupt or a cut one. */
TEST_P(DamagedByte, GivesWhatTheReferenceReads)
{
    const std::string log = sample(GetParam());
    const size_t header = log.find("\x53\x01");
    ASSERT_NE(header, std::string::npos);
    for (size_t at = header; at < log.size(); at++)
        for (const unsigned char change : {0x01, 0x02, 0x03, 0x40, 0x80, 0xff}) {
            std::string damaged = log;
            damaged[at] = static_cast<char>(damaged[at] ^ change);
            ASSERT_EQ(disagreement(damaged), "")
                << "byte " << at << " changed by " << static_cast<int>(change);
        }
}

INSTANTIATE_TEST_SUITE_P(, DamagedByte,
                         testing::Values("unbalanced-linetimes", "mutual-calls", "coverage",
                                         "redefined-function"),
                         [](const auto &info) {
                             return test_name(info.param);
                         });

class RandomLog : public testing::TestWithParam<uint32_t>
{
  protected:
    static constexpr uint32_t logs_a_test = 50;
};

TEST_P(RandomLog, OfMicroseconds)
{
    for (uint32_t i = 0; i < logs_a_test; i++) {
        const uint32_t seed = GetParam() * logs_a_test + i;
        RandomLogShape shape;
        shape.records = 1 + seed * 7 % 400;
        shape.lines = seed % 3 > 0;
        ASSERT_EQ(disagreement(random_log(seed, shape)), "") << "seed " << seed;
    }
}

TEST_P(RandomLog, OfWindows)
{
    for (uint32_t i = 0; i < logs_a_test; i++) {
        const uint32_t seed = GetParam() * logs_a_test + i;
        RandomLogShape shape;
        shape.records = 1 + seed * 11 % 400;
        shape.lines = seed % 3 > 0;
        shape.windows = true;
        ASSERT_EQ(disagreement(random_log(seed, shape)), "") << "seed " << seed;
    }
}

TEST_P(RandomLog, OfAnOrderlyProgram)
{
    for (uint32_t i = 0; i < logs_a_test; i++) {
        const uint32_t seed = GetParam() * logs_a_test + i;
        RandomLogShape shape;
        shape.records = 200 + seed * 7 % 800;
        shape.lines = seed % 3 > 0;
        shape.orderly = true;
        ASSERT_EQ(disagreement(random_log(seed, shape)), "") << "seed " << seed;
    }
}

INSTANTIATE_TEST_SUITE_P(, RandomLog, testing::Range(0u, 20u));

class LargeRandomLog : public testing::TestWithParam<uint32_t>
{
  protected:
    /* A log of thousands of events, most of which are of the commonest shapes. */
    static void agree_on(RandomLogShape shape)
    {
        shape.records = 4000;
        shape.orderly = true;
        for (const bool lines : {false, true})
            for (const bool windows : {false, true}) {
                shape.lines = lines;
                shape.windows = windows;
                ASSERT_EQ(disagreement(random_log(GetParam(), shape)), "");
            }
    }
};

TEST_P(LargeRandomLog, OfAWideProgram)
{
    RandomLogShape shape;
    shape.functions = 700;
    shape.depth = 100;
    agree_on(shape);
}

TEST_P(LargeRandomLog, OfDeepRecursion)
{
    RandomLogShape shape;
    shape.depth = 300;
    shape.waves = true;
    agree_on(shape);
}

TEST_P(LargeRandomLog, OfTimesThatAreSwitchedOnAndOff)
{
    RandomLogShape shape;
    shape.functions = 40;
    shape.toggles = true;
    agree_on(shape);
}

INSTANTIATE_TEST_SUITE_P(, LargeRandomLog, testing::Range(0u, 3u));

/* --- Two halves read at once --------------------------------------------------------------- */

class Halves : public testing::TestWithParam<uint32_t>
{
  protected:
    static constexpr uint32_t logs_a_test = 25;

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

INSTANTIATE_TEST_SUITE_P(, HalvesOfSample, testing::ValuesIn(samples_up_to(20000)),
                         [](const auto &info) {
                             return test_name(info.param);
                         });

/* A log of 9 MB: a loop with calls, within so many frames, which are left at its end. */
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
    hp_load_options options{};
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
        hp_load_options options{};
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

/* --- Single rules, told by logs that are about nothing else ------------------------------- */

LogWriter two_functions(bool lines, bool line_timings)
{
    LogWriter log = LogWriter::with_header(lines, line_timings);
    log.define_file(0, "m.py").define_function(0, 1, "f").define_function(0, 10, "g");
    return log;
}

LogWriter windows_log(const char *frequency)
{
    LogWriter log;
    log.info("platform", "win32");
    if (frequency)
        log.info("reported-performance-frequency", frequency);
    log.define_file(0, "m.py").define_function(0, 1, "f");
    return log;
}

const FunctionKey interpreter{"", 0, HP_INTERPRETER}, f{"m.py", 1, "f"}, g{"m.py", 10, "g"};

Facts facts_of(const LogWriter &log)
{
    EXPECT_EQ(disagreement(log.bytes()), "");
    const Loaded loaded = load_bytes(log.bytes());
    return facts_of_profile(loaded.profile.get());
}

TEST(CostOfAnEvent, GoesToTheLineThatWasCurrentBefore)
{
    const Facts facts = facts_of(two_functions(true, true)
                                     .enter(0, 1, 1) /* <interpreter>'s */
                                     .line(2, 2)     /* line 1's */
                                     .line(3, 4)     /* line 2's */
                                     .enter(0, 10, 8)
                                     .exit(16) /* g's first line */
                                     .exit(32));
    EXPECT_EQ(facts.lines.at({interpreter, 0}), (Cost{1000, 0}));
    EXPECT_EQ(facts.lines.at({f, 1}), (Cost{2000, 0}));
    EXPECT_EQ(facts.lines.at({f, 2}), (Cost{4000, 1}));
    EXPECT_EQ(facts.lines.at({g, 10}), (Cost{16000, 0}));
    EXPECT_EQ(facts.lines.at({f, 3}), (Cost{40000, 1}));
    EXPECT_EQ(facts.calls.at({f, 3, g}), (CallFacts{1, {16000, 0}}));
}

TEST(CostOfAnEvent, StaysOnTheFirstLineWhereLinesAreNotTimed)
{
    const Facts facts = facts_of(
        two_functions(true, false).enter(0, 1, 1).line(2, 0).line(3, 0).enter(0, 10, 2).exit(4));
    EXPECT_EQ(facts.lines.at({f, 1}), (Cost{2000, 0}));
    EXPECT_EQ(facts.lines.at({f, 3}), (Cost{0, 1}));
    EXPECT_EQ(facts.calls.at({f, 3, g}), (CallFacts{1, {4000, 0}}));
}

TEST(CostOfAnEvent, GoesByTheFlagInForce)
{
    const Facts facts = facts_of(two_functions(true, true)
                                     .enter(0, 1, 0)
                                     .line(2, 0)
                                     .line(3, 1)
                                     .line_times(false)
                                     .line(4, 0)
                                     .enter(0, 10, 2)
                                     .frame_times(false)
                                     .exit(0)
                                     .frame_times(true)
                                     .line_times(true)
                                     .exit(4));
    EXPECT_EQ(facts.lines.at({f, 1}), (Cost{2000, 0}));
    EXPECT_EQ(facts.lines.at({f, 2}), (Cost{1000, 1}));
    EXPECT_EQ(facts.lines.at({f, 4}), (Cost{4000, 1}));
    EXPECT_EQ(facts.total, (Cost{7000, 3}));
}

/* By the format it has none; what is there all the same is not thrown away. */
TEST(CostOfAnEvent, OfAnExitCountsEvenWhereFramesAreNotTimed)
{
    LogWriter log = two_functions(false, false);
    log.enter(0, 1, 1).frame_times(false).raw("\x15");
    EXPECT_EQ(facts_of(log).functions.at(f).self.time, 5000u);
}

TEST(Recursion, CountsInclusiveCostOfTheOutermostCallOnly)
{
    const Facts facts = facts_of(two_functions(false, false)
                                     .enter(0, 1, 0)
                                     .enter(0, 10, 1)
                                     .enter(0, 1, 2)
                                     .enter(0, 1, 4)
                                     .exit(8)
                                     .exit(16)
                                     .exit(32)
                                     .exit(64));
    EXPECT_EQ(facts.functions.at(f), (FunctionFacts{{93000, 0}, {127000, 0}, 3, 1}));
    EXPECT_EQ(facts.functions.at(g), (FunctionFacts{{34000, 0}, {62000, 0}, 1, 1}));
    EXPECT_EQ(facts.calls.at({interpreter, 0, f}), (CallFacts{1, {127000, 0}}));
    EXPECT_EQ(facts.calls.at({f, 1, g}), (CallFacts{1, {62000, 0}}));
    EXPECT_EQ(facts.calls.at({g, 10, f}), (CallFacts{1, {0, 0}}));
    EXPECT_EQ(facts.calls.at({f, 1, f}), (CallFacts{1, {0, 0}}));
}

TEST(UnmatchedExit, ChargesTheInterpreter)
{
    const Facts facts =
        facts_of(two_functions(false, false).exit(1).enter(0, 1, 2).exit(4).exit(8));
    EXPECT_EQ(facts.unmatched_exits, 2u);
    EXPECT_EQ(facts.functions.at(interpreter).self.time, 11000u);
    EXPECT_EQ(facts.functions.at(interpreter).inclusive.time, 15000u);
}

TEST(LineOutsideAllFrames, MovesTheLineOfTheInterpreter)
{
    const Facts facts =
        facts_of(two_functions(true, true).line(7, 1).line(8, 2).enter(0, 1, 4).exit(8));
    EXPECT_EQ(facts.lines.at({interpreter, 7}), (Cost{2000, 1}));
    EXPECT_EQ(facts.lines.at({interpreter, 8}), (Cost{4000, 1}));
    EXPECT_EQ(facts.calls.at({interpreter, 8, f}), (CallFacts{1, {8000, 0}}));
}

TEST(OpenFrames, AreClosedAtTheLastEvent)
{
    const Facts facts = facts_of(two_functions(false, false).enter(0, 1, 1).enter(0, 10, 2));
    EXPECT_EQ(facts.open_frames, 2u);
    EXPECT_EQ(facts.status, "complete");
    EXPECT_EQ(facts.functions.at(f), (FunctionFacts{{2000, 0}, {2000, 0}, 1, 1}));
    EXPECT_EQ(facts.functions.at(g), (FunctionFacts{{0, 0}, {0, 0}, 1, 1}));
}

TEST(Definitions, TheNamesInForceAtAnEnterAreTaken)
{
    const Facts facts = facts_of(LogWriter::with_header(false, false)
                                     .enter(0, 1, 1)
                                     .exit(1)
                                     .define_file(0, "a.py")
                                     .enter(0, 1, 1)
                                     .exit(1)
                                     .define_function(0, 1, "f")
                                     .enter(0, 1, 1)
                                     .define_function(0, 1, "h")
                                     .exit(1)
                                     .define_file(0, "b.py")
                                     .enter(0, 1, 1)
                                     .exit(1));
    for (const FunctionKey &key : {FunctionKey{"?", 1, "?"}, FunctionKey{"a.py", 1, "?"},
                                   FunctionKey{"a.py", 1, "f"}, FunctionKey{"b.py", 1, "h"}})
        EXPECT_EQ(facts.functions.at(key), (FunctionFacts{{1000, 0}, {1000, 0}, 1, 1})) << key;
}

/* However often: a short count of changes would come round to where it was. */
TEST(Definitions, ChangeAsOftenAsTheyLike)
{
    for (const unsigned changes : {255u, 256u, 65535u, 65536u, 65537u}) {
        LogWriter log = two_functions(false, false);
        log.enter(0, 1, 1).exit(1).enter(0, 1, 1).exit(1).enter(0, 10, 1).exit(1);
        for (unsigned i = 0; i < changes; i++)
            log.define_function(0, 1, i % 2 ? "odd" : "even");
        for (int i = 0; i < 20; i++)
            log.enter(0, 1, 1).exit(1);
        const Facts facts = facts_of(log);
        EXPECT_EQ(facts.functions.at(f).calls, 2u) << changes;
        EXPECT_EQ(facts.functions.at({"m.py", 1, changes % 2 ? "even" : "odd"}).calls, 20u)
            << changes;
    }
}

/* What was read before must not show in what is read now, even where memory is used again. */
TEST(Loading, KnowsNothingOfEarlierLogs)
{
    LogWriter before = two_functions(false, false), log = two_functions(false, false);
    for (int i = 0; i < 20; i++)
        before.enter(0, 10, 1).enter(0, 1, 1).exit(1).exit(1).enter(0, 1, 1).exit(1);
    for (int i = 0; i < 20; i++)
        log.enter(0, uint64_t{1} << 50, 1).enter(0, 1, 1).exit(1).exit(1);
    for (int i = 0; i < 10; i++) {
        EXPECT_EQ(disagreement(before.bytes()), "");
        EXPECT_EQ(disagreement(log.bytes()), "");
    }
}

TEST(Definitions, SpellingsOfOneFileAreOneFile)
{
    const Facts facts = facts_of(LogWriter::with_header(false, false)
                                     .define_file(0, "pkg/../m.py")
                                     .define_file(1, "m.py")
                                     .define_function(0, 1, "f")
                                     .define_function(1, 1, "f")
                                     .enter(0, 1, 1)
                                     .enter(1, 1, 2)
                                     .exit(4)
                                     .exit(8));
    const FunctionKey whole{"/home/user/app/m.py", 1, "f"};
    EXPECT_EQ(facts.functions.at(whole), (FunctionFacts{{14000, 0}, {14000, 0}, 2, 1}));
    EXPECT_EQ(facts.calls.at({whole, 1, whole}), (CallFacts{1, {0, 0}}));
}

TEST(FileNames, AreJoinedToTheDirectoryOfTheRun)
{
    struct {
        const char *recorded, *file;
    } const names[] = {{"m.py", "/home/user/app/m.py"},
                       {"./a//b/../m.py", "/home/user/app/a/m.py"},
                       {"../x.py", "/home/user/x.py"},
                       {"../../../../x.py", "/x.py"},
                       {"/usr/lib/../x.py", "/usr/lib/../x.py"},
                       {"", ""},
                       {"<string>", "<string>"},
                       {"<frozen importlib>", "<frozen importlib>"},
                       {"~", "~"},
                       {"C:\\app\\..\\m.py", "C:\\app\\..\\m.py"}};
    for (const auto &[recorded, file] : names) {
        const LogWriter log = LogWriter::with_header(false, false)
                                  .define_file(0, recorded)
                                  .define_function(0, 5, "f")
                                  .enter(0, 5, 0)
                                  .exit(1);
        const Loaded loaded = load_bytes(log.bytes());
        bool found = false;
        for (hp_function_id id = 0; id < hp_profile_function_count(loaded.profile.get()); id++) {
            const hp_function *function = hp_profile_function(loaded.profile.get(), id);
            if (function->line != 5)
                continue;
            found = true;
            EXPECT_EQ(std::string(function->file.data, function->file.size), file);
            EXPECT_EQ(std::string(function->recorded_file.data, function->recorded_file.size),
                      recorded);
        }
        EXPECT_TRUE(found) << recorded;
    }
}

TEST(WindowsClock, IsConvertedAsItRuns)
{
    /* Three ticks of a third of a second each: rounding each on its own would lose one ns. */
    const Facts facts = facts_of(windows_log("3").enter(0, 1, 1).enter(0, 1, 1).exit(1).exit(0));
    EXPECT_EQ(facts.functions.at(interpreter).self.time, 333333333u);
    EXPECT_EQ(facts.functions.at(f).self.time, 666666667u);
    EXPECT_EQ(facts.total.time, 1000000000u);
    EXPECT_EQ(facts.unit, "ns");
}

TEST(WindowsClock, OfUnknownFrequencyCountsTicks)
{
    for (const char *frequency : {static_cast<const char *>(nullptr), "0"}) {
        const Facts facts = facts_of(windows_log(frequency).enter(0, 1, 5).exit(6));
        EXPECT_EQ(facts.unit, "ticks");
        EXPECT_EQ(facts.total.time, 11u);
    }
}

TEST(CoverageLog, IsToldByItsRecords)
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "m.py").define_function(0, 1, "f").define_function(0, 10, "g");
    log.frame_times(false);
    log.enter(0, 1, 0).line(2, 0).enter(0, 10, 0).line(11, 0).exit(0).line(3, 0).exit(0);
    std::string lying = log.bytes();
    const size_t truth = lying.rfind(std::string("\x53\x00", 2));
    lying.replace(truth, 2, "\x53\x01");

    const Loaded loaded = load_bytes(lying);
    const Facts facts = facts_of_profile(loaded.profile.get());
    EXPECT_EQ(disagreement(lying), "");
    EXPECT_TRUE(facts.coverage);
    EXPECT_EQ(facts.has_time, Presence::no);
    EXPECT_EQ(facts.has_hits, Presence::yes);
    EXPECT_EQ(facts.functions.at(f), (FunctionFacts{{0, 2}, {0, 3}, 1, 1}));
    EXPECT_EQ(facts.calls.at({f, 2, g}), (CallFacts{1, {0, 1}}));
}

TEST(CoverageLog, IsNoneIfALineStandsBeforeItsFunction)
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "m.py").define_function(0, 10, "g");
    log.frame_times(false).enter(0, 10, 0).line(9, 0).exit(0);
    EXPECT_FALSE(facts_of(log).coverage);
}

/* --- Hostile logs ------------------------------------------------------------------------- */

/* What follows the definitions of a log, loaded. */
Loaded load_after_definitions(const std::string &raw)
{
    return load_bytes(two_functions(true, true).enter(0, 1, 1).raw(raw).bytes());
}

TEST(HostileLog, UnknownRecordIsCorruptAtItsOffset)
{
    const size_t offset = two_functions(true, true).enter(0, 1, 1).bytes().size();
    for (const char *record : {"\x03", "\x63", "\x73", "\x93", "\xf3"}) {
        const Loaded loaded = load_after_definitions(record);
        EXPECT_EQ(loaded.status, HP_CORRUPT);
        EXPECT_EQ(loaded.error.offset, offset);
        EXPECT_NE(std::string(loaded.error.message).find(std::to_string(offset)), std::string::npos)
            << loaded.error.message;
        EXPECT_EQ(facts_of_profile(loaded.profile.get()).events, 1u);
    }
}

TEST(HostileLog, PackedIntegersOfMoreThan64BitsAreCorrupt)
{
    const std::string longest = std::string(9, '\xff') + '\x01';  /* 2^64 - 1 */
    const std::string too_long = std::string(9, '\xff') + '\x02'; /* 2^65 - 1, less 2^64 */
    const std::string endless(1000, '\xff');
    const std::string line("\x0a", 1);
    EXPECT_EQ(load_after_definitions(line + too_long + '\x01').status, HP_CORRUPT);
    EXPECT_EQ(load_after_definitions(line + endless).status, HP_CORRUPT);
    EXPECT_EQ(load_after_definitions("\x43" + longest + '\x05' + '\x01' + 'h').status, HP_OK);
    EXPECT_EQ(load_after_definitions("\x43" + too_long + '\x05' + '\x01' + 'h').status, HP_CORRUPT);
}

TEST(HostileLog, AStringLongerThanTheLogIsTruncated)
{
    for (const char *length :
         {"\x7f", "\xff\xff\xff\xff\x07", "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"}) {
        const Loaded loaded = load_after_definitions(std::string("\x13") + length + "key");
        EXPECT_EQ(loaded.status, HP_TRUNCATED);
        EXPECT_EQ(facts_of_profile(loaded.profile.get()).events, 1u);
    }
}

TEST(HostileLog, AClockThatDoesNotFitIsCorruptThere)
{
    /* 2^64 - 1 microseconds are no 64-bit number of nanoseconds. */
    LogWriter log = two_functions(false, false);
    log.enter(0, 1, 1);
    const Facts before = facts_of(log);
    const Facts facts = facts_of(log.exit(UINT64_MAX).exit(1));
    EXPECT_EQ(facts.status, "corrupt");
    EXPECT_EQ(facts.total, before.total);
    EXPECT_EQ(facts.events, before.events);
}

TEST(HostileLog, AClockOfAllTicksThatFitIsRead)
{
    LogWriter log = windows_log("0");
    log.enter(0, 1, UINT64_MAX - 3);
    EXPECT_EQ(facts_of(log.exit(3)).total.time, UINT64_MAX);
    EXPECT_EQ(facts_of(log.exit(1)).status, "corrupt");
}

TEST(HostileLog, FramesDeeperThanOneMillionAreAnError)
{
    LogWriter log = two_functions(false, false);
    std::string entries;
    const std::string one = std::string("\x00\x01\x00", 3);
    for (int i = 0; i < 1000000; i++)
        entries += one;
    EXPECT_EQ(load_bytes(log.raw(entries).bytes()).status, HP_OK);
    const hp_status deeper = load_bytes(log.raw(one).bytes()).status;
    EXPECT_TRUE(deeper == HP_LIMIT || deeper == HP_CORRUPT) << deeper;
}

TEST(HostileLog, ErrorsAreOneLineOfPrintableText)
{
    const Loaded loaded = load_after_definitions("\x03\n\n");
    for (const char c : std::string(loaded.error.message))
        EXPECT_TRUE(c >= 0x20 && c != 0x7f) << loaded.error.message;
}

TEST(ForeignContent, IsNotRecognisedAndAddsNothing)
{
    for (const std::string &content :
         {std::string(), std::string("\x13"), std::string("\x13\x0fhotshot-versioN\x00", 18),
          std::string("# a text\n"), std::string(100, '\0')}) {
        const Loaded loaded = load_bytes(content);
        EXPECT_EQ(loaded.status, HP_UNRECOGNISED);
        EXPECT_NE(std::string(loaded.error.message), "");
        EXPECT_EQ(hp_profile_input_count(loaded.profile.get()), 0u);
        EXPECT_EQ(hp_format_recognise(content.data(), content.size()), nullptr);
    }
}

TEST(Formats, HotshotIsRecognisedByItsBeginning)
{
    const std::string log = LogWriter().bytes();
    const hp_format *format = hp_format_recognise(log.data(), log.size());
    ASSERT_NE(format, nullptr);
    EXPECT_STREQ(format->name, "hotshot");
    size_t index = 0;
    while (hp_format_at(index) && hp_format_at(index) != format)
        index++;
    EXPECT_EQ(hp_format_at(index), format);
    EXPECT_EQ(hp_format_at(1000), nullptr);
}

/* --- Errors and progress ------------------------------------------------------------------ */

TEST(Loading, AddsToWhatIsThere)
{
    const LogWriter log = two_functions(false, false).enter(0, 1, 1).exit(2);
    Loaded loaded = load_bytes(log.bytes(), "one");
    hp_profile *profile = loaded.profile.get();
    ASSERT_EQ(hp_profile_load_bytes(profile, "two", log.bytes().data(), log.bytes().size(), nullptr,
                                    nullptr),
              HP_OK);
    ASSERT_EQ(hp_profile_sort(profile, nullptr), HP_OK);
    EXPECT_EQ(hp_profile_input_count(profile), 2u);
    EXPECT_STREQ(hp_profile_input(profile, 1)->name, "two");
    EXPECT_EQ(hp_profile_total(profile)[0], 6000u);
    EXPECT_EQ(violated_invariants(profile), "");
}

TEST(Loading, AFailureLeavesTheProfileAsItWas)
{
    Loaded loaded = load_bytes(two_functions(false, false).enter(0, 1, 1).exit(2).bytes());
    hp_profile *profile = loaded.profile.get();
    const Facts before = facts_of_profile(profile);
    const std::string overflow = LogWriter().enter(0, 1, 1).exit(UINT64_MAX / 1000 - 1).bytes();
    EXPECT_EQ(
        hp_profile_load_bytes(profile, "bad", overflow.data(), overflow.size(), nullptr, nullptr),
        HP_OVERFLOW);
    const std::string ticks = windows_log("0").enter(0, 1, 1).exit(1).bytes();
    EXPECT_EQ(hp_profile_load_bytes(profile, "bad", ticks.data(), ticks.size(), nullptr, nullptr),
              HP_MISMATCH);
    EXPECT_EQ(hp_profile_load_bytes(profile, "bad", "bad", 3, nullptr, nullptr), HP_UNRECOGNISED);
    EXPECT_EQ(hp_profile_load(profile, "/nonexistent/file", nullptr, nullptr), HP_IO);
    ASSERT_EQ(hp_profile_sort(profile, nullptr), HP_OK);
    EXPECT_EQ(differences(before, facts_of_profile(profile)), "");
}

TEST(Loading, KeepsTheFirstError)
{
    hp_error error{};
    EXPECT_EQ(hp_error_set(&error, HP_IO, 7, "number %d", 1), HP_IO);
    EXPECT_EQ(hp_error_set(&error, HP_CORRUPT, 8, "number %d", 2), HP_CORRUPT);
    EXPECT_EQ(error.status, HP_IO);
    EXPECT_EQ(error.offset, 7u);
    EXPECT_STREQ(error.message, "number 1");
    EXPECT_EQ(hp_error_set(nullptr, HP_LIMIT, 0, "no one to tell"), HP_LIMIT);
}

struct Seen {
    uint64_t calls = 0, last = 0, total = 0;
    uint64_t cancel_at = UINT64_MAX;
    bool in_order = true;
};

bool see(void *context, uint64_t done, uint64_t total)
{
    Seen *seen = static_cast<Seen *>(context);
    seen->in_order = seen->in_order && done >= seen->last && done <= total;
    seen->calls++;
    seen->last = done;
    seen->total = total;
    return seen->calls < seen->cancel_at;
}

/* Large enough to take a while. */
std::string large_log()
{
    std::string log = two_functions(false, false).bytes();
    while (log.size() < 16 << 20)
        log += std::string("\x00\x01\x05\x1d", 4);
    return log;
}

TEST(Progress, IsToldInOrder)
{
    const std::string log = large_log();
    Seen seen;
    const hp_load_options options{see, &seen, false, false, 1};
    const hotprof::profile_ptr profile(hp_profile_new());
    ASSERT_EQ(
        hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options, nullptr),
        HP_OK);
    EXPECT_GE(seen.calls, 3u);
    EXPECT_TRUE(seen.in_order);
    EXPECT_EQ(seen.total, log.size());
}

TEST(AFileThatIsCopied, MayBeCutShortMeanwhile)
{
    const TemporaryDirectory directory;
    std::string path = directory.write("run.prof", large_log());
    const hp_load_options options{[](void *context, uint64_t, uint64_t) {
                                      const auto *file = static_cast<std::string *>(context);
                                      return truncate(file->c_str(), 0) == 0;
                                  },
                                  &path, true, false, 1};
    const hotprof::profile_ptr profile(hp_profile_new());
    ASSERT_EQ(hp_profile_load(profile.get(), path.c_str(), &options, nullptr), HP_OK);
    EXPECT_EQ(differences(facts_of_profile(load_bytes(large_log()).profile.get()),
                          facts_of_profile(profile.get())),
              "");
    EXPECT_EQ(read_file(path), "");
}

TEST(Progress, CanCancelAndNothingIsAdded)
{
    const std::string log = large_log();
    for (const uint64_t cancel_at : {1, 2}) {
        Seen seen;
        seen.cancel_at = cancel_at;
        const hp_load_options options{see, &seen, false, false, 1};
        hp_error error{};
        const hotprof::profile_ptr profile(hp_profile_new());
        EXPECT_EQ(
            hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options, &error),
            HP_CANCELLED);
        EXPECT_EQ(error.status, HP_CANCELLED);
        EXPECT_EQ(seen.calls, cancel_at) << "called after it said stop";
        EXPECT_EQ(hp_profile_input_count(profile.get()), 0u);
        EXPECT_EQ(hp_profile_function_count(profile.get()), 0u);
    }
}

/* --- Names -------------------------------------------------------------------------------- */

std::string escaped_by_library(const std::string &bytes)
{
    std::string buffer(4 * bytes.size() + 1, '#');
    buffer.resize(hp_string_escape({bytes.data(), bytes.size()}, buffer.data(), buffer.size()));
    return buffer;
}

TEST(Escaping, LeavesTextAndWritesTheRestInHex)
{
    EXPECT_EQ(escaped_by_library("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8d C:\\x"),
              "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x8d C:\\x");
    EXPECT_EQ(escaped_by_library(std::string("a\0b\n\t\x1f\x7f", 7)),
              "a\\x00b\\x0a\\x09\\x1f\\x7f");
    EXPECT_EQ(escaped_by_library("\xe9"), "\\xe9");
    EXPECT_EQ(escaped_by_library("\xe2\x82"), "\\xe2\\x82");
    EXPECT_EQ(escaped_by_library("\xc0\x80"), "\\xc0\\x80");                   /* overlong */
    EXPECT_EQ(escaped_by_library("\xed\xa0\x80"), "\\xed\\xa0\\x80");          /* a surrogate */
    EXPECT_EQ(escaped_by_library("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"); /* > U+10FFFF */
    EXPECT_EQ(escaped_by_library("\xff\xc3\xa9"), "\\xff\xc3\xa9");
}

TEST(Escaping, AgreesWithThisTestsOwnOnRandomBytes)
{
    uint32_t state = 1;
    for (int i = 0; i < 20000; i++) {
        std::string bytes;
        for (int k = 0; k < 6; k++) {
            state = state * 1664525 + 1013904223;
            bytes += static_cast<char>(state >> 24);
        }
        ASSERT_EQ(escaped_by_library(bytes), escape(bytes));
    }
}

TEST(Escaping, CutsBetweenCharactersOnlyAndTellsTheWholeLength)
{
    const std::string bytes = "a\xc3\xa9\n\xf0\x9f\x90\x8d";
    const std::string whole = escape(bytes);
    EXPECT_EQ(hp_string_escape({bytes.data(), bytes.size()}, nullptr, 0), whole.size());
    const std::vector<size_t> boundaries{0, 1, 3, 7, 11};
    for (size_t size = 1; size <= whole.size() + 1; size++) {
        std::string buffer(size + 1, '#');
        EXPECT_EQ(hp_string_escape({bytes.data(), bytes.size()}, buffer.data(), size),
                  whole.size());
        size_t expected = 0;
        for (const size_t boundary : boundaries)
            if (boundary < size)
                expected = boundary;
        EXPECT_STREQ(buffer.c_str(), whole.substr(0, expected).c_str()) << size;
        EXPECT_EQ(buffer[size], '#') << "written beyond the buffer";
    }
}

} // namespace
