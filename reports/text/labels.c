// SPDX-License-Identifier: MIT
#include "text/labels.h"

#include "escape.h"
#include "tell_apart.h"
#include "text/number.h"

#include <stdlib.h>
#include <string.h>

bool hp_has_file(const hp_function *function)
{
    const hp_string file = function->file;

    return file.size > 1 || (file.size == 1 && *file.data != '~');
}

hp_string hp_base_name(hp_string file)
{
    size_t base = file.size;

    while (base > 0 && file.data[base - 1] != '/' && file.data[base - 1] != '\\')
        base--;
    return (hp_string){file.data + base, file.size - base};
}

/* --- What a label is made of ---------------------------------------------------------------- */

enum level { PLAIN, EXACT, WITH_OBJECT, WITH_OBJECT_PATH, WITH_NUMBER };

/* Whether a character separates the functions of a stack, or makes a comment of it. */
static bool is_special(const char *label, const char *c)
{
    return *c == ';' || (*c == '#' && c == label);
}

static void escape_special(hp_buffer *buffer, size_t start)
{
    size_t special = 0, size = buffer->size;

    for (size_t i = start; i < size; i++)
        special += is_special(buffer->text + start, buffer->text + i);
    if (special == 0 || !hp_buffer_grow(buffer, 3 * special))
        return;

    const char *label = buffer->text + start, *from = buffer->text + size;

    for (char *to = buffer->text + buffer->size; from > label;)
        if (is_special(label, --from)) {
            *--to = *from == ';' ? 'b' : '3';
            *--to = *from == ';' ? '3' : '2';
            *--to = 'x';
            *--to = '\\';
        } else {
            *--to = *from;
        }
}

static bool has_place(const hp_function *function)
{
    return function->line > 0 || hp_has_file(function);
}

/* What a label consists of: "name", " (file", and the rest. */
enum part { NAME, PLACE, REST };

/* Adds a label from a part of it on. */
static void add_label(const hp_labels *labels, hp_function_id id, unsigned level, enum part first,
                      hp_buffer *label)
{
    const hp_function *function = hp_profile_function(labels->profile, id);
    const bool placed = has_place(function);
    const size_t start = label->size;

    if (first == NAME && level >= EXACT)
        hp_add_shown_name(label, function->name, true);
    else if (first == NAME)
        hp_buffer_add(label, hp_shown_part(function->name));
    if (first <= PLACE && placed) {
        hp_buffer_add_text(label, " (");
        hp_buffer_add(label, labels->files[id]);
    }
    if (function->line > 0) {
        hp_buffer_add_text(label, ":");
        hp_buffer_add_number(label, 0, 0, hp_number_fixed(function->line, 0));
    }
    if (placed)
        hp_buffer_add_text(label, ")");
    if (level >= WITH_OBJECT && function->object.size) {
        hp_buffer_add_text(label, " [");
        hp_buffer_add(label,
                      level == WITH_OBJECT ? hp_base_name(function->object) : function->object);
        hp_buffer_add_text(label, "]");
    }
    if (level == WITH_NUMBER) {
        hp_buffer_add_text(label, " #");
        hp_buffer_add_number(label, 0, 0, hp_number_fixed(id, 0));
    }
    hp_escape_from(label, start); /* what is escaped remains as it is */
    if (labels->in_stacks)
        escape_special(label, start);
}

static void make_label(const hp_labels *labels, hp_function_id id, unsigned level, enum part first,
                       hp_buffer *label)
{
    hp_buffer_clear(label);
    add_label(labels, id, level, first, label);
}

static bool is_kept(const hp_labels *labels, hp_function_id id)
{
    return labels->starts[id] != HP_LABEL_NOT_KEPT;
}

/* An hp_hash_on_level. Keeps the label. */
static bool hash_label(void *context, size_t id, unsigned level, uint64_t *hash)
{
    static const char zeros[sizeof *hash]; /* to make the last eight bytes whole */
    hp_labels *labels = context;
    hp_buffer *kept = &labels->kept;
    const size_t start = kept->size;
    size_t end;
    uint64_t eight, sum = 0;

    add_label(labels, (hp_function_id)id, level, NAME, kept);
    end = kept->size + 1;
    hp_buffer_add(kept, (hp_string){zeros, sizeof zeros});
    for (size_t at = start; at + sizeof eight <= kept->size; at += sizeof eight) {
        memcpy(&eight, kept->text + at, sizeof eight);
        sum = (sum ^ eight) * 0x9e3779b97f4a7c15;
        sum ^= sum >> 32;
    }
    *hash = sum;
    labels->starts[id] = end > HP_LABELS_KEPT_MAX ? HP_LABEL_NOT_KEPT : (uint32_t)start;
    kept->size = is_kept(labels, (hp_function_id)id) ? end : start;
    return !kept->failed;
}

/* --- Which of these are needed -------------------------------------------------------------- */

/* Functions that follow each other and share the string of their file. */
typedef struct file_run {
    hp_string file, base;
    hp_function_id first, end;
} file_run;

static int order_files(const void *left, const void *right)
{
    const file_run *a = left, *b = right;
    int by = hp_string_compare(a->base, b->base);

    return by != 0 ? by : hp_string_compare(a->file, b->file);
}

