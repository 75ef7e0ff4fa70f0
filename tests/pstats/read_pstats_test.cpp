// SPDX-License-Identifier: MIT
#include "support/command.h"
#include "support/pstats_dump.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace pstats;
using namespace std::string_literals;
using nlohmann::json;

namespace
{

// --- The corpus ------------------------------------------------------------------------------

uint64_t nanoseconds(const json &value)
{
    return static_cast<uint64_t>(std::llround(value.get<double>() * 1e9));
}

Key key_of(const json &function)
{
    return {function["file"], function["line"], function["name"]};
}

/* The calls are those of the dump. What they cost adds up to what the function cost: calls from
 * within a recursion cost no more than the dump says, a function's calls of itself nothing, all
 * others what it says. */
void expect_calls(const Key &callee, const Function &function, const json &callers)
{
    uint64_t sum = 0, recorded = 0;

    for (const json &fact : callers)
        if (!fact["value"].is_number() && key_of(fact) != callee)
            recorded += nanoseconds(fact["value"][3]);
    for (const json &fact : callers) {
        const Call &call = function.callers.at(key_of(fact));
        const bool counted = fact["value"].is_number();
        const json &count = counted ? fact["value"] : fact["value"][0];

        EXPECT_EQ(call.count, count.get<uint64_t>());
        if (counted) {
            EXPECT_TRUE(call.estimated);
        } else if (key_of(fact) != callee) {
            EXPECT_LE(call.cost, nanoseconds(fact["value"][3]));
            if (recorded <= function.inclusive) {
                EXPECT_EQ(call.cost, nanoseconds(fact["value"][3]));
            }
        }
        if (key_of(fact) == callee) {
            EXPECT_EQ(call.cost, 0u);
        }
    }
    for (const auto &[from, call] : function.callers)
        sum += call.cost;
    EXPECT_EQ(sum, function.inclusive);
}

void expect_facts(const Loaded &loaded, const json &facts)
{
    std::map<Key, Function> functions = loaded.functions;
    bool estimated = false;
    uint64_t total = 0;

    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    for (const json &fact : facts["functions"]) {
        SCOPED_TRACE(fact.dump(-1, ' ', true));

        Key callee = key_of(fact);
        auto found = functions.find(callee);

        ASSERT_NE(found, functions.end());

        Function function = found->second;
        uint64_t recorded = 0;

        functions.erase(found);
        EXPECT_EQ(function.calls, fact["calls"].get<uint64_t>());
        EXPECT_EQ(function.primitive, fact["primitive"].get<uint64_t>());
        EXPECT_EQ(function.self, nanoseconds(fact["self"]));
        if (function.calls > 0) { /* else it is the profiler of the module profile */
            EXPECT_EQ(function.inclusive, nanoseconds(fact["inclusive"]));
        }
        total += function.self;
        expect_calls(callee, function, fact["callers"]);
        estimated =
            estimated || (!fact["callers"].empty() && fact["callers"][0]["value"].is_number());
        for (const auto &[from, call] : function.callers)
            recorded += from == interpreter ? 0 : call.count;
        const auto entered = function.callers.find(interpreter);
        EXPECT_EQ(entered == function.callers.end() ? 0 : entered->second.count,
                  function.calls - recorded);
    }
    functions.erase(interpreter);
    EXPECT_TRUE(functions.empty());
    EXPECT_EQ(loaded.total, total);
    if (estimated) {
        EXPECT_TRUE(loaded.estimated);
    }
    EXPECT_EQ(loaded.impossible, 0u);
}

std::string sample(const std::string &name)
{
    return test::read_file(test::data_path("pstats/" + name));
}

TEST(Pstats, EveryDumpOfTheCorpusHoldsWhatPythonReadsFromIt)
{
    const std::vector<std::string> names = test::samples("pstats", ".prof");

    EXPECT_EQ(names.size(), 54u);
    for (const std::string &name : names) {
        SCOPED_TRACE(name);
        expect_facts(load(sample(name + ".prof")), json::parse(sample(name + ".json")));
    }
}

// The module profile has a function of its own at the bottom of the stack, which never ends.
TEST(Pstats, TheProfilerOfTheModuleProfileCostsWhatItCalled)
{
    Loaded loaded = load(sample("profile-raw-3.12.prof"));
    const Function profiler = loaded.functions.at({"profile", 0, "profiler"});

    EXPECT_EQ(profiler.inclusive, loaded.total);
    EXPECT_EQ(profiler.callers.at(interpreter).cost, loaded.total);
}

TEST(Pstats, FreshDumpsOfThisPythonHoldWhatItReadsFromThem)
{
    if (!test::is_installed("python3"))
        GTEST_SKIP() << "no python3";
    for (const char *profiler : {"cProfile", "profile"}) {
        test::TemporaryDirectory directory;
        test::Result result = test::run({"python3", HP_SOURCE_DIR "/tests/pstats/pstats_facts.py",
                                         profiler, directory.file("run")});

        ASSERT_EQ(result.status, 0) << result.err;
        SCOPED_TRACE(profiler);
        expect_facts(load(test::read_file(directory.file("run.prof"))),
                     json::parse(test::read_file(directory.file("run.json"))));
    }
}

// --- Damage ----------------------------------------------------------------------------------

TEST(Pstats, CutDumpsGiveTheFunctionsBeforeTheCut)
{
    for (const char *name : {"small-2.7", "small-3.12", "cProfile-raw-3.8", "profile-raw-3.6"}) {
        const std::string bytes = sample(name + ".prof"s);
        const Loaded whole = load(bytes);
        size_t before = 0;

        for (size_t size = 2; size < bytes.size(); size++) {
            Loaded cut = load(bytes.substr(0, size));
            size_t complete = 0;

            ASSERT_EQ(cut.status, HP_TRUNCATED) << name << " " << size;
            ASSERT_EQ(cut.error.offset, size);
            for (const auto &[key, function] : cut.functions) {
                if (key == interpreter || key == not_recorded || function.calls == 0)
                    continue;
                complete++;
                ASSERT_EQ(function.self, whole.functions.at(key).self);
                ASSERT_EQ(function.primitive, whole.functions.at(key).primitive);
                for (const auto &[from, call] : whole.functions.at(key).callers)
                    if (from != interpreter) {
                        ASSERT_EQ(function.callers.at(from).count, call.count);
                    }
            }
            ASSERT_GE(complete, before);
            before = complete;
        }
        EXPECT_GE(before + 2, whole.functions.size()) << name;
        EXPECT_EQ(load(bytes.substr(0, 1)).status, HP_UNRECOGNISED);
    }
}

TEST(Pstats, CorruptDumpsGiveTheFunctionsBeforeTheDamage)
{
    const std::string good = entry("good", 1, 1, 1);
    auto message = [&](const std::string &bad) {
        Loaded loaded = load("{" + good + bad);

        EXPECT_EQ(loaded.status, HP_CORRUPT) << bad;
        EXPECT_EQ(loaded.functions.size(), 2u);
        EXPECT_EQ(loaded.functions[named("good")].self, 1000000000u);

        std::string text = loaded.error.message;

        EXPECT_EQ(text.find("offset "), 0u);
        return text.substr(text.find(':') + 2);
    };

    EXPECT_EQ(message("N"), "expected a function (file, line, name), found None");
    EXPECT_EQ(message(tuple({"N", "N"})),
              "expected a function (file, line, name), found a sequence");
    EXPECT_EQ(message(tuple({"N", "N", "N"})), "expected the name of a file, found None");
    EXPECT_EQ(message(tuple({string("f"), seconds(1), string("n")})),
              "expected a line, found a float");
    EXPECT_EQ(message(tuple({string("f"), integer(1), integer(1)})),
              "expected the name of a function, found an integer");
    EXPECT_EQ(message(key("f") + "N"),
              "expected (primitive, calls, self, inclusive, callers), found None");
    EXPECT_EQ(message(key("f") + tuple({integer(1), integer(1), "N", "N", "N"})),
              "expected a time, found None");
    EXPECT_EQ(message(key("f") + tuple({seconds(1), integer(1), "N", "N", "N"})),
              "expected a number of calls, found a float");
    EXPECT_EQ(message(entry("f", 1, 1, 1, tuple({}))),
              "expected a dict of callers, found a sequence");
    EXPECT_EQ(
        message(entry("f", 1, 1, 1, dict({key("g"), tuple({integer(1), integer(1)})}))),
        "expected a number of calls or (calls, primitive, self, inclusive), found a sequence");
    EXPECT_EQ(message(tuple({string("sampled")}) + "T"),
              "expected a function (file, line, name), found a sequence");
    EXPECT_EQ(message(key("f") + "r\0\0\0\0"s),
              "expected a reference to a value before it, found one to no value");
    EXPECT_EQ(message("0xyz"), "expected the end of the dump, found 3 more bytes");
}

TEST(Pstats, ARecognisedDumpOfSomethingElseIsCorrupt)
{
    EXPECT_EQ(load("{" + tuple({})).status, HP_CORRUPT);
    EXPECT_EQ(load("\xfb\xa9\1\xfb" + "0N0"s).status, HP_CORRUPT);
}

// --- Numbers ---------------------------------------------------------------------------------

TEST(Pstats, TimesAreRoundedToTheNearestNanosecond)
{
    auto self = [](const std::string &time) {
        return load(dict({key("f"), tuple({integer(1), integer(1), time, time, "{0"})})).total;
    };

    EXPECT_EQ(self(seconds(0)), 0u);
    EXPECT_EQ(self(seconds(0.4e-9)), 0u);
    EXPECT_EQ(self(seconds(0.6e-9)), 1u);
    EXPECT_EQ(self(seconds(7.100000000000001e-07)), 710u);
    EXPECT_EQ(self(seconds(1.0000000014)), 1000000001u);
    EXPECT_EQ(self(seconds(1.0000000016)), 1000000002u);
    EXPECT_EQ(self(seconds(9007199.254740991)), 9007199254740991u);
    EXPECT_EQ(self(integer(3)), 3000000000u);
    EXPECT_EQ(self("T"), 1000000000u);
    EXPECT_EQ(self("f\4"
                   "0.25"),
              250000000u);
}

TEST(Pstats, TimesThatCannotBeCountAsNothingAndAreTold)
{
    for (double time : {-1.0, -1e-9, HUGE_VAL, -HUGE_VAL, static_cast<double>(NAN)}) {
        Loaded loaded = load(dict({entry("f", 1, time, 2), entry("g", 1, 1, 1)}));

        EXPECT_EQ(loaded.status, HP_OK);
        EXPECT_EQ(loaded.impossible, 1u) << time;
        EXPECT_EQ(loaded.functions[named("f")].self, 0u);
        EXPECT_EQ(loaded.functions[named("f")].inclusive, 2000000000u);
        EXPECT_EQ(loaded.functions[not_recorded].self, 2000000000u);
        EXPECT_EQ(loaded.total, 3000000000u);
    }
    EXPECT_EQ(load(dict({entry("f", 1, -0.4e-9, 1)})).impossible, 0u);
    EXPECT_EQ(load(dict({entry("f", 1, -0.0, 1)})).impossible, 0u);
}

// A profiler may have any timer: its numbers keep their proportions.
TEST(Pstats, TimesThatAreTooLargeForNanosecondsAreTicks)
{
    for (const auto &[time, digits] : {std::pair(1.8e10, 3u), {1.8e13, 6u}, {1e300, 291u}}) {
        const test::Loaded loaded =
            test::load_bytes(dict({entry("f", 1, time, time), entry("g", 1, 2 * time, 2 * time)}));
        const hp_profile *profile = loaded.profile.get();

        ASSERT_EQ(loaded.status, HP_OK);
        EXPECT_STREQ(hp_profile_event(profile, 0)->name, "Ticks");
        EXPECT_EQ(hp_profile_event(profile, 0)->unit, HP_TICKS);
        EXPECT_EQ(hp_profile_input(profile, 0)->tick_digits, digits);
        EXPECT_EQ(hp_profile_input(profile, 0)->impossible_numbers, 0u);
        const double ticks = time * std::pow(10, 9 - double(digits));
        EXPECT_NEAR(double(*hp_profile_total(profile)), 3 * ticks, ticks * 1e-12);
        EXPECT_NEAR(double(*hp_profile_function_self(profile, 1)), ticks, ticks * 1e-12);
        EXPECT_NEAR(double(*hp_profile_function_self(profile, 2)), 2 * ticks, ticks * 1e-12);
    }
}

// Statistical profilers that write dumps know no numbers of calls.
TEST(Pstats, NumbersOfCallsOfMinusOneAreUnknown)
{
    Loaded loaded =
        load(dict({entry("main", -1, 1, 3), entry("f", -1, 2, 2, dict({caller("main", -1, 2)}))}));

    EXPECT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(loaded.impossible, 0u);
    EXPECT_EQ(loaded.functions[named("f")].calls, HP_UNKNOWN);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("main")].count, HP_UNKNOWN);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("main")].cost, 2000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers.count(interpreter), 0u);
    EXPECT_EQ(loaded.functions[named("main")].callers[interpreter].cost, 3000000000u);
    EXPECT_EQ(load(dict({entry("f", -2, 1, 1)})).impossible, 2u);
}

