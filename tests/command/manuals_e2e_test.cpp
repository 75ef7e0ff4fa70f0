// SPDX-License-Identifier: MIT
/* The manual pages say what the programs say, and are pages that everybody can show. */
#include "pstats/marshal.h"
#include "report.h"
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"
#include "text/source.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace
{

using namespace test;
namespace fs = std::filesystem;
using Names = std::set<std::string>;

const std::vector<std::string> pages{
    "hotreport.1", "hotshot.1", "hotshot2cachegrind.1", "hotshot2calltree.1",
    "hotprof.3",   "hotprof.7", "hotprof-fleet.7",      "hotprof-kcachegrind.7"};

const std::string drawing_module = HP_BUILD_DIR "/" HP_LIBDIR "/hotprof/hotreport-draw.so";

std::string page_path(const std::string &page)
{
    return HP_MANUALS "/" + page;
}

/* A page as it is read on a terminal of so many columns. */
std::string shown(const std::string &page, int columns = 80)
{
    Surroundings around;
    around.environment = {{"LC_ALL", "C.UTF-8"}, {"MANWIDTH", std::to_string(columns)}};
    const Result result = run({"man", "-l", page_path(page)}, around);
    EXPECT_EQ(result.status, 0) << result.err;
    return result.out;
}

/* What the pattern's first group matches in the text. */
Names found(const std::string &text, const std::string &pattern)
{
    const std::regex regex(pattern);
    Names names;
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
        names.insert((*at)[1]);
    return names;
}

std::string section(const std::string &text, const std::string &title)
{
    const size_t start = text.find("\n" + title + "\n");
    EXPECT_NE(start, std::string::npos) << title;
    static const std::regex next("\n[A-Z][A-Z ]*\n");
    const std::string rest = text.substr(start + title.size() + 1);
    std::smatch end;
    return std::regex_search(rest, end, next) ? rest.substr(0, size_t(end.position())) : rest;
}

TEST(Manual, IsCorrectAndFitsInto80Columns)
{
    for (const std::string &page : pages) {
        Surroundings around;
        around.directory = HP_MANUALS;
        around.environment = {{"LC_ALL", "C.UTF-8"}, {"MANWIDTH", "80"}};
        const Result groff = run({"groff", "-man", "-Tutf8", "-t", "-wall", page}, around);
        EXPECT_EQ(groff.err, "") << page;
        const Result mandoc = run({"mandoc", "-T", "lint", "-W", "warning", page}, around);
        EXPECT_EQ(mandoc.out + mandoc.err, "") << page;
        for (const std::string &line : lines_of(shown(page)))
            EXPECT_LE(line.size(), 82u) << page << ": " << line; /* a bullet is three bytes */
    }
}

TEST(Manual, DocumentsEveryOptionAndNoOther)
{
    const std::string option = "\n +(?:-., )?(--[a-z-]+)";
    const Names options = found(hotreport({"--help"}).out, option);
    EXPECT_GT(options.size(), 20u);
    EXPECT_EQ(found(section(shown("hotreport.1"), "OPTIONS"), option), options);

    const std::string letter = "\n +(-.), --";
    EXPECT_EQ(found(shown("hotreport.1"), letter), found(hotreport({"--help"}).out, letter));
}

TEST(Manual, DocumentsEveryOptionOfTheRecorderAndNoOther)
{
    if (std::string(HP_PYTHON).empty())
        GTEST_SKIP() << "built without the recorder for Python";
    Surroundings around;
    around.environment = {{"PYTHONPATH", HP_BUILD_DIR "/python"}};
    const std::string help = run({HP_PYTHON, "-m", "hotshot", "--help"}, around).out,
                      option = "\n +(?:-., )?(--[a-z-]+)";
    EXPECT_GE(found(help, option).size(), 8u);
    EXPECT_EQ(found(section(shown("hotshot.1"), "OPTIONS"), option), found(help, option));
}

TEST(Manual, DocumentsEveryReportAndInputAndNoOther)
{
    Names reports, inputs;
    for (size_t i = 0; hp_report_at(i); i++)
        reports.insert(hp_report_at(i)->name);
    for (size_t i = 0; hp_format_at(i); i++)
        inputs.insert(hp_format_at(i)->name);
    const std::string page = shown("hotreport.1", 200), term = "\n {7}([a-z]+)(?=  |\n)";
    EXPECT_EQ(found(section(page, "REPORTS"), term), reports);
    EXPECT_EQ(found(section(page, "DESCRIPTION"), term), inputs);
}

TEST(Manual, HasExamplesThatRun)
{
    if (!fs::exists(drawing_module))
        GTEST_SKIP() << "built without drawings";
    /* A program that fills four sheets of paper, with functions that the examples name. */
    LogWriter log = LogWriter::with_header(true, true);
    log.define_file(1, "app.py").define_function(1, 1, "main");
    log.define_function(1, 9, "handle_request").define_function(1, 20, "parse");
    log.enter(1, 1, 2).line(3, 4).enter(1, 9, 5).line(10, 6).enter(1, 20, 7).exit(8);
    for (uint64_t i = 0; i < 150; i++)
        log.define_function(1, 100 + i, "f" + std::to_string(i)).enter(1, 100 + i, 1).exit(90);
    log.exit(9).exit(10);
    const TemporaryDirectory directory;
    for (const char *name : {"run.prof", "before.prof", "after.prof", "runs/1.prof", "runs/2.prof"})
        directory.write(name, log.bytes());
    Surroundings around;
    around.directory = directory.path();
    around.environment = {{"PATH", HP_BIN_DIR ":" + std::string(getenv("PATH"))}};

    const Names commands = found(shown("hotreport.1"), "\n {11}(hotreport [^\n]*|hotshot2[^\n]*)");
    EXPECT_GE(commands.size(), 10u);
    for (const std::string &command : commands) {
        const Result result = run({"sh", "-c", command}, around);
        EXPECT_EQ(result.status, 0) << command;
        EXPECT_EQ(result.err, "") << command;
    }
}

TEST(Manual, SaysThatFiltersWorkWithEveryReport)
{
    if (!fs::exists(drawing_module))
        GTEST_SKIP() << "built without drawings";
    const std::string log = data_path("hotshot/pystone-linetimes.prof");
    for (size_t i = 0; hp_report_at(i); i++) {
        const std::string format = hp_report_at(i)->name;
        const Result whole = hotreport({"-f", format, log});
        const Result part = hotreport({"-f", format, "--root=^Proc1$", log});
        EXPECT_EQ(part.status, 0) << format << part.err;
        EXPECT_FALSE(part.out.empty()) << format;
        EXPECT_NE(part.out, whole.out) << format;
        if (!hp_report_at(i)->binary && !hp_report_at(i)->drawn) {
            EXPECT_NE(part.out.find("Proc6"), std::string::npos) << format;
            EXPECT_EQ(part.out.find("Proc8"), std::string::npos) << format;
        }
    }
}

TEST(Help, FitsInto80Columns)
{
    for (const std::string &line : lines_of(hotreport({"--help"}).out)) {
        EXPECT_LE(line.size(), 80u) << line;
        EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
    }
}

TEST(Manual, TellsTheLimitsThatAreInForce)
{
    const std::string limits = section(shown("hotreport.1"), "LIMITS");
    const auto expect_row = [&](const std::string &what, uint64_t limit) {
        const std::regex row("\n *" + what + "[^\n]* " + std::to_string(limit) + "[ \n]");
        EXPECT_TRUE(std::regex_search(limits, row)) << what << " " << limit << limits;
    };
    const Names frames =
        found(read_file(HP_SOURCE_DIR "/core/hotshot/trace.h"), "#define HP_FRAMES_MAX ([0-9]+)");
    expect_row("compressed input", HP_INFLATED_MAX);
    expect_row("costs", UINT64_MAX);
    expect_row("frames open", std::stoull(*frames.begin()));
    expect_row("values within values", HP_MARSHAL_DEPTH);
    expect_row("references", HP_MARSHAL_EXPANSION);
    expect_row("events", HP_EVENTS_MAX);
    expect_row("functions", UINT32_MAX - 1);
    expect_row("line numbers that KCachegrind", UINT32_MAX);
    expect_row("sheets of paper", HP_PAGES_MAX);
    expect_row("a source file", HP_SOURCE_MAX);
}

TEST(Manual, OfTheLibraryHasWhatTheHeaderDeclares)
{
    const std::string header = read_file(HP_SOURCE_DIR "/core/hotprof.h");
    const std::string whole = shown("hotprof.3", 300);
    const std::string page = whole.substr(0, whole.find("\nEXAMPLE\n"));
    const Names functions = found(header, "HP_API[^;]*?\\b(hp_[a-z0-9_]+)\\("),
                types = found(header, "\n(?:\\} |typedef [a-z0-9_]+ )(hp_[a-z0-9_]+);"),
                constants = found(header, "\n    (HP_[A-Z_]+),?");
    EXPECT_GE(functions.size(), 30u);
    EXPECT_GE(types.size(), 10u);
    EXPECT_GE(constants.size(), 10u);
    for (const std::string &name : functions)
        EXPECT_NE(page.find(name + "("), std::string::npos) << name;
    for (const std::string &name : types)
        EXPECT_NE(page.find(name + ";"), std::string::npos) << name;
    for (const std::string &name : constants)
        EXPECT_TRUE(std::regex_search(page, std::regex("\n +" + name + "( = [0-9]+)?(,|\n| )")))
            << name;
    EXPECT_EQ(page.find("/*"), std::string::npos);
    EXPECT_EQ(page.find("HP_API"), std::string::npos);
    EXPECT_EQ(page.find("HP_NODISCARD"), std::string::npos);
}

TEST(Manual, OfTheLibraryHasTheExample)
{
    const std::string page = shown("hotprof.3");
    std::vector<std::string> code = lines_of(read_file(HP_SOURCE_DIR "/packaging/man/example.c"));
    code.erase(code.begin()); /* the licence */
    std::string indented;
    for (const std::string &line : code)
        indented += (line.empty() ? "" : "       ") + line + "\n";
    EXPECT_NE(page.find("\nEXAMPLE\n" + indented), std::string::npos) << page;
}

} // namespace
