// SPDX-License-Identifier: MIT
#define _GNU_SOURCE /* pipe2 */
#include "command/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* NULL: none is wanted. */
static const char *pager_command(void)
{
    const char *command = getenv("HOTREPORT_PAGER");

    if (!command)
        command = getenv("PAGER");
    if (!command)
        command = "less";
    return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

/* A plain name is run without the shell: then it shows that there is no such program. */
static bool needs_shell(const char *command)
{
    return strpbrk(command, "|&;<>()$`\\\"' \t\n*?[#~=%") != NULL;
}

/* Ignores the signals of keys, which are for the pager, and that of a pipe that nobody reads any
 * more. Returns those that were not ignored before. */
static sigset_t ignore_signals(void)
{
    static const int numbers[] = {SIGINT, SIGQUIT, SIGPIPE};
    sigset_t changed;

    sigemptyset(&changed);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (signal(numbers[i], SIG_IGN) != SIG_IGN)
            sigaddset(&changed, numbers[i]);
    return changed;
}

static void heed_signals(const sigset_t *signals)
{
    for (int number = 1; number < NSIG; number++)
        if (sigismember(signals, number) == 1)
            signal(number, SIG_DFL);
}

/* Starts a command that reads from input and heeds the signals; 0: it cannot be started. */
static pid_t start(const char *command, int input, const sigset_t *signals)
{
    char *const plain[] = {(char *)command, NULL};
    char *const by_shell[] = {"sh", "-c", (char *)command, NULL};
    char *const *arguments = needs_shell(command) ? by_shell : plain;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t process = 0;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return 0;
    if (posix_spawnattr_init(&attributes) == 0) {
        if (posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) != 0 ||
            posix_spawnattr_setsigdefault(&attributes, signals) != 0 ||
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF) != 0 ||
            posix_spawnp(&process, *arguments, &actions, &attributes, arguments, environ) != 0)
            process = 0;
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return process;
}

void hp_pager_start(hp_pager *pager)
{
    const char *command = pager_command();
    sigset_t ignored;
    int ends[2];

    *pager = (hp_pager){0};
    if (!command || pipe2(ends, O_CLOEXEC) != 0)
        return;
    /* Less stays out of the way if all fits on one screen, and lets colours through. */
    setenv("LESS", "FRX", 0);
    setenv("LV", "-c", 0);
    ignored = ignore_signals();
    pager->process = start(command, ends[0], &ignored);
    if (pager->process)
        dup2(ends[1], STDOUT_FILENO);
    else
        heed_signals(&ignored);
    close(ends[0]);
    close(ends[1]);
}

void hp_pager_end(hp_pager *pager)
{
    if (!pager->process)
        return;
    close(
        STDOUT_FILENO); /* what became of a report has closed it unless that could not be written */
    while (waitpid(pager->process, NULL, 0) < 0 && errno == EINTR)
        ;
    pager->process = 0;
}
