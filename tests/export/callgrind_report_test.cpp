// SPDX-License-Identifier: MIT
/* The callgrind report, read back, is the profile. */
#include "support/callgrind_parser.h"
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace
{

using namespace test;

std::string text(hp_string string)
{
    return escape(std::string(string.data, string.size));
}

Costs costs(const hp_profile *profile, const uint64_t *cost)
{
    return Costs(cost, cost + hp_profile_event_count(profile));
}

void add(Costs *sum, const Costs &cost)
{
    sum->resize(cost.size());
    for (size_t i = 0; i < cost.size(); i++)
        (*sum)[i] += cost[i];
}

bool is_zero(const Costs &cost)
{
    return std::all_of(cost.begin(), cost.end(), [](uint64_t number) {
        return number == 0;
    });
}

/* A file and the report on it, side by side. */
class ReadBack
{
  public:
    explicit ReadBack(hp_profile *profile)
        : file(parse_callgrind(report("callgrind", profile))), profile_(profile)
    {
        for (const CallgrindRecord &record : file.records) {
            records_[record.function] = &record;
            listed_.insert(record.function);
            for (const CallgrindCall &call : record.calls)
                listed_.insert(call.callee);
        }
    }

    /* The function that stands for one of the profile, by the rules of making names unique. */
    CallgrindFunction of(hp_function_id id) const
    {
        const hp_function *function = hp_profile_function(profile_, id);
        const std::string name = text(function->name);
        const std::string with_line = name + ":" + std::to_string(function->line);
        const std::string path = function->file.size ? text(function->file) : "???";
        const std::string with_directory =
            with_line + " (" + path.substr(0, path.find_last_of('/')) + ")";
        std::vector<CallgrindFunction> found;
        for (const std::string &candidate : {name, with_line, with_directory})
            if (listed_.count({path, candidate}))
                found.push_back({path, candidate});
        /* What is still not unique is numbered. */
        if (found.empty())
            for (const CallgrindFunction &listed : listed_)
                if (listed.file == path && listed.name.rfind(with_line + " (", 0) == 0)
                    found.push_back(listed);
        if (found.size() != 1)
            throw std::runtime_error(std::to_string(found.size()) + " functions are " + name +
                                     " in " + path);
        return found[0];
    }

    /* What is not the same; nothing if all is. */
    std::string differences() const
    {
        std::string out;
        const auto differs = [&](const CallgrindFunction &function, const char *what) {
            out += function.name + " (" + function.file + "): " + what + "\n";
        };
        std::map<CallgrindFunction, Costs> inclusive;
        std::map<CallgrindFunction, uint64_t> called;
        for (const CallgrindRecord &record : file.records)
            for (const CallgrindCall &call : record.calls) {
                add(&inclusive[call.callee], call.inclusive);
                called[call.callee] += call.count;
            }

        const size_t functions = hp_profile_function_count(profile_);
        std::vector<CallgrindFunction> names;
        std::set<CallgrindFunction> distinct;
        for (hp_function_id id = 0; id < functions; id++) {
            names.push_back(of(id));
            distinct.insert(names.back());
        }
        if (distinct.size() != functions || listed_.size() != functions)
            out += "not as many functions as in the profile\n";

        for (hp_function_id id = 0; id < functions; id++) {
            const hp_function *function = hp_profile_function(profile_, id);
            const Costs self = costs(profile_, hp_profile_function_self(profile_, id));
            Costs read_self(self.size());
            const auto record = records_.find(names[id]);
            if (record != records_.end())
                for (const auto &[line, cost] : record->second->lines)
                    add(&read_self, cost);
            if (read_self != self)
                differs(names[id], "self");
            if (called[names[id]] != function->calls)
                differs(names[id], "calls");
            Costs read_inclusive = inclusive[names[id]];
            read_inclusive.resize(self.size());
            if (text(function->name) == HP_INTERPRETER) {
                add(&read_inclusive, self);
                for (const CallgrindCall &call : record->second->calls)
                    add(&read_inclusive, call.inclusive);
            }
            if (read_inclusive != costs(profile_, hp_profile_function_inclusive(profile_, id)))
                differs(names[id], "inclusive");
        }
        return out + different_lines(names) + different_calls(names);
    }

    CallgrindFile file;

  private:
    /* Which line stands for one that needs more than 31 bits is the report's choice. */
    static uint64_t shown_line(uint64_t line)
    {
        return std::min<uint64_t>(line, INT32_MAX);
    }

    std::string different_lines(const std::vector<CallgrindFunction> &names) const
    {
        std::map<std::pair<CallgrindFunction, uint64_t>, Costs> expected, found;
        for (size_t i = 0; i < hp_profile_line_count(profile_); i++) {
            const hp_line *line = hp_profile_line(profile_, i);
            add(&expected[{names[line->function], shown_line(line->line)}],
                costs(profile_, hp_profile_line_self(profile_, i)));
        }
        for (const CallgrindRecord &record : file.records)
            for (const auto &[line, cost] : record.lines)
                if (!is_zero(cost))
                    add(&found[{record.function, shown_line(line)}], cost);
        return expected == found ? "" : "the lines' costs differ\n";
    }

    std::string different_calls(const std::vector<CallgrindFunction> &names) const
    {
        using Key = std::tuple<CallgrindFunction, uint64_t, CallgrindFunction, uint64_t>;
        std::map<Key, std::pair<uint64_t, Costs>> expected, found;
        const auto count = [](std::pair<uint64_t, Costs> *sum, uint64_t calls, const Costs &cost) {
            sum->first += calls;
            add(&sum->second, cost);
        };
        for (size_t i = 0; i < hp_profile_call_count(profile_); i++) {
            const hp_call *call = hp_profile_call(profile_, i);
            const uint64_t callee_line = hp_profile_function(profile_, call->callee)->line;
            count(&expected[{names[call->caller], shown_line(call->line), names[call->callee],
                             shown_line(callee_line)}],
                  call->count, costs(profile_, hp_profile_call_inclusive(profile_, i)));
        }
        for (const CallgrindRecord &record : file.records)
            for (const CallgrindCall &call : record.calls)
                count(&found[{record.function, shown_line(call.line), call.callee,
                              shown_line(call.callee_line)}],
                      call.count, call.inclusive);
        return expected == found ? "" : "the calls differ\n";
    }

    const hp_profile *profile_;
    std::map<CallgrindFunction, const CallgrindRecord *> records_;
    std::set<CallgrindFunction> listed_;
};

std::set<std::string> names_in(const CallgrindFile &file)
{
    std::set<std::string> names;
    for (const CallgrindRecord &record : file.records) {
        names.insert(record.function.name);
        for (const CallgrindCall &call : record.calls)
            names.insert(call.callee.name);
    }
    return names;
}

std::string colliding_names(const CallgrindFile &file)
{
    std::set<CallgrindFunction> functions;
    for (const CallgrindRecord &record : file.records) {
        functions.insert(record.function);
        for (const CallgrindCall &call : record.calls)
            functions.insert(call.callee);
    }
    std::string colliding;
    std::set<std::string> keys;
    for (const CallgrindFunction &function : functions)
        if (!keys.insert(kcachegrind_key(function)).second)
            colliding += function.name + " in " + function.file + "\n";
    return colliding;
}

class CallgrindReport : public testing::TestWithParam<std::string>
{
  protected:
    Loaded loaded = load_file(data_path("hotshot/" + GetParam() + ".prof"));
};

TEST_P(CallgrindReport, ReadsBackAsTheProfile)
{
    EXPECT_EQ(ReadBack(loaded.profile.get()).differences(), "");
}

TEST_P(CallgrindReport, NamesAreUniqueAsKCachegrindTellsThemApart)
{
    EXPECT_EQ(colliding_names(ReadBack(loaded.profile.get()).file), "");
}

TEST_P(CallgrindReport, HeaderIsTheDocumentedOne)
{
    const CallgrindFile file = parse_callgrind(report("callgrind", loaded.profile.get()));
    EXPECT_EQ(file.first_line, "# callgrind format");
    std::vector<std::string> keys;
    std::map<std::string, std::string> values;
    for (const auto &[key, value] : file.header) {
        keys.push_back(key);
        values[key] = value;
    }
    EXPECT_EQ(values["version"], "1");
    EXPECT_EQ(values["creator"], std::string("hotreport ") + hp_version());
    EXPECT_EQ(values["cmd"], "Python profile");
    EXPECT_EQ(values["positions"], "line");
    ASSERT_FALSE(keys.empty());
    EXPECT_EQ(keys.back(), "events");
    EXPECT_EQ(std::count(keys.begin(), keys.end(), "events"), 1);

    std::vector<std::string> events, described;
    for (size_t i = 0; i < hp_profile_event_count(loaded.profile.get()); i++)
        events.push_back(hp_profile_event(loaded.profile.get(), i)->name);
    for (const auto &[key, value] : file.header)
        if (key == "event")
            described.push_back(value.substr(0, value.find(" : ")));
    EXPECT_EQ(file.events, events);
    EXPECT_EQ(described, events);
}

TEST_P(CallgrindReport, SumsAreTheTotals)
{
    const CallgrindFile file = parse_callgrind(report("callgrind", loaded.profile.get()));
    ASSERT_FALSE(file.sums.empty());
    for (const auto &[key, sum] : file.sums)
        EXPECT_EQ(sum, costs(loaded.profile.get(), hp_profile_total(loaded.profile.get()))) << key;
}

TEST_P(CallgrindReport, LinesOfAFunctionAreInOrder)
{
    const CallgrindFile file = parse_callgrind(report("callgrind", loaded.profile.get()));
    for (const CallgrindRecord &record : file.records)
        EXPECT_TRUE(std::is_sorted(record.lines.begin(), record.lines.end(),
                                   [](const auto &one, const auto &two) {
                                       return one.first < two.first;
                                   }))
            << record.function.name;
}

/* Where KCachegrind sees the file of a function. */
TEST_P(CallgrindReport, HasACostOrACallOfEveryFunction)
{
    const CallgrindFile file = parse_callgrind(report("callgrind", loaded.profile.get()));
    for (const CallgrindRecord &record : file.records)
        EXPECT_FALSE(record.lines.empty() && record.calls.empty()) << record.function.name;
}

TEST_P(CallgrindReport, IsTheSameBytesEveryTime)
{
    const Loaded again = load_file(data_path("hotshot/" + GetParam() + ".prof"));
    EXPECT_EQ(report("callgrind", loaded.profile.get()), report("callgrind", again.profile.get()));
    EXPECT_EQ(report("json", loaded.profile.get()), report("json", again.profile.get()));
}

INSTANTIATE_TEST_SUITE_P(, CallgrindReport, testing::ValuesIn(samples("hotshot", ".prof")),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST(CallgrindReportOfRandomLogs, ReadsBackAsTheProfile)
{
    for (uint32_t seed = 0; seed < 300; seed++) {
        RandomLogShape shape;
        shape.records = 1 + seed % 200;
        shape.windows = seed % 3 == 0;
        const Loaded loaded = load_bytes(random_log(seed, shape));
        const ReadBack read_back(loaded.profile.get());
        ASSERT_EQ(read_back.differences(), "") << "seed " << seed;
        ASSERT_EQ(colliding_names(read_back.file), "") << "seed " << seed;
    }
}

TEST(CallgrindHeader, NamesTimeAndTicks)
{
    LogWriter ns = LogWriter::with_header(false, false);
    const auto has_line = [](const std::string &report, const std::string &line) {
        return report.find("\n" + line + "\n") != std::string::npos;
    };
    const Loaded time = load_bytes(ns.enter(0, 1, 1).exit(1).bytes());
    EXPECT_TRUE(has_line(report("callgrind", time.profile.get()), "event: Time : Time (ns)"));
    EXPECT_TRUE(has_line(report("callgrind", time.profile.get()), "events: Time"));

    LogWriter windows;
    windows.info("platform", "win32").enter(0, 1, 1).exit(1);
    const Loaded ticks = load_bytes(windows.bytes());
    EXPECT_TRUE(has_line(report("callgrind", ticks.profile.get()), "events: Ticks"));
}

/* --- Names -------------------------------------------------------------------------------- */

struct Named {
    std::string file;
    uint64_t line;
    std::string name;
};

/* Functions that the interpreter calls one after the other, the n-th for n + 1 microseconds. */
Loaded profile_of(const std::vector<Named> &functions)
{
    LogWriter log = LogWriter::with_header(false, false);
    for (size_t i = 0; i < functions.size(); i++) {
        log.define_file(i, functions[i].file);
        log.define_function(i, functions[i].line, functions[i].name);
        log.enter(i, functions[i].line, 0).exit(i + 1);
    }
    return load_bytes(log.bytes());
}

/* The names that a report gives to such functions. */
std::set<std::string> names_of(const std::vector<Named> &functions)
{
    const Loaded loaded = profile_of(functions);
    const ReadBack read_back(loaded.profile.get());
    EXPECT_EQ(read_back.differences(), "");
    EXPECT_EQ(colliding_names(read_back.file), "");
    EXPECT_EQ(hp_profile_function_count(loaded.profile.get()), functions.size() + 1);
    std::set<std::string> names = names_in(read_back.file);
    EXPECT_EQ(names.erase(HP_INTERPRETER), 1u);
    return names;
}

using Names = std::set<std::string>;

TEST(NamesInCallgrind, OfBytesThatAreNoTextAreEscaped)
{
    EXPECT_EQ(
        names_of({{"new\nline.py", 1, "new\nline"},
                  {"tab\t.py", 1, "tab\t"},
                  {std::string("nul\0.py", 7), 1, std::string("nul\0nul", 7)},
                  {"latin\xe9.py", 1, "latin\xe9"},
                  {"cafe.py", 1, "caf\xc3\xa9"},
                  {"carriage.py", 1, "\r"}}),
        (Names{"new\\x0aline", "tab\\x09", "nul\\x00nul", "latin\\xe9", "caf\xc3\xa9", "\\x0d"}));
}

TEST(NamesInCallgrind, ThatLookLikeSyntaxStayNames)
{
    EXPECT_EQ(names_of({{"(1) x.py", 1, "(1) x"},
                        {"(2)", 1, "(2)"},
                        {"a=b#c.py", 1, "fn=(3)"},
                        {"# comment.py", 1, "# comment"},
                        {"12 34", 1, "12 34"},
                        {"calls=1 2", 1, "calls=1 2"},
                        {"events: Time", 1, "totals: 5"}}),
              (Names{"(1) x", "(2)", "fn=(3)", "# comment", "12 34", "calls=1 2", "totals: 5"}));
}

TEST(NamesInCallgrind, StayWhileTheyAreUnique)
{
    std::vector<Named> functions;
    for (int i = 0; i < 300; i++)
        functions.push_back({"pkg/module_" + std::to_string(i) + ".py", 1, "f"});
    EXPECT_EQ(names_of(functions), Names{"f"});
}

TEST(NamesInCallgrind, GetTheirLineWhereOneFileHasTwo)
{
    EXPECT_EQ(names_of({{"m.py", 1, "f"}, {"m.py", 7, "f"}, {"m.py", 9, "g"}}),
              (Names{"f:1", "f:7", "g"}));
}

TEST(NamesInCallgrind, GetTheirDirectoryWhereTheLineIsTheSameToo)
{
    EXPECT_EQ(names_of({{"/one/__init__.py", 1, "<module>"}, {"/two/__init__.py", 1, "<module>"}}),
              (Names{"<module>:1 (/one)", "<module>:1 (/two)"}));
}

TEST(NamesInCallgrind, OfThreeHundredFunctionsOfOneBaseNameAreApart)
{
    std::vector<Named> functions;
    for (int i = 0; i < 300; i++)
        functions.push_back({"/package_" + std::to_string(i) + "/__init__.py", 1, "f"});
    EXPECT_EQ(names_of(functions).size(), 300u);
}

TEST(NamesInCallgrind, AreToldApartTogetherWithTheirFile)
{
    EXPECT_EQ(names_of({{"/x/bc.py", 1, "run"}, {"/x/nbc.py", 1, "ru"}}), (Names{"run:1", "ru:1"}));
}

/* A name made unique must not become another function's. */
TEST(NamesInCallgrind, MadeUniqueDoNotCollideWithRealOnes)
{
    EXPECT_EQ(names_of({{"m.py", 1, "f"}, {"m.py", 2, "f"}, {"m.py", 30, "f:1"}}).size(), 3u);
    EXPECT_EQ(
        names_of({{"/one/m.py", 1, "f"}, {"/two/m.py", 1, "f"}, {"/one/m.py", 30, "f:1 (/two)"}})
            .size(),
        3u);
}

/* Different bytes that are written alike. */
TEST(NamesInCallgrind, ThatEscapeAlikeStayApart)
{
    const Loaded loaded = profile_of({{"m.py", 1, "f\xe9"}, {"m.py", 1 << 20, "f\\xe9"}});
    EXPECT_EQ(colliding_names(ReadBack(loaded.profile.get()).file), "");
    EXPECT_EQ(ReadBack(loaded.profile.get()).differences(), "");
}

TEST(NamesInCallgrind, OfFilesAreTheJoinedOnes)
{
    const Loaded loaded = profile_of({{"pkg/../m.py", 1, "f"}});
    const CallgrindFile file = parse_callgrind(report("callgrind", loaded.profile.get()));
    std::set<std::string> files;
    for (const CallgrindRecord &record : file.records)
        files.insert(record.function.file);
    EXPECT_EQ(files, (Names{"/home/user/app/m.py", "???"}));
}

TEST(LinesInCallgrind, OfAnySizeFit32Bits)
{
    LogWriter log = LogWriter::with_header(true, true);
    log.define_file(0, "m.py").define_function(0, UINT64_MAX, "f").define_function(0, 3, "g");
    log.enter(0, UINT64_MAX, 1).line(uint64_t{1} << 32, 2).line(uint64_t{1} << 31, 4);
    log.line((uint64_t{1} << 32) + 5, 8).enter(0, 3, 16).exit(32).exit(64);
    const Loaded loaded = load_bytes(log.bytes());
    EXPECT_EQ(ReadBack(loaded.profile.get()).differences(), "");
}

TEST(CallgrindReportOfNothing, IsWholeAllTheSame)
{
    const Loaded loaded = load_bytes(LogWriter().bytes());
    const CallgrindFile file = parse_callgrind(report("callgrind", loaded.profile.get()));
    EXPECT_TRUE(file.records.empty());
}

} // namespace
