// SPDX-License-Identifier: MIT
/* Files, which other programs may write to at the same time. */
#include "input/gzip.h"
#include "input/load.h"
#include "model/array.h"
#include "model/merge.h"
#include "model/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is read at a time. */
enum { STEP = 1 << 20 };

static hp_status io_error(hp_error *error, const char *what)
{
    return hp_error_set(error, HP_IO, 0, "%s: %s", what, strerror(errno));
}

/* --- Format ------------------------------------------------------------------------------- */

/* Reads on until size bytes of the file's beginning are there, or all of it. */
static hp_status read_beginning(int file, uint8_t *data, size_t size, size_t *count,
                                hp_error *error)
{
    while (*count < size) {
        ssize_t more = pread(file, data + *count, size - *count, (off_t)*count);

        if (more == 0)
            break;
        if (more > 0)
            *count += (size_t)more;
        else if (errno != EINTR)
            return io_error(error, "cannot be read");
    }
    return HP_OK;
}

/* *more: there may be more to see if more is read. */
static hp_status recognise_compressed(const uint8_t *data, size_t size, const hp_reader **reader,
                                      bool *more, hp_error *error)
{
    uint8_t *head;
    size_t head_size;
    hp_status status = hp_gzip_inflate(data, size, HP_HEAD_SIZE, NULL, &head, &head_size, NULL);

    *more = status == HP_TRUNCATED;
    *reader = hp_reader_recognise(head, head_size);
    free(head);
    return status == HP_NO_MEMORY ? hp_no_memory(error) : HP_OK;
}

/* In front of what is compressed there may be a name, a comment and other things, of any length. */
hp_status hp_format_recognise_file(int file, const hp_format **format, hp_error *error)
{
    enum { MOST = 1 << 20 };
    uint8_t *data = NULL;
    size_t capacity = 0, wanted = HP_HEAD_SIZE, size = 0;
    const hp_reader *reader = NULL;
    hp_status status = HP_OK;
    bool more = true;

    while (status == HP_OK && more && wanted <= MOST) {
        if (!hp_array_reserve(&data, &capacity, wanted, 1)) {
            status = hp_no_memory(error);
            break;
        }
        status = read_beginning(file, data, wanted, &size, error);
        if (status == HP_OK && hp_is_gzip(data, size)) {
            status = recognise_compressed(data, size, &reader, &more, error);
        } else if (status == HP_OK) {
            reader = hp_reader_recognise(data, size);
            more = false;
        }
        more = more && size == wanted;
        wanted *= 4;
    }
    free(data);
    *format = reader ? &reader->format : NULL;
    return status;
}

/* --- Loading ------------------------------------------------------------------------------ */

/* The progress of work that comes after other work. */
struct later {
    const hp_load_options *options;
    uint64_t before; /* how much has been done */
};

static bool advance(void *context, uint64_t done, uint64_t total)
{
    const struct later *later = context;

    return later->options->progress(later->options->progress_context, later->before + done,
                                    later->before + total);
}

/* before: how many bytes have been read for it. */
static hp_status load_bytes(hp_profile *profile, const char *name, const uint8_t *data, size_t size,
                            size_t before, const hp_load_options *options, hp_error *error)
{
    struct later later = {options, before};
    hp_load_options rest = *options;

    if (options->progress) {
        rest.progress = advance;
        rest.progress_context = &later;
    }
    return hp_profile_load_bytes(profile, name, data, size, &rest, error);
}

static bool is_cancelled(const hp_load_options *options, size_t size, size_t expected)
{
    uint64_t total = expected ? 2 * (uint64_t)(size > expected ? size : expected) : 0;

    return options->progress && !options->progress(options->progress_context, size, total);
}

/* Reads the file to its end. expected: its size, or 0 if that is not known. */
static hp_status read_all(int file, size_t expected, const hp_load_options *options,
                          uint8_t **bytes, size_t *size, hp_error *error)
{
    size_t capacity = expected ? expected + 1 : 65536; /* one more, to see the end */

    *size = 0;
    *bytes = malloc(capacity);
    if (!*bytes)
        return hp_no_memory(error);
    for (;;) {
        if (is_cancelled(options, *size, expected))
            return hp_error_set(error, HP_CANCELLED, 0, "cancelled");
        if (*size == capacity && !hp_array_reserve(bytes, &capacity, *size + 65536, 1))
            return hp_no_memory(error);

        size_t room = capacity - *size;
        ssize_t count = read(file, *bytes + *size, room < STEP ? room : STEP);

        if (count > 0)
            *size += (size_t)count;
        else if (count == 0)
            return HP_OK;
        else if (errno != EINTR)
            return io_error(error, "cannot be read");
    }
}

static hp_status load_stream(hp_profile *profile, const char *name, int file,
                             const hp_load_options *options, hp_error *error)
{
    uint8_t *bytes;
    size_t size;
    hp_status status = read_all(file, 0, options, &bytes, &size, error);

    if (status == HP_OK)
        status = load_bytes(profile, name, bytes, size, size, options, error);
    free(bytes);
    return status;
}

/* --- What other programs do to the file --------------------------------------------------- */

