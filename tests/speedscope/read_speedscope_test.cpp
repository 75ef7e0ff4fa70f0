// SPDX-License-Identifier: MIT
/* The files of speedscope, against what their JSON says by the definition of samples. */
#include "support/facts.h"
#include "support/sampled_numbers.h"
#include "support/support.h"

#include <cmath>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

namespace
{

using namespace test;
using nlohmann::json;

Loaded load(const std::string &text, bool threads_apart = false, bool native = false)
{
    Loaded loaded;
    loaded.profile.reset(hp_profile_new());
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    options.threads_apart = threads_apart;
    options.native = native;
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), "run", text.data(), text.size(),
                                          &options, &loaded.error);
    return loaded;
}

std::string sample(const std::string &name)
{
    return read_file(data_path("speedscope/" + name + ".speedscope.json"));
}

/* Samples with the weights in the given number of nanoseconds, and one each. */
std::vector<Sample> samples_of(const json &file, long double unit, bool counted)
{
    std::vector<Sample> samples;
    const auto stack_of = [&](const json &numbers) {
        Stack stack;
        for (const json &number : numbers) {
            const json &frame = file["shared"]["frames"][number.get<size_t>()];
            const std::string name = frame["name"];
            const json line = frame.value("line", json()), file_name = frame.value("file", json());
            if (name != "<native>")
                stack.push_back(
                    {(file_name.is_null() ? "" : file_name.get<std::string>()) + ":" + name,
                     line.is_null() ? 0 : line.get<uint64_t>()});
        }
        return stack;
    };
    const auto add = [&](const Stack &stack, long double weight) {
        Weights weights{static_cast<uint64_t>(std::llroundl(weight * unit))};
        if (counted)
            weights.push_back(1);
        samples.push_back({stack, weights});
    };
    for (const json &profile : file["profiles"]) {
        for (size_t i = 0; i < profile.value("samples", json::array()).size(); i++)
            add(stack_of(profile["samples"][i]), profile["weights"][i].get<long double>());
        json stack = json::array();
        int64_t before = 0;
        for (const json &event : profile.value("events", json::array())) {
            /* Whole nanoseconds of large times do not fit into a double. */
            const int64_t at = event["at"].is_number_integer()
                                   ? event["at"].get<int64_t>()
                                   : std::llround(event["at"].get<double>() * 1e9);
            if (!stack.empty() && at > before)
                samples.push_back({stack_of(stack), {static_cast<uint64_t>(at - before)}});
            before = at;
            if (event["type"] == "O")
                stack.push_back(event["frame"]);
            else
                stack.erase(stack.size() - 1);
        }
    }
    return samples;
}

void expect_numbers(const std::string &text, const std::vector<Sample> &samples)
{
    const Loaded loaded = load(text);
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const Numbers expected = numbers_of(samples), actual = numbers_of(loaded.profile.get(), true);
    EXPECT_EQ(actual.total, expected.total);
    EXPECT_EQ(actual.inclusive, expected.inclusive);
    EXPECT_EQ(actual.self, expected.self);
    EXPECT_EQ(actual.calls, expected.calls);
    EXPECT_EQ(actual.stacks, expected.stacks);
    EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
}

TEST(ReadSpeedscope, NumbersAreThoseOfTheDefinition)
{
    for (const auto &[name, unit, counted] : {std::tuple("py-spy", 1e9L, true),
                                              {"py-spy-0.3.8", 1.0L, false},
                                              {"evented", 1.0L, false},
                                              {"bytes", 1.0L, true},
                                              {"pyinstrument-5.1.3", 1e9L, false}}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, name);
        expect_numbers(sample(name), samples_of(json::parse(sample(name)), unit, counted));
    }
}

