// SPDX-License-Identifier: MIT
/* Loading files, also while other programs write to them. */
#include "support/facts.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using namespace test;

/* Large enough to be read in several steps. */
std::string large_log()
{
    std::string log = two_functions(false, false).bytes();
    while (log.size() < 4 << 20)
        log += std::string("\x00\x01\x05\x1d", 4);
    return log;
}

/* Does something to a file when the progress is told for the first time. */
struct Meddler {
    std::function<void()> act;
    bool done = false;

    static bool meddle(void *context, uint64_t, uint64_t)
    {
        auto *meddler = static_cast<Meddler *>(context);
        if (!meddler->done)
            meddler->act();
        return meddler->done = true;
    }
};

/* Files are read, or mapped. */
class AFile : public testing::TestWithParam<bool>
{
  protected:
    /* Loads the file and meddles with it meanwhile. */
    hp_status load(const std::function<void()> &act)
    {
        Meddler meddler{act};
        hp_load_options options = with_progress(Meddler::meddle, &meddler);
        options.map = GetParam();
        profile.reset(hp_profile_new());
        hp_error_clear(&error);
        const hp_status status = hp_profile_load(profile.get(), path.c_str(), &options, &error);
        EXPECT_TRUE(meddler.done);
        EXPECT_EQ(status, error.status);
        return status;
    }

    /* The progress can be told when a mapped file is read whole. */
    void expect_as_before()
    {
        EXPECT_EQ(differences(facts_of_profile(load_bytes(log).profile.get()),
                              facts_of_profile(profile.get())),
                  "");
    }

    std::string remarks() const
    {
        char text[400];
        hp_input_remarks(hp_profile_input(profile.get(), 0), text, sizeof text);
        return text;
    }

    const std::string log = large_log();
    TemporaryDirectory directory;
    const std::string path = directory.write("run.prof", log);
    hotprof::profile_ptr profile;
    hp_error error{};
};

TEST_P(AFile, IsTheSameReadAndMapped)
{
    for (const std::string sample : {"hotshot/fib-lines.prof", "hotshot/header-only.prof"}) {
        hp_load_options options = HP_LOAD_OPTIONS_INIT;
        options.map = GetParam();
        const hotprof::profile_ptr loaded(hp_profile_new());
        ASSERT_EQ(hp_profile_load(loaded.get(), data_path(sample).c_str(), &options, nullptr),
                  HP_OK);
        Loaded expected = load_bytes(read_file(data_path(sample)), data_path(sample));
        EXPECT_EQ(report("json", loaded.get()), report("json", expected.profile.get()));
    }
}

TEST_P(AFile, ThatIsCutShortWhileItIsReadAddsNothing)
{
    EXPECT_EQ(load([&] {
                  /* Within the first page, which a mapped file can still be read to the end of. */
                  EXPECT_EQ(truncate(path.c_str(), GetParam() ? off_t(log.size()) - 1 : 0), 0);
              }),
              HP_IO);
    EXPECT_STREQ(error.message, "was cut short while it was read");
    EXPECT_EQ(hp_profile_input_count(profile.get()), 0u);
    EXPECT_EQ(hp_profile_function_count(profile.get()), 0u);
}

TEST_P(AFile, ThatGrowsWhileItIsReadIsReadAsFarAsItWent)
{
    EXPECT_EQ(load([&] {
                  const int file = open(path.c_str(), O_WRONLY | O_APPEND);
                  EXPECT_EQ(write(file, "\x13", 1), 1);
                  close(file);
              }),
              HP_TRUNCATED);
    const hp_input *input = hp_profile_input(profile.get(), 0);
    EXPECT_EQ(input->error.status, HP_TRUNCATED);
    EXPECT_EQ(hp_profile_total(profile.get())[0],
              hp_profile_total(load_bytes(log).profile.get())[0]);
    if (GetParam()) {
        EXPECT_EQ(remarks(), "was written to while it was read");
        EXPECT_STREQ(error.message, "was written to while it was read");
    }
}

TEST_P(AFile, ThatIsWrittenToWhileItIsReadIsDamaged)
{
    const timespec times[] = {{0, UTIME_OMIT}, {1000, 0}};
    EXPECT_EQ(load([&] {
                  EXPECT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
              }),
              HP_CORRUPT);
    EXPECT_STREQ(error.message, "was written to while it was read");
    EXPECT_EQ(remarks(), "was written to while it was read");
    EXPECT_EQ(hp_profile_total(profile.get())[0],
              hp_profile_total(load_bytes(log).profile.get())[0]);
}

TEST_P(AFile, ThatIsReplacedOrDeletedWhileItIsReadIsAsItWas)
{
    const std::string other = directory.write("other.prof", "other");
    EXPECT_EQ(load([&] {
                  EXPECT_EQ(rename(other.c_str(), path.c_str()), 0);
              }),
              HP_OK);
    expect_as_before();
    directory.write("run.prof", log);
    EXPECT_EQ(load([&] {
                  EXPECT_EQ(unlink(path.c_str()), 0);
              }),
              HP_OK);
    expect_as_before();
}

