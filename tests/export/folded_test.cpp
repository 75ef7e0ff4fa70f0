// SPDX-License-Identifier: MIT
/* Call stacks of hotshot logs: all of them, exactly, and what filters leave of them. */
#include "report.h"
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

extern "C" {
#include "model/stacks.h"
}

#include <gtest/gtest.h>

#include <map>

namespace
{

using namespace test;

const hp_load_options with_stacks = [] {
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    return options;
}();

Loaded load(const std::string &log, const std::string &name = "input.prof")
{
    Loaded loaded;
    loaded.profile.reset(hp_profile_new());
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), name.c_str(), log.data(),
                                          log.size(), &with_stacks, &loaded.error);
    return loaded;
}

std::string written(hp_profile *profile, hp_report_options options)
{
    char *text = nullptr;
    size_t size = 0;
    hp_error error{};
    FILE *out = open_memstream(&text, &size);
    const hp_status status =
        hp_report_write(hp_report_find("folded"), profile, &options, out, &error);
    fclose(out);
    std::string result(text, size);
    free(text);
    if (status != HP_OK)
        throw std::runtime_error(error.message);
    return result;
}

std::string folded(hp_profile *profile, hp_report_options options = {})
{
    return stacks_in(written(profile, options));
}

std::string folded(const std::string &log, const hp_filters &filters)
{
    hp_report_options options{};
    options.filters = filters;
    return folded(load(log).profile.get(), options);
}

/* Functions 1 to 9 of file 0 begin at lines 10 to 90 and are called a to i. */
LogWriter small_log()
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "m.py");
    for (char c = 'a'; c <= 'i'; c++)
        log.define_function(0, (c - 'a' + 1) * 10, std::string(1, c));
    return log;
}

/* a calls b and c, both call d. */
std::string diamond()
{
    return small_log()
        .enter(0, 10, 1)
        .enter(0, 20, 2)
        .enter(0, 40, 3)
        .exit(10)
        .exit(4)
        .enter(0, 30, 5)
        .enter(0, 40, 6)
        .exit(30)
        .exit(7)
        .exit(8)
        .bytes();
}

TEST(Folded, TellsEachStackOnceWithItsOwnCost)
{
    EXPECT_EQ(folded(diamond(), {}), "<interpreter> 1000\n"
                                     "a (m.py:10) 15000\n"
                                     "a (m.py:10);b (m.py:20) 7000\n"
                                     "a (m.py:10);b (m.py:20);d (m.py:40) 10000\n"
                                     "a (m.py:10);c (m.py:30) 13000\n"
                                     "a (m.py:10);c (m.py:30);d (m.py:40) 30000\n");
}

TEST(Folded, RecursionUnmatchedExitsAndOpenFramesAreStacksAsTheyWere)
{
    const std::string log = small_log()
                                .exit(3) /* of what the log does not show entered */
                                .enter(0, 10, 1)
                                .enter(0, 10, 2)
                                .exit(5)
                                .enter(0, 10, 1)
                                .enter(0, 20, 4)
                                .exit(7)
                                .bytes();
    EXPECT_EQ(folded(log, {}), "<interpreter> 4000\n"
                               "a (m.py:10) 3000\n"
                               "a (m.py:10);a (m.py:10) 9000\n"
                               "a (m.py:10);a (m.py:10);b (m.py:20) 7000\n");
}

TEST(Folded, EscapesWhatSeparatesStacks)
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "semi;colon.py").define_function(0, 1, "x;y\nz");
    log.enter(0, 1, 0).exit(2);
    EXPECT_EQ(folded(log.bytes(), {}), "x\\x3by\\x0az (semi\\x3bcolon.py:1) 2000\n");
}

std::map<std::string, uint64_t> costs_by_name(const hp_profile *profile)
{
    std::map<std::string, uint64_t> costs;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_string name = hp_profile_function(profile, id)->name;
        costs[std::string(name.data, name.size)] += *hp_profile_function_self(profile, id);
    }
    return costs;
}

TEST(Folded, IsReadBackWhateverNamesBeginWith)
{
    for (const std::string name :
         {"//", "// a comment", "//a", "#", "# hotprof: total=1;", " ", "\t", "a 5", "5", ";", "P4",
          "T0:1", "tid:3", "L5", "process 4:\"a\"", "thread (4)", "(a.py:3)", "\xef\xbb\xbf"}) {
        SCOPED_TRACE(name);
        LogWriter log = LogWriter::with_header(false, false);
        log.define_file(0, "").define_function(0, 0, name).define_function(0, 1, "g");
        log.enter(0, 0, 1).enter(0, 1, 2).enter(0, 0, 3).exit(4).exit(5).exit(6);
        const Loaded loaded = load(log.bytes());
        const Loaded copy = load(written(loaded.profile.get(), {}));
        EXPECT_STREQ(copy.error.message, "");
        EXPECT_EQ(costs_by_name(copy.profile.get()), costs_by_name(loaded.profile.get()));
    }
}

