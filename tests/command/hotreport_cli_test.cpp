// SPDX-License-Identifier: MIT
/* The command: options, files, what it says, how it ends. */
#include "report.h"
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"
#include "support/unsafe_characters.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sys/stat.h>

namespace
{

using namespace test;
namespace fs = std::filesystem;
using Files = std::vector<std::string>;

std::string sample_path(const std::string &name)
{
    return data_path("hotshot/" + name + ".prof");
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/* What the command must print for such inputs. */
std::string expected_report(const std::string &format, const Files &paths)
{
    const hotprof::profile_ptr profile(hp_profile_new());
    for (const std::string &path : paths) {
        const hp_status status = hp_profile_load(profile.get(), path.c_str(), nullptr, nullptr);
        EXPECT_TRUE(status == HP_OK || status == HP_TRUNCATED) << path;
    }
    return report(format, profile.get());
}

/* One line, about that input. */
::testing::AssertionResult is_about(const std::string &line, const std::string &input)
{
    const std::string start = "hotreport: " + input + ": ";
    if (line.rfind(start, 0) == 0 && line.size() > start.size())
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "'" << line << "' is not about " << input;
}

class Command : public testing::Test
{
  protected:
    const std::string calls = sample_path("fib-calls"), lines = sample_path("json-lines"),
                      cut = sample_path("json-linetimes-cut1"),
                      open_frames = sample_path("json-linetimes-cut0");
    TemporaryDirectory directory;
    const std::string missing = directory.file("missing.prof");
};

/* --- Options ------------------------------------------------------------------------------ */

using Options = Command;

TEST_F(Options, FormatIsShortOrLong)
{
    for (const char *format : {"callgrind", "json"}) {
        const std::string expected = expected_report(format, {calls});
        for (const Files &spelling :
             {Files{"-f", format}, Files{std::string("-f") + format}, Files{"--format", format},
              Files{std::string("--format=") + format}}) {
            Files arguments = spelling;
            arguments.push_back(calls);
            const Result result = hotreport(arguments);
            EXPECT_EQ(result.status, 0);
            EXPECT_EQ(result.out, expected);
            EXPECT_EQ(result.err, "");
        }
    }
}

TEST_F(Options, OutputIsShortOrLong)
{
    const std::string expected = expected_report("json", {calls});
    for (const Files &spelling :
         {Files{"-o", directory.file("a")}, Files{"-o" + directory.file("b")},
          Files{"--output", directory.file("c")}, Files{"--output=" + directory.file("d")}}) {
        Files arguments{"-f", "json", calls};
        arguments.insert(arguments.end(), spelling.begin(), spelling.end());
        const Result result = hotreport(arguments);
        EXPECT_EQ(result.status, 0);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err, "");
    }
    for (const char *name : {"a", "b", "c", "d"})
        EXPECT_EQ(read_file(directory.file(name)), expected);
}

TEST_F(Options, MayFollowTheFilesAndEndAtTwoDashes)
{
    const std::string expected = expected_report("json", {calls});
    EXPECT_EQ(hotreport({calls, "-f", "json"}).out, expected);

    directory.write("-v", read_file(calls));
    Surroundings around;
    around.directory = directory.path();
    const Result result = hotreport({"-f", "json", "--", "-v"}, around);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(nlohmann::json::parse(result.out).at("inputs")[0].at("file"), "-v");
}

TEST_F(Options, VersionIsTheLibrarys)
{
    const Result result = hotreport({"--version"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    ASSERT_FALSE(lines_of(result.out).empty());
    EXPECT_EQ(lines_of(result.out)[0], std::string("hotreport ") + hp_version());
}

TEST_F(Options, HelpListsFormatsReportsAndOptions)
{
    const Result result = hotreport({"--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    const std::string text = std::regex_replace(result.out, std::regex(" +"), " ");
    const auto expect_row = [&](const std::string &name, const std::string &description) {
        EXPECT_TRUE(contains(text, "\n " + name + " " + description)) << name;
    };
    for (size_t i = 0; hp_report_at(i); i++)
        expect_row(hp_report_at(i)->name, hp_report_at(i)->description);
    for (size_t i = 0; hp_format_at(i); i++)
        expect_row(hp_format_at(i)->name, hp_format_at(i)->description);
    for (const char *option :
         {"-f, --format=FORMAT", "-o, --output=FILE", "-q, --quiet", "-v, --verbose",
          "--progress=WHEN", "--file-limit=N", "--no-pager", "-h, --help", "--version"})
        expect_row(option, "");
}

TEST_F(Options, WrongOnesAreStatus2AndOneMayActOnTheMessage)
{
    struct {
        Files arguments;
        const char *named;
    } const wrong[] = {
        {{}, ""},
        {{"-f", "json"}, ""},
        {{"--no-such-option", calls}, "--help lists, found '--no-such-option'"},
        {{"-qZ", calls}, "--help lists, found '-Z'"},
        {{"--quiet=yes", calls}, "--help lists, found '--quiet=yes'"},
        {{"--no", calls}, "--help lists, found '--no'"},
        {{"-f", "no-such-format", calls}, "no-such-format"},
        {{"--format=", calls}, "''"},
        {{calls, "-f"}, "--format: expected gprof, flat, "},
        {{calls, "--output"}, "--output: expected FILE"},
        {{"--progress=sometimes", calls}, "sometimes"},
        {{"--file-limit=many", calls}, "many"},
        {{"--overlap=0x1p91mm", calls}, "0x1p91mm"},
        {{"--page-size=1e2x200mm", calls}, "1e2x200mm"},
        {{"--file-limit=-1", calls}, "-1"},
    };
    for (const auto &[arguments, named] : wrong) {
        const Result result = hotreport(arguments);
        EXPECT_EQ(result.status, 2) << testing::PrintToString(arguments);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err.rfind("hotreport: ", 0), 0u) << result.err;
        EXPECT_EQ(lines_of(result.err).size(), 1u) << result.err;
        EXPECT_TRUE(contains(result.err, named)) << result.err;
    }
}

TEST_F(Options, MisspeltOnesGetTheNearestAndTheList)
{
    const std::string
        reports =
            "gprof, flat, callgraph, annotate, callgrind, json, pstats, folded, speedscope, pprof, "
            "dot, pdf, ps, svg or png",
        orders = "self, inclusive, calls, name, time, tottime, cumulative, cumtime "
                 "or ncalls";
    const struct {
        std::string argument, message;
    } wrong[] = {
        {"--format=callgrnd",
         "--format: expected " + reports + ", found 'callgrnd'; did you mean callgrind?"},
        {"--format=cachegrind",
         "--format: expected " + reports + ", found 'cachegrind'; did you mean callgrind?"},
        {"-fpfd", "--format: expected " + reports + ", found 'pfd'; did you mean pdf?"},
        {"-fJSON", "--format: expected " + reports + ", found 'JSON'; did you mean json?"},
        {"-fhtml", "--format: expected " + reports + ", found 'html'"},
        {"--sort=cum", "--sort: expected " + orders + ", found 'cum'; did you mean cumulative?"},
        {"--sort=nmae", "--sort: expected " + orders + ", found 'nmae'; did you mean name?"},
        {"--sort=", "--sort: expected " + orders + ", found ''"},
        {"--color=alwais",
         "--color: expected auto, always or never, found 'alwais'; did you mean always?"},
        {"--paging=tiles", "--paging: expected tile or atlas, found 'tiles'; did you mean tile?"},
        {"--event=tmie", "--event: expected Time or Hits, found 'tmie'; did you mean Time?"},
        {"--event=Ir", "--event: expected Time or Hits, found 'Ir'"},
        {"--sotr=self",
         "expected an option that --help lists, found '--sotr=self'; did you mean --sort?"},
        {"--flat", "expected an option that --help lists, found '--flat'"},
        {"--quiet=yes", "expected an option that --help lists, found '--quiet=yes'"},
    };
    for (const auto &[argument, message] : wrong) {
        const Result result = hotreport({argument, lines});
        EXPECT_EQ(result.status, 2) << argument;
        EXPECT_EQ(result.err, "hotreport: " + message + "\n");
    }
}

TEST_F(Options, ThatAreLongWordsHaveNoNearest)
{
    const std::string word(100000, 'x');
    for (const std::string &option : {"--format=" + word, "--" + word, "--event=" + word}) {
        const Result result = hotreport({option, calls});
        EXPECT_EQ(result.status, 2);
        EXPECT_EQ(lines_of(result.err).size(), 1u);
        EXPECT_LE(result.err.size(), 1100u);
        EXPECT_FALSE(contains(result.err, "did you mean"));
    }
}

TEST_F(Options, SortAlsoTakesTheNamesOfPstats)
{
    const auto sorted = [&](const std::string &order) {
        const Result result = hotreport({"-f", "flat", "--sort=" + order, lines});
        EXPECT_EQ(result.status, 0) << result.err;
        return result.out;
    };
    EXPECT_EQ(sorted("tottime"), sorted("self"));
    EXPECT_EQ(sorted("time"), sorted("self"));
    EXPECT_EQ(sorted("cumulative"), sorted("inclusive"));
    EXPECT_EQ(sorted("cumtime"), sorted("inclusive"));
    EXPECT_EQ(sorted("ncalls"), sorted("calls"));
    EXPECT_NE(sorted("ncalls"), sorted("cumtime"));
}

TEST_F(Options, HIsHelp)
{
    const Result result = hotreport({"-h"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.out, hotreport({"--help"}).out);
}

/* --- The report that is chosen -------------------------------------------------------------- */

TEST_F(Options, TheNameOfTheOutputChoosesTheReport)
{
    const std::map<std::string, std::string> reports{
        {"a.callgrind", "callgrind"},
        {"callgrind.out.42", "callgrind"},
        {"callgrind.out", "callgrind"},
        {"cachegrind.out.7.3", "callgrind"},
        {"a.json", "json"},
        {"A.JSON", "json"},
        {"a.b.json", "json"},
        {"a.prof", "pstats"},
        {"a.pstats", "pstats"},
        {"a.folded", "folded"},
        {"a.dot", "dot"},
        {"a.gv", "dot"},
        {"a.txt", "gprof"},
        {"a", "gprof"},
        {"json", "gprof"},
        {".json", "gprof"},
        {"callgrind.output", "gprof"},
        {"my.callgrind.out.42", "gprof"},
        {"a.html", "gprof"},
    };
    for (const auto &[name, report] : reports) {
        const std::string output = directory.file(name);
        const Result result = hotreport({"-o", output, calls});
        EXPECT_EQ(result.status, 0) << name;
        EXPECT_EQ(result.err, "") << name;
        /* dot's first line names the output */
        EXPECT_EQ(read_file(output), hotreport({"-f", report, calls}).out) << name;
    }
}

TEST_F(Options, FormatCountsMoreThanTheNameOfTheOutput)
{
    const std::string output = directory.file("a.json");
    EXPECT_EQ(hotreport({"-f", "flat", "-o", output, calls}).status, 0);
    EXPECT_EQ(read_file(output), hotreport({"-f", "flat", calls}).out);
    EXPECT_EQ(hotreport({"-o", output, calls}, {}, "hotshot2cachegrind").status, 0);
    EXPECT_EQ(read_file(output), hotreport({"-f", "callgrind", calls}).out);
}

TEST_F(Options, AnOutputNamedAsIfCompressedIsToldNotToBe)
{
    const std::string output = directory.file("a.json.gz");
    const std::string told = "hotreport: " + output +
                             ": is written without compression, whatever "
                             "its name\n";
    const Result result = hotreport({"-o", output, calls});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, told);
    EXPECT_EQ(read_file(output), hotreport({"-f", "json", calls}).out);
    EXPECT_EQ(hotreport({"-f", "flat", "-o", output, calls}).err, told);
    EXPECT_EQ(hotreport({"-q", "-o", output, calls}).err, "");
}

TEST_F(Options, ThatTheReportIgnoresAreNamed)
{
    const Result result =
        hotreport({"-f", "json", "--theme=print", "--sort=calls", "-n3", "--root=.", calls});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "hotreport: the report json ignores --sort, --limit, --theme\n");
    EXPECT_EQ(result.out, hotreport({"-f", "json", "--root=.", calls}).out);
    EXPECT_EQ(hotreport({"-q", "-f", "json", "--sort=calls", calls}).err, "");
    EXPECT_EQ(hotreport({"-f", "flat", "--sort=calls", "-n3", "--brief", calls}).err, "");
    EXPECT_EQ(hotreport({"--pages=2", calls}).err, "hotreport: the report gprof ignores --pages\n");
}

/* What each report says of itself is true: an option that it uses changes what it writes, and one
 * that it ignores does not. */
TEST_F(Options, AreUsedOrIgnoredAsReportsSay)
{
    const std::string log = sample_path("pystone-linetimes");
    const std::vector<std::pair<unsigned, Files>> options{
        {HP_USES_EVENT, {"--event=Hits"}},
        {HP_USES_SORT, {"--sort=name"}},
        {HP_USES_LIMIT, {"--limit=2"}},
        {HP_USES_THRESHOLDS, {"--node-threshold=20"}},
        {HP_USES_THRESHOLDS, {"--edge-threshold=20"}},
        {HP_USES_TEXT, {"--brief"}},
        {HP_USES_TEXT, {"--color=always"}},
        {HP_USES_SOURCES, {"--source-path=" + directory.path()}},
        {HP_USES_CHART, {"--max-nodes=3"}},
        {HP_USES_CHART, {"--pages=2", "--min-font=40"}},
        {HP_USES_CHART, {"--grid=2x1", "--min-font=40"}},
        {HP_USES_CHART, {"--paging=atlas", "--pages=2"}},
        {HP_USES_CHART, {"--no-index", "--paging=atlas", "--pages=2"}},
        {HP_USES_CHART, {"--page-size=a3", "--pages=2"}},
        {HP_USES_CHART, {"--orientation=landscape", "--pages=2"}},
        {HP_USES_CHART, {"--min-font=20", "--pages=2"}},
        {HP_USES_CHART, {"--theme=print"}},
        {HP_USES_CHART, {"--title=Title"}},
        {HP_USES_SHEETS, {"--overlap=20mm", "--pages=2"}},
        {HP_USES_SHEETS, {"--overview", "--pages=2"}},
    };
    std::string source;
    for (int i = 0; i < 300; i++)
        source += std::to_string(i) + "\n";
    directory.write("pystone.py", source);
    directory.write("cases.py", source);
    for (size_t i = 0; hp_report_at(i); i++) {
        std::map<Files, std::string> written;
        const auto report_with = [&](Files arguments) {
            arguments.insert(arguments.begin(), {"-q", "-f", hp_report_at(i)->name, log});
            const auto [entry, is_new] = written.emplace(arguments, "");
            if (is_new)
                entry->second = hotreport(arguments).out;
            return entry->second;
        };
        if (report_with({}).empty() && hp_report_at(i)->drawn)
            continue; /* the drawing module is not built */
        for (const auto &[use, given] : options) {
            /* The first is tried; the others are needed for it to have an effect. */
            const Files others(given.begin() + 1, given.end());
            EXPECT_EQ(report_with(given) != report_with(others), (hp_report_at(i)->uses & use) != 0)
                << hp_report_at(i)->name << " " << given[0];
        }
    }
}

TEST_F(Options, AWrongOneLeavesTheOutputAlone)
{
    const std::string output = directory.write("out", "before");
    EXPECT_EQ(hotreport({"-o", output, "-f", "no-such-format", calls}).status, 2);
    EXPECT_EQ(read_file(output), "before");
}

TEST_F(Options, QuietSaysNothingOfAWholeInput)
{
    const Result loud = hotreport({"-f", "json", open_frames});
    EXPECT_EQ(loud.status, 0);
    ASSERT_EQ(lines_of(loud.err).size(), 1u);
    EXPECT_TRUE(is_about(lines_of(loud.err)[0], open_frames));

    const Result quiet = hotreport({"-q", "-f", "json", open_frames});
    EXPECT_EQ(quiet.status, 0);
    EXPECT_EQ(quiet.err, "");
    EXPECT_EQ(quiet.out, loud.out);
}

TEST_F(Options, VerboseSaysMoreOnStandardErrorOnly)
{
    const Result verbose = hotreport({"-v", "-f", "json", calls});
    EXPECT_EQ(verbose.status, 0);
    EXPECT_EQ(verbose.out, expected_report("json", {calls}));
    EXPECT_EQ(verbose.err, "hotreport: " + calls + ": hotshot, 3948 events\n");
}

TEST_F(Options, ProgressIsShownOnStandardErrorOnly)
{
    std::string log = read_file(calls);
    while (log.size() < 16 << 20) /* large enough to take a while */
        log += std::string("\x00\x01\x05\x1d", 4);
    const std::string big = directory.write("big.prof", log);
    const Result never = hotreport({"--progress=never", "-f", "json", big});
    const Result automatic = hotreport({"--progress=auto", "-f", "json", big});
    const Result always = hotreport({"--progress=always", "-f", "json", big});
    EXPECT_EQ(never.err, "");
    EXPECT_EQ(automatic.err, "") << "standard error is no terminal here";
    const std::string wipe = "\r\033\\[K", line = ": [0-9]+ %(, [0-9]+ MB/s, [0-9]+ s left)?";
    EXPECT_TRUE(std::regex_match(always.err, std::regex("(" + wipe + big + line + ")+" + wipe)))
        << always.err;
    EXPECT_EQ(always.out, never.out);
    EXPECT_EQ(automatic.out, never.out);
}

TEST_F(Options, FileLimitStopsAfterSoManyInputs)
{
    EXPECT_EQ(hotreport({"--file-limit=1", "-f", "json", calls, lines}).out,
              expected_report("json", {calls}));
    EXPECT_EQ(hotreport({"--file-limit", "2", "-f", "json", calls, lines, cut}).out,
              expected_report("json", {calls, lines}));
}

/* --- Inputs ------------------------------------------------------------------------------- */

using Inputs = Command;

TEST_F(Inputs, SeveralAreMerged)
{
    const Result result = hotreport({"-f", "json", calls, lines, calls});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, expected_report("json", {calls, lines, calls}));
}

TEST_F(Inputs, ADashIsStandardInput)
{
    Surroundings around;
    around.input = read_file(calls);
    const Result result = hotreport({"-f", "json", "-"}, around);
    EXPECT_EQ(result.status, 0);
    const auto report = nlohmann::json::parse(result.out);
    EXPECT_EQ(report.at("inputs")[0].at("file"), "-");
    EXPECT_EQ(report.at("total"),
              nlohmann::json::parse(expected_report("json", {calls})).at("total"));
}

TEST_F(Inputs, StandardInputMergesWithFiles)
{
    Surroundings around;
    around.input = read_file(calls);
    EXPECT_EQ(hotreport({"-f", "callgrind", lines, "-"}, around).out,
              expected_report("callgrind", {lines, calls}));
}

TEST_F(Inputs, ADirectoryStandsForTheProfilesBelowIt)
{
    const std::string one = directory.write("profiles/b.prof", read_file(calls));
    const std::string two = directory.write("profiles/deep/er/a.log", read_file(lines));
    directory.write("profiles/notes.txt", "no profile\n");
    directory.write("profiles/empty", "");
    for (const char *slash : {"", "/"}) {
        const Result result = hotreport({"-f", "json", directory.file("profiles") + slash});
        EXPECT_EQ(result.status, 0) << result.err;
        EXPECT_EQ(result.err, "");
        const auto report = nlohmann::json::parse(result.out);
        std::set<std::string> files;
        for (const auto &input : report.at("inputs"))
            files.insert(input.at("file").get<std::string>());
        EXPECT_EQ(files, (std::set<std::string>{one, two}));
    }
    EXPECT_EQ(hotreport({"-f", "callgrind", directory.file("profiles")}).out,
              expected_report("callgrind", {one, two}));
}

TEST_F(Inputs, ADirectoryGivesTheSameWhateverTheOrderOnDisk)
{
    for (int i = 0; i < 20; i++) {
        directory.write("up/" + std::to_string(i), read_file(i % 2 ? calls : lines));
        directory.write("down/" + std::to_string(19 - i), read_file(i % 2 ? lines : calls));
    }
    Surroundings up, down;
    up.directory = directory.file("up");
    down.directory = directory.file("down");
    EXPECT_EQ(hotreport({"-f", "json", "."}, up).out, hotreport({"-f", "json", "."}, down).out);
}

TEST_F(Inputs, ADirectoryThatHoldsItselfIsReadOnce)
{
    const std::string log = directory.write("profiles/a.prof", read_file(calls));
    fs::create_directory_symlink(".", directory.file("profiles/loop"));
    EXPECT_EQ(hotreport({"-f", "callgrind", directory.file("profiles")}).out,
              expected_report("callgrind", {log}));
}

TEST_F(Inputs, ADirectoryHoldsWhatItsLinksLeadTo)
{
    const std::string log = directory.write("elsewhere.prof", read_file(calls));
    fs::create_directory(directory.file("profiles"));
    fs::create_symlink(log, directory.file("profiles/link.prof"));
    fs::create_symlink("nowhere", directory.file("profiles/dangling.prof"));
    EXPECT_EQ(hotreport({"-f", "callgrind", directory.file("profiles")}).out,
              expected_report("callgrind", {log}));
}

TEST_F(Inputs, ADirectoryWithoutProfilesIsNothingToRead)
{
    directory.write("profiles/notes.txt", "no profile\n");
    const Result result = hotreport({"-f", "json", directory.file("profiles")});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.out, "");
    ASSERT_EQ(lines_of(result.err).size(), 1u) << result.err;
    EXPECT_TRUE(is_about(lines_of(result.err)[0], directory.file("profiles")));
}

/* --- Exit statuses and what is said ------------------------------------------------------- */

using Status = Command;

TEST_F(Status, Is0ForWholeInputsWithOrWithoutRemarks)
{
    for (const auto &[name, remarks] :
         {std::pair("unbalanced-calls", ": 2 unmatched exits; 3 frames left open\n"),
          {"exits-only", ": 20 unmatched exits\n"},
          {"fib-calls", ""},
          {"coverage", ""}}) {
        const std::string path = sample_path(name);
        const Result result = hotreport({"-f", "json", path});
        EXPECT_EQ(result.status, 0) << name;
        EXPECT_EQ(result.err, *remarks ? "hotreport: " + path + remarks : "");
        EXPECT_EQ(result.out, expected_report("json", {path}));
    }
}

TEST_F(Status, Is1WhereNothingCanBeRead)
{
    const std::string foreign = directory.write("foreign.txt", "no profile\n");
    const std::string empty = directory.write("empty.prof", "");
    for (const std::string &input : {missing, foreign, empty}) {
        const Result result = hotreport({"-f", "json", input});
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(result.out, "");
        ASSERT_EQ(lines_of(result.err).size(), 1u) << result.err;
        EXPECT_TRUE(is_about(lines_of(result.err)[0], input));
    }
    const Result all = hotreport({"-f", "json", missing, foreign, empty});
    EXPECT_EQ(all.status, 1);
    EXPECT_EQ(lines_of(all.err).size(), 3u) << all.err;
}

TEST_F(Status, Is1WhereNothingIsLeftOfDamagedInputs)
{
    const std::string output = directory.write("out", "before");
    const std::string stump = directory.write("stump.prof", read_file(calls).substr(0, 50));
    for (const Files &inputs :
         {Files{stump}, Files{stump, missing}, Files{missing, stump, stump}}) {
        Files arguments{"-f", "flat", "-o", output};
        arguments.insert(arguments.end(), inputs.begin(), inputs.end());
        const Result result = hotreport(arguments);
        EXPECT_EQ(result.status, 1);
        EXPECT_EQ(lines_of(result.err).size(), inputs.size()) << result.err;
        EXPECT_EQ(read_file(output), "before");
    }
    EXPECT_EQ(hotreport({"-f", "flat", stump, calls}).status, 3);
    EXPECT_EQ(hotreport({"-f", "flat", "--base", stump, calls}).status, 1);
}

/* A log may hold nothing: the program was not run at all. */
TEST_F(Status, Is0WhereAWholeInputHoldsNothing)
{
    const std::string empty =
        directory.write("empty.prof", LogWriter::with_header(true, true).bytes());
    const Result result = hotreport({"-f", "flat", empty});
    EXPECT_EQ(result.status, 0) << result.err;
}

TEST_F(Status, Is3WhereAnInputIsCutOrCorrupt)
{
    const std::string corrupt = directory.write("corrupt.prof", read_file(calls) + "\x03");
    for (const std::string &input : {cut, corrupt}) {
        const Result result = hotreport({"-f", "json", input});
        EXPECT_EQ(result.status, 3);
        EXPECT_GT(nlohmann::json::parse(result.out).at("total")[0], 0);
        ASSERT_EQ(lines_of(result.err).size(), 1u) << result.err;
        EXPECT_TRUE(is_about(lines_of(result.err)[0], input));
    }
}

TEST_F(Status, Is3WhereSomeInputsAreUnreadable)
{
    const std::string foreign = directory.write("foreign.txt", "no profile\n");
    const std::string output = directory.file("out");
    const Result result =
        hotreport({"-f", "json", "-o", output, missing, calls, foreign, lines, directory.path()});
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(read_file(output), expected_report("json", {calls, lines}));
    const std::vector<std::string> told = lines_of(result.err);
    ASSERT_EQ(told.size(), 3u) << result.err;
    EXPECT_TRUE(is_about(told[0], missing));
    EXPECT_TRUE(is_about(told[1], foreign));
    EXPECT_TRUE(is_about(told[2], directory.path()));
}

TEST_F(Status, OneLineAnInputTellsAllThatThereIs)
{
    /* Cut short, with frames left open. */
    const Result result = hotreport({"-f", "json", cut});
    const std::vector<std::string> told = lines_of(result.err);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(contains(told[0], "20232")) << "the offset of the end: " << told[0];
    EXPECT_TRUE(contains(told[0], "12")) << "open frames: " << told[0];
    EXPECT_TRUE(contains(told[0], "; ")) << told[0];
}

TEST_F(Status, LinesOnStandardErrorStayLinesWhateverTheFileIsCalled)
{
    const std::string strange = directory.write("new\nline\x1b[31m\xff.prof", "no profile");
    const Result result = hotreport({"-f", "json", strange});
    EXPECT_EQ(result.status, 1);
    ASSERT_EQ(lines_of(result.err).size(), 1u) << result.err;
    EXPECT_TRUE(
        is_about(lines_of(result.err)[0], directory.path() + "/new\\x0aline\\x1b[31m\\xff.prof"));
}

TEST_F(Status, FileNamesAreEscapedInJson)
{
    const std::string strange = directory.write("new\nline\"\\\xff.prof", read_file(calls));
    const auto report = nlohmann::json::parse(hotreport({"-f", "json", strange}).out);
    EXPECT_EQ(report.at("inputs")[0].at("file"), directory.path() + "/new\\x0aline\"\\\\xff.prof");
}

/* All characters that a terminal must not get, but NUL, which no argument can hold; in texts that
 * are not too long for the name of a file. */
std::vector<std::string> all_unsafe()
{
    std::vector<std::string> all(1);
    for (const std::string &character : unsafe_characters()) {
        if (all.back().size() > 150)
            all.emplace_back();
        all.back() += character == std::string(1, '\0') ? "" : character;
    }
    return all;
}

class StatusUnsafe : public Status, public testing::WithParamInterface<std::string>
{
};

TEST_P(StatusUnsafe, MessagesHaveNoCharacterThatSteersATerminalOrTurnsText)
{
    const std::string unsafe = GetParam();
    const std::string log = directory.write("log" + unsafe, read_file(cut));
    for (const Files &arguments :
         {Files{"missing" + unsafe}, Files{"--format=" + unsafe, calls},
          Files{"--sort", unsafe, calls}, Files{"--" + unsafe, calls}, Files{"-" + unsafe, calls},
          Files{"--event=" + unsafe, calls}, Files{"--focus=" + unsafe, calls},
          Files{"--focus=(" + unsafe, calls}, Files{"-o", directory.file(unsafe + "/out"), calls},
          Files{"--base=" + log, calls}, Files{"-v", log}, Files{"--progress=always", log},
          Files{"-f", "folded", "-o", "/dev/null", log, data_path("pstats/names-3.13.prof")}}) {
        const Result result = hotreport(arguments);
        SCOPED_TRACE(arguments[0]);
        EXPECT_NE(result.err, "");
        /* The line of progress is wiped out by these. */
        const std::string own =
            std::regex_replace(result.err, std::regex("\r\x1b\\[K"), std::string());
        EXPECT_EQ(unsafe_in(own), "") << own;
    }
    for (const char character : unsafe) {
        const Result result = hotreport({std::string("-") + character, calls});
        EXPECT_EQ(result.status, 2);
        EXPECT_EQ(lines_of(result.err).size(), 1U);
        EXPECT_EQ(unsafe_in(result.err), "") << result.err;
    }
}

INSTANTIATE_TEST_SUITE_P(, StatusUnsafe, testing::ValuesIn(all_unsafe()), [](const auto &instance) {
    return std::to_string(instance.index);
});

/* --- Output ------------------------------------------------------------------------------- */

using Output = Command;

TEST_F(Output, ADashIsStandardOutput)
{
    const Result result = hotreport({"-f", "json", "-o", "-", calls});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, expected_report("json", {calls}));
}