TEST(Pstats, TellsOfWhatCannotBeAndOfEstimates)
{
    auto remarks = [](const std::string &bytes) {
        const test::Loaded loaded = test::load_bytes(bytes);
        char buffer[800];

        EXPECT_EQ(loaded.status, HP_OK);
        EXPECT_LT(
            hp_input_remarks(hp_profile_input(loaded.profile.get(), 0), buffer, sizeof buffer),
            sizeof buffer);
        return std::string(buffer);
    };

    EXPECT_EQ(remarks(dict({entry("f", 1, 1, 1)})), "");
    EXPECT_EQ(remarks(dict({entry("f", 1, -1, 0)})), "1 impossible number counted as 0");
    EXPECT_EQ(remarks(dict({entry("f", 2, -1, -1, dict({caller("g", 1), caller("h", 1)}))})),
              "2 impossible numbers counted as 0; 2 call sites with estimated times");
}

TEST(Pstats, FunctionsWithoutPrimitiveCallsAreKept)
{
    Loaded loaded =
        load(dict({key("f"), tuple({integer(0), integer(4), seconds(1), seconds(1), "{0"})}));

    EXPECT_EQ(loaded.functions[named("f")].calls, 4u);
    EXPECT_EQ(loaded.functions[named("f")].primitive, 0u);
}

