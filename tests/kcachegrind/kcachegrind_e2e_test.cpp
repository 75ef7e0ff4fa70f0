// SPDX-License-Identifier: MIT
/* The real KCachegrind, as it is installed, with the plugin of this build: what it shows must be
 * what the library reads. The plugin in kcachegrind_dump plays the user and writes that down.
 *
 * With HP_TEST_INSTALLED in the environment it is the plugin that is installed on this machine. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/profile_builder.h"
#include "support/support.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace
{

using test::LogWriter;
using Row = std::vector<std::string>; /* cells, numbers without their thousands separators */
using Rows = std::vector<Row>;

/* --- What should be shown ------------------------------------------------------------------ */

std::string escaped(hp_string string)
{
    std::string text(hp_string_escape(string, nullptr, 0) + 1, '\0');
    hp_string_escape(string, text.data(), text.size());
    text.pop_back();
    return text;
}

std::string basename_of(const std::string &path)
{
    return path.substr(path.rfind('/') + 1);
}

/* The names that keep every function apart where KCachegrind knows them by name and basename. */
std::vector<std::string> displayed_names(const hp_profile *profile)
{
    std::map<std::string, int> plain, with_line;
    const auto candidates = [&](hp_function_id id) {
        const hp_function *function = hp_profile_function(profile, id);
        const std::string file = escaped(function->file), base = basename_of(file),
                          name = escaped(function->name),
                          numbered = name + ":" + std::to_string(function->line);
        const std::string directory = file.substr(0, file.size() - base.size());
        return std::vector<std::string>{
            name, numbered, numbered + " (" + directory.substr(0, directory.rfind('/')) + ")",
            base};
    };
    const hp_function_id count = hp_function_id(hp_profile_function_count(profile));
    for (hp_function_id id = 0; id < count; id++) {
        const std::vector<std::string> names = candidates(id);
        plain[names[0] + names[3]]++;
        with_line[names[1] + names[3]]++;
    }
    std::vector<std::string> result;
    for (hp_function_id id = 0; id < count; id++) {
        const std::vector<std::string> names = candidates(id);
        result.push_back(plain[names[0] + names[3]] == 1       ? names[0]
                         : with_line[names[1] + names[3]] == 1 ? names[1]
                                                               : names[2]);
    }
    return result;
}

std::string location_of(const hp_function *function)
{
    const std::string object = basename_of(escaped(function->object)),
                      file = basename_of(escaped(function->file));
    return object.empty() && file.empty() ? "(unknown)"
           : object.empty()               ? file
           : file.empty()                 ? object
                                          : object + ": " + file;
}

/* What KCachegrind shows. Where no number of calls is known it takes what a function and its calls
 * cost, which in recursion differs from what the calls of it cost. */
uint64_t displayed_inclusive(const hp_profile *profile, hp_function_id id, size_t event)
{
    uint64_t called = 0, cost = hp_profile_function_self(profile, id)[event];
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        if (call->callee == id && call->count != HP_UNKNOWN)
            called += call->count;
        if (call->caller == id && call->callee != id)
            cost += hp_profile_call_inclusive(profile, i)[event];
    }
    return called ? hp_profile_function_inclusive(profile, id)[event] : cost;
}

/* The function list: Incl., Self, Called, Function, Location, for one event, in order of cells. */
Rows expected_functions(const hp_profile *profile, size_t event)
{
    const std::vector<std::string> names = displayed_names(profile);
    Rows rows;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);
        const auto cost = [&](uint64_t value) {
            return hp_profile_total(profile)[event] ? std::to_string(value) : "-";
        };
        rows.push_back({cost(displayed_inclusive(profile, id, event)),
                        cost(hp_profile_function_self(profile, id)[event]),
                        function->calls && function->calls != HP_UNKNOWN
                            ? std::to_string(function->calls)
                            : "(0)",
                        names[id], location_of(function)});
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