TEST(Folded, CountsHitsWhereTheyAreAskedFor)
{
    LogWriter log = LogWriter::with_header(true, true);
    log.define_file(0, "m.py").define_function(0, 1, "f");
    log.enter(0, 1, 1).line(2, 1).line(3, 1).enter(0, 1, 1).line(2, 1).exit(1).exit(1);
    hp_report_options options{};
    options.event = "hits";
    EXPECT_EQ(folded(load(log.bytes()).profile.get(), options),
              "f (m.py:1) 2\nf (m.py:1);f (m.py:1) 1\n");
}

/* What the lines add up to, in all and for each function on top. */
void expect_sums(const std::string &log, const std::string &name)
{
    Loaded loaded = load(log);
    const hp_profile *profile = loaded.profile.get();
    const size_t events = hp_profile_event_count(profile);
    std::vector<std::vector<uint64_t>> self(hp_profile_function_count(profile),
                                            std::vector<uint64_t>(events));
    for (size_t i = 0; i < hp_profile_stack_count(profile); i++) {
        const hp_stack *stack = hp_profile_stack(profile, i);
        EXPECT_TRUE(stack->caller == HP_NO_STACK || stack->caller < i);
        for (size_t e = 0; e < events; e++)
            self[stack->function][e] += hp_profile_stack_self(profile, i)[e];
    }
    for (hp_function_id i = 0; i < self.size(); i++)
        for (size_t e = 0; e < events; e++)
            EXPECT_EQ(self[i][e], hp_profile_function_self(profile, i)[e]) << name;
    if (name.rfind("deep-", 0) == 0) /* as text these are some hundred megabytes */
        return;
    for (size_t e = 0; e < events; e++) {
        hp_report_options options{};
        options.event = hp_profile_event(profile, e)->name;
        uint64_t sum = 0;
        for (const std::string &line : lines_of(folded(loaded.profile.get(), options)))
            sum += std::stoull(line.substr(line.rfind(' ') + 1));
        EXPECT_EQ(sum, hp_profile_total(profile)[e]) << name << options.event;
    }
}

TEST(Folded, AddsUpToTheProfileForAllSamples)
{
    for (const std::string &name : samples("hotshot", ".prof"))
        expect_sums(read_file(data_path("hotshot/" + name + ".prof")), name);
}

TEST(Folded, AddsUpToTheProfileForRandomLogs)
{
    for (uint32_t seed = 0; seed < 200; seed++) {
        RandomLogShape shape;
        shape.records = 1 + seed % 300;
        shape.windows = seed % 3 == 0;
        shape.orderly = seed % 2;
        expect_sums(random_log(seed, shape), "seed " + std::to_string(seed));
    }
}

TEST(Folded, TheProfileIsTheSameAsWithoutStacks)
{
    for (const std::string &name : samples("hotshot", ".prof")) {
        const std::string log = read_file(data_path("hotshot/" + name + ".prof"));
        const Loaded plain = load_bytes(log);
        EXPECT_EQ(hp_profile_stack_count(plain.profile.get()), 0U);
        EXPECT_EQ(report("json", load(log).profile.get()), report("json", plain.profile.get()))
            << name;
    }
}

TEST(Folded, LogsThatAreMergedAddUp)
{
    const TemporaryDirectory directory;
    const std::string one = directory.write("one", diamond());
    const std::string other = directory.write("other", small_log()
                                                           .enter(0, 10, 0)
                                                           .enter(0, 30, 1)
                                                           .exit(1)
                                                           .exit(0)
                                                           .enter(0, 90, 0)
                                                           .exit(5)
                                                           .bytes());
    const char *const sum = "<interpreter> 1000\n"
                            "a (m.py:10) 16000\n"
                            "a (m.py:10);b (m.py:20) 7000\n"
                            "a (m.py:10);b (m.py:20);d (m.py:40) 10000\n"
                            "a (m.py:10);c (m.py:30) 14000\n"
                            "a (m.py:10);c (m.py:30);d (m.py:40) 30000\n"
                            "i (m.py:90) 5000\n";
    EXPECT_EQ(stacks_in(hotreport({"--format=folded", one, other}).out), sum);
    EXPECT_EQ(stacks_in(hotreport({"--format=folded", other, one}).out), sum);
}

