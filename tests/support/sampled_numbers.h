// SPDX-License-Identifier: MIT
/* Sampled stacks, added up by the definition: slow, and obviously right. */
#ifndef HP_TESTS_SAMPLED_NUMBERS_H
#define HP_TESTS_SAMPLED_NUMBERS_H

#include "hotprof_cxx.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace test
{

using Frame = std::pair<std::string, uint64_t>; /* a function and the current line */
using Stack = std::vector<Frame>;
using Weights = std::vector<uint64_t>;

struct Sample {
    Stack stack;
    Weights weights;
};

/* What a profile of samples holds. */
struct Numbers {
    Weights total;
    std::map<std::string, Weights> inclusive;
    std::map<Frame, Weights> self;                          /* of lines */
    std::map<std::pair<Frame, std::string>, Weights> calls; /* of a callee, from a line */
    std::map<Stack, Weights> stacks;

    bool operator==(const Numbers &other) const
    {
        return total == other.total && inclusive == other.inclusive && self == other.self &&
               calls == other.calls && stacks == other.stacks;
    }
};

/* What samples add up to. */
Numbers numbers_of(const std::vector<Sample> &samples);

/* What a profile holds. files: functions are called "FILE:NAME", not only by their name. */
Numbers numbers_of(const hp_profile *profile, bool files = false);

} // namespace test

#endif
