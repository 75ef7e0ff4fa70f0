// SPDX-License-Identifier: MIT
/* The samples of what other profilers write for KCachegrind, to the last number. */
#include "support/support.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <ostream>

namespace
{

using namespace test;
using Numbers = std::vector<uint64_t>;

struct Function {
    std::string name, file;
    uint64_t calls;
    Numbers self, inclusive;

    bool operator==(const Function &other) const
    {
        return name == other.name && file == other.file && calls == other.calls &&
               self == other.self && inclusive == other.inclusive;
    }
};

std::ostream &operator<<(std::ostream &out, const Function &function)
{
    out << function.name << " in " << function.file << ": " << function.calls << " calls";
    for (const Numbers *costs : {&function.self, &function.inclusive})
        for (const uint64_t cost : *costs)
            out << " " << cost;
    return out;
}

struct Dialect {
    std::string sample;
    std::vector<std::string> events;
    Numbers total;
    std::vector<Function> functions;
    std::string remarks;
};

std::ostream &operator<<(std::ostream &out, const Dialect &dialect)
{
    return out << dialect.sample;
}

std::vector<Dialect> dialects()
{
    return {
        {"xdebug3.cachegrind",
         {"Time_(10ns)", "Memory_(bytes)"},
         {1052, 3096},
         {{"work", "/home/user/index.php", 1, {40, 96}, {52, 96}},
          {"{main}", "/home/user/index.php", 0, {1000, 3000}, {1052, 3096}},
          {"php::strlen", "php:internal", 1, {12, 0}, {12, 0}}},
         ""},
        {"xdebug2-negative-memory.cachegrind",
         {"Time", "Memory"},
         {1012, 3000},
         {{"{main}", "/home/user/index.php", 0, {1000, 3000}, {1012, 3000}},
          {"php::unset_big", "php:internal", 1, {12, 0}, {12, 0}}},
         "2 impossible numbers counted as 0"},
        {"xdebug2-negative-cost.cachegrind",
         {"Time", "Memory"},
         {18, 140},
         {{"give", "/srv/a.php", 0, {5, 100}, {5, 100}},
          {"last", "/srv/a.php", 0, {7, 40}, {7, 40}},
          {"take", "/srv/a.php", 0, {6, 0}, {6, 0}}},
         "1 impossible number counted as 0"},
        {"xdebug-appended.cachegrind",
         {"Time"},
         {140},
         {{"{main}", "/srv/a.php", 0, {140}, {140}}},
         ""},
        {"xdebug2.0-without-cfl.cachegrind",
         {"Time"},
         {134},
         {{"work", "/srv/index.php", 1, {0}, {34}},
          {"{main}", "/srv/index.php", 0, {100}, {134}},
          {"php::strlen", "/srv/lib.php", 1, {0}, {4}},
          {"work", "/srv/lib.php", 0, {30}, {34}},
          {"php::strlen", "php:internal", 0, {4}, {4}}},
         ""},
        {"spx.callgrind",
         {"wt", "zm"},
         {1400, 4224},
         {{"/srv/index.php", "/srv/index.php", 0, {1000, 4096}, {1400, 4224}},
          {"work", "/srv/lib.php", 2, {400, 128}, {400, 128}}},
         "2 impossible numbers counted as 0"},
        {"apd.cachegrind",
         {"Tick"},
         {90},
         {{"main", "/srv/index.php", 0, {30}, {90}},
          {"work", "/srv/index.php", 1, {0}, {60}},
          {"work", "/srv/lib.php", 0, {60}, {60}}},
         ""},
        {"pyprof2calltree-summary.callgrind",
         {"ns"},
         {1000},
         {{"leaf", "a.py", 3, {600}, {600}}, {"main", "a.py", 0, {400}, {1000}}},
         ""},
        {"cfi-after-cfn.callgrind",
         {"Ticks"},
         {100},
         {{"first /p/b.py:1", "", 1, {30}, {30}},
          {"main /p/a.py:1", "", 0, {10}, {100}},
          {"second /p/c.py:1", "", 1, {60}, {60}}},
         ""},
        {"hotshot2calltree.cachegrind",
         {"Tick"},
         {75},
         {{"main", "", 0, {25}, {25}},
          {"work", "/srv/a.py", 3, {50}, {50}},
          {"main", "/srv/b.py", 0, {0}, {50}}},
         ""},
        {"yappi-no-newline.callgrind",
         {"Ticks"},
         {140},
         {{"leaf a.py:5", "a.py", 0, {40}, {40}}, {"main a.py:1", "a.py", 0, {100}, {100}}},
         ""},
        {"yappi-several-files.callgrind",
         {"Ticks"},
         {170},
         {{"len __builtin__:0", "__builtin__", 8, {30}, {30}},
          {"helper lib.py:7", "lib.py", 4, {90}, {120}},
          {"main main.py:3", "main.py", 0, {50}, {170}}},
         ""},
        {"pprof.callgrind",
         {"cpu(ms)"},
         {100},
         {{"main.leaf", "/home/user/main.go", 1, {70}, {70}},
          {"main.work", "/home/user/main.go", 0, {30}, {100}}},
         ""},
        {"gperftools.callgrind",
         {"Hits"},
         {43},
         {{"main", "/src/main.cc", 0, {3}, {43}}, {"work", "/src/work.cc", 40, {40}, {40}}},
         ""},
        {"perf.callgrind", {"cycles:u"}, {10}, {{"main", "a.c", 0, {10}, {10}}}, ""},
        {"perf-ranges.callgrind",
         {"cycles:u"},
         {42},
         {{"main", "a.c", 0, {12}, {42}}, {"work", "b.c", 1, {30}, {30}}},
         ""},
        {"chrome2calltree.callgrind",
         {"ms", "hits"},
         {45, 31},
         {{"(program) ", "", 0, {1, 1}, {1, 1}},
          {"(root) ", "", 0, {0, 0}, {45, 31}},
          {"(anonymous function) app.js:9", "http://localhost/app.js", 0, {30, 20}, {30, 20}},
          {"start app.js:3", "http://localhost/app.js", 0, {14, 10}, {44, 30}}},
         ""},
        {"erlgrind.cgrind",
         {"Time"},
         {309},
         {{"{erlang,monitor,2}", "erlang", 1, {7}, {7}},
          {"suspend", "pseudo", 1, {40}, {40}},
          {"{sort,quicksort,1}", "sort", 0, {7}, {309}},
          {"{sort,quicksort_div,4}", "sort", 7, {255}, {262}}},
         ""},
        {"stackprof.callgrind",
         {"Instructions"},
         {45},
         {{"Object#main", "/app/a.rb", 0, {5}, {45}}, {"Work#run", "/app/b.rb", 40, {40}, {40}}},
         ""},
        {"rbspy.callgrind",
         {"Samples"},
         {10},
         {{"a - /app/a.rb", "/app/a.rb", 0, {2}, {10}},
          {"b - /app/b.rb", "/app/b.rb", 3, {8}, {8}}},
         ""},
        {"nytprof.callgrind",
         {"Ticks"},
         {900},
         {{"Work::helper", "/srv/Work.pm", 6, {200}, {200}},
          {"Work::run", "/srv/Work.pm", 2, {700}, {900}},
          {"__main", "/srv/main.pl", 0, {0}, {900}}},
         ""},
        {"cg_diff.cachegrind",
         {"Ir", "Dr"},
         {20, 4},
         {{"f", "a.c", 0, {20, 0}, {20, 0}}, {"g", "a.c", 0, {0, 4}, {0, 4}}},
         "2 impossible numbers counted as 0"},
        {"undefined-object.callgrind",
         {"Ir"},
         {1000},
         {{"main", "a.c", 0, {100}, {1000}}, {"work", "a.c", 1, {900}, {900}}},
         "1 undefined name"},
        {"valgrind-3.11-number-under-other-file.callgrind",
         {"Ir"},
         {100},
         {{"main", "a.c", 0, {10}, {100}},
          {"other", "a.c", 1, {10}, {30}},
          {"work", "a.c", 2, {80}, {80}}},
         ""},
        {"event-order-a.callgrind",
         {"Ir", "Hits"},
         {100, 7},
         {{"main", "a.c", 0, {100, 7}, {100, 7}}},
         ""},
        {"event-order-b.callgrind", {"Ir", "Dr"}, {9, 6}, {{"main", "a.c", 0, {9, 6}, {9, 6}}}, ""},
        {"event-order-c.callgrind", {"Dr", "Ir"}, {6, 9}, {{"main", "a.c", 0, {6, 9}, {6, 9}}}, ""},
        {"foreign-ticks-a.callgrind", {"Ticks"}, {5}, {{"main", "a.py", 0, {5}, {5}}}, ""},
        {"foreign-ticks-b.callgrind", {"Ticks"}, {7}, {{"main", "b.py", 0, {7}, {7}}}, ""},
        {"recursion.callgrind",
         {"Ir"},
         {39},
         {{"even", "a.c", 5, {10}, {125}},
          {"itself", "a.c", 3, {8}, {0}},
          {"main", "a.c", 0, {1}, {61}},
          {"odd", "a.c", 5, {20}, {70}}},
         ""},
        {"parts-with-other-events.callgrind",
         {"Ir", "Dr", "Dw"},
         {60, 1, 2},
         {{"main", "a.c", 0, {10, 0, 0}, {50, 0, 0}},
          {"work", "a.c", 2, {47, 1, 0}, {47, 1, 0}},
          {"other", "b.c", 0, {3, 0, 2}, {3, 0, 2}}},
         ""},
    };
}

class DialectSample : public testing::TestWithParam<Dialect>
{
};

TEST_P(DialectSample, HasTheNumbersOfKCachegrind)
{
    const Dialect &dialect = GetParam();
    const Loaded loaded = load_file(data_path("dialects/" + dialect.sample));
    const hp_profile *profile = loaded.profile.get();
    EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;

    const size_t count = hp_profile_event_count(profile);
    const auto numbers = [&](const uint64_t *costs) {
        return Numbers(costs, costs + count);
    };
    std::vector<std::string> events;
    for (size_t e = 0; e < count; e++) {
        events.push_back(hp_profile_event(profile, e)->name);
        EXPECT_EQ(hp_profile_event(profile, e)->unit, HP_COUNT) << events.back();
    }
    EXPECT_EQ(events, dialect.events);
    EXPECT_EQ(numbers(hp_profile_total(profile)), dialect.total);

    std::vector<Function> functions;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);
        functions.push_back({function->name.data, function->file.data, function->calls,
                             numbers(hp_profile_function_self(profile, id)),
                             numbers(hp_profile_function_inclusive(profile, id))});
    }
    EXPECT_EQ(functions, dialect.functions);

    char remarks[200];
    hp_input_remarks(hp_profile_input(profile, 0), remarks, sizeof remarks);
    EXPECT_EQ(remarks, dialect.remarks);
}

