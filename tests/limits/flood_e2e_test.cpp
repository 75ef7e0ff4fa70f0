// SPDX-License-Identifier: MIT
/* Logs that are made to take time and memory, of as many different things as fit into them. They
 * are read in linear time and with no more than 30 bytes of memory for each of theirs, or not to
 * their end. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

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

/* 4096 functions, the ENTERs of which have two bytes each. */
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
         if (i % 900000 == 899999)
             log.raw(std::string(900000, '\x01'));
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
             log.info("current-directory", std::string(20000, 'd'));
         log.define_file(1, std::to_string(i)).enter(1, 1, 1).exit(1);
     }},
};

std::string flood(const Flood &flood, size_t bytes)
{
    LogWriter log = LogWriter::with_header(true, true);
    for (uint64_t i = 0; log.bytes().size() < bytes; i++)
        flood.add(log, i);
    return log.bytes();
}

class FloodOf : public testing::TestWithParam<Flood>
{
  protected:
    std::vector<std::string> reading(size_t bytes) const
    {
        const std::string name = std::to_string(bytes) + ".prof";
        return {HP_BIN_DIR "/hotreport",
                "-q",
                "-f",
                "callgrind",
                "-o",
                "/dev/null",
                directory.write(name, flood(GetParam(), bytes))};
    }

    const TemporaryDirectory directory;
};

TEST_P(FloodOf, TakesBoundedMemory)
{
    const size_t bytes = 4000000;
    const Result result = run(reading(bytes));
    EXPECT_TRUE(result.status == 0 || result.status == 3) << result.status << result.err;
    EXPECT_LT(result.peak_bytes - bytes, 20000000 + 30 * bytes);
}

/* 350 KB more take 7 times what 50 KB more take, or a little over that where tables are sorted or
 * grow; they would take 21 times that if each thing cost as much as there are before it. */
TEST_P(FloodOf, TakesLinearTime)
{
    const uint64_t small = count_instructions(reading(50000)),
                   twice = count_instructions(reading(100000)),
                   large = count_instructions(reading(400000));
    EXPECT_LT(large - small, 12 * (twice - small));
}

INSTANTIATE_TEST_SUITE_P(, FloodOf, testing::ValuesIn(floods), [](const auto &info) {
    return info.param.name;
});

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
