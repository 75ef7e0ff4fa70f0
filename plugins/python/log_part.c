// SPDX-License-Identifier: MIT
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* F_OFD_SETLK */
#endif
#include "log_part.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ADD_INFO = 0x13, DEFINE_FILE = 0x23, DEFINE_FUNC = 0x43 };

/* The program's files keep the descriptors that they have without the recording. */
enum { FIRST_DESCRIPTOR = 200 };

bool hp_part_start(struct hp_part *part, char *path, size_t buffer_size)
{
    *part = (struct hp_part){.file = -1, .path = path};
    part->buffer = malloc(buffer_size + HP_EVENT_MAX);
    if (!path || !part->buffer) {
        free(part->buffer);
        free(path);
        return false;
    }
    part->at = part->pending = part->buffer;
    part->limit = part->buffer + buffer_size;
    return true;
}

static bool fail(struct hp_part *part, int error)
{
    if (!part->error)
        part->error = error;
    part->at = part->pending = part->buffer;
    return false;
}

/* Tells others whether the file is being written. No descriptor that the program closes by the way
 * ends such a lock. */
static void lock_file(int file, short type)
{
#ifdef F_OFD_SETLK
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

    (void)fcntl(file, F_OFD_SETLK, &lock);
#else
    (void)file, (void)type;
#endif
}

bool hp_part_create(struct hp_part *part)
{
    int file = open(part->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    struct stat status;

    if (file < 0 || fstat(file, &status) != 0) {
        fail(part, errno);
        if (file >= 0)
            close(file);
        return false;
    }
    part->file = fcntl(file, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
    if (part->file < 0)
        part->file = file;
    else
        close(file);
    part->device = status.st_dev;
    part->inode = status.st_ino;
    lock_file(part->file, F_WRLCK);
    return true;
}

/* Whether the descriptor is still that of our file: the program may have closed it, and another
 * file may have it now. */
static bool is_ours(const struct hp_part *part)
{
    struct stat status;

    return fstat(part->file, &status) == 0 && status.st_dev == part->device &&
           status.st_ino == part->inode;
}

static bool write_all(struct hp_part *part, const uint8_t *bytes, size_t size)
{
    size_t done = 0;

    if (part->error)
        return fail(part, part->error);
    if (part->file < 0 && !hp_part_create(part))
        return false;
    if (!is_ours(part)) {
        part->file = -1;
        return fail(part, EBADF);
    }
    while (done < size) {
        ssize_t written = write(part->file, bytes + done, size - done);

        if (written < 0 && errno != EINTR) {
            int error = errno;

            /* The log ends with a whole record. It need not be a file that can be cut. */
            if (done && ftruncate(part->file, part->length) != 0)
                error = errno == EINVAL ? error : errno;
            return fail(part, error);
        }
        if (written > 0)
            done += (size_t)written;
    }
    part->length += (off_t)size;
    return true;
}

bool hp_part_flush(struct hp_part *part)
{
    size_t size = (size_t)(part->at - part->pending);
    sigset_t all, before;
    bool whole;

    if (size == 0)
        return true;
    /* A handler that flushes must not find this half done. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    part->busy = 1;
    whole = write_all(part, part->pending, size);
    part->at = part->pending = part->buffer;
    part->busy = 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return whole;
}

void hp_part_abandon(struct hp_part *part)
{
    if (part->file >= 0 && is_ours(part))
        close(part->file);
    part->file = -1;
    part->at = part->pending = part->buffer;
    part->length = 0;
}

void hp_part_put(struct hp_part *part, const void *bytes, size_t size)
{
    if (size > (size_t)(part->limit - part->at)) {
        hp_part_flush(part);
        if (size > (size_t)(part->limit - part->at)) {
            write_all(part, bytes, size);
            return;
        }
    }
    memcpy(part->at, bytes, size);
    part->at += size;
}

/* Adds a record: what stands before a string, its length, and the string. A record must not be cut
 * where the buffer ends, so it goes into the buffer as a whole or past it. */
static void put_record(struct hp_part *part, const uint8_t *head, size_t head_size,
                       const char *string, size_t size)
{
    size_t whole = head_size + 10 + size;
    uint8_t *record = malloc(whole), *at = record;

    if (!record) {
        fail(part, ENOMEM);
        return;
    }
    memcpy(at, head, head_size);
    at = hp_put_packed(at + head_size, size);
    memcpy(at, string, size);
    hp_part_put(part, record, (size_t)(at - record) + size);
    free(record);
}

void hp_part_add_info(struct hp_part *part, const char *key, const char *value, size_t value_size)
{
    size_t key_size = strlen(key);
    uint8_t *head = malloc(key_size + 11), *at = head;

    if (!head) {
        fail(part, ENOMEM);
        return;
    }
    *at++ = ADD_INFO;
    at = hp_put_packed(at, key_size);
    memcpy(at, key, key_size);
    put_record(part, head, (size_t)(at - head) + key_size, value, value_size);
    free(head);
}

void hp_part_define_file(struct hp_part *part, uint32_t file, const char *name, size_t size)
{
    uint8_t head[1 + 5] = {DEFINE_FILE};

    put_record(part, head, (size_t)(hp_put_packed(head + 1, file) - head), name, size);
}

void hp_part_define_function(struct hp_part *part, uint32_t file, uint32_t line, const char *name,
                             size_t size)
{
    uint8_t head[1 + 5 + 5] = {DEFINE_FUNC};
    uint8_t *at = hp_put_packed(hp_put_packed(head + 1, file), line);

    put_record(part, head, (size_t)(at - head), name, size);
}

void hp_part_set_flag(struct hp_part *part, uint8_t type, bool flag)
{
    hp_part_put(part, (uint8_t[]){type, flag}, 2);
}

bool hp_part_append(struct hp_part *part, struct hp_part *other, off_t header_size)
{
    uint8_t bytes[65536];
    off_t length;

    if (other->file < 0 && !other->error) { /* all of it is in the buffer */
        hp_part_put(part, other->buffer + header_size,
                    (size_t)(other->at - other->buffer) - (size_t)header_size);
        return !part->error;
    }
    if (!hp_part_flush(part) || !hp_part_flush(other) || !is_ours(other))
        return false;
    length = part->length;
    for (off_t at = header_size; at < other->length;) {
        ssize_t size = pread(other->file, bytes, sizeof bytes, at);

        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0 || !write_all(part, bytes, (size_t)size)) {
            if (ftruncate(part->file, length) == 0)
                part->length = length;
            return false;
        }
        at += size;
    }
    return unlink(other->path) == 0;
}

void hp_part_close(struct hp_part *part)
{
    hp_part_flush(part);
    if (part->file >= 0)
        lock_file(part->file, F_UNLCK);
    hp_part_abandon(part);
    free(part->buffer);
    free(part->path);
    *part = (struct hp_part){.file = -1};
}
