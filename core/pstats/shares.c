// SPDX-License-Identifier: MIT
#include "pstats/shares.h"

static uint64_t between(uint64_t least, uint64_t number, uint64_t most)
{
    return number < least ? least : number > most ? most : number;
}

static uint64_t share_of(const hp_shares *shares, uint64_t weight)
{
    uint64_t others, rest, rounded;
    double share;

    if (weight >= shares->weight) /* the last one */
        return shares->left;

    /* What is rounded must not leave more to the others than their weights if the number is at most
     * the sum of all, and not less if it is more. rest: what is left if they get their weights. */
    others = shares->weight - weight;
    rest = shares->left > others ? shares->left - others : 0;
    share = (double)shares->left * ((double)weight / (double)shares->weight) + 0.5;
    rounded = share < (double)shares->left ? (uint64_t)share : shares->left;
    return rest < weight ? between(rest, rounded, weight) : between(weight, rounded, rest);
}

uint64_t hp_take_share(hp_shares *shares, uint64_t weight)
{
    uint64_t share = share_of(shares, weight);

    shares->left -= share;
    shares->weight -= weight < shares->weight ? weight : shares->weight;
    return share;
}
