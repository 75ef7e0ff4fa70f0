// SPDX-License-Identifier: MIT
/* Sampled call stacks, added up to a profile. A sample is a stack of frames, from the root to the
 * innermost one, with weights: one for each event of the profile.
 *
 * - The weight is self cost of the innermost frame's line; of <interpreter> if there are no frames.
 * - It is inclusive cost of every function on the stack, and of every call site: a caller, its line
 *   and a callee. Both count it once a stack. A function that is on the stack several times is
 *   entered by its outermost call, and that call has the cost. So calls of a function add up to its
 *   inclusive cost.
 * - Numbers of calls are unknown. <interpreter> calls the outermost frames.
 *
 * Time is linear in the frames that differ from those of the sample before, memory in the distinct
 * frames, call sites and (where they are kept) stacks, and in the frames of the deepest stack. */
#ifndef HP_SAMPLES_H
#define HP_SAMPLES_H

#include "hotprof.h"

#include "model/index.h"

/* A function at a line, by number. */
typedef uint32_t hp_frame;

typedef struct hp_samples {
    hp_profile *profile;
    bool stacks; /* keep them */
    size_t stack_limit;
    size_t row_limit; /* of functions, lines and calls together, and of the frames of a stack */
    hp_frame bottom;  /* of <interpreter> */

    /* The stack of the last sample, from <interpreter> on; empty before the first one. The weights
     * of an entry are added to its call site and to its caller when it leaves the stack. */
    struct hp_samples_entry {
        hp_frame frame;
        hp_function_id function; /* the frame's */
        uint32_t site;           /* the call site that entered it */
        uint32_t stack;          /* its row, if stacks are kept */
    } * path;
    size_t depth, capacity;
    uint64_t *weights; /* of the entries, inclusive */
    size_t weight_capacity;

    uint32_t *active; /* how often each function is on the stack */
    size_t active_capacity;

    /* The call sites, one after another: a number that stands for the caller's frame and the
     * callee, and then the costs. They become calls of the profile at the end; until then they
     * stand closer together here, and are found faster. */
    uint64_t *sites;
    size_t site_count, site_capacity;
    hp_index site_index;
    uint64_t site_seed;
} hp_samples;

/* Begins. The profile has its events, and no costs, calls or stacks yet; until hp_samples_finish,
 * nothing else than functions may be added to it. hp_samples_free is needed even after an error. */
HP_NODISCARD hp_status hp_samples_start(hp_samples *samples, hp_profile *profile, bool stacks,
                                        size_t row_limit, hp_error *error);
void hp_samples_free(hp_samples *samples);

/* Finds or adds the frame of a function of the profile at a line, which is 0 if it is not known. If
 * the first line of the function is not known, the smallest line of its frames takes its place.
 * HP_LIMIT: more than row_limit. */
HP_NODISCARD hp_status hp_samples_frame(hp_samples *samples, hp_function_id function, uint64_t line,
                                        hp_frame *frame, hp_error *error);

/* Adds a sample. Its stack is the first `kept` frames of the sample before (without <interpreter>),
 * and then these. HP_LIMIT: more than HP_STACKS_MAX stacks, than two for a row, or than row_limit.
 * HP_OVERFLOW: the sum of all weights does not fit. After an error the samples before it may be
 * finished. */
HP_NODISCARD hp_status hp_samples_add(hp_samples *samples, size_t kept, const hp_frame *frames,
                                      size_t count, const uint64_t *weights, hp_error *error);

/* A limit of rows with which the profile takes less than 30 times the memory of an input of that
 * size, if the input is not small. No program comes near it. */
static inline size_t hp_samples_row_limit(size_t input_size)
{
    return 200000 + input_size / 7;
}

/* HP_LIMIT: no stack may have so many frames. */
HP_NODISCARD hp_status hp_samples_check_depth(const hp_samples *samples, size_t depth,
                                              hp_error *error);

/* How many frames the stack of the last sample has. */
size_t hp_samples_depth(const hp_samples *samples);

/* Ends: the profile has all costs and calls now. HP_NO_MEMORY: it must not be used. */
HP_NODISCARD hp_status hp_samples_finish(hp_samples *samples, hp_error *error);

#endif
