// SPDX-License-Identifier: MIT
/* The dumps that profiling.sampling (Tachyon, Python 3.15) writes in the format of pstats. They
 * have
 *
 *     key       (file, the line that was at work, name): a location, not a function
 *     primitive in how many samples the location was innermost
 *     calls     in how many samples it was on the stack
 *     times     these numbers, times the interval between samples
 *     callers   how often the location stood on top of another, also several times in one stack
 *
 * Stacks themselves are not recorded. But a stack enters each component of the call graph once, so
 * the numbers of functions that are in no recursion are exact, and so are those of calls that lead
 * into one. */
#ifndef HP_SAMPLED_DUMP_H
#define HP_SAMPLED_DUMP_H

#include "pstats/dump.h"

/* A location of a dump: the functions of a dump are these. */
typedef struct hp_location {
    hp_function_id function; /* of the profile */
    uint64_t line;
    uint64_t self; /* samples */
    bool native;   /* not Python: <native> */
} hp_location;

/* Whether the numbers of a dump are those of samples. *interval: the nanoseconds between them; 0 if
 * that is not the same everywhere. */
bool hp_dump_has_samples(const hp_dump *dump, uint64_t *interval);

/* Makes a dump of functions and samples from one of locations, which are the functions of the dump.
 * The functions of the new one are count functions of the profile, from number first on. Takes
 * <native> out of the calls of the old one, and its samples out of the locations. What calls cost
 * need not add up in recursion: hp_dump_balance is to follow. False without memory. */
bool hp_dump_join_locations(hp_dump *dump, hp_location *locations, hp_function_id first,
                            uint32_t count, hp_dump *joined);

#endif
