// SPDX-License-Identifier: MIT
#include "support/gprof_check.h"

#include "support/facts.h"
#include "support/gprof_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace test
{

namespace
{

std::string base_name(const std::string &file)
{
    return file.substr(file.find_last_of("/\\") + 1);
}

} // namespace

std::vector<std::string> labels_of(const hp_profile *profile)
{
    std::map<std::string, std::set<std::string>> files; /* with the same last part */
    std::vector<std::string> labels;
    const auto count = static_cast<hp_function_id>(hp_profile_function_count(profile));
    const auto file_of = [&](hp_function_id id) {
        const hp_string file = hp_profile_function(profile, id)->file;
        return std::string(file.data, file.size);
    };
    for (hp_function_id id = 0; id < count; id++)
        files[base_name(file_of(id))].insert(file_of(id));
    for (hp_function_id id = 0; id < count; id++) {
        const hp_function *function = hp_profile_function(profile, id);
        const std::string file = file_of(id), base = base_name(file);
        std::string name(function->name.data, function->name.size);
        name.erase(0, name.find_first_not_of(' '));
        name.erase(name.find_last_not_of(' ') + 1);
        std::string label = name.empty() ? "???" : escape(name);
        if (function->line != 0)
            label += " (" + escape(files[base].size() > 1 ? file : base) + ":" +
                     std::to_string(function->line) + ")";
        else if (!file.empty() && file != "~")
            label += " (" + escape(files[base].size() > 1 ? file : base) + ")";
        labels.push_back(label);
    }
    return labels;
}

namespace
{

/* A profile as the call graph should show it, computed in the plainest way. */
class Expected
{
  public:
    struct Arc {
        uint64_t count = 0, inclusive = 0;
    };

    Expected(const hp_profile *shown_profile, size_t shown_event)
        : profile(shown_profile), event(shown_event), labels(labels_of(shown_profile))
    {
        for (size_t i = 0; i < labels.size(); i++)
            ids[labels[i]] = static_cast<hp_function_id>(i);
        for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
            const hp_call *call = hp_profile_call(profile, i);
            Arc &arc = arcs[{call->caller, call->callee}];
            arc.count += call->count;
            /* What a call of itself costs is part of the call that it is in. */
            if (call->caller != call->callee)
                arc.inclusive += cost(hp_profile_call_inclusive(profile, i));
            next[call->caller].insert(call->callee);
            estimated = estimated || call->estimated;
        }
        find_cycles();
    }

    uint64_t cost(const uint64_t *costs) const
    {
        return hp_profile_event_count(profile) ? costs[event] : 0;
    }
    uint64_t self(hp_function_id id) const
    {
        return cost(hp_profile_function_self(profile, id));
    }
    uint64_t inclusive(hp_function_id id) const
    {
        return cost(hp_profile_function_inclusive(profile, id));
    }
    uint64_t total() const
    {
        return cost(hp_profile_total(profile));
    }
    bool counts() const
    {
        return hp_profile_event_count(profile) &&
               hp_profile_event(profile, event)->unit != HP_NANOSECONDS;
    }

    const hp_profile *profile;
    size_t event;
    bool estimated = false;
    std::vector<std::string> labels;
    std::map<std::string, hp_function_id> ids;
    std::map<std::pair<hp_function_id, hp_function_id>, Arc> arcs;
    std::map<hp_function_id, std::set<hp_function_id>> cycles; /* by member */

  private:
    std::set<hp_function_id> reached_from(hp_function_id start) const
    {
        std::set<hp_function_id> reached;
        std::vector<hp_function_id> open{start};
        while (!open.empty()) {
            const hp_function_id id = open.back();
            open.pop_back();
            const auto callees = next.find(id);
            if (callees != next.end())
                for (hp_function_id callee : callees->second)
                    if (reached.insert(callee).second)
                        open.push_back(callee);
        }
        return reached;
    }

    void find_cycles()
    {
        std::vector<std::set<hp_function_id>> reached;
        for (hp_function_id id = 0; id < labels.size(); id++)
            reached.push_back(reached_from(id));
        for (hp_function_id id = 0; id < labels.size(); id++)
            for (hp_function_id other : reached[id])
                if (other != id && reached[other].count(id))
                    cycles[id].insert({id, other});
    }

    std::map<hp_function_id, std::set<hp_function_id>> next;
};

long double value_of(Decimal shown)
{
    return shown.digits / static_cast<long double>(power_of_ten(shown.decimals));
}

/* Whether a number on paper is that number, rounded by at most `slack` of its last places. */
testing::AssertionResult is(Decimal shown, long double value, long double slack = 0.5L)
{
    const long double place = 1.0L / static_cast<long double>(power_of_ten(shown.decimals));
    if (std::abs(value_of(shown) - value) <= slack * place * 1.000001L + value * 1e-15L)
        return testing::AssertionSuccess();
    return testing::AssertionFailure()
           << shown.digits << " with " << shown.decimals << " decimals is not " << value;
}

/* The same of a cost: seconds or a count. */
testing::AssertionResult shows(const Expected &expected, Decimal shown, uint64_t value,
                               long double slack = 0.5L)
{
    return is(shown, static_cast<long double>(value) / (expected.counts() ? 1.0L : 1e9L), slack);
}

testing::AssertionResult is_percent(const Expected &expected, Decimal shown, uint64_t value)
{
    const uint64_t total = expected.total();
    return is(shown, total ? 100.0L * static_cast<long double>(value) / total : 0);
}

void check_flat(const Expected &expected, const GprofFlat &flat)
{
    std::set<std::string> seen;
    uint64_t cumulative = 0, previous = UINT64_MAX;
    for (const GprofRow &row : flat.rows) {
        SCOPED_TRACE(row.name);
        ASSERT_TRUE(seen.insert(row.name).second);
        ASSERT_EQ(expected.ids.count(row.name), 1u);
        const hp_function_id id = expected.ids.at(row.name);
        const hp_function *function = hp_profile_function(expected.profile, id);
        const uint64_t self = expected.self(id);
        EXPECT_LE(self, previous);
        previous = self;
        cumulative += self;
        EXPECT_TRUE(shows(expected, row.self, self));
        EXPECT_TRUE(shows(expected, row.cumulative, cumulative));
        EXPECT_TRUE(is_percent(expected, row.percent, self));
        EXPECT_EQ(row.calls.value_or(0), function->calls);
        EXPECT_EQ(row.calls.has_value(), function->calls > 0);
        if (!row.calls)
            continue;
        const std::map<std::string, long double> units{
            {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"cost", 1}};
        ASSERT_EQ(units.count(flat.unit), 1u);
        const long double unit = units.at(flat.unit);
        EXPECT_TRUE(is(*row.self_per_call, self / unit / function->calls));
        EXPECT_TRUE(is(*row.total_per_call, expected.inclusive(id) / unit / function->primitive));
    }
    EXPECT_EQ(seen.size(), expected.labels.size());
}

/* Callers or callees: each once, with the count and the cost of its calls. */
void check_arcs(const Expected &expected, const std::vector<GprofArc> &arcs, hp_function_id id,
                bool callers, const std::map<unsigned, uint64_t> &calls_into)
{
    std::set<std::string> seen;
    uint64_t previous = callers ? 0 : UINT64_MAX;
    for (const GprofArc &arc : arcs) {
        SCOPED_TRACE(arc.name);
        ASSERT_TRUE(seen.insert(arc.name).second);
        ASSERT_EQ(expected.ids.count(arc.name), 1u);
        const hp_function_id other = expected.ids.at(arc.name);
        const hp_function_id caller = callers ? other : id, callee = callers ? id : other;
        ASSERT_EQ(expected.arcs.count({caller, callee}), 1u);
        const Expected::Arc &known = expected.arcs.at({caller, callee});
        EXPECT_EQ(arc.count, known.count);
        EXPECT_FALSE(arc.recursive);
        EXPECT_TRUE(callers ? known.inclusive >= previous : known.inclusive <= previous);
        previous = known.inclusive;
        if (arc.self)
            EXPECT_TRUE(shows(expected,
                              {arc.self->digits + arc.children->digits, arc.self->decimals},
                              known.inclusive, 1));
        else
            EXPECT_EQ(known.inclusive, 0u);

        const auto cycle = expected.cycles.find(callee);
        const bool within =
            caller == callee || (cycle != expected.cycles.end() && cycle->second.count(caller) > 0);
        EXPECT_EQ(arc.total.has_value(), !within);
        EXPECT_EQ(arc.self.has_value(), caller != callee);
        if (arc.total && cycle != expected.cycles.end()) {
            EXPECT_EQ(*arc.total, calls_into.at(*cycle->second.begin()));
        } else if (arc.total) {
            const auto own = expected.arcs.find({callee, callee});
            EXPECT_EQ(*arc.total, hp_profile_function(expected.profile, callee)->calls -
                                      (own == expected.arcs.end() ? 0 : own->second.count));
        }
    }
    size_t known = 0;
    for (const auto &arc : expected.arcs)
        known += (callers ? arc.first.second : arc.first.first) == id;
    EXPECT_EQ(seen.size(), known);
}

void check_graph(const Expected &expected, const GprofText &text)
{
    std::map<std::string, unsigned> indexes;
    std::map<unsigned, std::set<hp_function_id>> shown_cycles, listed_members;
    std::map<unsigned, uint64_t> calls_into, calls_within, cost_into;
    uint64_t previous = UINT64_MAX;

    for (const auto &member : expected.cycles)
        calls_into[*member.second.begin()] +=
            hp_profile_function(expected.profile, member.first)->calls;
    for (const auto &arc : expected.arcs) {
        const auto cycle = expected.cycles.find(arc.first.second);
        if (cycle == expected.cycles.end())
            continue;
        const hp_function_id first = *cycle->second.begin();
        if (cycle->second.count(arc.first.first)) {
            calls_into[first] -= arc.second.count;
            calls_within[first] += arc.second.count;
        } else {
            cost_into[first] += arc.second.inclusive;
        }
    }

    for (size_t i = 0; i < text.entries.size(); i++) {
        const GprofEntry &entry = text.entries[i];
        EXPECT_EQ(entry.index, i + 1);
        uint64_t inclusive = 0;
        if (entry.name.empty()) {
            SCOPED_TRACE("cycle " + std::to_string(entry.cycle));
            ASSERT_FALSE(entry.children.empty());
            std::set<hp_function_id> &members = listed_members[entry.cycle];
            uint64_t self = 0;
            for (const GprofArc &member : entry.children) {
                ASSERT_EQ(expected.ids.count(member.name), 1u);
                const hp_function_id id = expected.ids.at(member.name);
                members.insert(id);
                self += expected.self(id);
                EXPECT_TRUE(shows(expected, *member.self, expected.self(id)));
                EXPECT_TRUE(
                    shows(expected, *member.children, expected.inclusive(id) - expected.self(id)));
                EXPECT_EQ(*member.count + member.recursive.value_or(0),
                          hp_profile_function(expected.profile, id)->calls);
            }
            inclusive = cost_into[*members.begin()];
            if (expected.estimated) {
                /* The cost of the calls into it is not known. */
                inclusive = self;
                for (const auto &arc : expected.arcs)
                    if (members.count(arc.first.first) && !members.count(arc.first.second))
                        inclusive += arc.second.inclusive;
            }
            EXPECT_TRUE(shows(expected, entry.self, self));
            EXPECT_TRUE(shows(expected, entry.below, inclusive - self));
            EXPECT_EQ(entry.calls, calls_into[*members.begin()]);
            EXPECT_EQ(entry.recursive, calls_within[*members.begin()]);
            EXPECT_EQ(text.index.at(entry.index), "<cycle " + std::to_string(entry.cycle) + ">");
        } else {
            SCOPED_TRACE(entry.name);
            ASSERT_EQ(expected.ids.count(entry.name), 1u);
            ASSERT_TRUE(indexes.emplace(entry.name, entry.index).second);
            const hp_function_id id = expected.ids.at(entry.name);
            inclusive = expected.inclusive(id);
            if (entry.cycle)
                shown_cycles[entry.cycle].insert(id);
            EXPECT_EQ(entry.cycle != 0, expected.cycles.count(id) != 0);
            EXPECT_TRUE(shows(expected, entry.self, expected.self(id)));
            EXPECT_TRUE(shows(expected, entry.below, inclusive - expected.self(id)));
            EXPECT_EQ(entry.calls.value_or(0) + entry.recursive.value_or(0),
                      hp_profile_function(expected.profile, id)->calls);
            const auto own = expected.arcs.find({id, id});
            EXPECT_EQ(entry.recursive.value_or(0),
                      own == expected.arcs.end() ? 0 : own->second.count);
            check_arcs(expected, entry.parents, id, true, calls_into);
            check_arcs(expected, entry.children, id, false, calls_into);
            const bool called =
                std::any_of(entry.parents.begin(), entry.parents.end(), [&](const GprofArc &arc) {
                    return arc.index != entry.index;
                });
            EXPECT_EQ(entry.spontaneous, !called);
            EXPECT_EQ(text.index.at(entry.index), entry.name);
        }
        EXPECT_TRUE(is_percent(expected, entry.percent, inclusive));
        EXPECT_LE(inclusive, previous);
        previous = inclusive;
    }
    EXPECT_EQ(indexes.size(), expected.labels.size());
    EXPECT_EQ(text.index.size(), text.entries.size());
    for (const GprofEntry &entry : text.entries)
        for (const auto &arcs : {entry.parents, entry.children})
            for (const GprofArc &arc : arcs)
                EXPECT_EQ(arc.index, indexes[arc.name]);

    EXPECT_EQ(shown_cycles, listed_members);
    for (const auto &cycle : shown_cycles)
        EXPECT_EQ(cycle.second, expected.cycles.at(*cycle.second.begin()));
    auto names = text.index_order;
    const auto cycles = names.end() - static_cast<std::ptrdiff_t>(shown_cycles.size());
    EXPECT_TRUE(std::is_sorted(names.begin(), cycles));
}

} // namespace

uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

std::string brief_report(hp_profile *profile, const char *format, hp_report_options options)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    hp_error error{};
    options.brief = true;
    const hp_status status =
        hp_report_write(hp_report_find(format), profile, &options, out, &error);
    fclose(out);
    const std::string result(text, size);
    free(text);
    if (status != HP_OK)
        throw std::runtime_error(error.message);
    return result;
}

void check_gprof(hp_profile *profile)
{
    const Expected first(profile, 0);
    const GprofText text = parse_gprof(brief_report(profile, "gprof"));
    ASSERT_TRUE(text.flat);
    check_flat(first, *text.flat);
    check_graph(first, text);
    for (size_t event = 1; event < hp_profile_event_count(profile); event++) {
        const Expected expected(profile, event);
        hp_report_options options{};
        options.event = hp_profile_event(profile, event)->name;
        const GprofText other = parse_gprof(brief_report(profile, "gprof", options));
        ASSERT_TRUE(other.flat);
        check_flat(expected, *other.flat);
        check_graph(expected, other);
    }
}

} // namespace test
