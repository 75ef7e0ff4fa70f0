// SPDX-License-Identifier: MIT
#include "text/number.h"

#include "graph/callgraph.h"

#include <string.h>

uint64_t hp_power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

hp_number hp_number_fixed(uint64_t value, unsigned decimals)
{
    hp_number number;
    char digits[sizeof number.text], *end = digits + sizeof digits, *first = end;

    *--first = '\0';
    for (unsigned i = 0; value > 0 || i <= decimals; i++, value /= 10) {
        if (i > 0 && i == decimals)
            *--first = '.';
        *--first = (char)('0' + value % 10);
    }
    memcpy(number.text, first, (size_t)(end - first));
    return number;
}

hp_number hp_number_rounded(double value, unsigned decimals)
{
    double scaled = value * (double)hp_power_of_ten(decimals) + 0.5;

    return hp_number_fixed(scaled < 1e19 ? (uint64_t)scaled : UINT64_MAX, decimals);
}

hp_number hp_number_with_sign(int sign, hp_number number)
{
    if (sign != 0) {
        memmove(number.text + 1, number.text, strlen(number.text) + 1);
        number.text[0] = sign > 0 ? '+' : '-';
    }
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
    return calls == HP_UNKNOWN ? (hp_number){""} : hp_number_fixed(calls, 0);
}

hp_number hp_number_calls_change(uint64_t calls, uint64_t base)
{
    return calls == HP_UNKNOWN || base == HP_UNKNOWN ? (hp_number){""}
                                                     : hp_number_change(calls, base);
}

int hp_number_widen(int width, hp_number number)
{
    int needed = (int)strlen(number.text);

    return needed > width ? needed : width;
}
