// SPDX-License-Identifier: MIT
/* The library agrees with the reference reader on logs for which there is no file of facts: cut,
 * damaged and random ones. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/reference_reader.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

std::string sample(const std::string &name)
{
    return read_file(data_path("hotshot/" + name + ".prof"));
}

class ReferenceReader : public testing::TestWithParam<std::string>
{
};

/* Without this, an error in both readers would look like agreement. */
TEST_P(ReferenceReader, FindsTheKnownFacts)
{
    const Facts expected =
        facts_of_expectation(read_file(data_path("hotshot/" + GetParam() + ".json")));
    EXPECT_EQ(differences(expected, read_by_reference(sample(GetParam()))), "");
}

INSTANTIATE_TEST_SUITE_P(, ReferenceReader, testing::ValuesIn(samples("hotshot", ".prof", 20000)),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

class EveryTruncation : public testing::TestWithParam<std::string>
{
};

TEST_P(EveryTruncation, KeepsAllThatStandsBeforeTheCut)
{
    const std::string log = sample(GetParam());
    const size_t step = HP_SANITIZED && log.size() > 1000 ? 29 : 1; /* with sanitizers it is slow */
    for (size_t size = 0; size < log.size(); size += step) {
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
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

class SomeTruncations : public testing::TestWithParam<std::string>
{
};

TEST_P(SomeTruncations, KeepAllThatStandsBeforeTheCut)
{
    const std::string log = sample(GetParam());
    for (size_t part = 1; part < 24; part += HP_SANITIZED ? 6 : 1) {
        const size_t size = log.size() * part / 24;
        ASSERT_EQ(disagreement(log.substr(0, size)), "") << "cut to " << size << " bytes";
    }
}

INSTANTIATE_TEST_SUITE_P(, SomeTruncations,
                         testing::Values("json-linetimes", "re-linetimes", "xml-lines",
                                         "manyfiles-calls"),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

class DamagedByte : public testing::TestWithParam<std::string>
{
};

/* Any change of a byte behind the header makes another log, a corrupt one or a cut one. */
TEST_P(DamagedByte, GivesWhatTheReferenceReads)
{
    const std::string log = sample(GetParam());
    const size_t header = log.find("\x53\x01");
    ASSERT_NE(header, std::string::npos);
    for (size_t at = header; at < log.size(); at += HP_SANITIZED ? 3 : 1)
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
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

class RandomLog : public testing::TestWithParam<uint32_t>
{
  protected:
    static constexpr uint32_t logs_a_test = HP_SANITIZED ? 5 : 50;
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
    /* A log of thousands of events, most of them of the commonest shapes. */
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

INSTANTIATE_TEST_SUITE_P(, LargeRandomLog, testing::Range(0u, HP_SANITIZED ? 1u : 3u));

} // namespace
