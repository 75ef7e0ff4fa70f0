// SPDX-License-Identifier: MIT
/* An event that cannot be taken changes nothing: the log is read as if it ended before it. */
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

/* Two functions, of which the second is open, and lines. */
LogWriter whole_log()
{
    LogWriter log = LogWriter::with_header(true, true);
    return log.define_file(1, "a.py")
        .define_function(1, 1, "f")
        .define_function(1, 5, "g")
        .enter(1, 1, 3)
        .line(1, 4)
        .exit(5)
        .enter(1, 5, 6)
        .line(2, UINT64_MAX / 2000);
}

std::string content(const Loaded &loaded)
{
    return report("callgrind", loaded.profile.get()) + report("folded", loaded.profile.get());
}

/* With stacks, which only the slow path of the reader keeps. */
Loaded load_with_stacks(const std::string &log)
{
    Loaded loaded{hotprof::profile_ptr(hp_profile_new()), HP_OK, {}};
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), "input.prof", log.data(),
                                          log.size(), &options, &loaded.error);
    return loaded;
}

struct Event {
    const char *name;
    void (*add)(LogWriter &log, uint64_t time);
};

void PrintTo(const Event &event, std::ostream *out)
{
    *out << event.name;
}

class Rejected : public testing::TestWithParam<Event>
{
};

TEST_P(Rejected, EventChangesNothing)
{
    LogWriter log = whole_log();
    const std::string before = log.bytes();
    GetParam().add(log, UINT64_MAX / 1500);
    for (const auto load : {+[](const std::string &bytes) {
                                return load_bytes(bytes);
                            },
                            load_with_stacks}) {
        const Loaded expected = load(before), loaded = load(log.bytes());
        EXPECT_EQ(expected.status, HP_OK);
        ASSERT_EQ(loaded.status, HP_CORRUPT);
        EXPECT_NE(std::string(loaded.error.message).find("does not fit into 64 bits"),
                  std::string::npos)
            << loaded.error.message;
        EXPECT_EQ(content(loaded), content(expected));
    }
}

INSTANTIATE_TEST_SUITE_P(, Rejected,
                         testing::Values(Event{"EnterOfAFunctionThatRuns",
                                               [](LogWriter &log, uint64_t time) {
                                                   log.enter(1, 5, time);
                                               }},
                                         Event{"EnterOfAFunctionThatRan",
                                               [](LogWriter &log, uint64_t time) {
                                                   log.enter(1, 1, time);
                                               }},
                                         Event{"EnterOfANewFunction",
                                               [](LogWriter &log, uint64_t time) {
                                                   log.enter(1, 9, time);
                                               }},
                                         Event{"EnterInANewFile",
                                               [](LogWriter &log, uint64_t time) {
                                                   log.enter(7, 9, time);
                                               }},
                                         Event{"Line",
                                               [](LogWriter &log, uint64_t time) {
                                                   log.line(40, time);
                                               }},
                                         Event{"Exit",
                                               [](LogWriter &log, uint64_t time) {
                                                   log.exit(time);
                                               }}),
                         [](const auto &instance) {
                             return std::string(instance.param.name);
                         });

} // namespace