TEST(ReadSpeedscope, EventsAreWhatTheUnitsSay)
{
    const auto events = [](const char *name) {
        const Loaded loaded = load(sample(name));
        std::string all;
        for (size_t e = 0; e < hp_profile_event_count(loaded.profile.get()); e++)
            all += hp_profile_event(loaded.profile.get(), e)->name + std::string(" ");
        return all;
    };
    EXPECT_EQ(events("py-spy"), "Time Samples ");
    EXPECT_EQ(events("py-spy-0.3.8"), "Samples ");
    EXPECT_EQ(events("evented"), "Time ");
    EXPECT_EQ(events("bytes"), "Bytes Samples ");
    EXPECT_EQ(load(sample("evented")).profile.get() != nullptr, true);
}

TEST(ReadSpeedscope, ThreadsMayBeFunctions)
{
    const std::string folded = report("folded", load(sample("py-spy"), true, true).profile.get());
    EXPECT_EQ(stacks_in(folded),
              "<thread 0x16DF7B000 \"Thread-1 (run)\">;<module> (m.py:8);f (m.py:2) 10000000\n"
              "<thread 0x16DF7B000 \"Thread-1 (run)\">;<module> (m.py:8);f (m.py:2);g (m.py:5) "
              "20000000\n"
              "<thread 0x16DF7B000 \"Thread-1 (run)\">;<module> (m.py:8);<module> (m.py:8);f "
              "(m.py:2) 10000000\n"
              "<thread 0x16EF87000 \"MainThread\"> 10000000\n"
              "<thread 0x16EF87000 \"MainThread\">;<module> (m.py:8);<native>;<native> 10000000\n");
    EXPECT_EQ(hp_profile_input(load(sample("py-spy")).profile.get(), 0)->threads, 2u);
}

TEST(ReadSpeedscope, OurOwnReportIsReadBack)
{
    for (const char *name : {"py-spy", "evented", "bytes"}) {
        const Loaded original = load(sample(name));
        const std::string text = report("speedscope", original.profile.get());
        const Loaded copy = load(text);
        ASSERT_EQ(copy.status, HP_OK) << copy.error.message;
        EXPECT_EQ(stacks_in(report("folded", copy.profile.get())),
                  stacks_in(report("folded", original.profile.get())));
        const json one = json::parse(text),
                   two = json::parse(report("speedscope", copy.profile.get()));
        EXPECT_EQ(one["profiles"][0]["samples"], two["profiles"][0]["samples"]) << name;
        EXPECT_EQ(one["profiles"][0]["weights"], two["profiles"][0]["weights"]) << name;
        EXPECT_EQ(one["shared"], two["shared"]) << name;
    }
}

/* What costs something of the first event, which is the one that a report has. */
Numbers first_of(Numbers numbers)
{
    const auto cut = [](auto &costs) {
        for (auto at = costs.begin(); at != costs.end();) {
            at->second.resize(1);
            at = at->second[0] ? std::next(at) : costs.erase(at);
        }
    };
    numbers.total.resize(1);
    cut(numbers.inclusive);
    cut(numbers.self);
    cut(numbers.calls);
    cut(numbers.stacks);
    return numbers;
}

TEST(ReadSpeedscope, TheReportOfEverySampledProfileIsTheSameProfile)
{
    size_t compared = 0;
    for (const std::string &path : samples_of_every_format()) {
        const Loaded original = load(read_file(data_path(path)));
        const hp_profile *profile = original.profile.get();
        if (!hp_profile_input_count(profile) || !hp_profile_input(profile, 0)->sampled ||
            !hp_profile_input(profile, 0)->stacks || *hp_profile_total(profile) == 0)
            continue;
        const Loaded copy = load(report("speedscope", original.profile.get()));
        EXPECT_EQ(copy.status, HP_OK) << path << copy.error.message;
        EXPECT_TRUE(first_of(numbers_of(copy.profile.get(), true)) ==
                    first_of(numbers_of(profile, true)))
            << path;
        compared++;
    }
    EXPECT_GE(compared, 20u);
}

std::string file_of(const std::string &profiles, const std::string &frames = "{\"name\":\"a\"}")
{
    return "{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\",\"profiles\":[" +
           profiles + "],\"shared\":{\"frames\":[" + frames + "]}}";
}

