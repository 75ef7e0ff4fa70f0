// SPDX-License-Identifier: MIT
#include "support/command.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace test
{

namespace
{

struct Pipe {
    Pipe()
    {
        if (pipe2(end, O_CLOEXEC) != 0)
            throw std::runtime_error("cannot make a pipe");
    }
    ~Pipe()
    {
        close_end(0);
        close_end(1);
    }
    /* What is written to the terminal can be read at the other end. */
    void become_terminal()
    {
        close_end(0);
        close_end(1);
        end[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (end[0] < 0 || grantpt(end[0]) != 0 || unlockpt(end[0]) != 0)
            throw std::runtime_error("cannot make a terminal");
        end[1] = open(ptsname(end[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
        termios modes{};
        if (end[1] < 0 || tcgetattr(end[1], &modes) != 0)
            throw std::runtime_error("cannot open a terminal");
        cfmakeraw(&modes);
        tcsetattr(end[1], TCSANOW, &modes);
    }
    void close_end(int which)
    {
        if (end[which] >= 0)
            close(end[which]);
        end[which] = -1;
    }
    int end[2];
};

[[noreturn]] void become(const std::vector<std::string> &command, const Surroundings &around)
{
    /* A group of its own, so that what it starts can be ended with it. */
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    if (!around.directory.empty() && chdir(around.directory.c_str()) != 0)
        _exit(126);
    for (const auto &[name, value] : around.environment)
        setenv(name.c_str(), value.c_str(), 1);
    std::vector<char *> arguments;
    for (const std::string &argument : command)
        arguments.push_back(const_cast<char *>(argument.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

/* Whether there may be more to read. */
bool read_some(int from, std::string *to)
{
    char buffer[65536];
    const ssize_t count = read(from, buffer, sizeof buffer);
    if (count > 0)
        to->append(buffer, static_cast<size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
}

} // namespace

Result run(const std::vector<std::string> &command, const Surroundings &around)
{
    Pipe input, output, errors;
    int file = -1;
    if (!around.output.empty()) {
        file = open(around.output.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0)
            throw std::runtime_error("cannot open " + around.output);
    }
    if (around.closed_pipe)
        output.close_end(0);
    if (around.terminal)
        output.become_terminal();

    const pid_t child = fork();
    if (child < 0)
        throw std::runtime_error("cannot fork");
    if (child == 0) {
        dup2(input.end[0], STDIN_FILENO);
        dup2(file >= 0 ? file : output.end[1], STDOUT_FILENO);
        dup2(errors.end[1], STDERR_FILENO);
        become(command, around);
    }
    setpgid(child, child);
    if (file >= 0)
        close(file);
    input.close_end(0);
    output.close_end(1);
    errors.close_end(1);

    Result result;
    const auto handler = signal(SIGPIPE, SIG_IGN);
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(around.timeout_ms);
    size_t written = 0;
    if (around.input.empty())
        input.close_end(1);
    while (output.end[0] >= 0 || errors.end[0] >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                              deadline - std::chrono::steady_clock::now())
                              .count();
        if (left <= 0 ||
            (!around.until.empty() && result.err.find(around.until) != std::string::npos)) {
            result.timed_out = left <= 0;
            kill(-child, SIGKILL);
            break;
        }
        pollfd watched[] = {
            {output.end[0], POLLIN, 0}, {errors.end[0], POLLIN, 0}, {input.end[1], POLLOUT, 0}};
        if (poll(watched, 3, static_cast<int>(left)) < 0 && errno != EINTR)
            throw std::runtime_error("cannot poll");
        if (watched[0].revents && !read_some(output.end[0], &result.out))
            output.close_end(0);
        if (watched[1].revents && !read_some(errors.end[0], &result.err))
            errors.close_end(0);
        if (watched[2].revents) {
            const ssize_t count = write(input.end[1], around.input.data() + written,
                                        std::min<size_t>(around.input.size() - written, 4096));
            if (count > 0)
                written += static_cast<size_t>(count);
            if (count < 0 || written == around.input.size())
                input.close_end(1);
        }
    }
    int status = 0;
    rusage used = {};
    while (wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
    }
    signal(SIGPIPE, handler);
    result.peak_bytes = static_cast<size_t>(used.ru_maxrss) * 1024;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

Result hotreport(const std::vector<std::string> &arguments, const Surroundings &surroundings,
                 const std::string &name)
{
    std::vector<std::string> command{HP_BIN_DIR "/" + name};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run(command, surroundings);
}

uint64_t count_instructions(const std::vector<std::string> &command)
{
    std::vector<std::string> all{"valgrind", "--tool=cachegrind", "--cache-sim=no",
                                 "--cachegrind-out-file=/dev/null"};
    all.insert(all.end(), command.begin(), command.end());
    const Result result = run(all);
    const std::string mark = "I   refs:";
    const size_t start = result.err.find(mark);
    if (start == std::string::npos)
        throw std::runtime_error("no instructions were counted: " + result.err);
    uint64_t count = 0;
    for (size_t i = start + mark.size(); result.err[i] != '\n'; i++)
        if (result.err[i] >= '0' && result.err[i] <= '9')
            count = 10 * count + static_cast<uint64_t>(result.err[i] - '0');
    return count;
}

bool is_installed(const std::string &program)
{
    std::istringstream path(getenv("PATH") ? getenv("PATH") : "");
    for (std::string directory; std::getline(path, directory, ':');)
        if (access((directory + "/" + program).c_str(), X_OK) == 0)
            return true;
    return false;
}

std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

} // namespace test
