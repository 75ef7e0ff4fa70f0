// SPDX-License-Identifier: MIT
#include "folded/folded_frames.h"

#include "input/escaped_bytes.h"
#include "input/scan.h"
#include "model/array.h"

#include <stdlib.h>

void hp_folded_table_free(hp_folded_table *table)
{
    free(table->rows);
    free(table->bytes);
    hp_index_free(&table->index);
}

static bool no_memory(const hp_folded_table *table)
{
    hp_no_memory(table->error);
    return false;
}

static bool reserve_bytes(hp_folded_table *table, size_t size)
{
    return hp_array_reserve(&table->bytes, &table->bytes_capacity, size, 1);
}

/* --- Texts ---------------------------------------------------------------------------------- */

static unsigned hex_digit(char c)
{
    return hp_is_digit(c)         ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                  : 16;
}

hp_string hp_folded_unescape(hp_folded_table *table, hp_string text)
{
    hp_string result = {NULL, 0};

    if (!reserve_bytes(table, text.size + 1))
        return result;
    result.data = table->bytes;
    for (size_t at = 0; at < text.size; at++) {
        const char *c = text.data + at;
        bool escaped = text.size - at >= 4 && c[0] == '\\' && c[1] == 'x' && hex_digit(c[2]) < 16 &&
                       hex_digit(c[3]) < 16;

        table->bytes[result.size++] = escaped ? (char)(hex_digit(c[2]) << 4 | hex_digit(c[3])) : *c;
        at += escaped ? 3 : 0;
    }
    return result;
}

/* A frame that is taken apart. */
typedef struct place {
    hp_string name, file;
    uint64_t line;
} place;

/* "12", the end of a text behind the last "L" */
static uint64_t line_behind(hp_string text, size_t at)
{
    uint64_t line = 0;

    for (; at < text.size && line < UINT32_MAX; at++)
        line = 10 * line + (uint64_t)(text.data[at] - '0');
    return line;
}

static place split_symbol(hp_string text)
{
    place found = {.name = text, .file = HP_LITERAL("")};
    hp_string left = text;
    uint64_t line;

    if (!hp_folded_take_line(&left, &line))
        return found;
    for (size_t at = left.size; at-- > 3;)
        if (memcmp(left.data + at - 3, " - ", 3) == 0) {
            found.name.size = at - 3;
            found.file = (hp_string){left.data + at, left.size - at};
            found.line = line;
            break;
        }
    return found;
}

static place split_parentheses(hp_string text)
{
    place found = {.name = text, .file = HP_LITERAL("")};

    if (hp_folded_split_parentheses(text, &found.name.size, &found.file))
        (void)hp_folded_take_line(&found.file, &found.line);
    return found;
}

static place split_lines_apart(hp_string text)
{
    size_t end = text.size;
    place found;

    while (end && text.data[end - 1] != ';')
        end--;
    found = split_parentheses((hp_string){text.data, end ? end - 1 : text.size});
    if (end)
        found.line = line_behind(text, end + 1);
    return found;
}

/* What a sampler puts in the place of a file: ":INVALID:", "kernel:NAME:0". */
static place split_colons(hp_string text)
{
    place found = {.name = text, .file = HP_LITERAL("")};
    hp_string left = text;
    uint64_t line;
    size_t at;

    if (!hp_folded_take_line(&left, &line))
        return found;
    found.name = left;
    found.line = line;
    for (at = left.size; at && left.data[at - 1] != ':';)
        at--;
    if (at == 0 || (line == 0 && at == sizeof "kernel" && memcmp(left.data, "kernel", at - 1) == 0))
        return found;
    found.name = (hp_string){left.data + at, left.size - at};
    found.file = (hp_string){left.data, at - 1};
    return found;
}

static place split(hp_folded_frames frames, hp_string text)
{
    place found = frames == HP_FOLDED_COLONS        ? split_colons(text)
                  : frames == HP_FOLDED_PARENTHESES ? split_parentheses(text)
                  : frames == HP_FOLDED_LINES_APART ? split_lines_apart(text)
                                                    : split_symbol(text);

    if (HP_IS(found.file, "~"))
        found.file.size = 0;
    return found;
}

/* --- Frames --------------------------------------------------------------------------------- */

static bool add_row(hp_folded_table *table, struct hp_folded_row row)
{
    if (table->count == HP_FOLDED_LEFT_OUT ||
        !hp_array_reserve(&table->rows, &table->capacity, table->count + 1, sizeof *table->rows) ||
        !hp_index_reserve(&table->index, 1))
        return no_memory(table);
    hp_index_add(&table->index, hp_hash_bytes(row.text.data, row.text.size),
                 (uint32_t)table->count);
    table->rows[table->count++] = row;
    return true;
}

