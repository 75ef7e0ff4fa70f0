// SPDX-License-Identifier: MIT
/* GNU gprof, where it is installed, and we lay out the same call graph in the same way. */
#include "support/command.h"
#include "support/gprof_check.h"
#include "support/gprof_parser.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace
{

using namespace test;

const char program_to_measure[] = R"(
volatile unsigned long sink;
#define OUTLINE __attribute__((noinline))
OUTLINE void burn(int n) { for (unsigned long i = 0; i < n * 3000000ul; i++) sink += i; }
OUTLINE void odd(int n);
OUTLINE void even(int n) { burn(1); if (n) odd(n - 1); }
OUTLINE void odd(int n) { burn(1); if (n) even(n - 1); }
OUTLINE int fib(int n) { sink++; return n < 2 ? n : fib(n - 1) + fib(n - 2); }
OUTLINE void leaf(void) { burn(2); }
int main(void)
{
    for (int i = 0; i < 3; i++) { leaf(); even(6); }
    odd(2);
    fib(20);
    burn(20);
    return 0;
}
)";

/* What GNU gprof says of a program that it measured; nothing where it cannot be had. */
std::string text_of_gnu_gprof(const TemporaryDirectory &directory)
{
    Surroundings there;
    there.directory = directory.path();
    if (!is_installed("gcc") || !is_installed("gprof"))
        return "";
    directory.write("program.c", program_to_measure);
    if (run({"gcc", "-O0", "-pg", "-no-pie", "program.c", "-o", "program"}, there).status != 0 ||
        run({"./program"}, there).status != 0)
        return "";
    return run({"gprof", "--brief", "program"}, there).out;
}

/* A callgrind file of the numbers that gprof's text shows. */
std::string callgrind_of(const GprofText &text)
{
    const auto nanoseconds = [](Decimal time) {
        return static_cast<uint64_t>(time.digits) * (1000000000 / power_of_ten(time.decimals));
    };
    std::ostringstream file;
    file << "# callgrind format\nevent: Time : Time (ns)\nevents: Time\n";
    for (const GprofEntry &entry : text.entries) {
        if (entry.name.empty())
            continue;
        file << "\nfn=" << entry.name << "\n0 " << nanoseconds(entry.self) << "\n";
        for (const GprofArc &arc : entry.children)
            file << "cfn=" << arc.name << "\ncalls=" << *arc.count << " 0\n0 "
                 << (arc.self ? nanoseconds(*arc.self) + nanoseconds(*arc.children) : 0) << "\n";
    }
    return file.str();
}

/* Leaves the last digit before the point and those behind it: where a column ends, however large
 * its number is, which differs from run to run. */
void shorten_numbers(std::string &line)
{
    bool decimals = false;
    for (size_t i = 0; i + 1 < line.size(); i++) {
        decimals = line[i] == '.' || (decimals && line[i] == '0');
        if (!decimals && line[i] == '0' && line[i + 1] == '0')
            line[i] = ' ';
    }
}

/* The lines by what they are: of an entry "function: line", with 0 for every digit, and without the
 * times of calls within cycles, which gprof does not know. What neither calls nor is called is left
 * out: it is there or not, as samples hit what is next to it. */
std::multiset<std::string> shapes(const std::string &text)
{
    std::multiset<std::string> result;
    std::vector<std::string> entry;
    bool graph = false;
    for (std::string line : lines_of(text)) {
        line.erase(line.find_last_not_of(' ') + 1);
        if (line.rfind("index", 0) == 0)
            graph = true;
        if (!graph && line.rfind("  0.00", 0) != 0 && line.find('.') == std::string::npos)
            result.insert(line);
        if (!graph || line == "\f")
            continue;
        if (line.rfind("index", 0) == 0) {
            result.insert(line);
            continue;
        }
        const std::string name = line.substr(std::min<size_t>(line.size(), 45));
        const bool within = line.find('/') == std::string::npos && name[0] == ' ';
        for (size_t i = 0; i < line.size(); i++)
            if (isdigit(static_cast<unsigned char>(line[i])))
                line[i] = within && i < 28 ? ' ' : '0';
            else if (line[i] == '.' && within)
                line[i] = ' ';
        shorten_numbers(line);
        entry.push_back(line);
        if (line.rfind("-----", 0) != 0)
            continue;
        std::string function;
        for (const std::string &of_entry : entry)
            if (of_entry[0] == '[')
                function = of_entry.substr(45);
        for (const std::string &of_entry : entry)
            if (entry.size() > 3)
                result.insert(function + ": " + of_entry);
        entry.clear();
    }
    return result;
}

TEST(GprofLayout, IsThatOfGnuGprof)
{
    const TemporaryDirectory directory;
    const std::string theirs = text_of_gnu_gprof(directory);
    if (theirs.find("time accumulated") != std::string::npos || theirs.empty())
        GTEST_SKIP() << "no gcc, no gprof or no time measured";
    const GprofText read = parse_gprof(theirs);
    ASSERT_GE(read.entries.size(), 7u);
    const Loaded loaded = load_bytes(callgrind_of(read));
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const std::string ours = brief_report(loaded.profile.get(), "gprof");
    std::string missing, added;
    const std::multiset<std::string> wanted = shapes(theirs), found = shapes(ours);
    for (const std::string &line : wanted)
        if (found.count(line) != wanted.count(line))
            missing += line + '\n';
    for (const std::string &line : found)
        if (wanted.count(line) != found.count(line))
            added += line + '\n';
    EXPECT_EQ(added, missing) << theirs << "\n" << ours;
}

} // namespace
