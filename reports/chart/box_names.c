// SPDX-License-Identifier: MIT
#include "chart/box_names.h"

#include "chart/short_name.h"
#include "escape.h"
#include "tell_apart.h"
#include "text/columns.h"
#include "text/labels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The width of lines of names, of a name as a whole, and of a module, in smaller type. Those that
 * would be equal may be wider. */
enum { LINE_COLUMNS = 26, MODULE_COLUMNS = 30 };
#define NAME_COLUMNS ((size_t)70)

struct naming {
    const hp_profile *profile;
    const hp_function_id *functions;
    size_t count;
    char **modules; /* of the functions, as shown; "" without a file */
    char **texts;   /* their whole names, as shown */
    char **names;   /* these shortened, or longer again */
};

static const hp_function *function_of(const struct naming *naming, size_t thing)
{
    return hp_profile_function(naming->profile, naming->functions[thing]);
}

/* --- Things that are the same --------------------------------------------------------------- */

/* Numbers that many functions share: of their files, or of their names. */
struct shared {
    const struct naming *naming;
    size_t *first; /* of each, the function that it is taken from */
    size_t count;
};

struct keyed {
    hp_string key;
    size_t thing;
};

static int compare_keys(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    int order = hp_string_compare(a->key, b->key);

    return order ? order : (a->thing > b->thing) - (a->thing < b->thing);
}

/* Gives each function the name that is made for its key: one name for equal keys. NULL without
 * memory. */
static char **name_keys(const struct naming *naming, struct keyed *keys, hp_name_on_level *name,
                        unsigned last)
{
    struct shared shared = {naming, malloc((naming->count + 1) * sizeof *shared.first), 0};
    char **given = calloc(naming->count + 1, sizeof *given), **names = NULL;
    bool whole = shared.first && given;

    qsort(keys, naming->count, sizeof *keys, compare_keys);
    for (size_t i = 0; whole && i < naming->count; i++)
        if (i == 0 || hp_string_compare(keys[i - 1].key, keys[i].key) != 0)
            shared.first[shared.count++] = keys[i].thing;
    if (whole)
        names = hp_tell_apart(shared.count, name, &shared, last, NULL);
    whole = names != NULL;
    for (size_t i = 0, which = 0; whole && i < naming->count; i++) {
        which += i > 0 && hp_string_compare(keys[i - 1].key, keys[i].key) != 0;
        whole = (given[keys[i].thing] = strdup(names[which])) != NULL;
    }
    hp_told_apart_free(names, shared.count);
    free(shared.first);
    if (whole)
        return given;
    hp_told_apart_free(given, naming->count);
    return NULL;
}

/* --- Modules -------------------------------------------------------------------------------- */

enum { PATH = 7, PATH_NUMBERED };

/* The last part of a path with so many directories. */
static hp_string end_of_path(hp_string file, size_t directories)
{
    size_t start = (size_t)(hp_base_name(file).data - file.data);

    for (; start > 0 && directories > 0; directories--)
        start = (size_t)(hp_base_name((hp_string){file.data, start - 1}).data - file.data);
    return (hp_string){file.data + start, file.size - start};
}

static bool ends_in(hp_string string, const char *end)
{
    size_t size = strlen(end);

    return string.size > size && memcmp(string.data + string.size - size, end, size) == 0;
}

static bool starts_with(hp_string string, const char *start)
{
    size_t size = strlen(start);

    return string.size > size && memcmp(string.data, start, size) == 0;
}

/* "json/__init__" from "/usr/lib/json/__init__.py", and "importlib._bootstrap" from "<frozen
 * importlib._bootstrap>". */
