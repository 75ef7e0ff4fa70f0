// SPDX-License-Identifier: MIT
#include "text/labels.h"

#include "escape.h"
#include "tell_apart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool hp_has_file(const hp_function *function)
{
    return function->file.size > 0 && !hp_string_equal(function->file, (hp_string){"~", 1});
}

hp_string hp_base_name(hp_string file)
{
    size_t base = file.size;

    while (base > 0 && file.data[base - 1] != '/' && file.data[base - 1] != '\\')
        base--;
    return (hp_string){file.data + base, file.size - base};
}

typedef struct function_file {
    hp_string file;
    hp_function_id function;
} function_file;

static int order_files(const void *left, const void *right)
{
    hp_string a = ((const function_file *)left)->file, b = ((const function_file *)right)->file;
    int by = hp_string_compare(hp_base_name(a), hp_base_name(b));

    return by != 0 ? by : hp_string_compare(a, b);
}

enum level { PLAIN, EXACT, WITH_OBJECT, WITH_OBJECT_PATH, WITH_NUMBER };

struct labelling {
    const hp_profile *profile;
    hp_string *files; /* as shown */
    bool in_stacks;
};

static char *append_escaped(char *label, const char *before, hp_string string, const char *after)
{
    char *escaped = hp_escaped(string), *longer = NULL;

    if (escaped)
        longer = hp_name_append(label, "%s%s%s", before, escaped, after);
    else
        free(label);
    free(escaped);
    return longer;
}

/* Whether a character separates the functions of a stack, or makes a comment of it. */
static bool is_special(const char *label, const char *c)
{
    return *c == ';' || (*c == '#' && c == label);
}

/* Frees label, which may be NULL. */
static char *escape_special(char *label)
{
    size_t special = 0;

    for (const char *c = label; c && *c; c++)
        special += is_special(label, c);
    if (special == 0)
        return label;

    char *escaped = malloc(strlen(label) + 3 * special + 1), *end = escaped;

    for (const char *c = label; escaped && *c; c++)
        if (is_special(label, c))
            end += sprintf(end, "\\x%02x", (unsigned)*c);
        else
            *end++ = *c;
    if (escaped)
        *end = '\0';
    free(label);
    return escaped;
}

static char *new_label(const void *context, size_t id, unsigned level)
{
    const struct labelling *labelling = context;
    const hp_function *function = hp_profile_function(labelling->profile, (hp_function_id)id);
    char *label = hp_shown_name(function->name, level >= EXACT);

    if (function->line > 0 || hp_has_file(function)) {
        char after[sizeof ":18446744073709551615)"] = ")";

        if (function->line > 0)
            snprintf(after, sizeof after, ":%" PRIu64 ")", function->line);
        label = append_escaped(label, " (", labelling->files[id], after);
    }
    if (level >= WITH_OBJECT && function->object.size)
        label = append_escaped(
            label, " [", level == WITH_OBJECT ? hp_base_name(function->object) : function->object,
            "]");
    if (level == WITH_NUMBER)
        label = hp_name_append(label, " #%zu", id);
    return labelling->in_stacks ? escape_special(label) : label;
}

char **hp_labels_new(const hp_profile *profile, bool in_stacks)
{
    size_t count = hp_profile_function_count(profile);
    struct labelling labelling = {profile, malloc((count + 1) * sizeof *labelling.files),
                                  in_stacks};
    function_file *files = malloc((count + 1) * sizeof *files);
    char **labels = NULL;
    bool ok = labelling.files && files;

    for (hp_function_id i = 0; ok && i < count; i++)
        files[i] = (function_file){hp_profile_function(profile, i)->file, i};
    if (ok)
        qsort(files, count, sizeof *files, order_files);
    for (size_t first = 0, end; ok && first < count; first = end) {
        hp_string base = hp_base_name(files[first].file);
        bool several = false;

        for (end = first; end < count; end++) {
            if (!hp_string_equal(hp_base_name(files[end].file), base))
                break;
            several |= !hp_string_equal(files[end].file, files[first].file);
        }
        for (size_t i = first; i < end; i++)
            labelling.files[files[i].function] = several ? files[i].file : base;
    }
    if (ok)
        labels = hp_tell_apart(count, new_label, &labelling, WITH_NUMBER, NULL);
    free(labelling.files);
    free(files);
    return labels;
}

const char *hp_presence_mark(const hp_node *node)
{
    return node->presence == HP_ADDED     ? " <added>"
           : node->presence == HP_REMOVED ? " <removed>"
                                          : "";
}
