// SPDX-License-Identifier: MIT
/* Inputs made to take time and memory: they hold as many different things as fit into them. Reading
 * one takes linear time and at most 30 bytes of memory for each of its bytes, or stops before its
 * end. Time is measured in instructions, which are the same on a busy machine. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <functional>

namespace
{

using namespace test;

struct Flood {
    const char *name;
    void (*add)(LogWriter &log, uint64_t i); /* the i-th thing, from 0 on */
};

void PrintTo(const Flood &flood, std::ostream *out)
{
    *out << flood.name;
}

/* An ENTER of one of 4096 functions, as short as it can be. */
void enter_short(LogWriter &log, uint64_t function)
{
    log.enter(function % 32, function / 32 % 128, 0);
}

const Flood floods[] = {
    {"Functions",
     [](LogWriter &log, uint64_t i) {
         log.enter(0, i, 1).exit(1);
     }},
    {"OpenFrames",
     [](LogWriter &log, uint64_t i) {
         log.enter(0, i, 1);
     }},
    {"Frames",
     [](LogWriter &log, uint64_t i) {
         log.enter(0, i, 1);
         if (i % 2000 == 1999)
             log.raw(std::string(2000, '\x01'));
     }},
    {"Lines",
     [](LogWriter &log, uint64_t i) {
         log.line(i, 1);
     }},
    {"FarLines",
     [](LogWriter &log, uint64_t i) {
         log.line(i * 1000003 & 0xffffffff, 1);
     }},
    {"ShortLines",
     [](LogWriter &log, uint64_t i) {
         if (i % 4000 == 0)
             log.line_times(false).enter(0, i / 4000, 0);
         log.line(i / 4000 + i % 4000, 0);
     }},
    {"LinesOfManyFunctions",
     [](LogWriter &log, uint64_t i) {
         log.enter(0, i, 0).line(i + 40, 1).exit(0);
     }},
    {"Calls",
     [](LogWriter &log, uint64_t i) {
         if (i == 0)
             for (uint64_t file = 0; file < 32; file++)
                 log.define_file(file, "file" + std::to_string(file));
         if (i % 4096 == 0)
             log.exit(0), enter_short(log, i / 4096);
         enter_short(log, i), log.exit(1);
     }},
    {"CallSites",
     [](LogWriter &log, uint64_t i) {
         log.line(i, 1).enter(0, 1, 1).exit(1);
     }},
    {"Definitions",
     [](LogWriter &log, uint64_t i) {
         log.define_function(1, i, "");
     }},
    {"Files",
     [](LogWriter &log, uint64_t i) {
         log.define_file(i, "");
     }},
    {"Infos",
     [](LogWriter &log, uint64_t) {
         log.info("", "");
     }},
    {"RedefinedFunctions",
     [](LogWriter &log, uint64_t i) {
         log.define_function(1, 1, std::to_string(i)).enter(1, 1, 1).exit(1);
     }},
    {"RenamedFiles",
     [](LogWriter &log, uint64_t i) {
         log.define_file(1, std::to_string(i)).enter(1, 1, 1).exit(1);
     }},
    {"LongNames",
     [](LogWriter &log, uint64_t i) {
         if (i == 0)
             log.info("current-directory", std::string(100000, 'd'));
         log.define_file(1, std::to_string(i)).enter(1, 1, 1).exit(1);
     }},
};

/* A log with at least that many bytes behind its first thing, which may begin with names for all.
 */
std::string flood(const Flood &flood, size_t bytes)
{
    LogWriter log = LogWriter::with_header(true, true);
    flood.add(log, 0);
    bytes += log.bytes().size();
    for (uint64_t i = 1; log.bytes().size() < bytes; i++)
        flood.add(log, i);
    return log.bytes();
}

/* A command that makes a report of such an input. */
class Reading
{
  public:
    explicit Reading(const std::string &input)
        : command{HP_BIN_DIR "/hotreport",
                  "-q",
                  "-f",
                  "callgrind",
                  "-o",
                  "/dev/null",
                  directory_.write("flood.prof", input)}
    {
    }

  private:
    const TemporaryDirectory directory_;

  public:
    const std::vector<std::string> command;
};

double instructions(const std::string &input)
{
    return double(count_instructions(Reading(input).command));
}

size_t peak_bytes(const std::string &input)
{
    const Result result = run(Reading(input).command);
    EXPECT_TRUE(result.status == 0 || result.status == 3) << result.status << result.err;
    return result.peak_bytes;
}

/* A quadratic reader runs 16 times the instructions for 4 times the bytes. */
void expect_linear(const std::function<std::string(size_t)> &make)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const size_t small = 20000;
    const double less = instructions(make(small)), more = instructions(make(4 * small));
    EXPECT_GT(less, 10 * small);
    EXPECT_LT(more, 6 * less);
}

class FloodOf : public testing::TestWithParam<Flood>
{
};

TEST_P(FloodOf, TakesLinearTime)
{
    expect_linear([](size_t bytes) {
        return flood(GetParam(), bytes);
    });
}

TEST_P(FloodOf, TakesBoundedMemory)
{
    const size_t size = 4000000;
    EXPECT_LT(peak_bytes(flood(GetParam(), size)) - size, 20000000 + 30 * size);
}

INSTANTIATE_TEST_SUITE_P(, FloodOf, testing::ValuesIn(floods), [](const auto &instance) {
    return instance.param.name;
});

/* Gzip members that hold nothing, or one event each, and as many zeros behind them. */
TEST(FloodOfGzipMembers, TakesLinearTime)
{
    const std::string header = gzip(LogWriter::with_header(true, true).bytes());
    const std::string event("\x86\x00\x01", 3);
    for (const std::string &held : {std::string(), event})
        expect_linear([&, member = gzip(held)](size_t bytes) {
            std::string input = header;
            while (input.size() < bytes / 2)
                input += member;
            return input + std::string(bytes / 2, '\0');
        });
}

TEST(Flood, IsReadUpToWhereItTakesTooMuch)
{
    const Loaded loaded = load_bytes(flood(floods[0], 1000000));

    EXPECT_EQ(loaded.status, HP_CORRUPT);
    EXPECT_NE(std::string(loaded.error.message).find("than a log of this size should have"),
              std::string::npos)
        << loaded.error.message;
    EXPECT_GT(hp_profile_function_count(loaded.profile.get()), 50000u);
}

TEST(ManyInputs, AreNotAllHeldAtATime)
{
    const TemporaryDirectory directory;
    const std::string log = flood(floods[3], 100000);
    for (unsigned i = 0; i < 100; i++)
        directory.write("logs/" + std::to_string(i) + ".prof", log);
    const std::vector<std::string> report{"-f", "json", "-o", "/dev/null", "--threads=4"};
    const auto read = [&](const std::string &path) {
        std::vector<std::string> arguments = report;
        arguments.push_back(directory.file(path));
        return hotreport(arguments);
    };
    const Result one = read("logs/0.prof"), all = read("logs");

    EXPECT_EQ(one.status, 0);
    EXPECT_EQ(all.status, 0);
    EXPECT_LT(all.peak_bytes, 15 * one.peak_bytes);
}

} // namespace