std::string sampled(const std::string &samples, const std::string &weights,
                    const std::string &unit = "none")
{
    return "{\"type\":\"sampled\",\"name\":\"t\",\"unit\":\"" + unit + "\",\"samples\":[" +
           samples + "],\"weights\":[" + weights + "]}";
}

std::string evented(const std::string &events)
{
    return "{\"type\":\"evented\",\"name\":\"t\",\"unit\":\"none\",\"events\":[" + events + "]}";
}

/* Some tools write a profile of each kind, whether there was anything of it or not. */
TEST(ReadSpeedscope, AProfileThatHoldsNothingHasAnyUnit)
{
    for (const std::string &profiles :
         {sampled("", "", "none") + "," + sampled("[0]", "144", "bytes"),
          sampled("[0]", "144", "bytes") + "," + sampled("", "", "seconds"),
          evented("") + "," + sampled("[0]", "144", "bytes")}) {
        const Loaded loaded = load(file_of(profiles));
        EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;
        EXPECT_EQ(hp_profile_event(loaded.profile.get(), 0)->unit, HP_BYTES) << profiles;
        EXPECT_EQ(hp_profile_total(loaded.profile.get())[0], 144u);
        EXPECT_EQ(hp_profile_input(loaded.profile.get(), 0)->threads, 1u);
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
    }
    const Loaded empty = load(file_of(sampled("", "", "seconds")));
    EXPECT_EQ(empty.status, HP_OK);
    EXPECT_EQ(hp_profile_event(empty.profile.get(), 0)->unit, HP_NANOSECONDS);
    EXPECT_EQ(hp_profile_input(empty.profile.get(), 0)->threads, 1u);
}

TEST(ReadSpeedscope, WhatCannotBeIsNamed)
{
    const std::tuple<std::string, hp_status, std::string, uint64_t> files[] = {
        {sampled("[0],[1]", "3,4"), HP_CORRUPT, "profile 1, 2: expected a frame that there is", 3},
        {sampled("[0],[-1],[0]", "3,4,5"), HP_CORRUPT,
         "profile 1, 2: expected a frame that there is", 8},
        {sampled("[0],[0.5],[1e0]", "3,4,5"), HP_CORRUPT,
         "profile 1, 2: expected a frame that there is", 3},
        {sampled("[0],[99999999999999999999]", "3,4"), HP_CORRUPT,
         "profile 1, 2: expected a frame that there is", 3},
        {sampled("[0],[0]", "3"), HP_CORRUPT, "profile 1, 2: expected a weight for each sample", 3},
        {sampled("[0],[0]", "3,-4"), HP_OK, "", 3},
        {sampled("[0]", "3") + "," + sampled("[0]", "4", "bytes"), HP_CORRUPT,
         "profile 2, 1: expected the unit of the profiles before", 3},
        {evented("{\"type\":\"O\",\"at\":1,\"frame\":0},{\"type\":\"C\",\"at\":3,\"frame\":0},"
                 "{\"type\":\"C\",\"at\":3,\"frame\":0}"),
         HP_CORRUPT, "profile 1, 3: expected the end of the innermost frame", 2},
        {evented("{\"type\":\"O\",\"at\":5,\"frame\":0},{\"type\":\"C\",\"at\":3,\"frame\":0}"),
         HP_CORRUPT, "profile 1, 2: expected a time that is not before the last one", 0},
        {evented("{\"type\":\"O\",\"frame\":0}"), HP_CORRUPT, "profile 1, 1: expected a time", 0},
    };
    for (const auto &[profiles, status, message, total] : files) {
        const Loaded loaded = load(file_of(profiles));
        EXPECT_EQ(loaded.status, status) << profiles;
        EXPECT_EQ(std::string(loaded.error.message), message);
        ASSERT_EQ(hp_profile_event_count(loaded.profile.get()), 1u);
        EXPECT_EQ(*hp_profile_total(loaded.profile.get()), total) << profiles;
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
    }
    const Loaded open = load(file_of(evented("{\"type\":\"O\",\"at\":1,\"frame\":0}")));
    EXPECT_EQ(open.status, HP_OK);
    EXPECT_EQ(hp_profile_input(open.profile.get(), 0)->open_frames, 1u);
    EXPECT_EQ(load(file_of(sampled("[0]", "1e10", "seconds"))).status, HP_OK);
    EXPECT_EQ(load(file_of(sampled("[0]", "1e11", "seconds"))).status, HP_OVERFLOW);
    EXPECT_EQ(load(file_of(sampled("[0],[0]", "1e10,1e10", "seconds"))).status, HP_OVERFLOW);
}

