// SPDX-License-Identifier: MIT
/* A compressed input is read like what it holds. */
#include "support/command.h"
#include "support/facts.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

std::string sample(const std::string &name)
{
    return read_file(data_path("hotshot/" + name + ".prof"));
}

Facts facts_of(const std::string &bytes)
{
    return facts_of_profile(load_bytes(bytes).profile.get());
}

class Gzip : public testing::TestWithParam<std::string>
{
};

TEST_P(Gzip, GivesTheSameAsThePlainLog)
{
    const std::string log = sample(GetParam());
    const Loaded plain = load_bytes(log), compressed = load_bytes(gzip(log));
    EXPECT_EQ(compressed.status, plain.status);
    EXPECT_EQ(differences(facts_of_profile(plain.profile.get()),
                          facts_of_profile(compressed.profile.get())),
              "");
}

INSTANTIATE_TEST_SUITE_P(, Gzip,
                         testing::Values("fib-calls", "lib2to3-linetimes", "coverage",
                                         "header-only", "json-linetimes-cut1", "unbalanced-lines"),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST(GzipFile, IsRecognisedByContentNotByName)
{
    const TemporaryDirectory directory;
    const std::string log = sample("fib-calls");
    const std::string path = directory.write("no-ending", gzip(log));
    const Loaded loaded = load_file(path);
    EXPECT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(differences(facts_of(log), facts_of_profile(loaded.profile.get())), "");
    EXPECT_STREQ(hp_profile_input(loaded.profile.get(), 0)->format, "hotshot");

    const std::string plain = directory.write("plain.gz", log);
    EXPECT_EQ(load_file(plain).status, HP_OK);
}

TEST(GzipFile, IsRecognisedByItsHead)
{
    const std::string compressed = gzip(sample("lib2to3-linetimes"));
    ASSERT_GT(compressed.size(), size_t{HP_HEAD_SIZE});
    const hp_format *format = hp_format_recognise(compressed.data(), HP_HEAD_SIZE);
    ASSERT_NE(format, nullptr);
    EXPECT_STREQ(format->name, "hotshot");
    const std::string text = gzip("only a text");
    EXPECT_EQ(hp_format_recognise(text.data(), text.size()), nullptr);
}

TEST(GzipOfSeveralMembers, IsTheirConcatenation)
{
    const std::string log = sample("seed-linetimes");
    const std::string members =
        gzip(log.substr(0, 1000)) + gzip(log.substr(1000, 7)) + gzip("") + gzip(log.substr(1007));
    const Loaded loaded = load_bytes(members);
    EXPECT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(differences(facts_of(log), facts_of_profile(loaded.profile.get())), "");
}

TEST(GzipOfManyMembers, IsTheirConcatenation)
{
    const std::string log = sample("seed-linetimes");
    std::string members;
    for (const char byte : log)
        members += gzip(std::string(1, byte)) + gzip("");
    const Loaded loaded = load_bytes(members);
    EXPECT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(differences(facts_of(log), facts_of_profile(loaded.profile.get())), "");
}

TEST(GzipOfManyMembers, TellsOfItsProgressByBytesNotByMembers)
{
    const std::string empty = gzip("");
    std::string members = gzip(sample("fib-calls"));
    while (members.size() < 5 << 19)
        members += empty;
    std::vector<uint64_t> calls;
    const hp_load_options options = with_progress(
        [](void *context, uint64_t done, uint64_t) {
            static_cast<std::vector<uint64_t> *>(context)->push_back(done);
            return true;
        },
        &calls);
    const hotprof::profile_ptr profile(hp_profile_new());
    EXPECT_EQ(hp_profile_load_bytes(profile.get(), "members", members.data(), members.size(),
                                    &options, nullptr),
              HP_OK);
    ASSERT_EQ(calls.size(), 4u);
    EXPECT_EQ(calls[0], 0u);
    EXPECT_NEAR(static_cast<double>(calls[1]), 1 << 20, 65536);
    EXPECT_NEAR(static_cast<double>(calls[2]), 2 << 20, 65536);
    EXPECT_EQ(calls[3], 0u) << "the log is read";
}

/* What can be inflated before the cut is read like a log that is cut there. */
TEST(TruncatedGzip, GivesWhatStandsBeforeTheCut)
{
    const std::string log = sample("seed-linetimes");
    const std::string compressed = gzip(log);
    const Facts whole = facts_of(log);
    uint64_t most = 0;
    for (size_t size = 0; size < compressed.size(); size++) {
        const Loaded loaded = load_bytes(compressed.substr(0, size));
        ASSERT_NE(loaded.status, HP_OK) << "cut to " << size;
        if (loaded.status != HP_TRUNCATED && loaded.status != HP_CORRUPT) {
            ASSERT_EQ(hp_profile_input_count(loaded.profile.get()), 0u);
            ASSERT_LT(size, size_t{128}) << "all of a cut log is lost";
            continue;
        }
        const Facts facts = facts_of_profile(loaded.profile.get());
        ASSERT_GE(facts.events, most);
        ASSERT_LE(facts.total.time, whole.total.time);
        ASSERT_EQ(violated_invariants(loaded.profile.get()), "");
        most = facts.events;
    }
    EXPECT_EQ(most, whole.events) << "the last bytes are only a checksum";
}

TEST(CorruptGzip, IsNeverWhole)
{
    const std::string compressed = gzip(sample("seed-linetimes"));
    for (size_t at = 10; at < compressed.size(); at += 3) {
        std::string damaged = compressed;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        const Loaded loaded = load_bytes(damaged);
        ASSERT_NE(loaded.status, HP_OK) << "byte " << at;
        ASSERT_EQ(violated_invariants(loaded.profile.get()), "") << "byte " << at;
    }
}

TEST(CorruptGzip, WithAWrongChecksumStillGivesItsNumbers)
{
    const std::string log = sample("seed-linetimes");
    std::string compressed = gzip(log);
    compressed[compressed.size() - 8] = static_cast<char>(compressed[compressed.size() - 8] ^ 1);
    const Loaded loaded = load_bytes(compressed);
    EXPECT_EQ(loaded.status, HP_CORRUPT);
    EXPECT_EQ(facts_of_profile(loaded.profile.get()).total, facts_of(log).total);
}

/* gzip itself ignores zeros at the end, and only there. */
TEST(GzipWithZerosBehind, IsWhole)
{
    const std::string log = sample("fib-calls");
    for (const size_t zeros : {1, 2, 512, 1 << 21}) {
        const std::string padding(zeros, '\0');
        const Loaded loaded = load_bytes(gzip(log) + padding);
        EXPECT_EQ(loaded.status, HP_OK) << zeros;
        EXPECT_EQ(differences(facts_of(log), facts_of_profile(loaded.profile.get())), "");
        EXPECT_EQ(load_bytes(gzip(log.substr(0, 9)) + gzip(log.substr(9)) + padding).status, HP_OK)
            << zeros;
    }
}

/* Of this gzip itself warns, but keeps what it has. So nothing of the log is lost. */
void expect_garbage(const std::string &members, const std::string &garbage)
{
    const Loaded loaded = load_bytes(members + garbage);
    Facts whole = facts_of(members);
    whole.status = "corrupt";
    EXPECT_EQ(loaded.status, HP_CORRUPT);
    EXPECT_EQ(loaded.error.offset, members.size());
    EXPECT_EQ(loaded.error.message, "offset " + std::to_string(members.size()) +
                                        ": expected the end of the gzip data, found " +
                                        std::to_string(garbage.size()) + " more bytes");
    ASSERT_EQ(hp_profile_input_count(loaded.profile.get()), 1u);
    EXPECT_EQ(differences(whole, facts_of_profile(loaded.profile.get())), "");
}

TEST(GzipWithTrailingGarbage, StillGivesItsNumbers)
{
    const std::string log = sample("seed-linetimes");
    const std::string one = gzip(log), two = gzip(log.substr(0, 1000)) + gzip(log.substr(1000));
    for (const std::string &members : {one, two}) {
        expect_garbage(members, "garbage");
        expect_garbage(members, "\x1f\x8b"); /* too short for a member */
        expect_garbage(members, std::string(1 << 21, '\0') + "garbage");
    }
}

TEST(GzipWithZerosBetweenMembers, EndsBeforeThem)
{
    expect_garbage(gzip(sample("seed-linetimes")), std::string(512, '\0') + gzip("more"));
}

TEST(GzipOfGzip, IsNoProfile)
{
    EXPECT_NE(load_bytes(gzip(gzip(sample("fib-calls")))).status, HP_OK);
}

/* A member with one large ADD_INFO record: 32 MiB in 32 KiB. */
TEST(GzipThatInflatesAThousandfold, IsReadAsWhatItHolds)
{
    std::string log = sample("header-only");
    const size_t length = 32 << 20;
    log += std::string("\x13\x01k\x80\x80\x80\x10", 7) + std::string(length, 'v');
    const std::string compressed = gzip(log);
    ASSERT_LT(compressed.size(), length / 500);
    const Loaded loaded = load_bytes(compressed);
    EXPECT_EQ(loaded.status, HP_OK);
    const size_t last = hp_profile_info_count(loaded.profile.get(), 0) - 1;
    EXPECT_EQ(hp_profile_info(loaded.profile.get(), 0, last).value.size, length);
}

TEST(GzipThatInflatesAThousandfold, CanBeCancelledMeanwhile)
{
    const std::string bomb = gzip(std::string(64 << 20, '\0'));
    int calls = 0;
    const hp_load_options options = with_progress(
        [](void *context, uint64_t done, uint64_t total) {
            EXPECT_LE(done, total);
            return ++*static_cast<int *>(context) < 5;
        },
        &calls);
    const hotprof::profile_ptr profile(hp_profile_new());
    EXPECT_EQ(
        hp_profile_load_bytes(profile.get(), "bomb", bomb.data(), bomb.size(), &options, nullptr),
        HP_CANCELLED);
    EXPECT_EQ(calls, 5);
}

TEST(GzipOnStandardInput, IsRead)
{
    Surroundings around;
    around.input = gzip(sample("lib2to3-calls"));
    const Result compressed = hotreport({"-f", "callgrind", "-"}, around);
    around.input = sample("lib2to3-calls");
    const Result plain = hotreport({"-f", "callgrind", "-"}, around);
    EXPECT_EQ(compressed.status, 0);
    EXPECT_EQ(compressed.out, plain.out);
    EXPECT_NE(plain.out, "");
}

} // namespace
