// SPDX-License-Identifier: MIT
/* Numbers as text. The decimal point is a dot in every locale. */
#ifndef HP_NUMBER_H
#define HP_NUMBER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returned by value, so that one can write hp_number_fixed(...).text. */
typedef struct hp_number {
    char text[40];
} hp_number;

uint64_t hp_power_of_ten(unsigned exponent);

/* value / 10^decimals, all of its digits. */
hp_number hp_number_fixed(uint64_t value, unsigned decimals);

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

/* The larger one of a width and the width of a number. */
int hp_number_widen(int width, hp_number number);

#ifdef __cplusplus
}
#endif

#endif
