// SPDX-License-Identifier: MIT
/* Numbers as text. The decimal point is a dot in every locale. */
#ifndef HP_NUMBER_H
#define HP_NUMBER_H

#include "buffer.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A number as it is going to be shown. All zero: none, which is shown as "". */
typedef struct hp_number {
    uint64_t digits; /* the number without its decimal point */
    unsigned char decimals;
    bool known;
    bool point_zero; /* ".0" follows */
    char sign;       /* '+', '-', or 0: none */
} hp_number;

/* exponent: at most 19. */
uint64_t hp_power_of_ten(unsigned exponent);

/* value / 10^decimals, all of its digits. decimals: at most 19. */
static inline hp_number hp_number_fixed(uint64_t value, unsigned decimals)
{
    return (hp_number){value, (unsigned char)decimals, true, false, 0};
}

/* A value that is not negative, rounded. */
hp_number hp_number_rounded(double value, unsigned decimals);

/* The same for any value, with its sign: "+1.50", "-1.50", "0.00". */
hp_number hp_number_signed(double value, unsigned decimals);

/* value - base with its sign: "+3", "-3", "0". */
hp_number hp_number_change(uint64_t value, uint64_t base);

/* The same of numbers of calls; "" if one of them is HP_UNKNOWN. */
hp_number hp_number_calls(uint64_t calls);
hp_number hp_number_calls_change(uint64_t calls, uint64_t base);

/* A number with the sign of sign; none if that is 0. */
hp_number hp_number_with_sign(int sign, hp_number number);

/* Returned by value, so that one can write hp_number_shown(...).text. */
typedef struct hp_shown_number {
    char text[40];
} hp_shown_number;

hp_shown_number hp_number_shown(hp_number number);

/* Adds so many blanks, and a number at the right of so many bytes, the others being blanks; all of
 * it if it is longer. blanks + width: at most HP_NUMBER_WIDTH_MAX. */
enum { HP_NUMBER_WIDTH_MAX = 48 };
void hp_buffer_add_number(hp_buffer *buffer, int blanks, int width, hp_number number);

/* The larger one of a width and the width of a number. */
int hp_number_widen(int width, hp_number number);

#ifdef __cplusplus
}
#endif

#endif
