// SPDX-License-Identifier: MIT
#include "pstats/shares.h"

static uint64_t share_of(const hp_shares *shares, uint64_t weight)
{
    double share;

    if (weight >= shares->weight) /* the last one */
        return shares->left;
    if (shares->left == shares->weight)
        return weight;
    share = (double)shares->left * ((double)weight / (double)shares->weight) + 0.5;
    return share < (double)shares->left ? (uint64_t)share : shares->left;
}

uint64_t hp_take_share(hp_shares *shares, uint64_t weight)
{
    uint64_t share = share_of(shares, weight);

    shares->left -= share;
    shares->weight -= weight < shares->weight ? weight : shares->weight;
    return share;
}
