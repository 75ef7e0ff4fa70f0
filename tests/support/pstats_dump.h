// SPDX-License-Identifier: MIT
/* Pstats dumps for tests: written piece by piece, and read into plain values. */
#ifndef HP_TEST_PSTATS_DUMP_H
#define HP_TEST_PSTATS_DUMP_H

#include "support/support.h"

#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace pstats
{

// --- Profiles as plain values ---------------------------------------------------------------

using Key = std::tuple<std::string, uint64_t, std::string>;

struct Call {
    uint64_t count, cost, line;
    bool estimated;
};

struct Function {
    uint64_t calls, primitive, self, inclusive;
    std::map<Key, Call> callers;
};

struct Loaded {
    hp_status status;
    hp_error error;
    std::map<Key, Function> functions;
    uint64_t total; /* in ticks of 10^tick_digits ns */
    unsigned tick_digits;
    uint64_t impossible;
    uint64_t not_recorded;
    bool estimated, mixed_threads;
    std::string remarks;
};

inline std::string text(hp_string string)
{
    return {string.data, string.size};
}

inline Key key_of(const hp_profile *profile, hp_function_id id)
{
    const hp_function *function = hp_profile_function(profile, id);

    EXPECT_EQ(text(function->file), text(function->recorded_file));
    return {text(function->file), function->line, text(function->name)};
}

inline const Key interpreter = {"", 0, HP_INTERPRETER};
inline const Key not_recorded = {"", 0, HP_NOT_RECORDED};

inline Loaded load(const std::string &bytes)
{
    const test::Loaded read = test::load_bytes(bytes);
    const hp_profile *profile = read.profile.get();
    Loaded loaded = {};
    uint64_t self = 0;

    loaded.status = read.status;
    loaded.error = read.error;
    EXPECT_EQ(read.status, read.error.status);
    if (hp_profile_input_count(profile) == 0)
        return loaded;

    const hp_input *input = hp_profile_input(profile, 0);
    char remarks[1000];

    EXPECT_STREQ(input->format, "pstats");
    loaded.impossible = input->impossible_numbers;
    loaded.estimated = input->estimated_calls > 0;
    loaded.mixed_threads = input->mixed_threads;
    loaded.tick_digits = input->tick_digits;
    loaded.not_recorded = input->not_recorded;
    EXPECT_LT(hp_input_remarks(input, remarks, sizeof remarks), sizeof remarks);
    loaded.remarks = remarks;
    EXPECT_EQ(hp_profile_event_count(profile), 1u);
    EXPECT_STREQ(hp_profile_event(profile, 0)->name, input->tick_digits ? "Ticks" : "Time");
    EXPECT_EQ(hp_profile_event(profile, 0)->unit, input->tick_digits ? HP_TICKS : HP_NANOSECONDS);
    EXPECT_EQ(input->total, *hp_profile_total(profile));
    loaded.total = *hp_profile_total(profile);
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);

        EXPECT_TRUE(loaded.functions
                        .insert({key_of(profile, id),
                                 {function->calls,
                                  function->primitive,
                                  *hp_profile_function_self(profile, id),
                                  *hp_profile_function_inclusive(profile, id),
                                  {}}})
                        .second);
    }
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);

        EXPECT_EQ(line->line, hp_profile_function(profile, line->function)->line);
        self += *hp_profile_line_self(profile, i);
    }
    EXPECT_EQ(self, loaded.total);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);

        EXPECT_EQ(call->line, hp_profile_function(profile, call->caller)->line);
        EXPECT_TRUE(loaded.functions[key_of(profile, call->callee)]
                        .callers
                        .insert({key_of(profile, call->caller),
                                 {call->count, *hp_profile_call_inclusive(profile, i), call->line,
                                  call->estimated}})
                        .second);
    }
    return loaded;
}

// --- Dumps as Python writes them -------------------------------------------------------------

inline std::string little_endian(uint64_t value, int size)
{
    std::string bytes;

    for (int i = 0; i < size; i++)
        bytes += static_cast<char>(value >> 8 * i);
    return bytes;
}

inline std::string integer(int64_t value)
{
    return "I" + little_endian(static_cast<uint64_t>(value), 8);
}

inline std::string seconds(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return "g" + little_endian(bits, 8);
}

inline std::string string(const std::string &value)
{
    return "u" + little_endian(value.size(), 4) + value;
}

inline std::string tuple(const std::vector<std::string> &items)
{
    std::string bytes = "(" + little_endian(items.size(), 4);

    for (const std::string &item : items)
        bytes += item;
    return bytes;
}

inline std::string dict(const std::vector<std::string> &items)
{
    std::string bytes = "{";

    for (const std::string &item : items)
        bytes += item;
    return bytes + "0";
}

inline std::string key(const std::string &name)
{
    return tuple({string("f.py"), integer(7), string(name)});
}

inline Key named(const std::string &name)
{
    return {"f.py", 7, name};
}

inline std::string entry(const std::string &name, int64_t calls, double self, double inclusive,
                         const std::string &callers = "{0")
{
    return key(name) +
           tuple({integer(calls), integer(calls), seconds(self), seconds(inclusive), callers});
}

// A caller as cProfile, and as the module profile tells it.
inline std::string caller(const std::string &name, int64_t calls, double inclusive)
{
    return key(name) + tuple({integer(calls), integer(calls), seconds(0), seconds(inclusive)});
}

inline std::string caller(const std::string &name, int64_t calls)
{
    return key(name) + integer(calls);
}

} // namespace pstats

#endif