static char *module_name(const void *context, size_t which, unsigned level)
{
    const struct shared *shared = context;
    hp_string file = function_of(shared->naming, shared->first[which])->file, module = file;

    if (level < PATH) {
        bool package = hp_string_equal(hp_base_name(file), hp_string_of("__init__.py"));

        module = end_of_path(file, level + package);
        module.size -= ends_in(module, ".py") ? 3 : 0;
        if (starts_with(module, "<frozen ") && ends_in(module, ">"))
            module =
                (hp_string){module.data + strlen("<frozen "), module.size - strlen("<frozen >")};
    }

    char *name = hp_escaped(module);

    return level < PATH             ? hp_shortened(name, (size_t)MODULE_COLUMNS * (level + 1))
           : level == PATH_NUMBERED ? hp_name_append(name, " #%zu", which)
                                    : name;
}

static char **new_modules(const struct naming *naming, struct keyed *keys)
{
    for (size_t i = 0; i < naming->count; i++) {
        const hp_function *function = function_of(naming, i);

        keys[i] = (struct keyed){hp_has_file(function) ? function->file : (hp_string){"", 0}, i};
    }

    char **modules = name_keys(naming, keys, module_name, PATH_NUMBERED);

    for (size_t i = 0; modules && i < naming->count; i++)
        if (!hp_has_file(function_of(naming, i)))
            *modules[i] = '\0';
    return modules;
}

/* --- Names ---------------------------------------------------------------------------------- */

/* How names become longer until they differ: a few more template arguments tell more, and take less
 * room, than all parameters. */
static const struct {
    size_t columns, depth;
} widths[] = {{NAME_COLUMNS, 0},     {2 * NAME_COLUMNS, 1}, {2 * NAME_COLUMNS, 0},
              {3 * NAME_COLUMNS, 2}, {4 * NAME_COLUMNS, 0}, {16 * NAME_COLUMNS, 0}};
enum { WHOLE_NUMBERED = sizeof widths / sizeof *widths };

static bool is_module(const struct naming *naming, size_t thing)
{
    return *naming->modules[thing] &&
           hp_string_equal(function_of(naming, thing)->name, hp_string_of("<module>"));
}

static char *whole_name(const struct naming *naming, size_t thing, bool exact)
{
    const hp_function *function = function_of(naming, thing);
    hp_string object = hp_base_name(function->object);
    char *name = hp_shown_name(function->name, exact), *escaped;

    if (is_module(naming, thing)) {
        free(name);
        return hp_name_append(strdup(naming->modules[thing]), " <module>");
    }
    if (!name || function->name.size > 0 || object.size == 0)
        return name;
    escaped = hp_escaped(object);
    name = hp_name_append(name, " in %s", escaped ? escaped : "");
    if (!escaped) {
        free(name);
        return NULL;
    }
    free(escaped);
    return name;
}

static char *short_name(const void *context, size_t which, unsigned level)
{
    const struct shared *shared = context;
    const char *text = shared->naming->texts[shared->first[which]];

    return level < WHOLE_NUMBERED ? hp_short_name(text, widths[level].columns, widths[level].depth)
                                  : hp_name_append(strdup(text), " #%zu", which);
}

static char **new_short_names(const struct naming *naming, struct keyed *keys)
{
    for (size_t i = 0; i < naming->count; i++)
        keys[i] = (struct keyed){hp_string_of(naming->texts[i]), i};
    return name_keys(naming, keys, short_name, WHOLE_NUMBERED);
}

/* --- Both together -------------------------------------------------------------------------- */

enum { AS_FOUND, EXACT, WITH_OBJECT, WITH_NUMBER };

/* Functions of the same name at the same place differ by their objects, or are shown alike. */
static char *name_at_place(const void *context, size_t thing, unsigned level)
{
    const struct naming *naming = context;
    hp_string object = hp_base_name(function_of(naming, thing)->object);
    char *exact = level == AS_FOUND ? NULL : whole_name(naming, thing, true), *name;

    if (level == AS_FOUND)
        return strdup(naming->names[thing]);
    name = exact ? hp_short_name(exact, NAME_COLUMNS, 0) : NULL;
    free(exact);
    if (level >= WITH_OBJECT && object.size > 0) {
        char *escaped = hp_escaped(object);

        name = escaped ? hp_name_append(name, " [%s]", escaped) : name;
        if (!escaped) {
            free(name);
            return NULL;
        }
        free(escaped);
    }
    return level == WITH_NUMBER ? hp_name_append(name, " #%zu", thing) : name;
}