TEST(Folded, FiltersAreExact)
{
    hp_filters filters{};
    filters.focus = "^b$";
    EXPECT_EQ(folded(diamond(), filters), "a (m.py:10);b (m.py:20) 7000\n"
                                          "a (m.py:10);b (m.py:20);d (m.py:40) 10000\n");
    filters = {};
    filters.ignore = "^b$";
    EXPECT_EQ(folded(diamond(), filters), "<interpreter> 1000\n"
                                          "a (m.py:10) 15000\n"
                                          "a (m.py:10);c (m.py:30) 13000\n"
                                          "a (m.py:10);c (m.py:30);d (m.py:40) 30000\n");
    filters = {};
    filters.root = "^(b|d)$";
    EXPECT_EQ(folded(diamond(), filters), "b (m.py:20) 7000\n"
                                          "b (m.py:20);d (m.py:40) 10000\n"
                                          "d (m.py:40) 30000\n");
    filters = {};
    filters.leaf = "^b$";
    EXPECT_EQ(folded(diamond(), filters), "a (m.py:10);b (m.py:20) 17000\n");
    filters = {};
    filters.hide = "^(b|c)$";
    EXPECT_EQ(folded(diamond(), filters), "<interpreter> 1000\n"
                                          "a (m.py:10) 35000\n"
                                          "a (m.py:10);d (m.py:40) 40000\n");
    filters = {};
    filters.show = "^d$";
    EXPECT_EQ(folded(diamond(), filters), "<interpreter> 36000\nd (m.py:40) 40000\n");
    filters = {};
    filters.root = "^b$";
    filters.hide = "^b$";
    EXPECT_EQ(folded(diamond(), filters), "<interpreter> 7000\nd (m.py:40) 10000\n");
}

TEST(Folded, TheDifferenceFromABaseHasTwoColumns)
{
    const TemporaryDirectory directory;
    const std::string now = directory.write("now", diamond());
    const std::string base = directory.write(
        "base", small_log().enter(0, 10, 0).enter(0, 90, 1).exit(2).exit(3).bytes());
    EXPECT_EQ(
        stacks_in(hotreport({"--format=folded", "--base=" + base, "--focus=^(b|i)$", now}).out),
        "a (m.py:10);b (m.py:20) 0 7000\n"
        "a (m.py:10);b (m.py:20);d (m.py:40) 0 10000\n"
        "a (m.py:10);i (m.py:90) 2000 0\n");
}

/* A flame graph is of functions, not of lines. */
TEST(Folded, AddsUpStacksThatDifferInLinesOnly)
{
    const TemporaryDirectory directory;
    const std::string stacks = directory.write(
        "stacks", "a (m.py:3);b (m.py:9);c (m.py:20) 1\na (m.py:4);b (m.py:9) 2\n"
                  "a (m.py:4);d (m.py:30) 4\na (m.py:5);b (m.py:8);c (m.py:21) 8\n");
    const Result result = hotreport({"--format=folded", stacks});
    EXPECT_EQ(stacks_in(result.out), "a (m.py:3);b (m.py:8) 2\n"
                                     "a (m.py:3);b (m.py:8);c (m.py:20) 9\n"
                                     "a (m.py:3);d (m.py:30) 4\n");
}

TEST(Folded, CommentsSayWhatTheStacksDoNot)
{
    LogWriter log = LogWriter::with_header(false, false);
    log.define_file(0, "/a/m.py").define_file(1, "/b/m.py").define_file(2, "/x (1).py");
    log.define_function(0, 1, "f").define_function(1, 1, "f");
    log.define_function(2, 5, "g;\\x41 \xff").define_function(0, 9, "");
    log.enter(0, 1, 0).exit(2).enter(1, 1, 0).enter(2, 5, 1).enter(0, 9, 0).exit(3).exit(2).exit(1);
    EXPECT_EQ(report("folded", load(log.bytes()).profile.get()),
              "# hotprof: folded;event=Time;unit=ns;\n"
              "# hotprof: function=??? (/a/m.py:9);name=;line=9;file=/a/m.py;\n"
              "# hotprof: function=g\\x3b\\x41 \\xff (x (1).py:5);name=g\\x3b\\x5cx41 \\xff;line=5;"
              "file=/x (1).py;\n"
              "f (/a/m.py:1) 2000\n"
              "f (/b/m.py:1) 2000\n"
              "f (/b/m.py:1);g\\x3b\\x41 \\xff (x (1).py:5) 2000\n"
              "f (/b/m.py:1);g\\x3b\\x41 \\xff (x (1).py:5);??? (/a/m.py:9) 3000\n"
              "# hotprof: total=9000;\n");
}

