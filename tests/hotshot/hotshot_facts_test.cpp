// SPDX-License-Identifier: MIT
/* Every sample log is read as the file of facts beside it says. */
#include "support/command.h"
#include "support/facts.h"
#include "support/support.h"

#include <gtest/gtest.h>

namespace
{

using namespace test;

class HotshotFacts : public testing::TestWithParam<std::string>
{
  protected:
    std::string log_path() const
    {
        return data_path("hotshot/" + GetParam() + ".prof");
    }
    Facts expected() const
    {
        return facts_of_expectation(read_file(data_path("hotshot/" + GetParam() + ".json")));
    }
};

TEST_P(HotshotFacts, LibraryFindsThem)
{
    const Loaded loaded = load_file(log_path());
    EXPECT_EQ(differences(expected(), facts_of_profile(loaded.profile.get())), "");
}

TEST_P(HotshotFacts, StatusOfLoadingIsTheInputsStatus)
{
    const Loaded loaded = load_file(log_path());
    ASSERT_EQ(hp_profile_input_count(loaded.profile.get()), 1u);
    const hp_input *input = hp_profile_input(loaded.profile.get(), 0);
    EXPECT_EQ(input->error.status, loaded.status);
    EXPECT_EQ(loaded.error.status, loaded.status);
    EXPECT_STREQ(input->error.message, loaded.error.message);
    EXPECT_EQ(loaded.error.message[0] == '\0', loaded.status == HP_OK);
    EXPECT_EQ(input->name, log_path());
    EXPECT_STREQ(input->format, "hotshot");
}

TEST_P(HotshotFacts, BytesInMemoryGiveTheSameAsTheFile)
{
    const Loaded loaded = load_bytes(read_file(log_path()));
    EXPECT_EQ(differences(expected(), facts_of_profile(loaded.profile.get())), "");
}

/* Nothing can be read of a log that is cut within its header. */
bool is_nothing(const Facts &facts)
{
    return facts.status != "complete" && facts.functions.empty();
}

TEST_P(HotshotFacts, JsonReportTellsThem)
{
    if (is_nothing(expected()))
        return; /* there is no report */
    const Result result = hotreport({"--format=json", log_path()});
    EXPECT_EQ(differences(escaped(expected()), facts_of_report(result.out)), "");
}

TEST_P(HotshotFacts, ExitStatusAndStandardErrorTellTheDamage)
{
    const Facts facts = expected();
    const Result result = hotreport({"--format=json", log_path()});
    const bool damaged = facts.status != "complete";
    const bool remarkable = damaged || facts.unmatched_exits > 0 || facts.open_frames > 0;
    EXPECT_EQ(result.status, is_nothing(facts) ? 1 : damaged ? 3 : 0);
    EXPECT_EQ(result.out.empty(), is_nothing(facts));
    const std::vector<std::string> told = lines_of(result.err);
    ASSERT_EQ(told.size(), remarkable ? 1u : 0u) << result.err;
    if (remarkable) {
        EXPECT_EQ(told[0].rfind("hotreport: " + log_path() + ": ", 0), 0u) << told[0];
    }
}

TEST_P(HotshotFacts, NumbersAddUp)
{
    const Loaded loaded = load_file(log_path());
    EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
}

INSTANTIATE_TEST_SUITE_P(, HotshotFacts, testing::ValuesIn(samples("hotshot", ".prof")),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST(HotshotSamples, AreAllThere)
{
    EXPECT_EQ(samples("hotshot", ".prof"), samples("hotshot", ".json"));
    EXPECT_GE(samples("hotshot", ".prof").size(), 70u);
}

TEST(InputRemarks, CountUnmatchedExitsAndOpenFrames)
{
    const Loaded loaded = load_file(data_path("hotshot/unbalanced-calls.prof"));
    const hp_input *input = hp_profile_input(loaded.profile.get(), 0);
    char remarks[256];
    const size_t length = hp_input_remarks(input, remarks, sizeof remarks);
    EXPECT_STREQ(remarks, "2 unmatched exits; 3 frames left open");
    EXPECT_EQ(length, std::string(remarks).size());
}

TEST(InputRemarks, AreEmptyForACompleteInput)
{
    const Loaded loaded = load_file(data_path("hotshot/fib-calls.prof"));
    char remarks[256] = "untouched";
    EXPECT_EQ(hp_input_remarks(hp_profile_input(loaded.profile.get(), 0), remarks, sizeof remarks),
              0u);
    EXPECT_STREQ(remarks, "");
}

} // namespace
