// SPDX-License-Identifier: MIT
/* The real readers of the callgrind format take the report without a complaint. */
#include "support/annotate_rows.h"
#include "support/command.h"
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace
{

using namespace test;

/* A log whose names try every reader. */
std::string log_of_strange_names()
{
    const std::pair<std::string, std::string> names[] = {{"new\nline.py", "new\nline"},
                                                         {"(1) x.py", "(1) x"},
                                                         {"latin\xe9.py", "latin\xe9"},
                                                         {"tab\t.py", "tab\t"},
                                                         {"a/__init__.py", "f"},
                                                         {"b/__init__.py", "f"},
                                                         {"bc.py", "run"},
                                                         {"nbc.py", "ru"},
                                                         {"", "<lambda>"},
                                                         {"<string>", "<module>"},
                                                         {"sp ace.py", "fn=(3) y"},
                                                         {"~", "<map>"}};
    LogWriter log = LogWriter::with_header(true, true);
    uint64_t file = 0;
    for (const auto &[path, name] : names) {
        log.define_file(file, path).define_function(file, 1, name);
        log.enter(file, 1, 2).line(2, 3);
        file++;
    }
    for (; file > 0; file--)
        log.exit(5);
    return log.bytes();
}

class CallgrindTools : public testing::TestWithParam<std::string>
{
  protected:
    /* The report on a sample, on the log of strange names or on a difference. */
    void SetUp() override
    {
        if (GetParam() == "a difference") {
            path = directory.file("callgrind.out");
            ASSERT_EQ(hotreport({"--format=callgrind", "--output=" + path,
                                 "--base=" + data_path("hotshot/json-calls.prof"),
                                 data_path("hotshot/lib2to3-calls.prof")})
                          .err,
                      "");
            loaded = load_file(path);
            ASSERT_EQ(hp_profile_event_count(loaded.profile.get()), 2u);
            return;
        }
        const std::string log = GetParam() == "strange names"
                                    ? log_of_strange_names()
                                    : read_file(data_path(GetParam() + ".prof"));
        path = directory.write("callgrind.out", report("callgrind", load_bytes(log).profile.get()));
        loaded = load_bytes(log);
    }

    TemporaryDirectory directory;
    std::string path;
    Loaded loaded;
};

TEST_P(CallgrindTools, CallgrindAnnotateReadsTheNumbers)
{
    ASSERT_TRUE(is_installed("callgrind_annotate"));
    const hp_profile *profile = loaded.profile.get();
    const size_t events = hp_profile_event_count(profile);
    const Result result = run({"callgrind_annotate", "--threshold=100", path});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");

    const uint64_t *total = hp_profile_total(profile);
    const bool is_nothing = std::all_of(total, total + events, [](uint64_t n) {
        return n == 0;
    });
    bool in_functions = false;
    uint64_t sum = 0;
    std::vector<uint64_t> totals;
    for (const std::string &line : lines_of(result.out)) {
        Row row;
        if (line.find("file:function") != std::string::npos)
            in_functions = true;
        if (line.rfind("The following files", 0) == 0 || line.rfind("-- ", 0) == 0)
            in_functions = false;
        if (!read_row(line, events, &row))
            continue;
        /* Totals that are all 0 it takes for missing, and calculates them. */
        if (row.what == (is_nothing ? "PROGRAM TOTALS (calculated)" : "PROGRAM TOTALS"))
            totals = row.costs;
        else if (in_functions)
            sum += row.costs[0];
    }
    EXPECT_EQ(totals, std::vector<uint64_t>(total, total + events)) << result.out;
    /* callgrind_annotate takes the cost of calls=0 for the caller's own. */
    uint64_t uncounted = 0;
    for (size_t i = 0; events > 0 && i < hp_profile_call_count(profile); i++) {
        const uint64_t count = hp_profile_call(profile, i)->count;
        if (count == 0 || count == HP_UNKNOWN)
            uncounted += hp_profile_call_inclusive(profile, i)[0];
    }
    EXPECT_EQ(sum, total[0] + uncounted) << result.out;
}

/* KCachegrind tells what it dislikes of a file as: Loading "FILE" : LINE : "what". It says this
 * itself when its window is done, which stands for the end of loading. */
const char *const window_is_done = "does not support raise()";

Result kcachegrind(const std::string &path, const TemporaryDirectory &home)
{
    Surroundings around;
    around.environment = {{"HOME", home.path()},
                          {"XDG_CONFIG_HOME", home.path()},
                          {"XDG_CACHE_HOME", home.path()},
                          {"XDG_RUNTIME_DIR", home.path()},
                          {"LC_ALL", "C.UTF-8"}};
    around.until = window_is_done;
    return run({"dbus-run-session", "kcachegrind", "-platform", "offscreen", path}, around);
}

std::string about_the_file(const Result &result, const std::string &path)
{
    std::string lines;
    for (const std::string &line : lines_of(result.err))
        if (line.find(path) != std::string::npos || line.find("Loading") != std::string::npos)
            lines += line + "\n";
    return lines;
}

TEST_P(CallgrindTools, KCachegrindLoadsItWithoutAWord)
{
    ASSERT_TRUE(is_installed("kcachegrind") && is_installed("dbus-run-session"));
    const Result result = kcachegrind(path, directory);
    EXPECT_FALSE(result.timed_out) << result.err;
    EXPECT_NE(result.err.find(window_is_done), std::string::npos) << result.err;
    EXPECT_EQ(about_the_file(result, path), "");
}

INSTANTIATE_TEST_SUITE_P(, CallgrindTools,
                         testing::Values("strange names", "a difference",
                                         "hotshot/lib2to3-linetimes", "hotshot/filenames-lines",
                                         "hotshot/manyfiles-linetimes", "hotshot/coverage",
                                         "hotshot/huge-deltas", "hotshot/json-linetimes-badrecord",
                                         "hotshot/unbalanced-linetimes", "hotshot/header-only",
                                         "hotshot/mutual-calls", "pstats/small-profile-3.12"),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* Else the tests above would pass with a KCachegrind that says nothing at all. */
TEST(CallgrindToolsThemselves, ComplainOfABrokenFile)
{
    const TemporaryDirectory directory;
    const Loaded large = load_file(data_path("hotshot/lib2to3-linetimes.prof"));
    const std::string path =
        directory.write("callgrind.out", report("callgrind", large.profile.get()) + "zzz\n");
    EXPECT_NE(run({"callgrind_annotate", path}).err, "");
    EXPECT_NE(about_the_file(kcachegrind(path, directory), path), "");
}

} // namespace
