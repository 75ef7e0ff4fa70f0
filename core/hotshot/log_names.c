// SPDX-License-Identifier: MIT
#include "hotshot/log_names.h"

#include "model/array.h"
#include "model/text.h"

#include <stdlib.h>
#include <string.h>

const hp_string hp_log_no_name = {"?", 1};

void hp_log_names_free(struct hp_log_names *names)
{
    free(names->files);
    free(names->functions);
    hp_index_free(&names->file_index);
    hp_index_free(&names->function_index);
}

struct hp_log_file *hp_log_find_file(const struct hp_log_names *names, uint64_t number)
{
    uint32_t hash = hp_hash_numbers(number, 0, 0), row;
    size_t probe = 0;

    while ((row = hp_index_next(&names->file_index, hash, &probe)) != HP_NO_ROW)
        if (names->files[row].number == number)
            return &names->files[row];
    return NULL;
}

struct hp_log_function *hp_log_find_function(const struct hp_log_names *names, uint64_t file,
                                             uint64_t line)
{
    uint32_t hash = hp_hash_numbers(file, line, 0), row;
    size_t probe = 0;

    while ((row = hp_index_next(&names->function_index, hash, &probe)) != HP_NO_ROW)
        if (names->functions[row].file == file && names->functions[row].line == line)
            return &names->functions[row];
    return NULL;
}

struct hp_log_function *hp_log_need_function(struct hp_log_names *names, uint64_t file,
                                             uint64_t line)
{
    struct hp_log_function *function = hp_log_find_function(names, file, line);

    if (function)
        return function;
    if (!hp_index_reserve(&names->function_index, 1) ||
        !hp_array_reserve(&names->functions, &names->function_capacity, names->function_count + 1,
                          sizeof *names->functions))
        return NULL;
    hp_index_add(&names->function_index, hp_hash_numbers(file, line, 0),
                 (uint32_t)names->function_count);
    function = &names->functions[names->function_count++];
    *function = (struct hp_log_function){file, line, hp_log_no_name, false, 0, HP_NO_FUNCTION};
    return function;
}

bool hp_log_define_function(struct hp_log_names *names, const struct hp_log_record *record)
{
    struct hp_log_function *function = hp_log_need_function(names, record->file, record->line);

    if (!function)
        return false;
    if (function->id != HP_NO_FUNCTION && !hp_string_equal(function->name, record->value))
        names->generation++;
    function->name = record->value;
    function->defined = true;
    return true;
}

bool hp_log_define_file(struct hp_log_names *names, const struct hp_log_record *record)
{
    struct hp_log_file *file = hp_log_find_file(names, record->file);

    if (file ? !hp_string_equal(file->name, record->value) : names->unnamed)
        names->generation++;
    if (!file) {
        if (!hp_index_reserve(&names->file_index, 1) ||
            !hp_array_reserve(&names->files, &names->file_capacity, names->file_count + 1,
                              sizeof *names->files))
            return false;
        hp_index_add(&names->file_index, hp_hash_numbers(record->file, 0, 0),
                     (uint32_t)names->file_count);
        file = &names->files[names->file_count++];
        file->number = record->file;
    }
    file->name = record->value;
    return true;
}

static void *copy_of(const void *bytes, size_t size)
{
    void *copy = malloc(size + 1);

    return copy && size ? memcpy(copy, bytes, size) : copy;
}

bool hp_log_names_copy(const struct hp_log_names *names, struct hp_log_names *copy)
{
    *copy = *names;
    copy->files = copy_of(names->files, names->file_capacity * sizeof *names->files);
    copy->functions =
        copy_of(names->functions, names->function_capacity * sizeof *names->functions);
    copy->file_index.slots = copy_of(names->file_index.slots,
                                     names->file_index.capacity * sizeof *names->file_index.slots);
    copy->function_index.slots =
        copy_of(names->function_index.slots,
                names->function_index.capacity * sizeof *names->function_index.slots);
    return copy->files && copy->functions && copy->file_index.slots && copy->function_index.slots;
}
