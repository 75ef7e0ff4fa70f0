// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700
#include "command/output_file.h"

#include "command/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static hp_status failed(hp_error *error, const char *what)
{
    return errno == ENOMEM ? hp_no_memory(error)
                           : hp_error_set(error, HP_IO, 0, "%s: %s", what, strerror(errno));
}

/* --- What a path stands for --------------------------------------------------------------- */

/* The number behind a directory that shows open descriptors; -1 if there is none. */
static int number_of_descriptor(const char *path)
{
    static const char *const directories[] = {"/dev/fd/", "/proc/self/fd/",
                                              "/proc/thread-self/fd/"};

    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        size_t length = strlen(directories[i]);
        char *end;

        if (strncmp(path, directories[i], length) == 0 && path[length] >= '0' &&
            path[length] <= '9') {
            long number = strtol(path + length, &end, 10);

            return *end || number > INT_MAX ? -1 : (int)number;
        }
    }
    return -1;
}

/* The path that a link leads to, to be freed. NULL: an error, in errno. */
static char *read_link(const char *path)
{
    const char *slash = strrchr(path, '/');
    char target[PATH_MAX];
    ssize_t size = readlink(path, target, sizeof target);
    size_t directory = size > 0 && *target != '/' && slash ? (size_t)(slash - path) + 1 : 0;
    char *result = size < 0 ? NULL : malloc(directory + (size_t)size + 1);

    if (!result)
        return NULL;
    memcpy(result, path, directory);
    memcpy(result + directory, target, (size_t)size);
    result[directory + (size_t)size] = '\0';
    return result;
}

/* Follows links, also to what does not exist. To be freed; NULL: an error, in errno. */
static char *follow_links(const char *path)
{
    enum { LINKS_MAX = 40 }; /* as many as the system follows */
    char *at = strdup(path);

    for (int i = 0; at && number_of_descriptor(at) < 0; i++) {
        struct stat about;
        const bool exists = lstat(at, &about) == 0;
        char *next = NULL;

        if (exists ? !S_ISLNK(about.st_mode) : errno == ENOENT)
            return at;
        if (i == LINKS_MAX)
            errno = ELOOP;
        else if (exists)
            next = read_link(at);
        free(at);
        at = next;
    }
    return at;
}

/* --- Opening ------------------------------------------------------------------------------ */

static hp_status open_stream(hp_output_file *file, int descriptor, hp_error *error)
{
    file->stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file->stream)
        return HP_OK;

    const hp_status status = failed(error, "cannot be opened");

    if (descriptor >= 0)
        close(descriptor);
    return status;
}

/* Gives a file the owner and the mode of the one that it is going to replace, as far as this is
 * allowed. */
static void take_owner_and_mode(int descriptor, const struct stat *present)
{
    mode_t mode = present->st_mode & 07777;

    if (fchown(descriptor, present->st_uid, present->st_gid) != 0) {
        mode &= 0777;
        if (fchown(descriptor, (uid_t)-1, present->st_gid) != 0)
            mode &= ~(mode_t)0070; /* they are of another group now */
    }
    (void)fchmod(descriptor, mode);
}

/* present: what is there, or NULL. */
static hp_status open_beside(hp_output_file *file, const struct stat *present, hp_error *error)
{
    int descriptor;

    if (hp_temporary_create(&file->content, file->path, present ? 0600 : 0666, &descriptor) == 0) {
        if (present)
            take_owner_and_mode(descriptor, present);
        return open_stream(file, descriptor, error);
    }

    const int reason = errno;

    hp_temporary_remove(&file->content);
    if (present && reason != ENOMEM && access(file->path, R_OK | W_OK) == 0 &&
        (file->copy = file->stream = tmpfile()))
        return HP_OK;
    errno = reason;
    return failed(error, "cannot be created");
}

/* Opens what is a file, or nothing yet. */
static hp_status open_path(hp_output_file *file, const char *path, hp_error *error)
{
    struct stat present, found;
    int descriptor;

    file->path = follow_links(path);
    if (!file->path)
        return failed(error, "cannot be created");
    descriptor = number_of_descriptor(file->path);
    if (descriptor >= 0)
        return open_stream(file, fcntl(descriptor, F_DUPFD_CLOEXEC, 0), error);
    if (stat(path, &present) == 0) {
        /* What is no file; and what the system has a link to that tells no name, such as a file
         * without one. */
        if (!S_ISREG(present.st_mode) || stat(file->path, &found) != 0 ||
            found.st_dev != present.st_dev || found.st_ino != present.st_ino)
            return open_stream(file, open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), error);
        return open_beside(file, &present, error);
    }

    const size_t length = strlen(file->path);

    if (length == 0 || file->path[length - 1] == '/') {
        errno = length ? EISDIR : ENOENT;
        return failed(error, "cannot be created");
    }
    return open_beside(file, NULL, error);
}

/* What is written directly has no path. */
static bool is_direct(const hp_output_file *file)
{
    return !file->content.name && !file->copy;
}

