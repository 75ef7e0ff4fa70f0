// SPDX-License-Identifier: MIT
/* Thresholds leave out of the call graph what costs less, and the text tells how much that is. */
#include "support/command.h"
#include "support/gprof_check.h"
#include "support/gprof_parser.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace
{

using namespace test;

std::string graph_text(hp_profile *profile, double node_threshold, double edge_threshold)
{
    hp_report_options options{};
    options.node_threshold = {true, node_threshold};
    options.edge_threshold = {true, edge_threshold};
    return brief_report(profile, "callgraph", options);
}

/* The numbers, in order, of the line that ends so; nothing if there is no such line. */
std::vector<double> numbers_told(const std::string &text, const std::string &end)
{
    std::vector<double> numbers;
    for (const std::string &line : lines_of(text)) {
        if (line.size() < end.size() || line.substr(line.size() - end.size()) != end)
            continue;
        std::istringstream words(line.substr(0, line.size() - end.size()));
        for (std::string word; words >> word;)
            if (isdigit(static_cast<unsigned char>(word[0])))
                numbers.push_back(std::stod(word));
    }
    return numbers;
}

using Arc = std::pair<std::string, std::string>;

class GprofPruned : public testing::TestWithParam<std::string>
{
  protected:
    void SetUp() override
    {
        if (hp_profile_event_count(profile) == 0)
            GTEST_SKIP() << "no costs";
        labels = labels_of(profile);
        for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
            const hp_call *call = hp_profile_call(profile, i);
            arcs[{labels[call->caller], labels[call->callee]}] +=
                call->caller == call->callee ? 0 : hp_profile_call_inclusive(profile, i)[0];
        }
    }
    bool reaches(uint64_t cost, double percent) const
    {
        return 100.0L * cost >= static_cast<long double>(percent) * hp_profile_total(profile)[0];
    }

    Loaded loaded = load_file(data_path(GetParam() + ".prof"));
    hp_profile *profile = loaded.profile.get();
    std::vector<std::string> labels;
    std::map<Arc, uint64_t> arcs;
};

TEST_P(GprofPruned, ByNothingIsTheWhole)
{
    EXPECT_EQ(graph_text(profile, 0, 0), brief_report(profile, "callgraph"));
}

TEST_P(GprofPruned, ShowsAllThatReachesTheThresholdsAndTellsTheRest)
{
    const GprofText whole = parse_gprof(brief_report(profile, "callgraph"));
    for (const auto &[node, edge] : std::vector<std::pair<double, double>>{
             {0.5, 0.1}, {5, 0}, {0, 5}, {33.3, 20}, {100, 0}, {100, 100}}) {
        SCOPED_TRACE(std::to_string(node) + " " + std::to_string(edge));
        const std::string text = graph_text(profile, node, edge);
        const GprofText parsed = parse_gprof(text);
        std::set<std::string> functions, expected_functions;
        std::set<Arc> above, below, expected_arcs;
        for (const GprofEntry &entry : parsed.entries) {
            const GprofEntry &before = whole.entries.at(entry.index - 1);
            EXPECT_EQ(entry.name, before.name);
            EXPECT_EQ(entry.self.digits, before.self.digits);
            EXPECT_EQ(entry.calls, before.calls);
            EXPECT_EQ(entry.spontaneous, before.spontaneous);
            EXPECT_EQ(parsed.index.at(entry.index), whole.index.at(entry.index));
            if (entry.name.empty())
                continue;
            functions.insert(entry.name);
            for (const GprofArc &arc : entry.parents)
                above.insert({arc.name, entry.name});
            for (const GprofArc &arc : entry.children)
                below.insert({entry.name, arc.name});
        }
        uint64_t dropped = 0;
        for (hp_function_id id = 0; id < labels.size(); id++)
            if (reaches(hp_profile_function_inclusive(profile, id)[0], node))
                expected_functions.insert(labels[id]);
            else
                dropped += hp_profile_function_self(profile, id)[0];
        for (const auto &[arc, cost] : arcs)
            if (expected_functions.count(arc.first) && expected_functions.count(arc.second) &&
                reaches(cost, edge))
                expected_arcs.insert(arc);
        EXPECT_EQ(parsed.index.size(), parsed.entries.size());
        EXPECT_EQ(functions, expected_functions);
        EXPECT_EQ(above, expected_arcs);
        EXPECT_EQ(below, expected_arcs);

        const bool pruned = functions.size() < labels.size() || above.size() < arcs.size();
        const std::vector<double> counts = numbers_told(text, "; the others are not shown.");
        ASSERT_EQ(counts.size(), pruned ? 4u : 0u);
        if (pruned) {
            EXPECT_EQ(counts, (std::vector<double>{
                                  static_cast<double>(functions.size()),
                                  static_cast<double>(labels.size()),
                                  static_cast<double>(above.size()),
                                  static_cast<double>(arcs.size()),
                              }));
        }
        const std::vector<double> cost = numbers_told(text, " %).");
        ASSERT_EQ(cost.size(), dropped > 0 ? 1u : 0u);
        const auto total = static_cast<double>(hp_profile_total(profile)[0]);
        if (dropped > 0 && hp_profile_event(profile, 0)->unit == HP_NANOSECONDS) {
            EXPECT_NEAR(cost[0], static_cast<double>(dropped) / 1e9,
                        std::max(0.5e-6, 0.5e-4 * total / 1e9));
        } else if (dropped > 0) {
            EXPECT_EQ(cost[0], static_cast<double>(dropped));
        }
    }
}

