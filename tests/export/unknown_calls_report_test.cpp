// SPDX-License-Identifier: MIT
/* What reports make of numbers of calls that the input does not tell. */
#include "report.h"
#include "support/support.h"
#include "support/unknown_calls.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace
{

using namespace test;
using nlohmann::json;

/* What a report is, or says. */
std::string written(const std::string &format, hp_profile *profile, hp_report_options options = {})
{
    char *text = nullptr;
    size_t size = 0;
    hp_error error{};
    FILE *out = open_memstream(&text, &size);
    options.brief = true;
    const hp_status status =
        hp_report_write(hp_report_find(format.c_str()), profile, &options, out, &error);
    fclose(out);
    const std::string result = status == HP_OK ? std::string(text, size) : error.message;
    free(text);
    return result;
}

void expect_in(const std::string &text, const std::string &part)
{
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

/* No sum and no difference of unknown numbers, which are all near 2^64. */
TEST(UnknownCalls, AreShownAsNoNumberInAnyReport)
{
    const Builder sampled = sampled_program(), counted = sampled_program(true);
    const std::pair<const Builder *, const Builder *> compared[] = {
        {&sampled, nullptr}, {&sampled, &counted}, {&counted, &sampled}, {&sampled, &sampled}};
    for (const auto &[program, base] : compared)
        for (size_t i = 0; hp_report_at(i); i++)
            for (const char *hp_filters::*const filter :
                 {&hp_filters::root, &hp_filters::leaf, &hp_filters::focus, &hp_filters::ignore,
                  &hp_filters::hide, &hp_filters::show}) {
                hp_report_options options{};
                options.base = base ? base->get() : nullptr;
                EXPECT_EQ(written(hp_report_at(i)->name, program->get(), options).find("1844674"),
                          std::string::npos);
                options.filters.*filter = "ping";
                EXPECT_EQ(written(hp_report_at(i)->name, program->get(), options).find("1844674"),
                          std::string::npos)
                    << hp_report_at(i)->name;
            }
}

TEST(UnknownCalls, AreBlankInTheFlatProfile)
{
    const Builder program = sampled_program();
    EXPECT_EQ(written("flat", program.get()),
              "Flat profile:\n\n"
              "Times are measured: 1.00 seconds in all.\n"
              "The input does not say how many calls there were:\n"
              "such numbers are left blank.\n"
              "  %   cumulative   self              self     total\n"
              " time   seconds   seconds    calls  ns/call  ns/call  name\n"
              " 60.00      0.60     0.60                             work (m.py:5)\n"
              " 20.00      0.80     0.20                             ping (m.py:9)\n"
              " 10.00      0.90     0.10                             main (m.py:1)\n"
              " 10.00      1.00     0.10                             pong (m.py:12)\n");
}

TEST(UnknownCalls, AreBlankInTheCallGraph)
{
    const Builder program = sampled_program();
    const std::string text = written("callgraph", program.get());
    expect_in(text, "The input does not say how many calls there were:\n"
                    "such numbers are left blank.\n");
    expect_in(text, "                0.60    0.00                     main (m.py:1) [1]\n"
                    "[2]     60.0    0.60    0.00                 work (m.py:5) [2]\n"
                    "                                                 work (m.py:5) [2]\n");
    expect_in(text, "[3]     30.0    0.30    0.00                 <cycle 1 as a whole> [3]\n");
}

TEST(UnknownCalls, ComeLastIfTheFlatProfileIsSortedByCalls)
{
    Builder builder;
    builder.function("unknown", "m.py", 1, HP_UNKNOWN, HP_UNKNOWN, {500}, {500});
    builder.function("twice", "m.py", 2, 2, 2, {100}, {100});
    builder.function("often", "m.py", 3, 9, 9, {100}, {100});
    builder.sort();
    hp_report_options options{};
    options.sort = HP_SORT_CALLS;
    const std::string text = written("flat", builder.get(), options);
    EXPECT_LT(text.find("often"), text.find("twice"));
    EXPECT_LT(text.find("twice"), text.find("unknown"));
}

TEST(UnknownCalls, AreBlankInDifferences)
{
    const Builder now = sampled_program(), before = sampled_program(true);
    hp_report_options options{};
    options.base = before.get();
    expect_in(written("flat", now.get(), options),
              "    0.00       0.00      0.60      0.60       0.00      0.60      0.60              "
              "3         work (m.py:5)\n");
    expect_in(written("callgraph", now.get(), options),
              "[2]        0.00      0.00      0.00      0.60      0.60                 3          "
              "work (m.py:5) [2]\n");
    expect_in(written("annotate", now.get(), options), "-- work: self 0.00 (0.00 %), inclusive");
}

TEST(UnknownCalls, OfSomeFunctionsAreTold)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 1, 1, {0}, {300});
    const auto one = builder.function("one", "m.py", 5, HP_UNKNOWN, HP_UNKNOWN, {100}, {100});
    const auto two = builder.function("two", "m.py", 9, 7, 7, {200}, {200});
    builder.call(main, one, HP_UNKNOWN, {100}, 2);
    builder.call(main, two, 7, {200}, 3);
    builder.sort();
    for (const char *format : {"flat", "callgraph", "annotate"})
        expect_in(written(format, builder.get()),
                  "For 1 of 2 pairs of functions, the input does not say how many calls there "
                  "were:\n");
    expect_in(written("callgraph", builder.get()), "       7/7           two (m.py:9) [2]\n");
}

