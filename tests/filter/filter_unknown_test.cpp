// SPDX-License-Identifier: MIT
/* Numbers of calls that are not known stay unknown in what filters leave, and in call graphs. */
#include "filter/filter.h"
#include "graph/callgraph.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <map>

namespace
{

using namespace test;

/* main calls left and right, which call work, which calls leaf and itself. left's calls of work are
 * `counts` as all others, right's are 3. */
Builder program(uint64_t counts, bool costs, uint64_t of_right = 3)
{
    const uint64_t c = costs;
    Builder builder({{"Samples", HP_SAMPLES}});
    const auto add = [&](const char *name, uint64_t calls, uint64_t self, uint64_t inclusive) {
        return builder.function(name, "m.py", 1, calls, calls, {self * c}, {inclusive * c});
    };
    const uint64_t both = hp_add_counts(counts, of_right);
    const auto main = add("main", 1, 1, 12), left = add("left", counts, 1, 5),
               right = add("right", counts, 2, 6), work = add("work", both, 4, 8),
               leaf = add("leaf", counts, 4, 4);
    hp_function_id interpreter = 0;
    EXPECT_EQ(hp_profile_add_interpreter(builder.get(), &interpreter, nullptr), HP_OK);
    builder.call(interpreter, main, 1, {12 * c}, 0);
    builder.call(main, left, counts, {5 * c});
    builder.call(main, right, counts, {6 * c});
    builder.call(left, work, counts, {4 * c});
    builder.call(right, work, of_right, {4 * c});
    builder.call(work, work, counts, {0});
    builder.call(work, leaf, counts, {4 * c});
    builder.sort();
    return builder;
}

using Counts = std::map<std::string, uint64_t>;

Counts counts_of(const hp_profile *profile)
{
    const auto name = [&](hp_function_id id) {
        return std::string(hp_profile_function(profile, id)->name.data);
    };
    Counts counts;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        counts[name(id)] = hp_profile_function(profile, id)->calls;
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        counts[name(call->caller) + " " + name(call->callee)] = call->count;
    }
    return counts;
}

Counts filtered(const Builder &builder, const char *hp_filters::*option, const char *pattern)
{
    hp_filters filters{};
    hp_profile *result = nullptr;
    hp_error error{};
    filters.*option = pattern;
    EXPECT_EQ(hp_filters_apply(&filters, builder.get(), &result, &error), HP_OK) << error.message;
    const hotprof::profile_ptr freed(result);
    return counts_of(result);
}

const uint64_t unknown = HP_UNKNOWN;

TEST(FiltersOfUnknownCounts, KeepThemUnknown)
{
    for (const bool costs : {true, false}) {
        const Builder builder = program(unknown, costs);
        EXPECT_EQ(filtered(builder, &hp_filters::root, "work"), (Counts{{"work", unknown},
                                                                        {"leaf", unknown},
                                                                        {"work work", unknown},
                                                                        {"work leaf", unknown}}));
        EXPECT_EQ(filtered(builder, &hp_filters::ignore, "left"), (Counts{{"<interpreter>", 0},
                                                                          {"<interpreter> main", 1},
                                                                          {"main", 1},
                                                                          {"right", unknown},
                                                                          {"work", unknown},
                                                                          {"leaf", unknown},
                                                                          {"main right", unknown},
                                                                          {"right work", 3},
                                                                          {"work work", unknown},
                                                                          {"work leaf", unknown}}));
        EXPECT_EQ(filtered(builder, &hp_filters::hide, "work"), (Counts{{"<interpreter>", 0},
                                                                        {"<interpreter> main", 1},
                                                                        {"main", 1},
                                                                        {"left", unknown},
                                                                        {"right", unknown},
                                                                        {"leaf", unknown},
                                                                        {"main left", unknown},
                                                                        {"main right", unknown},
                                                                        {"left leaf", unknown},
                                                                        {"right leaf", unknown}}));
        EXPECT_EQ(filtered(builder, &hp_filters::hide, "left|right"),
                  (Counts{{"<interpreter>", 0},
                          {"<interpreter> main", 1},
                          {"main", 1},
                          {"work", unknown},
                          {"leaf", unknown},
                          {"main work", unknown},
                          {"work work", unknown},
                          {"work leaf", unknown}}));
    }
}

TEST(FiltersOfUnknownCounts, SayNothingElseOfTheOthers)
{
    Counts known = filtered(program(5, true), &hp_filters::focus, "right");
    const Counts result = filtered(program(unknown, true), &hp_filters::focus, "right");
    ASSERT_EQ(result.size(), known.size());
    for (const auto &[of, count] : result)
        EXPECT_EQ(count,
                  of == "right work" || of.find("main") + 4 == of.size() || of == HP_INTERPRETER
                      ? known[of]
                      : unknown)
            << of;
}

TEST(CallGraphOfUnknownCounts, AddsThemUpToUnknownOnes)
{
    const Builder builder = program(unknown, true), base = program(2, true);
    hp_profile *profile = nullptr, *other = nullptr;
    ASSERT_EQ(hp_profile_align(builder.get(), base.get(), &profile, &other, nullptr), HP_OK);
    const hotprof::profile_ptr one(profile), two(other);
    hp_callgraph graph{};
    ASSERT_EQ(hp_callgraph_build(&graph, profile, other, nullptr, nullptr), HP_OK);
    for (uint32_t i = 0; i < graph.node_count; i++) {
        const hp_node &node = graph.nodes[i];
        const std::string name = hp_profile_function(profile, node.function)->name.data;
        if (name == HP_INTERPRETER)
            continue;
        EXPECT_EQ(node.calls, name == "main" ? 1u : unknown) << name;
        EXPECT_EQ(node.recursive, name == "work" ? unknown : 0u) << name;
        EXPECT_EQ(node.base_calls, name == "main" ? 1u : name == "work" ? 3u : 2u) << name;
    }
    hp_callgraph_free(&graph);
}

TEST(CallGraph, RefusesCountsThatDoNotFit)
{
    Builder builder({{"Samples", HP_SAMPLES}});
    const auto f = builder.function("f", "m.py", 1, 1, 1, {1}, {1}),
               g = builder.function("g", "m.py", 2, 1, 1, {1}, {1});
    builder.call(f, g, UINT64_MAX - 1, {1}, 1);
    builder.call(f, g, 1, {1}, 2);
    builder.sort();
    hp_callgraph graph{};
    hp_error error{};
    EXPECT_EQ(hp_callgraph_build(&graph, builder.get(), nullptr, nullptr, &error), HP_OVERFLOW);
    EXPECT_EQ(error.status, HP_OVERFLOW);
    hp_callgraph_free(&graph);
}

TEST(Units, AreNamedInTheHeading)
{
    for (const auto &[event, heading] :
         {std::pair(hp_event{"Memory", HP_BYTES}, "Costs are bytes of Memory: 7 in all."),
          std::pair(hp_event{"Bytes", HP_BYTES}, "Costs are bytes: 7 in all."),
          std::pair(hp_event{"Samples", HP_SAMPLES}, "Costs are samples: 7 in all.")}) {
        Builder builder({event});
        builder.function("f", "m.py", 1, 1, 1, {7}, {7});
        builder.sort();
        for (const char *format : {"flat", "gprof", "annotate"})
            EXPECT_NE(report(format, builder.get()).find(heading), std::string::npos) << format;
    }
}

} // namespace
