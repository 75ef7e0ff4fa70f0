// SPDX-License-Identifier: MIT
#include "export/unique_names.h"

#include "escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- For KCachegrind ------------------------------------------------------------------------ */

enum level { PLAIN, WITH_LINE, WITH_DIRECTORY, WITH_NUMBER, NUMBER_FIRST };

struct kcachegrind {
    const hp_profile *profile;
    char *const *files;
};

static const char *basename_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static char *name_for_kcachegrind(const void *context, size_t id, unsigned level)
{
    const struct kcachegrind *kcachegrind = context;
    const hp_function *function = hp_profile_function(kcachegrind->profile, (hp_function_id)id);
    const char *file = kcachegrind->files[id];
    size_t directory = (size_t)(basename_of(file) - file); /* with the slash */
    char *name = hp_shown_name(function->name, false), *numbered;

    if (level >= WITH_LINE)
        name = hp_name_append(name, ":%" PRIu64, function->line);
    if (level >= WITH_DIRECTORY)
        name =
            hp_name_append(name, " (%.*s", (int)(directory > 1 ? directory - 1 : directory), file);
    if (level >= WITH_NUMBER)
        name = hp_name_append(name, ", %zu", id);
    if (level >= WITH_DIRECTORY)
        name = hp_name_append(name, ")");
    if (level < NUMBER_FIRST || !name)
        return name;
    numbered = hp_name_append(strdup(""), "#%zu %s", id, name);
    free(name);
    return numbered;
}

char **hp_unique_names_new(const hp_profile *profile, char *const *files, char *const *objects)
{
    size_t count = hp_profile_function_count(profile);
    struct kcachegrind kcachegrind = {profile, files};
    char **rests = calloc(count + 1, sizeof *rests), **names = NULL;
    bool whole = rests != NULL;

    for (size_t i = 0; i < count && whole; i++) {
        const char *file = strcmp(files[i], "???") == 0 ? "" : basename_of(files[i]);
        const char *object = strcmp(objects[i], "???") == 0 ? "" : basename_of(objects[i]);

        whole = (rests[i] = hp_name_append(strdup(file), "%s", object)) != NULL;
    }
    if (whole)
        names = hp_tell_apart(count, name_for_kcachegrind, &kcachegrind, NUMBER_FIRST, rests);
    hp_told_apart_free(rests, count);
    return names;
}

/* --- For others ----------------------------------------------------------------------------- */

enum { AS_IT_IS, EXACT, WITH_OBJECT, WITH_OBJECT_PATH, NUMBERED };

static char *name_in_key(const void *profile, size_t id, unsigned level)
{
    const hp_function *function = hp_profile_function(profile, (hp_function_id)id);
    char *name =
        level == AS_IT_IS ? hp_escaped(function->name) : hp_shown_name(function->name, true);

    if (level >= WITH_OBJECT && function->object.size) {
        char *object = hp_escaped(function->object);

        name = hp_name_append(name, " [%s]",
                              !object                ? ""
                              : level == WITH_OBJECT ? basename_of(object)
                                                     : object);
        if (!object) {
            free(name);
            return NULL;
        }
        free(object);
    }
    return level == NUMBERED ? hp_name_append(name, " #%zu", id) : name;
}

static bool is_escaped(hp_string string)
{
    return hp_string_escape(string, NULL, 0) != string.size;
}

/* Whether two functions of a profile, which differ, may have the same key. */
static bool may_be_equal(const hp_profile *profile, bool by_object)
{
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);

        if (is_escaped(function->name) || is_escaped(function->file) || function->line_unknown ||
            (by_object ? is_escaped(function->object) : function->object.size > 0))
            return true;
    }
    return false;
}

static char *new_rest(const hp_function *function, bool by_object)
{
    char *file = hp_escaped(function->file);
    char *object = hp_escaped(by_object ? function->object : (hp_string){"", 0}), *rest = NULL;

    if (file && object)
        rest = hp_name_append(strdup(""), "\n%s\n%" PRIu64 "\n%s", file, function->line, object);
    free(file);
    free(object);
    return rest;
}

char **hp_key_names_new(const hp_profile *profile, bool by_object)
{
    size_t count = hp_profile_function_count(profile);
    bool apart = !may_be_equal(profile, by_object), whole;
    char **texts = calloc(count + 1, sizeof *texts), **names = NULL;

    whole = texts != NULL;
    for (size_t i = 0; i < count && whole; i++) {
        texts[i] = apart ? name_in_key(profile, i, AS_IT_IS)
                         : new_rest(hp_profile_function(profile, (hp_function_id)i), by_object);
        whole = texts[i] != NULL;
    }
    if (whole && apart)
        return texts;
    if (whole)
        names = hp_tell_apart(count, name_in_key, profile, NUMBERED, texts);
    hp_told_apart_free(texts, count);
    return names;
}
