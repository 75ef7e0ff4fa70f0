// SPDX-License-Identifier: MIT
#include "support/pstats_dump.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

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

/* The facts of a dump, and which functions are in recursion with each other. */
class Facts
{
  public:
    explicit Facts(const json &facts) : functions_(facts["functions"])
    {
        std::map<Key, std::set<Key>> callers;

        for (const json &function : functions_)
            for (const json &caller : function["callers"])
                callers[key_of(function)].insert(key_of(caller));
        for (const json &function : functions_) {
            std::vector<Key> left = {key_of(function)};
            std::set<Key> &found = reached_[left[0]];

            while (!left.empty()) {
                const Key key = left.back();

                left.pop_back();
                for (const Key &caller : callers[key])
                    if (found.insert(caller).second)
                        left.push_back(caller);
            }
        }
    }
    const json &functions() const
    {
        return functions_;
    }
    /* Whether a caller of a function is called by it, directly or through others. */
    bool is_inner(const Key &caller, const Key &callee) const
    {
        return reached_.at(caller).count(callee) > 0;
    }

  private:
    json functions_;
    std::map<Key, std::set<Key>> reached_;
};

bool is_timed(const json &function)
{
    return function["callers"].empty() || !function["callers"][0]["value"].is_number();
}

/* Of a function's calls: what those from outside of its recursion cost is recorded. The others
 * share what is left, in proportion; if none of them can be primitive, they have nothing of it. */
void expect_measured(const Facts &facts, const json &fact, const Function &function)
{
    const Key callee = key_of(fact);
    uint64_t left = function.inclusive, outermost = function.callers.at(interpreter).count;
    double inner = 0;

    for (const json &caller : fact["callers"])
        if (!facts.is_inner(key_of(caller), callee)) {
            left -= nanoseconds(caller["value"][3]);
            outermost += caller["value"][0].get<uint64_t>();
        } else if (key_of(caller) != callee) {
            inner += caller["value"][3].get<double>() * 1e9;
        }
    const bool entered = function.callers.at(interpreter).count > 0;
    const bool nested = function.primitive == outermost;
    /* No dump at hand has a function of which both hold. */
    ASSERT_FALSE(entered && !nested && inner > 0);
    for (const json &caller : fact["callers"]) {
        const Key from = key_of(caller);
        const Call &call = function.callers.at(from);

        EXPECT_EQ(call.count, caller["value"][0].get<uint64_t>());
        EXPECT_FALSE(call.estimated && !facts.is_inner(from, callee));
        if (!facts.is_inner(from, callee))
            EXPECT_EQ(call.cost, nanoseconds(caller["value"][3]));
        else if (from == callee || nested)
            EXPECT_EQ(call.cost, 0u);
        else
            EXPECT_NEAR(static_cast<double>(call.cost),
                        static_cast<double>(left) * caller["value"][3].get<double>() * 1e9 / inner,
                        1);
    }
    EXPECT_EQ(function.callers.at(interpreter).cost, entered ? left : 0);
}

/* The calls share what the function cost by their number; from within its recursion only so many
 * count as can be primitive. */
void expect_estimated(const Facts &facts, const json &fact, const Function &function)
{
    const Key callee = key_of(fact);
    const Call &entered = function.callers.at(interpreter);
    double outer = static_cast<double>(entered.count), inner = 0;

    for (const json &caller : fact["callers"])
        if (!facts.is_inner(key_of(caller), callee))
            outer += caller["value"].get<double>();
        else if (key_of(caller) != callee)
            inner += caller["value"].get<double>();
    const double primitive =
        std::min(inner, std::max(0., static_cast<double>(function.primitive) - outer));
    const double share = static_cast<double>(function.inclusive) / (outer + primitive);
    uint64_t sum = entered.cost;

    for (const json &caller : fact["callers"]) {
        const Key from = key_of(caller);
        const Call &call = function.callers.at(from);
        const double count = caller["value"].get<double>();

        EXPECT_EQ(call.count, caller["value"].get<uint64_t>());
        EXPECT_TRUE(call.estimated);
        if (from == callee)
            EXPECT_EQ(call.cost, 0u);
        else
            EXPECT_NEAR(static_cast<double>(call.cost),
                        facts.is_inner(from, callee) ? share * count * primitive / inner
                                                     : share * count,
                        1);
        sum += call.cost;
    }
    EXPECT_EQ(sum, function.inclusive);
}

