// SPDX-License-Identifier: MIT
/* The JSON report: exact numbers, in order, and nothing that did not happen. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace
{

using namespace test;
using nlohmann::json;

json parsed(const std::string &log)
{
    return json::parse(report("json", load_bytes(log).profile.get()));
}

template <typename Key> bool in_order(const json &list, const Key &key)
{
    for (size_t i = 1; i < list.size(); i++)
        if (!(key(list[i - 1]) < key(list[i])))
            return false;
    return true;
}

bool is_zero(const json &costs)
{
    return std::all_of(costs.begin(), costs.end(), [](const json &cost) {
        return cost == 0;
    });
}

class JsonReport : public testing::TestWithParam<std::string>
{
  protected:
    const json root = parsed(read_file(data_path("hotshot/" + GetParam() + ".prof")));
};

TEST_P(JsonReport, IsInOrder)
{
    /* Escapes do not sort as the bytes that they stand for. */
    if (root.dump().find("\\\\x") == std::string::npos) {
        EXPECT_TRUE(in_order(root.at("functions"), [](const json &function) {
            return std::make_tuple(
                function.at("file").get<std::string>(), function.at("line").get<uint64_t>(),
                function.at("name").get<std::string>(), function.at("path").get<std::string>());
        }));
    }
    EXPECT_TRUE(in_order(root.at("lines"), [](const json &line) {
        return std::make_tuple(line.at("function").get<uint64_t>(),
                               line.at("line").get<uint64_t>());
    }));
    EXPECT_TRUE(in_order(root.at("calls"), [](const json &call) {
        return std::make_tuple(call.at("caller").get<uint64_t>(), call.at("line").get<uint64_t>(),
                               call.at("callee").get<uint64_t>());
    }));
}

TEST_P(JsonReport, ListsNothingThatDidNotHappen)
{
    for (const json &function : root.at("functions"))
        EXPECT_FALSE(function.at("calls") == 0 && is_zero(function.at("self")) &&
                     is_zero(function.at("inclusive")))
            << function;
    for (const json &line : root.at("lines"))
        EXPECT_FALSE(is_zero(line.at("self"))) << line;
    for (const json &call : root.at("calls"))
        EXPECT_GT(call.at("count"), 0) << call;
}