TEST_F(Output, ReplacesAnExistingFile)
{
    const std::string output = directory.write("out", std::string(1 << 20, 'x'));
    EXPECT_EQ(hotreport({"-f", "json", "-o", output, calls}).status, 0);
    EXPECT_EQ(read_file(output), expected_report("json", {calls}));
    EXPECT_EQ(list_directory(directory.path()), Files{"out"});
}

TEST_F(Output, HasTheModeThatOtherFilesHave)
{
    const mode_t mask = umask(022);
    const std::string output = directory.file("out");
    EXPECT_EQ(hotreport({"-f", "json", "-o", output, calls}).status, 0);
    umask(mask);
    struct stat status {
    };
    ASSERT_EQ(stat(output.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0644u);
}

TEST_F(Output, StaysUntouchedWhereNothingCanBeRead)
{
    const std::string output = directory.write("out", "before");
    EXPECT_EQ(hotreport({"-f", "json", "-o", output, missing}).status, 1);
    EXPECT_EQ(read_file(output), "before");
    EXPECT_EQ(list_directory(directory.path()), Files{"out"});
}

TEST_F(Output, IsNotMadeWhereNothingCanBeRead)
{
    EXPECT_EQ(hotreport({"-f", "json", "-o", directory.file("out"), missing}).status, 1);
    EXPECT_EQ(list_directory(directory.path()), Files{});
}

/* A limit on the size of files stands for a disk that is full halfway. */
TEST_F(Output, StaysUntouchedWhereTheDiskIsFull)
{
    const std::string output = directory.write("out", "before");
    const Result result =
        run({"sh", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh", HP_BIN_DIR "/hotreport",
             "-f", "json", "-o", output, sample_path("lib2to3-lines")});
    EXPECT_EQ(result.status, 1);
    EXPECT_TRUE(contains(result.err, output)) << result.err;
    EXPECT_EQ(read_file(output), "before");
    EXPECT_EQ(list_directory(directory.path()), Files{"out"});
}

TEST_F(Output, ThatCannotBeMadeIsStatus1)
{
    const std::string nowhere = directory.file("no/such/folder/out");
    const Result result = hotreport({"-f", "json", "-o", nowhere, calls});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.err,
              "hotreport: " + nowhere + ": cannot be created: No such file or directory\n");
    const Result folder = hotreport({"-f", "json", "-o", directory.path(), calls});
    EXPECT_EQ(folder.status, 1);
    EXPECT_EQ(folder.err,
              "hotreport: " + directory.path() + ": cannot be opened: Is a directory\n");
}