/* The module profile has a function of its own at the bottom of the stack, without costs. */
const Key profiler = {"profile", 0, "profiler"};

void expect_facts(const Loaded &loaded, const Facts &facts)
{
    std::map<Key, Function> functions = loaded.functions;
    bool estimated = false;
    uint64_t total = 0;

    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    for (const json &fact : facts.functions()) {
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
        EXPECT_EQ(function.inclusive,
                  callee == profiler ? loaded.total : nanoseconds(fact["inclusive"]));
        total += function.self;
        for (const json &caller : fact["callers"])
            recorded += function.callers.at(key_of(caller)).count;
        EXPECT_EQ(function.callers.size(),
                  fact["callers"].size() + function.callers.count(interpreter));
        EXPECT_EQ(function.callers[interpreter].count, function.calls - recorded);
        if (!is_timed(fact)) {
            estimated = true;
            expect_estimated(facts, fact, function);
        } else if (callee != profiler) {
            expect_measured(facts, fact, function);
        }
    }
    functions.erase(interpreter);
    EXPECT_TRUE(functions.empty());
    EXPECT_EQ(loaded.total, total);
    EXPECT_EQ(loaded.functions.at(interpreter).inclusive, total);
    EXPECT_EQ(loaded.estimated, estimated);
    EXPECT_EQ(loaded.impossible, 0u);
    EXPECT_EQ(loaded.not_recorded, 0u);
    EXPECT_FALSE(loaded.mixed_threads);
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
        expect_facts(load(sample(name + ".prof")), Facts(json::parse(sample(name + ".json"))));
    }
}

TEST(Pstats, TheProfilerOfTheModuleProfileCostsWhatItCalled)
{
    Loaded loaded = load(sample("profile-raw-3.12.prof"));

    EXPECT_EQ(loaded.functions.at(profiler).inclusive, 2094762u);
    EXPECT_EQ(loaded.functions.at(profiler).calls, 0u);
    EXPECT_EQ(loaded.functions.at(profiler).callers.at(interpreter).cost, 2094762u);
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
                ASSERT_LE(function.inclusive, whole.functions.at(key).inclusive);
                if (cut.total >= whole.functions.at(key).inclusive) {
                    ASSERT_EQ(function.inclusive, whole.functions.at(key).inclusive);
                }
            }
            ASSERT_LE(cut.total, whole.total);
            ASSERT_EQ(cut.functions[interpreter].inclusive, cut.total);
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
        EXPECT_EQ(loaded.remarks.rfind("1 impossible number counted as 0; ", 0), 0u);
        EXPECT_EQ(loaded.functions[named("f")].self, 0u);
        EXPECT_EQ(loaded.functions[named("f")].inclusive, 2000000000u);
        EXPECT_EQ(loaded.total, 3000000000u) << "2 s of f are of functions that it called";
    }
    EXPECT_EQ(load(dict({entry("f", 1, -0.4e-9, 1)})).impossible, 0u);
    EXPECT_EQ(load(dict({entry("f", 1, -0.0, 1)})).impossible, 0u);
    EXPECT_EQ(load(dict({entry("f", 2, -1, -1, dict({caller("g", 1), caller("h", 1)}))})).remarks,
              "2 impossible numbers counted as 0; 2 call sites with estimated times");
}