hp_status hp_output_file_open(hp_output_file *file, const char *path, hp_error *error)
{
    static char buffer[1 << 14]; /* no two files are written at once */
    hp_status status = HP_OK;

    *file = (hp_output_file){0};
    signal(SIGXFSZ, SIG_IGN); /* a file that becomes too large is an error like any other */
    if (strcmp(path, "-") == 0)
        file->stream = stdout;
    else
        status = open_path(file, path, error);
    if (status != HP_OK) {
        hp_output_file_remove(file);
        return status;
    }
    setvbuf(file->stream, buffer, _IOFBF, sizeof buffer);
    if (is_direct(file)) {
        free(file->path);
        file->path = NULL;
    }
    return HP_OK;
}

/* --- Closing and putting in place --------------------------------------------------------- */

hp_status hp_output_file_close(hp_output_file *file, hp_error *error)
{
    FILE *stream = file->stream;
    bool whole;

    if (!stream)
        return HP_OK;
    whole = fflush(stream) == 0 &&
            (!file->content.name || hp_temporary_link(&file->content, fileno(stream)) == 0);
    if (!whole)
        return failed(error, "cannot be written");
    file->stream = NULL;
    return stream == file->copy || fclose(stream) == 0 ? HP_OK : failed(error, "cannot be written");
}

/* Copies all of a file into another one, from the beginning. 0, or -1 and errno. */
static int copy_content(int from, int to)
{
    char bytes[65536];
    off_t at = 0;

    for (;;) {
        ssize_t size = pread(from, bytes, sizeof bytes, at);

        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size < 0 ? -1 : ftruncate(to, at);
        for (ssize_t done = 0, count; done < size; done += count) {
            count = pwrite(to, bytes + done, (size_t)(size - done), at + done);
            if (count < 0 && errno != EINTR)
                return -1;
            if (count < 0)
                count = 0;
        }
        at += size;
    }
}

static int overwrite(hp_output_file *file, int content)
{
    int to = open(file->path, O_RDWR | O_CLOEXEC), result = -1, saved;

    if (to < 0)
        return -1;
    file->copy_before = tmpfile();
    if (file->copy_before && copy_content(to, fileno(file->copy_before)) == 0) {
        result = copy_content(content, to);
        if (result != 0) {
            saved = errno;
            (void)copy_content(fileno(file->copy_before), to);
            errno = saved;
        }
    }
    saved = errno;
    close(to);
    errno = saved;
    return result;
}

/* Where the file may be written, but not replaced: in a directory that is not writable, or if it is
 * the place of a mount. */
static int overwrite_in_place(hp_output_file *file)
{
    const int reason = errno;
    int content, result;

    if (reason != EACCES && reason != EPERM && reason != EBUSY && reason != EROFS)
        return -1;
    content = open(file->content.name, O_RDONLY | O_CLOEXEC);
    result = content < 0 ? -1 : overwrite(file, content);
    if (content >= 0)
        close(content);
    errno = reason;
    return result;
}

/* Gives what was there its name again, or tells where it is. */
static void give_back(const hp_output_file *file, hp_temporary *before)
{
    if (hp_temporary_rename(before, file->path) == 0)
        return;
    hp_tell(file->path, "what was there before is now in %s", before->name);
    hp_temporary_keep(before);
}

/* Replaces the file and keeps the one that was there. */
static int replace_and_keep(hp_output_file *file)
{
    if (hp_temporary_exchange(&file->content, file->path) == 0) {
        file->exchanged = true;
        return 0;
    }
    if ((errno != EINVAL && errno != ENOSYS) ||
        hp_temporary_set_aside(&file->before, file->path) != 0)
        return -1;
    if (hp_temporary_rename(&file->content, file->path) == 0)
        return 0;

    const int reason = errno;

    give_back(file, &file->before);
    errno = reason;
    return -1;
}

static int replace(hp_output_file *file, bool can_undo)
{
    struct stat present;

    if (file->copy)
        return overwrite(file, fileno(file->copy));
    if ((can_undo && lstat(file->path, &present) == 0 && S_ISREG(present.st_mode)
             ? replace_and_keep(file)
             : hp_temporary_rename(&file->content, file->path)) == 0)
        return 0;
    return overwrite_in_place(file);
}

hp_status hp_output_file_place(hp_output_file *file, bool can_undo, hp_error *error)
{
    hp_status status = hp_output_file_close(file, error);

    if (status != HP_OK || !file->path)
        return status;
    if (replace(file, can_undo) != 0)
        return failed(error, "cannot be written");
    file->placed = true;
    return HP_OK;
}

static void put_back(hp_output_file *file)
{
    if (file->exchanged)
        give_back(file, &file->content);
    else if (file->before.named)
        give_back(file, &file->before);
    else if (!file->copy_before)
        unlink(file->path);
    else {
        int to = open(file->path, O_WRONLY | O_CLOEXEC);

        if (to >= 0) {
            (void)copy_content(fileno(file->copy_before), to);
            close(to);
        }
    }
}

void hp_output_file_finish(hp_output_file *file)
{
    if (file->stream && file->stream != stdout && file->stream != file->copy)
        (void)fclose(file->stream);
    hp_temporary_remove(&file->content);
    hp_temporary_remove(&file->before);
    if (file->copy)
        (void)fclose(file->copy);
    if (file->copy_before)
        (void)fclose(file->copy_before);
    free(file->path);
    *file = (hp_output_file){0};
}

void hp_output_file_remove(hp_output_file *file)
{
    if (file->placed)
        put_back(file);
    hp_output_file_finish(file);
}
