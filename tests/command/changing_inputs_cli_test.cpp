// SPDX-License-Identifier: MIT
/* Inputs that other programs change while hotreport reads them. */
#include "support/command.h"
#include "support/log_writer.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace
{

using namespace test;

const auto patience = std::chrono::minutes(5);

/* So large that two threads read it where they may. */
std::string large_log(size_t size = 40 << 20)
{
    const std::string header = LogWriter::with_header(true, true).define_file(1, "m.py").bytes();
    LogWriter log = LogWriter::with_header(true, true).define_file(1, "m.py");
    for (int i = 0; i < 10000; i++)
        log.enter(1, 1 + i % 50, 2).line(3 + i % 9, 4).exit(1);
    const std::string calls = log.bytes().substr(header.size());
    std::string all = header;
    while (all.size() < size)
        all += calls;
    return all;
}

/* A running hotreport that cannot go on when it first shows how far it is, as nobody reads what it
 * writes to standard error. */
class Stuck
{
  public:
    Stuck(const std::vector<std::string> &arguments, const std::string &output)
    {
        if (pipe2(end_, O_CLOEXEC) != 0)
            throw std::runtime_error("cannot make a pipe");
        fill();
        child_ = fork();
        if (child_ == 0) {
            std::vector<char *> all{const_cast<char *>(HP_BIN_DIR "/hotreport"),
                                    const_cast<char *>("--progress=always")};
            for (const std::string &argument : arguments)
                all.push_back(const_cast<char *>(argument.c_str()));
            all.push_back(nullptr);
            dup2(end_[1], STDERR_FILENO);
            dup2(open(output.c_str(), O_WRONLY | O_CREAT, 0666), STDOUT_FILENO);
            execv(all[0], all.data());
            _exit(127);
        }
        close(end_[1]);
    }
    ~Stuck()
    {
        close(end_[0]);
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
    }
    Stuck(const Stuck &) = delete;
    Stuck &operator=(const Stuck &) = delete;

    /* Waits until a file is mapped into its memory. */
    bool maps(const std::string &path) const
    {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < deadline && !has_ended()) {
            const std::string maps = read_file("/proc/" + std::to_string(child_) + "/maps");
            if (maps.find(path) != std::string::npos)
                return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return false;
    }

    /* Lets it go on to its end. */
    Result go_on()
    {
        Result result;
        char buffer[4096];
        int status = 0;
        for (;;) {
            const ssize_t count = read(end_[0], buffer, sizeof buffer);
            if (count > 0)
                result.err.append(buffer, static_cast<size_t>(count));
            else if (count == 0 || errno != EINTR)
                break;
        }
        waitpid(child_, &status, 0);
        child_ = -1;
        result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        result.err.erase(0, filled_);
        return result;
    }

  private:
    bool has_ended() const
    {
        siginfo_t info{};
        return waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
               info.si_pid != 0;
    }
    void fill()
    {
        const std::string page(4096, '.');
        fcntl(end_[1], F_SETFL, O_NONBLOCK);
        for (size_t size = page.size(); size > 0;) {
            const ssize_t count = write(end_[1], page.data(), size);
            if (count > 0)
                filled_ += static_cast<size_t>(count);
            else
                size /= 2;
        }
        fcntl(end_[1], F_SETFL, 0);
    }

    int end_[2];
    pid_t child_ = -1;
    size_t filled_ = 0;
};

struct Cut {
    const char *name;
    const char *threads;
    off_t left; /* of the file */
};

void PrintTo(const Cut &cut, std::ostream *out)
{
    *out << cut.name;
}

/* What standard error has between the lines that show how far it is. */
std::string messages_of(const Result &result)
{
    std::string messages;
    for (size_t start = 0; (start = result.err.find("hotreport: ", start)) != std::string::npos;) {
        const size_t end = result.err.find('\n', start) + 1;
        messages += result.err.substr(start, end - start);
        start = end;
    }
    return messages;
}

class InputThatIsCutWhileItIsRead : public testing::TestWithParam<Cut>
{
  protected:
    TemporaryDirectory directory;
    const std::string large = directory.write("large.prof", large_log());
    const std::string small = directory.write(
        "small.prof", LogWriter::with_header(true, true).enter(1, 1, 2).exit(3).bytes());
    const std::string told = "hotreport: " + large + ": was cut short while it was read\n";

    /* Runs hotreport on these and cuts the large one. */
    Result run_and_cut(std::vector<std::string> arguments) const
    {
        arguments.insert(arguments.begin(), {"--threads", GetParam().threads, "-f", "json"});
        Stuck stuck(arguments, directory.file("out.json"));
        EXPECT_TRUE(stuck.maps(large));
        EXPECT_EQ(truncate(large.c_str(), GetParam().left), 0);
        return stuck.go_on();
    }
};

TEST_P(InputThatIsCutWhileItIsRead, IsNotCountedAndTheOthersStand)
{
    const Result alone = hotreport({"-f", "json", small, small});
    ASSERT_EQ(alone.status, 0) << alone.err;
    const Result result = run_and_cut({large, small, small});
    EXPECT_EQ(result.status, 3);
    EXPECT_EQ(messages_of(result), told);
    EXPECT_EQ(read_file(directory.file("out.json")), alone.out);
}

TEST_P(InputThatIsCutWhileItIsRead, IsToldIfItIsTheOnlyOne)
{
    const Result missing = hotreport({"-f", "json", directory.file("missing")});
    const Result result = run_and_cut({large});
    EXPECT_EQ(result.status, missing.status);
    EXPECT_EQ(messages_of(result).find(told), 0u) << result.err;
    EXPECT_EQ(read_file(directory.file("out.json")), missing.out);
}

INSTANTIATE_TEST_SUITE_P(, InputThatIsCutWhileItIsRead,
                         testing::Values(Cut{"ToNothing", "1", 0}, Cut{"WithinAPage", "1", 5000},
                                         Cut{"OfTwoThreads", "2", 5000},
                                         Cut{"WithinTheSecondHalf", "2", 30 << 20}),
                         [](const auto &instance) {
                             return instance.param.name;
                         });

/* --- Other changes ------------------------------------------------------------------------ */

struct Change {
    const char *name;
    void (*make)(const std::string &path);
    bool first;          /* of the input that is being read, or of the one behind it; that is
                            passed over below a directory if it is no profile any more */
    const char *message; /* the path stands before it; empty: none */
};

void PrintTo(const Change &change, std::ostream *out)
{
    *out << change.name;
}

void append(const std::string &path)
{
    const int file = open(path.c_str(), O_WRONLY | O_APPEND);
    EXPECT_EQ(write(file, "\x13", 1), 1);
    close(file);
}

void write_into(const std::string &path)
{
    const int file = open(path.c_str(), O_WRONLY);
    EXPECT_EQ(pwrite(file, "\x13", 1, 0), 1);
    close(file);
}

void replace(const std::string &path)
{
    write_file(path + ".new", "text");
    EXPECT_EQ(rename((path + ".new").c_str(), path.c_str()), 0);
}

void remove(const std::string &path)
{
    EXPECT_EQ(unlink(path.c_str()), 0);
}

void become_fifo(const std::string &path)
{
    remove(path);
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
}

void become_directory(const std::string &path)
{
    remove(path);
    std::filesystem::create_directory(path);
}

class InputsThatAreChanged : public testing::TestWithParam<Change>
{
};

TEST_P(InputsThatAreChanged, AreToldInOneLineAndTheOthersStand)
{
    const Change &change = GetParam();
    const std::string small_log = LogWriter::with_header(true, true).enter(1, 1, 2).exit(3).bytes();
    for (const bool found : {false, true}) { /* below a directory */
        const TemporaryDirectory directory, output;
        const std::string first = directory.write("1", large_log(4 << 20)),
                          second = directory.write("2", small_log),
                          third = directory.write("3", small_log);
        const std::string changed = change.first ? first : second;
        const std::vector<std::string> all{first, second, third};
        const auto arguments = [&](std::vector<std::string> inputs) {
            if (found)
                inputs = {directory.path()};
            inputs.insert(inputs.begin(), {"--threads=1", "-f", "callgrind"});
            return inputs;
        };
        const Result whole = hotreport(arguments(all));
        ASSERT_EQ(whole.status, 0) << whole.err;
        std::string expected = whole.out;
        if (!change.first) {
            expected = hotreport({"-f", "callgrind", first, third}).out;
        }
        Stuck stuck(arguments(all), output.file("out"));
        ASSERT_TRUE(stuck.maps(first));
        change.make(changed);
        const Result result = stuck.go_on();
        const bool passed_over = found && !change.first && change.make != remove;
        if (passed_over || !*change.message) {
            EXPECT_EQ(result.status, 0);
            EXPECT_EQ(messages_of(result), "");
        } else {
            EXPECT_EQ(result.status, 3);
            EXPECT_EQ(messages_of(result).rfind("hotreport: " + changed + ": " + change.message, 0),
                      0u)
                << messages_of(result);
            EXPECT_EQ(lines_of(messages_of(result)).size(), 1u) << messages_of(result);
        }
        EXPECT_TRUE(read_file(output.file("out")) == expected);
    }
}

INSTANTIATE_TEST_SUITE_P(
    , InputsThatAreChanged,
    testing::Values(Change{"AppendedToWhileRead", append, true, "was written to while it was read"},
                    Change{"WrittenToWhileRead", write_into, true,
                           "was written to while it was read"},
                    Change{"ReplacedWhileRead", replace, true, ""},
                    Change{"DeletedWhileRead", remove, true, ""},
                    Change{"Replaced", replace, false, "expected a profile "},
                    Change{"Deleted", remove, false, "cannot be opened: No such file"},
                    Change{"Fifo", become_fifo, false, "expected a profile "},
                    Change{"Directory", become_directory, false, "cannot be read: Is a directory"}),
    [](const auto &instance) {
        return instance.param.name;
    });

/* A log whose writer, here this process, holds a lock on it. */
TEST(InputThatIsBeingWritten, IsNotDamaged)
{
    const TemporaryDirectory directory;
    const std::string log =
        LogWriter::with_header(true, true).enter(1, 1, 2).enter(1, 5, 3).bytes();
    const std::string path = directory.write("run.prof", log.substr(0, log.size() - 1));
    struct flock lock {
    };
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(fcntl(file, F_OFD_SETLK, &lock), 0);
    const Result live = hotreport({"-f", "flat", path});
    EXPECT_EQ(live.status, 0);
    EXPECT_EQ(live.err, "hotreport: " + path + ": still being written\n");
    close(file);
    const Result left = hotreport({"-f", "flat", path});
    EXPECT_EQ(left.status, 3);
    EXPECT_EQ(left.out, live.out);
    EXPECT_NE(left.err.find("1 frame left open"), std::string::npos) << left.err;
}

} // namespace
