// SPDX-License-Identifier: MIT
/* Single rules, each with logs that are about nothing else. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/reference_reader.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

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

/* The format allows none here. But if there is one, it is not thrown away. */
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

/* Also after many changes: a short counter of them would come back to its old value. */
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

/* What was read before must not change what is read now, even where memory is used again. */
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
                       {"../../..", "/"},
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

TEST(FileNames, OfNothingAndOfNoDirectoryAreTwo)
{
    LogWriter log;
    for (const char *name : {"", ".", "a/.."})
        log.define_file(0, name).define_function(0, 1, "f").enter(0, 1, 1).exit(2);
    const Facts facts = facts_of(log);
    EXPECT_EQ(facts.functions.at({"", 1, "f"}).calls, 1u);
    EXPECT_EQ(facts.functions.at({".", 1, "f"}).calls, 2u);
}

TEST(WindowsClock, IsConvertedAsItRuns)
{
    /* Three ticks of a third of a second each: rounding them one by one would lose a nanosecond. */
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

TEST(CoverageLog, IsToldByItsHeaderAlone)
{
    for (const char *later : {"no", "yes"}) {
        LogWriter log = two_functions(false, false);
        log.frame_times(false).enter(0, 1, 0).line(2, 0);
        log.info("requested-line-events", later).line(3, 0).exit(0);
        EXPECT_TRUE(facts_of(log).coverage) << later;
    }
}

TEST(CoverageLog, IsNoneIfALineStandsBeforeItsFunction)
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "m.py").define_function(0, 10, "g");
    log.frame_times(false).enter(0, 10, 0).line(9, 0).exit(0);
    EXPECT_FALSE(facts_of(log).coverage);
}

/* --- Hostile logs ------------------------------------------------------------------------- */

/* Loads a log of some definitions and these bytes behind them. */
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
    const std::string file = "\x43", rest = "\x05\x01h";
    for (const std::string &raw :
         {line + too_long + '\x01', line + endless, file + too_long + rest}) {
        const Loaded loaded = load_after_definitions(raw);
        EXPECT_EQ(loaded.status, HP_CORRUPT);
        EXPECT_NE(std::string(loaded.error.message).find("found a number of more than 64 bits"),
                  std::string::npos)
            << loaded.error.message;
        EXPECT_EQ(facts_of_profile(loaded.profile.get()).events, 1u);
    }
    EXPECT_EQ(load_after_definitions(file + longest + rest).status, HP_OK);
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
    /* 2^64 - 1 microseconds are more than 64 bits of nanoseconds. */
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

} // namespace
