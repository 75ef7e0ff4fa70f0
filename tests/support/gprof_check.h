// SPDX-License-Identifier: MIT
/* Whether the reports in gprof's layout say what a profile holds. */
#ifndef HP_TESTS_GPROF_CHECK_H
#define HP_TESTS_GPROF_CHECK_H

#include "hotprof_cxx.h"
#include "report.h"

#include <cstdint>
#include <string>
#include <vector>

namespace test
{

/* A report without explanations; throws if it cannot be written. */
std::string brief_report(hp_profile *profile, const char *format, hp_report_options options = {});

/* Expects of the report gprof, for each event of the profile, all functions, calls, cycles and
 * numbers, and their order. */
void check_gprof(hp_profile *profile);

/* What the reports call the functions of a profile. */
std::vector<std::string> labels_of(const hp_profile *profile);

uint64_t power_of_ten(unsigned exponent);

} // namespace test

#endif
