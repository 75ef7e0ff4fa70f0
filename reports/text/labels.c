// SPDX-License-Identifier: MIT
#include "text/labels.h"

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

static char *new_label(const hp_function *function, hp_string file)
{
    bool has_place = function->line > 0 || hp_has_file(function);
    size_t name_size = hp_string_escape(function->name, NULL, 0);
    size_t file_size = hp_string_escape(file, NULL, 0);
    size_t size = name_size + file_size + sizeof " (:18446744073709551615)" + sizeof "???";
    char *label = malloc(size);

    if (!label)
        return NULL;
    strcpy(label, "???");
    if (name_size > 0)
        hp_string_escape(function->name, label, size);
    if (has_place) {
        char *end = label + strlen(label);

        end = stpcpy(end, " (");
        hp_string_escape(file, end, file_size + 1);
        if (function->line > 0)
            sprintf(strchr(end, 0), ":%" PRIu64, function->line);
        strcat(end, ")");
    }
    return label;
}

char **hp_labels_new(const hp_profile *profile)
{
    size_t count = hp_profile_function_count(profile);
    char **labels = calloc(count + 1, sizeof *labels);
    function_file *files = malloc((count + 1) * sizeof *files);
    bool ok = labels && files;

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
        for (size_t i = first; ok && i < end; i++) {
            hp_function_id id = files[i].function;

            labels[id] =
                new_label(hp_profile_function(profile, id), several ? files[i].file : base);
            ok = labels[id] != NULL;
        }
    }
    free(files);
    if (ok)
        return labels;
    hp_labels_free(labels, profile);
    return NULL;
}

void hp_labels_free(char **labels, const hp_profile *profile)
{
    for (hp_function_id i = 0; labels && i < hp_profile_function_count(profile); i++)
        free(labels[i]);
    free(labels);
}

const char *hp_presence_mark(const hp_node *node)
{
    return node->presence == HP_ADDED     ? " <added>"
           : node->presence == HP_REMOVED ? " <removed>"
                                          : "";
}