TEST(Pstats, KeysThatComeTwiceAreAddedUp)
{
    Loaded loaded =
        load(dict({entry("main", 1, 0, 3), entry("f", 1, 1, 1, dict({caller("main", 1, 1)})),
                   entry("f", 2, 2, 2, dict({caller("main", 1, 1), caller("main", 1, 1)}))}));
    Function function = loaded.functions[named("f")];

    EXPECT_EQ(function.calls, 3u);
    EXPECT_EQ(function.self, 3000000000u);
    EXPECT_EQ(function.callers.size(), 1u);
    EXPECT_EQ(function.callers[named("main")].count, 3u);
    EXPECT_EQ(function.callers[named("main")].cost, 3000000000u);
}

TEST(Pstats, LinesBelowZeroAreNoLines)
{
    Loaded loaded = load(dict({tuple({string("f"), integer(-1), string("n")}),
                               tuple({integer(1), integer(1), seconds(1), seconds(1), "{0"})}));

    EXPECT_EQ(loaded.functions.count({"f", 0, "n"}), 1u);
}

// --- Estimates -------------------------------------------------------------------------------

TEST(Pstats, CallersThatAreANumberShareTheTime)
{
    Loaded loaded =
        load(dict({entry("f", 7, 10e-9, 10e-9,
                         dict({caller("a", 1), caller("b", 1), caller("c", 1), caller("f", 4)}))}));
    std::map<Key, Call> callers = loaded.functions[named("f")].callers;

    EXPECT_EQ(callers[named("a")].cost + callers[named("b")].cost + callers[named("c")].cost, 10u);
    EXPECT_NEAR(callers[named("a")].cost, 3.3, 1);
    EXPECT_NEAR(callers[named("b")].cost, 3.3, 1);
    EXPECT_EQ(callers[named("f")].cost, 0u);
    EXPECT_TRUE(callers[named("f")].estimated);
    EXPECT_EQ(callers.count(interpreter), 0u);
    EXPECT_TRUE(loaded.estimated);
}

