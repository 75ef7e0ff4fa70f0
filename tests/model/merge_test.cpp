// SPDX-License-Identifier: MIT
/* Profiles merge into the same numbers in whatever order and grouping. */
#include "support/command.h"
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

using namespace test;

hotprof::profile_ptr merged(const hp_profile *one, const hp_profile *two)
{
    hotprof::profile_ptr result(hp_profile_new());
    for (const hp_profile *part : {one, two}) {
        hp_error error{};
        if (hp_profile_merge(result.get(), part, &error) != HP_OK)
            throw std::runtime_error(error.message);
    }
    if (hp_profile_sort(result.get(), nullptr) != HP_OK)
        throw std::runtime_error("cannot sort");
    return result;
}

hotprof::profile_ptr loaded_together(const std::vector<std::string> &names,
                                     const std::vector<std::string> &logs)
{
    hotprof::profile_ptr profile(hp_profile_new());
    for (size_t i = 0; i < logs.size(); i++) {
        hp_error error{};
        const hp_status status = hp_profile_load_bytes(
            profile.get(), names[i].c_str(), logs[i].data(), logs[i].size(), nullptr, &error);
        if (status != HP_OK && status != HP_TRUNCATED && status != HP_CORRUPT)
            throw std::runtime_error(error.message);
    }
    if (hp_profile_sort(profile.get(), nullptr) != HP_OK)
        throw std::runtime_error("cannot sort");
    return profile;
}

struct Three {
    const char *name, *a, *b, *c;
};

void PrintTo(const Three &three, std::ostream *out)
{
    *out << three.name;
}

class Merging : public testing::TestWithParam<Three>
{
  protected:
    Merging() : names{GetParam().a, GetParam().b, GetParam().c}
    {
        for (const std::string &name : names)
            logs.push_back(read_file(data_path("hotshot/" + name + ".prof")));
    }
    hotprof::profile_ptr only(size_t i) const
    {
        return loaded_together({names[i]}, {logs[i]});
    }

    std::vector<std::string> names, logs;
};

TEST_P(Merging, IsAssociativeByteForByte)
{
    const auto a = only(0), b = only(1), c = only(2);
    const auto left = merged(merged(a.get(), b.get()).get(), c.get());
    const auto right = merged(a.get(), merged(b.get(), c.get()).get());
    const auto together = loaded_together(names, logs);
    for (const char *format : {"callgrind", "json"}) {
        EXPECT_EQ(report(format, left.get()), report(format, right.get())) << format;
        EXPECT_EQ(report(format, left.get()), report(format, together.get())) << format;
    }
}

TEST_P(Merging, IsCommutative)
{
    const auto forwards = loaded_together(names, logs);
    std::reverse(names.begin(), names.end());
    std::reverse(logs.begin(), logs.end());
    const auto backwards = loaded_together(names, logs);
    EXPECT_EQ(report("callgrind", forwards.get()), report("callgrind", backwards.get()));
}

TEST_P(Merging, AddsTotals)
{
    const auto together = loaded_together(names, logs);
    uint64_t time = 0;
    for (size_t i = 0; i < 3; i++) {
        const auto part = only(i);
        for (size_t event = 0; event < hp_profile_event_count(part.get()); event++)
            if (std::string(hp_profile_event(part.get(), event)->name) == "Time")
                time += hp_profile_total(part.get())[event];
    }
    ASSERT_STREQ(hp_profile_event(together.get(), 0)->name, "Time");
    EXPECT_EQ(hp_profile_total(together.get())[0], time);
    EXPECT_EQ(violated_invariants(together.get()), "");
}

TEST_P(Merging, KeepsEveryInputInOrder)
{
    const auto a = only(0), b = only(1), c = only(2);
    const auto left = merged(merged(a.get(), b.get()).get(), c.get());
    ASSERT_EQ(hp_profile_input_count(left.get()), 3u);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(hp_profile_input(left.get(), i)->name, names[i]);
        const auto part = only(i);
        const size_t infos = hp_profile_info_count(part.get(), 0);
        ASSERT_EQ(hp_profile_info_count(left.get(), i), infos);
        for (size_t k = 0; k < infos; k++)
            EXPECT_EQ(std::string(hp_profile_info(left.get(), i, k).value.data),
                      std::string(hp_profile_info(part.get(), 0, k).value.data));
    }
}

