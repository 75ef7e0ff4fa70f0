// SPDX-License-Identifier: MIT
/* Ends a program by a signal while it writes. */
#ifndef HP_TESTS_INTERRUPT_H
#define HP_TESTS_INTERRUPT_H

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace test
{

/* Whether a process writes to a file in a directory, which need not have a name. */
inline bool writes_below(pid_t process, const std::string &directory)
{
    std::error_code gone;
    for (const auto &entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd", gone)) {
        const std::string file = std::filesystem::read_symlink(entry.path(), gone).string();
        if (file.rfind(directory + "/", 0) == 0)
            return true;
    }
    return false;
}

/* Runs a program and sends it a signal while it writes to a file in a directory. false: it was done
 * before that. */
inline bool interrupted(const std::vector<std::string> &command, const std::string &directory,
                        int signal_number)
{
    const pid_t child = fork();
    if (child == 0) {
        std::vector<char *> arguments;
        for (const std::string &argument : command)
            arguments.push_back(const_cast<char *>(argument.c_str()));
        arguments.push_back(nullptr);
        signal(signal_number, SIG_DFL); /* nohup ignores it, and so would the program */
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    int status = 0;
    bool sent = false;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (!sent && writes_below(child, directory)) {
            kill(child, SIGSTOP); /* so that it writes until the signal comes */
            if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status))
                break;
            sent = writes_below(child, directory) && kill(child, signal_number) == 0;
            kill(child, SIGCONT);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return sent && WIFSIGNALED(status) && WTERMSIG(status) == signal_number;
}

/* Large enough that the report takes a while. */
inline std::string large_profile()
{
    std::string text = "events: Ir\n";
    for (int i = 0; i < 100000; i++)
        text += "fn=f" + std::to_string(i) + "\n1 1\n";
    return text;
}

} // namespace test

#endif
