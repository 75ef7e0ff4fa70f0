// SPDX-License-Identifier: MIT
/* What speedscope opens: the stacks of the report folded, in its own format. */
#include "report.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <map>
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

/* What the published schema asks of a file with sampled profiles. */
void expect_valid(const json &file)
{
    EXPECT_EQ(file.at("$schema"), "https://www.speedscope.app/file-format-schema.json");
    EXPECT_TRUE(file.at("exporter").is_string() && file.at("name").is_string());
    for (const json &frame : file.at("shared").at("frames")) {
        EXPECT_TRUE(frame.at("name").is_string());
        EXPECT_TRUE(!frame.contains("file") || frame["file"].is_string());
        EXPECT_TRUE(!frame.contains("line") || frame["line"].is_number());
    }
    const std::vector<std::string> units{"none",         "nanoseconds", "microseconds",
                                         "milliseconds", "seconds",     "bytes"};
    for (const json &profile : file.at("profiles")) {
        EXPECT_EQ(profile.at("type"), "sampled");
        EXPECT_TRUE(profile.at("name").is_string());
        EXPECT_EQ(std::count(units.begin(), units.end(), profile.at("unit")), 1);
        EXPECT_EQ(profile.at("startValue"), 0);
        EXPECT_EQ(profile.at("samples").size(), profile.at("weights").size());
        uint64_t sum = 0;
        for (const json &weight : profile.at("weights"))
            sum += weight.get<uint64_t>();
        EXPECT_EQ(profile.at("endValue"), sum);
        for (const json &sample : profile.at("samples"))
            for (const json &frame : sample)
                EXPECT_LT(frame.get<size_t>(), file.at("shared").at("frames").size());
    }
}

TEST(Speedscope, HasTheFramesStacksAndWeights)
{
    const Loaded loaded = load("<module> (m.py:9);f (m.py:2) 7\n<module> (m.py:9) 1\n");
    const json file = json::parse(report("speedscope", loaded.profile.get()));
    expect_valid(file);
    EXPECT_EQ(file["name"], "run");
    ASSERT_EQ(file["profiles"].size(), 1u);
    const json &frames = file["shared"]["frames"], &profile = file["profiles"][0];
    EXPECT_EQ(profile["name"], "Samples");
    EXPECT_EQ(profile["unit"], "none");
    EXPECT_EQ(profile["weights"], json({1, 7}));
    ASSERT_EQ(profile["samples"][1].size(), 2u);
    EXPECT_EQ(frames[profile["samples"][1][0].get<size_t>()],
              json({{"name", "<module>"}, {"file", "m.py"}, {"line", 9}}));
    EXPECT_EQ(frames[profile["samples"][1][1].get<size_t>()],
              json({{"name", "f"}, {"file", "m.py"}, {"line", 2}}));
}

TEST(Speedscope, ThreadsThatAreApartHaveAProfileEach)
{
    const std::string stacks = "P1;T0:2;a.py:f:3 10\nP1;T0:4;a.py:f:3 20\nP1;T0:4;a.py:g:5 30\n";
    const json together = json::parse(report("speedscope", load(stacks).profile.get()));
    ASSERT_EQ(together["profiles"].size(), 1u);
    EXPECT_EQ(together["profiles"][0]["unit"], "nanoseconds");
    const json apart = json::parse(report("speedscope", load(stacks, true).profile.get()));
    expect_valid(apart);
    ASSERT_EQ(apart["profiles"].size(), 2u);
    EXPECT_EQ(apart["profiles"][0]["name"], "<thread 2>");
    EXPECT_EQ(apart["profiles"][1]["name"], "<thread 4>");
    EXPECT_EQ(apart["profiles"][1]["weights"], json({20000, 30000}));
}

TEST(Speedscope, HasTheStacksOfEverySample)
{
    for (const std::string folder : {"hotshot", "folded"})
        for (const std::string &name : list_directory(data_path(folder))) {
            const std::string text = read_file(data_path(folder + "/" + name));
            if (text.size() > 60000 || name.rfind("deep-", 0) == 0 ||
                name.rfind(".json") != std::string::npos)
                continue;
            const Loaded loaded = load(text);
            const json file = json::parse(report("speedscope", loaded.profile.get()));
            expect_valid(file);
            std::string lines;
            for (const json &profile : file["profiles"])
                for (size_t i = 0; i < profile["samples"].size(); i++) {
                    lines += "\n";
                    for (const json &frame : profile["samples"][i])
                        lines += std::to_string(frame.get<size_t>()) + ";";
                    lines += profile["weights"][i].dump();
                }
            size_t stacks = 0;
            for (size_t i = 0; i < hp_profile_stack_count(loaded.profile.get()); i++)
                stacks += *hp_profile_stack_self(loaded.profile.get(), i) > 0;
            EXPECT_EQ(size_t(std::count(lines.begin(), lines.end(), '\n')), stacks) << name;
            uint64_t total = 0;
            for (const json &profile : file["profiles"])
                total += profile["endValue"].get<uint64_t>();
            if (hp_profile_event_count(loaded.profile.get())) {
                EXPECT_EQ(total, hp_profile_total(loaded.profile.get())[0]) << name;
            }
        }
}

TEST(Speedscope, OddNamesAreValidJson)
{
    const Loaded loaded = load("f\"\\ (m\x1f\xff.py:9);\xe2\x80\xae\xf0\x9f\x90\x8d 7\n");
    const json file = json::parse(report("speedscope", loaded.profile.get()));
    expect_valid(file);
    EXPECT_EQ(hp_profile_total(loaded.profile.get())[0], 7u);
}

} // namespace
