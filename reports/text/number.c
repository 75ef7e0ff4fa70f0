// SPDX-License-Identifier: MIT
#include "text/number.h"

#include "graph/callgraph.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t hp_power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* Not printf, which takes the decimal point from the locale. */
hp_number hp_number_fixed(uint64_t value, unsigned decimals)
{
    uint64_t one = hp_power_of_ten(decimals);
    hp_number number;

    if (decimals == 0)
        snprintf(number.text, sizeof number.text, "%" PRIu64, value);
    else
        snprintf(number.text, sizeof number.text, "%" PRIu64 ".%0*" PRIu64, value / one,
                 (int)decimals, value % one);
    return number;
}

hp_number hp_number_rounded(double value, unsigned decimals)
{
    double scaled = value * (double)hp_power_of_ten(decimals) + 0.5;

    return hp_number_fixed(scaled < 1e19 ? (uint64_t)scaled : UINT64_MAX, decimals);
}

hp_number hp_number_with_sign(int sign, hp_number number)
{
    hp_number result;

    snprintf(result.text, sizeof result.text, "%s%.38s",
             sign > 0   ? "+"
             : sign < 0 ? "-"
                        : "",
             number.text);
    return result;
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