TEST(UnknownCalls, AreBlankInAnnotatedSources)
{
    const Builder program = sampled_program();
    const std::string text = written("annotate", program.get());
    expect_in(text, "-- main: self 0.10 (10.00 %), inclusive 1.00 (100.00 %)\n"
                    "     0.10  10.00         .         .       1\n"
                    "        .      .                0.60       2\n"
                    "        .      .                0.30       3\n"
                    "-- work: self 0.60");
}

TEST(UnknownCalls, AreNullInJson)
{
    const Builder now = sampled_program(), before = sampled_program(true);
    hp_report_options options{};
    options.base = before.get();
    for (const bool compared : {false, true}) {
        const json root =
            json::parse(written("json", now.get(), compared ? options : hp_report_options{}));
        for (const json &function : root.at("functions")) {
            EXPECT_EQ(function.at("calls"), nullptr);
            EXPECT_EQ(function.at("primitive"), nullptr);
            if (compared) {
                EXPECT_EQ(function.at("base").at("calls"), 3);
            }
        }
        for (const json &call : root.at("calls")) {
            EXPECT_EQ(call.at("count"), nullptr);
            if (compared) {
                EXPECT_EQ(call.at("base").at("count"), 3);
            }
        }
    }
}

TEST(UnknownCalls, Are0ForKCachegrindAndComeBackUnknown)
{
    const Builder program = sampled_program();
    const std::string text = written("callgrind", program.get());
    expect_in(text, "cfn=(2) work\ncalls=0 5\n2 600000000\n");
    const Loaded loaded = load_bytes(text);
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const hp_profile *read = loaded.profile.get();
    ASSERT_EQ(hp_profile_function_count(read), 4U);
    ASSERT_EQ(hp_profile_call_count(read), 5U);
    for (hp_function_id id = 0; id < 4; id++) {
        EXPECT_EQ(hp_profile_function(read, id)->calls, HP_UNKNOWN);
        EXPECT_EQ(hp_profile_function(read, id)->primitive, HP_UNKNOWN);
        EXPECT_EQ(*hp_profile_function_inclusive(read, id),
                  *hp_profile_function_inclusive(program.get(), id));
    }
    for (size_t i = 0; i < 5; i++)
        EXPECT_EQ(hp_profile_call(read, i)->count, HP_UNKNOWN);
    EXPECT_EQ(report("callgrind", loaded.profile.get()), text);
}

