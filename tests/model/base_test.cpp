// SPDX-License-Identifier: MIT
/* A profile compared with a base: rows of both, number by number, and the call graph of both. */
#include "graph/callgraph.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace
{

struct Aligned {
    hotprof::profile_ptr profile, base;
};

Aligned align(const hp_profile *profile, const hp_profile *base)
{
    hp_profile *relocated = nullptr, *a = nullptr, *b = nullptr;
    hp_error error{};
    EXPECT_EQ(hp_profile_relocate(profile, base, &relocated, &error), HP_OK) << error.message;
    EXPECT_EQ(hp_profile_align(profile, relocated, &a, &b, &error), HP_OK) << error.message;
    hp_profile_free(relocated);
    return {hotprof::profile_ptr(a), hotprof::profile_ptr(b)};
}

struct Graph {
    Aligned aligned;
    hp_callgraph graph{};

    explicit Graph(Aligned pair, const char *event = nullptr) : aligned(std::move(pair))
    {
        hp_error error{};
        EXPECT_EQ(
            hp_callgraph_build(&graph, aligned.profile.get(), aligned.base.get(), event, &error),
            HP_OK)
            << error.message;
    }
    ~Graph()
    {
        hp_callgraph_free(&graph);
    }
    Graph(const Graph &) = delete;
    Graph &operator=(const Graph &) = delete;

    std::string name(uint32_t node) const
    {
        const hp_node &n = graph.nodes[node];
        if (n.function == HP_NO_FUNCTION)
            return "cycle";
        const hp_function *function = hp_profile_function(graph.profile, n.function);
        return std::string(function->name.data, function->name.size);
    }
    std::vector<std::string> names() const
    {
        std::vector<std::string> names;
        for (uint32_t i = 0; i < graph.node_count; i++)
            names.push_back(name(i));
        return names;
    }
    const hp_node &operator[](const std::string &wanted) const
    {
        for (uint32_t i = 0; i < graph.node_count; i++)
            if (name(i) == wanted)
                return graph.nodes[i];
        throw std::runtime_error("no node " + wanted);
    }
};

/* What a profile holds, told by names. */
using Facts = std::map<std::string, std::vector<uint64_t>>;

std::string key(const hp_profile *profile, hp_function_id id)
{
    const hp_function *f = hp_profile_function(profile, id);
    return std::string(f->file.data, f->file.size) + ":" + std::to_string(f->line) + ":" +
           std::string(f->name.data, f->name.size);
}

std::vector<uint64_t> join(std::vector<uint64_t> numbers, const uint64_t *costs, size_t count)
{
    numbers.insert(numbers.end(), costs, costs + count);
    return numbers;
}

/* Without rows that are all 0. */
Facts facts(const hp_profile *profile)
{
    const size_t events = hp_profile_event_count(profile);
    Facts facts;
    for (hp_function_id i = 0; i < hp_profile_function_count(profile); i++) {
        const hp_function *f = hp_profile_function(profile, i);
        facts[key(profile, i)] =
            join(join({f->calls, f->primitive}, hp_profile_function_self(profile, i), events),
                 hp_profile_function_inclusive(profile, i), events);
    }
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);
        facts[key(profile, line->function) + " line " + std::to_string(line->line)] =
            join({}, hp_profile_line_self(profile, i), events);
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        facts[key(profile, call->caller) + " line " + std::to_string(call->line) + " calls " +
              key(profile, call->callee)] =
            join({call->count}, hp_profile_call_inclusive(profile, i), events);
    }
    for (auto fact = facts.begin(); fact != facts.end();)
        fact = std::all_of(fact->second.begin(), fact->second.end(),
                           [](uint64_t number) {
                               return number == 0;
                           })
                   ? facts.erase(fact)
                   : std::next(fact);
    return facts;
}

/* The facts without what they are of. */
std::multiset<std::vector<uint64_t>> numbers(const hp_profile *profile)
{
    std::multiset<std::vector<uint64_t>> numbers;
    for (const auto &fact : facts(profile))
        numbers.insert(fact.second);
    return numbers;
}

std::string events(const hp_profile *profile)
{
    std::string names;
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        names += hp_profile_event(profile, e)->name + std::string(" ");
    return names;
}

