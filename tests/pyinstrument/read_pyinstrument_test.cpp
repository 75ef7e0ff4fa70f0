// SPDX-License-Identifier: MIT
/* The sessions of pyinstrument, against what their JSON says by the definition of samples. */
#include "support/facts.h"
#include "support/sampled_numbers.h"
#include "support/support.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace
{

using namespace test;
using nlohmann::json;

Loaded load(const std::string &text, bool threads_apart = false)
{
    Loaded loaded;
    loaded.profile.reset(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    options.threads_apart = threads_apart;
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), "run", text.data(), text.size(),
                                          &options, &loaded.error);
    return loaded;
}

std::string session()
{
    return read_file(data_path("pyinstrument/p.pyisession"));
}

std::vector<std::string> split(const std::string &text, char separator)
{
    std::vector<std::string> parts(1);
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

Frame frame_of(const std::string &text)
{
    const std::vector<std::string> attributes = split(text, '\1'), names = split(attributes[0], 0);
    std::string name = names[0];
    uint64_t line = std::stoull(names[2]);
    for (size_t i = 1; i < attributes.size(); i++)
        if (attributes[i][0] == 'c')
            name = attributes[i].substr(1) + "." + name;
        else if (attributes[i][0] == 'l')
            line = std::stoull(attributes[i].substr(1));
    return {names[1] + ":" + name, line};
}

TEST(ReadPyinstrument, NumbersAreThoseOfTheDefinition)
{
    std::vector<Sample> samples;
    const json file = json::parse(session());
    for (const json &record : file["frame_records"]) {
        Sample sample;
        for (const json &frame : record[0])
            if (frame.get<std::string>().find("<thread>") == std::string::npos)
                sample.stack.push_back(frame_of(frame));
        sample.weights = {static_cast<uint64_t>(std::llroundl(record[1].get<long double>() * 1e9L)),
                          1};
        samples.push_back(sample);
    }
    const Loaded loaded = load(session());
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    Numbers expected = numbers_of(samples), actual = numbers_of(loaded.profile.get(), true);
    for (Numbers *numbers : {&expected, &actual}) /* several functions have this name */
        numbers->inclusive.erase("work.py:<lambda>");
    EXPECT_EQ(actual.total, expected.total);
    EXPECT_EQ(actual.inclusive, expected.inclusive);
    EXPECT_EQ(actual.self, expected.self);
    EXPECT_EQ(actual.calls, expected.calls);
    EXPECT_EQ(actual.stacks, expected.stacks);
    EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
    const hp_input *input = hp_profile_input(loaded.profile.get(), 0);
    EXPECT_EQ(input->threads, 1u);
    EXPECT_EQ(input->interval, 1000000u);
}

TEST(ReadPyinstrument, FirstLinesAreKnown)
{
    const Loaded loaded = load(session());
    const hp_profile *profile = loaded.profile.get();
    size_t found = 0;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);
        EXPECT_FALSE(function->line_unknown);
        if (std::string(function->name.data, function->name.size) == "idle") {
            EXPECT_EQ(function->line, 63u);
            size_t first = 0;
            ASSERT_EQ(hp_profile_calls_from(profile, id, &first), 1u);
            EXPECT_EQ(hp_profile_call(profile, first)->line, 64u);
            found++;
        }
    }
    EXPECT_EQ(found, 1u);
}

/* pyinstrument leaves what it finds unimportant out of a speedscope file. */
TEST(ReadPyinstrument, AgreesWithTheSpeedscopeFileOfTheSameRun)
{
    const Numbers session_numbers = numbers_of(load(session()).profile.get());
    const Numbers file = numbers_of(
        load_file(data_path("speedscope/pyinstrument-5.1.3.speedscope.json")).profile.get());
    for (const char *name : {"sub", "Pattern.sub", "idle", "sleep", "main"})
        EXPECT_NEAR(static_cast<double>(session_numbers.inclusive.at(name)[0]),
                    static_cast<double>(file.inclusive.at(name)[0]), 200)
            << name;
}

TEST(ReadPyinstrument, ThreadsMayBeFunctions)
{
    const std::string folded = report("folded", load(session(), true).profile.get());
    EXPECT_NE(folded.find("\n<thread MainThread>;<module> (pyinstrument:1);"), std::string::npos);
}

TEST(ReadPyinstrument, IsReadAsFarAsItGoes)
{
    const std::string text = session();
    size_t functions = 0;
    for (size_t cut = 0; cut < text.size() - 1; cut += 211) {
        const Loaded loaded = load(text.substr(0, cut));
        if (loaded.status == HP_UNRECOGNISED)
            continue;
        EXPECT_TRUE(loaded.status == HP_TRUNCATED || loaded.status == HP_CORRUPT) << cut;
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "") << cut;
        EXPECT_GE(hp_profile_function_count(loaded.profile.get()) + 1, functions);
        functions = hp_profile_function_count(loaded.profile.get());
    }
}

TEST(ReadPyinstrument, WhatIsOddIsPassed)
{
    const std::string start = "{\"frame_records\":[";
    const auto total = [&](const std::string &records) {
        const Loaded loaded = load(start + records + "]}");
        EXPECT_EQ(loaded.status, HP_OK) << records << loaded.error.message;
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
        return hp_profile_total(loaded.profile.get())[0];
    };
    EXPECT_EQ(total("[[\"f\\u0000m.py\\u00001\"],1e-9]"), 1u);
    EXPECT_EQ(total("[[],1]"), 1000000000u);
    EXPECT_EQ(total("[[\"\"],1],[[\"f\"],2]"), 3000000000u);
    EXPECT_EQ(total("[1,[\"f\"]],[[\"f\"]],[[\"f\"],1,2],[[[\"f\"]],1],{},7"), 2000000000u);
    EXPECT_EQ(total("[[\"f\"],-1]"), 0u);
    EXPECT_EQ(load(start + "[[\"f\"],1e11]]}").status, HP_OVERFLOW);
}

} // namespace