TEST_F(Output, OnAFullDeviceIsStatus1)
{
    const Result by_name = hotreport({"-f", "json", "-o", "/dev/full", calls});
    EXPECT_EQ(by_name.status, 1);
    EXPECT_EQ(by_name.err, "hotreport: /dev/full: cannot be written: No space left on device\n");
    EXPECT_TRUE(fs::is_character_file("/dev/full"));

    Surroundings around;
    around.output = "/dev/full";
    for (const std::string &log : {calls, sample_path("lib2to3-lines")}) {
        const Result redirected = hotreport({"-f", "json", log}, around);
        EXPECT_EQ(redirected.status, 1);
        EXPECT_EQ(redirected.err,
                  "hotreport: standard output: cannot be written: No space left on device\n");
    }
    for (const char *option : {"--help", "--version"}) {
        const Result text = hotreport({option}, around);
        EXPECT_EQ(text.status, 1);
        EXPECT_EQ(text.err,
                  "hotreport: standard output: cannot be written: No space left on device\n");
    }
}

TEST_F(Output, IntoAPipeByNameIsWrittenDirectly)
{
    const std::string fifo = directory.file("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const Result result = run({"sh", "-c", "cat \"$0\" & \"$@\"; wait", fifo,
                               HP_BIN_DIR "/hotreport", "-f", "json", "-o", fifo, calls});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out, expected_report("json", {calls}));
    EXPECT_TRUE(fs::is_fifo(fifo));
    EXPECT_EQ(list_directory(directory.path()), Files{"fifo"});
}