/* NULL without memory. */
static file_run *runs_new(const hp_profile *profile, size_t *count)
{
    size_t functions = hp_profile_function_count(profile);
    file_run *runs = malloc((functions + 1) * sizeof *runs);

    *count = 0;
    for (hp_function_id id = 0; runs && id < functions; id++) {
        hp_string file = hp_profile_function(profile, id)->file;

        if (id == 0 || runs[*count - 1].file.data != file.data ||
            runs[*count - 1].file.size != file.size)
            runs[(*count)++] = (file_run){.file = file, .base = hp_base_name(file), .first = id};
        runs[*count - 1].end = id + 1;
    }
    return runs;
}

static bool find_files(hp_labels *labels)
{
    size_t count;
    file_run *runs = runs_new(labels->profile, &count);

    if (!runs)
        return false;
    qsort(runs, count, sizeof *runs, order_files);
    for (size_t first = 0, end; first < count; first = end) {
        hp_string base = runs[first].base;
        bool several = false;

        for (end = first; end < count && hp_string_equal(runs[end].base, base); end++)
            several |= !hp_string_equal(runs[end].file, runs[first].file);
        for (size_t i = first; i < end; i++)
            for (hp_function_id id = runs[i].first; id < runs[i].end; id++)
                labels->files[id] = several ? runs[i].file : base;
    }
    free(runs);
    return true;
}

bool hp_labels_init(hp_labels *labels, const hp_profile *profile, bool in_stacks)
{
    enum { USUAL_SIZE = 64 };
    size_t count = hp_profile_function_count(profile);

    *labels = (hp_labels){.profile = profile,
                          .in_stacks = in_stacks,
                          .files = malloc((count + 1) * sizeof *labels->files),
                          .starts = malloc((count + 1) * sizeof *labels->starts)};
    if (labels->files && labels->starts && find_files(labels) &&
        hp_buffer_reserve(&labels->kept, USUAL_SIZE * count < HP_LABELS_KEPT_MAX
                                             ? USUAL_SIZE * count
                                             : HP_LABELS_KEPT_MAX))
        labels->levels = hp_levels_new(count, hash_label, labels, WITH_NUMBER);
    return labels->levels != NULL;
}

void hp_labels_free(hp_labels *labels)
{
    free(labels->files);
    free(labels->levels);
    free(labels->kept.text);
    free(labels->starts);
    free(labels->one.text);
    free(labels->other.text);
}

/* --- Labels --------------------------------------------------------------------------------- */

static const char *text_of(const hp_buffer *label)
{
    return label->text ? label->text : "";
}

void hp_label_add(const hp_labels *labels, hp_function_id id, hp_buffer *buffer)
{
    if (is_kept(labels, id))
        hp_buffer_add_text(buffer, labels->kept.text + labels->starts[id]);
    else
        add_label(labels, id, labels->levels[id], NAME, buffer);
}

const char *hp_label(hp_labels *labels, hp_function_id id)
{
    if (is_kept(labels, id))
        return labels->kept.text + labels->starts[id];
    make_label(labels, id, labels->levels[id], NAME, &labels->one);
    return text_of(&labels->one);
}

/* Whether a label has this byte where its name has it, whatever is before and behind. */
static bool is_plain(char byte)
{
    return byte > ' ' && byte <= '~' && byte != '\\' && byte != ';' && byte != '#';
}

/* Compares two names as they are shown, either both exact or neither; 0: that cannot be told before
 * anything is escaped, or one begins with the other. */
static int compare_plain(hp_string one, hp_string other)
{
    for (size_t i = 0; i < one.size && i < other.size; i++) {
        char a = one.data[i], b = other.data[i];

        if (a == b && (a != ' ' || i > 0)) /* what is escaped is escaped in both */
            continue;
        return !is_plain(a) || !is_plain(b) ? 0 : a < b ? -1 : 1;
    }
    return 0;
}

static bool are_alike_exact(const hp_labels *labels, hp_function_id a, hp_function_id b)
{
    return (labels->levels[a] == PLAIN) == (labels->levels[b] == PLAIN);
}

/* The first part in which two labels may differ, so that long names are not made to be compared
 * with themselves. */
static enum part first_difference(const hp_labels *labels, hp_function_id a, hp_function_id b)
{
    const hp_function *one = hp_profile_function(labels->profile, a);
    const hp_function *other = hp_profile_function(labels->profile, b);

    if (!hp_string_equal(one->name, other->name) || !are_alike_exact(labels, a, b))
        return NAME;
    return has_place(one) == has_place(other) && hp_string_equal(labels->files[a], labels->files[b])
               ? REST
               : PLACE;
}

int hp_label_compare(hp_labels *labels, hp_function_id a, hp_function_id b)
{
    if (is_kept(labels, a) && is_kept(labels, b))
        return strcmp(hp_label(labels, a), hp_label(labels, b));

    enum part first = first_difference(labels, a, b);
    int by = first == NAME && are_alike_exact(labels, a, b)
                 ? compare_plain(hp_profile_function(labels->profile, a)->name,
                                 hp_profile_function(labels->profile, b)->name)
                 : 0;

    if (by != 0)
        return by;
    make_label(labels, a, labels->levels[a], first, &labels->one);
    make_label(labels, b, labels->levels[b], first, &labels->other);
    return strcmp(text_of(&labels->one), text_of(&labels->other));
}

const char *hp_presence_mark(const hp_node *node)
{
    return node->presence == HP_ADDED     ? " <added>"
           : node->presence == HP_REMOVED ? " <removed>"
                                          : "";
}
