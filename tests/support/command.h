// SPDX-License-Identifier: MIT
/* Runs a program and keeps what it says. */
#ifndef HP_TESTS_COMMAND_H
#define HP_TESTS_COMMAND_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace test
{

struct Result {
    int status = -1; /* exit status; 128 and the signal's number if one ended it */
    bool timed_out = false;
    std::string out, err;
    size_t peak_bytes = 0;
};

struct Surroundings {
    std::string input;
    std::string directory;                          /* to run in; empty: the current one */
    std::map<std::string, std::string> environment; /* changes to the current one */
    std::string output;       /* a path to open as standard output; empty: keep it in Result */
    bool terminal = false;    /* standard output is a terminal, which changes no byte */
    bool closed_pipe = false; /* standard output is a pipe that nobody reads any more */
    int timeout_ms = 1000000; /* ten times what the slowest takes on a quiet machine */
    std::string until;        /* end it as soon as standard error holds this */
};

Result run(const std::vector<std::string> &command, const Surroundings &surroundings = {});

/* Runs the hotreport of this build, by one of its names. */
Result hotreport(const std::vector<std::string> &arguments, const Surroundings &surroundings = {},
                 const std::string &name = "hotreport");

/* How many instructions a program runs, as valgrind counts them, whatever its exit status. */
uint64_t count_instructions(const std::vector<std::string> &command);

/* Whether a program can be found to run. */
bool is_installed(const std::string &program);

std::vector<std::string> lines_of(const std::string &text);

} // namespace test

#endif
