// SPDX-License-Identifier: MIT
/* What a profile holds, in a form that is easy to compare: maps from names to numbers. A profile of
 * the library, a JSON report, a file of expected facts and the reference reader all become Facts.
 */
#ifndef HP_TESTS_FACTS_H
#define HP_TESTS_FACTS_H

#include "hotprof_cxx.h"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace test
{

struct Cost {
    uint64_t time = 0; /* ns or ticks; 0 where the profile has no such event */
    uint64_t hits = 0;

    bool operator==(const Cost &other) const
    {
        return time == other.time && hits == other.hits;
    }
    Cost &operator+=(const Cost &other)
    {
        time += other.time;
        hits += other.hits;
        return *this;
    }
};

struct FunctionKey {
    std::string file; /* as recorded */
    uint64_t line = 0;
    std::string name;

    bool operator<(const FunctionKey &other) const
    {
        return std::tie(file, line, name) < std::tie(other.file, other.line, other.name);
    }
    bool operator==(const FunctionKey &other) const
    {
        return std::tie(file, line, name) == std::tie(other.file, other.line, other.name);
    }
};

struct FunctionFacts {
    Cost self, inclusive;
    uint64_t calls = 0, primitive = 0;

    bool operator==(const FunctionFacts &other) const
    {
        return self == other.self && inclusive == other.inclusive && calls == other.calls &&
               primitive == other.primitive;
    }
};

struct CallFacts {
    uint64_t count = 0;
    Cost inclusive;

    bool operator==(const CallFacts &other) const
    {
        return count == other.count && inclusive == other.inclusive;
    }
};

using LineKey = std::pair<FunctionKey, uint64_t>;
using CallKey = std::tuple<FunctionKey, uint64_t, FunctionKey>; /* caller, its line, callee */

/* Whether a profile has an event is told by its numbers only where they are not all zero. */
enum class Presence { no, yes, either };

struct Facts {
    std::string status; /* complete, truncated or corrupt */
    uint64_t events = 0, unmatched_exits = 0, open_frames = 0;
    bool coverage = false;
    std::map<std::string, std::vector<std::string>> info;

    Presence has_time = Presence::no, has_hits = Presence::no;
    std::string unit; /* ns or ticks, where there is time */
    Cost total;
    std::map<FunctionKey, FunctionFacts> functions;
    std::map<LineKey, Cost> lines;
    std::map<CallKey, CallFacts> calls;
};

/* Of a profile that holds one input. */
Facts facts_of_profile(const hp_profile *profile);

/* Of a file of expected facts. */
Facts facts_of_expectation(const std::string &json);

/* Of a JSON report on one input. Names in it are escaped, and stay so. */
Facts facts_of_report(const std::string &json);

/* With every name as the reports write it. */
Facts escaped(const Facts &facts);

/* Valid UTF-8 as it is; control characters and other bytes as \xnn. */
std::string escape(const std::string &bytes);

/* The first few differences, a line each; nothing if there are none. */
std::string differences(const Facts &expected, const Facts &actual);

/* What the profile model promises of every profile: sums that must be equal, shares that must not
 * exceed the whole, the order of a sorted profile. The first violations, a line each. */
std::string violated_invariants(const hp_profile *sorted);

/* The same without numbers of calls, which dumps of pstats may not tell or tell wrong. */
std::string violated_cost_invariants(const hp_profile *sorted);

std::ostream &operator<<(std::ostream &out, const FunctionKey &key);

} // namespace test

#endif