TEST(Pstats, CallsFromNowhereHaveTheirShareToo)
{
    Loaded loaded = load(dict({entry("f", 4, 1, 1, dict({caller("a", 1)}))}));
    std::map<Key, Call> callers = loaded.functions[named("f")].callers;

    EXPECT_EQ(callers[named("a")].cost, 250000000u);
    EXPECT_EQ(callers[interpreter].cost, 750000000u);
    EXPECT_EQ(callers[interpreter].count, 3u);
}

TEST(Pstats, CallersThatAreANumberShareWhatTheOthersLeave)
{
    Loaded loaded = load(
        dict({entry("f", 4, 10, 10, dict({caller("a", 1, 7), caller("b", 1), caller("c", 2)}))}));
    std::map<Key, Call> callers = loaded.functions[named("f")].callers;

    EXPECT_EQ(callers[named("a")].cost, 7000000000u);
    EXPECT_FALSE(callers[named("a")].estimated);
    EXPECT_EQ(callers[named("b")].cost, 1000000000u);
    EXPECT_EQ(callers[named("c")].cost, 2000000000u);
}

TEST(Pstats, SharesAreExactWhereNumbersAreAbsurd)
{
    Loaded loaded = load(dict({entry("f", INT64_MAX, 4e9, 4e9,
                                     dict({caller("a", INT64_MAX), caller("b", INT64_MAX),
                                           caller("c", INT64_MAX), caller("d", 1)}))}));
    uint64_t sum = 0;

    EXPECT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(loaded.functions[named("f")].inclusive, 4000000000000000000u);
    for (const auto &[from, call] : loaded.functions[named("f")].callers)
        sum += call.cost;
    EXPECT_EQ(sum, loaded.functions[named("f")].inclusive);
}

