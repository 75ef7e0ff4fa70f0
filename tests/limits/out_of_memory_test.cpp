// SPDX-License-Identifier: MIT
/* Memory may run out at any allocation: then the caller is told, nothing is lost, nothing half done
 * is left, and what was there before is as before. */
#include "limits/failing_malloc/failing_malloc.h"
#include "report.h"
#include "support/command.h"
#include "support/support.h"
extern "C" {
#include "hotshot/read_hotshot.h"
}

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

namespace
{

using namespace test;
using hotprof::profile_ptr;

/* One allocation fails, or all from one on. */
class Scarcity
{
  public:
    Scarcity(size_t n, bool last) : n_(n), last_(last) {}

    /* What an attempt comes to meanwhile. An attempt may do without some memory, but not lie. */
    template <typename Attempt> hp_status during(const Attempt &attempt)
    {
        hp_error error{};
        failing_malloc_start(n_, last_);
        const hp_status status = attempt(&error);
        failed_ = failing_malloc_stop();
        EXPECT_EQ(error.status, status);
        EXPECT_TRUE(status == HP_OK || (failed_ && status == HP_NO_MEMORY))
            << status << error.message;
        return status;
    }

    bool failed() const
    {
        return failed_;
    }

  private:
    size_t n_;
    bool last_;
    bool failed_ = false;
};

/* Tries with each allocation failing, one after the other, until none is left to fail. So many may
 * be lost each time. */
void try_each_allocation(const std::function<void(Scarcity &)> &attempt, size_t lost = 0)
{
    for (const bool last : {false, true}) {
        bool failed = true;
        for (size_t n = 1; failed; n++) {
            SCOPED_TRACE((last ? "all from " : "only ") + std::to_string(n));
            const size_t before = failing_malloc_live();
            Scarcity scarcity(n, last);
            attempt(scarcity);
            failed = scarcity.failed();
            EXPECT_LE(failing_malloc_live(), before + lost) << "something is not freed";
            EXPECT_TRUE(failed || n > 1) << "there was nothing to fail";
            if (testing::Test::HasFailure())
                return;
        }
    }
}

/* Small samples of every format, without damage, which has messages of its own. */
std::vector<std::string> whole_samples()
{
    std::vector<std::string> whole;
    for (const std::string &path : samples_of_every_format(4, 1400))
        if (load_file(data_path(path)).status == HP_OK)
            whole.push_back(path);
    return whole;
}

profile_ptr copy_of(const profile_ptr &profile)
{
    profile_ptr copy(hp_profile_new());
    EXPECT_EQ(hp_profile_merge(copy.get(), profile.get(), nullptr), HP_OK);
    return copy;
}

std::string content_of(const profile_ptr &profile)
{
    return report("callgrind", copy_of(profile).get());
}

hp_status load_with_stacks(const profile_ptr &profile, const std::string &bytes, hp_error *error)
{
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    return hp_profile_load_bytes(profile.get(), "a", bytes.data(), bytes.size(), &options, error);
}

class OutOfMemory : public testing::TestWithParam<std::string>
{
  protected:
    const std::string path = data_path(GetParam()), bytes = read_file(path);
    const profile_ptr profile{hp_profile_new()};

    void SetUp() override
    {
        ASSERT_EQ(load_with_stacks(profile, bytes, nullptr), HP_OK);
    }

    void load(const std::string &data)
    {
        const std::string before = content_of(profile);
        try_each_allocation([&](Scarcity &scarcity) {
            const profile_ptr fresh(hp_profile_new()), other = copy_of(profile);
            scarcity.during([&](hp_error *error) {
                return load_with_stacks(fresh, data, error);
            });
            const hp_status status = scarcity.during([&](hp_error *error) {
                return load_with_stacks(other, data, error);
            });
            if (status != HP_OK) {
                EXPECT_EQ(content_of(other), before);
            }
        });
    }

