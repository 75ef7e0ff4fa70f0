// SPDX-License-Identifier: MIT
/* Divides a number in proportion to weights, exactly: the shares add up to the number.
 *
 *     hp_shares shares = {number, sum of all weights};
 *     for each weight
 *         share = hp_take_share(&shares, weight);
 *
 * If the number is at most the sum of the weights, no share is above its weight; if it is at least
 * that, none is below. Without any weight, the first one gets it all. */
#ifndef HP_SHARES_H
#define HP_SHARES_H

#include <stdint.h>

typedef struct hp_shares {
    uint64_t left;   /* of the number */
    uint64_t weight; /* of the shares to come */
} hp_shares;

uint64_t hp_take_share(hp_shares *shares, uint64_t weight);

#endif