/* Whether a program holds a lock to write to the file, as the recorder for Python does. */
static bool is_locked(int file)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

    return fcntl(file, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

/* A file while it is read. */
struct watch {
    int file;
    struct stat before;
    bool locked;
};

/* HP_OK: nothing happened to the file but what its lock tells. Files of /proc have no size, and are
 * always new. */
static hp_status end_watch(struct watch *watch, hp_error *error)
{
    struct stat now;

    watch->locked |= is_locked(watch->file);
    if (watch->locked || fstat(watch->file, &now) != 0)
        return HP_OK;
    if (now.st_size < watch->before.st_size)
        return hp_error_set(error, HP_IO, 0, "was cut short while it was read");
    if (now.st_size > watch->before.st_size)
        return hp_error_set(error, HP_TRUNCATED, 0, "was written to while it was read");
    if (now.st_size > 0 && (now.st_mtim.tv_sec != watch->before.st_mtim.tv_sec ||
                            now.st_mtim.tv_nsec != watch->before.st_mtim.tv_nsec))
        return hp_error_set(error, HP_CORRUPT, 0, "was written to while it was read");
    return HP_OK;
}

static hp_status load_mapped(hp_profile *profile, const char *name, struct watch *watch, void *map,
                             const hp_load_options *options, hp_error *changed, hp_error *error)
{
    const size_t size = (size_t)watch->before.st_size;
    hp_status status = load_bytes(profile, name, map, size, 0, options, error);

    munmap(map, size);
    end_watch(watch, changed);
    return status;
}

static hp_status load_read(hp_profile *profile, const char *name, struct watch *watch,
                           const hp_load_options *options, hp_error *changed, hp_error *error)
{
    uint8_t *bytes = NULL;
    size_t size, expected = (size_t)watch->before.st_size;
    hp_status status = lseek(watch->file, 0, SEEK_SET) == 0
                           ? read_all(watch->file, expected, options, &bytes, &size, error)
                           : io_error(error, "cannot be read");

    if (status == HP_OK && end_watch(watch, changed) != HP_IO)
        status = load_bytes(profile, name, bytes, size, size, options, error);
    free(bytes);
    return status;
}

/* fresh: what was read of a file, with this result. changed: what happened to the file meanwhile.
 * Adds it to the profile if it is worth anything. */
static hp_status settle(hp_profile *profile, hp_profile *fresh, bool locked, hp_status status,
                        hp_error *changed, hp_error *error)
{
    if (changed->status == HP_IO) { /* any damage comes from that */
        *error = *changed;
        return HP_IO;
    }
    if (status != HP_OK && status != HP_TRUNCATED && status != HP_CORRUPT)
        return status;

    hp_input *input = &fresh->inputs[fresh->input_count - 1].input;

    input->being_written = locked;
    if (locked && status == HP_TRUNCATED) { /* the rest is still to come */
        status = HP_OK;
        hp_error_clear(&input->error);
        hp_error_clear(error);
    } else if (status == HP_OK && changed->status != HP_OK) {
        status = changed->status;
        input->error = *error = *changed;
    }

    hp_error refused = {0};
    hp_status adopted = hp_profile_adopt(profile, fresh, &refused);

    if (adopted != HP_OK)
        *error = refused;
    return adopted != HP_OK ? adopted : status;
}

static hp_status load_regular(hp_profile *profile, const char *name, struct watch *watch,
                              const hp_load_options *options, hp_error *error)
{
    hp_profile *fresh = hp_profile_new();
    hp_error changed = {0};
    hp_status status;
    void *map = MAP_FAILED;

    if (!fresh)
        return hp_no_memory(error);
    if (options->map && watch->before.st_size > 0)
        map = mmap(NULL, (size_t)watch->before.st_size, PROT_READ, MAP_PRIVATE, watch->file, 0);
    watch->locked = is_locked(watch->file);
    status = map == MAP_FAILED ? load_read(fresh, name, watch, options, &changed, error)
                               : load_mapped(fresh, name, watch, map, options, &changed, error);
    status = settle(profile, fresh, watch->locked, status, &changed, error);
    hp_profile_free(fresh);
    return status;
}

hp_status hp_profile_load_file(hp_profile *profile, const char *name, int file,
                               const hp_load_options *options, hp_error *error)
{
    hp_load_options taken;
    hp_status status = hp_load_options_take(options, &taken, error);
    struct watch watch = {.file = file};
    hp_error found = {0};

    if (status != HP_OK)
        return status;
    if (fstat(file, &watch.before) != 0)
        return io_error(error, "cannot be read");
    if (S_ISREG(watch.before.st_mode) && (uint64_t)watch.before.st_size < SIZE_MAX)
        status = load_regular(profile, name, &watch, &taken, &found);
    else
        status = load_stream(profile, name, file, &taken, &found);
    return status == HP_OK ? HP_OK : hp_error_set(error, status, found.offset, "%s", found.message);
}

hp_status hp_profile_load(hp_profile *profile, const char *path, const hp_load_options *options,
                          hp_error *error)
{
    hp_load_options taken;
    hp_status status = hp_load_options_take(options, &taken, error);

    if (status != HP_OK)
        return status;
    if (strcmp(path, "-") == 0)
        return load_stream(profile, path, STDIN_FILENO, &taken, error);

    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return io_error(error, "cannot be opened");
    status = hp_profile_load_file(profile, path, file, &taken, error);
    close(file);
    return status;
}
