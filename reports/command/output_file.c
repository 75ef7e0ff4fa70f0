// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700 /* realpath */
#include "command/output_file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The unfinished files, for the signal handler, and the process that they belong to: a child of it
 * must not remove them. */
static hp_output_file *volatile unfinished;
static pid_t owner;

static void remove_unfinished(int signal_number)
{
    if (getpid() == owner)
        for (const hp_output_file *file = unfinished; file; file = file->next)
            unlink(file->temporary);
    raise(signal_number); /* the handler is reset, so this ends the program */
}

/* Signals that users send, and those that drawing libraries raise without memory. */
static const int ending[] = {SIGHUP,  SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGSEGV,
                             SIGABRT, SIGBUS, SIGTRAP, SIGFPE,  SIGILL};
enum { ENDING_COUNT = sizeof ending / sizeof *ending };

static void clean_up_on_signals(void)
{
    struct sigaction action = {.sa_handler = remove_unfinished, .sa_flags = SA_RESETHAND};

    owner = getpid();
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        struct sigaction present;

        if (sigaction(ending[i], NULL, &present) == 0 && present.sa_handler == SIG_DFL)
            sigaction(ending[i], &action, NULL);
    }
}

/* Held while files and the list of them do not agree. */
static void hold_signals(sigset_t *before)
{
    sigset_t held;

    sigemptyset(&held);
    for (size_t i = 0; i < ENDING_COUNT; i++)
        sigaddset(&held, ending[i]);
    sigprocmask(SIG_BLOCK, &held, before);
}

static void release_signals(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}

static hp_status failed(hp_error *error, const char *what)
{
    return hp_error_set(error, HP_IO, 0, "%s: %s", what, strerror(errno));
}

static hp_status open_temporary(hp_output_file *file, const struct stat *present, hp_error *error)
{
    enum { RANDOM = 6 }; /* mkstemp replaces these characters */
    size_t length = strlen(file->path);
    mode_t mask = umask(0);
    sigset_t signals;
    int descriptor;

    umask(mask);
    file->temporary = malloc(length + 1 + RANDOM + 1);
    if (!file->temporary)
        return hp_no_memory(error);
    memcpy(file->temporary, file->path, length);
    file->temporary[length] = '.';
    memset(file->temporary + length + 1, 'X', RANDOM);
    file->temporary[length + 1 + RANDOM] = '\0';
    clean_up_on_signals();
    hold_signals(&signals);
    descriptor = mkstemp(file->temporary);
    if (descriptor >= 0) {
        file->next = unfinished;
        unfinished = file;
    }
    release_signals(&signals);
    if (descriptor < 0) {
        free(file->temporary);
        file->temporary = NULL;
        return failed(error, "cannot be created");
    }
    /* mkstemp makes a private file; this gives it the mode that open would have given it. */
    if (fchmod(descriptor, present ? present->st_mode & 0777 : 0666 & ~mask) != 0 ||
        !(file->stream = fdopen(descriptor, "w"))) {
        close(descriptor);
        return failed(error, "cannot be created");
    }
    return HP_OK;
}

hp_status hp_output_file_open(hp_output_file *file, const char *path, hp_error *error)
{
    struct stat present;
    hp_status status = HP_OK;

    *file = (hp_output_file){0};
    signal(SIGXFSZ, SIG_IGN); /* a file that becomes too large is an error like any other */
    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
        return HP_OK;
    }

    bool exists = stat(path, &present) == 0;

    if (exists && !S_ISREG(present.st_mode)) {
        file->stream = fopen(path, "w");
        return file->stream ? HP_OK : failed(error, "cannot be opened");
    }
    /* A link stays, and its target is replaced. */
    file->path = exists ? realpath(path, NULL) : strdup(path);
    if (!file->path)
        return failed(error, "cannot be created");
    status = open_temporary(file, exists ? &present : NULL, error);
    if (status != HP_OK)
        hp_output_file_abandon(file);
    return status;
}

static void release(hp_output_file *file)
{
    sigset_t signals;

    hold_signals(&signals);
    if (unfinished == file) {
        unfinished = file->next;
    } else if (unfinished) {
        hp_output_file *before = unfinished;

        while (before->next && before->next != file)
            before = before->next;
        if (before->next)
            before->next = file->next;
    }
    release_signals(&signals);
    free(file->temporary);
    free(file->path);
    *file = (hp_output_file){0};
}

hp_status hp_output_file_close(hp_output_file *file, hp_error *error)
{
    FILE *stream = file->stream;

    file->stream = NULL;
    return !stream || fclose(stream) == 0 ? HP_OK : failed(error, "cannot be written");
}

hp_status hp_output_file_commit(hp_output_file *file, hp_error *error)
{
    hp_status status = hp_output_file_close(file, error);

    if (status == HP_OK && file->temporary && rename(file->temporary, file->path) != 0)
        status = failed(error, "cannot be written");
    if (status == HP_OK)
        release(file);
    else
        hp_output_file_abandon(file);
    return status;
}

void hp_output_file_abandon(hp_output_file *file)
{
    if (file->stream && file->stream != stdout)
        (void)fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    release(file);
}
