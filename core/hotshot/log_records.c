// SPDX-License-Identifier: MIT
#include "hotshot/log_records.h"

struct hp_log_decoder hp_log_decoder_start(const uint8_t *data, size_t size, bool coverage,
                                           hp_error *error)
{
    return (struct hp_log_decoder){{data, size, 0, error}, coverage, !coverage, false};
}

static bool get_string(hp_cursor *cursor, const char *what, hp_string *string)
{
    uint64_t size;
    const uint8_t *bytes;

    if (!hp_cursor_packed(cursor, "the length of a string", 0, &size) ||
        !hp_cursor_bytes(cursor, what, size, &bytes))
        return false;
    *string = (hp_string){(const char *)bytes, (size_t)size};
    return true;
}

static bool get_flag(struct hp_log_decoder *decoder, bool *flag)
{
    uint8_t byte;

    if (!hp_cursor_u8(&decoder->cursor, "a flag", &byte))
        return false;
    *flag = byte != 0 && !decoder->coverage;
    return true;
}

bool hp_log_decode(struct hp_log_decoder *decoder, struct hp_log_record *record)
{
    hp_cursor *cursor = &decoder->cursor;
    size_t start = cursor->offset;
    bool whole = false;

    if (start == cursor->size)
        return false;

    uint8_t first = cursor->data[start];

    record->type = (first & 3) == 3 ? first : first & 3;
    switch (record->type) {
    case ENTER:
        record->timed = decoder->frames_timed;
        whole = hp_cursor_packed(cursor, "a file number", 2, &record->file) &&
                hp_cursor_packed(cursor, "a line number", 0, &record->line);
        record->key_size = cursor->offset - start;
        whole = whole && (!record->timed || hp_cursor_packed(cursor, "a time", 0, &record->time));
        break;
    case EXIT:
        whole = hp_cursor_packed(cursor, "a time", 2, &record->time);
        record->timed = decoder->frames_timed || (whole && record->time != 0);
        break;
    case LINENO:
        record->timed = decoder->lines_timed;
        whole = hp_cursor_packed(cursor, "a line number", 2, &record->line) &&
                (!record->timed || hp_cursor_packed(cursor, "a time", 0, &record->time));
        break;
    case ADD_INFO:
        cursor->offset++;
        whole = get_string(cursor, "a key", &record->key) &&
                get_string(cursor, "a value", &record->value);
        break;
    case DEFINE_FILE:
        cursor->offset++;
        whole = hp_cursor_packed(cursor, "a file number", 0, &record->file) &&
                get_string(cursor, "a file name", &record->value);
        break;
    case DEFINE_FUNC:
        cursor->offset++;
        whole = hp_cursor_packed(cursor, "a file number", 0, &record->file) &&
                hp_cursor_packed(cursor, "a line number", 0, &record->line) &&
                get_string(cursor, "a function name", &record->value);
        break;
    case LINE_TIMES:
        cursor->offset++;
        whole = get_flag(decoder, &decoder->lines_timed);
        break;
    case FRAME_TIMES:
        cursor->offset++;
        whole = get_flag(decoder, &decoder->frames_timed);
        break;
    default:
        hp_error_set(cursor->error, HP_CORRUPT, start,
                     "offset %zu: expected a record, found the byte %02x", start, first);
    }
    if (!whole)
        cursor->offset = start;
    return whole;
}
