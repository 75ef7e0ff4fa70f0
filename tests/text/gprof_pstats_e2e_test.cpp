// SPDX-License-Identifier: MIT
/* The flat profile of a dump says what Python itself says of it. */
#include "support/command.h"
#include "support/facts.h"
#include "support/gprof_check.h"
#include "support/gprof_parser.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace
{

using namespace test;

/* A line of print_stats. */
struct Printed {
    uint64_t calls = 0, primitive = 0;
    double self = 0, inclusive = 0;
};

/* By what print_stats calls the functions; nothing where it cannot be asked. */
std::map<std::string, Printed> printed_by_python(const std::string &path)
{
    Surroundings there;
    there.environment["PYTHONIOENCODING"] = "utf-8:surrogateescape";
    const Result result =
        run({"python3", "-c", "import pstats, sys; pstats.Stats(sys.argv[1]).print_stats()", path},
            there);
    std::map<std::string, Printed> printed;
    bool table = false;
    for (const std::string &line : lines_of(result.out)) {
        std::istringstream stream(line);
        std::string calls, name;
        Printed row;
        double per_call = 0;
        if (table && stream >> calls >> row.self >> per_call >> row.inclusive >> per_call) {
            row.calls = std::stoull(calls);
            row.primitive = std::stoull(calls.substr(calls.find('/') + 1));
            std::getline(stream >> std::ws, name);
            printed[name] = row;
        }
        table = table || line.find("ncalls  tottime") != std::string::npos;
    }
    return printed;
}

std::string python_name(const hp_function *function)
{
    const std::string name(function->name.data, function->name.size);
    const std::string file(function->recorded_file.data, function->recorded_file.size);
    if (file != "~" || function->line != 0)
        return file + ":" + std::to_string(function->line) + "(" + name + ")";
    return name.front() == '<' && name.back() == '>' ? "{" + name.substr(1, name.size() - 2) + "}"
                                                     : name;
}

double value_of(Decimal shown)
{
    return static_cast<double>(shown.digits) / static_cast<double>(power_of_ten(shown.decimals));
}

class FlatOfDump : public testing::TestWithParam<std::string>
{
};

TEST_P(FlatOfDump, IsWhatPythonPrints)
{
    const std::string path = data_path("pstats/" + GetParam() + ".prof");
    const std::map<std::string, Printed> printed = printed_by_python(path);
    if (printed.empty()) { /* those of Python 2 can be read by nothing else */
        ASSERT_NE(GetParam().find("-2.7"), std::string::npos);
        GTEST_SKIP() << "python3 does not read a dump of Python 2.7";
    }
    const Loaded loaded = load_file(path);
    const hp_profile *profile = loaded.profile.get();
    const GprofFlat flat = *parse_gprof(brief_report(loaded.profile.get(), "flat")).flat;
    const std::vector<std::string> labels = labels_of(profile);
    const std::map<std::string, double> units{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
    size_t found = 0;
    for (const GprofRow &row : flat.rows) {
        SCOPED_TRACE(row.name);
        const auto label = std::find(labels.begin(), labels.end(), row.name);
        ASSERT_NE(label, labels.end());
        const hp_function *function =
            hp_profile_function(profile, static_cast<hp_function_id>(label - labels.begin()));
        const auto python = printed.find(python_name(function));
        if (python == printed.end())
            continue; /* a name of several lines */
        EXPECT_EQ(row.calls.value_or(0), python->second.calls);
        EXPECT_NEAR(value_of(row.self), python->second.self, 0.00051);
        if (row.calls) {
            EXPECT_NEAR(value_of(*row.total_per_call) * units.at(flat.unit) *
                            static_cast<double>(python->second.primitive),
                        python->second.inclusive, 0.00051 + python->second.inclusive * 0.01);
        }
        found++;
    }
    EXPECT_GE(found + 3, flat.rows.size());
}

TEST_P(FlatOfDump, AndItsCallGraphAreTheProfiles)
{
    check_gprof(load_file(data_path("pstats/" + GetParam() + ".prof")).profile.get());
}

INSTANTIATE_TEST_SUITE_P(Samples, FlatOfDump, testing::ValuesIn(samples("pstats", ".prof")),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

} // namespace
