// SPDX-License-Identifier: MIT
#include "hotshot/hotshot_names.h"

#include "model/array.h"
#include "model/text.h"

#include <stdlib.h>
#include <string.h>

const hp_string hp_no_name = {"?", 1};

void hp_names_free(struct hp_names *names)
{
    free(names->files);
    free(names->sites);
    hp_index_free(&names->file_index);
    hp_index_free(&names->site_index);
}

struct hp_file *hp_find_file(const struct hp_names *names, uint64_t number)
{
    uint32_t hash = hp_hash_numbers(number, 0, 0), row;
    size_t probe = 0;

    while ((row = hp_index_next(&names->file_index, hash, &probe)) != HP_NO_ROW)
        if (names->files[row].number == number)
            return &names->files[row];
    return NULL;
}

struct hp_site *hp_find_site(const struct hp_names *names, uint64_t file, uint64_t line)
{
    uint32_t hash = hp_hash_numbers(file, line, 0), row;
    size_t probe = 0;

    while ((row = hp_index_next(&names->site_index, hash, &probe)) != HP_NO_ROW)
        if (names->sites[row].file == file && names->sites[row].line == line)
            return &names->sites[row];
    return NULL;
}

struct hp_site *hp_need_site(struct hp_names *names, uint64_t file, uint64_t line)
{
    struct hp_site *site = hp_find_site(names, file, line);

    if (site)
        return site;
    if (!hp_index_reserve(&names->site_index, 1) ||
        !hp_array_reserve(&names->sites, &names->site_capacity, names->site_count + 1,
                          sizeof *names->sites))
        return NULL;
    hp_index_add(&names->site_index, hp_hash_numbers(file, line, 0), (uint32_t)names->site_count);
    site = &names->sites[names->site_count++];
    *site = (struct hp_site){file, line, hp_no_name, false, 0, HP_NO_FUNCTION};
    return site;
}

bool hp_define_function(struct hp_names *names, const struct hp_record *record)
{
    struct hp_site *site = hp_need_site(names, record->file, record->line);

    if (!site)
        return false;
    if (site->function != HP_NO_FUNCTION && !hp_string_equal(site->name, record->value))
        names->generation++;
    site->name = record->value;
    site->defined = true;
    return true;
}

bool hp_define_file(struct hp_names *names, const struct hp_record *record)
{
    struct hp_file *file = hp_find_file(names, record->file);

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

bool hp_names_copy(const struct hp_names *names, struct hp_names *copy)
{
    *copy = *names;
    copy->files = copy_of(names->files, names->file_capacity * sizeof *names->files);
    copy->sites = copy_of(names->sites, names->site_capacity * sizeof *names->sites);
    copy->file_index.slots = copy_of(names->file_index.slots,
                                     names->file_index.capacity * sizeof *names->file_index.slots);
    copy->site_index.slots = copy_of(names->site_index.slots,
                                     names->site_index.capacity * sizeof *names->site_index.slots);
    return copy->files && copy->sites && copy->file_index.slots && copy->site_index.slots;
}
