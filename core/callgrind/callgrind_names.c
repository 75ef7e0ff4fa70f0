// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_names.h"

#include "model/array.h"
#include "model/profile.h"

#include <stdlib.h>

struct hp_callgrind_id {
    uint64_t number;
    hp_string name; /* data NULL: not defined yet */
    /* Of functions only: */
    hp_string file, object;  /* where it was defined */
    hp_function_id function; /* in the part; HP_NO_FUNCTION: not in the profile yet */
    uint32_t part;           /* of function */
    uint32_t exact;          /* row of names.exact plus one; 0: none */
    bool settled;
};

/* What our own report says of a function in comments. */
struct hp_callgrind_exact {
    hp_string name, file, recorded_file, object; /* data NULL: as the file shows it */
    uint64_t line;
    uint32_t part;
    bool line_unknown, estimated;
};

/* Who a function belongs to: a row of names.functions plus one, or one of these. */
#define NOBODY 0
#define SHARED UINT32_MAX /* by several numbers, or by a name without a number */

static const hp_string unknown = HP_LITERAL("???");

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
    free(names->owners);
}

void hp_callgrind_names_begin(hp_callgrind_names *names, hp_profile *profile, bool own)
{
    names->owner_count = 0;
    names->profile = profile;
    names->own = own;
    names->part++;
}

/* --- Numbers -------------------------------------------------------------------------------- */

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

/* Finds or adds a number; NULL without memory. */
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

/* The name behind a number. Other writers put any number of blanks in front of it, we put one, and
 * the name may begin with more. */
static hp_string name_behind(const hp_callgrind_names *names, hp_string text)
{
    do {
        if (text.size == 0 || !hp_is_blank(*text.data))
            break;
        text.data++;
        text.size--;
    } while (!names->own);
    return text;
}

/* What a text says: a name, the number that it has (NULL: none), and whether it defines it. */
struct spelling {
    hp_string name; /* data NULL: the number is not defined */
    struct hp_callgrind_id *id;
    bool defines;
};

static bool read_spelling(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                          struct spelling *spelling)
{
    hp_string rest = text, name;
    uint64_t number;

    *spelling = (struct spelling){.name = text};
    if (!take_number(&rest, &number))
        return true;
    spelling->id = need_id(names, ids, number);
    if (!spelling->id)
        return hp_scan_no_memory(names->scan);
    name = name_behind(names, rest);
    spelling->defines = names->own ? rest.size > 0 : name.size > 0;
    spelling->name = spelling->defines ? name : spelling->id->name;
    return true;
}

bool hp_callgrind_read_place(hp_callgrind_names *names, hp_callgrind_ids *ids, hp_string text,
                             hp_string *place)
{
    struct spelling spelling;

    if (!read_spelling(names, ids, text, &spelling))
        return false;
    if (spelling.defines)
        spelling.id->name = spelling.name;
    names->undefined += !spelling.name.data;
    *place = spelling.name.data ? spelling.name : (hp_string){"", 0};
    if (hp_string_equal(*place, unknown))
        place->size = 0;
    return true;
}

/* --- Functions ------------------------------------------------------------------------------ */

static hp_string either(hp_string exact, hp_string shown)
{
    return exact.data ? exact : shown;
}

/* Adds a function, or finds it. id: its number, if it has one. */
static bool add_function(hp_callgrind_names *names, const struct hp_callgrind_id *id,
                         hp_string name, hp_string object, hp_string file, hp_function_id *function)
{
    hp_function key = {.name = name, .file = file, .recorded_file = file, .object = object};

    if (name.size == 0 && !names->own)
        key.name = unknown;
    if (id && id->exact && names->exact[id->exact - 1].part == names->part) {
        const struct hp_callgrind_exact *exact = &names->exact[id->exact - 1];

        key.line = exact->line;
        key.line_unknown = exact->line_unknown;
        key.estimated = exact->estimated;
        key.name = either(exact->name, name);
        key.object = either(exact->object, object);
        key.file = either(exact->file, file);
        key.recorded_file = either(exact->recorded_file, key.file);
    }
    /* One long name in many files would make more of a small input than anybody can use. */
    names->spent += key.name.size + key.file.size + key.object.size;
    if (names->spent > ((size_t)1 << 20) + (size_t)(names->scan->end - names->scan->data) * 64) {
        names->exhausted = true;
        return hp_scan_corrupt(names->scan, name.data,
                               "names that are not far longer than the file");
    }
    if (hp_profile_add_function(names->profile, &key, function, names->scan->error) != HP_OK)
        return false;
    if (!hp_array_reserve(&names->owners, &names->owner_capacity, *function + (size_t)1,
                          sizeof *names->owners))
        return hp_scan_no_memory(names->scan);
    while (names->owner_count <= *function)
        names->owners[names->owner_count++] = NOBODY;
    return true;
}

static uint32_t owner_of(const hp_callgrind_names *names, const struct hp_callgrind_id *id)
{
    return id ? (uint32_t)(id - names->functions.rows) + 1 : SHARED;
}

