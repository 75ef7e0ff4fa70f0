// SPDX-License-Identifier: MIT
/* Every input that ever broke the library is loaded again. */
#include "support/facts.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

TEST(InputsThatOnceBrokeTheLibrary, AreReadOrRefused)
{
    for (const std::string &name : list_directory(data_path("crash"))) {
        SCOPED_TRACE(name);
        const Loaded loaded = load_file(data_path("crash/" + name));
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
        EXPECT_NE(report("callgrind", loaded.profile.get()), "");
        EXPECT_NE(report("json", loaded.profile.get()), "");
    }
}

} // namespace
