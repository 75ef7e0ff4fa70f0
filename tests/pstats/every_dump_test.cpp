// SPDX-License-Identifier: MIT
/* What holds for every dump: its numbers add up, and our reports give them back. */
#include "support/facts.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

namespace
{

using namespace test;
using nlohmann::json;

json numbers_of(hp_profile *profile)
{
    json all = json::parse(report("json", profile)), numbers;

    for (const char *part : {"total", "functions", "lines", "calls"})
        numbers[part] = all[part];
    return numbers;
}

/* The first number in which two lists of objects differ. */
std::string difference(const json &one, const json &two)
{
    if (one.size() != two.size())
        return std::to_string(one.size()) + " and " + std::to_string(two.size());
    for (size_t i = 0; i < one.size(); i++)
        if (one[i] != two[i])
            return one[i].dump() + " and " + two[i].dump();
    return "";
}

void expect_equal(const json &one, const json &two)
{
    for (const auto &[part, items] : one.items())
        EXPECT_EQ(difference(items, two[part]), "") << part;
}

bool has_unknown_counts(const hp_profile *profile)
{
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        if (hp_profile_call(profile, i)->count == HP_UNKNOWN)
            return true;
    return false;
}

bool has_measured_calls(const hp_profile *profile)
{
    for (size_t i = 0; i < hp_profile_call_count(profile); i++)
        if (!hp_profile_call(profile, i)->estimated &&
            !hp_function_is_interpreter(
                hp_profile_function(profile, hp_profile_call(profile, i)->caller)))
            return true;
    return false;
}

class EveryDump : public testing::TestWithParam<std::string>
{
  protected:
    const Loaded loaded = load_file(data_path(GetParam()));
    hp_profile *const profile = loaded.profile.get();
};

TEST_P(EveryDump, AddsUp)
{
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    EXPECT_EQ(violated_cost_invariants(profile), "");
    if (has_measured_calls(profile) && !has_unknown_counts(profile)) {
        EXPECT_EQ(violated_invariants(profile), "");
    }
    EXPECT_EQ(hp_profile_input(profile, 0)->impossible_numbers, 0u);
}

TEST_P(EveryDump, IsTheSameAsItsCallgrindReport)
{
    const std::string text = report("callgrind", profile);
    const Loaded again = load_bytes(text);
    ASSERT_EQ(again.status, HP_OK) << again.error.message;
    expect_equal(numbers_of(profile), numbers_of(again.profile.get()));
    EXPECT_EQ(report("callgrind", again.profile.get()), text);
}

/* Adds up all numbers of two objects, or of two lists of them. */
json sum_of(const json &one, const json &two)
{
    json sum = one;

    for (const char *key : {"calls", "primitive", "count"})
        if (one.contains(key) && !one[key].is_null())
            sum[key] = one[key].get<uint64_t>() + two[key].get<uint64_t>();
    for (const char *key : {"self", "inclusive"})
        for (size_t e = 0; one.contains(key) && e < one[key].size(); e++)
            sum[key][e] = one[key][e].get<uint64_t>() + two[key][e].get<uint64_t>();
    return sum;
}

TEST_P(EveryDump, DoublesIfMergedWithItself)
{
    json expected = numbers_of(profile);
    for (size_t e = 0; e < hp_profile_event_count(profile); e++)
        expected["total"][e] = 2 * hp_profile_total(profile)[e];
    for (const char *part : {"functions", "lines", "calls"})
        for (json &item : expected[part])
            item = sum_of(item, item);
    ASSERT_EQ(hp_profile_merge(profile, profile, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_sort(profile, nullptr), HP_OK);
    expect_equal(expected, numbers_of(profile));
}

/* Of each function: self, inclusive, calls, primitive. */
std::map<std::string, std::vector<uint64_t>> functions_of(const hp_profile *profile)
{
    std::map<std::string, std::vector<uint64_t>> functions;

    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);
        const std::string key = std::string(function->file.data, function->file.size) + ":" +
                                std::to_string(function->line) + ":" +
                                std::string(function->name.data, function->name.size);
        functions[key] = {*hp_profile_function_self(profile, id),
                          *hp_profile_function_inclusive(profile, id), function->calls,
                          function->primitive};
    }
    return functions;
}

TEST_P(EveryDump, GivesBackEveryFunctionByItsPstatsReport)
{
    const Loaded again = load_bytes(report("pstats", profile));
    ASSERT_EQ(again.status, HP_OK) << again.error.message;
    EXPECT_EQ(*hp_profile_total(again.profile.get()), *hp_profile_total(profile));
    EXPECT_EQ(hp_profile_input(again.profile.get(), 0)->tick_digits,
              hp_profile_input(profile, 0)->tick_digits);
    EXPECT_EQ(functions_of(again.profile.get()), functions_of(profile));
    EXPECT_EQ(violated_cost_invariants(again.profile.get()), "");
}

INSTANTIATE_TEST_SUITE_P(, EveryDump, testing::ValuesIn(dumps()), [](const auto &info) {
    return test_name(info.param);
});

TEST(Dumps, AreAllAtHand)
{
    EXPECT_GE(dumps().size(), 72u);
}

} // namespace
