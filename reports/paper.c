// SPDX-License-Identifier: MIT
#include "paper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool hp_paper_wanted(const hp_paper *paper)
{
    return paper->pages || paper->rows || paper->size.width > 0 || paper->overview ||
           paper->paging == HP_ATLAS || paper->orientation != HP_ORIENTATION_AUTO;
}

size_t hp_paper_pages(const hp_paper *paper)
{
    if (paper->rows)
        return paper->rows * paper->columns;
    return paper->pages ? paper->pages : 1;
}

double hp_paper_min_font(const hp_paper *paper)
{
    return paper->min_font > 0 ? paper->min_font : 7;
}

/* Parses a number with at most six digits before the point and returns its end; NULL: it is none,
 * or one that only strtod takes, such as 0x1p91 or 1e300. */
static const char *parse_number(const char *text, double *number)
{
    size_t digits = strspn(text, "0123456789"), all = digits;
    char *end;

    if (text[all] == '.')
        all += 1 + strspn(text + all + 1, "0123456789");
    *number = strtod(text, &end);
    return digits <= 6 && end > text && end == text + all ? end : NULL;
}

static bool parse_unit(const char *text, double *points)
{
    *points = strcmp(text, "mm") == 0                    ? 72 / 25.4
              : strcmp(text, "in") == 0                  ? 72
              : *text == '\0' || strcmp(text, "pt") == 0 ? 1
                                                         : 0;
    return *points > 0;
}

bool hp_paper_parse_size(const char *text, hp_size *size)
{
    static const struct {
        const char *name;
        hp_size size;
    } known[] = {{"a4", {595, 842}}, {"letter", {612, 792}}, {"a3", {842, 1191}}};
    enum { SHORTEST = 144, LONGEST = 14400 }; /* the longest page of PDF */
    double width, height, unit;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(text, known[i].name) == 0) {
            *size = known[i].size;
            return true;
        }
    text = parse_number(text, &width);
    if (!text || (*text != 'x' && *text != 'X'))
        return false;
    text = parse_number(text + 1, &height);
    if (!text || !parse_unit(text, &unit))
        return false;
    /* A fraction of a point would cost another row of sheets. */
    width = round(width * unit);
    height = round(height * unit);
    *size = (hp_size){fmin(width, height), fmax(width, height)};
    return size->width >= SHORTEST && size->height <= LONGEST;
}

bool hp_paper_parse_length(const char *text, hp_length *length)
{
    double number, unit;

    text = parse_number(text, &number);
    if (!text || !parse_unit(text, &unit))
        return false;
    *length = (hp_length){true, number * unit};
    return true;
}