// The timer of a profiler may count anything.
TEST(Pstats, TimesTooLargeForNanosecondsAreInTicks)
{
    const struct {
        double time, more;
        unsigned digits;
        uint64_t ticks, more_ticks;
    } cases[] = {
        {4.5e9, 0.5, 0, 4500000000000000000, 500000000},
        {4.5e9, 0.25e9, 3, 4500000000000000, 250000000000000},
        {1.8e10, 1.8e10, 3, 18000000000000000, 18000000000000000},
        {1e13, 1e7, 6, 10000000000000000, 10000000000},
        {18446744073.709551616, 1, 3, 18446744073709552, 1000000},
    };

    for (const auto &timer : cases) {
        Loaded loaded = load(
            dict({entry("f", 1, timer.time, timer.time), entry("g", 1, timer.more, timer.more)}));

        EXPECT_EQ(loaded.status, HP_OK);
        EXPECT_EQ(loaded.tick_digits, timer.digits) << timer.time;
        EXPECT_EQ(loaded.impossible, 0u);
        EXPECT_EQ(loaded.functions[named("f")].self, timer.ticks) << timer.time;
        EXPECT_EQ(loaded.functions[named("g")].self, timer.more_ticks) << timer.time;
    }

    Loaded largest = load(dict({entry("f", 1, 1e308, 1e308), entry("g", 1, 0.5e308, 0.5e308)}));

    EXPECT_EQ(largest.functions[named("f")].self, 2 * largest.functions[named("g")].self);
    EXPECT_GT(largest.functions[named("g")].self, uint64_t{1} << 50);
    EXPECT_EQ(load(dict({entry("f", 1, 1, 1e300)})).functions[named("f")].inclusive,
              load(dict({entry("f", 1, 1, 1e300)})).total);
}

TEST(Pstats, TicksOfDifferentLengthsAreNotAddedUp)
{
    test::Loaded one = test::load_bytes(dict({entry("f", 1, 1e11, 1e11)}));
    test::Loaded two = test::load_bytes(dict({entry("f", 1, 1e14, 1e14)}));
    test::Loaded same = test::load_bytes(dict({entry("f", 1, 2e11, 2e11)}));

    EXPECT_EQ(hp_profile_merge(one.profile.get(), two.profile.get(), nullptr), HP_MISMATCH);
    EXPECT_EQ(hp_profile_merge(one.profile.get(), same.profile.get(), nullptr), HP_OK);
}

// pyinstrument knows no numbers of calls and writes -1, which Stats.add adds up.
TEST(Pstats, NumbersOfCallsBelowZeroAreUnknown)
{
    for (int64_t count : {-1, -2}) {
        Loaded loaded = load(dict({entry("main", count, 1, 3),
                                   entry("f", count, 2, 2, dict({caller("main", count, 2)}))}));

        EXPECT_EQ(loaded.status, HP_OK);
        EXPECT_EQ(loaded.impossible, 0u);
        EXPECT_FALSE(loaded.mixed_threads);
        EXPECT_EQ(loaded.functions[named("f")].calls, HP_UNKNOWN);
        EXPECT_EQ(loaded.functions[named("f")].primitive, HP_UNKNOWN);
        EXPECT_EQ(loaded.functions[named("f")].callers[named("main")].count, HP_UNKNOWN);
        EXPECT_EQ(loaded.functions[named("f")].callers[named("main")].cost, 2000000000u);
        EXPECT_EQ(loaded.functions[named("f")].callers.count(interpreter), 0u);
        EXPECT_EQ(loaded.functions[named("main")].callers[interpreter].count, HP_UNKNOWN);
        EXPECT_EQ(loaded.functions[named("main")].callers[interpreter].cost, 3000000000u);
        EXPECT_EQ(loaded.remarks, "");
    }
}

// f calls itself, and each frame counts: 3 + 2 + 1 s.
TEST(Pstats, RecursionOfUnknownCountsIsCountedOnce)
{
    Loaded loaded =
        load(dict({entry("main", -1, 0, 3),
                   entry("f", -1, 3, 6, dict({caller("main", -1, 3), caller("f", -1, 3)}))}));

    EXPECT_EQ(loaded.total, 3000000000u);
    EXPECT_EQ(loaded.functions[named("f")].inclusive, 3000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("f")].cost, 0u);
    EXPECT_EQ(loaded.functions.count(not_recorded), 0u);
}