/* Whether the first lines of all functions are known. Of others, two profiles have the smaller one.
 */
bool knows_lines(const hp_profile *profile)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        if (hp_profile_function(profile, id)->line_unknown)
            return false;
    return true;
}

/* Calls check for each file of the corpus with the one before it that has the same events. */
template <typename Check> void for_pairs(Check check)
{
    int pairs = 0;
    std::map<std::string, test::Loaded> last;
    for (const std::string &path : test::samples_of_every_format()) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, path);
        test::Loaded loaded = test::load_file(test::data_path(path));
        test::Loaded &before =
            last[path.substr(0, path.find('/')) + " " + events(loaded.profile.get())];
        if (before.profile) {
            check(before.profile.get(), loaded.profile.get());
            pairs++;
        }
        before = std::move(loaded);
    }
    EXPECT_GT(pairs, 120);
}

TEST(BaseCorpus, AlignedProfilesHaveTheSameRowsAndEachItsOwnNumbers)
{
    for_pairs([](const hp_profile *one, const hp_profile *other) {
        const Aligned aligned = align(one, other);
        const hp_profile *a = aligned.profile.get(), *b = aligned.base.get();
        ASSERT_EQ(hp_profile_function_count(a), hp_profile_function_count(b));
        ASSERT_EQ(hp_profile_line_count(a), hp_profile_line_count(b));
        ASSERT_EQ(hp_profile_call_count(a), hp_profile_call_count(b));
        for (hp_function_id i = 0; i < hp_profile_function_count(a); i++)
            EXPECT_EQ(key(a, i), key(b, i));
        for (size_t i = 0; i < hp_profile_line_count(a); i++) {
            EXPECT_EQ(hp_profile_line(a, i)->function, hp_profile_line(b, i)->function);
            EXPECT_EQ(hp_profile_line(a, i)->line, hp_profile_line(b, i)->line);
        }
        for (size_t i = 0; i < hp_profile_call_count(a); i++) {
            EXPECT_EQ(hp_profile_call(a, i)->caller, hp_profile_call(b, i)->caller);
            EXPECT_EQ(hp_profile_call(a, i)->line, hp_profile_call(b, i)->line);
            EXPECT_EQ(hp_profile_call(a, i)->callee, hp_profile_call(b, i)->callee);
        }
        if (knows_lines(a)) {
            EXPECT_TRUE(facts(a) == facts(one));
        }
        EXPECT_TRUE(numbers(a) == numbers(one));
        EXPECT_TRUE(numbers(b) == numbers(other)); /* functions may have moved */
        EXPECT_STREQ(hp_profile_input(a, 0)->name, hp_profile_input(one, 0)->name);
        EXPECT_STREQ(hp_profile_input(b, 0)->name, hp_profile_input(other, 0)->name);
        EXPECT_EQ(hp_profile_info_count(b, 0), hp_profile_info_count(other, 0));
    });
}

TEST(BaseCorpus, TheDifferencesOfSelfCostsAddUpToThatOfTheTotals)
{
    for_pairs([](const hp_profile *one, const hp_profile *other) {
        const Graph graph(align(one, other));
        uint64_t self = 0, base_self = 0;
        double percent = 0;
        for (uint32_t i = 0; i < graph.graph.node_count; i++) {
            const hp_node &node = graph.graph.nodes[i];
            if (node.function == HP_NO_FUNCTION)
                continue;
            self += node.self;
            base_self += node.base_self;
            percent += hp_callgraph_change_percent(&graph.graph, node.self, node.base_self);
        }
        EXPECT_EQ(self, graph.graph.total);
        EXPECT_EQ(base_self, graph.graph.base_total);
        EXPECT_NEAR(
            percent,
            hp_callgraph_change_percent(&graph.graph, graph.graph.total, graph.graph.base_total),
            1e-6 * (1 + std::abs(percent)));
    });
}