// In dumps of Python 3.15's sampling profiler the counts are samples, and an entry says so.
TEST(Pstats, DumpsOfSamplesAreRead)
{
    Loaded loaded =
        load(dict({entry("main", 5, 0, 5), entry("f", 5, 5, 5, dict({caller("main", 5)})),
                   tuple({string("__sampled__")}), "T"}));

    EXPECT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(loaded.functions.size(), 3u);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("main")].cost, 5000000000u);
}

// --- The format ------------------------------------------------------------------------------

TEST(Pstats, IsRecognisedByContent)
{
    auto name = [](const std::string &head) {
        const hp_format *format = hp_format_recognise(head.data(), head.size());

        return std::string(format ? format->name : "");
    };

    for (const char *head : {"\xfb\x29", "\xfb\xa9", "\xfb\x28", "\xfb\xa8", "\x7b\x28", "\x7b\x29",
                             "\x7b\x30", "\xfb\x30"})
        EXPECT_EQ(name(head), "pstats");
    for (const char *head : {"", "{", "\xfb", "{}", "{\"a\": 1}", "{0: 1}", "\x80\x03}q",
                             "\x80\x04\x95", "gmon", "(dp0"})
        EXPECT_EQ(name(head), "") << head;
    EXPECT_EQ(load("{0").status, HP_OK);
    EXPECT_EQ(load("{0").total, 0u);
}

TEST(Pstats, AreReadCompressed)
{
    const std::string bytes = sample("small-3.12.prof");

    EXPECT_EQ(test::report("callgrind", test::load_bytes(test::gzip(bytes)).profile.get()),
              test::report("callgrind", test::load_bytes(bytes).profile.get()));
}

TEST(Pstats, CallsThatAreEstimatedInOneInputAreEstimatedInAll)
{
    const std::string measured = dict({entry("f", 1, 1, 1, dict({caller("g", 1, 1)}))});
    const std::string estimated = dict({entry("f", 1, 1, 1, dict({caller("g", 1)}))});
    test::Loaded one = test::load_bytes(measured), two = test::load_bytes(estimated);

    ASSERT_EQ(hp_profile_merge(one.profile.get(), two.profile.get(), nullptr), HP_OK);
    ASSERT_EQ(hp_profile_call_count(one.profile.get()), 2u); // of f by g, of g by <interpreter>
    for (size_t i = 0; i < 2; i++) {
        const bool entered = hp_profile_call(one.profile.get(), i)->count == 0;
        EXPECT_EQ(hp_profile_call(one.profile.get(), i)->estimated, !entered);
        EXPECT_EQ(*hp_profile_call_inclusive(one.profile.get(), i), 2000000000u);
    }
}

TEST(Pstats, ReferencesMayNotMultiplyCallers)
{
    auto shared = [](int functions, int callers) {
        std::vector<std::string> items, entries;

        for (int i = 0; i < callers; i++)
            items.push_back(caller("c" + std::to_string(i), 1, 0));

        std::string first = dict(items);

        first[0] = '\xfb';
        for (int i = 0; i < functions; i++)
            entries.push_back(
                entry("f" + std::to_string(i), callers, 1, 1, i == 0 ? first : "r\0\0\0\0"s));
        return load(dict(entries)).status;
    };

    EXPECT_EQ(shared(3, 3), HP_OK);
    EXPECT_EQ(shared(300, 300), HP_LIMIT);
}

TEST(Pstats, TellsItsProgressAndCanBeCancelled)
{
    struct Progress {
        uint64_t done, total;
        int left;
    };
    std::vector<std::string> entries;
    hp_progress *report = [](void *context, uint64_t done, uint64_t total) {
        Progress *progress = static_cast<Progress *>(context);

        EXPECT_GT(done, progress->done);
        EXPECT_LE(done, total);
        progress->done = done;
        progress->total = total;
        return progress->left-- > 0;
    };

    for (int i = 0; i < 5000; i++)
        entries.push_back(entry(std::to_string(i), 1, 0, 0));

    std::string bytes = dict(entries);

    for (int left : {1, 100}) {
        hotprof::profile_ptr profile(hp_profile_new());
        Progress progress = {0, 0, left};
        hp_load_options options = HP_LOAD_OPTIONS_INIT;

        options.progress = report;
        options.progress_context = &progress;

        EXPECT_EQ(hp_profile_load_bytes(profile.get(), "test", bytes.data(), bytes.size(), &options,
                                        nullptr),
                  left == 1 ? HP_CANCELLED : HP_OK);
        EXPECT_EQ(progress.total, bytes.size());
    }
}

} // namespace
