// SPDX-License-Identifier: MIT
/* No report loses a function, or takes one for another, whatever they are called. */
#include "report.h"
#include "support/alike_functions.h"
#include "support/callgrind_parser.h"
#include "support/support.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace
{

using namespace test;

class EveryFunction : public testing::TestWithParam<const char *>
{
};

TEST_P(EveryFunction, ComesBackWithItsCost)
{
    const hotprof::profile_ptr profile = alike_functions();
    const std::multiset<uint64_t> costs = self_costs(profile.get());
    ASSERT_EQ(costs.size(), 2700u);
    const Loaded loaded = load_bytes(report(GetParam(), profile.get()));
    ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
    EXPECT_TRUE(self_costs(loaded.profile.get()) == costs);
    EXPECT_EQ(*hp_profile_total(loaded.profile.get()), *hp_profile_total(profile.get()));
}

INSTANTIATE_TEST_SUITE_P(, EveryFunction,
                         testing::Values("callgrind", "pstats", "folded", "speedscope"));

TEST(EveryFunctionInJson, HasANameOfItsOwn)
{
    const hotprof::profile_ptr profile = alike_functions();
    const nlohmann::json json = nlohmann::json::parse(report("json", profile.get()));
    std::set<std::tuple<std::string, std::string, uint64_t, std::string>> keys;
    std::multiset<uint64_t> costs;
    for (const nlohmann::json &function : json["functions"]) {
        keys.emplace(function["name"], function["path"], function["line"],
                     function.value("object", ""));
        costs.insert(function["self"][0].get<uint64_t>());
    }
    EXPECT_EQ(keys.size(), costs.size());
    EXPECT_TRUE(costs == self_costs(profile.get()));
}

/* Its key for a function is one string: the name without blanks at its ends, where "???" is none,
 * then the base names of file and object. */
TEST(EveryFunctionInKCachegrind, HasAKeyOfItsOwn)
{
    const hotprof::profile_ptr profile = alike_functions();
    std::map<std::string, std::string> objects, files, names;
    std::set<std::string> keys;
    std::string object, file, line;
    std::istringstream text(report("callgrind", profile.get()));
    const auto named = [&line](std::map<std::string, std::string> *known) {
        const size_t from = line.find('('), to = line.find(')');
        const std::string number = line.substr(from, to - from);
        if (to + 1 < line.size())
            (*known)[number] = line.substr(to + 2);
        return (*known)[number];
    };
    const auto base = [](const std::string &path) {
        return path == "???" ? "" : path.substr(path.rfind('/') + 1);
    };
    while (std::getline(text, line))
        if (line.rfind("ob=", 0) == 0) {
            object = named(&objects);
        } else if (line.rfind("fl=", 0) == 0) {
            file = named(&files);
        } else if (line.rfind("fn=", 0) == 0) {
            const std::string name = named(&names);
            EXPECT_EQ(name.find_first_not_of(" "), 0u) << line;
            EXPECT_EQ(name.find_last_not_of(" "), name.size() - 1) << line;
            EXPECT_NE(name.rfind("\u00a0", 0), 0u);
            EXPECT_NE(name.rfind("\u3000", 0), 0u);
            keys.insert((name == "???" ? "" : name) + base(file) + base(object));
        }
    EXPECT_EQ(keys.size(), 2700u);
}

TEST(EveryFunctionInTexts, HasARowOfItsOwn)
{
    const hotprof::profile_ptr profile = alike_functions();
    std::istringstream text(report("flat", profile.get()));
    std::set<std::string> names;
    std::string line;
    size_t column = std::string::npos, rows = 0;
    while (std::getline(text, line) && !(column != std::string::npos && line.empty()))
        if (column != std::string::npos) {
            names.insert(line.substr(column));
            rows++;
        } else if (line.rfind(" time ", 0) == 0) {
            column = line.rfind("name");
        }
    EXPECT_EQ(rows, 2700u);
    EXPECT_EQ(names.size(), 2700u);
}

TEST(EveryFunctionInTexts, ThatDiffersByItsObjectShowsIt)
{
    const Loaded loaded =
        load_bytes("# callgrind format\nevents: Time\n\nob=liba.so\nfl=x.c\nfn=f\n"
                   "1 100\n\nob=libb.so\nfl=x.c\nfn=f\n1 900\n");
    const std::string text = report("flat", loaded.profile.get());
    EXPECT_NE(text.find("f (x.c) [liba.so]"), std::string::npos) << text;
    EXPECT_NE(text.find("f (x.c) [libb.so]"), std::string::npos) << text;
}

TEST(EveryFunctionInPstats, ThatDiffersByItsObjectShowsIt)
{
    const Loaded loaded = load_bytes("# callgrind format\nevent: Time : Time (ns)\nevents: Time\n\n"
                                     "ob=liba.so\nfl=x.c\nfn=f\n1 100\n\nob=libb.so\nfl=x.c\nfn=f\n"
                                     "1 900\n");
    const std::string dump = report("pstats", loaded.profile.get());
    EXPECT_NE(dump.find("f [liba.so]"), std::string::npos);
    EXPECT_NE(dump.find("f [libb.so]"), std::string::npos);
}

} // namespace
