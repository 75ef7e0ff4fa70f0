// SPDX-License-Identifier: MIT
/* Several inputs are read at a time; nothing that can be seen depends on it. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

class Threads : public testing::Test
{
  protected:
    using Arguments = std::vector<std::string>;

    static Result read_with(const char *threads, Arguments arguments, const Surroundings &around)
    {
        arguments.insert(arguments.begin(), {"--threads", threads});
        return hotreport(arguments, around);
    }
    /* Runs hotreport with one thread and with several, which must do the same. */
    static Result same(const Arguments &arguments, const Surroundings &around = {})
    {
        const Result one = read_with("1", arguments, around);
        for (const char *threads : {"2", "3", "16"})
            for (int i = 0; i < 5; i++) {
                const Result many = read_with(threads, arguments, around);
                EXPECT_EQ(many.status, one.status);
                EXPECT_EQ(many.err, one.err);
                EXPECT_EQ(many.out, one.out);
            }
        return one;
    }
    /* A log of so many calls, the numbers and names of which depend on the seed. */
    static std::string log(uint64_t seed, unsigned calls)
    {
        LogWriter log = LogWriter::with_header(true, true);
        log.define_file(1, "m" + std::to_string(seed % 3) + ".py");
        for (unsigned i = 0; i < calls; i++)
            log.enter(1, 1 + i * seed % 50, i % 7).line(3 + i % 9, seed).exit(1);
        return log.bytes();
    }

    TemporaryDirectory directory;
};

TEST_F(Threads, AddUpInOrder)
{
    for (unsigned i = 0; i < 40; i++)
        directory.write("logs/" + std::to_string(i) + ".prof", log(i, i % 5 == 0 ? 50000 : 10));
    for (const char *format : {"json", "callgrind", "gprof"})
        EXPECT_EQ(same({"-v", "-f", format, directory.file("logs")}).status, 0);
}

TEST_F(Threads, TellOfInputsInOrder)
{
    const std::string large = directory.write("large", log(1, 100000));
    const std::string corrupt = directory.write("corrupt", log(2, 10) + "\x03");
    const std::string foreign = directory.write("foreign", "no profile");
    const std::string missing = directory.file("missing");
    directory.write("empty/notes.txt", "no profile");
    directory.write("some/notes.txt", "no profile");
    directory.write("some/open", log(3, 5) + std::string("\x00\x01\x01", 3));
    const Result result = same({"-f", "json", large, corrupt, missing, directory.file("empty"),
                                large, foreign, directory.file("some"), large});

    EXPECT_EQ(result.status, 3);
    const auto told = lines_of(result.err);
    ASSERT_EQ(told.size(), 5u) << result.err;
    for (size_t i = 0; i < told.size(); i++)
        EXPECT_NE(told[i].find(std::vector{corrupt, missing, directory.file("empty"), foreign,
                                           directory.file("some/open")}[i]),
                  std::string::npos)
            << told[i];
}

TEST_F(Threads, NameBothInputsThatCannotBeAddedUp)
{
    LogWriter ticks;
    ticks.info("platform", "win32").enter(1, 1, 5).exit(2);
    const std::string missing = directory.file("missing");
    const std::string one = directory.write("one", log(1, 50000));
    const std::string two = directory.write("two", ticks.bytes());
    const std::string three = directory.write("three", log(3, 10));
    const Result result = same({"-f", "json", missing, one, two, three, two});

    EXPECT_EQ(result.status, 3);
    ASSERT_EQ(lines_of(result.err).size(), 3u) << result.err;
    EXPECT_EQ(lines_of(result.err)[1],
              "hotreport: " + two + ": counts Ticks, which do not go with the Time of " + one);
}

TEST_F(Threads, ReadNoFurtherThanTheLimit)
{
    Arguments arguments{"-v", "-f", "json", "--file-limit=3"};
    for (unsigned i = 0; i < 10; i++)
        arguments.push_back(i == 1 ? directory.file("missing")
                                   : directory.write(std::to_string(i), log(i, 1000)));
    EXPECT_EQ(lines_of(same(arguments).err).size(), 4u);
}

TEST_F(Threads, ReadStandardInputInItsTurn)
{
    Surroundings around;
    around.input = log(5, 1000);
    const std::string large = directory.write("large", log(1, 100000));
    const Result result = same({"-v", "-f", "json", large, "-", large, "-"}, around);

    EXPECT_EQ(result.status, 3);
    ASSERT_EQ(lines_of(result.err).size(), 4u) << result.err;
    EXPECT_EQ(lines_of(result.err)[1], "hotreport: -: hotshot, 3000 events");
    EXPECT_NE(lines_of(result.err)[3].find("found an empty file"), std::string::npos);
}

} // namespace