INSTANTIATE_TEST_SUITE_P(, DialectSample, testing::ValuesIn(dialects()), [](const auto &instance) {
    return test_name(instance.param.sample);
});

TEST(DialectSamples, AreAllHere)
{
    std::vector<std::string> expected = list_directory(data_path("dialects")), tested;
    for (const Dialect &dialect : dialects())
        tested.push_back(dialect.sample);
    std::sort(tested.begin(), tested.end());
    EXPECT_EQ(tested, expected);
}

/* --- Merging ------------------------------------------------------------------------------ */

/* Our report of inputs that are loaded in this order. */
std::string merged(const std::vector<std::string> &inputs)
{
    hotprof::profile_ptr profile(hp_profile_new());
    for (const std::string &input : inputs) {
        hp_error error{};
        EXPECT_EQ(hp_profile_load_bytes(profile.get(), "input", input.data(), input.size(), nullptr,
                                        &error),
                  HP_OK)
            << error.message;
    }
    EXPECT_EQ(hp_profile_sort(profile.get(), nullptr), HP_OK);
    return report("callgrind", profile.get());
}

std::string sample(const std::string &name)
{
    return read_file(data_path("dialects/" + name + ".callgrind"));
}

TEST(ForeignTicks, KeepTheirUnitThroughOurReport)
{
    const std::string one = sample("foreign-ticks-a"), two = sample("foreign-ticks-b"),
                      both = merged({one, two});
    EXPECT_EQ(merged({merged({one}), two}), both);
    EXPECT_EQ(merged({two, merged({one})}), both);
    EXPECT_EQ(merged({merged({merged({one})}), merged({two})}), both);
    const Loaded loaded = load_bytes(both);
    EXPECT_EQ(*hp_profile_total(loaded.profile.get()), 12u);
    EXPECT_EQ(hp_profile_event(loaded.profile.get(), 0)->unit, HP_COUNT);
}

