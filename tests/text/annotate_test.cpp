// SPDX-License-Identifier: MIT
/* Annotated sources show every cost of every line, once, beside the right line. */
#include "support/command.h"
#include "support/facts.h"
#include "support/gprof_check.h"
#include "support/profile_builder.h"
#include "support/support.h"
#include "text/source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>
#include <sys/stat.h>

namespace
{

using namespace test;

std::string annotate(hp_profile *profile, const std::string &directory = "", bool all = false)
{
    hp_report_options options{};
    options.source_path = directory.empty() ? nullptr : directory.c_str();
    options.all = all;
    return brief_report(profile, "annotate", options);
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/* --- The numbers --------------------------------------------------------------------------- */

using Numbers = std::vector<double>; /* self, hits, calls, inclusive */

double number(const std::string &text)
{
    return text == "." ? 0 : std::stod(text);
}

/* From file and line to what is told of it, but for lines of which there is nothing to tell. */
std::map<std::pair<std::string, uint64_t>, Numbers> lines_told(const std::string &text, bool hits)
{
    std::map<std::pair<std::string, uint64_t>, Numbers> result;
    std::string file;
    const std::vector<std::string> lines = lines_of(text);
    for (size_t i = 0; i < lines.size(); i++) {
        const std::string rule(80, '-');
        if (lines[i] == rule && lines[i - 1].empty())
            file = lines[i + 1].substr(0, lines[i + 1].find(": self "));
        std::istringstream stream(lines[i]);
        std::vector<std::string> fields;
        for (std::string word; fields.size() < (hits ? 6u : 5u) && stream >> word;)
            fields.push_back(word);
        if (fields.size() == (hits ? 5u : 4u)) /* the number of calls is not known */
            fields.insert(fields.end() - 2, ".");
        const bool numbers =
            std::all_of(fields.begin(), fields.end(), [](const std::string &field) {
                return field.find_first_not_of("0123456789.") == std::string::npos;
            });
        const bool nothing = std::all_of(fields.begin(), fields.end() - !fields.empty(),
                                         [](const std::string &field) {
                                             return field == ".";
                                         });
        if (fields.size() != (hits ? 6u : 5u) || !numbers || nothing)
            continue;
        std::vector<double> row;
        for (const std::string &field : fields)
            row.push_back(number(field));
        const auto line = static_cast<uint64_t>(row.back());
        const Numbers told{row[0], hits ? row[2] : 0, row[row.size() - 3], row[row.size() - 2]};
        EXPECT_TRUE(result.emplace(std::make_pair(file, line), told).second) << lines[i];
    }
    return result;
}

class Annotated : public testing::TestWithParam<std::string>
{
};

TEST_P(Annotated, LinesAreTheProfiles)
{
    const Loaded loaded = load_file(data_path("hotshot/" + GetParam() + ".prof"));
    hp_profile *profile = loaded.profile.get();
    if (hp_profile_event_count(profile) == 0)
        return;
    const bool time = hp_profile_event(profile, 0)->unit == HP_NANOSECONDS;
    const bool hits = time && hp_profile_event_count(profile) > 1;
    const double unit = time ? 1e9 : 1;
    std::map<std::pair<std::string, uint64_t>, Numbers> expected;
    const auto entry = [&](hp_function_id function, uint64_t line) -> Numbers & {
        const hp_string file = hp_profile_function(profile, function)->file;
        Numbers &numbers = expected[{escape({file.data, file.size}), line}];
        numbers.resize(4);
        return numbers;
    };
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);
        Numbers &numbers = entry(line->function, line->line);
        numbers[0] += static_cast<double>(hp_profile_line_self(profile, i)[0]) / unit;
        numbers[1] += hits ? static_cast<double>(hp_profile_line_self(profile, i)[1]) : 0;
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        Numbers &numbers = entry(call->caller, call->line);
        numbers[2] += static_cast<double>(call->count);
        numbers[3] += static_cast<double>(hp_profile_call_inclusive(profile, i)[0]) / unit;
    }

