// SPDX-License-Identifier: MIT
#include "chart/atlas.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void hp_atlas_sheet_name(const hp_atlas *atlas, uint32_t sheet, char *text, size_t size)
{
    char letters[8];
    size_t length = 0;

    if (atlas->columns == 0) {
        snprintf(text, size, "p%" PRIu32, sheet + 1);
        return;
    }
    for (uint32_t row = sheet / atlas->columns + 1; row > 0; row = (row - 1) / 26)
        letters[length++] = (char)('A' + (row - 1) % 26);
    for (size_t i = 0; i < length / 2; i++) {
        char letter = letters[i];

        letters[i] = letters[length - 1 - i];
        letters[length - 1 - i] = letter;
    }
    snprintf(text, size, "%.*s%" PRIu32, (int)length, letters, sheet % atlas->columns + 1);
}

static bool is_namesake(const hp_atlas *atlas, const hp_chart *chart, uint32_t node, uint32_t other)
{
    return other != node && atlas->sheets[other] == atlas->sheets[node] &&
           strcmp(chart->nodes[other].name, chart->nodes[node].name) == 0;
}

void hp_atlas_name(const hp_atlas *atlas, const hp_chart *chart, uint32_t node, char *text,
                   size_t size)
{
    const char *place = "";
    char name[HP_CHART_NAME_SIZE];

    for (uint32_t i = 0; i < chart->node_count && !*place; i++)
        if (is_namesake(atlas, chart, node, i))
            place = chart->nodes[node].place;
    hp_chart_name(&chart->nodes[node], name, sizeof name);
    snprintf(text, size, "%s%s%s", name, *place ? " " : "", place);
}

void hp_atlas_title(const hp_atlas *atlas, const hp_chart *chart, uint32_t sheet, char *text,
                    size_t size)
{
    uint32_t functions = 0, heaviest = HP_NO_NODE;
    char name[HP_ATLAS_NAME_SIZE] = "", own[HP_SHEET_NAME_SIZE];

    for (uint32_t i = chart->node_count; i-- > 0;)
        if (atlas->sheets[i] == sheet) {
            functions++;
            heaviest = i;
        }
    if (heaviest != HP_NO_NODE)
        hp_atlas_name(atlas, chart, heaviest, name, sizeof name);
    hp_atlas_sheet_name(atlas, sheet, own, sizeof own);
    snprintf(text, size, "%s of %" PRIu32 ": %s (%" PRIu32 " function%s)", own, atlas->sheet_count,
             name, functions, functions == 1 ? "" : "s");
}
