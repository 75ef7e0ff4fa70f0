// SPDX-License-Identifier: MIT
/* Files that valgrind records here hold what callgrind_annotate and cg_annotate find in them. */
#include "support/annotate_rows.h"
#include "support/command.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <map>

namespace
{

using namespace test;
using Costs = std::vector<uint64_t>;
using Table = std::map<std::string, Costs>;

const char *const threads = R"(
#include <pthread.h>
static volatile unsigned sum;
static unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static inline unsigned work(unsigned n) { unsigned s = 0; while (n--) s += fib(n % 9); return s; }
static void *run(void *count) { sum += work((unsigned)(long)count); return 0; }
int main(void)
{
    pthread_t thread[2];
    for (long i = 0; i < 2; i++) pthread_create(&thread[i], 0, run, (void *)(20 * (i + 1)));
    for (int i = 0; i < 2; i++) pthread_join(thread[i], 0);
    return 0;
}
)";

void add(Costs *sum, const Costs &costs)
{
    sum->resize(std::max(sum->size(), costs.size()));
    for (size_t e = 0; e < costs.size(); e++)
        (*sum)[e] += costs[e];
}

/* A program, and how valgrind records it. */
struct Recording {
    const char *name, *program; /* ls, python3 or threads */
    std::vector<std::string> options;
};

void PrintTo(const Recording &recording, std::ostream *out)
{
    *out << recording.name;
}

class Recorded : public testing::TestWithParam<Recording>
{
  protected:
    void SetUp() override
    {
        ASSERT_TRUE(is_installed("valgrind"));
        std::vector<std::string> command{"valgrind", "-q"}, program = find_program();
        if (program.empty())
            GTEST_SKIP() << "there is no python3";
        const std::vector<std::string> &options = GetParam().options;
        cachegrind = options[0] == "--tool=cachegrind";
        command.insert(command.end(), options.begin(), options.end());
        command.push_back(cachegrind ? "--cachegrind-out-file=" + directory.file("out")
                                     : "--callgrind-out-file=" + directory.file("out"));
        command.insert(command.end(), program.begin(), program.end());
        const Result result = run(command);
        ASSERT_EQ(result.status, 0) << result.err;
        for (const std::string &name : list_directory(directory.path()))
            if (name.rfind("out", 0) == 0 && !read_file(directory.file(name)).empty())
                files.push_back(directory.file(name));
        ASSERT_FALSE(files.empty());
    }

    std::vector<std::string> find_program() const
    {
        if (GetParam().program == std::string("ls"))
            return {"ls", "/"};
        if (GetParam().program == std::string("threads")) {
            const std::string source = directory.write("threads.c", threads);
            EXPECT_EQ(run({"cc", "-g", "-O1", "-pthread", "-o", directory.file("threads"), source})
                          .status,
                      0);
            return {directory.file("threads")};
        }
        /* What is called python3 may be a script. */
        const Result python = is_installed("python3")
                                  ? run({"python3", "-c", "import sys; print(sys.executable)"})
                                  : Result{};
        if (python.status != 0)
            return {};
        return {lines_of(python.out)[0], "-S", "-c", "print(sorted(range(100), key=hash))"};
    }

    /* The rows of all functions. */
    Table annotated(const std::string &file, size_t events,
                    const std::vector<std::string> &options) const
    {
        std::vector<std::string> command{cachegrind ? "cg_annotate" : "callgrind_annotate",
                                         cachegrind ? "--threshold=0" : "--threshold=100"};
        command.insert(command.end(), options.begin(), options.end());
        command.push_back(file);
        const Result result = run(command);
        EXPECT_EQ(result.status, 0) << result.err;
        Table table;
        bool in_functions = false;
        for (const std::string &line : lines_of(result.out)) {
            Row row;
            if (line.find("file:function") != std::string::npos)
                in_functions = true;
            if (line.rfind("-- ", 0) == 0 || line.rfind("The following files", 0) == 0)
                break;
            if (in_functions && read_row(line, events, &row))
                add(&table[row.what.substr(0, row.what.rfind(" ["))], row.costs);
        }
        return table;
    }

    TemporaryDirectory directory;
    bool cachegrind = false;
    std::vector<std::string> files;
};

/* Annotate gives what is inlined a row of its own, and is not sure of the file of what follows. */
Table by_name(const Table &table)
{
    Table result;
    for (const auto &[what, costs] : table)
        add(&result[what.substr(what.find(':') + 1)], costs);
    return result;
}

TEST_P(Recorded, CostsAreThoseOfAnnotate)
{
    for (const std::string &file : files) {
        const Loaded loaded = load_file(file);
        const hp_profile *profile = loaded.profile.get();
        ASSERT_STREQ(loaded.error.message, "");
        const size_t events = hp_profile_event_count(profile);
        Table ours;
        for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
            const uint64_t *self = hp_profile_function_self(profile, id);
            add(&ours[hp_profile_function(profile, id)->name.data], Costs(self, self + events));
        }
        const Table theirs = by_name(annotated(file, events, {}));
        EXPECT_GT(theirs.size(), 15u);
        Costs sum(events);
        for (const auto &[name, costs] : theirs) {
            EXPECT_EQ(ours[name], costs) << name;
            add(&sum, costs);
        }
        const std::string text = read_file(file);
        EXPECT_EQ(load_bytes(text.substr(0, text.rfind('\n', text.size() - 2) + 1)).status,
                  HP_TRUNCATED)
            << "without the sums at its end";
        EXPECT_EQ(sum[0], hp_profile_total(profile)[0]);
    }
}