    const std::string text = annotate(profile);
    const auto told = lines_told(text, hits);
    /* Times have decimals for a ten-thousandth of the total, or for the clock's microseconds. */
    const double total = static_cast<double>(hp_profile_total(profile)[0]) / unit;
    const double place = time ? std::max(0.5e-6, 0.5e-4 * total) : 0.5;
    size_t found = 0;
    for (const auto &line : expected) {
        if (line.first.first.empty())
            continue; /* <interpreter>'s, or of files without a name */
        SCOPED_TRACE(line.first.first + ":" + std::to_string(line.first.second));
        ASSERT_EQ(told.count(line.first), 1u);
        const Numbers &numbers = told.at(line.first);
        EXPECT_NEAR(numbers[0], line.second[0], place);
        EXPECT_EQ(numbers[1], line.second[1]);
        EXPECT_EQ(numbers[2], line.second[2]);
        EXPECT_NEAR(numbers[3], line.second[3], place);
        found++;
    }
    EXPECT_EQ(told.size(), found);
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_string name = hp_profile_function(profile, id)->name;
        EXPECT_TRUE((hp_profile_function_self(profile, id)[0] == 0 &&
                     hp_profile_function_inclusive(profile, id)[0] == 0) ||
                    contains(text, "\n-- " + escape({name.data, name.size}) + ": "));
    }
}

INSTANTIATE_TEST_SUITE_P(Samples, Annotated, testing::ValuesIn(samples("hotshot", ".prof")),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* What is shown of the lines of functions, and what these cost by the model: one sum a function, or
 * one of all functions that have lines in common. */
struct Sums {
    double shown = 0, expected = 0;
    size_t lines = 0;
};

std::map<hp_function_id, Sums> sums_of(const hp_profile *profile, size_t event,
                                       const std::string &text)
{
    const bool time = hp_profile_event(profile, event)->unit == HP_NANOSECONDS;
    const bool hits = contains(text, " hits ");
    const auto file_of = [&](hp_function_id id) {
        const hp_string file = hp_profile_function(profile, id)->file;
        return escape({file.data, file.size});
    };
    std::vector<hp_function_id> first; /* of the functions that have lines in common */
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        first.push_back(id);
    std::map<std::pair<std::string, uint64_t>, hp_function_id> owners;
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);
        const auto owner =
            owners.emplace(std::make_pair(file_of(line->function), line->line), line->function);
        const hp_function_id joined = first[line->function], into = first[owner.first->second];
        std::replace(first.begin(), first.end(), joined, into);
    }
    std::map<hp_function_id, Sums> sums;
    for (hp_function_id id = 0; id < first.size(); id++)
        if (!file_of(id).empty() && file_of(id) != "~")
            sums[first[id]].expected +=
                static_cast<double>(hp_profile_function_self(profile, id)[event]) /
                (time ? 1e9 : 1);
    for (const auto &[place, numbers] : lines_told(text, hits)) {
        const auto owner = owners.find(place);
        if (owner == owners.end()) {
            EXPECT_EQ(numbers[0], 0) << place.first << ":" << place.second;
            continue;
        }
        sums[first[owner->second]].shown += numbers[0];
        sums[first[owner->second]].lines++;
    }
    return sums;
}

class AnnotatedSums : public testing::TestWithParam<std::string>
{
};

