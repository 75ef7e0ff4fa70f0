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

TEST(CallgrindFile, IsRecognisedByItsContent)
{
    const auto format = [](const std::string &head) -> std::string {
        const hp_format *found = hp_format_recognise(head.data(), head.size());
        return found ? found->name : "";
    };
    EXPECT_EQ(format("# callgrind format\n"), "callgrind");
    EXPECT_EQ(format("version: 1\ncreator: x\nevents: Ir Dr\n"), "callgrind");
    EXPECT_EQ(format("desc: I1\ncmd: ls\nevents: Ir \nfl=a\n"), "callgrind");
    EXPECT_EQ(format("events: Ir\n\nfn=x\n"), "callgrind");
    EXPECT_EQ(format("cmd: x\ndesc: " + std::string(5000, 'x')), "callgrind");
    EXPECT_EQ(format(gzip(header)), "callgrind");
    EXPECT_EQ(format("version: 1\nevents:\n  - push\n"), "");
    EXPECT_EQ(format("version: 1\nname: x\nevents: Ir\n"), "");
    EXPECT_EQ(format("version: 1\nevents: [push]\n"), "");
    EXPECT_EQ(format("desc: a text"), "");
    EXPECT_EQ(format("Dear events: Ir\n"), "");
    EXPECT_EQ(format("\n\n"), "");
    EXPECT_EQ(format(""), "");
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
    EXPECT_NO_THROW(read.find("g", "a.c", "/bin/x"));
    EXPECT_NO_THROW(read.find("g", "b.c", "/bin/x"));
    EXPECT_NO_THROW(read.find("(below main)", "b.c", "/bin/x"));
}

TEST(Names, UnknownOfFilesAndObjectsAreEmpty)
{
    const Read read(header + "ob=(1) ???\nfl=(1) ???\nfn=(1) ???\n1 1\n");
    EXPECT_NO_THROW(read.find("???", "", ""));
}

TEST(Names, OfCalleesAreInTheFileAndObjectNamedBeforeOrTheCurrentOnes)
{
    const Read read(header + "ob=A\nfl=a.c\nfn=f\ncob=B\ncfi=b.c\ncfn=g\ncalls=1 1\n1 1\n"
                             "cfn=h\ncalls=1 1\n1 1\nfi=i.h\ncfl=c.c\ncfn=i\ncalls=1 1\n1 1\n");
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
    EXPECT_EQ(Read(header + "fn=f\n5 20\ncfn=f\ncalls=9 5\n6 90\n").inclusive("f"), Numbers{20});
}

TEST(Calls, ThroughMutualRecursionNeverExceedTheTotal)
{
    const Read read(header + "fn=f\n1 10\ncfn=g\ncalls=5 5\n2 70\nfn=g\n5 20\n"
                             "cfn=f\ncalls=4 5\n6 60\n");
    EXPECT_EQ(read.inclusive("f"), Numbers{30});
    EXPECT_EQ(read.inclusive("g"), Numbers{30});
}

TEST(Parts, AreAddedUpWhateverTheOrderOfTheirEvents)
{
    const Read read("events: Ir Dr\nfn=(1) f\n1 2 3\ntotals: 2 3\n\npart: 2\nthread: 2\n"
                    "events: Dr Ir\nfn=(1)\n1 5 7\nfn=(2) g\n1 1\ntotals: 6 7\n");
    EXPECT_EQ(read.message(), "");
    EXPECT_EQ(read.self("f"), (Numbers{9, 8}));
    EXPECT_EQ(read.self("g"), (Numbers{0, 1}));
}

TEST(Sums, OfPartsMustBeThoseOfTheirCosts)
{
    EXPECT_EQ(Read(header + "fn=f\n1 2\ntotals: 2\n").loaded.status, HP_OK);
    const Read wrong(header + "fn=f\n1 2\ntotals: 3\n");
    EXPECT_EQ(wrong.loaded.status, HP_CORRUPT);
    EXPECT_NE(wrong.message().find("expected the sums of the costs above, found 'totals: 3'"),
              std::string::npos);
    EXPECT_EQ(wrong.total(), Numbers{2});
    EXPECT_EQ(Read(header + "fn=f\n1 2\nsummary: 99\n").loaded.status, HP_OK);
}