TEST(ForeignTime, KeepsItsUnitThroughOurReport)
{
    for (const std::string definition :
         {"", "event: Time : Wall time (ns)\n", "event: wait : Waiting (ns)\n"}) {
        const std::string text = definition + "events: Time wait\nfn=f\n1 2 3\n";
        const Loaded loaded = load_bytes(text), back = load_bytes(merged({text}));
        for (size_t e = 0; e < 2; e++)
            EXPECT_EQ(hp_profile_event(loaded.profile.get(), e)->unit,
                      hp_profile_event(back.profile.get(), e)->unit)
                << definition << e;
        EXPECT_EQ(hp_profile_event(back.profile.get(), 1)->unit, HP_COUNT) << definition;
        EXPECT_EQ(merged({text, merged({text})}), merged({text, text})) << definition;
    }
}

TEST(EventsInAnotherOrder, AreAddedToTheSameBytes)
{
    const std::string b = sample("event-order-b"), c = sample("event-order-c");
    EXPECT_EQ(merged({b, c}), merged({c, b}));
    EXPECT_NE(merged({b, c}).find("\nevents: Ir Dr\n"), std::string::npos);
    EXPECT_NE(merged({b, c}).find("\ntotals: 18 12\n"), std::string::npos);
    const std::string a = sample("event-order-a");
    EXPECT_NE(merged({a, a}).find("\nevents: Ir Hits\n"), std::string::npos);
    EXPECT_NE(merged({a, a}).find("\ntotals: 200 14\n"), std::string::npos);
}

