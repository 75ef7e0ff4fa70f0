// SPDX-License-Identifier: MIT
#include "pstats_dump.h"
#include "report.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace pstats;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace
{

using Profile = std::unique_ptr<hp_profile, void (*)(hp_profile *)>;

Profile load_profile(const std::string &bytes)
{
    Profile profile(hp_profile_new(), hp_profile_free);

    EXPECT_EQ(
        hp_profile_load_bytes(profile.get(), "test", bytes.data(), bytes.size(), nullptr, nullptr),
        HP_OK);
    return profile;
}

std::string text_of(const char *format, hp_profile *profile, hp_error *error = nullptr)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    hp_report_options options = {};
    hp_status status = hp_report_write(hp_report_find(format), profile, &options, out, error);

    fclose(out);

    std::string bytes(text, size);

    free(text);
    EXPECT_EQ(status, error ? error->status : HP_OK);
    return status == HP_OK ? bytes : "";
}

std::vector<fs::path> corpus()
{
    std::vector<fs::path> paths;

    for (const fs::directory_entry &file : fs::recursive_directory_iterator(HP_TEST_DATA))
        if (file.path().extension() == ".prof" &&
            file.path().filename().string().find("windows") == std::string::npos)
            paths.push_back(file.path());
    EXPECT_FALSE(paths.empty());
    return paths;
}

// A profile of one event, function by function.
class Building
{
  public:
    explicit Building(hp_event event) : profile_(hp_profile_new(), hp_profile_free)
    {
        EXPECT_EQ(hp_profile_set_events(profile_.get(), &event, 1, nullptr), HP_OK);
    }
    hp_function_id function(const std::string &file, uint64_t line, const std::string &name,
                            uint64_t calls, uint64_t primitive, uint64_t self, uint64_t inclusive)
    {
        hp_function_id id = 0;
        hp_function key = {};

        key.name = {name.data(), name.size()};
        key.file = key.recorded_file = {file.data(), file.size()};
        key.line = line;
        key.calls = calls;
        key.primitive = primitive;
        EXPECT_EQ(hp_profile_add_function(profile_.get(), &key, &id, nullptr), HP_OK);
        EXPECT_EQ(hp_profile_add_cost(profile_.get(), {id, line}, &self, nullptr), HP_OK);
        EXPECT_EQ(hp_profile_add_inclusive(profile_.get(), id, &inclusive, nullptr), HP_OK);
        return id;
    }
    void call(hp_function_id caller, uint64_t line, hp_function_id callee, uint64_t count,
              uint64_t inclusive, bool estimated = false)
    {
        EXPECT_EQ(hp_profile_add_call(profile_.get(), {caller, callee, line, count, estimated},
                                      &inclusive, nullptr),
                  HP_OK);
    }
    std::string write(hp_error *error = nullptr)
    {
        return text_of("pstats", profile_.get(), error);
    }

  private:
    Profile profile_;
};

const hp_event nanoseconds = {"Time", HP_NANOSECONDS};

std::string text_key(const std::string &file, int line, const std::string &name)
{
    auto text = [](const std::string &value) {
        return "t" + little_endian(value.size(), 4) + value;
    };

    return tuple({text(file), "i" + little_endian(static_cast<uint64_t>(line), 4), text(name)});
}

std::string number(uint64_t value)
{
    return "i" + little_endian(value, 4);
}

TEST(PstatsReport, IsTheDumpOfPython)
{
    Building profile(nanoseconds);
    hp_function_id main = profile.function("a.py", 1, "main", 1, 1, 500000000, 3500000000);
    hp_function_id f = profile.function("a.py", 9, "f", 4, 2, 3000000000, 3000000000);

    // Two lines of one caller are one caller.
    profile.call(main, 2, f, 1, 1000000000);
    profile.call(main, 3, f, 1, 2000000000);
    profile.call(f, 10, f, 2, 0);
    EXPECT_EQ(profile.write(),
              dict({text_key("a.py", 1, "main"),
                    tuple({number(1), number(1), seconds(0.5), seconds(3.5), "{0"}),
                    text_key("a.py", 9, "f"),
                    tuple({number(2), number(4), seconds(3), seconds(3),
                           dict({text_key("a.py", 1, "main"),
                                 tuple({number(2), number(2), seconds(3), seconds(3)}),
                                 text_key("a.py", 9, "f"),
                                 tuple({number(2), number(0), seconds(0), seconds(0)})})})}));
}

TEST(PstatsReport, WritesNumbersOfAnySize)
{
    for (uint64_t count :
         {uint64_t(0), uint64_t(1) << 31, uint64_t(1) << 45, uint64_t(INT64_MAX)}) {
        Building profile(nanoseconds);

        profile.function("a.py", 1, "f", count, 1, 1, 1);

        Loaded loaded = load(profile.write());

        EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;
        EXPECT_EQ(loaded.functions[Key("a.py", 1, "f")].calls, count);
    }
}

TEST(PstatsReport, WritesTheNumbersOfEstimatedCallsAlone)
{
    Building profile(nanoseconds);
    hp_function_id main = profile.function("a.py", 1, "main", 0, 0, 0, 3);
    hp_function_id f = profile.function("a.py", 9, "f", 5, 5, 3, 3);

    profile.call(main, 1, f, 5, 3, true);

    std::string numbers = text_key("a.py", 1, "main") + number(5);
    std::string bytes = profile.write();

    EXPECT_NE(bytes.find(numbers), std::string::npos);
    EXPECT_TRUE(load(bytes).estimated);

    // pstats cannot add tuples and numbers.
    profile.call(f, 9, main, 1, 1);
    EXPECT_EQ(profile.write().find(numbers), std::string::npos);
    EXPECT_FALSE(load(profile.write()).estimated);
}