/* A site with calls behind one whose number is unknown. */
TEST(UnknownCalls, OfOneSiteAreNotThoseOfTheNextOne)
{
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, 1, 1, {0}, {30});
    const auto work = builder.function("work", "m.py", 5, HP_UNKNOWN, HP_UNKNOWN, {30}, {30});
    builder.call(main, work, HP_UNKNOWN, {10}, 2);
    builder.call(main, work, 7, {20}, 3);
    builder.sort();
    const Loaded loaded = load_bytes(report("callgrind", builder.get()));
    ASSERT_EQ(hp_profile_call_count(loaded.profile.get()), 2U);
    EXPECT_EQ(hp_profile_call(loaded.profile.get(), 0)->count, HP_UNKNOWN);
    EXPECT_EQ(hp_profile_call(loaded.profile.get(), 1)->count, 7U);
    EXPECT_EQ(hp_profile_function(loaded.profile.get(), 0)->calls, 1U);
}

TEST(UnknownCalls, Are0InADumpThatKeepsTheTimes)
{
    const Builder program = sampled_program();
    const Loaded loaded = load_bytes(written("pstats", program.get()));
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    std::set<std::pair<std::string, uint64_t>> self;
    for (hp_function_id id = 0; id < hp_profile_function_count(loaded.profile.get()); id++)
        self.emplace(hp_profile_function(loaded.profile.get(), id)->name.data,
                     hp_profile_function_self(loaded.profile.get(), id)[0]);
    for (const auto &row : std::set<std::pair<std::string, uint64_t>>{
             {"main", 100000000}, {"work", 600000000}, {"ping", 200000000}, {"pong", 100000000}})
        EXPECT_EQ(self.count(row), 1U) << row.first;
}

TEST(UnknownCalls, AreNotDrawn)
{
    const Builder now = sampled_program(), before = sampled_program(true);
    const std::string text = written("dot", now.get());
    expect_in(text, "[label=\"work\\nm:5\\n60.00% (60.00%)\",");
    expect_in(text, "n0 -> n1 [color="); /* all callers of work are on its box */
    expect_in(text, "; numbers of calls are unknown");
    EXPECT_EQ(text.find("×"), std::string::npos);
    hp_report_options options{};
    options.base = before.get();
    expect_in(written("dot", now.get(), options),
              "[label=\"work\\nm:5\\n0.00% (0.00%)\\n60.00% -> 60.00%\",");
}

uint64_t self_of(const json &root, const std::string &name)
{
    for (const json &function : root.at("functions"))
        if (function.at("name") == name)
            return function.at("self")[0];
    return 0;
}

TEST(UnknownCalls, StayUnknownBehindFilters)
{
    const Builder program = sampled_program();
    const std::pair<const char * hp_filters::*, std::set<std::string>> filters[] = {
        {&hp_filters::root, {"ping", "pong"}},
        {&hp_filters::leaf, {"main", "ping"}},
        {&hp_filters::focus, {"main", "ping", "pong"}},
        {&hp_filters::ignore, {"main", "work"}},
        {&hp_filters::hide, {"main", "work", "pong"}}};
    for (const auto &[filter, expected] : filters) {
        hp_report_options options{};
        options.filters.*filter = "ping";
        const json root = json::parse(written("json", program.get(), options));
        std::set<std::string> names;
        for (const json &function : root.at("functions")) {
            names.insert(function.at("name"));
            EXPECT_EQ(function.at("calls"), nullptr) << function;
            EXPECT_EQ(function.at("primitive"), nullptr) << function;
        }
        EXPECT_EQ(names, expected);
        for (const json &call : root.at("calls"))
            EXPECT_EQ(call.at("count"), nullptr) << call;
    }
    hp_report_options options{};
    options.filters.hide = "ping";
    const json root = json::parse(written("json", program.get(), options));
    EXPECT_EQ(root.at("total")[0], 1000000000U);
    EXPECT_EQ(self_of(root, "main"), 300000000U);
}

} // namespace
