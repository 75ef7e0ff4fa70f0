// SPDX-License-Identifier: MIT
/* What pprof opens, decoded by the numbers of the fields in profile.proto. */
#include "report.h"
#include "support/alike_functions.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <map>
#include <zlib.h>

namespace
{

using namespace test;

std::string inflate(const std::string &bytes)
{
    std::string result(1 << 24, '\0');
    z_stream stream{};
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef *>(&result[0]);
    stream.avail_out = static_cast<uInt>(result.size());
    EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
    result.resize(stream.total_out);
    inflateEnd(&stream);
    return result;
}

/* The fields of a message: numbers, and the bytes of what has a length. */
struct Message {
    std::map<unsigned, std::vector<uint64_t>> numbers;
    std::map<unsigned, std::vector<std::string>> parts;

    uint64_t number(unsigned field) const
    {
        const auto found = numbers.find(field);
        return found == numbers.end() ? 0 : found->second.at(0);
    }
};

uint64_t varint(const std::string &bytes, size_t *at)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.at((*at)++));
        value |= static_cast<uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

Message decode(const std::string &bytes)
{
    Message message;
    for (size_t at = 0; at < bytes.size();) {
        const uint64_t tag = varint(bytes, &at);
        const auto field = static_cast<unsigned>(tag >> 3);
        if ((tag & 7) == 0) {
            message.numbers[field].push_back(varint(bytes, &at));
        } else {
            EXPECT_EQ(tag & 7, 2u);
            const uint64_t size = varint(bytes, &at);
            EXPECT_LE(at + size, bytes.size());
            message.parts[field].push_back(bytes.substr(at, size));
            at += size;
        }
    }
    return message;
}

std::vector<uint64_t> packed(const std::string &bytes)
{
    std::vector<uint64_t> values;
    for (size_t at = 0; at < bytes.size();)
        values.push_back(varint(bytes, &at));
    return values;
}

Loaded load(const std::string &text)
{
    Loaded loaded;
    loaded.profile.reset(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), "run", text.data(), text.size(),
                                          &options, &loaded.error);
    return loaded;
}

/* Stacks with their functions as "name file first-line line", root first, and values. */
std::vector<std::string> stacks_of(const Message &profile)
{
    const std::vector<std::string> &strings = profile.parts.at(6);
    std::map<uint64_t, Message> functions;
    std::map<uint64_t, std::string> locations;
    for (const std::string &part : profile.parts.at(5))
        functions[decode(part).number(1)] = decode(part);
    for (const std::string &part : profile.parts.at(4)) {
        const Message location = decode(part), line = decode(location.parts.at(4).at(0));
        const Message &function = functions.at(line.number(1));
        EXPECT_EQ(function.number(2), function.number(3));
        locations[location.number(1)] =
            strings.at(function.number(2)) + " " + strings.at(function.number(4)) + " " +
            std::to_string(function.number(5)) + " " + std::to_string(line.number(2));
    }
    std::vector<std::string> stacks;
    for (const std::string &part : profile.parts.at(2)) {
        const Message sample = decode(part);
        std::string stack;
        for (const uint64_t id : packed(sample.parts.at(1).at(0)))
            stack = locations.at(id) + ";" + stack;
        for (const uint64_t value : packed(sample.parts.at(2).at(0)))
            stack += " " + std::to_string(value);
        stacks.push_back(stack);
    }
    return stacks;
}

/* pprof adds up functions that have the same name, file and line. */
TEST(Pprof, HasEachFunctionWithItsCost)
{
    const hotprof::profile_ptr profile = alike_functions();
    std::set<std::string> names;
    std::multiset<uint64_t> costs;
    for (const std::string &stack : stacks_of(decode(inflate(report("pprof", profile.get()))))) {
        const size_t end = stack.rfind(' ');
        names.insert(stack.substr(0, end));
        costs.insert(std::stoull(stack.substr(end + 1)));
    }
    EXPECT_EQ(names.size(), 2700u);
    EXPECT_TRUE(costs == self_costs(profile.get()));
}

TEST(Pprof, HasEachStackWithAllEvents)
{
    const Loaded loaded = load("# austin: 3.7.0\n# interval: 1000\n# mode: wall\n\n"
                               "P1;T0:2;m.py:main:9;m.py:f:3 10\nP1;T0:2;m.py:main:8 20\n");
    const Message profile = decode(inflate(report("pprof", loaded.profile.get())));
    EXPECT_EQ(profile.parts.at(6).at(0), "");
    std::vector<std::string> types;
    for (const std::string &part : profile.parts.at(1))
        types.push_back(profile.parts.at(6).at(decode(part).number(1)) + " " +
                        profile.parts.at(6).at(decode(part).number(2)));
    EXPECT_EQ(types, (std::vector<std::string>{"Time nanoseconds", "Samples count"}));
    EXPECT_EQ(profile.parts.at(6).at(profile.number(14)), "Time");
    EXPECT_EQ(profile.number(12), 1000000u);
    /* The first lines are not known. */
    EXPECT_EQ(stacks_of(profile), (std::vector<std::string>{"main m.py 0 8; 20000 1",
                                                            "main m.py 0 9;f m.py 0 3; 10000 1"}));
}

TEST(Pprof, HasFirstLinesWhereTheyAreKnown)
{
    const Loaded loaded = load(read_file(data_path("hotshot/mutual-calls.prof")));
    const Message profile = decode(inflate(report("pprof", loaded.profile.get())));
    size_t known = 0;
    for (const std::string &part : profile.parts.at(5))
        known += decode(part).number(5) > 0;
    EXPECT_EQ(known + 1, profile.parts.at(5).size()); /* but for <interpreter> */
}

TEST(Pprof, HasTheStacksOfEverySample)
{
    for (const std::string folder : {"hotshot", "folded"})
        for (const std::string &name : list_directory(data_path(folder))) {
            const std::string text = read_file(data_path(folder + "/" + name));
            if (text.size() > 60000 || name.rfind("deep-", 0) == 0 ||
                name.rfind(".json") != std::string::npos)
                continue;
            const Loaded loaded = load(text);
            const Message profile = decode(inflate(report("pprof", loaded.profile.get())));
            if (profile.parts.count(2) == 0)
                continue;
            std::vector<uint64_t> sums(hp_profile_event_count(loaded.profile.get()));
            for (const std::string &part : profile.parts.at(2)) {
                const std::vector<uint64_t> values = packed(decode(part).parts.at(2).at(0));
                ASSERT_EQ(values.size(), sums.size());
                for (size_t e = 0; e < sums.size(); e++)
                    sums[e] += values[e];
            }
            for (size_t e = 0; e < sums.size(); e++)
                EXPECT_EQ(sums[e], hp_profile_total(loaded.profile.get())[e]) << name;
            EXPECT_EQ(stacks_of(profile).size(), profile.parts.at(2).size());
        }
}

TEST(Pprof, CostsThatDoNotFitAreAnError)
{
    const Loaded loaded = load("a;b 9223372036854775808\n");
    EXPECT_THROW(report("pprof", loaded.profile.get()), std::runtime_error);
    EXPECT_FALSE(report("pprof", load("a;b 9223372036854775807\n").profile.get()).empty());
}

} // namespace