INSTANTIATE_TEST_SUITE_P(, JsonReport, testing::ValuesIn(samples("hotshot", ".prof")),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST(JsonReportOfRandomLogs, HoldsAllThatTheProfileHolds)
{
    for (uint32_t seed = 0; seed < 300; seed++) {
        RandomLogShape shape;
        shape.records = 1 + seed % 200;
        shape.windows = seed % 3 == 0;
        const Loaded loaded = load_bytes(random_log(seed, shape));
        ASSERT_EQ(differences(escaped(facts_of_profile(loaded.profile.get())),
                              facts_of_report(report("json", loaded.profile.get()))),
                  "")
            << "seed " << seed;
    }
}

TEST(JsonReportDetails, KeepsNumbersOf64Bits)
{
    LogWriter log;
    log.info("platform", "win32").enter(0, UINT64_MAX, UINT64_MAX - 7).exit(7);
    const json root = parsed(log.bytes());
    EXPECT_EQ(root.at("events")[0].at("name"), "Ticks");
    EXPECT_EQ(root.at("events")[0].at("unit"), "ticks");
    EXPECT_EQ(root.at("total")[0].get<uint64_t>(), UINT64_MAX);
    EXPECT_EQ(root.at("functions")[1].at("line").get<uint64_t>(), UINT64_MAX);
}

/* The name, line and path of each function that is in a file. */
std::set<std::tuple<std::string, uint64_t, std::string>> functions_of(const json &root)
{
    std::set<std::tuple<std::string, uint64_t, std::string>> functions;
    for (const json &function : root.at("functions"))
        if (function.at("file") != "")
            functions.emplace(function.at("name"), function.at("line"), function.at("path"));
    return functions;
}

TEST(JsonReportDetails, TellsFunctionsOfOneRecordedFileApartByItsPath)
{
    const auto log = [](const std::string &directory) {
        LogWriter writer;
        writer.info("current-directory", directory).define_file(0, "m.py");
        return writer.define_function(0, 3, "f").enter(0, 3, 0).exit(5).bytes();
    };
    const Loaded sum = load_bytes(log("/app")), other = load_bytes(log("/other"));
    ASSERT_EQ(hp_profile_merge(sum.profile.get(), other.profile.get(), nullptr), HP_OK);
    const json root = json::parse(report("json", sum.profile.get()));
    EXPECT_EQ(functions_of(root), (std::set<std::tuple<std::string, uint64_t, std::string>>{
                                      {"f", 3, "/app/m.py"}, {"f", 3, "/other/m.py"}}));
    for (const json &function : root.at("functions"))
        if (function.at("name") == "f") {
            EXPECT_EQ(function.at("file"), "m.py");
        }
}

TEST(JsonReportDetails, NamesEveryUnit)
{
    Builder builder({{"Time", HP_NANOSECONDS},
                     {"Ticks", HP_TICKS},
                     {"Hits", HP_COUNT},
                     {"Memory", HP_BYTES},
                     {"Samples", HP_SAMPLES}});
    const json root = json::parse(report("json", builder.get()));
    std::vector<std::string> units;
    for (const json &event : root.at("events"))
        units.push_back(event.at("unit"));
    EXPECT_EQ(units, (std::vector<std::string>{"ns", "ticks", "count", "bytes", "samples"}));
}

TEST(JsonReportDetails, SaysWhatIsSampled)
{
    const Loaded sampled = load_bytes("# austin: 3.7.0\n# interval: 1000\n# mode: wall\n\n"
                                      "P1;T0:2;m.py:f:3 10\nP1;T0:4;m.py:f:3 20\n");
    const json input = json::parse(report("json", sampled.profile.get()))["inputs"][0];
    EXPECT_EQ(input["sampled"], true);
    EXPECT_EQ(input["interval"], 1000000);
    EXPECT_EQ(input["threads"], 2);
    EXPECT_EQ(input["processes"], 1);
    const Loaded measured = load_file(data_path("hotshot/fib-calls.prof"));
    for (const char *key : {"sampled", "interval", "threads", "processes", "being_written"})
        EXPECT_FALSE(
            json::parse(report("json", measured.profile.get()))["inputs"][0].contains(key));
}

TEST(JsonReportDetails, SaysWhichCallsAreEstimated)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 0, 0, {1}, {4});
    const auto work = builder.function("work", "m.py", 2, 3, 3, {3}, {3});
    builder.call(main, work, 1, {1}, 3);
    builder.call(main, work, 2, {2}, 4, true);
    const json calls = json::parse(report("json", builder.get())).at("calls");
    ASSERT_EQ(calls.size(), 2u);
    EXPECT_FALSE(calls[0].contains("estimated"));
    EXPECT_EQ(calls[1].at("estimated"), true);
}

TEST(JsonReportDetails, OfAnEmptyLogHasEmptyLists)
{
    const json root = parsed(LogWriter().bytes());
    for (const char *list : {"functions", "lines", "calls"})
        EXPECT_EQ(root.at(list), json::array()) << list;
    EXPECT_EQ(root.at("inputs").size(), 1u);
    EXPECT_EQ(root.at("inputs")[0].at("info").at("hotshot-version"), json::array({"1.14"}));
}

TEST(JsonReportDetails, KeepsRepeatedKeysOfInfoInOrder)
{
    const json root = parsed(LogWriter().info("k", "2").info("other", "").info("k", "1").bytes());
    EXPECT_EQ(root.at("inputs")[0].at("info").at("k"), json::array({"2", "1"}));
}

} // namespace