// yappi writes (calls, primitive) where others write (primitive, calls).
TEST(Pstats, PrimitiveCallsAreNotMoreThanCalls)
{
    Loaded loaded =
        load(dict({key("f"), tuple({integer(7), integer(2), seconds(1), seconds(1), "{0"})}));

    EXPECT_EQ(loaded.functions[named("f")].calls, 7u);
    EXPECT_EQ(loaded.functions[named("f")].primitive, 2u);
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

// --- Functions that the dump does not hold ---------------------------------------------------

TEST(Pstats, CallersWithoutAnEntryCostWhatTheyCalled)
{
    Loaded loaded = load(dict({entry("f", 2, 3, 3, dict({caller("a", 1, 1), caller("b", 1, 2)}))}));

    EXPECT_EQ(loaded.total, 3000000000u);
    EXPECT_EQ(loaded.functions[named("a")].inclusive, 1000000000u);
    EXPECT_EQ(loaded.functions[named("a")].calls, 0u);
    EXPECT_EQ(loaded.functions[named("a")].callers[interpreter].cost, 1000000000u);
    EXPECT_EQ(loaded.functions[named("b")].callers[interpreter].cost, 2000000000u);
    EXPECT_EQ(loaded.functions.count(not_recorded), 0u);
}

// main costs 10 s, and it called something for 9 of them.
TEST(Pstats, CallersWithoutAnEntryAreCalledByFunctionsThatLackACost)
{
    Loaded loaded =
        load(dict({entry("main", 1, 1, 10), entry("f", 2, 3, 3, dict({caller("a", 2, 3)}))}));

    EXPECT_EQ(loaded.total, 10000000000u);
    EXPECT_EQ(loaded.functions[interpreter].inclusive, 10000000000u);
    EXPECT_EQ(loaded.functions[named("main")].callers[interpreter].cost, 10000000000u);
    EXPECT_EQ(loaded.functions[not_recorded].callers[named("main")].cost, 9000000000u);
    EXPECT_EQ(loaded.functions[not_recorded].self, 6000000000u);
    EXPECT_EQ(loaded.functions[named("a")].callers[not_recorded].cost, 3000000000u);
    EXPECT_EQ(loaded.functions[named("a")].callers.count(interpreter), 0u);
    EXPECT_EQ(loaded.not_recorded, 6000000000u);
}

// g has the label of a function that was kept. What called it is recorded as calls by the kept one.
TEST(Pstats, CallsByFunctionsThatWereLostAreTakenFromTheKeptOne)
{
    Loaded loaded =
        load(dict({entry("main", 1, 0, 10), entry("g", 1, 1, 2, dict({caller("main", 1, 2)})),
                   entry("f", 3, 6, 6, dict({caller("g", 3, 6)}))}));

    EXPECT_EQ(loaded.total, 10000000000u);
    EXPECT_EQ(loaded.functions[not_recorded].callers[named("main")].cost, 8000000000u);
    EXPECT_EQ(loaded.functions[not_recorded].self, 3000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("g")].cost, 1000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("g")].count, 1u);
    EXPECT_EQ(loaded.functions[named("f")].callers[not_recorded].cost, 5000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers[not_recorded].count, 2u);
    EXPECT_TRUE(loaded.functions[named("f")].callers[not_recorded].estimated);
}

// "[[... for y in x] for x in z]": the inner and the outer function have one label.
TEST(Pstats, PrimitiveCallsOfAFunctionByItselfAreByOneThatWasLost)
{
    Loaded loaded = load("{" + entry("main", 1, 1, 10) +
                         tuple({string("/d/f.py"), integer(7), string("<listcomp>")}) +
                         tuple({integer(5), integer(5), seconds(2), seconds(2),
                                dict({tuple({string("/d/f.py"), integer(7), string("<listcomp>")}),
                                      tuple({integer(5), integer(5), seconds(2), seconds(2)})})}) +
                         "0");
    const Key kept = {"/d/f.py", 7, "<listcomp>"};

    EXPECT_EQ(loaded.total, 10000000000u);
    EXPECT_EQ(loaded.functions[not_recorded].callers[named("main")].cost, 9000000000u);
    EXPECT_EQ(loaded.functions[not_recorded].self, 7000000000u);
    EXPECT_EQ(loaded.functions[kept].callers[not_recorded].cost, 2000000000u);
    EXPECT_EQ(loaded.functions[kept].callers[not_recorded].count, 5u);
    EXPECT_EQ(loaded.functions[kept].callers.count(interpreter), 0u);
}

// Stats.strip_dirs makes one function of a/__init__.py and b/__init__.py, which a imports.
TEST(Pstats, FunctionsThatWereMadeOneAreCountedOnce)
{
    Loaded loaded =
        load(dict({entry("main", 1, 1, 10),
                   entry("f", 2, 9, 13, dict({caller("main", 1, 9), caller("f", 1, 4)}))}));

    EXPECT_EQ(loaded.total, 10000000000u);
    EXPECT_EQ(loaded.functions[named("f")].inclusive, 9000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("main")].cost, 9000000000u);
    EXPECT_EQ(loaded.functions[named("f")].callers[named("f")].cost, 0u);
    EXPECT_EQ(loaded.functions.count(not_recorded), 0u);
}

