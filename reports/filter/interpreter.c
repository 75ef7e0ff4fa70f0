// SPDX-License-Identifier: MIT
#include "filter/interpreter.h"

const hp_function hp_interpreter_key = {
    .name = {HP_INTERPRETER, sizeof HP_INTERPRETER - 1}, .file = {"", 0}, .recorded_file = {"", 0}};

bool hp_is_interpreter(const hp_function *function)
{
    return function->file.size == 0 && function->line == 0 &&
           hp_string_equal(function->name, hp_interpreter_key.name);
}
