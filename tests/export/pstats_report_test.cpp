// SPDX-License-Identifier: MIT
#include "report.h"
#include "support/command.h"
#include "support/log_writer.h"
#include "support/profile_builder.h"
#include "support/pstats_dump.h"

using namespace pstats;
using namespace std::string_literals;

namespace
{

std::string dump_of(const test::Builder &builder)
{
    return test::report("pstats", builder.get());
}

std::string text_key(const std::string &file, int line, const std::string &name)
{
    auto text = [](const std::string &value) {
        return "t" + little_endian(value.size(), 4) + value;
    };

    return tuple({text(file), "i" + little_endian(static_cast<uint64_t>(line), 4), text(name)});
}

std::string number(uint64_t value)
{
    return "i" + little_endian(value, 4);
}

TEST(PstatsReport, IsTheDumpOfPython)
{
    test::Builder profile;
    hp_function_id main = profile.function("main", "a.py", 1, 1, 1, {500000000}, {3500000000});
    hp_function_id f = profile.function("f", "a.py", 9, 4, 2, {3000000000}, {3000000000});

    // Two lines of one caller are one caller.
    profile.call(main, f, 1, {1000000000}, 2);
    profile.call(main, f, 1, {2000000000}, 3);
    profile.call(f, f, 2, {0}, 10);
    EXPECT_EQ(dump_of(profile),
              dict({text_key("a.py", 1, "main"),
                    tuple({number(1), number(1), seconds(0.5), seconds(3.5), "{0"}),
                    text_key("a.py", 9, "f"),
                    tuple({number(2), number(4), seconds(3), seconds(3),
                           dict({text_key("a.py", 1, "main"),
                                 tuple({number(2), number(2), seconds(3), seconds(3)}),
                                 text_key("a.py", 9, "f"),
                                 tuple({number(2), number(0), seconds(0), seconds(0)})})})}));
}

TEST(PstatsReport, WritesNumbersOfAnySize)
{
    for (uint64_t count : {uint64_t(0), uint64_t(1) << 31, uint64_t(1) << 45, uint64_t(INT64_MAX),
                           uint64_t(1) << 63, UINT64_MAX - 1}) {
        test::Builder profile;

        profile.function("f", "a.py", count, count, count > 0, {1}, {1});

        test::Loaded loaded = test::load_bytes(dump_of(profile));

        ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;

        const hp_function *f = hp_profile_function(loaded.profile.get(), 1);

        EXPECT_EQ(f->calls, count);
        EXPECT_EQ(f->line, count);
    }
}

TEST(PstatsReport, WritesTheNumbersOfEstimatedCallsAlone)
{
    test::Builder profile;
    hp_function_id main = profile.function("main", "a.py", 1, 0, 0, {0}, {3});
    hp_function_id f = profile.function("f", "a.py", 9, 5, 5, {3}, {3});

    profile.call(main, f, 5, {3}, 1, true);

    std::string numbers = text_key("a.py", 1, "main") + number(5);
    std::string bytes = dump_of(profile);

    EXPECT_NE(bytes.find(numbers), std::string::npos);
    EXPECT_TRUE(load(bytes).estimated);

    // pstats cannot add tuples and numbers.
    profile.call(f, main, 1, {1});
    EXPECT_EQ(dump_of(profile).find(numbers), std::string::npos);
    EXPECT_FALSE(load(dump_of(profile)).estimated);
}

TEST(PstatsReport, LeavesOutAnInterpreterWithoutCostOfItsOwn)
{
    for (uint64_t self : {0, 7}) {
        test::Builder profile;
        hp_function_id root = profile.function(HP_INTERPRETER, "", 0, 0, 0, {self}, {10 + self});

        profile.call(root, profile.function("main", "a.py", 1, 1, 1, {10}, {10}), 1, {10}, 0);

        std::string bytes = dump_of(profile);
        Loaded loaded = load(bytes);

        EXPECT_EQ(bytes.find(HP_INTERPRETER) != std::string::npos, self > 0);
        EXPECT_EQ(loaded.total, 10 + self);
        EXPECT_EQ(loaded.functions[interpreter].self, self);
        EXPECT_EQ(loaded.functions[interpreter].inclusive, 10 + self);
        EXPECT_EQ(loaded.functions[Key("a.py", 1, "main")].callers[interpreter].cost, 10u);
    }
}

TEST(PstatsReport, ShowsNamesAsEveryReport)
{
    test::Builder profile;

    profile.function("a\nb\0\x7f"s, "\xe9.py", 1, 1, 1, {1}, {1});
    EXPECT_EQ(load(dump_of(profile)).functions.count({"\xe9.py", 1, "a\\x0ab\\x00\\x7f"}), 1u);
}

TEST(PstatsReport, HoldsTimesOnly)
{
    for (const hp_event &event : {hp_event{"Ticks", HP_TICKS}, hp_event{"Ir", HP_COUNT}}) {
        test::Builder profile({event});
        hp_report_options options = {};
        hp_error error = {};

        profile.function("f", "a.py", 1, 1, 1, {1}, {1});
        EXPECT_EQ(
            hp_report_write(hp_report_find("pstats"), profile.get(), &options, stderr, &error),
            HP_MISMATCH);
        EXPECT_EQ(error.message,
                  "counts "s + event.name + ", and a pstats dump can hold times only");
    }
}

// A coverage log counts calls and times nothing.
TEST(PstatsReport, OfHitsHoldsCallsAndNoTimes)
{
    test::Builder profile({{"Hits", HP_COUNT}});

    profile.function("f", "a.py", 1, 3, 3, {5}, {5});

    Loaded loaded = load(dump_of(profile));

    EXPECT_EQ(loaded.functions[Key("a.py", 1, "f")].calls, 3u);
    EXPECT_EQ(loaded.total, 0u);
}

// pstats.Stats takes no empty dict.
TEST(PstatsReport, HoldsTheLargestTimes)
{
    test::Builder profile;
    const hp_function_id f = profile.function("f", "m.py", 1, 1, 1, {UINT64_MAX}, {UINT64_MAX});
    const hp_function_id g = profile.function("g", "m.py", 2, 1, 1, {0}, {UINT64_MAX});
    profile.call(g, f, 1, {UINT64_MAX});
    const std::string dump = dump_of(profile);
    const double seconds = 18446744073.709551615;
    const std::string number(reinterpret_cast<const char *>(&seconds), sizeof seconds);
    size_t found = 0;
    for (size_t at = 0; (at = dump.find(number, at)) != std::string::npos; at++)
        found++;
    EXPECT_EQ(found, 5u) << "self and inclusive of f and of its call, inclusive of g";
}

TEST(PstatsReport, OfNothingIsNotEmpty)
{
    std::string bytes = test::report("pstats", test::load_bytes("{0").profile.get());

    EXPECT_EQ(bytes, dict({text_key("", 0, HP_INTERPRETER),
                           tuple({number(0), number(0), seconds(0), seconds(0), "{0"})}));
    EXPECT_TRUE(load(bytes).functions.empty());
}

TEST(PstatsReport, OfAnInterpreterThatOnlyHitLinesIsNotEmpty)
{
    const std::string log = test::LogWriter().frame_times(false).line(3, 0).bytes();
    const std::string bytes = test::report("pstats", test::load_bytes(log).profile.get());

    EXPECT_EQ(bytes, test::report("pstats", test::load_bytes("{0").profile.get()));
}

void expect_equal(const Loaded &one, const Loaded &two)
{
    ASSERT_EQ(one.functions.size(), two.functions.size());
    EXPECT_EQ(one.total, two.total);
    EXPECT_EQ(one.estimated, two.estimated);
    for (const auto &[key, function] : one.functions) {
        SCOPED_TRACE(std::get<2>(key));
        ASSERT_EQ(two.functions.count(key), 1u);

        const Function &other = two.functions.at(key);

        EXPECT_EQ(function.calls, other.calls);
        EXPECT_EQ(function.primitive, other.primitive);
        EXPECT_EQ(function.self, other.self);
        EXPECT_EQ(function.inclusive, other.inclusive);
        ASSERT_EQ(function.callers.size(), other.callers.size());
        for (const auto &[from, call] : function.callers) {
            const Call &same = other.callers.at(from);

            EXPECT_EQ(call.count, same.count);
            EXPECT_EQ(call.estimated, same.estimated);
            EXPECT_NEAR(static_cast<double>(call.cost), static_cast<double>(same.cost),
                        call.estimated ? 1 : 0);
        }
    }
}

TEST(PstatsReport, OfEveryDumpReadsBackTheSame)
{
    for (const std::string &name : test::samples("pstats", ".prof")) {
        const std::string path = test::data_path("pstats/" + name + ".prof");

        SCOPED_TRACE(name);
        expect_equal(load(test::read_file(path)),
                     load(test::report("pstats", test::load_file(path).profile.get())));
    }
}

std::string escaped(const std::string &string)
{
    const hp_string name = {string.data(), string.size()};
    std::string text(hp_string_escape(name, nullptr, 0) + 1, '\0');

    text.resize(hp_string_escape(name, text.data(), text.size()));
    return text;
}

Key shown(const Key &key)
{
    return Key(escaped(std::get<0>(key)), std::get<1>(key), escaped(std::get<2>(key)));
}

// All that a log knows is in the dump, but for the lines.
TEST(PstatsReport, OfEveryLogReadsBackTheSame)
{
    for (const std::string &name : test::samples("hotshot", ".prof")) {
        const test::Loaded log = test::load_file(test::data_path("hotshot/" + name + ".prof"));
        const hp_profile *profile = log.profile.get();

        if (hp_profile_event_count(profile) == 0 ||
            hp_profile_event(profile, 0)->unit != HP_NANOSECONDS)
            continue;
        SCOPED_TRACE(name);

        Loaded loaded = load(test::report("pstats", log.profile.get()));

        EXPECT_EQ(loaded.total, *hp_profile_total(profile));
        EXPECT_EQ(loaded.functions.size(), hp_profile_function_count(profile));
        std::map<Key, Function> functions;
        for (const auto &[key, function] : loaded.functions)
            functions[shown(key)] = function;
        for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
            const hp_function *function = hp_profile_function(profile, id);
            const Function &same =
                functions[shown(Key(text(function->file), function->line, text(function->name)))];

            EXPECT_EQ(same.calls, function->calls);
            EXPECT_EQ(same.primitive, function->primitive);
            EXPECT_EQ(same.self, *hp_profile_function_self(profile, id));
            EXPECT_EQ(same.inclusive, *hp_profile_function_inclusive(profile, id));
        }
    }
}

TEST(PstatsReport, IsReadByThisPythonWithTheNumbersOfTheModel)
{
    if (!test::is_installed("python3"))
        GTEST_SKIP() << "no python3";

    test::TemporaryDirectory directory;

    for (const std::string folder : {"hotshot", "pstats"})
        for (const std::string &name : test::samples(folder, ".prof")) {
            const test::Loaded loaded =
                test::load_file(test::data_path(folder + "/" + name + ".prof"));
            hp_profile *profile = loaded.profile.get();

            if (hp_profile_event_count(profile) > 0 &&
                hp_profile_event(profile, 0)->unit == HP_TICKS)
                continue;
            directory.write(folder + name + ".prof", test::report("pstats", profile));
            directory.write(folder + name + ".json", test::report("json", profile));
        }

    test::Result result =
        test::run({"python3", HP_SOURCE_DIR "/tests/export/pstats_check.py", directory.path()});

    EXPECT_EQ(result.status, 0) << result.out << result.err;
}

} // namespace