TEST(Pstats, ADumpThatHasNotRecordedHasItOnce)
{
    const test::Loaded first = test::load_bytes(dict({entry("main", 1, 1, 10)}));
    const std::string written = test::report("pstats", first.profile.get());
    Loaded again = load(written);

    EXPECT_EQ(again.functions.size(), 3u);
    EXPECT_EQ(again.functions[not_recorded].self, 9000000000u);
    EXPECT_EQ(again.functions[not_recorded].calls, HP_UNKNOWN);
    EXPECT_EQ(again.functions[not_recorded].callers[named("main")].count, HP_UNKNOWN);
    EXPECT_EQ(again.total, 10000000000u);
}

// Rounding to nanoseconds, up to half a one each, is no sign of something lost.
TEST(Pstats, RoundingIsNoSignOfLoss)
{
    const double tick = 1 / 3579545.;
    std::vector<std::string> entries = {entry("main", 1, 0, 700 * tick)};

    for (int i = 0; i < 100; i++)
        entries.push_back(
            entry(std::to_string(i), 7, 7 * tick, 7 * tick, dict({caller("main", 7, 7 * tick)})));

    Loaded loaded = load(dict(entries));

    EXPECT_EQ(loaded.functions.count(not_recorded), 0u);
    EXPECT_NEAR(static_cast<double>(loaded.total), 700e9 / 3579545, 50);
    EXPECT_EQ(loaded.functions[interpreter].inclusive, loaded.total);
    EXPECT_EQ(loaded.functions[named("main")].callers[interpreter].cost, loaded.total);
    for (int i = 0; i < 100; i++) {
        const Function function = loaded.functions[named(std::to_string(i))];

        EXPECT_EQ(function.self, function.inclusive);
        EXPECT_EQ(function.callers.at(named("main")).cost, function.inclusive);
        EXPECT_FALSE(function.callers.at(named("main")).estimated);
    }
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
    Loaded loaded = load(dict({entry("f", INT64_MAX, 1.8e10, 1.8e10,
                                     dict({caller("a", INT64_MAX), caller("b", INT64_MAX),
                                           caller("c", INT64_MAX), caller("d", 1)}))}));
    uint64_t sum = 0;

    EXPECT_EQ(loaded.status, HP_OK);
    for (const auto &[from, call] : loaded.functions[named("f")].callers)
        sum += call.cost;
    EXPECT_EQ(sum, loaded.functions[named("f")].inclusive);
    EXPECT_EQ(sum, 18000000000000000u);
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
    const std::string measured =
        dict({entry("f", 1, 1, 1, dict({caller("g", 1, 1)})), entry("g", 1, 0, 1)});
    const std::string estimated =
        dict({entry("f", 1, 1, 1, dict({caller("g", 1)})), entry("g", 1, 0, 1)});
    test::Loaded one = test::load_bytes(measured), two = test::load_bytes(estimated);
    const hp_profile *both = one.profile.get();

    ASSERT_EQ(hp_profile_merge(one.profile.get(), two.profile.get(), nullptr), HP_OK);
    ASSERT_EQ(hp_profile_call_count(both), 2u);
    for (size_t i = 0; i < 2; i++) {
        const hp_call *call = hp_profile_call(both, i);

        EXPECT_EQ(call->estimated,
                  !hp_function_is_interpreter(hp_profile_function(both, call->caller)));
        EXPECT_EQ(*hp_profile_call_inclusive(both, i), 2000000000u);
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

/* Twelve bytes a function, where dumps of programs have 48 at the least. */
TEST(Pstats, MoreFunctionsThanFitAreRefused)
{
    const auto status = [](uint32_t callers) {
        std::vector<std::string> items;
        for (uint32_t i = 0; i < callers; i++)
            items.push_back(")\x03z\0i"s + little_endian(i, 4) + "z\0T"s);
        return load(dict({entry("f", 1, 1, 1, dict(items))})).status;
    };

    EXPECT_EQ(status(2000), HP_OK);
    EXPECT_EQ(status(30000), HP_LIMIT);
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
