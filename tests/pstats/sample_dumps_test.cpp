// SPDX-License-Identifier: MIT
/* Dumps that once came out wrong, with their numbers. */
#include "support/pstats_dump.h"

using namespace pstats;
using namespace std::string_literals;

namespace
{

Loaded sample(const std::string &name)
{
    return load(test::read_file(test::data_path("dumps/" + name)));
}

Key builtin(const std::string &name)
{
    return {"~", 0, "<built-in method " + name + ">"};
}

const Key exec = builtin("builtins.exec");
const Key disable = {"~", 0, "<method 'disable' of '_lsprof.Profiler' objects>"};

Call call_of(const Loaded &loaded, const Key &caller, const Key &callee)
{
    return loaded.functions.at(callee).callers.at(caller);
}

void expect_call(const Loaded &loaded, const Key &caller, const Key &callee, uint64_t count,
                 uint64_t cost, bool estimated = false)
{
    ASSERT_EQ(loaded.functions.count(callee), 1u) << std::get<2>(callee);
    ASSERT_EQ(loaded.functions.at(callee).callers.count(caller), 1u) << std::get<2>(caller);

    const Call call = call_of(loaded, caller, callee);

    EXPECT_EQ(call.count, count) << std::get<2>(caller) << " -> " << std::get<2>(callee);
    EXPECT_EQ(call.cost, cost) << std::get<2>(caller) << " -> " << std::get<2>(callee);
    EXPECT_EQ(call.estimated, estimated) << std::get<2>(caller) << " -> " << std::get<2>(callee);
}

// exec runs the script, which calls exec: the inner call is nested in the outer one.
TEST(SampleDumps, OfExecInExecHaveOneCallOfItThatCosts)
{
    const Loaded loaded = sample("nested-exec.prof");
    const Key outer = {"mini.py", 4, "outer"}, module = {"mini.py", 1, "<module>"};

    EXPECT_EQ(loaded.total, 53523415u);
    EXPECT_EQ(loaded.functions.at(exec).inclusive, 53521932u);
    EXPECT_EQ(loaded.functions.at(interpreter).inclusive, 53523415u);
    expect_call(loaded, interpreter, exec, 1, 53521932);
    expect_call(loaded, interpreter, disable, 1, 1483);
    expect_call(loaded, outer, exec, 1, 0);
    expect_call(loaded, exec, module, 1, 53516020);
    expect_call(loaded, exec, {"<string>", 1, "<module>"}, 1, 21014447);
    EXPECT_EQ(loaded.functions.count(not_recorded), 0u);
    EXPECT_FALSE(loaded.estimated);
    EXPECT_EQ(loaded.remarks, "");
}

// Each of a and b is called 20 times from outside, for which the costs are recorded.
TEST(SampleDumps, OfMutualRecursionHaveTheCostsFromOutsideAndShareTheRest)
{
    const Loaded loaded = sample("mutual-recursion.prof");
    const Key module = {"r11_script.py", 1, "<module>"}, a = {"r11_script.py", 1, "a"},
              b = {"r11_script.py", 5, "b"};

    EXPECT_EQ(loaded.total, 178224555u);
    EXPECT_EQ(loaded.functions.at(a).inclusive, 152899454u);
    EXPECT_EQ(loaded.functions.at(b).inclusive, 178063960u);
    expect_call(loaded, module, a, 20, 90105649);
    expect_call(loaded, module, b, 20, 87985523);
    expect_call(loaded, b, a, 160, 152899454 - 90105649);
    expect_call(loaded, a, b, 160, 178063960 - 87985523);
    expect_call(loaded, interpreter, exec, 1, 178223713);
    EXPECT_FALSE(loaded.estimated);
}

// f calls g, which calls f back. The same was recorded by hotshot, which knows every call.
TEST(SampleDumps, OfRecursionByTurnsAreWhatHotshotRecords)
{
    const Loaded loaded = sample("recursion-by-turns.prof");
    const Key f = {"rec2.py", 2, "f"}, g = {"rec2.py", 5, "g"}, sleep = {"~", 0, "<time.sleep>"};

    EXPECT_EQ(loaded.total, 43444000u);
    expect_call(loaded, interpreter, f, 1, 43444000);
    expect_call(loaded, f, g, 2, 33301000);
    expect_call(loaded, g, f, 2, 0);
    expect_call(loaded, f, sleep, 3, 32030000);
    expect_call(loaded, g, sleep, 2, 11324000);
    EXPECT_FALSE(loaded.estimated);
}

// Six code objects are "<module> (<string>:1)"; the dump has the last one, of 161 ms.
TEST(SampleDumps, OfEqualLabelsHaveWhatWasLost)
{
    const Loaded loaded = sample("same-label.prof");
    const Key kept = {"<string>", 1, "<module>"}, script = {"lost.py", 1, "<module>"};
    const Function lost = loaded.functions.at(not_recorded);

    EXPECT_EQ(loaded.total, 856547533u);
    EXPECT_EQ(loaded.functions.at(kept).inclusive, 161345037u);
    expect_call(loaded, exec, kept, 1, 161345037);
    expect_call(loaded, interpreter, exec, 1, 856547203);
    expect_call(loaded, script, exec, 6, 0);
    EXPECT_EQ(lost.self, 856547533u - 166203679u);
    EXPECT_EQ(lost.inclusive, lost.self);
    EXPECT_EQ(lost.calls, HP_UNKNOWN);
    EXPECT_EQ(lost.callers.at(exec).cost + lost.callers.at(script).cost, lost.self);
    EXPECT_TRUE(lost.callers.at(exec).estimated);
    EXPECT_EQ(loaded.not_recorded, lost.self);
    EXPECT_NE(loaded.remarks.find("81 % (0.690 s) belongs to functions that the dump does not "
                                  "hold: of several with one file, line and name cProfile keeps "
                                  "one"),
              std::string::npos)
        << loaded.remarks;
}

// Runs of real programs: most of their functions are in one recursion, by the import of modules.
TEST(SampleDumps, OfProgramsCostWhatTheRunTook)
{
    const struct {
        const char *name;
        uint64_t total, lost;
        const char *remark;
    } programs[] = {
        {"pip.prof.gz", 4242731736, 5453591, "0.13 % (0.005 s)"},
        {"unittest-3.8.prof.gz", 79280675, 8171, "0.01 % (8 us)"},
    };

    for (const auto &program : programs) {
        const Loaded loaded = sample(program.name);

        EXPECT_EQ(loaded.total, program.total) << program.name;
        EXPECT_EQ(loaded.functions.at(interpreter).inclusive, program.total) << program.name;
        EXPECT_EQ(loaded.functions.at(not_recorded).self, program.lost) << program.name;
        EXPECT_NE(loaded.remarks.find(program.remark), std::string::npos) << loaded.remarks;
    }
}

TEST(SampleDumps, OfProgramsThatImportAreAllOfTheInterpreters)
{
    const Loaded loaded = sample("pip.prof.gz");

    expect_call(loaded, interpreter, exec, 1, 4242731326);
    expect_call(loaded, interpreter, disable, 1, 410);
    EXPECT_EQ(loaded.functions.at(exec).inclusive, 4242731326u);
}

// Python 3.12 takes the calls of all threads for those of one.
TEST(SampleDumps, OfMixedThreadsAreSaidToBeUnreliable)
{
    const Loaded loaded = sample("threads-3.12.prof.gz");
    const Key step = {"thr.py", 5, "step"}, main = {"thr.py", 8, "main"};

    EXPECT_TRUE(loaded.mixed_threads);
    EXPECT_NE(loaded.remarks.find("the calls of several threads are mixed: callers are wrong"),
              std::string::npos)
        << loaded.remarks;
    EXPECT_EQ(loaded.total, 508311843u);
    EXPECT_EQ(loaded.functions.at(interpreter).inclusive, loaded.total);
    EXPECT_EQ(loaded.functions.at(step).calls, 105240u);
    EXPECT_EQ(loaded.functions.count(not_recorded), 0u);
    EXPECT_EQ(loaded.functions.at(main).calls, 1u);
    for (const auto &[key, function] : loaded.functions) {
        EXPECT_LE(function.inclusive, loaded.total) << std::get<2>(key);
        for (const auto &[from, call] : function.callers)
            EXPECT_TRUE(call.estimated) << std::get<2>(from) << " -> " << std::get<2>(key);
    }
}

// python -m profile has a code object in place of a name.
class DumpOfPythonMProfile : public testing::TestWithParam<std::string>
{
};

TEST_P(DumpOfPythonMProfile, HasANameForTheCodeThatItRan)
{
    const Loaded loaded = sample("python-m-profile-" + GetParam() + ".prof");
    const Key code = {"profile", 0, "<module> (r01_script.py:1)"},
              profiler = {"profile", 0, "profiler"}, module = {"r01_script.py", 1, "<module>"},
              leaf = {"r01_script.py", 1, "leaf"}, work = {"r01_script.py", 5, "work"};

    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    expect_call(loaded, interpreter, profiler, 0, loaded.total);
    expect_call(loaded, profiler, code, 1, loaded.total, true);
    EXPECT_EQ(loaded.functions.at(profiler).inclusive, loaded.total);
    EXPECT_EQ(loaded.functions.at(code).inclusive, loaded.total);
    EXPECT_EQ(loaded.functions.at(module).calls, 1u);
    EXPECT_EQ(loaded.functions.at(work).calls, 1u);
    EXPECT_EQ(loaded.functions.at(leaf).calls, 10u);
}

INSTANTIATE_TEST_SUITE_P(, DumpOfPythonMProfile,
                         testing::Values("2.7", "3.6", "3.9", "3.10", "3.12", "3.13"),
                         [](const auto &info) {
                             return test::test_name(info.param);
                         });

// A timer of nanoseconds: its numbers stand for seconds, which nanoseconds are too fine for.
TEST(SampleDumps, OfATimerOfNanosecondsKeepTheirShares)
{
    const Loaded loaded = sample("profile-ns-timer.prof");
    const Key module = {"m.py", 1, "<module>"}, a = {"m.py", 5, "a"}, b = {"m.py", 9, "b"};

    EXPECT_EQ(loaded.tick_digits, 3u);
    EXPECT_EQ(loaded.impossible, 0u);
    EXPECT_EQ(loaded.total, 40000000000000000u);
    EXPECT_EQ(loaded.functions.at(module).self, 1000000000000000u);
    EXPECT_EQ(loaded.functions.at(a).self, 24000000000000000u);
    EXPECT_EQ(loaded.functions.at(b).self, 15000000000000000u);
    expect_call(loaded, interpreter, module, 1, 40000000000000000);
    expect_call(loaded, module, a, 1, 39000000000000000, true);
    expect_call(loaded, a, b, 3, 15000000000000000, true);
    EXPECT_EQ(loaded.remarks, "2 call sites with estimated times; "
                              "times are too large for nanoseconds: a tick is 10^3 ns");
}

TEST(SampleDumps, WithCountsOfMinusOneHaveUnknownCounts)
{
    const Loaded loaded = sample("pyinstrument-style.prof");
    const Key module = {"m.py", 1, "<module>"}, a = {"m.py", 5, "a"}, b = {"m.py", 9, "b"};

    EXPECT_EQ(loaded.impossible, 0u);
    EXPECT_EQ(loaded.remarks, "");
    EXPECT_EQ(loaded.total, 1000000000u);
    EXPECT_EQ(loaded.functions.at(a).calls, HP_UNKNOWN);
    EXPECT_EQ(loaded.functions.at(a).primitive, HP_UNKNOWN);
    expect_call(loaded, interpreter, module, HP_UNKNOWN, 1000000000);
    expect_call(loaded, module, a, HP_UNKNOWN, 900000000);
    expect_call(loaded, a, b, HP_UNKNOWN, 500000000);
    EXPECT_EQ(loaded.functions.at(a).callers.size(), 1u);
}

// 1 ms of main is neither its own nor that of a call.
TEST(SampleDumps, WithInclusiveTimesAboveTheTotalHaveAHigherTotal)
{
    const Loaded loaded = sample("inclusive-over-total.prof");
    const Key main = {"a.py", 1, "main"}, leaf = {"a.py", 5, "leaf"};

    EXPECT_EQ(loaded.total, 1001000000u);
    expect_call(loaded, interpreter, main, 1, 1001000000);
    expect_call(loaded, main, leaf, 1, 600000000);
    expect_call(loaded, main, not_recorded, HP_UNKNOWN, 1000000);
    EXPECT_EQ(loaded.functions.at(not_recorded).self, 1000000u);
}

TEST(SampleDumps, WithoutCallsAreAllOfTheInterpreters)
{
    const Loaded loaded = sample("without-calls.prof");

    EXPECT_EQ(loaded.total, 2000000000u);
    expect_call(loaded, interpreter, {"b.py", 1, "main"}, 1, 2000000000);
}

// --- Names that are not UTF-8 ----------------------------------------------------------------

const std::string file = "/home/user/\xe9t\xe9.py";

TEST(NamesOfBytes, AreTheBytes)
{
    const Loaded loaded = sample("surrogate-file-name.prof");

    EXPECT_EQ(loaded.functions.count({file, 1, "<module>"}), 1u);
    EXPECT_EQ(loaded.functions.count({file, 3, "f"}), 1u);
    EXPECT_EQ(loaded.total, 50245751u);
}

std::string key_of(char type, const std::string &name)
{
    return tuple({type + little_endian(name.size(), 4) + name, integer(3), string("f")});
}

TEST(NamesOfBytes, AreThoseOfPython2)
{
    const std::string facts = tuple({integer(1), integer(1), seconds(1), seconds(1), "{0"});
    test::Loaded python2 = test::load_bytes("{" + key_of('s', file) + facts + "0");
    const test::Loaded python3 = test::load_file(test::data_path("dumps/surrogate-file-name.prof"));

    ASSERT_EQ(python2.status, HP_OK) << python2.error.message;
    const size_t functions = hp_profile_function_count(python3.profile.get());
    ASSERT_EQ(hp_profile_merge(python2.profile.get(), python3.profile.get(), nullptr), HP_OK);
    EXPECT_EQ(hp_profile_function_count(python2.profile.get()), functions);
}

TEST(NamesOfBytes, AreWrittenBackAsTheyCame)
{
    const std::string dump = test::read_file(test::data_path("dumps/surrogate-file-name.prof"));
    const std::string recorded = "/home/user/\xed\xb3\xa9t\xed\xb3\xa9.py";

    ASSERT_NE(dump.find(recorded), std::string::npos);
    const std::string written = test::report("pstats", test::load_bytes(dump).profile.get());
    EXPECT_NE(written.find("t" + little_endian(recorded.size(), 4) + recorded), std::string::npos);
    EXPECT_EQ(written.find("\\x"), std::string::npos);
}

// Also what looks like the text of such a byte but is not.
TEST(NamesOfBytes, ComeBackWhateverTheyAre)
{
    std::string bytes;
    for (int byte = 0x80; byte < 0x100; byte++)
        bytes += static_cast<char>(byte);
    for (const std::string &name : {bytes, "caf\xc3\xa9"s, "\xed\xa0\x80"s, "\xed\xb3\xa9"s,
                                    "\xed\xb2"s, "\\xe9"s, "\xed"s}) {
        const std::string facts = tuple({integer(1), integer(1), seconds(1), seconds(1), "{0"});
        const test::Loaded loaded = test::load_bytes("{" + key_of('s', name) + facts + "0");
        const Loaded again = load(test::report("pstats", loaded.profile.get()));

        EXPECT_EQ(again.functions.count({name, 3, "f"}), 1u)
            << test::report("json", loaded.profile.get());
    }
}

TEST(NamesOfBytes, StandForThemselvesOnlyInText)
{
    const std::string facts = tuple({integer(1), integer(1), seconds(1), seconds(1), "{0"});
    const std::string text = "\xed\xb2\x80\xed\xb3\xbf\xed\xb4\x80\xed\xb1\xbf";

    for (const char type : {'u', 't'})
        EXPECT_EQ(load("{" + key_of(type, text) + facts + "0")
                      .functions.count({"\x80\xff\xed\xb4\x80\xed\xb1\xbf", 3, "f"}),
                  1u);
    EXPECT_EQ(load("{" + key_of('s', text) + facts + "0").functions.count({text, 3, "f"}), 1u);
}

} // namespace
