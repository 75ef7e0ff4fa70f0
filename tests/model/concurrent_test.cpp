// SPDX-License-Identifier: MIT
/* Threads use different profiles at the same time, and read one together. The thread sanitizer
 * finds what they would share. */
#include "report.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <thread>

namespace
{

using namespace test;

std::string text_of(const std::string &format, hp_profile *profile)
{
    try {
        return report(format, profile);
    } catch (const std::runtime_error &error) {
        return error.what(); /* some reports cannot tell some profiles */
    }
}

/* Every report on every kind of input. */
std::vector<std::string> all_reports()
{
    std::vector<std::string> texts;
    for (const std::string &input : samples_of_every_format(3, 20000))
        for (const std::string &format : undrawn_reports())
            texts.push_back(text_of(format, load_file(data_path(input)).profile.get()));
    return texts;
}

/* Runs it in several threads at once. */
template <typename Work> void in_threads(const Work &work)
{
    std::vector<std::thread> threads;
    for (size_t i = 0; i < 4; i++)
        threads.emplace_back(work, i);
    for (std::thread &thread : threads)
        thread.join();
}

TEST(LibraryInThreads, LoadAndReportOnDifferentProfiles)
{
    const std::vector<std::string> alone = all_reports();
    in_threads([&](size_t) {
        EXPECT_TRUE(all_reports() == alone);
    });
}

TEST(LibraryInThreads, FilterDifferentProfiles)
{
    const char *hp_filters::*const filters[] = {&hp_filters::root,  &hp_filters::leaf,
                                                &hp_filters::focus, &hp_filters::ignore,
                                                &hp_filters::hide,  &hp_filters::show};
    const auto filtered = [](const char *hp_filters::*filter) {
        hp_filters options{};
        options.*filter = "fib";
        const Loaded loaded = load_file(data_path("hotshot/fib-calls.prof"));
        hp_profile *part = nullptr;
        EXPECT_EQ(hp_filters_apply(&options, loaded.profile.get(), &part, nullptr), HP_OK);
        const hotprof::profile_ptr owner(part);
        return report("callgrind", part);
    };
    std::vector<std::string> alone;
    for (const auto filter : filters)
        alone.push_back(filtered(filter));
    in_threads([&](size_t) {
        for (size_t i = 0; i < alone.size(); i++)
            EXPECT_EQ(filtered(filters[i]), alone[i]);
    });
}

TEST(LibraryInThreads, ReadOneProfileTogether)
{
    const Loaded loaded = load_file(data_path("hotshot/json-linetimes.prof"));
    hp_profile *profile = loaded.profile.get();
    const auto three_times = [&] {
        const hotprof::profile_ptr sum(hp_profile_new());
        for (int i = 0; i < 3; i++)
            EXPECT_EQ(hp_profile_merge(sum.get(), profile, nullptr), HP_OK);
        return report("callgrind", sum.get());
    };
    const std::string alone = report("json", profile), sum = three_times();
    in_threads([&](size_t) {
        EXPECT_EQ(three_times(), sum);
        EXPECT_EQ(report("json", profile), alone);
    });
}

/* Each adds what it read to one of its own, and these become one in the end, as in a fleet. */
TEST(LibraryInThreads, AddUpPartsThatOneAddsUp)
{
    const auto read = [](const hotprof::profile_ptr &profile) {
        for (const char *input : {"hotshot/fib-calls.prof", "hotshot/fib-linetimes.prof"}) {
            const hp_status status =
                hp_profile_load(profile.get(), data_path(input).c_str(), nullptr, nullptr);
            EXPECT_EQ(status, HP_OK);
        }
    };
    hotprof::profile_ptr parts[4], sum(hp_profile_new()), expected(hp_profile_new());
    in_threads([&](size_t i) {
        parts[i].reset(hp_profile_new());
        read(parts[i]);
    });
    for (const hotprof::profile_ptr &part : parts) {
        ASSERT_EQ(hp_profile_merge(sum.get(), part.get(), nullptr), HP_OK);
        read(expected);
    }
    EXPECT_EQ(report("callgrind", sum.get()), report("callgrind", expected.get()));
}

} // namespace