TEST(Sums, InTheHeaderTellThatTheRestIsMissing)
{
    const std::string cut = "events: Ir\nsummary: 10\n\nfn=f\n1 2\n";
    EXPECT_EQ(Read(cut).loaded.status, HP_TRUNCATED);
    EXPECT_EQ(Read(cut + "2 8\n").loaded.status, HP_OK);
    EXPECT_EQ(Read(cut + "totals: 2\n").loaded.status, HP_OK);
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

TEST(CutBetweenLines, IsNotSuspectedOfFilesThatNeedNoSums)
{
    const std::string costs = "events: Ir\nfl=a\nfn=f\n1 2\n";
    for (const char *head : {"", "desc: x\n", "version: 1\ncreator: xdebug 3\ncmd: x.php\n",
                             "# callgrind format\ncmd: x\n", "positions: line\ncmd: x\n"})
        EXPECT_EQ(Read(head + costs).message(), "") << head;
    EXPECT_EQ(Read("cmd: x\n" + costs + "cfn=g\ncalls=1 1\n1 1\n").message(), "");
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
    const Loaded loaded = load_bytes("# callgrind format\nevents: Ir\nfn=f\n1 2\ncfn=g\n"
                                     "calls=1 1\n7 2\ncalls=1 1\n8 " +
                                     most + "\ncalls=2 1\n7 " + most +
                                     "\ncalls=1 1\n8 5\n"
                                     "calls=1 1\n7 1\ncalls=4 1\n9 4\n");
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
};

TEST(DamagedFile, SaysWhereAndWhatAndGivesWhatStoodBefore)
{
    const Damaged cases[] = {
        {"fn=f\n1 2\nrcalls=1 2\n", "expected a line of the callgrind format, found 'rcalls=1 2'"},
        {"fn=f\n1 2\nhello\n", "expected a line of the callgrind format, found 'hello'"},
        {"fn=f\n1 2\n1 2 3\n", "expected no more costs than events, found '3'"},
        {"fn=f\n1 2\n1 x\n", "expected a cost of 64 bits, found 'x'"},
        {"fn=f\n1 2\n1 18446744073709551616\n", "expected a cost of 64 bits"},
        {"fn=f\n1 2\n1 18446744073709551614\n", "expected costs whose sum fits into 64 bits"},
        {"fn=f\n1 2\n-2 1\n", "expected a position, found '-2 1'"},
        {"fn=f\n1 2\ncalls=1 2\n1 1\n", "expected cfn= before calls="},
        {"fn=f\n1 2\ncfn=f\ncalls=x\n", "expected a number of calls, found 'x'"},
        {"fn=f\n1 2\ncfn=f\ncalls=1 1\nfn=f\n", "expected a position and costs, found 'fn=f'"},
        {"fn=f\n1 2\ncfn=(7)\n", "expected a name, as this number has none yet, found '(7)'"},
        {"fn=f\n1 2\nevents: Dr\n", "expected the events of the first part, found 'Dr'"},
        {"fn=f\n1 2\nevents: Ir Ir\n", "expected each event once, found 'Ir'"},
        {"fn=f\n1 2\npositions: page\n", "expected instr, bb or line, found 'page'"},
        {"fn=f\n1 2\nversion: 2\n", "expected version 1, found 'version: 2'"},
        {"fn=f\n1 2\ncfn=f\ncalls=18446744073709551615 1\n1 1\ncalls=1 1\n1 1\n",
         "expected calls whose sum fits into 64 bits"},
        {"fn=f\n1 2\ncfn=f\ncalls=1 1\n1 1\ncalls=1 1\n1 18446744073709551615\n",
         "expected costs of calls whose sum fits into 64 bits"},
    };
    for (const Damaged &damaged : cases) {
        const Read read(header + damaged.text);
        EXPECT_EQ(read.loaded.status, HP_CORRUPT) << damaged.text;
        EXPECT_NE(read.message().find(damaged.message), std::string::npos) << read.message();
        EXPECT_EQ(read.message().rfind("offset ", 0), 0u) << read.message();
        EXPECT_EQ(read.total(), Numbers{2}) << damaged.text;
    }
    EXPECT_EQ(Read(header + "1 2\n").loaded.status, HP_CORRUPT);
    EXPECT_EQ(Read("# callgrind format\nfn=f\n1 2\n").loaded.status, HP_CORRUPT);
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

TEST(HostileFile, OfOneLongNameInManyFilesIsRefused)
{
    std::string text = "events: Ir\n\nfl=(1) a.c\nfn=(1) " + std::string(100000, 'n') + "\n1 1\n";
    for (int i = 2; i < 2000; i++)
        text += "fl=(" + std::to_string(i) + ") a.c" + std::to_string(i) + "\nfn=(1)\n1 1\n";
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
    EXPECT_NE(read.message().find("expected more costs, as there are so many events"),
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