    /* lost: as many allocations as glibc may not free, of which newlocale has one when it fails. */
    void write(const std::string &format, const hp_report_options &options, size_t lost = 1)
    {
        const hp_report *report = hp_report_find(format.c_str());
        static char text[1 << 18];
        const auto write_text = [&](hp_error *error, Scarcity *scarcity) {
            char buffer[4096];
            FILE *out = fmemopen(text, sizeof text, "w");
            setvbuf(out, buffer, _IOFBF, sizeof buffer);
            const auto attempt = [&](hp_error *found) {
                return hp_report_write(report, profile.get(), &options, out, found);
            };
            const hp_status status = scarcity ? scarcity->during(attempt) : attempt(error);
            fclose(out);
            return status;
        };
        hp_error error{};
        const hp_status status = write_text(&error, nullptr);
        if (status == HP_MISMATCH && (report->stacks || format == "pstats"))
            return; /* it has no stacks, or counts what is no time */
        if (status == HP_UNRECOGNISED && options.base &&
            (format == "pstats" || format == "speedscope" || format == "pprof"))
            return; /* which holds no difference */
        ASSERT_EQ(status, HP_OK) << error.message;
        const std::string whole = text;
        try_each_allocation(
            [&](Scarcity &scarcity) {
                if (write_text(nullptr, &scarcity) == HP_OK) {
                    EXPECT_EQ(text, whole);
                }
            },
            lost);
    }
};

TEST_P(OutOfMemory, LoadingFailsAndLeavesTheProfileAsItWas)
{
    load(bytes);
}

TEST_P(OutOfMemory, LoadingWhatIsCompressedFailsLikewise)
{
    load(gzip(bytes));
}

TEST_P(OutOfMemory, LoadingAFileFailsMappedOrNot)
{
    for (const bool map : {false, true})
        try_each_allocation([&](Scarcity &scarcity) {
            const profile_ptr fresh(hp_profile_new());
            hp_load_options options = HP_LOAD_OPTIONS_INIT;
            options.map = map;
            const hp_status status = scarcity.during([&](hp_error *error) {
                return hp_profile_load(fresh.get(), path.c_str(), &options, error);
            });
            EXPECT_EQ(hp_profile_input_count(fresh.get()), status == HP_OK ? 1u : 0u);
        });
}

TEST_P(OutOfMemory, MergingFailsAndLeavesTheProfileAsItWas)
{
    const std::string before = content_of(profile);
    try_each_allocation([&](Scarcity &scarcity) {
        const profile_ptr sum = copy_of(profile);
        const hp_status status = scarcity.during([&](hp_error *error) {
            return hp_profile_merge(sum.get(), profile.get(), error);
        });
        if (status != HP_OK) {
            EXPECT_EQ(content_of(sum), before);
        }
    });
}

TEST_P(OutOfMemory, SortingFailsAndLeavesTheProfileAsItWas)
{
    const std::string before = content_of(profile);
    try_each_allocation([&](Scarcity &scarcity) {
        const profile_ptr copy = copy_of(profile);
        scarcity.during([&](hp_error *error) {
            return hp_profile_sort(copy.get(), error);
        });
        EXPECT_EQ(content_of(copy), before);
    });
}

TEST_P(OutOfMemory, ComparingFailsAndGivesNothing)
{
    try_each_allocation([&](Scarcity &scarcity) {
        hp_profile *relocated = nullptr, *one = nullptr, *two = nullptr;
        scarcity.during([&](hp_error *error) {
            const hp_status status =
                hp_profile_relocate(profile.get(), profile.get(), &relocated, error);
            return status == HP_OK ? hp_profile_align(profile.get(), relocated, &one, &two, error)
                                   : status;
        });
        EXPECT_EQ(one == nullptr, two == nullptr);
        for (hp_profile *made : {relocated, one, two})
            hp_profile_free(made);
    });
}

TEST_P(OutOfMemory, NoReportIsTakenForWhole)
{
    for (const std::string &format : undrawn_reports()) {
        SCOPED_TRACE(format);
        write(format, {});
    }
}

TEST_P(OutOfMemory, NoFilteredReportIsTakenForWhole)
{
    for (const char *hp_filters::*const filter :
         {&hp_filters::root, &hp_filters::leaf, &hp_filters::focus, &hp_filters::ignore,
          &hp_filters::hide, &hp_filters::show}) {
        hp_report_options options{};
        options.filters.*filter = "[a-z]+";
        for (const char *format : {"flat", "folded"})
            write(format, options);
    }
}

TEST_P(OutOfMemory, NoDifferenceIsTakenForWhole)
{
    for (const std::string &format : undrawn_reports()) {
        SCOPED_TRACE(format);
        hp_report_options options{};
        options.base = profile.get();
        write(format, options);
    }
}

TEST_P(OutOfMemory, NoAtlasIsTakenForWhole)
{
    hp_report_options options{};
    options.paper.pages = 2;
    options.paper.paging = HP_ATLAS;
    write("dot", options, 2); /* dlerror has one as well */
}

INSTANTIATE_TEST_SUITE_P(, OutOfMemory, testing::ValuesIn(whole_samples()),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

TEST(PartsOutOfMemory, ReadingFailsOrDoesWithoutTheOtherThreads)
{
    const std::string log = read_file(data_path("hotshot/json-linetimes.prof"));
    const hp_log_parting parting = {log.size() / 4, 3, log.size() / 3};
    /* glibc keeps the stacks of threads that end for those to come. */
    const std::string whole = content_of(load_parts(log, parting.parts, parting.size).profile);
    const hp_load_options options = HP_LOAD_OPTIONS_INIT;

    try_each_allocation([&](Scarcity &scarcity) {
        const profile_ptr profile(hp_profile_new());
        hp_input *input = nullptr;
        ASSERT_EQ(hp_profile_add_input(profile.get(), "a", "hotshot", &input, nullptr), HP_OK);
        const hp_status status = scarcity.during([&](hp_error *error) {
            return hp_read_log(profile.get(), input, reinterpret_cast<const uint8_t *>(log.data()),
                               log.size(), parting, &options, error);
        });
        if (status == HP_OK) {
            EXPECT_EQ(content_of(profile), whole);
        }
    });
}

/* --- The command -------------------------------------------------------------------------- */

using Arguments = std::vector<std::string>;

/* Runs it with each of its allocations failing: it says so in one line, or does without. */
void run_each_allocation(const Arguments &arguments)
{
    const TemporaryDirectory directory;
    const std::string output = directory.file("out"), mark = directory.file("mark");
    Arguments command{"-o", output};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ASSERT_EQ(hotreport(command).status, 0);
    const std::string whole = read_file(output);
    Surroundings around;
    around.environment = {{"LD_PRELOAD", HP_FAILING_MALLOC}, {"HP_FAIL_MARK", mark}};
    for (size_t n = 1;; n++) {
        SCOPED_TRACE(n);
        write_file(output, "before");
        around.environment["HP_FAIL_AT"] = std::to_string(n);
        const Result result = hotreport(command, around);
        const bool failed = std::filesystem::remove(mark);
        EXPECT_EQ(lines_of(result.err).size(), result.status == 0 ? 0u : 1u) << result.err;
        if (result.status == 3) { /* one of several inputs is left out */
            EXPECT_TRUE(failed && read_file(output) != "before");
        } else {
            ASSERT_TRUE(result.status == 0 || (failed && result.status == 1)) << result.status;
            EXPECT_EQ(read_file(output), result.status == 0 ? whole : "before");
        }
        ASSERT_EQ(list_directory(directory.path()), Arguments{"out"});
        if (!failed)
            break;
    }
}

TEST(CommandOutOfMemory, SaysSoAndLeavesNothingBehind)
{
    const std::string log = data_path("hotshot/empty-calls.prof"),
                      dump = data_path("pstats/cProfile-raw-3.12.prof");
    const TemporaryDirectory inputs;
    inputs.write("1.gz", gzip(read_file(log)));
    inputs.write("2.prof", read_file(log));
    std::filesystem::create_symlink("2.prof", inputs.file("3.prof"));
    for (const Arguments &arguments :
         {Arguments{"-f", "flat", "--color=always", log, log}, Arguments{"-f", "callgrind", dump},
          Arguments{"-f", "json", "--base", log, log}, Arguments{"-f", "folded", "--root=.", log},
          Arguments{"-f", "flat", "--threads=1", inputs.path()}})
        run_each_allocation(arguments);
}

} // namespace
