// SPDX-License-Identifier: MIT
/* Call graphs on paper as Graphviz, Ghostscript and Poppler see them. */
#include "support/command.h"
#include "support/program.h"
#include "support/pstats_dump.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <thread>

namespace
{

using namespace test;

/* A directory with the profile of a program, where it is drawn and looked at. */
class Desk
{
  public:
    explicit Desk(const std::string &bytes)
    {
        directory.write("program.prof", bytes);
    }
    explicit Desk(const Builder &program) : Desk(report("callgrind", program.get())) {}

    Result draw(std::vector<std::string> arguments) const
    {
        arguments.push_back("program.prof");
        return hotreport(arguments, here());
    }

    /* Writes DOT, and runs the commands that stand on top of it, which make callgraph.pdf. */
    void print_dot(std::vector<std::string> arguments, const std::string &name) const
    {
        arguments.insert(arguments.end(), {"--format=dot", "-o", name});
        const Result drawn = draw(arguments);
        ASSERT_EQ(drawn.status, 0) << drawn.err;
        std::string commands;
        for (const std::string &line : lines_of(read_file(file(name))))
            if (line.rfind("// ", 0) == 0)
                commands += line.substr(line.find(": ") + 2) + "\n";
        const Result printed = run({"sh", "-e", "-c", commands}, here());
        EXPECT_EQ(printed.status, 0) << commands << printed.err;
        EXPECT_EQ(printed.err, "");
    }

    /* What a program says that must have nothing to complain of. */
    std::string ask(const std::vector<std::string> &command) const
    {
        const Result result = run(command, here());
        EXPECT_EQ(result.status, 0) << command[0] << ": " << result.err;
        EXPECT_EQ(result.err, "") << command[0];
        return result.out;
    }

    /* "595x842", of each page. */
    std::vector<std::string> sizes(const std::string &pdf) const
    {
        static const std::regex row("Page +[0-9]+ size: +([0-9.]+) x ([0-9.]+) pts.*");
        std::vector<std::string> sizes;
        std::smatch match;
        for (const std::string &line : lines_of(ask({"pdfinfo", "-f", "1", "-l", "9999", pdf})))
            if (std::regex_match(line, match, row))
                sizes.push_back(match[1].str() + "x" + match[2].str());
        return sizes;
    }

    /* The text of each page in the order of drawing, without white space. */
    std::vector<std::string> texts(const std::string &pdf) const
    {
        std::vector<std::string> texts(1);
        for (const char c : ask({"pdftotext", "-raw", pdf, "-"}))
            if (c == '\f')
                texts.emplace_back();
            else if (c != ' ' && c != '\n')
                texts.back() += c;
        texts.pop_back();
        return texts;
    }

    /* How many dots of each page are dark. */
    std::vector<size_t> ink(const std::string &pdf) const
    {
        std::vector<size_t> ink;
        ask({"pdftoppm", "-r", "20", "-gray", pdf, "ink"});
        for (const std::string &name : list_directory(directory.path()))
            if (name.rfind("ink-", 0) == 0) {
                const std::string image = read_file(file(name));
                ink.push_back(static_cast<size_t>(
                    std::count_if(image.begin() + 16, image.end(), [](unsigned char grey) {
                        return grey < 200;
                    })));
                std::filesystem::remove(file(name));
            }
        return ink;
    }

    std::string file(const std::string &name) const
    {
        return directory.file(name);
    }
    std::vector<std::string> files() const
    {
        return list_directory(directory.path());
    }
    Surroundings here() const
    {
        Surroundings here;
        here.directory = directory.path();
        here.environment = {{"TZ", "UTC"}};
        return here;
    }

