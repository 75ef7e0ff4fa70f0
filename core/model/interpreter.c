// SPDX-License-Identifier: MIT
#include "model/text.h"

const hp_function *hp_interpreter_key(void)
{
    static const hp_function key = {
        .name = HP_LITERAL(HP_INTERPRETER),
        .file = HP_LITERAL(""),
        .recorded_file = HP_LITERAL(""),
        .object = HP_LITERAL(""),
    };

    return &key;
}

bool hp_is_interpreter(const hp_function *function)
{
    return function->line == 0 && function->file.size == 0 && HP_IS(function->name, HP_INTERPRETER);
}
