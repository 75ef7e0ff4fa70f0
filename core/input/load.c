// SPDX-License-Identifier: MIT
#include "input/load.h"
#include "input/foreign.h"
#include "input/gzip.h"
#include "input/reader.h"
#include "model/merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const hp_format *hp_format_at(size_t index)
{
    const hp_reader *reader = hp_reader_at(index);

    return reader ? &reader->format : NULL;
}

const hp_reader *hp_reader_recognise(const uint8_t *data, size_t size)
{
    if (size > HP_HEAD_SIZE)
        size = HP_HEAD_SIZE;
    for (size_t i = 0; hp_reader_at(i); i++)
        if (hp_reader_at(i)->recognise(data, size))
            return hp_reader_at(i);
    return NULL;
}

const hp_format *hp_format_recognise(const void *head, size_t size)
{
    const hp_reader *reader;
    uint8_t *inflated = NULL;

    if (hp_is_gzip(head, size)) {
        (void)hp_gzip_inflate(head, size, HP_HEAD_SIZE, NULL, &inflated, &size, NULL);
        head = inflated;
    }
    reader = hp_reader_recognise(head, size);
    free(inflated);
    return reader ? &reader->format : NULL;
}

/* --- Loading ------------------------------------------------------------------------------ */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Of a text, the beginning that is shown of it, without blanks in front. Empty if it is no text. */
static hp_string text_shown(const uint8_t *data, size_t size)
{
    enum { LOOKED_AT = 64, SHOWN = 30 };
    hp_string text = {(const char *)data, size};
    size_t length = 0;

    for (size_t i = 0; i < size && i < LOOKED_AT; i++)
        if (data[i] < ' ' && !is_blank((char)data[i]))
            return (hp_string){text.data, 0};
    while (text.size && is_blank(*text.data))
        text = (hp_string){text.data + 1, text.size - 1};
    while (length < text.size && length < SHOWN && text.data[length] != '\n' &&
           text.data[length] != '\r' && text.data[length] != '\t')
        length++;
    while (length && length < text.size && ((unsigned char)text.data[length] & 0xc0) == 0x80)
        length--; /* a character of UTF-8 stays whole */
    text.size = length;
    return hp_string_escape(text, NULL, 0) == length ? text : (hp_string){text.data, 0};
}

/* Says how a file begins. */
static void describe(const uint8_t *data, size_t size, char *buffer, size_t buffer_size)
{
    hp_string text = text_shown(data, size);
    size_t length;

    if (text.size) {
        snprintf(buffer, buffer_size, "the text '%.*s'", (int)text.size, text.data);
        return;
    }
    length = (size_t)snprintf(buffer, buffer_size, "%s", size ? "the bytes" : "an empty file");
    for (size_t i = 0; i < size && i < 8; i++)
        length += (size_t)snprintf(buffer + length, buffer_size - length, " %02x", data[i]);
}

static hp_status unrecognised(const uint8_t *data, size_t size, hp_error *error)
{
    const char *foreign = hp_foreign_description(data, size < HP_HEAD_SIZE ? size : HP_HEAD_SIZE);

    if (foreign)
        return hp_error_set(error, HP_UNRECOGNISED, 0, "is %s", foreign);

    char found[64];

    describe(data, size, found, sizeof found);

    char formats[120] = "";
    int length = 0;

    for (size_t i = 0; hp_reader_at(i) && length < (int)sizeof formats; i++)
        length += snprintf(formats + length, sizeof formats - (size_t)length, "%s%s",
                           i == 0                ? ""
                           : hp_reader_at(i + 1) ? ", "
                                                 : " or ",
                           hp_reader_at(i)->format.name);
    return hp_error_set(error, HP_UNRECOGNISED, 0, "expected a profile (%s), found %s", formats,
                        found);
}

/* Reads bytes that are not compressed. status and problem: what went wrong when they were inflated;
 * HP_OK if nothing did. */
static hp_status read_plain(hp_profile *profile, const char *name, const uint8_t *data, size_t size,
                            const hp_load_options *options, hp_status status,
                            const hp_error *problem, hp_error *error)
{
    const hp_reader *reader = hp_reader_recognise(data, size);
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
        read = reader->read(fresh, input, data, size, options, &found);
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

static hp_status load_bytes(hp_profile *profile, const char *name, const uint8_t *data, size_t size,
                            const hp_load_options *options, hp_error *error)
{
    hp_error problem = {0};
    uint8_t *inflated;
    size_t inflated_size;

    if (!hp_is_gzip(data, size))
        return read_plain(profile, name, data, size, options, HP_OK, &problem, error);

    hp_status status = hp_gzip_inflate(data, size, HP_INFLATED_MAX + 1, options, &inflated,
                                       &inflated_size, &problem);

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

hp_status hp_load_options_take(const hp_load_options *given, hp_load_options *options,
                               hp_error *error)
{
    static const size_t size_of_1_0 = offsetof(hp_load_options, stacks) + 3;

    *options = (hp_load_options)HP_LOAD_OPTIONS_INIT;
    if (given && given->size < size_of_1_0)
        return hp_error_set(error, HP_INVALID, 0, "hp_load_options.size is %zu, not %zu or more",
                            given->size, size_of_1_0);
    if (given) {
        memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
        options->size = sizeof *options;
    }
    return HP_OK;
}

hp_status hp_profile_load_bytes(hp_profile *profile, const char *name, const void *data,
                                size_t size, const hp_load_options *options, hp_error *error)
{
    hp_load_options taken;
    hp_status status = hp_load_options_take(options, &taken, error);

    return status == HP_OK ? load_bytes(profile, name, data, size, &taken, error) : status;
}