TEST_P(Merging, OnTheCommandLineIsTheSame)
{
    std::vector<std::string> arguments{"-f", "callgrind"};
    for (const std::string &name : names)
        arguments.push_back(data_path("hotshot/" + name + ".prof"));
    const auto together = loaded_together(names, logs);
    EXPECT_EQ(hotreport(arguments).out, report("callgrind", together.get()));
}

INSTANTIATE_TEST_SUITE_P(
    , Merging,
    testing::Values(Three{"SameProgram", "json-calls", "json-lines", "json-linetimes"},
                    Three{"TimesOnlyWithHits", "fib-calls", "mutual-linetimes", "seed-calls"},
                    Three{"WithCoverage", "coverage", "mutual-lines", "mutual-calls"},
                    Three{"CoverageLast", "mutual-calls", "mutual-linetimes", "coverage"},
                    Three{"Damaged", "json-linetimes-cut3", "unbalanced-lines", "json-linetimes"},
                    Three{"NothingInIt", "header-only", "fib-lines", "json-linetimes-cut4"},
                    Three{"Names", "filenames-lines", "samename-lines", "manyfiles-calls"},
                    Three{"RedefinedNames", "redefined-function", "undefined-function",
                          "huge-deltas"}),
    [](const auto &instance) {
        return instance.param.name;
    });

TEST(MergingRandomLogs, IsAssociativeAndCommutative)
{
    for (uint32_t seed = 0; seed < 60; seed++) {
        std::vector<std::string> logs;
        for (uint32_t i = 0; i < 3; i++)
            logs.push_back(random_log(seed * 3 + i, {40 + seed, false}));
        const auto a = loaded_together({"a"}, {logs[0]}), b = loaded_together({"b"}, {logs[1]}),
                   c = loaded_together({"c"}, {logs[2]});
        const auto left = merged(merged(a.get(), b.get()).get(), c.get());
        const auto right = merged(a.get(), merged(b.get(), c.get()).get());
        const auto together = loaded_together({"a", "b", "c"}, logs);
        const auto backwards = loaded_together({"c", "b", "a"}, {logs[2], logs[1], logs[0]});
        for (const char *format : {"callgrind", "json"}) {
            ASSERT_EQ(report(format, left.get()), report(format, right.get())) << seed;
            ASSERT_EQ(report(format, left.get()), report(format, together.get())) << seed;
        }
        ASSERT_EQ(report("callgrind", together.get()), report("callgrind", backwards.get()))
            << seed;
        ASSERT_EQ(violated_invariants(together.get()), "") << seed;
    }
}

LogWriter log_in(const std::string &directory, const std::string &file)
{
    LogWriter log;
    log.info("current-directory", directory);
    log.define_file(0, file).define_function(0, 1, "f").enter(0, 1, 0).exit(5);
    return log;
}

TEST(FunctionsOfTwoInputs, AreTheSameWhereTheJoinedFileIs)
{
    const auto profile = loaded_together(
        {"a", "b"}, {log_in("/app", "lib/m.py").bytes(), log_in("/app/lib", "m.py").bytes()});
    ASSERT_EQ(hp_profile_function_count(profile.get()), 2u);
    for (hp_function_id id = 0; id < 2; id++) {
        const hp_function *function = hp_profile_function(profile.get(), id);
        if (function->line == 0)
            continue;
        EXPECT_STREQ(function->file.data, "/app/lib/m.py");
        EXPECT_STREQ(function->recorded_file.data, "/app/lib/m.py");
        EXPECT_EQ(function->calls, 2u);
        EXPECT_EQ(hp_profile_function_self(profile.get(), id)[0], 10000u);
    }
}

TEST(FunctionsOfTwoInputs, AreNotTheSameBecauseTheRecordedFileIs)
{
    const auto profile = loaded_together(
        {"a", "b"}, {log_in("/app", "m.py").bytes(), log_in("/other", "m.py").bytes()});
    EXPECT_EQ(hp_profile_function_count(profile.get()), 3u);
    EXPECT_EQ(violated_invariants(profile.get()), "");
}

