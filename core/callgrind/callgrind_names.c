// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_names.h"

#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>

struct hp_callgrind_id {
    uint64_t number;
    hp_string name; /* data NULL: not told yet */
    /* of functions only */
    size_t exact; /* row of names.exact plus one, 0: none */
    const char *file, *object;
    hp_function_id function; /* what it is with this file and object */
};

/* What our own report says of a function in comments. */
struct hp_callgrind_exact {
    hp_string name, file, recorded_file, object; /* data NULL: not told */
    uint64_t line;
};

static void ids_free(hp_callgrind_ids *ids)
{
    free(ids->rows);
    free(ids->places);
    hp_index_free(&ids->index);
}

void hp_callgrind_names_free(hp_callgrind_names *names)
{
    ids_free(&names->objects);
    ids_free(&names->files);
    ids_free(&names->functions);
    free(names->exact);
}

static struct hp_callgrind_id *add_id(hp_callgrind_ids *ids, uint64_t number)
{
    if (!hp_array_reserve(&ids->rows, &ids->capacity, ids->count + 1, sizeof *ids->rows))
        return NULL;
    ids->rows[ids->count] = (struct hp_callgrind_id){.number = number, .function = HP_NO_FUNCTION};
    return &ids->rows[ids->count++];
}

static struct hp_callgrind_id *need_small_id(hp_callgrind_ids *ids, uint64_t number)
{
    size_t had = ids->place_capacity;
    struct hp_callgrind_id *id;

    if (!hp_array_reserve(&ids->places, &ids->place_capacity, (size_t)number + 1,
                          sizeof *ids->places))
        return NULL;
    memset(ids->places + had, 0, (ids->place_capacity - had) * sizeof *ids->places);
    if (ids->places[number])
        return &ids->rows[ids->places[number] - 1];
    id = add_id(ids, number);
    ids->places[number] = (uint32_t)ids->count;
    return id;
}

/* Finds or adds; NULL without memory. */
static struct hp_callgrind_id *need_id(const hp_callgrind_names *names, hp_callgrind_ids *ids,
                                       uint64_t number)
{
    size_t probe = 0, size = (size_t)(names->scan->end - names->scan->data);
    uint32_t hash, row;

    if (number < size / 8)
        return need_small_id(ids, number);
    hash = hp_hash_numbers(number, 0, 0);
    while ((row = hp_index_next(&ids->index, hash, &probe)) != HP_NO_ROW)
        if (ids->rows[row].number == number)
            return &ids->rows[row];
    if (!hp_index_reserve(&ids->index, 1))
        return NULL;
    hp_index_add(&ids->index, hash, (uint32_t)ids->count);
    return add_id(ids, number);
}

/* "(12)" */
static bool take_number(hp_string *text, uint64_t *number)
{
    const char *at = text->data + 1;

    if (text->size < 3 || text->data[0] != '(' || !hp_is_digit(*at) ||
        !hp_take_number(&at, number) || *at != ')')
        return false;
    at++;
    text->size -= (size_t)(at - text->data);
    text->data = at;
    return true;
}

/* A name, and its id if it has one. */
static bool read_name(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                      hp_string *name, struct hp_callgrind_id **id)
{
    const char *start = text.data;
    uint64_t number;

    *id = NULL;
    *name = text;
    if (!take_number(&text, &number))
        return true;
    *id = need_id(names, ids, number);
    if (!*id)
        return hp_scan_no_memory(names->scan);
    if (text.size) {
        hp_string told = *text.data == ' ' ? (hp_string){text.data + 1, text.size - 1} : text;

        if (!(*id)->name.data || !hp_string_equal((*id)->name, told)) {
            (*id)->name = told;
            (*id)->function = HP_NO_FUNCTION;
        }
    } else if (!(*id)->name.data) {
        return hp_scan_corrupt(names->scan, start, "a name, as this number has none yet");
    }
    *name = (*id)->name;
    return true;
}

bool hp_callgrind_read_place(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                             hp_string *place)
{
    struct hp_callgrind_id *id;

    if (!read_name(names, ids, text, place, &id))
        return false;
    if (HP_IS(*place, "???"))
        place->size = 0;
    return true;
}

bool hp_callgrind_skip_function(hp_callgrind_names *names, hp_string text)
{
    struct hp_callgrind_id *id;
    hp_string name;

    return read_name(names, &names->functions, text, &name, &id);
}