TEST(BaseCorpus, TheDifferenceTheOtherWayRoundIsTheOpposite)
{
    for_pairs([](const hp_profile *one, const hp_profile *other) {
        const Graph there(align(one, other));
        const Graph back(align(other, one));
        ASSERT_EQ(there.graph.node_count, back.graph.node_count);
        ASSERT_EQ(there.graph.arc_count, back.graph.arc_count);
        std::multiset<std::vector<uint64_t>> numbers, opposites;
        for (uint32_t i = 0; i < there.graph.node_count; i++) {
            const hp_node &node = there.graph.nodes[i];
            numbers.insert({node.self, node.inclusive, node.calls, node.recursive, node.base_self,
                            node.base_inclusive, node.base_calls, node.base_recursive,
                            node.presence});
        }
        for (uint32_t i = 0; i < back.graph.node_count; i++) {
            const hp_node &node = back.graph.nodes[i];
            const hp_presence opposite = node.presence == HP_ADDED     ? HP_REMOVED
                                         : node.presence == HP_REMOVED ? HP_ADDED
                                                                       : HP_IN_BOTH;
            opposites.insert({node.base_self, node.base_inclusive, node.base_calls,
                              node.base_recursive, node.self, node.inclusive, node.calls,
                              node.recursive, opposite});
        }
        EXPECT_TRUE(numbers == opposites);
        uint64_t sums[4] = {};
        for (uint32_t i = 0; i < there.graph.arc_count; i++) {
            sums[0] += there.graph.callees[i].inclusive;
            sums[1] += there.graph.callees[i].base_count;
            sums[2] += back.graph.callees[i].base_inclusive;
            sums[3] += back.graph.callees[i].count;
        }
        EXPECT_EQ(sums[0], sums[2]);
        EXPECT_EQ(sums[1], sums[3]);
    });
}

TEST(BaseCorpus, AProfileDoesNotDifferFromItself)
{
    for_pairs([](const hp_profile *one, const hp_profile *) {
        const Graph graph(align(one, one));
        hp_callgraph alone{};
        ASSERT_EQ(hp_callgraph_build(&alone, one, nullptr, nullptr, nullptr), HP_OK);
        EXPECT_EQ(graph.graph.node_count, alone.node_count);
        EXPECT_EQ(graph.graph.cycle_count, alone.cycle_count);
        EXPECT_EQ(graph.graph.arc_count, alone.arc_count);
        hp_callgraph_free(&alone);
        for (uint32_t i = 0; i < graph.graph.node_count; i++) {
            const hp_node &node = graph.graph.nodes[i];
            EXPECT_EQ(node.self, node.base_self);
            EXPECT_EQ(node.inclusive, node.base_inclusive);
            EXPECT_EQ(node.calls, node.base_calls);
            EXPECT_EQ(node.recursive, node.base_recursive);
            EXPECT_EQ(node.presence, HP_IN_BOTH);
        }
        for (uint32_t i = 0; i < graph.graph.arc_count; i++) {
            const hp_arc &arc = graph.graph.callers[i];
            EXPECT_EQ(arc.count, arc.base_count);
            EXPECT_EQ(arc.inclusive, arc.base_inclusive);
            EXPECT_EQ(hp_callgraph_arc_self(&graph.graph, &arc),
                      hp_callgraph_arc_base_self(&graph.graph, &arc));
        }
    });
}

/* main calls old and both in the base, both and fresh now. */
struct Versions {
    test::Builder now, before;

    Versions()
    {
        const auto main = now.function("main", "m.py", 1, 1, 1, {10}, {100});
        const auto both = now.function("both", "m.py", 2, 3, 3, {60}, {60});
        const auto fresh = now.function("fresh", "m.py", 3, 1, 1, {30}, {30});
        now.call(main, both, 3, {60});
        now.call(main, fresh, 1, {30});
        now.input("now.prof");
        now.sort();
        const auto main_before = before.function("main", "m.py", 1, 1, 1, {10}, {80});
        const auto both_before = before.function("both", "m.py", 2, 1, 1, {65}, {65});
        const auto old = before.function("old", "m.py", 9, 1, 1, {5}, {5});
        before.call(main_before, both_before, 1, {65});
        before.call(main_before, old, 1, {5});
        before.input("before.prof");
        before.sort();
    }
};