TEST(PstatsReport, LeavesOutAnInterpreterWithoutCostOfItsOwn)
{
    for (uint64_t self : {0, 7}) {
        Building profile(nanoseconds);
        hp_function_id root = profile.function("", 0, HP_INTERPRETER, 0, 0, self, 10 + self);

        profile.call(root, 0, profile.function("a.py", 1, "main", 1, 1, 10, 10), 1, 10);

        std::string bytes = profile.write();
        Loaded loaded = load(bytes);

        EXPECT_EQ(bytes.find(HP_INTERPRETER) != std::string::npos, self > 0);
        EXPECT_EQ(loaded.total, 10 + self);
        EXPECT_EQ(loaded.functions[interpreter].self, self);
        EXPECT_EQ(loaded.functions[interpreter].inclusive, 10 + self);
        EXPECT_EQ(loaded.functions[Key("a.py", 1, "main")].callers[interpreter].cost, 10u);
    }
}

TEST(PstatsReport, ShowsNamesAsEveryReport)
{
    Building profile(nanoseconds);

    profile.function("\xe9.py", 1, "a\nb\0\x7f"s, 1, 1, 1, 1);
    EXPECT_EQ(load(profile.write()).functions.count({"\\xe9.py", 1, "a\\x0ab\\x00\\x7f"}), 1u);
}

TEST(PstatsReport, HoldsTimesOnly)
{
    for (const hp_event &event : {hp_event{"Ticks", HP_TICKS}, hp_event{"Ir", HP_COUNT}}) {
        Building profile(event);
        hp_error error = {};

        profile.function("a.py", 1, "f", 1, 1, 1, 1);
        profile.write(&error);
        EXPECT_EQ(error.status, HP_MISMATCH);
        EXPECT_EQ(error.message,
                  "counts "s + event.name + ", and a pstats dump can hold times only");
    }
}

// A coverage log counts calls and times nothing.
TEST(PstatsReport, OfHitsHoldsCallsAndNoTimes)
{
    Building profile({"Hits", HP_COUNT});

    profile.function("a.py", 1, "f", 3, 3, 5, 5);

    Loaded loaded = load(profile.write());

    EXPECT_EQ(loaded.functions[Key("a.py", 1, "f")].calls, 3u);
    EXPECT_EQ(loaded.total, 0u);
}

// pstats.Stats takes no empty dict.
TEST(PstatsReport, OfNothingIsNotEmpty)
{
    std::string bytes = text_of("pstats", load_profile("{0").get());

    EXPECT_EQ(bytes, dict({text_key("", 0, HP_INTERPRETER),
                           tuple({number(0), number(0), seconds(0), seconds(0), "{0"})}));
    EXPECT_TRUE(load(bytes).functions.empty());
}

void expect_equal(const Loaded &one, const Loaded &two)
{
    ASSERT_EQ(one.functions.size(), two.functions.size());
    EXPECT_EQ(one.total, two.total);
    EXPECT_EQ(one.estimated, two.estimated);
    for (const auto &[key, function] : one.functions) {
        SCOPED_TRACE(std::get<2>(key));
        ASSERT_EQ(two.functions.count(key), 1u);

        const Function &other = two.functions.at(key);

        EXPECT_EQ(function.calls, other.calls);
        EXPECT_EQ(function.primitive, other.primitive);
        EXPECT_EQ(function.self, other.self);
        EXPECT_EQ(function.inclusive, other.inclusive);
        ASSERT_EQ(function.callers.size(), other.callers.size());
        for (const auto &[from, call] : function.callers) {
            const Call &same = other.callers.at(from);

            EXPECT_EQ(call.count, same.count);
            EXPECT_EQ(call.estimated, same.estimated);
            EXPECT_NEAR(static_cast<double>(call.cost), static_cast<double>(same.cost),
                        call.estimated ? 1 : 0);
        }
    }
}

TEST(PstatsReport, OfEveryDumpReadsBackTheSame)
{
    for (const fs::path &path : corpus()) {
        std::ifstream file(path, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const hp_format *format = hp_format_recognise(bytes.data(), bytes.size());

        if (!format || format->name != "pstats"s)
            continue;
        SCOPED_TRACE(path.filename());
        expect_equal(load(bytes), load(text_of("pstats", load_profile(bytes).get())));
    }
}

TEST(PstatsReport, IsReadByThisPythonWithTheNumbersOfTheModel)
{
    if (system("python3 -c '' 2>/dev/null") != 0)
        GTEST_SKIP() << "no python3";

    char directory[] = "/tmp/hotprof-pstats-XXXXXX";
    size_t count = 0;

    ASSERT_NE(mkdtemp(directory), nullptr);
    for (const fs::path &path : corpus()) {
        Profile profile(hp_profile_new(), hp_profile_free);
        hp_status status = hp_profile_load(profile.get(), path.c_str(), nullptr, nullptr);

        ASSERT_TRUE(status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) << path;

        std::string base = directory + "/"s + std::to_string(count++);

        std::ofstream(base + ".prof", std::ios::binary) << text_of("pstats", profile.get());
        std::ofstream(base + ".json", std::ios::binary) << text_of("json", profile.get());
    }

    std::string command = "python3 '" HP_TEST_DATA "/pstats_check.py' "s + directory;

    EXPECT_EQ(system(command.c_str()), 0);
    fs::remove_all(directory);
}

} // namespace
