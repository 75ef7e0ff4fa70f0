// SPDX-License-Identifier: MIT
#include "hotshot/log_coverage.h"

#include "hotshot/log_names.h"
#include "hotshot/trace.h"
#include "model/array.h"
#include "model/text.h"

#include <stdlib.h>

bool hp_log_is_coverage(const uint8_t *data, size_t size)
{
    hp_error error = {0};
    struct hp_log_decoder decoder = hp_log_decoder_start(data, size, true, &error);
    struct hp_log_names names = {0};
    struct hp_log_record record;
    uint64_t *first_lines = NULL;
    size_t depth = 0, capacity = 0, start = 0;
    bool header = true, no_lines = false, lines = false, sound = true;

    for (; sound && hp_log_decode(&decoder, &record); start = decoder.cursor.offset) {
        header = header && record.type > LINENO;
        switch (record.type) {
        case ADD_INFO:
            if (header && HP_IS(record.key, "requested-line-events"))
                no_lines = HP_IS(record.value, "no");
            break;
        case DEFINE_FILE:
            sound = hp_log_define_file(&names, &record);
            break;
        case DEFINE_FUNC:
            sound = hp_log_define_function(&names, &record);
            break;
        case ENTER: {
            const struct hp_log_function *entered =
                hp_log_find_function(&names, record.file, record.line);

            sound = no_lines && hp_log_find_file(&names, record.file) && entered &&
                    entered->defined && depth < HP_FRAMES_MAX &&
                    hp_array_reserve(&first_lines, &capacity, depth + 1, sizeof *first_lines);
            if (sound)
                first_lines[depth++] = record.line;
            break;
        }
        case EXIT:
            sound = no_lines && record.time == 0 && decoder.cursor.offset - start == 1;
            depth -= depth > 0;
            break;
        case LINENO:
            sound = no_lines && (depth == 0 || record.line >= first_lines[depth - 1]);
            lines = true;
            break;
        }
    }
    hp_log_names_free(&names);
    free(first_lines);
    return sound && lines && error.status != HP_CORRUPT;
}
