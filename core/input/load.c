// SPDX-License-Identifier: MIT
#include "input/foreign.h"
#include "input/reader.h"
#include "model/array.h"
#include "model/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

const hp_format *hp_format_at(size_t index)
{
    const hp_reader *reader = hp_reader_at(index);

    return reader ? &reader->format : NULL;
}

static const hp_reader *recognise(const uint8_t *data, size_t size)
{
    if (size > HP_HEAD_SIZE)
        size = HP_HEAD_SIZE;
    for (size_t i = 0; hp_reader_at(i); i++)
        if (hp_reader_at(i)->recognise(data, size))
            return hp_reader_at(i);
    return NULL;
}

/* --- gzip --------------------------------------------------------------------------------- */

static bool is_gzip(const uint8_t *data, size_t size)
{
    return size >= 3 && data[0] == 0x1f && data[1] == 0x8b && data[2] == Z_DEFLATED;
}

/* Tapes and some file systems fill up blocks with zeros. */
static bool is_padding(const uint8_t *data, size_t size)
{
    while (size > 0 && data[size - 1] == 0)
        size--;
    return size == 0;
}

/* So much is inflated between two looks at the progress. */
enum { INFLATE_STEP = 1 << 20 };

/* Inflates until max bytes are there, the data ends or is damaged. The bytes are *inflated, to be
 * freed, whatever the status. */
static hp_status inflate_all(const uint8_t *data, size_t size, uint64_t max,
                             const hp_load_options *options, uint8_t **inflated,
                             size_t *inflated_size, hp_error *error)
{
    z_stream stream = {.next_in = data};
    size_t left = size, capacity = 0;
    int result = Z_OK;
    hp_status status = HP_OK;

    *inflated = NULL;
    *inflated_size = 0;
    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return hp_no_memory(error);
    for (;;) {
        size_t used = *inflated_size;

        if (result == Z_STREAM_END) { /* gzip files may be strung together */
            size_t rest = left + stream.avail_in;

            if (rest == 0 || is_padding(stream.next_in, rest))
                break;
            if (!is_gzip(stream.next_in, rest) || inflateReset(&stream) != Z_OK) {
                status = hp_error_set(error, HP_CORRUPT, size - rest,
                                      "offset %zu: expected the end of the gzip data, found %zu "
                                      "more bytes",
                                      size - rest, rest);
                break;
            }
        }
        if (stream.avail_in == 0) {
            stream.avail_in = left > UINT_MAX / 2 ? UINT_MAX / 2 : (uInt)left;
            left -= stream.avail_in;
        }
        if (used == max) {
            status = HP_LIMIT;
            break;
        }
        if (options && options->progress &&
            !options->progress(options->progress_context, size - left - stream.avail_in, size)) {
            status = hp_error_set(error, HP_CANCELLED, 0, "cancelled");
            break;
        }
        if (used == capacity && !hp_array_reserve(inflated, &capacity, used + 65536, 1)) {
            status = hp_no_memory(error);
            break;
        }

        size_t room = capacity < max ? capacity - used : (size_t)(max - used);

        stream.next_out = *inflated + used;
        stream.avail_out = room > INFLATE_STEP ? INFLATE_STEP : (uInt)room;
        result = inflate(&stream, Z_NO_FLUSH);
        *inflated_size = (size_t)(stream.next_out - *inflated);
        if (result == Z_BUF_ERROR && stream.avail_in == 0 && left == 0) {
            status = hp_error_set(error, HP_TRUNCATED, size,
                                  "offset %zu: expected more gzip data, found the end of the file",
                                  size);
            break;
        }
        if (result != Z_OK && result != Z_STREAM_END) {
            size_t offset = size - left - stream.avail_in;

            status = result == Z_MEM_ERROR
                         ? hp_no_memory(error)
                         : hp_error_set(error, HP_CORRUPT, offset,
                                        "offset %zu: the gzip data is damaged: %s", offset,
                                        stream.msg ? stream.msg : "it needs a dictionary");
            break;
        }
    }
    inflateEnd(&stream);
    return status;
}

const hp_format *hp_format_recognise(const void *head, size_t size)
{
    const hp_reader *reader;
    uint8_t *inflated = NULL;

    if (is_gzip(head, size)) {
        (void)inflate_all(head, size, HP_HEAD_SIZE, NULL, &inflated, &size, NULL);
        head = inflated;
    }
    reader = recognise(head, size);
    free(inflated);
    return reader ? &reader->format : NULL;
}

/* --- Loading ------------------------------------------------------------------------------ */