TEST(ReadSpeedscope, HostileJsonDoesNoHarm)
{
    const std::string start = "{\"a\":\"speedscope\",\"b\":";
    EXPECT_EQ(load(start + std::string(100000, '[')).status, HP_LIMIT);
    EXPECT_EQ(load(start + "1" + std::string(100000, '0') + "}").status, HP_OK);
    EXPECT_EQ(load(start + "\"\xff\xfe\"}").status, HP_CORRUPT);
    EXPECT_EQ(load(start + "[1,]}").status, HP_CORRUPT);
    /* A lone surrogate, a NUL, and the same key again. */
    const Loaded odd = load(file_of(sampled("[0],[1]", "3,4"),
                                    "{\"name\":\"a\\ud800b\",\"name\":\"c\\u0000d\",\"line\":1e99},"
                                    "{\"name\":\"e\",\"file\":7,\"line\":\"x\"}"));
    EXPECT_EQ(odd.status, HP_OK) << odd.error.message;
    EXPECT_EQ(stacks_in(report("folded", odd.profile.get())), "c\\x00d 3\ne 4\n");
    /* Parts where they mean nothing. */
    EXPECT_EQ(load("{\"profiles\":{\"speedscope\":[[[0]]]},\"shared\":[1],\"exporter\":{}}").status,
              HP_OK);
    EXPECT_EQ(load("{\"speedscope\":1} x").status, HP_CORRUPT);
}

/* After a cut there is what stood before it. */
TEST(ReadSpeedscope, IsReadAsFarAsItGoes)
{
    for (const char *name : {"py-spy", "evented", "pyinstrument-5.1.3"}) {
        const std::string text = sample(name);
        uint64_t whole = *hp_profile_total(load(text).profile.get());
        for (size_t cut = 0; cut + 2 < text.size(); cut += text.size() > 3000 ? 13 : 1) {
            const Loaded loaded = load(text.substr(0, cut));
            if (loaded.status == HP_UNRECOGNISED)
                continue;
            EXPECT_TRUE(loaded.status == HP_TRUNCATED || loaded.status == HP_CORRUPT)
                << cut << loaded.error.message;
            EXPECT_EQ(violated_invariants(loaded.profile.get()), "") << cut;
            if (hp_profile_event_count(loaded.profile.get()) &&
                std::string(hp_profile_event(loaded.profile.get(), 0)->name) == "Time") {
                EXPECT_LE(*hp_profile_total(loaded.profile.get()), whole);
            }
        }
    }
}

TEST(ReadSpeedscope, AddsUpWhateverIsChanged)
{
    std::mt19937 random(1);
    for (const char *name : {"py-spy", "evented"}) {
        const std::string text = sample(name);
        for (int round = 0; round < 1000; round++) {
            std::string changed = text;
            for (unsigned i = 0; i <= random() % 4; i++)
                changed[random() % changed.size()] = "0123456789-e.,[]{}\":OC\\"[random() % 23];
            const Loaded loaded = load(changed);
            if (loaded.status == HP_OK || loaded.status == HP_TRUNCATED ||
                loaded.status == HP_CORRUPT) {
                EXPECT_EQ(violated_invariants(loaded.profile.get()), "") << round;
            }
        }
    }
}

} // namespace