TEST_F(Output, IsNotBinaryOnATerminal)
{
    Surroundings around;
    around.terminal = true;
    for (size_t i = 0; hp_report_at(i); i++) {
        const hp_report *report = hp_report_at(i);
        const Result result = hotreport({"-f", report->name, "--no-pager", calls}, around);
        if (report->binary) {
            EXPECT_EQ(result.status, 2);
            EXPECT_EQ(result.out, "");
            EXPECT_EQ(result.err, std::string("hotreport: the report ") + report->name +
                                      " is not text for a terminal; write it to a file with -o "
                                      "FILE\n");
        } else if (!report->drawn) {
            EXPECT_EQ(result.status, 0) << result.err;
            EXPECT_NE(result.out, "");
        }
    }
}

TEST_F(Output, IntoAClosedPipeEndsQuietly)
{
    Surroundings around;
    around.closed_pipe = true;
    const Result result = hotreport({"-f", "json", sample_path("lib2to3-lines")}, around);
    EXPECT_EQ(result.status, 128 + SIGPIPE);
    EXPECT_EQ(result.err, "");
}

TEST_F(Output, DoesNotDependOnTheLocale)
{
    if (!is_installed("localedef") || !fs::exists("/usr/share/i18n/locales/de_DE"))
        GTEST_SKIP() << "no locale can be made here";
    ASSERT_EQ(
        run({"localedef", "-i", "de_DE", "-f", "UTF-8", directory.file("de_DE.UTF-8")}).status, 0);
    Surroundings german;
    german.environment = {
        {"LOCPATH", directory.path()}, {"LC_ALL", "de_DE.UTF-8"}, {"LANG", "de_DE.UTF-8"}};
    ASSERT_TRUE(contains(run({"locale", "decimal_point"}, german).out, ","));
    for (size_t i = 0; hp_report_at(i); i++) {
        const std::string format = hp_report_at(i)->name;
        EXPECT_EQ(hotreport({"-f", format, calls}, german).out,
                  hotreport({"-f", format, calls}).out)
            << format;
    }
}