/* Its size does not tell how much can be read. */
TEST_P(AFile, MayBeLargerThanItsSize)
{
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.map = GetParam();
    const hotprof::profile_ptr empty(hp_profile_new());
    EXPECT_EQ(hp_profile_load(empty.get(), "/proc/self/maps", &options, &error), HP_UNRECOGNISED);
    EXPECT_NE(std::string(error.message).find("found the text"), std::string::npos)
        << error.message;
}

/* Another process that holds a lock on a file, until it is told to end. */
class Writer
{
  public:
    explicit Writer(const std::string &path)
    {
        int ready[2];
        if (pipe(ready) != 0)
            throw std::runtime_error("cannot make a pipe");
        child_ = fork();
        if (child_ == 0) {
            struct flock lock {
            };
            lock.l_type = F_WRLCK;
            lock.l_whence = SEEK_SET;
            const int file = open(path.c_str(), O_RDWR);
            if (fcntl(file, F_OFD_SETLK, &lock) == 0 && write(ready[1], "!", 1) == 1)
                pause();
            _exit(1);
        }
        char byte;
        close(ready[1]);
        if (read(ready[0], &byte, 1) != 1)
            throw std::runtime_error("cannot lock a file");
        close(ready[0]);
    }
    ~Writer()
    {
        end();
    }
    Writer(const Writer &) = delete;
    Writer &operator=(const Writer &) = delete;

    void end()
    {
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
        child_ = -1;
    }

  private:
    pid_t child_;
};

/* The recorder for Python holds a lock on its log. */
TEST_P(AFile, WhoseWriterIsAliveIsNotDamaged)
{
    const std::string open_log = two_functions(false, false).enter(0, 1, 1).enter(0, 2, 3).bytes();
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.map = GetParam();
    for (const size_t missing : {size_t(0), size_t(1)}) {
        directory.write("run.prof", open_log.substr(0, open_log.size() - missing));
        const auto read = [&] {
            profile.reset(hp_profile_new());
            return hp_profile_load(profile.get(), path.c_str(), &options, nullptr);
        };
        Writer writer(path);
        EXPECT_EQ(read(), HP_OK);
        EXPECT_EQ(remarks(), "still being written");
        EXPECT_TRUE(hp_profile_input(profile.get(), 0)->being_written);
        EXPECT_EQ(hp_profile_input(profile.get(), 0)->open_frames, 2 - missing);
        EXPECT_EQ(hp_profile_input(profile.get(), 0)->error.status, HP_OK);
        writer.end();
        EXPECT_EQ(read(), missing ? HP_TRUNCATED : HP_OK);
        EXPECT_FALSE(hp_profile_input(profile.get(), 0)->being_written);
        EXPECT_NE(remarks().find("left open"), std::string::npos) << remarks();
    }

    directory.write("run.prof", log);
    Writer writer(path);
    EXPECT_EQ(load([&] {
                  const int file = open(path.c_str(), O_WRONLY | O_APPEND);
                  EXPECT_EQ(write(file, "\x13", 1), 1);
                  close(file);
              }),
              HP_OK);
    EXPECT_EQ(remarks(), "still being written");
}

INSTANTIATE_TEST_SUITE_P(, AFile, testing::Bool(), [](const auto &instance) {
    return instance.param ? "Mapped" : "Read";
});

TEST(AnOpenFile, IsReadFromItsBeginning)
{
    const TemporaryDirectory directory;
    const std::string log = two_functions(false, false).enter(0, 1, 1).exit(2).bytes();
    const int file = open(directory.write("run.prof", log).c_str(), O_RDONLY);
    const hp_format *format = nullptr;
    ASSERT_EQ(lseek(file, 7, SEEK_SET), 7);
    ASSERT_EQ(hp_format_recognise_file(file, &format, nullptr), HP_OK);
    ASSERT_NE(format, nullptr);
    EXPECT_STREQ(format->name, "hotshot");
    for (const bool map : {false, true}) {
        hp_load_options options = HP_LOAD_OPTIONS_INIT;
        options.map = map;
        const hotprof::profile_ptr profile(hp_profile_new());
        ASSERT_EQ(hp_profile_load_file(profile.get(), "name", file, &options, nullptr), HP_OK);
        EXPECT_STREQ(hp_profile_input(profile.get(), 0)->name, "name");
        EXPECT_EQ(differences(facts_of_profile(load_bytes(log).profile.get()),
                              facts_of_profile(profile.get())),
                  "");
    }
    close(file);
}

TEST(AnOpenFile, ThatCannotBeReadIsAnError)
{
    const TemporaryDirectory directory;
    const hotprof::profile_ptr profile(hp_profile_new());
    const hp_format *format = hp_format_at(0);
    for (const int file : {-1, open(directory.path().c_str(), O_RDONLY)}) {
        hp_error error{};
        EXPECT_EQ(hp_profile_load_file(profile.get(), "name", file, nullptr, &error), HP_IO);
        EXPECT_EQ(std::string(error.message).rfind("cannot be read: ", 0), 0u) << error.message;
        EXPECT_EQ(hp_format_recognise_file(file, &format, nullptr), HP_IO);
        EXPECT_EQ(format, nullptr);
    }
}

