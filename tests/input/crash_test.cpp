// SPDX-License-Identifier: MIT
/* Every input that ever broke the library is loaded again, and written as every report. */
#include "report.h"
#include "support/facts.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

TEST(InputsThatOnceBrokeTheLibrary, AreReadOrRefused)
{
    const std::vector<std::string> names = list_directory(data_path("crash"));
    EXPECT_FALSE(names.empty());
    for (const std::string &name : names) {
        SCOPED_TRACE(name);
        const Loaded loaded = load_file(data_path("crash/" + name));
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
        for (const std::string &format : undrawn_reports())
            if (!hp_report_find(format.c_str())->stacks && loaded.status != HP_UNRECOGNISED) {
                EXPECT_NE(report(format, loaded.profile.get()), "") << format;
            }
    }
}

} // namespace
