// SPDX-License-Identifier: MIT
/* Loading into a profile that is not empty, errors, progress. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <cstring>

namespace
{

using namespace test;

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
    const hp_load_options options = with_progress(see, &seen);
    const hotprof::profile_ptr profile(hp_profile_new());
    ASSERT_EQ(
        hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options, nullptr),
        HP_OK);
    EXPECT_GE(seen.calls, 3u);
    EXPECT_TRUE(seen.in_order);
    EXPECT_EQ(seen.total, log.size());
}

TEST(LoadOptions, NeedTheirSize)
{
    const std::string log = two_functions(false, false).bytes();
    const hotprof::profile_ptr profile(hp_profile_new());
    const TemporaryDirectory directory;
    const std::string path = directory.write("run.prof", log);
    for (const size_t size : {size_t{0}, sizeof(hp_load_options) - 1}) {
        hp_load_options options = HP_LOAD_OPTIONS_INIT;
        options.size = size;
        hp_error error{};
        EXPECT_EQ(
            hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options, &error),
            HP_INVALID);
        EXPECT_EQ(error.status, HP_INVALID);
        EXPECT_EQ(hp_profile_load(profile.get(), path.c_str(), &options, nullptr), HP_INVALID);
        EXPECT_EQ(hp_profile_input_count(profile.get()), 0u);
    }
}

TEST(LoadOptions, OfALaterVersionAreTaken)
{
    struct {
        hp_load_options known;
        unsigned char unknown[64];
    } options;
    std::memset(&options, 0xff, sizeof options);
    Seen seen;
    options.known = with_progress(see, &seen);
    options.known.size = sizeof options;
    const std::string log = two_functions(false, false).bytes();
    const hotprof::profile_ptr profile(hp_profile_new());
    EXPECT_EQ(hp_profile_load_bytes(profile.get(), "log", log.data(), log.size(), &options.known,
                                    nullptr),
              HP_OK);
    EXPECT_GT(seen.calls, 0u);
}

TEST(Progress, CanCancelAndNothingIsAdded)
{
    const std::string log = large_log();
    for (const uint64_t cancel_at : {1, 2}) {
        Seen seen;
        seen.cancel_at = cancel_at;
        const hp_load_options options = with_progress(see, &seen);
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

} // namespace