TEST(EventNames, OfAnyWordComeBackThroughOurReport)
{
    const std::vector<std::string> names = {"cycles:u",  "cpu(ms)",     "a=b",      ":x",
                                            "\xc2\xb5s", "x\\y\"<&>{|", "Time_(ns)"};
    std::string text = "events:";
    for (const std::string &name : names)
        text += " " + name;
    text += "\nfn=f\n1 1 2 3 4 5 6 7\n";
    const Loaded loaded = load_bytes(text);
    EXPECT_EQ(loaded.status, HP_OK) << loaded.error.message;
    const std::string once = report("callgrind", loaded.profile.get());
    const Loaded back = load_bytes(once);
    ASSERT_EQ(hp_profile_event_count(back.profile.get()), names.size());
    for (size_t e = 0; e < names.size(); e++) {
        EXPECT_EQ(hp_profile_event(back.profile.get(), e)->name, names[e]);
        EXPECT_EQ(hp_profile_event(back.profile.get(), e)->unit, HP_COUNT);
        EXPECT_EQ(hp_profile_total(back.profile.get())[e], e + 1);
    }
    EXPECT_EQ(report("callgrind", back.profile.get()), once);
}

TEST(EventNames, ThatAreNotUtf8AreEscaped)
{
    const Loaded loaded = load_bytes("events: caf\xe9\nfn=f\n1 5\n");
    EXPECT_STREQ(hp_profile_event(loaded.profile.get(), 0)->name, "caf\\xe9");
    const std::string once = report("callgrind", loaded.profile.get());
    EXPECT_EQ(report("callgrind", load_bytes(once).profile.get()), once);
}

} // namespace
