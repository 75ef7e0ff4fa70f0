// SPDX-License-Identifier: MIT
/* Dumps that every Python at hand writes on the spot hold what this Python reads from them, add up,
 * and cost what the programs are known to cost. */
#include "support/command.h"
#include "support/facts.h"
#include "support/pstats_dump.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace
{

using namespace test;
using nlohmann::json;
using pstats::Key;
namespace fs = std::filesystem;

const std::string fresh_dumps = HP_SOURCE_DIR "/tests/pstats/fresh_dumps.py";

/* Those in the folders of PATH, and those of pyenv. */
std::vector<std::string> find_pythons()
{
    std::vector<std::string> candidates, pythons;
    std::set<std::string> known;
    const char *path = getenv("PATH"), *root = getenv("PYENV_ROOT"), *home = getenv("HOME");
    std::istringstream folders(path ? path : "");

    for (std::string folder; std::getline(folders, folder, ':');)
        for (const char *name : {"/python3", "/python2.7"})
            candidates.push_back(folder + name);
    const fs::path versions =
        (root ? fs::path(root) : fs::path(home ? home : "") / ".pyenv") / "versions";
    std::error_code error;
    for (const auto &version : fs::directory_iterator(versions, error))
        candidates.push_back(version.path() / "bin" / "python");
    for (const std::string &candidate : candidates) {
        if (!fs::exists(candidate, error))
            continue;
        const Result result = run(
            {candidate, "-c", "import os, sys, cProfile; print(os.path.realpath(sys.executable))"});
        if (result.status == 0 && known.insert(result.out).second)
            pythons.push_back(candidate);
    }
    return pythons;
}

const std::vector<std::string> &pythons()
{
    static const std::vector<std::string> found = find_pythons();

    return found;
}

uint64_t nanoseconds(const json &value)
{
    return static_cast<uint64_t>(std::llround(value.get<double>() * 1e9));
}

Key key_of(const json &function)
{
    return {function["file"], function["line"], function["name"]};
}

/* One dump, as it was read, and as pstats reads it. */
struct Dump {
    std::string path;
    Loaded loaded;
    json facts;
    std::map<Key, hp_function_id> ids;
    std::vector<uint32_t> cycles;

    const hp_profile *profile() const
    {
        return loaded.profile.get();
    }
    const hp_input *input() const
    {
        return hp_profile_input(profile(), 0);
    }
    uint64_t total() const
    {
        return *hp_profile_total(profile());
    }
    const hp_call *call(hp_function_id caller, hp_function_id callee, uint64_t *cost) const
    {
        size_t first = 0;
        const size_t count = hp_profile_calls_from(profile(), caller, &first);
        for (size_t i = first; i < first + count; i++)
            if (hp_profile_call(profile(), i)->callee == callee) {
                *cost = *hp_profile_call_inclusive(profile(), i);
                return hp_profile_call(profile(), i);
            }
        return nullptr;
    }
};

Dump read_dump(const std::string &python, const std::string &path)
{
    Dump dump = {path, load_file(path), {}, {}, {}};
    const Result result = run({python, fresh_dumps, "facts", path, path + ".json"});
    uint32_t count = 0;

    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(dump.loaded.status, HP_OK) << dump.loaded.error.message;
    dump.facts = json::parse(read_file(path + ".json"));
    for (hp_function_id id = 0; id < hp_profile_function_count(dump.profile()); id++)
        dump.ids[pstats::key_of(dump.profile(), id)] = id;
    dump.cycles.resize(hp_profile_function_count(dump.profile()));
    EXPECT_EQ(hp_profile_cycles(dump.profile(), dump.cycles.data(), &count, nullptr), HP_OK);
    return dump;
}

/* What is recorded of a function is what comes out. */
void expect_function(const Dump &dump, const json &fact)
{
    const hp_function_id id = dump.ids.at(key_of(fact));
    const hp_function *function = hp_profile_function(dump.profile(), id);
    const uint64_t self = *hp_profile_function_self(dump.profile(), id);
    const uint64_t inclusive = *hp_profile_function_inclusive(dump.profile(), id);

    EXPECT_EQ(function->calls, fact["calls"].get<uint64_t>());
    EXPECT_EQ(function->primitive, fact["primitive"].get<uint64_t>());
    EXPECT_EQ(self, nanoseconds(fact["self"]));
    const bool is_profiler = fact["name"] == "profiler" && fact["file"] == "profile";
    if (is_profiler || !dump.input()->mixed_threads) {
        EXPECT_EQ(inclusive,
                  is_profiler ? dump.total() : std::max(self, nanoseconds(fact["inclusive"])));
    }
}

/* What is recorded of calls that are not in recursion is what comes out. Returns how many that
 * are. */
size_t expect_calls(const Dump &dump, const json &fact)
{
    const hp_function_id callee = dump.ids.at(key_of(fact));
    size_t compared = 0;

    for (const json &caller : fact["callers"]) {
        const hp_function_id from = dump.ids.at(key_of(caller));
        uint64_t cost = 0;
        const hp_call *call = dump.call(from, callee, &cost);

        if (!call || call->estimated || from == callee ||
            (dump.cycles[from] && dump.cycles[from] == dump.cycles[callee]))
            continue;
        EXPECT_TRUE(caller["value"].is_array());
        EXPECT_EQ(call->count, caller["value"][0].get<uint64_t>());
        EXPECT_EQ(cost, nanoseconds(caller["value"][3]));
        compared++;
    }
    return compared;
}

/* Each nap takes 5 ms; a clock may be a little ahead of the one that naps are timed by. Module
 * profile counts processor time. */
void expect_naps(const Dump &dump)
{
    for (const auto &[key, id] : dump.ids)
        if (std::get<2>(key) == "nap") {
            EXPECT_GE(*hp_profile_function_inclusive(dump.profile(), id),
                      hp_profile_function(dump.profile(), id)->calls * 4900000);
        }
}

void expect_dump(const Dump &dump, bool timed)
{
    uint64_t self = 0;
    size_t compared = 0;

    EXPECT_EQ(violated_cost_invariants(dump.profile()), "");
    EXPECT_EQ(dump.input()->impossible_numbers, 0u);
    for (const json &fact : dump.facts["functions"]) {
        SCOPED_TRACE(fact["name"]);
        expect_function(dump, fact);
        compared += expect_calls(dump, fact);
        self += nanoseconds(fact["self"]);
    }
    EXPECT_EQ(compared > 0, timed && !dump.input()->mixed_threads);
    EXPECT_EQ(dump.total(), self + dump.input()->not_recorded);
    if (timed && !dump.input()->mixed_threads)
        expect_naps(dump);
}

class FreshDumpsOf : public testing::TestWithParam<std::string>
{
  protected:
    const TemporaryDirectory directory;

    Dump write_dump(const std::string &python, const std::vector<std::string> &how)
    {
        std::vector<std::string> command = {python};
        command.insert(command.end(), how.begin(), how.end());
        const Result result = run(command);
        EXPECT_EQ(result.status, 0) << result.err;
        return read_dump(python, how.back() == GetParam() ? how[3] : how.back());
    }
};

TEST_P(FreshDumpsOf, EveryPythonAddUp)
{
    const std::string program = GetParam(), path = directory.file("run.prof");

    ASSERT_FALSE(pythons().empty());
    for (const std::string &python : pythons()) {
        SCOPED_TRACE(python);
        for (const char *profiler : {"cProfile", "profile"}) {
            SCOPED_TRACE(profiler);
            const bool timed = std::string(profiler) == "cProfile";
            expect_dump(write_dump(python, {fresh_dumps, "dump", profiler, program, path}), timed);
            expect_dump(
                write_dump(python, {"-m", profiler, "-o", path, fresh_dumps, "run", program}),
                timed);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, FreshDumpsOf,
                         testing::Values("imports", "threads", "nested_exec", "equal_labels",
                                         "generators"),
                         [](const auto &info) {
                             return info.param;
                         });

/* The interpreter calls what is run, finalizers, and what turns the profiler off. */
TEST(FreshDumps, CostWhatTheFirstFunctionCost)
{
    const TemporaryDirectory directory;
    const std::string path = directory.file("run.prof");

    for (const std::string &python : pythons())
        for (const std::string program : {"imports", "equal_labels", "generators"}) {
            SCOPED_TRACE(python + " " + program);
            ASSERT_EQ(run({python, fresh_dumps, "dump", "cProfile", program, path}).status, 0);
            const pstats::Loaded loaded = pstats::load(read_file(path));
            uint64_t known = 0;
            for (const auto &[key, function] : loaded.functions) {
                const std::string name = std::get<2>(key);
                if (name == program || name == "__del__" ||
                    name.find("'disable'") != std::string::npos)
                    known += function.inclusive;
                else
                    EXPECT_EQ(function.callers.count(pstats::interpreter), 0u) << name;
            }
            EXPECT_EQ(loaded.total, known);
            EXPECT_GE(loaded.total, 4900000u);
        }
}

TEST(FreshDumps, DoubleIfPstatsAddsThem)
{
    const TemporaryDirectory directory;
    const std::string one = directory.file("one.prof"), two = directory.file("two.prof");

    for (const std::string &python : pythons()) {
        SCOPED_TRACE(python);
        ASSERT_EQ(run({python, fresh_dumps, "dump", "cProfile", "generators", one}).status, 0);
        ASSERT_EQ(run({python, fresh_dumps, "add", one, two}).status, 0);
        const pstats::Loaded single = pstats::load(read_file(one));
        const pstats::Loaded sum = pstats::load(read_file(two));
        for (const auto &[key, function] : single.functions) {
            if (key == pstats::interpreter || key == pstats::not_recorded)
                continue; /* sums of rounded numbers */
            EXPECT_EQ(sum.functions.at(key).self, 2 * function.self) << std::get<2>(key);
            EXPECT_EQ(sum.functions.at(key).inclusive, 2 * function.inclusive) << std::get<2>(key);
        }
        EXPECT_NEAR(double(sum.total), double(2 * single.total), 100);
    }
}

/* strip_dirs adds up functions of one label. Where they called each other, the dump has a part of
 * their time twice, and it cannot be known how much. */
TEST(FreshDumps, AddUpWithoutDirectories)
{
    const TemporaryDirectory directory;
    const std::string path = directory.file("run.prof"), stripped = directory.file("stripped.prof");

    for (const std::string &python : pythons())
        for (const char *program : {"imports", "generators"}) {
            SCOPED_TRACE(python + " " + program);
            ASSERT_EQ(run({python, fresh_dumps, "dump", "cProfile", program, path}).status, 0);
            ASSERT_EQ(run({python, fresh_dumps, "strip", path, stripped}).status, 0);
            const Loaded loaded = load_file(stripped);
            EXPECT_EQ(violated_cost_invariants(loaded.profile.get()), "");
            const pstats::Loaded whole = pstats::load(read_file(path));
            EXPECT_GE(*hp_profile_total(loaded.profile.get()), whole.total - whole.not_recorded);
            EXPECT_LE(*hp_profile_total(loaded.profile.get()), whole.total + whole.total / 10);
        }
}

} // namespace