TEST(EventsOfTwoInputs, AreCountedAsZeroWhereMissing)
{
    const auto profile =
        loaded_together({"calls", "lines"}, {read_file(data_path("hotshot/fib-calls.prof")),
                                             read_file(data_path("hotshot/fib-lines.prof"))});
    ASSERT_EQ(hp_profile_event_count(profile.get()), 2u);
    EXPECT_STREQ(hp_profile_event(profile.get(), 0)->name, "Time");
    EXPECT_STREQ(hp_profile_event(profile.get(), 1)->name, "Hits");
    EXPECT_EQ(hp_profile_total(profile.get())[1], 3947u);
}

std::string log_of_ticks()
{
    return LogWriter().info("platform", "win32").enter(0, 1, 1).exit(1).bytes();
}

TEST(TimeAndTicks, CannotBeMergedAndNothingIsAdded)
{
    const auto time = loaded_together({"time"}, {log_in("/", "m.py").bytes()});
    const auto ticks = loaded_together({"ticks"}, {log_of_ticks()});
    const std::string before = report("json", time.get());
    hp_error error{};
    EXPECT_EQ(hp_profile_merge(time.get(), ticks.get(), &error), HP_MISMATCH);
    EXPECT_EQ(error.status, HP_MISMATCH);
    EXPECT_EQ(report("json", time.get()), before);

    const std::string log = log_of_ticks();
    EXPECT_EQ(hp_profile_load_bytes(time.get(), "ticks", log.data(), log.size(), nullptr, nullptr),
              HP_MISMATCH);
    EXPECT_EQ(report("json", time.get()), before);
}

TEST(TimeAndTicks, OnTheCommandLineNameBothFiles)
{
    const TemporaryDirectory directory;
    const std::string time = directory.write("time.prof", log_in("/", "m.py").bytes());
    const std::string ticks = directory.write("ticks.prof", log_of_ticks());
    const Result result = hotreport({"-f", "json", time, ticks});
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(result.err, "hotreport: " + ticks +
                              ": counts Ticks, which do not go with the Time of " + time + "\n");
    EXPECT_EQ(result.out, hotreport({"-f", "json", time}).out);
}

TEST(SumsOfTwoInputs, ThatDoNotFitAreAnErrorAndAddNothing)
{
    LogWriter log;
    log.enter(0, 1, 1).exit(uint64_t{10000000000000000});
    const auto profile = loaded_together({"a"}, {log.bytes()});
    const auto other = loaded_together({"b"}, {log.bytes()});
    const std::string before = report("json", profile.get());
    EXPECT_EQ(hp_profile_merge(profile.get(), other.get(), nullptr), HP_OVERFLOW);
    EXPECT_EQ(report("json", profile.get()), before);
}

TEST(MergingProfilesWithoutEvents, AddsCalls)
{
    hp_function key{};
    key.name = {"f", 1};
    key.file = key.recorded_file = {"m.py", 4};
    key.calls = 2;
    key.primitive = 1;
    const hotprof::profile_ptr one(hp_profile_new()), sum(hp_profile_new());
    hp_function_id id = 0;
    ASSERT_EQ(hp_profile_add_function(one.get(), &key, &id, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_merge(sum.get(), one.get(), nullptr), HP_OK);
    ASSERT_EQ(hp_profile_merge(sum.get(), one.get(), nullptr), HP_OK);
    ASSERT_EQ(hp_profile_function_count(sum.get()), 1u);
    EXPECT_EQ(hp_profile_function(sum.get(), 0)->calls, 4u);
}

TEST(MergingNothing, ChangesNothing)
{
    const auto profile = loaded_together({"a"}, {log_in("/", "m.py").bytes()});
    const std::string before = report("json", profile.get());
    const hotprof::profile_ptr empty(hp_profile_new());
    EXPECT_EQ(hp_profile_merge(profile.get(), empty.get(), nullptr), HP_OK);
    EXPECT_EQ(report("json", profile.get()), before);
}

} // namespace
