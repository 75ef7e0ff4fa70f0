// SPDX-License-Identifier: MIT
/* Reads the tables of callgrind_annotate and cg_annotate. */
#ifndef HP_TESTS_ANNOTATE_ROWS_H
#define HP_TESTS_ANNOTATE_ROWS_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace test
{

/* What callgrind_annotate prints: costs, each with its share or without, and whose they are. */
struct Row {
    std::vector<uint64_t> costs;
    std::string what;
};

inline bool read_row(const std::string &line, size_t events, Row *row)
{
    size_t at = 0;
    const auto skip = [&](const char *characters) {
        at = std::min(line.find_first_not_of(characters, at), line.size());
    };
    for (size_t i = 0; i < events; i++) {
        skip(" ");
        const size_t start = at;
        skip("0123456789,.");
        std::string number = line.substr(start, at - start);
        number.erase(std::remove(number.begin(), number.end(), ','), number.end());
        if (number.empty())
            return false;
        row->costs.push_back(number == "." ? 0 : std::stoull(number));
        if (at + 1 < line.size() && line[at + 1] == '(')
            at = line.find(')', at) + 1;
    }
    skip(" ");
    row->what = line.substr(at);
    return !row->what.empty();
}

} // namespace test

#endif