TEST_P(Recorded, InclusiveCostsOfWhatIsCalledAreThoseOfAnnotate)
{
    for (const std::string &file : files) {
        const Loaded loaded = load_file(file);
        const hp_profile *profile = loaded.profile.get();
        const size_t events = hp_profile_event_count(profile);
        const Table theirs = cachegrind ? Table() : annotated(file, events, {"--inclusive=yes"});
        std::map<std::string, int> count;
        for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
            count[hp_profile_function(profile, id)->name.data]++;
        size_t compared = 0;
        for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
            const hp_function *function = hp_profile_function(profile, id);
            const std::string path = function->file.size ? function->file.data : "???";
            const auto row = theirs.find(path + ":" + function->name.data);
            /* It counts what functions cost that call themselves more than once. */
            if (row == theirs.end() || count[function->name.data] > 1 || function->calls == 0 ||
                function->primitive < function->calls)
                continue;
            const uint64_t *inclusive = hp_profile_function_inclusive(profile, id);
            const uint64_t *self = hp_profile_function_self(profile, id);
            Costs expected = row->second;
            for (size_t e = 0; e < events; e++)
                expected[e] =
                    std::min(std::max(expected[e], self[e]), hp_profile_total(profile)[e]);
            EXPECT_EQ(Costs(inclusive, inclusive + events), expected) << function->name.data;
            compared++;
        }
        EXPECT_TRUE(cachegrind ? hp_profile_call_count(profile) == 0 : compared > 15) << compared;
    }
}

TEST_P(Recorded, SurvivesOurReportWhichAnnotateReads)
{
    const Loaded loaded = load_file(files[0]);
    const std::string text = report("callgrind", loaded.profile.get());
    EXPECT_EQ(report("callgrind", load_bytes(text).profile.get()), text);
    const Result result = run({"callgrind_annotate", "--auto=no", directory.write("report", text)});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
}

INSTANTIATE_TEST_SUITE_P(
    , Recorded,
    testing::Values(
        Recording{"Ls", "ls", {"--tool=callgrind"}},
        Recording{"LsUncompressed",
                  "ls",
                  {"--tool=callgrind", "--compress-strings=no", "--compress-pos=no"}},
        Recording{"LsInAllDetail",
                  "ls",
                  {"--tool=callgrind", "--dump-instr=yes", "--collect-jumps=yes", "--cache-sim=yes",
                   "--branch-sim=yes"}},
        Recording{"LsInCachegrind", "ls", {"--tool=cachegrind"}},
        Recording{"Python", "python3", {"--tool=callgrind"}},
        Recording{"Threads", "threads", {"--tool=callgrind", "--separate-threads=yes"}},
        Recording{"ThreadsInCachegrind", "threads", {"--tool=cachegrind", "--branch-sim=yes"}}),
    [](const auto &instance) {
        return instance.param.name;
    });

void compile_threads(const TemporaryDirectory &directory)
{
    ASSERT_TRUE(is_installed("valgrind"));
    const std::string source = directory.write("threads.c", threads);
    ASSERT_EQ(run({"cc", "-g", "-pthread", "-o", directory.file("threads"), source}).status, 0);
}

TEST(ManyFilesOfOneRun, AreAllWhole)
{
    const TemporaryDirectory directory;
    compile_threads(directory);
    const std::string out = "--callgrind-out-file=" + directory.file("out.");
    const std::vector<std::string> valgrind{"valgrind", "-q", "--tool=callgrind",
                                            "--dump-before=run"};
    const std::vector<std::vector<std::string>> ways{
        {out + "a"},
        {"--combine-dumps=yes", out + "b"},
        {"--separate-threads=yes", "--dump-instr=yes", out + "c"},
        {"--separate-threads=yes", "--combine-dumps=yes", out + "d"},
        {"--collect-atstart=no", out + "e"}};
    for (const std::vector<std::string> &way : ways) {
        std::vector<std::string> command = valgrind;
        command.insert(command.end(), way.begin(), way.end());
        command.push_back(directory.file("threads"));
        ASSERT_EQ(run(command).status, 0);
    }
    size_t files = 0;
    for (const std::string &name : list_directory(directory.path())) {
        const std::string text = read_file(directory.file(name));
        if (name.rfind("out.", 0) != 0 || text.empty())
            continue;
        EXPECT_STREQ(load_bytes(text).error.message, "") << name;
        const size_t last_line = text.rfind('\n', text.size() - 2) + 1;
        EXPECT_EQ(load_bytes(text.substr(0, last_line)).status, HP_TRUNCATED) << name;
        files++;
    }
    EXPECT_GT(files, 10u);
}

TEST(ThreadsInOneFile, AreTheSumOfTheirParts)
{
    const TemporaryDirectory directory;
    compile_threads(directory);
    ASSERT_EQ(
        run({"valgrind", "-q", "--tool=callgrind", "--separate-threads=yes", "--combine-dumps=yes",
             "--callgrind-out-file=" + directory.file("out"), directory.file("threads")})
            .status,
        0);
    const std::string text = read_file(directory.file("out"));
    uint64_t sum = 0, parts = 0;
    for (const std::string &line : lines_of(text))
        if (line.rfind("totals: ", 0) == 0) {
            sum += std::stoull(line.substr(8));
            parts++;
        }
    const Loaded loaded = load_bytes(text);
    EXPECT_STREQ(loaded.error.message, "");
    EXPECT_GT(parts, 1u);
    EXPECT_EQ(hp_profile_total(loaded.profile.get())[0], sum);
}

} // namespace