static void own_function(hp_callgrind_names *names, hp_function_id function, uint32_t owner)
{
    uint32_t *owners = &names->owners[function];

    *owners = *owners == NOBODY || *owners == owner ? owner : SHARED;
}

static bool is_in(const hp_callgrind_names *names, const struct hp_callgrind_id *id)
{
    return id->function != HP_NO_FUNCTION && id->part == names->part;
}

static void define(struct hp_callgrind_id *id, hp_string name, hp_string object, hp_string file)
{
    if (id->name.data && hp_string_equal(id->name, name) && hp_string_equal(id->file, file) &&
        hp_string_equal(id->object, object))
        return;
    id->name = name;
    id->file = file;
    id->object = object;
    id->function = HP_NO_FUNCTION;
    id->settled = false;
}

bool hp_callgrind_read_function(hp_callgrind_names *names, hp_string text, hp_string object,
                                hp_string file, hp_callgrind_named *named)
{
    struct spelling spelling;
    struct hp_callgrind_id *id;

    *named = (hp_callgrind_named){HP_NO_FUNCTION, file, HP_NO_FUNCTION, 0};
    if (!read_spelling(names, &names->functions, text, &spelling))
        return false;
    if (!spelling.name.data)
        return hp_callgrind_unknown_function(names, object, file, named);
    id = spelling.id;
    if (spelling.defines)
        define(id, spelling.name, object, file);
    if (id && is_in(names, id)) {
        named->id = id->function;
    } else {
        if (!add_function(names, id, spelling.name, id ? id->object : object, id ? id->file : file,
                          &named->id))
            return false;
        own_function(names, named->id, owner_of(names, id));
    }
    if (id) {
        id->function = named->id;
        id->part = names->part;
        named->file = id->file;
        named->row = owner_of(names, id);
    }
    return true;
}

static bool is_alone(const hp_callgrind_names *names, const hp_callgrind_named *named)
{
    return names->owners[named->id] == named->row && !names->functions.rows[named->row - 1].settled;
}

bool hp_callgrind_read_home(hp_callgrind_names *names, hp_string text, hp_string object,
                            hp_string file, hp_callgrind_named *named)
{
    struct hp_callgrind_id *id;
    hp_function_id there;

    if (!hp_callgrind_read_function(names, text, object, file, named))
        return false;
    if (named->row == 0 || hp_string_equal(named->file, file) || !is_alone(names, named))
        return true;
    id = &names->functions.rows[named->row - 1];
    if (!add_function(names, id, id->name, id->object, file, &there))
        return false;
    if (names->owners[there] != NOBODY)
        return true;
    own_function(names, there, (uint32_t)named->row);
    id->file = file;
    id->function = there;
    *named = (hp_callgrind_named){there, file, named->id, named->row};
    return true;
}

void hp_callgrind_settle(hp_callgrind_names *names, const hp_callgrind_named *named)
{
    if (named->row)
        names->functions.rows[named->row - 1].settled = true;
}

bool hp_callgrind_unknown_function(hp_callgrind_names *names, hp_string object, hp_string file,
                                   hp_callgrind_named *named)
{
    *named = (hp_callgrind_named){HP_NO_FUNCTION, file, HP_NO_FUNCTION, 0};
    names->undefined++;
    if (!add_function(names, NULL, unknown, object, file, &named->id))
        return false;
    own_function(names, named->id, SHARED);
    return true;
}

/* --- What our own report says exactly ------------------------------------------------------- */

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

    if (!id || names->exact_count == UINT32_MAX ||
        !hp_array_reserve(&names->exact, &names->exact_capacity, names->exact_count + 1,
                          sizeof *names->exact))
        return hp_scan_no_memory(names->scan);
    names->exact[names->exact_count++] = (struct hp_callgrind_exact){.part = names->part};
    id->exact = (uint32_t)names->exact_count;
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
    exact->line_unknown = exact->line_unknown || HP_IS(key, "line-unknown");
    exact->estimated = exact->estimated || HP_IS(key, "inclusive-estimated");
    if (string)
        *string = unescaped(names->profile, text);
    return !string || string->data || hp_scan_no_memory(names->scan);
}

bool hp_callgrind_read_exact(hp_callgrind_names *names, const char *at)
{
    size_t before = names->exact_count;

    while (at < names->scan->end) {
        hp_string text = hp_take_line(&at, names->scan->end), key;
        uint64_t number;

        if (HP_TAKE(&text, "totals:") || HP_TAKE(&text, "events:"))
            break;
        if (HP_TAKE(&text, "fn=") && take_number(&text, &number)) {
            if (!add_exact(names, number))
                return false;
        } else if (names->exact_count > before && HP_TAKE(&text, "# hotprof: ") &&
                   hp_take_until(&text, '=', &key)) {
            if (!read_exact(names, &names->exact[names->exact_count - 1], key, text))
                return false;
        }
    }
    return true;
}
