// SPDX-License-Identifier: MIT
#define _GNU_SOURCE /* O_TMPFILE */
#include "command/temporary_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Signals ------------------------------------------------------------------------------ */

/* For the signal handler, and the process that they belong to: a child of it must not remove them.
 */
static hp_temporary *volatile with_names;
static pid_t owner;

static void remove_all(int signal_number)
{
    if (getpid() == owner)
        for (const hp_temporary *file = with_names; file; file = file->next)
            unlink(file->name);
    raise(signal_number); /* the handler is reset, so this ends the program */
}

/* Whether a signal ends a program that does nothing about it, and can be caught. */
static bool ends_programs(int signal_number)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
                                 SIGCONT, SIGCHLD, SIGURG,  SIGWINCH};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (signal_number == others[i])
            return false;
    return true;
}

static void clean_up_on_signals(void)
{
    static char stack[1 << 16]; /* of the handler: the program's own may be what is full */
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    stack_t present_stack;
    struct sigaction action = {.sa_handler = remove_all, .sa_flags = SA_RESETHAND};

    if (owner)
        return;
    owner = getpid();
    if (sigaltstack(NULL, &present_stack) == 0 &&
        (!(present_stack.ss_flags & SS_DISABLE) || sigaltstack(&other, NULL) == 0))
        action.sa_flags |= SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction present;

        if (ends_programs(number) && sigaction(number, NULL, &present) == 0 &&
            present.sa_handler == SIG_DFL)
            sigaction(number, &action, NULL);
    }
}

void hp_temporary_hold_signals(sigset_t *before)
{
    sigset_t held;

    sigfillset(&held);
    sigprocmask(SIG_BLOCK, &held, before);
}

void hp_temporary_release_signals(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* --- Names -------------------------------------------------------------------------------- */

/* Room for a name without its directory. */
enum { NAME_SIZE = 64 };

static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

static int make_room(hp_temporary *temporary, const char *path)
{
    size_t length = directory_length(path);

    temporary->name = malloc(length + NAME_SIZE);
    if (!temporary->name) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(temporary->name, path, length);
    temporary->name[length] = '\0';
    return 0;
}

/* How a name is taken: -1 and EEXIST if something has it already. */
typedef int take_name(const char *name, const void *context);

/* Finds a name that nothing has. */
static int take(hp_temporary *temporary, take_name *take_one, const void *context)
{
    static unsigned number;
    char *end = temporary->name + directory_length(temporary->name);
    int result = -1;
    sigset_t signals;

    clean_up_on_signals();
    hp_temporary_hold_signals(&signals);
    for (int attempt = 0; result < 0 && attempt < 10000; attempt++) {
        snprintf(end, NAME_SIZE, ".hotreport-%ld-%u", (long)getpid(), number++);
        result = take_one(temporary->name, context);
        if (result < 0 && errno != EEXIST)
            break;
    }
    if (result >= 0) {
        temporary->named = true;
        temporary->next = with_names;
        with_names = temporary;
    }
    hp_temporary_release_signals(&signals);
    return result;
}

static void forget(hp_temporary *temporary)
{
    if (with_names == temporary) {
        with_names = temporary->next;
    } else if (with_names) {
        hp_temporary *before = with_names;

        while (before->next && before->next != temporary)
            before = before->next;
        if (before->next)
            before->next = temporary->next;
    }
    temporary->named = false;
}

/* --- Files -------------------------------------------------------------------------------- */

enum { LINK_SIZE = 40 };

/* The link that the system keeps for a descriptor. */
static void link_of(int descriptor, char *text)
{
    snprintf(text, LINK_SIZE, "/proc/self/fd/%d", descriptor);
}

/* -1: it would never get a name here. */
static int create_without_name(const hp_temporary *temporary, mode_t mode)
{
#ifdef O_TMPFILE
    const char *directory = *temporary->name ? temporary->name : ".";
    int descriptor = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    char link[LINK_SIZE];

    link_of(descriptor, link);
    if (descriptor < 0 || access(link, F_OK) == 0)
        return descriptor;
    close(descriptor);
#else
    (void)temporary, (void)mode;
#endif
    return -1;
}

static int create_with_name(const char *name, const void *context)
{
    const mode_t *mode = context;

    return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, *mode);
}

int hp_temporary_create(hp_temporary *temporary, const char *path, mode_t mode, int *descriptor)
{
    if (make_room(temporary, path) != 0)
        return -1;
    *descriptor = create_without_name(temporary, mode);
    if (*descriptor < 0)
        *descriptor = take(temporary, create_with_name, &mode);
    return *descriptor < 0 ? -1 : 0;
}

static int link_descriptor(const char *name, const void *context)
{
    const int *descriptor = context;
    char link[LINK_SIZE];

    link_of(*descriptor, link);
    return linkat(AT_FDCWD, link, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

int hp_temporary_link(hp_temporary *temporary, int descriptor)
{
    return temporary->named ? 0 : take(temporary, link_descriptor, &descriptor);
}

int hp_temporary_exchange(const hp_temporary *temporary, const char *path)
{
#ifdef RENAME_EXCHANGE
    return renameat2(AT_FDCWD, temporary->name, AT_FDCWD, path, RENAME_EXCHANGE);
#else
    (void)temporary, (void)path;
    errno = EINVAL;
    return -1;
#endif
}

static int rename_path(const char *name, const void *path)
{
    struct stat about;

    if (lstat(name, &about) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(path, name);
}

int hp_temporary_set_aside(hp_temporary *temporary, const char *path)
{
    if (make_room(temporary, path) != 0)
        return -1;
    return take(temporary, rename_path, path);
}

int hp_temporary_rename(hp_temporary *temporary, const char *path)
{
    sigset_t signals;
    int result;

    hp_temporary_hold_signals(&signals);
    result = rename(temporary->name, path);
    if (result == 0)
        forget(temporary);
    hp_temporary_release_signals(&signals);
    return result;
}

void hp_temporary_keep(hp_temporary *temporary)
{
    sigset_t signals;

    hp_temporary_hold_signals(&signals);
    if (temporary->named)
        forget(temporary);
    hp_temporary_release_signals(&signals);
}

void hp_temporary_remove(hp_temporary *temporary)
{
    sigset_t signals;

    hp_temporary_hold_signals(&signals);
    if (temporary->named) {
        unlink(temporary->name);
        forget(temporary);
    }
    hp_temporary_release_signals(&signals);
    free(temporary->name);
    *temporary = (hp_temporary){0};
}