    TemporaryDirectory directory;
};

std::vector<std::string> operator+(std::vector<std::string> left,
                                   const std::vector<std::string> &right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

std::string joined(const std::vector<std::string> &texts)
{
    std::string all;
    for (const std::string &text : texts)
        all += text;
    return all;
}

/* --- Sheets -------------------------------------------------------------------------------- */

/* All sizes of paper and both ways to hold it, in turn. */
struct Sheets {
    size_t pages;
    std::string paper;
    bool landscape;
    std::string upright, size;

    explicit Sheets(size_t number) : pages(number), landscape(number % 2 == 0)
    {
        static const struct {
            const char *name;
            int width, height;
        } papers[] = {{"a4", 595, 842}, {"letter", 612, 792}, {"a3", 842, 1191}};
        const auto &chosen = papers[number % 3];
        const std::string width = std::to_string(chosen.width);
        const std::string height = std::to_string(chosen.height);
        paper = chosen.name;
        upright = width + "x" + height;
        size = landscape ? height + "x" + width : upright;
    }

    std::vector<std::string> options(const std::string &paging) const
    {
        return {"--paging=" + paging, "--pages=" + std::to_string(pages), "--page-size=" + paper,
                std::string("--orientation=") + (landscape ? "landscape" : "portrait"),
                "--node-threshold=0"};
    }
};

class Paper : public testing::TestWithParam<size_t>
{
  protected:
    const Desk desk{tree(3000, 3, 500)};
    const Sheets sheets{GetParam()};

    /* So many, all of the size, and none of them empty. */
    void expect_sheets(const std::string &pdf, size_t count) const
    {
        EXPECT_EQ(desk.sizes(pdf), std::vector<std::string>(count, sheets.size));
        const std::vector<size_t> ink = desk.ink(pdf);
        EXPECT_EQ(ink.size(), count);
        for (const size_t dots : ink)
            EXPECT_GT(dots, 20U);
    }
};

TEST_P(Paper, HasTheSheetsOfAPoster)
{
    const Result drawn =
        desk.draw(sheets.options("tile") +
                  std::vector<std::string>{"--format=pdf", "--no-index", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_EQ(drawn.err, "");
    expect_sheets("a.pdf", GetParam());
}

TEST_P(Paper, HasTheSheetsOfAnAtlas)
{
    const Result drawn =
        desk.draw(sheets.options("atlas") +
                  std::vector<std::string>{"--format=pdf", "--no-index", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_EQ(drawn.err, "");
    expect_sheets("a.pdf", GetParam());
}

INSTANTIATE_TEST_SUITE_P(Pages, Paper, testing::Range(size_t{1}, size_t{13}));

class DotOnPaper : public Paper
{
};

TEST_P(DotOnPaper, PrintsThePosterByTheCommandOnTop)
{
    const std::string grid = "--grid=" + std::to_string(GetParam() % 2 ? 1 : 2) + "x" +
                             std::to_string(GetParam() % 2 ? GetParam() : GetParam() / 2);
    desk.print_dot(sheets.options("tile") + std::vector<std::string>{grid}, "program.dot");
    EXPECT_EQ(desk.sizes("callgraph.pdf"),
              std::vector<std::string>(GetParam(), sheets.upright)); /* and the drawing is turned */
}

TEST_P(DotOnPaper, PrintsTheAtlasByTheCommandsOnTop)
{
    desk.print_dot(sheets.options("atlas"), "it's an $atlas; of \"calls\" & more.dot");
    EXPECT_EQ(desk.sizes("callgraph.pdf"),
              std::vector<std::string>(GetParam() + 1, sheets.upright)); /* with an index */
}

INSTANTIATE_TEST_SUITE_P(Pages, DotOnPaper, testing::Values(1, 2, 3, 4, 12));

/* --- What is on them ----------------------------------------------------------------------- */

constexpr int several = 50;
const std::vector<std::string> all_of_several = {"--max-nodes=50", "--node-threshold=0"};

/* A program of functions whose names are broken into lines, and none of which is within another. */
std::string named(size_t number)
{
    return "package.of_functions.function_" + std::to_string(100 + number) + "_by_name";
}

Builder several_named()
{
    return program(
        several,
        [](size_t i) {
            return (i - 1) / 3;
        },
        40, 1, named);
}

/* The sheets of an atlas by the pN after a name in the index, in drawings behind its share. */
std::map<std::string, size_t> sheets_of(const std::string &index, bool shares)
{
    std::map<std::string, size_t> sheets;
    for (int i = 0; i < several; i++) {
        const std::string name = std::regex_replace(named(i), std::regex("\\."), "\\.");
        std::smatch match;
        /* The list comes last; what stands above it names functions as well. */
        for (std::string rest = index; std::regex_search(
                 rest, match, std::regex(name + (shares ? "[^%]*%" : "") + "p([0-9]+)"));
             rest = match.suffix())
            sheets[named(i)] = std::stoul(match[1]);
    }
    return sheets;
}

/* Every name is on the sheet of the index, and every reference leads to the sheet of its name. */
void expect_atlas(const std::vector<std::string> &pages,
                  const std::map<std::string, size_t> &sheets)
{
    static const std::regex reference(
        "(to|from)p([0-9]+)(package\\.of_functions\\.function_[0-9]{3}_by_name)");
    size_t to = 0, from = 0;
    ASSERT_EQ(sheets.size(), static_cast<size_t>(several));
    for (const auto &[name, sheet] : sheets) {
        ASSERT_LT(sheet, pages.size());
        EXPECT_NE(pages[sheet].find(name), std::string::npos) << name << " on p" << sheet;
    }
    for (size_t page = 1; page < pages.size(); page++)
        for (std::sregex_iterator i(pages[page].begin(), pages[page].end(), reference), end;
             i != end; ++i) {
            EXPECT_EQ(std::stoul((*i)[2]), sheets.at((*i)[3])) << i->str();
            ++((*i)[1] == "to" ? to : from);
        }
    EXPECT_GT(to, 3U);
    EXPECT_GT(from, 3U);
}

TEST(DrawnNames, AreAllOnThePoster)
{
    const Desk desk(several_named());
    const Result drawn = desk.draw(
        all_of_several + std::vector<std::string>{"--format=pdf", "--pages=4", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    desk.print_dot(all_of_several + std::vector<std::string>{"--pages=1"}, "a.dot"); /* uncut */
    for (const char *pdf : {"a.pdf", "callgraph.pdf"}) {
        const std::string text = joined(desk.texts(pdf));
        for (int i = 0; i < several; i++)
            EXPECT_NE(text.find(named(i)), std::string::npos) << named(i) << " in " << pdf;
    }
}

TEST(DrawnNames, AreOnTheSheetsThatTheIndexAndReferencesTell)
{
    const Desk desk(several_named());
    const std::vector<std::string> options =
        all_of_several + std::vector<std::string>{"--pages=4", "--paging=atlas"};
    const Result drawn =
        desk.draw(options + std::vector<std::string>{"--format=pdf", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    const std::vector<std::string> drawn_pages = desk.texts("a.pdf");
    ASSERT_EQ(drawn_pages.size(), 5U);
    expect_atlas(drawn_pages, sheets_of(drawn_pages[0], true));
    desk.print_dot(options, "a.dot");
    const std::vector<std::string> printed_pages = desk.texts("callgraph.pdf");
    ASSERT_EQ(printed_pages.size(), 5U);
    expect_atlas(printed_pages, sheets_of(printed_pages[0], false));
}

/* A name, and what is read of it, up to two pieces: it may be shortened in the middle. */
struct Hostile {
    std::string name, head, tail;
};

/* Plain dot prints PostScript of Latin letters only, and says so. */
const std::vector<Hostile> latin = {
    {"say \"hi\"", "say\"hi\"", ""},
    {"back\\slash\\", "back\\slash\\", ""},
    {"<b>bold</b>&amp;&#65;", "<b>bold</b>&amp;&#65;", ""},
    {"{left|right}<port>", "{left|right}<port>", ""},
    {"long_" + std::string(5000, 'x') + "_end", "long_xxxxxxx", "xxxxxx_end"},
    {"many." + std::string(2500, 'x') + "._words", "many.xxxxxxx", "xxxxxx._words"},
    {"new\nline\r", "new\\x0aline\\x0d", ""},
    {std::string("nul\0bell\a\x7f", 10), "nul\\x00bell\\x07\\x7f", ""},
    {"%d%s%n%%", "%d%s%n%%", ""},
    {"\\N\\G\\E\\l", "\\N\\G\\E\\l", ""},
    {"\"];}//*/", "\"];}//*/", ""},
    {"", "???", ""},
    {"na\u00efve", "na\u00efve", ""},
    {"no\ufdd0ne\U0001ffff", "no\\xef\\xb7\\x90ne\\xf0\\x9f\\xbf\\xbf", ""},
};
const std::vector<Hostile> wide = {
    {"\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd", ""},
    {"\u4e2d\u6587\u51fd\u6570", "\u4e2d\u6587\u51fd\u6570", ""},
};

/* A dump of a main function that calls these. */
std::string calls_of(const std::vector<Hostile> &names)
{
    const std::string main =
        pstats::tuple({pstats::string("main.py"), pstats::integer(1), pstats::string("main")});
    const auto numbers = [](double self, double inclusive, const std::string &callers) {
        return pstats::tuple({pstats::integer(1), pstats::integer(1), pstats::seconds(self),
                              pstats::seconds(inclusive), callers});
    };
    std::vector<std::string> items = {
        main, numbers(1, 1 + static_cast<double>(names.size()), pstats::dict({}))};
    for (const Hostile &hostile : names) {
        items.push_back(pstats::tuple(
            {pstats::string("f.py"), pstats::integer(7), pstats::string(hostile.name)}));
        items.push_back(
            numbers(1, 1,
                    pstats::dict({main, pstats::tuple({pstats::integer(1), pstats::integer(1),
                                                       pstats::seconds(1), pstats::seconds(1)})})));
    }
    return pstats::dict(items);
}

void expect_names(const Desk &desk, const std::string &pdf, const std::vector<Hostile> &names)
{
    /* The marks that Poppler sets around what runs from right to left are not the name's. */
    const std::string text =
        std::regex_replace(joined(desk.texts(pdf)), std::regex("\u202a|\u202b|\u202c"), "");
    for (const Hostile &hostile : names) {
        EXPECT_NE(text.find(hostile.head), std::string::npos) << hostile.head << "\n" << text;
        EXPECT_NE(text.find(hostile.tail), std::string::npos) << hostile.tail << "\n" << text;
    }
}

TEST(HostileNames, AreReadOnThePaperOfDot)
{
    const Desk desk(calls_of(latin));
    for (const char *paging : {"--paging=tile", "--paging=atlas"}) {
        desk.print_dot({"--pages=2", "--max-nodes=50", paging}, "a.dot");
        expect_names(desk, "callgraph.pdf", latin);
    }
}

TEST(Difference, IsPrintedByDotWithoutAWord)
{
    const Desk desk(read_file(data_path("pstats/json-3.12.prof")));
    desk.print_dot({"--base=" + data_path("pstats/json-3.10.prof"), "--pages=2"}, "a.dot");
    const std::string text = desk.ask({"pdftotext", "callgraph.pdf", "-"});
    EXPECT_NE(text.find("0.00% -> "), std::string::npos) << text;
}

TEST(HostileNames, AreReadInDrawings)
{
    std::vector<Hostile> names = latin;
    names.insert(names.end(), wide.begin(), wide.end());
    const Desk desk(calls_of(names));
    for (const char *paging : {"--paging=tile", "--paging=atlas"}) {
        const Result drawn =
            desk.draw({"--format=pdf", "--pages=1", "--max-nodes=50", paging, "-o", "a.pdf"});
        EXPECT_EQ(drawn.status, 0);
        EXPECT_EQ(drawn.err, "");
        expect_names(desk, "a.pdf", names);
    }
}

TEST(HostileNames, OfAllLettersAreTakenByDotWithoutAWord)
{
    const Desk desk(calls_of(wide));
    const Result drawn = desk.draw({"--format=dot", "-o", "a.dot"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    for (const char *format : {"-Tpdf", "-Tsvg", "-Tdot"})
        desk.ask({"dot", format, "a.dot"});
    desk.ask({"dot", "-Tpdf", "-oa.pdf", "a.dot"});
}

/* --- Shapes -------------------------------------------------------------------------------- */

Builder without_calls()
{
    Builder builder;
    for (int i = 0; i < 30; i++)
        builder.function("alone_" + std::to_string(i), "f.py", 1, 1, 1, {100}, {100});
    builder.sort();
    return builder;
}

Builder one_cycle()
{
    Builder builder;
    std::vector<hp_function_id> ids;
    for (int i = 0; i < 20; i++)
        ids.push_back(
            builder.function("turn_" + std::to_string(i), "f.py", 1, 2, 1, {100}, {2000}));
    for (size_t i = 0; i < ids.size(); i++)
        builder.call(ids[i], ids[(i + 1) % ids.size()], 1, {1900});
    builder.sort();
    return builder;
}

struct Shape {
    const char *name;
    Builder (*make)();
    std::vector<std::string> options;
};

const Shape shapes[] = {
    {"One",
     [] {
         return tree(1, 1);
     },
     {}},
    {"Two",
     [] {
         return tree(2, 1);
     },
     {}},
    {"Hundred",
     [] {
         return tree(100, 3, 80);
     },
     {"--max-nodes=100"}},
    {"Thousand",
     [] {
         return tree(1000, 4, 500);
     },
     {"--max-nodes=1000"}},
    {"TwentyThousand",
     [] {
         return tree(20000, 5, 10000);
     },
     {"--node-threshold=0"}},
    {"WithoutCalls", without_calls, {}},
    {"Cycle", one_cycle, {}},
    {"Star",
     [] {
         return star(5000);
     },
     {"--node-threshold=0"}},
    {"Chain",
     [] {
         return chain(1000);
     },
     {}},
};

class Shapes : public testing::TestWithParam<Shape>
{
};

TEST_P(Shapes, AreDrawn)
{
    const Desk desk(GetParam().make());
    for (const char *paging : {"--paging=tile", "--paging=atlas"}) {
        const Result drawn =
            desk.draw(GetParam().options +
                      std::vector<std::string>{"--format=pdf", "--pages=4", paging, "-o", "a.pdf"});
        EXPECT_EQ(drawn.status, 0) << drawn.err;
        const std::vector<size_t> ink = desk.ink("a.pdf");
        EXPECT_FALSE(ink.empty());
        for (const size_t dots : ink)
            EXPECT_GT(dots, 20U);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Shapes, testing::ValuesIn(shapes), [](const auto &instance) {
    return std::string(instance.param.name);
});

/* --- Files --------------------------------------------------------------------------------- */

TEST(DrawnFiles, AreTheSameAtAnyTime)
{
    const Desk desk(tree(40, 3, 20));
    std::map<std::string, std::string> before;
    for (const char *format : {"dot", "pdf", "ps", "svg", "png"}) {
        before[format] = desk.draw({std::string("--format=") + format, "--pages=2"}).out;
        EXPECT_GT(before[format].size(), 1000U) << format;
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
    for (const auto &[format, bytes] : before)
        EXPECT_TRUE(desk.draw({"--format=" + format, "--pages=2"}).out == bytes) << format;
}

TEST(DrawnPdf, TellsWhatItIsAndHoldsItsFonts)
{
    const Desk desk(tree(40, 3, 20));
    const Result drawn = desk.draw(
        {"--format=pdf", "--pages=2", "--paging=atlas", "--title=Of a program", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    const std::string info =
        std::regex_replace(desk.ask({"pdfinfo", "-isodates", "a.pdf"}), std::regex(" +"), " ");
    for (const char *line :
         {"Title: Of a program\n", "Creator: hotreport ", "CreationDate: 1970-01-01T00:00:00Z\n",
          "ModDate: 1970-01-01T00:00:00Z\n"})
        EXPECT_NE(info.find(line), std::string::npos) << line << "in\n" << info;
    const std::vector<std::string> fonts = lines_of(desk.ask({"pdffonts", "a.pdf"}));
    ASSERT_GT(fonts.size(), 2U);
    for (size_t i = 2; i < fonts.size(); i++) /* embedded, subset, unicode, object */
        EXPECT_TRUE(
            std::regex_match(fonts[i], std::regex(".* yes (yes|no ) yes +[0-9]+ +[0-9]+ *")))
            << fonts[i];
}

TEST(DrawnPdf, OfAnAtlasHasAnOutlineAndLinks)
{
    const Desk desk(several_named());
    const Result drawn =
        desk.draw(all_of_several + std::vector<std::string>{"--format=pdf", "--pages=3",
                                                            "--paging=atlas", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    const std::string pdf = read_file(desk.file("a.pdf"));
    const auto count = [&pdf](const std::string &pattern) {
        const std::regex regex(pattern);
        return std::distance(std::sregex_iterator(pdf.begin(), pdf.end(), regex), {});
    };
    EXPECT_EQ(count("/Type /Outlines"), 1);
    EXPECT_EQ(count("/Title [(<]"), 1 + 4 + several); /* of the document, sheets and functions */
    EXPECT_GT(count("/Subtype /Link"), 3 + several);  /* of the index, and references */
    const std::string destinations = desk.ask({"pdfinfo", "-dests", "a.pdf"});
    for (int i = 0; i < several; i++)
        EXPECT_NE(destinations.find("\"f" + std::to_string(i) + "\""), std::string::npos) << i;
}

/* Each object that the table of a PDF lists stands where it says. */
TEST(DrawnPdf, WithLinksListsNoObjectsThatItDoesNotHave)
{
    const Desk desk(several_named());
    for (const char *paging : {"--paging=atlas", "--paging=tile"}) {
        const Result drawn =
            desk.draw(all_of_several + std::vector<std::string>{"--format=pdf", "--pages=3", paging,
                                                                "--overview", "-o", "a.pdf"});
        ASSERT_EQ(drawn.status, 0) << drawn.err;
        const std::string pdf = read_file(desk.file("a.pdf"));
        EXPECT_NE(pdf.find("/Subtype /Link"), std::string::npos);
        const size_t table = std::stoul(pdf.substr(pdf.rfind("startxref\n") + 10));
        const size_t count = std::stoul(pdf.substr(table + 7));
        ASSERT_EQ(pdf.substr(table, 7), "xref\n0 ");
        const size_t entries = pdf.find('\n', table + 7) + 1;
        for (size_t i = 1; i < count; i++) {
            const std::string entry = pdf.substr(entries + 20 * i, 18);
            if (entry != "0000000000 65535 f") {
                EXPECT_EQ(pdf.find(std::to_string(i) + " 0 obj", std::stoul(entry)),
                          std::stoul(entry))
                    << i;
            }
        }
        if (is_installed("qpdf")) {
            EXPECT_NE(desk.ask({"qpdf", "--check", "a.pdf"}).find("No syntax"), std::string::npos);
        }
    }
}

/* Printers have upright sheets: what lies on them is turned, and turned back on screens. */
TEST(DrawnPs, OfLandscapeAsksForUprightSheetsAndLiesOnThem)
{
    const Desk desk(tree(40, 3, 20));
    for (const auto &[orientation, turned] :
         {std::pair("landscape", " 90"), std::pair("portrait", " 0")}) {
        const Result drawn = desk.draw({"--format=ps", "--pages=2", "--max-nodes=40", "--no-index",
                                        "--orientation=" + std::string(orientation), "-o", "a.ps"});
        ASSERT_EQ(drawn.status, 0) << drawn.err;
        const std::string ps = read_file(desk.file("a.ps"));
        EXPECT_NE(ps.find("\n%%DocumentMedia: A4 595 842 "), std::string::npos);
        EXPECT_NE(ps.find(std::string("\n%%PageOrientation: ") +
                          (turned == std::string(" 90") ? "Landscape" : "Portrait")),
                  std::string::npos);
        desk.ask({"ps2pdf", "a.ps", "a.pdf"});
        EXPECT_EQ(desk.sizes("a.pdf"), (std::vector<std::string>{"595x842", "595x842"}));
        const std::string info = desk.ask({"pdfinfo", "-f", "1", "-l", "2", "a.pdf"});
        for (const char *page : {"Page    1 rot:", "Page    2 rot:"})
            EXPECT_EQ(
                std::regex_search(info, std::regex(std::string(page) + " *" + turned + "(\\s|$)")),
                true)
                << info;
        /* The title is at the top of the first sheet, to be read from left to right. */
        desk.ask({"pdftotext", "-bbox", "-l", "1", "a.pdf", "a.html"});
        std::smatch place;
        const std::string words = read_file(desk.file("a.html"));
        ASSERT_TRUE(std::regex_search(words, place,
                                      std::regex("xMin=\"([0-9.]+)\" yMin=\"([0-9.]+)\"[^>]*>"
                                                 "A1<")))
            << words;
        EXPECT_LT(std::stod(place[1]), 60);
        EXPECT_LT(std::stod(place[2]), 60);
    }
}

TEST(DrawnPdf, OfAPosterHasAnIndexWithTheHotPathAndAnOutlineOfTilesAndFunctions)
{
    const Desk desk(several_named());
    const Result drawn = desk.draw(
        all_of_several + std::vector<std::string>{"--format=pdf", "--pages=4", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    const std::vector<std::string> pages = desk.texts("a.pdf");
    ASSERT_EQ(pages.size(), 5U);
    /* Each function is found on the tile that the index tells. */
    std::map<std::string, size_t> tiles;
    for (size_t page = 1; page < pages.size(); page++) {
        std::smatch match;
        ASSERT_TRUE(std::regex_search(pages[page], match, std::regex("([A-D][1-4])of[1-4]x[1-4]")));
        tiles[match[1]] = page;
    }
    std::vector<std::string> names;
    const std::regex entry(
        "(package\\.of_functions\\.function_[0-9]{3}_by_name)(?:module[0-9]:[0-9]+)?"
        "[0-9.]+%([A-D][1-4])");
    const std::string index = pages[0].substr(pages[0].find("Functionsbyname"));
    for (std::sregex_iterator i(index.begin(), index.end(), entry), end; i != end; ++i) {
        names.push_back((*i)[1]);
        EXPECT_NE(pages[tiles[(*i)[2]]].find(names.back()), std::string::npos) << i->str();
    }
    EXPECT_EQ(names.size(), static_cast<size_t>(several)) << index;
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    const std::string pdf = read_file(desk.file("a.pdf"));
    const std::regex title("/Title [(<]"), link("/Subtype /Link");
    EXPECT_EQ(std::distance(std::sregex_iterator(pdf.begin(), pdf.end(), title), {}),
              1 + 5 + several); /* of the document, sheets and functions */
    EXPECT_GT(std::distance(std::sregex_iterator(pdf.begin(), pdf.end(), link), {}), 4 + several);
    const std::string destinations = desk.ask({"pdfinfo", "-dests", "a.pdf"});
    for (int i = 0; i < several; i++)
        EXPECT_NE(destinations.find("\"f" + std::to_string(i) + "\""), std::string::npos) << i;
    /* The hot path is numbered. */
    const std::string path = pages[0].substr(pages[0].find("Hotpath"));
    EXPECT_NE(path.find("1package.of_functions.function_100_by_name"), std::string::npos) << path;
    EXPECT_NE(path.find("2package.of_functions."), std::string::npos) << path;
}

TEST(DrawnOverview, NamesTheHeaviestFunctionsIfTheirBoxesAreTooSmallToRead)
{
    const Desk desk(several_named());
    const Result drawn =
        desk.draw(all_of_several + std::vector<std::string>{"--format=pdf", "--pages=9",
                                                            "--overview", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    const std::string overview = desk.texts("a.pdf").at(0);
    const std::regex entry("package\\.of_functions\\.function_[0-9]{3}_by_name");
    EXPECT_EQ(std::distance(std::sregex_iterator(overview.begin(), overview.end(), entry), {}), 24)
        << overview;
    EXPECT_TRUE(std::regex_search(
        overview, std::regex("[A-I][1-9]100\\.0%1package\\.of_functions\\.function_100_by_name")))
        << overview;
}

TEST(DrawnOverview, HasNoListIfItsBoxesAreRead)
{
    const Desk desk(tree(4, 2, 0));
    const Result drawn = desk.draw(
        {"--format=pdf", "--grid=2x1", "--pages=2", "--overview", "--no-index", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_EQ(desk.texts("a.pdf").at(0).find("100.0%"), std::string::npos);
    EXPECT_NE(desk.texts("a.pdf").at(0).find("100.00%"), std::string::npos);
}

class Pictures : public testing::TestWithParam<std::string>
{
  protected:
    const Desk desk{tree(40, 3, 20)};
    const std::string format = "--format=" + GetParam(), ending = "." + GetParam();

    /* A whole file of the format. */
    void expect_picture(const std::string &name) const
    {
        const std::string bytes = read_file(desk.file(name));
        const bool svg = GetParam() == "svg";
        const std::string start = svg ? "<?xml " : "\x89PNG\r\n\x1a\n";
        const std::string end = svg ? "</svg>\n" : std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12);
        EXPECT_EQ(bytes.rfind(start, 0), 0U) << name;
        EXPECT_EQ(bytes.rfind(end) + end.size(), bytes.size()) << name;
        EXPECT_GT(bytes.size(), 1000U) << name;
    }
};

TEST_P(Pictures, AreOneFileASheet)
{
    const Result drawn = desk.draw(
        {format, "--pages=2", "--paging=atlas", "--max-nodes=40", "-o", "sheet-%d" + ending});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_EQ(desk.files(), (std::vector<std::string>{"program.prof", "sheet-1" + ending,
                                                      "sheet-2" + ending, "sheet-3" + ending}));
    std::set<std::string> sheets;
    for (const char *number : {"1", "2", "3"}) {
        sheets.insert(read_file(desk.file("sheet-" + std::string(number) + ending)));
        expect_picture("sheet-" + std::string(number) + ending);
    }
    EXPECT_EQ(sheets.size(), 3U);
}

TEST_P(Pictures, AreOneFileWithoutANumber)
{
    const Result drawn = desk.draw({format, "--pages=2", "--paging=atlas", "-o", "all" + ending});
    EXPECT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_EQ(desk.files(), (std::vector<std::string>{"all" + ending, "program.prof"}));
    expect_picture("all" + ending);
}

TEST_P(Pictures, LeaveNothingBehindIfTheyFail)
{
    desk.directory.write("sheet-1" + ending, "kept");
    std::filesystem::create_directory(desk.file("sheet-2" + ending));
    const std::vector<std::string> before = desk.files();
    for (const std::string &output : {"sheet-%d" + ending, "missing/sheet-%d" + ending,
                                      "missing/all" + ending, std::string("/dev/full")}) {
        const Result failed = desk.draw({format, "--pages=2", "-o", output});
        EXPECT_EQ(failed.status, 1) << output;
        EXPECT_EQ(lines_of(failed.err).size(), 1U) << failed.err;
    }
    EXPECT_EQ(desk.files(), before);
    EXPECT_EQ(read_file(desk.file("sheet-1" + ending)), "kept");
}

INSTANTIATE_TEST_SUITE_P(Formats, Pictures, testing::Values("svg", "png"),
                         [](const auto &instance) {
                             return instance.param;
                         });

TEST(DrawnFiles, ThatCannotBeWrittenAreToldOfOnOneLine)
{
    const Desk desk(tree(40, 3, 20));
    Surroundings full = desk.here();
    full.output = "/dev/full";
    for (const char *format : {"dot", "pdf", "ps", "svg", "png"}) {
        const Result failed = hotreport(
            {std::string("--format=") + format, "--pages=2", "--max-nodes=40", "program.prof"},
            full);
        EXPECT_EQ(failed.status, 1) << format;
        EXPECT_EQ(failed.err,
                  "hotreport: standard output: cannot be written: No space left on device\n");
    }
}

/* libpng says that it has no memory; cairo passes that on. */
TEST(DrawnPng, IsNoFileOfZeroBytesWithoutMemory)
{
    const Desk desk(tree(40, 3, 20));
    desk.directory.write("no_memory.c",
                         "void *png_create_write_struct(void)\n{\n    return 0;\n}\n");
    desk.ask({HP_C_COMPILER, "-shared", "-fPIC", "-o", "no_memory.so", "no_memory.c"});
    desk.directory.write("a.png", "kept");
    Surroundings without_memory = desk.here();
    without_memory.environment["LD_PRELOAD"] = desk.file("no_memory.so");
    const Result drawn = hotreport({"--format=png", "-o", "a.png", "program.prof"}, without_memory);
    EXPECT_EQ(drawn.status, 1);
    EXPECT_EQ(drawn.err, "hotreport: out of memory\n");
    EXPECT_EQ(read_file(desk.file("a.png")), "kept");
}

/* --- What the user is told ----------------------------------------------------------------- */

class SmallType : public testing::TestWithParam<std::string>
{
};

TEST_P(SmallType, IsWarnedOfWithPagesThatDo)
{
    const Desk desk(tree(200, 3, 100));
    const std::vector<std::string> options = {
        "--format=pdf", "--paging=" + GetParam(), "--max-nodes=200", "--node-threshold=0", "-o",
        "a.pdf"};
    const Result small = desk.draw(options + std::vector<std::string>{"--pages=2"});
    EXPECT_EQ(small.status, 0);
    std::smatch match;
    ASSERT_TRUE(std::regex_search(
        small.err, match,
        std::regex("smallest type is [0-9.]+ pt: (--pages=[0-9]+) --max-nodes=200 ")))
        << small.err;
    const Result large = desk.draw(options + std::vector<std::string>{match[1]});
    EXPECT_EQ(large.status, 0);
    EXPECT_EQ(large.err, "") << match[1];
}

INSTANTIATE_TEST_SUITE_P(Pagings, SmallType, testing::Values("tile", "atlas"),
                         [](const auto &instance) {
                             return instance.param;
                         });

TEST(Drawing, TellsThatItLaysOut)
{
    const Desk desk(tree(40, 3, 20));
    const Result told = desk.draw({"--format=pdf", "--progress=always"});
    EXPECT_EQ(told.status, 0);
    EXPECT_TRUE(std::regex_match(
        told.err, std::regex("(\r\033\\[Kprogram.prof: [0-9]+ %)*(\r\033\\[K)?"
                             "(\r\033\\[Klaying out the graph: [0-9]+ s)+\r\033\\[K")))
        << told.err;
    EXPECT_EQ(desk.draw({"--format=pdf"}).err, "");
}

TEST(Drawing, WipesTheProgressOutBeforeAWarning)
{
    const Desk desk(tree(200, 3, 100));
    const Result told = desk.draw({"--format=pdf", "--progress=always", "--max-nodes=200"});
    EXPECT_NE(told.err.find("\r\033[Khotreport: the smallest type"), std::string::npos) << told.err;
}

TEST(Drawing, WithoutItsModuleTellsWhatToInstall)
{
    const Desk desk(tree(100, 3, 20));
    const std::string alone = desk.file("hotreport");
    std::filesystem::copy(HP_BIN_DIR "/hotreport", alone);
    const Result drawn = run({alone, "--format=pdf", "-o", "a.pdf", "program.prof"}, desk.here());
    EXPECT_EQ(drawn.status, 1);
    EXPECT_EQ(lines_of(drawn.err).size(), 1U) << drawn.err;
    EXPECT_EQ(drawn.err.rfind("hotreport: drawing needs cairo and Pango (apt-get install ", 0), 0U)
        << drawn.err;
    EXPECT_FALSE(std::filesystem::exists(desk.file("a.pdf")));
    const Result dot =
        run({alone, "--format=dot", "--pages=4", "-o", "a.dot", "program.prof"}, desk.here());
    EXPECT_EQ(dot.status, 0) << dot.err;
    EXPECT_EQ(dot.err, "");
    desk.ask({"sh", "-c", "dot -Tps a.dot | ps2pdf - a.pdf"});
    EXPECT_EQ(desk.sizes("a.pdf").size(), 4U);
}

} // namespace
