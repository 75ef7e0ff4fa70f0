// SPDX-License-Identifier: MIT
/* Reads text in the layout of GNU gprof, whoever wrote it: what the manual of gprof says of its
 * lines, and nothing of how this project writes them. Throws std::runtime_error at a line that is
 * none of gprof's. */
#ifndef HP_TESTS_GPROF_PARSER_H
#define HP_TESTS_GPROF_PARSER_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test
{

/* A number as it is printed: 1.250 is 1250 with 3 decimals. */
struct Decimal {
    long double digits = 0;
    unsigned decimals = 0;
};

struct GprofRow {
    Decimal percent, cumulative, self;
    std::optional<uint64_t> calls;
    std::optional<Decimal> self_per_call, total_per_call;
    std::string name;
};

struct GprofFlat {
    std::string unit; /* of the times a call: "ms" */
    std::vector<GprofRow> rows;
};

/* A line of an entry, other than the one that begins with [index]. */
struct GprofArc {
    std::optional<Decimal> self, children;
    std::optional<uint64_t> count, total, recursive; /* count/total or count+recursive */
    std::string name;
    unsigned cycle = 0; /* 0: none */
    unsigned index = 0;
};

struct GprofEntry {
    bool spontaneous = false;
    std::vector<GprofArc> parents, children; /* of a cycle as a whole: children are the members */
    unsigned index = 0;
    Decimal percent, self, below;
    std::optional<uint64_t> calls, recursive;
    std::string name; /* empty: a cycle as a whole */
    unsigned cycle = 0;
};

struct GprofText {
    std::optional<GprofFlat> flat;
    std::vector<GprofEntry> entries;
    std::map<unsigned, std::string> index; /* a cycle's name is "<cycle 1>" */
    std::vector<std::string> index_order;  /* the names, down the columns from left to right */
};

GprofText parse_gprof(const std::string &text);

} // namespace test

#endif
