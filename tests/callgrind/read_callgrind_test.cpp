// SPDX-License-Identifier: MIT
/* What the lines of a callgrind file become. */
#include "support/log_writer.h"
#include "support/pstats_dump.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace
{

using namespace test;
using Numbers = std::vector<uint64_t>;

const std::string header = "# callgrind format\nversion: 1\nevents: Ir\n";

/* Finds things in a profile by their names. */
class Read
{
  public:
    explicit Read(const std::string &text) : loaded(load_bytes(text, "callgrind.out")) {}
    const hp_profile *profile() const
    {
        return loaded.profile.get();
    }
    std::string message() const
    {
        return loaded.error.message;
    }
    /* What there is to say of the file besides damage. */
    std::string remarks() const
    {
        hp_input input = *hp_profile_input(profile(), 0);
        hp_error_clear(&input.error);
        char text[200];
        hp_input_remarks(&input, text, sizeof text);
        return text;
    }
    Numbers total() const
    {
        return numbers(hp_profile_total(profile()));
    }
    hp_function_id find(const std::string &name, const std::string &file = "*",
                        const std::string &object = "*") const
    {
        for (hp_function_id id = 0; id < hp_profile_function_count(profile()); id++) {
            const hp_function *function = hp_profile_function(profile(), id);
            if (name == function->name.data && (file == "*" || file == function->file.data) &&
                (object == "*" || object == function->object.data))
                return id;
        }
        throw std::runtime_error("no function " + name);
    }
    const hp_function &function(const std::string &name) const
    {
        return *hp_profile_function(profile(), find(name));
    }
    Numbers self(const std::string &name) const
    {
        return numbers(hp_profile_function_self(profile(), find(name)));
    }
    Numbers inclusive(const std::string &name) const
    {
        return numbers(hp_profile_function_inclusive(profile(), find(name)));
    }
    std::map<uint64_t, Numbers> lines(const std::string &name) const
    {
        std::map<uint64_t, Numbers> result;
        for (size_t i = 0; i < hp_profile_line_count(profile()); i++)
            if (hp_profile_line(profile(), i)->function == find(name))
                result[hp_profile_line(profile(), i)->line] =
                    numbers(hp_profile_line_self(profile(), i));
        return result;
    }

    Loaded loaded;

  private:
    Numbers numbers(const uint64_t *costs) const
    {
        return Numbers(costs, costs + hp_profile_event_count(profile()));
    }
};

using Lines = std::map<uint64_t, Numbers>;

std::string format_of(const std::string &head)
{
    const hp_format *found =
        hp_format_recognise(head.data(), std::min<size_t>(head.size(), HP_HEAD_SIZE));
    return found ? found->name : "";
}

TEST(CallgrindFile, IsRecognisedByItsContent)
{
    for (const std::string &head : {
             std::string("# callgrind format\n"),
             std::string("\xef\xbb\xbf# callgrind format\n"),
             std::string("version: 1\ncreator: x\nevents: Ir Dr\n"),
             std::string("version: 1\r\ncreator: x\r\nevents: Ir\r\n\r\nfl=a\r\n"),
             std::string("desc: I1\ncmd: ls\nevents: Ir \nfl=a\n"),
             std::string("events: Ir\n\nfn=x\n"),
             std::string("events: cpu(ms) cycles:u\n\nob=x\n"),
             std::string("events: \xc2\xb5s\nsummary: 5\nfl=x\n"),
             std::string("date: today\nevents: Ir\nfn=x\n"),
             std::string("events: Ir\n5 1\n"),
             std::string("\n==== NEW PROFILING FILE ====\nversion: 0.9.6\nevents: Time\n"),
             "cmd: x\ndesc: " + std::string(5000, 'x'),
             "version: 1\nevents: Ir\ncmd: " + std::string(5000, 'x'),
             gzip(header),
         })
        EXPECT_EQ(format_of(head), "callgrind") << head;
}

TEST(CallgrindFile, IsNotSeenInOurFoldedStacks)
{
    EXPECT_EQ(format_of("# hotprof: folded;event=A;unit=count;\nevents: 1\n# hotprof: total=1;\n"),
              "folded");
}

TEST(CallgrindFile, IsNotSeenInOtherTexts)
{
    for (const std::string &head : {
             std::string("version: 1\nevents:\n  - push\n"),
             std::string("version: 1\nname: x\nevents: Ir\n"),
             std::string("version: 1\nevents: [push]\n"),
             std::string("version: 1\nevents: [push, pull]\njobs:\n"),
             std::string("events: push\non: all\n"),
             std::string("events: push\nHello\nfn=f\n"),
             std::string("events: what happened: much\n\n1 2\n"),
             std::string("Subject: a\nevents: b\n\nHello\n"),
             std::string("fn=f\nevents: Ir\n"),
             std::string("desc: a text"),
             std::string("Dear events: Ir\n"),
             std::string("{\"events\": 1}\n"),
             std::string("\n\n"),
             std::string(),
             "name: x\ndesc: " + std::string(5000, 'x'),
         })
        EXPECT_EQ(format_of(head), "") << head;
}

TEST(Costs, ThatAreLeftOutAreZeroAndMayBeHexadecimal)
{
    const Read read("events: Ir Dr Dw\n\nfl=a.c\nfn=f\n7 1\n8 0x1f 2\n9\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.lines("f"), (Lines{{7, {1, 0, 0}}, {8, {31, 2, 0}}}));
    EXPECT_EQ(read.total(), (Numbers{32, 2, 0}));
}

TEST(Positions, AreRelativeToTheLastOne)
{
    const Read read(header + "fn=f\n10 1\n+5 2\n-3 4\n* 8\nfn=g\n+1 16\n");
    EXPECT_EQ(read.lines("f"), (Lines{{10, {1}}, {15, {2}}, {12, {12}}}));
    EXPECT_EQ(read.lines("g"), (Lines{{13, {16}}}));
}

TEST(Positions, OfInstructionsAreDropped)
{
    const Read both("positions: instr line\nevents: Ir\nfn=f\n0xff00 3 1\n+4 +1 2\n-1 * 4\n");
    EXPECT_EQ(both.lines("f"), (Lines{{3, {1}}, {4, {6}}}));
    const Read alone("positions: instr\nevents: Ir\nfn=f\n0xff00 1\n+4 2\n");
    EXPECT_EQ(alone.lines("f"), (Lines{{0, {3}}}));
}

TEST(Names, MayBeCompressedByKind)
{
    const Read read(header + "ob=(1) /bin/x\nfl=(1) a.c\nfn=(1) f\n1 1\ncfn=(2) g\ncalls=1 5\n"
                             "1 2\nfl=(2) b.c\nfn=(2)\n5 2\nfn=(below main)\n1 1\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_NO_THROW(read.find("f", "a.c", "/bin/x"));
    EXPECT_NO_THROW(read.find("g", "b.c", "/bin/x"));
    EXPECT_NO_THROW(read.find("(below main)", "b.c", "/bin/x"));
}

TEST(Names, OfANumberStandForOneFunction)
{
    const Read read(header + "fl=(1) a.c\nfn=(1) f\n1 1\nfl=(2) b.c\nfn=(1)\n7 2\n"
                             "fi=(3) ???\ncfn=(1)\ncalls=1 1\n9 4\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(hp_profile_function_count(read.profile()), 1u);
    EXPECT_NO_THROW(read.find("f", "a.c"));
    EXPECT_EQ(read.lines("f"), (Lines{{1, {1}}, {0, {2}}}));
    EXPECT_EQ(read.function("f").calls, 1u);
}

/* yappi defines all functions below its last file, callgrind 3.10 some in no file. */
TEST(Names, MoveToTheFileOfTheFirstCosts)
{
    const Read read(header + "fl=(1) a.c\nfl=(2) b.c\nfn=(1) f\nfn=(2) g\n"
                             "fl=(1)\nfn=(1)\n3 1\ncfn=(2)\ncalls=5 0\n4 8\n"
                             "cfn=(3) h\ncalls=6 0\n5 16\n"
                             "fl=(2)\nfn=(3)\n6 16\nfl=(3) c.c\nfn=(2)\n7 8\n"
                             "fl=(1)\nfn=(2)\n8 32\n");
    EXPECT_EQ(read.message(), "");
    ASSERT_EQ(hp_profile_function_count(read.profile()), 3u);
    EXPECT_NO_THROW(read.find("f", "a.c"));
    EXPECT_NO_THROW(read.find("g", "c.c"));
    EXPECT_NO_THROW(read.find("h", "b.c"));
    EXPECT_EQ(read.lines("g"), (Lines{{7, {8}}, {0, {32}}}));
    EXPECT_EQ(read.function("g").calls, 5u);
    EXPECT_EQ(read.function("h").calls, 6u);
    EXPECT_EQ(read.inclusive("h"), Numbers{16});
}

TEST(Names, ThatTwoNumbersShareDoNotMove)
{
    const Read read(header + "fl=a.c\nfn=main\n1 1\nfi=???\ncfn=(1) f\ncalls=2 0\n0 4\n"
                             "cfn=(2) f\ncalls=3 0\n0 8\nfl=b.c\nfn=(1)\n5 4\n"
                             "fl=c.c\nfn=(2)\n6 8\n");
    EXPECT_EQ(hp_profile_function_count(read.profile()), 2u);
    EXPECT_EQ(read.function("f").calls, 5u);
    EXPECT_EQ(read.self("f"), Numbers{12});
    EXPECT_EQ(read.inclusive("f"), Numbers{12});
}

TEST(Names, MoveBackAndForthWithAllCalls)
{
    const Read read(header + "fl=a.c\nfn=main\n1 1\ncfn=(1) f\ncalls=2 0\n0 4\n"
                             "fl=b.c\nfn=(1)\nfl=a.c\nfn=main\ncfn=(1)\ncalls=3 0\n0 8\n"
                             "fn=(1)\nfl=c.c\nfn=(1)\n3 12\n");
    EXPECT_EQ(hp_profile_function_count(read.profile()), 2u);
    EXPECT_NO_THROW(read.find("f", "c.c"));
    EXPECT_EQ(read.function("f").calls, 5u);
}

TEST(Names, OfNumbersThatAreNotDefinedAreUnknown)
{
    const Read read(header + "ob=(1) A\nfl=(1) a.c\nfn=(1) f\n1 1\ncob=(8)\ncfi=(9)\ncfn=(2) g\n"
                             "calls=1 5\n2 2\ncfn=(7)\ncalls=1 1\n3 4\nfl=(6)\nfn=h\n4 8\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_NO_THROW(read.find("g", "", ""));
    EXPECT_NO_THROW(read.find("???", "a.c", "A"));
    EXPECT_NO_THROW(read.find("h", "", "A"));
    EXPECT_EQ(read.total(), Numbers{9});
    EXPECT_EQ(read.remarks(), "4 undefined names");
}

TEST(Names, AreUnknownWhereCostsHaveNone)
{
    const Read read(header + "fl=a.c\n1 3\nfn=f\n4 5\nob=A\n5 7\n6 11\nfn=\n8 1\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(hp_profile_function_count(read.profile()), 3u);
    EXPECT_EQ(read.self("f"), Numbers{5});
    EXPECT_NO_THROW(read.find("???", "a.c", ""));
    EXPECT_EQ(read.total(), Numbers{27});
    EXPECT_EQ(read.remarks(), "2 undefined names");
}

TEST(Names, UnknownOfFilesAndObjectsAreEmpty)
{
    const Read read(header + "ob=(1) ???\nfl=(1) ???\nfn=(1) ???\n1 1\n");
    EXPECT_NO_THROW(read.find("???", "", ""));
}

TEST(Names, OfCalleesAreInTheFileAndObjectNamedBeforeOrTheCurrentOnes)
{
    const Read read(header + "ob=A\nfl=a.c\nfn=f\ncob=B\ncfi=b.c\ncfn=g\ncalls=1 1\n1 1\n"
                             "cfn=h\ncalls=1 1\n1 1\nfi=i.h\ncfl=c.c\ncfn=i\ncalls=1 1\n1 1\n"
                             "cfn=j\ncob=C\ncfi=d.c\ncalls=1 1\n1 1\n"
                             "cob=D\ncfn=k\ncfn=l\ncalls=1 1\n1 1\ncfn=m\ncalls=1 1\n1 1\n");
    EXPECT_NO_THROW(read.find("j", "i.h", "A"));
    EXPECT_NO_THROW(read.find("l", "i.h", "D"));
    EXPECT_NO_THROW(read.find("m", "i.h", "A"));
    EXPECT_NO_THROW(read.find("g", "b.c", "B"));
    EXPECT_NO_THROW(read.find("h", "a.c", "A"));
    EXPECT_NO_THROW(read.find("i", "c.c", "A"));
}

TEST(Functions, AreToldApartByTheirObject)
{
    const Read read(header + "ob=A\nfl=a.c\nfn=f\n1 1\nob=B\nfn=f\n1 2\n");
    EXPECT_NE(read.find("f", "a.c", "A"), read.find("f", "a.c", "B"));
    const std::string report = test::report("callgrind", read.loaded.profile.get());
    EXPECT_NE(report.find("\nob=(1) A\n"), std::string::npos) << report;
    EXPECT_NE(report.find("\nob=(2) B\n"), std::string::npos) << report;
}

TEST(InlinedCode, StandsOnLineZeroOfTheFunctionItIsIn)
{
    const Read read(header + "fl=a.c\nfn=f\n3 1\nfi=a.h\n90 2\ncfi=b.c\ncfn=g\ncalls=1 9\n91 4\n"
                             "fe=a.c\n4 8\nfi=a.h\n92 16\nfn=h\n5 32\n");
    EXPECT_EQ(read.lines("f"), (Lines{{3, {1}}, {0, {18}}, {4, {8}}}));
    EXPECT_EQ(read.lines("h"), (Lines{{5, {32}}}));
    EXPECT_NO_THROW(read.find("h", "a.c"));
    EXPECT_EQ(hp_profile_call(read.profile(), 0)->line, 0u);
}

TEST(LinesAndCalls, ThatComeAgainLaterAreAddedUp)
{
    std::string once, text = header;
    for (int line = 1; line <= 5000; line++)
        once += std::to_string(line) + " 1\ncfn=g\ncalls=2 1\n" + std::to_string(line % 3) + " 5\n";
    for (const char *function : {"f", "h", "f", "f"})
        text += "fn=" + std::string(function) + "\n" + once;
    const Read read(text);
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.total(), Numbers{20000});
    EXPECT_EQ(read.lines("f").size(), 5000u);
    EXPECT_EQ(read.lines("f").at(4321), Numbers{3});
    EXPECT_EQ(read.lines("h").at(4321), Numbers{1});
    EXPECT_EQ(hp_profile_line_count(read.profile()), 10000u);
    ASSERT_EQ(hp_profile_call_count(read.profile()), 6u);
    EXPECT_EQ(hp_profile_call(read.profile(), 1)->count, 3 * 2 * 1667u);
    EXPECT_EQ(hp_profile_call_inclusive(read.profile(), 1)[0], 3 * 5 * 1667u);
}

TEST(Numbers, OfNamesMayBeAnything)
{
    const Read read(header + "fn=(18446744073709551615) f\n1 2\nfn=(0) g\n1 4\nfn=(7) h\n1 8\n"
                             "fn=(18446744073709551615)\n2 16\nfn=(0)\n2 32\nfn=(7)\n1 64\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.self("f"), Numbers{18});
    EXPECT_EQ(read.self("g"), Numbers{36});
    EXPECT_EQ(read.self("h"), Numbers{72});
}

TEST(Jumps, ArePassedOver)
{
    const Read read(header + "fl=a.c\nfn=f\n3 1\njump=9 8\n4\njfi=(1) j.c\njfn=(1) j\n"
                             "jcnd=1/2 +3\n* 7\nfl=(1)\nfn=(1)\n+1 2\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.total(), Numbers{3});
    EXPECT_EQ(read.lines("j"), (Lines{{5, {2}}}));
}

TEST(Calls, TellWhatFunctionsCostInclusively)
{
    const Read read(header + "fn=main\n1 1\ncfn=f\ncalls=2 5\n2 30\ncfn=g\ncalls=1 9\n3 4\n"
                             "fn=f\n5 22\ncfn=g\ncalls=2 9\n6 8\nfn=g\n9 12\n");
    EXPECT_EQ(read.inclusive("main"), Numbers{35});
    EXPECT_EQ(read.inclusive("f"), Numbers{30});
    EXPECT_EQ(read.inclusive("g"), Numbers{12});
    EXPECT_EQ(read.function("main").calls, 0u);
    EXPECT_EQ(read.function("f").calls, 2u);
    EXPECT_EQ(read.function("g").calls, 3u);
    EXPECT_EQ(read.function("g").primitive, 3u);
}

TEST(Calls, OfAFunctionByItselfAddNothing)
{
    const Read read(header + "fn=main\n1 1\ncfn=f\ncalls=1 5\n2 20\nfn=f\n5 20\n"
                             "cfn=f\ncalls=9 5\n6 90\n");
    EXPECT_EQ(read.inclusive("f"), Numbers{20});
    EXPECT_EQ(read.function("f").calls, 10u);
    EXPECT_EQ(read.function("f").primitive, 1u);
}

TEST(Calls, OnlyOfAFunctionByItselfLeaveNoInclusiveCost)
{
    const Read read(header + "fn=f\n5 20\ncfn=f\ncalls=9 5\n6 90\n");
    EXPECT_EQ(read.inclusive("f"), Numbers{0});
    EXPECT_EQ(read.self("f"), Numbers{20});
}

TEST(Calls, ThatAreNotCountedAreNone)
{
    const Read read(header + "fn=f\n1 10\ncfn=g\ncalls=0 5\n2 70\nfn=g\n5 20\n"
                             "cfn=h\ncalls=0 5\n6 30\n");
    EXPECT_EQ(read.inclusive("f"), Numbers{80});
    EXPECT_EQ(read.inclusive("g"), Numbers{50});
    EXPECT_EQ(read.inclusive("h"), Numbers{0});
    EXPECT_EQ(read.function("g").calls, 0u);
}

TEST(Calls, ThroughMutualRecursionMayExceedTheTotal)
{
    const Read read(header + "fn=f\n1 10\ncfn=g\ncalls=5 5\n2 70\nfn=g\n5 20\n"
                             "cfn=f\ncalls=4 5\n6 60\n");
    EXPECT_EQ(read.inclusive("f"), Numbers{60});
    EXPECT_EQ(read.inclusive("g"), Numbers{70});
    EXPECT_EQ(read.total(), Numbers{30});
}

TEST(Calls, MayCostLessThanTheFunction)
{
    const Read read(header + "fn=f\n1 10\ncfn=g\ncalls=5 5\n2 7\nfn=g\n5 20\n");
    EXPECT_EQ(read.inclusive("g"), Numbers{7});
    EXPECT_EQ(read.inclusive("f"), Numbers{17});
}

TEST(Calls, InTheOldSpellingAreCalls)
{
    const Read read(header + "fn=f\n1 1\ncfn=f\nrcalls=3 1\n2 5\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.function("f").calls, 3u);
    EXPECT_EQ(read.total(), Numbers{1});
}

TEST(ImpossibleNumbers, AreZeroAndToldOnce)
{
    const Read read("events: Time Memory\nfl=a\nfn=f\n1 5 -260\n2 -1 3\n"
                    "3 18446744073709551356 9223372036854775808\n4 9223372036854775000 0\n"
                    "cfn=g\ncalls=-7 1\n5 -6 2\n-9 1 1\n1 -0 0\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.total(), (Numbers{9223372036854775006u, 4}));
    EXPECT_EQ(read.lines("f"),
              (Lines{{1, {5, 0}}, {2, {0, 3}}, {4, {9223372036854775000u, 0}}, {0, {1, 1}}}));
    EXPECT_EQ(read.function("g").calls, 0u);
    EXPECT_EQ(read.remarks(), "7 impossible numbers counted as 0");
}

TEST(Parts, AreAddedUpWhateverTheOrderOfTheirEvents)
{
    const Read read("events: Ir Dr\nfn=(1) f\n1 2 3\ntotals: 2 3\n\npart: 2\nthread: 2\n"
                    "events: Dr Ir\nfn=(1)\n1 5 7\nfn=(2) g\n1 1\ntotals: 6 7\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.self("f"), (Numbers{9, 8}));
    EXPECT_EQ(read.self("g"), (Numbers{0, 1}));
}

TEST(Parts, HaveInclusiveCostsOfTheirOwn)
{
    const Read read("events: Ir\nfl=a.c\nfn=f\n1 10\ncfn=g\ncalls=1 1\n3 50\nfn=g\n9 50\n\n"
                    "part: 2\nevents: Ir\nfl=a.c\nfn=f\n1 7\nfn=g\n9 3\n");
    EXPECT_EQ(read.inclusive("f"), Numbers{67});
    EXPECT_EQ(read.inclusive("g"), Numbers{53});
}

TEST(Parts, BeginWithTheLinesOfAHeader)
{
    for (const std::string begin :
         {"part: 2\n", "thread: 2\n", "pid: 2\n", "positions: line\n", "",
          "\n==== NEW PROFILING FILE ====\nversion: 1\ncreator: x\ncmd: x\n"}) {
        const Read read("events: Ir\nob=A\nfl=a.c\nfn=f\n1 10\n" + begin +
                        "events: Ir\nfn=f\n1 7\n");
        EXPECT_EQ(read.message(), "");
        EXPECT_EQ(read.total(), Numbers{17});
        EXPECT_NO_THROW(read.find("f", "a.c", "A")) << begin;
        EXPECT_NO_THROW(read.find("f", "", "")) << begin;
    }
}

TEST(Parts, ThatAreManyAreReadInLinearTime)
{
    std::string text;
    for (int i = 0; i < 20000; i++)
        text += "part: 1\nevents: Ir\nfl=(1) a.c\nfn=(1) f\n1 1\ncfn=(2) g" +
                std::to_string(i % 50) + "\ncalls=1 1\n1 1\n";
    const Read read(text);
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.total(), Numbers{20000});
    EXPECT_EQ(hp_profile_function_count(read.profile()), 51u);
}

TEST(Parts, OfAWriterThatIsCutAreToldAndTheNextIsRead)
{
    const Read read("version: 1\ncreator: xdebug 3\nevents: Time\nfl=a\nfn=f\n1 5\ncfn=g\n"
                    "calls=1 0 0\n\n==== NEW PROFILING FILE ====\nversion: 1\npart: 1\n\n"
                    "events: Time\n\nfl=a\nfn=f\n1 7\n");
    EXPECT_EQ(read.loaded.status, HP_CORRUPT);
    EXPECT_NE(read.message().find("expected a position and costs, found '==== NEW"),
              std::string::npos)
        << read.message();
    EXPECT_EQ(read.self("f"), Numbers{12});
}

TEST(Parts, OfManyEventsDoNotMakeOthersTakeMuchMemory)
{
    std::string text = "events: Ir\nfn=f\n", names;
    for (int i = 0; i < 1000000; i++)
        text += "+1 1\n";
    for (int i = 0; i < 60; i++)
        names += " e" + std::to_string(i);
    const Read read(text + "events:" + names + "\nfn=g\n1 1\n");
    EXPECT_EQ(read.loaded.status, HP_CORRUPT);
    EXPECT_NE(read.message().find("too many costs for so many events"), std::string::npos);
    EXPECT_EQ(read.total(), Numbers{1000000});
}

TEST(Sums, OfPartsOfCallgrindMustBeThoseOfTheirCosts)
{
    const std::string head = "version: 1\ncreator: callgrind-3.19.0\nevents: Ir\n";
    EXPECT_EQ(Read(head + "fn=f\n1 2\ntotals: 2\n").loaded.status, HP_OK);
    const Read wrong(head + "fn=f\n1 2\ntotals: 3\n");
    EXPECT_EQ(wrong.loaded.status, HP_CORRUPT);
    EXPECT_NE(wrong.message().find("expected the sums of the costs above, found 'totals: 3'"),
              std::string::npos);
    EXPECT_EQ(wrong.total(), Numbers{2});
    EXPECT_EQ(Read(head + "summary: 99\nfn=f\n1 2\ntotals: 2\n").loaded.status, HP_OK);
}

TEST(Sums, OfOtherWritersAreNotCompared)
{
    for (const std::string sums : {"summary: 99\n", "summary: 1\n", "totals: 99\n", "totals: x\n",
                                   "totals=7\n", "summary:\n", "Summary: 3\n"}) {
        EXPECT_EQ(Read(header + "fn=f\n1 2\n" + sums).message(), "") << sums;
        EXPECT_EQ(Read(header + sums + "fn=f\n1 2\n").message(), "") << sums;
        EXPECT_EQ(Read("events: Ir\nfn=f\n" + sums + "1 2\n").total(), Numbers{2}) << sums;
    }
}

/* A file that is cut at the end of each line, except for cuts that leave a complete file. */
void expect_cuts_are_told(const std::string &whole)
{
    EXPECT_EQ(Read(whole).message(), "");
    const size_t first = whole.find("\nfn=") + 1, part = whole.find("totals: 6\n");
    for (size_t end = whole.find('\n', first) + 1; end < whole.size() - 1;
         end = whole.find('\n', end) + 1) {
        const Read cut(whole.substr(0, end));
        EXPECT_EQ(cut.loaded.status, end == part + 10 ? HP_OK : HP_TRUNCATED) << end;
        const Read more(whole.substr(0, end) + "\n# a comment\n");
        EXPECT_EQ(more.loaded.status, end == part + 10 ? HP_OK : HP_TRUNCATED) << end;
    }
}

TEST(CutBetweenLines, IsToldOfFilesThatEndWithSums)
{
    const std::string head = "# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\n",
                      part = "part: 1\nevents: Ir\nsummary: 6\n\nfn=(1) f\n1 2\n2 4\n"
                             "cfn=(2) g\ncalls=1 1\n3 0\n\ntotals: 6\n",
                      other = "part: 2\nevents: Ir\nsummary: 0\n\nfn=(1)\n1 0\n\ntotals: 0\n";
    expect_cuts_are_told(head + part);
    expect_cuts_are_told(head + part + other);
    expect_cuts_are_told("desc: I1 cache: 1\ncmd: ls\nevents: Ir Dr\nfl=a\nfn=f\n1 2 0\nfn=g\n2 5 "
                         "0\nsummary: 7 0\n");
    expect_cuts_are_told("cmd: ls\nevents: Ir\nfl=a\nfn=f\n1 2\nfn=g\n2 0\nsummary: 2\n");
}

TEST(CutBetweenLines, IsToldOfEachPart)
{
    const std::string head = "version: 1\ncreator: callgrind-3.19.0\n",
                      part = "part: 1\npositions: line\nevents: Ir\nfn=(1) f\n1 2\n",
                      end = "totals: 2\n";
    EXPECT_EQ(Read(head + part + end + part + end).message(), "");
    const Read read(head + part + part + end);
    EXPECT_EQ(read.loaded.status, HP_TRUNCATED);
    EXPECT_NE(read.message().find("expected more costs and totals:, found another part"),
              std::string::npos);
    EXPECT_EQ(read.total(), Numbers{4});
    EXPECT_EQ(Read(head + part + end + "events: Ir\nfn=f\n1 2\n").message(), "");
    EXPECT_EQ(Read(head + part + end + "creator: x\npart: 1\nevents: Ir\nfn=f\n1 2\n").message(),
              "");
}

TEST(LastLineWithoutNewline, CountsIfItIsWhole)
{
    const std::string body = "events: Ir Dr\nfl=a.c\nfn=f\n1 1 1\n";
    for (const char *line : {"2 4 8", "+1 4 8", "* 4 8 "}) {
        const Read read(body + line);
        EXPECT_EQ(read.message(), "") << line;
        EXPECT_EQ(read.total(), (Numbers{5, 9})) << line;
    }
    for (const char *line : {"summary: 5", "totals: 5 9", "# end", "  "}) {
        const Read read(body + line);
        EXPECT_EQ(read.message(), "") << line;
        EXPECT_EQ(read.total(), (Numbers{1, 1})) << line;
    }
    const Read call(body + "cfn=g\ncalls=1 1\n3 7 7");
    EXPECT_EQ(call.message(), "");
    EXPECT_EQ(call.inclusive("g"), (Numbers{7, 7}));
}

TEST(LastLineWithoutNewline, IsCutIfItIsNotWhole)
{
    const std::string body = "events: Ir Dr\nfl=a.c\nfn=f\n1 1 1\n";
    for (const char *line : {"2", "2 4", "2 ", "2 4 x", "2 4 8 9", "-", "fn=g", "calls=1 1",
                             "cfn=g", "part: 2", "hello"}) {
        const Read read(body + line);
        EXPECT_EQ(read.loaded.status, HP_TRUNCATED) << line;
        EXPECT_NE(read.message().find("expected a newline, found the end of the file"),
                  std::string::npos)
            << read.message();
        EXPECT_EQ(read.total(), (Numbers{1, 1})) << line;
    }
    for (const char *head : {"creator: callgrind-3.19.0\n", "# hotprof: events=0 unmatched-exits=0 "
                                                            "open-frames=0\nevent: Ir : Ir\n"}) {
        const Read read(head + ("events: Ir\nfn=f\n1 1\n2 2" + std::string()));
        EXPECT_EQ(read.loaded.status, HP_TRUNCATED) << head;
        EXPECT_EQ(read.total(), Numbers{1}) << head;
    }
    EXPECT_EQ(Read(body + "2 1 " + std::string(5000, ' ') + "7").loaded.status, HP_TRUNCATED);
}

TEST(CutBetweenLines, IsNotSuspectedOfFilesThatNeedNoSums)
{
    const std::string costs = "events: Ir\nfl=a\nfn=f\n1 2\n";
    for (const char *head : {"", "desc: x\n", "version: 1\ncreator: xdebug 3\ncmd: x.php\n",
                             "# callgrind format\ncmd: x\n", "positions: line\ncmd: x\n"})
        EXPECT_EQ(Read(head + costs).message(), "") << head;
    EXPECT_EQ(Read("cmd: x\n" + costs + "cfn=g\ncalls=1 1\n1 1\n").message(), "");
    EXPECT_EQ(Read("events: Ir\nsummary: 2\ncmd: x\n\nfl=a\nfn=f\n1 2\n").message(), "");
}

TEST(Events, KeepTheirDefinitions)
{
    const Read read("event: Ir : Instruction Fetch\nevent: Sum = Ir + 10 Dr : Both\n"
                    "events: Ir Dr\nfn=f\n1 2 3\n");
    const std::string report = test::report("callgrind", read.loaded.profile.get());
    EXPECT_NE(report.find("\nevent: Ir : Instruction Fetch\nevent: Dr : Dr\n"
                          "event: Sum = Ir + 10 Dr : Both\nevents: Ir Dr\n"),
              std::string::npos)
        << report;
    EXPECT_EQ(test::report("callgrind", load_bytes(report).profile.get()), report);
}

TEST(Events, OfTwoFilesAreJoined)
{
    const std::string one = "events: Ir Dr\nfn=f\n1 1 2\n", two = "events: Dr Bc\nfn=f\n1 4 8\n";
    Loaded loaded = load_bytes(one);
    ASSERT_EQ(hp_profile_load_bytes(loaded.profile.get(), "two", two.data(), two.size(), nullptr,
                                    nullptr),
              HP_OK);
    const uint64_t *total = hp_profile_total(loaded.profile.get());
    ASSERT_EQ(hp_profile_event_count(loaded.profile.get()), 3u);
    EXPECT_EQ(Numbers(total, total + 3), (Numbers{1, 6, 8}));
}

TEST(Events, OfOtherToolsAreNotAddedToOurs)
{
    LogWriter log;
    Loaded loaded = load_bytes(log.enter(0, 1, 1).exit(1).bytes(), "run.prof");
    for (const std::string name : {"Ir", "Time"}) {
        const std::string other = "events: " + name + "\nfn=f\n1 1\n";
        hp_error error{};
        EXPECT_EQ(hp_profile_load_bytes(loaded.profile.get(), "other", other.data(), other.size(),
                                        nullptr, &error),
                  HP_MISMATCH);
        EXPECT_NE(std::string(error.message).find("run.prof"), std::string::npos);
    }
}

TEST(Calls, EachOfWhichCostsAllThatFitsAreRead)
{
    const std::string most = std::to_string(UINT64_MAX - 5);
    const Loaded loaded = load_bytes("# callgrind format\n"
                                     "# hotprof: events=0 unmatched-exits=0 open-frames=0\n"
                                     "event: Ir : Ir\nevents: Ir\nfn=f\n1 2\ncfn=g\n"
                                     "calls=1 1\n7 2\ncalls=1 1\n8 " +
                                     most + "\ncalls=2 1\n7 " + most +
                                     "\ncalls=1 1\n8 5\n"
                                     "calls=1 1\n7 1\ncalls=4 1\n9 4\ntotals: 2\n");
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const hp_profile *profile = loaded.profile.get();
    ASSERT_EQ(hp_profile_call_count(profile), 3u);
    const uint64_t expected[][3] = {{7, 4, UINT64_MAX - 2}, {8, 2, UINT64_MAX}, {9, 4, 4}};
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(hp_profile_call(profile, i)->line, expected[i][0]);
        EXPECT_EQ(hp_profile_call(profile, i)->count, expected[i][1]);
        EXPECT_EQ(hp_profile_call_inclusive(profile, i)[0], expected[i][2]);
    }
}

struct Damaged {
    const char *text, *message;
    uint64_t total;
};

/* A line that cannot be read, and what KCachegrind still takes of it. */
TEST(DamagedFile, SaysWhereAndWhatAndIsReadOn)
{
    const Damaged cases[] = {
        {"hello\n", "expected a line of the callgrind format, found 'hello'", 0},
        {"COST 1 2\n", "expected a line of the callgrind format, found 'COST 1 2'", 0},
        {"1 2 3\n", "expected no more costs than events, found '3'", 2},
        {"1 x\n", "expected a cost of 64 bits, found 'x'", 0},
        {"1 5x\n", "expected a cost of 64 bits, found 'x'", 5},
        {"1 2.5\n", "expected a cost of 64 bits, found '.5'", 2},
        {"1 18446744073709551616\n", "expected a cost of 64 bits", 0},
        {"x 1\n", "expected a line of the callgrind format, found 'x 1'", 0},
        {"1- 1\n", "expected a position, found '1- 1'", 0},
        {"+ 1\n", "expected a position, found '+ 1'", 0},
        {"cfn=f\ncalls=x\n1 1\n", "expected a number of calls, found 'x'", 0},
        {"cfn=f\ncalls=1 1\nfn=f\n", "expected a position and costs, found 'fn=f'", 0},
        {"cfn=f\ncalls=1 1\n1 y\n1 7\n", "expected a cost of 64 bits, found 'y'", 7},
        {"positions: page\npositions: line\nevents: Ir\n", "expected instr, bb or line", 0},
        {"version: 2\n", "expected version 1, found 'version: 2'", 0},
    };
    for (const Damaged &damaged : cases) {
        const std::string before = header + "fn=f\n1 100\n";
        const Read read(before + damaged.text + "fn=z\n5 1000\n");
        EXPECT_EQ(read.loaded.status, HP_CORRUPT) << damaged.text;
        EXPECT_NE(read.message().find(damaged.message), std::string::npos) << read.message();
        EXPECT_EQ(read.message().rfind("offset ", 0), 0u) << read.message();
        EXPECT_GE(read.loaded.error.offset, before.size()) << read.message();
        EXPECT_EQ(read.total(), Numbers{1100 + damaged.total}) << damaged.text;
        EXPECT_EQ(read.self("z"), Numbers{1000}) << damaged.text;
    }
}

TEST(DamagedFile, WithCallsOfNothingCountsThemAsNoCosts)
{
    const Read read(header + "fn=f\n1 2\ncalls=1 2\n1 50\n1 4\n");
    EXPECT_NE(read.message().find("expected cfn= before calls="), std::string::npos);
    EXPECT_EQ(read.total(), Numbers{6});
    EXPECT_EQ(hp_profile_call_count(read.profile()), 0u);
}

TEST(DamagedFile, TellsTheFirstDamage)
{
    const Read read(header + "fn=f\n1 x\nhello\n1 2 3\n");
    EXPECT_NE(read.message().find("found 'x'"), std::string::npos) << read.message();
}

TEST(DamagedFile, WithoutEventsHasNoCosts)
{
    for (const char *line : {"1 2\n", "fn=f\n", "totals: 5\n", "summary: 5\n"}) {
        const Read read("# callgrind format\n" + std::string(line) + "events: Ir\nfn=f\n1 2\n");
        EXPECT_EQ(read.loaded.status, HP_CORRUPT) << line;
        EXPECT_NE(read.message().find("expected events: before "), std::string::npos)
            << read.message();
        EXPECT_EQ(read.total(), Numbers{2}) << line;
    }
}

/* What our own report says is exact, or wrong. */
TEST(DamagedFile, WhoseSumsDoNotFitLeavesThemOut)
{
    const std::string own = "# callgrind format\n"
                            "# hotprof: events=0 unmatched-exits=0 open-frames=0\n"
                            "event: Ir : Ir\nevents: Ir\nfn=f\n1 2\n";
    const Damaged cases[] = {
        {"1 18446744073709551614\n", "expected costs whose sum fits into 64 bits", 0},
        {"cfn=f\ncalls=18446744073709551615 1\n1 1\n", "expected calls whose sum fits", 0},
        {"cfn=f\ncalls=18446744073709551614 1\n1 1\ncalls=1 1\n1 1\n",
         "expected calls whose sum fits", 0},
        {"cfn=f\ncalls=1 1\n1 1\ncalls=1 1\n1 18446744073709551615\n",
         "expected costs of calls whose sum fits into 64 bits", 0},
        {"# hotprof: line=1 calls=18446744073709551615 primitive=1 inclusive=1\n",
         "expected calls whose sum fits", 0},
        {"# hotprof: line=1 calls=1 primitive=1 inclusive=18446744073709551615\n"
         "# hotprof: line=1 calls=1 primitive=1 inclusive=1\n",
         "expected calls and costs whose sums fit into 64 bits", 0},
    };
    for (const Damaged &damaged : cases) {
        const Read read(own + damaged.text + "1 4\ntotals: 6\n");
        EXPECT_EQ(read.loaded.status, HP_CORRUPT) << damaged.text;
        EXPECT_NE(read.message().find(damaged.message), std::string::npos) << read.message();
        EXPECT_EQ(read.total(), Numbers{6}) << damaged.text;
    }
}

TEST(DamagedFile, OfSumsThatAreTooLargeIsReadOn)
{
    const std::string most = " 9223372036854775807\n";
    const Read read(header + "fn=f\n1" + most + "2" + most + "3" + most + "4 1\n");
    EXPECT_NE(read.message().find("expected costs whose sum fits into 64 bits"), std::string::npos)
        << read.message();
    EXPECT_EQ(read.total(), Numbers{UINT64_MAX});
    EXPECT_EQ(read.lines("f").size(), 3u);
}

TEST(DamagedFile, CutAnywhereGivesAllWholeLines)
{
    const std::string whole = read_file(data_path("callgrind/everything.out"));
    EXPECT_EQ(load_bytes(whole).status, HP_OK);
    uint64_t last = 0;
    for (size_t size = 18; size < whole.size(); size++) {
        const Loaded cut = load_bytes(whole.substr(0, size));
        ASSERT_TRUE(cut.status == HP_TRUNCATED || cut.status == HP_OK) << size;
        if (hp_profile_event_count(cut.profile.get()) == 0)
            continue;
        const uint64_t total = hp_profile_total(cut.profile.get())[0];
        EXPECT_GE(total, last) << size;
        last = total;
        EXPECT_NE(report("callgrind", cut.profile.get()), "");
    }
    EXPECT_EQ(last, 32u);
}

TEST(HostileFile, OfManyFunctionsInOneLongFileIsRefused)
{
    std::string text = "events: Ir\n\nfl=(1) " + std::string(100000, 'n') + "\n";
    for (int i = 2; i < 2000; i++)
        text += "fn=f" + std::to_string(i) + "\n1 1\n";
    const Loaded loaded = load_bytes(text);
    EXPECT_EQ(loaded.status, HP_CORRUPT);
    EXPECT_NE(std::string(loaded.error.message).find("names that are not far longer than the file"),
              std::string::npos)
        << loaded.error.message;
}

TEST(HostileFile, OfManyEventsDoesNotTakeMuchMoreMemoryThanItHas)
{
    std::string text = "events:";
    for (int i = 0; i < 64; i++)
        text += " e" + std::to_string(i);
    text += "\nfn=f\n1 1\n";
    for (int i = 0; i < 1000000; i++)
        text += "+1 1\n";
    const Read read(text);
    EXPECT_EQ(read.loaded.status, HP_CORRUPT);
    EXPECT_NE(read.message().find("expected fewer costs, as there are so many events"),
              std::string::npos)
        << read.message();
    EXPECT_LE(hp_profile_line_count(read.profile()) * 64, 2 * text.size() + (1 << 17));
}

TEST(Lines, MayEndAsOnWindows)
{
    const Read read("events: Ir\r\n\r\nfl=a.c\r\nfn=f\r\n1 2\r\ntotals: 2\r\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_NO_THROW(read.find("f", "a.c"));
}

/* --- Our own report ----------------------------------------------------------------------- */

nlohmann::json model(hp_profile *profile)
{
    nlohmann::json json = nlohmann::json::parse(report("json", profile));
    json.erase("inputs");
    return json;
}

class OwnReport : public testing::TestWithParam<std::string>
{
};

TEST_P(OwnReport, ReadsBackAsTheSameModel)
{
    const Loaded log = load_file(data_path(GetParam()));
    const std::string text = report("callgrind", log.profile.get());
    const Loaded back = load_bytes(text);
    EXPECT_STREQ(back.error.message, "");
    EXPECT_EQ(model(log.profile.get()), model(back.profile.get()));
    EXPECT_EQ(report("callgrind", back.profile.get()), text);
    EXPECT_EQ(hp_profile_input(log.profile.get(), 0)->estimated_calls,
              hp_profile_input(back.profile.get(), 0)->estimated_calls);
    EXPECT_EQ(hp_profile_input(log.profile.get(), 0)->sampled,
              hp_profile_input(back.profile.get(), 0)->sampled);
    EXPECT_EQ(hp_profile_input(log.profile.get(), 0)->interval,
              hp_profile_input(back.profile.get(), 0)->interval);
    EXPECT_EQ(hp_profile_input(log.profile.get(), 0)->threads,
              hp_profile_input(back.profile.get(), 0)->threads);
}

INSTANTIATE_TEST_SUITE_P(, OwnReport, testing::ValuesIn(samples_of_every_format()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

std::string merged(const std::vector<std::string> &inputs)
{
    hotprof::profile_ptr profile(hp_profile_new());
    for (const std::string &input : inputs)
        EXPECT_NE(hp_profile_load_bytes(profile.get(), "input", input.data(), input.size(), nullptr,
                                        nullptr),
                  HP_MISMATCH);
    EXPECT_EQ(hp_profile_sort(profile.get(), nullptr), HP_OK);
    return report("callgrind", profile.get());
}

TEST(PartialResults, MergeAsTheirInputsDo)
{
    std::string previous;
    for (const std::string &name : samples("hotshot", ".prof")) {
        const std::string log = read_file(data_path("hotshot/" + name + ".prof"));
        if (!previous.empty() && name.find("windows") == std::string::npos) {
            const std::string of_logs = merged({previous, log});
            EXPECT_EQ(merged({merged({previous}), merged({log})}), of_logs) << name;
            EXPECT_EQ(merged({merged({log}), previous}), of_logs) << name;
        }
        previous = log;
    }
}

TEST(OwnReportOfStrangeNames, GivesTheExactBytesBack)
{
    LogWriter log = LogWriter::with_header(true, true);
    uint64_t file = 0;
    for (const std::string name :
         {"new\nline", "(1) x", " blank", "latin\xe9", "latin\\xe9", "???", "", "back\\slash"}) {
        log.define_file(file, name).define_function(file, uint64_t{1} << (file * 9), name);
        log.enter(file, uint64_t{1} << (file * 9), 2).line(uint64_t{5} << 32, 3);
        file++;
    }
    for (; file > 0; file--)
        log.exit(5);
    const Loaded loaded = load_bytes(log.bytes());
    const Loaded back = load_bytes(report("callgrind", loaded.profile.get()));
    EXPECT_EQ(model(loaded.profile.get()), model(back.profile.get()));
    EXPECT_EQ(report("callgrind", back.profile.get()), report("callgrind", loaded.profile.get()));
}

/* f cost 7 seconds more than it and its calls account for: they are <not recorded>. */
TEST(OwnReportOfADump, KeepsWhatTheDumpDoesNotHold)
{
    const Loaded dump =
        load_bytes(pstats::dict({pstats::entry("f", 1, 2, 9), pstats::entry("g", 1, 3, 1)}));
    const std::string text = report("callgrind", dump.profile.get());
    const Read back(text);
    EXPECT_EQ(back.message(), "");
    EXPECT_EQ(back.total(), Numbers{12000000000});
    EXPECT_EQ(back.inclusive("f"), Numbers{9000000000});
    EXPECT_EQ(back.inclusive("g"), Numbers{3000000000});
    EXPECT_EQ(back.inclusive(HP_NOT_RECORDED), Numbers{7000000000});
    EXPECT_EQ(report("callgrind", back.loaded.profile.get()), text);
}

TEST(OwnReportCutShort, IsToldSo)
{
    LogWriter log;
    const Loaded loaded = load_bytes(log.enter(0, 1, 1).exit(1).bytes());
    const std::string text = report("callgrind", loaded.profile.get());
    EXPECT_EQ(load_bytes(text).status, HP_OK);
    EXPECT_EQ(load_bytes(text.substr(0, text.find("\ntotals:") + 1)).status, HP_TRUNCATED);
}

} // namespace