static hp_status unrecognised(const uint8_t *data, size_t size, hp_error *error)
{
    const char *foreign = hp_foreign_description(data, size < HP_HEAD_SIZE ? size : HP_HEAD_SIZE);

    if (foreign)
        return hp_error_set(error, HP_UNRECOGNISED, 0, "is %s", foreign);

    char found[64] = "an empty file";

    if (size) {
        int length = snprintf(found, sizeof found, "the bytes");

        for (size_t i = 0; i < size && i < 8; i++)
            length += snprintf(found + length, sizeof found - (size_t)length, " %02x", data[i]);
    }

    char expected[180] = "";
    int length = 0;

    for (size_t i = 0; hp_reader_at(i) && length < (int)sizeof expected; i++)
        length += snprintf(expected + length, sizeof expected - (size_t)length, "%sa %s",
                           i ? " or " : "", hp_reader_at(i)->format.description);
    return hp_error_set(error, HP_UNRECOGNISED, 0, "expected %s, found %s", expected, found);
}

/* status and problem tell what was wrong with the bytes before they came here. */
static hp_status read_plain(hp_profile *profile, const char *name, const uint8_t *data, size_t size,
                            const hp_load_options *options, hp_status status,
                            const hp_error *problem, hp_error *error)
{
    static const hp_load_options none = {0};
    const hp_reader *reader = recognise(data, size);
    hp_profile *fresh;
    hp_input *input;
    hp_error found = {0};

    if (!reader)
        return status == HP_OK
                   ? unrecognised(data, size, error)
                   : hp_error_set(error, HP_UNRECOGNISED, problem->offset, "%s", problem->message);
    fresh = hp_profile_new();
    if (!fresh)
        return hp_no_memory(error);

    hp_status read = hp_profile_add_input(fresh, name, reader->format.name, &input, &found);

    if (read == HP_OK)
        read = reader->read(fresh, input, data, size, options ? options : &none, &found);
    if ((read == HP_OK || read == HP_TRUNCATED) && status != HP_OK) {
        read = status;
        found = *problem;
    }
    if (read == HP_OK || read == HP_TRUNCATED || read == HP_CORRUPT) {
        input->error = found;

        hp_error refused = {0};
        hp_status adopted = hp_profile_sort(fresh, &refused);

        if (adopted == HP_OK)
            adopted = hp_profile_adopt(profile, fresh, &refused);

        if (adopted != HP_OK) {
            read = adopted;
            found = refused;
        }
    }
    hp_profile_free(fresh);
    if (read != HP_OK)
        hp_error_set(error, read, found.offset, "%s", found.message);
    return read;
}

hp_status hp_profile_load_bytes(hp_profile *profile, const char *name, const void *data,
                                size_t size, const hp_load_options *options, hp_error *error)
{
    hp_error problem = {0};
    uint8_t *inflated;
    size_t inflated_size;

    if (!is_gzip(data, size))
        return read_plain(profile, name, data, size, options, HP_OK, &problem, error);

    hp_status status =
        inflate_all(data, size, HP_INFLATED_MAX + 1, options, &inflated, &inflated_size, &problem);

    if (status == HP_LIMIT)
        hp_error_set(error, HP_LIMIT, 0, "holds more than %" PRIu64 " bytes when inflated",
                     HP_INFLATED_MAX);
    else if (status == HP_NO_MEMORY || status == HP_CANCELLED)
        hp_error_set(error, status, 0, "%s", problem.message);
    else
        status =
            read_plain(profile, name, inflated, inflated_size, options, status, &problem, error);
    free(inflated);
    return status;
}

static hp_status io_error(hp_error *error, const char *what)
{
    return hp_error_set(error, HP_IO, 0, "%s: %s", what, strerror(errno));
}

static hp_status load_stream(hp_profile *profile, const char *name, int file,
                             const hp_load_options *options, hp_error *error)
{
    uint8_t *data = NULL;
    size_t size = 0, capacity = 0;
    hp_status status = HP_OK;

    for (;;) {
        if (size == capacity && !hp_array_reserve(&data, &capacity, size + 65536, 1)) {
            status = hp_no_memory(error);
            break;
        }

        ssize_t count = read(file, data + size, capacity - size);

        if (count > 0)
            size += (size_t)count;
        else if (count == 0)
            break;
        else if (errno != EINTR) {
            status = io_error(error, "cannot be read");
            break;
        }
    }
    if (status == HP_OK)
        status = hp_profile_load_bytes(profile, name, data, size, options, error);
    free(data);
    return status;
}

hp_status hp_profile_load(hp_profile *profile, const char *path, const hp_load_options *options,
                          hp_error *error)
{
    struct stat stat;

    if (strcmp(path, "-") == 0)
        return load_stream(profile, path, STDIN_FILENO, options, error);

    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return io_error(error, "cannot be opened");

    hp_status status;
    void *map = MAP_FAILED;

    if (!(options && options->copy) && fstat(file, &stat) == 0 && S_ISREG(stat.st_mode) &&
        stat.st_size > 0 && (uint64_t)stat.st_size <= SIZE_MAX)
        map = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (map == MAP_FAILED) {
        status = load_stream(profile, path, file, options, error);
    } else {
        status = hp_profile_load_bytes(profile, path, map, (size_t)stat.st_size, options, error);
        munmap(map, (size_t)stat.st_size);
    }
    close(file);
    return status;
}