static hp_string either(hp_string exact, hp_string shown)
{
    return exact.data ? exact : shown;
}

bool hp_callgrind_read_function(hp_callgrind_names *names, hp_string text, hp_string object,
                                hp_string file, hp_function_id *function)
{
    hp_function key = {.file = file, .recorded_file = file, .object = object};
    struct hp_callgrind_id *id;

    if (!read_name(names, &names->functions, text, &key.name, &id))
        return false;
    if (id && id->function != HP_NO_FUNCTION && id->file == file.data &&
        id->object == object.data) {
        *function = id->function;
        return true;
    }
    if (id && id->exact) {
        const struct hp_callgrind_exact *exact = &names->exact[id->exact - 1];

        key.line = exact->line;
        key.name = either(exact->name, key.name);
        key.object = either(exact->object, key.object);
        key.file = either(exact->file, key.file);
        key.recorded_file = either(exact->recorded_file, key.file);
    }
    /* One long name in many files would make more of a small input than anybody can use. */
    names->spent += key.name.size + key.file.size + key.object.size;
    if (names->spent > ((size_t)1 << 20) + (size_t)(names->scan->end - names->scan->data) * 64)
        return hp_scan_corrupt(names->scan, text.data,
                               "names that are not far longer than the file");
    if (hp_profile_add_function(names->profile, &key, function, names->scan->error) != HP_OK)
        return false;
    if (id) {
        id->file = file.data;
        id->object = object.data;
        id->function = *function;
    }
    return true;
}

/* --- What our own report tells exactly ------------------------------------------------------ */

/* The bytes that \xnn stand for; data NULL without memory. */
static hp_string unescaped(hp_profile *profile, hp_string text)
{
    char *bytes = malloc(text.size + 1), hex[] = "0xnn";
    hp_string result = {bytes, 0};

    if (!bytes || !hp_reserve_strings(profile, 1, text.size)) {
        free(bytes);
        return (hp_string){NULL, 0};
    }
    for (size_t at = 0; at < text.size; at++) {
        const char *digits = hex;
        uint64_t byte;

        bytes[result.size] = text.data[at];
        if (text.size - at >= 4 && text.data[at] == '\\' && text.data[at + 1] == 'x') {
            memcpy(hex + 2, text.data + at + 2, 2);
            if (hp_take_number(&digits, &byte) && *digits == '\0') {
                bytes[result.size] = (char)byte;
                at += 3;
            }
        }
        result.size++;
    }
    result = hp_intern(profile, result);
    free(bytes);
    return result;
}

static bool add_exact(hp_callgrind_names *names, uint64_t number)
{
    struct hp_callgrind_id *id = need_id(names, &names->functions, number);

    if (!id || !hp_array_reserve(&names->exact, &names->exact_capacity, names->exact_count + 1,
                                 sizeof *names->exact))
        return hp_scan_no_memory(names->scan);
    names->exact[names->exact_count++] = (struct hp_callgrind_exact){.line = 0};
    id->exact = names->exact_count;
    return true;
}

static bool read_exact(hp_callgrind_names *names, struct hp_callgrind_exact *exact, hp_string key,
                       hp_string text)
{
    hp_string *string = HP_IS(key, "name")            ? &exact->name
                        : HP_IS(key, "file")          ? &exact->file
                        : HP_IS(key, "recorded-file") ? &exact->recorded_file
                        : HP_IS(key, "object")        ? &exact->object
                                                      : NULL;
    const char *digits = text.data;

    if (HP_IS(key, "line") && !hp_take_number(&digits, &exact->line))
        exact->line = 0;
    if (string)
        *string = unescaped(names->profile, text);
    return !string || string->data || hp_scan_no_memory(names->scan);
}

bool hp_callgrind_read_exact(hp_callgrind_names *names, const char *at)
{
    while (at < names->scan->end) {
        hp_string text = hp_take_line(&at, names->scan->end), key;
        uint64_t number;

        if (HP_TAKE(&text, "fn=") && take_number(&text, &number)) {
            if (!add_exact(names, number))
                return false;
        } else if (names->exact_count && HP_TAKE(&text, "# hotprof: ") &&
                   hp_take_until(&text, '=', &key)) {
            if (!read_exact(names, &names->exact[names->exact_count - 1], key, text))
                return false;
        }
    }
    return true;
}