static char *new_place(const struct naming *naming, size_t thing)
{
    const hp_function *function = function_of(naming, thing);
    char *place;

    if (!*naming->modules[thing] || is_module(naming, thing))
        return strdup("");
    place = hp_isolated(strdup(naming->modules[thing]));
    return function->line ? hp_name_append(place, ":%" PRIu64, function->line) : place;
}

/* --- Lines ---------------------------------------------------------------------------------- */

/* The length of the part of a name up to the next place where it may be broken, or up to a full
 * line. Words are broken only if they are longer than a line. */
static size_t piece_of(const char *name)
{
    static const char ends[] = "./ :,>()@";
    size_t piece = strcspn(name, "./ :,<>()@");

    /* Neither within "<module>" nor within "operator<<". */
    if (name[piece] == '<' && piece > 0)
        piece += strspn(name + piece, "<");
    else if (name[piece] == '<')
        piece = strcspn(name, ends);
    piece += strspn(name + piece, ends);
    if (piece <= LINE_COLUMNS)
        return piece;
    for (size_t i = LINE_COLUMNS; i > LINE_COLUMNS / 3; i--)
        if (name[i - 1] == '_' && name[i] != '_')
            return i;
    for (piece = LINE_COLUMNS; (name[piece] & 0xc0) == 0x80;) /* do not cut a character */
        piece++;
    return piece;
}

/* Breaks a long line where pieces end. Frees line, which may be NULL. */
static char *wrapped(char *line)
{
    size_t column = 0;
    char *text, *to;

    if (!line || hp_columns_of(line) <= LINE_COLUMNS)
        return line;
    text = to = malloc(2 * strlen(line) + 1);
    for (const char *from = line; text && *from;) {
        size_t piece = piece_of(from);

        if (column > LINE_COLUMNS / 3 && column + piece > LINE_COLUMNS) {
            *to++ = '\n';
            column = 0;
        }
        memcpy(to, from, piece);
        to += piece;
        from += piece;
        column += piece;
    }
    if (text)
        *to = '\0';
    free(line);
    return text;
}

/* --- All of it ------------------------------------------------------------------------------ */

static bool make_texts(struct naming *naming)
{
    struct keyed *keys = malloc((naming->count + 1) * sizeof *keys);
    bool whole = keys && (naming->modules = new_modules(naming, keys));

    whole = whole && (naming->texts = calloc(naming->count + 1, sizeof *naming->texts));
    for (size_t i = 0; whole && i < naming->count; i++)
        whole = (naming->texts[i] = whole_name(naming, i, false)) != NULL;
    whole = whole && (naming->names = new_short_names(naming, keys));
    free(keys);
    return whole;
}

bool hp_box_names_make(const hp_profile *profile, const hp_function_id *functions, size_t count,
                       hp_box_name *names)
{
    struct naming naming = {.profile = profile, .functions = functions, .count = count};
    char **places = calloc(count + 1, sizeof *places), ** final = NULL;
    bool whole = places && make_texts(&naming);

    for (size_t i = 0; i < count; i++) {
        names[i] = (hp_box_name){NULL, NULL};
        whole = whole && (places[i] = new_place(&naming, i));
    }
    if (whole)
        final = hp_tell_apart(count, name_at_place, &naming, WITH_NUMBER, places);
    for (size_t i = 0; final && i < count; i++) {
        names[i] = (hp_box_name){wrapped(final[i]), places[i]};
        final[i] = places[i] = NULL;
        whole = whole && names[i].name;
    }
    whole = whole && final;
    hp_told_apart_free(final, count);
    hp_told_apart_free(places, count);
    hp_told_apart_free(naming.modules, count);
    hp_told_apart_free(naming.texts, count);
    hp_told_apart_free(naming.names, count);
    return whole;
}