TEST(Base, MarksWhatWasAddedAndWhatWasRemoved)
{
    const Versions versions;
    const Graph graph(align(versions.now.get(), versions.before.get()));
    EXPECT_EQ(graph["main"].presence, HP_IN_BOTH);
    EXPECT_EQ(graph["fresh"].presence, HP_ADDED);
    EXPECT_EQ(graph["old"].presence, HP_REMOVED);
    EXPECT_EQ(graph["old"].inclusive, 0U);
    EXPECT_EQ(graph["old"].base_inclusive, 5U);
    EXPECT_EQ(graph["old"].base_calls, 1U);
    EXPECT_EQ(graph["fresh"].base_calls, 0U);
}

TEST(Base, AFunctionThatOnlyCallsIsThere)
{
    test::Builder now, before;
    const auto root = now.function("root", "m.py", 1, 0, 0, {0}, {0});
    now.call(root, now.function("f", "m.py", 2, 1, 1, {0}, {0}), 1, {0});
    now.sort();
    before.function("f", "m.py", 2, 1, 1, {4}, {4});
    before.sort();
    const Graph graph(align(now.get(), before.get()));
    EXPECT_EQ(graph["root"].presence, HP_ADDED);
    EXPECT_EQ(graph["f"].presence, HP_IN_BOTH);
}

TEST(Base, OrderIsByHowMuchCostsDiffer)
{
    const Versions versions;
    const Graph graph(align(versions.now.get(), versions.before.get()));
    EXPECT_EQ(graph.names(), (std::vector<std::string>{"fresh", "main", "both", "old"}));
    EXPECT_EQ(graph.name(graph.graph.callees[graph["main"].first_callee].callee), "fresh");
    EXPECT_EQ(graph["main"].callee_count, 3U);
}

TEST(Base, PruningGoesByTheShareOfTheBaseThatCostsDifferBy)
{
    const Versions versions;
    Graph graph(align(versions.now.get(), versions.before.get()));
    /* both and old differ by 5 of 80, 6.25 % */
    hp_callgraph_prune(&graph.graph, 6.3, 0);
    EXPECT_EQ(graph.names(), (std::vector<std::string>{"fresh", "main"}));
    EXPECT_EQ(graph.graph.pruned_functions, 2U);
    EXPECT_EQ(graph.graph.pruned_self, 60U);
    EXPECT_EQ(graph.graph.pruned_base_self, 70U);
    EXPECT_EQ(graph.graph.pruned_arcs, 2U);
}

TEST(Base, SharesAreOfTheBaseUnlessThatIsNothing)
{
    const Versions versions;
    const Graph graph(align(versions.now.get(), versions.before.get()));
    EXPECT_DOUBLE_EQ(hp_callgraph_change_percent(&graph.graph, 60, 65), -6.25);
    EXPECT_DOUBLE_EQ(hp_callgraph_percent(&graph.graph, 60), 60);
    EXPECT_DOUBLE_EQ(hp_callgraph_base_percent(&graph.graph, 60), 75);

    test::Builder nothing;
    nothing.sort();
    const Graph from_nothing(align(versions.now.get(), nothing.get()));
    EXPECT_DOUBLE_EQ(hp_callgraph_change_percent(&from_nothing.graph, 60, 0), 60);
    EXPECT_DOUBLE_EQ(hp_callgraph_base_percent(&from_nothing.graph, 0), 0);
}

