// SPDX-License-Identifier: MIT
/* Reports on inputs made to take time and memory. Time grows with the input and what is written,
 * and memory stays below 30 times the input. Time is measured in instructions, which are the same
 * on a busy machine. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/pstats_dump.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

std::string dump_entry(const std::string &file, uint64_t line, const std::string &name)
{
    return pstats::tuple(
               {pstats::string(file), pstats::integer(int64_t(line)), pstats::string(name)}) +
           pstats::tuple({pstats::integer(1), pstats::integer(1), pstats::seconds(1),
                          pstats::seconds(1), "{0"});
}

/* Each name is the longer name of the one before, which another function has, too. */
std::string dump_of_chained_names(size_t chained, size_t others)
{
    std::vector<std::string> entries{dump_entry("/p/a.py", 1, "n")};
    std::string name = "n";
    for (size_t i = 0; i < chained; i++) {
        entries.push_back(dump_entry("/p/a.py", 5, name));
        name += ":5";
    }
    for (size_t i = 0; i < others; i++)
        entries.push_back(dump_entry("/p/a.py", 7, "z" + std::to_string(i)));
    return pstats::dict(entries);
}

std::vector<std::string> reporting(const std::string &format, const std::string &path)
{
    return {HP_BIN_DIR "/hotreport", "-q", "-f", format, "-o", "/dev/null", path};
}

TEST(NamesToldApart, TakeLinearTime)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const TemporaryDirectory directory;
    const auto instructions = [&](size_t chained) {
        return double(count_instructions(
            reporting("callgrind", directory.write("names.prof",
                                                   dump_of_chained_names(chained, 20 * chained)))));
    };
    EXPECT_LT(instructions(160), 3 * instructions(80));
}

std::string log_of_missing_sources(size_t files, size_t entries)
{
    LogWriter log = LogWriter::with_header(true, true);
    for (size_t i = 0; i < entries; i++)
        log.info("sys-path-entry", "/no/such/" + std::to_string(i));
    for (size_t i = 0; i < files; i++)
        log.define_file(i, "m" + std::to_string(i) + ".py").enter(i, 1, 1).exit(1);
    return log.bytes();
}

TEST(SourcesThatAreMissing, AreNotLookedForInEachMissingDirectory)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const TemporaryDirectory directory;
    const auto instructions = [&](size_t files, size_t entries) {
        const std::string log = log_of_missing_sources(files, entries);
        return double(
            count_instructions(reporting("annotate", directory.write("missing.prof", log))));
    };
    EXPECT_LT(instructions(2000, 1000) - instructions(2000, 1),
              4 * (instructions(1, 1000) - instructions(1, 1)));
}

/* Inputs of which each byte takes as much memory as it can. */
std::string log_of_call_sites(uint64_t sites)
{
    LogWriter log = LogWriter::with_header(true, true);
    log.enter(0, 0, 0);
    for (uint64_t i = 0; i < sites; i++)
        log.line(i, 0).enter(0, 1, 1).exit(1);
    return log.bytes();
}

std::string log_of_infos(uint64_t infos)
{
    LogWriter log = LogWriter::with_header(true, true);
    for (uint64_t i = 0; i < infos; i++)
        log.info(pstats::little_endian(i, 3), "");
    return log.bytes() + LogWriter().enter(0, 0, 1).exit(1).bytes().substr(23);
}

std::string dump_of_functions(uint64_t functions)
{
    std::string dump = "{";
    for (uint64_t i = 0; i < functions; i++)
        dump += ")\x03z\x01"
                "ai" +
                pstats::little_endian(i, 4) + std::string("z\0)\x05TTTT{0", 10);
    return dump + "0";
}

/* Functions with one long name, which the dump holds once and refers to. */
std::string dump_of_one_name(uint64_t functions, size_t length)
{
    std::string dump = "{";
    for (uint64_t i = 0; i < functions; i++) {
        dump += ")\x03z\x01"
                "ai" +
                pstats::little_endian(i, 4);
        if (i == 0)
            dump += "\xf5" + pstats::little_endian(length, 4) + std::string(length, 'n');
        else
            dump += "r" + pstats::little_endian(0, 4);
        dump += ")\x05TTTT{0";
    }
    return dump + "0";
}

struct Greedy {
    const char *name;
    std::string (*make)(uint64_t things);
};

void PrintTo(const Greedy &greedy, std::ostream *out)
{
    *out << greedy.name;
}

class MemoryFor : public testing::TestWithParam<Greedy>
{
};

/* A filter and a base make more profiles of the input's. */
TEST_P(MemoryFor, FiltersAndBaseIsBounded)
{
    struct Way {
        const char *option;
        size_t inputs, bytes;
    };
    const TemporaryDirectory directory;
    const std::string input = GetParam().make(300000);
    const std::string path = directory.write("input.prof", input);
    for (const Way &way :
         {Way{"--brief", 1, 30}, {"--focus=.", 1, 40}, {"--root=.", 1, 40}, {"--base", 2, 40}}) {
        std::vector<std::string> command = reporting("callgrind", path);
        command.emplace_back(way.inputs == 2 ? "--base=" + path : way.option);
        const Result result = run(command);
        EXPECT_EQ(result.status, 0) << way.option << result.err;
        EXPECT_LT(result.peak_bytes, 4000000 + way.bytes * way.inputs * input.size()) << way.option;
    }
}

TEST(NamesThatAreReferredTo, AreNotWrittenOutInMemoryByTexts)
{
    const TemporaryDirectory directory;
    const std::string input = dump_of_one_name(120, 300000);
    const std::string path = directory.write("input.prof", input);
    const std::string base = "--base=" + path;
    for (const char *format : {"flat", "callgraph", "gprof", "annotate"})
        for (const std::string &option : {std::string("--brief"), std::string("--focus=."), base}) {
            std::vector<std::string> command = reporting(format, path);
            command.push_back(option);
            const Result result = run(command);
            EXPECT_EQ(result.status, 0) << format << option << result.err;
            EXPECT_LT(result.peak_bytes, 4000000 + 30 * input.size()) << format << option;
        }
}

INSTANTIATE_TEST_SUITE_P(, MemoryFor,
                         testing::Values(Greedy{"CallSites", log_of_call_sites},
                                         Greedy{"Infos", log_of_infos},
                                         Greedy{"Functions", dump_of_functions}),
                         [](const auto &instance) {
                             return std::string(instance.param.name);
                         });

} // namespace