/* A gzip file with this much in front of the compressed data. */
std::string with_header(const std::string &content, unsigned char flags, const std::string &header)
{
    std::string zipped = gzip(content);
    zipped[3] = static_cast<char>(flags);
    return zipped.insert(10, header);
}

TEST(RecognisedFiles, MayHaveLongHeadersOfGzip)
{
    enum { EXTRA = 4, NAME = 8, COMMENT = 16 };
    const TemporaryDirectory directory;
    const std::string log = two_functions(false, false).enter(0, 1, 1).exit(2).bytes();
    const std::string long_name = std::string(100000, 'n') + '\0';
    const std::pair<std::string, const char *> cases[] = {
        {with_header(log, EXTRA, std::string("\xff\xff", 2) + std::string(65535, 'x')), "hotshot"},
        {with_header(log, NAME, long_name), "hotshot"},
        {with_header(log, NAME | COMMENT, long_name + long_name), "hotshot"},
        {with_header("no profile", NAME, long_name), nullptr},
        {with_header(log, NAME, std::string(2 << 20, 'n')), nullptr}, /* never ends */
        {gzip("") + with_header(log, NAME, long_name), "hotshot"},
        {log, "hotshot"},
        {"", nullptr},
    };
    for (const auto &[content, name] : cases) {
        const int file = open(directory.write("file", content).c_str(), O_RDONLY);
        const hp_format *format = nullptr;
        EXPECT_EQ(hp_format_recognise_file(file, &format, nullptr), HP_OK);
        EXPECT_STREQ(format ? format->name : nullptr, name) << content.size();
        close(file);
    }
}

/* --- Progress ----------------------------------------------------------------------------- */

struct Seen {
    std::vector<std::pair<uint64_t, uint64_t>> calls;
    uint64_t cancel_at = UINT64_MAX;
};

bool see(void *context, uint64_t done, uint64_t total)
{
    Seen *seen = static_cast<Seen *>(context);
    seen->calls.emplace_back(done, total);
    return seen->calls.size() < seen->cancel_at;
}

/* A file that is read takes the longest where the storage is slow. */
TEST(ProgressOfAFile, IsToldWhileItIsRead)
{
    const TemporaryDirectory directory;
    const std::string log = large_log(), path = directory.write("run.prof", log);
    Seen seen;
    const hp_load_options options = with_progress(see, &seen);
    const hotprof::profile_ptr profile(hp_profile_new());
    ASSERT_EQ(hp_profile_load(profile.get(), path.c_str(), &options, nullptr), HP_OK);
    uint64_t last = 0, while_read = 0;
    for (const auto &[done, total] : seen.calls) {
        EXPECT_EQ(total, 2 * log.size());
        EXPECT_GE(done, last);
        EXPECT_LE(done, total);
        while_read += done <= log.size();
        last = done;
    }
    EXPECT_EQ(seen.calls[0].first, 0u) << "before the first byte";
    EXPECT_GE(while_read, log.size() >> 20);
    EXPECT_GT(seen.calls.size(), while_read);
}

TEST(ProgressOfAFile, CanCancelWhileItIsRead)
{
    const TemporaryDirectory directory;
    const std::string path = directory.write("run.prof", large_log());
    for (uint64_t cancel_at = 1; cancel_at < 10; cancel_at++) {
        Seen seen;
        seen.cancel_at = cancel_at;
        const hp_load_options options = with_progress(see, &seen);
        hp_error error{};
        const hotprof::profile_ptr profile(hp_profile_new());
        EXPECT_EQ(hp_profile_load(profile.get(), path.c_str(), &options, &error), HP_CANCELLED);
        EXPECT_STREQ(error.message, "cancelled");
        EXPECT_EQ(seen.calls.size(), cancel_at);
        EXPECT_EQ(hp_profile_input_count(profile.get()), 0u);
    }
}

TEST(ProgressOfAPipe, HasNoTotal)
{
    int ends[2];
    const std::string log = two_functions(false, false).enter(0, 1, 1).exit(2).bytes();
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(write(ends[1], log.data(), log.size()), ssize_t(log.size()));
    close(ends[1]);
    Seen seen;
    const hp_load_options options = with_progress(see, &seen);
    const hotprof::profile_ptr profile(hp_profile_new());
    ASSERT_EQ(hp_profile_load_file(profile.get(), "pipe", ends[0], &options, nullptr), HP_OK);
    close(ends[0]);
    ASSERT_GE(seen.calls.size(), 3u);
    EXPECT_EQ(seen.calls[0], std::make_pair(uint64_t(0), uint64_t(0)));
    EXPECT_EQ(seen.calls[1], std::make_pair(uint64_t(log.size()), uint64_t(0)));
    EXPECT_EQ(seen.calls.back().second, 2 * log.size());
}

} // namespace