static bool add_frame(hp_folded_table *table, const hp_function *function, uint64_t line,
                      hp_frame *frame)
{
    hp_function_id id;

    return hp_profile_add_function(table->samples->profile, function, &id, table->error) == HP_OK &&
           hp_samples_frame(table->samples, id, line, frame, table->error) == HP_OK;
}

/* "<thread 34>" for "T0:34", "tid:34", "thread (34): NAME"... */
static bool name_thread(hp_folded_table *table, hp_string text, bool process, hp_string *name)
{
    static const hp_string words[] = {HP_LITERAL("process "), HP_LITERAL("Process "),
                                      HP_LITERAL("thread "),  HP_LITERAL("Thread "),
                                      HP_LITERAL("tid:"),     HP_LITERAL("P"),
                                      HP_LITERAL("T")};
    const hp_string start =
        process ? (hp_string)HP_LITERAL("<process ") : (hp_string)HP_LITERAL("<thread ");
    size_t size = start.size;
    bool bracket;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (hp_take_prefix(&text, words[i]))
            break;
    if (!process && table->style.roots == HP_FOLDED_AUSTIN) {
        hp_string interpreter;

        (void)hp_take_until(&text, ':', &interpreter);
    }
    if (!reserve_bytes(table, start.size + text.size + 1))
        return no_memory(table);
    memcpy(table->bytes, start.data, start.size);
    bracket = !process && HP_TAKE(&text, "(");
    for (size_t i = 0; i < text.size; i++)
        if (bracket && text.data[i] == ')')
            bracket = false;
        else
            table->bytes[size++] = text.data[i];
    table->bytes[size++] = '>';
    *name = (hp_string){table->bytes, size};
    return true;
}

static bool add_root(hp_folded_table *table, struct hp_folded_row *row)
{
    bool process = row->root == HP_FOLDED_PROCESS;
    hp_function function = {.file = HP_LITERAL(""), .recorded_file = HP_LITERAL("")};

    *(process ? &table->input->processes : &table->input->threads) += 1;
    return !table->threads || (name_thread(table, row->text, process, &function.name) &&
                               add_frame(table, &function, 0, &row->frame));
}

/* The text as bytes: those that are not UTF-8 may be surrogates, or escaped by ourselves. *room:
 * where in table->bytes they go. */
static hp_string bytes_of(const hp_folded_table *table, hp_string text, size_t *room)
{
    if (hp_has_escaped_bytes(text)) {
        char *bytes = table->bytes + *room;

        text = (hp_string){bytes, hp_unescape_bytes(text, bytes)};
        *room += text.size;
    }
    return text;
}

static bool add_function(hp_folded_table *table, struct hp_folded_row *row)
{
    bool ours = table->style.weights == HP_FOLDED_OURS;
    place found = split(table->style.frames, row->text);
    hp_function function = {.line_unknown = !ours, .line = ours ? found.line : 0};
    size_t room = 0;

    if (ours ? HP_IS(found.name, HP_INTERPRETER) && found.file.size == 0
             : HP_IS(found.name, "<native>") && !table->native)
        return true;
    if (!reserve_bytes(table, row->text.size + 1))
        return no_memory(table);
    function.name = bytes_of(table, found.name, &room);
    function.file = function.recorded_file = bytes_of(table, found.file, &room);
    return add_frame(table, &function, found.line, &row->frame);
}

bool hp_folded_find_frame(hp_folded_table *table, hp_string text, hp_folded_root root,
                          hp_frame *frame)
{
    uint32_t hash = hp_hash_bytes(text.data, text.size), found;
    struct hp_folded_row row = {text, HP_FOLDED_LEFT_OUT, root};
    size_t probe = 0;

    while ((found = hp_index_next(&table->index, hash, &probe)) != HP_NO_ROW)
        if (table->rows[found].root == root && hp_string_equal(table->rows[found].text, text)) {
            *frame = table->rows[found].frame;
            return true;
        }
    if (!(root == HP_FOLDED_FRAME ? add_function(table, &row) : add_root(table, &row)))
        return false;
    *frame = row.frame;
    return add_row(table, row);
}

bool hp_folded_define(hp_folded_table *table, hp_string text, const hp_function *function)
{
    struct hp_folded_row row = {text, HP_FOLDED_LEFT_OUT, HP_FOLDED_FRAME};

    return add_frame(table, function, function->line, &row.frame) && add_row(table, row);
}
