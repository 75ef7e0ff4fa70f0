// SPDX-License-Identifier: MIT
/* Whatever the bytes are: no crash, all that is told lies within the input, and there is an end. */
#include "fuzz/fuzz.h"
#include "pstats/marshal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hp_error error = {0};
    hp_marshal marshal = {.in = {data, size, 0, &error}};
    hp_marshal_value value;
    uint64_t values = 0;
    size_t depth = 0;

    while (hp_marshal_next(&marshal, &value)) {
        check(value.offset <= size);
        check(++values <= (HP_MARSHAL_EXPANSION + 4) * (uint64_t)(size + 1));
        if (value.kind == HP_MARSHAL_STRING && value.string.size > 0) {
            const uint8_t *bytes = (const uint8_t *)value.string.data;

            check(bytes >= data && value.string.size <= size - (size_t)(bytes - data));
        }
        depth += value.kind == HP_MARSHAL_SEQUENCE || value.kind == HP_MARSHAL_DICT ||
                 value.kind == HP_MARSHAL_CODE;
        depth -= value.kind == HP_MARSHAL_END;
        check(depth == marshal.depth && depth <= HP_MARSHAL_DEPTH);
        check(*hp_marshal_kind_name(value.kind) != '\0');
    }
    check(error.status == HP_OK ? depth == 0 && marshal.in.offset <= size
                                : error.offset <= size && *error.message != '\0');
    check(marshal.flagged.count + marshal.interned.count <= size);
    hp_marshal_free(&marshal);
    return 0;
}