/* --- The names of the script of 2003 ------------------------------------------------------ */

class OldName : public testing::TestWithParam<const char *>
{
};

TEST_P(OldName, TakesTheOldCommandLine)
{
    const TemporaryDirectory directory;
    const std::string calls = sample_path("fib-calls"), lines = sample_path("json-lines");
    const std::string output = directory.file("cachegrind.out.42");
    const Result one = hotreport({"-o", output, calls}, {}, GetParam());
    EXPECT_EQ(one.status, 0) << one.err;
    EXPECT_EQ(one.out, "");
    EXPECT_EQ(read_file(output), expected_report("callgrind", {calls}));

    EXPECT_EQ(hotreport({"-o", output, calls, lines}, {}, GetParam()).status, 0);
    EXPECT_EQ(read_file(output), expected_report("callgrind", {calls, lines}));

    EXPECT_EQ(
        hotreport({"--file-limit=1", "--output=" + output, lines, calls}, {}, GetParam()).status,
        0);
    EXPECT_EQ(read_file(output), expected_report("callgrind", {lines}));
}

INSTANTIATE_TEST_SUITE_P(, OldName, testing::Values("hotshot2cachegrind", "hotshot2calltree"),
                         [](const auto &instance) {
                             return std::string(instance.param);
                         });

} // namespace
