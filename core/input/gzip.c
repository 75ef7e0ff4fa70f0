// SPDX-License-Identifier: MIT
#include "input/gzip.h"

#include "model/array.h"

#include <assert.h>
#define ZLIB_CONST
#include <zlib.h>

/* What one call of zlib reads and writes at most. */
enum { STEP = 1 << 20 };

struct inflation {
    z_stream stream; /* next_in: the first byte that is not read yet */
    const uint8_t *data, *end;
    uint8_t *bytes; /* what is inflated */
    size_t count, capacity;
    uint64_t max;
    hp_error *error;
};

bool hp_is_gzip(const uint8_t *data, size_t size)
{
    return size >= 3 && data[0] == 0x1f && data[1] == 0x8b && data[2] == Z_DEFLATED;
}

/* Tapes and some file systems fill up blocks with zeros. */
static bool is_padding(const uint8_t *data, const uint8_t *end)
{
    while (data < end && *data == 0)
        data++;
    return data == end;
}

/* At the end of a member: *more is whether another one follows. */
static hp_status begin_member(struct inflation *inflation, bool *more)
{
    const uint8_t *at = inflation->stream.next_in;
    size_t rest = (size_t)(inflation->end - at), offset = (size_t)(at - inflation->data);

    *more = !is_padding(at, inflation->end);
    if (!*more || (hp_is_gzip(at, rest) && inflateReset(&inflation->stream) == Z_OK))
        return HP_OK;
    return hp_error_set(inflation->error, HP_CORRUPT, offset,
                        "offset %zu: expected the end of the gzip data, found %zu more bytes",
                        offset, rest);
}

/* Inflates a part of a member. */
static hp_status inflate_step(struct inflation *inflation, bool *member_ends)
{
    z_stream *stream = &inflation->stream;
    size_t left = (size_t)(inflation->end - stream->next_in), offset;
    uint64_t room;
    int result;

    if (inflation->count == inflation->capacity &&
        !hp_array_reserve(&inflation->bytes, &inflation->capacity, inflation->count + 65536, 1))
        return hp_no_memory(inflation->error);
    room = (inflation->capacity < inflation->max ? inflation->capacity : inflation->max) -
           inflation->count;
    assert(room > 0);
    stream->avail_in = left < STEP ? (uInt)left : STEP;
    stream->next_out = inflation->bytes + inflation->count;
    stream->avail_out = room < STEP ? (uInt)room : STEP;
    result = inflate(stream, Z_NO_FLUSH);
    inflation->count = (size_t)(stream->next_out - inflation->bytes);
    offset = (size_t)(stream->next_in - inflation->data);
    *member_ends = result == Z_STREAM_END;
    switch (result) {
    case Z_OK:
    case Z_STREAM_END:
        return HP_OK;
    case Z_BUF_ERROR: /* there is room, so bytes to read are missing */
        return hp_error_set(inflation->error, HP_TRUNCATED, offset,
                            "offset %zu: expected more gzip data, found the end of the file",
                            offset);
    case Z_MEM_ERROR:
        return hp_no_memory(inflation->error);
    default:
        return hp_error_set(inflation->error, HP_CORRUPT, offset,
                            "offset %zu: the gzip data is damaged: %s", offset,
                            stream->msg ? stream->msg : "it needs a dictionary");
    }
}

static hp_status inflate_members(struct inflation *inflation, const hp_load_options *options)
{
    hp_progress *progress = options ? options->progress : NULL;
    size_t size = (size_t)(inflation->end - inflation->data), next_call = 0;
    hp_status status = HP_OK;
    bool more = true;

    while (status == HP_OK && more) {
        size_t read = (size_t)(inflation->stream.next_in - inflation->data);
        bool member_ends = false;

        if (inflation->count == inflation->max)
            return HP_LIMIT;
        if (progress && read + inflation->count >= next_call) {
            next_call = read + inflation->count + STEP;
            if (!progress(options->progress_context, read, size))
                return hp_error_set(inflation->error, HP_CANCELLED, 0, "cancelled");
        }
        status = inflate_step(inflation, &member_ends);
        if (status == HP_OK && member_ends)
            status = begin_member(inflation, &more);
    }
    return status;
}

hp_status hp_gzip_inflate(const uint8_t *data, size_t size, uint64_t max,
                          const hp_load_options *options, uint8_t **inflated, size_t *inflated_size,
                          hp_error *error)
{
    struct inflation inflation = {
        .stream = {.next_in = data}, .data = data, .end = data + size, .max = max, .error = error};
    hp_status status = HP_NO_MEMORY;

    if (inflateInit2(&inflation.stream, 15 + 16) == Z_OK) { /* 16: of gzip's format only */
        status = inflate_members(&inflation, options);
        inflateEnd(&inflation.stream);
    } else {
        hp_no_memory(error);
    }
    *inflated = inflation.bytes;
    *inflated_size = inflation.count;
    return status;
}