/* Callers (or callees) of a function: cost, cost per call, count, "name (location)". */
Rows expected_calls(const hp_profile *profile, const std::string &name, bool callers, size_t event)
{
    const std::vector<std::string> names = displayed_names(profile);
    std::map<hp_function_id, std::pair<uint64_t, uint64_t>> sums;
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        if (names[callers ? call->callee : call->caller] != name)
            continue;
        auto &[cost, count] = sums[callers ? call->caller : call->callee];
        cost += hp_profile_call_inclusive(profile, i)[event];
        count += call->count;
    }
    Rows rows;
    for (const auto &[id, sum] : sums) {
        const hp_function *function = hp_profile_function(profile, id);
        std::string who = names[id];
        if (function->file.size)
            who += " (" + location_of(function) + ")";
        if (sum.first > 0) /* KCachegrind leaves out calls that cost nothing */
            rows.push_back({std::to_string(sum.first), std::to_string(sum.second), who});
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::string remarks(const hp_profile *profile)
{
    char text[400];
    hp_input_remarks(hp_profile_input(profile, 0), text, sizeof text);
    return text;
}

std::string event_title(const hp_profile *profile, size_t event)
{
    const hp_event *found = hp_profile_event(profile, event);
    const std::string name = found->name;
    const bool base = name.rfind("Base_", 0) == 0;
    return (base ? name.substr(5) + " of the base" : name) +
           (found->unit == HP_NANOSECONDS ? " (ns)" : "");
}

/* --- What is shown ------------------------------------------------------------------------- */

struct Shown {
    std::map<std::string, Rows> rows; /* by the word that they begin with in the dump, in order */
    std::string told;                 /* our lines on standard error */

    std::string text(const std::string &kind) const
    {
        std::string text;
        const auto found = rows.find(kind);
        if (found != rows.end())
            for (const Row &row : found->second)
                for (const std::string &cell : row)
                    text += cell + "\n";
        return text;
    }

    Rows sorted(const std::string &kind) const
    {
        const auto found = rows.find(kind);
        Rows result = found == rows.end() ? Rows() : found->second;
        std::sort(result.begin(), result.end());
        return result;
    }
};

/* KCachegrind writes 1234567 as "1 234 567". */
std::string without_separators(const std::string &cell)
{
    if (cell.find_first_not_of("0123456789 ") != std::string::npos ||
        cell.find_first_of("0123456789") == std::string::npos)
        return cell;
    std::string digits;
    std::copy_if(cell.begin(), cell.end(), std::back_inserter(digits), [](char c) {
        return c != ' ';
    });
    return digits;
}

Rows rows_of(const std::string &text, const std::string &kind)
{
    Rows rows;
    for (const std::string &line : test::lines_of(text)) {
        Row cells(1);
        for (const char c : line)
            if (c == '\t')
                cells.emplace_back();
            else
                cells.back() += c;
        if (cells.front() == kind) {
            cells.erase(cells.begin());
            std::transform(cells.begin(), cells.end(), cells.begin(), without_separators);
            rows.push_back(cells);
        }
    }
    return rows;
}

/* The kinds of plugins that Qt finds. Those that are loaded by name are asked for. */
using Kinds = std::vector<std::string>;
const Kinds automatic = {"accessiblebridge", "imageformats"}, by_name = {"generic"},
            both = {"accessiblebridge", "generic", "imageformats"};

enum class Platform { offscreen, xcb };

class KCachegrind : public testing::Test
{
  protected:
    KCachegrind()
    {
        for (const char *name : {"home", "home/config", "home/cache", "home/run"})
            mkdir(directory.file(name).c_str(), 0700);
        settings("ShowCycles=false");
    }

    /* Costs instead of shares of them, all functions, no tip of the day. */
    void settings(const std::string &more)
    {
        directory.write("home/config/kcachegrindrc",
                        "[GeneralSettings]\nShowPercentage=false\nMaxListCount=100000\n" + more +
                            "\n[TipOfDay]\nRunOnStart=false\n");
    }

    Shown show(const std::string &file, const std::string &script, const Kinds &kinds = automatic,
               Platform platform = Platform::offscreen)
    {
        if (std::count(kinds.begin(), kinds.end(), "generic") == 0)
            return run({"kcachegrind", file}, script, kinds, platform);
        return run({"kcachegrind", "-plugin", "hotprof", file}, script, kinds, platform);
    }

    /* A directory with the plugins of these kinds, and what they load. */
    std::string plugins(Kinds kinds) const
    {
        const std::string path = directory.file("plugins");
        std::filesystem::remove_all(path);
        std::filesystem::create_directory(path);
        kinds.push_back("hotprof");
        for (const std::string &kind : kinds)
            std::filesystem::create_directory_symlink(HP_PLUGINS "/" + kind, path + "/" + kind);
        return path;
    }

    Shown run(const std::vector<std::string> &program, const std::string &script,
              const Kinds &kinds = automatic, Platform platform = Platform::offscreen)
    {
        std::vector<std::string> command = launcher;
        if (platform == Platform::xcb)
            command.insert(command.end(), {"xvfb-run", "-a", "-s", "-screen 0 1400x900x24"});
        command.push_back("dbus-run-session");
        command.insert(command.end(), program.begin(), program.end());

        test::Surroundings around;
        around.directory = directory.path();
        around.environment = {
            {"HOME", directory.file("home")},
            {"XDG_CONFIG_HOME", directory.file("home/config")},
            {"XDG_CACHE_HOME", directory.file("home/cache")},
            {"XDG_RUNTIME_DIR", directory.file("home/run")},
            {"QT_PLUGIN_PATH",
             (getenv("HP_TEST_INSTALLED") ? "" : plugins(kinds) + ":") + HP_TEST_PLUGINS},
            {"QT_QPA_PLATFORM", platform == Platform::xcb ? "xcb" : "offscreen"},
            {"QT_QPA_GENERIC_PLUGINS", "kcachegrind_dump"},
            {"LC_ALL", "C.UTF-8"},
            {"LANGUAGE", "en"},
            {"HOTPROF_DUMP_SCRIPT", script + ";quit"},
            {"HOTPROF_DUMP", directory.file("dump")},
        };
        const test::Result result = test::run(command, around);
        EXPECT_FALSE(result.timed_out) << result.err;
        EXPECT_EQ(result.status, 0) << result.err;

        Shown shown;
        for (const std::string &line : test::lines_of(result.err))
            if (line.rfind("hotprof: ", 0) == 0)
                shown.told += line + "\n";
        const std::string dump = test::read_file(directory.file("dump"));
        for (const std::string &line : test::lines_of(dump)) {
            const std::string kind = line.substr(0, line.find('\t'));
            if (!shown.rows.count(kind))
                shown.rows[kind] = rows_of(dump, kind);
        }
        EXPECT_EQ(shown.text("timeout"), "") << dump << result.err;
        EXPECT_EQ(shown.text("status").find("Unknown file format"), std::string::npos) << dump;
        return shown;
    }

    /* Every row of the function list, for every event, is the model's. */
    void expect_model(const std::string &file, const Kinds &kinds = automatic,
                      Platform platform = Platform::offscreen)
    {
        test::Loaded loaded = test::load_file(file);
        const hp_profile *profile = loaded.profile.get();
        std::string script = "loaded;events";
        Rows titles(1), expected;
        for (size_t event = 0; event < hp_profile_event_count(profile); event++) {
            titles[0].push_back(event_title(profile, event));
            script += ";event " + titles[0].back() + ";functions";
            const Rows rows = expected_functions(profile, event);
            expected.insert(expected.end(), rows.begin(), rows.end());
        }
        const Shown shown = show(file, script, kinds, platform);
        Rows rows = shown.rows.count("function") ? shown.rows.at("function") : Rows();
        ASSERT_EQ(rows.size(), expected.size());
        const auto count = std::ptrdiff_t(hp_profile_function_count(profile));
        for (auto start = rows.begin(); start < rows.end(); start += count)
            std::sort(start, start + count);
        const auto [row, same] = std::mismatch(rows.begin(), rows.end(), expected.begin());
        if (row != rows.end()) {
            EXPECT_EQ(*row, *same);
        }
        EXPECT_EQ(shown.sorted("events"), titles);
        EXPECT_EQ(shown.told.empty(), loaded.status == HP_OK && remarks(profile).empty());
    }

    std::string write_sample(const std::string &name, const std::string &sample = "fib-lines")
    {
        return directory.write(name,
                               test::read_file(test::data_path("hotshot/" + sample + ".prof")));
    }

    Rows expected_rows(const std::string &path)
    {
        test::Loaded loaded = test::load_file(path);
        return expected_functions(loaded.profile.get(), 0);
    }

    test::TemporaryDirectory directory;
    std::vector<std::string> launcher; /* the program and its arguments that start all others */
};

/* --- Every row ----------------------------------------------------------------------------- */

class KCachegrindSample : public KCachegrind, public testing::WithParamInterface<std::string>
{
};

TEST_P(KCachegrindSample, ShowsEveryFunction)
{
    expect_model(test::data_path("hotshot/" + GetParam() + ".prof"));
}

/* All but those that hold nothing to show. */
std::vector<std::string> samples_with_functions()
{
    std::vector<std::string> samples = test::samples("hotshot", ".prof");
    const auto is_empty = [](const std::string &sample) {
        test::Loaded loaded = test::load_file(test::data_path("hotshot/" + sample + ".prof"));
        return hp_profile_function_count(loaded.profile.get()) == 0;
    };
    samples.erase(std::remove_if(samples.begin(), samples.end(), is_empty), samples.end());
    return samples;
}

INSTANTIATE_TEST_SUITE_P(Hotshot, KCachegrindSample, testing::ValuesIn(samples_with_functions()),
                         [](const auto &instance) {
                             return test::test_name(instance.param);
                         });

/* What other profilers write for KCachegrind, which reads it without the plugin. */
class KCachegrindDialect : public KCachegrind, public testing::WithParamInterface<std::string>
{
  protected:
    /* The rows for every event: as many of their first cells. */
    void expect_rows(const std::string &path, size_t cells)
    {
        test::Loaded loaded = test::load_file(path);
        const hp_profile *profile = loaded.profile.get();
        const auto count = std::ptrdiff_t(hp_profile_function_count(profile));
        std::string script = "loaded";
        Rows expected;
        for (size_t event = 0; event < hp_profile_event_count(profile); event++) {
            script += ";event #" + std::to_string(event) + ";functions";
            const Rows rows = expected_functions(profile, event);
            expected.insert(expected.end(), rows.begin(), rows.end());
        }
        Rows rows = show(path, script).rows.at("function");
        ASSERT_EQ(rows.size(), expected.size());
        for (Rows *both : {&rows, &expected}) {
            for (Row &row : *both) {
                row.resize(cells);
                /* The report keeps the blanks at the end of a name beside it. */
                row[3].erase(row[3].find_last_not_of(' ') + 1);
            }
            for (auto start = both->begin(); start < both->end(); start += count)
                std::sort(start, start + count);
        }
        EXPECT_EQ(rows, expected);
    }
};

/* Its locations are the files of the costs, not of the function. */
TEST_P(KCachegrindDialect, ShowsTheNumbersOfTheLibrary)
{
    expect_rows(test::data_path("dialects/" + GetParam()), 4);
}

TEST_P(KCachegrindDialect, ShowsTheSameOfOurReport)
{
    /* A report is one part. Functions that were called in only one of several parts cost more there
     * than their calls, from which KCachegrind adds up inclusive costs. */
    if (GetParam() == "parts-with-other-events.callgrind")
        return;
    test::Loaded loaded = test::load_file(test::data_path("dialects/" + GetParam()));
    expect_rows(
        directory.write("report.callgrind", test::report("callgrind", loaded.profile.get())), 5);
}

INSTANTIATE_TEST_SUITE_P(, KCachegrindDialect,
                         testing::ValuesIn(test::list_directory(test::data_path("dialects"))),
                         [](const auto &instance) {
                             return test::test_name(instance.param);
                         });

class KCachegrindDump : public KCachegrind, public testing::WithParamInterface<std::string>
{
};

TEST_P(KCachegrindDump, ShowsEveryFunction)
{
    expect_model(test::data_path(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(, KCachegrindDump, testing::ValuesIn(test::dumps()),
                         [](const auto &instance) {
                             return test::test_name(instance.param);
                         });

class KCachegrindStacks : public KCachegrind, public testing::WithParamInterface<std::string>
{
};

TEST_P(KCachegrindStacks, ShowsEveryFunction)
{
    expect_model(test::data_path(GetParam()));
}

/* Without those that have a name that is empty, and one that begins with a blank: KCachegrind shows
 * "(unknown)" for the one, and no blank for the other. */
std::vector<std::string> sampled_stacks()
{
    std::vector<std::string> paths;
    for (const std::string folder : {"folded", "speedscope", "pyinstrument"})
        for (const std::string &name : test::list_directory(test::data_path(folder)))
            if (name != "a-names.austin" && name != "tachyon-names.txt")
                paths.push_back(folder + "/" + name);
    return paths;
}

INSTANTIATE_TEST_SUITE_P(, KCachegrindStacks, testing::ValuesIn(sampled_stacks()),
                         [](const auto &instance) {
                             return test::test_name(instance.param);
                         });

TEST_F(KCachegrind, ShowsEveryFunctionAskedForByName)
{
    expect_model(test::data_path("hotshot/json-lines.prof"), by_name);
}

TEST_F(KCachegrind, ShowsEveryFunctionThroughABridgeToAccessibility)
{
    expect_model(test::data_path("hotshot/json-lines.prof"), {"accessiblebridge"});
    expect_model(test::data_path("hotshot/json-lines.prof"), {"accessiblebridge"}, Platform::xcb);
}

TEST_F(KCachegrind, ShowsEveryFunctionThroughAnImageFormat)
{
    if (!HP_QT_LOADS_IMAGE_FORMATS)
        GTEST_SKIP() << "this Qt loads only those that an image needs";
    expect_model(test::data_path("hotshot/json-lines.prof"), {"imageformats"});
    expect_model(test::data_path("hotshot/json-lines.prof"), {"imageformats"}, Platform::xcb);
}

TEST_F(KCachegrind, ShowsEveryFunctionLoadedBothWays)
{
    expect_model(test::data_path("hotshot/json-lines.prof"), both);
}

TEST_F(KCachegrind, ShowsEveryFunctionUnderX)
{
    expect_model(test::data_path("hotshot/json-lines.prof"), automatic, Platform::xcb);
}

TEST_F(KCachegrind, ShowsEveryFunctionWithWarmIconCache)
{
    const std::string path = write_sample("x.prof");
    for (int start = 0; start < 3; start++) {
        EXPECT_EQ(show(path, "loaded;functions").sorted("function"), expected_rows(path));
        if (std::string(HP_QT_BUILT_WITH)[0] == '5') { // later ones make it if there is a theme
            EXPECT_TRUE(std::filesystem::exists(directory.file("home/cache/icon-cache.kcache")));
        }
    }
}

TEST_F(KCachegrind, ShowsEveryFunctionWithAnInstallationBelowHome)
{
    const test::Result installed =
        test::run({"cmake", "--install", HP_BUILD_DIR, "--prefix", directory.file("home/.local")});
    EXPECT_EQ(installed.status, 0) << installed.err;
    const size_t line = installed.out.find("QT_PLUGIN_PATH=" + directory.path());
    ASSERT_NE(line, std::string::npos) << installed.out;
    const std::string setting = installed.out.substr(line, installed.out.find('\n', line) - line);
    const std::string path = test::data_path("hotshot/json-lines.prof");
    const Shown shown = run({"sh", "-c", setting + ":$QT_PLUGIN_PATH kcachegrind \"$0\"", path},
                            "loaded;functions", {});
    EXPECT_EQ(shown.sorted("function"), expected_rows(path));
}

/* It cuts blanks, and takes "???" for no name. */
TEST_F(KCachegrind, ShowsFunctionsApartWhoseNamesItWouldTakeForOne)
{
    test::Builder builder;
    uint64_t self = 1, line = 1;
    for (const char *name : {"", " ", "\u00a0", "???", "x", "  x", "x ", "f", "f\x80", "f\\x80"}) {
        builder.function(name, "a.py", line, 1, 1, {self}, {self});
        self *= 2;
        line += std::string(name).size() % 2; /* some differ by their lines, some do not */
    }
    builder.sort();
    const std::string file = directory.write("a.prof", test::report("pstats", builder.get()));
    const Shown shown = show(file, "loaded;functions");
    std::set<std::string> costs, names;
    for (const Row &row : shown.rows.at("function")) {
        costs.insert(row.at(1));
        names.insert(row.at(3));
    }
    for (uint64_t cost = 1; cost < self; cost *= 2)
        EXPECT_EQ(costs.count(std::to_string(cost)), 1u) << cost;
    EXPECT_EQ(names.size(), shown.rows.at("function").size());
}

/* By default KCachegrind marks the members of cycles, and shows what they cost without each other:
 * the rest of a row stays, and so do all other rows. */
TEST_F(KCachegrind, MarksCycles)
{
    settings("ShowCycles=true");
    const std::string path = test::data_path("hotshot/mutual-lines.prof");
    const Shown shown = show(path, "loaded;functions");
    Rows expected = expected_rows(path), rows;
    int members = 0;
    for (Row row : shown.rows.at("function")) {
        const size_t mark = row[3].find(" <cycle 1>");
        if (row[3] == "<cycle 1>")
            continue;
        if (mark != std::string::npos) {
            members++;
            row[3].resize(mark);
            for (const Row &other : expected)
                if (other[3] == row[3])
                    row[0] = other[0];
        }
        rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, expected);
    EXPECT_EQ(members, 2);
}

/* --- The other views ----------------------------------------------------------------------- */

TEST_F(KCachegrind, ShowsCallersAndCallees)
{
    const std::string path = test::data_path("hotshot/json-linetimes.prof");
    test::Loaded loaded = test::load_file(path);
    for (const char *name : {"_parse", "_code", "__getitem__"}) {
        const Shown shown =
            show(path, "loaded;select " + std::string(name) + ";callers;callees;costs");
        for (const bool callers : {true, false}) {
            Rows rows;
            for (const Row &row : shown.rows.at(callers ? "Caller" : "Callee"))
                rows.push_back({row[0], row[4], row[5]});
            std::sort(rows.begin(), rows.end());
            EXPECT_EQ(rows, expected_calls(loaded.profile.get(), name, callers, 0)) << name;
            EXPECT_FALSE(rows.empty());
        }
        for (const Row &row : expected_functions(loaded.profile.get(), 0))
            if (row[3] == name) {
                EXPECT_EQ(shown.rows.at("EventTypeView")[0][1], row[0]);
                EXPECT_EQ(shown.rows.at("EventTypeView")[0][2], row[1]);
            }
    }
}

/* Relative names are found in the directory of the run. */
TEST_F(KCachegrind, ShowsTheSourceWithCosts)
{
    directory.write("m.py", "def g():\n    return 1\n\ndef f():\n    g()\n    return g()\n");
    LogWriter log;
    log.info("requested-frame-timings", "yes").info("requested-line-events", "yes");
    log.info("requested-line-timings", "yes").info("current-directory", directory.path());
    log.frame_times(true).line_times(true).define_file(1, "m.py");
    log.define_function(1, 1, "g").define_function(1, 4, "f");
    log.enter(1, 4, 1).line(5, 10).enter(1, 1, 2).line(2, 3).exit(4);
    log.line(6, 20).enter(1, 1, 2).line(2, 3).exit(4).exit(30);
    const std::string path = directory.write("x.prof", log.bytes());

    const Shown times = show(path, "loaded;select f;source");
    const Rows expected_times = {
        {"0", "", "", "", "--- From '" + directory.file("m.py") + "' ---"},
        {"1", "", "", "", "def g():"},
        {"2", "", "", "", "    return 1"},
        {"3", "", "", "", ""},
        {"4", "10000", "", "", "def f():"},
        {"5", "22000", "", "", "    g()"},
        {"", "7000", "", "", "  1 call to 'g' (m.py)"},
        {"6", "32000", "", "", "    return g()"},
        {"", "7000", "", "", "  1 call to 'g' (m.py)"},
    };
    Rows rows = times.rows.at("SourceView");
    ASSERT_GT(rows.size(), expected_times.size());
    rows.resize(expected_times.size());
    EXPECT_EQ(rows, expected_times);

    const Shown hits = show(path, "loaded;select g;event Hits;source");
    ASSERT_GT(hits.rows.at("SourceView").size(), 3u);
    EXPECT_EQ(hits.rows.at("SourceView")[2], (Row{"2", "2", "", "", "    return 1"}));
}

/* A program of Python 3, recorded by the module hotshot of this build. */
TEST_F(KCachegrind, ShowsTheLinesOfARecordedProgram)
{
    if (std::string(HP_RECORDER).empty())
        GTEST_SKIP() << "built without the recorder for Python";
    const std::string program =
        directory.write("program.py", "def leaf(n):\n    return n + 1\n\ndef loop():\n"
                                      "    for i in range(50):\n        leaf(i)\n"
                                      "    return leaf(0)\n\nloop()\n");
    const std::string path = directory.file("x.prof");
    test::Surroundings around;
    around.environment = {{"PYTHONPATH", HP_RECORDER}};
    const test::Result result =
        test::run({HP_PYTHON, "-m", "hotshot", "-o", path, program}, around);
    ASSERT_EQ(result.status, 0) << result.err;
    test::Loaded loaded = test::load_file(path);
    const hp_profile *profile = loaded.profile.get();
    const auto self = [&](uint64_t number, size_t event) {
        for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
            const hp_line *line = hp_profile_line(profile, i);
            const hp_string name = hp_profile_function(profile, line->function)->name;
            if (line->line == number && std::string(name.data, name.size) == "loop")
                return std::to_string(hp_profile_line_self(profile, i)[event]);
        }
        return std::string("none");
    };

    const Shown hits = show(path, "loaded;select loop;event Hits;source");
    const Rows expected_hits = {
        {"0", "", "", "", "--- From '" + program + "' ---"},
        {"2", "", "", "", "    return n + 1"},
        {"3", "", "", "", ""},
        {"4", "", "", "", "def loop():"},
        {"5", "51", "", "", "    for i in range(50):"},
        {"6", "50", "", "", "        leaf(i)"},
        {"", "50", "", "", "  50 calls to 'leaf' (program.py)"},
        {"7", "1", "", "", "    return leaf(0)"},
        {"", "1", "", "", "  1 call to 'leaf' (program.py)"},
    };
    Rows rows = hits.rows.at("SourceView");
    ASSERT_GT(rows.size(), expected_hits.size());
    rows.resize(expected_hits.size());
    EXPECT_EQ(rows, expected_hits);

    const Shown times = show(path, "loaded;select loop;source");
    for (const Row &row : times.rows.at("SourceView"))
        if (row[0] == "4" || row[0] == "5" || row[0] == "6" || row[0] == "7") {
            EXPECT_EQ(row[1], self(std::stoull(row[0]), 0)) << row[4];
        }
}

/* Samples tell lines and call sites, and no numbers of calls. */
TEST_F(KCachegrind, ShowsTheLinesOfSampledStacks)
{
    const std::string program =
        directory.write("m.py", "def g():\n    return 1\n\ndef f():\n    g()\n    return g()\n");
    const auto frame = [&](const char *name, int line) {
        return name + (" (" + program + ":") + std::to_string(line) + ")";
    };
    const std::string stacks = frame("f", 5) + " 3\n" + frame("f", 5) + ";" + frame("g", 2) +
                               " 7\n" + frame("f", 6) + ";" + frame("g", 2) + " 11\n";
    const Rows expected = {
        {"0", "", "", "", "--- From '" + program + "' ---"},
        {"2", "", "", "", "    return 1"},
        {"3", "", "", "", ""},
        {"4", "", "", "", "def f():"},
        {"5", "3", "", "", "    g()"},
        {"", "7", "", "", "  Call to 'g' (m.py)"},
        {"6", "", "", "", "    return g()"},
        {"", "11", "", "", "  Call to 'g' (m.py)"},
    };
    for (const std::string &path :
         {directory.write("raw.txt", stacks), directory.write("raw.txt.gz", test::gzip(stacks))}) {
        Rows rows = show(path, "loaded;select f;source").rows.at("SourceView");
        ASSERT_GE(rows.size(), expected.size());
        rows.resize(expected.size());
        EXPECT_EQ(rows, expected);
    }
}

TEST_F(KCachegrind, DrawsTheCallGraphBesideTheSource)
{
    const std::string path = test::data_path("hotshot/json-linetimes.prof"),
                      picture = directory.file("picture.png");
    const Shown shown =
        show(path, "loaded;resize 1400x900;select case_json;source;graph;grab " + picture,
             automatic, Platform::xcb);
    EXPECT_GT(std::stoi(shown.text("graph")), 20) << "functions, calls and their labels";
    /* Width and height, where a PNG file has them. */
    EXPECT_EQ(test::read_file(picture).substr(16, 8), std::string("\0\0\x05\x78\0\0\x03\x84", 8));
}

/* 15 million events: as many copies of a log, one after the other, as have 44 MB. */
TEST_F(KCachegrind, ShowsALargeLog)
{
    const std::string sample = test::read_file(test::data_path("hotshot/lib2to3-linetimes.prof"));
    std::string log;
    while (log.size() < 44000000)
        log += sample;
    const std::string path = directory.write("x.prof", log);
    test::Loaded loaded = test::load_file(path);
    ASSERT_GT(hp_profile_input(loaded.profile.get(), 0)->events, 15000000u);
    EXPECT_EQ(show(path, "loaded;functions").sorted("function"),
              expected_functions(loaded.profile.get(), 0));
}

/* --- Files --------------------------------------------------------------------------------- */

TEST_F(KCachegrind, OpensGzip)
{
    const std::string path = write_sample("x.prof");
    const std::string zipped = directory.write("y.gz", test::gzip(test::read_file(path)));
    EXPECT_EQ(show(zipped, "loaded;functions").sorted("function"), expected_rows(path));
}

/* gio starts what it is told to and ends; KCachegrind goes on. */
TEST_F(KCachegrind, OpensByItsDesktopEntry)
{
    const std::string path = write_sample("x y.prof");
    const Shown shown = run({"sh", "-c",
                             "gio launch \"$0\" \"$1\" && "
                             "while ! [ -e shown ]; do sleep 0.1; done",
                             HP_DESKTOP "/org.kde.kcachegrind.hotprof.desktop", path},
                            "loaded;functions;shell touch shown");
    EXPECT_EQ(shown.sorted("function"), expected_rows(path));
}

TEST_F(KCachegrind, OpensFromItsFileDialog)
{
    const std::string first = write_sample("x.prof"), second = write_sample("y.prof", "re-calls");
    const Shown shown =
        show(first, "loaded;action file_open;choose " + second + ";loaded 2;title;functions");
    EXPECT_EQ(shown.text("title"), second + " [Python profile]\n");
    EXPECT_EQ(shown.sorted("function"), expected_rows(second));
}

TEST_F(KCachegrind, ReloadsAChangedFile)
{
    const std::string path = write_sample("x.prof"), other = write_sample("y.prof", "fib-calls");
    const Shown shown =
        show(path, "loaded;functions;shell cp " + other + " " + path + ";action reload;functions");
    Rows expected = expected_rows(path);
    EXPECT_EQ(expected, expected_rows(other));
    const Rows before = expected_rows(write_sample("x.prof"));
    EXPECT_NE(before, expected);
    expected.insert(expected.end(), before.begin(), before.end());
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(shown.sorted("function"), expected);
}

TEST_F(KCachegrind, DoesNotAddFilesWhoseNamesBeginAlike)
{
    const std::string path = write_sample("x.prof");
    for (const char *name : {"x.prof.bak", "x.prof.1", "x.prof-2", "x.prof.log"})
        write_sample(name, "re-calls");
    directory.write("x.prof.gz", test::gzip(test::read_file(path)));
    directory.write("x.prof.txt", "text\n");
    const Shown shown = show(path, "loaded;status;messages;functions");
    EXPECT_EQ(shown.sorted("function"), expected_rows(path));
    EXPECT_EQ(shown.text("message") + shown.told, "");
}

TEST_F(KCachegrind, AddsTheNumberedPartsOfARun)
{
    const std::string one = write_sample("run.1"), two = write_sample("run.2", "fib-linetimes");
    test::Loaded loaded = test::load_file(one);
    ASSERT_EQ(hp_profile_load(loaded.profile.get(), two.c_str(), nullptr, nullptr), HP_OK);
    ASSERT_EQ(hp_profile_sort(loaded.profile.get(), nullptr), HP_OK);
    const Shown shown = show(directory.file("run"), "loaded;functions");
    EXPECT_EQ(shown.sorted("function"), expected_functions(loaded.profile.get(), 0));
}

TEST_F(KCachegrind, ReadsCallgrindFilesItself)
{
    const std::string path = write_sample("x.prof");
    test::Loaded loaded = test::load_file(path);
    const std::string callgrind =
        directory.write("callgrind.out.1", test::report("callgrind", loaded.profile.get()));
    EXPECT_EQ(show(callgrind, "loaded;functions").sorted("function"), expected_rows(path));
}

TEST_F(KCachegrind, ShowsBothSidesOfADifference)
{
    const std::string path = directory.file("callgrind.out.1");
    ASSERT_EQ(test::hotreport({"--format=callgrind", "--output=" + path,
                               "--base=" + test::data_path("hotshot/fib-calls.prof"),
                               test::data_path("hotshot/mutual-calls.prof")})
                  .err,
              "");
    expect_model(path);
}

TEST_F(KCachegrind, OpensFilesOfAnyName)
{
    if (!HP_QT_LISTS_ANY_NAME)
        GTEST_SKIP() << "this Qt asks the file system for each name that is listed";
    write_sample("br1.prof", "re-calls");
    for (const char *name : {"br[1].prof", ".hidden.prof", "x?.prof", "*.prof", "R&D <b>.prof"}) {
        const std::string path = write_sample(name);
        const Shown shown = show(path, "loaded;title;functions;action reload;functions");
        Rows expected = expected_rows(path), twice = expected;
        twice.insert(twice.end(), expected.begin(), expected.end());
        std::sort(twice.begin(), twice.end());
        EXPECT_EQ(shown.sorted("function"), twice) << name;
        EXPECT_EQ(shown.told, "");
    }
}

/* --- Trouble ------------------------------------------------------------------------------- */

TEST_F(KCachegrind, TellsOnceWhatIsWrongWithADamagedProfile)
{
    const std::string path = write_sample("cut.prof", "json-linetimes-cut1");
    test::Loaded loaded = test::load_file(path);
    const std::string line = path + ": " + remarks(loaded.profile.get()) + "\n";
    const std::string script = "loaded;messages;action reload;messages;functions";
    const Shown offscreen = show(path, script);
    EXPECT_EQ(offscreen.told, "hotprof: " + line);
    EXPECT_EQ(offscreen.text("message"), "");
    EXPECT_EQ(offscreen.sorted("function"), expected_rows(path));

    const Shown dialog = show(path, script, automatic, Platform::xcb);
    EXPECT_EQ(dialog.told, "");
    EXPECT_EQ(dialog.text("message"), line);
    EXPECT_EQ(dialog.sorted("function"), expected_rows(path));
}

TEST_F(KCachegrind, TellsWhatCannotBeRead)
{
    const std::string good = write_sample("good.prof");
    const std::string cases[] = {
        directory.write("text.txt", "text\n"),
        directory.write("empty.prof", ""),
        directory.write("corrupt.prof",
                        LogWriter::with_header(true, true).raw("\xf3\xf3\xf3").bytes()),
        "/proc/self/mem",
    };
    for (const std::string &path : cases) {
        hp_error error{};
        hotprof::profile_ptr profile(hp_profile_new());
        ASSERT_NE(hp_profile_load(profile.get(), path.c_str(), nullptr, &error), HP_OK);
        const Shown shown =
            show(path, "status;messages;action file_open;choose " + good + ";loaded;functions");
        EXPECT_EQ(shown.told, "hotprof: " + path + ": " + error.message + "\n");
        EXPECT_NE(shown.text("message").find("Could not open the file"), std::string::npos);
        EXPECT_EQ(shown.sorted("function"), expected_rows(good)) << "usable after " << path;
    }

    const Shown dialog = show(cases[2], "messages;messages;status", automatic, Platform::xcb);
    EXPECT_NE(dialog.text("message").find(cases[2] + ": offset "), std::string::npos)
        << dialog.text("message");
    EXPECT_EQ(dialog.told, "");
}

TEST_F(KCachegrind, LeavesDirectoriesAndMissingFilesToIt)
{
    const std::string good = write_sample("good.prof");
    for (const std::string &path : {directory.path(), directory.file("missing")}) {
        const Shown shown =
            show(path, "status;messages;action file_open;choose " + good + ";loaded;functions");
        EXPECT_EQ(shown.told, "");
        EXPECT_NE(shown.text("message").find("Could not open the file"), std::string::npos);
        EXPECT_EQ(shown.sorted("function"), expected_rows(good));
    }
}

TEST_F(KCachegrind, TellsOfAFileThatItMayNotRead)
{
    if (geteuid() == 0) /* who may read everything */
        launcher = {"setpriv", "--inh-caps=-dac_override,-dac_read_search",
                    "--bounding-set=-dac_override,-dac_read_search"};
    const std::string path = write_sample("x.prof");
    ASSERT_EQ(chmod(path.c_str(), 0), 0);
    const Shown shown = show(path, "messages");
    EXPECT_EQ(shown.told, "hotprof: " + path + ": cannot be opened: Permission denied\n");
}

/* Of both plugins that are loaded, one speaks. KCachegrind goes on without them. */
TEST_F(KCachegrind, TellsWhyItCannotWorkInThisQt)
{
    const std::string path = write_sample("x.prof"), built = HP_QT_BUILT_WITH;
    const std::string script = "messages", said = "hotprof: cannot open Python profiles: ";
    const std::pair<std::string, std::string> cases[] = {
        {HP_OTHER_VERSION, "the plugin is for Qt " + built.substr(0, built.rfind('.')) +
                               ", but this program uses Qt 5.99.1\n"},
        {HP_NO_HANDLERS, "Qt " + built + " does not let the plugin replace files\n"},
    };
    for (const auto &[library, reason] : cases) {
        const Shown shown =
            run({"env", "LD_PRELOAD=" + library, "kcachegrind", path}, script, automatic);
        EXPECT_EQ(shown.told, said + reason);
        EXPECT_NE(shown.text("message").find("Could not open the file"), std::string::npos);
    }
}

TEST_F(KCachegrind, TellsIfHalfOfThePluginIsMissing)
{
    const std::string lone = directory.file("lone/accessiblebridge");
    std::filesystem::create_directories(lone);
    std::filesystem::copy_file(HP_PLUGINS "/accessiblebridge/libhotprof.so",
                               lone + "/libhotprof.so");
    const Shown shown = run({"sh", "-c", "QT_PLUGIN_PATH=" HP_TEST_PLUGINS ":$0 kcachegrind \"$1\"",
                             directory.file("lone"), write_sample("x.prof")},
                            "messages");
    EXPECT_EQ(test::lines_of(shown.told).size(), 1u) << shown.told;
    EXPECT_NE(shown.told.find("hotprof/libhotprof-engine.so"), std::string::npos) << shown.told;
}

/* Some 300 MB of calls, in one gzip stream after another. */
std::string slow_log()
{
    const std::string header = test::gzip(LogWriter::with_header(false, false)
                                              .define_file(1, "m.py")
                                              .define_function(1, 10, "f")
                                              .bytes());
    LogWriter calls;
    std::string block;
    const std::string call =
        LogWriter().enter(1, 10, 5).exit(7).bytes().substr(LogWriter().bytes().size());
    for (size_t i = 0; i < (size_t(1) << 20); i++)
        block += call;
    const std::string zipped = test::gzip(block);
    std::string log = header;
    for (size_t size = 0; size < (size_t(1200) << 20); size += block.size())
        log += zipped;
    return log;
}

TEST_F(KCachegrind, ShowsTheProgressOfALongConversionAndCancels)
{
    const std::string slow = directory.write("slow.gz", slow_log()), good = write_sample("x.prof");
    const Shown cancelled =
        show(slow, "cancel;messages;status;action file_open;choose " + good + ";loaded;functions");
    ASSERT_EQ(cancelled.rows.at("progress").size(), 1u) << "one Cancel is enough";
    EXPECT_EQ(cancelled.rows.at("progress")[0][0], "Reading " + slow);
    EXPECT_NE(cancelled.text("message").find("Could not open the file"), std::string::npos);
    EXPECT_NE(cancelled.text("status").find("Operation canceled"), std::string::npos);
    EXPECT_EQ(cancelled.told, "");
    EXPECT_EQ(cancelled.sorted("function"), expected_rows(good));

    const Shown patient = show(slow, "progress;loaded;functions;messages");
    EXPECT_EQ(patient.rows.at("progress")[0][0], "Reading " + slow);
    EXPECT_EQ(patient.sorted("function"), expected_rows(slow));
    EXPECT_EQ(patient.text("message"), "");
}

/* Storage that hangs, such as a server that is gone. The dialog tells how far it came, by a name
 * that is no markup, and Cancel does not wait for it. */
TEST_F(KCachegrind, CancelsWhatHangs)
{
    std::string log = test::read_file(test::data_path("hotshot/fib-calls.prof"));
    while (log.size() < 4 << 20)
        log += log;
    const std::string good = write_sample("x.prof"),
                      hung = directory.write("stuck R&D <b>.prof", log);
    const std::string then =
        ";cancel;messages;status;action file_open;choose " + good + ";loaded;functions;messages";
    const struct {
        std::string setting, script;
    } cases[] = {
        {"HP_STUCK_AFTER=" + std::to_string(log.size() / 2), "progress 249" + then},
        {"HP_STUCK_AFTER=0", "progress 0" + then},
        {"HP_STUCK_WRITING=1", "busy" + then},
    };
    for (const auto &[setting, script] : cases) {
        const Shown shown =
            run({"env", "LD_PRELOAD=" HP_STUCK, setting, "kcachegrind", hung}, script);
        const auto progress = shown.rows.find("progress");
        ASSERT_NE(progress, shown.rows.end());
        ASSERT_EQ(progress->second.size(), 2u) << "one Cancel is enough";
        EXPECT_EQ(progress->second[0][0], "Reading " + hung);
        EXPECT_EQ(progress->second[0][2], "plain");
        EXPECT_NE(shown.text("status").find("Operation canceled"), std::string::npos);
        EXPECT_EQ(shown.told, "");
        EXPECT_EQ(shown.sorted("function"), expected_rows(good));
    }
}

/* KCachegrind does not look for parts of several files. */
TEST_F(KCachegrind, TellsOfEachOfSeveralFiles)
{
    const std::string good = write_sample("good.prof"),
                      cut = write_sample("cut.prof", "json-linetimes-cut1"),
                      text = directory.write("text.txt", "text\n"),
                      empty = directory.write("empty.prof", "");
    test::Loaded damaged = test::load_file(cut), both = test::load_file(good);
    const std::string told = "hotprof: " + cut + ": " + remarks(damaged.profile.get()) + "\n";
    ASSERT_EQ(hp_profile_merge(both.profile.get(), damaged.profile.get(), nullptr), HP_OK);
    ASSERT_EQ(hp_profile_sort(both.profile.get(), nullptr), HP_OK);
    const Shown shown =
        run({"kcachegrind", "-style", "fusion", good, cut, text, empty}, "loaded;functions");
    EXPECT_EQ(shown.sorted("function"), expected_functions(both.profile.get(), 0));
    EXPECT_EQ(shown.told.rfind(told, 0), 0u) << shown.told;
    EXPECT_EQ(test::lines_of(shown.told).size(), 3u) << shown.told;
    EXPECT_NE(shown.told.find("hotprof: " + text + ": expected "), std::string::npos);
    EXPECT_NE(shown.told.find("hotprof: " + empty + ": expected "), std::string::npos);
}

TEST_F(KCachegrind, TellsThatAFileIsEmptyAndNotWhatIsWrongWithAnother)
{
    const std::string empty = directory.write("x.prof", "");
    directory.write("x.prof.txt", "text\n");
    const Shown shown = show(empty, "messages;status");
    EXPECT_EQ(shown.told.rfind("hotprof: " + empty + ": expected ", 0), 0u) << shown.told;
    EXPECT_EQ(test::lines_of(shown.told).size(), 1u) << shown.told;
    EXPECT_EQ(shown.text("status").find("x.prof.txt"), std::string::npos) << shown.text("status");
}

} // namespace