/* What stacks say of functions. */
using FunctionNumbers = std::map<std::string, std::vector<uint64_t>>;

FunctionNumbers functions_of(const hp_profile *profile, size_t event)
{
    FunctionNumbers functions;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);
        const uint64_t self = hp_profile_function_self(profile, id)[event];
        const uint64_t inclusive = hp_profile_function_inclusive(profile, id)[event];
        std::string key;
        for (const hp_string &part :
             {function->name, function->file, function->recorded_file, function->object})
            key += std::string(part.data, part.size) + '\0';
        key += std::to_string(function->line) + (function->line_unknown ? "?" : "");
        if (inclusive > 0) /* others are in no stack that costs something */
            functions[key] = {self, inclusive};
    }
    return functions;
}

TEST(Folded, IsReadBackToTheSameProfile)
{
    std::vector<std::string> paths;
    for (const std::string &name : samples("hotshot", ".prof", 30000))
        if (name.rfind("deep-", 0) != 0)
            paths.push_back("hotshot/" + name + ".prof");
    for (const std::string &name : list_directory(data_path("folded")))
        paths.push_back("folded/" + name);
    for (const std::string &path : paths) {
        const Loaded original = load(read_file(data_path(path)), path);
        for (size_t e = 0; e < hp_profile_event_count(original.profile.get()); e++) {
            hp_report_options options{};
            options.event = hp_profile_event(original.profile.get(), e)->name;
            const std::string text = written(original.profile.get(), options);
            const Loaded copy = load(text, "copy");
            ASSERT_EQ(copy.status, HP_OK) << path << copy.error.message;
            EXPECT_STREQ(hp_profile_input(copy.profile.get(), 0)->format, "folded");
            EXPECT_EQ(functions_of(copy.profile.get(), 0), functions_of(original.profile.get(), e))
                << path;
            EXPECT_STREQ(hp_profile_event(copy.profile.get(), 0)->name, options.event);
            EXPECT_EQ(hp_profile_event(copy.profile.get(), 0)->unit,
                      hp_profile_event(original.profile.get(), e)->unit);
            EXPECT_EQ(hp_profile_input(copy.profile.get(), 0)->sampled,
                      hp_profile_input(original.profile.get(), 0)->sampled);
            EXPECT_EQ(written(copy.profile.get(), {}), text) << path;
        }
    }
}

TEST(Folded, ThatAreCutAreKnownToBe)
{
    const std::string text = report("folded", load(diamond()).profile.get());
    for (size_t cut = 0; cut < text.size(); cut++) {
        const Loaded part = load(text.substr(0, cut));
        EXPECT_EQ(part.status, text.substr(0, cut).find("folded;") != std::string::npos
                                   ? HP_TRUNCATED
                                   : HP_UNRECOGNISED)
            << cut << part.error.message;
    }
    std::string other = text;
    other.replace(other.find(" 7000\n"), 6, " 7001\n");
    EXPECT_EQ(load(other).status, HP_TRUNCATED);
}

TEST(Stacks, OfMoreThanTheLimitAreAnError)
{
    hp_stacks stacks;
    hp_error error{};
    ASSERT_TRUE(hp_stacks_init(&stacks));
    EXPECT_EQ(stacks.limit, size_t(HP_STACKS_MAX));
    stacks.limit = 3; /* <interpreter> is one */
    for (int again = 0; again < 2; again++) {
        EXPECT_EQ(hp_stacks_enter(&stacks, 1, 0, 0, &error), HP_OK);
        EXPECT_EQ(hp_stacks_enter(&stacks, 1, 0, 0, &error), HP_OK);
        EXPECT_EQ(hp_stacks_enter(&stacks, 1, 0, 0, &error), HP_LIMIT);
        EXPECT_STREQ(error.message, "has more than 3 distinct call stacks");
        hp_stacks_leave(&stacks, 0, 0);
        hp_stacks_leave(&stacks, 0, 0);
    }
    hp_stacks_free(&stacks);
}

TEST(Folded, TextThatGrowsWithoutBoundIsRefused)
{
    LogWriter log = small_log();
    for (int i = 0; i < 60000; i++)
        log.enter(0, 10, 1);
    try {
        folded(load(log.bytes()).profile.get());
        FAIL();
    } catch (const std::runtime_error &error) {
        EXPECT_EQ(
            std::string(error.what()).rfind("the stacks are deep, and would take more than", 0),
            0U);
    }
}

} // namespace