TEST_P(AnnotatedSums, AreWhatFunctionsCost)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    const hp_profile *profile = loaded.profile.get();
    for (size_t event = 0; event < hp_profile_event_count(profile); event++) {
        hp_report_options options{};
        options.event = hp_profile_event(profile, event)->name;
        const std::string text = brief_report(loaded.profile.get(), "annotate", options);
        const size_t share = text.find(" (", text.find(": self ")), point = text.rfind('.', share);
        const size_t number = text.rfind(' ', share - 1);
        const bool decimals = point != std::string::npos && point > number;
        const double rounded =
            decimals ? 0.5 * std::pow(10.0, -static_cast<double>(share - point - 1)) : 0;
        for (const auto &[id, sum] : sums_of(profile, event, text)) {
            const hp_function *function = hp_profile_function(profile, id);
            EXPECT_NEAR(sum.shown, sum.expected, rounded * (static_cast<double>(sum.lines) + 0.001))
                << function->name.data << " " << options.event;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Corpus, AnnotatedSums, testing::ValuesIn(samples_of_every_format()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* --- The sources --------------------------------------------------------------------------- */

/* main (line 1) costs 1 s in line 3, where it calls work (line 12), which costs 3 s in line 13. */
Builder two_functions(const std::string &file)
{
    Builder builder;
    const auto main = builder.function("main", file, 1, 0, 0, {0}, {4000000000});
    const auto work = builder.function("work", file, 12, 2, 2, {0}, {3000000000});
    builder.cost(main, 3, {1000000000});
    builder.cost(work, 13, {3000000000});
    builder.call(main, work, 2, {3000000000}, 3);
    builder.sort();
    return builder;
}

std::string source(const std::string &third)
{
    return "def main():\n    pass\n" + third + "\n4\n5\n6\n7\n8\n9\n10\n11\ndef work():\n\twork" +
           "\t\x01\xff\n14\n15\n16\n17\n18";
}

TEST(AnnotatedSource, IsShownNearCosts)
{
    const TemporaryDirectory directory;
    const std::string path = directory.write("m.py", source("    work()"));
    const std::string expected = R"(Annotated source:

Times are measured: 4.00 seconds in all.

--------------------------------------------------------------------------------
)" + path + R"(: self 4.00 (100.00 %)
--------------------------------------------------------------------------------
  seconds      %      calls inclusive    line  source
-- main: 0 calls, self 1.00 (25.00 %), inclusive 4.00 (100.00 %)
        .      .          .         .       1  def main():
        .      .          .         .       2      pass
     1.00  25.00          2      3.00       3      work()
        .      .          .         .       4  4
        .      .          .         .       5  5
        .      .          .         .       6  6
...
        .      .          .         .      10  10
        .      .          .         .      11  11
-- work: 2 calls, self 3.00 (75.00 %), inclusive 3.00 (75.00 %)
        .      .          .         .      12  def work():
     3.00  75.00          .         .      13          work    \x01\xff
        .      .          .         .      14  14
        .      .          .         .      15  15
        .      .          .         .      16  16

)";
    const Builder builder = two_functions(path);
    EXPECT_EQ(annotate(builder.get()), expected);
    const std::string all = annotate(builder.get(), "", true);
    for (const char *line : {"   7  7\n", "   8  8\n", "   9  9\n", "  17  17\n", "  18  18\n"})
        EXPECT_TRUE(contains(all, line)) << line;
    EXPECT_FALSE(contains(all, "..."));
}

TEST(AnnotatedFunctions, OfNoCostAreLeftOutUnlessAllIsShown)
{
    Builder builder = two_functions("m.py");
    builder.function("idle", "m.py", 20, 5, 5, {0}, {0});
    builder.function("unused", "other.py", 1, 1, 1, {0}, {0});
    builder.function("<built-in len>", "~", 0, 1, 1, {0}, {0});
    builder.sort();
    const std::string text = annotate(builder.get());
    EXPECT_TRUE(contains(text, "2 of 5 functions; the others have no cost.\n")) << text;
    for (const char *left_out : {"idle", "unused", "other.py", "in no file", "len"})
        EXPECT_FALSE(contains(text, left_out)) << left_out;
    const std::string all = annotate(builder.get(), "", true);
    for (const char *shown : {"-- idle: 5 calls", "-- unused: 1 call,", "other.py: self",
                              "in no file: self", "-- <built-in len>: "})
        EXPECT_TRUE(contains(all, shown)) << shown;
    EXPECT_FALSE(contains(all, "have no cost"));
}

/* A function that costs nothing any more is a difference. */
TEST(AnnotatedFunctions, OfNoCostButInTheBaseAreShown)
{
    const auto built = [](uint64_t cost) {
        Builder builder;
        builder.function("main", "m.py", 1, 1, 1, {9}, {9});
        builder.function("once", "m.py", 5, 1, 1, {cost}, {cost});
        builder.sort();
        return builder;
    };
    const Builder before = built(7), after = built(0);
    hp_report_options options{};
    options.base = before.get();
    EXPECT_TRUE(contains(brief_report(after.get(), "annotate", options), "-- once: "));
}

TEST(AnnotatedFunctions, InNoFileAreInOneListByCost)
{
    Builder builder = two_functions("m.py");
    builder.function("<built-in cheap>", "~", 0, 1, 1, {1000000}, {1000000});
    builder.function("<built-in calls>", "~", 0, 1, 1, {1000000}, {9000000});
    builder.function("<interpreter>", "", 0, 0, 0, {3000000}, {3000000});
    builder.function("<built-in dear>", "~", 0, 1, 1, {9000000}, {9000000});
    builder.sort();
    const std::string text = annotate(builder.get());
    size_t at = text.find("in no file: self");
    ASSERT_NE(at, std::string::npos);
    for (const char *name :
         {"<built-in dear>", "<interpreter>", "<built-in calls>", "<built-in cheap>"}) {
        at = text.find(std::string("-- ") + name, at);
        EXPECT_NE(at, std::string::npos) << name << text;
    }
    EXPECT_EQ(text.find("in no file"), text.rfind("in no file"));
}

TEST(AnnotatedSource, IsFoundBelowADirectoryByTheEndOfItsName)
{
    const TemporaryDirectory directory;
    const Builder builder = two_functions("/no/such/place/package/m.py");
    EXPECT_FALSE(contains(annotate(builder.get(), directory.path()), "source\n"));
    directory.write("m.py", source("shallow"));
    EXPECT_TRUE(contains(annotate(builder.get(), directory.path()), "shallow"));
    directory.write("package/m.py", source("deep"));
    EXPECT_TRUE(contains(annotate(builder.get(), directory.path()), "deep"));
    directory.write("here/m.py", source("recorded"));
    const Builder found = two_functions(directory.file("here/m.py"));
    EXPECT_TRUE(contains(annotate(found.get()), "recorded"));
    EXPECT_TRUE(contains(annotate(found.get(), directory.file("package")), "deep"));
}

TEST(AnnotatedSource, IsFoundInThePathOfTheRun)
{
    const TemporaryDirectory directory;
    directory.write("lib/m.py", source("in the path"));
    Builder builder = two_functions("m.py");
    builder.input(directory.file("run.prof"));
    builder.info("sys-path-entry", "");
    builder.info("sys-path-entry", "/no/such/place");
    builder.info("sys-path-entry", directory.file("lib"));
    builder.sort();
    EXPECT_TRUE(contains(annotate(builder.get()), "in the path"));
}

TEST(AnnotatedSource, IsLookedForInThePathsOfManyRunsAlike)
{
    const TemporaryDirectory directory;
    directory.write("lib/m.py", source("in the path"));
    Builder builder = two_functions("m.py");
    for (int run = 0; run < 1200; run++) {
        builder.input(directory.file(std::to_string(run) + ".prof"));
        builder.info("sys-path-entry", "/no/such/place");
    }
    builder.info("sys-path-entry", directory.file("lib"));
    builder.sort();
    EXPECT_TRUE(contains(annotate(builder.get()), "in the path"));
}

TEST(AnnotatedSource, IsNotLookedForInThousandsOfDirectories)
{
    const TemporaryDirectory directory;
    directory.write("lib/m.py", source("in the path"));
    for (const int others : {999, 1000}) {
        Builder builder = two_functions("m.py");
        builder.input(directory.file("run.prof"));
        for (int i = 0; i < others; i++)
            builder.info("sys-path-entry", "/no/such/place/" + std::to_string(i));
        builder.info("sys-path-entry", directory.file("lib"));
        builder.sort();
        EXPECT_EQ(contains(annotate(builder.get()), "in the path"), others == 999);
    }
}

TEST(AnnotatedSource, IsToldToBeMissingWithOneHint)
{
    Builder builder = two_functions("/no/such/a.py");
    builder.function("b", "/no/such/b.py", 1, 0, 0, {5}, {5});
    builder.sort();
    const std::string text = annotate(builder.get());
    const size_t hint = text.find("The source was not found; --source-path=DIR");
    ASSERT_NE(hint, std::string::npos);
    EXPECT_NE(text.find("The source was not found.\n", hint), std::string::npos);
    EXPECT_EQ(text.find("--source-path", hint + 40), std::string::npos);
}

TEST(AnnotatedSource, IsReadOnlyIfItIsAFile)
{
    const TemporaryDirectory directory;
    ASSERT_EQ(mkfifo(directory.file("fifo").c_str(), 0600), 0);
    for (const std::string &name :
         {directory.file("fifo"), directory.path(), std::string("/dev/zero"),
          std::string("m.py\0.py", 8), std::string("/")}) {
        const Builder builder = two_functions(name);
        EXPECT_TRUE(contains(annotate(builder.get()), "The source was not found")) << name;
    }
}

TEST(AnnotatedSource, ThatIsNotWhatRanIsToldOf)
{
    const TemporaryDirectory directory;
    const std::string path = directory.write("m.py", "def main():\n");
    const std::string log = directory.write("run.prof", "");
    Builder builder = two_functions(path);
    builder.input(log);
    builder.sort();
    namespace fs = std::filesystem;
    fs::last_write_time(path, fs::last_write_time(log) + std::chrono::hours(1));
    EXPECT_TRUE(contains(annotate(builder.get()), "The source is newer than the profile"));
    EXPECT_TRUE(contains(annotate(builder.get()), "The source is shorter than when"));
    EXPECT_TRUE(
        contains(annotate(builder.get()), "     3.00  75.00          .         .      13\n"));
    fs::last_write_time(path, fs::last_write_time(log) - std::chrono::hours(1));
    EXPECT_FALSE(contains(annotate(builder.get()), "newer"));
}

TEST(AnnotatedSource, HasOptionsOnTheCommandLine)
{
    const TemporaryDirectory directory;
    directory.write("cases.py", source("here"));
    const std::string log = data_path("hotshot/mutual-linetimes.prof");
    const Result result =
        hotreport({"-f", "annotate", "--all", "--source-path=" + directory.path(), "--brief", log});
    EXPECT_EQ(result.status, 0);
    EXPECT_TRUE(contains(result.out, "  here\n"));
    EXPECT_FALSE(contains(result.out, "What the columns mean"));
    EXPECT_TRUE(contains(hotreport({"-f", "annotate", log}).out, "What the columns mean"));
}

TEST(AnnotatedSources, AreLookedForABoundedNumberOfTimes)
{
    const TemporaryDirectory directory;
    directory.write("lib/m.py", "x = 1\n");
    Builder builder;
    builder.input("a.prof");
    builder.info("sys-path-entry", directory.file("lib"));
    builder.function("f", "m.py", 1, 1, 1, {1}, {1});
    builder.sort();
    hp_source_path path{};
    hp_source_path_init(&path, builder.get(), nullptr);
    for (const size_t tries : {HP_SOURCE_TRIES_MAX - 1, +HP_SOURCE_TRIES_MAX}) {
        hp_source source{};
        path.tries = tries;
        EXPECT_EQ(hp_source_find(&source, &path, hp_profile_function(builder.get(), 0), nullptr),
                  HP_OK);
        EXPECT_EQ(source.path != nullptr, tries < HP_SOURCE_TRIES_MAX);
        EXPECT_EQ(path.tries, size_t(HP_SOURCE_TRIES_MAX));
        hp_source_free(&source);
    }
}

} // namespace