std::vector<std::string> all_samples()
{
    std::vector<std::string> paths;
    for (const std::string &name : samples("hotshot", ".prof"))
        paths.push_back("hotshot/" + name);
    for (const char *name : {"json-3.12", "small-profile-3.12", "profile-raw-2.7"})
        paths.push_back(std::string("pstats/") + name);
    return paths;
}

INSTANTIATE_TEST_SUITE_P(Samples, GprofPruned, testing::ValuesIn(all_samples()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* Of a circle that is entered in two places each half may cost less than the whole. */
TEST(GprofPrunedCycles, MayBeWithoutTheirMembers)
{
    Builder builder;
    const auto main = builder.function("main", "", 0, 0, 0, {4}, {10});
    const auto even = builder.function("even", "", 0, 2, 2, {3}, {3});
    const auto odd = builder.function("odd", "", 0, 2, 2, {3}, {3});
    builder.call(main, even, 1, {3});
    builder.call(main, odd, 1, {3});
    builder.call(even, odd, 1, {0});
    builder.call(odd, even, 1, {0});
    const GprofText text = parse_gprof(graph_text(builder.get(), 50, 0));
    ASSERT_EQ(text.entries.size(), 2u);
    EXPECT_EQ(text.entries[0].name, "main");
    EXPECT_EQ(text.entries[1].cycle, 1u);
    EXPECT_TRUE(text.entries[1].children.empty());
    EXPECT_TRUE(parse_gprof(graph_text(builder.get(), 100, 100)).entries[0].spontaneous);
}

TEST(GprofPrunedOptions, AreThoseOfTheCommand)
{
    const std::string path = data_path("hotshot/json-calls.prof");
    const Loaded loaded = load_file(path);
    EXPECT_EQ(
        hotreport({"-f", "callgraph", "--brief", "--node-threshold=5", "--edge-threshold=.5", path})
            .out,
        graph_text(loaded.profile.get(), 5, 0.5));
    for (const char *wrong : {"", "-1", "101", "5x", "nan", "0x1", "1e1", "1.2.3", "."})
        for (const std::string option : {"--node-threshold", "--edge-threshold"}) {
            const Result result = hotreport({option + "=" + wrong, path});
            EXPECT_EQ(result.status, 2) << wrong;
            EXPECT_EQ(result.err, "hotreport: " + option + ": expected 0 to 100 percent, found '" +
                                      wrong + "'\n");
        }
}

} // namespace