TEST(Base, FunctionsThatMovedToOtherLinesAreTheSame)
{
    test::Builder now, before;
    const auto caller = now.function("run", "m.py", 20, 1, 1, {0}, {50});
    now.cost(caller, 22, {9});
    now.call(caller, now.function("f", "m.py", 30, 1, 1, {41}, {41}), 1, {41}, 23);
    now.function("__init__", "m.py", 40, 1, 1, {1}, {1});
    now.function("__init__", "m.py", 50, 1, 1, {2}, {2});
    now.function("helper", "m.py", 60, 1, 1, {3}, {3});
    now.function("helper", "m.py", 70, 1, 1, {4}, {4});
    now.sort();
    const auto was = before.function("run", "m.py", 10, 1, 1, {0}, {48});
    before.cost(was, 12, {8});
    before.call(was, before.function("f", "m.py", 25, 1, 1, {40}, {40}), 1, {40}, 13);
    before.function("__init__", "m.py", 50, 1, 1, {11}, {11});
    before.function("__init__", "m.py", 90, 1, 1, {12}, {12});
    before.function("helper", "m.py", 60, 1, 1, {13}, {13});
    before.sort();
    const Aligned aligned = align(now.get(), before.get());
    const Facts base = facts(aligned.base.get());
    EXPECT_EQ(base, (Facts{{"m.py:20:run", {1, 1, 8, 48}},
                           {"m.py:20:run line 22", {8}},
                           {"m.py:20:run line 23 calls m.py:30:f", {1, 40}},
                           {"m.py:30:f", {1, 1, 40, 40}},
                           {"m.py:30:f line 30", {40}},
                           {"m.py:40:__init__", {1, 1, 11, 11}},
                           {"m.py:40:__init__ line 40", {11}},
                           {"m.py:50:__init__", {1, 1, 12, 12}},
                           {"m.py:50:__init__ line 50", {12}},
                           /* of two now there was one before: only what stayed is the same */
                           {"m.py:60:helper", {1, 1, 13, 13}},
                           {"m.py:60:helper line 60", {13}}}));
    EXPECT_EQ(hp_profile_function_count(aligned.profile.get()), 6U);
}

TEST(Base, ACycleIsOneOfBothTogether)
{
    test::Builder now, before;
    auto a = now.function("a", "m.py", 1, 1, 1, {10}, {30});
    auto b = now.function("b", "m.py", 2, 1, 1, {20}, {20});
    now.call(a, b, 1, {20});
    now.sort();
    a = before.function("a", "m.py", 1, 1, 1, {1}, {1});
    b = before.function("b", "m.py", 2, 1, 1, {2}, {3});
    before.call(b, a, 1, {1});
    before.sort();
    const Graph graph(align(now.get(), before.get()));
    ASSERT_EQ(graph.graph.cycle_count, 1U);
    const hp_node &whole = graph.graph.nodes[graph.graph.wholes[0]];
    EXPECT_EQ(whole.inclusive, 30U);
    EXPECT_EQ(whole.base_inclusive, 3U);
    EXPECT_EQ(whole.recursive, 1U);
    EXPECT_EQ(whole.base_recursive, 1U);
}

TEST(Base, WhatCannotBeComparedIsRefusedAndNamed)
{
    const Versions versions;
    test::Builder other({{"Ir", HP_COUNT}});
    other.function("main", "m.c", 1, 1, 1, {10}, {10});
    other.sort();
    hp_profile *a = nullptr, *b = nullptr;
    hp_error error{};
    EXPECT_EQ(hp_profile_align(versions.now.get(), other.get(), &a, &b, &error), HP_MISMATCH);
    EXPECT_STREQ(error.message, "counts Ir, which do not go with the Time of now.prof");
    EXPECT_EQ(a, nullptr);
    EXPECT_EQ(b, nullptr);
}

TEST(Base, SumsThatDoNotFitAreAnError)
{
    test::Builder now, before;
    now.function("f", "m.py", 1, 1, 1, {UINT64_MAX}, {UINT64_MAX});
    now.sort();
    before.function("f", "m.py", 1, 1, 1, {1}, {1});
    before.sort();
    hp_profile *a = nullptr, *b = nullptr;
    hp_error error{};
    EXPECT_EQ(hp_profile_align(now.get(), before.get(), &a, &b, &error), HP_OVERFLOW);
}

TEST(Base, EventsOfOneAloneAreNothingInTheOther)
{
    test::Builder now({{"Time", HP_NANOSECONDS}, {"Hits", HP_COUNT}}), before;
    now.function("f", "m.py", 1, 1, 1, {7, 3}, {7, 3});
    now.sort();
    before.function("f", "m.py", 1, 1, 1, {5}, {5});
    before.sort();
    const Graph graph(align(now.get(), before.get()), "hits");
    ASSERT_EQ(hp_profile_event_count(graph.graph.base), 2U);
    EXPECT_EQ(hp_profile_total(graph.graph.base)[1], 0U);
    EXPECT_EQ(hp_profile_total(graph.graph.base)[0], 5U);
    EXPECT_EQ(graph["f"].self, 3U);
    EXPECT_EQ(graph["f"].base_self, 0U);
}

} // namespace
