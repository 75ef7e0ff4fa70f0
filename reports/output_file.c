// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700 /* realpath */
#include "output_file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files that have a temporary one, for the signal handler. */
static hp_output_file *volatile unfinished;

static void remove_unfinished(int signal_number)
{
    for (const hp_output_file *file = unfinished; file; file = file->next)
        unlink(file->temporary);
    raise(signal_number); /* the handler was reset, so this ends the program */
}

static void clean_up_on_signals(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
    struct sigaction action = {.sa_handler = remove_unfinished, .sa_flags = SA_RESETHAND};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction present;

        if (sigaction(signals[i], NULL, &present) == 0 && present.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

static hp_status failed(hp_error *error, const char *what)
{
    return hp_error_set(error, HP_IO, 0, "%s: %s", what, strerror(errno));
}

static hp_status open_temporary(hp_output_file *file, const struct stat *present, hp_error *error)
{
    enum { RANDOM = 6 }; /* so many characters mkstemp wants to choose */
    size_t length = strlen(file->path);
    mode_t mask = umask(0);
    int descriptor;

    umask(mask);
    file->temporary = malloc(length + 1 + RANDOM + 1);
    if (!file->temporary)
        return hp_error_set(error, HP_NO_MEMORY, 0, "out of memory");
    memcpy(file->temporary, file->path, length);
    file->temporary[length] = '.';
    memset(file->temporary + length + 1, 'X', RANDOM);
    file->temporary[length + 1 + RANDOM] = '\0';
    descriptor = mkstemp(file->temporary);
    if (descriptor < 0) {
        free(file->temporary);
        file->temporary = NULL;
        return failed(error, "cannot be created");
    }
    file->next = unfinished;
    unfinished = file;
    clean_up_on_signals();
    /* mkstemp lets the owner alone read it; the file shall be as open would have made it. */
    if (fchmod(descriptor, present ? present->st_mode & 07777 : 0666 & ~mask) != 0 ||
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
    if (strcmp(path, "-") == 0) {
        file->stream = stdout;
        return HP_OK;
    }

    bool exists = stat(path, &present) == 0;

    if (exists && !S_ISREG(present.st_mode)) {
        file->stream = fopen(path, "w");
        return file->stream ? HP_OK : failed(error, "cannot be opened");
    }
    /* A link stays one, and what it leads to is replaced. */
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
    if (unfinished == file) {
        unfinished = file->next;
    } else if (unfinished) {
        hp_output_file *before = unfinished;

        while (before->next && before->next != file)
            before = before->next;
        if (before->next)
            before->next = file->next;
    }
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
