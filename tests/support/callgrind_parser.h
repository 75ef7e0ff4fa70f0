// SPDX-License-Identifier: MIT
/* Reads the callgrind format, independently of the library: as its documentation has it, and as
 * strictly as hotreport promises to write it. */
#ifndef HP_TESTS_CALLGRIND_PARSER_H
#define HP_TESTS_CALLGRIND_PARSER_H

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace test
{

using Costs = std::vector<uint64_t>;

struct CallgrindFunction {
    std::string file, name;

    bool operator<(const CallgrindFunction &other) const
    {
        return std::tie(file, name) < std::tie(other.file, other.name);
    }
    bool operator==(const CallgrindFunction &other) const
    {
        return file == other.file && name == other.name;
    }
};

struct CallgrindCall {
    CallgrindFunction callee;
    uint64_t callee_line = 0, line = 0, count = 0;
    Costs inclusive;
};

struct CallgrindRecord { /* what stands behind one fn= */
    CallgrindFunction function;
    std::vector<std::pair<uint64_t, Costs>> lines;
    std::vector<CallgrindCall> calls;
};

struct CallgrindFile {
    std::string first_line;
    std::vector<std::string> comments;
    std::vector<std::pair<std::string, std::string>> header; /* in order */
    std::vector<std::string> events;
    std::vector<CallgrindRecord> records;
    std::map<std::string, Costs> sums; /* of summary: and totals: */
};

/* Throws std::runtime_error, with the line, at whatever is out of place. */
CallgrindFile parse_callgrind(const std::string &text);

/* By what KCachegrind tells functions apart: the name, and the last part of the file's. */
std::string kcachegrind_key(const CallgrindFunction &function);

} // namespace test

#endif
