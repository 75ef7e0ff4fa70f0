// SPDX-License-Identifier: MIT
/* Call graphs on paper as Graphviz, Ghostscript and Poppler see them. */
#include "command.h"
#include "program.h"
#include "support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

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
        return {"--paging=" + paging,
                "--pages=" + std::to_string(pages),
                "--page-size=" + paper,
                std::string("--orientation=") + (landscape ? "landscape" : "portrait"),
                "--max-nodes=60",
                "--min-font=1"};
    }
};

class Paper : public testing::TestWithParam<size_t>
{
  protected:
    const Desk desk{tree(60, 3, 30)};
    const Sheets sheets{GetParam()};

    /* So many, all of the size; of a prime number of tiles fewer may be told of. */
    void expect_sheets(const std::string &pdf, size_t count, const std::string &told = "") const
    {
        const std::vector<std::string> sizes = desk.sizes(pdf);
        if (sizes.size() < count) {
            EXPECT_NE(told.find(std::to_string(sizes.size()) + " sheets ("), std::string::npos)
                << sizes.size() << " sheets: " << told;
            EXPECT_TRUE(count == 5 || count == 7 || count == 11) << count;
        } else {
            EXPECT_EQ(sizes.size(), count);
            EXPECT_EQ(told, "");
        }
        for (const std::string &size : sizes)
            EXPECT_EQ(size, sheets.size);
        const std::vector<size_t> ink = desk.ink(pdf);
        EXPECT_EQ(ink.size(), sizes.size());
        for (const size_t dots : ink)
            EXPECT_GT(dots, 20U);
    }
};

TEST_P(Paper, HasTheSheetsOfAPoster)
{
    const Result drawn =
        desk.draw(sheets.options("tile") + std::vector<std::string>{"--format=pdf", "-o", "a.pdf"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    expect_sheets("a.pdf", GetParam(), drawn.err);
}

TEST_P(Paper, HasTheSheetsOfAnAtlasAndAnIndex)
{
    const std::vector<std::string> pdf = {"--format=pdf", "-o", "a.pdf"};
    const bool index = GetParam() % 4 != 3;
    const std::vector<std::string> no_index(index ? 0 : 1, "--no-index");
    const Result drawn = desk.draw(sheets.options("atlas") + pdf + no_index);
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    EXPECT_EQ(drawn.err, "");
    expect_sheets("a.pdf", GetParam() + index);
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
    expect_sheets("callgraph.pdf", GetParam() + 1);
}

INSTANTIATE_TEST_SUITE_P(Pages, DotOnPaper, testing::Values(1, 2, 3, 4, 12));

} // namespace
