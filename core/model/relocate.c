// SPDX-License-Identifier: MIT
#include "model/profile.h"

#include <stdlib.h>

static int compare_names(const hp_function *a, const hp_function *b)
{
    int order = hp_string_compare(a->file, b->file);

    if (order == 0)
        order = hp_string_compare(a->name, b->name);
    return order ? order : hp_string_compare(a->object, b->object);
}

static int compare_places(const void *left, const void *right)
{
    const hp_function *a = *(const hp_function *const *)left;
    const hp_function *b = *(const hp_function *const *)right;
    int order = compare_names(a, b);

    return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* The functions whose first line is known, by name, then by line. NULL without memory. */
static const hp_function **places_new(const hp_profile *profile, size_t *count)
{
    size_t all = profile->function_table.count;
    const hp_function **places = malloc((all + 1) * sizeof *places);

    *count = 0;
    for (size_t i = 0; places && i < all; i++)
        if (!profile->functions[i].line_unknown)
            places[(*count)++] = &profile->functions[i];
    if (places)
        qsort(places, *count, sizeof *places, compare_places);
    return places;
}

/* How many functions from first on have the same name. */
static size_t namesakes(const hp_function *const *places, size_t first, size_t count)
{
    size_t next = first + 1;

    while (next < count && compare_names(places[first], places[next]) == 0)
        next++;
    return next - first;
}

/* The first line of each function of one: where other has it, or else its own. false without
 * memory. */
static bool find_lines(const hp_profile *one, const hp_profile *other, uint64_t *lines)
{
    size_t count, others;
    const hp_function **places = places_new(one, &count);
    const hp_function **other_places = places_new(other, &others);
    bool whole = places && other_places;

    for (size_t i = 0; i < one->function_table.count; i++)
        lines[i] = one->functions[i].line;
    for (size_t i = 0, k = 0, these, those; whole && i < count; i += these) {
        these = namesakes(places, i, count);
        while (k < others && compare_names(other_places[k], places[i]) < 0)
            k++;
        those = k < others && compare_names(other_places[k], places[i]) == 0
                    ? namesakes(other_places, k, others)
                    : 0;
        for (size_t n = 0; n < these && these == those; n++)
            lines[places[i + n] - one->functions] = other_places[k + n]->line;
    }
    free(places);
    free(other_places);
    return whole;
}

/* Moves a line with its function. */
static void move(uint64_t *line, uint64_t from, uint64_t to)
{
    if (*line >= from && *line - from <= UINT64_MAX - to)
        *line = *line - from + to;
}

hp_status hp_profile_relocate(const hp_profile *profile, const hp_profile *other,
                              hp_profile **relocated, hp_error *error)
{
    uint64_t *lines = malloc((other->function_table.count + 1) * sizeof *lines);
    hp_profile *moved = hp_profile_new();
    hp_status status = HP_OK;

    if (!lines || !moved || !find_lines(other, profile, lines))
        status = hp_no_memory(error);
    if (status == HP_OK)
        status = hp_profile_merge(moved, other, error);
    if (status == HP_OK) {
        for (size_t i = 0; i < moved->line_table.count; i++) {
            hp_line *line = &moved->lines[i];

            move(&line->line, other->functions[line->function].line, lines[line->function]);
        }
        for (size_t i = 0; i < moved->call_table.count; i++) {
            hp_call *call = &moved->calls[i];

            move(&call->line, other->functions[call->caller].line, lines[call->caller]);
        }
        for (size_t i = 0; i < moved->stack_table.count; i++) {
            hp_stack *stack = &moved->stacks[i];

            move(&stack->line, other->functions[stack->function].line, lines[stack->function]);
        }
        for (size_t i = 0; i < moved->function_table.count; i++)
            moved->functions[i].line = lines[i];
        moved->sorted = false;
        status = hp_profile_sort(moved, error);
    }
    free(lines);
    *relocated = status == HP_OK ? moved : NULL;
    if (status != HP_OK)
        hp_profile_free(moved);
    return status;
}
