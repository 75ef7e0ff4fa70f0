// SPDX-License-Identifier: MIT
#include "text/number.h"

#include "graph/callgraph.h"

#include <assert.h>
#include <string.h>

uint64_t hp_power_of_ten(unsigned exponent)
{
    static const uint64_t powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                      1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

    assert(exponent < sizeof powers / sizeof *powers);
    return powers[exponent];
}

hp_number hp_number_rounded(double value, unsigned decimals)
{
    double scaled = value * (double)hp_power_of_ten(decimals) + 0.5;

    return hp_number_fixed(scaled < 1e19 ? (uint64_t)scaled : UINT64_MAX, decimals);
}

hp_number hp_number_with_sign(int sign, hp_number number)
{
    number.sign = (char)(sign == 0 ? 0 : sign > 0 ? '+' : '-');
    return number;
}

hp_number hp_number_signed(double value, unsigned decimals)
{
    return hp_number_with_sign((value > 0) - (value < 0),
                               hp_number_rounded(value < 0 ? -value : value, decimals));
}

hp_number hp_number_change(uint64_t value, uint64_t base)
{
    return hp_number_with_sign((value > base) - (value < base),
                               hp_number_fixed(hp_distance(value, base), 0));
}

hp_number hp_number_calls(uint64_t calls)
{
    return calls == HP_UNKNOWN ? (hp_number){0} : hp_number_fixed(calls, 0);
}

hp_number hp_number_calls_change(uint64_t calls, uint64_t base)
{
    return calls == HP_UNKNOWN || base == HP_UNKNOWN ? (hp_number){0}
                                                     : hp_number_change(calls, base);
}

/* Writes a number so that it ends before end, and returns where it begins. */
static inline char *write_number(char *end, hp_number number)
{
    uint64_t left = number.digits;

    if (!number.known)
        return end;
    if (number.point_zero) {
        *--end = '0';
        *--end = '.';
    }
    for (const char *point = end - number.decimals; end > point; left /= 10)
        *--end = (char)('0' + left % 10);
    if (number.decimals > 0)
        *--end = '.';
    do
        *--end = (char)('0' + left % 10);
    while (left /= 10);
    if (number.sign)
        *--end = number.sign;
    return end;
}

hp_shown_number hp_number_shown(hp_number number)
{
    hp_shown_number shown;
    char text[sizeof shown.text], *end = text + sizeof text - 1, *first = write_number(end, number);

    *end = '\0';
    memcpy(shown.text, first, (size_t)(end - first) + 1);
    return shown;
}

void hp_buffer_add_number(hp_buffer *buffer, int blanks, int width, hp_number number)
{
    char cell[HP_NUMBER_WIDTH_MAX], *end = cell + sizeof cell;

    assert(blanks + width <= HP_NUMBER_WIDTH_MAX);
    memset(cell, ' ', sizeof cell);

    const char *first = write_number(end, number), *start = end - width;

    start = (first < start ? first : start) - blanks;
    hp_buffer_add(buffer, (hp_string){start, (size_t)(end - start)});
}

int hp_number_widen(int width, hp_number number)
{
    int needed = (int)strlen(hp_number_shown(number).text);

    return needed > width ? needed : width;
}
